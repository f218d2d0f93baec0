"""The leading indicators of live deals: what one deal adds to the pulse of many."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import attrs

from salesflow.calendars import to_datetime
from salesflow.calendars.arithmetic import DAY, DAYS, add, back
from salesflow.deal.activities import done
from salesflow.deal.effects import EffectKind, EffectStatus, effects_of
from salesflow.deal.run import View
from salesflow.deal.state import DealStatus
from salesflow.deal.views import state_of, status_of
from salesflow.english import count_of, percent
from salesflow.events import plain_scalar
from salesflow.given import given
from salesflow.plain import Plain
from salesflow.process.activities import INTERNAL
from salesflow.rules import codes
from salesflow.rules.holds import is_held
from salesflow.rules.tables import STAGE

SOON_DAYS = 3
"""A deadline that comes within this many days is soon."""


@attrs.frozen(kw_only=True)
class Pulse(Plain):
    """
    The indicators of live deals as counts; the rates are computed from them.

    Two pulses of the same instant add up to that of all their deals.

    Args:
        at: The instant.

        open: Deals in an open stage.

        parked: Deals in a parked one.

        on_time: Open deals that no rule objects to.

        due_soon: Open deals whose next deadline comes within three days.

        gates_open: Open deals with an open forward move: every criterion is met and no contact gap
            is breached. Roles and reasons are not considered.

        on_hold: Open and parked deals whose time does not count at the moment.

        uncertain: Open and parked deals about which too little is known to be sure of their status.

        reverts_due: Moves that the process forbids and that should be taken back, of closed deals
            too.

        minutes: Minutes logged in the last days, over all deals, including closed ones.

        selling_minutes: How many of them are selling.
    """

    at: dt.datetime
    open: int = 0
    parked: int = 0
    on_time: int = 0
    due_soon: int = 0
    gates_open: int = 0
    on_hold: int = 0
    uncertain: int = 0
    reverts_due: int = 0
    minutes: int = 0
    selling_minutes: int = 0

    @property
    def live(self) -> int:
        """Deals that are neither won nor lost."""
        return self.open + self.parked

    @property
    def on_time_rate(self) -> float | None:
        """The share of open deals that are on time, from 0 to 1; None: there are none."""
        return _share(self.on_time, self.open)

    @property
    def due_soon_rate(self) -> float | None:
        """The share of open deals with a deadline soon; None: there are none."""
        return _share(self.due_soon, self.open)

    @property
    def gates_open_rate(self) -> float | None:
        """The share of open deals that may go forward; None: there are none."""
        return _share(self.gates_open, self.open)

    @property
    def selling_rate(self) -> float | None:
        """The share of logged time that is selling; None: nothing was logged."""
        return _share(self.selling_minutes, self.minutes)

    def __add__(self, other: Pulse) -> Pulse:
        """Return the pulse of both; *at* is that of the first."""
        counts = [field.name for field in attrs.fields(Pulse) if field.name != "at"]
        both = {name: getattr(self, name) + getattr(other, name) for name in counts}
        return Pulse(at=self.at, **both)

    def __str__(self) -> str:
        return "\n".join(
            [
                f"Pulse of {count_of(self.live, 'live deal')} at {self.at:%Y-%m-%d %H:%M} UTC",
                *(f"  {name:<16}{said}" for name, said in self.lines()),
            ]
        )

    def lines(self) -> Iterator[tuple[str, str]]:
        """Yield it in words: what, and how much."""
        yield "on time", _of(self.on_time, self.open, "open")
        yield f"due in {SOON_DAYS} days", _of(self.due_soon, self.open, "open")
        yield "gates open", _of(self.gates_open, self.open, "open")
        yield "selling time", _of(self.selling_minutes, self.minutes, "minutes")
        yield "on hold", f"{self.on_hold:,}"
        yield "uncertain", f"{self.uncertain:,}"
        yield "to take back", count_of(self.reverts_due, "move")


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _of(part: int, whole: int, what: str) -> str:
    share = _share(part, whole)
    said = "" if share is None else f" ({percent(share)})"
    return f"{part:,} of {whole:,} {what}{said}"


def check_days(days: int) -> None:
    """
    Refuse a number of past days that is none.

    Raises:
        TypeError: If it is not a whole number.
        ValueError: If it is negative.
    """
    if given("days", plain_scalar(days), int) < 0:
        msg = f"days: got {days}, expected 0 or more."
        raise ValueError(msg)


def pulse_of(view: View, days: int) -> Pulse:
    """
    Return the pulse of one deal.

    Args:
        view: The deal.

        days: How far back logged minutes are counted, on the clocks of the deal's zone.
    """
    check_days(days)
    memory = view.memory
    kind = view.run.book.tables.stage_kind[memory.deal[STAGE]]
    is_open, is_parked = kind == codes.OPEN, kind == codes.PARKED
    is_live = is_open or is_parked
    logged = list(_minutes(view, days))
    return Pulse(
        at=to_datetime(view.now),
        open=int(is_open),
        parked=int(is_parked),
        on_time=int(is_open and _is_on_time(view)),
        due_soon=int(is_open and _is_due_soon(view)),
        gates_open=int(is_open and _is_gate_open(view)),
        on_hold=int(is_live and is_held(memory, view.now)),
        uncertain=int(is_live and view.whole.is_vague and state_of(view).uncertain),
        reverts_due=_reverts_due(view),
        minutes=sum(minutes for minutes, _ in logged),
        selling_minutes=sum(minutes for minutes, is_selling in logged if is_selling),
    )


def _is_on_time(view: View) -> bool:
    return status_of(view) is DealStatus.OK


def _is_due_soon(view: View) -> bool:
    """Return whether a deadline comes within the next days, on the clocks of the deal's zone."""
    calendar, memory = view.run.calendar, view.memory
    soon = add(calendar, view.now, DAYS, SOON_DAYS * DAY, memory.hold_from, memory.hold_until, 0)
    book = view.run.book
    rung = book.engine.next_rung(book.tables, calendar, memory, soon)
    return rung != codes.NONE and memory.due[rung] <= soon


def _is_gate_open(view: View) -> bool:
    """Return whether some forward move has nothing against it."""
    book = view.run.book
    return book.engine.ways_on(book.tables, view.memory, view.now, *book.scratch) > 0


def _reverts_due(view: View) -> int:
    if not view.run.deviations:
        return 0
    return sum(
        effect.kind is EffectKind.REVERT and effect.status is EffectStatus.DUE
        for effect in effects_of(view)
    )


def _minutes(view: View, days: int) -> Iterator[tuple[int, bool]]:
    """Yield how long each activity of the last days took, and whether it was selling."""
    calendar, memory = view.run.calendar, view.memory
    since = back(calendar, view.now, DAYS, days * DAY, memory.hold_from, memory.hold_until, 0)
    natures = view.run.book.natures
    for event in done(view.run):
        if event.minutes and view.run.counts_at(event) > since:
            yield event.minutes, natures.get(event.kind, INTERNAL).selling

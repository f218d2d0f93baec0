"""The ledger: what time did according to what was known, and how later events corrected it."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Iterator

import attrs

from salesflow.calendars import to_datetime, to_micros
from salesflow.deal.run import Run
from salesflow.deal.state import Raised, higher
from salesflow.english import clock_text
from salesflow.events import Event, Opened
from salesflow.plain import Plain
from salesflow.vocabulary import Word


class Turn(Word):
    """What happened to something that time did."""

    RAISED = "raised"
    SUPERSEDED = "superseded"
    """A higher rung of the same clock acted, and the same person hears of it."""
    RESCINDED = "rescinded"
    """An event recorded late refutes it."""
    REINSTATED = "reinstated"
    """It stands again after it was refuted."""


@attrs.frozen(kw_only=True)
class Entry(Plain):
    """
    One line of the ledger.

    Args:
        at: When it came about: when time acted, or when we were told.

        turn: What happened.

        raised: The act that it is about.

        zone: By which clocks ``str()`` says its time: those of the deal's calendar.
    """

    at: dt.datetime
    turn: Turn
    raised: Raised
    zone: str = attrs.field(default="UTC", eq=False)

    def __str__(self) -> str:
        at = clock_text(self.at, self.zone)
        return f"{at} {self.turn}: {self.raised.rule} {self.raised.rung}"


def ledger_of(run: Run, now: int) -> tuple[Entry, ...]:
    """Return the ledger of a deal up to *now*."""
    ledger = _Ledger()
    entries: list[Entry] = []
    for told_at, until, known in _knowledge(run, now):
        # What we are told comes first, then what time does by it.
        entries += ledger.correct(_acts(known, told_at), to_datetime(told_at))
        entries += ledger.go_on(_acts(known, until))
    return tuple(attrs.evolve(entry, zone=run.zone) for entry in entries)


@attrs.define
class _Ledger:
    """What stands while the history is learned."""

    standing: dict[str, Raised] = attrs.field(factory=dict)
    refuted: set[str] = attrs.field(factory=set)
    superseded: set[str] = attrs.field(factory=set)

    def correct(self, acts: tuple[Raised, ...], told_at: dt.datetime) -> Iterator[Entry]:
        """Yield what the news refute, and what they show time to have done already."""
        stands = {raised.key for raised in acts}
        for key in [key for key in self.standing if key not in stands]:
            self.refuted.add(key)
            yield Entry(at=told_at, turn=Turn.RESCINDED, raised=self.standing.pop(key))
        yield from self.go_on(acts, told_at)

    def go_on(
        self, acts: tuple[Raised, ...], told_at: dt.datetime | None = None
    ) -> Iterator[Entry]:
        """Yield the acts that do not stand yet, and what is superseded by now."""
        highest: dict[tuple[str, str | None], Raised] = {}
        superseded: set[str] = set()
        for raised in acts:
            at = told_at or raised.acted_at
            if raised.key not in self.standing:
                turn = Turn.REINSTATED if raised.key in self.refuted else Turn.RAISED
                self.standing[raised.key] = raised
                yield Entry(at=at, turn=turn, raised=raised)
            heard = raised.clock, raised.hearer
            other = highest.setdefault(heard, raised)
            if other is raised:
                continue
            highest[heard] = top = higher(other, raised)
            lower = other if top is raised else raised
            superseded.add(lower.key)
            if lower.key not in self.superseded:
                yield Entry(at=at, turn=Turn.SUPERSEDED, raised=lower)
        self.superseded = superseded


def _acts(run: Run, now: int) -> tuple[Raised, ...]:
    return run.at(now).acts if now >= run.opened_at else ()


def _knowledge(run: Run, now: int) -> Iterator[tuple[int, int, Run]]:
    """Yield from when to when we knew what, and the run of it, once we knew of the deal."""
    told = defaultdict(list)
    for event in run.by_id.values():
        told[to_micros(event.known_at)].append(event)
    points = sorted(at for at in told if at <= now)
    known: dict[str, Event] = {}
    current: Run | None = None
    for at, until in itertools.pairwise([*points, now]):
        known |= {event.id: event for event in told[at]}
        if current is not None:
            news = sorted(told[at], key=current.order.place)
            if len(news) > 1 and any(map(current.is_late, news)):
                # Once for all of them.
                current = run.by_what_is(known)
            else:
                for event in news:
                    current.add(event)
        elif any(isinstance(event, Opened) for event in told[at]):
            current = run.by_what_is(known)
        if current is not None:
            yield at, until, current

"""
Slices: where the time on a clock went, piece by piece.

The slices of a clock cover the time from its start to now without a gap, and what they count adds
up to what the clock has counted: at its deadline, that is what the rule allows.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import attrs

from salesflow.calendars import to_datetime, to_micros
from salesflow.calendars.arithmetic import (
    WORKING_DAYS,
    day_of,
    is_known,
    reading,
    start_of_day,
)
from salesflow.deal.run import View
from salesflow.events import Held
from salesflow.plain import Plain
from salesflow.rules import codes
from salesflow.rules.deadlines import lay_out
from salesflow.rules.tables import ENTERED_AT, HOLDS, VISITS
from salesflow.vocabulary import Word


class Reason(Word):
    """Why a slice counts, or does not."""

    COUNTED = "counted"
    IDLE = "idle"
    """Nothing to count: no working time, no day that closed, or an hour that comes twice."""
    FIRST_DAY = "first_day"
    """In business days the day of the start never counts."""
    HOLD = "hold"
    CLOSED = "closed"
    PARKED = "parked"
    OTHER_STAGE = "other_stage"
    """The clock counts one stage only, and the deal was in another."""


@attrs.frozen(kw_only=True)
class Slice(Plain):
    """
    A piece of the time on a clock.

    Args:
        from_at: Its beginning.

        until: Its end, which is the beginning of the next one.

        counted: What it adds, in the measure of the clock: microseconds, or business days.

        reason: Why it counts, or does not.

        said: Of a hold its reason, of time in another stage that stage; None for the rest, or if
            nobody has said.
    """

    from_at: dt.datetime
    until: dt.datetime
    counted: int
    reason: Reason
    said: str | None = None


class Stretch(NamedTuple):
    """
    Time from one instant to another, for some reason.

    Attributes:
        begins: Its beginning.

        ends: Its end.

        reason: What it was spent with.

        said: More of that.
    """

    begins: int
    ends: int
    reason: Reason
    said: str | None

    def covers(self, begins: int, ends: int) -> bool:
        """Return whether all of a piece lies in it."""
        return self.begins <= begins and ends <= self.ends


def slices_of(view: View, rule: int) -> tuple[Slice, ...] | None:
    """
    Return the slices of the clock of a rule, in order.

    Returns:
        None if it counts nothing, since it ends with a date, or if the calendar does not know the
        time.
    """
    tables, memory, calendar = view.run.book.tables, view.memory, view.run.calendar
    end, start = tables.rule_end[rule], memory.start[rule]
    measure = tables.rung_measure[end]
    if tables.rung_amount[end] == 0 or tables.rung_before[end]:
        return None
    if start >= view.now:
        return ()
    if not (is_known(calendar, start, measure) and is_known(calendar, view.now, measure)):
        return None
    skips = list(_skipped(view, rule))
    if measure == WORKING_DAYS:
        skips.append(_first_day(view, start))
    pieces = _pieces(start, view.now, skips)
    return tuple(_joined(_slice(view, measure, piece, skips) for piece in pieces))


def holds_of(view: View) -> Iterator[Stretch]:
    """Yield the time on hold, piece by piece, each with the reason that was given last."""
    memory = view.memory
    given = [_given(view, told) for told in view.run.story if isinstance(told, Held)]
    for hold in range(memory.deal[HOLDS]):
        begins, ends = memory.hold_from[hold], memory.hold_until[hold]
        for piece in _pieces(begins, ends, given):
            said = [span.said for span in given if span.covers(*piece)]
            yield Stretch(*piece, Reason.HOLD, said[-1] if said else None)


def _given(view: View, told: Held) -> Stretch:
    """Return a hold as it was recorded."""
    begins = view.run.counts_at(told)
    return Stretch(begins, to_micros(told.until), Reason.HOLD, told.reason or None)


def _skipped(view: View, rule: int) -> Iterator[Stretch]:
    """Yield what the clock of a rule skips; where a hold and time away overlap, the hold first."""
    memory = view.memory
    count = lay_out(view.run.book.tables, memory, rule)
    skips = list(zip(memory.skip_from[:count], memory.skip_until[:count], strict=True))
    for span in (*holds_of(view), *_visits(view, rule)):
        if any(begins <= span.begins and span.ends <= ends for begins, ends in skips):
            yield span


_AWAY = {codes.PARKED: Reason.PARKED, codes.WON: Reason.CLOSED, codes.LOST: Reason.CLOSED}


def _visits(view: View, rule: int) -> Iterator[Stretch]:
    """Yield the earlier visits to stages, with what a clock that skips them makes of them."""
    book, memory = view.run.book, view.memory
    count = memory.deal[VISITS]
    left = [*memory.visit_from[1:count], memory.deal[ENTERED_AT]]
    is_total = book.tables.rule_since[rule] == codes.SINCE_TOTAL
    for visit in range(count):
        stage = memory.visit_stage[visit]
        away = Reason.OTHER_STAGE if is_total else _AWAY.get(book.tables.stage_kind[stage])
        if away is not None and memory.visit_from[visit] < left[visit]:
            name = book.process.stages[stage].id
            yield Stretch(memory.visit_from[visit], left[visit], away, name)


def _first_day(view: View, start: int) -> Stretch:
    """Return the rest of the day on which a clock started."""
    calendar = view.run.calendar
    return Stretch(
        start, start_of_day(calendar, day_of(calendar, start) + 1), Reason.FIRST_DAY, None
    )


def _pieces(begins: int, ends: int, spans: Iterable[Stretch]) -> Iterator[tuple[int, int]]:
    """Cut the time from *begins* to *ends* wherever a span begins or ends."""
    edges = {edge for span in spans for edge in (span.begins, span.ends) if begins < edge < ends}
    return itertools.pairwise(sorted({begins, ends} | edges))


def _slice(view: View, measure: int, piece: tuple[int, int], skips: list[Stretch]) -> Slice:
    begins, ends = piece
    reason, said, amount = Reason.COUNTED, None, 0
    skip = next((span for span in skips if span.covers(begins, ends)), None)
    if skip is not None:
        reason, said = skip.reason, skip.said
    else:
        calendar = view.run.calendar
        amount = reading(calendar, ends, measure) - reading(calendar, begins, measure)
        reason = Reason.COUNTED if amount else Reason.IDLE
    return Slice(
        from_at=to_datetime(begins),
        until=to_datetime(ends),
        counted=amount,
        reason=reason,
        said=said,
    )


def _joined(slices: Iterable[Slice]) -> Iterator[Slice]:
    """Join neighbours that are alike: they are skipped, since time is cut where a skip ends."""
    for _, alike in itertools.groupby(slices, lambda each: (each.reason, each.said)):
        first, *rest = alike
        yield attrs.evolve(first, until=rest[-1].until) if rest else first

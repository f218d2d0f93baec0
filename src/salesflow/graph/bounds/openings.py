"""
Every instant at which a deal could be opened, grouped so that few have to be examined.

A week with nothing out of the ordinary, in it or for as long afterwards as a deal lives, is like
every other such week. So one of the weeks that look alike is enough, and the years of a calendar
come down to a few dozen weeks.
"""

from __future__ import annotations

import bisect
import datetime as dt
import functools
from collections.abc import Callable, Iterator
from typing import NamedTuple

import attrs

from salesflow.calendars import Calendar, Span
from salesflow.calendars.arithmetic import DAY, DAYS, EXACT, NEVER, start_of_day
from salesflow.calendars.hours import ALWAYS_OPEN, Windows
from salesflow.graph.bounds.rays import Beam, Edges, Ray

SHOWN_FROM = 2026
"""Of openings that are alike, one from this year or later is shown."""

MOST_WORK = 300_000
"""The most additions to an instant: what is not settled by then is left open."""

_FIRST_GUESS = 60  # days
_EPOCH = dt.date(1970, 1, 1).toordinal()


class Stretch(NamedTuple):
    """Openings from *first* on, before *end*."""

    first: int
    end: int


@attrs.frozen
class Longest:
    """
    The opening after which something takes longest.

    Args:
        opening: When, in microseconds.

        lasts: How long, in microseconds; NEVER: for ever.

        is_proved: Whether every opening was examined.
    """

    opening: int
    lasts: int
    is_proved: bool


@attrs.frozen
class Openings:
    """
    The openings in the known years of a calendar.

    Args:
        calendar: The calendar.

        measures: The measures in which spans are counted after them.
    """

    calendar: Calendar
    measures: frozenset[int]

    def longest(self, until: Callable[[Beam], Ray | None]) -> Longest | None:
        """
        Return the opening after which something takes longest.

        Of several, the first from `SHOWN_FROM` on, if there is one.

        Args:
            until: When it happens, for the opening of a beam; NEVER: never. None: not known.

        Returns:
            None if it is not known for any opening.
        """
        days = _FIRST_GUESS
        while True:
            found = self._longest(days, until)
            if found is None or found.lasts == NEVER or found.lasts <= days * DAY:
                return found
            days = 2 * (found.lasts // DAY + 1)

    def is_never_before(self, one: Span, other: Span) -> bool:
        """Return whether no start, holds aside, lets *one* end before *other* does."""
        days = _FIRST_GUESS
        while True:
            longest = 0
            for beam in self._beams(days):
                ends = [beam.add(beam.opening, span) for span in (one, other)]
                if beam.is_before(*ends):
                    return False
                known = (end.at - beam.opening.at for end in ends if end.at < NEVER)
                longest = max([longest, *known])
            if longest <= days * DAY:
                return True
            days = 2 * (longest // DAY + 1)

    def beam(self, opening: int, room: int = 1) -> Beam:
        """Return a beam from one opening on."""
        return Beam(self._edges, opening, room)

    @property
    def first(self) -> int:
        """An opening to begin with."""
        return start_of_day(self._edges.tables, _day(self._shown_from, 1, 1))

    @property
    def _shown_from(self) -> int:
        years = self.calendar.years
        return min(max(years[0], SHOWN_FROM), years[-1])

    @functools.cached_property
    def _edges(self) -> Edges:
        return Edges(self.calendar.tables_for({DAYS, *self.measures}))

    def _longest(self, days: int, until: Callable[[Beam], Ray | None]) -> Longest | None:
        """Return it, if everything that matters is over within *days* days."""
        opening, most, work = 0, -1, 0
        for beam in self._beams(days):
            at, end = beam.opening.at, until(beam)
            # Of a straight piece, one of the two ends is the longest.
            for later in (0, beam.room - 1):
                lasts = -1 if end is None else _lasts(end, at, later)
                if lasts > most:
                    opening, most = at + later, lasts
            work += beam.work
            if most == NEVER or work > MOST_WORK:
                return Longest(opening, most, is_proved=most == NEVER)
        return Longest(opening, most, is_proved=True) if most >= 0 else None

    def _beams(self, days: int) -> Iterator[Beam]:
        """
        Yield beams that together reach every opening of `_stretches`.

        Use each one before asking for the next, which begins where it ends.
        """
        for stretch in self._stretches(days):
            at = stretch.first
            while at < stretch.end:
                beam = self.beam(at, stretch.end - at)
                yield beam
                at += beam.room

    def _stretches(self, days: int) -> Iterator[Stretch]:
        """Yield stretches of openings that are all alike, for *days* days after them."""
        years = self.calendar.years
        middle = _day(self._shown_from, 1, 1)
        last_known = _day(years[-1], 12, 31)
        seen: set[object] = set()
        for first, end in (
            (middle, last_known + 1),
            (_day(years[0], 1, 1), middle),
        ):
            if self.measures <= {EXACT, DAYS}:
                yield self._stretch(first, end)
                continue
            # Day 0 is a Thursday.
            for monday in range((first + 3) // 7 * 7 - 3, end, 7):
                # Only a week that is examined as a whole, to the end, stands for others like it.
                is_whole = first <= monday and monday + 7 <= end
                looks = None
                if is_whole and monday + days + 21 <= last_known:
                    looks = self._looks(monday, days + 14)
                if looks is None or looks not in seen:
                    yield self._stretch(max(first, monday), min(end, monday + 7))
                seen.add(looks)

    def _stretch(self, first: int, end: int) -> Stretch:
        tables = self._edges.tables
        return Stretch(start_of_day(tables, first), start_of_day(tables, end))

    def _looks(self, monday: int, days: int) -> object:
        """Return everything out of the ordinary in *days* days, relative to their beginning."""
        odd, windows = self._odd_days
        low, high = (bisect.bisect_left(odd, day) for day in (monday, monday + days))
        tables = self._edges.tables
        begin, change_at, offset = start_of_day(tables, monday), tables.change_at, tables.offset
        first, end = (bisect.bisect_left(change_at, at) for at in (begin, begin + days * DAY))
        return (
            tuple((odd[n] - monday, windows[n]) for n in range(low, high)),
            tuple((change_at[n] - begin, offset[n] - offset[n - 1]) for n in range(first, end)),
        )

    @functools.cached_property
    def _odd_days(self) -> tuple[list[int], list[Windows]]:
        """The days that differ from their weekday, and the windows of each."""
        week, years = self.calendar.hours or ALWAYS_OPEN, self.calendar.years
        found: list[tuple[int, Windows]] = []
        for day in range(_day(years[0], 1, 1), _day(years[-1], 12, 31) + 1):
            date = dt.date.fromordinal(day + _EPOCH)
            windows = self.calendar.windows_on(date)
            if windows != week[date.weekday()]:
                found.append((day, windows))
        return [day for day, _ in found], [windows for _, windows in found]


def _day(year: int, month: int, day: int) -> int:
    """Return the number of a day."""
    return dt.date(year, month, day).toordinal() - _EPOCH


def _lasts(end: Ray, opening: int, later: int) -> int:
    """Return how long it takes until *end* for an opening that is so much later; may be NEVER."""
    return NEVER if end.at == NEVER else end.later(later) - opening - later

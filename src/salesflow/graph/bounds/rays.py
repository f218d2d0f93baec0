"""
Instants that depend linearly on when a deal was opened, over a stretch of openings.

How long a deal lives is a function of its opening, which has quadrillions of values, almost all of
them alike: the course changes only where an instant passes a midnight, the edge of a working window
or a change of the clocks, or where two instants pass each other. A `Ray` is an instant for one
opening, with how it moves for later ones; a `Beam` knows for how long that remains true. So a whole
stretch of openings is settled by examining its two ends, and none is left out.

`salesflow.calendars.arithmetic` says how long a span is; this module only knows where the answer
may bend.
"""

from __future__ import annotations

import bisect
import functools
from collections.abc import Callable, Sequence
from typing import NamedTuple

import attrs

from salesflow.calendars import Span
from salesflow.calendars.arithmetic import (
    DAYS,
    EXACT,
    NEVER,
    WORKING_DAYS,
    CalendarTables,
    add,
    day_of,
    start_of_day,
)


class Ray(NamedTuple):
    """
    An instant that depends on the opening.

    Attributes:
        at: The instant for the opening at hand, in microseconds; may be NEVER.

        slope: How far it moves for each microsecond by which the opening is later.
    """

    at: int
    slope: int = 0

    def later(self, by: int) -> int:
        """Return the instant for an opening that is *by* microseconds later."""
        return self.at + by * self.slope


Away = Sequence[tuple[Ray, Ray]]
"""Stretches of time that a clock does not count, in order, none of them touching another."""


@attrs.frozen
class Edges:
    """
    Where the clocks of a calendar may bend.

    Args:
        tables: The calendar.
    """

    tables: CalendarTables

    def around(self, at: int, measure: int) -> tuple[int, int]:
        """
        Return the last edge at or before an instant, and the first after it.

        Between two edges the clock of *measure* runs evenly, or stands still.
        """
        if measure == EXACT:
            return -NEVER, NEVER
        if measure == WORKING_DAYS:
            day = day_of(self.tables, at)
            return start_of_day(self.tables, day), start_of_day(self.tables, day + 1)
        edges = self._zone if measure == DAYS else self._windows
        place = bisect.bisect_right(edges, at)
        return edges[place - 1] if place else -NEVER, [*edges[place : place + 1], NEVER][0]

    @functools.cached_property
    def _zone(self) -> list[int]:
        """The instants at which the clocks change, and those at which a repeated time is over."""
        change_at, offset = self.tables.change_at, self.tables.offset
        edges = set()
        for place in range(1, len(change_at)):
            back = offset[place - 1] - offset[place]
            edges |= {change_at[place], change_at[place] + max(0, back)}
        return sorted(edges)

    @functools.cached_property
    def _windows(self) -> list[int]:
        """The instants at which working time begins or ends."""
        return sorted({*self.tables.opens, *self.tables.shuts})


class Beam:
    """
    Rays for one opening and for those soon after it.

    Args:
        edges: Where they may bend.

        opening: The opening at hand, in microseconds.

        room: How many openings there are from this one on.

    Attributes:
        opening: The same, as a ray.

        room: For this many openings, one microsecond after the other from this one on, every ray is
            straight and every comparison made so far has the same result.

        work: How many additions were made.
    """

    def __init__(self, edges: Edges, opening: int, room: int) -> None:
        self._edges = edges
        self.opening = Ray(opening, 1)
        self.room = room
        self.work = 0

    def is_before(self, one: Ray, other: Ray) -> bool:
        """Return whether *one* comes strictly before *other*."""
        ahead, drift = other.at - one.at, one.slope - other.slope
        if ahead > 0:
            if drift > 0:
                self._keep(-(-ahead // drift))  # then both are at one instant
            return True
        if drift < 0:
            self._keep(-ahead // -drift + 1)
        return False

    def latest(self, one: Ray, other: Ray) -> Ray:
        """Return the later of two rays."""
        return other if self.is_before(one, other) else one

    def add(self, start: Ray, span: Span, away: Away = ()) -> Ray:
        """
        Return the end of a clock that starts at *start* and does not count what is *away*.

        Args:
            start: Where it starts.

            span: How long it runs.

            away: What it does not count; all of it begins before its end.
        """
        tables, measure, amount = self._edges.tables, span.measure, span.amount

        def due(later: int) -> int:
            self.work += 1 + len(away)
            holds = [(begin.later(later), until.later(later)) for begin, until in away]
            begins, untils = [begin for begin, _ in holds], [until for _, until in holds]
            return add(tables, start.later(later), measure, amount, begins, untils, len(holds))

        for ray in (start, *(ray for stretch in away for ray in stretch)):
            if ray.slope:
                before, after = self._edges.around(ray.at, measure)
                self._keep_between(ray, before, after)
        now = due(0)
        slope = due(1) - now if self.room > 1 else 0
        if slope == 0:
            # No clock goes back, so an end that is where it was has not moved in between.
            self._keep(_last(lambda later: due(later) == now, self.room - 1) + 1)
        else:
            before, after = self._edges.around(now, measure)
            self._keep_between(Ray(now, slope), before + 1, now + 1 if before == now else after)
        return Ray(now, slope)

    def _keep_between(self, ray: Ray, first: int, end: int) -> None:
        """Keep only the openings for which *ray* is at *first* or later, and before *end*."""
        if ray.slope > 0:
            self._keep(-((ray.at - end) // ray.slope))
        elif ray.slope < 0:
            self._keep((ray.at - first) // -ray.slope + 1)

    def _keep(self, room: int) -> None:
        self.room = max(1, min(self.room, room))


def _last(holds: Callable[[int], bool], most: int) -> int:
    """Return the last number up to *most* for which *holds*, true from 0 up to there, is true."""
    if holds(most):
        return most
    low = 0
    while most - low > 1:
        middle = (low + most) // 2
        low, most = (middle, most) if holds(middle) else (low, middle)
    return low

"""Build the prefix tables of a calendar: its zone, its working days, its windows."""

from __future__ import annotations

import functools
import operator
from bisect import bisect_left
from collections.abc import Mapping
from itertools import accumulate

import attrs

from salesflow.calendars.arithmetic import DAY, NEVER, CalendarTables, start_of_day
from salesflow.calendars.hours import Week, Windows
from salesflow.calendars.zones import Zone

_THURSDAY = 3  # 1970-01-01, with Monday as 0

_Spans = tuple[tuple[int, int], ...]


@attrs.frozen
class Schedule:
    """
    Which windows are open on which days.

    Args:
        first_day: The first day that is known.

        last_day: The last day that is known.

        week: The windows of each weekday.

        exceptions: The windows of days that differ from it: holidays, special dates.
    """

    first_day: int
    last_day: int
    week: Week
    exceptions: Mapping[int, Windows]

    def windows_on(self, day: int) -> Windows:
        """Return the windows of a day; none if it is closed."""
        windows = self.exceptions.get(day)
        return self.week[(day + _THURSDAY) % 7] if windows is None else windows

    @functools.cached_property
    def plan(self) -> list[_Spans]:
        """The windows of all known days, in microseconds since midnight."""
        days = self.last_day - self.first_day + 1
        week = [_in_micros(windows) for windows in self.week]
        monday = (self.first_day + _THURSDAY) % 7
        plan = (week * (days // 7 + 2))[monday : monday + days]
        for day, windows in self.exceptions.items():
            if self.first_day <= day <= self.last_day:
                plan[day - self.first_day] = _in_micros(windows)
        return plan


def _in_micros(windows: Windows) -> _Spans:
    return tuple(window.micros for window in windows)


def zone_tables(zone: Zone) -> CalendarTables:
    """Return tables that answer for exact time and for days only."""
    return CalendarTables(
        *zone,
        known_from=NEVER,
        known_until=NEVER,
        first_day=0,
        working=(0,),
        close=(),
        window=(0,),
        opens=(),
        shuts=(),
        worked=(0,),
    )


def day_tables(zone: Zone, schedule: Schedule) -> CalendarTables:
    """Return tables that answer for everything but business hours."""
    plan = schedule.plan
    closes = [
        day * DAY + spans[-1][1] for day, spans in enumerate(plan, schedule.first_day) if spans
    ]
    tables = zone_tables(zone)
    return tables._replace(
        known_from=start_of_day(tables, schedule.first_day),
        known_until=start_of_day(tables, schedule.last_day + 1),
        first_day=schedule.first_day,
        working=tuple(accumulate(map(bool, plan), initial=0)),
        close=_to_instants(zone, closes),
    )


def full_tables(zone: Zone, schedule: Schedule, tables: CalendarTables) -> CalendarTables:
    """Return the tables of `day_tables` with the windows added."""
    plan = schedule.plan
    first = schedule.first_day
    starts = [day * DAY + start for day, spans in enumerate(plan, first) for start, _ in spans]
    ends = [day * DAY + end for day, spans in enumerate(plan, first) for _, end in spans]
    # A window that lies wholly in a gap of local time is kept, with no time in it.
    opens, shuts = _to_instants(zone, starts), _to_instants(zone, ends)
    return tables._replace(
        window=tuple(accumulate(map(len, plan), initial=0)),
        opens=opens,
        shuts=shuts,
        worked=tuple(accumulate(map(operator.sub, shuts, opens), initial=0)),
    )


def _to_instants(zone: Zone, times: list[int]) -> tuple[int, ...]:
    """Return the first instants that show the given local times, which are in order."""
    instants: list[int] = []
    bounds = [bisect_left(times, peak) for peak in zone.peak[1:]]
    begin = 0
    for change, offset, end in zip(zone.change_at, zone.offset, [*bounds, len(times)], strict=True):
        shown = change + offset
        gap = bisect_left(times, shown, begin, end)
        instants += [change] * (gap - begin)
        instants += [time - offset for time in times[gap:end]]
        begin = end
    return tuple(instants)

"""
A slow, obvious second opinion on how time is counted. It shares no code with the package.

Everything is datetimes on whole minutes; zones are asked through `zoneinfo` one minute at a time;
nothing is precomputed but the first instant that shows a local time.
"""

import datetime as dt
import functools
import zoneinfo

MINUTE = dt.timedelta(minutes=1)
ONE_DAY = dt.timedelta(days=1)


@functools.cache
def first_instant(zone, local):
    """Walk the local clock until it shows a time that exists, then take its first pass."""
    while True:
        instant = local.replace(tzinfo=zone, fold=0).astimezone(dt.UTC)
        if instant.astimezone(zone).replace(tzinfo=None) == local:
            return instant
        local += MINUTE


@functools.lru_cache(100_000)
def wall_clock(zone, at):
    """Show local time; in the second pass of a repeated hour show the end of that hour."""
    local = at.astimezone(zone)
    while local.fold:
        at += MINUTE
        local = at.astimezone(zone)
    return local.replace(tzinfo=None)


class Referee:
    """A calendar: windows in minutes by weekday, or by date where that differs."""

    def __init__(self, key, week, special=None):
        self.zone = zoneinfo.ZoneInfo(key)
        self.week = week
        self.special = special or {}
        self.windows = functools.cache(self.find_windows)
        self.is_open = functools.cache(self.find_is_open)

    def find_windows(self, date):
        midnight = dt.datetime.combine(date, dt.time())
        if first_instant(self.zone, midnight) >= first_instant(self.zone, midnight + ONE_DAY):
            return []  # the zone has no such day
        return [
            [first_instant(self.zone, midnight + minutes * MINUTE) for minutes in window]
            for window in self.special.get(date, self.week[date.weekday()])
        ]

    def find_is_open(self, at):
        date = at.astimezone(self.zone).date()
        near = (date - ONE_DAY, date, date + ONE_DAY)
        return any(start <= at < end for day in near for start, end in self.windows(day))

    def latest_day(self, at):
        """Return the latest local date that has begun, though the clock may have gone back."""
        earlier = (at - minutes * MINUTE for minutes in range(181))
        return max(instant.astimezone(self.zone).date() for instant in earlier)

    def add(self, start, measure, count, holds):
        return getattr(self, f"add_{measure}")(start, count, union(holds))

    def add_minutes(self, start, count, holds):
        while count:
            count -= not in_hold(start, holds)
            start += MINUTE
        return start

    def add_business_minutes(self, start, count, holds):
        while count:
            count -= self.is_open(start) and not in_hold(start, holds)
            start += MINUTE
        return start

    def add_days(self, start, count, holds):
        shown = wall_clock(self.zone, start)
        moved = dt.timedelta(0)
        while True:
            due = first_instant(self.zone, shown + count * ONE_DAY + moved)
            moved_now = dt.timedelta(0)
            for begins, ends in holds:
                if begins < due and ends > start:
                    moved_now += wall_clock(self.zone, ends)
                    moved_now -= max(shown, wall_clock(self.zone, begins))
            if moved_now == moved:
                inside = [ends for begins, ends in holds if begins < due < ends]
                return inside[0] if inside else due
            moved = moved_now

    def add_business_days(self, start, count, holds):
        date = self.latest_day(start)
        while count:
            date += ONE_DAY
            windows = self.windows(date)
            if windows and not any(begins < windows[-1][1] <= ends for begins, ends in holds):
                count -= 1
        return windows[-1][1]

    def counted(self, start, end, measure, holds):
        return getattr(self, f"count_{measure}")(start, end, union(holds))

    def count_minutes(self, start, end, holds):
        return sum(not in_hold(at, holds) for at in minutes_between(start, end))

    def count_business_minutes(self, start, end, holds):
        at = minutes_between(start, end)
        return sum(self.is_open(minute) and not in_hold(minute, holds) for minute in at)

    def count_days(self, start, end, holds):
        """Count local minutes: how far the wall clock moves in each minute that is in no hold."""
        moved = dt.timedelta(0)
        shown = wall_clock(self.zone, start)
        for at in minutes_between(start, end):
            shown_next = wall_clock(self.zone, at + MINUTE)
            if not in_hold(at, holds):
                moved += shown_next - shown
            shown = shown_next
        return moved // MINUTE

    def count_business_days(self, start, end, holds):
        date = start.astimezone(self.zone).date() - 2 * ONE_DAY
        total = 0
        while date <= end.astimezone(self.zone).date() + 2 * ONE_DAY:
            for _, close in self.windows(date)[-1:]:
                covered = any(begins < close <= ends for begins, ends in holds)
                total += start < close <= end and not covered
            date += ONE_DAY
        return total

    def before(self, date, measure, count, holds):
        if measure == "days":
            next_midnight = dt.datetime.combine(date - (count - 1) * ONE_DAY, dt.time())
            due = first_instant(self.zone, next_midnight) - dt.timedelta(microseconds=1)
        else:
            while count:
                date -= ONE_DAY
                windows = self.windows(date)
                count -= bool(windows)
            due = windows[-1][1]
        inside = [ends for begins, ends in union(holds) if begins < due < ends]
        return inside[0] if inside else due


def minutes_between(start, end):
    while start < end:
        yield start
        start += MINUTE


def in_hold(minute, holds):
    return any(begins <= minute < ends for begins, ends in holds)


def union(holds):
    """Mark every minute of every hold, then read the runs off."""
    marked = sorted({minute for begins, ends in holds for minute in minutes_between(begins, ends)})
    runs = []
    for minute in marked:
        if runs and runs[-1][1] == minute:
            runs[-1][1] = minute + MINUTE
        else:
            runs.append([minute, minute + MINUTE])
    return runs

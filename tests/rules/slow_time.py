"""
A slow, obvious second opinion on spans of time: datetimes, `zoneinfo`, one day after the other.

It reads the fields of a `Calendar` and shares no code with what counts by tables.
"""

import datetime as dt
import functools
import zoneinfo

MICROSECOND = dt.timedelta(microseconds=1)
MINUTE = dt.timedelta(minutes=1)
ONE_DAY = dt.timedelta(days=1)
LENGTH = {
    "minutes": MINUTE,
    "hours": 60 * MINUTE,
    "business minutes": MINUTE,
    "business hours": 60 * MINUTE,
    "days": ONE_DAY,
    "weeks": 7 * ONE_DAY,
}


@functools.lru_cache(50_000)
def first_instant(zone, local):
    """The first instant that shows a local time; in a gap, the first one after it."""
    while True:
        instant = local.replace(tzinfo=zone, fold=0).astimezone(dt.UTC)
        if instant.astimezone(zone).replace(tzinfo=None) == local:
            return instant
        # Gaps begin and end on whole minutes.
        local = local.replace(second=0, microsecond=0) + MINUTE


def shown(zone, at):
    """The local time at an instant; in the second pass of a repeated hour, that hour's end."""
    local = at.astimezone(zone)
    while local.fold:
        at = at.replace(second=0, microsecond=0) + MINUTE
        local = at.astimezone(zone)
    return local.replace(tzinfo=None)


def union(spans):
    """The same time in spans that neither overlap nor touch."""
    joined = []
    for begins, ends in sorted(spans):
        if joined and begins <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], ends))
        elif begins < ends:
            joined.append((begins, ends))
    return tuple(joined)


class SlowCalendar:
    """What a `Calendar` says, counted by walking."""

    def __init__(self, calendar):
        self.zone = zoneinfo.ZoneInfo(calendar.timezone)
        self.week = calendar.hours
        self.special = dict(calendar.special)
        self.closed = set(calendar.holidays.add) - set(calendar.holidays.remove)
        self.windows = functools.lru_cache(20_000)(self.find_windows)
        self.after = functools.lru_cache(20_000)(self.find_after)

    def find_windows(self, date):
        """The working windows of a date as instants."""
        midnight = dt.datetime.combine(date, dt.time())
        if first_instant(self.zone, midnight) >= first_instant(self.zone, midnight + ONE_DAY):
            return []  # the zone has no such day
        if date in self.special:
            windows = self.special[date]
        elif date in self.closed:
            windows = []
        else:
            windows = self.week[date.weekday()] if self.week else [(0, 24 * 60)]
        return [
            tuple(first_instant(self.zone, midnight + minutes * MINUTE) for minutes in window)
            for window in windows
        ]

    def end_of_day(self, date):
        """The last microsecond before the next local midnight."""
        return self.start_of_day(date + ONE_DAY) - MICROSECOND

    def start_of_day(self, date):
        """The first instant of a local day."""
        return first_instant(self.zone, dt.datetime.combine(date, dt.time()))

    def local_date(self, at):
        """The date that the wall shows."""
        return at.astimezone(self.zone).date()

    def day_of(self, at):
        """The latest local day that has begun."""
        local = at.astimezone(self.zone)
        return ((shown(self.zone, at) - MICROSECOND) if local.fold else local).date()

    def find_after(self, start, count, unit, away=()):
        """The last instant in time: *count* units after *start*, time in *away* not counted."""
        away = union(away)
        due = start
        if count and unit == "business days":
            due = self.business_days(start, count, away)
        elif count and unit in {"days", "weeks"}:
            due = self.days(start, count * LENGTH[unit], away)
        elif count:
            pieces = self.open_time(start) if unit.startswith("business") else [(start, None)]
            due = count_down(pieces, count * LENGTH[unit], away)
        return next((ends for begins, ends in away if begins < due < ends), due)

    def business_days(self, start, count, away):
        date = self.day_of(start)
        while count:
            date += ONE_DAY
            windows = self.windows(date)
            if windows and not any(begins < windows[-1][1] <= ends for begins, ends in away):
                count -= 1
        return windows[-1][1]

    def days(self, start, length, away):
        shown_at_start = shown(self.zone, start)
        moved = dt.timedelta(0)
        while True:
            due = first_instant(self.zone, shown_at_start + length + moved)
            moved_now = sum(
                (
                    shown(self.zone, ends) - max(shown_at_start, shown(self.zone, begins))
                    for begins, ends in away
                    if begins < due and ends > start
                ),
                dt.timedelta(0),
            )
            if moved_now == moved:
                return due
            moved = moved_now

    def before(self, date, count, unit):
        """The end of the local day, or the close of the working day, so many before a date."""
        if unit != "business days":
            return self.end_of_day(date - count * LENGTH[unit])
        return self.working_day_before(date, count)

    def working_day_before(self, date, count):
        """The close of the so many-th working day before a date."""
        while count:
            date -= ONE_DAY
            count -= bool(self.windows(date))
        return self.windows(date)[-1][1]

    def back(self, at, count, unit):
        """So much before an instant; no hold is counted."""
        if unit in {"minutes", "hours"}:
            return at - count * LENGTH[unit]
        if unit in {"days", "weeks"}:
            shown_at = at.astimezone(self.zone).replace(tzinfo=None)
            return first_instant(self.zone, shown_at - count * LENGTH[unit])
        if unit == "business days":
            last = self.local_date(at) + ONE_DAY
            while not self.windows(last) or self.windows(last)[-1][1] > at:
                last -= ONE_DAY
            return self.working_day_before(last, count)
        return self.back_in_open_time(at, count * LENGTH[unit])

    def back_in_open_time(self, at, length):
        """The first instant at which so much less had been worked than at *at*."""
        date = self.local_date(at) + ONE_DAY
        while True:
            for opens, shuts in reversed(self.windows(date)):
                worked = min(shuts, at) - opens
                if worked <= dt.timedelta(0):
                    continue
                # Nothing was worked between the close before and this opening.
                if length == dt.timedelta(0):
                    return min(shuts, at)
                if length < worked:
                    return min(shuts, at) - length
                length -= worked
            date -= ONE_DAY

    def open_time(self, start):
        """Yield what is open from *start* on."""
        date = start.astimezone(self.zone).date() - ONE_DAY
        while True:
            for opens, shuts in self.windows(date):
                if shuts > start:
                    yield max(opens, start), shuts
            date += ONE_DAY


def count_down(pieces, length, away):
    """The instant at which *length* of the pieces is over, what lies in *away* left out."""
    for begins, ends in pieces:
        for piece_begins, piece_ends in outside(begins, ends, away):
            if piece_ends is None or length <= piece_ends - piece_begins:
                return piece_begins + length
            length -= piece_ends - piece_begins
    raise AssertionError


def outside(begins, ends, away):
    """Yield the parts of a piece that lie in no span of *away*; an end of None is never."""
    for gone, back in away:
        if back > begins and (ends is None or gone < ends):
            if gone > begins:
                yield begins, gone
            begins = back
    if ends is None or begins < ends:
        yield begins, ends

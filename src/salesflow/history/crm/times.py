"""Time as CRMs write it: milliseconds, ISO with and without zone, days."""

from __future__ import annotations

import datetime as dt
import functools
import re

import attrs

from salesflow.calendars import Calendar, to_datetime, to_micros
from salesflow.calendars.arithmetic import (
    DAY,
    HORIZON,
    HOUR,
    MINUTE,
    SECOND,
    CalendarTables,
    day_of,
    end_of_day,
    start_of_day,
    to_instant,
)
from salesflow.calendars.instants import EPOCH, to_date, to_day
from salesflow.history.reading.mapping import Mapping
from salesflow.process.model import Process

WANTED = "an instant: milliseconds, or text such as '2026-03-05T10:00:00Z'"

_SMALLEST_MILLISECONDS = 10**11
"""A number from here on counts milliseconds (this one: in 1973), a smaller one seconds."""
_SMALLEST_SECONDS = 10**9
"""A smaller number (this one: in 2001) is not a CRM instant, but perhaps a day like 20260305."""
_MILLISECOND = 1_000
_FIRST = 31 * DAY
"""No instant before is meant: a CRM that was given seconds for milliseconds has January 1970."""
# A data frame writes numbers with a point where their column has gaps.
_NUMBER = re.compile(r"(-?[0-9]{1,18})(?:\.0*)?")
# The hour may stand without its leading zero, and an offset without its colon or its minutes.
_ISO = re.compile(
    r"(?P<day>\d{4}-\d{1,2}-\d{1,2})"
    r"(?:[T ](?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<part>\d{1,9}))?)?"
    r" ?(?P<zone>Z|UTC|[+-]\d{2}(?::?\d{2})?)?)?",
    re.ASCII,
)


class FarOffError(ValueError):
    """An instant no later than January 1970, or after 2100: a placeholder, or seconds misread."""


@attrs.frozen
class Moment:
    """
    When something happened.

    Args:
        at: The instant; of a day without a time, its noon.

        first, last: The same instant; of a day without a time, its first and last one.

        is_naive: Whether it was written down without a zone.
    """

    at: dt.datetime
    first: dt.datetime
    last: dt.datetime
    is_naive: bool = False

    @property
    def is_day(self) -> bool:
        """Whether only the day is known."""
        return self.first != self.last


@attrs.frozen(eq=False)
class Clock:
    """
    How times without a zone are understood.

    Args:
        naive: The zone of times without a zone.

        local: The zone whose days dates are.
    """

    naive: CalendarTables
    local: CalendarTables


def clock_of(mapping: Mapping, process: Process, *, is_utc: bool = False) -> Clock:
    """
    Return the clock of a mapping.

    Args:
        mapping: May name a zone.

        process: Has the zone of days if the mapping names none.

        is_utc: Whether the CRM is known to mean UTC, whatever the mapping says. Otherwise it means
            UTC where the mapping names no zone.
    """
    naive = "UTC" if is_utc or mapping.zone is None else mapping.zone
    return Clock(_zone(naive), _zone(mapping.zone or process.calendar.timezone))


@functools.lru_cache(maxsize=16)
def _zone(name: str) -> CalendarTables:
    return Calendar(name).tables_for(())


def read_moment(raw: object, clock: Clock) -> Moment:
    """
    Return what *raw* says about time.

    Args:
        raw: Milliseconds or seconds since 1970, text, a datetime or a date.

        clock: How times without a zone are understood.

    Raises:
        FarOffError: If it lies outside the known years.
        ValueError: If it says nothing about time.
    """
    if isinstance(raw, dt.datetime):
        return _of_datetime(raw, clock)
    if isinstance(raw, dt.date):
        return _of_day(to_day(raw), clock)
    if isinstance(raw, str):
        text = raw.strip()
        number = _NUMBER.fullmatch(text)
        if number is None:
            return _of_text(text, clock)
        raw = int(number[1])
    if isinstance(raw, bool) or not isinstance(raw, int | float) or raw != raw // 1:
        raise ValueError(WANTED)
    return _of_number(int(raw))


def read_date(raw: object, clock: Clock) -> dt.date:
    """
    Return the day that *raw* means, whether it says a day or an instant.

    An instant at midnight UTC is how CRMs write a day; any other one lies in a local day.

    Raises:
        ValueError: If it says nothing about time.
    """
    moment = read_moment(raw, clock)
    micros = to_micros(moment.at)
    is_midnight = not moment.is_day and micros % DAY == 0
    return to_date(micros // DAY if is_midnight else day_of(clock.local, micros))


def _of_number(number: int) -> Moment:
    if number <= 0:
        raise FarOffError
    if number < _SMALLEST_SECONDS:
        raise ValueError(WANTED)
    return _of_instant(number * (_MILLISECOND if number >= _SMALLEST_MILLISECONDS else SECOND))


def _of_datetime(raw: dt.datetime, clock: Clock) -> Moment:
    if raw.utcoffset() is not None:
        return _of_instant(to_micros(raw))
    return _of_naive(to_micros(raw.replace(tzinfo=dt.UTC)), clock)


def _of_text(text: str, clock: Clock) -> Moment:
    found = _ISO.fullmatch(text)
    if found is None:
        raise ValueError(WANTED)
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    try:
        day = to_day(dt.date(*(int(part) for part in found["day"].split("-"))))
        dt.time(hour, minute, second)
    except ValueError:
        raise ValueError(WANTED) from None
    if found["hour"] is None:
        return _of_day(day, clock)
    part = int((found["part"] or "").ljust(6, "0")[:6])
    local = day * DAY + hour * HOUR + minute * MINUTE + second * SECOND + part
    if found["zone"] is None:
        return _of_naive(local, clock)
    return _of_instant(local - _offset(found["zone"]))


def _offset(zone: str) -> int:
    """Return an offset such as ``+0000``, ``-05:00``, ``+01`` or ``Z`` in microseconds."""
    if zone in {"Z", "UTC"}:
        return 0
    size = int(zone[1:3]) * HOUR + int(zone[3:].lstrip(":") or 0) * MINUTE
    return -size if zone[0] == "-" else size


def _of_instant(micros: int) -> Moment:
    if not _FIRST <= micros < HORIZON - DAY:
        raise FarOffError
    at = to_datetime(micros)
    return Moment(at, at, at)


def _of_naive(local: int, clock: Clock) -> Moment:
    if not _FIRST + DAY <= local < HORIZON - DAY:
        raise FarOffError
    return attrs.evolve(_of_instant(to_instant(clock.naive, local)), is_naive=True)


def _of_day(day: int, clock: Clock) -> Moment:
    if not _FIRST < day * DAY < HORIZON - 2 * DAY:
        raise FarOffError
    first, last = start_of_day(clock.local, day), end_of_day(clock.local, day)
    noon = to_instant(clock.local, day * DAY + DAY // 2)
    return Moment(to_datetime(noon), to_datetime(first), to_datetime(last))


def milliseconds(at: dt.datetime) -> int:
    """Return an instant in milliseconds since 1970."""
    return (at - EPOCH) // dt.timedelta(milliseconds=1)

"""Where a log ends, and where the calendar does: beyond, nobody has seen or counted anything."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import TYPE_CHECKING

from salesflow.calendars import to_micros
from salesflow.english import count_of, moment
from salesflow.history.reading.usable import warning_of_rows
from salesflow.process.parts import ends_in_working_time

if TYPE_CHECKING:
    from salesflow.history.log import EventLog
    from salesflow.process.model import Process

STALE = dt.timedelta(days=7)
"""A log that ends longer ago than this is hardly the whole story."""


_FEW = 0.01


def end_of(log: EventLog, as_of: dt.datetime) -> dt.datetime | None:
    """
    Return when a log ends: its latest event. None: it has none.

    Where fewer than one event in a hundred is later than *as_of*, those are taken for slips of the
    pen or dates that are only expected, and it ends with the latest one before them.
    """
    last = log.last_at
    if last is None or last <= as_of:
        return last
    few = log.origin.later_than(to_micros(as_of)) < _FEW * len(log)
    return log.until(as_of).last_at if few else last


def stale_words(ends_at: dt.datetime | None, as_of: dt.datetime, timezone: str) -> str | None:
    """
    Return a warning if a log ends so long before an instant that its silence proves nothing.

    Args:
        ends_at: The latest event; None: there is none.

        as_of: The instant that is asked about.

        timezone: Where days are told.

    Returns:
        None if it ends no more than a week before.
    """
    if ends_at is None or as_of - ends_at <= STALE:
        return None
    days = count_of((as_of - ends_at).days, "day")
    return (
        f"The log ends {moment(ends_at, timezone)}, {days} before: from then on every deal counts "
        "as silent. Ask as of its end, or read a newer log."
    )


def warning_of(
    log: EventLog, process: Process, as_of: dt.datetime, ends_at: dt.datetime | None
) -> str | None:
    """
    Return what makes verdicts on a log that ends then doubtful; None: nothing does.

    That is a log of which much could not be used, an end long before *as_of*, and a calendar that
    does not know all the years.
    """
    rows = warning_of_rows(log.quality)
    stale = stale_words(ends_at, as_of, process.calendar.timezone)
    return " ".join(filter(None, (rows, stale, _uncounted_words(log, process, as_of)))) or None


def _uncounted_words(log: EventLog, process: Process, as_of: dt.datetime) -> str | None:
    """Return a warning if rules end in working time that the calendars do not know."""
    if not any(map(ends_in_working_time, process.rules)):
        return None
    calendars = [process.calendar_of(name) for name in dict.fromkeys(log.origin.calendars())]
    first = max((calendar.years[0] for calendar in calendars), default=dt.MINYEAR)
    last = min((calendar.years[-1] for calendar in calendars), default=dt.MAXYEAR - 1)
    zone = zoneinfo.ZoneInfo(process.calendar.timezone)
    begins, ends = (to_micros(dt.datetime(y, 1, 1, tzinfo=zone)) for y in (first, last + 1))
    outside = len(log) - log.origin.later_than(begins - 1) + log.origin.later_than(ends - 1)
    if not outside and to_micros(as_of) < ends:
        return None
    return (
        f"Working days are known for {first} to {last} only, and the log has {outside:,} of its "
        f"{len(log):,} events outside: there, no rule in working time ends, and nothing is late by "
        "it. Freeze the holidays of more years: salesflow freeze FILE --years."
    )

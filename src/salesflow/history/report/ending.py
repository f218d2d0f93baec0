"""Where a log ends: what is asked as of much later finds silence that nobody has seen."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from salesflow.calendars import to_micros
from salesflow.english import count_of, moment

if TYPE_CHECKING:
    from salesflow.history.log import EventLog

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
    few = log.later_than(to_micros(as_of)) < _FEW * len(log)
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

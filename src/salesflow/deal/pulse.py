"""The pulse of a portfolio: what can still be changed, not what is already lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from salesflow.calendars import to_datetime, to_micros
from salesflow.deal.deal import Deal
from salesflow.deal.indicators import Pulse, check_days
from salesflow.given import several


def pulse(deals: Iterable[Deal], now: dt.datetime, *, days: int = 7) -> Pulse:
    """
    Return the leading indicators of *deals*: how they stand while something can still be done.

    Args:
        deals: The portfolio; deals opened after *now* are ignored.

        now: The instant; aware.

        days: The number of past days over which logged minutes are counted.

    Raises:
        TypeError: If one of *deals* is not a deal, *now* not a datetime, or *days* not a number.
        ValueError: If *now* is naive, or *days* negative.
    """
    check_days(days)
    whole = Pulse(at=to_datetime(to_micros(now, "now")))
    there = (deal for deal in several("deals", deals, Deal) if deal.opened_at <= now)
    return sum((deal.pulse(now, days=days) for deal in there), whole)

"""The pulse of a portfolio: what can still be changed, not what is already lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from salesflow.calendars import to_datetime, to_micros
from salesflow.deal.deal import Deal
from salesflow.deal.indicators import Pulse
from salesflow.given import given


def pulse(deals: Iterable[Deal], now: dt.datetime, *, days: int = 7) -> Pulse:
    """
    Return the leading indicators of *deals*: how they stand while something can still be done.

    Args:
        deals: The portfolio; deals opened after *now* are ignored.

        now: The instant; aware.

        days: The number of past days over which logged minutes are counted.
    """
    whole = Pulse(at=to_datetime(to_micros(now, "now")))
    there = (deal for each in deals if (deal := given("deals", each, Deal)).opened_at <= now)
    return sum((deal.pulse(now, days=days) for deal in there), whole)

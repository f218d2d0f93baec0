"""When an event counts of which only the day is known."""

import datetime as dt

import pytest

from salesflow.calendars import Calendar, to_micros
from salesflow.errors import EventError
from salesflow.events import Activity, Opened
from salesflow.process.model import Process
from salesflow.process.parts import Stage
from salesflow.rules.book import rule_book
from salesflow.rules.instants import counts_at

STAGES = (Stage(id="talk"), Stage(id="won", kind="won"), Stage(id="lost", kind="lost"))
TOKYO = Process(id="p", version="1", stages=STAGES, calendar=Calendar(timezone="Asia/Tokyo"))
RECORDED = dt.datetime(2026, 3, 3, 14, tzinfo=dt.UTC)
DAY = {
    "occurred_at": dt.datetime(2026, 3, 3, 23, tzinfo=dt.UTC),
    "recorded_at": RECORDED,
    "precision": "day",
}
"""Recorded on that day by the clocks of London; by those of Tokyo, before it began."""
EVENTS = (Opened(id="o", deal="D", **DAY), Activity(id="a", kind="call", **DAY))


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
@pytest.mark.parametrize("other_end", [False, True])
def test_recorded_before_that_day_began(event, other_end):
    """What has been taken in counts no later than when it was recorded; else it is refused."""
    calendar = rule_book(TOKYO).calendar(None)

    found = counts_at(calendar, event, other_end=other_end, strict=False)
    assert found == to_micros(RECORDED)
    with pytest.raises(EventError, match="before the day on which it happened"):
        counts_at(calendar, event, other_end=other_end)

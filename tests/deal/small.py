"""A small process to try one thing on, and the week of 2 March 2026, a Monday, in UTC."""

import datetime as dt

from salesflow.calendars import Calendar
from salesflow.deal import Deal
from salesflow.deal.state import Raised
from salesflow.events import Moved
from salesflow.process import ContactGap, Fact, Process, Role, Stage, Timer

MICROSECOND = dt.timedelta(microseconds=1)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
OFFICE = {"mon-fri": ["09:00-17:00"]}
MON = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
TUE, WED, THU, FRI = (MON + n * DAY for n in (1, 2, 3, 4))

STAGES = (
    Stage(id="talk", exit=["need"]),
    Stage(id="proof"),
    Stage(id="offer"),
    Stage(id="won", kind="won"),
    Stage(id="lost", kind="lost", reasons=["silence", "price"]),
    Stage(id="nurture", kind="parked"),
)
FACTS = (
    Fact(id="need", type="bool"),
    Fact(id="budget", type="money"),
    Fact(id="tender_due", type="date"),
)


def utc(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def gap(**said):
    return ContactGap(**{"id": "touch", "max": "2 days", **said})


def timer(**said):
    return Timer(**{"id": "timer", "since": "opened", "after": "5 days", **said})


def kill(**said):
    return timer(**{"id": "cold", "move_to": "lost", "reason": "silence", **said})


def process(*rules, **said):
    """A process with these contact gaps and timers."""
    fields = {
        "id": "small",
        "version": "1",
        "currency": "USD",
        "calendar": Calendar("UTC", OFFICE),
        "stages": STAGES,
        "facts": FACTS,
        "roles": [Role(id="rep"), Role(id="boss")],
        "contact_gaps": [rule for rule in rules if isinstance(rule, ContactGap)],
        "timers": [rule for rule in rules if isinstance(rule, Timer)],
    }
    return Process(**fields | said)


def opened(*rules, at=MON, stage=None, **said):
    """A deal under a process with these rules, opened on Monday."""
    return Deal.open(process(*rules, **said), id="D", at=at, stage=stage, owner="dana")


def raised(deal, until):
    """What time did: (rule, rung, when)."""
    return [
        (item.rule, item.rung, item.acted_at)
        for item in deal.timeline(until)
        if isinstance(item, Raised)
    ]


def moved(to, at, **said):
    """A move that the CRM tells of."""
    return Moved(**{"id": f"crm-{to}-{at}", "occurred_at": at, "to": to, "source": "crm", **said})

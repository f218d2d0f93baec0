"""
Small processes and histories for examples that are worked out by hand.

All instants are texts of the year 2026 in UTC: ``03-02 10:00`` is a Monday in March. So are March
the 9th, 16th, 23rd and 30th; the week's days are Mon 2, Tue 3, Wed 4, Thu 5, Fri 6, Sat 7, Sun 8.
"""

import datetime as dt

from tests.rules.answers import live_answer, slow_answer
from tests.rules.slow_change import SlowChange
from tests.rules.slow_deal import SlowDeal

from salesflow.calendars import Calendar
from salesflow.deal import Deal
from salesflow.events import (
    Activity,
    Held,
    Learned,
    Migrated,
    Moved,
    Opened,
    Overridden,
    Reopened,
    Resumed,
    Retracted,
)
from salesflow.process.model import Process
from salesflow.process.parts import ContactGap, Escalation, Fact, Role, Stage, Timer

OFFICE = Calendar("UTC", {"mon-fri": ["09:00-17:00"]})
MICROSECOND = dt.timedelta(microseconds=1)
INSTANTS = ("occurred_at", "recorded_at", "starts_at", "until")
BOSS = (Escalation(after="3 days", to="boss"),)


def at(text):
    """The instant that a text says; with ``+`` or ``-`` at its end a microsecond beside it."""
    beside = {"+": MICROSECOND, "-": -MICROSECOND}.get(text[-1], dt.timedelta(0))
    return dt.datetime.fromisoformat("2026-" + text.rstrip("+-")).replace(tzinfo=dt.UTC) + beside


def text(instant):
    """The text of an instant, as in `at`."""
    for sign, beside in (("", 0), ("+", 1), ("-", -1)):
        whole = instant - beside * MICROSECOND
        if (whole.second, whole.microsecond) == (0, 0):
            return f"{whole:%m-%d %H:%M}{sign}"
    return instant.isoformat()


def gap(id="gap", **said):
    return ContactGap(id=id, **said)


def timer(id="timer", **said):
    return Timer(id=id, **said)


def process(*rules, **said):
    """Two open stages, one to win, to lose and to park; facts of some types."""
    parts = {
        "stages": [
            Stage(id="talk"),
            Stage(id="offer"),
            Stage(id="won", kind="won"),
            Stage(id="lost", kind="lost"),
            Stage(id="nurture", kind="parked"),
        ],
        "facts": [
            Fact(id="need", type="bool"),
            Fact(id="fit", type="bool"),
            Fact(id="budget", type="int"),
            Fact(id="due_on", type="date"),
        ],
        "roles": [Role(id="rep"), Role(id="boss", may_override=["*"])],
    }
    gaps = [rule for rule in rules if isinstance(rule, ContactGap)]
    timers = [rule for rule in rules if isinstance(rule, Timer)]
    return Process(id="small", version="1", contact_gaps=gaps, timers=timers, **{**parts, **said})


def event(kind, when, /, **said):
    """An event of that kind; texts where instants are wanted."""
    said["occurred_at"] = when
    given = {name: at(value) if name in INSTANTS else value for name, value in said.items()}
    return kind(**{"id": f"{kind.kind_name} {when}", **given})


def opened(when="03-02 10:00", **said):
    return event(Opened, when, deal="D", **said)


def call(when, **said):
    return event(Activity, when, **{"kind": "call", **said})


def plan(when, starts_at, **said):
    said = {"kind": "meeting", "activity_id": "m", "status": "planned", **said}
    return event(Activity, when, starts_at=starts_at, **said)


def learned(when, role=None, **facts):
    return event(Learned, when, facts=facts, role=role)


def moved(when, to, **said):
    return event(Moved, when, to=to, **said)


def held(when, until, **said):
    return event(Held, when, until=until, **said)


def resumed(when):
    return event(Resumed, when)


def overridden(when, target, until, **said):
    return event(Overridden, when, target=target, until=until, **{"reason": "so", **said})


def reopened(when, **said):
    return event(Reopened, when, **said)


def migrated(when, old, new, **said):
    return event(Migrated, when, from_process=old.hash, to_process=new.hash, **said)


def retracted(when, target, **said):
    return event(Retracted, when, target=target.id, **said)


class Hand:
    """A deal looked at: every answer of the referee in texts, and the live deal says the same."""

    def __init__(self, definition, *events, known_at=None):
        known_at = known_at and at(known_at)
        self.slow = SlowDeal(definition, events, known_at)
        known = [e for e in events if known_at is None or e.known_at <= known_at]
        self.live = Deal.replay(definition, known)

    def look(self, now):
        assert slow_answer(self.slow, at(now)) == live_answer(self.live, at(now))
        return self.slow.at(at(now))

    def due(self, now, rung="breach", rule=None):
        """When a rung is due; None if it is not listed."""
        found = [
            text(r.due_at)
            for r in self.look(now).deadlines
            if r.rung == rung and rule in {None, r.rule}
        ]
        return found[0] if found else None

    def acts(self, now):
        """What time did: (rule, rung, when it acted)."""
        self.look(now)
        tape = self.slow.history(at(now))
        return [(*e.raised[:2], text(e.raised.acted_at)) for e in tape if e.raised]

    def status(self, now):
        return self.look(now).status

    def stage(self, now):
        return self.look(now).stage

    def holds(self, now):
        return [(text(begins), text(ends)) for begins, ends in self.look(now).holds]

    def deviations(self, now):
        """The codes of what each recorded event passed over."""
        self.look(now)
        return {
            event_id: [code for code, _, _ in passed]
            for event_id, _, passed in self.slow.deviations(at(now))
        }


class HandChange(Hand):
    """The same for a deal that comes under other processes: the first of them first."""

    def __init__(self, processes, *events):
        *before, last = processes
        self.slow = SlowChange({process.hash: process for process in processes}, events)
        self.live = Deal.replay(last, events, earlier=before)

"""A process and behaviours in which everything takes a fixed time, and what comes of them."""

import datetime as dt

import salesflow as sf
from salesflow.events import Activity, Moved
from salesflow.simulation.parts import Arrivals

START = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
TEXT = """format = 1
[process]
id = "clockwork"
version = "1"
currency = "EUR"
[calendar]
timezone = "UTC"
[[stages]]
id = "talk"
[[stages]]
id = "offer"
[[stages]]
id = "won"
kind = "won"
[[stages]]
id = "lost"
kind = "lost"
[[stages]]
id = "later"
kind = "parked"
[facts.fit]
type = "bool"
[facts.quote]
type = "bool"
valid_for = "10 days"
"""
PROCESS = sf.load_process(TEXT)
GATED = PROCESS.replace("stages.talk.exit", ["quote == true"])


def process_with(*said):
    """Return the process with more of what a file may say."""
    return sf.load_process("\n".join([TEXT, *said]))


def behaviour(*stages, **said):
    return sf.Behaviour(arrivals=Arrivals(start=START), stages=stages, **said)


def run(said, process=PROCESS, until=400, deals=1):
    """So many deals, so many days long."""
    return sf.simulate(process, deals, behaviour=said, until=START + until * DAY, fast=False)


def story(said, process=PROCESS, until=400):
    """What happens to a deal: days since its opening, to a hundredth, and what it is."""
    return tale(run(said, process, until))


def tale(result, number=0):
    """What happens to one of several deals."""
    return [(told(event), days(event)) for event in result.events(number)[1:]]


def days(event):
    return round((event.occurred_at - START) / DAY, 2)


def told(event):
    """The stage of a move, the kind of an activity and whether it came in, otherwise the event."""
    if isinstance(event, Moved):
        return event.to
    if isinstance(event, Activity) and event.status == "done":
        return f"in {event.kind}" if event.direction == "in" else event.kind
    return getattr(event, "status", event.kind_name)


def times(found, what):
    return [day for name, day in found if name == what]

"""What the tests of CRM data share: the samples beside the checkout, mappings, short forms."""

import csv
import json
from pathlib import Path

import pytest

from salesflow.history.reading.mapping_file import parse_mapping
from salesflow.process.load import load_process

SAMPLES = Path(__file__).parents[3].parent / "shared" / "payloads"
needs_samples = pytest.mark.skipif(not SAMPLES.exists(), reason="no samples beside the checkout")

PROCESS = load_process("six-step")
NEW_YORK = "America/New_York"
DEAL, OTHER = "332507367156", "332507360001"
OPPORTUNITY, REP = "0061G00000N38JZQAZ", "0051G000005Mun4QAC"

HUBSPOT = """
format = 1
[crm]
system = "hubspot"
[stages]
appointmentscheduled = "qualify"
qualifiedtobuy = "meeting"
closedwon = "intake"
closedlost = "lost"
[facts]
value = "amount"
expected_close = "closedate"
"""
SALESFORCE = """
format = 1
[crm]
system = "salesforce"
[stages]
Prospecting = "qualify"
Qualification = "meeting"
"Closed Won" = "intake"
"Closed Lost" = "lost"
[facts]
value = "Amount"
expected_close = "CloseDate"
"""
PIPEDRIVE = """
format = 1
[crm]
system = "pipedrive"
[stages]
1 = "qualify"
2 = "meeting"
10 = "qualify"
11 = "meeting"
won = "intake"
lost = "lost"
[facts]
value = "value"
expected_close = "expected_close_date"
"""


def mapping(text, more=""):
    """A mapping; what *more* says about a table comes in place of the same table."""
    wanted = {line for line in more.splitlines() if line.startswith("[")}
    kept, skipping = [], False
    for line in text.splitlines():
        if line.startswith("["):
            skipping = line in wanted
        if not skipping:
            kept.append(line)
    return parse_mapping("\n".join(kept) + "\n" + more)


def sample(name):
    """A JSON sample."""
    return json.loads((SAMPLES / name).read_text(encoding="utf-8"))


def rows(name):
    """The rows of a CSV sample."""
    with (SAMPLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def kinds(events):
    """What happened, in order."""
    return [event.kind_name for event in events]


def only(found, kind):
    """The only event of a kind."""
    [event] = [e for events in found.events.values() for e in events if e.kind_name == kind]
    return event


def ids(found):
    """The ids of all events, by deal."""
    return {deal: {event.id for event in events} for deal, events in found.events.items()}


def content(found):
    """Every event, by deal, in no order."""
    return {deal: frozenset(events) for deal, events in found.events.items()}


def reasons(found):
    """Why something could not be used, with the counts."""
    return {item.reason: item.count for item in found.quality.unusable}


def flags(found):
    """What has to be known, where there is any of it."""
    return {name: count for name, count in found.quality.flags.items() if count}

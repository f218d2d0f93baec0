"""
Events as each release wrote them: what is in the tables of users must be readable for ever.

`tests/fixtures/events-<format>.json` is written by hand: every type of event, with all that it can
say and with as little as it may. A file of a format that was released is never edited.
"""

import json
from pathlib import Path

import attrs
import pytest

from salesflow.calendars import Calendar
from salesflow.deal import Deal
from salesflow.events import FORMAT, TYPES, event_from_dict
from salesflow.process import Fact, NamedCalendar
from tests.deal.small import FACTS, gap, process

FIXTURES = Path(__file__).parent / "fixtures"


def rows(number=FORMAT):
    return json.loads((FIXTURES / f"events-{number}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("number", range(1, FORMAT + 1))
def test_there_is_one_for_each_format(number):
    """This release reads what it writes, and all that was written before."""
    assert [event_from_dict(row).id for row in rows(number)] == [row["id"] for row in rows(number)]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["id"])
def test_it_is_written_as_it_was(row):
    """To the order of the fields."""
    assert list(event_from_dict(row).to_dict().items()) == list(row.items())


@pytest.mark.parametrize("name", TYPES)
def test_every_field_of_every_type_is_there(name):
    """Said once, and left out once where that is possible."""
    said = [set(row) for row in rows() if row["type"] == name]
    fields = attrs.fields(TYPES[name])

    # Of a migration the instant is known; what says no more than that is left out.
    unsaid = {"precision"} if name == "migrated" else set()
    assert {field.name for field in fields} - unsaid == set.union(*said) - {"format", "type"}
    needed = {field.name for field in fields if field.default is attrs.NOTHING}
    assert needed == set.intersection(*said) - {"format", "type"}


def test_together_they_are_a_deal():
    """
    The histories that were kept add up to what they added up to.

    They name the processes that they ran under by their hashes, which are what they were.
    """
    types = {"fit": "bool", "people": "int", "segment": "text"}
    facts = [*FACTS, *(Fact(id=name, type=kind) for name, kind in types.items())]
    gulf = NamedCalendar(id="gulf", calendar=Calendar("Asia/Dubai"))
    definition = process(gap(), facts=facts, calendars=[gulf])
    looser = definition.replace("contact_gaps.touch.max", "4 days")
    deal = Deal.replay(definition, map(event_from_dict, rows()), earlier=[looser])
    state = deal.state(deal.events[-1].occurred_at)

    assert (state.stage, state.owner, len(state.holds)) == ("talk", "kim", 1)
    assert state.facts["value"] == "250000 EUR"
    assert {deviation.event.id: deviation.obstacles[0].code for deviation in state.deviations} == {
        "crm:5": "no_right",
        "crm:7": "no_hold",
        "D/14": "no_such_move",
        "crm:9": "not_closed",
    }

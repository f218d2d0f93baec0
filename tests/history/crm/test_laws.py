"""What holds for all data of all CRMs."""

import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.history.crm import payload_strategies as random
from tests.history.crm.support import HUBSPOT, PIPEDRIVE, PROCESS, SALESFORCE, content, mapping

from salesflow.errors import PayloadError
from salesflow.events import event_from_dict
from salesflow.history.crm import corrections, hubspot, pipedrive, salesforce

MORE = """[crm]
system = "{}"
pipelines = ["default", "1"]
own = ["app", "7"]
coalesce_within = "26 hours"
"""
ENDS = {"deleted": "lost", "archived": "lost", "other_pipeline": "lost"}


def _reader(events_of, text, system):
    ends = "".join(f'{name} = "{stage}"\n' for name, stage in ENDS.items())
    base = text.replace("[facts]", f"{ends}[facts]")
    found = mapping(base, MORE.format(system))
    return lambda payload: events_of(payload, PROCESS, found)


CRMS = [
    pytest.param(_reader(hubspot.events_of, HUBSPOT, "hubspot"), random.hubspot, id="hubspot"),
    pytest.param(
        _reader(salesforce.events_of, SALESFORCE, "salesforce"), random.salesforce, id="salesforce"
    ),
    pytest.param(
        _reader(pipedrive.events_of, PIPEDRIVE, "pipedrive"), random.pipedrive, id="pipedrive"
    ),
]
each_crm = pytest.mark.parametrize(("read", "payloads"), CRMS)


def both(read, payload):
    """What could be understood, and what could not."""
    try:
        return read(payload), ()
    except PayloadError as error:
        return error.rest, error.problems


class TestLaws:
    @each_crm
    @given(data=st.data())
    def test_order_and_repetitions(self, read, payloads, data):
        """Any order and any repetition of data give the same events."""
        said = data.draw(payloads)
        mixed = data.draw(st.permutations([*said, *data.draw(_some_of(said))]))

        one, other = read(said), read(mixed)

        assert content(one) == content(other)
        assert list(one.events) == list(other.events)
        assert one.events == other.events
        assert (one.echoes, one.snapshots, one.merged) == (
            *(other.echoes, other.snapshots, other.merged),
        )

    @each_crm
    @given(data=st.data())
    def test_one_id_one_content(self, read, payloads, data):
        """Whatever is translated together or apart, an id never means two things."""
        said = data.draw(payloads)
        known = {}
        for part in (said, *([item] for item in said)):
            for deal, events in read(part).events.items():
                for event in events:
                    assert known.setdefault((deal, event.id), event) == event

    @each_crm
    @given(data=st.data())
    def test_round_trip(self, read, payloads, data):
        """Events survive JSON."""
        for events in read(data.draw(payloads)).events.values():
            for event in events:
                assert event_from_dict(json.loads(json.dumps(event.to_dict()))) == event

    @each_crm
    @given(data=st.data())
    def test_everything_is_counted_once(self, read, payloads, data):
        """What is read ends up in exactly one place."""
        found = read(data.draw(payloads))

        quality = found.quality
        places = (
            *(quality.used, sum(quality.ignored.values()), sum(quality.unmapped.values())),
            *(quality.unusable_rows, quality.duplicates, quality.empty),
        )
        assert sum(places) == quality.read

    @each_crm
    @given(data=st.data())
    def test_unknown_fields(self, read, payloads, data):
        """Fields that nobody knows change nothing."""
        said, more = data.draw(random.with_more(payloads))

        assert content(read(more)) == content(read(said))

    @each_crm
    @given(data=st.data())
    def test_damage(self, read, payloads, data):
        """Whatever stands in it, data is read, or refused with paths and the rest at hand."""
        found, problems = both(read, data.draw(random.damaged(payloads)))

        assert all(problem.startswith("payload") for problem in problems)
        assert found.quality.unusable_rows >= len(problems)

    @each_crm
    @given(data=st.data())
    def test_garbage(self, read, payloads, data):
        """Data that is no data of a CRM is refused, and never a crash."""
        found, _ = both(read, data.draw(st.one_of(random.garbage, payloads)))

        assert found.quality.rows >= 0

    @each_crm
    @given(data=st.data())
    def test_damage_costs_nothing_beside_it(self, read, payloads, data):
        """What is right stays right beside something that is wrong."""
        said = data.draw(payloads)

        with pytest.raises(PayloadError) as caught:
            read([*said, 7])

        assert content(caught.value.rest) == content(read(said))

    @each_crm
    @given(data=st.data())
    def test_corrections_are_complete(self, read, payloads, data):
        """Nothing more follows from events that were translated together."""
        found = read(data.draw(payloads))

        for events in found.events.values():
            assert {*corrections(events, coalesce_within=found.coalesce_within)} <= {*events}

    @given(
        said=st.lists(
            random.hubspot_webhooks(whats=("propertyChange",)),
            unique_by=lambda item: item["occurredAt"],
        )
    )
    def test_one_by_one_or_together(self, said):
        """Webhooks of different instants give the same events one by one."""
        read = CRMS[0].values[0]
        # A pipeline that is told beside a stage may say more about it.
        assume(all(item["propertyName"] != "pipeline" for item in said))
        together = content(read(said))

        apart = {}
        for item in said:
            for deal, events in read([item]).events.items():
                apart.setdefault(deal, set()).update(events)

        assert {deal: frozenset(events) for deal, events in apart.items()} == together


def _some_of(items):
    return st.lists(st.sampled_from(items)) if items else st.just([])

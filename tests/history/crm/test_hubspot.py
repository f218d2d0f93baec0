"""HubSpot's deals and webhooks: every trap of the guide, on its samples and by hand."""

import datetime as dt
import itertools
import json
from decimal import Decimal

import pytest
from tests.history.crm.support import (
    DEAL,
    HUBSPOT,
    OTHER,
    PROCESS,
    content,
    flags,
    ids,
    kinds,
    mapping,
    needs_samples,
    only,
    reasons,
    sample,
)

from salesflow.deal import Deal
from salesflow.errors import PayloadError
from salesflow.history.crm import hubspot

MAPPING = mapping(HUBSPOT)
BATCH = "hubspot/synth_webhook_batch.json"
OBJECT = "hubspot/synth_deal_v3_with_history.json"
CREATED = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
MOVED = dt.datetime(2026, 3, 5, 10, tzinfo=dt.UTC)
MOVED_MS = 1772704800000


def webhook(what="propertyChange", **more):
    """A webhook about the deal."""
    return {
        "eventId": 1,
        "subscriptionId": 2,
        "portalId": 3,
        "occurredAt": MOVED_MS,
        "subscriptionType": f"deal.{what}",
        "attemptNumber": 0,
        "objectId": int(DEAL),
        **more,
    }


def stage_change(value="qualifiedtobuy", **more):
    return webhook(propertyName="dealstage", propertyValue=value, **more)


def deal(history=None, **properties):
    """A deal as the API gives it."""
    found = {
        "id": DEAL,
        "properties": {"pipeline": "default", "dealstage": "qualifiedtobuy", **properties},
        "createdAt": "2026-03-02T09:00:00.000Z",
        "updatedAt": "2026-03-09T14:05:00.000Z",
        "archived": False,
    }
    return found if history is None else {**found, "propertiesWithHistory": history}


def past(*values):
    """A history of stages, newest first as HubSpot gives it."""
    return [
        {"value": value, "timestamp": at, "sourceType": "CRM_UI", "sourceId": "userId:12345"}
        for value, at in values
    ]


def read(payload, more=""):
    return hubspot.events_of(payload, PROCESS, mapping(HUBSPOT, more))


@needs_samples
class TestWebhookSample:
    def test_batch(self):
        """Creation and change of one deal, a merge with another: in the order of their instants."""
        found = read(sample(BATCH), '[stages]\nqualifiedtobuy = "meeting"\nmerged = "lost"\n')

        assert {deal: kinds(events) for deal, events in found.events.items()} == {
            DEAL: ["opened", "moved"],
            OTHER: ["moved"],
        }
        assert [event.to for event in found.events[OTHER]] == ["lost"]
        assert found.merged == {OTHER: DEAL}

    def test_ids_beyond_32_bits(self):
        """Ids are larger than the published schema says."""
        found = read(sample(BATCH))

        schema = sample("hubspot/snowplow_deal_change.schema.json")
        largest = schema["properties"]["objectId"]["maximum"]
        assert int(DEAL) > largest
        assert only(found, "opened").deal == DEAL

    def test_only_the_new_value(self):
        """A webhook does not say the old stage, and none is made up."""
        [change, *_] = sample(BATCH)

        found = read(change)

        assert kinds(found.events[DEAL]) == ["moved"]
        assert flags(found) == {"no_opening": 1}

    def test_milliseconds(self):
        """Webhooks count milliseconds, the API writes ISO: both are instants."""
        [change, *_] = sample(BATCH)

        assert only(read(change), "moved").occurred_at == dt.datetime(
            2026, 6, 25, 7, 19, 32, 793000, tzinfo=dt.UTC
        )

    def test_order_and_repetitions(self):
        """Webhooks come in any order and up to ten times; nothing of that shows."""
        batch = sample(BATCH)
        again = [{**item, "attemptNumber": 3, "subscriptionId": 9} for item in batch]

        found = {
            json.dumps([event.to_dict() for event in events])
            for order in itertools.permutations([*batch, again[0]])
            for events in [read(order).events[DEAL]]
        }

        assert len(found) == 1
        assert read([*batch, *again]).quality.duplicates == 3

    def test_echo_of_our_own_write(self):
        """What our own application wrote comes back signed by it."""
        found = read(sample(BATCH), '[crm]\nsystem = "hubspot"\nown = ["39522895"]\n')

        assert found.echoes == {only(found, "moved").id}
        assert flags(found)["echo"] == 1


@needs_samples
class TestDealSample:
    def test_history(self):
        """The oldest value of the stage is where the deal opened, the others are moves."""
        found = read(sample(OBJECT))

        opened, moved, *_ = found.events[DEAL]
        assert (opened.occurred_at, opened.stage, opened.owner) == (CREATED, "qualify", None)
        assert (moved.occurred_at, moved.to, moved.by) == (MOVED, "meeting", "userId:12345")
        assert "no_stage" not in flags(found)

    def test_present_values(self):
        """What has no history is known as of the last change, and that is said."""
        found = read(sample(OBJECT))

        learned = [event for event in found.events[DEAL] if event.kind_name == "learned"]
        assert [dict(event.facts) for event in learned] == [
            {"value": Decimal(40000)},
            {"expected_close": dt.date(2026, 5, 29)},
        ]
        assert {event.occurred_at for event in learned} == {
            dt.datetime(2026, 3, 9, 14, 5, tzinfo=dt.UTC)
        }
        assert flags(found)["snapshot"] == 3

    def test_webhook_and_export_tell_one_event(self):
        """The same change has the same id and content, whichever way it came."""
        [newest, _] = sample(OBJECT)["propertiesWithHistory"]["dealstage"]
        told = stage_change(changeSource="CRM_UI", sourceId=newest["sourceId"])

        assert only(read(told), "moved") == only(read(sample(OBJECT)), "moved")
        assert len(read([told, sample(OBJECT)])) == len(read(sample(OBJECT)))

    def test_deal_without_history(self):
        """The instant of the present stage is known; the first stage is not, and is not made up."""
        found = read(sample("hubspot/activepieces_deal_v3.json"))

        opened, *_, moved = found.events["18011922225"]
        assert opened.stage is None
        assert (moved.to, moved.occurred_at.isoformat()) == (
            "meeting",
            "2024-03-13T11:29:16.078000+00:00",
        )
        assert flags(found)["no_stage"] == 1

    def test_as_a_deal(self):
        """What comes out is a deal that lives."""
        found = read(sample(OBJECT))

        live = Deal.replay(PROCESS, found.events[DEAL])

        assert live.state(dt.datetime(2026, 3, 10, tzinfo=dt.UTC)).stage == "meeting"


class TestDeal:
    def test_visits_from_entered_properties(self):
        """Without a history, the instants of entering the stages are told by properties."""
        found = read(
            deal(
                hs_v2_date_entered_appointmentscheduled="2026-03-02T09:00:00.000Z",
                hs_v2_date_entered_qualifiedtobuy="2026-03-05T10:00:00.000Z",
                hs_v2_date_exited_appointmentscheduled="2026-03-05T10:00:00.000Z",
                hs_v2_date_entered_closedwon="",
                hs_v2_date_entered_current_stage="2026-03-05T10:00:00.000Z",
            )
        )

        opened, moved = found.events[DEAL]
        assert (opened.stage, moved.to, moved.occurred_at) == ("qualify", "meeting", MOVED)

    def test_entered_properties_beside_a_history(self):
        """The history tells them already, to the millisecond or not."""
        history = past(
            ("qualifiedtobuy", "2026-03-05T10:00:00.000Z"),
            ("appointmentscheduled", "2026-03-02T09:00:00.000Z"),
        )
        entered = {
            "hs_v2_date_entered_appointmentscheduled": "2026-03-02T08:59:59.900Z",
            "hs_v2_date_entered_qualifiedtobuy": "2026-03-05T10:00:00.300Z",
        }

        assert content(read(deal({"dealstage": history}, **entered))) == content(
            read(deal({"dealstage": history}))
        )

    def test_history_that_was_cut_short(self):
        """Where a history begins late, the properties tell what was before."""
        history = past(("qualifiedtobuy", "2026-03-05T10:00:00.000Z"))
        entered = {
            "hs_v2_date_entered_appointmentscheduled": "2026-03-02T09:00:00.000Z",
            "hs_v2_date_entered_qualifiedtobuy": "2026-03-05T10:00:00.000Z",
        }

        found = read(deal({"dealstage": history}, **entered))

        assert [getattr(e, "stage", None) or e.to for e in found.events[DEAL]] == [
            "qualify",
            "meeting",
        ]
        assert flags(found) == {}

    def test_accounts_without_entered_properties(self):
        """Some editions have none: the stage is then known as of the last change."""
        found = read(deal())

        assert only(found, "moved").occurred_at == dt.datetime(2026, 3, 9, 14, 5, tzinfo=dt.UTC)
        assert flags(found) == {"no_stage": 1, "snapshot": 1}

    def test_first_stage_a_moment_after_the_deal(self):
        """Then it opens there; the move is told all the same, in case another one was between."""
        found = read(deal({"dealstage": past(("qualifiedtobuy", "2026-03-02T09:00:00.800Z"))}))

        opened, moved = found.events[DEAL]
        assert (opened.stage, moved.to) == ("meeting", "meeting")
        assert flags(found) == {"inferred_stage": 1}

    def test_present_stage_that_no_property_tells(self):
        """Then it is known as of the last change."""
        found = read(deal(hs_v2_date_entered_appointmentscheduled="2026-03-02T09:00:00.000Z"))

        opened, moved = found.events[DEAL]
        assert (opened.stage, moved.to, moved.occurred_at.day) == ("qualify", "meeting", 9)

    @pytest.mark.parametrize(
        ("at", "stage"),
        [
            ("2026-03-02T08:59:54.999Z", None),
            ("2026-03-02T08:59:55.000Z", "meeting"),
            ("2026-03-02T09:00:05.000Z", "meeting"),
            ("2026-03-02T09:00:05.001Z", None),
        ],
    )
    def test_what_counts_as_a_moment(self, at, stage):
        """Five seconds before or after the deal, no more."""
        found = read(deal({"dealstage": past(("qualifiedtobuy", at))}))

        assert only(found, "opened").stage == stage

    def test_first_stage_a_moment_before_the_deal(self):
        """Then the opening says it all."""
        found = read(deal({"dealstage": past(("qualifiedtobuy", "2026-03-02T08:59:59.000Z"))}))

        assert kinds(found.events[DEAL]) == ["opened"]

    def test_first_stage_long_after_the_deal(self):
        """A history that begins late does not tell the first stage."""
        found = read(deal({"dealstage": past(("qualifiedtobuy", "2026-03-02T09:00:05.001Z"))}))

        assert found.events[DEAL][0].stage is None
        assert flags(found) == {"no_stage": 1}

    def test_history_of_other_properties(self):
        """A fact is learned with every value that it had; what nobody asked for is counted."""
        history = {
            "amount": past(("45000", "2026-03-04T09:00:00Z"), ("40000", "2026-03-02T09:00:00Z")),
            "dealname": past(("Acme", "2026-03-02T09:00:00Z")),
            "hubspot_owner_id": past(
                ("71", "2026-03-04T08:00:00Z"), ("70", "2026-03-02T09:00:00Z")
            ),
        }

        found = read(deal(history, amount="45000", hubspot_owner_id="71"))

        opened, first, assigned, second, _ = found.events[DEAL]
        assert (opened.owner, assigned.owner) == ("70", "71")
        assert [event.facts["value"] for event in (first, second)] == [40000, 45000]
        assert found.quality.ignored == {"dealname": 1}
        assert (flags(found)["snapshot"], found.quality.duplicates) == (1, 0)

    def test_nothing_about_when(self):
        """Without any instant of the object its values are of no time."""
        payload = deal(amount="5")
        del payload["createdAt"], payload["updatedAt"]

        found = read({**payload, "archived": True})

        assert (found.events, reasons(found)) == ({}, {"no_instant": 4})

    @pytest.mark.parametrize("stages", [(1, 0, 1), (0, 1, 0)])
    def test_there_and_back_at_once(self, stages):
        """Of two values of one instant the one that comes first in the history is the later one."""
        names = ("appointmentscheduled", "qualifiedtobuy")
        times = ("2026-03-05T10:00:00.300Z", "2026-03-05T10:00:00.300Z", "2026-03-02T09:00:00Z")
        said = [(names[stage], at) for stage, at in zip(stages, times, strict=True)]

        found = read(deal({"dealstage": past(*said)}, dealstage=said[0][0]))

        moves = [event.to for event in found.events[DEAL] if event.kind_name == "moved"]
        assert moves == [("qualify", "meeting")[stage] for stage in stages[1::-1]]

    def test_history_without_instants(self):
        """An entry that does not say when is refused, the others are kept."""
        history = past(("qualifiedtobuy", None), ("appointmentscheduled", "2026-03-02T09:00:00Z"))

        with pytest.raises(PayloadError, match=r"dealstage\[0\].timestamp: got nothing") as caught:
            read(deal({"dealstage": history}))

        assert caught.value.rest.events[DEAL][0].stage == "qualify"

    def test_deleted(self):
        """HubSpot calls a deleted deal archived; what that is in the process the mapping says."""
        payload = {**deal(), "archived": True, "archivedAt": "2026-03-10T08:00:00Z"}

        kept, named = (
            read(payload),
            read(payload, '[stages]\nqualifiedtobuy = "meeting"\ndeleted = "lost"\n'),
        )

        assert kept.quality.unmapped == {"deleted": 1}
        last = named.events[DEAL][-1]
        assert (last.to, last.occurred_at.hour) == ("lost", 8)

    def test_merged_with_others(self):
        """A deal that is merged vanishes without being archived; the one that stays names it."""
        payload = deal(hs_merged_object_ids="5; 6;")

        found = read(payload, '[stages]\nqualifiedtobuy = "meeting"\nmerged = "lost"\n')

        assert found.merged == {"5": DEAL, "6": DEAL}
        for name in ("5", "6"):
            [gone] = found.events[name]
            assert (gone.to, gone.id in found.snapshots) == ("lost", True)
        assert read(deal(hs_merged_object_ids="")).merged == {}

    def test_unknown_properties(self):
        """What nobody knows harms nobody."""
        payload = deal(hs_new_thing={"deep": [1, 2]}, another=["x"], hs_v2_cumulative_time_in_x="7")

        assert content(read({**payload, "surprise": 1})) == content(read(deal()))

    def test_page(self):
        """A page has its objects under one key, a list may have pages and objects."""
        page = {"results": [deal()], "paging": {"next": {"after": "1"}}}

        assert content(read(page)) == content(read([page, deal()])) == content(read(deal()))
        assert read([page, deal()]).quality.rows == 2


class TestWebhook:
    @pytest.mark.parametrize(
        ("what", "more", "said"),
        [
            pytest.param("deletion", {}, [("moved", "lost")], id="deletion"),
            pytest.param("privacyDeletion", {}, [("moved", "lost")], id="privacy-deletion"),
            pytest.param("restore", {}, [("reopened", None)], id="restore"),
        ],
    )
    def test_end_and_return(self, what, more, said):
        """A deletion is what the mapping says, a restored deal is open again."""
        found = read(webhook(what, **more), '[stages]\ndeleted = "lost"\n')

        assert [(event.kind_name, event.to) for event in found.events[DEAL]] == said

    @pytest.mark.parametrize(
        ("stage", "said"),
        [
            pytest.param("closedwon", ["moved", "moved", "retracted"], id="won-before"),
            pytest.param("qualifiedtobuy", ["moved", "moved", "reopened"], id="open-before"),
        ],
    )
    def test_return_to_where_it_was(self, stage, said):
        """A deal that was won before it was deleted is won when restored, as if never gone."""
        when = {"deletion": MOVED_MS + 1_000, "restore": MOVED_MS + 2_000}
        gone, back = (webhook(what, occurredAt=at) for what, at in when.items())
        more = '[stages]\nqualifiedtobuy = "meeting"\nclosedwon = "intake"\ndeleted = "lost"\n'

        found = read([stage_change(stage), gone, back], more)

        moved, deleted, last = found.events[DEAL]
        assert kinds((moved, deleted, last)) == said
        assert getattr(last, "target", deleted.id) == deleted.id

    def test_return_of_a_won_deal_that_nobody_said_was_gone(self):
        """It is where it was."""
        back = webhook("restore", occurredAt=MOVED_MS + 2_000)
        more = '[stages]\nclosedwon = "intake"\ndeleted = "lost"\n'

        found = read([stage_change("closedwon"), back], more)

        moves = [(event.kind_name, event.to) for event in found.events[DEAL]]
        assert moves == [("moved", "intake"), ("moved", "intake")]

    def test_return_from_what_meant_nothing(self):
        """Where a deletion means nothing, its undoing does not either."""
        found = read([webhook("deletion"), webhook("restore")])

        assert found.events == {}
        assert (found.quality.unmapped, found.quality.ignored) == ({"deleted": 1}, {"restored": 1})

    def test_merge_into_a_new_deal(self):
        """Both of the merged deals are gone if a third one takes their place."""
        payload = webhook("merge", primaryObjectId=1, mergedObjectIds=[2, 3], newObjectId=4)

        assert read(payload).merged == {"1": "4", "2": "4", "3": "4"}
        assert read(payload).quality.unmapped == {"merged": 3}

    def test_new_form(self):
        """The generic form of a webhook names the type of the object."""
        old = stage_change()
        new = {**old, "subscriptionType": "object.propertyChange", "objectTypeId": "0-3"}

        assert content(read(new)) == content(read(old))

    def test_other_objects(self):
        """Those about contacts are counted; those about activities say that more is to be read."""
        contact = {**stage_change(), "subscriptionType": "contact.propertyChange"}
        call = {**stage_change(), "subscriptionType": "object.creation", "objectTypeId": "0-48"}

        found = read([contact, call, webhook("associationChange")])

        assert found.events == {}
        assert found.quality.ignored == {"contact.propertyChange": 1, "deal.associationChange": 1}
        assert reasons(found) == {"partial": 1}

    def test_without_an_instant(self):
        """A webhook that does not say when is refused."""
        with pytest.raises(PayloadError, match="occurredAt: got nothing"):
            read(stage_change(occurredAt=None))

    def test_instants_as_text(self):
        """A schema in the field has text for the instant."""
        told = stage_change(occurredAt="2026-03-05T10:00:00Z")

        assert content(read(told)) == content(read(stage_change()))

    def test_property_that_nobody_asked_for(self):
        """It is counted by its name."""
        found = read(webhook(propertyName="notes_last_contacted", propertyValue="1"))

        assert found.quality.ignored == {"notes_last_contacted": 1}

    def test_who(self):
        """A user signs with an id, an application with its own."""
        by_user = read(stage_change(sourceId="userId:12345"), '[people]\n"userId:12345" = "dana"\n')
        by_app = read(stage_change(sourceId="39522895"))

        assert only(by_user, "moved").by == "dana"
        assert only(by_app, "moved").by is None

    def test_amount_as_text_and_as_number(self):
        """Webhooks write everything as text."""
        told = webhook(propertyName="amount", propertyValue="40000.00")
        in_history = deal({"amount": past(("40000", "2026-03-05T10:00:00Z"))})
        in_history["propertiesWithHistory"]["amount"][0].pop("sourceId")

        [learned] = [e for e in read(in_history).events[DEAL] if e.kind_name == "learned"]
        assert only(read(told), "learned") == learned

    def test_day_in_milliseconds(self):
        """A webhook writes a date in milliseconds, the API as ISO: one event."""
        told = webhook(propertyName="closedate", propertyValue="1780012800000")
        iso = webhook(propertyName="closedate", propertyValue="2026-05-29T00:00:00Z")

        assert only(read(told), "learned").facts == {"expected_close": dt.date(2026, 5, 29)}
        assert ids(read(told)) == ids(read(iso))

    def test_said_twice_at_two_instants(self):
        """A webhook is a change, and kept, even if the value was the same before."""
        found = read([stage_change(), stage_change(occurredAt=MOVED_MS + 60_000)])

        assert kinds(found.events[DEAL]) == ["moved", "moved"]

    def test_opening_that_says_more(self):
        """Of a creation and the deal itself, the one that knows the stage comes first."""
        creation = webhook("creation", occurredAt="2026-03-02T09:00:00.000Z")
        export = deal({"dealstage": past(("appointmentscheduled", "2026-03-02T09:00:00.000Z"))})

        poor, rich = only(read(creation), "opened"), only(read(export), "opened")

        assert (poor.occurred_at, poor.stage) == (rich.occurred_at, None)
        assert rich.seq < poor.seq
        first = min([poor, rich], key=lambda event: (event.occurred_at, event.seq, event.id))
        assert first.stage == "qualify"

    def test_malformed_beside_sound(self):
        """What is wrong is told with its path; what is right beside it is at hand."""
        broken = stage_change()
        del broken["objectId"]

        with pytest.raises(PayloadError) as caught:
            read([stage_change(), broken, 7, {"status": "error", "message": "No"}])

        assert caught.value.problems == (
            "payload[1].objectId: got nothing, expected an id",
            "payload[2]: got 7, expected an object, as json.loads gives it",
            "payload[3]: got an error of the CRM, 'No', expected the data that it was asked for",
        )
        assert content(caught.value.rest) == content(read(stage_change()))
        assert reasons(caught.value.rest) == {"malformed": 3}

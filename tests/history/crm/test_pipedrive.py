"""Pipedrive's deals, flow, activities and webhooks."""

import copy
import datetime as dt
import itertools

import pytest
from tests.history.crm.support import (
    PIPEDRIVE,
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
from salesflow.events import Opened, Status, Way
from salesflow.history.crm import pipedrive

CREATED = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
MOVED = dt.datetime(2026, 3, 5, 10, tzinfo=dt.UTC)
WEBHOOK = "pipedrive/synth_webhook_v2_deal_change.json"
FLOW = "pipedrive/synth_deal_flow_v1.json"
DEAL = "pipedrive/activepieces_deal_v2_with_stage.json"
ACTIVITY = "pipedrive/activepieces_activity_v2.json"
PRICE = '[reasons]\nPrice = "no budget"\n'


def deal(**more):
    """A deal of the second version of the API."""
    return {
        "id": 123,
        "pipeline_id": 1,
        "stage_id": 2,
        "status": "open",
        "add_time": "2026-03-02T09:00:00Z",
        "update_time": "2026-03-05T10:00:00Z",
        "stage_change_time": "2026-03-05T10:00:00Z",
        "owner_id": 7,
        **more,
    }


def webhook(action="change", data=None, previous=None, **meta):
    """A webhook about the deal."""
    return {
        "meta": {
            "action": action,
            "entity": "deal",
            "version": "2.0",
            "entity_id": 123,
            "timestamp": "2026-03-05T10:00:01.000Z",
            "user_id": 123123,
            "change_source": "app",
            **meta,
        },
        "data": deal() if data is None else data,
        "previous": previous,
    }


def row(number, field, old, new, at="2026-03-05 10:00:00"):
    """A row of the flow about a change."""
    return {
        "object": "dealChange",
        "timestamp": at,
        "data": {
            "id": number,
            "item_id": 123,
            "user_id": 123123,
            "field_key": field,
            "old_value": old,
            "new_value": new,
            "log_time": at,
            "change_source": "app",
            "additional_data": [],
        },
    }


def flow(*rows):
    return {"success": True, "data": list(rows), "additional_data": {"pagination": {"start": 0}}}


def mail(**more):
    """A row of the flow about a mail."""
    data = {
        "id": 1,
        "subject": "Your offer",
        "from": [{"email_address": "buyer@example.test", "linked_person_id": 1101}],
        "to": [{"email_address": "dana@example.test", "linked_person_id": None}],
        "sent_flag": 0,
        "message_time": "2026-03-06T08:00:00.000Z",
        **more,
    }
    return {"object": "mailMessage", "timestamp": "2026-03-06 08:00:00", "data": data}


def read(payload, more=""):
    return pipedrive.events_of(payload, PROCESS, mapping(PIPEDRIVE, more))


@needs_samples
class TestSamples:
    def test_webhook(self):
        """A move is told by the old stage and the new one, at the instant of the change."""
        moved = only(read(sample(WEBHOOK)), "moved")

        assert (moved.to, moved.occurred_at, moved.by) == ("meeting", MOVED, "123123")

    def test_flow(self):
        """Newest first, values as text, an empty list where nothing is added."""
        found = read(sample(FLOW))

        opened, moved = found.events["1"]
        assert (opened.stage, opened.occurred_at) == ("qualify", CREATED)
        assert (moved.to, moved.occurred_at) == ("meeting", MOVED)
        # The planned mail does not say when it was planned.
        assert reasons(found) == {"no_instant": 1}

    def test_deal(self):
        """A deal that was won once and is open now; two mails; an amount in euros."""
        found = read(sample(DEAL))

        assert kinds(found.events["1"]) == [
            *("opened", "activity", "activity", "moved", "learned", "learned", "assigned"),
        ]
        mails = [event for event in found.events["1"] if event.kind_name == "activity"]
        assert [mail.direction for mail in mails] == [Way.IN, Way.OUT]
        assert [e.facts for e in found.events["1"] if e.kind_name == "learned"][1] == {
            "value": "5000 EUR"
        }
        assert reasons(found) == {"was_closed": 1}
        assert flags(found) == {"no_stage": 1, "other_currency": 1, "snapshot": 3}

    def test_activity_that_is_not_done(self):
        """It has a time of being marked as done, and is not done: the flag is right."""
        found = read(sample(ACTIVITY))

        [plan] = found.events["300"]
        assert (plan.status, plan.kind) == (Status.PLANNED, "task")
        assert plan.starts_at == dt.datetime(2020, 6, 9, 10, tzinfo=dt.UTC)
        assert plan.contacts == ("1101", "17985")
        assert plan.minutes == 60


class TestWebhook:
    @pytest.mark.parametrize("timestamp", ["2026-03-05T10:00:01.000Z", 1772704801, 1772704801000])
    def test_timestamp(self, timestamp):
        """Seconds and ISO are both in the field; neither is the instant of the change."""
        found = read(webhook(previous={"stage_id": 1}, timestamp=timestamp))

        assert only(found, "moved").occurred_at == MOVED

    def test_webhook_and_flow_tell_one_event(self):
        """The same second, value and user: one event."""
        told = read(webhook(previous={"stage_id": 1}))
        listed = read(flow(row(3, "stage_id", "1", "2")))

        assert only(told, "moved") == only(listed, "moved")

    def test_what_did_not_change(self):
        """Old values that are the present ones are no changes (the first version has them all)."""
        previous = {**deal(), "stage_id": 1}
        old = {
            "v": 1,
            "event": "updated.deal",
            "meta": {
                **webhook()["meta"],
                "action": "updated",
                "object": "deal",
                "id": 123,
                "entity": None,
                "entity_id": None,
            },
            "current": deal(),
            "previous": previous,
        }

        assert content(read(old)) == content(read(webhook(previous={"stage_id": 1})))
        assert read(webhook(previous={"stage_id": 2})).events == {}

    def test_creation(self):
        """A new deal is told with its first stage, its owner and its facts."""
        data = deal(value=40000, currency="USD", expected_close_date="2026-05-29")

        found = read(webhook("create", data))

        opened, *learned = found.events["123"]
        assert (opened.stage, opened.owner, opened.occurred_at) == ("meeting", "7", CREATED)
        assert [kind for event in learned for kind in event.facts] == ["expected_close", "value"]
        assert flags(found) == {}

    def test_created_elsewhere(self):
        """A deal that comes into our pipeline later opens then, for whoever has it then."""
        ours = '[crm]\nsystem = "pipedrive"\npipelines = ["1"]\n'
        entered = deal(update_time="2026-03-05T10:00:00Z")

        found = read(
            [
                webhook("create", deal(pipeline_id=9, stage_id=90)),
                webhook(data=entered, previous={"pipeline_id": 9, "stage_id": 90}),
            ],
            ours,
        )

        opened = only(found, "opened")
        assert (opened.occurred_at, opened.stage, opened.owner) == (MOVED, "meeting", None)

    def test_won_and_lost_stand_beside_the_stage(self):
        """A deal keeps its stage when it is won; the reason of a loss comes along."""
        lost = deal(status="lost", lost_time="2026-03-05T10:00:00Z", lost_reason="Price")

        moved = only(
            read(webhook(data=lost, previous={"status": "open"}), PRICE),
            "moved",
        )

        assert (moved.to, moved.reason, moved.occurred_at) == ("lost", "no budget", MOVED)

    def test_loss_in_webhook_and_flow(self):
        """In the flow the reason has a row of its own, at the same time: one event."""
        lost = deal(status="lost", lost_time="2026-03-05T10:00:00Z", lost_reason="Price")
        told = read(webhook(data=lost, previous={"status": "open", "lost_reason": None}), PRICE)
        rows = [row(5, "status", "open", "lost"), row(6, "lost_reason", None, "Price")]

        for order in (rows, rows[::-1]):
            assert only(read(flow(*order), PRICE), "moved") == only(told, "moved")
        assert only(told, "moved").reason == "no budget"

    def test_reason_of_the_company(self):
        """A reason that the process does not have is left out, and shown."""
        lost = deal(status="lost", lost_time="2026-03-05T10:00:00Z", lost_reason="Bad mood")

        found = read(webhook(data=lost, previous={"status": "open"}))

        assert only(found, "moved").reason is None
        [unread] = found.quality.unread_facts
        assert str(unread.examples[0]) == "payload.data.status: 'Bad mood'"
        assert "for the loss that the process does not have" in unread.said

    def test_reasons_that_help_nobody(self):
        """A reason at another time, an empty one, two at one time, a damaged one: none is taken."""
        lost = row(5, "status", "open", "lost")
        beside = [
            [row(6, "lost_reason", None, "Price", "2026-03-05 10:00:01")],
            [row(6, "lost_reason", "Price", None)],
            [row(6, "lost_reason", None, "Price"), row(7, "lost_reason", "Price", "silence")],
        ]

        for rows in beside:
            assert only(read(flow(lost, *rows), PRICE), "moved").reason is None
        with pytest.raises(PayloadError) as caught:
            read(flow(lost, row(6, "lost_reason", None, "Price", "soon")), PRICE)
        assert only(caught.value.rest, "moved").reason is None

    @pytest.mark.parametrize("stages", [(1, 2, 1), (2, 1, 2)])
    def test_there_and_back_in_one_second(self, stages):
        """The deal counts in seconds, its webhooks in milliseconds: the later one stands."""
        said = [
            webhook(
                data=deal(stage_id=new),
                previous={"stage_id": old},
                timestamp=f"2026-03-05T10:00:00.{at}Z",
            )
            for old, new, at in zip(stages, stages[1:], ("200", "900"), strict=False)
        ]

        for order in (said, said[::-1]):
            last = read(order).events["123"][-1]
            assert last.to == {1: "qualify", 2: "meeting"}[stages[-1]]

    def test_reopened(self):
        """Open again after a loss: in the stage where it was."""
        told = read(webhook(previous={"status": "lost"}))
        listed = read(flow(row(7, "status", "lost", "open")))

        assert only(told, "reopened") == only(listed, "reopened")
        assert only(told, "reopened").to is None

    def test_stage_of_a_closed_deal(self):
        """A deal that stays won does not come back because its stage was tidied up."""
        won = deal(status="won", won_time="2026-03-04T10:00:00Z")

        found = read(webhook(data=won, previous={"stage_id": 1}))

        assert (found.events, reasons(found)) == ({}, {"closed_stage": 1})

    def test_moved_and_won_at_once(self):
        """First into the stage, then won."""
        won = deal(status="won", won_time="2026-03-05T10:00:00Z")

        found = read(webhook(data=won, previous={"stage_id": 1, "status": "open"}))

        assert [event.to for event in found.events["123"]] == ["meeting", "intake"]

    def test_deleted(self):
        """What a deletion is the mapping says; the data of the deal is gone."""
        payload = webhook("delete", previous=deal())
        payload["data"] = None

        found = read(payload, '[stages]\ndeleted = "lost"\n')

        assert only(found, "moved").occurred_at == MOVED + dt.timedelta(seconds=1)

    def test_created_and_won_at_once(self):
        """A deal may be entered when it is won already."""
        data = deal(status="won", won_time="2026-03-02T09:00:00Z")

        found = read(webhook("create", data))

        assert [(event.kind_name) for event in found.events["123"]] == ["opened", "moved"]

    @pytest.mark.parametrize(
        ("payload", "path"),
        [
            (webhook("delete", timestamp=None), "meta.timestamp"),
            (webhook("create", deal(add_time=None)), "data.add_time"),
            (
                webhook(
                    previous={"value": 1},
                    data=deal(value=2, update_time=None),
                    timestamp=None,
                ),
                "data.update_time",
            ),
            (flow(row(3, "stage_id", "1", "2", None)), "data.log_time"),
        ],
    )
    def test_without_an_instant(self, payload, path):
        """What does not say when is refused, with the path of what is missing."""
        with pytest.raises(PayloadError, match=path.replace(".", r"\.")):
            read(payload)

    def test_nobody_signs(self):
        """Some changes have no user."""
        found = read(webhook(previous={"stage_id": 1}, user_id=None))

        assert only(found, "moved").by is None

    def test_archived_and_back(self):
        """An archived deal may be parked, and comes back."""
        more = '[stages]\narchived = "lost"\n'
        away = deal(is_archived=True, update_time="2026-03-06T10:00:00Z")
        back = deal(is_archived=False, update_time="2026-03-07T10:00:00Z")

        found = read(
            [
                webhook(data=back, previous={"is_archived": True}),
                webhook(data=away, previous={"is_archived": False}),
            ],
            more,
        )

        assert kinds(found.events["123"]) == ["moved", "reopened"]

    def test_merged(self):
        """Of two deals that were merged one is deleted, and says into which one it went."""
        payload = webhook("delete", previous=deal(), merged_to_id="124")

        found = read(payload, '[stages]\ndeleted = "lost"\nmerged = "intake"\n')

        assert only(found, "moved").to == "intake"
        assert found.merged == {"123": "124"}

    def test_merged_in_the_first_version(self):
        """It does not say what went into what."""
        payload = {
            "meta": {"action": "merged", "object": "deal", "id": 123, "timestamp": 1772704800},
            "current": deal(),
            "previous": deal(),
        }

        assert reasons(read(payload)) == {"partial": 1}

    def test_archived_after_it_was_won(self):
        """Whatever the mapping says of archived deals, one that was won before stays won."""
        more = '[stages]\n2 = "meeting"\nwon = "intake"\narchived = "lost"\n'
        closed = {"status": "won", "won_time": "2026-03-06T10:00:00Z", "is_archived": True}
        away = deal(**closed, archive_time="2026-03-07T10:00:00Z", stage_change_time=None)
        back = {**away, "is_archived": False, "update_time": "2026-03-08T10:00:00Z"}
        told = webhook(data=away, previous={"is_archived": False})

        for payload in (away, told, [told, webhook(data=back, previous={"is_archived": True})]):
            found = read(payload, more)
            moves = [event.to for event in found.events["123"] if event.kind_name == "moved"]
            assert {*moves} == {"intake"}
            assert "reopened" not in kinds(found.events["123"])
            assert (reasons(found), found.quality.unmapped) == ({"closed_stage": 1}, {})

    def test_archived_in_webhook_and_deal(self):
        """The instant of archiving stands beside the flag."""
        more = '[stages]\narchived = "lost"\n'
        away = deal(is_archived=True, archive_time="2026-03-06T09:00:00Z", stage_change_time=None)
        told = read(webhook(data=away, previous={"is_archived": False}, user_id=None), more)

        assert only(told, "moved") == only(read(away, more), "moved")

    def test_fact_that_is_called_like_an_end(self):
        """The instant of an end is that of the end only."""
        fact = '[facts]\nbuyer_knowledge = { column = "abc", values = { won = "expert" } }\n'
        data = deal(status="won", won_time="2026-03-01T10:00:00Z", abc="won")

        found = read(webhook(data=data, previous={"abc": "x"}), fact)

        assert only(found, "learned").occurred_at == MOVED

    def test_custom_field(self):
        """Fields of the company stand in an object of their own."""
        fact = '[facts]\nbudget = "abc123"\n'
        data = deal(custom_fields={"abc123": {"type": "monetary", "value": 5, "currency": "USD"}})

        found = read(webhook(data=data, previous={"custom_fields": {"abc123": None}}), fact)

        assert only(found, "learned").facts == {"budget": 5}
        assert flags(found) == {"no_opening": 1}

    def test_owner(self):
        """A new owner, in both versions."""
        new = read(webhook(previous={"owner_id": 6}))
        data = deal(user_id={"id": 7, "value": 7})
        del data["owner_id"]
        old = read(webhook(data=data, previous={"user_id": {"id": 6, "value": 6}}))

        assert only(new, "assigned").owner == only(old, "assigned").owner == "7"

    def test_fields_that_nobody_asked_for(self):
        """They are counted by name; those that only follow from others are not."""
        previous = {"title": "x", "update_time": "y", "label_ids": [1]}
        data = deal(label_ids=[2, {"odd": None}])
        listed = flow(row(3, "label_ids", [1], [2]), row(4, "odd", {}, {"a": 1}))

        told = read(webhook(data=data, previous=previous))

        assert told.quality.ignored == {"title": 1, "label_ids": 1}
        assert read(listed).quality.ignored == {"label_ids": 1, "odd": 1}

    @pytest.mark.parametrize("own", ["123123", "app:123123"])
    def test_echo(self, own):
        """Our own writes are those of our user, or of our user through the API only."""
        found = read(
            webhook(previous={"stage_id": 1}), f'[crm]\nsystem = "pipedrive"\nown = ["{own}"]\n'
        )

        assert found.echoes == {only(found, "moved").id}

    def test_other_objects(self):
        """Webhooks about people are counted."""
        assert read(webhook(entity="person")).quality.ignored == {"change of person": 1}

    def test_activity(self):
        """Activities come by webhook, too, and go."""
        data = {"id": 8, "type": "call", "done": False, "deal_id": 123, "due_date": "2026-03-09"}
        data |= {"add_time": "2026-03-02T09:00:00Z", "update_time": "2026-03-02T09:00:00Z"}
        gone = webhook("delete", previous=data, entity="activity")
        gone["data"] = None

        found = read([gone, webhook("create", data, entity="activity")])

        planned, deleted, retracted = found.events["123"]
        assert (planned.status, deleted.outcome) == (Status.PLANNED, "deleted")
        assert retracted.target == planned.id

    @pytest.mark.parametrize("into", [124, None])
    def test_activity_that_went_to_another_deal(self, into):
        """The deal that it was taken from knows it no more, until it comes back."""
        data = {"id": 8, "type": "call", "done": True, "add_time": "2026-03-02T09:00:00Z"}
        data |= {"marked_as_done_time": "2026-03-02T09:00:00Z", "deal_id": 123}
        times = {day: {"update_time": f"2026-03-0{day}T09:00:00Z"} for day in (2, 3, 4)}
        told = webhook("create", data | times[2], entity="activity")
        away = data | {"deal_id": into} | times[3]
        gone = webhook("change", away, {"deal_id": 123}, entity="activity")
        back = webhook("change", data | times[4], {"deal_id": into}, entity="activity")

        found, all_of_it = read([gone, told]), read([told, gone, back])

        done, deleted, retracted = found.events["123"]
        assert (retracted.target, deleted.outcome) == (done.id, "deleted")
        assert found.events.keys() == {"123", *([str(into)] if into else [])}
        opened = Opened(id="1", deal="123", occurred_at=CREATED)
        for events, touch in ((found.events, None), (all_of_it.events, CREATED)):
            state = Deal.replay(PROCESS, [opened, *events["123"]]).state(MOVED)
            assert state.last_touch_at == touch


class TestFlow:
    @pytest.mark.parametrize("field", ["pipeline_id", "pipeline"])
    def test_moved_to_another_pipeline(self, field):
        """A flow may call the pipeline as the list of fields does; until then the deal was ours."""
        more = '[crm]\nsystem = "pipedrive"\npipelines = ["1"]\n'
        rows = [
            row(1, "add_time", None, "2026-03-01 10:00:00", "2026-03-01 10:00:00"),
            row(2, "stage_id", "1", "2", "2026-03-04 10:00:00"),
            row(3, field, "1", "9", "2026-03-05 10:00:00"),
            row(4, "stage_id", "2", "90", "2026-03-05 10:00:00"),
        ]

        found = read([flow(*rows), deal(pipeline_id=9, stage_id=90)], more)

        assert kinds(found.events["123"]) == ["opened", "moved"]

    def test_several_in_one_second(self):
        """The flow counts in seconds: then the ids of its rows are their order."""
        rows = [row(9, "stage_id", "1", "2"), row(10, "stage_id", "2", "1")]

        for order in (rows, rows[::-1]):
            assert [event.to for event in read(flow(*order)).events["123"]] == [
                *("meeting", "qualify"),
            ]

    @pytest.mark.parametrize("number", range(3))
    def test_one_of_several_told_twice(self, number):
        """What a webhook tells as well keeps its place among the rows of a second."""
        rows = [row(9, "stage_id", "1", "2"), row(10, "stage_id", "2", "1")]
        extra = webhook(
            data=deal(stage_id=(2, 1, 1)[number]), previous={"stage_id": (1, 2, 3)[number]}
        )

        found = read([flow(*rows), extra])

        assert [event.to for event in found.events["123"]] == ["meeting", "qualify"]

    @pytest.mark.parametrize("numbers", [(3, 4), (4, 3)])
    def test_moved_and_won_at_once(self, numbers):
        """In one second, a deal reaches its stage before it is won, in whatever order."""
        stage, status = numbers
        rows = [row(stage, "stage_id", "1", "2"), row(status, "status", "open", "won")]

        assert [event.to for event in read(flow(*rows)).events["123"]] == ["meeting", "intake"]

    def test_stage_of_a_closed_deal(self):
        """After a win the stage may be tidied up; the deal stays won until it is reopened."""
        rows = [
            row(3, "status", "open", "won", "2026-03-05 10:00:00"),
            row(4, "stage_id", "1", "2", "2026-03-06 10:00:00"),
            row(5, "status", "won", "open", "2026-03-07 10:00:00"),
            row(6, "stage_id", "2", "1", "2026-03-08 10:00:00"),
        ]

        found = read(flow(*rows))

        assert kinds(found.events["123"]) == ["moved", "reopened", "moved"]
        assert reasons(found) == {"closed_stage": 1}

    def test_stage_that_changed_while_the_deal_was_closed(self):
        """A deal that is open again is where it was put in the meantime."""
        rows = [
            row(2, "stage_id", "2", "1", "2026-03-04 10:00:00"),
            row(3, "status", "open", "lost", "2026-03-05 10:00:00"),
            row(4, "stage_id", "1", "2", "2026-03-06 10:00:00"),
            row(5, "status", "lost", "open", "2026-03-07 10:00:00"),
            row(6, "status", "open", "lost", "2026-03-08 10:00:00"),
            row(7, "status", "lost", "open", "2026-03-09 10:00:00"),
        ]

        found = read(flow(*rows))

        assert [event.to for event in found.events["123"]] == [
            *("qualify", "lost", "meeting", "lost", None),
        ]

    def test_amount_in_the_currency_of_the_deal(self):
        """A row has no currency; the deal beside it has one."""
        said = row(4, "value", 50, 100)

        alone, beside = read(flow(said)), read([flow(said), deal(currency="EUR", value=100)])

        assert only(alone, "learned").facts == {"value": 100}
        assert flags(alone) == {"no_currency": 1, "no_opening": 1, "taken_as_utc": 1}
        assert only(beside, "learned").facts == {"value": "100 EUR"}

    def test_amount_in_a_currency_of_its_own(self):
        """An amount in a field of the company need not be in the currency of the deal."""
        said, own = row(4, "abc", 50, 100), '[facts]\nvalue = "abc"\n'
        older = deal(currency="EUR", abc=100, abc_currency="GBP")
        newer = deal(currency="EUR", custom_fields={"abc": {"value": 100, "currency": "GBP"}})

        for beside in (older, newer):
            found = read([flow(said), beside], own)
            learned = [e for e in found.events["123"] if e.kind_name == "learned"]
            assert {event.facts["value"] for event in learned} == {"100 GBP"}

    def test_deal_that_changed_its_currency(self):
        """Then a row does not say in which one its amount is."""
        deals = [deal(currency="EUR"), deal(currency="USD", update_time="2026-03-06T10:00:00Z")]

        for order in (deals, deals[::-1]):
            found = read([flow(row(4, "value", 50, 100)), *order])
            assert only(found, "learned").facts == {"value": 100}

    def test_overlapping_pages(self):
        """Pages are fetched again because rows come late; nothing counts twice."""
        rows = [
            row(n, "stage_id", str(n % 2), str(1 + n % 2), f"2026-03-0{n} 10:00:00")
            for n in (3, 4, 5)
        ]

        found = read([flow(*rows[:2]), flow(*rows[1:]), flow(*reversed(rows))])

        assert content(found) == content(read(flow(*rows)))
        assert found.quality.duplicates == 4

    def test_archived_and_back(self):
        """Flags are rows of the flow as well."""
        rows = [
            row(3, "is_archived", "0", "1", "2026-03-05 10:00:00"),
            row(4, "is_archived", "1", "0", "2026-03-06 10:00:00"),
        ]

        found = read(flow(*rows), '[stages]\narchived = "lost"\n')

        assert kinds(found.events["123"]) == ["moved", "reopened"]

    def test_status_that_is_emptied(self):
        """It says nothing."""
        assert reasons(read(flow(row(3, "status", "open", None)))) == {"emptied": 1}

    def test_mail(self):
        """A mail of the flow and the latest mail of the deal are one activity."""
        latest = deal(last_outgoing_mail_time="2026-03-06T08:00:00Z")

        found = read([flow(row(3, "stage_id", "1", "2"), mail(sent_flag=1)), latest])

        hint, told = (event for event in found.events["123"] if event.kind_name == "activity")
        assert (hint.activity_id, hint.occurred_at) == (told.activity_id, told.occurred_at)
        assert (told.kind, told.direction, told.contacts) == ("email", Way.OUT, ("1101",))
        assert (hint.contacts, hint.seq < told.seq) == ((), True)
        assert (reasons(found), flags(found).get("corrected")) == ({}, None)

    def test_automatic_answer(self):
        """It is known by its subject, and stands for the mail whose time the deal has."""
        latest = deal(last_incoming_mail_time="2026-03-06T08:00:00Z")
        answer = mail(subject="Automatic reply: your offer")

        found = read([flow(row(3, "stage_id", "1", "2"), answer), latest])

        live = Deal.replay(PROCESS, found.events["123"])
        assert live.state(MOVED + dt.timedelta(days=7)).last_touch_at is None
        assert flags(found)["auto_reply"] == 1

    def test_deleted_mail(self):
        """A mail that is deleted counts no more."""
        found = read(flow(row(3, "stage_id", "1", "2"), mail(deleted_flag=1)))

        assert only(found, "activity").status is Status.CANCELLED

    def test_draft(self):
        """A mail that was never sent is no mail."""
        found = read(flow(row(3, "stage_id", "1", "2"), mail(draft_flag=1)))

        assert reasons(found) == {"unfinished": 1}

    def test_mail_of_no_deal(self):
        """A mail in a page that does not say its deal is counted."""
        assert reasons(read(flow(mail()))) == {"no_deal": 1}

    def test_other_rows(self):
        """Notes are notes, files and followers are counted."""
        note = {"id": 5, "deal_id": 123, "add_time": "2026-03-06 08:00:00", "user_id": 7}
        rows = [{"object": "note", "data": note}, {"object": "file", "data": {"id": 1}}]

        found = read(flow(*rows))

        assert only(found, "activity").kind == "note"
        assert found.quality.ignored == {"file": 1}


class TestDeal:
    def test_versions(self):
        """The first version writes times without a zone, in UTC, whatever zone the mapping has."""
        old = deal(
            add_time="2026-03-02 09:00:00",
            update_time="2026-03-05 10:00:00",
            stage_change_time="2026-03-05 10:00:00",
            user_id={"id": 7, "name": "Dana"},
        )
        del old["owner_id"]

        assert content(read(old, '[time]\nzone = "Europe/Berlin"\n')) == content(read(deal()))
        assert flags(read(old))["taken_as_utc"] == 3

    def test_stage_that_has_never_changed(self):
        """Then the deal opened in it."""
        found = read(deal(stage_change_time=None))

        assert found.events["123"][0].stage == "meeting"
        assert "moved" not in kinds(found.events["123"])

    def test_won(self):
        """A deal that is won has the instant."""
        found = read(deal(status="won", won_time="2026-03-06T10:00:00Z"))

        assert [e.to for e in found.events["123"] if e.kind_name == "moved"] == [
            "meeting",
            "intake",
        ]

    def test_won_again(self):
        """It was won the last time when it says so, not the first time."""
        first, last = "2026-03-04T10:00:00Z", "2026-03-09T10:00:00Z"
        found = read(deal(status="won", first_won_time=first, won_time=last))

        [won] = [e for e in found.events["123"] if e.kind_name == "moved" and e.to == "intake"]
        assert won.occurred_at == dt.datetime(2026, 3, 9, 10, tzinfo=dt.UTC)

    def test_lost_for_a_reason(self):
        """A deal says why it was lost."""
        payload = deal(status="lost", lost_time="2026-03-06T10:00:00Z", lost_reason="Price")

        lost = [e for e in read(payload, PRICE).events["123"] if e.kind_name == "moved"][-1]
        assert (lost.to, lost.reason) == ("lost", "no budget")

    def test_lost_at_no_known_time(self):
        """A loss without an instant is counted."""
        assert reasons(read(deal(status="lost"))) == {"no_instant": 1}

    @pytest.mark.parametrize(
        "more", [{"status": "deleted"}, {"is_deleted": True}, {"is_archived": True}]
    )
    def test_taken_away(self, more):
        """Deleted and archived deals are what the mapping says."""
        [value] = read(deal(**more)).quality.unmapped

        assert value in {"deleted", "archived"}

    def test_nothing_about_when(self):
        """Values without any instant are counted."""
        payload = {"id": 123, "stage_id": 2, "owner_id": 7, "is_deleted": True}

        assert reasons(read(payload)) == {"no_instant": 2}

    def test_older_answer(self):
        """An answer that does not know since when it is in its stage is as of its last change."""
        payload = deal()
        del payload["stage_change_time"]

        found = read(payload)

        assert flags(found) == {"no_stage": 1, "snapshot": 2}

    def test_page_of_one(self):
        """A single answer has its object under the same key as a page."""
        assert ids(read({"success": True, "data": deal()})) == ids(read(deal()))

    def test_any_order(self):
        """Deal, flow and webhooks in any order."""
        parts = [
            flow(row(1, "add_time", None, "2026-03-02 09:00:00", "2026-03-02 09:00:00")),
            flow(row(3, "stage_id", "1", "2")),
            webhook(previous={"stage_id": 1}),
            deal(value=5, currency="USD"),
        ]

        for order in itertools.permutations(parts):
            assert content(read([*order, copy.deepcopy(order[0])])) == content(read(parts))


class TestActivity:
    def activity(self, **more):
        return {
            "id": 8,
            "type": "call",
            "deal_id": 123,
            "owner_id": 7,
            "done": True,
            "due_date": "2026-03-05",
            "due_time": "09:30",
            "duration": "00:15",
            "add_time": "2026-03-02T09:00:00Z",
            "update_time": "2026-03-05T10:00:00Z",
            "marked_as_done_time": "2026-03-05T09:50:00Z",
            **more,
        }

    def test_planned_and_done(self):
        """Planned for one time, done at another: one activity."""
        planned, done = read(self.activity()).events["123"]

        assert (planned.starts_at.hour, planned.starts_at.minute) == (9, 30)
        assert (done.occurred_at.minute, done.minutes, done.by) == (50, 15, "7")
        assert planned.activity_id == done.activity_id == "pipedrive:activity:8"
        assert "taken_as_utc" not in flags(read(self.activity()))

    def test_without_a_time(self):
        """A day without a time is the end of that day, where the process is."""
        found = read(self.activity(done=False, due_time=None))

        assert only(found, "activity").starts_at.isoformat() == "2026-03-06T04:59:59.999999+00:00"

    @pytest.mark.parametrize(
        ("kind", "meant"),
        [("lunch", "meeting"), ("meeting", "meeting"), ("email", "email"), ("deadline", "task")],
    )
    def test_kinds(self, kind, meant):
        """The types that every account has are known."""
        assert read(self.activity(type=kind)).events["123"][-1].kind == meant

    def test_type_of_the_company(self):
        """A type that a company has added is named, or counted."""
        payload = self.activity(type="demo")

        assert read(payload).quality.unmapped == {"demo": 1}
        assert read(payload, '[activities]\ndemo = "meeting"\n').quality.used == 1

    @pytest.mark.parametrize("more", [{"is_deleted": True}, {"active_flag": False}])
    def test_deleted(self, more):
        """A deleted activity is revised, in both versions."""
        assert only(read(self.activity(**more)), "activity").outcome == "deleted"


class TestShape:
    def test_wrong(self):
        """What cannot be understood is told at once, the rest is at hand."""
        wrong = [
            {"id": 1},
            7,
            webhook("dance"),
            webhook(previous={"stage_id": 1}, data=deal(stage_change_time="soon")),
            flow(row(3, "stage_id", "1", "2", "soon")),
        ]

        with pytest.raises(PayloadError) as caught:
            read([webhook(previous={"stage_id": 1}), *wrong])

        assert [problem.partition(":")[0] for problem in caught.value.problems] == [
            "payload[1]",
            "payload[2]",
            "payload[3].meta.action",
            "payload[4].data.stage_change_time",
            "payload[5].data[0].data.log_time",
        ]
        assert len(caught.value.rest) == 1

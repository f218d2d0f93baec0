"""Salesforce's emails: a record that says which way they went, and a task beside it."""

import datetime as dt
import itertools

import pytest
from tests.history.crm.support import (
    OPPORTUNITY,
    PROCESS,
    REP,
    SALESFORCE,
    content,
    flags,
    kinds,
    mapping,
    only,
    reasons,
)

from salesflow.errors import PayloadError
from salesflow.events import Retracted, Way
from salesflow.history.crm import corrections, news, salesforce

TASK, EMAIL = "00T5e00001AbcDEFGH", "02s5e00000XyZabAAF"
BUYER, ASSISTANT = "0035e00000LmnOPAAZ", "0035e00000LmnOQAAZ"
SENT = dt.datetime(2026, 3, 5, 9, 58, 12, tzinfo=dt.UTC)
LOGGED = "2026-03-05T10:03:40.000+0000"
CASE, ACCOUNT = "5005e00000AbcdeAAB", "0015e00000AbcdeAAB"


def email(**more):
    """An email that a buyer wrote and that somebody logged five minutes later."""
    return {
        "attributes": {
            "type": "EmailMessage",
            "url": f"/services/data/v62.0/sobjects/EmailMessage/{EMAIL}",
        },
        "Id": EMAIL,
        "ActivityId": TASK,
        "ParentId": None,
        "RelatedToId": OPPORTUNITY,
        "FromId": BUYER,
        "Subject": "Re: Our offer",
        "Incoming": True,
        "IsBounced": False,
        "IsPrivateDraft": False,
        "Status": "3",
        "MessageDate": "2026-03-05T09:58:12.000+0000",
        "CreatedById": REP,
        "CreatedDate": LOGGED,
        "LastModifiedDate": LOGGED,
        "SystemModstamp": LOGGED,
        "IsDeleted": False,
        **more,
    }


def task(**more):
    """The task that Salesforce writes beside it."""
    return {
        "attributes": {"type": "Task"},
        "Id": TASK,
        "WhatId": OPPORTUNITY,
        "WhoId": BUYER,
        "OwnerId": REP,
        "Subject": "Email: Re: Our offer",
        "TaskSubtype": "Email",
        "Type": "Email",
        "Status": "Completed",
        "IsClosed": True,
        "ActivityDate": "2026-03-05",
        "CompletedDateTime": LOGGED,
        "CreatedDate": LOGGED,
        "LastModifiedDate": LOGGED,
        "SystemModstamp": LOGGED,
        "IsDeleted": False,
        **more,
    }


def read(payload, more=""):
    return salesforce.events_of(payload, PROCESS, mapping(SALESFORCE, more))


def touches(events):
    """How many emails stand at the end."""
    gone = {event.target for event in events if isinstance(event, Retracted)}
    latest = {
        event.activity_id: event
        for event in sorted(events, key=lambda event: event.seq)
        if event.kind_name == "activity" and event.id not in gone
    }
    return sum(event.status == "done" for event in latest.values())


class TestEmail:
    @pytest.mark.parametrize(("incoming", "way"), [(True, Way.IN), (False, Way.OUT)])
    def test_which_way_it_went(self, incoming, way):
        """The record says it, the task never does."""
        mail = only(read(email(Incoming=incoming)), "activity")

        assert (mail.kind, mail.direction, mail.occurred_at) == ("email", way, SENT)
        assert mail.recorded_at == SENT + dt.timedelta(minutes=5, seconds=28)

    def test_that_does_not_say_which_way(self):
        """A query that did not ask for it leaves the direction open, and that is counted."""
        payload = email()
        del payload["Incoming"]

        found = read(payload)

        assert (only(found, "activity").direction, flags(found)["no_direction"]) == (None, 1)

    @pytest.mark.parametrize(
        ("more", "reason"),
        [
            ({"Status": "5"}, "unfinished"),
            ({"Status": 5}, "unfinished"),
            ({"Status": "5.0"}, "unfinished"),
            ({"Status": "Draft"}, "unfinished"),
            ({"IsPrivateDraft": True}, "unfinished"),
            ({"RelatedToId": ACCOUNT}, "other_object"),
            ({"RelatedToId": None, "ParentId": CASE}, "other_object"),
            ({"RelatedToId": None}, "no_deal"),
            ({"MessageDate": None}, "no_instant"),
        ],
    )
    def test_left_over(self, more, reason):
        """Drafts were never sent; emails of cases and accounts are of no deal."""
        assert reasons(read(email(**more))) == {reason: 1}

    @pytest.mark.parametrize("status", ["0", "1", "2", "3", "4"])
    def test_every_other_status(self, status):
        """New, read, replied, sent, forwarded: all of them reached somebody."""
        assert only(read(email(Status=status)), "activity").status == "done"

    def test_bounced(self):
        """An email that came back reached nobody."""
        mail = only(read(email(Incoming=False, IsBounced=True)), "activity")

        assert mail.outcome == "bounced"

    def test_automatic_answer(self):
        """Its subject stands there without the word that tasks begin with."""
        mail = only(read(email(Subject="Automatic reply: Our offer")), "activity")

        assert mail.outcome == "auto_reply"

    def test_people(self):
        """Everybody on it who is not one of us; addresses without a person are none."""
        others = [
            {"RelationId": name, "RelationType": kind}
            for name, kind in [(BUYER, "FromAddress"), (REP, "ToAddress"), (ASSISTANT, "CcAddress")]
        ]
        payload = email(
            EmailMessageRelations={"records": [*others, {"RelationId": None}], "done": True}
        )

        assert only(read(payload), "activity").contacts == (BUYER, ASSISTANT)
        assert only(read(email(FromId=REP)), "activity").contacts == ()

    @pytest.mark.parametrize(
        ("payload", "name"),
        [
            (email(), "EmailMessageRelations"),
            (task(), "TaskWhoRelations"),
        ],
    )
    def test_more_people_than_are_listed(self, payload, name):
        """A list that goes on is counted."""
        people = {"records": [{"RelationId": BUYER}], "done": False, "nextRecordsUrl": "/next"}

        assert reasons(read(payload | {name: people})) == {"partial": 1}

    def test_without_the_field_that_links_its_task(self):
        """Read like that it would count twice: it is refused, and the field is named."""
        payload = email()
        del payload["ActivityId"]

        with pytest.raises(
            PayloadError, match=r"payload\[1\].ActivityId: got nothing, expected the id of"
        ) as caught:
            read([task(), payload])

        assert kinds(caught.value.rest.events[OPPORTUNITY]) == ["activity"]

    def test_that_has_no_task(self):
        """It is known by its own id."""
        mail = only(read(email(ActivityId=None)), "activity")

        assert mail.activity_id == f"salesforce:{EMAIL}"

    def test_as_an_unknown_kind(self):
        """The mapping names emails by either name, or leaves them out."""
        assert only(read(email(), '[activities]\n"Task/Email" = "note"\n'), "activity").kind == (
            "note"
        )
        assert read(email(), '[values]\nignore = ["EmailMessage"]\n').events == {}


class TestWithItsTask:
    def test_one_touch(self):
        """An email and its task are one activity, whichever comes first."""
        one, other = read([email(), task()]), read([task(), email()])

        assert content(one) == content(other)
        mail = only(one, "activity")
        assert (mail.activity_id, mail.occurred_at) == (f"salesforce:{TASK}", SENT)
        assert (mail.direction, mail.by, mail.contacts) == (Way.IN, REP, (BUYER,))
        assert "no_direction" not in flags(one)

    def test_counted(self):
        """Two records said the same thing."""
        quality = read([email(), task()]).quality

        assert (quality.rows, quality.read, quality.used, quality.duplicates) == (2, 2, 1, 1)

    def test_what_only_the_task_knows(self):
        """The deal, the people, the instant and the exact kind may stand there alone."""
        sparse = email(
            RelatedToId=None, FromId=None, MessageDate=None, CreatedDate=None, LastModifiedDate=None
        )
        sparse["SystemModstamp"] = None
        named = '[activities]\n"Task/Email/Demo" = "meeting"\n'

        mail = only(read([sparse, task(Type="Demo")], named), "activity")

        assert (mail.kind, mail.direction, mail.contacts) == ("meeting", Way.IN, (BUYER,))
        assert mail.occurred_at == dt.datetime.fromisoformat("2026-03-05T10:03:40Z")

    def test_whose_it_is_and_when_it_was_known(self):
        """The task says whose it is, whoever wrote it down, and when, if the email does not."""
        nameless = email(CreatedById="0055e00000AutoPaac", CreatedDate=None, LastModifiedDate=None)
        later = task(LastModifiedDate="2026-03-09T08:00:00.000+0000")

        mail = only(read([nameless, later]), "activity")

        assert (mail.by, mail.recorded_at) == (REP, dt.datetime.fromisoformat(LOGGED))

    def test_task_that_is_changed_later(self):
        """A comment on the task does not make it know better."""
        changed = task(LastModifiedDate="2026-03-09T08:00:00.000+0000")

        assert only(read([email(), changed]), "activity").occurred_at == SENT

    def test_several_versions(self):
        """The latest account of each of them counts."""
        later = email(LastModifiedDate="2026-03-06T08:00:00.000+0000", Incoming=False)

        for payload in itertools.permutations([email(), later, task()]):
            assert only(read(payload), "activity").direction is Way.OUT

    def test_open_task(self):
        """An email that has come in is there, whether or not its task is done."""
        to_do = task(Status="Not Started", IsClosed=False, CompletedDateTime=None)

        assert only(read([email(), to_do]), "activity").status == "done"

    def test_draft_and_its_task(self):
        """Of an email that was not sent the task remains, as it is without it."""
        assert content(read([email(Status="5"), task()])) == content(read(task()))

    def test_deleted_together(self):
        """Nothing of a deleted email stands, in whichever way it was known."""
        at = "2026-03-07T08:00:00.000+0000"
        gone = [email(IsDeleted=True, SystemModstamp=at), task(IsDeleted=True, SystemModstamp=at)]

        for before in ([task()], [email()], [email(), task()]):
            for after in (gone[:1], gone[1:], gone):
                assert touches(read([*before, *after]).events[OPPORTUNITY]) == 0

    def test_deleted_at_the_instant_of_its_last_change(self):
        """Of two accounts of one instant the deletion is the later one."""
        gone = email(IsDeleted=True, MessageDate="2026-03-05T09:00:00.000+0000")

        for payload in ([email(), gone], [gone, email()]):
            assert only(read(payload), "activity").outcome == "deleted"

    def test_task_that_is_replaced(self):
        """Salesforce may delete the task of a changed email and write another one."""
        at = "2026-03-07T08:00:00.000+0000"
        old, new = task(IsDeleted=True, SystemModstamp=at), task(Id="00T5e00001AbcDEFGI")
        now = email(ActivityId=new["Id"], LastModifiedDate=at)

        events = read([email(), task()]).events[OPPORTUNITY]
        events += news(read([old, new, now]), OPPORTUNITY, events)

        assert touches(events) == 1

    def test_as_a_list_beside_the_opportunity(self):
        """The emails of an opportunity may come with it."""
        mail = email()
        del mail["RelatedToId"]
        opportunity = {
            "attributes": {"type": "Opportunity"},
            "Id": OPPORTUNITY,
            "CreatedDate": "2026-03-02T09:00:00.000+0000",
            "Emails": {"totalSize": 1, "done": True, "records": [mail]},
        }

        assert kinds(read(opportunity).events[OPPORTUNITY]) == ["opened", "activity"]

    def test_as_tables(self):
        """A warehouse has them in two tables, with names in small letters."""
        columns = {
            "id": "Id",
            "activity_id": "ActivityId",
            "related_to_id": "RelatedToId",
            "from_id": "FromId",
            "incoming": "Incoming",
            "message_date": "MessageDate",
            "created_by_id": "CreatedById",
            "created_date": "CreatedDate",
            "last_modified_date": "LastModifiedDate",
            "subject": "Subject",
        }
        row = {column: email()[name] for column, name in columns.items()}
        tables = {"email_message": [row | {"status": "3"}], "task": [task()]}

        found = salesforce.events_of_tables(tables, PROCESS, mapping(SALESFORCE))

        assert content(found) == content(read([email(), task()]))


class TestAsTimeGoesBy:
    @pytest.mark.parametrize("parts", list(itertools.permutations(["task", "email", "both"])))
    def test_one_after_the_other(self, parts):
        """Whatever a host is told first, in the end there is one email, with its direction."""
        told = {"task": [task()], "email": [email()], "both": [email(), task()]}
        events = ()
        for part in parts:
            events += news(read(told[part]), OPPORTUNITY, events)

        assert touches(events) == 1
        assert corrections(events) == tuple(
            sorted((e for e in events if isinstance(e, Retracted)), key=lambda event: event.id)
        )
        standing = {e.id for e in events} - {e.target for e in events if isinstance(e, Retracted)}
        ways = {e.direction for e in events if e.kind_name == "activity" and e.id in standing}
        assert ways == {Way.IN}

    def test_only_tasks_until_now(self):
        """Somebody who has read tasks for years may begin to read emails, even after changes."""
        changed = task(LastModifiedDate="2026-03-09T08:00:00.000+0000")
        events = read(changed).events[OPPORTUNITY]
        assert events[0].direction is None

        events += news(read([email(), changed]), OPPORTUNITY, events)

        alone, whole, retracted = events
        assert (retracted.target, whole.direction) == (alone.id, Way.IN)

    @pytest.mark.parametrize("kind", ["CREATE", "UPDATE", "DELETE"])
    def test_change_event(self, kind):
        """A change event comes before the email is linked to its task: read the email itself."""
        payload = {
            "ChangeEventHeader": {
                "entityName": "EmailMessage",
                "recordIds": [EMAIL],
                "changeType": kind,
                "commitTimestamp": 1772704800000,
            },
            "Incoming": True,
        }

        assert reasons(read({"payload": payload})) == {"partial": 1}

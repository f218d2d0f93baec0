"""What of a CRM's activities is contact: the CRM says what happened, the rules what counts."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.history.crm.support import (
    DEAL,
    HUBSPOT,
    OPPORTUNITY,
    PIPEDRIVE,
    REP,
    flags,
    mapping,
)

from salesflow.deal import Deal
from salesflow.errors import LogError
from salesflow.events import Activity, Opened, Retracted
from salesflow.history.crm import corrections, hubspot, news, pipedrive, salesforce
from salesflow.history.crm.subjects import is_automatic
from salesflow.history.reading.mapping_file import parse_mapping
from salesflow.process.load import load_process

OPENED = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)
PROCESS = load_process("""format = 1
[process]
id = "p"
version = "1"
[touches.tries]
unanswered_cap = 2
[touches.buyer]
not_outcomes = ["assistant"]
[[stages]]
id = "qualify"
[[stages]]
id = "meeting"
[[stages]]
id = "intake"
kind = "won"
[[stages]]
id = "lost"
kind = "lost"
[[contact_gaps]]
id = "any"
touch = "any"
max = "1000 hours"
[[contact_gaps]]
id = "two_way"
touch = "two_way"
max = "1000 hours"
[[contact_gaps]]
id = "tries"
touch = "tries"
max = "1000 hours"
[[contact_gaps]]
id = "buyer"
touch = "buyer"
max = "1000 hours"
""")
AT = "2026-03-05T12:00:00Z"
CREATED = "2026-03-05T11:00:00Z"


def last_touches(events, at):
    """When each class was touched last, by the rules."""
    opened = Opened(id="o", deal="D", occurred_at=OPENED, stage="qualify")
    deal = Deal.replay(PROCESS, [opened, *events])
    return {found.rule: found.due_at - 1000 * HOUR for found in deal.deadlines(at)}


def counted(found):
    """The classes that the only activity touches."""
    [events] = found.events.values()
    touched = last_touches(events, events[-1].occurred_at + 24 * HOUR)
    return {rule for rule, at in touched.items() if at != OPENED}


ALL = {"any", "two_way", "tries", "buyer"}
ONE_WAY = ALL - {"two_way"}


# -- HubSpot -------------------------------------------------------------------------------------


def hubspot_activity(kind, contacts=("247",), **properties):
    """An activity of HubSpot, logged when it had happened."""
    return {
        "id": "900",
        "properties": {
            "hs_timestamp": AT,
            **{f"hs_{kind}_{name}": value for name, value in properties.items()},
        },
        "associations": {
            "deals": {"results": [{"id": DEAL}]},
            "contacts": {"results": [{"id": name} for name in contacts]},
        },
        "createdAt": CREATED,
        "updatedAt": AT,
    }


def of_hubspot(payload, more=""):
    return hubspot.events_of(payload, PROCESS, mapping(HUBSPOT.partition("[facts]")[0], more))


class TestHubSpot:
    @pytest.mark.parametrize(
        ("kind", "properties", "classes"),
        [
            ("meeting", {"outcome": "COMPLETED", "start_time": AT}, ALL),
            ("call", {"status": "COMPLETED"}, ALL),
            ("meeting", {"outcome": "NO_SHOW", "start_time": AT}, set()),
            ("meeting", {"outcome": "CANCELED", "start_time": AT}, set()),
            ("meeting", {"outcome": "RESCHEDULED", "start_time": AT}, set()),
            ("meeting", {"outcome": "SCHEDULED", "start_time": AT}, set()),
            ("call", {"disposition": "b2cf5968-551e-4856-9783-52b3da59a7d0"}, ONE_WAY),
            ("call", {"status": "NO_ANSWER"}, ONE_WAY),
            ("email", {"direction": "EMAIL", "status": "SENT"}, ONE_WAY),
            ("email", {"direction": "EMAIL", "status": "BOUNCED"}, set()),
            ("email", {"direction": "EMAIL", "status": "FAILED"}, set()),
            ("email", {"direction": "INCOMING_EMAIL", "status": "SENT"}, ALL),
            ("email", {"direction": "INCOMING_EMAIL", "subject": "Automatic reply: x"}, set()),
            ("note", {"body": "x"}, set()),
            ("task", {"status": "COMPLETED", "completion_date": AT}, set()),
            ("task", {"status": "COMPLETED", "type": "CALL", "completion_date": AT}, ALL),
            ("communication", {"channel_type": "WHATS_APP"}, ONE_WAY),
            ("postal_mail", {"body": "x"}, ONE_WAY),
        ],
    )
    def test_counts(self, kind, properties, classes):
        """What a kind counts for depends on how it went."""
        assert counted(of_hubspot(hubspot_activity(kind, **properties))) == classes

    def test_task_counts_when_it_was_done(self):
        """Not when it was due."""
        payload = hubspot_activity("task", status="COMPLETED", type="CALL", completion_date=AT)
        payload["properties"]["hs_timestamp"] = "2026-03-20T12:00:00Z"

        [events] = of_hubspot(payload).events.values()

        touched = last_touches(events, dt.datetime(2026, 3, 10, tzinfo=dt.UTC))
        assert touched["any"] == dt.datetime.fromisoformat(AT)

    def test_done_next_week(self):
        """What is marked as done at a time to come counts from then on only, and is counted."""
        payload = hubspot_activity("meeting", outcome="COMPLETED", start_time=AT)
        payload["updatedAt"] = "2026-03-04T12:00:00Z"

        found = of_hubspot(payload)

        [events] = found.events.values()
        assert flags(found)["clock_skew"] == 1
        assert last_touches(events, dt.datetime.fromisoformat(AT) - HOUR)["any"] == OPENED


# -- Salesforce and Pipedrive --------------------------------------------------------------------


def salesforce_task(**more):
    """A completed task of Salesforce."""
    return {
        "attributes": {"type": "Task"},
        "Id": "00T1G00003Ufap9",
        "WhatId": OPPORTUNITY,
        "WhoId": "0031G00001S3ckZQAR",
        "OwnerId": REP,
        "Status": "Completed",
        "IsClosed": True,
        "CreatedDate": CREATED,
        "CompletedDateTime": AT,
        "LastModifiedDate": AT,
        **more,
    }


def of_salesforce(payload, more=""):
    return salesforce.events_of(
        payload, PROCESS, parse_mapping('format = 1\n[crm]\nsystem = "salesforce"\n' + more)
    )


class TestSalesforce:
    @pytest.mark.parametrize(
        ("more", "classes"),
        [
            ({"TaskSubtype": "Call", "CallType": "Outbound"}, ALL),
            ({"TaskSubtype": "Call", "CallType": "Internal"}, set()),
            ({"TaskSubtype": "Email"}, ONE_WAY),
            ({"TaskSubtype": "Email", "Subject": "Email: Automatic reply: x"}, set()),
            ({"TaskSubtype": "Email", "Subject": "Email: RE: Automatic reply: x"}, ONE_WAY),
            ({"TaskSubtype": "ListEmail"}, ONE_WAY),
            ({"TaskSubtype": "Task"}, set()),
            ({"TaskSubtype": "Call", "Status": "Not Started", "IsClosed": False}, set()),
        ],
    )
    def test_counts(self, more, classes):
        """What a task counts for depends on what it was."""
        found = of_salesforce(salesforce_task(ActivityDate="2026-03-20", **more))

        assert counted(found) == classes

    def test_everybody_who_took_part(self):
        """Beside the first of the buyer's people there may be a related list of them."""
        who = {"records": [{"RelationId": "0031G00001S3ckZ"}, {"RelationId": "0031G00001S3ckA"}]}

        found = of_salesforce(salesforce_task(TaskSubtype="Call", TaskWhoRelations=who))

        [[event]] = found.events.values()
        assert event.contacts == ("0031G00001S3ckAQAR", "0031G00001S3ckZQAR")


def pipedrive_activity(**more):
    """A done activity of Pipedrive."""
    return {
        "id": 8,
        "type": "call",
        "deal_id": 123,
        "person_id": 1101,
        "due_date": "2026-03-20",
        "done": True,
        "add_time": CREATED,
        "marked_as_done_time": AT,
        "update_time": AT,
        **more,
    }


def of_pipedrive(payload, more=""):
    return pipedrive.events_of(payload, PROCESS, mapping(PIPEDRIVE.partition("[facts]")[0], more))


class TestPipedrive:
    @pytest.mark.parametrize(
        ("more", "classes"),
        [
            ({"type": "call"}, ALL),
            ({"type": "lunch"}, ALL),
            ({"type": "email"}, ONE_WAY),
            ({"type": "task"}, set()),
            ({"type": "deadline"}, set()),
            ({"type": "call", "done": False}, set()),
        ],
    )
    def test_counts(self, more, classes):
        """What an activity counts for depends on its type."""
        assert counted(of_pipedrive(pipedrive_activity(**more))) == classes


# -- Automatic answers ---------------------------------------------------------------------------


class TestAutomatic:
    @pytest.mark.parametrize(
        "subject",
        [
            "Automatic reply: your offer",
            "AUTOMATIC REPLY: your offer",
            "Automatische Antwort: Angebot",
            "Réponse automatique\u00a0: offre",
            "自動応答\uff1a 見積",
            "Email: Automatic reply: your offer",
            "  Automatic   reply : x",
        ],
    )
    def test_written_by_a_program(self, subject):
        """Mail programs put the same words before every answer."""
        assert is_automatic(subject)

    @pytest.mark.parametrize(
        "subject",
        [None, "", "Your offer", "Automatic reply to orders", "Re: Automatic reply: offer"],
    )
    def test_written_by_somebody(self, subject):
        """What begins otherwise was written by somebody, an answer to an answer as well."""
        assert not is_automatic(subject, ["", " "])

    def test_words_of_the_company(self):
        """A mapping may name what else such subjects begin with."""
        more = '[crm]\nsystem = "hubspot"\nauto_replies = ["Out of office"]\n'
        payload = hubspot_activity("email", direction="INCOMING_EMAIL", subject="OUT OF OFFICE!")

        found = of_hubspot(payload, more)

        assert (counted(found), flags(found)) == (set(), {"auto_reply": 1, "no_opening": 1})
        assert counted(of_hubspot(payload)) == ALL

    def test_mails_only(self):
        """A call about such a subject is a call."""
        task = salesforce_task(TaskSubtype="Call", Subject="Automatic reply: call them")

        assert counted(of_salesforce(task)) == ALL

    def test_that_bounced(self):
        """What a CRM says itself stands."""
        payload = hubspot_activity("email", status="BOUNCED", subject="Automatic reply: x")

        [[event]] = of_hubspot(payload).events.values()
        assert event.outcome == "bounced"


# -- Who took part -------------------------------------------------------------------------------

ROLES = '[participants]\n"1" = "assistant"\n"2" = "reception"\nnobody = "internal"\n'


class TestParticipants:
    @pytest.mark.parametrize(
        ("contacts", "outcome"),
        [
            (("1",), "assistant"),
            (("2", "1"), "assistant"),
            (("2",), "reception"),
            (("1", "247"), None),
            (("247",), None),
            ((), "internal"),
        ],
    )
    def test_who(self, contacts, outcome):
        """If nobody else took part, the word for these people is what came of it."""
        payload = hubspot_activity("call", contacts, status="COMPLETED")

        [[event]] = of_hubspot(payload, ROLES).events.values()

        assert event.outcome == outcome

    def test_the_rules_decide(self):
        """A class of touches may leave such an outcome out."""
        payload = hubspot_activity("call", ("1",), status="COMPLETED")

        assert counted(of_hubspot(payload, ROLES)) == ALL - {"buyer"}
        assert counted(of_hubspot(payload)) == ALL

    def test_nobody_reached(self):
        """Whoever it was meant for: what reached nobody, reached nobody."""
        missed = hubspot_activity("call", ("1",), status="NO_ANSWER")
        bounced = hubspot_activity("email", ("1",), status="BOUNCED")

        assert counted(of_hubspot(missed, ROLES)) == ONE_WAY
        assert counted(of_hubspot(bounced, ROLES)) == set()

    def test_what_is_no_contact(self):
        """Plans, notes and tasks take place with nobody."""
        note = hubspot_activity("note", (), body="x")
        plan = hubspot_activity("meeting", ("1",), outcome="SCHEDULED", start_time=AT)
        missed = hubspot_activity("meeting", ("1",), outcome="NO_SHOW", start_time=AT)
        for payload in (note, plan, missed):
            [events] = of_hubspot(payload, ROLES).events.values()
            assert {event.outcome for event in events} == {None}

    def test_word_of_the_mapping(self):
        """What the mapping says about a kind comes first."""
        more = f'{ROLES}[activities]\nCALL = {{ kind = "call", outcome = "demo" }}\n'
        payload = hubspot_activity("call", ("1",), status="COMPLETED")

        [[event]] = of_hubspot(payload, more).events.values()
        assert event.outcome == "demo"

    @pytest.mark.parametrize(
        ("kind", "contacts", "said"),
        [("call", (), 1), ("call", ("247",), 0), ("note", (), 0), ("email", (), 0)],
    )
    def test_nobody_named(self, kind, contacts, said):
        """A call or a meeting that names nobody of the buyer is counted."""
        payload = hubspot_activity(kind, contacts, subject="x", body="x")

        assert flags(of_hubspot(payload)).get("no_participants", 0) == said


# -- Conversations -------------------------------------------------------------------------------


def mail(number, minutes, **more):
    """A mail to the buyer, some minutes after the first one."""
    given_ = {"kind": "email", "direction": "out", "source": "crm", "seq": number, **more}
    at = OPENED + 24 * HOUR + minutes * MINUTE
    return Activity(id=f"m{number}", activity_id=f"crm:{number}", occurred_at=at, **given_)


def with_corrections(mails, within=HOUR):
    """Events with all that follows from them."""
    return [*mails, *corrections(mails, coalesce_within=within)]


def continued(mails, within=HOUR):
    """Which records were taken back, and when."""
    found = corrections(mails, coalesce_within=within)
    return {event.activity_id[4:]: event.occurred_at for event in found if event.status}


class TestConversations:
    def test_thread_counts_once(self):
        """Five mails in an hour are one attempt, so that the next one is the second."""
        thread = [mail(number, 12 * number) for number in range(5)]
        next_day = mail(9, 24 * 60)

        at = next_day.occurred_at + HOUR
        assert last_touches(with_corrections([*thread, next_day]), at)["tries"] == at - HOUR
        assert last_touches([*thread, next_day], at)["tries"] == thread[1].occurred_at

    def test_each_record_is_a_touch(self):
        """Clocks start anew with each record, as if they were several."""
        thread = with_corrections([mail(number, 25 * number) for number in range(4)])

        for event in thread[:4]:
            touched = last_touches(thread, event.occurred_at + MINUTE)
            assert touched["any"] == touched["tries"] == event.occurred_at

    def test_logged_twice(self):
        """Two records of one instant are one."""
        found = corrections([mail(1, 0), mail(2, 0)], coalesce_within=HOUR)

        assert [(event.activity_id, str(event.status)) for event in found] == [
            ("crm:1", "cancelled")
        ]

    @pytest.mark.parametrize("order", [(1, 2), (2, 1)])
    @pytest.mark.parametrize("minutes", [0, 30])
    def test_place_in_the_history(self, order, minutes):
        """At the instant of the later record, that record comes first."""
        first, second = order
        later = mail(second, minutes)

        [event] = corrections([mail(first, 0), later], coalesce_within=HOUR)

        stands = max(mail(first, 0), later, key=lambda each: (each.occurred_at, each.seq))
        assert (event.occurred_at, event.seq, event.id) > (later.occurred_at, stands.seq, stands.id)
        assert event.activity_id != stands.activity_id

    def test_known_when_both_are(self):
        """What was recorded later makes a conversation from then on only."""
        late = OPENED + 48 * HOUR
        for pair in ([mail(1, 0, recorded_at=late), mail(2, 5)], [mail(1, 0), mail(2, 5)]):
            [event] = corrections(pair, coalesce_within=HOUR)
            assert event.known_at == max(each.known_at for each in pair)

    def test_retracted_by_hand(self):
        """A record that a host has retracted belongs to no conversation."""
        gone = Retracted(id="r", target="m2", occurred_at=OPENED + 48 * HOUR)

        assert corrections([mail(1, 0), mail(2, 5), gone], coalesce_within=HOUR) == ()

    @pytest.mark.parametrize(("minutes", "once"), [(59, True), (60, True), (61, False)])
    def test_how_soon(self, minutes, once):
        """The last instant is within the time."""
        assert bool(corrections([mail(1, 0), mail(2, minutes)], coalesce_within=HOUR)) is once

    @pytest.mark.parametrize(
        ("one", "other", "once"),
        [
            ({}, {"kind": "call"}, False),
            ({}, {"direction": "in"}, False),
            ({"kind": "call", "outcome": "no_answer"}, {"kind": "call"}, False),
            ({}, {"source": "phone"}, False),
            ({"contacts": ("1",)}, {"contacts": ("2",)}, False),
            ({"contacts": ("1", "2")}, {"contacts": ("2",)}, True),
            ({"contacts": ("1",)}, {}, True),
            ({"kind": "note"}, {"kind": "note"}, False),
            ({"kind": "site_visit"}, {"kind": "site_visit"}, True),
            ({"outcome": "bounced"}, {"outcome": "bounced"}, False),
            ({"status": "no_show"}, {"status": "no_show"}, False),
            ({"precision": "day"}, {}, False),
        ],
    )
    def test_what_belongs_together(self, one, other, once):
        """Records of one kind, direction and outcome, between the same people."""
        if "precision" in one:
            one = {**one, "recorded_at": OPENED + 72 * HOUR}
        assert (
            bool(corrections([mail(1, 0, **one), mail(2, 5, **other)], coalesce_within=HOUR))
            is once
        )

    def test_without_the_choice(self):
        """Unless a mapping says so, each record counts by itself."""
        assert corrections([mail(1, 0), mail(2, 5)]) == ()

    def test_a_record_in_between(self):
        """What comes later and lies between two records changes nothing but the instant."""
        thread = [mail(1, 0), mail(2, 40)]
        known = with_corrections(thread)

        more = corrections([*known, mail(3, 20)], coalesce_within=HOUR)

        assert not any(isinstance(event, Retracted) for event in more)
        assert continued([*thread, mail(3, 20)]) == {
            "1": OPENED + 24 * HOUR + 20 * MINUTE,
            "3": OPENED + 24 * HOUR + 40 * MINUTE,
        }

    def test_deleted_record(self):
        """If the later record was a mistake, the earlier one stands again."""
        known = with_corrections([mail(1, 0), mail(2, 40)])
        at = OPENED + 30 * HOUR
        deleted = Activity(
            id="gone",
            activity_id="crm:2",
            kind="email",
            status="cancelled",
            outcome="deleted",
            occurred_at=at,
            source="crm",
            seq=9,
        )

        found = [*known, deleted]
        found += corrections(found, coalesce_within=HOUR)

        assert last_touches(known, at)["any"] == OPENED + 24 * HOUR + 40 * MINUTE
        assert last_touches(found, at + HOUR)["any"] == OPENED + 24 * HOUR
        assert {*corrections(found, coalesce_within=HOUR)} <= {*found}

    @given(
        minutes=st.lists(st.integers(0, 300), min_size=1, max_size=8),
        hour=st.integers(0, 10),
    )
    def test_changes_no_clock_of_a_class_without_a_cap(self, minutes, hour):
        """At every instant the last touch is the last record, as without the choice."""
        mails = [mail(number, at) for number, at in enumerate(minutes)]
        at = OPENED + (24 + hour) * HOUR + 30 * MINUTE

        once, each = last_touches(with_corrections(mails), at), last_touches(mails, at)
        assert once["any"] == each["any"]
        assert once["tries"] >= each["tries"]

    @given(data=st.data())
    def test_order_and_pieces(self, data):
        """What counts in the end does not depend on the order in which it became known."""
        minutes = data.draw(st.lists(st.integers(0, 150), max_size=5))
        mails = [mail(number, at) for number, at in enumerate(minutes)]
        known = []
        for event in data.draw(st.permutations(mails)):
            known.append(event)
            told = {item.id for item in known}
            known += [
                item for item in corrections(known, coalesce_within=HOUR) if item.id not in told
            ]
        at = OPENED + 40 * HOUR

        assert last_touches(known, at) == last_touches(with_corrections(mails), at)
        assert {*corrections(known, coalesce_within=HOUR)} <= {*known}


class TestConversationsOfACrm:
    within = '[crm]\nsystem = "hubspot"\ncoalesce_within = "60 minutes"\n'

    def thread(self):
        """Two mails, half an hour apart."""
        first = hubspot_activity("email", direction="EMAIL", status="SENT")
        second = hubspot_activity("email", direction="EMAIL", status="SENT")
        second["id"] = "901"
        second["properties"]["hs_timestamp"] = "2026-03-05T12:30:00Z"
        second["updatedAt"] = "2026-03-05T12:30:00Z"
        return [first, second]

    def test_together(self):
        """The mapping says within what time records are one conversation."""
        found = of_hubspot(self.thread(), self.within)

        assert len(found) == 3
        assert flags(found) == {"coalesced": 1, "no_opening": 1}
        assert "1 record in whose place a later one" in "\n".join(found.quality.lines())
        assert len(of_hubspot(self.thread())) == 2

    def test_one_by_one(self):
        """A host that is told of one after the other records the same."""
        stored = []
        for payload in self.thread():
            stored += news(of_hubspot(payload, self.within), DEAL, stored)

        assert {*stored} == {*of_hubspot(self.thread(), self.within).events[DEAL]}
        assert news(of_hubspot(self.thread(), self.within), DEAL, stored) == ()

    @pytest.mark.parametrize("length", ['"1 business day"', '"2 days"', '"soon"', "60"])
    def test_length(self, length):
        """How long that is, is said in minutes or hours."""
        with pytest.raises(LogError, match=r"crm\.coalesce_within: expected"):
            parse_mapping(
                f'format = 1\n[crm]\nsystem = "hubspot"\ncoalesce_within = {length}\n', "x"
            )

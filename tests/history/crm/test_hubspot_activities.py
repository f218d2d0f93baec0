"""HubSpot's calls, meetings, emails, notes, tasks: what each of them is, and when."""

import datetime as dt

import pytest
from tests.history.crm.support import (
    DEAL,
    HUBSPOT,
    PROCESS,
    flags,
    mapping,
    needs_samples,
    only,
    reasons,
    sample,
)

from salesflow.errors import PayloadError
from salesflow.events import Status, Way
from salesflow.history.crm import hubspot

LOGGED = "2026-03-06T16:00:00.000Z"
NOON = "2026-03-05T12:00:00.000Z"
LATER = "2026-03-09T12:00:00.000Z"
VOICEMAIL = "b2cf5968-551e-4856-9783-52b3da59a7d0"


def at(text):
    return dt.datetime.fromisoformat(text)


def activity(created=LOGGED, updated=LOGGED, deals=(DEAL,), **properties):
    """An activity of the CRM API."""
    return {
        "id": "900",
        "properties": {"hs_timestamp": NOON, "hubspot_owner_id": "70", **properties},
        "associations": {
            "deals": {"results": [{"id": name, "type": "x"} for name in deals]},
            "contacts": {"results": [{"id": "248"}, {"id": "247"}, {"id": "247"}]},
        },
        "createdAt": created,
        "updatedAt": updated,
        "archived": False,
    }


def engagement(kind, metadata=None, **more):
    """An engagement of the older API."""
    return {
        "engagement": {
            "id": 900,
            "type": kind,
            "timestamp": 1772712000000,
            "createdAt": 1772812800000,
            "lastUpdated": 1772812800000,
            "ownerId": 70,
            "active": True,
            **more,
        },
        "associations": {"contactIds": [247, 248], "dealIds": [int(DEAL)]},
        "metadata": metadata or {},
    }


def read(payload, more=""):
    return hubspot.events_of(payload, PROCESS, mapping(HUBSPOT, more))


def events(payload, more=""):
    return read(payload, more).events[DEAL]


class TestCall:
    def test_everything_it_says(self):
        """A call counts when it took place, and is known since it was logged."""
        [call] = events(
            activity(
                hs_call_direction="OUTBOUND",
                hs_call_disposition=VOICEMAIL,
                hs_call_status="COMPLETED",
                hs_call_duration="600000",
            ),
            '[people]\n"70" = "dana"\n',
        )

        assert (call.kind, call.status, call.direction, call.outcome, call.minutes) == (
            *("call", Status.DONE, Way.OUT, "voicemail", 10),
        )
        assert (call.occurred_at, call.recorded_at) == (at(NOON), at(LOGGED))
        assert (call.by, call.contacts, call.starts_at) == ("dana", ("247", "248"), None)
        assert call.activity_id == "hubspot:900"

    @pytest.mark.parametrize(
        ("said", "minutes"), [("61234.56", 1), (90000.0, 2), ("-1", None), ("", None)]
    )
    def test_length(self, said, minutes):
        """Whatever a program writes for the length of a call, the call took place."""
        [call] = events(activity(hs_call_status="COMPLETED", hs_call_duration=said))

        assert (call.status, call.minutes) == (Status.DONE, minutes)

    @pytest.mark.parametrize(
        ("properties", "outcome", "status"),
        [
            ({"hs_call_status": "NO_ANSWER"}, "no_answer", Status.DONE),
            ({"hs_call_status": "BUSY"}, "no_answer", Status.DONE),
            ({"hs_call_status": "FAILED"}, None, Status.CANCELLED),
            ({"hs_call_status": "CANCELED"}, None, Status.CANCELLED),
            (
                {"hs_call_disposition": "73a0d17f-1163-4015-bdd5-ec830791da20"},
                "no_answer",
                Status.DONE,
            ),
            (
                {"hs_call_disposition": "9d9162e7-6cf3-4944-bf63-4dff82258764"},
                "no_answer",
                Status.DONE,
            ),
            (
                {"hs_call_disposition": "a4c4c377-d246-4b32-a13b-75a56a4cd0ff"},
                "voicemail",
                Status.DONE,
            ),
            (
                {"hs_call_disposition": "17b47fee-58de-441e-a44c-c6300d46f273"},
                "bounced",
                Status.DONE,
            ),
            (
                {"hs_call_disposition": "f240bbac-87c9-4f6e-bf70-924b57d47db7"},
                "connected",
                Status.DONE,
            ),
        ],
    )
    def test_what_became_of_it(self, properties, outcome, status):
        """Statuses and the outcomes that every account has are known."""
        [call] = events(activity(hs_call_title="x", **properties))

        assert (call.outcome, call.status) == (outcome, status)

    def test_outcome_of_the_company(self):
        """An outcome that a company has added is named by the mapping, or counted."""
        payload = activity(hs_call_disposition="0bf1994a")

        assert flags(read(payload)) == {"no_direction": 1, "no_opening": 1, "unknown_outcome": 1}
        [call] = events(payload, '[outcomes]\n"0bf1994a" = "no_answer"\n')
        assert call.outcome == "no_answer"

    @pytest.mark.parametrize("status", ["RINGING", "IN_PROGRESS", "QUEUED", "CONNECTING"])
    def test_still_going_on(self, status):
        """A call that is not over is no call yet."""
        assert reasons(read(activity(hs_call_status=status))) == {"unfinished": 1}

    def test_unheard_of_status(self):
        """A status that nobody knows is counted, and not taken for done."""
        payload = activity(hs_call_status="TELEPATHIC")

        assert reasons(read(payload)) == {"bad_status": 1}
        [call] = events(payload, '[statuses]\nTELEPATHIC = "done"\n')
        assert call.status is Status.DONE


class TestMeeting:
    def meeting(self, outcome, **more):
        created = more.pop("created", "2026-03-02T10:00:00Z")
        updated = more.pop("updated", LOGGED)
        return activity(
            created=created,
            updated=updated,
            hs_meeting_start_time=NOON,
            hs_meeting_end_time="2026-03-05T13:30:00Z",
            hs_meeting_outcome=outcome,
            **more,
        )

    def test_from_plan_to_done(self):
        """One id: put into the diary on one day, held on another."""
        planned, done = events(self.meeting("COMPLETED"))

        assert (planned.status, planned.occurred_at, planned.starts_at) == (
            *(Status.PLANNED, at("2026-03-02T10:00:00Z"), at(NOON)),
        )
        assert (done.status, done.occurred_at, done.minutes) == (Status.DONE, at(NOON), 90)
        assert planned.activity_id == done.activity_id
        assert planned.seq < done.seq
        names = ("inferred_plan", "no_direction", "no_opening")
        assert flags(read(self.meeting("COMPLETED"))) == dict.fromkeys(names, 1)

    @pytest.mark.parametrize(
        ("outcome", "status", "when", "word"),
        [
            ("NO_SHOW", Status.NO_SHOW, NOON, None),
            ("CANCELED", Status.CANCELLED, LOGGED, None),
            ("RESCHEDULED", Status.CANCELLED, LOGGED, "rescheduled"),
        ],
    )
    def test_that_did_not_take_place(self, outcome, status, when, word):
        """Missed at its time, called off when the CRM was told."""
        _, end = events(self.meeting(outcome))

        assert (end.status, end.occurred_at, end.outcome) == (status, at(when), word)

    def test_merely_scheduled(self):
        """A date in the diary is a plan, known from when it was made."""
        [plan] = events(self.meeting("SCHEDULED", updated="2026-03-02T10:00:00Z"))

        assert (plan.status, plan.occurred_at) == (Status.PLANNED, at("2026-03-02T10:00:00Z"))

    def test_put_off(self):
        """A date that was put off counts from then on: it does not reach back."""
        first = self.meeting("SCHEDULED", updated="2026-03-02T10:00:00Z")
        second = self.meeting("SCHEDULED", updated="2026-03-04T10:00:00Z")
        second["properties"]["hs_meeting_start_time"] = LATER

        one, two = events([second, first])

        assert (one.starts_at, two.starts_at) == (at(NOON), at(LATER))
        assert two.occurred_at == at("2026-03-04T10:00:00Z")

    @pytest.mark.parametrize("outcome", [None, "SCHEDULED"])
    def test_said_nothing_about(self, outcome):
        """A date that has passed without a word stays a plan, and is counted."""
        found = read(self.meeting(outcome))

        assert only(found, "activity").status is Status.PLANNED
        assert flags(found) == {"no_opening": 1, "no_outcome": 1}

    def test_written_down_afterwards(self):
        """What is put into the CRM when its time has come took place."""
        [done] = events(self.meeting(None, created=LOGGED))

        assert (done.status, done.occurred_at, done.starts_at) == (Status.DONE, at(NOON), None)

    def test_written_down_at_that_instant(self):
        """At the very instant at which it begins, its time has come."""
        [done] = events(self.meeting(None, created=NOON))

        assert (done.status, done.starts_at) == (Status.DONE, None)

    def test_done_on_a_later_day_than_today(self):
        """It counts when its time comes; that somebody was quick is counted."""
        payload = self.meeting("COMPLETED", updated="2026-03-04T10:00:00Z")

        names = ("clock_skew", "inferred_plan", "no_direction", "no_opening")
        assert flags(read(payload)) == dict.fromkeys(names, 1)


class TestEmail:
    @pytest.mark.parametrize(
        ("direction", "way"),
        [("EMAIL", Way.OUT), ("INCOMING_EMAIL", Way.IN), ("FORWARDED_EMAIL", None)],
    )
    def test_direction(self, direction, way):
        """The direction is the kind; of a forwarded one nobody knows it."""
        found = read(activity(hs_email_direction=direction, hs_email_status="SENT"))

        email = only(found, "activity")
        assert (email.kind, email.direction) == ("email", way)
        assert flags(found).get("no_direction", 0) == (way is None)

    @pytest.mark.parametrize(
        ("status", "said"),
        [
            ("SENT", (Status.DONE, None)),
            ("BOUNCED", (Status.DONE, "bounced")),
            ("FAILED", (Status.CANCELLED, None)),
            ("SCHEDULED", (Status.PLANNED, None)),
        ],
    )
    def test_status(self, status, said):
        """A mail that bounced reached nobody; one that failed was never sent."""
        [*_, email] = events(activity(hs_email_direction="EMAIL", hs_email_status=status))

        assert (email.status, email.outcome) == said

    def test_without_a_direction(self):
        """An answer that leaves out the direction is not taken for a mail of ours."""
        found = read(activity(hs_email_status="SENT"))

        assert only(found, "activity").direction is None
        assert flags(found) == {"no_direction": 1, "no_opening": 1}

    def test_being_sent(self):
        """What is on its way is not there yet."""
        assert reasons(read(activity(hs_email_status="SENDING"))) == {"unfinished": 1}


class TestTask:
    def test_done_when_it_was_done(self):
        """The time of a task is when it is due; it was done when it was completed."""
        planned, done = events(
            activity(
                created="2026-03-02T10:00:00Z",
                hs_task_type="CALL",
                hs_task_status="COMPLETED",
                hs_task_completion_date=LOGGED,
            )
        )

        assert (planned.starts_at, done.occurred_at) == (at(NOON), at(LOGGED))
        assert (done.kind, done.direction) == ("call", Way.OUT)

    def test_done_at_no_known_time(self):
        """Without the instant of its completion it is not taken to be done when it was due."""
        found = read(activity(hs_task_type="CALL", hs_task_status="COMPLETED"))

        assert found.events == {}
        assert reasons(found) == {"no_instant": 1}

    @pytest.mark.parametrize("status", ["NOT_STARTED", "IN_PROGRESS", "WAITING", "DEFERRED"])
    def test_to_do(self, status):
        """A task in progress is a plan, as a call in progress is not."""
        [plan] = events(activity(hs_task_type="TODO", hs_task_status=status))

        assert (plan.kind, plan.status) == ("task", Status.PLANNED)

    def test_the_mapping_comes_first(self):
        """What the mapping says of the whole kind beats what we say of its parts."""
        payload = activity(hs_task_type="CALL", hs_task_status="NOT_STARTED")

        assert only(read(payload, '[activities]\nTASK = "task"\n'), "activity").kind == "task"
        both = '[activities]\nTASK = "task"\n"TASK/CALL" = "letter"\n'
        assert only(read(payload, both), "activity").kind == "letter"
        ignored = read(payload, '[values]\nignore = ["TASK"]\n')
        assert (ignored.events, ignored.quality.ignored) == ({}, {"TASK/CALL": 1})


class TestOtherKinds:
    @pytest.mark.parametrize(
        ("properties", "kind"),
        [
            ({"hs_note_body": "x"}, "note"),
            ({"hs_communication_channel_type": "SMS"}, "message"),
            ({"hs_communication_channel_type": "WHATS_APP"}, "message"),
            ({"hs_communication_channel_type": "LINKEDIN_MESSAGE"}, "message"),
            ({"hs_communication_channel_type": "CUSTOM_CHANNEL_CONVERSATION"}, "message"),
            ({"hs_communication_channel_type": "PHYSICAL_MAIL"}, "letter"),
            ({"hs_postal_mail_body": "x"}, "letter"),
        ],
    )
    def test_kind(self, properties, kind):
        """Each channel is a kind of activity."""
        assert only(read(activity(**properties)), "activity").kind == kind

    def test_unknown_channel(self):
        """A channel that nobody named is counted."""
        found = read(activity(hs_communication_channel_type="SMOKE"))

        assert found.quality.unmapped == {"COMMUNICATION/SMOKE": 1}

    def test_deleted(self):
        """A deleted activity is revised: it did not happen."""
        [gone] = events({**activity(hs_note_body="x"), "archived": True})

        assert (gone.status, gone.outcome) == (Status.CANCELLED, "deleted")

    @pytest.mark.parametrize("archived_at", [None, "2026-03-07T08:00:00Z"])
    def test_deleted_after_it_was_told(self, archived_at):
        """Nothing stands of it, whether or not the deletion has an instant of its own."""
        told = activity(hs_note_body="x")
        gone = {**told, "archived": True, "archivedAt": archived_at}

        for payload in ([told, gone], [gone, told]):
            note, deletion, retracted = sorted(events(payload), key=lambda event: event.seq)[:3]
            assert (deletion.outcome, retracted.target) == ("deleted", note.id)
        assert deletion.occurred_at == at(archived_at or LOGGED)

    def test_several_deals(self):
        """An activity of two deals is an event of both."""
        found = read(activity(deals=("8", DEAL), hs_note_body="x"))

        assert set(found.events) == {"8", DEAL}
        assert found.quality.used == 1

    def test_associations_of_the_new_api(self):
        """The next version of the API has another name for the same."""
        payload = activity(hs_note_body="x")
        payload["associations"] = {"deals": {"results": [{"toObjectId": int(DEAL)}]}}

        assert set(read(payload).events) == {DEAL}

    def test_deals_that_name_their_activities(self):
        """What was read by its id does not say to which deals it belongs; they may do so."""
        call = activity(hs_call_status="COMPLETED")
        del call["associations"]
        deal = {
            "id": DEAL,
            "properties": {"dealname": "Acme"},
            "associations": {
                "calls": {"results": [{"id": "900", "type": "deal_to_call"}]},
                "emails": {"results": [{"toObjectId": 901}]},
                "contacts": {"results": [{"id": "900"}]},
                "notes": {"results": [], "paging": {"next": {"after": "2"}}},
            },
        }

        alone, one, other = read(call), read([call, deal]), read([deal, call])

        assert reasons(alone) == {"no_deal": 1}
        assert one.events == other.events
        assert only(one, "activity").kind == "call"
        assert reasons(one) == {"partial": 1}
        assert read([deal, activity(deals=("8",), hs_call_status="COMPLETED")]).events.keys() == {
            "8",
            DEAL,
        }

    def test_deal_that_names_nothing_sensible(self):
        """It costs nothing but itself."""
        deal = {"id": DEAL, "properties": {"dealname": "Acme"}, "associations": {"calls": 7}}

        with pytest.raises(PayloadError, match=r"calls: got '?7'?, expected an object") as caught:
            read([deal, activity(hs_call_status="COMPLETED")])

        assert DEAL in caught.value.rest.events

    def test_at_no_known_time(self):
        """What does not say when it was is counted, deleted or not."""
        note = activity(created=None, updated=None, hs_note_body="x", hs_timestamp=None)
        meeting = activity(
            created=None, updated=None, hs_timestamp=None, hs_meeting_outcome="CANCELED"
        )

        assert reasons(read([note, {**note, "archived": True}, meeting])) == {"no_instant": 3}

    def test_only_the_instant_is_known(self):
        """Without the instants of its record an activity counts as soon as it happened."""
        [note] = events(activity(created=None, updated=None, hs_note_body="x"))

        assert (note.occurred_at, note.recorded_at, note.seq) == (at(NOON), None, 0)

    def test_no_deal(self):
        """An activity of no deal is counted."""
        assert reasons(read(activity(deals=(), hs_note_body="x"))) == {"no_deal": 1}

    def test_nothing_to_tell_it_by(self):
        """An object without telling properties is refused, with what to ask for."""
        with pytest.raises(PayloadError, match="hs_call_…, hs_meeting_…"):
            read(activity())


class TestOldEngagement:
    @needs_samples
    def test_sample(self):
        """A note of no deal."""
        found = read(sample("hubspot/activepieces_engagement_v1_note.json"))

        assert reasons(found) == {"no_deal": 1}

    @pytest.mark.parametrize(
        ("kind", "metadata", "said"),
        [
            (
                "CALL",
                {"durationMilliseconds": 600000, "disposition": VOICEMAIL, "status": "COMPLETED"},
                ("call", Status.DONE, "voicemail", 10),
            ),
            ("INCOMING_EMAIL", {"status": "SENT"}, ("email", Status.DONE, None, None)),
            ("NOTE", {"body": "x"}, ("note", Status.DONE, None, None)),
            (
                "TASK",
                {"taskType": "TODO", "status": "COMPLETED", "completionDate": 1772812800000},
                ("task", Status.DONE, None, None),
            ),
            (
                "MEETING",
                {"startTime": 1772712000000, "endTime": 1772713800000},
                ("meeting", Status.DONE, None, 30),
            ),
        ],
    )
    def test_kinds(self, kind, metadata, said):
        """The older form says the same in other words, and in milliseconds."""
        [*_, event] = events(engagement(kind, metadata))

        assert (event.kind, event.status, event.outcome, event.minutes) == said
        assert event.contacts == ("247", "248")

    def test_both_forms_are_one_activity(self):
        """The same note through both APIs is one event."""
        new = activity(hs_note_body="x")

        assert set(events(engagement("NOTE"))) == set(events(new))

    def test_no_longer_active(self):
        """An engagement that is not active was deleted."""
        [gone] = events(engagement("NOTE", active=False))

        assert gone.outcome == "deleted"

    def test_unknown_kind(self):
        """A kind that nobody named is counted."""
        assert read(engagement("CONVERSATION_SESSION")).quality.unmapped == {
            "CONVERSATION_SESSION": 1
        }

"""Salesforce's tasks and events: due, done, held, on which day."""

import datetime as dt

import pytest
from tests.history.crm.support import (
    OPPORTUNITY,
    PROCESS,
    REP,
    SALESFORCE,
    flags,
    kinds,
    mapping,
    needs_samples,
    only,
    reasons,
    rows,
)

from salesflow.events import Precision, Status, Way
from salesflow.history.crm import salesforce

DONE_AT = dt.datetime(2026, 3, 5, 10, tzinfo=dt.UTC)
EST = dt.timezone(dt.timedelta(hours=-5))
LAST = dt.datetime(2026, 3, 4, 23, 59, 59, 999999, tzinfo=EST)


def task(**more):
    return {
        "attributes": {"type": "Task"},
        "Id": "00T1G00003Ufap9",
        "WhatId": OPPORTUNITY,
        "WhoId": "0031G00001S3ckZ",
        "OwnerId": REP,
        "TaskSubtype": "Call",
        "Status": "Completed",
        "IsClosed": True,
        "CreatedDate": "2026-03-05T10:05:00.000+0000",
        "CompletedDateTime": "2026-03-05T10:00:00.000+0000",
        "LastModifiedDate": "2026-03-05T10:05:00.000+0000",
        "IsDeleted": False,
        **more,
    }


def event(**more):
    return {
        "attributes": {"type": "Event"},
        "Id": "00U1G00000DEayp",
        "WhatId": OPPORTUNITY,
        "OwnerId": REP,
        "StartDateTime": "2026-03-05T15:00:00.000+0000",
        "DurationInMinutes": 45,
        "CreatedDate": "2026-03-02T09:00:00.000+0000",
        "LastModifiedDate": "2026-03-02T09:00:00.000+0000",
        **more,
    }


def read(payload, more=""):
    return salesforce.events_of(payload, PROCESS, mapping(SALESFORCE, more))


class TestTask:
    def test_done_when_completed(self):
        """A task took place when it was completed, never when it was due."""
        found = read(task(ActivityDate="2026-03-12", CreatedDate="2026-03-02T09:00:00.000+0000"))

        planned, done = found.events[OPPORTUNITY]
        assert done.occurred_at == DONE_AT
        assert planned.starts_at.astimezone(EST).day == 12
        assert done.recorded_at == DONE_AT + dt.timedelta(minutes=5)

    def test_done_before_it_was_written_down(self):
        """What was done already was no plan, whenever it was due."""
        found = read(task(ActivityDate="2026-03-12"))

        assert kinds(found.events[OPPORTUNITY]) == ["activity"]

    @pytest.mark.parametrize(
        "day",
        [
            pytest.param("2026-03-04", id="query"),
            pytest.param(1772582400000, id="change-event"),
            pytest.param("2026-03-04T00:00:00Z", id="warehouse"),
            pytest.param("2026-03-04 00:00:00", id="warehouse-without-zone"),
        ],
    )
    def test_due_on_a_day(self, day):
        """A task is due on a day until it ends; midnight UTC is how a day is written elsewhere."""
        open_task = task(Status="Not Started", IsClosed=False, CompletedDateTime=None)
        open_task |= {"CreatedDate": "2026-03-02T09:00:00.000+0000", "ActivityDate": day}

        assert only(read(open_task), "activity").starts_at == LAST

    def test_completed_at_no_known_time(self):
        """Older tasks do not say when they were completed; when they were due is not it."""
        found = read(task(CompletedDateTime=None, ActivityDate="2026-03-04"))

        assert (found.events, reasons(found)) == ({}, {"no_instant": 1})

    @pytest.mark.parametrize(
        ("more", "kind", "way"),
        [
            ({"CallType": "Outbound"}, "call", Way.OUT),
            ({"CallType": "Inbound"}, "call", Way.IN),
            ({"CallType": "Internal"}, "task", None),
            ({"TaskSubtype": "Email"}, "email", None),
            ({"TaskSubtype": "ListEmail"}, "email", Way.OUT),
            ({"TaskSubtype": "Task"}, "task", None),
            ({"TaskSubtype": "Task", "Type": "Call"}, "call", None),
            ({"TaskSubtype": "Task", "Type": "Meeting"}, "meeting", None),
            ({"TaskSubtype": "Cadence"}, "task", None),
            ({"TaskSubtype": None}, "task", None),
        ],
    )
    def test_kind(self, more, kind, way):
        """A call among ourselves is none with the buyer."""
        done = only(read(task(**more)), "activity")

        assert (done.kind, done.direction) == (kind, way)

    def test_exact_kind_of_the_company(self):
        """The mapping may name a kind as exactly as it likes."""
        named = '[activities]\n"Task/Call/Demo" = "meeting"\n'

        assert only(read(task(Type="Demo"), named), "activity").kind == "meeting"

    @pytest.mark.parametrize(
        ("status", "is_closed", "meant"),
        [
            ("Not Started", False, Status.PLANNED),
            ("Waiting on someone else", False, Status.PLANNED),
            ("Waiting for legal", False, Status.PLANNED),
            ("Given up", True, Status.DONE),
            (None, True, Status.DONE),
        ],
    )
    def test_status(self, status, is_closed, meant):
        """A status of the company's own means what the flag beside it says."""
        payload = task(Status=status, IsClosed=is_closed, ActivityDate="2026-03-12")

        [*_, last] = read(payload).events[OPPORTUNITY]
        assert last.status is meant

    def test_status_that_the_mapping_names(self):
        """The mapping knows better than the flag."""
        found = read(task(Status="Given up"), '[statuses]\n"Given up" = "cancelled"\n')

        assert only(found, "activity").status is Status.CANCELLED

    def test_open_task_without_a_day(self):
        """A plan for no time is none."""
        found = read(task(Status="Not Started", IsClosed=False))

        assert reasons(found) == {"no_start": 1}

    def test_length_people_and_outcome(self):
        """Seconds become minutes, ids are whole, the outcome is the company's word."""
        payload = task(CallDurationInSeconds=130, CallDisposition="Left message")

        call = only(read(payload, '[outcomes]\n"Left message" = "voicemail"\n'), "activity")

        assert (call.minutes, call.outcome) == (2, "voicemail")
        assert (call.contacts, call.by) == (("0031G00001S3ckZQAR",), REP)

    def test_person_that_the_mapping_names(self):
        """By the short id of an export or by the whole one."""
        for name in ("0031G00001S3ckZ", "0031G00001S3ckZQAR"):
            call = only(read(task(), f'[participants]\n"{name}" = "assistant"\n'), "activity")

            assert call.outcome == "assistant"

    @pytest.mark.parametrize(
        ("more", "reason"),
        [
            ({"WhatId": None}, "no_deal"),
            ({"WhatId": "0011G00000eLwuW"}, "other_object"),
            ({"IsRecurrence": True}, "series"),
        ],
    )
    def test_left_over(self, more, reason):
        """What is of no deal, of something else, or the head of a series is counted."""
        assert reasons(read(task(**more))) == {reason: 1}

    def test_deleted(self):
        """A deleted task is revised, at the instant that only the system's stamp may tell."""
        stamp = "2026-03-07T08:00:00.000+0000"

        gone = only(read(task(IsDeleted=True, SystemModstamp=stamp)), "activity")

        assert (gone.outcome, gone.occurred_at) == ("deleted", dt.datetime.fromisoformat(stamp))


class TestEvent:
    def test_in_the_calendar(self):
        """Nothing says whether a date was kept: it is a plan."""
        plan = only(read(event()), "activity")

        assert (plan.status, plan.minutes) == (Status.PLANNED, 45)
        assert plan.starts_at.hour == 15

    def test_taken_as_held(self):
        """A team may take its calendar at its word: then each date is a plan, and done in time."""
        held = '[activities]\nEvent = { kind = "meeting", status = "done" }\n'

        found = read(event(), held)

        planned, done = found.events[OPPORTUNITY]
        assert (planned.status, done.status) == (Status.PLANNED, Status.DONE)
        assert done.occurred_at == planned.starts_at
        names = ("clock_skew", "inferred_plan", "no_direction", "no_opening", "no_participants")
        assert flags(found) == dict.fromkeys(names, 1)

    def test_day_without_a_time(self):
        """Of an event that fills a day only the day is known; it is told when the day is over."""
        payload = event(
            IsAllDayEvent=True,
            ActivityDate="2026-03-04",
            StartDateTime="2026-03-04T00:00:00.000+0000",
            DurationInMinutes=1440,
        )

        found = read(payload, '[activities]\nEvent = { kind = "meeting", status = "done" }\n')

        planned, done = found.events[OPPORTUNITY]
        assert (done.precision, done.recorded_at, done.minutes) == (Precision.DAY, LAST, None)
        assert done.occurred_at == dt.datetime(2026, 3, 4, 12, tzinfo=EST)
        assert planned.starts_at == LAST
        assert flags(found)["date_only"] == 1

    def test_written_down_afterwards(self):
        """An event that is put into the calendar when its time has come took place."""
        done = only(read(event(CreatedDate="2026-03-06T09:00:00.000Z")), "activity")

        assert (done.status, done.occurred_at.hour) == (Status.DONE, 15)

    def test_without_a_time(self):
        """An event that does not say when it is, is none."""
        assert reasons(read(event(StartDateTime=None))) == {"no_instant": 1}

    @pytest.mark.parametrize("flag", ["IsChild", "IsRecurrence"])
    def test_copies_and_series(self, flag):
        """Copies for the people invited and the heads of series would count a date twice."""
        assert reasons(read(event(**{flag: True}))) == {"series": 1}

    def test_kind(self):
        """The type of an event may say more."""
        assert only(read(event(Type="Call")), "activity").kind == "call"
        assert only(read(event(Type="Lunch")), "activity").kind == "meeting"


@needs_samples
class TestSamples:
    def test_tasks(self):
        """Three of the four are of an opportunity."""
        found = salesforce.events_of_tables(
            {"task": rows("salesforce/fivetran_sf_task_data.csv")}, PROCESS, mapping(SALESFORCE)
        )

        assert [kinds(events) for events in found.events.values()] == [["activity"]] * 3
        assert reasons(found) == {"no_deal": 1}

    def test_events(self):
        """None of them is of an opportunity."""
        found = salesforce.events_of_tables(
            {"event": rows("salesforce/fivetran_sf_event_data.csv")}, PROCESS, mapping(SALESFORCE)
        )

        assert reasons(found) == {"no_deal": 3, "other_object": 1}

"""Salesforce's histories, opportunities and change events."""

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
    ids,
    kinds,
    mapping,
    needs_samples,
    only,
    reasons,
    rows,
    sample,
)

from salesflow.deal import Deal
from salesflow.errors import LogError, PayloadError
from salesflow.events import Opened
from salesflow.history.crm import salesforce
from salesflow.history.crm.salesforce.dialect import whole_id

HISTORY = "salesforce/synth_opportunity_history_rest.json"
FIELDS = "salesforce/synth_opportunity_field_history_rest.json"
EVENT = "salesforce/synth_opportunity_change_event.json"
CREATED = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
MOVED = dt.datetime(2026, 3, 5, 10, tzinfo=dt.UTC)


def record(kind, **fields):
    return {"attributes": {"type": kind, "url": "/x"}, **fields}


def history(stage="Qualification", at="2026-03-05T10:00:00.000+0000", **more):
    return record(
        "OpportunityHistory",
        Id=more.pop("Id", "0085w000041qLB5AAM"),
        OpportunityId=OPPORTUNITY,
        StageName=stage,
        CreatedById=REP,
        CreatedDate=at,
        **more,
    )


def field_history(field, old, new, at="2026-03-05T10:00:00.000+0000", **more):
    return record(
        "OpportunityFieldHistory",
        Id=more.pop("Id", "0171G00000AAAAAAA9"),
        OpportunityId=OPPORTUNITY,
        Field=field,
        OldValue=old,
        NewValue=new,
        CreatedById=REP,
        CreatedDate=at,
        **more,
    )


def change_event(kind="UPDATE", fields=None, **header):
    return {
        "payload": {
            "ChangeEventHeader": {
                "entityName": "Opportunity",
                "recordIds": [OPPORTUNITY],
                "changeType": kind,
                "changeOrigin": "com/salesforce/api/rest/60.0;client=salesflow",
                "commitTimestamp": 1772704800123,
                "commitNumber": 1652977933433528300,
                "sequenceNumber": 1,
                "commitUser": REP,
                "changedFields": [*(fields or {})],
                "nulledFields": [],
                **header,
            },
            **(fields or {}),
        }
    }


def read(payload, more=""):
    return salesforce.events_of(payload, PROCESS, mapping(SALESFORCE, more))


def read_tables(tables, more=""):
    return salesforce.events_of_tables(tables, PROCESS, mapping(SALESFORCE, more))


class TestId:
    @pytest.mark.parametrize(
        ("short", "whole"),
        [
            ("0061G00000N38JZ", "0061G00000N38JZQAZ"),
            ("0051G000005Mun4", "0051G000005Mun4QAC"),
            ("0061G00000N38JZQAZ", "0061G00000N38JZQAZ"),
            ("9CcfAt8qtZvCTwFvwOFLcg==", "9CcfAt8qtZvCTwFvwOFLcg=="),
        ],
    )
    def test_whole(self, short, whole):
        """Reports have 15 characters, the API has 18: the same record."""
        assert whole_id(short) == whole

    def test_short_ids_in_the_mapping(self):
        """A mapping may name record types, users and people by the short ids of an export."""
        more = """[crm]
system = "salesforce"
pipelines = ["0121G0000005abc"]
own = ["0051G000005Mun4"]
[stages]
"0121G0000005abc/Prospecting" = "qualify"
[people]
"0051G000005Mun4" = "dana"
"""
        row = {
            "Id": OPPORTUNITY[:15],
            "RecordTypeId": whole_id("0121G0000005abc"),
            "StageName": "Prospecting",
            "OwnerId": REP,
            "CreatedById": REP,
            "CreatedDate": "2026-03-02T09:00:00.000+0000",
        }

        found = salesforce.events_of_tables(
            {"opportunity": [row], "opportunity_history": []}, PROCESS, mapping(SALESFORCE, more)
        )

        opened, *_ = found.events[OPPORTUNITY]
        assert (opened.stage, opened.by, opened.id in found.echoes) == ("qualify", "dana", True)
        assert "unknown_person" not in flags(found)


@needs_samples
class TestHistorySample:
    def test_rows_of_one_visit(self):
        """A row is written whenever anything changes: two rows of one stage are one visit."""
        found = read(sample(HISTORY))

        assert [e.to for e in found.events[OPPORTUNITY] if e.kind_name == "moved"] == ["qualify"]
        assert [e.facts for e in found.events[OPPORTUNITY] if e.kind_name == "learned"] == [
            {"value": 40000},
            {"expected_close": dt.date(2026, 5, 29)},
            {"value": 45000},
            {"expected_close": dt.date(2026, 6, 30)},
        ]
        assert found.quality.duplicates == 1

    def test_without_previous_values(self):
        """Older rows do not have them, and nobody needs them."""
        payload = sample(HISTORY)
        older = [
            {key: value for key, value in row.items() if not key.startswith("Prev")}
            for row in payload["records"]
        ]

        assert content(read(older)) == content(read(payload))

    def test_offset_without_colon(self):
        """Salesforce writes +0000."""
        assert read(sample(HISTORY)).events[OPPORTUNITY][0].occurred_at == CREATED


@needs_samples
class TestFieldHistorySample:
    def test_creation_and_change(self):
        """The old value of the first change is where the deal opened."""
        found = read(sample(FIELDS))

        opened, moved = found.events[OPPORTUNITY]
        assert (opened.stage, opened.occurred_at, opened.by) == ("qualify", CREATED, REP)
        assert (moved.to, moved.occurred_at) == ("meeting", MOVED)
        assert flags(found) == {"inferred_stage": 1}

    def test_three_ways_of_telling_one_change(self):
        """Both histories and the change event tell one event."""
        change = [sample(EVENT)]
        row = sample(FIELDS)["records"][1:]
        other_row = [history()]

        told = [only(read(payload), "moved") for payload in (change, row, other_row)]

        assert told[0] == told[1] == told[2]
        assert len(read([*change, *row, *other_row])) == 1

    def test_everything_in_any_order(self):
        """What comes first makes no difference."""
        parts = [sample(HISTORY), sample(FIELDS), sample(EVENT)]

        found = {str(content(read(order))[OPPORTUNITY]) for order in [parts]}
        for order in itertools.permutations(parts):
            assert content(read(order)) == content(read(parts))
        assert len(found) == 1


class TestFieldHistory:
    def test_moved_at_once(self):
        """An automation moves a new opportunity within seconds: it began in the stage before."""
        rows = [
            field_history("created", None, None, "2026-03-02T09:00:00.000+0000", Id="1"),
            field_history(
                "StageName", "Prospecting", "Qualification", "2026-03-02T09:00:03.000+0000", Id="2"
            ),
        ]

        opened, moved = read(rows).events[OPPORTUNITY]

        assert (opened.stage, moved.to) == ("qualify", "meeting")

    def test_lead(self):
        """An opportunity made of a lead is opened, too."""
        found = read(field_history("opportunityCreatedFromLead", None, None))

        assert kinds(found.events[OPPORTUNITY]) == ["opened"]

    @pytest.mark.parametrize("field", ["StageName", "Owner", "Amount"])
    def test_without_values(self, field):
        """Some connectors leave the values out: nothing was emptied for that."""
        row = field_history(field, None, None)
        del row["OldValue"], row["NewValue"]

        with pytest.raises(PayloadError, match=r"NewValue: got nothing, .* ask for NewValue and"):
            read(row)
        assert read({**row, "Field": "Description"}).quality.ignored == {"Description": 1}

    def test_owner_by_id_and_by_name(self):
        """A lookup has two rows; the one with ids tells who, the other one is counted."""
        found = read(
            [
                field_history("Owner", "0051G000007EpSP", REP, Id="1"),
                field_history("Owner", "Dana", "Kim", Id="2"),
            ]
        )

        assert only(found, "assigned").owner == REP
        assert found.quality.ignored == {"Owner": 1}

    def test_record_type_by_id_and_by_name(self):
        """What people call a record type is no pipeline: the deal stays in the one with the id."""
        ours, theirs = whole_id("0121G0000005abc"), whole_id("0121G0000005xyz")
        rows = [
            field_history("created", None, None, "2026-03-02T09:00:00.000+0000", Id="1"),
            field_history("RecordType", theirs, ours, "2026-03-02T09:00:02.000+0000", Id="2"),
            field_history(
                "RecordType", "Partner", "Direct", "2026-03-02T09:00:02.000+0000", Id="3"
            ),
            field_history("StageName", "Prospecting", "Qualification", Id="4"),
        ]

        found = read(rows, f'[crm]\nsystem = "salesforce"\npipelines = ["{ours}"]\n')

        assert [event.kind_name for event in found.events[OPPORTUNITY]] == ["opened", "moved"]
        assert found.quality.ignored == {"RecordType": 1}

    @pytest.mark.parametrize("amounts", [(5, 7), (7, 5), (1, 2), (2, 1)])
    def test_facts_in_one_second(self, amounts):
        """A flow of the company saves at once what somebody has saved: the later row stands."""
        rows = [
            field_history("Amount", None, amount, Id=f"017{number}")
            for number, amount in enumerate(amounts)
        ]
        names = [f"005{amount:012d}AAA" for amount in amounts]
        owners = [
            field_history("Owner", None, name, Id=f"018{number}")
            for number, name in enumerate(names)
        ]

        for said in ([*rows, *owners], [*reversed(owners), *reversed(rows)]):
            events = read(said).events[OPPORTUNITY]
            opened = Opened(id="1", deal=OPPORTUNITY, occurred_at=CREATED)
            state = Deal.replay(PROCESS, [opened, *events]).state(MOVED)
            assert (state.facts["value"], state.owner) == (amounts[-1], names[-1])

    def test_amount_in_the_currency_of_the_opportunity(self):
        """A row has no currency; the opportunity beside it has one."""
        said = field_history("Amount", 5, 7)
        beside = record("Opportunity", **{**ROW, "Amount": 7, "CurrencyIsoCode": "EUR"})

        alone, together = read(said), read([said, beside])

        assert only(alone, "learned").facts == {"value": 7}
        assert only(together, "learned").facts == {"value": "7 EUR"}
        assert "no_currency" not in flags(together)

    @pytest.mark.parametrize("amount", [5, 6, 7, 8])
    def test_amount_that_is_told_with_its_currency_later(self, amount):
        """Of two accounts of one change the one with the currency stands."""
        said = field_history("Amount", 5, amount)
        beside = record("Opportunity", **{**ROW, "Amount": amount, "CurrencyIsoCode": "EUR"})
        opened = Opened(id="1", deal=OPPORTUNITY, occurred_at=CREATED)

        told = [only(read(payload), "learned") for payload in (said, [said, beside])]

        for events in (told, told[::-1]):
            state = Deal.replay(PROCESS, [opened, *events]).state(MOVED)
            assert str(state.facts["value"]) == f"{amount} EUR"

    def test_several_in_one_second(self):
        """Histories count in seconds: then the order of the rows is the order of the moves."""
        rows = [
            field_history("StageName", "Prospecting", "Qualification", Id="0171G00000AAAAAAA2"),
            field_history("StageName", "Qualification", "Closed Lost", Id="0171G00000AAAAAAA3"),
            field_history("StageName", "Closed Lost", "Prospecting", Id="0171G00000AAAAAAA4"),
        ]

        for order in itertools.permutations(rows):
            moves = read(order).events[OPPORTUNITY]
            assert [(move.to, move.seq) for move in moves] == [
                *(("meeting", 0), ("lost", 1), ("qualify", 2)),
            ]

    def test_without_an_instant(self):
        """A row that does not say when is refused."""
        with pytest.raises(PayloadError, match="CreatedDate: got nothing"):
            read(field_history("StageName", "Prospecting", "Qualification", None))

    def test_emptied(self):
        """A fact that is emptied cannot be unlearned, and is counted."""
        found = read(field_history("Amount", 5, None))

        assert reasons(found) == {"emptied": 1}


ROW = {
    "Id": OPPORTUNITY,
    "StageName": "Prospecting",
    "Amount": 5,
    "CreatedDate": "2026-03-02T09:00:00.000+0000",
    "CreatedById": REP,
    "SystemModstamp": "2026-03-06T09:00:00.000+0000",
    "OwnerId": REP,
    "IsDeleted": False,
}


class TestOpportunity:
    def test_since_when_it_is_in_its_stage(self):
        """One field says it; without it the stage is known as of the last change."""
        said = record("Opportunity", **ROW, LastStageChangeDate="2026-03-05T10:00:00.000Z")

        assert only(read(said), "moved").occurred_at == MOVED
        assert only(read(record("Opportunity", **ROW)), "moved").occurred_at.day == 6

    def test_a_stage_that_no_history_speaks_of(self):
        """Where nothing changed there is no row: then the stage is the first one."""
        other = {**history(), "OpportunityId": "0061G00000N31HAQAZ"}

        found = read_tables({"opportunity": [ROW], "opportunity_history": [other]})

        events = found.events[OPPORTUNITY]
        assert (events[0].stage, events[0].occurred_at) == ("qualify", CREATED)
        assert "moved" not in kinds(events)

    @pytest.mark.parametrize(
        ("rows", "stage"),
        [
            pytest.param([], None, id="nothing"),
            pytest.param([("created", OPPORTUNITY)], None, id="stages-are-not-tracked"),
            pytest.param([("StageName", "0061G00000N31HAQAZ")], None, id="deleted-after-a-time"),
            pytest.param(
                [("StageName", "0061G00000N31HAQAZ"), ("created", OPPORTUNITY)],
                "qualify",
                id="told-from-the-creation-on",
            ),
        ],
    )
    def test_a_stage_that_no_history_of_fields_speaks_of(self, rows, stage):
        """It is the first one only where that history has stages, and reaches back far enough."""
        said = [
            {**field_history(field, None, "Prospecting", Id=str(number)), "OpportunityId": deal}
            for number, (field, deal) in enumerate(rows)
        ]

        found = read_tables({"opportunity": [ROW], "opportunity_field_history": said})

        opened = found.events[OPPORTUNITY][0]
        assert (opened.kind_name, opened.stage) == ("opened", stage)
        assert found.quality.flags["no_stage"] == (stage is None)

    def test_a_stage_that_only_the_opportunity_knows_to_have_changed(self):
        """It says when it came into its stage, whatever is missing in the history."""
        row = {**ROW, "LastStageChangeDate": "2026-03-05T10:00:00.000Z"}

        found = read_tables({"opportunity": [row], "opportunity_history": []})

        assert found.events[OPPORTUNITY][0].stage is None
        assert only(found, "moved").occurred_at == MOVED

    def test_short_id_beside_a_long_one(self):
        """An opportunity is the same one in a report and in a history."""
        short = {**ROW, "Id": OPPORTUNITY[:15]}

        found = read_tables({"opportunity": [short], "opportunity_history": [history()]})

        assert kinds(found.events[OPPORTUNITY])[0] == "opened"
        assert found.events[OPPORTUNITY][0].stage is None

    def test_at_no_known_time(self):
        """Values and deletions without any instant are counted."""
        row = {"Id": OPPORTUNITY, "StageName": "Prospecting", "IsDeleted": True}

        assert reasons(read_tables({"Opportunity": [row]})) == {"no_instant": 2}

    def test_names_with_underscores(self):
        """A warehouse writes the same names in its own way."""
        row = {
            "id": OPPORTUNITY,
            "stage_name": "Prospecting",
            "amount": "5",
            "created_date": "2026-03-02 09:00:00",
            "created_by_id": REP,
            "system_modstamp": "2026-03-06 09:00:00",
            "owner_id": REP,
            "is_deleted": "FALSE",
        }

        said = read_tables({"opportunity": [row]})

        assert content(said) == content(read_tables({"Opportunity": [ROW]}))

    def test_deleted(self):
        """A deleted opportunity is what the mapping says."""
        row = {**ROW, "IsDeleted": True}

        found = read(record("Opportunity", **row), '[stages]\ndeleted = "lost"\n')

        assert only(found, "moved").to == "lost"
        assert found.quality.unmapped == {"Prospecting": 1}

    @needs_samples
    def test_samples(self):
        """The history of a warehouse is every version of a row, with an open end in 9999."""
        tables = {
            name: rows(f"salesforce/fivetran_sf_{name}_data.csv")
            for name in ("opportunity", "opportunity_history", "task", "event")
        }
        named = '[stages]\n"GavUFuuf4DrnQAoiRGlWpQ==" = "intake"\n'

        found = read_tables(tables, named)

        assert kinds(found.events["006q000000HddohAAB"]) == [
            *("opened", "learned", "learned", "assigned", "moved"),
        ]
        assert found.quality.unmapped == {"deleted": 4}
        assert kinds(found.events[OPPORTUNITY]) == ["activity"]


@needs_samples
class TestChangeEventSample:
    def test_change(self):
        """What changed is told with its instant in seconds, as the histories have it."""
        found = read(sample(EVENT))

        moved = only(found, "moved")
        assert (moved.to, moved.occurred_at, moved.by) == ("meeting", MOVED, REP)
        assert found.quality.ignored == {"Probability": 1}


class TestChangeEvent:
    def test_several_records(self):
        """One event may be about several records."""
        others = [OPPORTUNITY, "0061G00000N31HAQAZ"]

        found = read(change_event(fields={"StageName": "Qualification"}, recordIds=others))

        assert sorted(found.events) == sorted(others)

    def test_commit_in_milliseconds(self):
        """Without a field that says when, the commit does."""
        found = read(change_event(fields={"StageName": "Qualification"}))

        assert only(found, "moved").occurred_at == MOVED + dt.timedelta(milliseconds=123)

    def test_without_an_instant(self):
        """An event that does not say when is refused."""
        payload = change_event(fields={"StageName": "Qualification"}, commitTimestamp=None)

        with pytest.raises(PayloadError, match="commitTimestamp: got nothing"):
            read(payload)

    def test_creation_in_a_stage_that_is_not_named(self):
        """The deal opens all the same, and the stage is counted."""
        found = read(change_event("CREATE", {"StageName": "odd"}))

        assert only(found, "opened").stage is None
        assert (found.quality.unmapped, found.quality.used) == ({"odd": 1}, 0)

    def test_creation(self):
        """A creation says the first stage and the owner."""
        fields = {
            "StageName": "Prospecting",
            "OwnerId": REP,
            "Amount": 5.0,
            "CreatedDate": 1772442000000,
            "CloseDate": 1780012800000,
        }

        found = read(change_event("CREATE", fields, changedFields=[]))

        opened, amount, close = found.events[OPPORTUNITY]
        assert (opened.stage, opened.owner, opened.occurred_at) == ("qualify", REP, CREATED)
        assert (dict(amount.facts), dict(close.facts)) == (
            *({"value": 5}, {"expected_close": dt.date(2026, 5, 29)}),
        )

    def test_bitmap(self):
        """A list of fields that was not decoded says nothing; the values do."""
        fields = {"StageName": "Qualification", "Amount": None}

        found = read(
            change_event(fields=fields, changedFields=["0x400082"], nulledFields=["0x400000"])
        )

        assert kinds(found.events[OPPORTUNITY]) == ["moved"]
        assert reasons(found) == {"partial": 1}

    def test_emptied_fields(self):
        """Fields that were emptied are named."""
        found = read(change_event(nulledFields=["Amount", "Description"]))

        assert (reasons(found), found.quality.ignored) == ({"emptied": 1}, {"Description": 1})

    @pytest.mark.parametrize("kind", ["GAP_UPDATE", "GAP_DELETE", "GAP_OVERFLOW"])
    def test_gap(self, kind):
        """Where Salesforce has left out what changed, the record is to be read."""
        assert reasons(read(change_event(kind))) == {"partial": 1}

    def test_all_records(self):
        """An event may be about all records of an object."""
        assert reasons(read(change_event(recordIds=["006*"]))) == {"partial": 1}

    def test_deletion_and_return(self):
        """An opportunity goes and comes back."""
        more = '[stages]\ndeleted = "lost"\n'
        gone = change_event("DELETE")
        back = change_event("UNDELETE", commitTimestamp=1772708400000)

        found = read([back, gone], more)

        assert kinds(found.events[OPPORTUNITY]) == ["moved", "reopened"]

    @pytest.mark.parametrize("own", ["salesflow", REP])
    def test_echo(self, own):
        """Our own writes are known by the client that we say we are, or by our user."""
        more = f'[crm]\nsystem = "salesforce"\nown = ["{own}"]\n'

        found = read(change_event(fields={"StageName": "Qualification"}), more)

        assert found.echoes == {only(found, "moved").id}

    def test_order_within_one_second(self):
        """Of two changes in one second the later commit is the later one."""
        seconds = {"LastModifiedDate": "2026-03-05T10:00:00.000Z"}
        one = change_event(fields={"StageName": "Qualification", **seconds})
        two = change_event(fields={"StageName": "Closed Lost", **seconds}, sequenceNumber=2)
        last = change_event(
            fields={"StageName": "Prospecting", **seconds}, commitNumber=10652977933433528300
        )

        for order in itertools.permutations((one, two, last)):
            moves = read(order).events[OPPORTUNITY]
            assert [move.to for move in moves] == ["meeting", "lost", "qualify"]

    def test_new_task(self):
        """The creation of a task says all of it, its change only a part."""
        fields = {
            "WhatId": OPPORTUNITY,
            "TaskSubtype": "Call",
            "Status": "Completed",
            "CompletedDateTime": "2026-03-05T10:00:00.000Z",
        }

        new = read(change_event("CREATE", fields, entityName="Task", recordIds=["00T1"]))
        changed = read(change_event("UPDATE", fields, entityName="Task", recordIds=["00T1"]))

        assert only(new, "activity").kind == "call"
        assert reasons(changed) == {"partial": 1}

    def test_other_objects(self):
        """Changes of other objects are counted."""
        found = read(change_event(entityName="Account"))

        assert found.quality.ignored == {"UPDATE of Account": 1}


class TestShape:
    def test_page_and_record(self):
        """A page, a list, a record: the same."""
        page = {"totalSize": 1, "done": True, "records": [history()]}

        assert ids(read(page)) == ids(read([history()])) == ids(read(history()))

    def test_other_records(self):
        """A record of something else is counted."""
        assert read(record("Account", Id="1")).quality.ignored == {"Account": 1}

    def test_wrong(self):
        """What cannot be understood is told at once."""
        wrong = [{"Id": "1"}, 7, history(at="soon"), change_event(recordIds=[])]

        with pytest.raises(PayloadError) as caught:
            read([history(), *wrong])

        assert [problem.partition(":")[0] for problem in caught.value.problems] == [
            "payload[1].attributes",
            "payload[2]",
            "payload[3].CreatedDate",
            "payload[4].payload.ChangeEventHeader.recordIds",
        ]
        assert content(caught.value.rest) == content(read(history()))

    def test_unknown_table(self):
        """A table that nobody knows is refused."""
        with pytest.raises(LogError, match="did you mean 'Opportunity'"):
            read_tables({"opportunities": []})

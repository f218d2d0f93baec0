"""HubSpot in a warehouse: its tables, their joins, their placeholders."""

import datetime as dt

import pytest
from tests.history.crm.support import (
    HUBSPOT,
    PROCESS,
    content,
    flags,
    kinds,
    mapping,
    needs_samples,
    only,
    reasons,
    rows,
)

from salesflow.errors import LogError, PayloadError
from salesflow.events import Status
from salesflow.history.crm import hubspot

TABLES = (
    *("deal", "deal_stage", "deal_property_history", "merged_deal", "deal_pipeline"),
    *("deal_pipeline_stage", "deal_contact", "engagement", "engagement_deal", "engagement_call"),
    *("engagement_communication", "engagement_email", "engagement_meeting", "engagement_note"),
    "engagement_task",
)
HASHED = """[stages]
f66ca9bc5a02c2f1513ce83f0a0e117d = "qualify"
09a969da1d61b38bd3746f0f49c1475a = "meeting"
merged = "lost"
"""


def samples():
    return {name: rows(f"hubspot/fivetran_{name}_data.csv") for name in TABLES}


def read(tables, more=""):
    return hubspot.events_of_tables(tables, PROCESS, mapping(HUBSPOT, more))


@needs_samples
class TestSamples:
    def test_every_table(self):
        """All rows of all tables end up somewhere."""
        found = read(samples(), HASHED)

        quality = found.quality
        assert quality.rows == sum(len(samples()[name]) for name in TABLES) - 1
        assert quality.ignored["table deal_contact"] == 6
        assert reasons(found) == {"no_deal": 12}

    def test_hours_without_a_zero_and_an_open_end(self):
        """A stage is entered once; that its row ends in 2050 says that it is the present one."""
        found = read({"deal_stage": samples()["deal_stage"]}, HASHED)

        [moved] = found.events["3954699413"]
        assert (moved.to, moved.occurred_at) == (
            "qualify",
            dt.datetime(2021, 1, 7, 6, 49, 18, tzinfo=dt.UTC),
        )
        assert flags(found) == {"no_opening": 6, "taken_as_utc": 6}

    def test_merged_deals(self):
        """Deals that have become part of another one are named, and end."""
        found = read({"merged_deal": samples()["merged_deal"]}, HASHED)

        assert found.merged["9014070905"] == "9089908390"
        assert len(found.merged) == 6
        assert [event.to for event in found.events["9014070905"]] == ["lost"]

    def test_engagements_with_their_deals(self):
        """A table of links says which deal an engagement belongs to."""
        tables = samples()
        tables["engagement_deal"] = [
            {"deal_id": "7", "engagement_id": row["engagement_id"]}
            for name in ("call", "email", "note", "task", "meeting", "communication")
            for row in tables[f"engagement_{name}"]
        ]

        found = read({name: tables[name] for name in tables if "engagement" in name})

        events = found.events["7"]
        assert [event.kind for event in events] == [
            *("call", "email", "note", "task", "task"),
        ]
        assert {event.status for event in events[-2:]} == {Status.PLANNED}
        # The meetings do not say when they were put into the CRM, the message not by what.
        assert reasons(found) == {"no_instant": 6}
        assert found.quality.unmapped == {"COMMUNICATION": 1}


DEAL_ROW = {
    "deal_id": 7,
    "is_deleted": False,
    "deal_pipeline_id": "default",
    "deal_pipeline_stage_id": "qualifiedtobuy",
    "owner_id": 70,
    "property_amount": 40000.0,
    "property_closedate": dt.datetime(2026, 5, 29, tzinfo=dt.UTC),
    "property_createdate": dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC),
    "property_hs_lastmodifieddate": dt.datetime(2026, 3, 9, 14, 5, tzinfo=dt.UTC),
}
STAGES = [
    {"deal_id": 7, "value": "qualifiedtobuy", "date_entered": "2026-03-05 10:00:00"},
    {"deal_id": 7, "value": "appointmentscheduled", "date_entered": "2026-03-02 9:00:00"},
]


class TestTables:
    def test_deal_and_its_stages(self):
        """The table of deals opens them, the one of stages moves them."""
        found = read({"deal": [DEAL_ROW], "deal_stage": STAGES})

        assert kinds(found.events["7"]) == ["opened", "moved", "learned", "learned", "assigned"]
        opened, moved, *_ = found.events["7"]
        assert (opened.stage, moved.to) == ("qualify", "meeting")

    def test_same_events_as_from_the_api(self):
        """A row of a warehouse and an answer of the API tell one event."""
        [row] = STAGES[:1]
        answer = {
            "id": "7",
            "properties": {"pipeline": "default"},
            "propertiesWithHistory": {
                "dealstage": [{"value": row["value"], "timestamp": "2026-03-05T10:00:00Z"}]
            },
        }

        from_table = read({"deal_stage": [row]})
        from_api = hubspot.events_of(answer, PROCESS, mapping(HUBSPOT))

        assert content(from_table) == content(from_api)

    def test_missing_cells_of_a_data_frame(self):
        """NaN, NaT and NA are nothing."""
        pandas = pytest.importorskip("pandas")
        for nothing in (float("nan"), pandas.NaT, pandas.NA, None, ""):
            empty = dict.fromkeys(("property_amount", "owner_id", "is_deleted"), nothing)
            row = {**DEAL_ROW, **empty, "property_hs_createdate": nothing}

            assert kinds(read({"deal": [row]}).events["7"]) == ["opened", "learned", "moved"]

    def test_deletion_at_no_known_time(self):
        """A deletion needs an instant; the copy's own will do."""
        row = {"deal_id": 7, "is_deleted": "TRUE"}

        assert reasons(read({"deal": [row]}, HASHED)) == {"no_instant": 1}
        found = read({"deal": [{**row, "_fivetran_synced": "2026-03-09 14:05:00"}]})
        assert found.quality.unmapped == {"deleted": 1}

    @pytest.mark.parametrize("flag", ["is_deleted", "_fivetran_deleted"])
    def test_deletion(self, flag):
        """Newer tables say with a flag of the copy that a deal is gone from the CRM."""
        row = {"deal_id": 7, flag: "TRUE", "_fivetran_synced": "2026-03-09 14:05:00"}

        found = read({"deal": [row]}, '[stages]\ndeleted = "lost"\n')

        assert [event.to for event in found.events["7"]] == ["lost"]

    def test_amount_in_the_currency_of_the_deal(self):
        """The table of histories has no currencies; the one of deals has."""
        row = {**DEAL_ROW, "property_deal_currency_code": "GBP"}
        said = {"deal_id": 7, "name": "amount", "value": "5", "timestamp": "2026-03-05 10:00:00"}

        found = read({"deal": [row], "deal_property_history": [said]})

        learned = [event.facts for event in found.events["7"] if event.kind_name == "learned"]
        amounts = [facts["value"] for facts in learned if "value" in facts]
        assert amounts == ["5 GBP", "40000 GBP"]

    def test_amount_in_the_currency_of_the_company(self):
        """It is not in that of the deal."""
        row = {
            **DEAL_ROW,
            "property_amount_in_home_currency": 5,
            "property_deal_currency_code": "GBP",
        }

        found = read({"deal": [row]}, '[facts]\nvalue = "amount_in_home_currency"\n')

        assert only(found, "learned").facts == {"value": 5}

    def test_present_values_at_no_known_time(self):
        """What holds since nobody knows when is counted; so is a merge."""
        tables = {
            "deal": [{"deal_id": 7, "owner_id": 70}],
            "merged_deal": [{"deal_id": 7, "merged_deal_id": 8}],
        }

        found = read(tables)

        assert (found.events, reasons(found), found.merged) == ({}, {"no_instant": 2}, {"8": "7"})

    def test_history_of_properties(self):
        """Every value of a property that holds a fact is learned."""
        said = {"deal_id": 7, "name": "amount", "value": "5", "timestamp": "2026-03-05 10:00:00"}

        found = read({"deal_property_history": [said, {**said, "name": "dealname"}]})

        assert kinds(found.events["7"]) == ["learned"]
        assert found.quality.ignored == {"dealname": 1}

    def test_unknown_table(self):
        """A table that nobody knows is refused with the one that was probably meant."""
        with pytest.raises(
            LogError, match="no table 'deal_stages' is known; did you mean 'deal_st"
        ):
            read({"deal_stages": []})

    def test_wrong_rows(self):
        """Each is named with its table and its row; the rest is at hand."""
        wrong = [{"deal_id": 7, "value": "x", "date_entered": None}, 5]

        with pytest.raises(PayloadError) as caught:
            read({"deal_stage": [*STAGES, *wrong], "engagement_deal": [{"deal_id": 7}]})

        assert caught.value.problems == (
            "deal_stage[2].date_entered: got nothing, expected the instant of the change",
            "deal_stage[3]: got 5, expected an object",
            "engagement_deal[0].engagement_id: got nothing, expected an id",
        )
        assert len(caught.value.rest) == 2


HISTORY = (("appointmentscheduled", "09:00"), ("qualifiedtobuy", "10:00"))
DEAL_SAID = {
    "dealstage": "qualifiedtobuy",
    "amount": "40000",
    "createdate": "2026-03-02T09:00:00Z",
    "hs_lastmodifieddate": "2026-03-05T10:00:00Z",
}
CALL_SAID = {
    "hs_timestamp": "2026-03-04T10:00:00Z",
    "hs_call_direction": "OUTBOUND",
    "hs_createdate": "2026-03-04T10:00:00Z",
    "hs_lastmodifieddate": "2026-03-04T11:00:00Z",
}


class TestOtherWarehouses:
    """The same deal, as its API, Airbyte and dlt give it, is the same history."""

    def history(self, **names):
        """The history of the stage, under the names of columns."""
        return [
            {
                names["deal"]: "7",
                names["field"]: "dealstage",
                "value": stage,
                "timestamp": f"2026-03-0{2 + 3 * number}T{at}:00Z",
                names["by"]: "userId:70",
            }
            for number, (stage, at) in enumerate(HISTORY)
        ]

    def of_api(self):
        """What the API says."""
        told = self.history(deal="id", field="name", by="sourceId")
        deal = {
            "id": "7",
            "properties": DEAL_SAID,
            "propertiesWithHistory": {"dealstage": told},
            "createdAt": "2026-03-02T09:00:00Z",
            "updatedAt": "2026-03-05T10:00:00Z",
        }
        call = {
            "id": "8",
            "properties": CALL_SAID,
            "associations": {name: {"results": [{"id": "7"}]} for name in ("deals", "contacts")},
        }
        return hubspot.events_of([deal, call], PROCESS, mapping(HUBSPOT))

    @pytest.mark.parametrize("ids", [["7"], [7], '["7"]'])
    def test_airbyte(self, ids):
        """Properties are columns of their own, ids of deals and people stand in lists."""
        deal, call = (
            {f"properties_{name}": value for name, value in said.items()}
            for said in (DEAL_SAID, CALL_SAID)
        )
        updated = {"createdAt": "2026-03-02T09:00:00Z", "updatedAt": "2026-03-05T10:00:00Z"}
        found = read(
            {
                "deals": [{"id": "7", "archived": False, "companies": [], **updated, **deal}],
                "deals_property_history": self.history(
                    deal="dealId", field="property", by="sourceId"
                ),
                "engagements_calls": [{"id": "8", "deals": ids, "contacts": ids, **call}],
                "owners": [{"id": "70"}],
            }
        )

        assert found.events == self.of_api().events
        assert kinds(found.events["7"]) == ["opened", "activity", "learned", "moved"]

    def test_dlt(self):
        """Properties keep their names, those of its own have underscores."""
        found = read(
            {
                "deals": [{"id": "7", "hs_object_id": "7", **DEAL_SAID}],
                "deals_property_history": self.history(
                    deal="object_id", field="property_name", by="source_id"
                ),
            }
        )

        told = [event for event in self.of_api().events["7"] if event.kind_name != "activity"]
        assert found.events == {"7": tuple(told)}

    def test_archived(self):
        """Deals that were deleted have a table of their own."""
        row = {"id": "7", "archived": True, "archivedAt": "2026-03-06T10:00:00Z"}
        found = read({"deals_archived": [row]}, '[stages]\ndeleted = "lost"\n')

        assert only(found, "moved").to == "lost"

    def test_list_that_is_none(self):
        """A list of ids that cannot be read is told with its column."""
        row = {"id": "8", "deals": "7; 8", **CALL_SAID}
        with pytest.raises(PayloadError, match=r"calls\[0\].deals: got '7; 8', expected a list of"):
            read({"engagements_calls": [row]})

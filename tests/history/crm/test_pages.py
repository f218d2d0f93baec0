"""Lists that come in pages: a history is not cut short without a word."""

import itertools

import pytest
from tests.history.crm.support import (
    DEAL,
    HUBSPOT,
    OPPORTUNITY,
    PIPEDRIVE,
    PROCESS,
    SALESFORCE,
    content,
    flags,
    kinds,
    mapping,
    needs_samples,
    reasons,
    sample,
)

from salesflow.errors import LogError, PayloadError
from salesflow.history.crm import hubspot, pipedrive, salesforce
from salesflow.history.crm.starting import start_from

LINE = "of which more pages follow that are not here: the history has gaps"


def call(number):
    """A call of HubSpot."""
    return {
        "id": str(number),
        "properties": {"hs_call_status": "COMPLETED", "hs_timestamp": "2026-03-05T12:00:00Z"},
        "associations": {"deals": {"results": [{"id": DEAL}]}},
    }


def note(number):
    """A note of HubSpot."""
    return {**call(number), "properties": {"hs_note_body": "x"}}


def results(*items, more=None):
    """A page of HubSpot."""
    return {"results": list(items), **({"paging": {"next": more}} if more else {})}


def records(*items, **more):
    """A page of Salesforce."""
    return {"totalSize": 5000, "done": True, "records": list(items), **more}


def history(number, name=OPPORTUNITY):
    """A row of OpportunityHistory."""
    return {
        "attributes": {"type": "OpportunityHistory"},
        "Id": str(number),
        "OpportunityId": name,
        "StageName": "Qualification",
        "CreatedDate": f"2026-03-0{number}T10:00:00.000+0000",
    }


def flow(deal, *, more=False):
    """A page of the flow of a deal in Pipedrive."""
    row = {
        "item_id": deal,
        "id": 1,
        "field_key": "stage_id",
        "new_value": "2",
        "log_time": "2026-03-05 10:00:00",
    }
    return {
        "success": True,
        "data": [{"object": "dealChange", "data": row}],
        "additional_data": {"pagination": {"start": 0, "more_items_in_collection": more}},
    }


def of_hubspot(payload):
    return hubspot.events_of(payload, PROCESS, mapping(HUBSPOT))


def of_salesforce(payload):
    return salesforce.events_of(payload, PROCESS, mapping(SALESFORCE))


def of_pipedrive(payload):
    return pipedrive.events_of(payload, PROCESS, mapping(PIPEDRIVE))


NEXT = {"after": "2", "link": "https://example.test"}
URL = "/services/data/v60.0/query/01gRO0000016PIAYA2-2000"


class TestMorePages:
    @pytest.mark.parametrize(
        ("read", "page"),
        [
            pytest.param(of_hubspot, results(call(1), more=NEXT), id="hubspot"),
            pytest.param(of_hubspot, {"results": [call(1)], "hasMore": True}, id="hubspot-v1"),
            pytest.param(of_salesforce, records(history(1), done=False), id="salesforce-done"),
            pytest.param(
                of_salesforce, records(history(1), nextRecordsUrl=URL), id="salesforce-url"
            ),
            pytest.param(of_pipedrive, flow(7, more=True), id="pipedrive-v1"),
            pytest.param(
                of_pipedrive,
                {**flow(7), "additional_data": {"next_cursor": "eyJh"}},
                id="pipedrive-v2",
            ),
        ],
    )
    def test_first_page_alone(self, read, page):
        """What is there is read, and that there is more is said."""
        found = read(page)

        assert len(found) == 1
        assert flags(found)["more_pages"] == 1
        assert f"1 list {LINE}" in found.quality.lines()

    @pytest.mark.parametrize(
        ("read", "page"),
        [
            pytest.param(of_hubspot, results(call(1)), id="hubspot"),
            pytest.param(of_hubspot, {"results": [call(1)], "hasMore": False}, id="hubspot-v1"),
            pytest.param(of_salesforce, records(history(1), nextRecordsUrl=None), id="salesforce"),
            pytest.param(of_pipedrive, flow(7), id="pipedrive-v1"),
            pytest.param(
                of_pipedrive,
                {**flow(7), "additional_data": {"next_cursor": None}},
                id="pipedrive-v2",
            ),
            pytest.param(of_pipedrive, {**flow(7), "additional_data": []}, id="pipedrive-list"),
        ],
    )
    def test_last_page(self, read, page):
        """A page after which nothing comes is all that there is."""
        assert "more_pages" not in flags(read(page))

    @needs_samples
    @pytest.mark.parametrize(
        ("read", "name"),
        [
            (of_salesforce, "salesforce/synth_opportunity_history_rest.json"),
            (of_salesforce, "salesforce/synth_opportunity_field_history_rest.json"),
            (of_pipedrive, "pipedrive/synth_deal_flow_v1.json"),
        ],
    )
    def test_samples(self, read, name):
        """The samples are whole."""
        assert "more_pages" not in flags(read(sample(name)))

    def test_all_pages(self):
        """A list is whole as soon as its last page is there, in whatever order."""
        pages = [results(call(1), more=NEXT), results(call(2), more=NEXT), results(call(3))]

        for order in itertools.permutations(pages):
            assert "more_pages" not in flags(of_hubspot(list(order)))
        assert flags(of_hubspot(pages[:2]))["more_pages"] == 1

    def test_list_of_batches(self):
        """Webhooks come in lists: a list of such lists is read as well."""
        webhooks = [
            {
                "subscriptionType": "deal.propertyChange",
                "objectId": int(DEAL),
                "propertyName": "amount",
                "propertyValue": str(number),
                "occurredAt": 1772442000000 + number,
            }
            for number in range(3)
        ]

        found = of_hubspot([webhooks[:2], webhooks[1:]])

        assert content(found) == content(of_hubspot(webhooks))
        assert (found.quality.rows, found.quality.duplicates) == (4, 1)

    def test_batch_with_errors(self):
        """What could not be read of a batch is counted, with its place."""
        error = {"category": "OBJECT_NOT_FOUND", "context": {"ids": ["8"]}}
        batch = {"status": "COMPLETE", **results(call(1)), "numErrors": 1, "errors": [error]}

        found = of_hubspot(batch)

        [left] = found.quality.unusable
        assert (left.reason, left.examples[0].path) == ("partial", "payload.errors[0]")
        assert kinds(found.events[DEAL]) == ["activity"]

    def test_several_lists(self):
        """The last page of one list does not stand for that of another one."""
        calls, notes = results(call(1), more=NEXT), results(note(2), more=NEXT)

        assert flags(of_hubspot([calls, notes]))["more_pages"] == 2
        assert flags(of_hubspot([calls, notes, results(note(3))]))["more_pages"] == 1
        assert flags(of_hubspot([calls, call(3)]))["more_pages"] == 1

    def test_flow_of_each_deal(self):
        """Each deal of Pipedrive has a flow of its own."""
        assert flags(of_pipedrive([flow(7, more=True), flow(8)]))["more_pages"] == 1
        assert "more_pages" not in flags(of_pipedrive([flow(7, more=True), flow(7), flow(8)]))

    @pytest.mark.parametrize("empty", [{"results": []}, {"success": True, "data": None}])
    def test_empty_last_page(self, empty):
        """An empty page ends a list, and says nothing else."""
        read = of_hubspot if "results" in empty else of_pipedrive
        page = results(call(1), more=NEXT) if "results" in empty else flow(7, more=True)

        assert "more_pages" not in flags(read([page, empty]))
        assert (read(empty).events, read(empty).quality.rows) == ({}, 0)

    def test_empty_page_that_goes_on(self):
        """An empty page may say that there is more."""
        assert flags(of_hubspot(results(more=NEXT)))["more_pages"] == 1

    def test_page_of_what_is_not_understood(self):
        """It is one list of its own."""
        with pytest.raises(PayloadError) as caught:
            of_hubspot([results({"odd": 1}, more=NEXT), results(call(1))])

        assert flags(caught.value.rest)["more_pages"] == 1

    @pytest.mark.parametrize(
        ("answer", "told"),
        [
            ({"success": False, "data": None}, "got an error of the CRM, expected"),
            ({"success": True}, "a webhook, a deal"),
        ],
    )
    def test_answer_that_is_no_page(self, answer, told):
        """An error of the CRM is no empty list."""
        with pytest.raises(PayloadError, match=told):
            of_pipedrive(answer)


class TestInside:
    @pytest.mark.parametrize("name", ["deals", "contacts"])
    def test_associations(self, name):
        """An activity that belongs to more deals than are listed is counted."""
        payload = call(1)
        payload["associations"][name] = {**results({"id": DEAL}, more=NEXT)}

        found = of_hubspot(payload)

        assert reasons(found)["partial"] == 1

    def test_related_lists(self):
        """What an opportunity has beside it belongs to it, and may go on as well."""
        row, call_ = history(4), {"attributes": {"type": "Task"}, "Id": "7", "TaskSubtype": "Call"}
        del row["OpportunityId"]
        done = {"Status": "Completed", "CompletedDateTime": "2026-03-05T09:00:00.000+0000"}
        opportunity = {
            "attributes": {"type": "Opportunity"},
            "Id": OPPORTUNITY,
            "CreatedDate": "2026-03-02T09:00:00.000+0000",
            "OpportunityHistories": records(row, done=False),
            "Tasks": records({**call_, **done}),
        }

        found = of_salesforce(records(opportunity))

        assert kinds(found.events[OPPORTUNITY]) == ["opened", "moved", "activity"]
        assert (found.quality.rows, flags(found)["more_pages"]) == (3, 1)
        apart = [
            {name: value for name, value in opportunity.items() if "ies" not in name},
            history(4),
            {**call_, **done, "WhatId": OPPORTUNITY},
        ]
        assert content(found) == content(of_salesforce(apart))


class TestDefinitions:
    @pytest.mark.parametrize(
        ("system", "stages_of", "page"),
        [
            ("hubspot", hubspot.stages_of, results({"id": "p", "stages": []}, more=NEXT)),
            (
                "salesforce",
                salesforce.stages_of,
                records({"MasterLabel": "Won", "IsWon": True}, done=False),
            ),
            (
                "pipedrive",
                pipedrive.stages_of,
                {
                    "success": True,
                    "data": [{"id": 1, "name": "Lead in", "pipeline_id": 1}],
                    "additional_data": {"next_cursor": "eyJh"},
                },
            ),
        ],
    )
    def test_missing_pages(self, system, stages_of, page):
        """Stages are of use together only: pages that are missing are an error."""
        wanted = "got a list of which more pages follow, expected all of its pages, in a list"
        for read in (stages_of, lambda data: start_from(system, data)):
            with pytest.raises(LogError, match=wanted):
                read(page)

    def test_all_pages(self):
        """With its last page a list is whole."""
        pages = [
            {
                "success": True,
                "data": [{"id": number, "name": f"Step {number}", "pipeline_id": 1}],
                "additional_data": {"next_cursor": cursor},
            }
            for number, cursor in ((1, "eyJh"), (2, None))
        ]

        assert [stage.id for stage in pipedrive.stages_of(pages)] == ["1", "2", "won", "lost"]
        assert start_from("pipedrive", pages).name == "pipeline_1"

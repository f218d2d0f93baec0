"""What a mapping says about a CRM: pipelines, stages, people, reasons, currencies."""

import datetime as dt

import attrs
import pytest
from tests.history.crm.support import (
    DEAL,
    HUBSPOT,
    PIPEDRIVE,
    PROCESS,
    flags,
    ids,
    kinds,
    mapping,
    only,
    reasons,
)

import salesflow as sf
from salesflow.errors import LogError
from salesflow.events import Opened, event_from_dict
from salesflow.history.crm import check_stages, hubspot, news, pipedrive, salesforce
from salesflow.history.reading.mapping import Crm, Mapping, StageValue, System
from salesflow.history.reading.mapping_file import parse_mapping
from salesflow.process.load import load_process

AT = 1772704800000


def change(name, value, at=AT, **more):
    """A webhook about a property of the deal."""
    return {
        "subscriptionType": "deal.propertyChange",
        "objectId": DEAL,
        "propertyName": name,
        "propertyValue": value,
        "occurredAt": at,
        **more,
    }


def born(at=AT - 1):
    return {"subscriptionType": "deal.creation", "objectId": DEAL, "occurredAt": at}


def deal(pipeline, stage, **more):
    """A deal that says its pipeline."""
    return {
        "id": DEAL,
        "properties": {"pipeline": pipeline, "dealstage": stage, "dealname": "x"},
        "createdAt": "2026-03-02T09:00:00Z",
        "updatedAt": "2026-03-05T10:00:00Z",
        **more,
    }


def read(payload, more="", process=PROCESS):
    return hubspot.events_of(payload, process, mapping(HUBSPOT, more))


class TestDealPrefix:
    """Deals of several CRMs in one place: deal 7 of one is not deal 7 of another."""

    MORE = '[crm]\nsystem = "{}"\ndeal_prefix = "{}-"\n[stages]\nmerged = "lost"\n'

    def test_says_the_same_of_another_id(self):
        """Only the ids of deals differ: its own, that of its opening, and those of merged ones."""
        payload = [
            deal("default", "qualifiedtobuy") | {"propertiesWithHistory": {}},
            change("amount", "40000"),
            {"subscriptionType": "deal.merge", "occurredAt": AT, "primaryObjectId": DEAL}
            | {"mergedObjectIds": [5], "newObjectId": DEAL},
        ]
        plain = read(payload, '[stages]\nmerged = "lost"\n')
        found = read(payload, self.MORE.format("hubspot", "eu"))

        assert {*found.events} == {f"eu-{name}" for name in plain.events} == {"eu-5", f"eu-{DEAL}"}
        assert found.merged == {"eu-5": f"eu-{DEAL}"}
        renamed = [
            attrs.evolve(event, deal=f"eu-{DEAL}") if isinstance(event, Opened) else event
            for event in plain.events[DEAL]
        ]
        assert list(found.events[f"eu-{DEAL}"]) == renamed
        assert found.quality == plain.quality

    def test_two_in_one_store(self):
        """The same id in two CRMs is two deals, and what each sends again is known."""
        call = {"id": 1, "type": "call", "deal_id": DEAL, "done": True}
        call |= {"marked_as_done_time": "2026-03-06 10:00:00", "add_time": "2026-03-06 10:00:00"}
        flow = {"object": "dealChange", "data": {"item_id": DEAL, "field_key": "add_time"}}
        flow["data"] |= {"id": 1, "new_value": "2026-03-02 09:00:00", "old_value": None}
        flow["data"] |= {"log_time": "2026-03-02 09:00:00"}
        ours = mapping(PIPEDRIVE, self.MORE.format("pipedrive", "us"))
        payloads = {
            "eu": read([born(), change("amount", "4")], self.MORE.format("hubspot", "eu")),
            "us": pipedrive.events_of({"data": [flow, call]}, PROCESS, ours),
        }
        now = dt.datetime(2026, 4, 1, tzinfo=dt.UTC)
        with sf.Store("sqlite://") as store:
            for found in (*payloads.values(), *payloads.values()):
                assert store.record_many(found.events, now, process=PROCESS).refused == {}
            for name, found in payloads.items():
                stored = store.deal(f"{name}-{DEAL}")
                assert {e.id for e in stored.events} == {e.id for e in found.events[stored.id]}
                assert news(found, stored.id, stored.events) == ()


class TestStages:
    def test_same_id_in_two_pipelines(self):
        """The id of a stage may come twice; with its pipeline it says which one is meant."""
        more = '[stages]\n"default/1" = "meeting"\n"renewals/1" = "proof"\n'

        assert only(read(deal("default", "1"), more), "moved").to == "meeting"
        assert only(read(deal("renewals", "1"), more), "moved").to == "proof"
        assert read(deal("other", "1"), more).quality.unmapped == {"other/1": 1}

    def test_name_with_its_pipeline_first(self):
        """Where the mapping names a stage in both ways, the exact one counts."""
        more = '[stages]\n1 = "proof"\n"default/1" = "meeting"\n'

        assert only(read(deal("default", "1"), more), "moved").to == "meeting"
        assert only(read(deal("renewals", "1"), more), "moved").to == "proof"

    def test_stage_without_its_pipeline(self):
        """A webhook does not say the pipeline: then a stage that needs it is not guessed."""
        found = read(change("dealstage", "1"), '[stages]\n"default/1" = "meeting"\n')

        assert (found.events, reasons(found)) == ({}, {"no_pipeline": 1})

    def test_pipeline_from_beside(self):
        """What another payload says about the pipeline helps."""
        more = '[stages]\n"default/1" = "meeting"\n'

        found = read([change("dealstage", "1"), change("pipeline", "default", AT - 5)], more)

        assert only(found, "moved").to == "meeting"

    def test_renamed(self):
        """Two names of one stage mean one stage."""
        more = '[stages]\nold = "meeting"\nnew = "meeting"\n'

        found = read([change("dealstage", "old"), change("dealstage", "new", AT + 1)], more)

        assert [event.to for event in found.events[DEAL]] == ["meeting", "meeting"]

    def test_unnamed(self):
        """A stage that the mapping does not name is counted, with what was probably meant."""
        found = read(change("dealstage", "closedwom"))

        assert found.quality.unmapped == {"closedwom": 1}
        assert found.quality.meant == {"closedwom": "closedwon"}
        assert "did you mean 'closedwon'?" in "\n".join(found.quality.lines())

    def test_ignored(self):
        """A stage on the list of the ignored moves nothing."""
        found = read(change("dealstage", "draft"), '[values]\nignore = ["draft"]\n')

        assert (found.events, found.quality.ignored) == ({}, {"draft": 1})

    def test_every_visit(self):
        """A stage is visited as often as it is."""
        visits = [change("dealstage", name, AT + n) for n, name in enumerate(("closedlost",) * 3)]

        assert len(read(visits).events[DEAL]) == 3

    def test_first_visit_only(self):
        """A stage of which only the first visit counts."""
        more = '[stages]\na = { stage = "meeting", first = true }\nb = "proof"\n'
        visits = [change("dealstage", name, AT + n) for n, name in enumerate("aba")]

        assert [event.to for event in read(visits, more).events[DEAL]] == ["meeting", "proof"]

    def test_first_stage_that_is_not_named(self):
        """The deal opens all the same, and the stage is counted as any other."""
        payload = deal("default", "odd")
        payload["propertiesWithHistory"] = {
            "dealstage": [{"value": "odd", "timestamp": "2026-03-02T09:00:00Z"}]
        }

        found = read(payload)

        assert only(found, "opened").stage is None
        assert found.quality.unmapped == {"default/odd": 1}

    def test_emptied(self):
        """A stage that is emptied says nothing."""
        assert reasons(read(change("dealstage", ""))) == {"emptied": 1}

    def test_owner_that_is_emptied(self):
        """Whose owner is taken away belongs to nobody."""
        found = read(change("hubspot_owner_id", ""))

        assert only(found, "assigned").owner is None
        assert reasons(found) == {}


class TestPipelines:
    ours = '[crm]\nsystem = "hubspot"\npipelines = ["default"]\n'

    def test_not_ours(self):
        """Deals of other pipelines are counted, and nothing else."""
        found = read(deal("partners", "qualifiedtobuy"), self.ours)

        assert found.events == {}
        assert sum(reasons(found).values()) == found.quality.read
        assert set(reasons(found)) == {"other_pipeline"}

    def test_end_of_a_deal_that_is_not_ours(self):
        """The deletion of somebody else's deal loses none of ours."""
        payload = {**deal("partners", "x"), "archived": True}

        found = read(payload, self.ours + '[stages]\ndeleted = "lost"\n')

        assert (found.events, set(reasons(found))) == ({}, {"other_pipeline"})

    @pytest.mark.parametrize(
        ("stage", "said"),
        [
            pytest.param("closedwon", {"closed_stage": 1, "other_pipeline": 1}, id="won"),
            pytest.param("closedlost", {"closed_stage": 1, "other_pipeline": 1}, id="lost"),
            pytest.param("qualifiedtobuy", {"other_pipeline": 1}, id="open"),
        ],
    )
    def test_moved_on_after_its_end(self, stage, said):
        """A deal that was won is handed over to another pipeline: it stays won."""
        moves = [
            *(change("pipeline", "default"), change("dealstage", stage)),
            *(change("pipeline", "delivery", AT + 1), change("dealstage", "d1", AT + 1)),
        ]
        ends = "".join(f'{name} = "lost"\n' for name in ("closedlost", "other_pipeline"))
        more = f'[stages]\nclosedwon = "intake"\nqualifiedtobuy = "meeting"\n{ends}'

        found = read(moves, self.ours + more)

        assert len(found) == (2 if stage == "qualifiedtobuy" else 1)
        assert reasons(found) == said

    def test_moved_into_ours(self):
        """A deal that comes in from elsewhere opens here when it comes."""
        history = {
            "pipeline": [
                {"value": "default", "timestamp": "2026-03-04T09:00:00Z"},
                {"value": "partners", "timestamp": "2026-03-02T09:00:00Z"},
            ],
            "dealstage": [
                {"value": "qualifiedtobuy", "timestamp": "2026-03-04T09:00:00Z"},
                {"value": "p1", "timestamp": "2026-03-02T09:00:00Z"},
            ],
        }
        payload = {**deal("default", "qualifiedtobuy"), "propertiesWithHistory": history}

        opened = only(read(payload, self.ours), "opened")

        assert (opened.stage, opened.occurred_at.day) == ("meeting", 4)

    def test_moved_out_of_ours(self):
        """A deal that leaves is what the mapping says, or counted."""
        payload = [change("dealstage", "qualifiedtobuy", AT - 5), change("pipeline", "partners")]

        counted = read(payload, self.ours)
        named = read(payload, self.ours + '[stages]\nother_pipeline = "lost"\n')

        assert reasons(counted) == {"other_pipeline": 1}
        assert named.events[DEAL][-1].to == "lost"

    def test_after_it_has_left(self):
        """What happens to it there is not ours; activities are not either."""
        call = {
            "id": "1",
            "properties": {"hs_call_title": "x", "hs_timestamp": "2026-03-06T10:00:00Z"},
            "associations": {"deals": {"results": [{"id": DEAL}]}},
        }
        moves = [change("pipeline", "partners"), change("dealstage", "p1", AT + 1)]
        facts = [change("amount", "5", AT + 1)]

        assert reasons(read([*moves, *facts, call], self.ours)) == {"other_pipeline": 4}


class TestPeople:
    def test_names(self):
        """An id becomes the name that the process knows."""
        more = '[people]\n"70" = "dana"\n"userId:1" = "kim"\n'

        found = read(change("hubspot_owner_id", "70", sourceId="userId:1"), more)

        assert (only(found, "assigned").owner, only(found, "assigned").by) == ("dana", "kim")

    def test_unknown(self):
        """Somebody whom the table leaves out keeps the id, and is counted."""
        found = read(change("hubspot_owner_id", "71"), '[people]\n"70" = "dana"\n')

        assert only(found, "assigned").owner == "71"
        assert flags(found)["unknown_person"] == 1

    def test_owner_at_the_opening(self):
        """Who has the deal from the beginning is said by its opening."""
        found = read([born(AT), change("hubspot_owner_id", "70")], '[people]\n"70" = "dana"\n')

        assert only(found, "opened").owner == "dana"
        assert kinds(found.events[DEAL]) == ["opened"]


class TestFacts:
    def test_amount_without_a_currency(self):
        """It has the process's, and that is counted."""
        found = read(change("amount", "5"))

        assert only(found, "learned").facts == {"value": 5}
        assert flags(found) == {"no_currency": 1, "no_opening": 1}

    def test_currency_of_the_mapping(self):
        """The mapping may say which one is meant; another than the process's is never converted."""
        found = read(change("amount", "5"), '[crm]\nsystem = "hubspot"\ncurrency = "EUR"\n')

        assert only(found, "learned").facts == {"value": "5 EUR"}
        assert flags(found) == {"no_opening": 1, "other_currency": 1}

    @pytest.mark.parametrize("is_told_when", [True, False])
    def test_currency_of_the_company(self, is_told_when):
        """Some amounts of HubSpot are in the currency of the company, whatever that of the deal."""
        payload, field = deal("default", "appointmentscheduled"), "amount_in_home_currency"
        payload["properties"] |= {field: "5", "deal_currency_code": "GBP"}
        said = [{"value": "5", "timestamp": "2026-03-05T10:00:00Z"}]
        payload["propertiesWithHistory"] = {field: said} if is_told_when else {}
        more = f'[crm]\nsystem = "hubspot"\ncurrency = "EUR"\n[facts]\nvalue = "{field}"\n'

        assert only(read(payload, more), "learned").facts == {"value": "5 EUR"}

    def test_currency_of_the_deal(self):
        """The deal's own currency comes first."""
        payload = deal("default", "x")
        payload["properties"] |= {"amount": "5", "deal_currency_code": "GBP"}

        for more in ("", '[crm]\nsystem = "hubspot"\ncurrency = "EUR"\n'):
            assert only(read(payload, more), "learned").facts == {"value": "5 GBP"}

    def test_a_value_that_means_nothing(self):
        """It is counted with its fact, and nothing is learned."""
        found = read(change("amount", "about five"))

        assert found.events == {}
        [unread] = found.quality.unread_facts
        assert (unread.reason, unread.count) == ("value", 1)
        assert str(unread.examples[0]) == "payload: 'about five'"

    def test_a_day_that_is_none(self):
        """So is a date that says nothing."""
        found = read(change("closedate", "soon"))

        assert found.quality.unread_facts[0].reason == "expected_close"

    def test_words_of_the_company(self):
        """The mapping says what a value means."""
        more = '[facts]\nneed_confirmed = { column = "need", values = { "Ja" = true } }\n'

        assert only(read(change("need", "Ja"), more), "learned").facts == {"need_confirmed": True}

    def test_whole_numbers(self):
        """A number of people is whole, however it is written."""
        more = '[facts]\ndecision_makers = "who"\n'

        for raw in (2, 2.0, "2", "2.0"):
            assert only(read(change("who", raw), more), "learned").facts == {"decision_makers": 2}
        assert read(change("who", "two"), more).quality.unread_facts[0].count == 1

    def test_words_come_before_numbers(self):
        """What the mapping says of a value is meant of the value as it stands."""
        more = '[facts]\ndecision_makers = { column = "who", values = { "2.0" = 5 } }\n'

        assert only(read(change("who", "2.0"), more), "learned").facts == {"decision_makers": 5}
        assert only(read(change("who", "2"), more), "learned").facts == {"decision_makers": 2}

    def test_two_facts_of_one_property(self):
        """One property may tell two facts; of these one may be unreadable."""
        more = '[facts]\nvalue = "amount"\nbuyer_knowledge = "amount"\n'

        found = read(change("amount", "some"), more)

        assert only(found, "learned").facts == {"buyer_knowledge": "some"}
        assert found.quality.unread_facts[0].reason == "value"

    def test_a_date_in_another_format(self):
        """The format of the mapping is used as it stands."""
        more = '[facts]\nexpected_close = { column = "closedate", format = "%m/%d/%Y" }\n'

        assert only(read(change("closedate", "05/29/2026"), more), "learned").facts == {
            "expected_close": dt.date(2026, 5, 29)
        }


class TestEvents:
    def test_source(self):
        """Events come from the CRM, or from what the mapping calls it."""
        plain = only(read(change("dealstage", "closedwon")), "moved")
        named = only(read(change("dealstage", "closedwon"), '[file]\nsource = "crm-eu"\n'), "moved")

        assert (plain.source, named.source) == ("hubspot", "crm-eu")
        assert named.id.startswith("crm-eu:deal:")

    def test_no_id_twice(self):
        """Two facts that differ have two ids, whatever they differ in."""
        said = [
            change("dealstage", "closedwon"),
            change("dealstage", "closedwon", AT + 1),
            change("dealstage", "closedlost", AT + 1),
            change("dealstage", "closedwon", sourceId="userId:1"),
            change("dealstage", "closedwon", objectId="8"),
        ]

        found = [only(read(payload), "moved").id for payload in said]

        assert len(set(found)) == len(said)

    def test_ignored_end(self):
        """An end of a deal may be ignored as any other value."""
        gone = {"subscriptionType": "deal.deletion", "objectId": DEAL, "occurredAt": AT}

        found = read(gone, '[values]\nignore = ["deleted"]\n')

        assert (found.events, found.quality.ignored) == ({}, {"deleted": 1})

    def test_day_of_which_only_the_date_is_known(self):
        """An instant that is a day is kept as a day."""
        found = read(change("dealstage", "closedwon", "2026-03-05"))

        moved = only(found, "moved")
        assert (moved.precision, moved.recorded_at.date()) == ("day", dt.date(2026, 3, 6))
        assert event_from_dict(moved.to_dict()) == moved
        assert flags(found)["date_only"] == 1

    def test_deal_in_another_zone(self):
        """The day of a date is one of the mapping's zone, if it names one."""
        found = read(change("dealstage", "closedwon", "2026-03-05"), '[time]\nzone = "UTC"\n')

        assert only(found, "moved").occurred_at == dt.datetime(2026, 3, 5, 12, tzinfo=dt.UTC)

    def test_out_of_range(self):
        """A placeholder for no instant is counted."""
        assert reasons(read(change("dealstage", "closedwon", "9999-12-31"))) == {"out_of_range": 1}


class TestMapping:
    def test_of_another_crm(self):
        """A mapping for one CRM does not fit the data of another."""
        with pytest.raises(LogError, match="for hubspot, and this is data of salesforce"):
            salesforce.events_of([], PROCESS, mapping(HUBSPOT))

    def test_in_the_wrong_order(self):
        """A mapping in the place of the process is refused by its name."""
        told = mapping(HUBSPOT)

        with pytest.raises(TypeError, match="process: got Mapping"):
            hubspot.events_of([], told, PROCESS)
        with pytest.raises(TypeError, match="process: got Mapping"):
            check_stages([], told, PROCESS)
        with pytest.raises(TypeError, match=r"mapping: got 'hub\.toml', expected a Mapping\. Load"):
            hubspot.events_of([], PROCESS, "hub.toml")

    def test_of_no_crm(self):
        """A mapping that names no CRM fits each."""
        plain = Mapping(stages={"closedwon": StageValue(stage="intake")})

        found = hubspot.events_of(change("dealstage", "closedwon"), PROCESS, plain)

        assert only(found, "moved").to == "intake"

    def test_that_names_what_the_process_does_not_have(self):
        """It is refused before anything is read."""
        with pytest.raises(LogError, match="no stage 'metting'; did you mean 'meeting'"):
            read([], '[stages]\nx = "metting"\n')

    def test_reasons_that_the_process_does_not_have(self):
        """The words for reasons are a closed list."""
        with pytest.raises(LogError, match="no reason 'no bugdet'; did you mean 'no budget'"):
            read([], '[reasons]\nPrice = "no bugdet"\n')

    def test_kind_of_the_process(self):
        """A kind that the process adds is as the one it is like."""
        process = load_process(
            """format = 1
[process]
id = "p"
version = "1"
[activities]
site_visit = { like = "meeting" }
[[stages]]
id = "talk"
[[stages]]
id = "won"
kind = "won"
"""
        )
        plain = parse_mapping(
            'format = 1\n[crm]\nsystem = "hubspot"\n[activities]\n"MEETING" = "site_visit"\n'
        )
        payload = {
            "id": "1",
            "properties": {"hs_meeting_title": "x", "hs_timestamp": "2026-03-06T10:00:00Z"},
            "associations": {"deals": {"results": [{"id": DEAL}]}},
            "createdAt": "2026-03-06T11:00:00Z",
        }

        found = hubspot.events_of(payload, process, plain)

        assert only(found, "activity").kind == "site_visit"
        assert flags(found) == {"no_direction": 1, "no_opening": 1, "no_participants": 1}

    def test_tables_of_the_file(self):
        """What the file says about a CRM has its place in the model."""
        found = parse_mapping(
            """format = 1
[crm]
system = "pipedrive"
pipelines = ["1", "2"]
own = ["7"]
currency = "EUR"
auto_replies = ["OOO"]
coalesce_within = "1 hour"
deal_prefix = "eu-"
[people]
7 = "dana"
[participants]
1101 = "assistant"
nobody = "internal"
[reasons]
Price = "no budget"
"""
        )

        assert found == Mapping(
            crm=Crm(
                system=System.PIPEDRIVE,
                pipelines=("1", "2"),
                own=("7",),
                currency="EUR",
                auto_replies=("OOO",),
                coalesce_within=dt.timedelta(hours=1),
                deal_prefix="eu-",
            ),
            people={"7": "dana"},
            participants={"1101": "assistant", "nobody": "internal"},
            reasons={"Price": "no budget"},
        )

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ('[crm]\nsystem = "hubspto"\n', "did you mean 'hubspot'?"),
            ("[crm]\n", "crm.system: missing"),
            ('[crm]\nsystem = "hubspot"\ncurrency = "euro"\n', "expected three capital letters"),
            ('[crm]\nsystem = "hubspot"\npipelines = "1"\n', 'Write ["1"]'),
            ("[stages]\n", "columns: missing; expected this table, or [crm]"),
            (
                '[crm]\nsystem = "hubspot"\n[[also]]\nat = "x"\nvalue = "y"\n',
                "there is no [columns]",
            ),
        ],
    )
    def test_what_is_wrong(self, text, said):
        """Each mistake is told where it is, with what was expected."""
        with pytest.raises(LogError) as caught:
            parse_mapping("format = 1\n" + text)

        assert said.replace('["1"]', "['1']") in str(caught.value)


class TestIds:
    def test_same_fact_through_two_batches(self):
        """Told alone or among others, a fact has one id."""
        alone = read(change("dealstage", "closedwon"))
        among = read([born(), change("dealstage", "closedwon"), change("amount", "5")])

        assert ids(alone)[DEAL] < ids(among)[DEAL]

"""A process made of what a CRM says of its pipeline."""

from __future__ import annotations

import contextlib
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.history.crm.support import SAMPLES, needs_samples
from tests.history.crm.test_stages import PIPELINES

from salesflow.errors import LogError
from salesflow.graph import check_process
from salesflow.history.crm import check_stages, hubspot, pipedrive, salesforce
from salesflow.history.crm.starting import SYSTEMS, start_from
from salesflow.history.crm.starting.labels import LONGEST, name_of, unlike
from salesflow.history.reading.mapping_file import parse_mapping
from salesflow.process import load_process

STAGES = [
    {
        "id": 7,
        "name": "Qualified",
        "order_nr": 2,
        "pipeline_id": 1,
        "deal_probability": 40,
        "is_deal_rot_enabled": True,
        "days_to_rotten": 14,
    },
    {
        "id": 6,
        "name": "Lead in",
        "order_nr": 1,
        "pipeline_id": 1,
        "deal_probability": False,
        "is_deal_rot_enabled": False,
        "days_to_rotten": 9,
    },
    {"id": 5, "name": "Gone", "order_nr": 3, "pipeline_id": 1, "is_deleted": True},
]
OPPORTUNITY_STAGES = {
    "totalSize": 3,
    "records": [
        {"MasterLabel": "Closed Won", "IsWon": True, "IsClosed": True, "SortOrder": 9},
        {
            "ApiName": "Needs Analysis",
            "MasterLabel": "Bedarf klären",
            "IsClosed": False,
            "DefaultProbability": 20,
            "SortOrder": 2,
        },
        {"MasterLabel": "Closed Lost", "IsWon": False, "IsClosed": True, "SortOrder": 8},
        {"MasterLabel": "Old", "IsActive": False, "SortOrder": 3},
    ],
}


def connection(transition, start, end):
    """What joins two states of a blueprint, as Zoho takes it."""
    ends = {"from_state": {"api_name": start}, "to_state": {"api_name": end}}
    return {"api_name": f"{start}_{end}", **ends, "transitions": {"api_name": transition}}


BLUEPRINT = {
    "name": "Deals",
    "states": [
        {
            "process_id": "4",
            "id": "41",
            "api_name": "New",
            "name": "New",
            "state_escalation": {"period": "business_days", "value": 5, "trigger_details": [{}]},
        },
        {"process_id": "4", "id": "42", "api_name": "Offer", "name": "Offer"},
    ],
    "transitions": [
        {"api_name": "Send", "name": "Send offer", "trigger_type": "manual"},
        {"api_name": "Resend", "name": "Resend offer"},
        {"api_name": "Again", "name": "Again"},
        {"api_name": "Lapse", "name": "Lapse", "trigger_type": "automatic"},
        {"api_name": "Elsewhere", "name": "Elsewhere"},
        {"api_name": "Unsaid", "name": "Unsaid"},
        {"name": "Half said"},
    ],
    "connections": [
        connection("Send", "New", "Offer"),
        connection("Resend", "New", "Offer"),
        connection("Again", "Offer", "Offer"),
        connection("Lapse", "Offer", "New"),
        connection("Elsewhere", "Offer", "Gone"),
        {"from_state": {"api_name": "New"}, "transitions": {"name": "Half said"}},
    ],
}
GIVEN = {
    "hubspot": PIPELINES,
    "pipedrive": STAGES,
    "salesforce": OPPORTUNITY_STAGES,
    "zoho": BLUEPRINT,
}
STAGES_OF = {"hubspot": hubspot, "pipedrive": pipedrive, "salesforce": salesforce}


def said(process):
    return [(stage.id, str(stage.kind), stage.win_probability) for stage in process.stages]


class TestStart:
    @pytest.mark.parametrize(
        ("system", "stages"),
        [
            pytest.param(
                "hubspot",
                [("appointment", "open", 0.2), ("won", "won", None), ("lost", "lost", None)],
                id="hubspot",
            ),
            pytest.param(
                "pipedrive",
                [
                    ("lead_in", "open", None),
                    ("qualified", "open", 0.4),
                    ("won", "won", None),
                    ("lost", "lost", None),
                ],
                id="pipedrive",
            ),
            pytest.param(
                "salesforce",
                [
                    ("bedarf_klaren", "open", 0.2),
                    ("closed_won", "won", None),
                    ("closed_lost", "lost", None),
                ],
                id="salesforce",
            ),
            pytest.param(
                "zoho",
                [
                    ("new", "open", None),
                    ("offer", "open", None),
                    ("won", "won", None),
                    ("lost", "lost", None),
                ],
                id="zoho",
            ),
        ],
    )
    def test_stages(self, system, stages):
        """Open stages in the CRM's order, then what it calls won and lost, or what is added."""
        assert said(load_process(start_from(system, GIVEN[system]).process)) == stages

    @pytest.mark.parametrize("system", SYSTEMS)
    def test_passes_the_checks(self, system):
        """The process has no error, and every warning of it is named in a comment."""
        text = start_from(system, GIVEN[system]).process
        found = check_process(load_process(text))

        assert "error" not in {str(finding.severity) for finding in found}
        assert {f.code for f in found if f.severity == "warning"} <= set(
            re.findall(r"SF\d{3}", text)
        )

    @pytest.mark.parametrize("system", SYSTEMS)
    def test_suggestions_are_sound(self, system):
        """What is suggested in comments is sound, and mends what the checks warn of."""
        text = start_from(system, GIVEN[system]).process
        head, rules = text.rsplit("# `salesflow check` warns", 1)
        taken = "\n".join(line.removeprefix("# ") for line in rules.splitlines()[2:] if line != "#")
        lines = [
            line.removeprefix("# ")
            if line.startswith(("# hours", "# [facts]", "# need_confirmed", "# exit"))
            else line
            for line in head.splitlines()
        ]
        process = load_process("\n".join([*lines, taken, ""]))

        codes = {finding.code for finding in check_process(process)}
        assert process.stages[0].exit[0].id == "need_confirmed"
        assert not codes & {"SF304", "SF305", "SF313"}

    @pytest.mark.parametrize("system", STAGES_OF)
    def test_mapping_goes_with_it(self, system):
        """The mapping names every stage of the CRM that is in use, by its id."""
        made = start_from(system, GIVEN[system])
        process, mapping = load_process(made.process), parse_mapping(made.mapping)
        in_use = [s for s in STAGES_OF[system].stages_of(GIVEN[system]) if s.is_active]

        assert str(mapping.crm.system) == system
        check_stages(in_use, process, mapping)

    def test_no_mapping_for_zoho(self):
        """Zoho's data is not read, so there is nothing to map."""
        assert start_from("zoho", BLUEPRINT).mapping is None

    def test_rotting_is_a_contact_gap(self):
        """Where deals rot, the stage has a contact gap; the process only warns."""
        process = load_process(start_from("pipedrive", STAGES).process)

        (gap,) = process.contact_gaps
        assert (gap.id, gap.stages, str(gap.max)) == ("rots_qualified", ("qualified",), "14 days")
        assert process.mode == "warn"

    def test_older_names_of_rotting(self):
        """The first version of the API calls it otherwise."""
        stage = {"id": 1, "name": "A", "pipeline_id": 1, "rotten_flag": True, "rotten_days": 3}
        process = load_process(start_from("pipedrive", [stage]).process)

        assert str(process.contact_gaps[0].max) == "3 days"

    def test_escalation_is_a_timer(self):
        """An escalation of a state is a timer on the stage that only tells."""
        process = load_process(start_from("zoho", BLUEPRINT).process)

        (timer,) = process.timers
        assert (timer.since, timer.stages, str(timer.after), timer.move_to) == (
            "stage",
            ("new",),
            "5 business days",
            None,
        )

    def test_transitions_are_moves(self):
        """A transition is a move; the last state also leads to what was added as won."""
        process = load_process(start_from("zoho", BLUEPRINT).process)

        assert [(m.from_stage, m.to_stage, m.title) for m in process.moves] == [
            ("new", "offer", "Send offer"),
            ("offer", "new", "Lapse"),
            ("offer", "won", ""),
        ]

    def test_nothing_is_left_out_silently(self):
        """Everything that is not taken over is a notice, and a comment in the file."""
        made = start_from("zoho", BLUEPRINT)

        for words in (
            "trigger_details: what Zoho does then",
            "transition 'Again' leads from a state to itself",
            "transition 'Lapse' is automatic",
            "transition 'Resend offer' joins the states of 'Send offer'",
            "transition 'Elsewhere' joins an unknown state",
            "transition 'Unsaid' does not say from where to where",
            "transition 'Half said' does not say from where to where",
            "does not say which stage means won",
            "does not say which stage means lost",
        ):
            assert sum(words in notice for notice in made.notices) == 1, words
            assert words in made.process
        gone = start_from("pipedrive", STAGES)
        assert "stage 'Gone' (5): deals no longer come into it" in gone.notices
        assert '# "1/5" is "Gone"' in gone.mapping

    def test_probability_that_is_none(self):
        """A probability out of range is left out with a notice; nought and one say nothing."""
        stages = [
            {"id": n, "name": f"S{n}", "pipeline_id": 1, "deal_probability": share}
            for n, share in enumerate((140, 100, 0))
        ]
        made = start_from("pipedrive", stages)

        assert [s.win_probability for s in load_process(made.process).open_stages] == [None] * 3
        assert made.notices == ("data[0].deal_probability: 140 is not a probability from 0 to 100",)

    def test_hubspots_last_places_and_losses(self):
        """The place -1 is after the rest; what is taken for a loss without being closed is said."""
        metadata = {"isClosed": "false", "probability": "0.2"}
        stages = [
            {"id": "z", "label": "Hidden", "displayOrder": -1, "metadata": metadata},
            {"id": "a", "label": "Talk", "displayOrder": 1, "metadata": metadata},
            {"id": "n", "label": "New", "displayOrder": 0, "metadata": metadata},
            {
                "id": "g",
                "label": "Gone",
                "displayOrder": 2,
                "metadata": metadata | {"probability": "0.0"},
            },
        ]
        made = start_from("hubspot", {"results": [{"id": "p", "label": "P", "stages": stages}]})
        process = load_process(made.process)

        assert [stage.id for stage in process.open_stages] == ["new", "talk", "hidden"]
        assert process.stage("gone").kind == "lost"
        assert made.notices[0].startswith("stage 'Gone' (g): HubSpot does not call it closed")
        assert made.notices[0] in made.process

    def test_length_that_is_none(self):
        """A deal that rots after no day at all, or nobody knows when, has no gap."""
        stages = [STAGES[0] | {"days_to_rotten": 0}]
        stages += [STAGES[1] | {"is_deal_rot_enabled": True, "days_to_rotten": None}]
        made = start_from("pipedrive", stages)

        assert load_process(made.process).contact_gaps == ()
        assert made.notices == ("data[0].days_to_rotten: 0 days is not a length of time; left out",)

    def test_one_of_several(self):
        """Of several pipelines one is named."""
        other = [stage | {"pipeline_id": 2, "id": stage["id"] + 10} for stage in STAGES]
        made = start_from("pipedrive", [*STAGES, *other], "2")

        assert '"2/17" = "qualified"' in made.mapping

    def test_older_answer_of_pipedrive(self):
        """Version 1 of its API says what the pipeline is called, and marks what is gone."""
        stages = [stage | {"pipeline_name": "New business"} for stage in STAGES[:2]]
        gone = {"id": 5, "name": "Gone", "pipeline_id": 1, "active_flag": False}

        made = start_from("pipedrive", [*stages, gone])

        assert made.name == "new_business"
        assert made.notices == ("stage 'Gone' (5): deals no longer come into it",)

    def test_answer_of_zoho(self):
        """Zoho answers in a list, in which the ends of connections have names of their own."""
        states = [
            {"id": "41", "api_name": "New", "pick_list_value": {"actual_value": "Neu"}},
            {"id": "42", "api_name": "Offer", "pick_list_value": {"actual_value": "Angebot"}},
        ]
        joined = {
            "source": {"state": {"id": "41"}},
            "target": {"state": {"api_name": "Offer"}},
            "transition": {"api_name": "Send", "name": "Send offer"},
        }
        blueprint = {
            "id": "4",
            "name": "Deals",
            "states": states,
            "transitions": [{"id": "9", "api_name": "Send", "name": "Send offer"}],
            "connections": [joined],
        }

        made = start_from("zoho", {"blueprints": [blueprint]})

        process = load_process(made.process)
        assert [stage.title for stage in process.stages[:2]] == ["Neu", "Angebot"]
        assert [(m.from_stage, m.to_stage, m.title) for m in process.moves] == [
            ("neu", "angebot", "Send offer"),
            ("angebot", "won", ""),
        ]
        assert not any("transition" in notice for notice in made.notices)

    @needs_samples
    def test_sample_of_zoho(self):
        """The documented shape of a state is read."""
        path = SAMPLES / "zoho" / "synth_blueprint_state.json"
        made = start_from("zoho", json.loads(path.read_text(encoding="utf-8")))

        assert [str(t.after) for t in load_process(made.process).timers] == ["5 business days"]


class TestWrong:
    @pytest.mark.parametrize(
        ("system", "data", "problems"),
        [
            pytest.param("hubspot", 3, ["data: got 3, expected an object"], id="no-object"),
            pytest.param(
                "hubspot", {}, ["data.stages: got nothing, expected a list of stages"], id="empty"
            ),
            pytest.param("salesforce", [], ["it contains no pipeline with stages"], id="no-stages"),
            pytest.param(
                "zoho", {}, ["data.states: got nothing, expected a list of states"], id="no-states"
            ),
            pytest.param(
                "zoho",
                {
                    "states": [
                        {"id": 1, "state_escalation": {"period": "months", "value": 1}},
                        {"id": 2, "state_escalation": {"period": "days", "value": "x"}},
                    ],
                    "transitions": [{"name": {}}],
                },
                [
                    (
                        "data.states[0].state_escalation.period: got 'months', expected one of "
                        "days, hours, minutes, business_days, business_hours"
                    ),
                    "data.states[1].state_escalation.value: got 'x', expected a whole number",
                    (
                        "data.transitions[0].name: got an object with nothing in it, expected "
                        "text, a number, true or false"
                    ),
                ],
                id="everything-at-once",
            ),
            pytest.param(
                "zoho",
                {"states": [], "transitions": 3},
                ["data.transitions: got 3, expected a list"],
                id="transitions-no-list",
            ),
            pytest.param(
                "pipedrive",
                [
                    {"id": 1, "name": "A", "pipeline_id": 1},
                    {"id": 1, "name": "B", "pipeline_id": 1},
                ],
                ["data[1]: the id '1' is that of data[0] as well"],
                id="one-id-twice",
            ),
            pytest.param(
                "pipedrive",
                [{"id": 1, "pipeline_id": 1}, {"id": 2, "name": "B", "pipeline_id": []}],
                [
                    "data[0].name: got nothing, expected a name",
                    "data[1].pipeline_id: got a list, expected text, a number, true or false",
                ],
                id="no-stage-that-can-be-read",
            ),
            pytest.param(
                "salesforce",
                [{"MasterLabel": "Won", "IsWon": True, "IsClosed": True}],
                ["no stage of it is open, so no deal could begin"],
                id="nothing-open",
            ),
        ],
    )
    def test_told_with_paths(self, system, data, problems):
        """Whatever is wrong is told at once, each with its path."""
        with pytest.raises(LogError) as caught:
            start_from(system, data)

        assert list(caught.value.problems) == problems

    @pytest.mark.long
    def test_longer_than_a_process_may_be(self):
        """More than a process file may hold is told as what is wrong with the file."""
        stages = [{"id": n, "name": f"{n} {'x' * 90}", "pipeline_id": 1} for n in range(3_000)]
        with pytest.raises(LogError, match=r"the process made of it: .* bytes, expected at most"):
            start_from("pipedrive", stages)

    def test_several_pipelines(self):
        """Of several pipelines none is taken by chance."""
        other = {**STAGES[0], "pipeline_id": 2, "id": 10}
        told = r"2 pipelines are in it: 1 \(Pipeline 1, 3 stages\), 2 \(Pipeline 2, 1 stage\)\. "
        with pytest.raises(LogError, match=f"{told}Name one of them as 'pipeline'"):
            start_from("pipedrive", [*STAGES, other])

    def test_pipeline_that_is_not_there(self):
        """A misspelt pipeline is told with those that there are."""
        with pytest.raises(LogError, match="no pipeline 'defalt' is in it; did you mean 'default'"):
            start_from("hubspot", PIPELINES, "defalt")

    @pytest.mark.parametrize("name", ["none", "None"])
    def test_pipeline_of_a_crm_that_names_none(self, name):
        """Salesforce's stages are one pipeline, which has no id to be named by."""
        with pytest.raises(LogError, match=f"no pipeline '{name}' is in it. Name none: it has"):
            start_from("salesforce", OPPORTUNITY_STAGES, name)

    def test_system_that_is_not_known(self):
        """A misspelt CRM is told with the one that was meant."""
        with pytest.raises(ValueError, match=r"'hubspt', expected one of .*did you mean 'hubspot'"):
            start_from("hubspt", PIPELINES)

    @pytest.mark.parametrize(
        ("system", "answer", "told"),
        [
            (
                "pipedrive",
                {"success": False, "error": "unauthorized access", "errorCode": 401},
                "data: got an error of the CRM, 'unauthorized access' (401)",
            ),
            (
                "hubspot",
                {"status": "error", "message": "No credentials", "category": "INVALID"},
                "data: got an error of the CRM, 'No credentials' (INVALID)",
            ),
            (
                "salesforce",
                [{"message": "Session\nexpired", "errorCode": "INVALID_SESSION_ID"}],
                "data[0]: got an error of the CRM, 'Session expired' (INVALID_SESSION_ID)",
            ),
            (
                "salesforce",
                {"error": "invalid_grant", "error_description": "expired token"},
                "data: got an error of the CRM, 'expired token'",
            ),
            (
                "zoho",
                {"code": "INVALID_TOKEN", "message": "invalid oauth token", "status": "error"},
                "data: got an error of the CRM, 'invalid oauth token' (INVALID_TOKEN)",
            ),
        ],
    )
    def test_error_of_the_api(self, system, answer, told):
        """An answer that is an error is told as such, with what the CRM says."""
        with pytest.raises(LogError) as caught:
            start_from(system, answer)

        assert caught.value.problems == (f"{told}, expected the data that it was asked for",)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["results", "stages", "states", "id", "label", "name", "metadata", "records"]
            )
            | st.text(max_size=4),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
labels = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=80).filter(
    str.strip
)


class TestAnyData:
    @given(st.sampled_from(SYSTEMS), anything)
    def test_hostile(self, system, data):
        """Whatever comes is either a process that loads or a `LogError`."""
        with contextlib.suppress(LogError):
            load_process(start_from(system, data).process)

    @given(st.lists(labels, min_size=1, max_size=12))
    def test_any_labels(self, names):
        """Labels in any script, twice the same or empty of letters, make names that are names."""
        stages = [{"id": n, "name": name, "pipeline_id": 1} for n, name in enumerate(names)]
        made = start_from("pipedrive", stages)
        process, mapping = load_process(made.process), parse_mapping(made.mapping)

        assert [stage.title for stage in process.open_stages] == [
            " ".join(n.split()) for n in names
        ]
        check_stages(pipedrive.stages_of(stages), process, mapping)

    @pytest.mark.parametrize(
        ("label", "name"),
        [
            ("Appointment Scheduled", "appointment_scheduled"),
            ("1st meeting", "st_meeting"),
            ("Größe & Maß", "grosse_mass"),
            ("Not", "not_"),
            ("Ждать", "otherwise"),
            ("___", "otherwise"),
            ("x" * 90, "x" * LONGEST),
        ],
    )
    def test_names(self, label, name):
        """A name has small letters, digits and underscores, and is no word of the gates."""
        assert name_of(label, "otherwise") == name

    def test_names_twice(self):
        """The second of two equal names has a number."""
        assert unlike("won", {"won"}) == "won_2"

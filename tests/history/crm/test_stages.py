"""The stages of a CRM, and mappings that leave some out or take them for something else."""

import pytest
from tests.history.crm.support import (
    HUBSPOT,
    PIPEDRIVE,
    PROCESS,
    SALESFORCE,
    mapping,
    needs_samples,
    rows,
)

from salesflow.errors import LogError
from salesflow.history.crm import CrmStage, check_stages, hubspot, pipedrive, salesforce

PIPELINES = {
    "results": [
        {
            "id": "default",
            "label": "Sales",
            "stages": [
                {
                    "id": "appointmentscheduled",
                    "label": "Appointment",
                    "metadata": {"isClosed": "false", "probability": "0.2"},
                },
                {
                    "id": "closedwon",
                    "label": "Won",
                    "metadata": {"isClosed": "true", "probability": "1.0"},
                },
                {
                    "id": "closedlost",
                    "label": "Lost",
                    "metadata": {"isClosed": "true", "probability": "0.0"},
                },
                {"id": "old", "label": "Old", "metadata": {}, "archived": True},
            ],
        }
    ]
}


@needs_samples
class TestSample:
    def test_losses_that_are_not_marked(self):
        """Older accounts mark a loss by the probability nought only."""
        stages = hubspot.stages_of(rows("hubspot/fivetran_deal_pipeline_stage_data.csv"))

        assert [str(stage.kind) for stage in stages] == [
            "won",
            "lost",
            "open",
            "open",
            "open",
            "open",
        ]


class TestStagesOf:
    def test_hubspot(self):
        """Pipelines have their stages in them."""
        stages = hubspot.stages_of(PIPELINES)

        assert [(stage.id, str(stage.kind), stage.is_active) for stage in stages] == [
            ("appointmentscheduled", "open", True),
            ("closedwon", "won", True),
            ("closedlost", "lost", True),
            ("old", "open", False),
        ]

    @pytest.mark.parametrize(
        ("row", "kind"),
        [
            pytest.param({"probability": "1.0", "is_closed": "TRUE"}, "won", id="newer-table"),
            pytest.param({"probability": 0.0, "is_closed": "TRUE"}, "lost", id="newer-loss"),
            pytest.param(
                {"probability": 0.0, "closed_won": "TRUE"}, "lost", id="closed-is-not-won"
            ),
            pytest.param({"probability": None, "closed_won": "TRUE"}, "won", id="no-probability"),
            pytest.param({"probability": 1}, "won", id="nothing-but-the-probability"),
            pytest.param({"probability": 1, "is_closed": "FALSE"}, "open", id="certain-and-open"),
        ],
    )
    def test_table_of_hubspot(self, row, kind):
        """Versions of the table say in different columns whether a stage means a win."""
        said = {"stage_id": "1", "label": "A", "pipeline_id": "p", "active": "TRUE", **row}

        [stage] = hubspot.stages_of([said])

        assert str(stage.kind) == kind

    def test_hubspot_without_a_word_on_closing(self):
        """The probability says it."""
        stages = [
            {"id": "a", "label": "A", "metadata": {"probability": probability}}
            for probability in ("0.2", "1.0", "0.0")
        ]

        found = hubspot.stages_of({"results": [{"id": "p", "label": "P", "stages": stages}]})

        assert [str(stage.kind) for stage in found] == ["open", "won", "lost"]

    def test_salesforce(self):
        """A stage is closed, and won or lost; its name is its id."""
        records = [
            {"ApiName": "Prospecting", "MasterLabel": "Prospecting", "IsActive": True},
            {"MasterLabel": "Closed Won", "IsClosed": True, "IsWon": True},
            {"master_label": "Closed Lost", "is_closed": "TRUE", "is_active": "FALSE"},
        ]

        stages = salesforce.stages_of({"records": records})

        assert [(stage.id, str(stage.kind), stage.is_active) for stage in stages] == [
            ("Prospecting", "open", True),
            ("Closed Won", "won", True),
            ("Closed Lost", "lost", False),
        ]

    def test_pipedrive(self):
        """All stages are open; won and lost stand beside them."""
        stages = pipedrive.stages_of({"data": [{"id": 1, "name": "Qualify", "pipeline_id": 7}]})

        assert [(stage.id, stage.pipeline, str(stage.kind)) for stage in stages] == [
            *(("1", "7", "open"), ("won", None, "won"), ("lost", None, "lost")),
        ]

    @pytest.mark.parametrize(
        ("read", "data"),
        [
            (hubspot.stages_of, [{"stage_id": "1", "label": "x"}]),
            (hubspot.stages_of, 7),
            (salesforce.stages_of, [{}]),
            (pipedrive.stages_of, {"data": [{"id": 1}]}),
        ],
    )
    def test_wrong(self, read, data):
        """What is no stage is told with its path."""
        with pytest.raises(LogError, match="got"):
            read(data)


class TestCheck:
    def test_fits(self):
        """Every active stage is named, by its id or with its pipeline."""
        check_stages(hubspot.stages_of(PIPELINES), PROCESS, mapping(HUBSPOT))

    def test_what_is_wrong(self):
        """Stages that are left out, and a loss that is taken for an open stage."""
        more = '[stages]\n"default/closedlost" = "meeting"\nclosedwon = "intake"\n'

        with pytest.raises(LogError) as caught:
            check_stages(hubspot.stages_of(PIPELINES), PROCESS, mapping(HUBSPOT, more))

        assert caught.value.problems == (
            "stages: 'default/appointmentscheduled' ('Appointment', open) is not named",
            "stages.'default/closedlost': 'Lost' is lost in the CRM, and 'meeting' is open",
        )

    def test_hint(self):
        """A stage that is called almost as one of the process is probably that one."""
        stages = [CrmStage(id="1", label="Proposals")]

        with pytest.raises(LogError, match="did you mean 'Proposal'"):
            check_stages(stages, PROCESS, mapping(SALESFORCE))

    def test_other_pipelines_and_ignored_stages(self):
        """Nothing is asked about pipelines that are not ours, or stages that mean nothing."""
        stages = [
            CrmStage(id="1", label="x", pipeline="9"),
            CrmStage(id="20", label="y", pipeline="7"),
        ]
        more = '[crm]\nsystem = "pipedrive"\npipelines = ["7"]\n[values]\nignore = ["20"]\n'

        check_stages(stages, PROCESS, mapping(PIPEDRIVE, more))

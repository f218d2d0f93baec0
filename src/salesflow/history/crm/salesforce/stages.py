"""Salesforce's stages of opportunities."""

from __future__ import annotations

from salesflow.history.crm.nodes import Node
from salesflow.history.crm.reading import cell, objects, row_of, understood
from salesflow.history.crm.stages import CrmStage, kind_of


def stages_of(data: object) -> tuple[CrmStage, ...]:
    """
    Return the stages of Salesforce's opportunities; their names are their ids.

    Args:
        data: Records of OpportunityStage, a page of them, or rows of a table.

    Raises:
        LogError: If something in it is not understood.
    """
    nodes = objects(Node(data, "stages"), "records")
    return understood("salesforce", lambda: tuple(stage_of(row_of(node)) for node in nodes))


def stage_of(row: Node) -> CrmStage:
    """Return a stage of OpportunityStage."""
    label, active = cell(row, "MasterLabel"), cell(row, "IsActive")
    name = cell(row, "ApiName").text() or label.word()
    return CrmStage(
        id=name,
        label=label.text() or name,
        kind=kind_of(
            is_won=cell(row, "IsWon").flag(),
            is_closed=cell(row, "IsClosed").flag(),
            probability=None,
        ),
        is_active=active.flag() if active.is_there else True,
    )

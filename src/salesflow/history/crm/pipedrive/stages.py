"""Pipedrive's stages, all of them open: a deal is won and lost beside its stage."""

from __future__ import annotations

from salesflow.history.crm.nodes import Node
from salesflow.history.crm.pipedrive.dialect import is_off
from salesflow.history.crm.reading import objects, understood
from salesflow.history.crm.records import LOST, WON
from salesflow.history.crm.stages import CrmStage
from salesflow.process.parts import StageKind

_BESIDE = (
    CrmStage(id=WON, label="Won", kind=StageKind.WON),
    CrmStage(id=LOST, label="Lost", kind=StageKind.LOST),
)


def stages_of(data: object) -> tuple[CrmStage, ...]:
    """
    Return the stages of Pipedrive's pipelines, and what a deal may be beside them.

    Args:
        data: The stages as the API gives them, or a page of them.

    Raises:
        LogError: If something in it is not understood.
    """
    nodes = objects(Node(data, "stages"), "data")
    return (*understood("pipedrive", lambda: tuple(stage_of(node) for node in nodes)), *_BESIDE)


def stage_of(node: Node) -> CrmStage:
    """Return a stage of either version of the API."""
    return CrmStage(
        id=node["id"].id(),
        label=node["name"].word(),
        pipeline=node["pipeline_id"].id(),
        is_active=not (node["is_deleted"].flag() or is_off(node["active_flag"])),
    )

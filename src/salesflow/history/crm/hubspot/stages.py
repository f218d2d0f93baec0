"""HubSpot's pipelines and their stages."""

from __future__ import annotations

from collections.abc import Iterator

from salesflow.history.crm.nodes import Node
from salesflow.history.crm.reading import cell, objects, row_of, understood
from salesflow.history.crm.stages import CrmStage, kind_of
from salesflow.process.parts import StageKind


def stages_of(data: object) -> tuple[CrmStage, ...]:
    """
    Return the stages of HubSpot's deal pipelines.

    Args:
        data: The pipelines as the CRM API gives them, or the rows of a warehouse's table
            ``deal_pipeline_stage``.

    Raises:
        LogError: If something in it is not understood.
    """
    return understood("hubspot", lambda: tuple(_stages(Node(data, "pipelines"))))


def _stages(payload: Node) -> Iterator[CrmStage]:
    for node in objects(payload, "results"):
        if node["stages"].is_there:
            yield from (stage_of(stage, node["id"].id()) for stage in node["stages"].items())
        else:
            yield _of_table(row_of(node))


def stage_of(node: Node, pipeline: str) -> CrmStage:
    """Return a stage of the CRM API."""
    metadata = node["metadata"]
    return CrmStage(
        id=node["id"].id(),
        label=node["label"].word(),
        pipeline=pipeline,
        kind=_kind(metadata["isClosed"], Node(None), metadata["probability"]),
        is_active=not node["archived"].flag(),
    )


def _of_table(row: Node) -> CrmStage:
    return CrmStage(
        id=cell(row, "stage_id").id(),
        label=cell(row, "label").word(),
        pipeline=cell(row, "pipeline_id").id(),
        kind=_kind(cell(row, "is_closed"), cell(row, "closed_won"), cell(row, "probability")),
        is_active=cell(row, "active").flag() and not cell(row, "_fivetran_deleted").flag(),
    )


def _kind(closed: Node, won: Node, probability: Node) -> StageKind:
    """
    Return what a stage is.

    HubSpot means a win by the probability 1 and a loss by 0. Older tables call a stage won that is
    closed in either way, newer ones do not have that column, and older answers say neither.
    """
    share = probability.number()
    is_closed = closed.flag() or won.flag()
    is_certain = share == 1 and (is_closed or not (closed.is_there or won.is_there))
    return kind_of(
        is_won=is_certain or (won.flag() and share != 0), is_closed=is_closed, probability=share
    )

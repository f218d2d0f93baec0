"""
The pipelines that CRMs tell of: HubSpot's, Pipedrive's, Salesforce's stages.

They are read as the APIs answer; what a CRM does not say is not guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from salesflow.history.crm.hubspot import stages as of_hubspot
from salesflow.history.crm.nodes import Node
from salesflow.history.crm.pipedrive import stages as of_pipedrive
from salesflow.history.crm.reading import cell, objects, row_of
from salesflow.history.crm.salesforce import stages as of_salesforce
from salesflow.history.crm.starting.plan import Notes, Pipeline, Seen, seen
from salesflow.history.crm.starting.zoho import zoho
from salesflow.process.parts import StageKind

_PERCENT = 100


def hubspot(data: Node, notes: Notes) -> list[Pipeline]:
    """Return HubSpot's deal pipelines, as its API for pipelines answers."""

    def pipeline(node: Node) -> Pipeline:
        if not node["stages"].is_list:
            raise node["stages"].wrong("a list of stages")
        name = node["id"].id()
        stages = notes.each(
            node["stages"].items(), lambda stage: _hubspot_stage(stage, name, notes)
        )
        return Pipeline(id=name, label=node["label"].text() or "Sales", stages=tuple(stages))

    return notes.each(objects(data, "results"), pipeline)


def _hubspot_stage(node: Node, pipeline: str, notes: Notes) -> Seen:
    stage, place = of_hubspot.stage_of(node, pipeline), node["displayOrder"]
    closed = node["metadata"]["isClosed"]
    if stage.kind is StageKind.LOST and closed.is_there and not closed.flag():
        notes.notices.append(
            f"stage {stage.label!r} ({stage.id}): HubSpot does not call it closed; it is taken for "
            "a loss, since its probability is 0"
        )
    return seen(
        stage,
        node,
        # HubSpot shows whatever has the place -1 after the rest.
        place=None if (place.number() or 0) < 0 else place.whole(),
        probability=notes.share(node["metadata"]["probability"], whole=1),
    )


def pipedrive(data: Node, notes: Notes) -> list[Pipeline]:
    """Return Pipedrive's pipelines, made of its stages; a deal is won and lost beside them."""
    found: dict[str, list[Seen]] = {}
    labels: dict[str, str] = {}

    def stage(node: Node) -> None:
        one, name = _pipedrive_stage(node, notes), node["pipeline_id"].id()
        # Only version 1 of its API says what the pipeline is called.
        labels.setdefault(name, node["pipeline_name"].text() or f"Pipeline {name}")
        found.setdefault(name, []).append(one)

    notes.each(objects(data, "data"), stage)
    return [
        Pipeline(id=name, label=labels[name], stages=tuple(stages))
        for name, stages in found.items()
    ]


def _pipedrive_stage(node: Node, notes: Notes) -> Seen:
    # Version 1 and 2 of its API call these differently.
    rots = _either(node["is_deal_rot_enabled"], node["rotten_flag"])
    days = _either(node["days_to_rotten"], node["rotten_days"])
    said = node["deal_probability"]
    # It says false where a pipeline has no probabilities.
    probability = None if said.value is False else notes.share(said, whole=_PERCENT)
    return seen(
        of_pipedrive.stage_of(node),
        node,
        place=node["order_nr"].whole(),
        probability=probability,
        rots_after=notes.span(days, days.whole(), "days") if rots.flag() else None,
    )


def _either(one: Node, other: Node) -> Node:
    return one if one.is_there else other


def salesforce(data: Node, notes: Notes) -> list[Pipeline]:
    """Return Salesforce's stages of opportunities, as one pipeline."""
    stages = notes.each(
        objects(data, "records"), lambda node: _salesforce_stage(row_of(node), notes)
    )
    return [Pipeline(id=None, label="Opportunities", stages=tuple(stages))] if stages else []


def _salesforce_stage(row: Node, notes: Notes) -> Seen:
    return seen(
        of_salesforce.stage_of(row),
        row,
        place=cell(row, "SortOrder").whole(),
        probability=notes.share(cell(row, "DefaultProbability"), whole=_PERCENT),
    )


READERS: Mapping[str, Callable[[Node, Notes], list[Pipeline]]] = {
    "hubspot": hubspot,
    "pipedrive": pipedrive,
    "salesforce": salesforce,
    "zoho": zoho,
}
"""By the name of the CRM."""

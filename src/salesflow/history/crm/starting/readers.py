"""
The pipelines that CRMs tell of: HubSpot's, Pipedrive's, Salesforce's stages, Zoho's blueprints.

What a CRM does not say is not guessed. HubSpot, Pipedrive and Salesforce are read as their APIs
answer. Of Zoho's blueprints the keys of states are confirmed, those of the ends of a transition are
not: ``from_state`` and ``to_state`` are taken if they are there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from salesflow.history.crm.nodes import Node
from salesflow.history.crm.reading import cell, objects, row_of
from salesflow.history.crm.stages import kind_of
from salesflow.history.crm.starting.plan import Notes, Pipeline, Seen, SeenMove
from salesflow.process.parts import StageKind

_PERCENT = 100


def hubspot(data: Node, notes: Notes) -> list[Pipeline]:
    """Return HubSpot's deal pipelines, as its API for pipelines answers."""

    def pipeline(node: Node) -> Pipeline:
        if not node["stages"].is_list:
            raise node["stages"].wrong("a list of stages")
        stages = notes.each(node["stages"].items(), lambda stage: _hubspot_stage(stage, notes))
        return Pipeline(
            id=node["id"].id(), label=node["label"].text() or "Sales", stages=tuple(stages)
        )

    return notes.each(objects(data, "results"), pipeline)


def _hubspot_stage(node: Node, notes: Notes) -> Seen:
    said = node["metadata"]
    probability = notes.share(said["probability"], whole=1)
    is_closed = said["isClosed"].flag()
    return Seen(
        id=node["id"].id(),
        label=node["label"].id(),
        path=node.path,
        kind=kind_of(
            is_won=is_closed and probability == 1, is_closed=is_closed, probability=probability
        ),
        place=node["displayOrder"].whole(),
        probability=probability,
        is_active=not node["archived"].flag(),
    )


def pipedrive(data: Node, notes: Notes) -> list[Pipeline]:
    """Return Pipedrive's pipelines, made of its stages; a deal is won and lost beside them."""
    found: dict[str, list[Seen]] = {}

    def stage(node: Node) -> None:
        seen = _pipedrive_stage(node, notes)
        found.setdefault(node["pipeline_id"].id(), []).append(seen)

    notes.each(objects(data, "data"), stage)
    return [
        Pipeline(id=name, label=f"Pipeline {name}", stages=tuple(stages))
        for name, stages in found.items()
    ]


def _pipedrive_stage(node: Node, notes: Notes) -> Seen:
    # Version 1 and 2 of its API call these differently.
    rots = _either(node["is_deal_rot_enabled"], node["rotten_flag"])
    days = _either(node["days_to_rotten"], node["rotten_days"])
    said = node["deal_probability"]
    # It says false where a pipeline has no probabilities.
    probability = None if said.value is False else notes.share(said, whole=_PERCENT)
    return Seen(
        id=node["id"].id(),
        label=node["name"].id(),
        path=node.path,
        place=node["order_nr"].whole(),
        probability=probability,
        rots_after=notes.span(days, days.whole(), "days") if rots.flag() else None,
        is_active=not node["is_deleted"].flag(),
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
    active = cell(row, "IsActive")
    probability = notes.share(cell(row, "DefaultProbability"), whole=_PERCENT)
    return Seen(
        id=cell(row, "ApiName").text() or cell(row, "MasterLabel").id(),
        label=cell(row, "MasterLabel").id(),
        path=row.path,
        kind=kind_of(
            is_won=cell(row, "IsWon").flag(),
            is_closed=cell(row, "IsClosed").flag(),
            probability=None,
        ),
        place=cell(row, "SortOrder").whole(),
        probability=probability,
        is_active=active.flag() if active.is_there else True,
    )


def zoho(data: Node, notes: Notes) -> list[Pipeline]:
    """Return Zoho's blueprints: each process with its states and transitions."""
    found: dict[str, list[Seen]] = {}

    def state(node: Node) -> None:
        seen = _zoho_state(node, notes)
        found.setdefault(node["process_id"].id_or_none() or "blueprint", []).append(seen)

    if not data["states"].is_list:
        notes.problems.append(str(data["states"].wrong("a list of states")))
        return []
    notes.each(data["states"].items(), state)
    read = notes.each(data["transitions"].items(), _zoho_moves(notes))
    moves = [move for each in read for move in each]
    title = data["name"].text() if data["name"].is_there else None
    pipelines = []
    for name, stages in found.items():
        ids = {stage.id for stage in stages}
        own = tuple(move for move in moves if {move.start, move.end} <= ids)
        pipelines.append(
            Pipeline(id=name, label=title or "Blueprint", stages=tuple(stages), moves=own)
        )
    every = {stage.id for stages in found.values() for stage in stages}
    for move in moves:
        if not {move.start, move.end} <= every:
            left_out = f"transition {move.title!r} joins an unknown state; left out"
            notes.notices.append(left_out)
    return pipelines


_ZOHO_UNITS = {
    "days": "days",
    "hours": "hours",
    "minutes": "minutes",
    "business_days": "business days",
    "business_hours": "business hours",
}


def _zoho_state(node: Node, notes: Notes) -> Seen:
    name, escalation = node["id"].id(), node["state_escalation"]
    period = escalation["period"].text()
    after = None
    if period is not None and period not in _ZOHO_UNITS:
        raise escalation["period"].wrong(f"one of {', '.join(_ZOHO_UNITS)}")
    if period is not None:
        after = notes.span(escalation["value"], escalation["value"].whole(), _ZOHO_UNITS[period])
    if escalation["trigger_details"].is_there:
        notes.notices.append(
            f"{escalation.path}.trigger_details: what Zoho does then is not read; "
            "say who hears of it with escalate"
        )
    label = node["name"].text()
    if label is None:
        notes.notices.append(f"{node.path}: the state {name} has no name; give it a title")
    return Seen(id=name, label=label or name, path=node.path, escalates_after=after)


def _zoho_moves(notes: Notes) -> Callable[[Node], list[SeenMove]]:
    def read(node: Node) -> list[SeenMove]:
        title = node["name"].id()
        if node["trigger_type"].text() == "automatic":
            notes.notices.append(f"transition {title!r} is automatic; here somebody makes the move")
        ends = [_end(node[key]) for key in ("from_state", "to_state")]
        if None in ends:
            notes.notices.append(f"transition {title!r} does not say from where to where; left out")
            return []
        start, end = ends
        return [SeenMove(start=str(start), end=str(end), title=title)]

    return read


def _end(node: Node) -> str | None:
    return node["id"].id_or_none() if node.is_object else node.id_or_none()


READERS: Mapping[str, Callable[[Node, Notes], list[Pipeline]]] = {
    "hubspot": hubspot,
    "pipedrive": pipedrive,
    "salesforce": salesforce,
    "zoho": zoho,
}
"""By the name of the CRM."""


def in_order(stages: tuple[Seen, ...]) -> list[Seen]:
    """Return stages as the CRM orders them: open ones, then won, then lost."""
    kinds = (StageKind.OPEN, StageKind.WON, StageKind.LOST)
    numbered = enumerate(stages)
    return [
        stage
        for _, stage in sorted(
            numbered,
            key=lambda pair: (
                kinds.index(pair[1].kind),
                pair[1].place is None,
                pair[1].place or 0,
                pair[0],
            ),
        )
    ]


def shares(probability: Decimal | None) -> Iterator[float]:
    """Yield a probability that says something about an open stage."""
    if probability is not None and 0 < probability < 1:
        yield float(probability)

"""
Zoho's blueprints: states, transitions, and the connections by which transitions join states.

A connection names its ends and its transition by their API names. Zoho answers with ``source``,
``target`` and ``transition``, and takes ``from_state``, ``to_state`` and ``transitions``: both are
read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from salesflow.history.crm.nodes import Node
from salesflow.history.crm.reading import error_of
from salesflow.history.crm.starting.plan import Notes, Pipeline, Seen, SeenMove

_UNITS = {
    "days": "days",
    "hours": "hours",
    "minutes": "minutes",
    "business_days": "business days",
    "business_hours": "business hours",
}


def zoho(data: Node, notes: Notes) -> list[Pipeline]:
    """Return Zoho's blueprints, as its API answers for one with its states and transitions."""
    if (error := error_of(data)) is not None:
        raise error
    answers = data["blueprints"]
    nodes = answers.items() if answers.is_list else (data,)
    return notes.each(nodes, lambda node: _blueprint(node, notes))


def _blueprint(node: Node, notes: Notes) -> Pipeline:
    if not node["states"].is_list:
        raise node["states"].wrong("a list of states")
    ids: dict[str, str] = {}

    def state(each: Node) -> Seen:
        seen = _state(each, notes)
        ids.update({seen.id: seen.id, each["api_name"].text() or seen.id: seen.id})
        return seen

    stages = notes.each(node["states"].items(), state)
    owner = next((each["process_id"] for each in node["states"].items()), node["id"])
    return Pipeline(
        id=node["id"].id_or_none() or owner.id_or_none() or "blueprint",
        label=node["name"].text() or "Blueprint",
        stages=tuple(stages),
        moves=tuple(_moves(node, ids, notes)),
    )


def _state(node: Node, notes: Notes) -> Seen:
    name, escalation = node["id"].id(), node["state_escalation"]
    period = escalation["period"].text()
    after = None
    if period is not None and period not in _UNITS:
        raise escalation["period"].wrong(f"one of {', '.join(_UNITS)}")
    if period is not None:
        after = notes.span(escalation["value"], escalation["value"].whole(), _UNITS[period])
    if escalation["trigger_details"].is_there:
        notes.notices.append(
            f"{escalation.path}.trigger_details: what Zoho does then is not read; "
            "say who hears of it with escalate"
        )
    label = node["name"].text() or node["pick_list_value"]["actual_value"].text()
    if label is None:
        notes.notices.append(f"{node.path}: the state {name} has no name; give it a title")
    return Seen(id=name, label=label or name, path=node.path, escalates_after=after)


def _moves(node: Node, ids: Mapping[str, str], notes: Notes) -> Iterator[SeenMove]:
    """Yield what the connections of a blueprint say; *ids* are those of its states by any name."""
    titles: dict[str, str] = {}

    def transition(each: Node) -> None:
        title = each["name"].word()
        titles[each["api_name"].text() or title] = title
        if each["trigger_type"].text() == "automatic":
            notes.notices.append(f"transition {title!r} is automatic; here somebody makes the move")

    notes.each(node["transitions"].items(), transition)
    joined = set()
    for name, start, end in notes.each(node["connections"].items(), _connection):
        if start is None or end is None:
            continue
        joined.add(name)
        title = titles.get(name, name)
        if start in ids and end in ids:
            yield SeenMove(start=ids[start], end=ids[end], title=title)
        else:
            notes.notices.append(f"transition {title!r} joins an unknown state; left out")
    for name, title in titles.items():
        if name not in joined:
            notes.notices.append(f"transition {title!r} does not say from where to where; left out")


def _connection(node: Node) -> tuple[str, str | None, str | None]:
    """Return the transition of a connection, and the states that it leads from and to."""
    named, start, end = node["transition"], node["source"]["state"], node["target"]["state"]
    if not named.is_there:
        named, start, end = node["transitions"], node["from_state"], node["to_state"]
    ends = [state["api_name"].text() or state["id"].id_or_none() for state in (start, end)]
    return named["api_name"].text() or named["name"].word(), ends[0], ends[1]

"""How Pipedrive calls things."""

from __future__ import annotations

from salesflow.events import Status, Way
from salesflow.history.crm.context import Dialect
from salesflow.history.crm.nodes import Node
from salesflow.history.reading.mapping import ActivityValue, System

MAIL, NOTE = "mail", "note"
"""What is no activity of its own there: synchronised mail, and notes."""
DONE, TO_DO = "done", "to_do"

DIALECT = Dialect(
    system=System.PIPEDRIVE,
    stage="stage_id",
    pipeline="pipeline_id",
    owner="owner_id",
    currency="currency",
    activities={
        "call": ActivityValue(kind="call"),
        "meeting": ActivityValue(kind="meeting"),
        "lunch": ActivityValue(kind="meeting"),
        "email": ActivityValue(kind="email", direction=Way.OUT),
        "task": ActivityValue(kind="task"),
        "deadline": ActivityValue(kind="task"),
        MAIL: ActivityValue(kind="email"),
        NOTE: ActivityValue(kind="note"),
    },
    statuses={DONE: Status.DONE, TO_DO: Status.PLANNED},
    is_utc=True,
)

_OLD_NAMES = {"owner_id": ("owner_id", "user_id"), "is_deleted": ("is_deleted", "deleted")}


def field_of(node: Node, name: str) -> Node:
    """Return a field of a deal, wherever its version of the API has it."""
    for known in _OLD_NAMES.get(name, (name,)):
        if node[known].is_there:
            return node[known]
    custom = node["custom_fields"]
    return custom[name] if custom[name].is_there else node[name]


def value_of(node: Node) -> str | None:
    """Return a value as text; of an object (an amount, a person) what it has for a value."""
    return plain(node).text()


def is_off(node: Node) -> bool:
    """Return whether a flag says no; one that is not there says nothing."""
    return node.is_there and not node.flag()


def plain(node: Node) -> Node:
    """Return the node that has the plain value of a field."""
    if not node.is_object:
        return node
    return node["value"] if "value" in node.fields() else node["id"]

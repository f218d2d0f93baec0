"""How Salesforce calls things."""

from __future__ import annotations

from collections.abc import Mapping as Named
from typing import TypeVar

import attrs

from salesflow.events import Status, Way
from salesflow.history.crm.context import Context, Dialect
from salesflow.history.crm.nodes import Node
from salesflow.history.reading.mapping import ActivityValue, System

T = TypeVar("T")

_CALL = ActivityValue(kind="call")
_EMAIL = ActivityValue(kind="email")
_MEETING = ActivityValue(kind="meeting")

INTERNAL_CALL = "Task/Internal"
"""A call among ourselves."""
EMAIL = "EmailMessage"
"""What an email is called that is more than a task."""

DIALECT = Dialect(
    system=System.SALESFORCE,
    stage="StageName",
    pipeline="RecordTypeId",
    owner="OwnerId",
    currency="CurrencyIsoCode",
    activities={
        EMAIL: _EMAIL,
        "Task/Call": _CALL,
        "Task/Email": _EMAIL,
        "Task/ListEmail": ActivityValue(kind="email", direction=Way.OUT),
        "Task/Task/Call": _CALL,
        "Task/Task/Email": _EMAIL,
        "Task/Task/Meeting": _MEETING,
        INTERNAL_CALL: ActivityValue(kind="task"),
        "Task": ActivityValue(kind="task"),
        "Event/Call": _CALL,
        "Event": _MEETING,
    },
    statuses={
        "Not Started": Status.PLANNED,
        "In Progress": Status.PLANNED,
        "Waiting on someone else": Status.PLANNED,
        "Deferred": Status.PLANNED,
        "Completed": Status.DONE,
        # What IsClosed says, for statuses that a company has added.
        "open": Status.PLANNED,
        "closed": Status.DONE,
    },
)

_SHORT = 15
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
OPPORTUNITY = "006"
"""How the ids of opportunities begin."""
USER = "005"
"""How the ids of users begin."""
RECORD_TYPE = "012"
"""How the ids of record types begin."""


def whole_id(text: str) -> str:
    """
    Return an id with all of its 18 characters.

    Exports have 15, which differ in upper and lower case only; the other three say which of them
    are capital letters.

    >>> whole_id("0061G00000N38JZ")
    '0061G00000N38JZQAZ'
    """
    if len(text) != _SHORT or not text.isascii() or not text.isalnum():
        return text
    tail = ""
    for start in range(0, _SHORT, 5):
        capitals = sum(text[start + bit].isupper() << bit for bit in range(5))
        tail += _ALPHABET[capitals]
    return text + tail


def id_in(node: Node) -> str:
    """
    Return the id that stands in a node.

    Raises:
        MalformedError: If there is none.
    """
    return whole_id(node.id())


def id_or_none(node: Node) -> str | None:
    """Return the id that stands in a node, if one does."""
    found = node.id_or_none()
    return None if found is None else whole_id(found)


def with_whole_ids(context: Context) -> Context:
    """Return a context whose mapping knows each id that it names with all of its characters."""
    mapping, crm = context.mapping, context.crm
    return attrs.evolve(
        context,
        mapping=attrs.evolve(
            mapping,
            # A stage may stand behind its record type.
            stages=_by_whole_id(mapping.stages, mapping.joined_with),
            people=_by_whole_id(mapping.people),
            participants=_by_whole_id(mapping.participants),
        ),
        crm=attrs.evolve(
            crm,
            pipelines=tuple(_by_whole_id(dict.fromkeys(crm.pipelines))),
            own=tuple(_by_whole_id(dict.fromkeys(crm.own))),
        ),
    )


def _by_whole_id(named: Named[str, T], separator: str = "/") -> dict[str, T]:
    """Return what is named as it is, and by the whole id that its name begins with."""
    whole = {}
    for name, value in named.items():
        first, *rest = name.split(separator)
        whole[separator.join((whole_id(first), *rest))] = value
    return {**whole, **named}

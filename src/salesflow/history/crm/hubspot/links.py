"""
Which activities HubSpot's deals name as theirs.

An activity that was read by its id, or found by a search, does not say to which deals it belongs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from salesflow.history.crm.nodes import Node
from salesflow.history.crm.reading import goes_on, ids_of
from salesflow.history.crm.records import Leftover, Link, Record, Work

_LISTS = ("calls", "communications", "emails", "meetings", "notes", "tasks")


def ids_in(listed: Node) -> tuple[str, ...]:
    """Return the ids of what an object is associated with, in both versions of the API."""
    items = listed["results"].items()
    return ids_of(item["id"] if item["id"].is_there else item["toObjectId"] for item in items)


def links(node: Node, deal: str) -> Iterator[Record]:
    """Yield the activities that a deal names."""
    for name in _LISTS:
        listed = node["associations"][name]
        for activity in ids_in(listed):
            yield Link(activity=activity, deal=deal)
        if goes_on(listed):
            yield Leftover(path=listed.path, reason="partial", what=f"{name} of deal {deal}")


def linked(records: Iterable[Record]) -> list[Record]:
    """Return records in which activities belong to the deals that name them, too."""
    said = list(records)
    deals: dict[str, set[str]] = {}
    for record in said:
        if isinstance(record, Link):
            deals.setdefault(record.activity, set()).add(record.deal)
    return [
        _with(record, deals.get(record.id, set())) if isinstance(record, Work) else record
        for record in said
        if not isinstance(record, Link)
    ]


def _with(work: Work, deals: set[str]) -> Work:
    return attrs.evolve(work, deals=tuple(sorted({*work.deals, *deals}))) if deals else work

"""HubSpot's webhooks: one change each, with the new value only, in any order."""

from __future__ import annotations

from collections.abc import Iterator

from salesflow.history.crm.context import Context
from salesflow.history.crm.hubspot.activities import ACTIVITY_TYPES
from salesflow.history.crm.hubspot.deals import signature
from salesflow.history.crm.nodes import Node
from salesflow.history.crm.reading import ignored
from salesflow.history.crm.records import (
    DELETED,
    LIFE,
    MERGED,
    RESTORED,
    Born,
    Change,
    Leftover,
    Merge,
    Record,
)
from salesflow.history.crm.times import Moment

_DEAL_TYPES = frozenset({"deal", "0-3"})


def webhook(node: Node, context: Context) -> Iterator[Record]:
    """Yield what a webhook says; it has the new value only, and comes in any order."""
    kind = node["subscriptionType"].id()
    thing, _, what = kind.partition(".")
    if thing == "object":
        thing = node["objectTypeId"].id()
    if thing in ACTIVITY_TYPES:
        yield Leftover(path=node.path, reason="partial", what=f"{kind} of {ACTIVITY_TYPES[thing]}")
    elif thing not in _DEAL_TYPES or what not in _WEBHOOKS:
        yield ignored(node, kind)
    else:
        at = node["occurredAt"].moment(context.clock)
        if at is None:
            raise node["occurredAt"].wrong("the instant of the change")
        yield from _WEBHOOKS[what](node, at, context)


def _creation(node: Node, at: Moment, _context: Context) -> Iterator[Record]:
    deal_id = node["objectId"].id()
    yield Born(path=node.path, deal=deal_id, at=at, **signature(node["sourceId"]))


def _property_change(node: Node, at: Moment, context: Context) -> Iterator[Record]:
    deal_id, field = node["objectId"].id(), node["propertyName"].id()
    if field not in context.wanted:
        yield ignored(node, field)
        return
    yield Change(
        path=node.path,
        deal=deal_id,
        field=field,
        value=node["propertyValue"].text(),
        at=at,
        **signature(node["sourceId"]),
    )


def _deletion(node: Node, at: Moment, _context: Context) -> Iterator[Record]:
    yield _life(node, node["objectId"].id(), DELETED, at)


def _restore(node: Node, at: Moment, _context: Context) -> Iterator[Record]:
    yield _life(node, node["objectId"].id(), RESTORED, at)


def _merge(node: Node, at: Moment, _context: Context) -> Iterator[Record]:
    """Yield the merge, and the end of every deal that is no more."""
    primary = node["primaryObjectId"].id()
    into = node["newObjectId"].id_or_none() or primary
    parts = [primary, *(item.id() for item in node["mergedObjectIds"].items())]
    gone = tuple(dict.fromkeys(item for item in parts if item != into))
    yield Merge(path=node.path, gone=gone, into=into)
    for item in gone:
        yield _life(node, item, MERGED, at)


def _life(node: Node, deal_id: str, value: str, at: Moment) -> Change:
    return Change(
        path=node.path,
        deal=deal_id,
        field=LIFE,
        value=value,
        at=at,
        **signature(node["sourceId"]),
    )


_WEBHOOKS = {
    "creation": _creation,
    "propertyChange": _property_change,
    "deletion": _deletion,
    "privacyDeletion": _deletion,
    "restore": _restore,
    "merge": _merge,
}

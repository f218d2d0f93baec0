"""HubSpot's deals as the CRM API gives them, with their history where that was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeGuard

import attrs

from salesflow.history.crm.context import Context
from salesflow.history.crm.hubspot.dialect import DIALECT
from salesflow.history.crm.hubspot.links import links
from salesflow.history.crm.nodes import Node, first_moment
from salesflow.history.crm.openings import AT_ONCE
from salesflow.history.crm.present import ended, present
from salesflow.history.crm.reading import attempt, ignored
from salesflow.history.crm.records import DELETED, MERGED, Born, Change, Merge, Record
from salesflow.history.crm.times import Moment

_ENTERED = "hs_v2_date_entered_"
_USER = "userId:"
_HOME = "_in_home_currency"
"""How the names of properties end that are not in the currency of the deal."""


def is_deal(node: Node) -> bool:
    """Return whether an object is a deal."""
    names = {*node["properties"].names(), *node["propertiesWithHistory"].names()}
    return bool(names & {"dealstage", "dealname", "pipeline"})


def deal(node: Node, context: Context) -> Iterator[Record]:
    """Yield what a deal of the CRM API says, with its history if that was asked for."""
    name, properties = node["id"].id(), node["properties"]
    yield from attempt(_born, node, name, context)
    currency = properties[DIALECT.currency].text()
    past: list[Record] = []
    history = node["propertiesWithHistory"]
    for field in history.names():
        past += attempt(_history, history[field], name, field, currency, context)
    past += _earlier(attempt(_visits, properties, name, context), past)
    yield from past
    for field in sorted(context.wanted & {*properties.names()}):
        if field == DIALECT.stage or not _tells(past, field):
            yield from attempt(_present, node, name, field, currency, context)
    yield from attempt(_merged, node, name, context)
    yield from attempt(links, node, name)
    if node["archived"].flag():
        yield from attempt(_archived, node, name, context)


def _tells(records: list[Record], field: str) -> bool:
    return any(_is_change(record, field) for record in records)


def _is_change(record: Record, field: str) -> TypeGuard[Change]:
    return isinstance(record, Change) and record.field == field


def _earlier(visits: list[Record], past: list[Record]) -> list[Record]:
    """Return the visits from before a history that may have been cut short: it tells the others."""
    told = [record.at.at for record in past if _is_change(record, DIALECT.stage)]
    return [
        visit
        for visit in visits
        if not (told and isinstance(visit, Change)) or visit.at.at < min(told) - AT_ONCE
    ]


def _born(node: Node, name: str, context: Context) -> Iterator[Record]:
    created = _created(node, context)
    if created is not None:
        yield Born(path=node.path, deal=name, at=created)


def _created(node: Node, context: Context) -> Moment | None:
    return first_moment((node["createdAt"], node["properties"]["createdate"]), context.clock)


def _seen(node: Node, context: Context) -> Moment | None:
    """Return the instant as of which an object says what it says."""
    changed = (node["updatedAt"], node["properties"]["hs_lastmodifieddate"])
    return first_moment(changed, context.clock)


def _history(
    node: Node, name: str, field: str, currency: str | None, context: Context
) -> Iterator[Record]:
    """Yield the values that a property had."""
    if field in context.wanted:
        # The latest comes first.
        for order, entry in enumerate(reversed([*node.items()])):
            for record in attempt(_value, entry, name, field, currency, context):
                if isinstance(record, Change):
                    yield attrs.evolve(record, order=(order, ""))
                else:
                    yield record
    else:
        yield from (ignored(entry, field) for entry in (node.items() if node.is_list else [node]))


def _value(
    node: Node, name: str, field: str, currency: str | None, context: Context
) -> Iterator[Record]:
    """Yield one value of the history of a property."""
    at = node["timestamp"].moment(context.clock)
    if at is None:
        raise node["timestamp"].wrong("the instant of the change")
    yield Change(
        path=node.path,
        deal=name,
        field=field,
        value=node["value"].text(),
        at=at,
        currency=currency_of(field, currency),
        **signature(node["sourceId"]),
    )


def currency_of(field: str, currency: str | None) -> str | None:
    """Return the currency of a property of a deal that has this one; None: it is not told."""
    return None if field.endswith(_HOME) else currency


def in_currency_of_deal(context: Context) -> frozenset[str]:
    """Return the properties that hold facts, without those in the currency of the company."""
    return frozenset(field for field in context.facts if not field.endswith(_HOME))


def signature(source: Node) -> dict[str, Any]:
    """Return by whom and by what a change is signed."""
    text = source.text()
    if text is None:
        return {}
    return {"by": text if text.startswith(_USER) else None, "signed": (text,)}


def _visits(node: Node, name: str, context: Context) -> Iterator[Record]:
    """Yield the stages that a deal entered, of which only the latest visit of each is told."""
    for key in node.names():
        if key.startswith(_ENTERED):
            yield from attempt(_visit, node, name, key, context)


def _visit(node: Node, name: str, key: str, context: Context) -> Iterator[Record]:
    at = node[key].moment(context.clock)
    stage = key.removeprefix(_ENTERED)
    value = node[DIALECT.stage].text() if stage == "current_stage" else stage
    if at is not None and value is not None:
        yield Change(path=node[key].path, deal=name, field=DIALECT.stage, value=value, at=at)


def _present(
    node: Node, name: str, field: str, currency: str | None, context: Context
) -> Iterator[Record]:
    """Yield the present value of a property."""
    found = node["properties"][field]
    at = _seen(node, context) or _created(node, context)
    known = currency_of(field, currency)
    yield from present(found, name, field, found.text(), at, currency=known)


def _merged(node: Node, name: str, context: Context) -> Iterator[Record]:
    """Yield the deals that have become part of this one, if that was asked for; not since when."""
    said = node["properties"]["hs_merged_object_ids"]
    gone = tuple(filter(None, (item.strip() for item in (said.text() or "").split(";"))))
    if gone:
        yield Merge(path=said.path, gone=gone, into=name)
    for item in gone:
        yield from ended(said, item, MERGED, _seen(node, context))


def _archived(node: Node, name: str, context: Context) -> Iterator[Record]:
    """Yield the deletion of a deal, which HubSpot calls archived."""
    at = node["archivedAt"].moment(context.clock) or _seen(node, context)
    yield from ended(node, name, DELETED, at)

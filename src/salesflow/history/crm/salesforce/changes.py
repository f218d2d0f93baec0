"""Salesforce's change events: what changed in one or several records, as it was committed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from salesflow.history.crm.context import Context
from salesflow.history.crm.nodes import Node, first_moment
from salesflow.history.crm.reading import cell, folded, ignored, row_of
from salesflow.history.crm.records import (
    DELETED,
    LIFE,
    RESTORED,
    Born,
    Change,
    Leftover,
    Record,
)
from salesflow.history.crm.salesforce.activities import calendar_event, task
from salesflow.history.crm.salesforce.dialect import DIALECT, EMAIL, id_in, id_or_none
from salesflow.history.crm.salesforce.opportunities import text_of, wanted
from salesflow.history.crm.times import Moment

HEADER = "ChangeEventHeader"
_CLIENT = re.compile(r"client=([^;]+)")
_BITMAP = "0x"
"""How a list of fields begins that has not been decoded with the schema of the event."""
_ANY = "*"
"""Stands for all records of an object."""
_READERS = {"Task": task, "Event": calendar_event}
"""What is told as a whole when it is created; an email is linked to its task only later."""
_SYSTEM = frozenset({"LastModifiedDate", "LastModifiedById", "SystemModstamp", "CreatedDate"})
"""Fields that say when and by whom, and nothing else."""


def change_event(node: Node, context: Context) -> Iterator[Record]:
    """Yield what a change event says about each of its records."""
    header = node[HEADER]
    entity, kind = header["entityName"].id(), header["changeType"].id()
    if entity not in {"Opportunity", EMAIL, *_READERS}:
        yield ignored(node, f"{kind} of {entity}")
        return
    records = list(header["recordIds"].items())
    if not records:
        raise header["recordIds"].wrong("the ids of the records")
    for item in records:
        name = id_in(item)
        if _ANY in name or kind.startswith("GAP_"):
            yield Leftover(path=item.path, reason="partial", what=f"{kind} of {entity} {name}")
        elif entity == "Opportunity":
            yield from _of_opportunity(node, name, kind, context)
        elif kind == "CREATE" and entity in _READERS:
            yield from _of_activity(node, entity, name, context)
        else:
            yield Leftover(path=item.path, reason="partial", what=f"{kind} of {entity} {name}")


def _of_activity(node: Node, entity: str, name: str, context: Context) -> Iterator[Record]:
    """Yield a new task or event: only its creation says all of it."""
    at = _committed(node, context)
    own = {"id": name, "createddate": at.at, "lastmodifieddate": at.at}
    said = {folded(str(key)): value for key, value in node.fields().items()}
    row = Node({**own, **said, "id": name}, node.path)
    yield from _READERS[entity](row, context)


def _of_opportunity(node: Node, name: str, kind: str, context: Context) -> Iterator[Record]:
    row, at = row_of(node), _committed(node, context)
    if kind in {"DELETE", "UNDELETE"}:
        value = DELETED if kind == "DELETE" else RESTORED
        yield _change(node, name, LIFE, value, at)
        return
    if kind == "CREATE":
        yield _born(node, row, name, at)
    else:
        yield from _nulled(node, name, at, context)
    for field in _changed(node):
        known, found = wanted(field, context), cell(row, field)
        if known is None:
            yield ignored(found, field)
        elif found.is_there and not (kind == "CREATE" and known in _SAID_AT_BIRTH):
            yield _change(node, name, known, text_of(found, known), at)


_SAID_AT_BIRTH = frozenset({DIALECT.stage, DIALECT.owner})


def _born(node: Node, row: Node, name: str, at: Moment) -> Born:
    by, signed = _signature(node)
    return Born(
        path=node.path,
        deal=name,
        at=at,
        stage=cell(row, DIALECT.stage).text(),
        owner=id_or_none(cell(row, DIALECT.owner)),
        pipeline=id_or_none(cell(row, DIALECT.pipeline)),
        by=by,
        signed=signed,
    )


def _change(node: Node, name: str, field: str, value: str | None, at: Moment) -> Change:
    by, signed = _signature(node)
    return Change(
        path=f"{node.path}.{field}",
        deal=name,
        field=field,
        value=value,
        at=at,
        by=by,
        currency=cell(row_of(node), DIALECT.currency).text(),
        order=_order(node[HEADER]),
        signed=signed,
    )


def _changed(node: Node) -> Iterator[str]:
    """Yield the fields that an event is about: those it has a value of."""
    for field in node.names():
        if field != HEADER and field not in _SYSTEM and node[field].is_there:
            yield field


def _nulled(node: Node, name: str, at: Moment, context: Context) -> Iterator[Record]:
    """Yield the fields that were emptied; a list that was not decoded does not say which."""
    for item in node[HEADER]["nulledFields"].items():
        field = item.id()
        known = wanted(field, context)
        if field.startswith(_BITMAP):
            yield Leftover(path=item.path, reason="partial", what=f"emptied fields of {name}")
        elif known is None:
            yield ignored(item, field)
        else:
            yield _change(node, name, known, None, at)


def _committed(node: Node, context: Context) -> Moment:
    """
    Return when a change happened.

    Histories count in seconds, as these fields do; the commit itself is told in milliseconds.
    """
    kind = node[HEADER]["changeType"].text()
    names = ("CreatedDate", "LastModifiedDate") if kind == "CREATE" else ("LastModifiedDate",)
    committed = node[HEADER]["commitTimestamp"]
    at = first_moment((*(node[name] for name in names), committed), context.clock)
    if at is None:
        raise committed.wrong("the instant of the change")
    return at


def _signature(node: Node) -> tuple[str | None, tuple[str, ...]]:
    """Return by whom and by what a change is signed."""
    header = node[HEADER]
    by = id_or_none(header["commitUser"])
    client = _CLIENT.search(header["changeOrigin"].text() or "")
    found = (by, None if client is None else client[1])
    return by, tuple(item for item in found if item is not None)


def _order(header: Node) -> tuple[int, str]:
    """Return the place of an event among those of one instant."""
    number, step = header["commitNumber"].text() or "", header["sequenceNumber"].text() or ""
    return len(number), f"{number} {step.zfill(9)}"

"""Salesforce's data as its APIs, change events and exports give it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import attrs

from salesflow.history.crm.context import Context, context_of
from salesflow.history.crm.currencies import with_currencies
from salesflow.history.crm.nodes import Node
from salesflow.history.crm.reading import (
    Page,
    Rows,
    attempt,
    cell,
    cut_short,
    folded,
    ignored,
    pages,
    row_of,
    rows_of,
)
from salesflow.history.crm.records import Born, Change, Record
from salesflow.history.crm.salesforce.activities import calendar_event, task
from salesflow.history.crm.salesforce.changes import HEADER, change_event
from salesflow.history.crm.salesforce.dialect import DIALECT, EMAIL, whole_id, with_whole_ids
from salesflow.history.crm.salesforce.emails import email, with_their_tasks
from salesflow.history.crm.salesforce.opportunities import field_history, history, opportunity
from salesflow.history.crm.translation import Translation, translate
from salesflow.history.reading.mapping import Mapping as MappingFile
from salesflow.process.model import Process

_READERS: dict[str, Callable[[Node, Context], Iterator[Record]]] = {
    "Opportunity": opportunity,
    "OpportunityHistory": history,
    "OpportunityFieldHistory": field_history,
    "Task": task,
    "Event": calendar_event,
    EMAIL: email,
}
_BESIDE = tuple(name for name in _READERS if name != "Opportunity")
"""What is read before the opportunities, of which it may tell the stages."""


def events_of(payload: object, process: Process, mapping: MappingFile) -> Translation:
    """
    Return what Salesforce says as events.

    Args:
        payload: Data as `json.loads` gives it: records of a query, which say in ``attributes.type``
            what they are (Opportunity, OpportunityHistory, OpportunityFieldHistory, Task, Event,
            EmailMessage), a page of them (``records``), a change event, or a list of all of these.
            Give emails and tasks together.

        process: Whose stages, activities and facts the mapping names.

        mapping: What record types, stages, fields, users and kinds of activity mean.

    Raises:
        PayloadError: If something is not understood, with the translation of the rest.
        LogError: If the mapping is for another CRM, or names what the process does not have.
    """
    context = with_whole_ids(context_of(DIALECT, mapping, process))
    found = [page for each in pages(Node(payload), "records") for page in _with_related(each)]
    nodes = [node for page in found for node in page.items]
    records = [record for node in nodes for record in attempt(_records_of, node, context)]
    return translate(
        _whole(records, context),
        len(nodes),
        context,
        cut_short=cut_short(found, lambda page: _type(page.items[0])),
    )


def _whole(records: list[Record], context: Context) -> list[Record]:
    """Return records in which each has what another one knows of it."""
    return with_currencies(with_their_tasks(records), context.facts)


def _with_related(page: Page) -> Iterator[Page]:
    """Yield a page, and the lists that its opportunities have of what belongs to them."""
    yield page
    for node in filter(_is_opportunity, page.items):
        own = dict.fromkeys(("OpportunityId", "WhatId", "RelatedToId"), node["Id"].value)
        for name in node.names():
            for related in pages(node[name], "records"):
                if related.is_list:
                    items = tuple(_of_parent(item, own) for item in related.items)
                    yield attrs.evolve(related, items=items)


def _is_opportunity(node: Node) -> bool:
    attributes = node["attributes"] if node.is_object else node
    return attributes.is_object and attributes["type"].value == "Opportunity"


def _of_parent(node: Node, own: Mapping[str, object]) -> Node:
    """Return a record of a related list, which need not say what it belongs to."""
    return Node({**node.fields(), **own}, node.path) if node.is_object else node


def _type(node: Node) -> str | None:
    """Return of which object a record is."""
    return node["attributes"]["type"].text()


def _records_of(node: Node, context: Context) -> Iterator[Record]:
    """Yield what an object says, whatever it is."""
    if not node.is_object:
        raise node.wrong("an object, as json.loads gives it")
    inner = node["payload"] if node["payload"].is_object else node
    kind = _type(node)
    if inner[HEADER].is_there:
        yield from change_event(inner, context)
    elif kind is None:
        raise node["attributes"].wrong(
            "the type of the record, or a change event around it; rows without it are a table"
        )
    elif kind in _READERS:
        yield from _READERS[kind](row_of(node), context)
    else:
        yield ignored(node, kind)


def events_of_tables(
    tables: Mapping[str, Rows], process: Process, mapping: MappingFile
) -> Translation:
    """
    Return what an export of Salesforce, or a warehouse's copy, says as events.

    Args:
        tables: Rows by the name of their object, as Salesforce writes it or in small letters with
            underscores: ``opportunity``, ``opportunity_history``, ``opportunity_field_history``,
            ``task``, ``event``, ``email_message``. Rows are mappings from column to value. Give
            each table whole: a stage that ``opportunity_history`` does not speak of has never
            changed. ``opportunity_field_history`` says so only where it has the creation, too, and
            stages are tracked at all.

        process: Whose stages, activities and facts the mapping names.

        mapping: What record types, stages, fields, users and kinds of activity mean.

    Raises:
        PayloadError: If a row is not understood, with the translation of the rest.
        LogError: If a table is not known, or the mapping does not fit.
    """
    context = with_whole_ids(context_of(DIALECT, mapping, process))
    found = rows_of(tables, _READERS)
    records: list[Record] = []
    for name in _BESIDE:
        for row in found.get(folded(name), ()):
            records += attempt(_reader(name, row), row, context)
    first = _first_stages(records, whole="opportunityhistory" in found)
    for row in found.get("opportunity", ()):
        records += attempt(_opportunity, row, first, context)
    rows = sum(len(rows) for rows in found.values())
    return translate(_whole(records, context), rows, context)


def _reader(name: str, row: Node) -> Callable[[Node, Context], Iterator[Record]]:
    """Return the reader of a row; some warehouses call all versions of a row its history."""
    if name == "OpportunityHistory" and not cell(row, "OpportunityId").is_there:
        return opportunity
    return _READERS[name]


@attrs.frozen
class _FirstStages:
    """
    Of which opportunities the histories say that they are in their first stage still.

    Args:
        moved: Those whose stages a history tells.

        told: Those whose history is here from their creation on. None: all of them.
    """

    moved: frozenset[str]
    told: frozenset[str] | None

    def has(self, deal: str) -> bool:
        """Return whether an opportunity is known never to have changed its stage."""
        return deal not in self.moved and (self.told is None or deal in self.told)


def _first_stages(records: Iterable[Record], *, whole: bool) -> _FirstStages:
    """
    Return what histories say about stages that never changed.

    Args:
        records: What the histories say.

        whole: Whether the history is here that is kept for good, and for every opportunity. The
            history of fields is deleted after some time, and has stages only if they are tracked.
    """
    said = list(records)
    moved = frozenset(
        item.deal for item in said if isinstance(item, Change) and item.field == DIALECT.stage
    )
    born = frozenset(item.deal for item in said if isinstance(item, Born))
    return _FirstStages(moved, None if whole else born if moved else frozenset())


def _opportunity(row: Node, first: _FirstStages, context: Context) -> Iterator[Record]:
    name = cell(row, "Id").text()
    is_unchanged = name is not None and first.has(whole_id(name))
    yield from opportunity(row, context, is_unchanged=is_unchanged)

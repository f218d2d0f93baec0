"""
HubSpot as it stands in a warehouse: tables of deals, their history, and engagements.

They are called as Fivetran calls them; tables of Airbyte and dlt are read as well.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping

import attrs

from salesflow.history.crm.context import Context, context_of
from salesflow.history.crm.currencies import with_currencies
from salesflow.history.crm.hubspot.activities import UNDIRECTED, activity
from salesflow.history.crm.hubspot.deals import currency_of, in_currency_of_deal, signature
from salesflow.history.crm.hubspot.dialect import DIALECT
from salesflow.history.crm.nodes import Node, first_moment
from salesflow.history.crm.present import ended, present
from salesflow.history.crm.reading import Rows, attempt, cell, folded, ids_of, ignored, rows_of
from salesflow.history.crm.records import DELETED, MERGED, Born, Change, Merge, Record
from salesflow.history.crm.times import Moment
from salesflow.history.crm.translation import Translation, translate
from salesflow.history.reading.mapping import Mapping as MappingFile
from salesflow.process.model import Process

_ENGAGEMENTS = {
    "engagement_call": "CALL",
    "engagement_meeting": "MEETING",
    "engagement_email": UNDIRECTED,
    "engagement_note": "NOTE",
    "engagement_task": "TASK",
    "engagement_communication": "COMMUNICATION",
}
_LINKS = ("engagement_deal", "engagement_contact")
_BESIDE = (
    "company",
    "contact",
    "deal_company",
    "deal_contact",
    "deal_pipeline",
    "deal_pipeline_stage",
    "engagement",
    "engagement_company",
    "owner",
)
"""Tables that are known, and say nothing about when anything happened to a deal."""
_ALSO = {
    "companies": "company",
    "contacts": "contact",
    "deal_pipelines": "deal_pipeline",
    "deals": "deal",
    "deals_archived": "deal",
    "deals_property_history": "deal_property_history",
    "engagements": "engagement",
    "engagements_calls": "engagement_call",
    "engagements_emails": "engagement_email",
    "engagements_meetings": "engagement_meeting",
    "engagements_notes": "engagement_note",
    "engagements_tasks": "engagement_task",
    "owners": "owner",
}
"""What Airbyte and dlt call tables."""
_OLD_COLUMNS = {
    "hs_meeting_start_time": "start_time",
    "hs_meeting_end_time": "end_time",
    "hs_meeting_outcome": "meeting_outcome",
    "hs_task_type": "task_type",
    "hubspot_owner_id": "owner_id",
}
"""What columns are called in older versions of the tables."""
_DEAL_COLUMNS = {
    DIALECT.stage: "deal_pipeline_stage_id",
    DIALECT.pipeline: "deal_pipeline_id",
    DIALECT.owner: "owner_id",
}


def events_of_tables(
    tables: Mapping[str, Rows], process: Process, mapping: MappingFile
) -> Translation:
    """
    Return what a warehouse's copy of HubSpot says as events.

    Args:
        tables: Rows by the name of their table: ``deal``, ``deal_stage``,
            ``deal_property_history``, ``merged_deal``, ``engagement_call`` (``_meeting``,
            ``_email``, ``_note``, ``_task``, ``_communication``) with ``engagement_deal`` and
            ``engagement_contact``, as Fivetran writes them; or ``deals``, ``deals_archived``,
            ``deals_property_history``, ``engagements_calls`` and so on, as Airbyte and dlt do. Rows
            are mappings from column to value, as `csv.DictReader` or a database cursor gives them.

        process: Whose stages, activities and facts the mapping names.

        mapping: What pipelines, stages, properties, owners and kinds of activity mean.

    Raises:
        PayloadError: If a row is not understood, with the translation of the rest.
        LogError: If a table is not known, or the mapping does not fit.
    """
    context = context_of(DIALECT, mapping, process)
    found = rows_of(tables, (*_DEALS, *_ENGAGEMENTS, *_LINKS, *_BESIDE), _ALSO)
    links = {name: _links(found.get(folded(name), [])) for name in _LINKS}
    records: list[Record] = []
    for name, read in _DEALS.items():
        for row in found.get(folded(name), []):
            records += attempt(read, row, context)
    for name, kind in _ENGAGEMENTS.items():
        for row in found.get(folded(name), []):
            records += attempt(_engagement, row, kind, links, context)
    for name in _BESIDE:
        records += [ignored(row, f"table {name}") for row in found.get(folded(name), [])]
    records += [record for link in links.values() for record in link.wrong]
    rows = sum(len(rows) for name, rows in found.items() if name not in map(folded, _LINKS))
    whole = with_currencies(records, in_currency_of_deal(context))
    return translate(whole, rows, context)


# -- Deals ---------------------------------------------------------------------------------------


def _deal(row: Node, context: Context) -> Iterator[Record]:
    """Yield what a row of the table of deals says."""
    name = _first(row, "deal_id", "id").id()
    created = first_moment((_column(row, "createdate"), cell(row, "createdAt")), context.clock)
    seen = first_moment((*_changed(row), cell(row, "_fivetran_synced")), context.clock)
    if created is not None:
        yield Born(path=row.path, deal=name, at=created)
    currency = _column(row, DIALECT.currency).text()
    for field in sorted(context.wanted):
        found = _column(row, field)
        if field in _DEAL_COLUMNS and cell(row, _DEAL_COLUMNS[field]).is_there:
            found = cell(row, _DEAL_COLUMNS[field])
        yield from attempt(_present, found, name, field, seen or created, currency)
    if any(cell(row, flag).flag() for flag in ("is_deleted", "_fivetran_deleted", "archived")):
        yield from ended(row, name, DELETED, cell(row, "archivedAt").moment(context.clock) or seen)


def _changed(row: Node) -> tuple[Node, Node]:
    """Return what says when a row was changed."""
    return _column(row, "hs_lastmodifieddate"), cell(row, "updatedAt")


def _present(
    node: Node, name: str, field: str, at: Moment | None, currency: str | None
) -> Iterator[Record]:
    """Yield the present value of a property."""
    known = currency_of(field, currency)
    yield from present(node, name, field, node.text(), at, currency=known)


def _stage(row: Node, context: Context) -> Iterator[Record]:
    """Yield the stage that a deal entered; when it left, the next row says (or the year 2050)."""
    yield from _value(row, DIALECT.stage, ("date_entered", "_fivetran_start"), context)


def _property(row: Node, context: Context) -> Iterator[Record]:
    """Yield one value of the history of a property."""
    field = _first(row, "name", "property", "property_name").id()
    if field in context.wanted:
        yield from _value(row, field, ("timestamp",), context)
    else:
        yield ignored(row, field)


def _value(row: Node, field: str, when: tuple[str, ...], context: Context) -> Iterator[Record]:
    name = _first(row, "deal_id", "object_id").id()
    at = first_moment((cell(row, column) for column in when), context.clock)
    if at is None:
        raise cell(row, when[0]).wrong("the instant of the change")
    yield Change(
        path=row.path,
        deal=name,
        field=field,
        value=cell(row, "value").text(),
        at=at,
        **signature(cell(row, "source_id")),
    )


def _merged(row: Node, context: Context) -> Iterator[Record]:
    """Yield a merge, of which only the instant of the copy is told."""
    into, gone = cell(row, "deal_id").id(), cell(row, "merged_deal_id").id()
    at = cell(row, "_fivetran_synced").moment(context.clock)
    yield Merge(path=row.path, gone=(gone,), into=into)
    yield from ended(row, gone, MERGED, at)


_DEALS = {
    "deal": _deal,
    "deal_stage": _stage,
    "deal_property_history": _property,
    "merged_deal": _merged,
}


def _column(row: Node, name: str) -> Node:
    """Return a column of a property: as such, under its plain name, or under its old one."""
    old = _OLD_COLUMNS.get(name, name)
    return _first(row, f"property_{name}", name, f"properties_{name}", old)


def _first(row: Node, *columns: str) -> Node:
    """Return the first of some columns that says something; else the first one."""
    found = (cell(row, column) for column in columns)
    return next((each for each in found if each.is_there), cell(row, columns[0]))


# -- Engagements ---------------------------------------------------------------------------------


@attrs.frozen
class _Links:
    """Which deals or people an engagement has, and the rows that do not say it."""

    ids: dict[str, list[Node]]
    wrong: list[Record]


def _links(rows: list[Node]) -> _Links:
    links = _Links({}, [])
    for row in rows:
        links.wrong.extend(attempt(_link, row, links.ids))
    return links


def _link(row: Node, ids: dict[str, list[Node]]) -> list[Record]:
    """Note the deal or the person of an engagement."""
    column = "deal_id" if "dealid" in row.fields() else "contact_id"
    other = cell(row, column)
    other.id()
    ids.setdefault(cell(row, "engagement_id").id(), []).append(other)
    return []


def _engagement(
    row: Node, kind: str, links: dict[str, _Links], context: Context
) -> Iterator[Record]:
    """Yield an engagement."""
    name = _first(row, "engagement_id", "id").id()
    lookup = functools.partial(_column, row)
    yield activity(
        Node({"id": name}, row.path),
        kind,
        lookup,
        context,
        created=first_moment(
            (_column(row, "hs_createdate"), cell(row, "createdAt")), context.clock
        ),
        modified=first_moment((cell(row, "archivedAt"), *_changed(row)), context.clock),
        deals=ids_of((*links["engagement_deal"].ids.get(name, ()), *_ids(row, "deals"))),
        contacts=ids_of((*links["engagement_contact"].ids.get(name, ()), *_ids(row, "contacts"))),
        is_deleted=any(cell(row, flag).flag() for flag in ("_fivetran_deleted", "archived")),
    )


def _ids(row: Node, column: str) -> Iterator[Node]:
    """Yield the ids that stand in a column as a list; some databases give it as its JSON."""
    found = cell(row, column)
    if isinstance(found.value, str):
        try:
            found = Node(json.loads(found.value), found.path)
        except ValueError:
            raise found.wrong("a list of ids") from None
    yield from found.items()

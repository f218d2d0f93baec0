"""HubSpot as it stands in a warehouse: tables of deals, their history, and engagements."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping

import attrs

from salesflow.history.crm.context import Context, context_of
from salesflow.history.crm.currencies import with_currencies
from salesflow.history.crm.hubspot.activities import UNDIRECTED, activity
from salesflow.history.crm.hubspot.deals import currency_of, in_currency_of_deal, signature
from salesflow.history.crm.hubspot.dialect import DIALECT
from salesflow.history.crm.nodes import Node, first_moment
from salesflow.history.crm.present import ended, present
from salesflow.history.crm.reading import Rows, attempt, cell, folded, ignored, people, rows_of
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
            ``engagement_contact``. Rows are mappings from column to value, as `csv.DictReader` or a
            database cursor gives them.

        process: Whose stages, activities and facts the mapping names.

        mapping: What pipelines, stages, properties, owners and kinds of activity mean.

    Raises:
        PayloadError: If a row is not understood, with the translation of the rest.
        LogError: If a table is not known, or the mapping does not fit.
    """
    context = context_of(DIALECT, mapping, process)
    found = rows_of(tables, (*_DEALS, *_ENGAGEMENTS, *_LINKS, *_BESIDE))
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
    name = cell(row, "deal_id").id()
    created = _column(row, "createdate").moment(context.clock)
    changed = (_column(row, "hs_lastmodifieddate"), cell(row, "_fivetran_synced"))
    seen = first_moment(changed, context.clock)
    if created is not None:
        yield Born(path=row.path, deal=name, at=created)
    currency = _column(row, DIALECT.currency).text()
    for field in sorted(context.wanted):
        found = cell(row, _DEAL_COLUMNS[field]) if field in _DEAL_COLUMNS else _column(row, field)
        yield from attempt(_present, found, name, field, seen or created, currency)
    if cell(row, "is_deleted").flag() or cell(row, "_fivetran_deleted").flag():
        yield from ended(row, name, DELETED, seen)


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
    field = cell(row, "name").id()
    if field in context.wanted:
        yield from _value(row, field, ("timestamp",), context)
    else:
        yield ignored(row, field)


def _value(row: Node, field: str, when: tuple[str, ...], context: Context) -> Iterator[Record]:
    name = cell(row, "deal_id").id()
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
    for column in (f"property_{name}", name, _OLD_COLUMNS.get(name, name)):
        found = cell(row, column)
        if found.is_there:
            return found
    return cell(row, f"property_{name}")


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
    name = cell(row, "engagement_id").id()
    lookup = functools.partial(_column, row)
    yield activity(
        Node({"id": name}, row.path),
        kind,
        lookup,
        context,
        created=_column(row, "hs_createdate").moment(context.clock),
        modified=_column(row, "hs_lastmodifieddate").moment(context.clock),
        deals=people(links["engagement_deal"].ids.get(name, ())),
        contacts=people(links["engagement_contact"].ids.get(name, ())),
        is_deleted=cell(row, "_fivetran_deleted").flag(),
    )

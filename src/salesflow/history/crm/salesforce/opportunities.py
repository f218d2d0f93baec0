"""Salesforce's opportunities and their histories, as rows of a query, an export or a warehouse."""

from __future__ import annotations

from collections.abc import Iterator

from salesflow.history.crm.context import Context
from salesflow.history.crm.nodes import Node, first_moment
from salesflow.history.crm.openings import AT_ONCE
from salesflow.history.crm.present import ended, present
from salesflow.history.crm.reading import attempt, cell, folded, ignored
from salesflow.history.crm.records import DELETED, Born, Change, How, Record
from salesflow.history.crm.salesforce.dialect import (
    DIALECT,
    RECORD_TYPE,
    USER,
    id_in,
    id_or_none,
)
from salesflow.history.crm.times import Moment

BIRTHS = frozenset({"created", "opportunityCreatedFromLead"})
"""What a field history calls the creation."""
_LOOKUPS = {"Owner": DIALECT.owner, "RecordType": DIALECT.pipeline}
"""Fields that a field history calls by their relation; one row has ids, another one names."""
_IDS = {DIALECT.owner: USER, DIALECT.pipeline: RECORD_TYPE}
"""How the ids in these fields begin."""


def opportunity(row: Node, context: Context, *, is_unchanged: bool = False) -> Iterator[Record]:
    """
    Yield what an opportunity says as it stands.

    Args:
        row: Its fields.

        context: What is asked for.

        is_unchanged: Whether histories say that its stage has never changed; it may know better.
    """
    name = id_in(cell(row, "Id"))
    created = cell(row, "CreatedDate").moment(context.clock)
    moved_at = cell(row, "LastStageChangeDate").moment(context.clock)
    stage = cell(row, DIALECT.stage).text()
    by = id_or_none(cell(row, "CreatedById"))
    if created is not None and moved_at is not None:
        is_unchanged = is_unchanged and moved_at.at <= created.at + AT_ONCE
    if created is not None:
        yield Born(
            path=row.path,
            deal=name,
            at=created,
            stage=stage if is_unchanged else None,
            by=by,
            signed=() if by is None else (by,),
        )
    seen = _seen(row, context) or created
    for field in sorted(context.wanted):
        if field == DIALECT.stage and moved_at is not None:
            yield from attempt(_present, row, name, field, moved_at, How.RESTATED)
        elif field != DIALECT.stage or not is_unchanged:
            yield from attempt(_present, row, name, field, seen, How.SNAPSHOT)
    if cell(row, "IsDeleted").flag():
        yield from ended(row, name, DELETED, seen)


def _seen(row: Node, context: Context) -> Moment | None:
    """Return the instant as of which a row says what it says."""
    # A warehouse that keeps every version of a row writes down from when on each of them held.
    columns = ("_fivetran_start", "SystemModstamp", "LastModifiedDate", "_fivetran_synced")
    return first_moment((cell(row, column) for column in columns), context.clock)


def _present(row: Node, name: str, field: str, at: Moment | None, how: How) -> Iterator[Record]:
    """Yield the present value of a field."""
    found, currency = cell(row, field), cell(row, DIALECT.currency).text()
    yield from present(found, name, field, text_of(found, field), at, currency=currency, how=how)


def history(row: Node, context: Context) -> Iterator[Record]:
    """Yield what a row of OpportunityHistory says: it repeats whatever has not changed."""
    name = id_in(cell(row, "OpportunityId"))
    at = instant(row, context)
    by, order = id_or_none(cell(row, "CreatedById")), (0, cell(row, "Id").id())
    for field in sorted(context.wanted):
        found = cell(row, field)
        value = text_of(found, field)
        if value is not None:
            yield Change(
                path=found.path,
                deal=name,
                field=field,
                value=value,
                at=at,
                by=by,
                currency=cell(row, DIALECT.currency).text(),
                how=How.RESTATED,
                order=order,
                signed=() if by is None else (by,),
            )


def field_history(row: Node, context: Context) -> Iterator[Record]:
    """
    Yield what a row of OpportunityFieldHistory says: one field, its old and its new value.

    Raises:
        MalformedError: If it was read without its values: everything would seem to be emptied.
    """
    name, said = id_in(cell(row, "OpportunityId")), cell(row, "Field").id()
    at = instant(row, context)
    by = id_or_none(cell(row, "CreatedById"))
    signed = () if by is None else (by,)
    if said in BIRTHS:
        yield Born(path=row.path, deal=name, at=at, by=by, signed=signed)
        return
    field = wanted(_LOOKUPS.get(said, said), context)
    new = cell(row, "NewValue")
    if field is not None and folded("NewValue") not in row.fields():
        raise new.wrong("the new value of the field, or null: ask for NewValue and OldValue, too")
    if field is None or _is_name(new, field):
        yield ignored(row, said)
        return
    yield Change(
        path=row.path,
        deal=name,
        field=field,
        value=text_of(new, field),
        old=text_of(cell(row, "OldValue"), field),
        at=at,
        by=by,
        order=(0, cell(row, "Id").id()),
        signed=signed,
    )


def _is_name(node: Node, field: str) -> bool:
    """Return whether a value is what people call a record, of which another row has the id."""
    text = node.text()
    return text is not None and not text.startswith(_IDS.get(field, ""))


def instant(row: Node, context: Context) -> Moment:
    """
    Return when a row of a history was written.

    Raises:
        MalformedError: If it does not say it.
    """
    created = cell(row, "CreatedDate")
    at = created.moment(context.clock)
    if at is None:
        raise created.wrong("the instant of the change")
    return at


def wanted(field: str, context: Context) -> str | None:
    """Return the name under which a field is asked for, however it is written; None: it is not."""
    return next((name for name in context.wanted if folded(name) == folded(field)), None)


def text_of(node: Node, field: str) -> str | None:
    """Return the value of a field as text; an id with all of its characters."""
    is_id = field in {DIALECT.owner, DIALECT.pipeline}
    return id_or_none(node) if is_id else node.text()

"""Salesforce's tasks and events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from salesflow.history.crm.context import Context
from salesflow.history.crm.nodes import Node, first_moment
from salesflow.history.crm.reading import cell, goes_on, ids_of
from salesflow.history.crm.records import Leftover, Record, Work
from salesflow.history.crm.salesforce.dialect import (
    INTERNAL_CALL,
    OPPORTUNITY,
    USER,
    id_in,
    id_or_none,
    whole_id,
)
from salesflow.history.crm.times import Moment

_PER_MINUTE = 60
_PEOPLE = ("TaskWhoRelations", "EventWhoRelations")
"""Lists beside a task or an event with everybody it is about."""


def task(row: Node, context: Context) -> Iterator[Record]:
    """Yield a task: it is due on a day, and was done when it was completed."""
    name = id_in(cell(row, "Id"))
    deals = deals_of(cell(row, "WhatId"))
    if cell(row, "IsRecurrence").flag():
        yield Leftover(path=row.path, reason="series", what=f"Task {name}")
    elif deals is None:
        yield Leftover(path=row.path, reason="other_object", what=f"Task {name}")
    else:
        seconds = cell(row, "CallDurationInSeconds").whole()
        yield Work(
            path=row.path,
            id=name,
            deals=deals,
            kinds=_kinds_of_task(row),
            created=cell(row, "CreatedDate").moment(context.clock),
            modified=modified(row, context),
            starts=cell(row, "ActivityDate").day(context.clock),
            took_place=cell(row, "CompletedDateTime").moment(context.clock),
            statuses=_statuses(row),
            outcome=cell(row, "CallDisposition").text(),
            direction=cell(row, "CallType").text(),
            subject=cell(row, "Subject").text(),
            minutes=None if seconds is None else round(seconds / _PER_MINUTE),
            contacts=contacts_of(row, "WhoId", _PEOPLE),
            by=id_or_none(cell(row, "OwnerId")),
            is_deleted=cell(row, "IsDeleted").flag(),
        )
        yield from cut_lists(row, _PEOPLE)


def calendar_event(row: Node, context: Context) -> Iterator[Record]:
    """Yield an event of the calendar: nothing says whether it took place."""
    name = id_in(cell(row, "Id"))
    deals = deals_of(cell(row, "WhatId"))
    if cell(row, "IsRecurrence").flag() or cell(row, "IsChild").flag():
        yield Leftover(path=row.path, reason="series", what=f"Event {name}")
    elif deals is None:
        yield Leftover(path=row.path, reason="other_object", what=f"Event {name}")
    else:
        starts = _starts(row, context)
        kind = cell(row, "Type").text()
        is_whole_day = starts is not None and starts.is_day
        yield Work(
            path=row.path,
            id=name,
            deals=deals,
            kinds=("Event",) if kind is None else (f"Event/{kind}", "Event"),
            created=cell(row, "CreatedDate").moment(context.clock),
            modified=modified(row, context),
            starts=starts,
            took_place=starts,
            minutes=None if is_whole_day else cell(row, "DurationInMinutes").whole(),
            contacts=contacts_of(row, "WhoId", _PEOPLE),
            by=id_or_none(cell(row, "OwnerId")),
            is_deleted=cell(row, "IsDeleted").flag(),
        )
        yield from cut_lists(row, _PEOPLE)


def _kinds_of_task(row: Node) -> tuple[str, ...]:
    """Return what a task is, the most exact name first."""
    subtype, kind = cell(row, "TaskSubtype").text() or "Task", cell(row, "Type").text()
    if (cell(row, "CallType").text() or "").casefold() == "internal":
        return (INTERNAL_CALL,)
    found = (f"Task/{subtype}", "Task")
    return found if kind is None else (f"Task/{subtype}/{kind}", *found)


def _statuses(row: Node) -> tuple[str, ...]:
    """Return how far a task has come: in the company's own word, and whether that means closed."""
    status, closed = cell(row, "Status").text(), cell(row, "IsClosed")
    found = () if status is None else (status,)
    return (*found, "closed" if closed.flag() else "open") if closed.is_there else found


def _starts(row: Node, context: Context) -> Moment | None:
    """Return when an event takes place; of one that fills the day only the day is known."""
    day = cell(row, "ActivityDate").day(context.clock)
    if cell(row, "IsAllDayEvent").flag():
        return day
    times = (cell(row, column) for column in ("StartDateTime", "ActivityDateTime"))
    return first_moment(times, context.clock) or day


def modified(row: Node, context: Context) -> Moment | None:
    """Return when a record was last changed; what deletes it may leave no other trace."""
    columns = ["LastModifiedDate", "SystemModstamp"]
    if cell(row, "IsDeleted").flag():
        columns.reverse()
    return first_moment((cell(row, column) for column in columns), context.clock)


def deals_of(what: Node) -> tuple[str, ...] | None:
    """Return the opportunity; empty if there is nothing, None if it is something else."""
    name = id_or_none(what)
    if name is None:
        return ()
    return (name,) if name.startswith(OPPORTUNITY) else None


def contacts_of(row: Node, first: str, lists: Iterable[str]) -> tuple[str, ...]:
    """Return the people of the buyer: the one of a field, and those of related lists beside it."""
    related = (cell(row, name)["records"] for name in lists)
    beside = (item["RelationId"] for nodes in related for item in nodes.items())
    found = (whole_id(name) for name in ids_of((cell(row, first), *beside)))
    return tuple(dict.fromkeys(name for name in found if not name.startswith(USER)))


def cut_lists(row: Node, lists: Iterable[str]) -> Iterator[Leftover]:
    """Yield the related lists of which more pages follow."""
    for name in lists:
        if goes_on(cell(row, name)):
            yield Leftover(path=f"{row.path}.{name}", reason="partial", what=name)

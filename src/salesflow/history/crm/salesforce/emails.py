"""
Salesforce's emails, each of which is a record of its own and a task as well.

The record says which way the email went and when; the task says whose it is. Together they are one
activity, known by the task, so that whoever has read nothing but tasks knows it already.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeGuard

import attrs

from salesflow.events import Way
from salesflow.history.crm.context import Context
from salesflow.history.crm.nodes import Node
from salesflow.history.crm.reading import cell, folded
from salesflow.history.crm.records import Leftover, Record, Work
from salesflow.history.crm.salesforce.activities import contacts_of, cut_lists, deals_of, modified
from salesflow.history.crm.salesforce.dialect import EMAIL, id_in, id_or_none
from salesflow.history.crm.times import milliseconds

_DRAFT = frozenset({"5", "5.0", "Draft"})
"""The status of what was not sent, also as a data frame or a report writes it."""
_PEOPLE = ("EmailMessageRelations",)
_ABOVE_ITS_TASK = 1
"""The rank of an email: its task, which is written at the same instant, knows less."""


def email(row: Node, context: Context) -> Iterator[Record]:
    """
    Yield an email that was sent or received.

    Raises:
        MalformedError: If it was read without the link to its task: it would count twice.
    """
    name, task = id_in(cell(row, "Id")), cell(row, "ActivityId")
    if folded("ActivityId") not in row.fields():
        raise task.wrong("the id of the email's task, or null: ask for this field, too")
    related = cell(row, "RelatedToId")
    deals = deals_of(related if related.is_there else cell(row, "ParentId"))
    if cell(row, "Status").text() in _DRAFT or cell(row, "IsPrivateDraft").flag():
        yield Leftover(path=row.path, reason="unfinished", what=f"draft of an email {name}")
    elif deals is None:
        yield Leftover(path=row.path, reason="other_object", what=f"{EMAIL} {name}")
    else:
        yield Work(
            path=row.path,
            id=id_or_none(task) or name,
            deals=deals,
            kinds=(EMAIL, "Task/Email"),
            created=cell(row, "CreatedDate").moment(context.clock),
            modified=modified(row, context),
            took_place=cell(row, "MessageDate").moment(context.clock),
            outcome="bounced" if cell(row, "IsBounced").flag() else None,
            direction=_direction(cell(row, "Incoming")),
            subject=cell(row, "Subject").text(),
            contacts=contacts_of(row, "FromId", _PEOPLE),
            by=id_or_none(cell(row, "CreatedById")),
            is_deleted=cell(row, "IsDeleted").flag(),
            rank=_ABOVE_ITS_TASK,
        )
        yield from cut_lists(row, _PEOPLE)


def _direction(incoming: Node) -> Way | None:
    if not incoming.is_there:
        return None
    return Way.IN if incoming.flag() else Way.OUT


def with_their_tasks(records: Iterable[Record]) -> list[Record]:
    """Return records in which an email and its task say the same: all that both of them know."""
    said = list(records)
    works = [record for record in said if _may_join(record)]
    emails = _latest(work for work in works if _is_email(work))
    tasks = _latest(work for work in works if work.id in emails and not _is_email(work))
    whole = {name: _whole(work, tasks.get(name)) for name, work in emails.items()}
    return [whole.get(record.id, record) if _may_join(record) else record for record in said]


def _may_join(record: Record) -> TypeGuard[Work]:
    # A task that is gone was replaced by another one, or is gone with its email: it says so itself.
    return isinstance(record, Work) and (_is_email(record) or not record.is_deleted)


def _is_email(work: Work) -> bool:
    return work.kinds[0] == EMAIL


def _latest(works: Iterable[Work]) -> dict[str, Work]:
    """Return the latest version of each activity."""
    return {work.id: work for work in sorted(works, key=_place)}


def _place(work: Work) -> tuple[object, ...]:
    at = 0 if work.modified is None else milliseconds(work.modified.at)
    return at, work.is_deleted, repr(attrs.evolve(work, path=""))


def _whole(email: Work, task: Work | None) -> Work:
    """Return an email with what only its task knows."""
    if task is None:
        return email
    changed = [at for at in (email.modified, task.modified) if at is not None]
    return attrs.evolve(
        email,
        deals=email.deals or task.deals,
        kinds=(*email.kinds[:1], *task.kinds),
        created=email.created or task.created,
        modified=max(changed, key=lambda moment: moment.at, default=None),
        took_place=email.took_place or task.took_place,
        contacts=tuple(sorted({*email.contacts, *task.contacts})),
        by=task.by or email.by,
    )

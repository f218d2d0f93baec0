"""HubSpot's calls, meetings, emails, notes, tasks and communications, in all their forms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from salesflow.history.crm.context import Context
from salesflow.history.crm.hubspot.links import ids_in
from salesflow.history.crm.nodes import Node, first_moment
from salesflow.history.crm.reading import goes_on, ids_of
from salesflow.history.crm.records import Leftover, Record, Work
from salesflow.history.crm.times import Moment

Lookup = Callable[[str], Node]
"""Returns a property by its name in the CRM API, wherever it stands."""

ACTIVITY_TYPES = {
    "0-48": "CALL",
    "0-47": "MEETING",
    "0-49": "EMAIL",
    "0-46": "NOTE",
    "0-27": "TASK",
    "0-18": "COMMUNICATION",
    "0-116": "POSTAL_MAIL",
}
"""The types of activity, by their number in webhooks."""

UNDIRECTED = "UNDIRECTED_EMAIL"
"""An email that does not say who wrote it: `EMAIL` is the word for those that we send."""

_PREFIXES = {
    "hs_call_": "CALL",
    "hs_meeting_": "MEETING",
    "hs_email_": UNDIRECTED,
    "hs_note_": "NOTE",
    "hs_task_": "TASK",
    "hs_communication_": "COMMUNICATION",
    "hs_postal_mail_": "POSTAL_MAIL",
}
_OLD_NAMES = {
    "hs_call_duration": "durationMilliseconds",
    "hs_call_disposition": "disposition",
    "hs_call_status": "status",
    "hs_email_status": "status",
    "hs_email_subject": "subject",
    "hs_task_status": "status",
    "hs_task_type": "taskType",
    "hs_task_completion_date": "completionDate",
    "hs_meeting_start_time": "startTime",
    "hs_meeting_end_time": "endTime",
    "hs_meeting_outcome": "meetingOutcome",
}
"""What properties are called in the metadata of the older engagements."""
_UNANSWERED = frozenset({"BUSY", "NO_ANSWER", "MISSED", "BOUNCED"})
"""Statuses that say what became of a call or a mail."""
_PER_MINUTE = 60_000


def kind_of(properties: Node) -> str | None:
    """Return what an object of the CRM API is, by the names of its properties, if it is one."""
    names = properties.names()
    found = (kind for prefix, kind in _PREFIXES.items() if any(n.startswith(prefix) for n in names))
    return next(found, None)


def work(node: Node, kind: str, context: Context) -> Iterator[Record]:
    """Yield an activity of the CRM API."""
    properties, associations = node["properties"], node["associations"]
    deals, contacts = associations["deals"], associations["contacts"]
    yield activity(
        node,
        kind,
        properties.__getitem__,
        context,
        created=first_moment((node["createdAt"], properties["hs_createdate"]), context.clock),
        modified=first_moment(
            (node["archivedAt"], node["updatedAt"], properties["hs_lastmodifieddate"]),
            context.clock,
        ),
        deals=ids_in(deals),
        contacts=ids_in(contacts),
        is_deleted=node["archived"].flag(),
    )
    for name, listed in (("deals", deals), ("contacts", contacts)):
        if goes_on(listed):
            yield Leftover(path=listed.path, reason="partial", what=f"{name} of {kind}")


def engagement(node: Node, context: Context) -> Iterator[Record]:
    """Yield an engagement of the older API."""
    head, metadata = node["engagement"], node["metadata"]
    own = {"hs_timestamp": "timestamp", "hubspot_owner_id": "ownerId"}

    def lookup(name: str) -> Node:
        if name in own:
            return head[own[name]]
        return metadata[_OLD_NAMES.get(name, name)]

    yield activity(
        head,
        head["type"].id(),
        lookup,
        context,
        created=head["createdAt"].moment(context.clock),
        modified=head["lastUpdated"].moment(context.clock),
        deals=ids_of(node["associations"]["dealIds"].items()),
        contacts=ids_of(node["associations"]["contactIds"].items()),
        is_deleted=head["active"].is_there and not head["active"].flag(),
    )


def activity(
    node: Node,
    kind: str,
    lookup: Lookup,
    context: Context,
    **own: Any,  # noqa: ANN401 - the fields of a record that every form has in a place of its own
) -> Work:
    """
    Return an activity.

    Args:
        node: The object that has its ``id``.

        kind: What it is, such as ``CALL``; of an email, its direction.

        lookup: Its properties.

        context: How times are understood.

        own: The fields of the record that are known already.
    """
    at = lookup("hs_timestamp").moment(context.clock)
    return Work(
        path=node.path,
        id=node["id"].id(),
        by=lookup("hubspot_owner_id").id_or_none(),
        **own,
        **_READERS.get(kind, _plain)(kind, at, lookup, context),
    )


def _plain(kind: str, at: Moment | None, _lookup: Lookup, _context: Context) -> dict[str, Any]:
    """Return what a note or a letter says: what it is, and when."""
    return {"kinds": (kind,), "took_place": at}


def _call(kind: str, at: Moment | None, lookup: Lookup, _context: Context) -> dict[str, Any]:
    status = lookup("hs_call_status").text()
    length = lookup("hs_call_duration").number()
    return {
        "kinds": _kinds(kind, lookup("hs_activity_type")),
        "took_place": at,
        "statuses": _words(status),
        "outcome": lookup("hs_call_disposition").text() or _end(status),
        "direction": lookup("hs_call_direction").text(),
        # Whoever logs a call may write a part of a millisecond, or less than nothing.
        "minutes": None if length is None or length < 0 else round(length / _PER_MINUTE),
    }


def _meeting(kind: str, at: Moment | None, lookup: Lookup, context: Context) -> dict[str, Any]:
    starts = lookup("hs_meeting_start_time").moment(context.clock) or at
    ends = lookup("hs_meeting_end_time").moment(context.clock)
    outcome = lookup("hs_meeting_outcome").text()
    return {
        "kinds": _kinds(kind, lookup("hs_activity_type")),
        "starts": starts,
        "took_place": starts,
        "statuses": _words(outcome),
        "outcome": outcome if outcome == "RESCHEDULED" else None,
        "minutes": _length(starts, ends),
    }


def _email(kind: str, at: Moment | None, lookup: Lookup, _context: Context) -> dict[str, Any]:
    status = lookup("hs_email_status").text()
    return {
        "kinds": (lookup("hs_email_direction").text() or kind,),
        "starts": at if status == "SCHEDULED" else None,
        "took_place": at,
        "statuses": _words(status),
        "outcome": _end(status),
        "subject": lookup("hs_email_subject").text(),
    }


def _task(kind: str, at: Moment | None, lookup: Lookup, context: Context) -> dict[str, Any]:
    status = lookup("hs_task_status").text()
    return {
        "kinds": _kinds(kind, lookup("hs_task_type")),
        # The time of a task is when it is due, not when it was done.
        "starts": at,
        "took_place": lookup("hs_task_completion_date").moment(context.clock),
        "statuses": ("TASK/IN_PROGRESS",) if status == "IN_PROGRESS" else _words(status),
    }


def _communication(
    kind: str, at: Moment | None, lookup: Lookup, _context: Context
) -> dict[str, Any]:
    return {"kinds": _kinds(kind, lookup("hs_communication_channel_type")), "took_place": at}


_READERS = {
    "CALL": _call,
    "MEETING": _meeting,
    UNDIRECTED: _email,
    "EMAIL": _email,
    "INCOMING_EMAIL": _email,
    "FORWARDED_EMAIL": _email,
    "TASK": _task,
    "COMMUNICATION": _communication,
}


def _kinds(kind: str, more: Node) -> tuple[str, ...]:
    """Return what an activity is, the most exact name first."""
    text = more.text()
    return (kind,) if text is None else (f"{kind}/{text}", kind)


def _words(status: str | None) -> tuple[str, ...]:
    return () if status is None else (status,)


def _end(status: str | None) -> str | None:
    return status if status in _UNANSWERED else None


def _length(starts: Moment | None, ends: Moment | None) -> int | None:
    """Return the minutes between two instants, if there are any."""
    if starts is None or ends is None or ends.at < starts.at:
        return None
    return round((ends.at - starts.at).total_seconds() / 60)

"""Between events and rows: how an event is written, read again, and chained to those before it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from salesflow.calendars import to_datetime, to_micros
from salesflow.errors import EventError
from salesflow.events import LONGEST_EVENT_ID, UNKEPT, Event, check_id, event_from_dict

BEGINNING = ""
"""The hash that the first event of a deal follows."""


_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical(data: Any) -> str:  # noqa: ANN401 - JSON
    """Return data as JSON that is always the same; in ASCII, so that any database can keep it."""
    return _JSON.encode(data)


def plain(text: str | None) -> str | None:
    """Return text as any database can keep it, to find rows by; the event has the exact text."""
    return None if text is None else UNKEPT.sub("\ufffd", text)


def instant(at_us: int | None) -> dt.datetime | None:
    """Return an instant of a column; None stays None."""
    return None if at_us is None else to_datetime(at_us)


def can_be_id(name: str) -> bool:
    """Return whether a database can be asked for that id: of any other it keeps no deal."""
    return not UNKEPT.search(name)


def row_of(deal_id: str, seq: int, tail: str, event: Event) -> dict[str, Any]:
    """
    Return the row of an event.

    Args:
        deal_id: The deal.

        seq: Its number among the events of the deal, from 1.

        tail: The hash of the event before it; of the first one, `BEGINNING`.

        event: The event.

    Raises:
        EventError: If it cannot be kept so that the same is read again.
    """
    check_id("event", event.id, LONGEST_EVENT_ID)
    try:
        body = canonical(event.to_dict())
        is_same = event_from_dict(json.loads(body)) == event
    except (TypeError, ValueError, RecursionError) as error:
        msg = f"it cannot be stored as JSON ({error})."
        raise EventError(msg, event_id=event.id) from error
    if not is_same:
        msg = f"stored as JSON it would be a different event: {body}."
        raise EventError(msg, event_id=event.id)
    return _columns(deal_id, seq, event) | {
        "body": body,
        "hash": link(tail, deal_id, seq, body),
    }


def _columns(deal_id: str, seq: int, event: Event) -> dict[str, Any]:
    """Return what a row says beside the body, to find it by."""
    return {
        "deal": deal_id,
        "seq": seq,
        "id": event.id,
        "type": event.kind_name,
        "occurred_us": to_micros(event.occurred_at),
        "known_us": to_micros(event.known_at),
    }


def link(tail: str, deal_id: str, seq: int, body: str) -> str:
    """Return the hash by which an event holds on to all before it."""
    return hashlib.sha256(f"{tail}\n{canonical(deal_id)}\n{seq}\n{body}".encode()).hexdigest()


def tail_of(deal_id: str, bodies: Iterable[str]) -> str:
    """Return the hash with which the chain of a deal's events ends."""
    tail = BEGINNING
    for seq, body in enumerate(bodies, start=1):
        tail = link(tail, deal_id, seq, body)
    return tail


def event_of(body: str) -> Event:
    """
    Return an event as it was written.

    Raises:
        EventError: If a newer release has written it, or somebody has written something else.
    """
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        msg = f"event: {body[:40]!r} is not JSON ({error})."
        raise EventError(msg) from error
    return event_from_dict(data)


def fault_of(rows: Iterable[Mapping[Any, Any]]) -> tuple[int, str] | str:
    """
    Return the first of a deal's rows that is not as it was written, and why; or the last hash.

    Args:
        rows: All of them, in order.
    """
    tail = BEGINNING
    for expected, row in enumerate(rows, start=1):
        if row["seq"] != expected:
            return expected, f"event {expected} is missing"
        try:
            event = event_of(row["body"])
        except EventError as error:
            return expected, str(error)
        columns = _columns(row["deal"], expected, event)
        other = sorted(name for name, value in columns.items() if row[name] != value)
        if other:
            return expected, f"{', '.join(other)}: not what the event says"
        tail = link(tail, row["deal"], expected, row["body"])
        if row["hash"] != tail:
            return expected, "its hash does not match: this event, or one before it, was changed"
    return tail

"""
Events as a table: one row for each event, one column for each thing that many of them say.

Facts are told as JSON, as in `Event.to_dict`, and so is what few events say, in the column
``more``. `event_of_row` is the way back: nothing is lost.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from salesflow.events import FORMAT, Activity, Event, event_from_dict
from salesflow.history.extras import pl
from salesflow.history.reading.event_files import BAD_EVENT, NO_DEAL, Collected
from salesflow.history.reading.quality import Example
from salesflow.history.reading.table import ROW

INSTANT = pl.Datetime("us", "UTC")

SCHEMA: dict[str, Any] = {
    "deal": pl.String,
    "type": pl.String,
    "id": pl.String,
    "occurred_at": INSTANT,
    "recorded_at": INSTANT,
    "by": pl.String,
    "source": pl.String,
    "seq": pl.Int64,
    "precision": pl.String,
    "stage": pl.String,
    "owner": pl.String,
    "kind": pl.String,
    "status": pl.String,
    "direction": pl.String,
    "outcome": pl.String,
    "minutes": pl.Int64,
    "activity_id": pl.String,
    "starts_at": INSTANT,
    "facts": pl.String,
    "reason": pl.String,
    "more": pl.String,
}
"""The columns. ``stage`` is where a deal is after an opening, a move or a reopening."""
NEEDED = ("deal", "type", "id", "occurred_at")
"""The columns that no table of events is without."""

_INSTANTS = ("occurred_at", "recorded_at", "starts_at")
_OWN_NAMES = {("moved", "to"): "stage", ("reopened", "to"): "stage"}
_BACK = {("moved", "stage"): "to", ("reopened", "stage"): "to"}


def row_of_event(deal: str, event: Event) -> dict[str, Any]:
    """Return an event as a row."""
    data = event.to_dict()
    del data["format"]
    row: dict[str, Any] = {"deal": deal, "type": data.pop("type"), "seq": event.seq}
    row["source"] = event.source
    if "facts" in data:
        data["facts"] = json.dumps(data["facts"], ensure_ascii=False)
    data.pop("deal", None)
    more = {}
    for name, value in data.items():
        column = _OWN_NAMES.get((event.kind_name, name), name)
        if column in _INSTANTS:
            row[column] = getattr(event, name)
        elif column in SCHEMA:
            row[column] = value
        else:
            more[name] = value
    if isinstance(event, Activity):
        # Said even where it is the default, so that it can be counted.
        row["status"] = event.status.value
    if more:
        row["more"] = json.dumps(more, ensure_ascii=False)
    return row


def event_of_row(row: Mapping[str, Any]) -> tuple[str, Event]:
    """
    Return the deal and the event of a row.

    Raises:
        EventError: If it is none.
    """
    kind = row.get("type")
    data: dict[str, Any] = {"format": FORMAT}
    for column, value in row.items():
        if value is None or column in {"deal", "more"}:
            continue
        name = _BACK.get((str(kind), column), column)
        if column in _INSTANTS and not isinstance(value, str):
            data[name] = value.isoformat()
        else:
            data[name] = json.loads(value) if column == "facts" else value
    data |= json.loads(row.get("more") or "{}")
    deal = str(row["deal"])
    if kind == "opened":
        data.setdefault("deal", deal)
    return deal, event_from_dict(data)


def frame_of(events: Iterable[tuple[str, Event]]) -> pl.DataFrame:
    """Return events, each with its deal, as a table."""
    return pl.DataFrame([row_of_event(deal, event) for deal, event in events], schema=SCHEMA)


def collected(frame: pl.DataFrame) -> Collected:
    """Return the events of a table, and what in it is none."""
    found = Collected()
    # Other libraries keep whole numbers as fractions where some are missing.
    whole = [name for name in ("seq", "minutes") if name in frame.columns]
    frame = frame.with_columns(pl.col(whole).cast(pl.Int64, strict=False))
    for place, row in enumerate(frame.iter_rows(named=True)):
        number = row.pop(ROW, place) + 1
        where = {"line": number, "path": f"row {number}"}
        if not row["deal"]:
            found.leave(NO_DEAL, Example(**where, text=str(row["id"])))
            continue
        try:
            deal, event = event_of_row(row)
        except (ValueError, TypeError, AttributeError) as error:
            found.leave(BAD_EVENT, Example(**where, text=str(error)))
        else:
            found.add(deal, event, Example(**where, text=f"{deal}, {event.id}"))
    return found

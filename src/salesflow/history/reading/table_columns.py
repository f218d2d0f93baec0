"""The events of a log that was read from tables, as a table of events."""

from __future__ import annotations

import json
from typing import Any

from salesflow.calendars.instants import EPOCH
from salesflow.events import Activity, Assigned, Learned, Moved, Opened
from salesflow.history.extras import Ints, np, npt, pl
from salesflow.history.reading.cells import NOTHING
from salesflow.history.reading.columns import INSTANT, SCHEMA
from salesflow.history.reading.table_events import TableEvents
from salesflow.rules import codes

_NAMES = {
    codes.OPENED: Opened.kind_name,
    codes.LEARNED: Learned.kind_name,
    codes.ACTIVITY: Activity.kind_name,
    codes.MOVED: Moved.kind_name,
    codes.NOTHING: Assigned.kind_name,
}


def frame_of_tables(told: TableEvents) -> pl.DataFrame:
    """Return the events as a table; the same as `columns.frame_of` makes of each of them."""
    story = told.story
    begins = _begins(told)
    kind, what = story.kind[begins], story.what[begins]
    statement = story.statement[begins]
    deal = np.repeat(np.arange(len(told.deals)), np.diff(story.first))[begins]
    types = pl.Series([_NAMES.get(number, "") for number in range(max(_NAMES) + 1)])
    type_ = _gather(types, kind)
    opens, acts = kind == codes.OPENED, kind == codes.ACTIVITY
    minutes = np.where(acts, told.minutes[statement], NOTHING)
    activities = [(a.kind, a.direction, a.outcome, a.status or "done") for a in told.activities]
    said: dict[str, Any] = {
        "deal": _gather(pl.Series(told.deals, dtype=pl.String), deal),
        "type": type_,
        "id": _gather_names(told, statement) + "/" + type_,
        "occurred_at": pl.Series(story.at[begins]).cast(INSTANT),
        "by": _texts(told.by.texts, told.by.code[statement]),
        "source": pl.Series([told.source]).new_from_index(0, len(kind)),
        "seq": pl.Series(told.seq[statement]),
        "stage": _texts(told.stages, np.where(opens | (kind == codes.MOVED), what, NOTHING)),
        "owner": _owners(told, kind, what, statement),
        "minutes": pl.Series(minutes).replace(NOTHING, None),
        "facts": _facts(told, begins),
    }
    for place, name in enumerate(("kind", "direction", "outcome", "status")):
        texts = [activity[place] for activity in activities]
        said[name] = _texts(texts, np.where(acts, what, NOTHING))
    return pl.DataFrame(
        {
            name: said.get(name, pl.Series([None], dtype=of_type).new_from_index(0, len(kind)))
            for name, of_type in SCHEMA.items()
        },
        schema=SCHEMA,
    )


def _begins(told: TableEvents) -> Ints:
    """Return where events begin: facts of one row are one event."""
    story = told.story
    fact = story.kind == codes.LEARNED
    begins = np.ones(len(story.kind), dtype=bool)
    if len(begins):
        begins[1:] = ~(fact[1:] & fact[:-1] & (story.statement[1:] == story.statement[:-1]))
    return np.flatnonzero(begins)


def _owners(told: TableEvents, kind: np.ndarray, what: Ints, statement: Ints) -> pl.Series:
    """Return who a deal belongs to from its opening, or an assignment, on."""
    opened = np.where(kind == codes.OPENED, told.owner.code[statement], NOTHING)
    return _texts(told.owner.texts, np.where(kind == codes.NOTHING, what, opened))


def _facts(told: TableEvents, begins: Ints) -> pl.Series:
    """Return the facts of each event as JSON; None: it tells none."""
    story = told.story
    texts = [_as_json(name, value) for name, value in story.facts]
    here = np.flatnonzero(story.kind == codes.LEARNED)
    frame = pl.DataFrame(
        {
            "event": np.searchsorted(begins, here, side="right") - 1,
            "text": _gather(pl.Series(texts, dtype=pl.String), story.what[here]),
        }
    )
    joined = frame.group_by("event", maintain_order=True).agg(pl.col("text").str.join(", "))
    facts = pl.Series([None], dtype=pl.String).new_from_index(0, len(begins))
    return facts.scatter(joined["event"], "{" + joined["text"] + "}")


def _as_json(name: str, value: Any) -> str:  # noqa: ANN401 - of whatever type the fact is
    event = Learned(id="", occurred_at=EPOCH, facts={name: value})
    return json.dumps(event.to_dict()["facts"], ensure_ascii=False)[1:-1]


def _gather_names(told: TableEvents, statement: Ints) -> pl.Series:
    """Return what the rows of some statements are called; as `TableEvents` says of each."""
    names = "row " + pl.Series(told.row[statement] + 1).cast(pl.String)
    if told.ids is not None:
        own = _gather(told.ids, statement)
        names = own.zip_with((own != "").fill_null(value=False), names)
    tables = [f"{table} " if table else "" for table, _ in told.parts]
    readings = [f"/{reading}" if reading else "" for _, reading in told.parts]
    part = told.part[statement]
    return (_gather(pl.Series(tables), part) + names + _gather(pl.Series(readings), part)).rename(
        ""
    )


def _texts(texts: Any, code: Ints) -> pl.Series:  # noqa: ANN401 - a sequence of texts or None
    """Return texts by their numbers; NOTHING and an empty text are None."""
    known = pl.Series([*(text or None for text in texts), None], dtype=pl.String)
    return _gather(known, np.where(code == NOTHING, len(known) - 1, code))


def _gather(values: pl.Series, code: npt.NDArray[Any]) -> pl.Series:
    return values.gather(pl.Series(np.asarray(code, dtype=np.int64)))

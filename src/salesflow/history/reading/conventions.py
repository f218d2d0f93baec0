"""What can be read without a mapping file: columns with the usual names, values that speak."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import attrs

from salesflow.errors import LogError
from salesflow.history.extras import pl
from salesflow.history.reading.mapping import ActivityValue, Mapping, StageValue
from salesflow.history.reading.mapping_file import mapping_of
from salesflow.history.reading.table import as_text
from salesflow.process.activities import BUILT_IN_ACTIVITIES
from salesflow.process.model import Process
from salesflow.process.names import listed

_USUAL = (
    {"deal": "case:concept:name", "what": "concept:name", "at": "time:timestamp"},
    {"deal": "case_id", "what": "activity", "at": "timestamp"},
)
"""The names that process mining gives to the columns of a log."""
_USUAL_PEOPLE = ("org:resource", "resource")
_LIFECYCLE = "lifecycle:transition"

_COLUMNS = frozenset(
    [
        "deal",
        "at",
        "what",
        "value",
        "opened",
        "closed",
        "stage",
        "entered",
        "id",
        "by",
        "owner",
        "direction",
        "outcome",
        "status",
        "minutes",
    ]
)
_TIME = {"time_format": "format", "zone": "zone"}
_VALUES = frozenset({"opens", "ignore", "joined_with"})
_MOST_SHOWN = 3


def said_of(**keywords: Any) -> dict[str, Any]:  # noqa: ANN401 - columns, texts, tables
    """Return the keywords that say something."""
    return {name: value for name, value in keywords.items() if value is not None}


def mapping_by_keywords(said: dict[str, Any], frame: pl.DataFrame, process: Process) -> Mapping:
    """
    Return the mapping that keywords say, for one table.

    Args:
        said: What `EventLog.from_frame` was given: columns, and the tables of a mapping file.

        frame: The table. Without columns, those of process mining are looked for in it.

        process: The values that name its stages and kinds of activity mean these, unless the
            keywords say what values mean.

    Raises:
        LogError: If what is said does not hold together, or something would have to be guessed.
    """
    mapping = mapping_of(_document(said, frame), "mapping")
    if mapping.stages or mapping.activities or mapping.sheets[""].is_of_deals:
        return mapping
    return _speaking(mapping, frame, process)


def _document(said: dict[str, Any], frame: pl.DataFrame) -> dict[str, Any]:
    """Return what a mapping file would say."""
    given = dict(said)
    if "activity" in given:
        given["what"] = given.pop("activity")
    columns = {key: given.pop(key) for key in list(given) if key in _COLUMNS}
    if "deal" not in columns:
        columns = {**_usual(frame), **columns}
    document: dict[str, Any] = {"format": 1, "columns": columns}
    time = {_TIME[key]: given.pop(key) for key in list(given) if key in _TIME}
    if not isinstance(time.get("format", ""), str):
        time["format"] = list(time["format"])
    values = {key: given.pop(key) for key in list(given) if key in _VALUES}
    return (
        document | ({"time": time} if time else {}) | ({"values": values} if values else {}) | given
    )


def _usual(frame: pl.DataFrame) -> dict[str, Any]:
    """
    Return the columns of a log of process mining.

    Raises:
        LogError: If there is none, or its events come in steps that would be counted apart.
    """
    for usual in _USUAL:
        if set(usual.values()) <= set(frame.columns):
            break
    else:
        wanted = " or ".join(listed(usual.values()) for usual in _USUAL)
        problem = (
            f"the columns are {listed(frame.columns)}; expected {wanted}. "
            'Say which is which: deal="…", activity="…", at="…".'
        )
        raise LogError("frame", (problem,))
    if _LIFECYCLE in frame.columns:
        steps = sorted(map(str, frame[_LIFECYCLE].drop_nulls().unique()))
        if len(steps) > 1:
            problem = (
                f"column {_LIFECYCLE!r} has several steps of one activity: {listed(steps)}. Say "
                f'what each means: activity=["{usual["what"]}", "{_LIFECYCLE}"] and '
                "activities={…}."
            )
            raise LogError("frame", (problem,))
    people = [name for name in _USUAL_PEOPLE if name in frame.columns]
    return {**usual, **({"by": people[0]} if people else {})}


def _speaking(mapping: Mapping, frame: pl.DataFrame, process: Process) -> Mapping:
    """
    Return the mapping with the values that are named like stages and kinds of activity.

    Raises:
        LogError: If a value is named like both.
    """
    stages = {
        _folded(name): stage.id for stage in process.stages for name in (stage.title, stage.id)
    }
    known = (*BUILT_IN_ACTIVITIES, *(kind.id for kind in process.activities))
    kinds = {_folded(kind): kind for kind in known}
    values = _values_of(mapping, frame)
    both = [value for value in values if {_folded(value)} & stages.keys() & kinds.keys()]
    if both:
        problem = (
            f"{listed([repr(value) for value in both[:_MOST_SHOWN]])}: a stage and a kind of "
            "activity of the process have that name. Say what values mean: stages={…}, "
            "activities={…}."
        )
        raise LogError("frame", (problem,))
    return attrs.evolve(
        mapping,
        stages={v: StageValue(stage=stages[_folded(v)]) for v in values if _folded(v) in stages},
        activities={
            v: ActivityValue(kind=kinds[_folded(v)]) for v in values if _folded(v) in kinds
        },
    )


def _values_of(mapping: Mapping, frame: pl.DataFrame) -> Sequence[str]:
    """Return the distinct values of the columns that say what happened."""
    readings = mapping.sheets[""].readings
    columns = {name for reading in readings for name in reading.what}
    found: Iterable[str] = (
        value
        for name in sorted(columns & set(frame.columns))
        for value in as_text(frame[name]).drop_nulls().unique().sort()
    )
    return tuple(dict.fromkeys((*found, *(r.value for r in readings if r.value))))


def _folded(name: str | None) -> str:
    """Return a name without what people write differently."""
    return re.sub(r"[\s_-]+", " ", (name or "").strip()).casefold()

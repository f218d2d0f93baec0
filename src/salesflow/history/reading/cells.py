"""The cells of rows as what they mean: activities, minutes, facts."""

from __future__ import annotations

import attrs

from salesflow.events import Value
from salesflow.history.extras import np, npt, pl
from salesflow.history.reading.instants import Ints
from salesflow.history.reading.mapping import ActivityValue, Mapping, Turn
from salesflow.history.reading.meanings import Coded, coded
from salesflow.history.reading.parts import Part, shared
from salesflow.history.reading.sorting import distinct
from salesflow.history.reading.words import activity_of, fact_of
from salesflow.process.model import Process

Flags = npt.NDArray[np.bool_]

NOTHING = -1
"""No stage, no activity, no value."""
BAD = -2
"""An activity whose status means nothing."""
MOST_MINUTES = 1_000_000
"""A number from here on is not a length of an activity."""


@attrs.frozen(eq=False)
class Learnings:
    """
    One fact as columns tell it.

    Args:
        values: The distinct values.

        code: For each statement, its place in *values*; NOTHING: not said, or unread.

        unread: The texts that mean nothing to the fact.

        texts: What stands there.
    """

    values: tuple[Value, ...]
    code: Ints
    unread: frozenset[str]
    texts: Coded


def activities_of(
    parts: tuple[Part, ...], value: Coded, part: npt.NDArray[np.int8], mapping: Mapping
) -> tuple[Ints, tuple[ActivityValue, ...]]:
    """Return the activities that rows mean, those of one kind with one direction … as one."""
    said = [shared(parts, name) for name in ("direction", "outcome", "status")]
    known = np.array([text in mapping.activities for text in value.texts], dtype=bool)[value.code]
    known &= np.array([each.reading.turn is Turn.EVENT for each in parts], dtype=bool)[part]
    key = value.code
    for column in said:
        key = key * len(column.texts) + column.code
    numbers, place = distinct(key[known])
    found: list[ActivityValue | None] = []
    for number in numbers.tolist():
        texts = []
        for column in reversed(said):
            number, last = divmod(number, len(column.texts))  # noqa: PLW2901 - digit by digit
            texts.append(column.texts[last])
        status, outcome, direction = texts
        meant = mapping.activities[value.texts[number]]
        found.append(activity_of(meant, direction, outcome, status, mapping))
    kept = tuple(dict.fromkeys(item for item in found if item is not None))
    places = {item: number for number, item in enumerate(kept)}
    codes = np.array([BAD if i is None else places[i] for i in found], dtype=np.int64)
    activity = np.full(len(key), NOTHING, dtype=np.int64)
    activity[known] = codes[place]
    return activity, kept


def minutes_of(parts: tuple[Part, ...]) -> tuple[Ints, Flags]:
    """Return the minutes of every statement, and where they mean nothing."""
    texts = shared(parts, "minutes")
    said = pl.Series(texts.texts, dtype=pl.String).str.strip_chars()
    number = said.cast(pl.Float64, strict=False)
    good = ((number >= 0) & (number < MOST_MINUTES) & (number == number.floor())).fill_null(
        value=False
    )
    known = number.zip_with(good, pl.Series([float(NOTHING)]))
    minutes = known.cast(pl.Int64).to_numpy()
    return minutes[texts.code], ((said != "") & ~good).to_numpy()[texts.code]


def learnings_of(
    parts: tuple[Part, ...], name: str, mapping: Mapping, process: Process
) -> Learnings:
    """Return what is told of a fact."""
    fact = mapping.facts[name]
    columns = [fact.column if part.table.says(fact, part.reading) else None for part in parts]
    said = zip(parts, columns, strict=True)
    texts = coded(pl.concat([part.table.text(column).rename("") for part, column in said]))
    values: dict[Value, int] = {}
    codes, unread = [], set()
    for text in texts.texts:
        try:
            value = fact_of(name, text, mapping, process) if text.strip() else None
        except (TypeError, ValueError):
            value = None
            unread.add(text)
        codes.append(NOTHING if value is None else values.setdefault(value, len(values)))
    by_text = np.array(codes, dtype=np.int64)
    return Learnings(tuple(values), by_text[texts.code], frozenset(unread), texts)

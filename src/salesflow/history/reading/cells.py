"""The cells of rows as what they mean: activities, minutes, facts."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from salesflow.events import Value
from salesflow.history.extras import Codes, Flags, Ints, np, npt, pl
from salesflow.history.reading.amounts import EITHER, POINT, TwoAmountsError
from salesflow.history.reading.coded import Coded, coded, short
from salesflow.history.reading.dates import TwoDatesError
from salesflow.history.reading.integers import distinct
from salesflow.history.reading.mapping import ActivityValue, Mapping, Turn
from salesflow.history.reading.parts import Part, shared
from salesflow.history.reading.words import activity_of, fact_of
from salesflow.process.model import Process
from salesflow.process.parts import FactType

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

        hint: What would help to read them; empty: nothing.

        texts: What stands there.
    """

    values: tuple[Value, ...]
    code: Ints
    unread: frozenset[str]
    hint: str
    texts: Coded


def stages_of(texts: Iterable[str], mapping: Mapping, process: Process) -> Codes:
    """Return the stages that texts mean, by their places in the process; NOTHING: none."""
    number = {stage.id: place for place, stage in enumerate(process.stages)}
    meant = (mapping.stages.get(text) for text in texts)
    found = [NOTHING if each is None else number[each.stage] for each in meant]
    return np.array(found, dtype=short(len(number)))


def activities_of(
    parts: tuple[Part, ...], value: Coded, part: npt.NDArray[np.int8], mapping: Mapping
) -> tuple[Codes, tuple[ActivityValue, ...]]:
    """Return the activities that rows mean, those of one kind with one direction … as one."""
    said = [shared(parts, name) for name in ("direction", "outcome", "status")]
    numbers, place = np.arange(len(value.texts)), value.code
    if any(len(column.texts) > 1 for column in said):
        key = value.code.astype(np.int64)
        for column in said:
            key = key * len(column.texts) + column.code
        numbers, place = distinct(key)
    found: dict[ActivityValue, int] = {}
    codes = []
    for number in numbers.tolist():
        texts = []
        for column in reversed(said):
            number, last = divmod(number, len(column.texts))  # noqa: PLW2901 - digit by digit
            texts.append(column.texts[last])
        status, outcome, direction = texts
        meant = mapping.activities.get(value.texts[number])
        if meant is None:
            codes.append(NOTHING)
            continue
        told = activity_of(meant, direction, outcome, status, mapping)
        codes.append(BAD if told is None else found.setdefault(told, len(found)))
    activity = np.array(codes, dtype=short(len(numbers) + 1)).take(place)
    for number, each in enumerate(parts):
        if each.reading.turn is not Turn.EVENT:
            activity[part == number] = NOTHING
    return activity, tuple(found)


def minutes_of(parts: tuple[Part, ...]) -> tuple[Ints, Flags]:
    """Return the minutes of every statement, and where they mean nothing."""
    texts = shared(parts, "minutes")
    said = pl.Series(texts.texts, dtype=pl.String).str.strip_chars()
    number = said.cast(pl.Float64, strict=False).fill_null(NOTHING).to_numpy()
    is_good = (number >= 0) & (number < MOST_MINUTES) & (number == np.floor(number))
    minutes = np.where(is_good, number, NOTHING).astype(np.int64)
    return texts.spread(minutes), texts.spread(texts.says & ~is_good)


def learnings_of(
    parts: tuple[Part, ...], name: str, mapping: Mapping, process: Process
) -> Learnings:
    """Return what is told of a fact."""
    fact = mapping.facts[name]
    columns = [fact.column if part.table.says(fact, part.reading) else None for part in parts]
    said = list(zip(parts, columns, strict=True))
    texts = coded(pl.concat([part.table.text(column).rename("") for part, column in said]))
    there = [part.table.frame[column].dtype for part, column in said if column]
    # A column of numbers is no text that somebody wrote: its fractions stand after a point.
    signs = POINT if all(kind.is_numeric() for kind in there) else fact.decimal or EITHER
    values: dict[Value, int] = {}
    codes, unread, hint = [], set(), ""
    for text in texts.texts:
        try:
            value = fact_of(name, text, mapping, process, signs) if text.strip() else None
        except (TypeError, ValueError) as error:
            value = None
            unread.add(text)
            hint = _HINTS.get(type(error), hint or _WAYS.get(process.all_facts[name].type, ""))
        codes.append(NOTHING if value is None else values.setdefault(value, len(values)))
    by_text = np.array(codes, dtype=np.int64)
    return Learnings(tuple(values), texts.spread(by_text), frozenset(unread), hint, texts)


_HINTS: dict[type[Exception], str] = {
    TwoAmountsError: (
        '; some may be two amounts: say in [facts] what stands before a fraction, decimal = "." or '
        'decimal = ","'
    ),
    TwoDatesError: "; some may be two dates: name only one of their formats in [facts]",
}
"""What would help to read a text, by what is wrong with it."""

_SAY_VALUES = "; say in [facts] what its values mean: values = {…}"
_WAYS = {
    FactType.BOOL: _SAY_VALUES,
    FactType.ONE_OF: _SAY_VALUES,
    FactType.DATE: '; say in [facts] how it is written: format = "%d.%m.%Y" or the like',
}
"""The same, by the type of the fact: what a text of it is, nobody but the reader can know."""

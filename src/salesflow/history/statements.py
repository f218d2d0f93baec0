"""What the rows of a file say, as columns of numbers, and which of it can be used."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from salesflow.events import Value
from salesflow.history.extras import np, npt, pl
from salesflow.history.instants import (
    FAR_OFF,
    MISSING,
    NAIVE,
    NO_ZONE,
    UNREADABLE,
    WHOLE_DAY,
    Instants,
    Ints,
    read_instants,
)
from salesflow.history.mapping import ActivityValue, Mapping, Reading
from salesflow.history.meanings import Coded, coded
from salesflow.history.words import activity_of, fact_of
from salesflow.process.model import Process

Flags = npt.NDArray[np.bool_]

NOTHING = -1
"""No stage, no activity, no value."""
MOST_MINUTES = 1_000_000
"""A number from here on is no length of an activity."""

# What becomes of what a row says.
KEPT, EMPTY, DUPLICATE, NO_DEAL, NO_INSTANT, BAD_INSTANT, ZONELESS, OUT_OF_RANGE, BAD_STATUS = (
    range(9)
)
ID_TAKEN, NO_OPENING = 9, 10

REASONS = {
    NO_DEAL: ("no_deal", "without a deal id"),
    NO_INSTANT: ("no_instant", "without an instant"),
    BAD_INSTANT: ("bad_instant", "with an instant that cannot be read"),
    ZONELESS: ("no_zone", "with a time without a zone, and the mapping names none"),
    OUT_OF_RANGE: ("out_of_range", "dated before 1970 or after 2100"),
    BAD_STATUS: ("bad_status", "of an activity with an unknown status"),
    ID_TAKEN: ("id_taken", "with the id of another row of the deal"),
    NO_OPENING: ("no_opening", "of a deal that no row opens"),
}
"""Why a row cannot be used: a stable name and the same in words."""


@attrs.define(eq=False)
class Told:
    """
    One fact as a column tells it.

    Args:
        values: The distinct values.

        code: For each row, its place in *values*; NOTHING: not said, or unread.

        unread: The texts that mean nothing to the fact.

        texts: The column.
    """

    values: tuple[Value, ...]
    code: Ints
    unread: frozenset[str]
    texts: Coded


@attrs.define(eq=False)
class Statements:
    """
    What the rows say, one entry for each row and reading, reading by reading.

    Args:
        rows: How many rows there are.

        fate: What becomes of each.

        deal, value: The deal and what happened.

        when: The instants.

        seq: The order of the file.

        stage: The stage that the value means, by its place in the process; NOTHING: none.

        activity: The activity that it means, by its place in *activities*; NOTHING: none.

        activities: The distinct activities.

        minutes: Of activities; NOTHING: not said.

        bad_minutes: Where minutes were said and mean nothing.

        facts: What the columns of facts tell, for the first reading.
    """

    rows: int
    fate: npt.NDArray[np.int8]
    deal: Coded
    value: Coded
    when: Instants
    seq: Ints
    stage: Ints
    activity: Ints
    activities: tuple[ActivityValue, ...]
    minutes: Ints
    bad_minutes: Flags
    facts: dict[str, Told]

    def mark(self, where: Flags, fate: int) -> None:
        """Settle what becomes of those whose fate was still open."""
        self.fate[where & (self.fate == KEPT)] = fate

    def value_in(self, names: Iterator[str] | frozenset[str] | tuple[str, ...]) -> Flags:
        """Return which values are among some names."""
        wanted = frozenset(names)
        return np.array([text in wanted for text in self.value.texts], dtype=bool)[self.value.code]


def read_statements(frame: pl.DataFrame, mapping: Mapping, process: Process) -> Statements:
    """Return what the rows of *frame* say; whether their deals open is not asked yet."""
    readings = len(mapping.readings)
    value = coded(pl.concat([_values(frame, reading, mapping) for reading in mapping.readings]))
    when = _joined([_instants(frame, reading, mapping, process) for reading in mapping.readings])
    deal = coded(frame[mapping.columns.deal])
    stages = {stage.id: number for number, stage in enumerate(process.stages)}
    meant = [mapping.stages.get(text) for text in value.texts]
    by_value = np.array([NOTHING if m is None else stages[m.stage] for m in meant], dtype=np.int64)
    activity, activities = _activities(frame, value, mapping)
    minutes, bad_minutes = _minutes(frame, mapping)
    rows = np.arange(len(frame), dtype=np.int64)
    said = Statements(
        rows=len(frame),
        fate=np.zeros(len(frame) * readings, dtype=np.int8),
        deal=Coded(np.tile(deal.code, readings), deal.texts),
        value=value,
        when=when,
        seq=np.concatenate([rows * readings + number for number in range(readings)]),
        stage=by_value[value.code],
        activity=activity,
        activities=activities,
        minutes=np.tile(minutes, readings),
        bad_minutes=np.tile(bad_minutes, readings),
        facts={name: _told(frame, name, mapping, process) for name in mapping.facts},
    )
    _sort_out(said, frame, mapping)
    return said


def _values(frame: pl.DataFrame, reading: Reading, mapping: Mapping) -> pl.Series:
    """Return what happened, as text."""
    if not reading.what:
        return pl.Series([reading.value], dtype=pl.String).new_from_index(0, len(frame))
    parts = [pl.col(name).fill_null("") for name in reading.what]
    return frame.select(pl.concat_str(parts, separator=mapping.joined_with).alias("")).to_series()


def _instants(
    frame: pl.DataFrame, reading: Reading, mapping: Mapping, process: Process
) -> Instants:
    return read_instants(
        frame[reading.at], mapping.time_format, mapping.zone, process.calendar.timezone
    )


def _joined(parts: list[Instants]) -> Instants:
    return Instants(
        at=np.concatenate([part.at for part in parts]),
        begin=np.concatenate([part.begin for part in parts]),
        what=np.concatenate([part.what for part in parts]),
    )


def _activities(
    frame: pl.DataFrame, value: Coded, mapping: Mapping
) -> tuple[Ints, tuple[ActivityValue, ...]]:
    """Return the activities that rows mean, those of one kind with one direction … as one."""
    readings = len(mapping.readings)
    columns = mapping.columns
    said = [_optional(frame, name) for name in (columns.direction, columns.outcome, columns.status)]
    known = np.array([text in mapping.activities for text in value.texts], dtype=bool)[value.code]
    key = value.code
    for column in said:
        key = key * len(column.texts) + np.tile(column.code, readings)
    distinct, place = np.unique(key[known], return_inverse=True)
    found: list[ActivityValue | None] = []
    for number in distinct.tolist():
        texts = []
        for column in reversed(said):
            number, last = divmod(number, len(column.texts))  # noqa: PLW2901 - digit by digit
            texts.append(column.texts[last])
        status, outcome, direction = texts
        meant = mapping.activities[value.texts[number]]
        found.append(activity_of(meant, direction, outcome, status, mapping))
    kept = tuple(dict.fromkeys(item for item in found if item is not None))
    places = {item: number for number, item in enumerate(kept)}
    codes = np.array([_BAD if i is None else places[i] for i in found], dtype=np.int64)
    activity = np.full(len(key), NOTHING, dtype=np.int64)
    activity[known] = codes[place]
    return activity, kept


_BAD = -2
"""An activity whose status means nothing."""


def _optional(frame: pl.DataFrame, name: str | None) -> Coded:
    """Return a column, or one of empty texts if the mapping names none."""
    if name is None:
        return Coded(np.zeros(len(frame), dtype=np.int64), ("",))
    return coded(frame[name])


def _minutes(frame: pl.DataFrame, mapping: Mapping) -> tuple[Ints, Flags]:
    """Return the minutes of every row, and where they mean nothing."""
    name = mapping.columns.minutes
    if name is None:
        return np.full(len(frame), NOTHING, dtype=np.int64), np.zeros(len(frame), dtype=bool)
    said = frame[name].fill_null("").str.strip_chars()
    number = said.cast(pl.Float64, strict=False)
    good = ((number >= 0) & (number < MOST_MINUTES) & (number == number.floor())).fill_null(
        value=False
    )
    minutes = number.zip_with(good, pl.Series([float(NOTHING)])).cast(pl.Int64).to_numpy()
    return minutes, ((said != "") & ~good).to_numpy()


def _told(frame: pl.DataFrame, name: str, mapping: Mapping, process: Process) -> Told:
    """Return what a column tells of a fact."""
    texts = coded(frame[mapping.facts[name].column])
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
    return Told(tuple(values), by_text[texts.code], frozenset(unread), texts)


def _sort_out(said: Statements, frame: pl.DataFrame, mapping: Mapping) -> None:
    """Find what cannot be used, and what repeats."""
    what = said.when.what
    later = np.arange(len(what)) >= said.rows
    said.mark(later & (what == MISSING), EMPTY)
    without_id = np.array([not text.strip() for text in said.deal.texts], dtype=bool)
    said.mark(without_id[said.deal.code], NO_DEAL)
    for seen, fate in (
        (MISSING, NO_INSTANT),
        (UNREADABLE, BAD_INSTANT),
        (NO_ZONE, ZONELESS),
        (FAR_OFF, OUT_OF_RANGE),
    ):
        said.mark(what == seen, fate)
    said.mark(said.activity == _BAD, BAD_STATUS)
    repeats, taken = _repeats(frame, mapping)
    readings = len(mapping.readings)
    said.mark(np.tile(repeats, readings), DUPLICATE)
    said.mark(np.tile(taken, readings), ID_TAKEN)


def _repeats(frame: pl.DataFrame, mapping: Mapping) -> tuple[Flags, Flags]:
    """
    Return which rows repeat an earlier one, and which only have its id.

    Without an id of its own, a row repeats another if every cell is the same; with one, if every
    cell that the mapping reads is.
    """
    repeats = ~pl.struct(pl.all()).is_first_distinct()
    name = mapping.columns.id
    if name is None:
        return frame.select(repeats).to_series().to_numpy(), np.zeros(len(frame), dtype=bool)
    has_id = (pl.col(name) != "").fill_null(value=False)
    same = ~pl.struct(*mapping.used_columns).is_first_distinct()
    taken = ~pl.struct(mapping.columns.deal, name).is_first_distinct()
    found = frame.select(repeats=repeats | (has_id & same), taken=has_id & taken)
    return found["repeats"].to_numpy(), found["taken"].to_numpy()


def flags_of(said: Statements) -> dict[str, int]:
    """Return what has to be known about the instants that are used."""
    kept = said.fate == KEPT
    return {
        "date_only": int((kept & (said.when.what == WHOLE_DAY)).sum()),
        "without_zone": int((kept & (said.when.what == NAIVE)).sum()),
        "bad_minutes": int((kept & said.bad_minutes).sum()),
    }

"""What the rows of a file say, as columns of numbers, and which of it can be used."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from salesflow.history.extras import Codes, Flags, Ints, np, npt, pl
from salesflow.history.reading.cells import (
    BAD,
    NOTHING,
    Learnings,
    activities_of,
    learnings_of,
    minutes_of,
    stages_of,
)
from salesflow.history.reading.coded import Coded, coded
from salesflow.history.reading.instants import (
    FAR_OFF,
    IN_DAYS,
    IN_MILLISECONDS,
    IN_SECONDS,
    MISSING,
    NAIVE,
    NO_ZONE,
    TWO_INSTANTS,
    UNREADABLE,
    USABLE,
    WHOLE_DAY,
    Instants,
    read_instants,
)
from salesflow.history.reading.integers import alike, chained, changes, order_by
from salesflow.history.reading.mapping import ActivityValue, Mapping, Turn
from salesflow.history.reading.parts import Part, order_of, parts_of, shared, texts_of, values_of
from salesflow.history.reading.table import Table
from salesflow.process.model import Process
from salesflow.process.parts import StageKind

# What becomes of what a row says.
KEPT, EMPTY, DUPLICATE, NO_DEAL, NO_INSTANT, BAD_INSTANT, ZONELESS, OUT_OF_RANGE, BAD_STATUS = (
    range(9)
)
ID_TAKEN, NO_OPENING, NO_CLOSE, OF_DAYS, OF_SECONDS, OF_MILLISECONDS, DOUBTFUL = range(9, 16)

REASONS = {
    NO_DEAL: ("no_deal", "without a deal id"),
    NO_INSTANT: ("no_instant", "without an instant"),
    BAD_INSTANT: ("bad_instant", "with an instant that cannot be read"),
    DOUBTFUL: ("two_instants", "with an instant that two formats read differently"),
    OF_DAYS: ("in_days", "with a number for an instant, which counts days as a spreadsheet does"),
    OF_SECONDS: ("in_seconds", "with a number for an instant, which counts seconds"),
    OF_MILLISECONDS: ("in_milliseconds", "with a number for an instant, which counts milliseconds"),
    ZONELESS: ("no_zone", "with a time without a zone, and the mapping names none"),
    OUT_OF_RANGE: ("out_of_range", "dated no later than the start of 1970, or after 2100"),
    BAD_STATUS: ("bad_status", "of an activity with an unknown status"),
    ID_TAKEN: ("id_taken", "with the id of another row of the deal"),
    NO_OPENING: ("no_opening", "of a deal that no row opens"),
    NO_CLOSE: ("no_close", "of a deal that is closed without an instant"),
}
"""Why a row cannot be used: a stable name and the same in words."""


@attrs.frozen(eq=False)
class Course:
    """
    Statements by deal, as they happened.

    Args:
        number: Which ones.

        deal, at: The deal and the instant of each.

        moment: Both as one number that ascends.
    """

    number: Ints
    deal: Codes
    at: Ints
    moment: Codes

    def where(self, is_kept: Flags) -> Course:
        """Return some of them."""
        return Course(
            self.number[is_kept], self.deal[is_kept], self.at[is_kept], self.moment[is_kept]
        )


@attrs.frozen(eq=False)
class Statements:
    """
    What the rows say, one entry for each row and reading, part by part.

    Args:
        parts: The tables and readings.

        fate: What becomes of each.

        deal, value: The deal and what happened.

        when: The instants.

        row: The row that says it, counted over all tables.

        seq: The order of the tables.

        part: The part that it belongs to.

        course: Those that have an instant, by deal, as they happened.

        stage: The stage that it means, by its place in the process; NOTHING: none.

        activity: The activity that it means, by its place in *activities*; NOTHING: none.

        activities: The distinct activities.

        minutes: Of activities; NOTHING: not said.

        bad_minutes: Where minutes were said and mean nothing.

        facts: What is told of facts.
    """

    parts: tuple[Part, ...]
    fate: npt.NDArray[np.int8]
    deal: Coded
    value: Coded
    when: Instants
    row: Ints
    seq: Ints
    part: npt.NDArray[np.int8]
    course: Course
    stage: Codes
    activity: Codes
    activities: tuple[ActivityValue, ...]
    minutes: Ints
    bad_minutes: Flags
    facts: dict[str, Learnings]

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(len(part) for part in self.parts if part.number == 0)

    def mark(self, where: Flags, fate: int) -> None:
        """Settle what becomes of those whose fate was still open."""
        if where.any():
            self.fate[where & (self.fate == KEPT)] = fate

    def value_in(self, names: Iterable[str]) -> Flags:
        """Return which values are among some names."""
        wanted = frozenset(names)
        named = np.array([text in wanted for text in self.value.texts], dtype=bool)
        return self.value.spread(named)

    def of_parts(self, told: Iterable[bool]) -> Flags:
        """Return by statement what holds of each part."""
        return np.repeat(np.fromiter(told, dtype=bool), [len(part) for part in self.parts])

    def turn_in(self, *turns: Turn) -> Flags:
        """Return which ones have one of some turns in the life of a deal."""
        return self.of_parts(part.reading.turn in turns for part in self.parts)

    def shared(self, name: str) -> Coded:
        """Return a column that all readings of a row share, by its name in `Columns`."""
        return shared(self.parts, name)

    def texts(self, name: str) -> pl.Series | None:
        """Return the same as texts; None: no table has it."""
        return texts_of(self.parts, name)


def read_statements(tables: Iterable[Table], mapping: Mapping, process: Process) -> Statements:
    """Return what the rows of tables say; whether their deals open is not asked yet."""
    parts = parts_of(tables)
    deal = shared(parts, "deal")
    value = coded(pl.concat([values_of(part, mapping) for part in parts]))
    when = _joined([_instants(part, mapping, process) for part in parts])
    readings = max(part.number for part in parts) + 1
    seq = chained(order_of(part, readings) for part in parts)
    part = np.repeat(np.arange(len(parts), dtype=np.int8), [len(part) for part in parts])
    activity, activities = activities_of(parts, value, part, mapping)
    minutes, bad_minutes = minutes_of(parts)
    said = Statements(
        parts=parts,
        fate=np.zeros(len(part), dtype=np.int8),
        deal=deal,
        value=value,
        when=when,
        row=chained(np.arange(part.first, part.first + len(part)) for part in parts),
        seq=seq,
        part=part,
        course=_course(deal.code, when, seq),
        stage=_stages(parts, value, mapping, process),
        activity=activity,
        activities=activities,
        minutes=minutes,
        bad_minutes=bad_minutes,
        facts={name: learnings_of(parts, name, mapping, process) for name in mapping.facts},
    )
    _sort_out(said, mapping, process)
    return said


def _course(deal: Codes, when: Instants, seq: Ints) -> Course:
    """Return the statements that have an instant by deal, as they happened."""
    there = np.flatnonzero(when.what >= USABLE)
    if len(there) == len(seq):
        number = order_by(seq, when.at, deal)
    else:
        number = there[order_by(seq[there], when.at[there], deal[there])]
    deal, at = deal.take(number), when.at.take(number)
    return Course(number, deal, at, np.cumsum(changes(deal, at), dtype=np.int32))


def _instants(part: Part, mapping: Mapping, process: Process) -> Instants:
    return read_instants(
        part.table.frame[part.reading.at],
        mapping.time_format,
        mapping.zone,
        process.calendar.timezone,
    )


def _joined(parts: list[Instants]) -> Instants:
    return Instants(
        at=chained(part.at for part in parts),
        begin=chained(part.begin for part in parts),
        what=chained(part.what for part in parts),
        form=chained(part.form for part in parts),
    )


def _stages(parts: tuple[Part, ...], value: Coded, mapping: Mapping, process: Process) -> Codes:
    """Return the stages that statements mean, each by its turn in the life of a deal."""
    said = stages_of(value.texts, mapping, process)
    is_open = np.array([stage.kind is StageKind.OPEN for stage in process.stages], dtype=bool)
    opened, closed = np.where(is_open[said], said, NOTHING), np.where(is_open[said], NOTHING, said)
    number = {stage.id: place for place, stage in enumerate(process.stages)}
    nothing = np.full_like(said, NOTHING)
    found, begin = [], 0
    for part in parts:
        code, begin = value.code[begin : begin + len(part)], begin + len(part)
        # Where the entries into stages are told, the present stage says nothing about the opening.
        is_told = any(other.turn is Turn.ENTERS for other in part.table.sheet.readings)
        match part.reading.turn:
            case Turn.ENTERS:
                meaning = np.full_like(said, number[part.reading.value])
            case Turn.OPENS:
                meaning = nothing if is_told else opened
            case Turn.CLOSES:
                meaning = closed
            case _:
                meaning = said
        found.append(meaning.take(code))
    return chained(found)


def _sort_out(said: Statements, mapping: Mapping, process: Process) -> None:
    """Find what cannot be used, and what repeats."""
    what = said.when.what
    said.mark(said.of_parts(part.number > 0 for part in said.parts) & (what == MISSING), EMPTY)
    # A closing of a deal that is open says nothing: often it is when somebody expects it.
    said.mark(said.turn_in(Turn.CLOSES) & (said.stage == NOTHING), EMPTY)
    has_id = said.deal.says
    if not has_id.all():
        said.mark(said.deal.spread(~has_id), NO_DEAL)
    for seen, fate in (
        (MISSING, NO_INSTANT),
        (UNREADABLE, BAD_INSTANT),
        (TWO_INSTANTS, DOUBTFUL),
        (IN_DAYS, OF_DAYS),
        (IN_SECONDS, OF_SECONDS),
        (IN_MILLISECONDS, OF_MILLISECONDS),
        (NO_ZONE, ZONELESS),
        (FAR_OFF, OUT_OF_RANGE),
    ):
        said.mark(what == seen, fate)
    said.mark(said.activity == BAD, BAD_STATUS)
    for found, fate in zip(_repeats(said, mapping), (DUPLICATE, ID_TAKEN), strict=True):
        if found.any():
            said.mark(found[said.row], fate)
    said.mark(_without_close(said, mapping, process), NO_CLOSE)


def _repeats(said: Statements, mapping: Mapping) -> tuple[Flags, Flags]:
    """
    Return which rows repeat an earlier one, and which only have its id.

    Without an id of its own, a row repeats another if every cell is the same; with one, if every
    cell that the mapping reads is.
    """
    able = _able_to_repeat(said)
    found = [
        _repeats_in(part.table, mapping, able[part.first : part.first + len(part)])
        for part in said.parts
        if part.number == 0
    ]
    return np.concatenate([each[0] for each in found]), np.concatenate([each[1] for each in found])


def _able_to_repeat(said: Statements) -> Flags:
    """
    Return which rows may repeat one another: they say one thing of one deal and instant.

    No row that repeats another and can be used is missing.
    """
    together = np.flatnonzero(alike(said.course.moment))
    number, moment = said.course.number[together], said.course.moment[together]
    value = said.value.code[number]
    order = order_by(value, moment)
    found = np.zeros(said.rows, dtype=bool)
    found[said.row[number[order[alike(moment[order], value[order])]]]] = True
    return found


def _repeats_in(table: Table, mapping: Mapping, able: Flags) -> tuple[Flags, Flags]:
    """Return which rows of a table repeat an earlier one, and which only have its id."""
    frame, columns = table.frame, table.sheet.columns
    repeats = ~pl.struct(pl.all()).is_first_distinct()
    name = columns.id
    if name is None:
        among = np.zeros(len(frame), dtype=bool)
        if not able.any():
            return among, among
        among[able] = frame.filter(pl.Series(able)).select(repeats).to_series().to_numpy()
        return among, np.zeros(len(frame), dtype=bool)
    facts = [fact.column for fact in mapping.facts.values() if fact.column in frame.columns]
    read = dict.fromkeys((*table.sheet.used_columns, *facts))
    has_id = pl.lit(table.text(name).fill_null("") != "")
    same = ~pl.struct(*read).is_first_distinct()
    taken = ~pl.struct(columns.deal, name).is_first_distinct()
    found = frame.select(repeats=repeats | (has_id & same), taken=has_id & taken)
    return found["repeats"].to_numpy(), found["taken"].to_numpy()


def _without_close(said: Statements, mapping: Mapping, process: Process) -> Flags:
    """Return which openings are of deals that are closed nobody knows when."""
    opens = said.turn_in(Turn.OPENS)
    if not opens.any():
        return opens
    is_open = {stage.id: stage.kind is StageKind.OPEN for stage in process.stages}
    closed = said.value_in(v for v, meant in mapping.stages.items() if not is_open[meant.stage])
    has_close = np.zeros(said.rows, dtype=bool)
    has_close[said.row[said.turn_in(Turn.CLOSES) & (said.fate == KEPT)]] = True
    return opens & closed & ~has_close[said.row]


def formats_of(said: Statements, mapping: Mapping) -> dict[str, int]:
    """Return how many instants that are used each format reads, if there are several formats."""
    if len(mapping.time_format) == 1:
        return {}
    counts = np.bincount(said.when.form[said.fate == KEPT], minlength=len(mapping.time_format))
    return dict(zip(mapping.time_format, counts.tolist(), strict=True))


def flags_of(said: Statements) -> dict[str, int]:
    """Return what has to be known about the instants that are used."""
    kept = said.fate == KEPT
    return {
        "date_only": int((kept & (said.when.what == WHOLE_DAY)).sum()),
        "without_zone": int((kept & (said.when.what == NAIVE)).sum()),
    }

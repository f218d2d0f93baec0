"""What the rows of a file say, as columns of numbers, and which of it can be used."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from salesflow.history.extras import np, npt, pl
from salesflow.history.reading.cells import (
    BAD,
    NOTHING,
    Flags,
    Learnings,
    activities_of,
    learnings_of,
    minutes_of,
)
from salesflow.history.reading.instants import (
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
from salesflow.history.reading.mapping import ActivityValue, Mapping, Turn
from salesflow.history.reading.meanings import Coded, coded
from salesflow.history.reading.parts import Part, order_of, parts_of, shared, texts_of, values_of
from salesflow.history.reading.table import Table
from salesflow.process.model import Process
from salesflow.process.parts import StageKind

# What becomes of what a row says.
KEPT, EMPTY, DUPLICATE, NO_DEAL, NO_INSTANT, BAD_INSTANT, ZONELESS, OUT_OF_RANGE, BAD_STATUS = (
    range(9)
)
ID_TAKEN, NO_OPENING, NO_CLOSE = 9, 10, 11

REASONS = {
    NO_DEAL: ("no_deal", "without a deal id"),
    NO_INSTANT: ("no_instant", "without an instant"),
    BAD_INSTANT: ("bad_instant", "with an instant that cannot be read"),
    ZONELESS: ("no_zone", "with a time without a zone, and the mapping names none"),
    OUT_OF_RANGE: ("out_of_range", "dated before 1970 or after 2100"),
    BAD_STATUS: ("bad_status", "of an activity with an unknown status"),
    ID_TAKEN: ("id_taken", "with the id of another row of the deal"),
    NO_OPENING: ("no_opening", "of a deal that no row opens"),
    NO_CLOSE: ("no_close", "of a deal that is closed without an instant"),
}
"""Why a row cannot be used: a stable name and the same in words."""


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
    stage: Ints
    activity: Ints
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
        self.fate[where & (self.fate == KEPT)] = fate

    def value_in(self, names: Iterable[str]) -> Flags:
        """Return which values are among some names."""
        wanted = frozenset(names)
        return np.array([text in wanted for text in self.value.texts], dtype=bool)[self.value.code]

    def turn_in(self, *turns: Turn) -> Flags:
        """Return which ones have one of some turns in the life of a deal."""
        return np.array([part.reading.turn in turns for part in self.parts], dtype=bool)[self.part]

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
    part = np.repeat(np.arange(len(parts), dtype=np.int8), [len(part) for part in parts])
    activity, activities = activities_of(parts, value, part, mapping)
    minutes, bad_minutes = minutes_of(parts)
    readings = max(part.number for part in parts) + 1
    said = Statements(
        parts=parts,
        fate=np.zeros(len(part), dtype=np.int8),
        deal=deal,
        value=value,
        when=_joined([_instants(part, mapping, process) for part in parts]),
        row=np.concatenate([part.first + np.arange(len(part)) for part in parts]),
        seq=np.concatenate([order_of(part, readings) for part in parts]),
        part=part,
        stage=_stages(parts, value, part, mapping, process),
        activity=activity,
        activities=activities,
        minutes=minutes,
        bad_minutes=bad_minutes,
        facts={name: learnings_of(parts, name, mapping, process) for name in mapping.facts},
    )
    _sort_out(said, mapping, process)
    return said


def _instants(part: Part, mapping: Mapping, process: Process) -> Instants:
    return read_instants(
        part.table.frame[part.reading.at],
        mapping.time_format,
        mapping.zone,
        process.calendar.timezone,
    )


def _joined(parts: list[Instants]) -> Instants:
    return Instants(
        at=np.concatenate([part.at for part in parts]),
        begin=np.concatenate([part.begin for part in parts]),
        what=np.concatenate([part.what for part in parts]),
    )


def _stages(
    parts: tuple[Part, ...],
    value: Coded,
    part: npt.NDArray[np.int8],
    mapping: Mapping,
    process: Process,
) -> Ints:
    """Return the stages that statements mean, each by its turn in the life of a deal."""
    number = {stage.id: place for place, stage in enumerate(process.stages)}
    meant = (mapping.stages.get(text) for text in value.texts)
    said = np.array([NOTHING if m is None else number[m.stage] for m in meant], dtype=np.int64)
    is_open = np.array([stage.kind is StageKind.OPEN for stage in process.stages], dtype=bool)
    opened, closed = np.where(is_open[said], said, NOTHING), np.where(is_open[said], NOTHING, said)
    stage = np.empty(len(value.code), dtype=np.int64)
    for place, each in enumerate(parts):
        here = part == place
        # Where the entries into stages are told, the present stage says nothing about the opening.
        is_told = any(other.turn is Turn.ENTERS for other in each.table.sheet.readings)
        match each.reading.turn:
            case Turn.ENTERS:
                stage[here] = number[each.reading.value]
            case Turn.OPENS:
                stage[here] = NOTHING if is_told else opened[value.code[here]]
            case Turn.CLOSES:
                stage[here] = closed[value.code[here]]
            case _:
                stage[here] = said[value.code[here]]
    return stage


def _sort_out(said: Statements, mapping: Mapping, process: Process) -> None:
    """Find what cannot be used, and what repeats."""
    what = said.when.what
    later = np.array([part.number > 0 for part in said.parts], dtype=bool)[said.part]
    said.mark(later & (what == MISSING), EMPTY)
    # A closing of a deal that is open says nothing: often it is when somebody expects it.
    said.mark(said.turn_in(Turn.CLOSES) & (said.stage == NOTHING), EMPTY)
    without_id = np.array([not text.strip() for text in said.deal.texts], dtype=bool)
    said.mark(without_id[said.deal.code], NO_DEAL)
    for seen, fate in (
        (MISSING, NO_INSTANT),
        (UNREADABLE, BAD_INSTANT),
        (NO_ZONE, ZONELESS),
        (FAR_OFF, OUT_OF_RANGE),
    ):
        said.mark(what == seen, fate)
    said.mark(said.activity == BAD, BAD_STATUS)
    repeats, taken = _repeats(said, mapping)
    said.mark(repeats[said.row], DUPLICATE)
    said.mark(taken[said.row], ID_TAKEN)
    said.mark(_without_close(said, mapping, process), NO_CLOSE)


def _repeats(said: Statements, mapping: Mapping) -> tuple[Flags, Flags]:
    """
    Return which rows repeat an earlier one, and which only have its id.

    Without an id of its own, a row repeats another if every cell is the same; with one, if every
    cell that the mapping reads is.
    """
    alike = _alike(said)
    found = [
        _repeats_in(part.table, mapping, alike[part.first : part.first + len(part)])
        for part in said.parts
        if part.number == 0
    ]
    return np.concatenate([each[0] for each in found]), np.concatenate([each[1] for each in found])


_MIX = np.uint64(0x9E3779B97F4A7C15)
"""An odd number whose multiples are far apart."""


def _alike(said: Statements) -> Flags:
    """
    Return which rows may repeat one another: of one deal they say one thing of one instant.

    By chance others are among them; no row that repeats another is missing.
    """
    first = np.array([part.number == 0 for part in said.parts], dtype=bool)[said.part]
    mixed = np.zeros(int(first.sum()), dtype=np.uint64)
    for column in (said.deal.code, said.value.code, said.when.at):
        mixed *= _MIX
        mixed += column[first].astype(np.uint64)
    order = np.argsort(mixed)
    same = mixed[order[1:]] == mixed[order[:-1]]
    alike = np.zeros(said.rows, dtype=bool)
    rows = said.row[first]
    alike[rows[order[1:][same]]] = alike[rows[order[:-1][same]]] = True
    return alike


def _repeats_in(table: Table, mapping: Mapping, alike: Flags) -> tuple[Flags, Flags]:
    """Return which rows of a table repeat an earlier one, and which only have its id."""
    frame, columns = table.frame, table.sheet.columns
    repeats = ~pl.struct(pl.all()).is_first_distinct()
    name = columns.id
    if name is None:
        among = np.zeros(len(frame), dtype=bool)
        if not alike.any():
            return among, among
        among[alike] = frame.filter(pl.Series(alike)).select(repeats).to_series().to_numpy()
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
    is_open = {stage.id: stage.kind is StageKind.OPEN for stage in process.stages}
    closed = said.value_in(v for v, meant in mapping.stages.items() if not is_open[meant.stage])
    has_close = np.zeros(said.rows, dtype=bool)
    has_close[said.row[said.turn_in(Turn.CLOSES) & (said.fate == KEPT)]] = True
    return said.turn_in(Turn.OPENS) & closed & ~has_close[said.row]


def flags_of(said: Statements) -> dict[str, int]:
    """Return what has to be known about the instants that are used."""
    kept = said.fate == KEPT
    return {
        "date_only": int((kept & (said.when.what == WHOLE_DAY)).sum()),
        "without_zone": int((kept & (said.when.what == NAIVE)).sum()),
        "bad_minutes": int((kept & said.bad_minutes).sum()),
    }

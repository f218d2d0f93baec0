"""How event logs are read: from files, from frames, from events."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Self, TypeVar

import attrs

from salesflow.deal import Deal
from salesflow.errors import LogError
from salesflow.events import Event
from salesflow.given import given, several
from salesflow.history.crm import Translation
from salesflow.history.extras import pl
from salesflow.history.reading import build, columns, sources, xes
from salesflow.history.reading.conventions import mapping_by_keywords, said_of
from salesflow.history.reading.csv_files import read_csv
from salesflow.history.reading.event_files import read_events
from salesflow.history.reading.joining import joined, joined_quality
from salesflow.history.reading.mapping import Mapping as Meaning
from salesflow.history.reading.mapping_file import load_mapping_for
from salesflow.history.reading.migrated import checked_processes
from salesflow.history.reading.quality import Quality
from salesflow.history.reading.recorded import Recorded
from salesflow.history.reading.sources import Path
from salesflow.history.reading.table_events import TableEvents
from salesflow.history.reading.usable import refuse_useless
from salesflow.process.model import Process

_Log = TypeVar("_Log", bound="Readers")


@attrs.frozen(eq=False, kw_only=True, repr=False)
class Readers:
    """What an `EventLog` consists of, and the ways to read one; what it answers stands there."""

    deals: tuple[str, ...]
    quality: Quality
    facts: frozenset[str]
    origin: TableEvents | Recorded  # the events as they lie in memory, for whoever judges them

    @classmethod
    def from_csv(
        cls, path: Path | Mapping[str, Path], process: Process, mapping: Meaning | Path
    ) -> Self:
        """
        Read a CSV file (``.csv``, or ``.csv.gz``), or several by the names of their tables.

        Args:
            path: The file; of several tables, each by the name that the mapping gives it.

            process: Whose stages, activities and facts the mapping names.

            mapping: What their columns and values mean, or the file that says so.

        Raises:
            LogError: If the file or the mapping cannot be read, a column is missing, or the mapping
                names what the process does not have.
        """
        meaning = _meaning(mapping, process)
        frames = {name: read_csv(file, meaning) for name, file in sources.named(path).items()}
        return cls._told(frames, meaning, process, _source(path), has_lines=True)

    @classmethod
    def from_parquet(
        cls,
        path: Path | Mapping[str, Path],
        process: Process,
        mapping: Meaning | Path | None = None,
        *,
        parts: int = 1,
        earlier: Iterable[Process] = (),
    ) -> Self:
        """
        Read a Parquet file, or several by the names of their tables.

        Args:
            path: The file; of several tables, each by the name that the mapping gives it.

            process: Whose stages, activities and facts the mapping names.

            mapping: What their columns and values mean, or the file that says so. None: the file is
                one that `to_parquet` wrote.

            parts: The number of parts in which to read it, each with some of the deals and all of
                their rows, whatever their order. Only one part and the events of those before it
                are in memory at a time; the log is the same.

            earlier: As in `from_jsonl`, for a file that `to_parquet` wrote.

        Raises:
            LogError: As in `from_csv`.
            ValueError: If *parts* is less than 1.
        """
        logs = cls.parts_of_parquet(path, process, mapping, parts=parts, earlier=earlier)
        return next(logs) if parts == 1 else cls.concat(logs)

    @classmethod
    def parts_of_parquet(
        cls,
        path: Path | Mapping[str, Path],
        process: Process,
        mapping: Meaning | Path | None = None,
        *,
        parts: int,
        earlier: Iterable[Process] = (),
    ) -> Iterator[Self]:
        """
        Yield what `from_parquet` returns, in parts, each with some of the deals.

        If even the events of all deals do not fit into memory, audit each part by itself.

        Args:
            path: As there.

            process: As there.

            mapping: As there.

            parts: The number of parts.

            earlier: As there.

        Raises:
            LogError: As in `from_csv`.
            ValueError: If *parts* is less than 1.
        """
        if parts < 1:
            raise ValueError(f"parts: got {parts}, expected at least 1")
        before = checked_processes(earlier)
        files, has_deals = sources.named(path), False
        if mapping is None and list(files) == [""]:
            deals = {"": "deal"}
        else:
            meaning = _meaning(mapping, process)
            deals = {name: sheet.columns.deal for name, sheet in meaning.sheets.items()}
        qualities = []
        for frames in sources.parts_of(files, deals, parts):
            if mapping is None:
                log = cls._of_columns(frames[""], process, _source(path), before, is_part=parts > 1)
            else:
                log = cls._told(frames, meaning, process, _source(path), is_part=parts > 1)
            qualities.append(log.quality)
            has_deals |= bool(log.deals)
            yield log
        whole = joined_quality(qualities)
        refuse_useless(whole, process, _source(path), deals=int(has_deals))

    @classmethod
    def from_frame(  # noqa: D417 - what belongs together is said together
        cls,
        frame: Any,  # noqa: ANN401 - of any library
        process: Process,
        mapping: Meaning | Path | None = None,
        *,
        deal: str | None = None,
        activity: str | list[str] | None = None,
        at: str | None = None,
        value: str | None = None,
        opened: str | None = None,
        closed: str | None = None,
        stage: str | None = None,
        entered: Mapping[str, str] | None = None,
        id: str | None = None,
        by: str | None = None,
        owner: str | None = None,
        direction: str | None = None,
        outcome: str | None = None,
        status: str | None = None,
        minutes: str | None = None,
        zone: str | None = None,
        time_format: str | Sequence[str] | None = None,
        opens: Sequence[str] | None = None,
        ignore: Sequence[str] | None = None,
        joined_with: str | None = None,
        stages: Mapping[str, Any] | None = None,
        activities: Mapping[str, Any] | None = None,
        facts: Mapping[str, Any] | None = None,
        people: Mapping[str, str] | None = None,
        directions: Mapping[str, str] | None = None,
        outcomes: Mapping[str, str] | None = None,
        statuses: Mapping[str, str] | None = None,
        also: Sequence[Mapping[str, Any]] | None = None,
        is_part: bool = False,
        earlier: Iterable[Process] = (),
    ) -> Self:
        """
        Read a DataFrame of pandas, polars (eager or lazy), pyarrow, or anything narwhals knows.

        Args:
            frame: The frame; of several tables, each by the name that the mapping gives it.

            process: Whose stages, activities and facts the mapping names.

            mapping: What their columns and values mean, or the file that says so. None: the
                keywords say so, which are the keys of such a file; without them, the columns are
                those of process mining (``case:concept:name``, ``concept:name``,
                ``time:timestamp``, ``org:resource``), or those of `to_polars`.

            deal: The column with the deal's id.

            activity: The column that says what happened, or several that say it together; in
                a file ``what``.

            at: The column of the instant.

            value: The value of every row with an instant, if no column has it.

            opened, closed, stage: If a row is a whole deal, the columns that say when it began and
                ended, and where it is.

            entered: If a row is a whole deal, for each stage the column of when it was entered.

            id: The column with the id of a row.

            by, owner: The columns that say who did it, and who owns the deal.

            direction, outcome, status, minutes: The columns with details of an activity.

            zone: Where times without a zone were written, such as ``"Europe/Berlin"``.

            time_format: The format of instants in text, or several of them; default ISO. In
                a file ``format``.

            opens, ignore: The values that open a deal, and those that mean nothing.

            joined_with: The separator between the parts of a value from several columns.

            stages, activities: What values mean. Without either, values with the name of a stage or
                a kind of activity mean it.

            facts: The columns of facts, by fact.

            people: The names of people, by the values in *by* and *owner*.

            directions, outcomes, statuses: What the values of these columns mean.

            also: What else a row reports: other columns of instants, and what happened then.

            is_part: Whether there are other frames, so that it is not an error if no row of this
                one can be used.

            earlier: As in `from_jsonl`, for a frame of `to_polars`.

        Raises:
            LogError: If the mapping is not consistent, a column is missing, or something would have
                to be guessed.
            TypeError: If *process* is not a process, or there are both a mapping and keywords.
        """
        told = said_of(
            deal=deal,
            activity=activity,
            at=at,
            value=value,
            opened=opened,
            closed=closed,
            stage=stage,
            entered=entered,
            id=id,
            by=by,
            owner=owner,
            direction=direction,
            outcome=outcome,
            status=status,
            minutes=minutes,
            zone=zone,
            time_format=time_format,
            opens=opens,
            ignore=ignore,
            joined_with=joined_with,
            stages=stages,
            activities=activities,
            facts=facts,
            people=people,
            directions=directions,
            outcomes=outcomes,
            statuses=statuses,
            also=also,
        )
        given("process", process, Process)
        if mapping is not None and told:
            raise TypeError(
                f"got a mapping and {', '.join(told)} as well. Give only one of the two."
            )
        frames = {name: sources.as_polars(each) for name, each in sources.named(frame).items()}
        if mapping is not None:
            meaning = _meaning(mapping, process)
            return cls._told(frames, meaning, process, "frame", is_part=is_part)
        if list(frames) != [""]:
            raise TypeError("several tables need a mapping that says how each of them is read")
        if not told and set(columns.NEEDED) <= set(frames[""].columns):
            before = checked_processes(earlier)
            return cls._of_columns(frames[""], process, "frame", before, is_part=is_part)
        meaning = mapping_by_keywords(told, frames[""], process)
        meaning.check(process)
        return cls._told(frames, meaning, process, "frame", is_part=is_part)

    @classmethod
    def from_xes(  # noqa: D417 - the same
        cls,
        path: Path,
        process: Process,
        mapping: Meaning | Path | None = None,
        *,
        activity: str | list[str] | None = None,
        by: str | None = None,
        owner: str | None = None,
        direction: str | None = None,
        outcome: str | None = None,
        status: str | None = None,
        minutes: str | None = None,
        zone: str | None = None,
        opens: Sequence[str] | None = None,
        ignore: Sequence[str] | None = None,
        stages: Mapping[str, Any] | None = None,
        activities: Mapping[str, Any] | None = None,
        facts: Mapping[str, Any] | None = None,
        people: Mapping[str, str] | None = None,
        directions: Mapping[str, str] | None = None,
        outcomes: Mapping[str, str] | None = None,
        statuses: Mapping[str, str] | None = None,
        earlier: Iterable[Process] = (),
    ) -> Self:
        """
        Read an XES file (``.xes``, or ``.xes.gz``).

        Args:
            path: The file.

            process: Whose stages, activities and facts the mapping names.

            mapping: What its attributes and values mean, or the file that says so; attributes of a
                trace are columns that begin with ``case:``. None: the keywords say so; without
                them, values with the name of a stage or a kind of activity mean it, and a file that
                `to_xes` wrote is read back as it was.

            activity, by, owner, direction, outcome, status, minutes: The attributes, as the columns
                of `from_frame`.

            zone, opens, ignore, stages, activities, facts, people, directions, outcomes, statuses:
                As there.

            earlier: As in `from_jsonl`, for a file that `to_xes` wrote.

        Raises:
            LogError: As in `from_frame`, or if it is not XES.
        """
        told = said_of(
            activity=activity,
            by=by,
            owner=owner,
            direction=direction,
            outcome=outcome,
            status=status,
            minutes=minutes,
            zone=zone,
            opens=opens,
            ignore=ignore,
            stages=stages,
            activities=activities,
            facts=facts,
            people=people,
            directions=directions,
            outcomes=outcomes,
            statuses=statuses,
        )
        frame = xes.read_xes(path)
        if mapping is None and not told and not frame.columns:
            return cls.from_events({}, process)
        if mapping is None and not told and set(frame.columns) >= xes.OWN:
            before = checked_processes(earlier)
            return cls._of_columns(xes.own_columns(frame), process, _source(path), before)
        try:
            return cls.from_frame(frame, process, mapping, **told)
        except LogError as error:
            source = _source(path) if error.source == "frame" else error.source
            raise LogError(source, error.problems) from None

    @classmethod
    def from_jsonl(cls, path: Path, process: Process, *, earlier: Iterable[Process] = ()) -> Self:
        """
        Read a file of salesflow's own events (``.jsonl``, or ``.jsonl.gz``).

        Each line is an event as `Event.to_dict` returns it, with the id of its ``deal``. Lines
        without one belong to the only deal that the file opens.

        Args:
            path: The file.

            process: The process that orders the events.

            earlier: The processes that deals ran under before they were migrated; others do no
                harm.

        Raises:
            LogError: If the file cannot be read, the events of a deal contradict each other, or an
                earlier process is missing.
        """
        given("process", process, Process)
        before = checked_processes(earlier)
        found = build.from_collected(read_events(path), process, _source(path), before)
        return cls._recorded(found, process, _source(path))

    @classmethod
    def from_events(
        cls,
        source: Translation | Mapping[str, Iterable[Event]] | Iterable[Deal] | Iterable[Event],
        process: Process,
        *,
        earlier: Iterable[Process] = (),
    ) -> Self:
        """
        Return the log of existing events.

        Args:
            source: What `salesflow.history.crm` has translated; live deals; events by the ids of
                their deals; or the events of one deal.

            process: The process that orders the events.

            earlier: As in `from_jsonl`; live deals bring their own.

        Raises:
            LogError: If the events of a deal contradict each other, or an earlier process is
                missing.
            TypeError: If *source* is something else.
        """
        given("process", process, Process)
        if isinstance(source, Translation):
            return cls._recorded(build.from_translation(source, process), process, "translation")
        before = checked_processes(earlier)
        found = build.from_collected(build.collected(source), process, "events", before)
        return cls._recorded(found, process, "events")

    @classmethod
    def concat(cls, logs: Iterable[Self]) -> Self:
        """
        Join several logs with different deals into one.

        If *logs* is lazy, they are read one after the other and only their events are kept, so a
        history that does not fit into memory can be read in parts.

        Args:
            logs: The logs, all read by one mapping, or all made of events.

        Raises:
            LogError: If a deal is in two of them, or they were read in different ways.
            TypeError: If *logs* is not a sequence of logs, or there is none.
        """
        parts = [_compact(log) for log in several("log", logs, cls)]
        if not parts:
            raise TypeError("log: there is none. Give one, or the parts of one.")
        return cls._of(
            joined([log.origin for log in parts]),
            joined_quality([log.quality for log in parts]),
            frozenset().union(*(log.facts for log in parts)),
        )

    @classmethod
    def read(
        cls,
        path: Path,
        process: Process,
        mapping: Meaning | Path | None = None,
        *,
        earlier: Iterable[Process] = (),
    ) -> Self:
        """
        Read a file by the ending of its name: Parquet, XES, JSON lines of our own events, or CSV.

        Args:
            path: The file.

            process: Whose stages, activities and facts the mapping names.

            mapping: What its columns and values mean, or the file that says so. None: as far as
                the format needs none.

            earlier: As in `from_jsonl`, for a file of our own events, whatever its format.

        Raises:
            LogError: As in the function for that format, or if that needs a mapping.
        """
        if sources.has_ending(path, sources.EVENTS):
            return cls.from_jsonl(path, process, earlier=earlier)
        if sources.has_ending(path, sources.PARQUET):
            return cls.from_parquet(path, process, mapping, earlier=earlier)
        if sources.has_ending(path, sources.XES):
            return cls.from_xes(path, process, mapping, earlier=earlier)
        return cls.from_csv(path, process, _needed(mapping, path))

    @classmethod
    def _told(
        cls,
        frames: dict[str, pl.DataFrame],
        meaning: Meaning,
        process: Process,
        source: str,
        *,
        has_lines: bool = False,
        is_part: bool = False,
    ) -> Self:
        told, quality = build.from_tables(frames, meaning, process, source, has_lines=has_lines)
        if not is_part:
            refuse_useless(quality, process, source, deals=len(told.deals))
        return cls._of(told, quality, frozenset(meaning.facts))

    @classmethod
    def _of_columns(
        cls,
        frame: pl.DataFrame,
        process: Process,
        source: str,
        earlier: tuple[Process, ...] = (),
        *,
        is_part: bool = False,
    ) -> Self:
        """Return the log of a table that `to_polars` could have made."""
        found = build.from_collected(columns.collected(frame), process, source, earlier)
        return cls._recorded(found, process, source, is_part=is_part)

    @classmethod
    def _recorded(
        cls,
        found: tuple[Recorded, Quality],
        process: Process,
        source: str,
        *,
        is_part: bool = False,
    ) -> Self:
        recorded, quality = found
        if not is_part:
            refuse_useless(quality, process, source, deals=len(recorded.deals))
        return cls._of(recorded, quality, recorded.facts)

    @classmethod
    def _of(cls, origin: TableEvents | Recorded, quality: Quality, facts: frozenset[str]) -> Self:
        return cls(deals=origin.deals, quality=quality, facts=facts, origin=origin)


def _meaning(mapping: Meaning | Path | None, process: Process) -> Meaning:
    """Return a mapping that speaks of what the process has."""
    given("process", process, Process)
    if mapping is None:
        raise TypeError("several tables need a mapping that says how each of them is read")
    if isinstance(mapping, Meaning):
        mapping.check(process)
        return mapping
    return load_mapping_for(process, mapping)


def _compact(log: _Log) -> _Log:
    """Return a log without what no event needs; what is none as it is."""
    origin = log.origin
    return attrs.evolve(log, origin=origin.compact()) if isinstance(origin, TableEvents) else log


_NO_MAPPING = (
    "a CSV file needs a mapping that says what it means: a mapping file, on the command line "
    "as --map FILE"
)


def _needed(mapping: Meaning | Path | None, path: Path) -> Meaning | Path:
    if mapping is None:
        raise LogError(os.fsdecode(path), (_NO_MAPPING,))
    return mapping


def _source(path: Path | Mapping[str, Path]) -> str:
    """Return what a source is called in messages."""
    return ", ".join(map(os.fsdecode, sources.named(path).values()))

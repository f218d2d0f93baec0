"""The event log: a whole history as typed columns."""

from __future__ import annotations

import datetime as dt
import itertools
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from salesflow.calendars import to_datetime, to_micros
from salesflow.deal import Deal
from salesflow.errors import LogError
from salesflow.events import Event
from salesflow.history.crm import Translation
from salesflow.history.extras import np, pl
from salesflow.history.reading import build, columns, sources, told_columns, xes
from salesflow.history.reading.conventions import mapping_by_keywords
from salesflow.history.reading.event_files import read_events, write_events
from salesflow.history.reading.frame import read_csv
from salesflow.history.reading.joining import joined, joined_quality
from salesflow.history.reading.mapping import Mapping as Meaning
from salesflow.history.reading.mapping_file import load_mapping
from salesflow.history.reading.page import page
from salesflow.history.reading.quality import Quality
from salesflow.history.reading.recorded import Recorded
from salesflow.history.reading.sources import Path
from salesflow.history.reading.told import Told
from salesflow.history.report.export import to_pandas
from salesflow.process.model import Process
from salesflow.process.names import did_you_mean, shown
from salesflow.rules.book import RuleBook
from salesflow.rules.replay import Rows

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


@attrs.frozen(eq=False, kw_only=True, repr=False)
class EventLog:
    """
    The events of many deals. Immutable; made by one of the functions whose name begins with from.

    No row is dropped silently: what cannot be used, or is not named by the mapping, is counted in
    `quality`.

    Attributes:
        deals: The ids of the deals, sorted.

        quality: What the source could not tell, counted.

        facts: The facts that the source has a place for.
    """

    deals: tuple[str, ...]
    quality: Quality
    facts: frozenset[str]
    _origin: Told | Recorded
    _numbers: dict[str, int]

    @classmethod
    def from_csv(
        cls, path: Path | Mapping[str, Path], mapping: Meaning | Path, process: Process
    ) -> EventLog:
        """
        Read a CSV file (``.csv``, or ``.csv.gz``), or several by the names of their tables.

        Args:
            path: The file; of several tables, each by the name that the mapping gives it.

            mapping: What their columns and values mean, or the file that says so.

            process: Whose stages, activities and facts the mapping names.

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
        mapping: Meaning | Path | None,
        process: Process,
        *,
        parts: int = 1,
    ) -> EventLog:
        """
        Read a Parquet file, or several by the names of their tables.

        Args:
            path: The file; of several tables, each by the name that the mapping gives it.

            mapping: What their columns and values mean, or the file that says so. None: the file is
                one that `to_parquet` wrote.

            process: Whose stages, activities and facts the mapping names.

            parts: In how many parts it is read, each with some of the deals and all of their rows,
                whatever their order. What is in memory at one time is one part, and the events of
                those before; the log is the same.

        Raises:
            LogError: As of `from_csv`.
            ValueError: If *parts* is less than 1.
        """
        logs = cls.parts_of_parquet(path, mapping, process, parts=parts)
        return next(logs) if parts == 1 else cls.concat(logs)

    @classmethod
    def parts_of_parquet(
        cls,
        path: Path | Mapping[str, Path],
        mapping: Meaning | Path | None,
        process: Process,
        *,
        parts: int,
    ) -> Iterator[EventLog]:
        """
        Yield what `from_parquet` returns in parts, each with some of the deals.

        Where even the events of all deals do not fit into memory, each part is audited by itself.

        Args:
            path: As there.

            mapping: As there.

            process: As there.

            parts: How many.

        Raises:
            LogError: As of `from_csv`.
            ValueError: If *parts* is less than 1.
        """
        if parts < 1:
            raise ValueError(f"parts: got {parts}, expected at least 1")
        files = sources.named(path)
        if mapping is None and list(files) == [""]:
            deals = {"": "deal"}
        else:
            meaning = _meaning(mapping, process)
            deals = {name: sheet.columns.deal for name, sheet in meaning.sheets.items()}
        for frames in sources.parts_of(files, deals, parts):
            if mapping is None:
                yield cls._of_columns(frames[""], process, _source(path))
            else:
                yield cls._told(frames, meaning, process, _source(path))

    @classmethod
    def from_frame(
        cls,
        frame: Any,  # noqa: ANN401 - of any library
        mapping: Meaning | Path | None = None,
        process: Process | None = None,
        *,
        deal: str | None = None,
        activity: str | list[str] | None = None,
        at: str | None = None,
        **more: Any,  # noqa: ANN401 - what a mapping file may say
    ) -> EventLog:
        """
        Read a DataFrame of pandas, polars (eager or lazy), pyarrow, or what else narwhals knows.

        Args:
            frame: The frame; of several tables, each by the name that the mapping gives it.

            mapping: What their columns and values mean, or the file that says so. None: the
                keywords say it; without these, the columns are those of process mining
                (``case:concept:name``, ``concept:name``, ``time:timestamp``, ``org:resource``), or
                those of `to_polars`.

            process: Whose stages, activities and facts the mapping names.

            deal: The column with the deal's id.

            activity: The column that says what happened, or several that say it together.

            at: The column of the instant.

            more: The other keys of a mapping file: columns (``owner``, ``direction`` …, or
                ``opened``, ``closed`` and ``stage`` where a row is a whole deal), ``zone``,
                ``time_format``, ``opens``, ``ignore``, and tables as dictionaries (``stages``,
                ``activities``, ``facts`` …). Without *stages* and *activities*, values that are
                named like a stage, or a kind of activity, mean it.

        Raises:
            LogError: If what is said does not hold together, a column is missing, or something
                would have to be guessed.
            TypeError: If there is no *process*, or both a mapping and keywords.
        """
        said = {"deal": deal, "activity": activity, "at": at, **more}
        given = {key: value for key, value in said.items() if value is not None}
        if not isinstance(process, Process):
            raise TypeError(f"process: got {shown(process)}, expected a Process")
        if mapping is not None and given:
            raise TypeError(f"got a mapping and {', '.join(given)} as well. Say one of the two.")
        frames = {name: sources.as_polars(each) for name, each in sources.named(frame).items()}
        if mapping is not None:
            return cls._told(frames, _meaning(mapping, process), process, "frame")
        if list(frames) != [""]:
            raise TypeError("several tables need a mapping that says how each of them is read")
        if not given and set(columns.NEEDED) <= set(frames[""].columns):
            return cls._of_columns(frames[""], process, "frame")
        meaning = mapping_by_keywords(given, frames[""], process)
        meaning.check(process)
        return cls._told(frames, meaning, process, "frame")

    @classmethod
    def from_xes(
        cls,
        path: Path,
        mapping: Meaning | Path | None,
        process: Process,
        **more: Any,  # noqa: ANN401
    ) -> EventLog:
        """
        Read a XES file (``.xes``, or ``.xes.gz``).

        Args:
            path: The file.

            mapping: What its attributes and values mean, or the file that says so; what is said of
                a trace is a column that begins with ``case:``. None: as *more* says; without it,
                values that are named like a stage or a kind of activity mean it, and a file that
                `to_xes` wrote is what it was.

            process: Whose stages, activities and facts the mapping names.

            more: As in `from_frame`.

        Raises:
            LogError: As of `from_frame`, or if it is no XES.
        """
        frame = xes.read_xes(path)
        if mapping is None and not more and not frame.columns:
            return cls.from_events({}, process)
        if mapping is None and not more and set(frame.columns) >= xes.OWN:
            return cls._of_columns(xes.own_columns(frame), process, _source(path))
        try:
            return cls.from_frame(frame, mapping, process, **more)
        except LogError as error:
            source = _source(path) if error.source == "frame" else error.source
            raise LogError(source, error.problems) from None

    @classmethod
    def from_jsonl(cls, path: Path, process: Process) -> EventLog:
        """
        Read a file of our own events (``.jsonl``, or ``.jsonl.gz``).

        Each line is an event as `Event.to_dict` returns it, with the id of its ``deal``. Lines
        without one belong to the only deal that the file opens.

        Args:
            path: The file.

            process: By which the events are put in order.

        Raises:
            LogError: If the file cannot be read, or the events of a deal contradict each other.
        """
        return cls._recorded(*build.from_collected(read_events(path), process, _source(path)))

    @classmethod
    def from_events(
        cls,
        source: Translation | Mapping[str, Iterable[Event]] | Iterable[Deal] | Iterable[Event],
        process: Process,
    ) -> EventLog:
        """
        Return the log of events that are there already.

        Args:
            source: What `salesflow.history.crm` has translated; live deals; events by the ids of
                their deals; or the events of one deal.

            process: By which the events are put in order.

        Raises:
            LogError: If the events of a deal contradict each other.
            TypeError: If *source* is none of these.
        """
        if isinstance(source, Translation):
            return cls._recorded(*build.from_translation(source, process))
        return cls._recorded(*build.from_collected(build.collected(source), process, "events"))

    @classmethod
    def concat(cls, logs: Iterable[EventLog]) -> EventLog:
        """
        Return several logs as one, each with deals of its own.

        They are read one after the other if *logs* is lazy, and of each only the events are kept:
        so a history that does not fit into memory is read in parts.

        Args:
            logs: The logs, all read by one mapping, or all made of events.

        Raises:
            LogError: If a deal is in two of them, or they were read in different ways.
            TypeError: If *logs* is no sequence of logs, or there is none.
        """
        given: object = logs
        parts = [_compact(log) for log in given] if isinstance(given, Iterable) else []
        if not parts or not all(isinstance(part, EventLog) for part in parts):
            raise TypeError(
                f"log: {shown(logs)}, expected an EventLog. Make it by EventLog.from_csv."
            )
        return cls._of(
            joined([log._origin for log in parts]),  # noqa: SLF001 - of its own class
            joined_quality([log.quality for log in parts]),
            frozenset().union(*(log.facts for log in parts)),
        )

    @classmethod
    def read(cls, path: Path, mapping: Meaning | Path | None, process: Process) -> EventLog:
        """
        Read a file by what its name ends in: Parquet, XES, JSON lines of our own events, else CSV.

        Args:
            path: The file.

            mapping: What its columns and values mean, or the file that says so. None: as far as
                the format needs none.

            process: Whose stages, activities and facts the mapping names.

        Raises:
            LogError: As of the function for that format, or if that needs a mapping.
        """
        if sources.has_ending(path, sources.EVENTS):
            return cls.from_jsonl(path, process)
        if sources.has_ending(path, sources.PARQUET):
            return cls.from_parquet(path, mapping, process)
        if sources.has_ending(path, sources.XES):
            return cls.from_xes(path, mapping, process)
        return cls.from_csv(path, _needed(mapping, path), process)

    def __repr__(self) -> str:
        return f"<EventLog of {len(self.deals):,} deals, {len(self):,} events>"

    def _repr_html_(self) -> str:
        """Return the log for a notebook: its size, its span, and what it could not tell."""
        return page(self)

    def __len__(self) -> int:
        """Return how many events there are; of tables, each fact that is learned is one."""
        return len(self._origin)

    @property
    def last_at(self) -> dt.datetime | None:
        """When the latest event happened; None if there is none."""
        last = self._origin.last
        return None if last is None else to_datetime(last)

    def events(self, deal_id: str) -> tuple[Event, ...]:
        """
        Return the events of a deal in the order in which they count.

        ``Deal.replay(process, log.events(deal_id))`` is the same deal, live.

        Raises:
            KeyError: If the log has no such deal.
        """
        deal = self._numbers.get(deal_id)
        if deal is None:
            hint = did_you_mean(deal_id, self.deals)
            raise KeyError(f"no deal {deal_id!r} among {len(self.deals):,}{hint}")
        return tuple(self._origin.events(deal))

    def owners(self, until: int) -> list[str | None]:
        """Return who each deal belongs to at an instant in microseconds; None: nobody."""
        return self._origin.owners(until)

    def later_than(self, until: int) -> int:
        """Return how many events count later than an instant in microseconds."""
        return self._origin.later_than(until)

    def rows(self, book: RuleBook) -> Rows:
        """
        Return the events as the fold takes them, for the rules of *book*, deal by deal.

        Raises:
            EventError: If the process of *book* does not have a stage or a fact of the log.
        """
        return self._origin.rows(book)

    def calendars(self) -> tuple[str | None, ...]:
        """Return by which calendar of the process each deal's time is counted; None: its own."""
        return self._origin.calendars()

    def until(self, at: dt.datetime) -> EventLog:
        """
        Return what had happened by an instant; deals that were open then are kept, and open.

        `quality` stays that of the source.

        Args:
            at: The instant, which is inside; aware.

        Raises:
            ValueError: If it has no zone.
        """
        return self._with(self._origin.until(to_micros(at)))

    def known_at(self, at: dt.datetime) -> EventLog:
        """
        Return what we had been told by an instant, whenever it happened.

        Tables do not say when they were told what they tell: then it is the same as `until`.

        Args:
            at: The instant, which is inside; aware.

        Raises:
            ValueError: If it has no zone.
        """
        return self._with(self._origin.known_at(to_micros(at)))

    def split(self, at: dt.datetime) -> tuple[EventLog, EventLog]:
        """
        Return a log to learn from, and one to try it on.

        Args:
            at: The instant; aware.

        Returns:
            What we knew then, and all of the deals of which we did not know; no deal is in both.

        Raises:
            ValueError: If it has no zone.
        """
        before = self.known_at(at)
        later = np.array([deal not in before._numbers for deal in self.deals], dtype=bool)  # noqa: SLF001 - of its own class
        return before, self.only(itertools.compress(self.deals, later))

    def only(self, deals: Iterable[str]) -> EventLog:
        """Return the log of some deals; ids that it does not have are passed over."""
        kept = np.zeros(len(self.deals), dtype=bool)
        kept[[self._numbers[deal] for deal in deals if deal in self._numbers]] = True
        return self._with(self._origin.only(kept))

    def to_events(self) -> dict[str, tuple[Event, ...]]:
        """Return all events by deal; `from_events` takes them back."""
        return {deal: tuple(self._origin.events(n)) for n, deal in enumerate(self.deals)}

    def to_deals(self, process: Process) -> Iterator[Deal]:
        """
        Yield the deals, live, in the order of `deals`.

        Args:
            process: Under which they run.

        Raises:
            EventError: If it does not have a stage or a fact of the log.
        """
        for number in range(len(self.deals)):
            yield Deal.replay(process, self._origin.events(number))

    def to_polars(self) -> pl.DataFrame:
        """Return the events as a polars frame, one row for each, for `from_frame`."""
        if isinstance(self._origin, Told):
            return told_columns.frame_of_told(self._origin)
        return columns.frame_of(self._each())

    def to_pandas(self) -> pd.DataFrame:
        """
        Return the same as a pandas frame.

        Raises:
            MissingExtraError: If pandas is not installed.
        """
        return to_pandas(self.to_polars())

    def to_arrow(self) -> pa.Table:
        """Return the same as an Arrow table; pyarrow has to be there."""
        return self.to_polars().to_arrow()

    def to_parquet(self, path: Path) -> None:
        """
        Write the events to a Parquet file, one row for each.

        `from_parquet` without a mapping reads it, and nothing is lost.
        """
        self.to_polars().write_parquet(os.fspath(path))

    def to_jsonl(self, path: Path) -> None:
        """Write the events as JSON lines, for `from_jsonl`; compressed if it ends in ``.gz``."""
        write_events(path, self._each())

    def to_xes(self, path: Path) -> None:
        """
        Write the events as XES for tools of process mining; compressed if it ends in ``.gz``.

        What an event says besides stands in attributes that begin with ``salesflow:``.
        """
        xes.write_xes(
            path,
            (
                (deal, (columns.row_of_event(deal, event) for event in self._origin.events(n)))
                for n, deal in enumerate(self.deals)
            ),
        )

    def _each(self) -> Iterator[tuple[str, Event]]:
        for number, deal in enumerate(self.deals):
            for event in self._origin.events(number):
                yield deal, event

    def _with(self, origin: Told | Recorded) -> EventLog:
        return self._of(origin, self.quality, self.facts)

    @classmethod
    def _told(
        cls,
        frames: dict[str, pl.DataFrame],
        meaning: Meaning,
        process: Process,
        source: str,
        *,
        has_lines: bool = False,
    ) -> EventLog:
        told, quality = build.from_tables(frames, meaning, process, source, has_lines=has_lines)
        return cls._of(told, quality, frozenset(meaning.facts))

    @classmethod
    def _of_columns(cls, frame: pl.DataFrame, process: Process, source: str) -> EventLog:
        """Return the log of a table that `to_polars` could have made."""
        return cls._recorded(*build.from_collected(columns.collected(frame), process, source))

    @classmethod
    def _recorded(cls, recorded: Recorded, quality: Quality) -> EventLog:
        return cls._of(recorded, quality, recorded.facts)

    @classmethod
    def _of(cls, origin: Told | Recorded, quality: Quality, facts: frozenset[str]) -> EventLog:
        return cls(
            deals=origin.deals,
            quality=quality,
            facts=facts,
            origin=origin,
            numbers={deal: number for number, deal in enumerate(origin.deals)},
        )


def _meaning(mapping: Meaning | Path | None, process: Process) -> Meaning:
    """Return a mapping that speaks of what the process has."""
    if mapping is None:
        raise TypeError("several tables need a mapping that says how each of them is read")
    if isinstance(mapping, Meaning):
        mapping.check(process)
        return mapping
    meaning = load_mapping(mapping)
    meaning.check(process, os.fsdecode(mapping))
    return meaning


def _compact(log: EventLog) -> EventLog:
    """Return a log without what no event needs; what is none as it is."""
    origin = getattr(log, "_origin", None)
    return attrs.evolve(log, origin=origin.compact()) if isinstance(origin, Told) else log


def _needed(mapping: Meaning | Path | None, path: Path) -> Meaning | Path:
    if mapping is None:
        raise LogError(os.fsdecode(path), ("a CSV file needs a mapping that says what it means",))
    return mapping


def _source(path: Path | Mapping[str, Path]) -> str:
    """Return what a source is called in messages."""
    return ", ".join(map(os.fsdecode, sources.named(path).values()))

"""The event log: a whole history as typed columns."""

from __future__ import annotations

import bisect
import datetime as dt
import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import attrs

from salesflow import markup
from salesflow.calendars import to_datetime, to_micros
from salesflow.deal import Deal
from salesflow.deal.pins import Processes
from salesflow.english import count_of
from salesflow.events import Event
from salesflow.given import several
from salesflow.history.extras import np, pl
from salesflow.history.readers import Readers
from salesflow.history.reading import columns, table_columns, xes
from salesflow.history.reading.event_files import write_events
from salesflow.history.reading.migrated import runs_under
from salesflow.history.reading.recorded import Recorded
from salesflow.history.reading.sources import Path
from salesflow.history.reading.table_events import TableEvents
from salesflow.history.reading.usable import left_out
from salesflow.history.report.export import to_pandas
from salesflow.process.model import Process
from salesflow.process.names import did_you_mean

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


@attrs.frozen(eq=False, kw_only=True, repr=False)
class EventLog(Readers):
    """
    The events of many deals. Immutable; made by one of the ``from_…`` methods.

    No row is dropped silently: rows that cannot be used, or whose values the mapping does not name,
    are counted in `quality`.

    Attributes:
        deals: The ids of the deals, sorted.

        quality: What the source could not tell, counted.

        facts: The facts that the source can contain.
    """

    def __repr__(self) -> str:
        size = f"{count_of(len(self.deals), 'deal')}, {count_of(len(self), 'event')}"
        used = left_out(self.quality)
        return f"<EventLog of {size}{f'; {used}' if used else ''}>"

    def _repr_html_(self) -> str:
        """Return the log for a notebook: its size, its span, and what it could not tell."""
        last = "" if self.last_at is None else f", up to {self.last_at:%Y-%m-%d %H:%M} UTC"
        size = f"{count_of(len(self.deals), 'deal')}, {count_of(len(self), 'event')}"
        said = (markup.line(each) for each in self.quality.lines())
        return markup.page(markup.heading(f"EventLog: {size}{last}"), *said)

    def __len__(self) -> int:
        """Return the number of events; in tables, each fact that is learned counts as one."""
        return len(self.origin)

    @property
    def last_at(self) -> dt.datetime | None:
        """When the latest event happened; None if there is none."""
        last = self.origin.last
        return None if last is None else to_datetime(last)

    def events(self, deal_id: str) -> tuple[Event, ...]:
        """
        Return the events of a deal in the order in which they count.

        ``Deal.replay(process, log.events(deal_id))`` is the same deal, live.

        Raises:
            KeyError: If the log has no such deal.
            TypeError: If *deal_id* is not text, as a number in a frame is not.
        """
        if not isinstance(deal_id, str):
            raise TypeError(
                f"deal_id: got {deal_id!r:.60}, expected text: the ids of a log are text."
            )
        number = bisect.bisect_left(self.deals, deal_id)
        if self.deals[number : number + 1] != (deal_id,):
            hint = did_you_mean(deal_id, self.deals)
            raise KeyError(f"no deal {deal_id!r} among {len(self.deals):,}{hint}")
        return tuple(self.origin.events(number))

    def until(self, at: dt.datetime) -> EventLog:
        """
        Return what had happened by an instant; deals that were open then are kept, and are open.

        `quality` remains that of the source.

        Args:
            at: The instant, inclusive; aware.

        Raises:
            ValueError: If it has no zone.
        """
        return self._with(self.origin.until(to_micros(at, "at")))

    def known_at(self, at: dt.datetime) -> EventLog:
        """
        Return what we had been told by an instant, whenever it happened.

        Tables do not say when something became known, so for them it is the same as `until`.

        Args:
            at: The instant, inclusive; aware.

        Raises:
            ValueError: If it has no zone.
        """
        return self._with(self.origin.known_at(to_micros(at, "at")))

    def split(self, at: dt.datetime) -> tuple[EventLog, EventLog]:
        """
        Return a log to learn from, and one to test on.

        Args:
            at: The instant; aware.

        Returns:
            What we knew then, and the whole of the deals that we did not know; no deal is in both.

        Raises:
            ValueError: If it has no zone.
        """
        before = self.known_at(at)
        return before, self.only({*self.deals} - {*before.deals})

    def only(self, deals: Iterable[str]) -> EventLog:
        """
        Return the log of some deals; ids that it does not have are skipped.

        Raises:
            TypeError: If *deals* is the id of one deal, or one of them is not text.
        """
        wanted = {*several("deals", deals, str)}
        kept = np.array([deal in wanted for deal in self.deals], dtype=bool)
        return self._with(self.origin.only(kept))

    def to_events(self) -> dict[str, tuple[Event, ...]]:
        """Return all events by deal; `from_events` takes them back."""
        return {deal: tuple(self.origin.events(n)) for n, deal in enumerate(self.deals)}

    def to_deals(self, process: Process) -> Iterator[Deal]:
        """
        Yield the deals, live, in the order of `deals`.

        Each runs under the process that its events name, if that is *process* or one that the log
        was read with; those whose events name none run under *process*.

        Args:
            process: The process that they run under.

        Raises:
            EventError: If it does not have a stage or a fact of the log.
            PinnedError: If a deal runs under another process, or ran under one that is not given.
        """
        others = self.origin.earlier if isinstance(self.origin, Recorded) else ()
        processes = Processes.of(process, others)
        for number in range(len(self.deals)):
            events = tuple(self.origin.events(number))
            yield Deal.replay(runs_under(events, processes), events, earlier=(process, *others))

    def to_polars(self) -> pl.DataFrame:
        """Return the events as a polars frame, one row for each, for `from_frame`."""
        if isinstance(self.origin, TableEvents):
            return table_columns.frame_of_tables(self.origin)
        return columns.frame_of(self._each())

    def to_pandas(self) -> pd.DataFrame:
        """
        Return the same as a pandas frame.

        Raises:
            MissingExtraError: If pandas is not installed.
        """
        return to_pandas(self.to_polars())

    def to_arrow(self) -> pa.Table:
        """Return the same as an Arrow table; needs pyarrow."""
        return self.to_polars().to_arrow()

    def to_parquet(self, path: Path) -> None:
        """
        Write the events to a Parquet file, one row for each.

        `from_parquet` without a mapping reads it back without loss.
        """
        self.to_polars().write_parquet(os.fspath(path))

    def to_jsonl(self, path: Path) -> None:
        """Write the events as JSON lines, for `from_jsonl`; compressed if it ends in ``.gz``."""
        write_events(path, self._each())

    def to_xes(self, path: Path) -> None:
        """
        Write the events as XES for process mining tools; compressed if it ends in ``.gz``.

        Everything else about an event goes into attributes that begin with ``salesflow:``.
        """
        xes.write_xes(
            path,
            (
                (deal, (columns.row_of_event(deal, event) for event in self.origin.events(n)))
                for n, deal in enumerate(self.deals)
            ),
        )

    def _each(self) -> Iterator[tuple[str, Event]]:
        for number, deal in enumerate(self.deals):
            for event in self.origin.events(number):
                yield deal, event

    def _with(self, origin: TableEvents | Recorded) -> EventLog:
        return self._of(origin, self.quality, self.facts)

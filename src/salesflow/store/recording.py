"""What a store is told: deals that are opened, changed and saved, and events from elsewhere."""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

import attrs

from salesflow.calendars import to_micros
from salesflow.deal import Deal
from salesflow.english import count_of
from salesflow.errors import ConflictError
from salesflow.events import Event, PrecisionWord
from salesflow.given import given, mapping, several
from salesflow.plain import Plain
from salesflow.process import Process
from salesflow.store.append import Entry, Kept, Refusal, append
from salesflow.store.clock import Clock
from salesflow.store.database import Database
from salesflow.store.deal_cache import DealCache
from salesflow.store.extras import sa
from salesflow.store.pages import pages
from salesflow.store.queries import Queries

T = TypeVar("T")

_TRIES = 10
"""How often `Recording.change` starts again when others were first."""
_PAUSE_SECONDS = 0.02


@attrs.frozen(kw_only=True)
class Recorded(Plain):
    """
    What became of events that were recorded in bulk.

    Args:
        deals: How many deals took their events.

        added: How many events are new.

        known: How many were known already.

        refused: Why the events of a deal were refused, by deal; nothing of such a deal was kept.
    """

    deals: int
    added: int
    known: int
    refused: Mapping[str, Refusal]

    def __str__(self) -> str:
        return (
            f"{count_of(self.deals, 'deal')}, {count_of(self.added, 'event')} recorded, "
            f"{self.known:,} already known; {count_of(len(self.refused), 'deal')} refused"
        )


class Recording(Queries):
    """What a store is told; see `salesflow.store.Store`."""

    def __init__(self, database: Database, cache: DealCache, clock: Clock) -> None:
        super().__init__(database)
        self._cache = cache
        self._clock = clock

    def open(
        self,
        process: Process,
        *,
        id: str,
        at: dt.datetime,
        stage: str | None = None,
        owner: str | None = None,
        calendar: str | None = None,
        by: str | None = None,
        source: str = "",
        recorded_at: dt.datetime | None = None,
        precision: PrecisionWord = "instant",
    ) -> Deal:
        """
        Open a deal and keep it; the arguments are those of `Deal.open`.

        The store is told of it at *recorded_at*, or else *at*.

        Returns:
            The deal, with its holidays frozen as they count in this store.

        Raises:
            ConflictError: If there is a deal of that id, opened in another way.
            ClockError: If that is further ahead than is believed.
            EventError, TypeError, ValueError: As `Deal.open` says; or if the id cannot be kept.
            StoreError: If the database refuses.
        """
        deal = Deal.open(
            process,
            id=id,
            at=at,
            stage=stage,
            owner=owner,
            calendar=calendar,
            by=by,
            source=source,
            recorded_at=recorded_at,
            precision=precision,
        )
        self.save(deal, at if recorded_at is None else recorded_at)
        return self.deal(id)

    def save(self, deal: Deal, now: dt.datetime) -> int:
        """
        Keep the new events of a deal; nobody else may have recorded anything since it was loaded.

        Args:
            deal: A deal that was loaded, or opened.

            now: What time it is; aware.

        Returns:
            How many events are kept of it now. They count as saved.

        Raises:
            ClockError: If *now* is further ahead than is believed.
            ConflictError: If somebody else was first.
            EventError: If an event cannot be kept.
            StoreError: If the deal runs under another process, or the database refuses.
            TypeError, ValueError: If *deal* is no deal, or *now* is not an aware datetime.
        """
        new = given("deal", deal, Deal).new_events
        expected = len(deal.events) - len(new)
        processes = tuple(dict.fromkeys((deal.process, *deal.processes)))
        version = self._append_one(
            deal.id, Entry(events=new, processes=processes, expected=expected), now
        )
        deal.saved()
        return version

    def append(
        self,
        deal_id: str,
        events: Iterable[Event],
        now: dt.datetime,
        *,
        expected: int | None = None,
        process: Process | None = None,
        earlier: Iterable[Process] = (),
    ) -> int:
        """
        Append events from elsewhere to a deal, in any order and any number of times.

        All of them are kept, or none. What is recorded is never refused for what it says: see
        `Deal.record`.

        Args:
            deal_id: The deal.

            events: The events; those that are known already change nothing.

            now: What time it is; aware.

            expected: How many events are kept, as far as the caller knows; None: any number.

            process: What the deal runs under with these events, if it may have to be opened or is
                migrated; None: what it runs under already.

            earlier: Those that it ran under before it was migrated, if the store may not keep
                them.

        Returns:
            How many events are kept of it now.

        Raises:
            NoSuchDeal: If there is no such deal, and no *process*.
            ClockError: If *now* is further ahead than is believed.
            ConflictError: If another number of events is kept than *expected*, and one of *events*
                is new.
            EventError: If another event has the id of one of them, or one cannot belong to the
                deal or be kept.
            StoreError: If the deal runs under another process, or the database refuses.
            TypeError, ValueError: If *events* are not events, *now* is not an aware datetime, or
                *earlier* is given without *process*.
        """
        return self._append_one(
            deal_id,
            Entry(
                events=_events(events),
                processes=_processes(process, earlier),
                expected=expected,
            ),
            now,
        )

    def record_many(
        self,
        events: Mapping[str, Iterable[Event]],
        now: dt.datetime,
        *,
        process: Process | None = None,
        earlier: Iterable[Process] = (),
    ) -> Recorded:
        """
        Append events to many deals, some hundred deals to a transaction.

        A deal that refuses its events does not hinder the others. Interrupted, the same may be
        done again: what is kept already changes nothing.

        Args:
            events: Events by deal, in any order.

            now: What time it is; aware.

            process: What deals run under that are not there yet, or are migrated; None: none are
                opened. A deal that runs under another one refuses new events.

            earlier: As in `append`.

        Raises:
            ClockError: If *now* is further ahead than is believed.
            StoreError: If the database refuses.
            TypeError, ValueError: If *events* are not events, *now* is not an aware datetime, or
                *earlier* is given without *process*.
        """
        deals = added = known = 0
        refused: dict[str, Refusal] = {}
        under = _processes(process, earlier)
        for page in pages(sorted(mapping("events", events))):
            entries = {name: Entry(events=_events(events[name]), processes=under) for name in page}
            kept = self._append(entries, now)
            refused |= kept.refused
            deals += len(kept.appended)
            added += sum(each.added for each in kept.appended)
            known += sum(len(entries[each.deal_id].events) - each.added for each in kept.appended)
        return Recorded(deals=deals, added=added, known=known, refused=refused)

    def change(self, deal_id: str, how: Callable[[Deal], T], now: dt.datetime) -> T:
        """
        Load a deal, let *how* do something with it, and keep what was recorded.

        If somebody else was first, all of it is done again with the deal as it is then.

        Args:
            deal_id: The deal.

            how: What to do; it must touch nothing but the deal. What it raises, such as `Refused`,
                is raised, and nothing is kept.

            now: What time it is; aware.

        Returns:
            What *how* has returned.

        Raises:
            NoSuchDeal: If there is no such deal.
            ConflictError: If others were first ten times in a row.
            ClockError, EventError, StoreError: As in `save`.
        """
        tries = 0
        while True:
            deal = self.deal(deal_id)
            answer = how(deal)
            try:
                self.save(deal, now)
            except ConflictError:
                tries += 1
                if tries == _TRIES:
                    raise
                # Not all at once: whoever got in each other's way would do so again.
                time.sleep(_PAUSE_SECONDS * tries * random.random())  # noqa: S311
            else:
                return answer

    def _append_one(self, deal_id: str, entry: Entry, now: dt.datetime) -> int:
        kept = self._append({deal_id: entry}, now)
        for error in kept.refused.values():
            raise error
        return kept.appended[0].version

    def _append(self, entries: Mapping[str, Entry], now: dt.datetime) -> Kept:
        now_us = to_micros(now, "now")

        def work(connection: sa.Connection) -> Kept:
            self._clock.check(connection, now_us)
            return append(connection, self._processes, self._cache, entries, now_us)

        kept = self.database.write(work)
        for grown in kept.grown:
            self._cache.put(grown.tail, grown.deal)
        return kept


def _events(events: Iterable[Event]) -> tuple[Event, ...]:
    return tuple(several("events", events, Event))


def _processes(process: Process | None, earlier: Iterable[Process]) -> tuple[Process, ...]:
    before = tuple(several("earlier", earlier, Process))
    if process is not None:
        return given("process", process, Process), *before
    if before:
        msg = "earlier: given without 'process', which would make it say nothing. Give both."
        raise ValueError(msg)
    return ()

"""The store: deals in a database, kept so that nothing that was said is lost or done twice."""

from __future__ import annotations

import datetime as dt
import functools
import logging
import os
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Self, TypeVar

import attrs

from salesflow.calendars import to_datetime, to_micros
from salesflow.deal import Deal
from salesflow.errors import ConflictError
from salesflow.events import Event
from salesflow.process import Process
from salesflow.store.append import Entry, Kept, Refusal, append
from salesflow.store.asking import Asking
from salesflow.store.database import Database
from salesflow.store.delivery import Delivery, Retries, Round, Send
from salesflow.store.outbox import STATUSES, Message, due, messages_after, retry
from salesflow.store.pages import pages
from salesflow.store.schema import prepare
from salesflow.store.shelf import Shelf
from salesflow.store.sweep import Batch, Failing, Sweep, first_wakeup, left_over, sweep_batch

LOG = logging.getLogger("salesflow.store")

T = TypeVar("T")

_TIMEOUT = dt.timedelta(seconds=30)
_LEASE = dt.timedelta(minutes=10)
_RETRIES = Retries()
_TRIES = 10
"""How often `Store.change` begins anew when others were first."""
_PAUSE_SECONDS = 0.02


@attrs.frozen(kw_only=True)
class Recorded:
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
            f"{self.deals:,} deals, {self.added:,} events recorded, {self.known:,} known already; "
            f"{len(self.refused):,} deals refused"
        )


class Store(Asking):
    """
    Deals in SQLite or PostgreSQL.

    Events are appended and never edited. What follows from them is worked out by the deal itself,
    so there is no second text of any rule; the columns that deals are found by can be worked out
    anew at any time.

    Nothing here reads a clock: every write is told what time it is. A store may be used by many
    threads at once, and a database by many stores; a process that was forked opens its own.

    Args:
        where: The path of an SQLite file, or a URL: ``sqlite:///deals.db``, ``sqlite://`` (in
            memory), ``postgresql+psycopg://user@host/name``. What is not there yet is made; a
            database of PostgreSQL has to be there.

        timeout: How long a transaction may wait for others; on PostgreSQL also how long it may
            stand still before the server ends it.

        room: How many folded deals are kept in memory, so that one more event costs little.

    Raises:
        StoreError: If the database cannot be used, or a newer release has written it.
        MissingExtraError: If SQLAlchemy or the driver for PostgreSQL is not installed.

    >>> import salesflow as sf
    >>> monday = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
    >>> with Store("sqlite://") as store:
    ...     deal = store.open(sf.load_process("six-step"), id="ACME-17", at=monday, owner="dana")
    ...     print(store.sweep(monday + dt.timedelta(days=4)))
    1 deals, 1 effects promised, 0 failed; 0 still due
    """

    def __init__(
        self,
        where: str | os.PathLike[str],
        *,
        timeout: dt.timedelta = _TIMEOUT,
        room: int = 1_000,
    ) -> None:
        super().__init__(Database(where, timeout))
        self._shelf = Shelf(room)
        try:
            prepare(self.database)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Store {self.database}>"

    def close(self) -> None:
        """Close every connection; what was kept stays."""
        self.database.close()

    # What is recorded.

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
    ) -> Deal:
        """
        Open a deal and keep it; the arguments are those of `Deal.open`.

        Returns:
            The deal, with its holidays frozen as they count in this store.

        Raises:
            ConflictError: If there is a deal of that id, opened in another way.
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
        )
        self.save(deal, at)
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
            ConflictError: If somebody else was first.
            EventError: If an event cannot be kept.
            StoreError: If the deal runs under another process, or the database refuses.
            TypeError, ValueError: If *now* is no aware datetime.
        """
        new = deal.new_events
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
        processes: Iterable[Process] = (),
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

            processes: Those that it ran under before it was migrated, if the store may not keep
                them.

        Returns:
            How many events are kept of it now.

        Raises:
            NoSuchDeal: If there is no such deal, and no *process*.
            ConflictError: If another number of events is kept than *expected*, and one of *events*
                is new.
            EventError: If another event has the id of one of them, or one cannot belong to the
                deal or be kept.
            StoreError: If the deal runs under another process, or the database refuses.
            TypeError, ValueError: If *now* is no aware datetime.
        """
        return self._append_one(
            deal_id,
            Entry(events=tuple(events), processes=_given(process, processes), expected=expected),
            now,
        )

    def record_many(
        self,
        events: Mapping[str, Iterable[Event]],
        now: dt.datetime,
        *,
        process: Process | None = None,
        processes: Iterable[Process] = (),
    ) -> Recorded:
        """
        Append events to many deals, some hundred deals to a transaction.

        A deal that refuses its events does not hinder the others. Interrupted, the same may be
        done again: what is kept already changes nothing.

        Args:
            events: Events by deal, in any order.

            now: What time it is; aware.

            process: What deals run under that are not there yet; None: none are opened.

            processes: As in `append`.

        Raises:
            StoreError: If the database refuses.
            TypeError, ValueError: If *now* is no aware datetime.
        """
        deals = added = known = 0
        refused: dict[str, Refusal] = {}
        given = _given(process, processes)
        for page in pages(sorted(events)):
            entries = {name: Entry(events=tuple(events[name]), processes=given) for name in page}
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
            EventError, StoreError: As in `save`.
        """
        for number in range(1, _TRIES + 1):
            deal = self.deal(deal_id)
            answer = how(deal)
            try:
                self.save(deal, now)
            except ConflictError:
                if number == _TRIES:
                    raise
                # Not all at once: whoever got in each other's way would do so again.
                time.sleep(_PAUSE_SECONDS * number * random.random())  # noqa: S311
            else:
                return answer
        raise AssertionError("the last try returns or raises")

    def _append_one(self, deal_id: str, entry: Entry, now: dt.datetime) -> int:
        kept = self._append({deal_id: entry}, now)
        for error in kept.refused.values():
            raise error
        return kept.appended[0].version

    def _append(self, entries: Mapping[str, Entry], now: dt.datetime) -> Kept:
        now_us = to_micros(now)
        kept = self.database.write(
            lambda connection: append(connection, self._processes, self._shelf, entries, now_us)
        )
        for grown in kept.grown:
            self._shelf.put(grown.tail, grown.deal)
        return kept

    # What time does.

    def sweep(self, now: dt.datetime, *, limit: int | None = None, batch: int = 100) -> Sweep:
        """
        Find what time has done to deals, and promise the effects that are due.

        All that is due is found, in order, however long nobody has looked: thirty daily sweeps,
        five weekly ones and a late one leave the same ledger. Several may run at once; each deal
        is looked at by one of them. It may be interrupted at any moment.

        Args:
            now: What time it is; aware. A deal that was told of a later instant stays there.

            limit: How many deals it looks at, at most; None: at all that are due.

            batch: How many deals to a transaction.

        Raises:
            StoreError: If the database refuses; the batches before are kept.
            TypeError, ValueError: If *now* is no aware datetime.
        """
        now_us = to_micros(now)
        deals = fired = 0
        failed: list[Failing] = []
        while limit is None or deals < limit:
            size = batch if limit is None else min(batch, limit - deals)
            done = self._sweep(now_us, size)
            deals += done.deals
            fired += done.fired
            failed += done.failed
            if not done.deals:
                break
        remaining, oldest_us = self.database.read(lambda c: left_over(c, now_us))
        return Sweep(
            at=to_datetime(now_us),
            deals=deals,
            fired=fired,
            failed=tuple(failed),
            remaining=remaining,
            oldest_due_at=None if oldest_us is None else to_datetime(oldest_us),
        )

    def next_wakeup(self) -> dt.datetime | None:
        """
        Return from when on a sweep has something to do; None: with time alone it never will.

        Something that is appended may make it earlier.
        """
        at_us = self.database.read(lambda connection: connection.scalar(first_wakeup()))
        return None if at_us is None else to_datetime(at_us)

    def _sweep(self, now_us: int, size: int) -> Batch:
        done = self.database.write(
            lambda c: sweep_batch(c, self._processes, self._shelf, now_us, size)
        )
        for tail, deal in done.shelved:
            self._shelf.put(tail, deal)
        return done

    # What is sent.

    def deliver(
        self,
        now: dt.datetime,
        send: Send,
        *,
        limit: int = 100,
        workers: int = 4,
        retries: Retries = _RETRIES,
        lease: dt.timedelta = _LEASE,
        is_stopped: Callable[[], bool] = lambda: False,
    ) -> Delivery:
        """
        Send effects that were promised, at least once each and always under the same key.

        Those of one deal are sent in their order, one after the other: while one is put off, so are
        those after it. Other deals go on meanwhile. Several may deliver at once; a message that
        somebody has begun to send and not finished within *lease* is sent again.

        Args:
            now: What time it is; aware.

            send: What sends a message, from several threads at once. It returns if the receiver has
                it, and raises if not: `DeliveryError` says what is to become of the message, of
                anything else it is tried again. No transaction is open meanwhile.

            limit: How many messages are sent, at most.

            workers: How many are sent at once; 1: in this thread.

            retries: How often a message is tried, and how long it waits in between.

            lease: For how long a message is left to whoever has begun to send it; longer than
                *limit* of them may take.

            is_stopped: Asked before each message: whether to begin no more.

        Raises:
            StoreError: If the database refuses. What was sent and could not be noted is sent again.
            TypeError, ValueError: If *now* is no aware datetime, or a number is not positive.
        """
        for name, value in {"limit": limit, "workers": workers}.items():
            if value < 1:
                msg = f"{name!r}: expected 1 or more, got {value!r}"
                raise ValueError(msg)
        now_us = to_micros(now)
        done = Round(self.database, send, now, lease, retries, limit, is_stopped).run(workers)
        remaining, oldest_us = self.database.read(lambda c: due(c, now_us))
        return Delivery(
            at=to_datetime(now_us),
            sent=done.sent,
            put_off=done.put_off,
            given_up=done.given_up,
            remaining=remaining,
            oldest_promised_at=None if oldest_us is None else to_datetime(oldest_us),
        )

    def messages(
        self, *, status: str | None = None, deal_id: str | None = None
    ) -> Iterator[Message]:
        """
        Yield what is in the outbox, in the order in which it was promised.

        Args:
            status: Only ``waiting``, ``sent`` or ``failed`` ones; None: all.

            deal_id: Only those of that deal; None: of any.

        Raises:
            ValueError: If there is no such status.
        """
        if status not in {None, *STATUSES}:
            msg = f"'status': expected one of {', '.join(STATUSES)}, got {status!r}"
            raise ValueError(msg)
        number = 0
        while page := self.database.read(
            functools.partial(messages_after, number=number, status=status, deal_id=deal_id)
        ):
            yield from page
            number = page[-1].number

    def retry(
        self, now: dt.datetime, keys: Iterable[str] | None = None, *, deal_id: str | None = None
    ) -> int:
        """
        Have messages that were given up sent after all; return how many.

        They keep their keys, and get all their tries once more. What was sent of a deal since they
        were given up is not sent again, so a receiver may hear of them late.

        Args:
            now: What time it is; aware.

            keys: Which; None: all of them.

            deal_id: Only those of that deal; None: of any.
        """
        now_us, wanted = to_micros(now), None if keys is None else list(keys)
        return self.database.write(lambda c: retry(c, now_us, wanted, deal_id))


def _given(process: Process | None, others: Iterable[Process]) -> tuple[Process, ...]:
    return () if process is None else (process, *others)

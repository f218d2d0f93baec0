"""The store: deals in a database, kept so that nothing that was said is lost or done twice."""

from __future__ import annotations

import datetime as dt
import functools
import os
from collections.abc import Callable
from typing import Self

from salesflow.calendars import to_datetime, to_micros
from salesflow.store.checks import check_counts, positive
from salesflow.store.clock import LEAP, Clock, ids_ahead, turn_back, wait_no_longer
from salesflow.store.database import Database
from salesflow.store.deal_cache import DealCache
from salesflow.store.extras import sa
from salesflow.store.rows import instant
from salesflow.store.schema import prepare
from salesflow.store.sending import Sending
from salesflow.store.sweep import Batch, Failing, Sweep, first_wakeup, left_over, sweep_batch

_TIMEOUT = dt.timedelta(seconds=30)


class Store(Sending):
    """
    Deals in SQLite or PostgreSQL.

    Events are appended and never edited. What follows from them is computed by the deal itself,
    so there is no second text of any rule; the columns that deals are found by can be computed
    again at any time.

    Nothing here reads a clock: every write is told what time it is. A store may be used by many
    threads at once, and a database by many stores; a process that was forked opens its own.

    Args:
        where: The path of an SQLite file, or a URL: ``sqlite:///deals.db``, ``sqlite://`` (in
            memory), ``postgresql+psycopg://user@host/name``; a database of PostgreSQL has to be
            there.

        timeout: How long a transaction may wait for others; on PostgreSQL also how long it may
            stand still before the server ends it.

        leap: How far whoever writes may be ahead of the latest instant that the store knows of,
            where something was to be done meanwhile; beyond that their clock is taken for wrong.
            None: any time is believed.

        room: How many folded deals are kept in memory, so that one more event costs little.

        create: Whether a store that is not there yet is made. If it has to be there, say so: a path
            with a slip in it, or a file that lost its content, would be a store without deals.

    Raises:
        StoreError: If the database cannot be used, a newer release has written it, or there is no
            store and none is to be made.
        MissingExtraError: If SQLAlchemy or the driver for PostgreSQL is not installed.
        TypeError, ValueError: If *timeout* or *leap* is not a span, or not positive.

    >>> import salesflow as sf
    >>> monday = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
    >>> with Store("sqlite://") as store:
    ...     deal = store.open(sf.load_process("six-step"), id="ACME-17", at=monday, owner="dana")
    ...     print(store.sweep(monday + dt.timedelta(days=4)))
    1 deal, 1 effect promised, 0 failing; 0 still due
    """

    def __init__(
        self,
        where: str | os.PathLike[str],
        *,
        timeout: dt.timedelta = _TIMEOUT,
        leap: dt.timedelta | None = LEAP,
        room: int = 1_000,
        create: bool = True,
    ) -> None:
        super().__init__(
            Database(where, positive("timeout", timeout)), DealCache(room), Clock(leap)
        )
        try:
            prepare(self.database, create=create)
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
        """
        Close every connection; what was kept stays.

        Whoever uses the store after that gets a `StoreClosed`. Closing it twice does no harm.
        """
        self.database.close()

    def sweep(
        self,
        now: dt.datetime,
        *,
        limit: int | None = None,
        batch: int = 100,
        is_stopped: Callable[[], bool] = lambda: False,
    ) -> Sweep:
        """
        Find what time has done to deals, and promise the effects that are due.

        All that is due is found, in order, however long nobody has looked: thirty daily sweeps,
        five weekly ones and a late one leave the same ledger. Several may run at once; each deal
        is looked at by one of them. It may be interrupted at any moment.

        Args:
            now: What time it is; aware. A deal that was told of a later instant stays there.

            limit: How many deals it looks at, at most; None: at all that are due.

            batch: How many deals to a transaction; a hundred take a second or two.

            is_stopped: Asked before each transaction: whether to begin no more.

        Raises:
            ClockError: If *now* is further ahead than is believed.
            StoreError: If the database refuses; the batches before are kept.
            TypeError, ValueError: If *now* is not an aware datetime, or *batch* not positive.
        """
        check_counts(batch=batch)
        now_us = to_micros(now, "now")
        deals = promised = 0
        failing: list[Failing] = []
        while not is_stopped() and (limit is None or deals < limit):
            size = batch if limit is None else min(batch, limit - deals)
            done = self._sweep(now_us, size)
            deals += done.deals
            promised += done.promised
            failing += done.failing
            if not done.deals:
                break
        remaining, oldest_us = self.database.read(lambda c: left_over(c, now_us))
        return Sweep(
            at=to_datetime(now_us),
            deals=deals,
            promised=promised,
            failing=tuple(failing),
            remaining=remaining,
            oldest_due_at=instant(oldest_us),
        )

    def next_wakeup(self) -> dt.datetime | None:
        """
        Return from when on a sweep has something to do; None: with time alone it never will.

        Something that is appended may make it earlier.
        """
        return instant(self.database.read(lambda connection: connection.scalar(first_wakeup())))

    def _sweep(self, now_us: int, size: int) -> Batch:
        def work(connection: sa.Connection) -> Batch:
            self._clock.check(connection, now_us)
            return sweep_batch(connection, self._processes, self._cache, now_us, size)

        done = self.database.write(work)
        for tail, deal in done.cached:
            self._cache.put(tail, deal)
        return done

    def turn_back(self, now: dt.datetime) -> int:
        """
        Undo what a clock that was ahead has done.

        Deals that were told of a later instant than *now* stand at *now* again. What was promised
        since and told to nobody is withdrawn; what was told is taken back by the next sweep, under
        keys of its own. Events stay, also those that are dated ahead: retract what is wrong.

        Args:
            now: What time it is; aware. See to it that no clock is ahead any more.

        Returns:
            How many deals were ahead.

        Raises:
            StoreError: If the database refuses; do the same again.
            TypeError, ValueError: If *now* is not an aware datetime.
        """
        now_us, count = to_micros(now, "now"), 0
        while ahead := self.database.read(functools.partial(ids_ahead, now_us=now_us)):
            count += self.database.write(
                functools.partial(
                    turn_back, processes=self._processes, deal_ids=ahead, now_us=now_us
                )
            )
        self.database.write(lambda connection: wait_no_longer(connection, now_us))
        self._clock.forget()
        return count

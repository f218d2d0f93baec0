"""
Sweeping: what time does to deals is found, written down and promised, in one transaction.

A sweep locks deals, not deadlines, asks each what is due, and promises it; nothing is claimed,
leased or marked as being worked on, so a worker that dies leaves nothing to be repaired.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from salesflow.calendars import to_datetime
from salesflow.calendars.arithmetic import DAY, SECOND
from salesflow.deal import Deal, Effect
from salesflow.english import count_of
from salesflow.plain import Plain
from salesflow.store.append import settled
from salesflow.store.deal_cache import DealCache
from salesflow.store.extras import sa
from salesflow.store.pages import (
    Page,
    promise,
    read_page,
    reason,
    values_of,
    withdraw,
    write_back,
)
from salesflow.store.processes import Processes
from salesflow.store.settle import Promise, Settlement
from salesflow.store.tables import DEALS

LOG = logging.getLogger("salesflow.store")

_FIRST_PAUSE, _LONGEST_PAUSE = 60 * SECOND, DAY
"""After a failure a deal is left alone for so long, and twice as long after each further one."""


@attrs.frozen(kw_only=True)
class Failing(Plain):
    """
    A deal that a sweep could not deal with; it is tried again, later each time.

    Args:
        deal_id: The deal.

        error: Why, in words.

        failures: How often in a row.

        again_at: When it is tried again.
    """

    deal_id: str
    error: str
    failures: int
    again_at: dt.datetime


@attrs.frozen(kw_only=True)
class Sweep(Plain):
    """
    What a sweep has done.

    Args:
        at: The instant.

        deals: How many deals it looked at.

        promised: How many effects it has promised.

        failing: The deals that it could not process.

        remaining: How many deals are still due: the limit was reached, it was told to stop, or
            others are at work on them.

        oldest_due_at: Since when the first of them is due; None: none is.
    """

    at: dt.datetime
    deals: int
    promised: int
    failing: tuple[Failing, ...]
    remaining: int
    oldest_due_at: dt.datetime | None

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do at that instant."""
        return self.remaining == 0

    def __str__(self) -> str:
        since = f", since {self.oldest_due_at:%Y-%m-%d %H:%M} UTC" if self.oldest_due_at else ""
        return (
            f"{count_of(self.deals, 'deal')}, {count_of(self.promised, 'effect')} promised, "
            f"{len(self.failing):,} failing; {self.remaining:,} still due{since}"
        )


@attrs.frozen(kw_only=True)
class Batch:
    """
    One transaction of a sweep.

    Args:
        deals: How many deals it looked at.

        promised: How many effects it has promised.

        failing: The deals that it could not process.

        cached: The deals with the hashes of their last events, for the cache.
    """

    deals: int
    promised: int
    failing: tuple[Failing, ...]
    cached: tuple[tuple[str, Deal], ...]


@attrs.define
class _Work:
    """What a batch is going to write."""

    values: list[dict[str, Any]] = attrs.field(factory=list)
    due: list[tuple[str | None, int, Sequence[Effect]]] = attrs.field(factory=list)
    withdrawn: list[Promise] = attrs.field(factory=list)
    failing: list[Failing] = attrs.field(factory=list)
    cached: list[tuple[str, Deal]] = attrs.field(factory=list)


def due_deals(now_us: int, size: int) -> sa.Select[Any]:
    """Return the query for the deals that have been due for longest and that nobody works on."""
    return (
        sa.select(DEALS)
        .where(DEALS.c.wake_us <= now_us)
        .order_by(DEALS.c.wake_us, DEALS.c.deal)
        .limit(size)
        .with_for_update(skip_locked=True)
    )


def sweep_batch(
    connection: sa.Connection, processes: Processes, cache: DealCache, now_us: int, size: int
) -> Batch:
    """
    Do what is due for some deals.

    Args:
        connection: The transaction.

        processes: Those of the store.

        cache: Where folded deals may stand.

        now_us: The instant, in microseconds.

        size: For how many deals at most.
    """
    rows = connection.execute(due_deals(now_us, size)).mappings().all()
    page = read_page(connection, processes, rows, cache, with_promises=True)
    work = _Work()
    for row in rows:
        _look(page, row, now_us, work)
    promised = promise(connection, work.due)
    withdraw(connection, work.withdrawn)
    write_back(connection, work.values)
    return Batch(
        deals=len(rows), promised=promised, failing=tuple(work.failing), cached=tuple(work.cached)
    )


def _look(page: Page, row: Mapping[Any, Any], now_us: int, work: _Work) -> None:
    """Ask a deal what is due; one that cannot say it is noted, and left alone for a while."""
    try:
        deal = page.deal(row["deal"])
    except Exception as error:  # noqa: BLE001 - one deal must not stop the others
        outcome: Settlement | Exception = error
    else:
        outcome = settled(deal, now_us, page.promises.get(row["deal"], ()))
    if isinstance(outcome, Exception):
        work.values.append(_noted(row, outcome, now_us, work))
        return
    work.values.append(values_of(row, outcome, now_us, outcome.changes_us))
    work.due.append((outcome.columns["owner"], now_us, outcome.due))
    work.withdrawn += outcome.withdrawn
    work.cached.append((row["tail"], deal))


def _noted(row: Mapping[Any, Any], error: Exception, now_us: int, work: _Work) -> dict[str, Any]:
    pause = min(_FIRST_PAUSE * 2 ** min(row["failures"], 20), _LONGEST_PAUSE)
    again_us, said = now_us + pause, reason(error)
    LOG.warning("deal %r: the sweep cannot process it: %s", row["deal"], said, exc_info=error)
    failing = Failing(
        deal_id=row["deal"],
        error=said,
        failures=row["failures"] + 1,
        again_at=to_datetime(again_us),
    )
    work.failing.append(failing)
    return values_of(row, error, row["watermark_us"], again_us)


def first_wakeup() -> sa.Select[Any]:
    """Return the query for the instant from which a sweep has something to do."""
    # The index has only those that have one.
    return sa.select(sa.func.min(DEALS.c.wake_us)).where(DEALS.c.wake_us.is_not(None))


def left_over(connection: sa.Connection, now_us: int) -> tuple[int, int | None]:
    """Return how many deals are due, and since when the first of them is."""
    found = connection.execute(
        sa.select(sa.func.count(), sa.func.min(DEALS.c.wake_us)).where(DEALS.c.wake_us <= now_us)
    ).one()
    return found[0], found[1]

"""
What time it can be, as far as a store knows.

A store reads no clock, so it is told what time it is; a single reading that is years ahead would
lose all its deals. One that is too far ahead is refused, and the consequences of a smaller error
can be undone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from salesflow.calendars import to_datetime
from salesflow.calendars.arithmetic import DAY
from salesflow.errors import ClockError
from salesflow.store.append import wake_of
from salesflow.store.checks import positive
from salesflow.store.extras import sa
from salesflow.store.outbox import WAITING
from salesflow.store.pages import (
    SIZE,
    outcome_of,
    read_page,
    rows_of,
    values_of,
    withdraw,
    write_back,
)
from salesflow.store.processes import Processes
from salesflow.store.settle import Promise, Settlement
from salesflow.store.tables import DEALS, OUTBOX

LEAP = dt.timedelta(days=366)
_LONGEST_WAIT = 2 * DAY
"""A message that waits for longer was put off by a clock that was ahead."""

_LATEST = sa.select(
    sa.select(sa.func.max(DEALS.c.watermark_us)).scalar_subquery(),
    # The index has only those that have one.
    sa.select(sa.func.min(DEALS.c.wake_us)).where(DEALS.c.wake_us.is_not(None)).scalar_subquery(),
)


class Clock:
    """
    Tells a correct clock from one that is far ahead.

    It knows the latest instant that a deal was told of and, if nothing has been due since, the
    instant from which a sweep has something to do. If there is none, no clock can do harm.

    Args:
        leap: How far beyond what is known the time may be; None: any time is accepted.

    Raises:
        TypeError, ValueError: If *leap* is not a timedelta, or not positive.
    """

    def __init__(self, leap: dt.timedelta | None) -> None:
        self._leap = None if leap is None else positive("leap", leap)
        self._known_us: int | None = None

    def check(self, connection: sa.Connection, now_us: int) -> None:
        """
        Refuse an instant that cannot be now.

        Args:
            connection: The transaction that writes; it is asked only where nobody knows yet.

            now_us: The instant, in microseconds.

        Raises:
            ClockError: If it is too far ahead of what is known.
        """
        if self._leap is None or self._is_near(now_us):
            return
        told_us, wake_us = connection.execute(_LATEST).one()
        if wake_us is None:
            return
        self._known_us = max(told_us, wake_us)
        if not self._is_near(now_us):
            raise ClockError(to_datetime(now_us), to_datetime(self._known_us), self._leap)

    def _is_near(self, now_us: int) -> bool:
        if self._known_us is None or self._leap is None:
            return False
        return now_us - self._known_us <= self._leap // dt.timedelta(microseconds=1)

    def forget(self) -> None:
        """Ask the store again what is known."""
        self._known_us = None


def ids_ahead(connection: sa.Connection, now_us: int) -> Sequence[str]:
    """Return deals that were told of a later instant, a page of them."""
    query = sa.select(DEALS.c.deal).where(DEALS.c.watermark_us > now_us)
    return connection.scalars(query.order_by(DEALS.c.watermark_us.desc()).limit(SIZE)).all()


def turn_back(
    connection: sa.Connection, processes: Processes, deal_ids: Sequence[str], now_us: int
) -> int:
    """
    Bring some deals back to an instant, as if they had not been told of a later one.

    Later promises that nobody was told of are withdrawn; the next sweep takes back those that
    somebody was told of.

    Returns:
        How many deals were ahead of it.
    """
    locked = rows_of(connection, deal_ids, locked=True)
    rows = [row for row in locked if row["watermark_us"] > now_us]
    page = read_page(connection, processes, rows, with_promises=True)
    values, withdrawn = [], list[Promise]()
    for row in rows:
        outcome = outcome_of(page, row["deal"], now_us)
        if isinstance(outcome, Settlement):
            withdrawn += outcome.withdrawn
        values.append(values_of(row, outcome, now_us, wake_of(outcome, now_us)))
    write_back(connection, values)
    withdraw(connection, withdrawn)
    return len(rows)


def wait_no_longer(connection: sa.Connection, now_us: int) -> None:
    """Have messages sent at once that were put off until an instant that is far ahead."""
    is_late = (OUTBOX.c.status == WAITING) & (OUTBOX.c.try_us > now_us + _LONGEST_WAIT)
    connection.execute(sa.update(OUTBOX).where(is_late).values(try_us=now_us))

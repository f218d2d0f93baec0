"""The worker: sweeps and sends, again and again, until it is told to stop."""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import attrs

from salesflow.errors import StoreError
from salesflow.store.delivery import Retries, Send
from salesflow.store.store import Store
from salesflow.wording import count_of

LOG = logging.getLogger("salesflow.store")

_EVERY = dt.timedelta(seconds=30)
_BATCH = 100
"""So much is done before it is asked again whether to stop: a second or two of work."""
_MISSED = 3
"""A worker that has missed so many rounds is not well."""
_GRACE = dt.timedelta(seconds=60)
"""A round may take so long beyond that."""


@attrs.frozen(kw_only=True)
class Report:
    """
    What a worker has done in a round.

    Args:
        at: When it began.

        deals: How many deals were looked at.

        promised: How many effects were promised.

        failing: How many deals could not be processed; they are tried again.

        sent: How many messages were taken by the receiver.

        put_off: How many were not, and are tried again.

        failed: How many effects have failed: they will not be tried again.

        remaining: How many deals are still due: it was told to stop, or others are at work on them.
    """

    at: dt.datetime
    deals: int = 0
    promised: int = 0
    failing: int = 0
    sent: int = 0
    put_off: int = 0
    failed: int = 0
    remaining: int = 0

    @property
    def is_clean(self) -> bool:
        """Whether everything that was to be done was done."""
        return not (self.failing or self.put_off or self.failed or self.remaining)

    @property
    def is_idle(self) -> bool:
        """Whether there was nothing to do."""
        return self.is_clean and not (self.deals or self.sent)

    def __str__(self) -> str:
        effects = f"{count_of(self.promised, 'effect')} promised, {self.sent:,} sent"
        troubles = {
            f"{count_of(self.failing, 'deal')} failing": self.failing,
            f"{self.put_off:,} put off": self.put_off,
            f"{count_of(self.failed, 'effect')} failed": self.failed,
            f"{count_of(self.remaining, 'deal')} still due": self.remaining,
        }
        there = (said for said, count in troubles.items() if count)
        return ", ".join([count_of(self.deals, "deal"), effects, *there])

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-ready data."""
        return attrs.asdict(self) | {"at": self.at.isoformat()}


class Worker:
    """
    Does what is to be done at its time: finds what time has done to deals, and sends it on.

    Several may work on one store. One that dies leaves nothing to be repaired.

    Args:
        store: The store.

        send: What sends a message, as in `Store.deliver`; None: others do that.

        every: How long it waits between two rounds.

        retries: How often a message is tried, and how long it waits in between.

        clock: What time it is.

        told: Called after each round.
    """

    def __init__(
        self,
        store: Store,
        send: Send | None = None,
        *,
        every: dt.timedelta = _EVERY,
        retries: Retries | None = None,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
        told: Callable[[Report], object] = lambda _: None,
    ) -> None:
        self._store, self._send, self._every = store, send, every
        self._retries = retries or Retries()
        self._clock, self._told = clock, told
        self._stop = threading.Event()
        self._well_at = time.monotonic()
        self._last: Report | None = None
        self._rounds = self._failed_rounds = 0

    def run(self) -> None:
        """
        Work until `stop` is called.

        If the database refuses a round, the log says so, and the next round starts afresh: nothing
        is left half done.
        """
        while not self._stop.is_set():
            try:
                self.round()
            except StoreError as error:
                self._failed_rounds += 1
                LOG.error("the worker cannot continue yet: %s", error)  # noqa: TRY400 - it says all
            self._stop.wait(self._every.total_seconds())

    def stop(self) -> None:
        """Have it finish the batch at hand, and end; safe to call from a signal handler."""
        self._stop.set()

    def round(self) -> Report:
        """
        Work once: until nothing is due, or it is told to stop.

        Raises:
            StoreError: If the database refuses.
        """
        report = self._sweep(Report(at=self._clock()))
        if self._send is not None:
            report = self._deliver(report, self._send)
        self._well_at, self._last = time.monotonic(), report
        self._rounds += 1
        self._told(report)
        return report

    @property
    def is_well(self) -> bool:
        """Whether it has finished a round lately."""
        allowed = _MISSED * self._every + _GRACE
        return time.monotonic() - self._well_at <= allowed.total_seconds()

    def health(self) -> dict[str, Any]:
        """Return how it is, as JSON-ready data without secrets."""
        return {
            "status": "ok" if self.is_well else "stuck",
            "rounds": self._rounds,
            "failed_rounds": self._failed_rounds,
            "last": None if self._last is None else self._last.to_dict(),
        }

    def _sweep(self, report: Report) -> Report:
        while not self._stop.is_set():
            done = self._store.sweep(self._clock(), limit=_BATCH, batch=_BATCH)
            report = attrs.evolve(
                report,
                deals=report.deals + done.deals,
                promised=report.promised + done.promised,
                failing=report.failing + len(done.failing),
                remaining=done.remaining,
            )
            if done.deals < _BATCH:
                break
        return report

    def _deliver(self, report: Report, send: Send) -> Report:
        while not self._stop.is_set():
            done = self._store.deliver(
                self._clock(),
                send,
                limit=_BATCH,
                retries=self._retries,
                is_stopped=self._stop.is_set,
            )
            report = attrs.evolve(
                report,
                sent=report.sent + done.sent,
                put_off=report.put_off + done.put_off,
                failed=report.failed + done.failed,
            )
            if done.is_done or not (done.sent or done.put_off or done.failed):
                break
        return report

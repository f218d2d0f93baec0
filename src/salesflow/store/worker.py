"""The worker: sweeps and sends, again and again, until it is told to stop."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import attrs

from salesflow.english import count_of
from salesflow.errors import StoreClosed, StoreError
from salesflow.store.checks import positive
from salesflow.store.delivery import Delivery, Retries, Send
from salesflow.store.outbox import Message
from salesflow.store.store import Store
from salesflow.store.sweep import Sweep

LOG = logging.getLogger("salesflow.store")

_EVERY = dt.timedelta(seconds=30)
_MISSED = 3
"""A worker that has got nothing done for so many rounds is not well."""
_GRACE = dt.timedelta(seconds=60)
"""A batch, or a message, may take so long beyond that."""


@attrs.frozen(kw_only=True)
class Report:
    """
    What a worker has done in a round.

    Args:
        sweep: What it found that time has done, and promised.

        delivery: What it sent; None: sending is left to others, or it was told to stop before.
    """

    sweep: Sweep
    delivery: Delivery | None = None

    @property
    def at(self) -> dt.datetime:
        """When it began."""
        return self.sweep.at

    @property
    def is_clean(self) -> bool:
        """Whether everything that was to be done was done."""
        sent = self.delivery
        is_sent = sent is None or not (sent.put_off or sent.failed)
        return is_sent and self.sweep.is_done and not self.sweep.failing

    @property
    def is_idle(self) -> bool:
        """Whether there was nothing to do."""
        counts = self.to_dict()
        return not any(count for name, count in counts.items() if name != "at")

    def __str__(self) -> str:
        said = self.to_dict()
        effects = f"{count_of(said['promised'], 'effect')} promised, {said['sent']:,} sent"
        troubles = {
            f"{count_of(said['failing'], 'deal')} failing": said["failing"],
            f"{said['put_off']:,} put off": said["put_off"],
            f"{count_of(said['failed'], 'effect')} failed": said["failed"],
            f"{count_of(said['remaining'], 'deal')} still due": said["remaining"],
        }
        there = (text for text, count in troubles.items() if count)
        return ", ".join([count_of(said["deals"], "deal"), effects, *there])

    def to_dict(self) -> dict[str, Any]:
        """Return its counts as JSON-ready data."""
        sent = self.delivery
        return {
            "at": self.at.isoformat(),
            "deals": self.sweep.deals,
            "promised": self.sweep.promised,
            "failing": len(self.sweep.failing),
            "sent": sent.sent if sent else 0,
            "put_off": sent.put_off if sent else 0,
            "failed": sent.failed if sent else 0,
            "remaining": self.sweep.remaining,
        }


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

    Raises:
        TypeError, ValueError: If *every* is not a positive span.
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
        self._store, self._send, self._every = store, send, positive("every", every)
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

        Raises:
            StoreClosed: If the store was closed before the worker was stopped.
        """
        while not self._stop.is_set():
            try:
                self.round()
            except StoreClosed:
                raise
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
        is_stopped = functools.partial(self._is_stopped, itertools.count())
        swept = self._store.sweep(self._clock(), is_stopped=is_stopped)
        self._well_at = time.monotonic()
        report = Report(sweep=swept, delivery=self._deliver())
        self._last = report
        self._rounds += 1
        self._told(report)
        return report

    @property
    def is_well(self) -> bool:
        """Whether it has lately done a batch of a sweep, or a message."""
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

    def _is_stopped(self, asked: Iterator[int]) -> bool:
        """Return whether to sweep no more; when a sweep asks again it has done a batch."""
        if next(asked):
            self._well_at = time.monotonic()
        return self._stop.is_set()

    def _deliver(self) -> Delivery | None:
        """Send what is due, a hundred at a time: the lease of each begins when it is claimed."""
        if self._send is None:
            return None
        done, send = None, functools.partial(self._told_of, self._send)
        while not self._stop.is_set():
            part = self._store.deliver(
                self._clock(), send, retries=self._retries, is_stopped=self._stop.is_set
            )
            done = part if done is None else done + part
            if part.is_done or not (part.sent or part.put_off or part.failed):
                break
        return done

    def _told_of(self, send: Send, message: Message) -> None:
        """Send a message; whatever the receiver answers, the worker does not hang."""
        try:
            send(message)
        finally:
            self._well_at = time.monotonic()

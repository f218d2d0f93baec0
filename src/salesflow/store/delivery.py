"""
Delivery: messages in the outbox are sent at least once, however receivers and senders fail.

No transaction is open while something is sent. A slow receiver holds up one worker and one deal; a
failing one is left alone for longer each time.
"""

from __future__ import annotations

import datetime as dt
import logging
import random
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Literal

import attrs

from salesflow.calendars import to_micros
from salesflow.english import count_of
from salesflow.errors import DeliveryError
from salesflow.plain import Plain
from salesflow.store.checks import positive
from salesflow.store.database import Database
from salesflow.store.outbox import Message, claim, note_failure, note_sent

LOG = logging.getLogger("salesflow.store")

Send = Callable[[Message], object]
"""A sender: it returns if the receiver has the message, and raises if not."""

_LONGEST_WISH = dt.timedelta(days=1)
"""A receiver is not left alone for longer than that, whatever it wants."""
_SHORTEST = dt.timedelta(seconds=1)


def _positive(_: object, attribute: attrs.Attribute[dt.timedelta], span: object) -> None:
    positive(attribute.name, span)


@attrs.frozen(kw_only=True)
class Retries:
    """
    How often a message is tried, and how long it waits in between.

    The pauses are drawn between zero and a limit that doubles with every try, so that messages that
    failed together do not come back together. With the defaults, a receiver may be down for a day,
    on average for one and a quarter, before a message fails.

    Args:
        tries: How often a message is tried before it fails (> 0).

        first: The limit of the first pause.

        longest: No pause is longer, unless the receiver asks for it.

        seed: The seed of the pauses; None: they differ each time. With a seed they depend only on
            the key and the number of the try.
    """

    tries: int = attrs.field(default=20, validator=attrs.validators.ge(1))
    first: dt.timedelta = attrs.field(default=dt.timedelta(seconds=30), validator=_positive)
    longest: dt.timedelta = attrs.field(default=dt.timedelta(hours=6), validator=_positive)
    seed: int | None = None

    def pause(self, key: str, tried: int) -> dt.timedelta:
        """
        Return how long a message waits.

        Args:
            key: Its key.

            tried: How often it was tried (> 0).
        """
        # Beyond some thirty doublings every bound is the longest.
        bound: dt.timedelta = min(self.longest, self.first * 2 ** min(tried - 1, 30))
        source = None if self.seed is None else f"{self.seed} {tried} {key}"
        share = random.Random(source).random()  # noqa: S311 - no secret
        return max(_SHORTEST, bound * share)


@attrs.frozen(kw_only=True)
class Delivery(Plain):
    """
    The result of a round of delivery.

    Args:
        at: The instant.

        sent: How many messages the receiver accepted.

        put_off: How many it did not accept; they are tried again later.

        failed: How many have failed, and will only be tried again if somebody asks for it.

        remaining: How many could still be sent at once.

        oldest_promised_at: When the first of these was promised; None: there is none.
    """

    at: dt.datetime
    sent: int
    put_off: int
    failed: int
    remaining: int
    oldest_promised_at: dt.datetime | None

    @property
    def is_done(self) -> bool:
        """Whether nothing more can be sent at that instant."""
        return self.remaining == 0

    def __add__(self, later: Delivery) -> Delivery:
        """Return this round and a later one as one; what is left is what the later one left."""
        return attrs.evolve(
            later,
            sent=self.sent + later.sent,
            put_off=self.put_off + later.put_off,
            failed=self.failed + later.failed,
        )

    def __str__(self) -> str:
        return (
            f"{self.sent:,} sent, {self.put_off:,} put off, {self.failed:,} failed; "
            f"{self.remaining:,} to be sent"
        )


Fate = Literal["sent", "put_off", "failed"]
"""What became of a message, as `Delivery` counts it."""


@attrs.define
class Round:
    """
    A round of delivery: its workers share how many messages may still be claimed.

    Args:
        database: Where the outbox is.

        send: The sender.

        now: The instant of the round.

        lease: For how long a message is left to whoever claimed it.

        retries: What becomes of messages that are not accepted.

        left: How many may still be claimed.

        is_stopped: Whether to claim no more.
    """

    database: Database
    send: Send
    now: dt.datetime
    lease: dt.timedelta
    retries: Retries
    left: int
    is_stopped: Callable[[], bool]
    _turn: threading.Lock = attrs.field(factory=threading.Lock, init=False)

    def run(self, workers: int) -> Counter[Fate]:
        """Send what is due by so many workers; what one of them raises ends the round."""
        if workers == 1:
            return self._work()
        with ThreadPoolExecutor(workers, thread_name_prefix="salesflow-send") as pool:
            running = [pool.submit(self._work) for _ in range(min(workers, self.left))]
            try:
                return sum((each.result() for each in as_completed(running)), Counter())
            except BaseException:
                self._stop()
                raise

    def _work(self) -> Counter[Fate]:
        done = Counter[Fate]()
        while self._may_claim():
            message = self._claim()
            if message is None:
                self._give_back()
                break
            done[self._deliver(message)] += 1
        return done

    def _claim(self) -> Message | None:
        now_us, lease_us = to_micros(self.now), self.lease // dt.timedelta(microseconds=1)
        return self.database.write(lambda c: claim(c, now_us, lease_us))

    def _may_claim(self) -> bool:
        with self._turn:
            if self.left < 1 or self.is_stopped():
                return False
            self.left -= 1
            return True

    def _give_back(self) -> None:
        """Leave to others what was to be claimed: there is nothing now, there may be soon."""
        with self._turn:
            self.left += 1

    def _stop(self) -> None:
        with self._turn:
            self.left = 0

    def _deliver(self, message: Message) -> Fate:
        try:
            self.send(message)
        except Exception as error:  # noqa: BLE001 - whatever a receiver does, others go on
            return self._not_sent(message, error)
        now_us = to_micros(self.now)
        self.database.write(lambda c: note_sent(c, message, now_us))
        return "sent"

    def _not_sent(self, message: Message, error: Exception) -> Fate:
        said = error if isinstance(error, DeliveryError) else None
        reason = said.reason if said else f"{type(error).__name__}: {error}"
        if message.tries >= self.retries.tries or (said and said.is_final):
            tries = count_of(message.tries, "try", "tries")
            LOG.warning("effect %r: failed after %s: %s", message.key, tries, reason)
            self.database.write(lambda c: note_failure(c, message, reason, None))
            return "failed"
        wish = min((said and said.retry_after) or dt.timedelta(), _LONGEST_WISH)
        pause = max(wish, self.retries.pause(message.key, message.tries))
        LOG.info("effect %r: not sent, tried again in %s: %s", message.key, pause, reason)
        again_us = to_micros(self.now + pause)
        self.database.write(lambda c: note_failure(c, message, reason, again_us))
        return "put_off"

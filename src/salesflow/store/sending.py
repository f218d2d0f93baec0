"""The outbox of a store: it is delivered and listed, and what failed is tried again."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterable, Iterator

from salesflow.calendars import to_datetime, to_micros
from salesflow.given import several
from salesflow.store.checks import check_counts, positive
from salesflow.store.delivery import Delivery, Retries, Round, Send
from salesflow.store.extras import sa
from salesflow.store.outbox import STATUSES, Message, due, messages_after, retry
from salesflow.store.recording import Recording
from salesflow.store.rows import instant

_LEASE = dt.timedelta(minutes=10)
_RETRIES = Retries()


class Sending(Recording):
    """The outbox of a store; see `salesflow.store.Store`."""

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
            ClockError: If *now* is further ahead than is believed.
            StoreError: If the database refuses. What was sent and could not be noted is sent again.
            TypeError, ValueError: If *now* is not an aware datetime, or a number or span is not
                positive.
        """
        check_counts(limit=limit, workers=workers)
        positive("lease", lease)
        now_us = to_micros(now, "now")
        self.database.read(lambda connection: self._clock.check(connection, now_us))
        done = Round(self.database, send, now, lease, retries, limit, is_stopped).run(workers)
        remaining, oldest_us = self.database.read(lambda c: due(c, now_us))
        return Delivery(
            at=to_datetime(now_us),
            sent=done["sent"],
            put_off=done["put_off"],
            failed=done["failed"],
            remaining=remaining,
            oldest_promised_at=instant(oldest_us),
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
            msg = f"'status': got {status!r}, expected one of {', '.join(STATUSES)}."
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
        Have failed messages sent after all; return how many.

        They keep their keys, and go on as if they had been tried once: each is sent at least once
        more. What was sent about a deal after they had failed is not sent again, so a receiver may
        hear of them late.

        Args:
            now: What time it is; aware.

            keys: Which; None: all of them.

            deal_id: Only those of that deal; None: of any.

        Raises:
            ClockError: If *now* is further ahead than is believed.
            StoreError: If the database refuses.
            TypeError, ValueError: If *now* is not an aware datetime, or *keys* is a single key.
        """
        now_us, wanted = (
            to_micros(now, "now"),
            None if keys is None else list(several("keys", keys, str)),
        )

        def work(connection: sa.Connection) -> int:
            self._clock.check(connection, now_us)
            return retry(connection, now_us, wanted, deal_id)

        return self.database.write(work)

"""
The outbox: which message is sent next, what became of each, and which have failed.

A message is claimed in one transaction, sent outside of any, and the result is noted in a third
step. If the sender dies in between, the message is claimed again when its lease ends; so each is
sent at least once, always under the same key, and those of one deal in their order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

import attrs

from salesflow.calendars import to_datetime
from salesflow.deal import Effect
from salesflow.plain import Plain, fields_of
from salesflow.store.effect_rows import effect_of
from salesflow.store.extras import sa
from salesflow.store.rows import can_be_id, instant, plain
from salesflow.store.tables import OUTBOX

WAITING, SENT, FAILED = "waiting", "sent", "failed"
STATUSES = (WAITING, SENT, FAILED)
_PAGE = 500
_LONGEST_ERROR = 1000


@attrs.frozen(kw_only=True)
class Message(Plain):
    """
    An effect in the outbox.

    Args:
        number: The order in which effects were promised; for one deal, the order of its effects.

        deal_id: The deal.

        key: The key of the effect: the same however often it is sent, so that a receiver can tell.

        kind: The kind of the effect, as text.

        owner: Whose the deal was when the effect was promised; None: nobody's.

        promised_at: When it was promised.

        status: ``waiting``, ``sent`` or ``failed``.

        tries: How often sending was begun, this time included.

        try_at: While it waits: not before then. Moved ahead while somebody sends it.

        sent_at: When it was sent; None: not yet.

        error: Why the latest try came to nothing; None: it did not, or there was none.
    """

    number: int
    deal_id: str
    key: str
    kind: str
    owner: str | None
    promised_at: dt.datetime
    status: str
    tries: int
    try_at: dt.datetime
    sent_at: dt.datetime | None
    error: str | None
    _body: str = attrs.field(repr=False)

    @property
    def effect(self) -> Effect:
        """
        The effect.

        Raises:
            ValueError: If it was written by a newer release.
        """
        try:
            return effect_of(self._body)
        except (KeyError, TypeError, ValueError) as error:
            msg = f"effect {self.key!r} was written by a newer release of salesflow. Install that."
            raise ValueError(msg) from error

    def to_dict(self) -> dict[str, Any]:
        """
        Return every field and the effect by their names, as JSON can say it, and a ``text``.

        The effect is None if it was written by a newer release.
        """
        try:
            effect = self.effect.to_dict()
        except ValueError:
            effect = None
        return {**fields_of(self), "effect": effect, "text": str(self)}

    def __str__(self) -> str:
        said = f": {self.error}" if self.error else ""
        return f"{self.number} {self.key} ({self.status}, tried {self.tries}×{said})"


def claim(connection: sa.Connection, now_us: int, lease_us: int) -> Message | None:
    """
    Return the message that is to be sent next, if there is one; nobody else will send it meanwhile.

    Of each deal that is the first one that waits: while it is put off, so are those after it.

    Args:
        connection: The transaction; it is to be committed before anything is sent.

        now_us: The instant, in microseconds.

        lease_us: For how long it is left alone by others, in microseconds.
    """
    row = connection.execute(_NEXT, {"now_us": now_us}).mappings().one_or_none()
    if row is None:
        return None
    claimed = {"tries": row["tries"] + 1, "try_us": now_us + lease_us}
    connection.execute(_WRITTEN, {"number": row["id"], **claimed})
    return message_of({**row, **claimed})


_WAITS: sa.ColumnElement[str] = sa.literal_column(f"'{WAITING}'")
"""A literal, so that a database sees that the index of what waits is enough."""
_EARLIER = sa.alias(OUTBOX)
_HAS_EARLIER = sa.exists().where(
    _EARLIER.c.deal == OUTBOX.c.deal,
    _EARLIER.c.status == _WAITS,
    _EARLIER.c.id < OUTBOX.c.id,
)
_NEXT = (
    sa.select(OUTBOX)
    .where(OUTBOX.c.status == _WAITS, OUTBOX.c.try_us <= sa.bindparam("now_us"), ~_HAS_EARLIER)
    .order_by(OUTBOX.c.try_us, OUTBOX.c.id)
    .limit(1)
    .with_for_update(skip_locked=True, of=OUTBOX)
)
# What is given beside the number is what is written of a message.
_WRITTEN = sa.update(OUTBOX).where(OUTBOX.c.id == sa.bindparam("number"))
_NOT_SENT = _WRITTEN.where(OUTBOX.c.status != SENT)


def note_sent(connection: sa.Connection, message: Message, now_us: int) -> None:
    """Note that a message was sent; that is true whoever has claimed it since."""
    noted = {"status": SENT, "sent_us": now_us, "error": None}
    connection.execute(_NOT_SENT, {"number": message.number, **noted})


def note_failure(
    connection: sa.Connection, message: Message, reason: str, again_us: int | None
) -> None:
    """
    Note that a message could not be sent; nothing, if somebody else has claimed it since.

    Args:
        connection: The transaction.

        message: As it was claimed.

        reason: Why.

        again_us: When it is tried again, in microseconds; None: never, it has failed.
    """
    is_ours = (
        (OUTBOX.c.id == message.number)
        & (OUTBOX.c.status == WAITING)
        & (OUTBOX.c.tries == message.tries)
    )
    values: dict[str, Any] = {"error": _line(reason)}
    values |= {"status": FAILED} if again_us is None else {"try_us": again_us}
    was_ours = connection.execute(sa.update(OUTBOX).where(is_ours).values(values)).rowcount
    if was_ours and again_us is not None:
        # So that whoever looks for what is due does not come upon them in vain, again and again.
        waiting = _waiting(message.deal_id).where(OUTBOX.c.try_us < again_us)
        connection.execute(
            sa.update(OUTBOX).where(OUTBOX.c.id.in_(waiting)).values(try_us=again_us)
        )


def _waiting(deal_id: str) -> sa.Select[tuple[int]]:
    """Return the query for what waits of a deal; what is being withdrawn is left to who does it."""
    return (
        sa.select(OUTBOX.c.id)
        .where(OUTBOX.c.deal == deal_id, OUTBOX.c.status == _WAITS)
        .with_for_update(skip_locked=True)
    )


def retry(
    connection: sa.Connection, now_us: int, keys: Collection[str] | None, deal_id: str | None
) -> int:
    """
    Have failed messages wait again, with one try behind them.

    Args:
        connection: The transaction.

        now_us: The instant, in microseconds.

        keys: Which; None: all.

        deal_id: Only those of that deal; None: of any.
    """
    wanted = [OUTBOX.c.status == FAILED]
    if keys is not None:
        wanted.append(OUTBOX.c.key.in_(list(filter(can_be_id, keys))))
    if deal_id is not None:
        wanted.append(OUTBOX.c.deal == plain(deal_id))
    # What nobody has begun to send could be taken back, and somebody may have been told of this.
    values = {"status": WAITING, "tries": 1, "try_us": now_us}
    return connection.execute(sa.update(OUTBOX).where(*wanted).values(values)).rowcount


def messages_after(
    connection: sa.Connection, *, number: int, status: str | None, deal_id: str | None
) -> Sequence[Message]:
    """Return the next messages, a page of them, in the order in which they were promised."""
    query = sa.select(OUTBOX).where(OUTBOX.c.id > number).order_by(OUTBOX.c.id).limit(_PAGE)
    if status is not None:
        query = query.where(OUTBOX.c.status == status)
    if deal_id is not None:
        query = query.where(OUTBOX.c.deal == plain(deal_id))
    return [message_of(row) for row in connection.execute(query).mappings()]


def due(connection: sa.Connection, now_us: int) -> tuple[int, int | None]:
    """Return how many messages could be sent at once, and when the first of them was promised."""
    is_due = (OUTBOX.c.status == _WAITS) & (OUTBOX.c.try_us <= now_us) & ~_HAS_EARLIER
    query = sa.select(sa.func.count(), sa.func.min(OUTBOX.c.promised_us)).where(is_due)
    count, oldest_us = connection.execute(query).one()
    return count, oldest_us


def message_of(row: Any) -> Message:  # noqa: ANN401 - a row, whatever mapping it is
    """Return a message from its row."""
    return Message(
        number=row["id"],
        deal_id=row["deal"],
        key=row["key"],
        kind=row["kind"],
        owner=row["owner"],
        promised_at=to_datetime(row["promised_us"]),
        status=row["status"],
        tries=row["tries"],
        try_at=to_datetime(row["try_us"]),
        sent_at=instant(row["sent_us"]),
        error=row["error"],
        body=row["body"],
    )


def _line(text: str) -> str:
    """Return a text as one line that any database can keep."""
    return " ".join(str(plain(text)).split())[:_LONGEST_ERROR]

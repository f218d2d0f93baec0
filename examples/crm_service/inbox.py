"""
What cannot be recorded yet, or not understood, is kept: a webhook comes once.

A CRM tells of a move before it tells of the deal, and of things that nobody has mapped. Events
without their deal wait here until it is opened; what was not understood is kept as it came.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

import salesflow as sf
from salesflow.events import Event

METADATA = sa.MetaData()
EARLY = sa.Table(
    "service_early",
    METADATA,
    # Ids as JSON in ASCII: a CRM may send what a database cannot keep as text.
    sa.Column("deal", sa.Text, primary_key=True),
    sa.Column("event", sa.String(64), primary_key=True),
    sa.Column("body", sa.Text, nullable=False),
)
UNREAD = sa.Table(
    "service_unread",
    METADATA,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("problems", sa.Text, nullable=False),
)


class Inbox:
    """
    Tables beside the store.

    Args:
        engine: The database.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        METADATA.create_all(engine)

    def early(self, deal_id: str) -> tuple[Event, ...]:
        """Return the events that wait for a deal."""
        query = sa.select(EARLY.c.body).where(EARLY.c.deal == json.dumps(deal_id))
        with self._engine.connect() as connection:
            return tuple(sf.event_from_dict(json.loads(body)) for body in connection.scalars(query))

    def wait(self, deal_id: str, events: Iterable[Event]) -> None:
        """Keep events until their deal is opened; those that are known change nothing."""
        rows = [
            {"deal": json.dumps(deal_id), "event": _digest(event.id), "body": _body(event)}
            for event in events
        ]
        for row in rows:
            self._insert(EARLY, row)

    def drop(self, deal_id: str, events: Iterable[Event]) -> None:
        """Forget events that are recorded now."""
        known = [_digest(event.id) for event in events]
        is_it = (EARLY.c.deal == json.dumps(deal_id)) & EARLY.c.event.in_(known)
        with self._engine.begin() as connection:
            connection.execute(sa.delete(EARLY).where(is_it))

    def keep_unread(self, body: bytes, problems: Iterable[str], at: str) -> None:
        """Keep a body of which something was not understood; once, however often it comes."""
        digest, said = hashlib.sha256(body).hexdigest(), json.dumps(list(problems))
        self._insert(UNREAD, {"digest": digest, "at": at, "body": body, "problems": said})

    def unread(self) -> list[dict[str, Any]]:
        """Return what was not understood, the first 100, for whoever sees to it."""
        query = sa.select(UNREAD.c.digest, UNREAD.c.at, UNREAD.c.problems)
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(UNREAD.c.at).limit(100)).mappings()
            return [{**row, "problems": json.loads(row["problems"])} for row in rows]

    def _insert(self, table: sa.Table, row: dict[str, Any]) -> None:
        try:
            with self._engine.begin() as connection:
                connection.execute(sa.insert(table).values(row))
        except sa.exc.IntegrityError:
            return  # it is there already


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _body(event: Event) -> str:
    return json.dumps(event.to_dict(), sort_keys=True)

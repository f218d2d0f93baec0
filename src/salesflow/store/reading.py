"""Reading many deals: which of them are to be asked is found by an index, the rest by asking."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import attrs

from salesflow.calendars import to_datetime
from salesflow.calendars.arithmetic import DAY
from salesflow.plain import Plain
from salesflow.store.extras import sa
from salesflow.store.pages import SIZE
from salesflow.store.rows import instant, plain
from salesflow.store.tables import DEALS, LIVE


def _elsewhen(now_us: int) -> list[sa.Select[Any]]:
    """
    Return queries for the deals of which the columns say nothing about an instant.

    Something dated ahead of the watermark has happened meanwhile, or they are of a later instant.
    """
    ids = sa.select(DEALS.c.deal)
    return [ids.where(DEALS.c.ahead_us <= now_us), ids.where(DEALS.c.watermark_us > now_us)]


def _says(column: sa.Column[Any], value: str) -> sa.ColumnElement[bool]:
    """Return the condition that a column says a text; ``""``: that it says nothing."""
    return column == plain(value) if value else column.is_(None)


# In no order and with repetitions: to have them sorted, SQLite would read every deal by its id.


def for_agenda(now_us: int, who: str | None) -> sa.CompoundSelect[Any]:
    """
    Return the query for the deals that may want something.

    Args:
        now_us: The instant.

        who: Of this owner; ``""``: of nobody; None: of anybody.
    """
    wanted = sa.select(DEALS.c.deal).where(DEALS.c.wanted_us <= now_us)
    if who is not None:
        wanted = wanted.where(_says(DEALS.c.owner, who))
    return sa.union_all(wanted, *_elsewhen(now_us))


def for_pulse(now_us: int, days: int) -> sa.CompoundSelect[Any]:
    """
    Return the query for the deals that are live, that want something, or were worked on lately.

    What a closed one may want is that a forbidden move be taken back.
    """
    ids = sa.select(DEALS.c.deal)
    # The days are those of the deal's own zone: two more are always enough.
    since_us = now_us - (days + 2) * DAY
    return sa.union_all(
        ids.where(sa.text(LIVE)),
        ids.where(DEALS.c.worked_us >= since_us),
        ids.where(DEALS.c.wanted_us <= now_us),
        *_elsewhen(now_us),
    )


@attrs.frozen(kw_only=True)
class Row(Plain):
    """
    A deal as its row has it, to find and count deals by; the deal itself is asked for the rest.

    Args:
        deal_id: The deal.

        process_hash: What it runs under.

        version: How many events are kept.

        at: At which instant the rest holds: the latest one that the deal was told of.

        stage: Where it is; None: it was not open yet, as for *kind* and *status*.

        kind: ``open``, ``won``, ``lost`` or ``parked``.

        status: ``ok``, ``due`` or ``breached``.

        owner: Whose it is; None: nobody's.

        value: What it is worth, a decimal number; None: not given.

        next_deadline_at: The next deadline; None: there is none.

        due_at: From when on a sweep has something to do; None: with time alone it never will.

        error: Why the latest sweep could not deal with it; None: it could.
    """

    deal_id: str
    process_hash: str
    version: int
    at: dt.datetime
    stage: str | None
    kind: str | None
    status: str | None
    owner: str | None
    value: str | None
    next_deadline_at: dt.datetime | None
    due_at: dt.datetime | None
    error: str | None


def row_of_deal(row: sa.RowMapping) -> Row:
    """Return a row of `DEALS` for people."""
    return Row(
        deal_id=row["deal"],
        process_hash=row["process"],
        version=row["version"],
        at=to_datetime(row["watermark_us"]),
        stage=row["stage"],
        kind=row["kind"],
        status=row["status"],
        owner=row["owner"],
        value=row["value"],
        next_deadline_at=instant(row["next_deadline_us"]),
        due_at=instant(row["wake_us"]),
        error=row["error"],
    )


def rows_after(
    connection: sa.Connection, after: str, said: dict[str, str | None]
) -> Sequence[sa.RowMapping]:
    """Return the next rows of `DEALS` by id, whose columns are what is *said*."""
    query = sa.select(DEALS).where(DEALS.c.deal > after).order_by(DEALS.c.deal).limit(SIZE)
    for name, value in said.items():
        if value is not None:
            query = query.where(_says(DEALS.c[name], value))
    return connection.execute(query).mappings().all()

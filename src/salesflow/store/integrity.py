"""Checking a store: is every event as it was written, and do the columns follow from them?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from salesflow.errors import SalesflowError
from salesflow.plain import Plain
from salesflow.store.append import wake_of
from salesflow.store.extras import sa
from salesflow.store.pages import (
    SIZE,
    Page,
    incomplete,
    outcome_of,
    read_page,
    reason,
    rows_of,
    values_of,
    write_back,
)
from salesflow.store.processes import Processes
from salesflow.store.rows import fault_of
from salesflow.store.tables import DEALS, EVENTS


@attrs.frozen
class Fault(Plain):
    """
    Something in a store that is not as it was written.

    Args:
        deal_id: The deal.

        seq: The number of its first event that is not as it was; 0: the row of the deal itself.

        problem: What is wrong.
    """

    deal_id: str
    seq: int
    problem: str

    def __str__(self) -> str:
        where = f"event {self.seq}" if self.seq else "its row"
        return f"deal {self.deal_id!r}, {where}: {self.problem}"


def faults(
    connection: sa.Connection, processes: Processes, rows: Sequence[sa.RowMapping]
) -> Iterator[Fault]:
    """Yield the first fault of each of some deals, in the order of the rows."""
    written: dict[str, list[Mapping[Any, Any]]] = defaultdict(list)
    events = sa.select(EVENTS).where(EVENTS.c.deal.in_([row["deal"] for row in rows]))
    for event in connection.execute(events.order_by(EVENTS.c.deal, EVENTS.c.seq)).mappings():
        written[event["deal"]].append(event)
    page = read_page(connection, processes, rows, with_promises=True)
    for row in rows:
        found = _fault_of_events(row, written[row["deal"]]) or _fault_of_row(page, row)
        if found is not None:
            yield Fault(row["deal"], *found)


def _fault_of_events(
    row: sa.RowMapping, events: Sequence[Mapping[Any, Any]]
) -> tuple[int, str] | None:
    found = fault_of(events)
    if not isinstance(found, str):
        return found
    if len(events) != row["version"]:
        return len(events) + 1, incomplete(len(events), row["version"])
    if found != row["tail"]:
        return len(events), "its hash is not the latest hash of the deal"
    return None


def _fault_of_row(page: Page, row: sa.RowMapping) -> tuple[int, str] | None:
    said = _derived(page, row)
    if isinstance(said, SalesflowError):
        return 0, str(said).removeprefix(f"deal {row['deal']!r}: ")
    if row["failures"]:
        return None  # the sweep has told it
    if isinstance(said, Exception):
        return 0, f"the stored events do not form a deal ({reason(said)})"
    other = sorted(name for name, value in said.items() if row[name] != value)
    return (0, f"{', '.join(other)}: not what its events say; rebuild the store") if other else None


def rebuild(connection: sa.Connection, processes: Processes, deal_ids: Sequence[str]) -> int:
    """Recompute the rows of some deals; return how many were different."""
    rows = rows_of(connection, deal_ids, locked=True)
    page = read_page(connection, processes, rows, with_promises=True)
    derived = ((row, _derived(page, row)) for row in rows)
    changed = [
        said
        for row, said in derived
        if isinstance(said, dict) and any(row[name] != value for name, value in said.items())
    ]
    write_back(connection, changed)
    return len(changed)


def _derived(page: Page, row: sa.RowMapping) -> dict[str, Any] | Exception:
    """Return what the row of a deal should say; or what keeps the deal from saying so."""
    at_us, outcome = row["watermark_us"], outcome_of(page, row["deal"], row["watermark_us"])
    if isinstance(outcome, Exception):
        return outcome
    return values_of(row, outcome, at_us, wake_of(outcome, at_us))


def stray(connection: sa.Connection) -> Fault | None:
    """Return the first deal of which there are events, but no row any more; None: there is none."""
    has_row = sa.exists().where(DEALS.c.deal == EVENTS.c.deal)
    deal_id = connection.scalar(sa.select(sa.func.min(EVENTS.c.deal)).where(~has_row))
    return None if deal_id is None else Fault(deal_id, 0, "it is gone, but its events are there")


def ids_after(connection: sa.Connection, after: str) -> list[str]:
    """Return the next ids of deals, a page of them."""
    query = sa.select(DEALS.c.deal).where(DEALS.c.deal > after).order_by(DEALS.c.deal).limit(SIZE)
    return list(connection.scalars(query))

"""Reading deals and writing back what they come to, some hundreds at a time."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import attrs

from salesflow.deal import Deal, Effect
from salesflow.english import count_of
from salesflow.errors import EventError, StoreError
from salesflow.events import Event, Migrated
from salesflow.store.database import Again
from salesflow.store.deal_cache import DealCache
from salesflow.store.effect_rows import outbox_values
from salesflow.store.extras import sa
from salesflow.store.processes import Pinned, Processes
from salesflow.store.rows import can_be_id, event_of, plain, tail_of
from salesflow.store.settle import Promise, Settlement, settle
from salesflow.store.tables import DEALS, EVENTS, OUTBOX

T = TypeVar("T")

SIZE = 200
"""Deals to a page: few enough that nobody waits long for a transaction."""


# Made once: to put a query together costs as much as to ask it.
_NAMED: sa.BindParameter[str] = sa.bindparam("deals", expanding=True)
_ROWS = sa.select(DEALS).where(DEALS.c.deal.in_(_NAMED)).order_by(DEALS.c.deal)
_LOCKED = _ROWS.with_for_update()
_BODIES = (
    sa.select(EVENTS.c.deal, EVENTS.c.type, EVENTS.c.body)
    .where(EVENTS.c.deal.in_(_NAMED))
    .order_by(EVENTS.c.deal, EVENTS.c.seq)
)
_PROMISES = (
    sa.select(OUTBOX.c.deal, OUTBOX.c.id, OUTBOX.c.key, OUTBOX.c.tries)
    .where(OUTBOX.c.deal.in_(_NAMED))
    .order_by(OUTBOX.c.id)
)

# What is given beside the deal is what is written of it.
_WRITTEN = sa.update(DEALS).where(DEALS.c.deal == sa.bindparam("deal_"))


def pages(items: Iterable[T], size: int = SIZE) -> Iterator[list[T]]:
    """Yield *items* in lists of some hundreds."""
    rest = iter(items)
    while page := list(itertools.islice(rest, size)):
        yield page


@attrs.frozen(kw_only=True)
class Page:
    """
    The rows of some deals.

    Args:
        rows: Those of the deals, by id.

        events: Theirs, by deal, in the order of arrival; those of deals that stand in the cache are
            not read.

        promises: What was promised of them, by deal.

        pinned: The processes that they run under or ran under, by key; or why one is not at hand.

        cached: The deals that were taken out of the cache, by id.
    """

    rows: Mapping[str, sa.RowMapping]
    events: Mapping[str, Sequence[str]]
    promises: Mapping[str, Sequence[Promise]]
    pinned: Mapping[str, Pinned | str]
    cached: dict[str, Deal]

    def deal(self, deal_id: str) -> Deal:
        """
        Return a deal; it is taken out of the page.

        Raises:
            EventError: If the stored events do not form a deal.
            StoreError: If they are not those that were stored, or the process is not kept.
        """
        if deal_id in self.cached:
            return self.cached.pop(deal_id)
        bodies = self.events.get(deal_id, ())
        events = [event_of(body) for body in bodies]
        self._check(deal_id, bodies)
        found = (self.pinned.get(key) for key in pins_of(events))
        others = [pinned.process for pinned in found if isinstance(pinned, Pinned)]
        return Deal.replay(self.process(deal_id).process, events, earlier=others)

    def _check(self, deal_id: str, bodies: Sequence[str]) -> None:
        """Refuse events that are not those that were stored."""
        row = self.rows[deal_id]
        if len(bodies) != row["version"]:
            problem = incomplete(len(bodies), row["version"])
        elif tail_of(deal_id, bodies) != row["tail"]:
            problem = "its events were changed after they were stored"
        else:
            return
        msg = f"deal {deal_id!r}: {problem}. Restore a backup; `Store.verify` says where."
        raise StoreError(msg)

    def process(self, deal_id: str) -> Pinned:
        """
        Return what a deal runs under.

        Raises:
            StoreError: If it is not kept, or not as it was.
        """
        found = self.pinned[self.rows[deal_id]["process"]]
        if isinstance(found, Pinned):
            return found
        msg = f"deal {deal_id!r}: {found}"
        raise StoreError(msg)


def incomplete(found: int, stored: int) -> str:
    """Return the words for a deal of which some events are gone."""
    return f"{found:,} of {count_of(stored, 'event')} found"


def pins_of(events: Iterable[Event]) -> list[str]:
    """Return the hashes of the processes that migrations among *events* name."""
    migrations = (event for event in events if isinstance(event, Migrated))
    named = ((event.from_process, event.to_process) for event in migrations)
    return list(dict.fromkeys(itertools.chain.from_iterable(named)))


def read_page(
    connection: sa.Connection,
    processes: Processes,
    rows: Iterable[sa.RowMapping],
    cache: DealCache | None = None,
    *,
    with_promises: bool = False,
) -> Page:
    """
    Return a page of deals.

    Args:
        connection: The transaction.

        processes: Those of the store.

        rows: Rows of `DEALS`.

        cache: Where folded deals may stand; None: all are folded again.

        with_promises: Whether what was promised is wanted.
    """
    by_id = {row["deal"]: row for row in rows}
    cached: dict[str, Deal] = {}
    if cache is not None:
        taken = {deal_id: cache.take(deal_id, row["tail"]) for deal_id, row in by_id.items()}
        cached = {deal_id: deal for deal_id, deal in taken.items() if deal is not None}
    keys = {row["process"] for row in by_id.values()}
    events: dict[str, list[str]] = defaultdict(list)
    for deal_id, kind, body in _bodies(connection, [i for i in by_id if i not in cached]):
        events[deal_id].append(body)
        if kind == Migrated.kind_name:
            keys.update(_pins_in(body))
    return Page(
        rows=by_id,
        events=events,
        promises=_promises(connection, list(by_id)) if with_promises else {},
        pinned={key: _pinned(connection, processes, key) for key in sorted(keys)},
        cached=cached,
    )


def _pinned(connection: sa.Connection, processes: Processes, key: str) -> Pinned | str:
    """Return a process, or why it is not at hand: the deals of others go on."""
    try:
        found = processes.find(connection, key)
    except StoreError as error:
        return str(error)
    return found or f"the store does not have its process {key}. Restore a backup."


def _pins_in(body: str) -> list[str]:
    """Return the processes that a migration names; what cannot be read is told by its deal."""
    try:
        return pins_of([event_of(body)])
    except EventError:
        return []


def _bodies(connection: sa.Connection, deal_ids: Sequence[str]) -> Iterable[Any]:
    """Return deal, type and body of each event of some deals, in order."""
    return connection.execute(_BODIES, {"deals": deal_ids}) if deal_ids else ()


def _promises(connection: sa.Connection, deal_ids: Sequence[str]) -> dict[str, list[Promise]]:
    found: dict[str, list[Promise]] = defaultdict(list)
    rows = connection.execute(_PROMISES, {"deals": deal_ids})
    for deal_id, number, key, tries in rows:
        found[deal_id].append(Promise(number, key, tries > 0))
    return found


def outcome_of(page: Page, deal_id: str, at_us: int) -> Settlement | Exception:
    """Return what a deal of a page comes to; or what kept it from saying so."""
    try:
        return settle(page.deal(deal_id), at_us, page.promises.get(deal_id, ()))
    except Exception as error:  # noqa: BLE001 - one deal must not stop the others
        return error


def rows_of(
    connection: sa.Connection, deal_ids: Iterable[str], *, locked: bool = False
) -> Sequence[sa.RowMapping]:
    """
    Return the rows of some deals in the order of their ids.

    Args:
        connection: The transaction.

        deal_ids: The deals.

        locked: Whether to lock them; always in one order, so that nobody gets stuck.
    """
    named = {"deals": list(filter(can_be_id, deal_ids))}
    return connection.execute(_LOCKED if locked else _ROWS, named).mappings().all()


def withdraw(connection: sa.Connection, promises: Iterable[Promise]) -> None:
    """
    Take back promises before anybody is told.

    Raises:
        Again: If somebody has begun to send one of them meanwhile: then it was told.
    """
    for page in pages(each.number for each in promises):
        deleted = connection.execute(
            sa.delete(OUTBOX).where(OUTBOX.c.id.in_(page), OUTBOX.c.tries == 0)
        )
        if deleted.rowcount != len(page):
            raise Again


def promise(
    connection: sa.Connection, settled: Iterable[tuple[str | None, int, Iterable[Effect]]]
) -> int:
    """
    Put effects into the outbox, in order; return how many.

    Args:
        connection: The transaction.

        settled: For each deal its owner, the instant, and what is due.
    """
    values = [
        outbox_values(effect, owner, at_us)
        for owner, at_us, effects in settled
        for effect in effects
    ]
    if values:
        connection.execute(sa.insert(OUTBOX), values)
    return len(values)


_COLUMNS = (
    "watermark_us",
    "wake_us",
    "stage",
    "kind",
    "status",
    "owner",
    "value",
    "next_deadline_us",
    "wanted_us",
    "ahead_us",
    "worked_us",
    "error",
    "failures",
)
"""What a settlement writes."""


def values_of(
    row: Mapping[Any, Any], outcome: Settlement | Exception, at_us: int, wake_us: int | None
) -> dict[str, Any]:
    """
    Return what is written back of a deal.

    Args:
        row: What its row says.

        outcome: What it comes to; or why nobody can say that: then it stays as it was, with a note.

        at_us: The instant, in microseconds.

        wake_us: When a sweep is to look at it again.
    """
    kept = {name: row.get(name) for name in _COLUMNS}
    if isinstance(outcome, Settlement):
        said = outcome.columns | {"error": None, "failures": 0}
    else:
        said = {
            "watermark_us": at_us,
            "error": reason(outcome),
            "failures": (kept["failures"] or 0) + 1,
        }
    return kept | said | {"deal": row["deal"], "wake_us": wake_us}


def reason(error: Exception) -> str:
    """Return an error as a line that can be kept."""
    return str(plain(f"{type(error).__name__}: {error}"))[:1000]


def write_back(connection: sa.Connection, values: Sequence[Mapping[str, Any]]) -> None:
    """Write what deals come to, and for those with new events their version and tail."""
    if not values:
        return
    rows = [{("deal_" if name == "deal" else name): v for name, v in row.items()} for row in values]
    connection.execute(_WRITTEN, rows)

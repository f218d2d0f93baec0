"""Appending: events are added, the deal says what follows, and both are stored at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import attrs

from salesflow.deal import Deal
from salesflow.deal.order import collected, taken
from salesflow.deal.pins import hashes_of, migrations_of
from salesflow.errors import (
    SHOWN_OF_HASH,
    ConflictError,
    EventError,
    NoSuchDeal,
    PinnedError,
    StoreError,
)
from salesflow.events import LONGEST_DEAL_ID, Event, Migrated, check_id
from salesflow.process import Process
from salesflow.store.deal_cache import DealCache
from salesflow.store.extras import sa
from salesflow.store.pages import (
    Page,
    read_page,
    rows_of,
    values_of,
    withdraw,
    write_back,
)
from salesflow.store.processes import Pinned, Processes
from salesflow.store.rows import BEGINNING, row_of
from salesflow.store.settle import Promise, Settlement, settle
from salesflow.store.tables import DEALS, EVENTS

_FEW = 8
"""So many events are folded onto a deal one by one; of more, some are likely to come late."""


@attrs.frozen(kw_only=True)
class Appended:
    """
    The result of appending events to one deal.

    Args:
        deal_id: The deal.

        version: How many events it has now.

        added: How many of them are new; the others were known.
    """

    deal_id: str
    version: int
    added: int


@attrs.frozen(kw_only=True)
class Entry:
    """
    Events for one deal.

    Args:
        events: The events, in any order; those already known are skipped.

        processes: What the deal runs under with these events, then what it ran under before; none:
            what it runs under already, so it must be there.

        expected: How many events the caller knows of; None: any number.
    """

    events: Sequence[Event]
    processes: tuple[Process, ...] = ()
    expected: int | None = None


@attrs.frozen(kw_only=True)
class Grown:
    """
    A deal with its new events.

    Args:
        row: Its row as it was, or what a new one needs.

        process: The key of what it runs under now.

        deal: The deal.

        rows: Those of the new events.

        is_new: Whether the deal was not in the store before.
    """

    row: Mapping[Any, Any]
    process: str
    deal: Deal
    rows: Sequence[Mapping[str, Any]]
    is_new: bool

    @property
    def version(self) -> int:
        """How many events the deal has now."""
        return int(self.row["version"]) + len(self.rows)

    @property
    def tail(self) -> str:
        """The hash of its last event."""
        return str(self.rows[-1]["hash"]) if self.rows else str(self.row["tail"])


Refusal = EventError | StoreError


@attrs.frozen(kw_only=True)
class Kept:
    """
    What a transaction has stored.

    Args:
        appended: Per deal, in the order of the ids.

        refused: Why a deal was refused, by deal; nothing of it was stored.

        grown: The deals, for the cache.
    """

    appended: tuple[Appended, ...]
    refused: Mapping[str, Refusal]
    grown: tuple[Grown, ...]


def append(
    connection: sa.Connection,
    processes: Processes,
    cache: DealCache,
    entries: Mapping[str, Entry],
    now_us: int,
) -> Kept:
    """
    Append events to some deals; a deal that refuses its events does not affect the others.

    Args:
        connection: The transaction.

        processes: Those of the store.

        cache: Where folded deals may stand.

        entries: What to append, by deal.

        now_us: The instant, in microseconds.
    """
    refused: dict[str, Refusal] = {}
    for deal_id in entries:
        try:
            check_id("deal", deal_id, LONGEST_DEAL_ID)
        except EventError as error:
            refused[deal_id] = error
    deal_ids = sorted(entries.keys() - refused.keys())
    page = read_page(
        connection, processes, rows_of(connection, deal_ids, locked=True), cache, with_promises=True
    )
    grown: list[Grown] = []
    for deal_id in deal_ids:
        try:
            grown.append(_grow(connection, processes, page, deal_id, entries[deal_id]))
        except (EventError, StoreError) as error:
            refused[deal_id] = error
    _keep(connection, [each for each in grown if each.rows], page.promises, now_us)
    appended = [
        Appended(deal_id=each.row["deal"], version=each.version, added=len(each.rows))
        for each in grown
    ]
    return Kept(appended=tuple(appended), refused=refused, grown=tuple(grown))


def _grow(
    connection: sa.Connection, processes: Processes, page: Page, deal_id: str, entry: Entry
) -> Grown:
    """Return a deal with its new events, which are not kept yet."""
    if deal_id not in page.rows:
        return _opened(connection, processes, deal_id, entry)
    row, pinned = page.rows[deal_id], page.process(deal_id)
    deal = page.deal(deal_id)
    new = _unknown(deal, entry.events)
    if new and entry.expected not in {None, row["version"]}:
        raise ConflictError(deal_id, entry.expected or 0, row["version"])
    _refuse_taken(deal, new.values())
    if any(isinstance(event, Migrated) for event in new.values()):
        given = _kept(connection, processes, entry.processes)
        last = migrations_of(new | {event.id: event for event in deal.events})[-1].to_process
        found = processes.find(connection, last)
        pinned = found or next((p for p in given if last in hashes_of(p.process)), pinned)
        deal = _migrated(deal, pinned, given, new.values())
    elif new and entry.processes and not pinned.is_of(entry.processes[0]):
        raise _other_process(deal_id, pinned, entry.processes[0])
    elif new:
        deal = _with(deal, new.values())
    rows = _rows(deal_id, row["version"], row["tail"], new.values())
    return Grown(row=row, process=pinned.key, deal=deal, rows=rows, is_new=False)


def _unknown(deal: Deal, events: Iterable[Event]) -> dict[str, Event]:
    """
    Return the events that do not repeat what a deal knows, by id.

    Raises:
        EventError: If two of them have one id and differ.
    """
    firsts = ((event, deal.event(event.id)) for event in collected(events).values())
    return {event.id: event for event, first in firsts if not (first and event.repeats(first))}


def _refuse_taken(deal: Deal, events: Iterable[Event]) -> None:
    """
    Refuse new events whose ids others have.

    Raises:
        EventError: If it is so.
    """
    for event in events:
        if first := deal.event(event.id):
            raise taken(first, event)


def _with(deal: Deal, events: Collection[Event]) -> Deal:
    """Return a deal with further events, all of which are new."""
    if len(events) > _FEW:
        everything = [*deal.events, *events]
        return Deal.replay(deal.process, everything, earlier=deal.processes)
    for event in events:
        deal.record(event)
    return deal


def _migrated(deal: Deal, pinned: Pinned, given: Iterable[Pinned], events: Iterable[Event]) -> Deal:
    """
    Return a deal that new events bring under another process.

    Raises:
        PinnedError: If a process is neither given nor known.
    """
    others = (*deal.processes, *(each.process for each in given))
    return Deal.replay(pinned.process, [*deal.events, *events], earlier=others)


def _kept(
    connection: sa.Connection, processes: Processes, given: Iterable[Process]
) -> list[Pinned]:
    return [processes.keep(connection, process) for process in given]


def _opened(connection: sa.Connection, processes: Processes, deal_id: str, entry: Entry) -> Grown:
    if not entry.processes or entry.expected:
        raise NoSuchDeal(deal_id)
    pinned, *others = _kept(connection, processes, entry.processes)
    deal = Deal.replay(pinned.process, entry.events, earlier=[other.process for other in others])
    if deal.id != deal_id:
        msg = f"deal {deal_id!r}: its events open deal {deal.id!r}."
        raise EventError(msg)
    new = collected(entry.events)
    rows = _rows(deal_id, 0, BEGINNING, new.values())
    row = {"deal": deal_id, "version": 0, "tail": BEGINNING, "failures": 0}
    return Grown(row=row, process=pinned.key, deal=deal, rows=rows, is_new=True)


def _other_process(deal_id: str, pinned: Pinned, other: Process) -> PinnedError:
    said = f"{other.id} {other.version} ({other.hash[:SHOWN_OF_HASH]})"
    return PinnedError(deal_id, (), pinned.key, (said,))


def _rows(deal_id: str, seq: int, tail: str, events: Iterable[Event]) -> list[dict[str, Any]]:
    rows = []
    for number, event in enumerate(events, start=seq + 1):
        rows.append(row_of(deal_id, number, tail, event))
        tail = rows[-1]["hash"]
    return rows


def _keep(
    connection: sa.Connection,
    grown: Sequence[Grown],
    promises: Mapping[str, Sequence[Promise]],
    now_us: int,
) -> None:
    """Write new events and what follows from them; what is due is left to the next sweep."""
    values: list[dict[str, Any]] = []
    withdrawn: list[Promise] = []
    for each in grown:
        at_us = max(now_us, each.row.get("watermark_us") or now_us)
        outcome = settled(each.deal, at_us, promises.get(each.row["deal"], ()))
        if isinstance(outcome, Settlement):
            withdrawn += outcome.withdrawn
        value = values_of(each.row, outcome, at_us, wake_of(outcome, at_us))
        value |= {"process": each.process, "version": each.version, "tail": each.tail}
        values.append(value)
    new = {each.row["deal"] for each in grown if each.is_new}
    if new:
        connection.execute(sa.insert(DEALS), [value for value in values if value["deal"] in new])
    rows = [row for each in grown for row in each.rows]
    if rows:
        connection.execute(sa.insert(EVENTS), rows)
    write_back(connection, [value for value in values if value["deal"] not in new])
    withdraw(connection, withdrawn)


def settled(deal: Deal, at_us: int, promises: Sequence[Promise]) -> Settlement | Exception:
    """Return what follows for a deal, or the error that prevents it; its events are stored."""
    try:
        return settle(deal, at_us, promises)
    except Exception as error:  # noqa: BLE001 - one deal must not stop the others
        return error


def wake_of(outcome: Settlement | Exception, at_us: int) -> int | None:
    """Return when a sweep should look at a deal without new promises: now, if it is due."""
    if isinstance(outcome, Settlement) and not outcome.due:
        return outcome.changes_us
    return at_us

"""The processes that deals run under, kept with the holidays that count for them."""

from __future__ import annotations

import json
import logging
import weakref

import attrs

from salesflow.calendars import Calendar
from salesflow.calendars.holiday_lists import FrozenHolidays
from salesflow.calendars.zone_files import zone_data_version
from salesflow.deal.pins import hashes_of
from salesflow.errors import SalesflowError, StoreError
from salesflow.process import Process, dump_process, load_process
from salesflow.process.freeze import calendars_to_freeze
from salesflow.rules.book import rule_book
from salesflow.store.extras import sa
from salesflow.store.rows import canonical
from salesflow.store.tables import PROCESSES

LOG = logging.getLogger("salesflow.store")


def calendars_of(process: Process) -> dict[str, FrozenHolidays]:
    """Return the holidays that count for a process today, by the path of the calendar."""
    named = calendars_to_freeze(process).items()
    lists = {path: calendar.freeze().frozen for path, calendar in named}
    return {path: dates for path, dates in lists.items() if dates is not None}


def _with(process: Process, calendars: dict[str, FrozenHolidays]) -> Process:
    if not calendars:
        return process
    known = calendars_to_freeze(process)
    changed: dict[str, Calendar] = {
        path: attrs.evolve(known[path], frozen=dates) for path, dates in calendars.items()
    }
    return process.replace(changed)


@attrs.frozen
class Pinned:
    """
    A process as it is kept.

    Args:
        key: The hash of the process as it was given.

        process: The process with its calendars frozen: what deals are replayed under.
    """

    key: str
    process: Process

    def is_of(self, process: Process) -> bool:
        """Return whether *process* is this one, frozen or not."""
        return not hashes_of(process).isdisjoint({self.key, self.process.hash})


class Processes:
    """
    The processes of a store; what was read once is remembered, because nothing changes them.

    One that a transaction keeps is its own while it lasts: it may come to nothing.
    """

    def __init__(self) -> None:
        self._known: dict[str, Pinned] = {}
        # By transaction, each of which has a connection object of its own.
        self._here = weakref.WeakKeyDictionary[sa.Connection, dict[str, Pinned]]()

    def keep(self, connection: sa.Connection, process: Process) -> Pinned:
        """
        Return a process as it is kept, which it is from now on.

        The holidays that count are those of the first time.
        """
        here = self._here.setdefault(connection, {})
        if process.hash not in here:
            known = self._known_of(connection, process)
            here[process.hash] = known or _keep(connection, process)
        return here[process.hash]

    def _known_of(self, connection: sa.Connection, process: Process) -> Pinned | None:
        # Asked of the database: it may have been restored from a backup since it was read.
        is_it = sa.select(PROCESSES.c.hash).where(_is_called(process.hash))
        return None if connection.scalar(is_it) is None else self.find(connection, process.hash)

    def find(self, connection: sa.Connection, key: str) -> Pinned | None:
        """
        Return the process with a hash, frozen or not; None: it is not kept.

        Raises:
            StoreError: If it is not what was kept.
        """
        if key not in self._known:
            for pinned in self._here.get(connection, {}).values():
                if key in {pinned.key, pinned.process.hash}:
                    return pinned
            row = connection.execute(sa.select(PROCESSES).where(_is_called(key))).first()
            if row is None:
                return None
            process = _read(row.text, row.calendars, row.hash, row.frozen_hash)
            # Of equal processes the one that the rules know: two that differ in nothing take long
            # to compare.
            self._known[key] = Pinned(row.hash, rule_book(process).process)
        return self._known[key]


def _keep(connection: sa.Connection, process: Process) -> Pinned:
    """Keep a process that is not kept yet."""
    calendars = calendars_of(process)
    pinned = Pinned(process.hash, _with(process, calendars))
    values = {
        "hash": pinned.key,
        "frozen_hash": pinned.process.hash,
        "id": process.id,
        "version": process.version,
        "text": dump_process(process),
        "calendars": canonical({path: each.to_dict() for path, each in calendars.items()}),
        "zones": zone_data_version(),
    }
    _read(values["text"], values["calendars"], pinned.key, pinned.process.hash)
    connection.execute(sa.insert(PROCESSES).values(values))
    return pinned


def _is_called(key: str) -> sa.ColumnElement[bool]:
    return (PROCESSES.c.hash == key) | (PROCESSES.c.frozen_hash == key)


def _read(text: str, calendars: str, key: str, frozen_hash: str) -> Process:
    """
    Return the process that was kept.

    Raises:
        StoreError: If what is kept is another one.
    """
    try:
        given = load_process(text)
        lists = {path: FrozenHolidays(**table) for path, table in json.loads(calendars).items()}
        process = _with(given, lists)
    except _UNREADABLE as error:
        msg = f"process {key}: the stored one cannot be read ({error}). {_CHANGED}"
        raise StoreError(msg) from error
    if (given.hash, process.hash) != (key, frozen_hash):
        msg = (
            f"process {given.id!r} {given.version!r}: the stored one has the hash {given.hash}, "
            f"but was stored with {key}. {_CHANGED}"
        )
        raise StoreError(msg)
    return process


_UNREADABLE = (SalesflowError, ValueError, TypeError, AttributeError, LookupError, RecursionError)
_CHANGED = "Was it changed, or stored by another release?"

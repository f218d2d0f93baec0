"""The queries of a store; nothing here writes anything but what can be recomputed."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import logging
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from salesflow.calendars import to_micros
from salesflow.deal import AgendaItem, Deal, DealState, DealStatus, Pulse, pulse
from salesflow.deal.agenda import ranked
from salesflow.errors import NoSuchDeal
from salesflow.given import given, several
from salesflow.process.parts import StageKind
from salesflow.store.database import Database
from salesflow.store.extras import sa
from salesflow.store.integrity import Fault, faults, ids_after, rebuild, stray
from salesflow.store.pages import pages, read_page, rows_of
from salesflow.store.processes import Processes
from salesflow.store.reading import Row, for_agenda, for_pulse, row_of_deal, rows_after
from salesflow.vocabulary import word

LOG = logging.getLogger("salesflow.store")


class Queries:
    """
    The queries of a store; see `salesflow.store.Store`.

    Attributes:
        database: Where it is kept.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self._processes = Processes()

    def deal(self, deal_id: str) -> Deal:
        """
        Return a deal, replayed from its events under the process that it was opened under.

        Raises:
            NoSuchDeal: If there is no deal with that id.
            EventError: If the stored events do not form a deal.
            StoreError: If they are not those that were stored, or the database cannot be read.
            TypeError: If *deal_id* is not text.
        """
        for deal in self._load([given("deal_id", deal_id, str)], strict=True):
            return deal
        raise NoSuchDeal(deal_id)

    def deals(self, deal_ids: Iterable[str]) -> Iterator[Deal]:
        """
        Yield deals in the order of their ids; unknown ids are skipped.

        Raises:
            TypeError: If *deal_ids* is the id of one deal, or one of them is not text.
        """
        wanted = sorted(set(several("deal_ids", deal_ids, str)))
        found = (self._load(page, strict=True) for page in pages(wanted))
        return itertools.chain.from_iterable(found)

    def state(
        self, deal_id: str, now: dt.datetime, known_at: dt.datetime | None = None
    ) -> DealState:
        """Return a deal as it stands at *now*, by what was known at *known_at*: `Deal.state`."""
        return self.deal(deal_id).state(now, known_at)

    def agenda(self, now: dt.datetime, who: str | None = None) -> tuple[AgendaItem, ...]:
        """
        Return what to do at *now*, as `salesflow.agenda` does of all deals.

        Only the deals that may have items are asked; one that cannot answer is skipped, and the log
        says so.

        Args:
            now: The instant; aware.

            who: Only this owner's deals; ``""``: those of nobody; None: everybody's.
        """
        ids = self._ids(for_agenda(to_micros(now, "now"), who))
        found: list[AgendaItem] = []
        for deal in self._loaded(ids):
            try:
                found += deal.agenda(now)
            except Exception as error:  # noqa: BLE001 - one deal must not stop the others
                _tell_skipped(deal.id, error)
        return ranked(found, who)

    def pulse(self, now: dt.datetime, *, days: int = 7) -> Pulse:
        """
        Return the leading indicators at *now*, as `salesflow.pulse` does of all deals.

        Only the deals that are live, have a move to take back, or were worked on lately are asked.

        Args:
            now: The instant; aware.

            days: The number of past days over which logged minutes are counted.
        """
        found = pulse([], now, days=days)
        for deal in self._loaded(self._ids(for_pulse(to_micros(now, "now"), days))):
            try:
                found += pulse([deal], now, days=days)
            except Exception as error:  # noqa: BLE001 - one deal must not stop the others
                _tell_skipped(deal.id, error)
        return found

    def row(self, deal_id: str) -> Row:
        """
        Return the columns that a deal is found by, as of the latest instant that it was told of.

        Raises:
            NoSuchDeal: If there is none of that id.
            TypeError: If *deal_id* is not text.
        """
        for row in self.database.read(lambda c: rows_of(c, [given("deal_id", deal_id, str)])):
            return row_of_deal(row)
        raise NoSuchDeal(deal_id)

    def rows(
        self,
        *,
        owner: str | None = None,
        stage: str | None = None,
        kind: str | None = None,
        status: str | None = None,
    ) -> Iterator[Row]:
        """
        Yield the columns that deals are found by, in the order of their ids.

        Args:
            owner: Only of this owner; ``""``: those of nobody; None: of all.

            stage: Only in this stage.

            kind: Only in a stage of this kind, such as ``open``.

            status: Only with this status, such as ``breached``.

        Raises:
            ValueError: If there is no such kind or status.
        """
        kind = None if kind is None else word("kind", StageKind, kind).value
        status = None if status is None else word("status", DealStatus, status).value
        said = {"owner": owner, "stage": stage, "kind": kind, "status": status}
        last = ""
        while page := self.database.read(functools.partial(rows_after, after=last, said=said)):
            yield from map(row_of_deal, page)
            last = page[-1]["deal"]

    def verify(self) -> Fault | None:
        """
        Return the first thing that is not as it was written, by deal and event; None: all is well.

        The hash of every event covers the one before it, so anybody who changes an event would have
        to change all that follow, and the row of the deal.
        """
        for page in self._pages():
            found = self.database.read(
                functools.partial(_first_fault, processes=self._processes, deal_ids=page)
            )
            if found is not None:
                return found
        return self.database.read(stray)

    def rebuild(self) -> int:
        """
        Recompute the rows of deals from their events; return how many were different.

        Events and the outbox are left as they are.
        """
        return sum(
            self.database.write(
                functools.partial(rebuild, processes=self._processes, deal_ids=page)
            )
            for page in self._pages()
        )

    def _pages(self) -> Iterator[list[str]]:
        last = ""
        while page := self.database.read(functools.partial(ids_after, after=last)):
            yield page
            last = page[-1]

    def _ids(self, query: sa.CompoundSelect[Any]) -> list[str]:
        return sorted(self.database.read(lambda c: set(c.scalars(query))))

    def _loaded(self, deal_ids: Iterable[str]) -> Iterator[Deal]:
        for page in pages(deal_ids):
            yield from self._load(page, strict=False)

    def _load(self, deal_ids: list[str], *, strict: bool) -> Iterator[Deal]:
        """Yield deals; if one cannot be loaded, raise or, if not *strict*, say so in the log."""

        def work(connection: sa.Connection) -> list[Deal | tuple[str, Exception]]:
            page = read_page(connection, self._processes, rows_of(connection, deal_ids))
            return [_try(page.deal, deal_id) for deal_id in page.rows]

        for found in self.database.read(work):
            if isinstance(found, Deal):
                yield found
            elif strict:
                raise found[1]
            else:
                _tell_skipped(*found)


def _first_fault(
    connection: sa.Connection, processes: Processes, deal_ids: list[str]
) -> Fault | None:
    return next(faults(connection, processes, rows_of(connection, deal_ids)), None)


def _try(load: Callable[[str], Deal], deal_id: str) -> Deal | tuple[str, Exception]:
    try:
        return load(deal_id)
    except Exception as error:  # noqa: BLE001 - the caller decides what becomes of it
        return deal_id, error


def _tell_skipped(deal_id: str, error: Exception) -> None:
    LOG.warning("deal %r: skipped, it cannot be queried: %s", deal_id, error, exc_info=error)

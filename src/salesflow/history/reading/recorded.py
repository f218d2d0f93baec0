"""Events that were recorded as such, kept as they are."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Self

import attrs

from salesflow.calendars import to_micros
from salesflow.deal.order import (
    at_other_end,
    check_deal,
    check_retraction,
    collected,
    opening_of,
    retracted,
)
from salesflow.events import Activity, Assigned, Event, Learned, Moved, Opened, Precision, Retracted
from salesflow.history.extras import Flags, Ints, np, pl
from salesflow.history.reading.coded import Coded, coded
from salesflow.history.reading.migrated import retold
from salesflow.process.model import Process
from salesflow.rules.book import RuleBook, rule_book
from salesflow.rules.encode import rows_of
from salesflow.rules.replay import Rows
from salesflow.rules.revisions import Activities
from salesflow.rules.tables import Row


@attrs.frozen(eq=False)
class History:
    """
    What was recorded about one deal.

    Args:
        deal: Its id.

        events: In the order of the fold, those that were retracted included.

        at: When each of them counts.

        gone: The ids of those that were retracted.

        calendar: By which of the process's calendars its time is counted; None: the default one.

        told: What they say to the process that the log was read for, by id; see `retold`.
    """

    deal: str
    events: tuple[Event, ...]
    at: tuple[int, ...]
    gone: frozenset[str]
    calendar: str | None
    told: Mapping[str, Event]

    @classmethod
    def of(
        cls,
        book: RuleBook,
        deal: str,
        events: Iterable[Event],
        *,
        earlier: Iterable[Process] = (),
        told: Mapping[str, Event] | None = None,
    ) -> Self:
        """
        Return the history of a deal.

        Args:
            book: The rules of the process that the log is read for.

            deal: Its id.

            events: What was recorded.

            earlier: The processes that it may have run under before.

            told: What the events say to the process, if that is known already.

        Raises:
            EventError: As `salesflow.deal.Deal.replay` says.
        """
        known = collected(events)
        for event in known.values():
            check_retraction(known, event)
        if told is None:
            told = retold(book, known, earlier)
        said = {name: told.get(name, event) for name, event in known.items()}
        order = opening_of(book, said)
        opening = order.opening
        check_deal(opening, deal)
        placed = sorted((order.place(e), e.id) for e in said.values() if e is not opening)
        return cls(
            deal=deal,
            events=(known[opening.id], *(known[name] for _, name in placed)),
            at=(order.opened_at, *(max(place[0], order.opened_at) for place, _ in placed)),
            gone=retracted(known),
            calendar=opening.calendar,
            told={name: told[name] for name in known if name in told},
        )

    @property
    def said(self) -> Iterator[tuple[Event, int]]:
        """Yield what the events say to the process, and when each counts."""
        for event, at in zip(self.events, self.at, strict=True):
            if event.id in self.told:
                yield self.told[event.id], at

    def owner(self, until: int) -> str | None:
        """Return who the deal belongs to at an instant; None: nobody."""
        owner = None
        for event, at in zip(self.events, self.at, strict=True):
            if at <= until and event.id not in self.gone and isinstance(event, Opened | Assigned):
                # A later opening changes nothing.
                is_first = event is self.events[0]
                owner = event.owner if is_first or isinstance(event, Assigned) else owner
        return owner

    def until(self, at: int) -> list[Event]:
        """Return the events that have happened by an instant, and all retractions."""
        placed = zip(self.events, self.at, strict=True)
        return [event for event, when in placed if when <= at or isinstance(event, Retracted)]


def rows_of_deal(
    book: RuleBook, events: Iterable[Event], *, other_end: bool = False
) -> Iterator[tuple[Event, list[Row]]]:
    """
    Yield the events of a deal that stand, in the order of the fold, with the rows that it takes.

    Args:
        book: The rules.

        events: What was recorded.

        other_end: Whether events of which only the day is known count at the other end of it.

    Raises:
        EventError: As `salesflow.deal.Deal.replay` says.
    """
    known = {event.id: event for event in events}
    order = opening_of(book, known)
    if other_end:
        order = at_other_end(order, known)
    gone, activities = retracted(known), Activities(book)
    stand = (e for e in known.values() if e is not order.opening and e.id not in gone)
    yield order.opening, rows_of(book, order.opening, order.opened_at, opens=True)
    for placed, rows, _ in map(order.read, sorted(map(order.placed, stand))):
        if isinstance(placed.event, Activity):
            yield placed.event, activities.revise(placed.event, rows[0])
        else:
            yield placed.event, rows


@attrs.frozen(eq=False)
class Recorded:
    """
    The events of a log that was made of events.

    Args:
        process: By which the events are put in order.

        histories: Of each deal, by its id.

        earlier: The processes that deals may have run under before.
    """

    process: Process
    histories: tuple[History, ...]
    earlier: tuple[Process, ...] = ()

    @property
    def deals(self) -> tuple[str, ...]:
        """The ids of the deals, sorted."""
        return tuple(history.deal for history in self.histories)

    def __len__(self) -> int:
        """Return how many events there are."""
        return sum(len(history.events) for history in self.histories)

    @property
    def last(self) -> int | None:
        """When the latest event happened."""
        return max((max(history.at) for history in self.histories), default=None)

    @property
    def facts(self) -> frozenset[str]:
        """The facts that are told."""
        return frozenset(
            name
            for history in self.histories
            for event, _ in history.said
            if isinstance(event, Learned)
            for name in event.facts
        )

    def later_than(self, until: int) -> int:
        """Return how many events count later than that."""
        return sum(at > until for history in self.histories for at in history.at)

    def events(self, deal: int) -> Iterator[Event]:
        """Yield the events of a deal, by its number."""
        yield from self.histories[deal].events

    def owners(self, until: int) -> list[str | None]:
        """Return who each deal belongs to at an instant in microseconds; None: nobody."""
        return [history.owner(until) for history in self.histories]

    def rows(self, book: RuleBook, *, other_end: bool = False) -> Rows:
        """Return the events as the fold takes them, for the rules of *book*."""
        told = [
            [
                row
                for _, rows in rows_of_deal(book, history.told.values(), other_end=other_end)
                for row in rows
            ]
            for history in self.histories
        ]
        first = np.array([0, *itertools.accumulate(map(len, told))], dtype=np.int64)
        every = list(itertools.chain.from_iterable(told))
        columns: Ints = np.array(every, dtype=np.int64).reshape(-1, len(Row._fields)).T
        said = dict(zip(Row._fields, columns, strict=True))
        return Rows(first=first, **said)  # type: ignore[arg-type]

    def actors(self, book: RuleBook) -> Coded:
        """Return who is behind each of the `rows`; empty: not given."""
        names = (
            event.by
            for history in self.histories
            for event, rows in rows_of_deal(book, history.told.values())
            for _ in rows
        )
        return coded(pl.Series(names, dtype=pl.String))

    def vague(self) -> Flags:
        """Return of which deals there are events of which only the day is known."""
        vague = (
            any(e.precision is Precision.DAY and e.id not in history.gone for e in history.events)
            for history in self.histories
        )
        return np.fromiter(vague, dtype=bool, count=len(self.histories))

    def calendars(self, *, other_end: bool = False) -> tuple[str | None, ...]:
        """Return by which calendar each deal's time is counted."""
        if not other_end:
            return tuple(history.calendar for history in self.histories)
        book = rule_book(self.process)
        told = ({each.id: each for each in history.told.values()} for history in self.histories)
        return tuple(at_other_end(opening_of(book, t), t).opening.calendar for t in told)

    def until(self, at: int) -> Self:
        """
        Return the events that have happened by then, of the deals that are open by then.

        Retractions are kept, whatever their date: what they take back was never true.
        """
        return self._with((history, history.until(at)) for history in self.histories)

    def known_at(self, at: int) -> Self:
        """Return the events that we had been told of by then, of the deals that we knew of."""
        return self._with(
            (history, [e for e in history.events if to_micros(e.known_at) <= at])
            for history in self.histories
        )

    def only(self, deals: Flags) -> Self:
        """Return the events of some deals."""
        kept = itertools.compress(self.histories, deals.tolist())
        return attrs.evolve(self, histories=tuple(kept))

    def _with(self, kept: Iterable[tuple[History, list[Event]]]) -> Self:
        book = rule_book(self.process)
        histories = (
            History.of(book, history.deal, events, told=history.told)
            for history, events in kept
            if any(isinstance(event, Opened) for event in events)
        )
        return attrs.evolve(self, histories=tuple(histories))

    def flags(self) -> dict[str, int]:
        """Return what has to be known about the order of events, as for a log of tables."""
        found: Counter[str] = Counter()
        natures = rule_book(self.process).natures
        closed = {stage.id for stage in self.process.stages if stage.kind.is_closed}
        first = self.process.stages[0].id
        for history in self.histories:
            said = list(history.said)
            stage = said[0][0].stage or first  # type: ignore[attr-defined]
            found["opened_later"] += stage != first
            for event, at in said:
                is_early = (
                    event.precision is not Precision.DAY and to_micros(event.occurred_at) < at
                )
                found["before_opening"] += is_early
                found["date_only"] += event.precision is Precision.DAY
                if isinstance(event, Moved):
                    stage = event.to
                    found["closed_early"] += is_early and stage in closed
                elif isinstance(event, Activity) and event.status == "done":
                    reaches = event.kind in natures and natures[event.kind].reaches
                    found["after_close"] += reaches and stage in closed
                    found["no_direction"] += reaches and event.direction is None
        return dict(found)

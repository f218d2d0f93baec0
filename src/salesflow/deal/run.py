"""A history run through the rules: what a live deal keeps of its own past."""

from __future__ import annotations

import bisect
import functools
import itertools
from collections.abc import Iterable, Mapping
from typing import Self

import attrs

from salesflow.calendars import to_datetime, to_micros
from salesflow.deal.acts import Act, acts_since
from salesflow.deal.order import (
    Order,
    Placed,
    Read,
    at_other_end,
    check_retraction,
    collected,
    is_known,
    order_of,
    retracted,
)
from salesflow.deal.pins import Processes
from salesflow.deal.so_far import SoFar
from salesflow.deal.state import Raised
from salesflow.errors import EventError, Obstacle
from salesflow.events import Activity, Event, Migrated, Opened, Retracted
from salesflow.rules import codes
from salesflow.rules.encode import rows_of
from salesflow.rules.engines import with_room
from salesflow.rules.tables import PASTS, Memory

MOST_MARKS = 8
"""How many places are kept from which a history can be folded again."""


@attrs.frozen(slots=False)
class View:
    """
    A deal at one instant.

    Args:
        now: The instant.

        run: The events up to then, and no later ones.

        memory: The deal as the rules see it then; not to be written to.

        acted_before: How often time had acted by the latest event.

        whole: All events.
    """

    now: int
    run: Run
    memory: Memory
    acted_before: int
    whole: Run

    @functools.cached_property
    def acted(self) -> list[Act]:
        """What time did after the latest event."""
        return acts_since(self.memory, self.acted_before)

    @functools.cached_property
    def raised(self) -> tuple[Raised, ...]:
        """The same in words."""
        return tuple(self.run.raised(self.memory, act) for act in self.acted)

    @property
    def stage(self) -> str:
        """The stage the deal is in."""
        return self.run.stage_of(self.memory)

    @functools.cached_property
    def acts(self) -> tuple[Raised, ...]:
        """Everything that time did, in order."""
        return (*(told for told in self.run.story if isinstance(told, Raised)), *self.raised)

    def obstacles(self, event: Event) -> tuple[Obstacle, ...]:
        """
        Return what stands in the way of an event that is asked for now.

        Raises:
            EventError: If the event says what the process does not have.
        """
        run = self.run
        book, against = run.book, run.book.engine.against
        found: list[Obstacle] = []
        for row in rows_of(book, event, self.now, commands=True):
            if count := against(book.tables, run.calendar, self.memory, row, *run.book.scratch):
                found += run.described(self.memory, count, self.stage, event, self.now)
        return tuple(found)


class Run(SoFar):
    """
    The events of one deal in the order of the fold, and what they add up to.

    The order is (when it was, rank, source, seq, id). The earliest opening comes first, whatever
    else is dated before it: that counts from the opening. An event that comes in order is folded
    onto what is there. For a late one, the history is folded again, but only from where something
    came late before: what comes late usually comes after that.
    """

    by_id: dict[str, Event]
    """Every event, in the order in which it came in."""
    _gone: frozenset[str]
    """The ids of the events that are retracted."""
    _placed: list[Placed]
    """The other events but for the opening, in order."""
    _marks: list[tuple[int, SoFar]]
    """How many of those were taken in before something late, and what they added up to."""

    def __init__(self, known: Mapping[str, Event], order: Order) -> None:
        self._fold(dict(known), order)

    @classmethod
    def of(cls, processes: Processes, events: Iterable[Event]) -> Self:
        """
        Return the run of *events*, in whatever order and however often they come.

        Args:
            processes: Those that the events may name.

            events: The events.

        Raises:
            EventError: As `salesflow.deal.Deal.replay` says.
        """
        known = collected(events)
        for event in known.values():
            if isinstance(event, Retracted):
                check_retraction(known, event)
        return cls(known, order_of(processes, known))

    @property
    def processes(self) -> Processes:
        """Those that are at hand."""
        return self.order.processes

    @property
    def processes_from_start(self) -> Processes:
        """The same, for a part of the history: one that names none ran under the first."""
        first = self.order.book.process
        return Processes(first, self.processes.given)

    @property
    def events(self) -> tuple[Event, ...]:
        """Every event in the order of the fold, those that were retracted included."""
        others = (event for event in self.by_id.values() if event is not self.opening)
        return (self.opening, *sorted(others, key=self.order.place))

    @property
    def is_vague(self) -> bool:
        """Whether of some event only the day is known."""
        return any(placed.event.precision != "instant" for placed in self._placed) or (
            self.opening.precision != "instant"
        )

    def next_event(self, now: int) -> int:
        """Return when the first event that is dated after *now* counts, or NEVER."""
        coming = itertools.takewhile(lambda placed: placed.at > now, reversed(self._placed))
        return min((placed.at for placed in coming), default=codes.NEVER)

    @property
    def worked_at(self) -> int:
        """When the latest activity of some minutes counts, whether it stands or not; LONG_AGO."""
        logged = (p for p in self._placed if isinstance(p.event, Activity) and p.event.minutes)
        return max((placed.at for placed in logged), default=codes.LONG_AGO)

    def add(
        self,
        event: Event,
        read: Read | None = None,
        processes: Iterable[object] = (),
        *,
        is_free: bool = False,
    ) -> bool:
        """
        Take in an event, which may come late or twice.

        Args:
            event: The event.

            read: The same as it is read, if that is known already.

            processes: Those that a migration names, if they are not at hand yet.

            is_free: Whether the deal was asked, as it is now, and nothing stands in its way.

        Returns:
            Whether it was new.

        Raises:
            EventError: If another event has its id, or it says what the process does not have.
                Nothing has changed then.
        """
        if is_known(self.by_id, event):
            return False
        if self._bears_on_others(event):
            check_retraction(self.by_id, event)
            known = {**self.by_id, event.id: event}
            self._fold(known, self._order_with(event, known, processes))
            return True
        read = read or self.read(event)
        self.by_id[event.id] = event
        if read.placed > self.last:
            self._placed.append(read.placed)
            self.take(read, is_free=is_free)
        else:
            self._take_late(read)
        return True

    def is_late(self, event: Event) -> bool:
        """Return whether the history has to be folded again to take in an event."""
        return self._bears_on_others(event) or self.order.placed(event) <= self.last

    def read(self, event: Event) -> Read:
        """
        Return an event as it would be taken in.

        Raises:
            EventError: If it says what the process does not have.
        """
        return self.order.read(self.order.placed(event))

    def _bears_on_others(self, event: Event) -> bool:
        """Return whether what an event does is not for the fold alone, whenever it comes."""
        return isinstance(event, (Opened, Migrated, Retracted)) or event.id in self._gone

    def _order_with(
        self, event: Event, known: Mapping[str, Event], processes: Iterable[object]
    ) -> Order:
        """Return the order of all that is *known*, to which *event* is new."""
        order = self.order
        if isinstance(event, Migrated):
            return order_of(self.processes.with_others(processes), known)
        if isinstance(event, Opened) and order.place(event) < order.place(self.opening):
            return attrs.evolve(order, opening=event)
        return order

    def at(self, now: int) -> View:
        """Return the deal at *now*; events dated later have not happened yet."""
        run = self if now >= self.last.at else self._until(now)
        memory, engine = run.memory, run.book.engine
        acted_before = memory.deal[PASTS]
        rules = run.book.tables, run.calendar
        if engine.acting_by(*rules, memory, now) != codes.NONE:
            memory = engine.copy(memory)
            while engine.act_by(*rules, memory, now) != codes.NONE:
                memory = with_room(engine, memory)
        return View(now, run, memory, acted_before, self)

    def known_by(self, known_at: int) -> Run:
        """
        Return the run of what was known at an instant.

        Raises:
            EventError: If nobody knew of the deal.
        """
        known = {i: e for i, e in self.by_id.items() if to_micros(e.known_at) <= known_at}
        if not any(isinstance(event, Opened) for event in known.values()):
            asked = to_datetime(known_at)
            msg = f"deal {self.opening.deal!r} was not known at {asked}. Ask for a later instant."
            raise EventError(msg)
        return self.by_what_is(known)

    def by_what_is(self, known: Mapping[str, Event]) -> Run:
        """Return the run of some of the deal's events, an opening among them."""
        order = order_of(self.processes_from_start, known)
        return Run(known, attrs.evolve(order, strict=False))

    def other_end(self) -> Run:
        """Return the run in which every vague event counts at the other end of its day."""
        return Run(self.by_id, at_other_end(self.order, self.by_id))

    def is_taken(self, id: str) -> bool:
        """Return whether an event has that id, or is taken out of the history as soon as it has."""
        return id in self.by_id or id in self._gone

    def _until(self, now: int) -> Run:
        """Return a run of the events that have happened by *now*."""
        if now < self.opened_at:
            opened, asked = to_datetime(self.opened_at), to_datetime(now)
            msg = (
                f"deal {self.opening.deal!r} opened at {opened}, asked for {asked}. "
                "Ask for a later instant."
            )
            raise EventError(msg)
        happened = {p.event.id: p.event for p in self._placed if p.at <= now}
        return Run({self.opening.id: self.opening, **happened}, self.order)

    def _fold(self, known: dict[str, Event], order: Order) -> None:
        """
        Fold the whole history.

        Raises:
            EventError: If an event cannot stand in it. Nothing has changed then.
        """
        gone = retracted(known)
        stand = (e for e in known.values() if e is not order.opening and e.id not in gone)
        reads = sorted(map(order.read, map(order.placed, stand)))
        self.begin(order)
        self.by_id, self._gone, self._marks = known, gone, []
        self._placed = [read.placed for read in reads]
        for read in reads:
            self.take(read)

    def _take_late(self, late: Read) -> None:
        """Take in an event that comes before others, and those again."""
        place = bisect.bisect(self._placed, late.placed)
        while self._marks and self._marks[-1][0] > place:
            self._marks.pop()
        if self._marks:
            taken, so_far = self._marks[-1]
            self.set_to(so_far)
        else:
            taken = 0
            self.begin(self.order)
        for each in self._placed[taken:place]:
            self.take(self.order.read(each))
        self._marks = [*self._marks[1 - MOST_MARKS :], (place, self.copy())]
        self.take(late)
        for each in self._placed[place:]:
            self.take(self.order.read(each))
        self._placed.insert(place, late.placed)

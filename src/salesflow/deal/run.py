"""A history run through the rules: what a live deal keeps of its own past."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from typing import Self

import attrs

from salesflow.calendars import to_datetime, to_micros
from salesflow.deal.obstacles import before_opening, describe, of_command
from salesflow.deal.state import Deviation, Raised
from salesflow.errors import Code, EventError, Obstacle
from salesflow.events import Assigned, Event, Learned, Moved, Opened, Value
from salesflow.process.values import ForeignMoney
from salesflow.rules import codes
from salesflow.rules.book import RuleBook
from salesflow.rules.clocks import acts_at
from salesflow.rules.encode import Row, rows_of
from salesflow.rules.fold import act, acting_before, acting_by, moves_deal, take
from salesflow.rules.moves import most_obstacles
from salesflow.rules.moves import obstacles as find_obstacles
from salesflow.rules.tables import STAGE, Memory, copy_memory, make_room, new_memory

Place = tuple[int, int, str, int, str]
"""Where an event comes in the fold: (occurred_at, rank, source, seq, id)."""


def place_of(event: Event) -> Place:
    """Return the place of *event* in the fold."""
    return to_micros(event.occurred_at), event.rank, event.source, event.seq, event.id


def check_deal(opening: Opened, deal: str) -> None:
    """Refuse an opening of another deal than the one with the id *deal*."""
    if opening.deal != deal:
        msg = f"event {opening.id!r} opens deal {opening.deal!r}, this is {deal!r}."
        raise EventError(msg)


@attrs.define
class _Keyed:
    """An event with its place in the fold; the instant from which it counts comes first."""

    key: tuple[int, *Place]
    event: Event
    rows: list[Row]


@attrs.frozen
class View:
    """
    A deal at one instant.

    Args:
        now: The instant.

        run: The events up to then, and no later ones.

        memory: The deal as the rules see it then; not to be written to.

        raised: What time did after the latest event.
    """

    now: int
    run: Run
    memory: Memory
    raised: tuple[Raised, ...]

    @property
    def stage(self) -> str:
        """The stage the deal is in."""
        return self.run.book.process.stages[self.memory.deal[STAGE]].id

    def obstacles(self, to: str) -> tuple[Obstacle, ...]:
        """Return what stands in the way of a move to the other stage *to*."""
        return self.run.found(self.memory, to)


class Run:
    """
    The events of one deal in the order of the fold, and what they add up to.

    The order is (occurred_at, rank, source, seq, id). The earliest opening comes first, whatever
    else is dated before it: that counts from the opening. An event that comes in order is folded
    onto what is there; a late one folds the history anew.
    """

    def __init__(self, book: RuleBook, opening: Opened, events: Iterable[Event] = ()) -> None:
        self.book = book
        self.by_id: dict[str, Event] = {}
        self._codes = [0] * most_obstacles(book.tables)
        self._which = [0] * most_obstacles(book.tables)
        self._refold(opening, events)

    @classmethod
    def of(cls, book: RuleBook, events: Iterable[Event]) -> Self:
        """
        Return the run of *events*, in whatever order and however often they come.

        Raises:
            EventError: As `salesflow.deal.Deal.replay` says.
        """
        known: dict[str, Event] = {}
        for event in events:
            if known.setdefault(event.id, event) != event:
                msg = f"event id {event.id!r} is taken by {known[event.id]!r}, got {event!r}."
                raise EventError(msg)
        openings = [event for event in known.values() if isinstance(event, Opened)]
        if not openings:
            msg = f"history of {len(known)} events: none opens the deal. Add an Opened event."
            raise EventError(msg)
        opening = min(openings, key=place_of)
        for event in openings:
            check_deal(event, opening.deal)
        return cls(book, opening, (event for event in known.values() if event is not opening))

    @property
    def events(self) -> tuple[Event, ...]:
        """Every event in the order of the fold."""
        return (self.opening, *(keyed.event for keyed in self._keyed))

    def add(self, event: Event) -> bool:
        """
        Take in an event, which may come late or twice.

        Returns:
            Whether it was new.

        Raises:
            EventError: If another event has its id, or it names what the process does not have.
                Nothing has changed then.
        """
        if self._is_known(event):
            return False
        if isinstance(event, Opened) and place_of(event) < place_of(self.opening):
            rows_of(self.book, event, opens=True)
            self._refold(event, self.events)
            return True
        keyed = self._with_key(event)
        self.by_id[event.id] = event
        if not self._keyed or keyed.key > self._keyed[-1].key:
            self._keyed.append(keyed)
            self._take(keyed)
        else:
            insort(self._keyed, keyed, key=lambda known: known.key)
            self._refold(self.opening, self.events[1:])
        return True

    def at(self, now: int) -> View:
        """Return the deal at *now*; events dated later have not happened yet."""
        run = self if now >= self.last_at else self._until(now)
        memory, tables = run.memory, run.book.tables
        raised: list[Raised] = []
        rung = acting_by(tables, self.book.calendar, memory, now)
        if rung != codes.NONE:
            memory = copy_memory(memory)
        while rung != codes.NONE:
            raised.append(run.act(memory, rung))
            rung = acting_by(tables, self.book.calendar, memory, now)
        return View(now, run, memory, tuple(raised))

    def act(self, memory: Memory, rung: int) -> Raised:
        """Let a rung act on *memory*, and say what it did."""
        book, number = self.book, self.book.tables.rung_rule[rung]
        raised = Raised(
            rule=book.rules[number].id,
            rung=book.rungs[rung].name,
            due_at=to_datetime(memory.due[rung]),
            acted_at=to_datetime(acts_at(memory, rung)),
            stage=book.process.stages[memory.deal[STAGE]].id,
            to=book.rungs[rung].to,
            moved=moves_deal(book.tables, memory, rung),
        )
        make_room(memory)
        act(book.tables, self.book.calendar, memory, rung)
        return raised

    def found(self, memory: Memory, to: str) -> tuple[Obstacle, ...]:
        """Return what the rules find in the way of a move to the other stage *to*."""
        count = find_obstacles(
            self.book.tables, memory, self.book.stages[to], self._codes, self._which
        )
        stage = self.book.process.stages[memory.deal[STAGE]].id
        return self._described(memory, count, stage, to)

    def _is_known(self, event: Event) -> bool:
        known = self.by_id.get(event.id)
        if known is not None and known != event:
            msg = f"event id {event.id!r} is taken by {known!r}, got {event!r}. Use another id."
            raise EventError(msg)
        return known is not None

    def _until(self, now: int) -> Run:
        """Return a run of the events that have happened by *now*."""
        if now < self.opened_at:
            opened, asked = to_datetime(self.opened_at), to_datetime(now)
            msg = f"deal {self.opening.deal!r} opened at {opened}, asked for {asked}. Ask later."
            raise EventError(msg)
        happened = (keyed.event for keyed in self._keyed if keyed.key[0] <= now)
        return Run(self.book, self.opening, happened)

    def _refold(self, opening: Opened, events: Iterable[Event]) -> None:
        """Fold the history anew from *opening* and all other *events*."""
        self.opening = opening
        self.opened_at = to_micros(opening.occurred_at)
        self.memory = new_memory(self.book.tables)
        self.story: list[Event | Raised] = []
        self.deviations: list[Deviation] = []
        self.facts: dict[str, Value] = {}
        self.owner = opening.owner
        self.moved_at = codes.LONG_AGO
        self.moved_place: Place | tuple[()] = ()
        self._keyed = sorted(map(self._with_key, events), key=lambda keyed: keyed.key)
        self.by_id[opening.id] = opening
        self._apply(self.opened_at, opening, rows_of(self.book, opening, opens=True))
        for keyed in self._keyed:
            self.by_id[keyed.event.id] = keyed.event
            self._take(keyed)

    def _with_key(self, event: Event) -> _Keyed:
        place = place_of(event)
        return _Keyed((max(place[0], self.opened_at), *place), event, rows_of(self.book, event))

    def _take(self, keyed: _Keyed) -> None:
        """Let time act up to the event, then the event itself."""
        at = keyed.key[0]
        rung = acting_before(self.book.tables, self.book.calendar, self.memory, at)
        while rung != codes.NONE:
            raised = self.act(self.memory, rung)
            self.story.append(raised)
            if raised.moved:
                self.moved_at = to_micros(raised.acted_at)
            rung = acting_before(self.book.tables, self.book.calendar, self.memory, at)
        self._apply(at, keyed.event, keyed.rows)

    def _apply(self, at: int, event: Event, rows: list[Row]) -> None:
        tables, memory, found = self.book.tables, self.memory, 0
        stage = memory.deal[STAGE]
        make_room(memory)
        for kind, subject, value in rows:
            found = take(
                tables,
                self.book.calendar,
                memory,
                kind,
                at,
                subject,
                value,
                self._codes,
                self._which,
            )
        self.last_at = at
        self.story.append(event)
        if isinstance(event, Moved):
            self._moved(at, event, self.book.process.stages[stage].id, found)
        elif isinstance(event, Learned):
            self.facts.update(self._told(event))
        elif isinstance(event, Assigned):
            self.owner = event.owner

    def _moved(self, at: int, event: Moved, stage: str, found: int) -> None:
        """Note what a recorded move passed over; what it leaves unsaid is not held against it."""
        if event.to == stage:
            return
        self.moved_at, self.moved_place = at, place_of(event)
        said = of_command(self.book, stage, event.to, event.role, event.reason)
        unsaid = {Code.ROLE: event.role is None, Code.REASON: event.reason is None}
        early = to_micros(event.occurred_at) < self.opened_at
        passed = (
            *((before_opening(event.occurred_at, to_datetime(at)),) if early else ()),
            *self._described(self.memory, found, stage, event.to),
            *(obstacle for obstacle in said if not unsaid[obstacle.code]),
        )
        if passed:
            self.deviations.append(Deviation(event=event, from_stage=stage, obstacles=passed))

    def _told(self, event: Learned) -> dict[str, Value]:
        known = {name: self.book.fact_value(name, raw) for name, raw in event.facts.items()}
        return {n: str(v) if isinstance(v, ForeignMoney) else v for n, v in known.items()}

    def _described(self, memory: Memory, count: int, stage: str, to: str) -> tuple[Obstacle, ...]:
        findings = zip(self._codes[:count], self._which[:count], strict=True)
        return tuple(
            describe(self.book, memory, found, stage, to, told=self.facts) for found in findings
        )

"""A history run through the rules: what a live deal keeps of its own past."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Self

import attrs

from salesflow.calendars import to_datetime, to_micros
from salesflow.calendars.arithmetic import CalendarTables
from salesflow.deal.keys import key_of, key_of_later
from salesflow.deal.obstacles import describe
from salesflow.deal.order import (
    Order,
    Place,
    Placed,
    at_other_end,
    calendar_by_name,
    check_retraction,
    collected,
    is_known,
    order_of,
    retracted,
)
from salesflow.deal.past import Past, Since, holds_of
from salesflow.deal.pins import Processes
from salesflow.deal.state import Deviation, Raised
from salesflow.errors import EventError, Obstacle
from salesflow.events import Activity, Assigned, Event, Learned, Migrated, Opened, Retracted, Value
from salesflow.process.values import ForeignMoney
from salesflow.rules import codes
from salesflow.rules.book import RuleBook
from salesflow.rules.encode import rows_of
from salesflow.rules.fold import act, acting_before, acting_by, moves_deal, take
from salesflow.rules.obstacles import against, most_obstacles
from salesflow.rules.revisions import Activities
from salesflow.rules.schedule import acts_at
from salesflow.rules.tables import STAGE, Memory, Row, copy_memory, make_room, new_memory

if TYPE_CHECKING:
    from salesflow.deal.wanted import Wanted


@attrs.frozen
class View:
    """
    A deal at one instant.

    Args:
        now: The instant.

        run: The events up to then, and no later ones.

        memory: The deal as the rules see it then; not to be written to.

        raised: What time did after the latest event.

        whole: All events.
    """

    now: int
    run: Run
    memory: Memory
    raised: tuple[Raised, ...]
    whole: Run

    @property
    def stage(self) -> str:
        """The stage the deal is in."""
        return self.run.stage_of(self.memory)

    @property
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
        found: list[Obstacle] = []
        for row in rows_of(run.book, event, self.now, commands=True):
            count = against(run.book.tables, run.calendar, self.memory, row, *run.scratch)
            found += run.described(self.memory, count, self.stage, event)
        return tuple(found)


class Run:
    """
    The events of one deal in the order of the fold, and what they add up to.

    The order is (when it was, rank, source, seq, id). The earliest opening comes first, whatever
    else is dated before it: that counts from the opening. An event that comes in order is folded
    onto what is there; a late one folds the history again.
    """

    by_id: dict[str, Event]
    """Every event, in the order in which it came in."""
    order: Order
    opened_at: int
    """When it opened, in microseconds."""
    book: RuleBook
    """The rules of the latest process."""
    calendar: CalendarTables
    memory: Memory
    """The deal as the rules see it after the latest event."""
    scratch: tuple[list[int], list[int]]
    """Room for what stands in the way of something: codes, and which rule or criterion."""
    story: list[Event | Raised]
    """What was recorded and what time did, in the order in which it counts."""
    deviations: list[Deviation]
    facts: dict[str, Value]
    owner: str | None
    moved_at: int
    """When the deal was last moved, by whomever; LONG_AGO: it never was."""
    moved_place: Place | tuple[()]
    """The place in its instant of the event that moved it last."""
    returned_place: Place | tuple[()]
    """The same of the event that brought it back from a closed or parked stage."""
    since: Since
    """What has changed since it opened."""
    wanted: Wanted | None
    """What the deal wants done, and how long it will go on to want that; None: nobody asked yet."""
    _gone: frozenset[str]
    """The ids of the events that are retracted."""
    _placed: list[Placed]
    """The other events but for the opening, in order."""
    _opened: Placed
    _last: Placed
    _taken: list[Placed]
    """What the rules of the latest process have taken in."""
    _activities: Activities
    _led_to: dict[str, str]
    """Per event that moved the deal: to which stage."""
    _moves_before: Mapping[str, bool]
    """Per key of a move by time under an earlier process: whether it was made."""

    def __init__(self, known: Mapping[str, Event], order: Order) -> None:
        self._refold(dict(known), order)

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
    def opening(self) -> Opened:
        """The opening that counts."""
        return self.order.opening

    @property
    def events(self) -> tuple[Event, ...]:
        """Every event in the order of the fold, those that were retracted included."""
        others = (event for event in self.by_id.values() if event is not self.opening)
        return (self.opening, *sorted(others, key=self.order.place))

    @property
    def rows(self) -> list[Row]:
        """What the rules of the latest process have taken in, in the order of the fold."""
        return [row for placed in self._taken for row in placed.rows]

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
        self, event: Event, placed: Placed | None = None, processes: Iterable[object] = ()
    ) -> bool:
        """
        Take in an event, which may come late or twice.

        Args:
            event: The event.

            placed: The same with its place, if that is known already.

            processes: Those that a migration names, if they are not at hand yet.

        Returns:
            Whether it was new.

        Raises:
            EventError: If another event has its id, or it says what the process does not have.
                Nothing has changed then.
        """
        if is_known(self.by_id, event):
            return False
        check_retraction(self.by_id, event)
        if isinstance(event, Migrated):
            known = {**self.by_id, event.id: event}
            self._refold(known, order_of(self.processes.with_others(processes), known))
            return True
        placed = placed or self.order.placed(event)
        order = self.order
        if isinstance(event, Opened) and order.place(event) < order.place(self.opening):
            order = attrs.evolve(order, opening=event)
        elif placed.key > self._last.key and not self._is_retraction(event):
            self.by_id[event.id] = event
            self._placed.append(placed)
            self.wanted = None
            self._take(placed)
            return True
        self._refold({**self.by_id, event.id: event}, order)
        return True

    def is_late(self, event: Event) -> bool:
        """Return whether the history has to be folded again to take in an event."""
        if isinstance(event, Opened | Migrated) or self._is_retraction(event):
            return True
        return self.order.place(event) <= self._last.key[1:]

    def at(self, now: int) -> View:
        """Return the deal at *now*; events dated later have not happened yet."""
        run = self if now >= self._last.at else self._until(now)
        memory, tables = run.memory, run.book.tables
        raised: list[Raised] = []
        rung = acting_by(tables, run.calendar, memory, now)
        if rung != codes.NONE:
            memory = copy_memory(memory)
        while rung != codes.NONE:
            raised.append(run.act(memory, rung))
            rung = acting_by(tables, run.calendar, memory, now)
        return View(now, run, memory, tuple(raised), self)

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

    def act(self, memory: Memory, rung: int) -> Raised:
        """Let a rung act on *memory*, and say what it did."""
        book, number = self.book, self.book.tables.rung_rule[rung]
        raised = Raised(
            key=self._key(memory, rung),
            rule=book.rules[number].id,
            rung=book.rungs[rung].name,
            started_at=to_datetime(memory.start[number]),
            due_at=to_datetime(memory.due[rung]),
            acted_at=to_datetime(acts_at(memory, rung)),
            stage=self.stage_of(memory),
            to=book.rungs[rung].to,
            moved=moves_deal(book.tables, memory, rung),
            mode=book.process.mode_of(book.rules[number]),
        )
        make_room(memory)
        act(book.tables, self.calendar, memory, rung)
        return raised

    def _key(self, memory: Memory, rung: int) -> str:
        """
        Return the key of an act.

        Where an earlier process has moved the deal, or would have, making the move is another act;
        and where it has, so is that it would be made: the deal has come back since.
        """
        key = key_of(self.book, memory, self.opening.deal, rung)
        is_made = moves_deal(self.book.tables, memory, rung)
        taken = {before for before, was_made in self._moves_before.items() if is_made or was_made}
        later = (key_of_later(key, number) for number in itertools.count(2))
        return next(each for each in itertools.chain((key,), later) if each not in taken)

    def stage_of(self, memory: Memory) -> str:
        """Return the stage that the deal is in."""
        return self.book.process.stages[memory.deal[STAGE]].id

    def described(
        self, memory: Memory, count: int, stage: str, event: Event
    ) -> tuple[Obstacle, ...]:
        """Return as obstacles what the rules have just found in the way of *event*."""
        if not count:
            return ()
        codes_found, which = self.scratch
        findings = zip(codes_found[:count], which[:count], strict=True)
        return tuple(
            describe(self.book, memory, finding, stage, event, told=self.facts)
            for finding in findings
        )

    def is_taken(self, id: str) -> bool:
        """Return whether an event has that id, or is taken out of the history as soon as it has."""
        return id in self.by_id or id in self._gone

    def _is_retraction(self, event: Event) -> bool:
        """Return whether the event takes another out of the history, or is taken out itself."""
        return isinstance(event, Retracted) or event.id in self._gone

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

    def _refold(self, known: dict[str, Event], order: Order) -> None:
        """
        Fold the history again.

        Raises:
            EventError: If an event cannot stand in it. Nothing has changed then.
        """
        gone = retracted(known)
        stand = (e for e in known.values() if e is not order.opening and e.id not in gone)
        placed = sorted(map(order.placed, stand), key=lambda placed: placed.key)
        opening = rows_of(order.book, order.opening, order.opened_at, opens=True)
        self.by_id, self._gone, self._placed, self.wanted = known, gone, placed, None
        self.order, self.opened_at = order, order.opened_at
        self._run_under(order.book, order.calendar)
        self.story, self.deviations, self.facts = [], [], {}
        self.owner = order.opening.owner
        self.moved_at = codes.LONG_AGO
        self.moved_place = self.returned_place = ()
        self._led_to, self._moves_before = {}, {}
        self.since = Since(order.opening.calendar)
        self._taken = []
        self._open(opening)
        for each in placed:
            self._take(each)

    def _run_under(self, book: RuleBook, calendar: CalendarTables) -> None:
        """Begin with the rules of a process."""
        self.book, self.calendar = book, calendar
        most = most_obstacles(book.tables)
        self.scratch = [0] * most, [0] * most
        self.memory = new_memory(book.tables)
        self._activities = Activities(book)

    def _open(self, rows: list[Row]) -> None:
        opening = self.opening
        self._last = Placed((self.opened_at, *self.order.place(opening)), opening, rows)
        self._opened = self._last
        self._taken.append(self._last)
        take(self.book.tables, self.calendar, self.memory, rows[0], *self.scratch)
        self._led_to[opening.id] = self.stage_of(self.memory)
        self.story.append(opening)

    def _take(self, placed: Placed) -> None:
        """Let time act up to the event, then take in the event itself."""
        tables, calendar, memory = self.book.tables, self.calendar, self.memory
        rung = acting_before(tables, calendar, memory, placed.at)
        while rung != codes.NONE:
            raised = self.act(memory, rung)
            self.story.append(raised)
            if raised.moved:
                self.moved_at = to_micros(raised.acted_at)
            rung = acting_before(tables, calendar, memory, placed.at)
        self._taken.append(placed)
        if isinstance(placed.event, Migrated):
            self._migrate(placed, placed.event)
        else:
            self._take_in(placed)

    def _take_in(self, placed: Placed) -> None:
        """Take in an event, whatever acts before it has acted."""
        tables, calendar, memory = self.book.tables, self.calendar, self.memory
        event, stage = placed.event, memory.deal[STAGE]
        make_room(memory, self._activities.plans + 1)
        passed: list[Obstacle] = []
        placed.rows = self._rows(placed)
        for row in placed.rows:
            found = take(tables, calendar, memory, row, *self.scratch)
            if found:
                origin = self.book.process.stages[stage].id
                passed += self.described(memory, found, origin, event)
        self._last = placed
        self.story.append(event)
        if memory.deal[STAGE] != stage:
            self._led_to[event.id] = self.stage_of(memory)
            self.moved_at, self.moved_place = placed.at, placed.key[1:]
            if tables.stage_kind[stage] != codes.OPEN:
                self.returned_place = self.moved_place
        if passed:
            origin = self.book.process.stages[stage].id
            self.deviations.append(
                Deviation(event=event, from_stage=origin, obstacles=tuple(passed))
            )
        if isinstance(event, Learned):
            self.facts.update(self._told(event))
        elif isinstance(event, Assigned):
            self.owner = event.owner

    def _migrate(self, placed: Placed, event: Migrated) -> None:
        """Go on under another process, to which the past is told again."""
        told = {each.event.id: each for each in (self._opened, *self._placed)}
        past = Past.of(self.story, self._led_to, told).renamed(event)
        holds = holds_of(self.memory)
        book = self.processes.book(event.to_process)
        self._run_under(book, calendar_by_name(book, event, event.calendar))
        self._taken, placed.rows = [placed], []
        for row in past.rows(book, self.calendar, self._activities, holds, placed.at):
            make_room(self.memory, self._activities.plans + 1)
            take(book.tables, self.calendar, self.memory, row, *self.scratch)
            placed.rows.append(row)
        self.facts = past.facts(book)
        self._moves_before = past.moves
        self._last = placed
        self.story.append(event)
        self.since.take(placed.at, event)
        self.moved_at, self.moved_place = placed.at, placed.key[1:]
        self.returned_place = self.moved_place

    def _rows(self, placed: Placed) -> list[Row]:
        """Return what an event says to the rules where it stands in the history."""
        if isinstance(placed.event, Activity):
            return self._activities.revise(placed.event, placed.rows[0])
        return placed.rows

    def _told(self, event: Learned) -> dict[str, Value]:
        # What only a later process knows is told to that one.
        facts = {name: raw for name, raw in event.facts.items() if name in self.book.facts}
        known = {name: self.book.fact_value(name, raw) for name, raw in facts.items()}
        return {n: str(v) if isinstance(v, ForeignMoney) else v for n, v in known.items()}

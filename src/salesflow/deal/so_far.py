"""What a history adds up to so far: event after event, and what time does between them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

from salesflow.calendars import to_datetime
from salesflow.calendars.arithmetic import CalendarTables
from salesflow.deal.acts import Act, acts_since
from salesflow.deal.keys import key_of, key_of_later
from salesflow.deal.obstacles import Asked, describe
from salesflow.deal.order import Order, Placed, Read, calendar_by_name
from salesflow.deal.past import Past, Since, holds_of
from salesflow.deal.state import Deviation, Raised
from salesflow.errors import Obstacle
from salesflow.events import Activity, Assigned, Event, Migrated, Opened, Value
from salesflow.rules import codes
from salesflow.rules.book import RuleBook
from salesflow.rules.encode import rows_of
from salesflow.rules.engines import with_room
from salesflow.rules.revisions import Activities
from salesflow.rules.tables import LAST_OPEN, PASTS, STAGE, Memory


class SoFar:
    """What the events of one deal add up to, as far as they have been taken in; see `begin`."""

    order: Order
    """In which they are taken in."""
    last: Placed
    """The latest event that was taken in."""
    book: RuleBook
    """The rules of the latest process."""
    calendar: CalendarTables
    memory: Memory
    """The deal as the rules see it after the latest event."""
    story: list[Event | Raised]
    """What was recorded and what time did, in the order in which it counts."""
    deviations: list[Deviation]
    facts: dict[str, Value]
    owner: str | None
    moved_at: int
    """When the deal was last moved, by whomever; LONG_AGO: it never was."""
    moved_by: Placed | None
    """The event that moved it last."""
    returned_by: Placed | None
    """The same that brought it back from a closed or parked stage."""
    since: Since
    """What has changed since it opened."""
    zone: str
    """The zone by whose clocks people go who work on the deal."""
    _activities: Activities
    _led_to: dict[str, str]
    """Per event that moved the deal: to which stage."""
    _moves_before: Mapping[str, bool]
    """Per key of a move by time under an earlier process: whether it was made."""

    def begin(self, order: Order) -> None:
        """
        Take in the opening, as the first event of an order.

        Raises:
            EventError: If it says what the process does not have. Nothing has changed then.
        """
        opening = order.opening
        (row,) = rows_of(order.book, opening, order.opened_at, opens=True)
        self.order, self.last = order, order.placed(opening)
        self._run_under(order.book, order.calendar)
        self.story, self.deviations, self.facts = [opening], [], {}
        self.owner = opening.owner
        self.moved_at = codes.LONG_AGO
        self.moved_by = self.returned_by = None
        self._go_by(Since(opening.calendar))
        take, scratch = self.book.engine.take, self.book.scratch
        take(self.book.tables, self.calendar, self.memory, row, *scratch)
        self._led_to, self._moves_before = {opening.id: self.stage_of(self.memory)}, {}

    def copy(self) -> SoFar:
        """Return another one that goes on from here by itself."""
        other = SoFar()
        other.set_to(self)
        return other

    def set_to(self, other: SoFar) -> None:
        """Stand where another one stands; both go on by themselves."""
        self.order, self.last = other.order, other.last
        self.book, self.calendar = other.book, other.calendar
        self.memory = self.book.engine.copy(other.memory)
        self._activities = other._activities.copy()
        self.story, self.deviations = other.story[:], other.deviations[:]
        self.facts = dict(other.facts)
        self.owner, self.since, self.zone = other.owner, other.since, other.zone
        self.moved_at, self.moved_by = other.moved_at, other.moved_by
        self.returned_by = other.returned_by
        self._led_to, self._moves_before = dict(other._led_to), other._moves_before

    @property
    def opening(self) -> Opened:
        """The opening that counts."""
        return self.order.opening

    @property
    def opened_at(self) -> int:
        """When the deal opened, in microseconds."""
        return self.order.opened_at

    def counts_at(self, event: Event) -> int:
        """Return when an event counts: not before the opening."""
        return self.order.key(event)[0]

    def stage_of(self, memory: Memory) -> str:
        """Return the stage that the deal is in."""
        return self.book.process.stages[memory.deal[STAGE]].id

    def described(
        self,
        memory: Memory,
        count: int,
        stage: str,
        event: Event,
        at: int,
        *,
        latest: str | None = None,
    ) -> tuple[Obstacle, ...]:
        """
        Return as obstacles what the rules have just found.

        Args:
            memory: The deal.

            count: How many they have found.

            stage: Where the deal was.

            event: What they stand in the way of.

            at: When that was asked for.

            latest: The latest open stage of the deal by then; None: as the memory says.
        """
        latest = latest or self._stage(memory.deal[LAST_OPEN])
        codes_found, which = self.book.scratch
        findings = zip(codes_found[:count], which[:count], strict=True)
        asked = Asked(self.book, memory, stage, latest, event, at, self.facts, self.zone)
        return tuple(describe(asked, finding) for finding in findings)

    def raised(self, memory: Memory, act: Act) -> Raised:
        """Return what time did in words; *memory* is that of the deal before any later event."""
        book, rung = self.book, self.book.rungs[act.rung]
        rule = book.rules[rung.rule]
        return Raised(
            key=self._key(memory, act),
            rule=rule.id,
            rung=rung.name,
            started_at=to_datetime(act.start),
            due_at=to_datetime(act.due),
            acted_at=to_datetime(act.at),
            stage=book.process.stages[act.stage].id,
            to=rung.to,
            moved=act.moved,
            mode=book.process.mode_of(rule),
            zone=self.zone,
        )

    def _key(self, memory: Memory, act: Act) -> str:
        """
        Return the key of an act.

        Where an earlier process has moved the deal, or would have, making the move is another act;
        and where it has, so is that it would be made: the deal has come back since.
        """
        key = key_of(self.book, memory, self.opening.deal, act)
        taken = {each for each, was_made in self._moves_before.items() if act.moved or was_made}
        later = (key_of_later(key, number) for number in itertools.count(2))
        return next(each for each in itertools.chain((key,), later) if each not in taken)

    def take(self, read: Read, *, is_free: bool = False) -> None:
        """
        Let time act up to the next event, then take in the event itself.

        Args:
            read: The event.

            is_free: Whether it is known already that nothing stands in its way.
        """
        placed = read.placed
        self._let_act(placed.at)
        if isinstance(placed.event, Migrated):
            self._migrate(placed, placed.event)
        else:
            self._take_in(read, is_free=is_free)
        self.last = placed
        self.story.append(placed.event)

    def _let_act(self, at: int) -> None:
        """Let time act up to an event."""
        engine, first = self.book.engine, self.memory.deal[PASTS]
        while engine.act_before(self.book.tables, self.calendar, self.memory, at) != codes.NONE:
            self.memory = with_room(engine, self.memory)
        for act in acts_since(self.memory, first):
            self.story.append(self.raised(self.memory, act))
            if act.moved:
                self.moved_at = act.at

    def _take_in(self, read: Read, *, is_free: bool) -> None:
        """Take in an event, whatever acts before it has acted."""
        tables, calendar, engine = self.book.tables, self.calendar, self.book.engine
        memory = self.memory = with_room(engine, self.memory, self._activities.plans + 1)
        placed, rows = read.placed, read.rows
        event, stage = placed.event, memory.deal[STAGE]
        last_open = memory.deal[LAST_OPEN]
        scratch = self.book.scratch
        passed: list[Obstacle] = []
        if isinstance(event, Activity):
            rows = self._activities.revise(event, rows[0])
        for row in rows:
            if is_free:
                engine.apply(tables, calendar, memory, row)
            elif found := engine.take(tables, calendar, memory, row, *scratch):
                was, latest = self._stage(stage), self._stage(last_open)
                passed += self.described(memory, found, was, event, row.at, latest=latest)
        if memory.deal[STAGE] != stage:
            self._led_to[event.id] = self.stage_of(memory)
            self.moved_at, self.moved_by = placed.at, placed
            if tables.stage_kind[stage] != codes.OPEN:
                self.returned_by = placed
        if passed:
            self.deviations.append(
                Deviation(
                    event=event,
                    from_stage=self._stage(stage),
                    obstacles=tuple(passed),
                    zone=self.zone,
                )
            )
        self.facts.update(read.facts)
        if isinstance(event, Assigned):
            self.owner = event.owner

    def _stage(self, number: int) -> str:
        return self.book.process.stages[number].id

    def _migrate(self, placed: Placed, event: Migrated) -> None:
        """Go on under another process, to which the past is told again."""
        past = Past.of(self.story, self._led_to, self.order).renamed(event)
        holds = holds_of(self.memory)
        book = self.order.processes.book(event.to_process)
        self._run_under(book, calendar_by_name(book, event, event.calendar))
        engine = self.book.engine
        for row in past.rows(book, self.calendar, self._activities, holds, placed.at):
            self.memory = with_room(engine, self.memory, self._activities.plans + 1)
            engine.take(book.tables, self.calendar, self.memory, row, *book.scratch)
        self.facts = past.facts(book)
        self._moves_before = past.moves
        self._go_by(self.since.migrated(placed.at, event))
        self.moved_at, self.moved_by = placed.at, placed
        self.returned_by = placed

    def _go_by(self, since: Since) -> None:
        """Note what has changed since the deal opened."""
        self.since, self.zone = since, self.book.process.calendar_of(since.calendar).timezone

    def _run_under(self, book: RuleBook, calendar: CalendarTables) -> None:
        """Begin with the rules of a process."""
        self.book, self.calendar = book, calendar
        self.memory = book.engine.copy(book.memory)
        self._activities = Activities(book)

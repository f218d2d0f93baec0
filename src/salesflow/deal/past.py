"""
The past of a deal that comes under another process, told again in the words of that process.

Where the deal was, what was held and what time did stand as they were. What was done and learned is
read again: by the touch classes, the facts and the calendar of the new process.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Self

import attrs

from salesflow.calendars import to_micros
from salesflow.calendars.arithmetic import CalendarTables, end_of_day
from salesflow.calendars.instants import to_day
from salesflow.deal.keys import date_of, is_of_stage
from salesflow.deal.order import Order
from salesflow.deal.state import Raised
from salesflow.events import Activity, Event, Learned, Migrated, Overridden, Value
from salesflow.process.parts import Mode
from salesflow.process.values import ForeignMoney
from salesflow.rules import codes
from salesflow.rules.book import RuleBook
from salesflow.rules.encode import activity_row, rows_of, told
from salesflow.rules.revisions import Activities
from salesflow.rules.tables import HELD_COUNT, HOLDS, Memory, Row


@attrs.frozen
class Held:
    """
    What was held, as it came to be.

    Args:
        spans: Time that does not count, in order; a running hold up to its planned end.

        count: How many holds were recorded.
    """

    spans: tuple[tuple[int, int], ...]
    count: int


def holds_of(memory: Memory) -> Held:
    """Return what was held by the memory of a deal."""
    holds = range(memory.deal[HOLDS])
    spans = tuple((memory.hold_from[hold], memory.hold_until[hold]) for hold in holds)
    return Held(spans, memory.deal[HELD_COUNT])


@attrs.frozen
class Since:
    """
    What has changed since a deal opened.

    Args:
        calendar: The name of the calendar by which its time is counted; None: the default one.

        migrations: The migrations so far, and when they took place.
    """

    calendar: str | None
    migrations: tuple[tuple[int, Migrated], ...] = ()

    def migrated(self, at: int, migration: Migrated) -> Since:
        """Return the same after the next migration."""
        return Since(migration.calendar, (*self.migrations, (at, migration)))

    @property
    def latest_at(self) -> int:
        """When the deal came under the process that it runs under; LONG_AGO: it opened under it."""
        return self.migrations[-1][0] if self.migrations else codes.LONG_AGO

    def stage_now(self, stage: str, at: int) -> str:
        """Return what a stage is called now that the deal was in at an instant."""
        for migrated_at, migration in self.migrations:
            if at < migrated_at:
                stage = migration.stages.get(stage, stage)
        return stage

    def clock_now(self, raised: Raised) -> str:
        """Return the key of the run of a clock that has acted, in the words of the process now."""
        if not self.migrations or not is_of_stage(raised.clock):
            return raised.clock
        start, _, stage = raised.clock.rpartition("/")
        return f"{start}/{self.stage_now(stage, to_micros(raised.acted_at))}"


@attrs.frozen
class Item:
    """
    Something that happened, in the words of the process that the deal runs under now.

    Args:
        at: When it counts.

        own: When it was.

        event: What was recorded; None: nothing that is read again.

        stage: Where it brought the deal; of an act, where the deal was. None: nowhere else.

        raised: What time did.
    """

    at: int
    own: int
    event: Event | None = None
    stage: str | None = None
    raised: Raised | None = None

    def renamed(self, migration: Migrated) -> Item:
        """Return the same in the words of the next process."""
        event, stage = self.event, self.stage
        if isinstance(event, Learned):
            names = migration.facts
            facts = {names.get(name, name): value for name, value in event.facts.items()}
            event = attrs.evolve(event, facts=facts)
        if stage is not None:
            stage = migration.stages.get(stage, stage)
        return attrs.evolve(self, event=event, stage=stage)


@attrs.frozen
class Past:
    """
    What has happened to a deal up to a migration, the opening first.

    Args:
        items: In the order in which it counts.
    """

    items: tuple[Item, ...]

    @classmethod
    def of(
        cls,
        story: Iterable[Event | Raised],
        led_to: Mapping[str, str],
        order: Order,
    ) -> Self:
        """
        Return the past in the words of the process that the deal runs under.

        Args:
            story: What was recorded and what time did, in order.

            led_to: Where the events that moved the deal brought it, in the words of their time.

            order: In which the events count.
        """
        items: list[Item] = []
        for each in story:
            if isinstance(each, Migrated):
                items = [item.renamed(each) for item in items]
            elif isinstance(each, Raised):
                items += _acted(each)
            else:
                at, own, *_ = order.key(each)
                event = each if isinstance(each, Activity | Learned | Overridden) else None
                items.append(Item(at, own, event, led_to.get(each.id)))
        return cls(tuple(items))

    def renamed(self, migration: Migrated) -> Past:
        """Return the same in the words of the next process."""
        return Past(tuple(item.renamed(migration) for item in self.items))

    @property
    def moves(self) -> dict[str, bool]:
        """Per key of a move by time: whether it was made, rather than only said to be due."""
        acts = (item.raised for item in self.items if item.raised is not None)
        return {raised.key: raised.moved for raised in acts if raised.rung == "move"}

    def facts(self, book: RuleBook) -> dict[str, Value]:
        """Return what was told of the facts that a process knows, as it was told."""
        found: dict[str, Value | ForeignMoney] = {}
        for item in self.items:
            if isinstance(item.event, Learned):
                for name, raw in readable(book, item.event.facts).items():
                    found[name] = book.fact_value(name, raw)
        return told(found)

    def rows(
        self,
        book: RuleBook,
        calendar: CalendarTables,
        activities: Activities,
        held: Held,
        at: int,
    ) -> Iterator[Row]:
        """
        Yield what the past says to the rules of a process.

        Args:
            book: The process.

            calendar: The deal's under it.

            activities: Those that stand, none so far.

            held: What was held.

            at: When the deal comes under the process.
        """
        opening, *rest = self.items
        yield Row(codes.OPENED, opening.at, book.stages[opening.stage or ""])
        yield Row(codes.RETOLD, opening.at)
        for item in rest:
            if item.event is not None:
                yield from _read_anew(book, activities, item, item.event)
            if item.stage is not None and item.raised is None:
                yield Row(codes.MOVED, item.at, book.stages[item.stage])
        for begins, ends in held.spans:
            yield Row(codes.HELD, begins, codes.GIVEN, ends)
        for item in rest:
            if item.raised is not None:
                yield from _has_acted(book, calendar, item, item.raised)
        yield Row(codes.MIGRATED, at, value=held.count)


def readable(book: RuleBook, facts: Mapping[str, Value]) -> dict[str, Value]:
    """Return the facts that a process knows, with a value that they may have there."""
    found = {}
    for name, value in facts.items():
        try:
            book.fact_value(name, value)
        except (TypeError, ValueError):
            continue
        found[name] = value
    return found


def _acted(raised: Raised) -> Iterator[Item]:
    """Yield what time did, and where that brought the deal."""
    at = to_micros(raised.acted_at)
    yield Item(at, at, stage=raised.stage, raised=raised)
    if raised.moved:
        yield Item(at, at, stage=raised.to)


def _read_anew(book: RuleBook, activities: Activities, item: Item, event: Event) -> Iterator[Row]:
    """Yield what an event says, but not what it did: that stands as it was."""
    if isinstance(event, Activity):
        for row in activities.revise(event, activity_row(book, event, item.at)):
            is_done = row.kind == codes.ACTIVITY
            yield row._replace(kind=codes.STANDS) if is_done else row
            if is_done:
                yield Row(codes.SETTLED, item.at)
    elif isinstance(event, Learned):
        known = attrs.evolve(event, facts=readable(book, event.facts))
        yield from rows_of(book, known, item.at, item.own)
    elif isinstance(event, Overridden) and event.target in book.targets:
        yield from rows_of(book, event, item.at, item.own)


def _has_acted(
    book: RuleBook, calendar: CalendarTables, item: Item, raised: Raised
) -> Iterator[Row]:
    """Yield that a rung has acted for the start of a clock, if the process has that very rung."""
    rule = book.targets.get(raised.rule, len(book.rules))
    for number, rung in enumerate(book.rungs):
        if rung.rule != rule or rung.name != raised.rung or _does_more(book, number, raised):
            continue
        since, start = book.tables.rule_since[rule], to_micros(raised.started_at)
        date = date_of(raised.clock)
        if (since == codes.SINCE_DATE) != (date is not None):
            continue
        if (since in {codes.SINCE_STAGE, codes.SINCE_TOTAL}) != is_of_stage(raised.clock):
            continue
        if date is not None:
            start = end_of_day(calendar, to_day(date))
        stage = book.stages[item.stage or ""]
        yield Row(codes.ACTED, item.at, number, start, item.at, stage)


def _does_more(book: RuleBook, number: int, raised: Raised) -> bool:
    """Return whether the rung now does what it only watched, or only would have done, before."""
    mode = book.process.mode_of(book.rules[book.rungs[number].rule])
    if raised.mode is Mode.OBSERVE:
        return mode is not Mode.OBSERVE
    is_move = book.rungs[number].kind == codes.MOVE
    return is_move and mode is Mode.ENFORCE and raised.mode is not Mode.ENFORCE

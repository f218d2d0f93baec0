"""The order of the fold: which events of a deal count, when, and in what order."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import attrs

from salesflow.calendars import to_micros
from salesflow.calendars.arithmetic import CalendarTables
from salesflow.deal.pins import Processes, check_pins, first_pin, migrations_of
from salesflow.english import count_of
from salesflow.errors import EventError
from salesflow.events import (
    Activity,
    Event,
    Learned,
    Migrated,
    Opened,
    Precision,
    Retracted,
    Value,
)
from salesflow.given import several
from salesflow.process.names import shown, unknown_name
from salesflow.rules import codes
from salesflow.rules.book import RuleBook
from salesflow.rules.encode import activity_row, fact_rows, facts_of, rows_of, told
from salesflow.rules.instants import counts_at
from salesflow.rules.tables import Row

Place = tuple[int, int, str, int, str]
"""Where an event comes in the fold: (when it was, rank, source, seq, id)."""
Key = tuple[int, int, int, str, int, str]
"""When it counts, which is not before the opening, then its place."""


class Placed(NamedTuple):
    """
    An event after its key; ids differ, so these sort as the fold goes.

    Attributes:
        at: When it counts.

        own: When it was; the following come from the event.

        event: The event.
    """

    at: int
    own: int
    rank: int
    source: str
    seq: int
    id: str
    event: Event


_NO_FACTS: Mapping[str, Value] = {}


class Read(NamedTuple):
    """
    An event as the rules read it.

    Attributes:
        placed: The event with its place.

        rows: What it says to the rules by itself.

        facts: What it tells.
    """

    placed: Placed
    rows: list[Row]
    facts: Mapping[str, Value] = _NO_FACTS


@attrs.frozen(slots=False)
class Order:
    """
    The order of the events of one deal.

    Args:
        processes: Those that are at hand.

        opening: The opening that counts.

        migrations: What brings the deal under another process, in order.

        other_end: Whether events of which only the day is known count at the other end of it.

        strict: Whether to refuse an event that was recorded before its day. By what was known at an
            instant, or at the other ends of days, another opening may count, and with it another
            zone: what is in order by the deal's own is not refused by that one.
    """

    processes: Processes
    opening: Opened
    migrations: tuple[Migrated, ...] = ()
    other_end: bool = False
    strict: bool = True

    @functools.cached_property
    def book(self) -> RuleBook:
        """The process that the deal opened under."""
        return self.processes.book(first_pin(self.opening, self.migrations))

    @functools.cached_property
    def _books(self) -> tuple[tuple[Key, RuleBook, CalendarTables], ...]:
        """The later processes, each with its calendar and the place from which it counts."""
        found = []
        for migration in self.migrations:
            book = self.processes.book(migration.to_process)
            calendar = calendar_by_name(book, migration, migration.calendar)
            found.append((self.key(migration), book, calendar))
        return tuple(found)

    @functools.cached_property
    def first_place(self) -> Place:
        """The place of the opening."""
        return self.place(self.opening)

    @functools.cached_property
    def opened_at(self) -> int:
        """When the deal began."""
        return self.first_place[0]

    @functools.cached_property
    def calendar(self) -> CalendarTables:
        """By which the deal's time is counted."""
        return calendar_of(self.book, self.opening)

    def place(self, event: Event) -> Place:
        """
        Return the place of *event* in the fold.

        Raises:
            EventError: If its dates contradict each other.
        """
        # An opening says by which calendar: one that the process does not have is refused.
        if event.precision is Precision.DAY or isinstance(event, Opened):
            calendar, end, strict = self._calendar_for(event), self.other_end, self.strict
            at = counts_at(calendar, event, other_end=end, strict=strict)
        else:
            at = to_micros(event.occurred_at)
        return at, event.rank, event.source, event.seq, event.id

    def check_calendars(self) -> None:
        """
        Refuse a migration to a calendar that its process does not have.

        Raises:
            EventError: If there is one.
        """
        for _ in self._books:
            pass

    def _calendar_for(self, event: Event) -> CalendarTables:
        """Return the calendar by which a day is read: that of the process at the instant given."""
        # Which opening counts is asked before it is known by which calendar: each by its own.
        if isinstance(event, Opened) and event is not self.opening:
            book = self.processes.book(first_pin(event, self.migrations))
            return calendar_of(book, event)
        calendar = self.calendar
        if not isinstance(event, Opened | Migrated):
            at = to_micros(event.occurred_at)
            for (_, begins, *_), _, later in self._books:
                calendar = later if begins <= at else calendar
        return calendar

    def key(self, event: Event) -> Key:
        """Return when *event* counts, then its place; the errors are those of `place`."""
        place = self.place(event)
        return max(place[0], self.opened_at), *place

    def placed(self, event: Event) -> Placed:
        """Return *event* after its key; the errors are those of `place`."""
        return Placed(*self.key(event), event)

    def read(self, placed: Placed) -> Read:
        """
        Return an event as the process reads it that the deal runs under there.

        Raises:
            EventError: If it says what the process does not have.
        """
        key, event = placed[:-1], placed.event
        book, later = self.book, []
        for begins, other, _ in self._books:
            if begins < key:
                book = other
            elif begins > key:
                later.append(other)
        said = event
        if later:
            if isinstance(event, Activity) and _is_of_later(event, book, later):
                return Read(placed, [activity_row(book, event, placed.at)])
            said = understood(event, book, later)
        try:
            if isinstance(said, Learned):
                facts = facts_of(book, said)
                rows = fact_rows(book, said, facts, placed.at, placed.own)
                return Read(placed, rows, told(facts))
            return Read(placed, rows_of(book, said, placed.at, placed.own))
        except EventError:
            # At the other end of its day it may be beyond a migration, where it says nothing.
            if not self.other_end or not self.migrations:
                raise
            return Read(placed, [Row(codes.NOTHING, placed.at)])


def understood(event: Event, book: RuleBook, later: Iterable[RuleBook]) -> Event:
    """Return what an event says to a process if what only later ones know is left out."""
    if isinstance(event, Learned):
        unknown = (name for name in event.facts if name not in book.facts)
        left_out = {name for name in unknown if any(name in other.facts for other in later)}
        facts = {name: value for name, value in event.facts.items() if name not in left_out}
        return attrs.evolve(event, facts=facts) if left_out else event
    return event


def _is_of_later(event: Activity, book: RuleBook, later: Iterable[RuleBook]) -> bool:
    """Return whether an activity is of a kind that only a later process knows."""
    return event.kind not in book.natures and any(event.kind in other.natures for other in later)


def calendar_by_name(book: RuleBook, event: Event, name: str | None) -> CalendarTables:
    """
    Return one of the calendars of a process, which an event names.

    Raises:
        UnknownName: If the process has none of that name.
    """
    known = [row.id for row in book.process.calendars]
    if name is not None and name not in known:
        raise unknown_name(book.process.id, "calendar", name, known, event.id)
    return book.calendar(name)


def calendar_of(book: RuleBook, opening: Opened) -> CalendarTables:
    """
    Return the calendar by which a deal's time is counted.

    Raises:
        UnknownName: If the process has none of that name.
    """
    return calendar_by_name(book, opening, opening.calendar)


def collected(events: Iterable[Event]) -> dict[str, Event]:
    """
    Return events by their ids; of one that was told several times, its first telling.

    Raises:
        EventError: If two of them have one id and differ.
        TypeError: If they are not several, or one of them is not an event.
    """
    several("events", events, Event)  # a single one is refused
    known: dict[str, Event] = {}
    for event in events:
        first = known.get(_checked(event).id)
        if first is None or first.repeats(event):
            known[event.id] = event
        elif not event.repeats(first):
            raise taken(first, event)
    return known


def is_known(known: Mapping[str, Event], event: object) -> bool:
    """
    Return whether *event* is one of those that are known, or one of them told once more.

    Raises:
        EventError: If another one has its id.
        TypeError: If it is not an event.
    """
    told = _checked(event)
    first = known.get(told.id)
    if first is not None and not told.repeats(first):
        raise taken(first, told)
    return first is not None


def _checked(event: object) -> Event:
    """
    Return an event.

    Raises:
        TypeError: If it is not an event.
    """
    if not isinstance(event, Event):
        # Rows of a database usually are its JSON form.
        msg = (
            f"got {event!r}, expected an event of salesflow.events. "
            "Read its JSON form with event_from_dict."
        )
        raise TypeError(msg)
    return event


def taken(known: Event, event: Event) -> EventError:
    """Return an error that names what two events with one id say differently."""
    wanted = "Use another id"
    said = f"{known.kind_name!r}, got {event.kind_name!r}"
    if type(known) is type(event):
        names = [field.name for field in attrs.fields(type(known))]
        pairs = {name: (getattr(known, name), getattr(event, name)) for name in names}
        other = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
        differ = (f"{name} {shown(was)}, got {shown(is_)}" for name, (was, is_) in other.items())
        said = f"{known.kind_name!r} with {'; '.join(differ)}"
        if other.keys() == {"recorded_at"}:
            wanted = "It is known from later on: replay the deal with what was told first"
    return EventError(f"event id {event.id!r} is taken by an event of type {said}. {wanted}.")


def opening_of(book: RuleBook, known: Mapping[str, Event]) -> Order:
    """
    Return the order that the earliest opening begins, read under one process.

    That need not be the one that the deal ran under: a history is judged by any.

    Raises:
        EventError: If none opens the deal, or two of them open different ones.
    """
    return _earliest(Order(Processes(book.process), each) for each in _openings(known))


def order_of(processes: Processes, known: Mapping[str, Event]) -> Order:
    """
    Return the order that the earliest opening begins.

    Raises:
        EventError: If none opens the deal, two of them open different ones, a migration is from
            another process than the one that the deal ran under, or that is not at hand.
    """
    openings, migrations = _openings(known), migrations_of(known)
    for opening in openings:
        check_pins(processes, opening, migrations)
    orders = [Order(processes, opening, migrations) for opening in openings]
    first = _earliest(orders)
    first.check_calendars()
    return first


def at_other_end(order: Order, known: Mapping[str, Event]) -> Order:
    """
    Return the order in which events of which only the day is known count at its other end.

    Another opening may then be the earliest.
    """
    return _earliest(
        attrs.evolve(order, opening=each, other_end=True, strict=False) for each in _openings(known)
    )


def _openings(known: Mapping[str, Event]) -> list[Opened]:
    openings = [event for event in known.values() if isinstance(event, Opened)]
    if not openings:
        events = count_of(len(known), "event")
        msg = f"history of {events}: none opens the deal. Add an Opened event."
        raise EventError(msg)
    return openings


def _earliest(orders: Iterable[Order]) -> Order:
    """Return the order whose opening is the earliest; all of them are of one deal."""
    several = list(orders)
    first = min(several, key=lambda order: order.first_place)
    for order in several:
        check_deal(order.opening, first.opening.deal)
    return first


def check_deal(opening: Opened, deal: str) -> None:
    """Refuse an opening of another deal than the one with the id *deal*."""
    if opening.deal != deal:
        msg = f"event {opening.id!r} opens deal {opening.deal!r}, this is {deal!r}."
        raise EventError(msg)


def retracted(known: Mapping[str, Event]) -> frozenset[str]:
    """Return the ids of the events that are as if they had never been recorded."""
    return frozenset(event.target for event in known.values() if isinstance(event, Retracted))


def check_retraction(known: Mapping[str, Event], event: Event) -> None:
    """
    Refuse a retraction of what cannot be retracted, whichever of the two comes first.

    Raises:
        EventError: If an opening, a migration or a retraction is retracted.
    """
    if isinstance(event, Retracted):
        itself = event.target == event.id
        _check_pair(event, event if itself else known.get(event.target))
    if isinstance(event, Opened | Migrated | Retracted):
        for other in known.values():
            if isinstance(other, Retracted) and other.target == event.id:
                _check_pair(other, event)


def _check_pair(retraction: Retracted, target: Event | None) -> None:
    if isinstance(target, Opened | Migrated | Retracted):
        what = _STAYS[target.kind_name]
        msg = (
            f"{target.id!r} is {what} and cannot be retracted. Record what is true as a new event."
        )
        raise EventError(msg, event_id=retraction.id)


_STAYS = {"opened": "an opening", "migrated": "a migration", "retracted": "a retraction"}

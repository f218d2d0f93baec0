"""The order of the fold: which events of a deal count, when, and in what order."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping

import attrs

from salesflow.calendars.arithmetic import CalendarTables
from salesflow.errors import EventError
from salesflow.events import Event, Opened, Retracted
from salesflow.rules.book import RuleBook
from salesflow.rules.encode import rows_of
from salesflow.rules.instants import counts_at
from salesflow.rules.tables import Row

Place = tuple[int, int, str, int, str]
"""Where an event comes in the fold: (when it was, rank, source, seq, id)."""


@attrs.define
class Placed:
    """
    An event with its place in the fold.

    Args:
        key: When it counts, which is not before the opening, then its place.

        event: The event.

        rows: What it says to the rules by itself.
    """

    key: tuple[int, *Place]
    event: Event
    rows: list[Row]

    @property
    def at(self) -> int:
        """When it counts."""
        return self.key[0]


@attrs.frozen(slots=False)
class Order:
    """
    The order of the events of one deal.

    Args:
        book: The process.

        opening: The opening that counts.

        other_end: Whether events of which only the day is known count at the other end of it.
    """

    book: RuleBook
    opening: Opened
    other_end: bool = False

    @functools.cached_property
    def opened_at(self) -> int:
        """When the deal began."""
        return self.place(self.opening)[0]

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
        # Which opening counts is asked before it is known by which calendar: each by its own.
        calendar = self.calendar
        if isinstance(event, Opened):
            calendar = calendar_of(self.book, event)
        at = counts_at(calendar, event, other_end=self.other_end)
        return at, event.rank, event.source, event.seq, event.id

    def placed(self, event: Event) -> Placed:
        """
        Return *event* with its place.

        Raises:
            EventError: If it says what the process does not have.
        """
        place = self.place(event)
        at = max(place[0], self.opened_at)
        return Placed((at, *place), event, rows_of(self.book, event, at, place[0]))


def calendar_of(book: RuleBook, opening: Opened) -> CalendarTables:
    """
    Return the calendar by which a deal's time is counted.

    Raises:
        EventError: If the process has none of that name.
    """
    try:
        return book.calendar(opening.calendar)
    except ValueError as error:
        msg = f"event {opening.id!r}: {error}"
        raise EventError(msg) from None


def collected(events: Iterable[Event]) -> dict[str, Event]:
    """
    Return events by their ids, whatever came twice.

    Raises:
        EventError: If two of them have one id and differ.
    """
    known: dict[str, Event] = {}
    for event in events:
        check_type(event)
        if known.setdefault(event.id, event) != event:
            raise _taken(known[event.id], event)
    return known


def is_known(known: Mapping[str, Event], event: Event) -> bool:
    """
    Return whether *event* is one of those that are known.

    Raises:
        EventError: If another one has its id.
    """
    check_type(event)
    other = known.get(event.id)
    if other is not None and other != event:
        raise _taken(other, event)
    return other is not None


def check_type(event: object) -> None:
    """Refuse what is no event; rows of a database usually are its JSON form."""
    if not isinstance(event, Event):
        msg = (
            f"got {event!r}, expected an event of salesflow.events. "
            "Read its JSON form with event_from_dict."
        )
        raise TypeError(msg)


def _taken(known: Event, event: Event) -> EventError:
    msg = f"event id {event.id!r} is taken by {known!r}, got {event!r}. Use another id."
    return EventError(msg)


def opening_of(book: RuleBook, known: Mapping[str, Event], *, other_end: bool = False) -> Order:
    """
    Return the order that the earliest opening begins.

    Raises:
        EventError: If none opens the deal, or two of them open different ones.
    """
    openings = [event for event in known.values() if isinstance(event, Opened)]
    if not openings:
        msg = f"history of {len(known)} events: none opens the deal. Add an Opened event."
        raise EventError(msg)
    orders = [Order(book, opening, other_end) for opening in openings]
    first = min(orders, key=lambda order: order.place(order.opening))
    for event in openings:
        check_deal(event, first.opening.deal)
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
        EventError: If an opening or a retraction is retracted.
    """
    if isinstance(event, Retracted):
        itself = event.target == event.id
        _check_pair(event, event if itself else known.get(event.target))
    if isinstance(event, Opened | Retracted):
        for other in known.values():
            if isinstance(other, Retracted) and other.target == event.id:
                _check_pair(other, event)


def _check_pair(retraction: Retracted, target: Event | None) -> None:
    if isinstance(target, Opened | Retracted):
        what = "an opening" if isinstance(target, Opened) else "a retraction"
        msg = (
            f"event {retraction.id!r} retracts {target.id!r}, which is {what} and stays. "
            "Record what is true as a new event."
        )
        raise EventError(msg)

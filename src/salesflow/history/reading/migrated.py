"""
Migrated deals in the words of one process: a log is judged by the rules of one.

What was recorded before a migration speaks of the stages and facts of the process before. It is
kept as it is, and retold for the rules as the migration says: by its names, and without what the
process does not know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from salesflow.calendars import to_micros
from salesflow.deal.past import readable
from salesflow.deal.pins import Processes, first_pin, hashes_of, migrations_of
from salesflow.errors import SHOWN_OF_HASH, EventError
from salesflow.events import Event, Learned, Migrated, Moved, Opened, Overridden, Reopened
from salesflow.given import several
from salesflow.process.model import Process
from salesflow.rules.book import RuleBook
from salesflow.rules.instants import counts_at


class NotGivenError(EventError):
    """
    A deal opened under a process that is not given.

    Attributes:
        pin: The hash of that process.
    """

    def __init__(self, pin: str) -> None:
        super().__init__(pin)
        self.pin = pin

    @property
    def problem(self) -> str:
        """What is wrong, and what to do."""
        return (
            f"opened under process {self.pin[:SHOWN_OF_HASH]}, which is not given, and migrated "
            "since. Give it as an earlier one: earlier=[...], on the command line --earlier FILE"
        )


def retold(
    book: RuleBook, known: Mapping[str, Event], earlier: Iterable[Process]
) -> dict[str, Event]:
    """
    Return the events of a deal in the words of a process, by id.

    An override of what the process does not have is left out.

    Args:
        book: The process.

        known: The events, by id.

        earlier: The processes that the deal may have run under before.

    Raises:
        NotGivenError: If an opening does not say its stage, and the process whose first one it
            means is not given.
    """
    migrations = _leading_to(book.process, migrations_of(known))
    if not migrations:
        return dict(known)
    found: dict[str, Event] = {}
    for event in known.values():
        later = [each for each in migrations if _is_before(book, event, each)]
        said = _staged(event, migrations, earlier) if later else event
        for migration in later:
            said = _renamed(said, migration)
        told = _understood(said, book) if later else said
        if told is not None:
            found[event.id] = told
    return found


def _leading_to(process: Process, migrations: tuple[Migrated, ...]) -> tuple[Migrated, ...]:
    """Return the migrations up to the one that leads to a process; all if none does."""
    names = hashes_of(process)
    for count in range(len(migrations), 0, -1):
        if migrations[count - 1].to_process in names:
            return migrations[:count]
    is_first = bool(migrations) and migrations[0].from_process in names
    return () if is_first else migrations


def _is_before(book: RuleBook, event: Event, migration: Migrated) -> bool:
    """Return whether an event still speaks of the process before a migration."""
    if isinstance(event, Opened):
        return True
    names = [row.id for row in book.process.calendars]
    calendar = book.calendar(migration.calendar if migration.calendar in names else None)
    at = counts_at(calendar, event, strict=False)
    return (at, event.rank) < (to_micros(migration.occurred_at), migration.rank)


def _staged(event: Event, migrations: tuple[Migrated, ...], earlier: Iterable[Process]) -> Event:
    """Return an opening with the stage that it means: unsaid, the first of the process then."""
    if not isinstance(event, Opened) or event.stage is not None:
        return event
    pin = first_pin(event, migrations)
    for process in earlier:
        if pin in hashes_of(process):
            return attrs.evolve(event, stage=process.stages[0].id)
    raise NotGivenError(pin or "")


def _renamed(event: Event, migration: Migrated) -> Event:
    """Return an event in the words of the process that a migration leads to."""
    match event:
        case Opened():
            stage = migration.stages.get(event.stage or "", event.stage)
            return attrs.evolve(event, stage=stage, calendar=migration.calendar)
        case Moved():
            return attrs.evolve(event, to=migration.stages.get(event.to, event.to))
        case Reopened():
            return attrs.evolve(event, to=migration.stages.get(event.to or "", event.to))
        case Learned():
            names = migration.facts
            facts = {names.get(name, name): value for name, value in event.facts.items()}
            return attrs.evolve(event, facts=facts)
        case _:
            return event


def _understood(event: Event, book: RuleBook) -> Event | None:
    """Return what a process knows of an event; None: nothing."""
    if isinstance(event, Learned):
        facts = readable(book, event.facts)
        return attrs.evolve(event, facts=facts) if facts else None
    if isinstance(event, Overridden) and event.target not in book.targets:
        return None
    return event


def runs_under(events: Iterable[Event], processes: Processes) -> Process:
    """Return the process that a deal runs under in the end; the last one if no other is at hand."""
    known = {event.id: event for event in events}
    migrations = migrations_of(known)
    openings = [event for event in known.values() if isinstance(event, Opened)]
    pin = migrations[-1].to_process if migrations else openings[0].process
    return processes.book(pin).process


def checked_processes(earlier: object) -> tuple[Process, ...]:
    """
    Return the processes that are given as earlier ones.

    Raises:
        TypeError: If one of them is none, such as the name of a file.
    """
    return tuple(several("earlier", earlier, Process))

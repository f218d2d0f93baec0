"""Pins: which process a deal runs under, by the hashes that its events name."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Self

import attrs

from salesflow.errors import SHOWN_OF_HASH, EventError, PinnedError
from salesflow.events import Event, Migrated, Opened
from salesflow.given import given, several
from salesflow.process.freeze import calendars_to_freeze
from salesflow.process.model import Process
from salesflow.rules.book import RuleBook, rule_book

MOST_FROZEN = 6
"""Of how many frozen calendars each may have been frozen before the others were."""


@functools.lru_cache(maxsize=64)
def hashes_of(process: Process) -> frozenset[str]:
    """
    Return the hashes by which a process is known: its own, and those of it before it was frozen.

    Freezing writes down the holidays that count already. The list of another year is another
    process. Some calendars may have been frozen before the others; of more than MOST_FROZEN, all
    were frozen at once.
    """
    frozen = {path: each for path, each in calendars_to_freeze(process).items() if each.frozen}
    bare = {path: attrs.evolve(each, frozen=None) for path, each in frozen.items()}
    sizes = range(len(bare) + 1) if len(bare) <= MOST_FROZEN else (0, len(bare))
    every = (itertools.combinations(bare.items(), size) for size in sizes)
    return frozenset(process.replace(dict(some)).hash for some in itertools.chain(*every))


@attrs.frozen
class Processes:
    """
    The processes that are at hand for a deal.

    Args:
        last: The one that it is to run under in the end; a history that names none runs under it.

        others: Those that it ran under before, and others.
    """

    last: Process
    others: tuple[Process, ...] = ()

    @classmethod
    def of(cls, last: object, others: Iterable[object] = (), *, name: str = "processes") -> Self:
        """
        Return the processes that a caller gives, the others by an argument with a *name*.

        Raises:
            TypeError: If one of them is none; a common slip is to give its name.
        """
        rest = tuple(several(name, others, Process))
        return cls(given("process", last, Process), rest)

    @property
    def given(self) -> tuple[Process, ...]:
        """All of them."""
        return (self.last, *self.others)

    def find(self, key: str | None) -> RuleBook | None:
        """Return the rules of the process with a hash, or None; of no hash, those of the last."""
        if key is None or key == self.last.hash:
            return rule_book(self.last)
        # The hash of the process as it is costs least to ask for.
        exact = (process for process in self.given if process.hash == key)
        frozen = (process for process in self.given if key in hashes_of(process))
        found = next(itertools.chain(exact, frozen), None)
        return None if found is None else rule_book(found)

    def book(self, key: str | None) -> RuleBook:
        """Return the same; of a hash that is not at hand, the rules of the last."""
        return self.find(key) or rule_book(self.last)

    def with_others(self, others: Iterable[object]) -> Processes:
        """Return these and some more."""
        return Processes.of(self.last, (*self.others, *others))


def migrations_of(known: Mapping[str, Event]) -> tuple[Migrated, ...]:
    """Return the migrations among some events, in the order in which they took place."""
    found = [event for event in known.values() if isinstance(event, Migrated)]
    return tuple(sorted(found, key=lambda m: (m.occurred_at, m.source, m.seq, m.id)))


def check_pins(processes: Processes, opening: Opened, migrations: tuple[Migrated, ...]) -> None:
    """
    Refuse a history of which some part ran under a process that is not at hand.

    Raises:
        PinnedError: If one is missing; all of them are named.
        EventError: If a migration is from another process than the one that the deal ran under.
    """
    if not migrations and processes.find(opening.process) is not None:
        return
    pins = list(_pins(opening, migrations))
    missing = tuple(dict.fromkeys(pin for pin in pins if processes.find(pin) is None))
    if missing:
        raise PinnedError(opening.deal, missing, pins[-1], _given(processes))
    before = first_pin(opening, migrations)
    for migration in migrations:
        if processes.find(before) is not processes.find(migration.from_process):
            said, runs_under = (
                str(key)[:SHOWN_OF_HASH] for key in (migration.from_process, before)
            )
            msg = (
                f"migrates from process {said}, deal {opening.deal!r} runs under {runs_under} "
                "then. Migrate it from there."
            )
            raise EventError(msg, event_id=migration.id)
        _check_stages(processes, migration)
        before = migration.to_process


def _check_stages(processes: Processes, migration: Migrated) -> None:
    """Refuse a migration that leaves a stage without its place: a late event may still name it."""
    old, new = processes.book(migration.from_process), processes.book(migration.to_process)
    names = {stage: migration.stages.get(stage, stage) for stage in old.stages}
    lost = [stage for stage, name in names.items() if name not in new.stages]
    if lost:
        msg = (
            f"migrates to process {new.process.id!r} {new.process.version!r}, where "
            f"{', '.join(lost)} has no place. Name one in 'stages'."
        )
        raise EventError(msg, event_id=migration.id)


def _pins(opening: Opened, migrations: tuple[Migrated, ...]) -> Iterator[str]:
    """Yield the hashes that a history names, in order."""
    if opening.process is not None:
        yield opening.process
    for migration in migrations:
        yield from (migration.from_process, migration.to_process)


def first_pin(opening: Opened, migrations: tuple[Migrated, ...]) -> str | None:
    """Return the hash of the process that a deal opened under; None: nothing says it."""
    if opening.process is None and migrations:
        return migrations[0].from_process
    return opening.process


def check_last(processes: Processes, opening: Opened, book: RuleBook) -> None:
    """
    Refuse to run a deal under another process than the one that is asked for.

    Raises:
        PinnedError: If its events bring it under another one in the end.
    """
    if book is not rule_book(processes.last):
        raise PinnedError(opening.deal, (), book.process.hash, _given(processes))


def _given(processes: Processes) -> tuple[str, ...]:
    said = (f"{p.id} {p.version} ({p.hash[:SHOWN_OF_HASH]})" for p in processes.given)
    return tuple(dict.fromkeys(said))

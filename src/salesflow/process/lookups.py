"""The names that a definition knows, and what is said about one that it does not know."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from salesflow.process.activities import BUILT_IN_ACTIVITIES
from salesflow.process.definition import Definition
from salesflow.process.findings import ANY, Finding, Path
from salesflow.process.names import did_you_mean, listed
from salesflow.process.parts import BUILT_IN_FACTS, BUILT_IN_TOUCHES, Criterion, Move, Stage

SOURCES: dict[str, Path] = {
    "stage": ("stages", ANY, "id"),
    "role": ("roles",),
    "touch class": ("touches",),
    "fact": ("facts",),
    "kind of activity": ("activities",),
}
"""Where the names of each sort of thing are declared."""


def names_of(definition: Definition, sort: str) -> tuple[str, ...]:
    """Return every name of a *sort* of thing, built in or declared."""
    built_in, declared = {
        "stage": ((), definition.stages),
        "role": ((), definition.roles),
        "touch class": (_ids(BUILT_IN_TOUCHES), definition.touches),
        "fact": (_ids(BUILT_IN_FACTS), definition.facts),
        "kind of activity": (tuple(BUILT_IN_ACTIVITIES), definition.activities),
    }[sort]
    return (*built_in, *_ids(declared))


def _ids(parts: Iterable[Any]) -> tuple[str, ...]:
    return tuple(part.id for part in parts)


def unknown(definition: Definition, sort: str, name: str, path: Path) -> Iterator[Finding]:
    """Yield a finding if nothing of that *sort* has the *name*."""
    known = names_of(definition, sort)
    if name not in known:
        yield Finding(path, f"no {sort} named {name!r}{_hint(name, known)}", (SOURCES[sort],))


def not_one_of(what: str, name: str, known: Collection[str], path: Path, *reads: Path) -> Finding:
    """Return the finding that *name* is none of the *known* ones."""
    return Finding(path, f"no {what} named {name!r}{_hint(name, known)}", reads)


def _hint(name: str, known: Collection[str]) -> str:
    return did_you_mean(name, known) or f"; known: {listed(known)}"


def repeated(names: Iterable[str], path: Path) -> Iterator[Finding]:
    """Yield a finding for each name of a list that stands in it before."""
    seen = set()
    for index, name in enumerate(names):
        if name in seen:
            yield Finding((*path, index), f"{name!r} stands twice in this list; remove one")
        seen.add(name)


def criteria(definition: Definition) -> Iterator[tuple[Path, Criterion]]:
    """Yield every criterion with its place."""
    parts: tuple[tuple[str, tuple[Stage | Move, ...]], ...] = (
        ("stages", definition.stages),
        ("moves", definition.moves),
    )
    for name, rows in parts:
        for row, part in enumerate(rows):
            for place, criterion in enumerate(part.exit):
                yield (name, row, "exit", place), criterion


def rules(definition: Definition) -> Iterator[tuple[Path, Any]]:
    """Yield every contact gap and timer with its place."""
    for list_name, parts in (
        ("contact_gaps", definition.contact_gaps),
        ("timers", definition.timers),
    ):
        for row, rule in enumerate(parts):
            yield (list_name, row), rule

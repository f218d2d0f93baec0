"""The names that a definition knows, and what to say about one that it does not know."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from salesflow.process.activities import BUILT_IN_ACTIVITIES
from salesflow.process.definition import Definition
from salesflow.process.flaws import ANY, Flaw, Path
from salesflow.process.names import did_you_mean, listed, shown
from salesflow.process.parts import (
    BUILT_IN_FACTS,
    BUILT_IN_TOUCHES,
    ContactGap,
    Criterion,
    Move,
    Play,
    Rule,
    Stage,
    Timer,
)

SOURCES: dict[str, Path] = {
    "stage": ("stages", ANY, "id"),
    "role": ("roles",),
    "touch class": ("touches",),
    "fact": ("facts",),
    "kind of activity": ("activities",),
}
"""Where the names of each sort of thing are declared."""


OVERRIDABLE: tuple[Path, ...] = (
    ("stages", ANY, "exit", ANY, "id"),
    ("moves", ANY, "exit", ANY, "id"),
    ("contact_gaps", ANY, "id"),
    ("timers", ANY, "id"),
)
"""Where the names of what may be overridden are declared."""


def overridable(definition: Definition) -> tuple[str, ...]:
    """Return the name of every rule and criterion, each once."""
    found = (*rules(definition), *criteria(definition))
    return tuple(dict.fromkeys(part.id for _, part in found))


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


def unknown(definition: Definition, sort: str, name: str, path: Path) -> Iterator[Flaw]:
    """Yield a flaw if nothing of that *sort* has the *name*."""
    known = names_of(definition, sort)
    if name not in known:
        yield Flaw(path, f"no {sort} named {shown(name)}{_hint(name, known)}", (SOURCES[sort],))


def not_one_of(what: str, name: str, known: Collection[str], path: Path, *reads: Path) -> Flaw:
    """Return the flaw that *name* is none of the *known* ones."""
    return Flaw(path, f"no {what} named {shown(name)}{_hint(name, known)}", reads)


def _hint(name: str, known: Collection[str]) -> str:
    return did_you_mean(name, known) or f"; known: {listed(dict.fromkeys(known))}"


def repeated(names: Iterable[str], path: Path) -> Iterator[Flaw]:
    """Yield a flaw for each name of a list that stands in it before."""
    seen = set()
    for index, name in enumerate(names):
        if name in seen:
            yield Flaw((*path, index), f"{shown(name)} appears twice in this list; remove one")
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


def contact_gaps(definition: Definition) -> Iterator[tuple[Path, ContactGap]]:
    """Yield every contact gap with its place."""
    for row, gap in enumerate(definition.contact_gaps):
        yield ("contact_gaps", row), gap


def timers(definition: Definition) -> Iterator[tuple[Path, Timer]]:
    """Yield every timer with its place."""
    for row, timer in enumerate(definition.timers):
        yield ("timers", row), timer


def rules(definition: Definition) -> Iterator[tuple[Path, Rule]]:
    """Yield every contact gap and timer with its place."""
    yield from contact_gaps(definition)
    yield from timers(definition)


def plays(definition: Definition) -> Iterator[tuple[Path, Play]]:
    """Yield every play with its place."""
    for row, play in enumerate(definition.plays):
        yield ("plays", row), play


def expressions(definition: Definition) -> Iterator[tuple[Path, str]]:
    """Yield every gate expression with its place."""
    for path, criterion in criteria(definition):
        is_plain = criterion.id == criterion.expression
        yield (path if is_plain else (*path, "if")), criterion.expression
    for path, rule in (*rules(definition), *plays(definition)):
        if rule.when is not None:
            yield (*path, "when"), rule.when

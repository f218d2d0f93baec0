"""Checks of names: how they are written, and that each means one thing."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from salesflow.process.activities import BUILT_IN_ACTIVITIES
from salesflow.process.definition import Definition
from salesflow.process.flaws import Flaw, Path, render
from salesflow.process.lookups import criteria, plays, rules
from salesflow.process.names import CURRENCY, NAME, PROCESS_NAME, shown
from salesflow.process.parts import BUILT_IN_FACTS, BUILT_IN_TOUCHES, Criterion, Play, Stage

LETTERS = "small letters, digits and underscores, a letter first, at most 64"

KEYED = ("calendars", "roles", "activities", "touches", "facts")
"""The tables whose keys are names."""

RESERVED = frozenset({*map(str.lower, keyword.kwlist), "true", "false"})
"""Words that a gate cannot take for a fact."""


def header(definition: Definition) -> Iterator[Flaw]:
    """The process itself has a name, a version and a currency that exists."""
    if not PROCESS_NAME.fullmatch(definition.id):
        yield _misnamed(("process", "id"), definition.id, f"{LETTERS}; dashes are allowed here")
    if not definition.version.strip():
        yield Flaw(("process", "version"), 'empty; expected a label such as "2026.1"')
    if definition.currency is not None and not CURRENCY.fullmatch(definition.currency):
        yield Flaw(
            ("process", "currency"),
            f'expected three capital letters such as "USD", got {shown(definition.currency)}',
        )


def names(definition: Definition) -> Iterator[Flaw]:
    """Every name is spelled as names must be."""
    for path, name in _declared(definition):
        if not NAME.fullmatch(name):
            yield _misnamed(path, name, LETTERS)
    for path, criterion in criteria(definition):
        # A plain string is named after itself.
        if criterion.id != criterion.expression and not NAME.fullmatch(criterion.id):
            yield _misnamed((*path, "id"), criterion.id, LETTERS, (*path, "if"))
    for fact in definition.facts:
        if fact.id in RESERVED:
            yield Flaw(
                ("facts", fact.id),
                f"{fact.id!r} is a word that gates cannot read as a fact; rename it",
                is_key=True,
            )


def _misnamed(path: Path, name: str, letters: str, *reads: Path) -> Flaw:
    is_key = path[0] in KEYED
    may_have_dashes = letters != LETTERS
    # An accent goes, its letter stays.
    plain = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFKD", name.lower()))
    meant = re.sub("[^a-z0-9_-]+" if may_have_dashes else "[^a-z0-9_]+", "_", plain).strip("_-")
    fits = (PROCESS_NAME if may_have_dashes else NAME).fullmatch(meant)
    hint = f". Write {meant!r}" if fits else ""
    return Flaw(path, f"{shown(name)} is not a valid name; expected {letters}{hint}", reads, is_key)


def _declared(definition: Definition) -> Iterator[tuple[Path, str]]:
    """Yield every name that the definition declares, with its place."""
    for table in KEYED:
        for part in getattr(definition, table):
            yield (table, part.id), part.id
    for row, stage in enumerate(definition.stages):
        yield ("stages", row, "id"), stage.id
    for path, rule in (*rules(definition), *plays(definition)):
        yield (*path, "id"), rule.id


def duplicates(definition: Definition) -> Iterator[Flaw]:
    """No name is declared twice or built in already."""
    built_in = {
        "calendars": (),
        "roles": (),
        "activities": BUILT_IN_ACTIVITIES,
        "touches": [touch.id for touch in BUILT_IN_TOUCHES],
        "facts": [fact.id for fact in BUILT_IN_FACTS],
    }
    for table, taken in built_in.items():
        seen: set[str] = set()
        for part in getattr(definition, table):
            if part.id in taken:
                yield Flaw((table, part.id), f"{part.id!r} is built in; remove it", is_key=True)
            elif part.id in seen:
                yield Flaw((table, part.id), f"{part.id!r} is declared twice", is_key=True)
            seen.add(part.id)
    yield from _named_twice("stages", definition.stages)
    yield from _named_twice("plays", definition.plays)


def _named_twice(table: str, parts: tuple[Stage | Play, ...]) -> Iterator[Flaw]:
    first: dict[str, int] = {}
    for row, part in enumerate(parts):
        if first.setdefault(part.id, row) != row:
            yield Flaw(
                (table, row, "id"),
                f"{shown(part.id)} is already the name of {table}[{first[part.id]}]; rename it",
            )


def shared_names(definition: Definition) -> Iterator[Flaw]:
    """
    Criteria and rules share one namespace, since an obstacle names either.

    The same criterion may stand in several stages and moves, once in each.
    """
    first: dict[str, tuple[Path, Any]] = {}
    for path, part in (*criteria(definition), *rules(definition)):
        where, other = first.setdefault(part.id, (path, part))
        if where == path:
            continue
        are_criteria = isinstance(part, Criterion) and isinstance(other, Criterion)
        is_elsewhere = where[:2] != path[:2]
        if are_criteria and is_elsewhere:
            if part == other:
                continue
            fix = ", which says something else; make the two alike, or rename one"
        else:
            fix = "; remove one" if part == other else "; rename it"
        # A plain string is a criterion and its own name.
        is_plain = isinstance(part, Criterion) and part.id == part.expression
        message = f"{shown(part.id)} is already the name of {render(where)}{fix}"
        yield Flaw(path if is_plain else (*path, "id"), message)

"""Checks of time that several parts share: dates to count back from, and time zones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from salesflow.calendars import Span, Unit
from salesflow.process.definition import Definition
from salesflow.process.flaws import Flaw, Path
from salesflow.process.lookups import contact_gaps, plays, timers
from salesflow.process.parts import BUILT_IN_FACTS, FactType

BEFORE_DATES = (Unit.DAYS, Unit.WEEKS, Unit.BUSINESS_DAYS)
"""The units in which one can count back from a date: it has no time of day."""

_EXACT = (Unit.MINUTES, Unit.HOURS)
"""The units that are the same in every zone."""


def is_date(definition: Definition, path: Path, fact: str) -> Iterator[Flaw]:
    """Yield a flaw if a known fact is not a date."""
    types = {each.id: each.type for each in (*BUILT_IN_FACTS, *definition.facts)}
    if types.get(fact, FactType.DATE) is not FactType.DATE:
        yield Flaw(
            path, f"expected a date fact, but {fact!r} is {types[fact]}", (("facts", fact, "type"),)
        )


def before_a_date(path: Path, span: Span | None) -> Iterator[Flaw]:
    """Yield a flaw if *span* cannot be counted back from a date."""
    if span is not None and span.unit not in BEFORE_DATES:
        yield Flaw(
            path,
            f"expected days, weeks or business days, got '{span}'; "
            "a date has no time of day to count from",
        )


def zone(definition: Definition) -> Iterator[Flaw]:
    """
    Yield a flaw if something is counted that needs to know where a day begins.

    It is for files without a calendar. The first flaw is enough: one line fixes them all.
    """
    for path, said in _needing_a_zone(definition):
        message = f"'{said}' needs a time zone. Add [calendar] with a timezone"
        yield Flaw(path, message, (("calendar",),))
        return


def _needing_a_zone(definition: Definition) -> Iterator[tuple[Path, object]]:
    for path, span in _spans(definition):
        if span.unit not in _EXACT:
            yield path, span
    for path, timer in timers(definition):
        if timer.since.startswith("date:"):
            yield (*path, "since"), timer.since


def _spans(definition: Definition) -> Iterator[tuple[Path, Span]]:
    """Yield every span of a definition with its place."""
    for fact in definition.facts:
        yield from _spans_in(("facts", fact.id), fact)
    yield from _spans_in(("holds",), definition.holds)
    for rows in (contact_gaps, timers, plays):
        for path, row in rows(definition):
            yield from _spans_in(path, row)


def _spans_in(path: Path, part: Any) -> Iterator[tuple[Path, Span]]:  # noqa: ANN401 - or what it holds
    if isinstance(part, Span):
        yield path, part
    elif isinstance(part, tuple):
        for place, item in enumerate(part):
            yield from _spans_in((*path, place), item)
    elif attrs.has(type(part)):
        for field in attrs.fields(type(part)):
            yield from _spans_in((*path, field.name), getattr(part, field.name))

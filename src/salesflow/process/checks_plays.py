"""Checks of plays: who does what, and when."""

from __future__ import annotations

from collections.abc import Iterator

from salesflow.process.checks_time import before_a_date, is_date
from salesflow.process.definition import Definition
from salesflow.process.flaws import Flaw, Path
from salesflow.process.lookups import plays, unknown
from salesflow.process.names import listed
from salesflow.process.parts import Play

WHEN = ("within", "after", "before", "every")
"""The keys that say when; a play has exactly one of them."""


def actors(definition: Definition) -> Iterator[Flaw]:
    """A play is done by a role and a kind of activity that exist, and takes some time."""
    for path, play in plays(definition):
        if play.role is not None:
            yield from unknown(definition, "role", play.role, (*path, "role"))
        yield from unknown(definition, "kind of activity", play.activity, (*path, "activity"))
        if play.minutes is not None and play.minutes < 1:
            yield Flaw((*path, "minutes"), f"expected at least 1, got {play.minutes}")


def times(definition: Definition) -> Iterator[Flaw]:
    """A play says exactly once when it is due."""
    for path, play in plays(definition):
        said = [key for key in WHEN if getattr(play, key) is not None]
        if not said:
            message = f"does not say when; expected exactly one of {listed(WHEN)}"
            yield Flaw(path, message, tuple((*path, key) for key in WHEN))
        for key in said[1:]:
            yield Flaw(
                (*path, key),
                f"{said[0]} already says when; expected exactly one of {listed(WHEN)}",
                ((*path, said[0]),),
            )
        yield from _date(definition, path, play)


def _date(definition: Definition, path: Path, play: Play) -> Iterator[Flaw]:
    at, before = (*path, "date"), (*path, "before")
    yield from before_a_date(before, play.before)
    if play.date is not None:
        yield from unknown(definition, "fact", play.date, at)
        yield from is_date(definition, at, play.date)
    if play.before is None and play.date is not None:
        yield Flaw(at, "only a play with before counts back from a date", (before,))
    if play.before is not None and play.date is None:
        yield Flaw(at, "missing; before counts back from a date fact", (before,))

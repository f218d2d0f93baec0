"""What is wrong and where, before it becomes a `Problem` for people."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias

import attrs

from salesflow.errors import Problem

Path = tuple[str | int, ...]
"""Where in a definition: ``("timers", 0, "move_to")``."""

ANY = "*"
"""Stands for any one step in a path that a flaw reads; no real key has this name."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")


@attrs.frozen
class Flaw:
    """
    One problem.

    Args:
        path: Where.

        message: What was seen, what was expected, what to do.

        reads: Other places that it was concluded from. If one of them is itself wrong, this flaw
            may just follow from that.

        is_key: Whether the key is wrong, not the value.
    """

    path: Path
    message: str
    reads: tuple[Path, ...] = ()
    is_key: bool = False

    def as_problem(self, line: int | None = None, column: int | None = None) -> Problem:
        """Return it as the problem that people see."""
        return Problem(render(self.path), self.message, line, column)


def render(path: Path) -> str:
    """Return a path as written in messages: ``timers[0].move_to``."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            short = step if len(step) <= 64 else f"{step[:63]}…"  # noqa: PLR2004 - as long as a name
            text += f".{short}" if _BARE.fullmatch(short) else f".{short!r}"
    return text.removeprefix(".")


def without_echoes(flaws: Iterable[Flaw], spoiled: Iterable[Path]) -> list[Flaw]:
    """
    Return the flaws that do not merely follow from what could not be read.

    Args:
        flaws: Found by checks that looked at a definition with stand-ins in it.

        spoiled: The places that a stand-in was put in.
    """
    places: _Tree = {}
    for place in spoiled:
        branch = places
        for step in place:
            branch = branch.setdefault(step, {})
        branch[_END] = {}
    return [
        flaw for flaw in flaws if not any(_is_in(places, at) for at in (flaw.path, *flaw.reads))
    ]


_Tree: TypeAlias = dict[str | int | None, "_Tree"]
_END = None


def _is_in(places: _Tree, path: Path) -> bool:
    """Tell whether *path* is one of the *places*, or lies within one."""
    if _END in places:
        return True
    if not path:
        return False
    step, rest = path[0], path[1:]
    if step == ANY:
        return any(_is_in(branch, rest) for branch in places.values())
    return step in places and _is_in(places[step], rest)

"""What was perhaps only renamed: suggested, never assumed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from salesflow.change.gates import Width
from salesflow.change.key_names import SUBJECTS
from salesflow.change.strictness import width
from salesflow.change.walk import Change, Turn
from salesflow.process.model import Process

ALIKE = 0.7
"""How alike two names must be for one to be a possible rename of the other."""
_TELLING = ("title", "kind", "type", "since", "max", "after", "touch", "exit")


@attrs.frozen(kw_only=True)
class Rename:
    """
    Something that was removed and something new, which may be the same.

    Args:
        path: The list that contains both, such as ``stages``.

        old: The id that was removed.

        new: The id that is new.

        text: The same in a sentence.
    """

    path: str
    old: str
    new: str
    text: str

    def __str__(self) -> str:
        return self.text

    def to_dict(self) -> dict[str, str]:
        """Return it as JSON-ready data."""
        return attrs.asdict(self)


def renames_of(old: Process, new: Process, changes: Iterable[Change]) -> tuple[Rename, ...]:
    """Return possible renames, the likeliest first; each name is used once."""
    lists: dict[tuple[str, ...], tuple[list[Change], list[Change]]] = {}
    for change in changes:
        gone, added = lists.setdefault(change.path[:-1], ([], []))
        if _is_row(change.path):
            if change.turn is Turn.REMOVED:
                gone.append(change)
            elif change.turn is Turn.ADDED:
                added.append(change)
    return tuple(
        rename
        for path, (gone, added) in lists.items()
        for rename in _pairs(old, new, path, gone, added)
    )


def _is_row(path: tuple[str, ...]) -> bool:
    """Return whether a path names a row that has an id of its own."""
    if path[0] in SUBJECTS and len(path) == len((path[0], "id")):
        return path[0] != "moves"
    return path[-2:-1] == ("exit",)


def _pairs(
    old: Process, new: Process, path: tuple[str, ...], gone: list[Change], added: list[Change]
) -> Iterator[Rename]:
    likeness = {
        (was.path, now.path): (_likeness(old, new, was, now), was, now)
        for was in gone
        for now in added
    }
    used: set[tuple[str, ...]] = set()
    for alike, was, now in sorted(likeness.values(), key=lambda each: -each[0]):
        if alike >= ALIKE and not used & {was.path, now.path}:
            used |= {was.path, now.path}
            yield _rename(old, new, path, was, now)


def _rename(old: Process, new: Process, path: tuple[str, ...], was: Change, now: Change) -> Rename:
    before, after = was.path[-1], now.path[-1]
    what = "criterion" if path[-1] == "exit" else SUBJECTS[path[0]]
    more = f" in stage {path[1]!r}" if path[0] == "stages" and path[-1] == "exit" else ""
    wide = _widths(old, new, was, now)
    how = ", looser" if wide is Width.WIDER else ", stricter" if wide is Width.NARROWER else ""
    text = f"Perhaps {what} {before!r}{more} is {after!r} now{how}."
    return Rename(path=".".join(path), old=before, new=after, text=text)


def _likeness(old: Process, new: Process, was: Change, now: Change) -> float:
    """Return how alike two rows are, from 0 to 1: by their names, or by their content."""
    names = difflib.SequenceMatcher(None, was.path[-1], now.path[-1]).ratio()
    if was.path[-2] == "exit":
        return max(names, ALIKE * (_widths(old, new, was, now) in (Width.WIDER, Width.NARROWER)))
    before, after = _without_id(was.old), _without_id(now.new)
    if len(before) > 1 and before == after:
        return 1.0
    shared = [key for key in _TELLING if key in before and before[key] == after.get(key)]
    told = [key for key in _TELLING if key in before or key in after]
    alike = len(shared) / len(told) if told else 0.0
    return max(names, alike if "title" in shared or len(shared) > 1 else 0.0)


def _widths(old: Process, new: Process, was: Change, now: Change) -> Width | None:
    """Return how two criteria compare; None if the rows are not criteria."""
    if was.path[-2] != "exit":
        return None
    return width(old, new, old.gate(was.was.expression), new.gate(now.now.expression))


def _without_id(row: Any) -> Mapping[str, Any]:  # noqa: ANN401 - a row of the file
    return {key: value for key, value in row.items() if key != "id"} if row else {}

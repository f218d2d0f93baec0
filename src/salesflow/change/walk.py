"""
Two definitions side by side, along the description of the process file.

Every field of every part is reached, because the description that reads and writes the file lists
them all. The order of keys and of named tables has no meaning, as in the file.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from salesflow.process.calendar_reader import CalendarReader, NamedCalendarReader
from salesflow.process.definition import Definition
from salesflow.process.readers import CriterionReader, Field, Keyed, ListOf, Row, Table
from salesflow.process.scalars import Reader
from salesflow.process.schema import DEFINITION, row_name

Path = tuple[str, ...]
"""Keys from the top of the file; a row of a list is named by its id, a move by both its ends."""


class Turn(enum.StrEnum):
    """What happened to something that a process says."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    REORDERED = "reordered"
    """The same rows in another order."""
    RENAMED = "renamed"
    """A stage with another name, as somebody has said."""


@attrs.frozen
class Change:
    """
    One difference between two definitions.

    Args:
        path: Where.

        turn: What happened to it.

        was: The value in the old model; None: there was none.

        now: The value in the new model.

        old: The same as a file says it.

        new: The same as a file says it.
    """

    path: Path
    turn: Turn
    was: Any = None
    now: Any = None
    old: Any = None
    new: Any = None


def changes_between(old: Definition, new: Definition) -> Iterator[Change]:
    """Yield every difference between two definitions, in the order of the file."""
    return _table(DEFINITION, (), old, new)


def _compared(reader: Reader | Row, path: Path, was: Any, now: Any) -> Iterator[Change]:  # noqa: ANN401
    """Yield the differences between two values that one reader reads."""
    if isinstance(reader, NamedCalendarReader):
        yield from _plain(path, was.calendar.to_dict(), now.calendar.to_dict())
    elif isinstance(reader, CalendarReader):
        yield from _plain(path, was.to_dict(), now.to_dict())
    elif isinstance(reader, CriterionReader):
        yield from _table(reader.table, path, was, now)
    elif isinstance(reader, Table) and was is not None and now is not None:
        yield from _table(reader, path, was, now)
    elif isinstance(reader, Keyed):
        yield from _rows(reader.row, path, was, now, ordered=False)
    elif isinstance(reader, ListOf) and isinstance(reader.item, Table | CriterionReader):
        yield from _rows(reader.item, path, was, now, ordered=True)
    elif was != now:
        yield _changed(reader, path, was, now)


def _changed(reader: Reader | Row, path: Path, was: Any, now: Any) -> Change:  # noqa: ANN401
    turn = Turn.ADDED if was is None else Turn.REMOVED if now is None else Turn.CHANGED
    old = None if was is None else reader.write(was)
    new = None if now is None else reader.write(now)
    return Change(path, turn, was, now, old, new)


def _table(table: Table, path: Path, was: object, now: object) -> Iterator[Change]:
    for field in table.fields:
        if field.key != "id" or not path:
            yield from _field(field, path, was, now)


def _field(field: Field, path: Path, was: object, now: object) -> Iterator[Change]:
    values = getattr(was, field.name), getattr(now, field.name)
    return _compared(field.reader, (*path, field.key), *values)


def _rows(
    reader: Reader | Row, path: Path, was: Sequence[Any], now: Sequence[Any], *, ordered: bool
) -> Iterator[Change]:
    """Yield the differences between two lists of rows, each identified by its name."""
    before, after = _by_name(was), _by_name(now)
    for name, row in before.items():
        if name in after:
            yield from _compared(reader, (*path, name), row, after[name])
        else:
            yield _changed(reader, (*path, name), row, None)
    for name, row in after.items():
        if name not in before:
            yield _changed(reader, (*path, name), None, row)
    kept = [name for name in before if name in after]
    moved = [name for name in after if name in before]
    if ordered and kept != moved:
        yield Change(path, Turn.REORDERED, kept, moved, kept, moved)


def _by_name(rows: Sequence[Any]) -> dict[str, Any]:
    return {row_name(number, row): row for number, row in enumerate(rows)}


def _plain(path: Path, was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    """Yield the differences between two tables of plain data."""
    for key in dict.fromkeys([*was, *now]):
        old, new = was.get(key), now.get(key)
        if isinstance(old, Mapping | None) and isinstance(new, Mapping | None):
            yield from _plain((*path, key), old or {}, new or {})
        elif old != new:
            turn = Turn.ADDED if old is None else Turn.REMOVED if new is None else Turn.CHANGED
            yield Change((*path, key), turn, old, new, old, new)

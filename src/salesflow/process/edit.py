"""
Changing single values of a definition, by the path that the process file has for them.

Where the file has a list of tables, a path names the table by its id (``timers.gone_cold.after``),
a move by both its ends (``moves.close.intake.by``) and an escalation by its place, from 0.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any

import attrs

from salesflow.calendars import Calendar, Span
from salesflow.errors import Problem, ProcessError
from salesflow.process.calendar_reader import CalendarReader, NamedCalendarReader
from salesflow.process.definition import Definition
from salesflow.process.names import did_you_mean, listed
from salesflow.process.readers import (
    CriterionReader,
    Field,
    Keyed,
    ListOf,
    Row,
    Table,
    defaults_of,
)
from salesflow.process.scalars import Notes, Reader
from salesflow.process.schema import DEFINITION, row_name

_AS_IS = (Span, Calendar, enum.Enum, tuple, type(None))


class _Wrong(Exception):  # noqa: N818 - never leaves this module
    """A step of a path leads nowhere, or a value does not fit; the text says why."""


def changed(definition: Definition, changes: Mapping[str, object]) -> Definition:
    """
    Return *definition* with other values at some paths; it is not checked as a whole.

    Raises:
        ProcessError: With every path that leads nowhere and every value that does not fit.
    """
    problems = []
    for path, value in changes.items():
        steps = path.removeprefix("process.").split(".")
        try:
            definition = _put(DEFINITION, definition, steps, value)
        except (_Wrong, TypeError, ValueError) as error:
            problems.append(Problem(path, str(error)))
    if problems:
        raise ProcessError(definition.id, tuple(problems))
    return definition


def _put(reader: Reader | Row, value: Any, steps: list[str], new: object) -> Any:  # noqa: ANN401
    """Return *value* with *new* at the end of the path."""
    match reader:
        case NamedCalendarReader():
            return attrs.evolve(value, calendar=_put(reader.calendar, value.calendar, steps, new))
        case _ if not steps:
            return _converted(reader, new)
        case CriterionReader(table=table) | (Table() as table):
            return _put_in_table(table, value, steps, new)
        case Keyed(row=item) | ListOf(item=item):
            return _put_in_rows(item, value, steps, new)
        case CalendarReader():
            return _converted(reader, _set(value.to_dict(), steps, new))
    raise _Wrong(f"a single value has no {steps[0]!r} in it")


def _put_in_table(table: Table, value: Any, steps: list[str], new: object) -> Any:  # noqa: ANN401
    # A table that is not in the file is the same as an empty one.
    old = table.stand_in if value is None else value
    field = _field(table, old, steps[0])
    if new is None and len(steps) == 1:
        inner = defaults_of(type(old))[field.name]
    else:
        inner = _put(field.reader, getattr(old, field.name), steps[1:], new)
    return attrs.evolve(old, **{field.name: inner})


def _put_in_rows(
    reader: Reader | Row, rows: tuple[Any, ...], steps: list[str], new: object
) -> tuple[Any, ...]:
    index, rest = _row(rows, steps)
    return (*rows[:index], _put(reader, rows[index], rest, new), *rows[index + 1 :])


def _converted(reader: Reader | Row, new: object) -> object:
    """Return *new* as the model holds it; it may already be so, or be as the file says it."""
    if isinstance(new, _AS_IS) or attrs.has(type(new)):
        return new
    if isinstance(new, list) and any(attrs.has(type(item)) for item in new):
        return tuple(new)
    notes = Notes()
    value = reader.read(notes, (), new)
    if notes.flaws:
        raise _Wrong("; ".join(str(flaw.as_problem()) for flaw in notes.flaws))
    return value


def _field(table: Table, part: object, key: str) -> Field:
    for field in table.fields:
        if key in (field.key, field.name):
            return field
    keys = [field.key for field in table.fields]
    # Whoever says touch.max means the gap of that name.
    named = [f"{f.key}.{key}" for f in table.fields if key in _ids(getattr(part, f.name, None))]
    hint = did_you_mean(key, keys) or f"; known: {listed(keys)}"
    raise _Wrong(f"no key {key!r}{f'; did you mean {named[0]!r}?' if named else hint}")


def _ids(rows: object) -> list[str | None]:
    return [getattr(row, "id", None) for row in rows] if isinstance(rows, tuple) else []


def _row(rows: tuple[Any, ...], steps: list[str]) -> tuple[int, list[str]]:
    """Return the place of the row that the path leads through, and what is left of the path."""
    names = [row_name(index, row) for index, row in enumerate(rows)]
    for length in (1, 2):
        wanted = ".".join(steps[:length])
        if wanted in names:
            return names.index(wanted), steps[length:]
    hint = did_you_mean(steps[0], names) or f"; known: {listed(names)}"
    raise _Wrong(f"nothing named {steps[0]!r} here{hint}")


def _set(table: dict[str, Any], steps: list[str], new: object) -> dict[str, Any]:
    """Return a copy of nested tables with *new* at the end of the path."""
    if len(steps) == 1:
        return {**table, steps[0]: new}
    inner = table.get(steps[0], {})
    return {**table, steps[0]: _set(inner if isinstance(inner, dict) else {}, steps[1:], new)}

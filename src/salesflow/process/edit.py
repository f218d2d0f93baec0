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
from salesflow.process.definition import Definition
from salesflow.process.names import did_you_mean, listed
from salesflow.process.own_readers import CalendarReader, CriterionReader, NamedCalendarReader
from salesflow.process.readers import Field, Keyed, ListOf, Row, Table
from salesflow.process.scalars import Notes, Reader
from salesflow.process.schema import BODY, HEADER

_TOP = Table(Definition, (*HEADER.fields, *BODY))
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
            definition = _put(_TOP, definition, steps, value)
        except (_Wrong, TypeError, ValueError) as error:
            problems.append(Problem(path, str(error)))
    if problems:
        raise ProcessError(definition.id, tuple(problems))
    return definition


def _put(reader: Reader | Row, value: Any, steps: list[str], new: object) -> Any:  # noqa: ANN401
    """Return *value* with *new* at the end of the path."""
    if isinstance(reader, NamedCalendarReader):
        return attrs.evolve(value, calendar=_put(reader.calendar, value.calendar, steps, new))
    if not steps:
        return _converted(reader, new)
    if isinstance(reader, CriterionReader):
        reader = reader.table
    if isinstance(reader, Table):
        field = _field(reader, steps[0])
        # A table that is not in the file is the same as an empty one.
        old = reader.stand_in if value is None else value
        if new is None and len(steps) == 1:
            return attrs.evolve(old, **{field.name: _unsaid(old, field.name)})
        inner = _put(field.reader, getattr(old, field.name), steps[1:], new)
        return attrs.evolve(old, **{field.name: inner})
    if isinstance(reader, ListOf | Keyed):
        row_reader = reader.row if isinstance(reader, Keyed) else reader.item
        index, rest = _row(value, steps)
        row = _put(row_reader, value[index], rest, new)
        return (*value[:index], row, *value[index + 1 :])
    if isinstance(reader, CalendarReader):
        return _converted(reader, _set(value.to_dict(), steps, new))
    raise _Wrong(f"a single value has no {steps[0]!r} in it")


def _unsaid(part: Any, name: str) -> object:  # noqa: ANN401 - any part of a process
    """Return what a part has if the file says nothing; None where it must say something."""
    default: Any = getattr(attrs.fields(type(part)), name).default
    if default is attrs.NOTHING:
        return None
    return default.factory() if hasattr(default, "factory") else default


def _converted(reader: Reader | Row, new: object) -> object:
    """Return *new* as the model holds it; it may already be so, or be as the file says it."""
    if isinstance(new, _AS_IS) or attrs.has(type(new)):
        return new
    if isinstance(new, list) and any(attrs.has(type(item)) for item in new):
        return tuple(new)
    notes = Notes()
    value = reader.read(notes, (), new)
    if notes.findings:
        raise _Wrong("; ".join(finding.as_problem().__str__() for finding in notes.findings))
    return value


def _field(table: Table, key: str) -> Field:
    for field in table.fields:
        if key in (field.key, field.name):
            return field
    keys = [field.key for field in table.fields]
    raise _Wrong(f"no key {key!r}{did_you_mean(key, keys) or f'; known: {listed(keys)}'}")


def _row(rows: tuple[Any, ...], steps: list[str]) -> tuple[int, list[str]]:
    """Return the place of the row that the path leads through, and what is left of the path."""
    names = [_address(index, row) for index, row in enumerate(rows)]
    for length in (1, 2):
        wanted = ".".join(steps[:length])
        if wanted in names:
            return names.index(wanted), steps[length:]
    hint = did_you_mean(steps[0], names) or f"; known: {listed(names)}"
    raise _Wrong(f"nothing named {steps[0]!r} here{hint}")


def _address(index: int, row: object) -> str:
    if hasattr(row, "from_stage"):
        return f"{row.from_stage}.{getattr(row, 'to_stage', '')}"
    return str(getattr(row, "id", index))


def _set(table: dict[str, Any], steps: list[str], new: object) -> dict[str, Any]:
    """Return a copy of nested tables with *new* at the end of the path."""
    if len(steps) == 1:
        return {**table, steps[0]: new}
    inner = table.get(steps[0], {})
    return {**table, steps[0]: _set(inner if isinstance(inner, dict) else {}, steps[1:], new)}

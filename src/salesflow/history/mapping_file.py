"""The mapping file: TOML, strictly checked, with everything that is wrong reported at once."""

from __future__ import annotations

import os
import pathlib
import tomllib
from collections.abc import Iterable, Iterator
from typing import Any

from salesflow.errors import LogError
from salesflow.history.mapping import NO_COLUMNS, Columns, Mapping, Reading
from salesflow.history.mapping_schema import FILE
from salesflow.process import guards
from salesflow.process.findings import Finding, Path
from salesflow.process.locate import locate
from salesflow.process.scalars import Notes


def load_mapping(path: str | os.PathLike[str]) -> Mapping:
    """
    Load a mapping file.

    Args:
        path: The file.

    Raises:
        LogError: If it cannot be read or does not hold together, with every problem.
    """
    source = os.fsdecode(path)
    try:
        text = pathlib.Path(source).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise LogError(source, (f"cannot be read: {error.strerror or error}",)) from error
    except UnicodeDecodeError as error:
        raise LogError(source, (f"this is no UTF-8: {error}. Save it as UTF-8.",)) from None
    return parse_mapping(text, source)


def parse_mapping(text: str, source: str = "<text>") -> Mapping:
    """
    Return the mapping that *text* says.

    Raises:
        LogError: If it does not hold together, with every problem.
    """
    text = text.replace("\r\n", "\n")
    try:
        guards.check(text)
        document = tomllib.loads(text)
    except guards.TooMuch as error:
        raise LogError(source, (error.reason,)) from None
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        raise LogError(source, (f"this is no TOML: {error}",)) from None
    notes = Notes()
    found = FILE.read(notes, (), document)
    if not {"columns", "crm"} & {*found, *(str(path[0]) for path in notes.spoiled)}:
        notes.wrong(("columns",), "missing; expected this table, or [crm] for the data of a CRM")
    mapping = _mapping(found)
    findings = [*notes.findings, *(() if notes.findings else _contradictions(mapping))]
    if findings:
        raise LogError(source, _in_order(text, findings))
    return mapping


def _in_order(text: str, findings: Iterable[Finding]) -> tuple[str, ...]:
    """Return the findings as text, each with its line, in the order of the file."""
    located = locate(text)
    placed = [
        (located.key(found.path) if found.is_key else located.value(found.path), found)
        for found in findings
    ]
    placed.sort(key=lambda pair: pair[0])
    return tuple(f"line {place.line}: {found.as_problem()}" for place, found in placed)


def _mapping(found: dict[str, Any]) -> Mapping:
    """Return the mapping of what was read."""
    values, time, file = found.get("values", {}), found.get("time", {}), found.get("file", {})
    return Mapping(
        **_columns(found),
        **{name: found[name] for name in _TABLES if name in found},
        **values,
        **time,
        **file,
    )


_TABLES = (
    "crm",
    "stages",
    "activities",
    "facts",
    "people",
    "reasons",
    "directions",
    "outcomes",
    "statuses",
)


def _columns(found: dict[str, Any]) -> dict[str, Any]:
    """Return what was read about the columns of a file, if there is one."""
    if "columns" not in found:
        return {"readings": tuple(found.get("also", ()))}
    columns = found["columns"]
    first = Reading(**{key: columns.pop(key) for key in ("at", "what", "value") if key in columns})
    return {"columns": Columns(**columns), "readings": (first, *found.get("also", ()))}


def _contradictions(mapping: Mapping) -> Iterator[Finding]:
    """Yield what does not go together."""
    if mapping.columns == NO_COLUMNS and mapping.readings:
        yield Finding(("also",), "says more about the rows of a file, and there is no [columns]")
        return
    for number, reading in enumerate(mapping.readings):
        path: Path = ("also", number - 1) if number else ("columns",)
        if bool(reading.what) == bool(reading.value):
            yield Finding(path, "expected exactly one of what (columns) and value (a word)")
    for value in mapping.ignore:
        for table in ("stages", "activities"):
            if value in getattr(mapping, table):
                yield Finding((table, value), f"{value!r} is ignored as well. Say one of the two.")
        if value in mapping.opens:
            yield Finding(("values", "opens"), f"{value!r} is ignored as well. Say one of the two.")

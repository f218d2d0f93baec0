"""The mapping file: TOML, strictly checked, with everything that is wrong reported at once."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Iterable, Iterator
from typing import Any

from salesflow.errors import LogError
from salesflow.history.reading.mapping import Mapping
from salesflow.history.reading.mapping_schema import FILE
from salesflow.history.reading.sheets import flaws_of, flaws_of_more, sheet_of
from salesflow.process.flaws import ANY, Flaw, Path, without_echoes
from salesflow.process.locate import locate
from salesflow.process.model import Process
from salesflow.process.names import listed
from salesflow.process.scalars import Notes
from salesflow.process.text_limits import Unreadable
from salesflow.process.toml_text import parse_toml


def load_mapping(path: str | os.PathLike[str]) -> Mapping:
    """
    Load a mapping file.

    Args:
        path: The file.

    Raises:
        LogError: If it cannot be read or does not hold together, with every problem.
    """
    source = os.fsdecode(path)
    return _parsed(_text_of(source), source, None)


def load_mapping_for(process: Process, path: str | os.PathLike[str]) -> Mapping:
    """
    Load a mapping file that speaks of what *process* has.

    Args:
        process: Whose stages, kinds of activity, facts and reasons are meant.

        path: The file.

    Raises:
        LogError: If it cannot be read, does not hold together, or names what the process does not
            have, with every problem.
    """
    source = os.fsdecode(path)
    return _parsed(_text_of(source), source, process)


def _text_of(source: str) -> str:
    """Return the text of a mapping file."""
    try:
        text = pathlib.Path(source).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise LogError(source, (f"cannot be read: {error.strerror or error}",)) from error
    except UnicodeDecodeError as error:
        raise LogError(source, (f"this is not UTF-8: {error}. Save it as UTF-8.",)) from None
    return text


def parse_mapping(text: str, source: str = "<text>") -> Mapping:
    """
    Return the mapping that the text of a mapping file says.

    Args:
        text: The text.

        source: What it is called in messages.

    Raises:
        LogError: If it does not hold together, with every problem.
    """
    return _parsed(text, source, None)


def _parsed(text: str, source: str, process: Process | None) -> Mapping:
    text = text.replace("\r\n", "\n")
    try:
        document = parse_toml(text)
    except Unreadable as error:
        raise LogError(source, (str(error.as_problem(text)),)) from None
    return mapping_of(document, source, text, process)


def mapping_of(
    document: dict[str, Any],
    source: str,
    text: str | None = None,
    process: Process | None = None,
) -> Mapping:
    """
    Return the mapping that a document says.

    Args:
        document: The tables of a mapping file.

        source: What it is called.

        text: The file, for the lines of what is wrong. None: there is none.

        process: Whose stages, kinds of activity, facts and reasons are meant. None: of any.

    Raises:
        LogError: If it does not hold together, or names what the process does not have, with every
            problem.
    """
    notes = Notes()
    found = FILE.read(notes, (), document)
    if not {*_HOMES} & {*found, *(str(path[0]) for path in notes.spoiled)}:
        notes.wrong(("columns",), "missing; expected this table, or [crm] for the data of a CRM")
    more = list(_flaws(found))
    mapping = _mapping(found)
    more += _contradictions(mapping)
    more += () if process is None else mapping.flaws_for(process)
    if flaws := [*notes.flaws, *without_echoes(more, notes.spoiled)]:
        raise LogError(source, _in_order(text, flaws))
    return mapping


_HOMES = ("columns", "tables", "crm")
"""The tables that say what is read; there must be one."""


def _in_order(text: str | None, flaws: Iterable[Flaw]) -> tuple[str, ...]:
    """Return the flaws as text, each with its line, in the order of the file."""
    if text is None:
        return tuple(str(found.as_problem()) for found in flaws)
    located = locate(text)
    placed = [
        (located.key(found.path) if found.is_key else located.value(found.path), found)
        for found in flaws
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
    "participants",
    "reasons",
    "directions",
    "outcomes",
    "statuses",
)


def _columns(found: dict[str, Any]) -> dict[str, Any]:
    """Return what was read about the columns of a file, or of several tables."""
    tables = {
        name: sheet_of(table, table.pop("also", ()))
        for name, table in found.get("tables", {}).items()
    }
    if "columns" not in found:
        return {"tables": tables}
    sheet = sheet_of(found["columns"], found.get("also", ()))
    return {"columns": sheet.columns, "readings": sheet.readings}


def _flaws(found: dict[str, Any]) -> Iterator[Flaw]:
    """Yield what does not go together in the tables that name columns."""
    if "columns" in found:
        yield from flaws_of(found["columns"], ("columns",))
        yield from flaws_of_more(found.get("also", ()), ("also",))
        if "tables" in found:
            yield Flaw(("tables",), "[columns] is there as well. Keep only one of the two.")
    elif "also" in found:
        text = "says more about the rows of a file, and there is no [columns]"
        yield Flaw(("also",), text, reads=(("columns",),))
    for name, table in found.get("tables", {}).items():
        yield from flaws_of(table, ("tables", name))
        yield from flaws_of_more(table.get("also", ()), ("tables", name, "also"))


def _contradictions(mapping: Mapping) -> Iterator[Flaw]:
    """Yield what does not go together."""
    for value in mapping.ignore:
        for table in ("stages", "activities"):
            if value in getattr(mapping, table):
                yield Flaw((table, value), f"{value!r} is also ignored. Keep only one of the two.")
        if value in mapping.opens:
            yield Flaw(("values", "opens"), f"{value!r} is also ignored. Keep only one of the two.")
    if mapping.opens and any(sheet.is_of_deals for sheet in mapping.sheets.values()):
        yield Flaw(("values", "opens"), "deals open at the instant of their column opened")
    known = {reading.at for sheet in mapping.sheets.values() for reading in sheet.readings}
    for fact, said in mapping.facts.items():
        if said.at is not None and said.at not in known:
            text = f"no event is at {said.at!r}; known: {listed(sorted(known))}"
            yield Flaw(("facts", fact, "at"), text, reads=_INSTANTS)


def _places_of_instants() -> Iterator[Path]:
    """Yield where a mapping says the columns of instants."""
    for home in (("columns",), ("tables", ANY)):
        for key in ("at", "opened", "closed"):
            yield (*home, key)
        yield (*home, "entered", ANY)
    yield ("also", ANY, "at")
    yield ("tables", ANY, "also", ANY, "at")


_INSTANTS = tuple(_places_of_instants())

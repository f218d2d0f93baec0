"""The behaviour file: TOML, strictly checked, with everything that is wrong reported at once."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from salesflow.errors import BehaviourError, ProcessFileError
from salesflow.process.dump import toml_lines
from salesflow.process.flaws import Flaw, Path
from salesflow.process.load import read_file
from salesflow.process.locate import locate
from salesflow.process.readers import Keyed, ListOf, defaults_of
from salesflow.process.scalars import Notes
from salesflow.process.schema import FORMAT
from salesflow.process.text_limits import Unreadable
from salesflow.process.toml_text import parse_toml
from salesflow.simulation.parts import Arrivals, Parts, StageLife
from salesflow.simulation.schema import FILE, PARTS

Arguments = dict[str, Any]
"""The arguments of a behaviour."""


def read_parts(source: str | os.PathLike[str]) -> tuple[Arguments, str, str]:
    """
    Return the parts that a file or a text says, what it is called, and its text.

    Args:
        source: A path object, a string that ends in ``.toml``, or the text itself (a string with a
            newline in it).

    Raises:
        BehaviourError: If it cannot be read or does not hold together, with every problem.
        TypeError: If *source* is neither a string nor a path.
    """
    if isinstance(source, str) and "\n" in source:
        return parse_parts(source, "<text>"), "<text>", source
    if not isinstance(source, str | os.PathLike):
        raise TypeError(f"'source' must be a string or a path, got {source!r}.")
    path = os.fsdecode(source)
    try:
        text = read_file(path)
    except ProcessFileError as error:
        raise BehaviourError(path, error.problems) from None
    return parse_parts(text, path), path, text


def parse_parts(text: str, source: str) -> Arguments:
    """
    Return the parts that *text* says.

    Raises:
        BehaviourError: If it does not hold together, with every problem.
    """
    text = text.removeprefix("\ufeff")
    notes = Notes()
    found = FILE.read(notes, (), _parsed(text, source))
    # What cannot be read has a stand-in, so that the parts are tried as well.
    parts = _built(notes, found)
    if notes.flaws:
        raise located(source, text, notes.flaws)
    return parts


def _parsed(text: str, source: str) -> dict[str, Any]:
    try:
        return parse_toml(text)
    except Unreadable as error:
        raise BehaviourError(source, (error.as_problem(text),)) from None


def _built(notes: Notes, found: dict[str, Any]) -> Arguments:
    """Return the parts that were read, made into what they are; what cannot be is noted."""
    parts: Arguments = {}
    for key, value in found.items():
        if key == "format":
            continue
        if key not in PARTS:
            parts[key] = value
        elif key in _IN_ROWS:
            made = (
                _made(notes, _row(key, number, row), key, row) for number, row in enumerate(value)
            )
            parts[key] = tuple(each for each in made if each is not None)
        else:
            parts[key] = _made(notes, (key,), key, value)
    return {key: value for key, value in parts.items() if value is not None}


_IN_ROWS = ("stages", "facts", "holds", "overrides")


def _row(key: str, number: int, row: dict[str, Any]) -> Path:
    return (key, row["id"]) if key == "stages" else (key, number)


def _made(notes: Notes, path: Path, key: str, said: dict[str, Any]) -> Any:  # noqa: ANN401 - any part
    try:
        return PARTS[key](**said)
    except (TypeError, ValueError) as error:
        if not any(spoiled[: len(path)] == path for spoiled in notes.spoiled):
            notes.wrong(path, str(error))
        return None


def located(source: str, text: str, flaws: list[Flaw]) -> BehaviourError:
    """Return the error with every flaw at its place in the text, in the order of the file."""
    place = locate(text)
    problems = []
    for found in flaws:
        at = place.key(found.path) if found.is_key else place.value(found.path)
        problems.append(found.as_problem(*at))
    problems.sort(key=lambda problem: (problem.line, problem.column))
    return BehaviourError(source, tuple(dict.fromkeys(problems)))


def dump_parts(behaviour: Parts) -> str:
    """Return a behaviour as a TOML file; what is as if unsaid is left out."""
    blocks = [
        toml_lines({"format": FORMAT, **({"title": behaviour.title} if behaviour.title else {})})
    ]
    blocks += _blocks(behaviour)
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _blocks(behaviour: Parts) -> Iterator[list[str]]:
    for field in FILE.fields:
        value, reader = getattr(behaviour, field.key, None), field.reader
        if field.key in ("format", "title") or not value:
            continue
        if field.key == "owners":
            yield ["[owners]", *toml_lines(_plain(reader.write(value)))]
        elif isinstance(reader, Keyed):
            for life in value:
                row = _written(reader.row, life, StageLife)
                yield [f"[stages.{life.stage}]", *toml_lines(row)]
        elif isinstance(reader, ListOf):
            for item in value:
                yield [f"[[{field.key}]]", *toml_lines(_written(reader.item, item, type(item)))]
        elif field.key != "arrivals" or value != Arrivals():
            yield [f"[{field.key}]", *toml_lines(_written(reader, value, type(value)))]


def _written(table: Any, value: Any, model: type) -> dict[str, Any]:  # noqa: ANN401 - any part
    """Return a part as a file says it; what is as if unsaid is left out."""
    defaults = defaults_of(model)
    found = {}
    for field in table.fields:
        own = getattr(value, field.key)
        if own is not None and (field.required or own != defaults[field.key]):
            found[field.key] = _plain(field.reader.write(own))
    return found


def _plain(value: Any) -> Any:  # noqa: ANN401 - as TOML has it
    """Return what TOML can hold: amounts as whole numbers or text."""
    match value:
        case Decimal():
            return int(value) if value == int(value) else str(value)
        case dt.datetime():
            return value.astimezone(dt.UTC)
        case list() | tuple():
            return [_plain(item) for item in value]
        case dict():
            return {key: _plain(item) for key, item in value.items()}
        case _:
            return value

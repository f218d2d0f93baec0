"""
Loading a process: from the catalog, a file, or text.

Bytes are limited, then the text is guarded, then parsed, then read, then checked; everything wrong
from reading onwards is reported at once, each problem with its line and column.
"""

from __future__ import annotations

import importlib.resources
import itertools
import os
import pathlib
from collections.abc import Iterable

import attrs

from salesflow.errors import Problem, ProcessFileError
from salesflow.process import checks_time
from salesflow.process.flaws import Flaw, without_echoes
from salesflow.process.locate import lines_of, locate, place_of
from salesflow.process.model import Process, checked
from salesflow.process.names import did_you_mean, listed, shown
from salesflow.process.scalars import Notes
from salesflow.process.schema import FORMAT_NUMBER, read_document
from salesflow.process.text_limits import LARGEST_FILE, Unreadable
from salesflow.process.toml_text import parse_toml
from salesflow.process.validate import find

MOST_PROBLEMS = 200
"""Problems that are reported at once: a file of the largest size could have twenty thousand."""


def load_process(source: str | os.PathLike[str]) -> Process:
    """
    Load a process.

    Args:
        source: The name of a built-in process (`catalog_names`), the path of a file (a path object,
            or a string with a folder or an ending, such as ``.toml``), or the text itself (a string
            with a newline in it).

    Raises:
        ProcessFileError: If it cannot be read or is not valid, with every problem.
        TypeError: If *source* is neither a string nor a path.
    """
    if isinstance(source, os.PathLike):
        return _from_file(os.fsdecode(source))
    if not isinstance(source, str):
        raise TypeError(f"'source' must be a string or a path, got {shown(source)}.")
    if "\n" in source:
        return parse_process(source)
    if names_file(source):
        return _from_file(source)
    return parse_process(catalog_text(source), source)


def names_file(source: str) -> bool:
    """
    Return whether a string means a file rather than a built-in process.

    >>> names_file("proc.txt"), names_file("ours/proc"), names_file("six-step")
    (True, True, False)
    """
    path = pathlib.PurePath(source)
    return bool(path.suffix) or len(path.parts) > 1


def catalog_names() -> tuple[str, ...]:
    """Return the names of the built-in processes."""
    folder = importlib.resources.files("salesflow.process").joinpath("catalog")
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(n.removesuffix(".toml") for n in names if n.endswith(".toml")))


def catalog_text(name: str) -> str:
    """
    Return the text of a built-in process, comments and all: a file to start from.

    Raises:
        ProcessFileError: If there is none of that name.
    """
    known = catalog_names()
    if name not in known:
        hint = did_you_mean(name, known) or f"; known: {listed(known)}"
        message = f"no built-in process is named {shown(name)}{hint}"
        raise ProcessFileError(name, (Problem("", message),))
    folder = importlib.resources.files("salesflow.process").joinpath("catalog")
    return folder.joinpath(f"{name}.toml").read_text(encoding="utf-8")


def parse_process(text: str, source: str = "<text>") -> Process:
    """
    Return the process that *text* says.

    Args:
        text: A process file.

        source: What to call it in messages.

    Raises:
        ProcessFileError: If it is not valid, with every problem.
    """
    # Some editors leave a byte order mark, which TOML does not mention.
    text = text.removeprefix("\ufeff")
    try:
        document = parse_toml(text)
    except Unreadable as error:
        raise ProcessFileError(source, (error.as_problem(text),)) from None
    notes = Notes()
    if "format" in document:
        FORMAT_NUMBER.read(notes, ("format",), document["format"])
    if notes.flaws:
        # Another format is another language: nothing else can be said about the file.
        raise _error(source, text, notes.flaws)
    definition = read_document(notes, document)
    found = [*itertools.islice(find(definition), MOST_PROBLEMS + 1)]
    if "calendar" not in document:
        found += checks_time.zone(definition)
    flaws = [*notes.flaws, *without_echoes(found, notes.spoiled)]
    if flaws:
        raise _error(source, text, flaws)
    return checked(definition)


def _error(source: str, text: str, flaws: Iterable[Flaw]) -> ProcessFileError:
    """Return the error with every flaw as a problem at its place, in the order of the file."""
    located = locate(text)
    problems = []
    for flaw in flaws:
        place = located.key(flaw.path) if flaw.is_key else located.value(flaw.path)
        problems.append(flaw.as_problem(*place))
    problems.sort(key=lambda problem: (problem.line, problem.column))
    told = tuple(dict.fromkeys(problems))
    if len(told) > MOST_PROBLEMS:
        more = f"more than {MOST_PROBLEMS} problems; fix these first to see the rest"
        told = (*told[:MOST_PROBLEMS], attrs.evolve(told[MOST_PROBLEMS], path="", message=more))
    return ProcessFileError(source, told)


def _from_file(path: str) -> Process:
    return parse_process(read_file(path), path)


def read_file(path: str) -> str:
    """
    Return the text of a process file, with its line ends as they are.

    Raises:
        ProcessFileError: If it cannot be read, is too large, or is not UTF-8.
    """
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - takes whatever a path can be
            # One byte more than allowed distinguishes a file that is too large from one that fits.
            data = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ProcessFileError(path, (Problem("", f"cannot be read: {reason}"),)) from error
    if len(data) > LARGEST_FILE:
        message = f"larger than {LARGEST_FILE:,} bytes, the most that is read"
        raise ProcessFileError(path, (Problem("", message, 1, 1),))
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        message = f"this is not UTF-8: byte 0x{data[error.start]:02X}. Save the file as UTF-8"
        problem = Problem("", message, *place_of(lines_of(before), len(before)))
        raise ProcessFileError(path, (problem,)) from None

"""
Reading and writing XES, the XML form of event logs (IEEE 1849).

The reader takes one pass and keeps one trace at a time. What is no XES is refused, and so is a
document type: XES has none, and entities that multiply are the usual way to make a small file
fill the memory.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, cast
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from salesflow.errors import LogError
from salesflow.history.extras import pl
from salesflow.history.reading.event_files import opened

CASE = "case:"
"""Stands before the names of what is said of a whole trace."""

_ATTRIBUTES = frozenset({"string", "date", "int", "float", "boolean", "id"})
_CHUNK = 1 << 16
_GZIP = b"\x1f\x8b"


def read_xes(path: str | os.PathLike[str]) -> pl.DataFrame:
    """
    Read an XES file, as it is or compressed with gzip: one row for each event.

    All of it is text, but for what is always a ``float``. What is said of a trace stands on each of
    its rows, in columns that begin with ``case:``. What is nested deeper than that is not read.

    Raises:
        LogError: If it cannot be read, or is no XES.
    """
    source = os.fsdecode(path)
    reader = _Reader()
    try:
        with _opened(source) as file:
            while chunk := file.read(_CHUNK):
                reader.feed(chunk)
        reader.close()
    except (OSError, EOFError) as error:
        why = getattr(error, "strerror", None) or error
        raise LogError(source, (f"cannot be read: {why}",)) from error
    except (_NotXesError, expat.ExpatError) as error:
        raise LogError(source, (f"line {reader.line}: {error}",)) from None
    frame = pl.DataFrame(reader.columns, schema=dict.fromkeys(reader.columns, pl.String))
    return frame.with_columns(*(_numbers(frame[name]) for name in reader.floats))


def _numbers(texts: pl.Series) -> pl.Series:
    """Return texts as the numbers that they are to be, or, if one of them is none, as they are."""
    numbers = texts.cast(pl.Float64, strict=False)
    return numbers if numbers.null_count() == texts.null_count() else texts


def _opened(source: str) -> IO[bytes]:
    with Path(source).open("rb") as file:
        is_packed = file.read(2) == _GZIP
    if not is_packed:
        return Path(source).open("rb")
    packed: Any = gzip.open(source)  # noqa: SIM115 - the caller closes it
    return cast("IO[bytes]", packed)


class _NotXesError(Exception):
    """What is read is not XES."""


class _Reader:
    """Events as they come, in columns of texts."""

    def __init__(self) -> None:
        self.columns: dict[str, list[str | None]] = {}
        self._is_float: dict[str, bool] = {}
        self._rows = 0
        self._path: list[str] = []
        self._trace: dict[str, str] = {}
        self._events: list[dict[str, str]] = []
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._refuse

    @property
    def floats(self) -> list[str]:
        """The columns of whose values each was called a float."""
        return [name for name in self.columns if self._is_float[name]]

    @property
    def line(self) -> int:
        """The line that is being read."""
        return self._parser.CurrentLineNumber

    def feed(self, chunk: bytes) -> None:
        """Read some more."""
        self._parser.Parse(chunk, False)  # noqa: FBT003 - by position only

    def close(self) -> None:
        """Read to the end."""
        self._parser.Parse(b"", True)  # noqa: FBT003 - by position only

    def _refuse(self, *_: object) -> None:
        raise _NotXesError(
            "a document type, which XES does not have: its entities could fill the memory"
        )

    def _start(self, tag: str, said: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if not self._path and name != "log":
            raise _NotXesError(f"<{tag}>, expected <log>, the root of every XES")
        match self._path:
            case ["log", "trace"] if name == "event":
                self._events.append({})
            case ["log", "trace"] if name in _ATTRIBUTES:
                self._note(self._trace, CASE, tag, said)
            case ["log", "trace", "event"] if name in _ATTRIBUTES:
                self._note(self._events[-1], "", tag, said)
        self._path.append(name)

    def _note(self, into: dict[str, str], prefix: str, tag: str, said: dict[str, str]) -> None:
        if "key" not in said or "value" not in said:
            raise _NotXesError(f"<{tag}> without key and value")
        column = prefix + said["key"]
        into[column] = said["value"]
        self._is_float[column] = self._is_float.get(column, True) and tag.endswith("float")

    def _end(self, _: str) -> None:
        if self._path == ["log", "trace"]:
            for event in self._events:
                self._add({**event, **self._trace})
            self._trace, self._events = {}, []
        self._path.pop()

    def _add(self, row: Mapping[str, str]) -> None:
        for name in row.keys() - self.columns.keys():
            self.columns[name] = [None] * self._rows
        for name, column in self.columns.items():
            column.append(row.get(name))
        self._rows += 1


MARK = "salesflow:"
"""Stands before the names of what our own events say."""
OWN = frozenset({f"{MARK}type", f"{MARK}id", f"{CASE}concept:name", "time:timestamp"})
"""The columns of a file that `write_xes` wrote."""


def own_columns(frame: pl.DataFrame) -> pl.DataFrame:
    """Return what `write_xes` wrote as a table of events."""
    names = {name: name.removeprefix(MARK) for name in frame.columns if name.startswith(MARK)}
    names |= {f"{CASE}concept:name": "deal", "time:timestamp": "occurred_at", "org:resource": "by"}
    there = {name: own for name, own in names.items() if name in frame.columns}
    return frame.select(list(there)).rename(there)


HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xmlns="http://www.xes-standard.org/"> <extension name="Concept"
  prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/> <extension name="Time"
  prefix="time" uri="http://www.xes-standard.org/time.xesext"/> <extension name="Organizational"
  prefix="org" uri="http://www.xes-standard.org/org.xesext"/> <extension name="Lifecycle"
  prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
"""


def write_xes(path: str | os.PathLike[str], traces: Iterable[tuple[str, Iterable[Any]]]) -> None:
    """
    Write a XES file, compressed if its name ends in ``.gz``.

    Args:
        path: Where.

        traces: The id of each deal, and the rows of its events (`columns.row_of_event`).
    """
    with opened(os.fsdecode(path), "wt") as file:
        file.write(HEAD)
        for deal, rows in traces:
            file.writelines(_trace(deal, rows))
        file.write("</log>\n")


def _trace(deal: str, rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    yield "  <trace>\n"
    yield _line(4, "string", "concept:name", deal)
    for row in rows:
        yield "    <event>\n"
        yield _line(6, "string", "concept:name", _activity(row))
        yield _line(6, "date", "time:timestamp", row["occurred_at"].isoformat())
        yield _line(6, "string", "lifecycle:transition", "complete")
        if row.get("by") is not None:
            yield _line(6, "string", "org:resource", row["by"])
        for name, value in row.items():
            if value is not None and name not in {"deal", "occurred_at", "by"}:
                yield _line(6, *_typed(f"{MARK}{name}", value))
        yield "    </event>\n"
    yield "  </trace>\n"


def _activity(row: Mapping[str, Any]) -> str:
    """Return what happened in the words of process mining: the stage, the kind, or the type."""
    return str(row.get("stage") or row.get("kind") or row["type"])


def _typed(key: str, value: Any) -> tuple[str, str, str]:  # noqa: ANN401 - of whatever type a column has
    if isinstance(value, int):
        return "int", key, str(value)
    if hasattr(value, "isoformat"):
        return "date", key, value.isoformat()
    return "string", key, value


def _line(indent: int, tag: str, key: str, value: str) -> str:
    return f"{' ' * indent}<{tag} key={quoteattr(key)} value={quoteattr(_sound(value))}/>\n"


def _sound(value: str) -> str:
    """Return a text without the characters that XML cannot hold in any way."""
    return "".join(c for c in value if c >= " " or c in "\t\n\r")

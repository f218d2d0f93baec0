"""Writing a process as a file that people like to read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from salesflow.given import given
from salesflow.process.definition import Definition
from salesflow.process.schema import to_document

WIDTH = 100
"""The length to which lines are broken where possible."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")
# XML, in which an export contains the file, knows no U+FFFE and U+FFFF.
_ESCAPES = {
    "\\": "\\\\",
    '"': '\\"',
    "\n": "\\n",
    "\t": "\\t",
    "\ufffe": "\\uFFFE",
    "\uffff": "\\uFFFF",
}
_LISTS = ("stages", "moves", "contact_gaps", "timers", "plays")


def dump_process(process: Definition) -> str:
    """
    Return *process* as a TOML file; loading it gives an equal process.

    Values that equal their defaults are left out. Comments of a file that the process was loaded
    from are not part of it and are lost.
    """
    given("process", process, Definition)
    document = to_document(process)
    blocks = [_pairs({"format": document.pop("format")})]
    for key, value in document.items():
        if key in _LISTS:
            blocks += [[f"[[{key}]]", *_pairs(row)] for row in value]
        elif key == "calendar":
            blocks += _sections(key, value)
        elif key == "calendars":
            for name, table in value.items():
                blocks += _sections(f"{key}.{_key(name)}", table)
        elif key == "touches":
            blocks += [[f"[touches.{_key(name)}]", *_pairs(row)] for name, row in value.items()]
        else:
            blocks.append([f"[{key}]", *_pairs(value)])
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def toml_lines(table: dict[str, Any]) -> list[str]:
    """Return the keys and values of a table as lines of TOML; inner tables stand on one line."""
    return _pairs(table)


def _sections(name: str, table: dict[str, Any]) -> Iterator[list[str]]:
    """Yield a table and the tables in it that are too long for a line, each under its header."""
    long = {k: v for k, v in table.items() if isinstance(v, dict) and len(_inline(v)) > WIDTH}
    yield [f"[{name}]", *_pairs({k: v for k, v in table.items() if k not in long})]
    for key, inner in long.items():
        yield from _sections(f"{name}.{_key(key)}", inner)


def _pairs(table: dict[str, Any]) -> list[str]:
    lines = []
    for key, value in table.items():
        line = f"{_key(key)} = {_inline(value)}"
        if len(line) > WIDTH and isinstance(value, list):
            line = "\n".join([f"{_key(key)} = [", *(f"  {_inline(item)}," for item in value), "]"])
        lines.append(line)
    return lines


def _inline(value: object) -> str:
    """Return a value on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        pairs = ", ".join(f"{_key(key)} = {_inline(inner)}" for key, inner in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_inline, value))}]"
    return str(value)  # int, float and dates are written the same way in both languages


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _text(key)


def _text(text: str) -> str:
    # Gates quote their values: single quotes around them save the backslashes.
    if '"' in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    return '"' + "".join(_ESCAPES.get(character, character) for character in text) + '"'

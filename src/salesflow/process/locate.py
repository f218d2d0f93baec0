"""
The positions of things in a TOML text: line and column of every key and every value.

`tomllib` gives values without positions. This pass over the same text finds the positions. It is
used only on text that `tomllib` has accepted, so it does not look for errors.
"""

from __future__ import annotations

import bisect
import re
import tomllib
from typing import NamedTuple

import attrs

from salesflow.process.flaws import Path

_BLANK = re.compile(r"[ \t]*")
_BETWEEN = re.compile(r"(?:[ \t\n]|\#[^\n]*)*")
_KEY_PART = re.compile(r"[A-Za-z0-9_-]+|\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'")
STRING = re.compile(
    r"\"\"\"(?:[^\"\\]|\\.|\"(?!\"\"))*+\"{3,5}"
    r"|'''(?:[^']|'(?!''))*+'{3,5}"
    r"|\"(?:[^\"\\\n]|\\.)*+\""
    r"|'[^'\n]*'",
    re.DOTALL,
)
# A date and a time may have one blank between them.
_BARE = re.compile(r"[^\s,\]}\#]+(?:[ ][0-9]{2}:[^\s,\]}\#]+)?")


class Place(NamedTuple):
    """A place in a text, counted from 1, in characters."""

    line: int
    column: int


@attrs.frozen
class Located:
    """
    The places of everything in a text.

    Args:
        keys: By path, where the key begins; for an item of a list, where the item begins.

        values: By path, where the value begins; for a table with a header, the header.

        ends: By path, where the value ends; tables with a header have no end.

        lines: The offset of every line.
    """

    keys: dict[Path, int]
    values: dict[Path, int]
    ends: dict[Path, int]
    lines: list[int]

    def place(self, offset: int) -> Place:
        """Return the line and column of an offset in the text."""
        return place_of(self.lines, offset)

    def key(self, path: Path) -> Place:
        """Return where the key of *path* begins, or of what is around it if it is not there."""
        return self._nearest(self.keys, path)

    def value(self, path: Path) -> Place:
        """Return where the value at *path* begins, or of what is around it if it is not there."""
        return self._nearest(self.values, path)

    def _nearest(self, offsets: dict[Path, int], path: Path) -> Place:
        while path and path not in offsets:
            path = path[:-1]
            offsets = self.values
        return self.place(offsets[path] if path else 0)


def locate(text: str) -> Located:
    """
    Return where everything stands in *text*, which `tomllib` accepts.

    Lines may end in LF or CRLF.
    """
    return _Pass(text.replace("\r\n", "\n")).run()


def lines_of(text: str) -> list[int]:
    """Return the offset of every line of *text*."""
    return [0, *(found.end() for found in re.finditer("\n", text))]


def place_of(lines: list[int], offset: int) -> Place:
    """Return the line and column of an offset, given the offsets of all lines."""
    line = bisect.bisect_right(lines, offset)
    return Place(line, offset - lines[line - 1] + 1)


class _Pass:
    """One pass over a text; ``at`` is where it is."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.keys: dict[Path, int] = {}
        self.values: dict[Path, int] = {}
        self.ends: dict[Path, int] = {}
        self.sizes: dict[Path, int] = {}  # of the lists of tables that are made by headers

    def run(self) -> Located:
        table: Path = ()
        self.skip(_BETWEEN)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)
            self.skip(_BETWEEN)
        return Located(self.keys, self.values, self.ends, lines_of(self.text))

    def skip(self, pattern: re.Pattern[str]) -> str:
        """Go past what *pattern* matches here, and return it."""
        found = pattern.match(self.text, self.at)
        if found is None:
            return ""
        self.at = found.end()
        return found[0]

    def header(self) -> Path:
        """Read ``[a.b]`` or ``[[a.b]]`` and return the table that it opens."""
        start = self.at
        is_list = self.text.startswith("[[", start)
        self.at += 2 if is_list else 1
        parts = self.key_parts()
        self.at += 2 if is_list else 1
        path: Path = ()
        for place, (name, offset) in enumerate(parts, 1):
            path = (*path, name)
            is_last = place == len(parts)
            self.note(path, offset, start, is_new=is_last and not is_list)
            if is_last and is_list:
                self.sizes[path] = self.sizes.get(path, 0) + 1
            if path in self.sizes:
                path = (*path, self.sizes[path] - 1)
                self.note(path, offset, start, is_new=False)
        return path

    def note(self, path: Path, key: int, value: int, *, is_new: bool) -> None:
        """Note where *path* stands; a header beats what was only passed through."""
        if is_new or path not in self.keys:
            self.keys[path] = key
            self.values[path] = value

    def pair(self, table: Path) -> None:
        """Read ``a.b = value``."""
        path = table
        offset = self.at
        for name, offset in self.key_parts():
            path = (*path, name)
            self.note(path, offset, offset, is_new=False)
        self.at += 1  # the equals sign
        self.skip(_BLANK)
        self.values[path] = self.at
        self.value(path)

    def key_parts(self) -> list[tuple[str, int]]:
        """Read ``a."b".c`` and return each part and where it begins; stop after the blanks."""
        parts = []
        while True:
            self.skip(_BLANK)
            offset = self.at
            parts.append((_unquoted(self.skip(_KEY_PART)), offset))
            self.skip(_BLANK)
            if not self.text.startswith(".", self.at):
                return parts
            self.at += 1

    def value(self, path: Path) -> None:
        """Read a value."""
        start = self.text[self.at]
        if start == "[":
            self.items(path)
        elif start == "{":
            self.inline_table(path)
        else:
            self.skip(STRING if start in "\"'" else _BARE)
        self.ends[path] = self.at

    def items(self, path: Path) -> None:
        """Read the items of a list."""
        self.at += 1
        index = 0
        self.skip(_BETWEEN)
        while not self.text.startswith("]", self.at):
            item = (*path, index)
            self.keys[item] = self.values[item] = self.at
            self.value(item)
            index += 1
            self.skip(_BETWEEN)
            if self.text.startswith(",", self.at):
                self.at += 1
                self.skip(_BETWEEN)
        self.at += 1

    def inline_table(self, path: Path) -> None:
        """Read the pairs of an inline table."""
        self.at += 1
        self.skip(_BETWEEN)
        while not self.text.startswith("}", self.at):
            self.pair(path)
            self.skip(_BETWEEN)
            if self.text.startswith(",", self.at):
                self.at += 1
                self.skip(_BETWEEN)
        self.at += 1


def _unquoted(part: str) -> str:
    if part[:1] not in ("'", '"'):
        return part
    value: str = tomllib.loads(f"part = {part}")["part"]
    return value

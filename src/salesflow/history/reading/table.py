"""A table that is read: its columns as texts, and where its rows stand."""

from __future__ import annotations

import attrs

from salesflow.errors import LogError
from salesflow.history.extras import Ints, np, pl
from salesflow.history.reading.coded import Coded, coded, coded_numbers
from salesflow.history.reading.csv_files import lines_of, without_columns
from salesflow.history.reading.mapping import FactColumn, Mapping, Reading, Sheet
from salesflow.history.reading.quality import Example

_WHOLE = (pl.Int64, pl.Int32, pl.Int16, pl.Int8, pl.UInt32, pl.UInt16, pl.UInt8)
"""Numbers that need no text to be told apart."""


@attrs.frozen(eq=False)
class Table:
    """
    One table of a history.

    Args:
        name: What the mapping calls it; empty: it is the only one.

        frame: Its rows.

        sheet: How they are read.

        numbers: Where each of them stands in its source, counted from 0.

        has_lines: Whether they stand on the lines of a file.
    """

    name: str
    frame: pl.DataFrame
    sheet: Sheet
    numbers: Ints
    has_lines: bool
    _texts: dict[str, pl.Series] = attrs.field(factory=dict, init=False)
    _codes: dict[str, Coded] = attrs.field(factory=dict, init=False)

    def text(self, column: str | None) -> pl.Series:
        """Return a column as texts; None: one in which nothing is said."""
        if column is None:
            return pl.Series([None], dtype=pl.String).new_from_index(0, len(self.frame))
        if column not in self._texts:
            self._texts[column] = as_text(self.frame[column])
        return self._texts[column]

    def coded(self, column: str) -> Coded:
        """Return a column as numbers, by its distinct texts."""
        if column not in self._codes:
            cells = self.frame[column]
            is_plain = cells.dtype in _WHOLE and not cells.null_count()
            self._codes[column] = coded_numbers(cells) if is_plain else coded(self.text(column))
        return self._codes[column]

    def says(self, fact: FactColumn, reading: Reading) -> bool:
        """Return whether a reading of its rows tells a fact."""
        if fact.column not in self.frame.columns:
            return False
        if fact.at is None:
            return reading is self.sheet.readings[0]
        return reading.at == fact.at

    def example(self, row: int, text: str) -> Example:
        """Return a row of it, with what is to be shown."""
        if self.has_lines:
            [line] = lines_of(self.frame, [row])
            path = f"{self.name} line {line}" if self.name else ""
            return Example(line=line, path=path, text=text)
        number = int(self.numbers[row]) + 1
        return Example(line=number, path=f"{self.name} row {number}".strip(), text=text)


def tables_of(
    frames: dict[str, pl.DataFrame], mapping: Mapping, source: str, *, has_lines: bool
) -> tuple[Table, ...]:
    """
    Return frames as tables.

    Args:
        frames: By the names that the mapping gives them; the only one has none.

        mapping: How they are read.

        source: For messages.

        has_lines: Whether their rows stand on the lines of files.

    Raises:
        LogError: If a table or a column is missing, or nobody asks for a table.
    """
    numbers = {name: _numbers(frame) for name, frame in frames.items()}
    frames = {n: f.drop(ROW) if ROW in f.columns else f for n, f in frames.items()}
    wanted = mapping.sheets
    separator = mapping.separator if has_lines else None
    if not wanted:
        problem = "the mapping has no [columns] and no [tables]: it says nothing about a file"
        raise LogError(source, (problem,))
    problems = [
        f"no table {name!r}, which the mapping reads" for name in wanted if name not in frames
    ]
    problems += [f"table {name!r} is not in the mapping" for name in frames if name not in wanted]
    for name, sheet in wanted.items():
        if name in frames:
            where = f"table {name!r}: " if name else ""
            said = without_columns(frames[name].columns, sheet.used_columns, separator)
            problems += [where + text for text in said]
    if not problems:
        every = [column for frame in frames.values() for column in frame.columns]
        facts = [fact.column for fact in mapping.facts.values()]
        problems += without_columns(every, facts, separator)
    if problems:
        raise LogError(source, tuple(dict.fromkeys(problems)))
    return tuple(
        Table(name, frames[name], sheet, numbers[name], has_lines) for name, sheet in wanted.items()
    )


ROW = "salesflow row"
"""The column that says where a row stands in its source, where only some of its rows are read."""


def _numbers(frame: pl.DataFrame) -> Ints:
    if ROW in frame.columns:
        return frame[ROW].to_numpy().astype(np.int64)
    return np.arange(len(frame), dtype=np.int64)


def as_text(column: pl.Series) -> pl.Series:
    """
    Return a column as the texts that a file of it would have.

    Whole numbers that are kept as fractions, as where some of them are missing, are whole numbers.

    Raises:
        LogError: If it holds what is not text, such as lists.
    """
    if column.dtype == pl.String:
        return column
    if column.dtype.is_float():
        column = column.fill_nan(None)
        if ((column == column.floor()) & (column.abs() < 2**53)).all():
            column = column.cast(pl.Int64)
    if column.dtype.is_nested() or column.dtype in (pl.Object, pl.Binary):
        problem = f"column {column.name!r} holds {column.dtype}, expected one value in a cell"
        raise LogError("frame", (problem,))
    return column.cast(pl.String)

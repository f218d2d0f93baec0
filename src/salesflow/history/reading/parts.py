"""What the rows of a table say by one reading, as columns of texts."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from salesflow.history.extras import Ints, np, pl
from salesflow.history.reading.coded import Coded, coded
from salesflow.history.reading.mapping import Mapping, Reading
from salesflow.history.reading.table import Table


@attrs.frozen(eq=False)
class Part:
    """
    What the rows of one table say by one reading.

    Args:
        table: The table.

        reading: The reading.

        number: Of the reading.

        first: How many rows the tables before have.

        place: Of the table among them.
    """

    table: Table
    reading: Reading
    number: int
    first: int
    place: int

    def __len__(self) -> int:
        return len(self.table.frame)


def parts_of(tables: Iterable[Table]) -> tuple[Part, ...]:
    """Return what tables say, table by table and reading by reading."""
    parts, first = [], 0
    for place, table in enumerate(tables):
        for number, reading in enumerate(table.sheet.readings):
            parts.append(Part(table, reading, number, first, place))
        first += len(table.frame)
    return tuple(parts)


_MOST_ROWS = 1 << 40
"""More than a table has: rows of a later table come later, however many the earlier ones have."""


def order_of(part: Part, readings: int) -> Ints:
    """Return the order of what a part says: by table, row and reading."""
    return part.table.numbers * readings + (part.place * _MOST_ROWS * readings + part.number)


def values_of(part: Part, mapping: Mapping) -> pl.Series:
    """Return what happened, as text: of several columns what they say, without empty cells."""
    if not part.reading.what:
        said = pl.Series([part.reading.value], dtype=pl.String)
        return said.new_from_index(0, len(part))
    texts = [part.table.text(name) for name in part.reading.what]
    if len(texts) == 1:
        return texts[0].rename("")
    told = [column.replace("", None) for column in texts]
    joined = pl.concat_str(told, separator=mapping.joined_with, ignore_nulls=True)
    return pl.select(joined).to_series().rename("")


def shared(parts: tuple[Part, ...], name: str) -> Coded:
    """Return a column by statement; one of empty texts if no table has it."""
    first = parts[0].table
    column = getattr(first.sheet.columns, name)
    if column is not None and all(part.table is first for part in parts):
        told = first.coded(column)
        # Each reading goes over the same rows.
        return Coded(np.tile(told.code, len(parts)), told.texts) if len(parts) > 1 else told
    texts = texts_of(parts, name)
    if texts is None:
        return Coded(np.zeros(sum(map(len, parts)), dtype=np.int8), ("",))
    return coded(texts)


def texts_of(parts: tuple[Part, ...], name: str) -> pl.Series | None:
    """Return a column that all readings of a row share, by statement; None: no table has it."""
    columns = [getattr(part.table.sheet.columns, name) for part in parts]
    if not any(columns):
        return None
    said = zip(parts, columns, strict=True)
    return pl.concat([part.table.text(column).rename("") for part, column in said])

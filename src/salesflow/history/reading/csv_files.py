"""A file as a frame of texts, and where its rows stand."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from salesflow.errors import LogError
from salesflow.history.extras import pl
from salesflow.history.reading.mapping import Mapping
from salesflow.process.names import did_you_mean, listed, shown


def read_csv(path: str | os.PathLike[str], mapping: Mapping) -> pl.DataFrame:
    """
    Read a CSV file, as it is or compressed with gzip, with every cell as text.

    Raises:
        LogError: If it cannot be read.
    """
    source = os.fsdecode(path)
    try:
        # No cell is guessed at: what a text means is the mapping's business. Nor is a name a
        # pattern, as ``export[1].csv`` would be.
        frame = pl.read_csv(source, separator=mapping.separator, infer_schema=False, glob=False)
        # polars leaves quotes in a title doubled, and no others.
        frame = frame.rename({name: name.replace('""', '"') for name in frame.columns})
    except (OSError, pl.exceptions.PolarsError) as error:
        raise LogError(source, (f"cannot be read: {_why(error, source, mapping)}",)) from error
    if frame.columns and frame.columns[0].startswith(_SEP):
        raise LogError(source, (f"cannot be read: {_FOR_EXCEL}",))
    if any("\0" in name for name in frame.columns):
        raise LogError(source, (f"cannot be read: {_NOT_UTF_8}",))
    return frame


_SEP = "sep="
_FOR_EXCEL = "its first line (sep=…) is for Excel only. Remove it"
_NOT_UTF_8 = "it is not in UTF-8. Save it as UTF-8 (in Excel: CSV UTF-8)"


def without_columns(
    there: Sequence[str], wanted: Iterable[str], separator: str | None
) -> list[str]:
    """
    Return what is to be said of the columns that are not there.

    Args:
        there: The columns.

        wanted: Those that are read.

        separator: What stands between the columns of a file. None: it is no such file.
    """
    wanted = tuple(wanted)
    missing = [name for name in wanted if name not in there]
    if missing and len(there) == 1 and separator is not None:
        return [_one_column(there[0], separator)]
    # A name that stands in a file once more is made different when it is read.
    twice = [name for name in wanted if separator is not None and f"{name}_duplicated_0" in there]
    return [_missing(name, there) for name in missing] + [_twice(name) for name in twice]


def _why(error: Exception, source: str, mapping: Mapping) -> str:
    """Return in one line why a file cannot be read, with what helps."""
    said = str(error).splitlines()[0] if str(error) else type(error).__name__
    if isinstance(error, OSError):
        # What follows is the name of the file, which stands in front already.
        return said.partition(" (os error")[0]
    if "utf-8" in said:
        return _NOT_UTF_8
    if isinstance(error, pl.exceptions.NoDataError):
        return "it is empty"
    if "found more fields" in said:
        if _begins_for_excel(source):
            return _FOR_EXCEL
        return (
            f"a row has more cells than the first line has columns. Say in [file] what stands "
            f"between the cells (separator, here {mapping.separator!r}), and quote cells that "
            "hold it"
        )
    return said


def _begins_for_excel(source: str) -> bool:
    """Return whether a file begins with the line by which Excel is told what separates cells."""
    with Path(source).open(encoding="utf-8-sig", errors="replace") as file:
        return file.read(len(_SEP)).lower() == _SEP


def _one_column(name: str, separator: str) -> str:
    return (
        f"one column only, {shown(name)}. Say in [file] what stands between the cells "
        f"(separator, here {separator!r})"
    )


def _twice(name: str) -> str:
    return f"several columns {name!r}: say which is meant, by another name in the file"


def _missing(name: str, columns: Sequence[str]) -> str:
    hint = did_you_mean(name, columns) or f"; it has: {listed(columns)}"
    return f"no column {name!r}{hint}"


def lines_of(frame: pl.DataFrame, rows: list[int]) -> list[int]:
    """
    Return the lines of the file on which some rows (at least one) begin, counted from 1.

    A cell may hold line breaks, so that a row takes several lines.
    """
    head = frame.head(max(rows) + 1)
    breaks = pl.sum_horizontal(pl.all().str.count_matches("\n", literal=True).fill_null(0))
    before = head.select(breaks.cum_sum().shift(1, fill_value=0)).to_series()
    in_header = sum(name.count("\n") for name in frame.columns)
    return [row + 2 + in_header + int(before[row]) for row in rows]

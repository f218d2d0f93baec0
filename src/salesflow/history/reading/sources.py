"""Where a history comes from: files of several formats, and the frames of any library."""

from __future__ import annotations

import datetime as dt
import os
import pathlib
import re
from collections.abc import Iterator
from collections.abc import Mapping as Named
from typing import Any

from salesflow.errors import LogError
from salesflow.history.extras import nw, pl
from salesflow.history.reading.table import ROW
from salesflow.process.names import shown

PARQUET = (".parquet", ".pq")
XES = (".xes", ".xes.gz")
EVENTS = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")

Path = str | os.PathLike[str]


def has_ending(path: Path, endings: tuple[str, ...]) -> bool:
    """Return whether a file is, by its name, of some format."""
    return os.fsdecode(path).lower().endswith(endings)


def named(source: Any) -> dict[str, Any]:  # noqa: ANN401 - one of what may be named, or several
    """Return the tables of a source by their names; the only one has none."""
    return dict(source) if isinstance(source, Named) else {"": source}


def parts_of(
    files: Named[str, Path], deals: Named[str, str], parts: int
) -> Iterator[dict[str, pl.DataFrame]]:
    """
    Yield the rows of Parquet files in parts, each with some of the deals and all of their rows.

    Args:
        files: The files of the tables by their names.

        deals: The column with the deal in each.

        parts: How many.

    Raises:
        LogError: If a file cannot be read.
    """
    for number in range(parts):
        frames = {}
        for name, path in files.items():
            try:
                frames[name] = _part(os.fsdecode(path), deals.get(name), number, parts)
            except (OSError, pl.exceptions.PolarsError) as error:
                said = str(error).splitlines()[0].partition(" (os error")[0]
                raise LogError(os.fsdecode(path), (f"cannot be read: {said}",)) from error
        yield frames


def is_pattern(path: str) -> bool:
    """Return whether a path means several files, such as ``*.parquet``, and is none by itself."""
    return not pathlib.Path(path).exists()


def _part(path: str, deal: str | None, number: int, parts: int) -> pl.DataFrame:
    """Return the rows of some deals, with where they stand in the file."""
    if parts == 1:
        return pl.read_parquet(path, glob=is_pattern(path))
    rows = pl.scan_parquet(path, row_index_name=ROW, glob=is_pattern(path))
    schema = rows.collect_schema()
    if deal is not None and deal in schema:
        rows = rows.filter(pl.col(deal).hash(seed=0) % parts == number)
    naive = [n for n, t in schema.items() if isinstance(t, pl.Datetime) and t.time_zone is None]
    dates = pl.scan_parquet(path, glob=is_pattern(path)).select(
        (pl.col(n).dt.truncate("1d") == pl.col(n)).all() for n in naive
    )
    found = dates.collect().row(0) if naive else ()
    # Whether a column without a zone holds dates is asked of the whole file, not of each part.
    texts = [n for n, is_date in zip(naive, found, strict=True) if not is_date]
    as_texts = pl.col(texts).dt.strftime("%Y-%m-%dT%H:%M:%S%.f")
    return rows.with_columns(as_texts).collect()


def as_polars(frame: Any) -> pl.DataFrame:  # noqa: ANN401 - of any library
    """
    Return the frame of any library that narwhals knows; what is lazy is computed.

    Raises:
        LogError: If it is not a frame, or it is not clear what a column holds.
    """
    if isinstance(frame, pl.DataFrame):
        return frame
    columns, problems = {}, []
    for column in _known(_with_index(frame)).iter_columns():
        name = str(column.name)
        try:
            columns[name] = _column(column)
        except (TypeError, ValueError) as error:
            said = str(error).partition("\n")[0]
            advice = f'Make them one, such as texts (frame[{name!r}].astype("string")), or drop it.'
            problems.append(f"column {name!r} holds values of several types: {said}. {advice}")
    if problems:
        raise LogError("frame", tuple(problems))
    return pl.DataFrame(columns)


def _with_index(frame: Any) -> Any:  # noqa: ANN401 - of any library
    """Return a frame of pandas with the named levels of its index as columns, as they are shown."""
    if not nw.dependencies.is_pandas_dataframe(frame):
        return frame
    names = [name for name in frame.index.names if name is not None and name not in frame.columns]
    return frame.reset_index(level=names) if names else frame


def _known(frame: Any) -> nw.DataFrame[Any]:  # noqa: ANN401 - of any library
    """
    Return a frame as narwhals sees it.

    Raises:
        LogError: If it is none, or names of columns repeat.
    """
    try:
        known = nw.from_native(frame)
    except TypeError:
        kind = " ".join(shown(frame).split())
        problem = f"got {kind}, expected a DataFrame (pandas, polars, pyarrow …)"
        raise LogError("frame", (problem,)) from None
    except nw.exceptions.DuplicateError as error:
        twice = ", ".join(re.findall(r"^- (.*)", str(error), re.MULTILINE))
        problem = f"several of its columns have one name ({twice}). Rename or drop them."
        raise LogError("frame", (problem,)) from None
    return known.collect() if isinstance(known, nw.LazyFrame) else known


def _column(column: nw.Series[Any]) -> pl.Series:
    """
    Return a column of any library.

    Raises:
        TypeError: If its values are of several types.
        ValueError: The same.
    """
    if column.dtype == nw.Object:
        # Converted together, those with a zone would lose it.
        times = (value for value in _values(column) if isinstance(value, dt.datetime))
        if len({time.tzinfo is None for time in times}) > 1:
            raise ValueError("times with and without a zone")
    try:
        return column.to_polars()
    except ImportError:
        # Without pyarrow pandas hands over one value after the other.
        return pl.Series(_values(column), strict=False)


def _values(column: nw.Series[Any]) -> list[Any]:
    """Return what stands in a column; None for whatever its library has where nothing does."""
    missing = column.is_null().to_list()
    return [None if is_not else v for v, is_not in zip(column.to_list(), missing, strict=True)]

"""Tables handed over to pandas and to files."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Literal

from salesflow.errors import MissingExtraError
from salesflow.history.extras import pl

if TYPE_CHECKING:
    import pandas as pd

Form = Literal["csv", "parquet", "json"]
FORMS: tuple[Form, ...] = ("csv", "parquet", "json")


def to_pandas(frame: pl.DataFrame) -> pd.DataFrame:
    """
    Return a frame as one of pandas: numbers as numpy has them, money as Decimal.

    Raises:
        MissingExtraError: If pandas is not installed.
    """
    try:
        import pandas as pd
    except ImportError:
        raise MissingExtraError("pandas", "pandas") from None
    return pd.DataFrame({column.name: _column(column, pd) for column in frame})


def _column(column: pl.Series, pandas: ModuleType) -> object:
    """Return a column as pandas takes it, without a detour over Arrow."""
    series = pandas.Series
    if column.dtype == pl.Datetime:
        naive = column.dt.replace_time_zone(None).to_numpy()
        return series(naive).dt.tz_localize("UTC")
    if column.dtype.is_numeric() and not column.dtype.is_decimal():
        return series(column.to_numpy())
    return series(column.to_list(), dtype="bool" if column.dtype == pl.Boolean else object)


def write_tables(
    tables: Mapping[str, pl.DataFrame], folder: str | os.PathLike[str], form: str
) -> tuple[Path, ...]:
    """
    Write tables to a folder, each to a file of its name; return the files.

    Raises:
        ValueError: If the form is not one of csv, parquet and json.
        OSError: If nothing can be written there.
    """
    if form not in FORMS:
        raise ValueError(f"form: {form!r}, expected one of {', '.join(FORMS)}")
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    files = []
    for name, frame in tables.items():
        path = place / f"{name}.{form}"
        if form == "csv":
            frame.write_csv(path, datetime_format="%Y-%m-%dT%H:%M:%S%.6f%:z")
        elif form == "parquet":
            frame.write_parquet(path)
        else:
            path.write_text(rows_json(frame), encoding="utf-8")
        files.append(path)
    return tuple(files)


def rows_json(frame: pl.DataFrame) -> str:
    """Return a frame as a JSON list of its rows: instants and money as text."""
    rows = (
        {name: value if _is_plain(value) else str(_iso(value)) for name, value in row.items()}
        for row in frame.iter_rows(named=True)
    )
    lines = ",\n".join(f"  {json.dumps(row)}" for row in rows)
    return f"[\n{lines}\n]\n" if lines else "[]\n"


def _is_plain(value: object) -> bool:
    return value is None or isinstance(value, (bool, int, float, str))


def _iso(value: object) -> object:
    return value.isoformat() if hasattr(value, "isoformat") else value

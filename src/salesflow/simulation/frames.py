"""Tables of a simulation as data frames of pandas and polars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from salesflow.errors import MissingExtraError

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

Table = Mapping[str, Any]
"""Columns by name, each a list or an array, all of one length; instants are in UTC."""


def polars_frame(table: Table) -> pl.DataFrame:
    """
    Return a table as a polars DataFrame; it is yours to change.

    Raises:
        MissingExtraError: If polars is not installed.
    """
    try:
        import polars as pl
    except ImportError:
        raise MissingExtraError("polars", "history") from None
    frame = pl.DataFrame(dict(table))
    instants = [name for name, kind in frame.schema.items() if kind == pl.Datetime]
    return frame.with_columns(pl.col(*instants).dt.replace_time_zone("UTC")) if instants else frame


def pandas_frame(table: Table) -> pd.DataFrame:
    """
    Return a table as a pandas DataFrame.

    Raises:
        MissingExtraError: If pandas is not installed.
    """
    try:
        import pandas as pd
    except ImportError:
        raise MissingExtraError("pandas", "pandas") from None
    frame = pd.DataFrame({name: _own(column) for name, column in table.items()})
    for name in frame.columns:
        if frame[name].dtype.kind == "M":
            frame[name] = frame[name].dt.tz_localize("UTC")
    return frame


def _own(column: Any) -> Any:  # noqa: ANN401 - a list or an array
    """Return a column that pandas may keep and write to."""
    return column.copy() if hasattr(column, "copy") else column

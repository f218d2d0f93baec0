"""What a simulation found, as data frames of pandas and polars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from salesflow.errors import MissingExtraError

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

Table = Mapping[str, Any]
"""Columns by name, each a list or an array, all of one length; instants are in UTC."""


class Tabular:
    """What can be had as a data frame."""

    __slots__ = ()
    _texts: ClassVar[frozenset[str]] = frozenset()
    """The columns of text that may be empty; others that are empty hold numbers."""

    def to_polars(self) -> pl.DataFrame:
        """
        Return it as a polars DataFrame: one row for each deal, figure or whatever it is made of.

        Raises:
            MissingExtraError: If polars is not installed.
        """
        try:
            import polars as pl
        except ImportError:
            raise MissingExtraError("polars", "history") from None
        frame = pl.DataFrame(dict(self._table()))
        # Types do not depend on what was found, so that tables of several runs can be joined.
        empty = [name for name, kind in frame.schema.items() if kind == pl.Null]
        frame = frame.with_columns(
            pl.col(name).cast(pl.String if name in self._texts else pl.Float64) for name in empty
        )
        instants = [name for name, kind in frame.schema.items() if kind == pl.Datetime]
        if not instants:
            return frame
        return frame.with_columns(pl.col(*instants).dt.replace_time_zone("UTC"))

    def to_pandas(self) -> pd.DataFrame:
        """
        Return it as a pandas DataFrame: one row for each deal, figure or whatever it is made of.

        Raises:
            MissingExtraError: If pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError:
            raise MissingExtraError("pandas", "pandas") from None
        frame = pd.DataFrame({name: _own(column) for name, column in self._table().items()})
        is_empty = frame.isna().all()
        empty = [name for name in frame.columns if is_empty[name] and name not in self._texts]
        frame = frame.astype({name: float for name in empty if frame[name].dtype == object})
        for name in frame.columns:
            if frame[name].dtype.kind == "M":
                frame[name] = frame[name].dt.tz_localize("UTC")
        return frame

    def _table(self) -> Table:
        """Return the columns by name."""
        raise NotImplementedError


def _own(column: Any) -> Any:  # noqa: ANN401 - a list or an array
    """Return a column that pandas may keep and write to."""
    return column.copy() if hasattr(column, "copy") else column

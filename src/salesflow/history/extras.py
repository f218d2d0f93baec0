"""The door to the libraries of the extra ``history``, so that a missing one names itself."""

from __future__ import annotations

from typing import Any

from salesflow.errors import MissingExtraError

try:
    import narwhals as nw
    import numpy as np
    import polars as pl
    from numpy import typing as npt
except ImportError as error:
    raise MissingExtraError(error.name or "polars", "history") from None

__all__ = ["Codes", "Flags", "Ints", "np", "npt", "nw", "pl"]

Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.signedinteger[Any]]
"""Integers of whatever length: of the shortest that holds them, where many are gone through."""

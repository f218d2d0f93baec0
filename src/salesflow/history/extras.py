"""The door to the libraries of the extra ``history``, so that a missing one names itself."""

from __future__ import annotations

from salesflow.errors import MissingExtraError

try:
    import narwhals as nw
    import numpy as np
    import polars as pl
    from numpy import typing as npt
except ImportError as error:
    raise MissingExtraError(error.name or "polars", "history") from None

__all__ = ["np", "npt", "nw", "pl"]

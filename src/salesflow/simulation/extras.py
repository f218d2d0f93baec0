"""The library that simulation needs; without it, the extra names itself."""

from __future__ import annotations

from salesflow.errors import MissingExtraError

try:
    import numpy as np
    from numpy import typing as npt
except ImportError:
    raise MissingExtraError("numpy", "fast") from None

__all__ = ["np", "npt"]

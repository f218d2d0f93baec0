"""The door to the library of the extra ``testing``, so that a missing one names itself."""

from __future__ import annotations

from salesflow.errors import MissingExtraError

try:
    import hypothesis
    from hypothesis import strategies as st
except ImportError as error:
    raise MissingExtraError(error.name or "hypothesis", "testing") from None

__all__ = ["hypothesis", "st"]

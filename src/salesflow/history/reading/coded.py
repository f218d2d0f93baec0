"""Columns of texts as numbers."""

from __future__ import annotations

from typing import Any, TypeVar

import attrs

from salesflow.history.extras import Codes, Flags, np, npt, pl
from salesflow.history.reading.integers import distinct

T = TypeVar("T", bound=np.generic)

_SAMPLE, _FEW = 4096, 256
"""How many rows are looked at first, and how many texts are few for them."""


@attrs.frozen(eq=False)
class Coded:
    """
    A column of texts as numbers.

    Args:
        code: Of each text, its place in *texts*.

        texts: The distinct texts, sorted; an empty cell is the empty text.
    """

    code: Codes
    texts: tuple[str, ...]

    @property
    def says(self) -> Flags:
        """Which of the texts say something: they are more than spaces."""
        return np.fromiter(map(bool, map(str.strip, self.texts)), dtype=bool)

    def spread(self, known: npt.NDArray[T]) -> npt.NDArray[T]:
        """Return what is known of each text for each entry."""
        if (known[1:] == known[:-1]).all():
            return np.full(len(self.code), known[0]) if len(known) else known
        return known.take(self.code)


def short(count: int) -> np.dtype[np.signedinteger[Any]]:
    """Return the shortest type of numbers below *count*, and of as many below 0."""
    found: np.dtype[np.signedinteger[Any]] = np.min_scalar_type(-max(count, 1))
    return found


def coded(column: pl.Series) -> Coded:
    """Return a column of texts as numbers."""
    filled = column.fill_null("")
    texts = filled.head(_SAMPLE).unique().sort()
    # Where the first rows have few texts, these mostly are all that there are.
    code = filled.cast(pl.Enum(texts), strict=False) if len(texts) <= _FEW else None
    if code is None or code.null_count():
        texts = filled.unique().sort()
        code = filled.cast(pl.Enum(texts))
    return Coded(code.to_physical().to_numpy().astype(short(len(texts))), tuple(texts.to_list()))


def coded_numbers(column: pl.Series) -> Coded:
    """Return a column of whole numbers, none of them missing, as one of their texts would be."""
    numbers, place = distinct(column.cast(pl.Int64).to_numpy())
    texts = pl.Series(numbers).cast(pl.String)
    order = texts.arg_sort().to_numpy()
    code = np.empty(len(order), dtype=short(len(order)))
    code[order] = np.arange(len(order))
    return Coded(code.take(place), tuple(texts.gather(order).to_list()))

"""Columns of texts as numbers."""

from __future__ import annotations

from typing import Any, TypeVar

import attrs

from salesflow.history.extras import Codes, Ints, np, npt, pl
from salesflow.history.reading.integers import distinct

T = TypeVar("T", bound=np.generic)


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
    numbers, place = distinct(filled.cast(pl.Categorical).to_physical().to_numpy())
    somewhere = np.zeros(len(numbers), dtype=np.int64)
    somewhere[place] = np.arange(len(place))
    return _by_text(filled.gather(somewhere), place)


def coded_numbers(column: pl.Series) -> Coded:
    """Return a column of whole numbers, none of them missing, as one of their texts would be."""
    numbers, place = distinct(column.cast(pl.Int64).to_numpy())
    return _by_text(pl.Series(numbers).cast(pl.String), place)


def _by_text(texts: pl.Series, place: Ints) -> Coded:
    """Return a column by the places of its entries among distinct texts in any order."""
    order = texts.arg_sort().to_numpy()
    code = np.empty(len(order), dtype=short(len(order)))
    code[order] = np.arange(len(order))
    return Coded(code.take(place), tuple(texts.gather(order).to_list()))

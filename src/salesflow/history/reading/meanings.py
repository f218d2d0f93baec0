"""The distinct texts of a column."""

from __future__ import annotations

import attrs

from salesflow.history.extras import np, npt, pl
from salesflow.history.reading.sorting import distinct


@attrs.frozen(eq=False)
class Coded:
    """
    A column of texts as numbers.

    Args:
        code: Of each text, its place in *texts*.

        texts: The distinct texts, sorted; an empty cell is the empty text.
    """

    code: npt.NDArray[np.int64]
    texts: tuple[str, ...]


def coded(column: pl.Series) -> Coded:
    """Return a column of texts as numbers."""
    filled = column.fill_null("")
    texts = filled.unique().sort()
    code = filled.cast(pl.Enum(texts)).to_physical()
    return Coded(code.to_numpy().astype(np.int64), tuple(texts.to_list()))


def coded_numbers(column: pl.Series) -> Coded:
    """Return a column of whole numbers, none of them missing, as one of their texts would be."""
    numbers, place = distinct(column.to_numpy().astype(np.int64))
    texts = pl.Series(numbers).cast(pl.String)
    order = texts.arg_sort().to_numpy()
    code = np.empty(len(order), dtype=np.int64)
    code[order] = np.arange(len(order))
    return Coded(code[place], tuple(texts.gather(order).to_list()))

"""The distinct texts of a column."""

from __future__ import annotations

import attrs

from salesflow.history.extras import np, npt, pl


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
    """Return a column as numbers."""
    filled = column.fill_null("")
    texts = filled.unique().sort()
    code = filled.cast(pl.Enum(texts)).to_physical()
    return Coded(code.to_numpy().astype(np.int64), tuple(texts))

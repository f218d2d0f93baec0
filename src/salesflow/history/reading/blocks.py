"""Columns in which the entries of each deal stand together."""

from __future__ import annotations

from salesflow.history.extras import np
from salesflow.history.reading.instants import Ints


def places(first: Ints, deals: Ints) -> Ints:
    """
    Return where the entries of some deals stand, one deal after the other.

    Args:
        first: Where the entries of each deal begin, and where the last ones end.

        deals: The numbers of the deals.
    """
    lengths = first[deals + 1] - first[deals]
    before = np.cumsum(lengths) - lengths
    return np.repeat(first[deals] - before, lengths) + np.arange(int(lengths.sum()))


def firsts(first: Ints, deals: Ints) -> Ints:
    """Return *first* for the entries that `places` returns."""
    lengths = first[deals + 1] - first[deals]
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)])

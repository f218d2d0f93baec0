"""Putting columns of integers in order."""

from __future__ import annotations

from salesflow.history.extras import np
from salesflow.history.reading.instants import Ints

_DIGIT = 16
"""Bits that are sorted at a time: numpy sorts so short numbers without comparing them."""


def order_by(*keys: Ints) -> Ints:
    """
    Return the places of the entries in order, the last key first; equal ones keep their order.

    It is what ``np.lexsort(keys)`` returns, several times as fast on long columns.

    Args:
        keys: Columns of one length.
    """
    order = np.arange(len(keys[0]))
    is_touched = False
    for key in keys:
        if not len(key):
            continue
        low = int(key.min())
        span = int(key.max()) - low
        if not span or (not is_touched and bool((key[1:] >= key[:-1]).all())):
            continue
        rest = (key - low)[order]
        for shift in range(0, span.bit_length(), _DIGIT):
            digits = (rest >> shift).astype(np.uint16)  # the lowest bits of it
            turn = np.argsort(digits, kind="stable")
            order, rest = order[turn], rest[turn]
        is_touched = True
    return order

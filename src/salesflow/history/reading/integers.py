"""Columns of integers: put in order, compared entry by entry, cut by deal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from salesflow.history.extras import Codes, Flags, Ints, np, npt

T = TypeVar("T", bound=np.generic)

_WORD = 63
"""Bits of a number that is not negative."""
_DIGIT = 16
"""Bits that are sorted at a time: numpy sorts so short numbers without comparing them."""
_DENSE = 8
"""A lookup of so many times as many places as there are numbers is still the faster way."""


def order_by(*keys: Codes) -> Ints:
    """
    Return the places of the entries in order, the last key first; equal ones keep their order.

    It is what ``np.lexsort(keys)`` returns, several times as fast on long columns.

    Args:
        keys: Columns of one length.
    """
    place = np.arange(len(keys[0]))
    told = _telling(keys)
    if not told:
        return place
    bits = len(place).bit_length()
    word = _packed(told, _WORD - bits)
    if word is not None:
        # Numbers are sorted far faster than places; and so that none are equal, each has its place.
        word <<= bits
        word |= place
        word.sort()
        word &= (1 << bits) - 1
        return word
    word = _packed(told, _WORD)
    if word is not None:
        found: Ints = np.argsort(word, kind="stable")
        return found
    return _by_digits(told)


def _telling(keys: Iterable[Codes]) -> list[Ints]:
    """Return the keys that make a difference, each counted from 0."""
    told: list[Ints] = []
    for key in keys:
        if len(key) and (told or not bool((key[1:] >= key[:-1]).all())):
            low = key.min()
            if low < key.max():
                told.append(np.subtract(key, low, dtype=np.int64))
    return told


def _packed(keys: list[Ints], bits: int) -> Ints | None:
    """
    Return one column that sorts as the keys do, of so many bits at most; None: there is none.

    The keys may be changed, to others in the same order.
    """
    lengths = [_bits_of(key) for key in keys]
    if sum(lengths) > bits:
        # Instants mostly count seconds or minutes, in microseconds.
        widest = lengths.index(max(lengths))
        keys[widest] //= np.gcd.reduce(keys[widest])
        lengths[widest] = _bits_of(keys[widest])
    if sum(lengths) > bits:
        return None
    word = keys[-1]
    for key, length in zip(keys[-2::-1], lengths[-2::-1], strict=True):
        word <<= length
        word |= key
    return word


def _bits_of(key: Ints) -> int:
    return int(key.max()).bit_length()


def _by_digits(keys: Iterable[Ints]) -> Ints:
    """Sort by one digit after the other, the lowest first."""
    order: Ints | None = None
    for key in keys:
        rest = key if order is None else key[order]
        for shift in range(0, _bits_of(key), _DIGIT):
            digits = (rest >> shift).astype(np.uint16)  # the lowest bits of it
            turn = np.argsort(digits, kind="stable")
            order, rest = turn if order is None else order[turn], rest[turn]
    return np.zeros(0, dtype=np.int64) if order is None else order


def distinct(numbers: Ints) -> tuple[Ints, Ints]:
    """
    Return the distinct numbers in order, and the place of each number among them.

    It is what ``np.unique(numbers, return_inverse=True)`` returns, faster where they lie close
    together.
    """
    if not len(numbers):
        return numbers, np.zeros(0, dtype=np.int64)
    low = int(numbers.min())
    span = int(numbers.max()) - low
    if span > _DENSE * len(numbers):
        found, place = np.unique(numbers, return_inverse=True)
        return found, place
    rest = np.subtract(numbers, low, dtype=np.int64)
    is_there = np.zeros(span + 1, dtype=bool)
    is_there[rest] = True
    there = np.flatnonzero(is_there)
    number = np.zeros(span + 1, dtype=np.int64)
    number[there] = np.arange(len(there))
    return there + low, number.take(rest)


def chained(columns: Iterable[npt.NDArray[T]]) -> npt.NDArray[T]:
    """Return columns as one; the only one as it is."""
    first, *others = columns
    return np.concatenate([first, *others]) if others else first


def changes(*columns: Codes) -> Flags:
    """Return where an entry of any of some columns differs from the one before; the first does."""
    found = np.ones(len(columns[0]), dtype=bool)
    found[1:] = False
    for column in columns:
        found[1:] |= column[1:] != column[:-1]
    return found


def alike(*columns: Codes) -> Flags:
    """Return where an entry of some columns equals the one before or the one after."""
    same = ~changes(*columns)
    same[:-1] |= same[1:]
    return same


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

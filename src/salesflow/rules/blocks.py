"""
Blocks: columns of words that Python and machine code both read and write.

A block begins with its header, which says of each column where it lies and how long it is: see
`salesflow.rules.packed`.
"""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Self

import numpy as np

from salesflow.rules.tables import Memory

if TYPE_CHECKING:
    _Words = array[int]
else:
    _Words = array  # it takes no type before Python 3.12

WORD = 8
"""Bytes of a word."""
HEADER = 2
"""Words of the header for each column."""


class Column(_Words):
    """A column by itself, with a header of its own. It cannot grow."""

    header: _Words
    address: int
    """Where that lies."""

    @classmethod
    def of(cls, numbers: Iterable[int]) -> Self:
        """Return a column that holds these numbers."""
        column = cls("q", numbers)
        column.header = array("q", column.buffer_info())
        column.address, _ = column.header.buffer_info()
        return column


class Block:
    """
    A memory that is one block: a `salesflow.rules.tables.Memory` to those who read or write it.

    Most of its columns are only asked for by machine code, so Python cuts out those that it needs.
    """

    __slots__ = ("address", "places", "words", *Memory._fields)

    words: memoryview
    places: Mapping[str, slice]
    """Where in them each column lies."""
    address: int

    def __init__(self, words: _Words, places: Mapping[str, slice], address: int = 0) -> None:
        """Make a block of words whose header goes by another *address* so far."""
        self.words, self.places = memoryview(words), places
        self.address, _ = words.buffer_info()
        header = np.frombuffer(words, np.int64, HEADER * len(places))
        header[::HEADER] += self.address - address

    @classmethod
    def of(cls, memory: Memory) -> Self:
        """Return a copy of a memory as a block."""
        columns = {name: getattr(memory, name) for name in Memory._fields}
        ends = itertools.accumulate(map(len, columns.values()), initial=HEADER * len(columns))
        places = dict(zip(columns, itertools.starmap(slice, itertools.pairwise(ends)), strict=True))
        words = array("q", bytes(WORD * max(place.stop for place in places.values())))
        for number, (name, place) in enumerate(places.items()):
            header = slice(HEADER * number, HEADER * (number + 1))
            words[header] = array("q", [WORD * place.start, len(columns[name])])
            words[place] = array("q", columns[name])
        return cls(words, places)

    def copy(self) -> Self:
        """Return another block with the same numbers."""
        words: _Words = self.words.obj[:]  # type: ignore[index]
        return type(self)(words, self.places, self.address)

    def __getattr__(self, name: str) -> memoryview:
        """Return a column that nobody has asked for so far."""
        if name not in self.places:
            msg = f"a memory has no {name!r}"
            raise AttributeError(msg)
        column = self.words[self.places[name]]
        setattr(self, name, column)
        return column

"""Heaps: which of many items comes first, where what an item waits for may change."""

from __future__ import annotations

from typing import NamedTuple

from salesflow.rules.codes import NONE
from salesflow.rules.tables import Slots


class Heap(NamedTuple):
    """
    Several heaps that share their items: each item is in one of them at most.

    What comes first has the smallest key; of equal keys the smallest tie, so that the order never
    depends on how the heap was built.
    """

    size: int
    """How many items there are."""
    filled: Slots
    """Per heap: how many of them are in it."""
    item: Slots
    """At heap * size + place: the item in that place."""
    place: Slots
    """Per item: its place in its heap, or NONE."""
    key: Slots
    """Per item."""
    tie: Slots
    """Per item."""


def new_heap(heaps: int, size: int) -> Heap:
    """Return so many empty heaps for so many items."""
    return Heap(
        size=size,
        filled=[0] * heaps,
        item=[0] * (heaps * size),
        place=[NONE] * size,
        key=[0] * size,
        tie=[0] * size,
    )


def first_of(heap: Heap, which: int) -> int:
    """Return the item that comes first in one of the heaps, or NONE if that is empty."""
    return heap.item[which * heap.size] if heap.filled[which] else NONE


def put(heap: Heap, which: int, item: int, key: int, tie: int) -> None:
    """Put an item into one of the heaps, or where it belongs now if it is in that heap already."""
    if heap.place[item] == NONE:
        heap.place[item] = heap.filled[which]
        heap.filled[which] += 1
    heap.key[item], heap.tie[item] = key, tie
    settle(heap, which, item, heap.place[item])


def take_out(heap: Heap, which: int, item: int) -> None:
    """Take an item out of one of the heaps, which it must be in."""
    heap.filled[which] -= 1
    last = heap.item[which * heap.size + heap.filled[which]]
    if last != item:
        settle(heap, which, last, heap.place[item])
    heap.place[item] = NONE


def settle(heap: Heap, which: int, item: int, place: int) -> None:
    """Put an item where it belongs, from a place that is free for it."""
    base, count = which * heap.size, heap.filled[which]
    while place > 0:
        above = heap.item[base + ((place - 1) >> 1)]
        if comes_before(heap, above, item):
            break
        heap.item[base + place], heap.place[above] = above, place
        place = (place - 1) >> 1
    while 2 * place + 1 < count:
        below = 2 * place + 1
        if below + 1 < count and comes_before(
            heap, heap.item[base + below + 1], heap.item[base + below]
        ):
            below += 1
        other = heap.item[base + below]
        if comes_before(heap, item, other):
            break
        heap.item[base + place], heap.place[other] = other, place
        place = below
    heap.item[base + place], heap.place[item] = item, place


def comes_before(heap: Heap, one: int, other: int) -> bool:
    """Return whether an item comes before another one."""
    if heap.key[one] != heap.key[other]:
        return heap.key[one] < heap.key[other]
    return heap.tie[one] < heap.tie[other]

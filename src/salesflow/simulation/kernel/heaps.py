"""Heaps: what comes first of many, in places of three sequences."""

from __future__ import annotations

from typing import NamedTuple

from salesflow.rules.tables import Slots


class Heap(NamedTuple):
    """
    Several heaps of one size: each has *size* places of the sequences, and one of *filled*.

    What comes first has the smallest key; of equal keys the smallest tie, so that the order never
    depends on how the heap was built.
    """

    filled: Slots
    key: Slots
    tie: Slots
    item: Slots


def new_heap(heaps: int, size: int) -> Heap:
    """Return so many empty heaps."""
    return Heap([0] * heaps, *([0] * (heaps * size) for _ in Heap._fields[1:]))


def push(heap: Heap, which: int, key: int, tie: int, item: int) -> bool:
    """Add an item to one of the heaps; False if it has no room."""
    size = len(heap.key) // len(heap.filled)
    count, base = heap.filled[which], which * size
    if count == size:
        return False
    heap.filled[which] = count + 1
    place = count
    while place > 0:
        above = (place - 1) >> 1
        if comes_first(heap, base + above, key, tie):
            break
        move(heap, base + above, base + place)
        place = above
    put(heap, base + place, key, tie, item)
    return True


def pop(heap: Heap, which: int) -> None:
    """Take out the item that comes first; there must be one."""
    size = len(heap.key) // len(heap.filled)
    count, base = heap.filled[which] - 1, which * size
    heap.filled[which] = count
    last = base + count
    key, tie, item = heap.key[last], heap.tie[last], heap.item[last]
    place = 0
    while True:
        below = 2 * place + 1
        if below >= count:
            break
        if below + 1 < count:
            other = base + below + 1
            if comes_first(heap, other, heap.key[base + below], heap.tie[base + below]):
                below += 1
        if not comes_first(heap, base + below, key, tie):
            break
        move(heap, base + below, base + place)
        place = below
    if count > 0:
        put(heap, base + place, key, tie, item)


def comes_first(heap: Heap, place: int, key: int, tie: int) -> bool:
    """Return whether what is in a place comes before something of that key and tie."""
    return heap.key[place] < key or (heap.key[place] == key and heap.tie[place] < tie)


def move(heap: Heap, origin: int, to: int) -> None:
    """Copy what is in one place to another."""
    put(heap, to, heap.key[origin], heap.tie[origin], heap.item[origin])


def put(heap: Heap, place: int, key: int, tie: int, item: int) -> None:
    """Write an item into a place."""
    heap.key[place], heap.tie[place], heap.item[place] = key, tie, item

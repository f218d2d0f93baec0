"""The pool: deals that are alive at one time, because they wait for the same reps."""

from __future__ import annotations

from typing import NamedTuple

from salesflow.rules.codes import NONE
from salesflow.rules.tables import Memory, Slots
from salesflow.simulation.kernel.codes import JOBS
from salesflow.simulation.kernel.heaps import Heap, new_heap
from salesflow.simulation.kernel.tables import FloatSlots, Habits, Life

ENTRIES = 4
"""Places in the heaps for each deal: some of them are of what is no longer wanted."""


class Pool(NamedTuple):
    """
    Deals that are alive, each in a slot of its own.

    What is written of a deal lies in *kept*, *block* numbers for each slot: first its alarms, then
    its notes, then the rest; see `save`.
    """

    block: int
    kept: Slots
    budget: FloatSlots
    place: Slots
    """Per slot: the place of the deal in the columns."""
    wake_at: Slots
    """Per slot: when it wants to be looked at, or NEVER."""
    free: Slots
    """Slots without a deal; the first *counts[FREE]* of them count."""
    counts: Slots
    """At FREE: how many slots are free; at TICKETS: how many were given out."""
    wakes: Heap
    queues: Heap
    """One for all reps, or one for each."""
    busy: Slots
    """Per rep: 1 if they are at work."""


FREE, TICKETS = 0, 1


def new_pool(habits: Habits, memory: Memory, life: Life, slots: int) -> Pool:
    """Return room for so many deals; none at all where nobody waits for reps."""
    if habits.reps == 0:
        slots = 0
    kept = (life.alarm, life.note, life.visits, life.fact_turns, *memory)
    block = sum(len(part) for part in kept)
    queues = habits.reps if habits.owned else 1
    return Pool(
        block=block,
        kept=[0] * (block * slots),
        budget=[0.0] * slots,
        place=[0] * slots,
        wake_at=[0] * slots,
        free=list(range(slots - 1, -1, -1)),
        counts=[slots, 0],
        wakes=new_heap(1, ENTRIES * slots),
        queues=new_heap(queues, ENTRIES * JOBS * slots),
        busy=[0] * habits.reps,
    )


def take_slot(pool: Pool) -> int:
    """Return a free slot, which is free no more; NONE if there is none."""
    count = pool.counts[FREE]
    if count == 0:
        return NONE
    pool.counts[FREE] = count - 1
    return pool.free[count - 1]


def give_slot(pool: Pool, slot: int) -> None:
    """Let a slot be free."""
    count = pool.counts[FREE]
    pool.free[count] = slot
    pool.counts[FREE] = count + 1


def save(pool: Pool, slot: int, memory: Memory, life: Life) -> None:
    """Keep a deal in its slot."""
    at = pool.block * slot
    for part in (life.alarm, life.note, life.visits, life.fact_turns):
        for number in range(len(part)):
            pool.kept[at + number] = part[number]
        at += len(part)
    for part in memory:
        for number in range(len(part)):
            pool.kept[at + number] = part[number]
        at += len(part)
    pool.budget[slot] = life.budget[0]


def load(pool: Pool, slot: int, memory: Memory, life: Life) -> None:
    """Take a deal out of its slot, where it stays as it was."""
    at = pool.block * slot
    for part in (life.alarm, life.note, life.visits, life.fact_turns):
        for number in range(len(part)):
            part[number] = pool.kept[at + number]
        at += len(part)
    for part in memory:
        for number in range(len(part)):
            part[number] = pool.kept[at + number]
        at += len(part)
    life.budget[0] = pool.budget[slot]

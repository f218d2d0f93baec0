"""The pool: deals that are alive at one time, because they wait for the same reps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from salesflow.rules.codes import NEVER, NONE
from salesflow.rules.tables import Memory, Slots
from salesflow.simulation.kernel.codes import JOBS
from salesflow.simulation.kernel.heaps import Heap, new_heap
from salesflow.simulation.kernel.tables import Habits, Life


class Pool(NamedTuple):
    """Deals that are alive, each in its slot; where nobody waits for reps, all in the first."""

    memories: Sequence[Memory]
    """Per slot."""
    lives: Sequence[Life]
    """Per slot."""
    free: Slots
    """Slots without a deal; the first *counts[FREE]* of them count."""
    counts: Slots
    """At FREE: how many slots are free; at TICKETS: how many were given out."""
    wakes: Heap
    """Slots, by when their deals want to be looked at; of several at once, who came first."""
    queues: Heap
    """Slots * JOBS + job, by what a rep does first; one for all reps, or one for each."""
    busy: Slots
    """Per rep: 1 if they are at work."""
    there_from: Slots
    """Per rep for whom something waits while they are not there: when they come back."""
    is_open: Slots
    """Per slot: 1 if the deal is among the open ones that are counted."""
    open_now: Slots
    """Per group of deals with a limit of their own, then for all: how many are open."""
    line_first: Slots
    """Per group: the place of the deal that waits first for being opened, or NONE."""
    line_last: Slots
    """Per group: of the one that waits last, if any does."""
    line_next: Slots
    """Per deal, if they are limited: the place of the one that waits behind it, or NONE."""


FREE, TICKETS = 0, 1


def new_pool(habits: Habits, memories: Sequence[Memory], lives: Sequence[Life], deals: int) -> Pool:
    """
    Return room for deals that wait for each other; for one deal where nobody waits for reps.

    Args:
        habits: What people do.

        memories: Room for as many as may be alive at a time.

        lives: The same.

        deals: How many there are in all.
    """
    slots = len(memories)
    groups = len(habits.owner_limit) or 1
    return Pool(
        memories=memories,
        lives=lives,
        free=list(range(slots - 1, -1, -1)),
        counts=[slots, 0],
        wakes=new_heap(1, slots),
        queues=new_heap(habits.reps if habits.owned else 1, JOBS * slots),
        busy=[0] * habits.reps,
        there_from=[NEVER] * habits.reps,
        is_open=[0] * slots,
        open_now=[0] * (groups + 1),
        line_first=[NONE] * groups,
        line_last=[NONE] * groups,
        line_next=[NONE] * (deals if is_limited(habits) else 0),
    )


def is_limited(habits: Habits) -> bool:
    """Return whether the number of open deals is limited."""
    return habits.open_limit != NONE or len(habits.owner_limit) > 0


def take_slot(pool: Pool) -> int:
    """Return a free slot, which is free no more; NONE if there is none."""
    count = pool.counts[FREE]
    if count == 0:
        return NONE
    pool.counts[FREE] = count - 1
    slot = pool.free[count - 1]
    pool.is_open[slot] = 0
    return slot


def give_slot(pool: Pool, slot: int) -> None:
    """Let a slot be free."""
    count = pool.counts[FREE]
    pool.free[count] = slot
    pool.counts[FREE] = count + 1

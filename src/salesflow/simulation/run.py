"""Runs: deals in chunks through the kernel, plain or compiled, here or elsewhere."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import attrs

from salesflow.calendars import to_micros
from salesflow.rules.codes import NONE
from salesflow.rules.compiled import arrays, compiled, is_worth_compiling, packed
from salesflow.rules.obstacles import most_obstacles
from salesflow.rules.tables import copy_memory, new_memory
from salesflow.simulation.extras import np, npt
from salesflow.simulation.kernel import codes
from salesflow.simulation.kernel.arrivals import add_gaps
from salesflow.simulation.kernel.deals import NO_SLOT, simulate_deals
from salesflow.simulation.kernel.pool import new_pool
from salesflow.simulation.kernel.tables import (
    Columns,
    Life,
    Trace,
    new_columns,
    new_life,
    new_trace,
)
from salesflow.simulation.plan import Plan

if TYPE_CHECKING:
    from salesflow.rules.packed import Packed

Ints = npt.NDArray[np.int64]

WORTH_COMPILING = 10_000
"""Deals from which on plain rules take so long that compiling them, once, is the better deal."""
WORTH_LOADING = 500
"""The same for machine code that is at hand from an earlier time."""
ROOM = 32
"""Visits and acts of one deal that there is room for, to begin with."""
EVENTS_ROOM = 64
"""The same for events that are written down."""
SLOTS = 256
"""The same for deals that are alive at one time, where they wait for each other."""


@attrs.frozen(eq=False)
class Chunk:
    """
    What came of some deals; every column is an array.

    Args:
        columns: What became of each.

        trace: What was recorded, if anybody asked.
    """

    columns: Columns
    trace: Trace


def is_worth_it(deals: int) -> bool:
    """Return whether so many deals are worth compiling the rules, or loading compiled ones."""
    worth = {"compiling": WORTH_COMPILING, "loading": WORTH_LOADING}
    return is_worth_compiling(simulate_deals, deals, **worth)


def run_deals(
    plan: Plan,
    first: int,
    apart: Ints,
    until: int,
    *,
    fast: bool,
    traced: int = codes.OF_NONE,
) -> Chunk:
    """
    Run deals that share nothing.

    Args:
        plan: What the run is made of.

        first: The number of the first of them.

        apart: Per deal: how long after the start it opens, in the measure of the arrivals.

        until: Nothing happens later.

        fast: Whether to compile the rules.

        traced: The number of the deal whose events are wanted, OF_ALL or OF_NONE.
    """
    room, events = ROOM, 0 if traced == codes.OF_NONE else EVENTS_ROOM
    slots = min(SLOTS, len(apart))
    while True:
        rooms = room, events, slots
        chunk, wanted = _once(plan, first, apart, until, rooms, fast=fast, traced=traced)
        found = int(chunk.trace.found[0])
        if wanted == NO_SLOT:
            slots *= 4
        elif wanted <= room and found <= events:
            return chunk
        room, events = max(room, wanted), max(events, found)


def _once(
    plan: Plan,
    first: int,
    apart: Ints,
    until: int,
    rooms: tuple[int, int, int],
    *,
    fast: bool,
    traced: int,
) -> tuple[Chunk, int]:
    """Run them with room for so many visits or acts, events, deals; return how much they took."""
    room, events, slots = rooms
    tables, deals = plan.book.tables, len(apart)
    stages, rules = len(tables.stage_kind), len(tables.rule_since)
    memory = new_memory(tables, visits=room, pasts=room, holds=room if plan.behaviour.holds else 1)
    life = new_life(plan.habits, stages, most_obstacles(tables))
    alive = slots if plan.habits.reps else 1
    make = _arrays if fast else _lists
    columns, trace = new_columns(deals, stages, rules, make), new_trace(events, make)
    if fast:
        # Compiled rules get copies.
        pool = new_pool(plan.habits, [memory] * alive, [life] * alive, deals)
        results = packed(columns), packed(trace)
        wanted = compiled(simulate_deals)(
            *_packed_parts(plan), packed(pool), first, apart, until, *results, traced
        )
        return Chunk(columns, trace), int(wanted)
    pool = new_pool(
        plan.habits,
        [copy_memory(memory) for _ in range(alive)],
        [Life._make(part[:] for part in life) for _ in range(alive)],
        deals,
    )
    wanted = simulate_deals(
        tables,
        plan.calendar,
        plan.habits,
        pool,
        first,
        apart.tolist(),
        until,
        columns,
        trace,
        traced,
    )
    return Chunk(arrays(columns), arrays(trace)), wanted


@functools.lru_cache(maxsize=8)
def _packed_parts(plan: Plan) -> tuple[Packed[Any], ...]:
    """Return the tables, the calendar and the habits for compiled rules, which only read them."""
    return tuple(packed(part) for part in (plan.book.tables, plan.calendar, plan.habits))


def _lists(rooms: list[int]) -> list[list[int]]:
    return [[0] * room for room in rooms]


def _arrays(rooms: list[int]) -> list[Any]:
    """Return arrays of zeros that are cut out of one: a large one is had from the system faster."""
    return np.split(np.zeros(sum(rooms), dtype=np.int64), np.cumsum(rooms[:-1]))


def openings(plan: Plan, deals: int, *, fast: bool) -> Ints:
    """
    Return how long after the start each deal opens, in the measure of the arrivals.

    Each opening is drawn on its own, so the first thousand of a million are those of a thousand.
    """
    arrivals = plan.behaviour.arrivals
    if arrivals.at:
        begins = plan.habits.start
        at = sorted(to_micros(instant) - begins for instant in arrivals.at)
        return np.array(at[:deals], dtype=np.int64)
    if plan.habits.arrival == NONE:
        return np.zeros(deals, dtype=np.int64)
    if fast:
        gaps = np.zeros(deals, dtype=np.int64)
        *_, habits = _packed_parts(plan)
        compiled(add_gaps)(habits, gaps)
        return gaps
    plain = [0] * deals
    add_gaps(plan.habits, plain)
    return np.array(plain, dtype=np.int64)

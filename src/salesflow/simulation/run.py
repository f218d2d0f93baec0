"""Runs: deals in chunks through the kernel, plain or compiled, here or elsewhere."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any, get_type_hints

import attrs

from salesflow.calendars import to_micros
from salesflow.rules.codes import NONE
from salesflow.rules.compiled import compiled, is_at_hand, packed
from salesflow.rules.obstacles import most_obstacles
from salesflow.rules.tables import new_memory
from salesflow.simulation.extras import np, npt
from salesflow.simulation.habits import Plan
from salesflow.simulation.kernel import codes
from salesflow.simulation.kernel.arrivals import add_gaps
from salesflow.simulation.kernel.deals import NO_SLOT, simulate_deals
from salesflow.simulation.kernel.pool import new_pool
from salesflow.simulation.kernel.tables import (
    Columns,
    Floats,
    FloatSlots,
    Trace,
    new_columns,
    new_life,
    new_trace,
)

Ints = npt.NDArray[np.int64]

WORTH_COMPILING = 20_000
"""Deals from which on plain rules take so long that compiling them, once, is the better deal."""
WORTH_LOADING = 500
"""The same for machine code that is at hand from an earlier time."""
ROOM = 32
"""Visits and acts of one deal that there is room for, to begin with."""
EVENTS_ROOM = 64
"""The same for events that are written down."""
SLOTS = 1024
"""The same for deals that are alive at one time, where they wait for each other."""


@attrs.frozen(eq=False)
class Chunk:
    """
    What came of some deals; every column is an array.

    Args:
        first: The number of the first of them.

        columns: What became of each.

        trace: What was recorded, if anybody asked.
    """

    first: int
    columns: Columns
    trace: Trace


def is_worth_it(deals: int) -> bool:
    """Return whether so many deals are worth compiling the rules, or loading compiled ones."""
    if importlib.util.find_spec("numba") is None or deals < WORTH_LOADING:
        return False
    return deals >= WORTH_COMPILING or is_at_hand(simulate_deals)


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
    memory = new_memory(tables, visits=room, pasts=room)
    life = new_life(plan.habits, stages)
    scratch = [[0] * most_obstacles(tables) for _ in range(2)]
    columns, trace = new_columns(deals, stages, rules), new_trace(events)
    pool = new_pool(plan.habits, memory, life, slots)
    given: list[Any] = [tables, plan.calendar, plan.habits, memory, life, pool]
    if fast:
        given = [packed(part) for part in given]
        results = [packed(columns), packed(trace)]
        row = [np.asarray(apart, dtype=np.int64), until]
        scratch = [np.array(part, dtype=np.int64) for part in scratch]  # type: ignore[misc]
        wanted = compiled(simulate_deals)(*given, first, *row, *scratch, *results, traced)
        filled: list[Any] = [part.fields for part in results]
    else:
        plain: Callable[..., int] = simulate_deals
        filled = [columns, trace]
        apart = np.asarray(apart).tolist()
        wanted = plain(*given, first, apart, until, *scratch, *filled, traced)
        filled = [as_arrays(part) for part in filled]
    return Chunk(first, *filled), int(wanted)


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
        compiled(add_gaps)(packed(plan.habits), gaps)
        return gaps
    plain = [0] * deals
    add_gaps(plan.habits, plain)
    return np.array(plain, dtype=np.int64)


def _are_floats(fields: type) -> tuple[bool, ...]:
    """Return for each field of a named tuple whether it is a sequence of floats."""
    kinds = get_type_hints(fields)
    return tuple(kinds[name] in (Floats, FloatSlots) for name in fields._fields)  # type: ignore[attr-defined]


def as_arrays(fields: Any) -> Any:  # noqa: ANN401 - the same named tuple
    """Return a named tuple of sequences with each as an array: of floats where it says so."""
    return type(fields)._make(
        _as_array(field, is_float=is_float)
        for field, is_float in zip(fields, _are_floats(type(fields)), strict=True)
    )


def _as_array(field: Any, *, is_float: bool) -> Any:  # noqa: ANN401 - a number, or an array
    if isinstance(field, int | float):
        return field
    if hasattr(field, "_fields"):
        return as_arrays(field)
    return np.array(field, dtype=np.float64 if is_float else np.int64)

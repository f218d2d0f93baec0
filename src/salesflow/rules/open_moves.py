"""The forward moves that are open to a deal."""

from __future__ import annotations

from salesflow.rules.codes import NONE
from salesflow.rules.obstacles import of_stages
from salesflow.rules.tables import STAGE, Memory, Slots, Tables


def ways_on(tables: Tables, memory: Memory, at: int, codes: Slots, which: Slots) -> int:
    """
    Return how many forward moves neither a gate nor a contact gap blocks.

    Roles and reasons are not considered: somebody may have the one and give the other.
    """
    origin, stages, found = memory.deal[STAGE], len(tables.stage_kind), 0
    for to in range(stages):
        place = origin * stages + to
        if tables.move[place] == NONE or tables.forward[place] == 0:
            continue
        if of_stages(tables, memory, at, origin, to, codes, which, 0) == 0:
            found += 1
    return found

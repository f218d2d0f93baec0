"""What stands in the way of a move."""

from __future__ import annotations

from salesflow.rules.codes import (
    CLOSED,
    CRITERION,
    GAP,
    LOST,
    NO_SUCH_MOVE,
    NONE,
    OPEN,
    PARKED,
    WON,
)
from salesflow.rules.gates import is_true
from salesflow.rules.status import is_breached
from salesflow.rules.tables import LAST_OPEN, STAGE, Memory, Slots, Tables


def is_forward(tables: Tables, origin: int, to: int) -> bool:
    """Return whether the move leads forward: from an open stage to a won or a later open one."""
    return tables.forward[origin * len(tables.stage_kind) + to] == 1


def passes_gates(tables: Tables, memory: Memory, to: int) -> bool:
    """Return whether a parked deal would come back further on: parking passes no gate."""
    parked = tables.stage_kind[memory.deal[STAGE]] == PARKED
    return parked and tables.stage_kind[to] == OPEN and to > memory.deal[LAST_OPEN]


def obstacles(tables: Tables, memory: Memory, to: int, codes: Slots, which: Slots) -> int:
    """
    Find everything that stands in the way of a move to another stage, and return how many.

    Args:
        tables: The process.

        memory: The deal, at the instant of the move.

        to: The stage to be entered, not the one the deal is in.

        codes: Filled with what kind of obstacle each is.

        which: Filled with what it is about: the rule of a GAP, the CRITERION, else NONE.

    A forward move is checked against the stage that it leaves and its own exit; a breached gap
    blocks forward moves. Losing, parking and going back pass no gate but their own.
    """
    origin = memory.deal[STAGE]
    move = tables.move[origin * len(tables.stage_kind) + to]
    found = 0
    if move == NONE or passes_gates(tables, memory, to):
        kind = tables.stage_kind[origin]
        codes[0] = CLOSED if kind == WON or kind == LOST else NO_SUCH_MOVE
        which[0] = NONE
        found = 1
    if is_forward(tables, origin, to):
        for rule in range(len(tables.rule_since)):
            if tables.rule_gap[rule] == 0:
                break  # contact gaps come first
            if is_breached(tables, memory, rule):
                codes[found] = GAP
                which[found] = rule
                found += 1
        for place in range(tables.stage_first[origin], tables.stage_first[origin + 1]):
            found = ask(tables, memory, tables.stage_criteria[place], codes, which, found)
    if move != NONE:
        for place in range(tables.move_first[move], tables.move_first[move + 1]):
            found = ask(tables, memory, tables.move_criteria[place], codes, which, found)
    return found


def ask(
    tables: Tables, memory: Memory, criterion: int, codes: Slots, which: Slots, found: int
) -> int:
    """Add the criterion to what was found unless it is met, and return how many there are now."""
    if is_true(tables, memory, tables.criterion_program[criterion]):
        return found
    codes[found] = CRITERION
    which[found] = criterion
    return found + 1


def most_obstacles(tables: Tables) -> int:
    """Return how long *codes* and *which* must be for any move."""
    return 1 + len(tables.rule_since) + len(tables.stage_criteria) + len(tables.move_criteria)

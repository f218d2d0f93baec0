"""Reverts: whether a move that the process forbids should be taken back."""

from __future__ import annotations

from salesflow.rules.codes import ENFORCE, NONE
from salesflow.rules.gates import is_true
from salesflow.rules.tables import Memory, Tables


def asks_back(mode: int, blocks: int, is_gap: int) -> bool:
    """
    Return whether an obstacle to a recorded move asks for the move to be taken back.

    It does if it would have refused the command and the process enforces. A contact gap with its
    own mode ``enforce`` blocks and asks, whatever the mode of the process.

    Args:
        mode: The mode of the process.

        blocks: 1 if it would have refused the command; see `obstacles.blocks`.

        is_gap: 1 if it is the breach of a contact gap.
    """
    return blocks == 1 and (mode == ENFORCE or is_gap == 1)


def still_stands(tables: Tables, memory: Memory, now: int, at: int, target: int) -> bool:
    """
    Return whether an obstacle to a move *at* an instant is neither met nor overridden at *now*.

    A breach is met by a later touch, a criterion by its facts. An obstacle that is neither, such as
    a move that the process does not have, cannot be met.

    Args:
        tables: The process.

        memory: The deal, as it is now.

        now: The instant.

        at: When the move counts.

        target: The obstacle, as it may be overridden: a rule, or rules + criterion; NONE:
            neither.
    """
    if target == NONE:
        return True
    if memory.override_until[target] >= now:
        return False
    rules = len(tables.rule_since)
    if target < rules:
        return memory.start[target] <= at
    program, by = tables.criterion_program[target - rules], tables.criterion_by[target - rules]
    return not is_true(tables, memory, program, by, now)

"""What a gate says: three-valued logic as a program of comparisons and jumps."""

from __future__ import annotations

from salesflow.rules.codes import EQ, GE, GT, LE, LT, PASS, UNKNOWN
from salesflow.rules.tables import Memory, Tables


def is_true(tables: Tables, memory: Memory, program: int) -> bool:
    """
    Return whether the gate comes out *true*.

    Gates are compiled in negation normal form. Kleene's logic never turns a result *true* because
    something is unknown, so a comparison with an unknown fact may count as false here.
    """
    step = program
    while step >= 0:
        left = memory.fact[tables.left[step]]
        right = tables.right[step]
        if tables.right_is_fact[step]:
            right = memory.fact[right]
        if left != UNKNOWN and right != UNKNOWN and compares(tables.op[step], left, right):
            step = tables.on_true[step]
        else:
            step = tables.on_false[step]
    return step == PASS


def compares(op: int, left: int, right: int) -> bool:
    """Return whether *left* stands to *right* as *op* says."""
    if op == EQ:
        return left == right
    if op == LT:
        return left < right
    if op == LE:
        return left <= right
    if op == GT:
        return left > right
    if op == GE:
        return left >= right
    return left != right

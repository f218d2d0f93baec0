"""What a gate says: three-valued logic as a program of comparisons and jumps."""

from __future__ import annotations

from salesflow.rules.codes import EQ, GE, GT, LE, LT, PASS, UNKNOWN
from salesflow.rules.tables import Memory, Tables


def is_true(tables: Tables, memory: Memory, program: int, by: int, at: int) -> bool:
    """
    Return whether the gate comes out *true* at *at*, given what the roles *by* have learned.

    Gates are compiled in negation normal form. Kleene's logic never turns a result *true* because
    something is unknown, so a comparison with an unknown fact may count as false here.
    """
    step = program
    while step >= 0:
        left = known(memory, tables.left[step], by, at)
        right = tables.right[step]
        if tables.right_is_fact[step]:
            right = known(memory, right, by, at)
        if left != UNKNOWN and right != UNKNOWN and compares(tables.op[step], left, right):
            step = tables.on_true[step]
        else:
            step = tables.on_false[step]
    return step == PASS


def known(memory: Memory, fact: int, by: int, at: int) -> int:
    """
    Return the code of a fact's value, or UNKNOWN.

    A fact is unknown once it has expired, and to a criterion that names roles also if somebody else
    learned it. *by* is roles as bits, 0 for everybody.
    """
    if at > memory.fact_until[fact]:
        return UNKNOWN
    if by != 0 and (memory.fact_by[fact] < 0 or (by >> memory.fact_by[fact]) & 1 == 0):
        return UNKNOWN
    return memory.fact[fact]


def compares(op: int, left: int, right: int) -> bool:
    """Return the result of comparing *left* with *right* by *op*."""
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

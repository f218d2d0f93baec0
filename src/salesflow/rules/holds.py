"""Holds: spans of time that do not count."""

from __future__ import annotations

from salesflow.calendars.arithmetic import insert_hold
from salesflow.rules.clocks import count_anew
from salesflow.rules.codes import LONG_AGO
from salesflow.rules.tables import HELD_AT, HELD_BEFORE, HELD_COUNT, HOLDS, Memory, Tables


def hold(tables: Tables, memory: Memory, at: int, until: int) -> None:
    """
    Stop counting time from *at* to *until*.

    Holds are combined into a union. What has acted stays: a hold never heals a breach that stood
    before it began. A hold that ends before it begins holds nothing, and does not count towards the
    number of holds that a deal may have.
    """
    if until <= at:
        return
    memory.deal[HELD_COUNT] += 1
    holds = memory.deal[HOLDS]
    if memory.deal[HELD_AT] != at:
        memory.deal[HELD_AT] = at
        memory.deal[HELD_BEFORE] = memory.hold_until[holds - 1] if holds > 0 else LONG_AGO
    if holds < len(memory.hold_from):
        memory.deal[HOLDS] = insert_hold(memory.hold_from, memory.hold_until, holds, at, until)
    count_all_anew(tables, memory)


def can_resume(memory: Memory, at: int) -> bool:
    """Return whether a running hold began before *at*; one that begins at *at* comes later."""
    is_older = memory.deal[HELD_AT] != at or at < memory.deal[HELD_BEFORE]
    return is_held(memory, at) and is_older


def is_held(memory: Memory, at: int) -> bool:
    """Return whether a hold runs at *at*; if one does, it is the latest."""
    last = memory.deal[HOLDS] - 1
    return last >= 0 and memory.hold_from[last] <= at < memory.hold_until[last]


def cut_hold(tables: Tables, memory: Memory, at: int) -> None:
    """End the running hold at *at*, if there is one; no hold begins later than that."""
    last = memory.deal[HOLDS] - 1
    if last < 0 or memory.hold_until[last] <= at:
        return
    if memory.hold_from[last] < at:
        memory.hold_until[last] = at
    else:
        memory.deal[HOLDS] = last
    count_all_anew(tables, memory)


def count_all_anew(tables: Tables, memory: Memory) -> None:
    """Have every deadline computed again."""
    for rule in range(len(tables.rule_since)):
        count_anew(tables, memory, rule)

"""Holds: spans of time that do not count."""

from __future__ import annotations

from salesflow.calendars.arithmetic import insert_hold
from salesflow.rules.clocks import count_anew
from salesflow.rules.tables import HELD_COUNT, HOLDS, Memory, Tables


def hold(tables: Tables, memory: Memory, at: int, until: int) -> None:
    """
    Let time not count from *at* to *until*.

    Holds are taken together as a union. What has acted stays: a hold never heals a breach that
    stood before it began.
    """
    memory.deal[HELD_COUNT] += 1
    holds = memory.deal[HOLDS]
    if holds < len(memory.hold_from):
        memory.deal[HOLDS] = insert_hold(memory.hold_from, memory.hold_until, holds, at, until)
    count_all_anew(tables, memory)


def can_resume(memory: Memory, at: int) -> bool:
    """Return whether a hold began before *at* and runs: one that begins at *at* comes after."""
    last = memory.deal[HOLDS] - 1
    return last >= 0 and memory.hold_from[last] < at < memory.hold_until[last]


def is_held(memory: Memory, at: int) -> bool:
    """Return whether a hold runs at *at*; if one does, it is the latest."""
    last = memory.deal[HOLDS] - 1
    return last >= 0 and memory.hold_from[last] <= at < memory.hold_until[last]


def cut_hold(tables: Tables, memory: Memory, at: int) -> None:
    """End the running hold at *at*, if there is one; none begins later, that is yet to come."""
    last = memory.deal[HOLDS] - 1
    if last < 0 or memory.hold_until[last] <= at:
        return
    if memory.hold_from[last] < at:
        memory.hold_until[last] = at
    else:
        memory.deal[HOLDS] = last
    count_all_anew(tables, memory)


def count_all_anew(tables: Tables, memory: Memory) -> None:
    """Let every deadline be worked out anew."""
    for rule in range(len(tables.rule_since)):
        count_anew(tables, memory, rule)

"""Touches: which done activities stand, and the clocks that they start and stop."""

from __future__ import annotations

from salesflow.calendars.arithmetic import CalendarTables
from salesflow.rules.clocks import count_anew, stir, stop_if_due, wind
from salesflow.rules.codes import (
    ACTIVITY,
    FROM_PLAN,
    LONG_AGO,
    NONE,
    SINCE_ACTIVITY,
    SINCE_TOUCH,
    TURN_BITS,
    TWO_WAY,
)
from salesflow.rules.tables import (
    FRESH_TURN,
    PLAN_DONE_AT,
    TURN,
    Memory,
    Row,
    Tables,
)


def take_in(tables: Tables, memory: Memory, row: Row) -> None:
    """
    Apply a done activity; the clocks learn of it in `settle`.

    A two-way activity ends every run of unanswered attempts; attempts beyond a class's cap do not
    count as its touches.
    """
    two_way = row.value & TWO_WAY
    # An activity from before the deal came back belongs to no run of attempts.
    turn = row.value >> TURN_BITS
    counts = row.kind == ACTIVITY or turn >= memory.deal[FRESH_TURN]
    memory.deal[TURN] = turn
    for touched in range(len(tables.touch_cap)):
        if two_way:
            memory.attempts[touched] = 0
        if (row.subject >> touched) & 1 == 0:
            continue
        if counts and not two_way:
            memory.attempts[touched] += 1
        cap = tables.touch_cap[touched]
        if cap == NONE or memory.attempts[touched] <= cap:
            memory.touch_at[touched] = row.when
    if row.who != NONE:
        memory.kind_at[row.who] = row.when
    if row.value & FROM_PLAN:
        memory.deal[PLAN_DONE_AT] = row.when


def forget_activities(memory: Memory) -> None:
    """Clear what was done, to apply it again."""
    memory.deal[PLAN_DONE_AT] = LONG_AGO
    for touched in range(len(memory.touch_at)):
        memory.touch_at[touched] = LONG_AGO
        memory.attempts[touched] = 0
    for kind in range(len(memory.kind_at)):
        memory.kind_at[kind] = LONG_AGO


def settle(tables: Tables, calendar: CalendarTables, memory: Memory, anew: int) -> None:
    """
    Update the clocks that activities start, stop or put off.

    If activities were taken back, *anew* is not 0: then the clocks that they stopped run again.
    """
    for rule in tables.by_activity:
        since, until = tables.rule_since[rule], tables.rule_until[rule]
        if since == SINCE_TOUCH or since == SINCE_ACTIVITY:
            wind(tables, calendar, memory, rule)
        if until == SINCE_TOUCH or until == SINCE_ACTIVITY:
            if anew:
                memory.stopped[rule] = 0
                stir(tables, memory, rule)
            stop_if_due(tables, memory, rule)
        if tables.rule_puts_off[rule]:
            count_anew(tables, memory, rule)

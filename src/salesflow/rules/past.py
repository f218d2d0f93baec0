"""The past: what has acted, and how a deal is migrated from another process to this one."""

from __future__ import annotations

from salesflow.calendars.arithmetic import CalendarTables
from salesflow.rules.clocks import count_anew, remember
from salesflow.rules.codes import LONG_AGO, NEVER
from salesflow.rules.tables import (
    HELD_COUNT,
    MIGRATED_AT,
    PASTS,
    QUIET_UNTIL,
    Memory,
    Row,
    Tables,
)


def note_past(memory: Memory, rung: int, start: int, stage: int, due: int, at: int) -> None:
    """Note that a rung acted for a start of its clock, if there is room."""
    past = memory.deal[PASTS]
    if past < len(memory.past_rung):
        memory.past_rung[past] = rung
        memory.past_start[past] = start
        memory.past_stage[past] = stage
        memory.past_due[past] = due
        memory.past_at[past] = at
    memory.deal[PASTS] = past + 1


def is_retold(memory: Memory) -> bool:
    """Return whether the past under another process is being retold: nothing acts or is judged."""
    return memory.deal[MIGRATED_AT] == NEVER


def come_under(tables: Tables, calendar: CalendarTables, memory: Memory, row: Row) -> None:
    """
    End the retelling of the past: from now on the deal runs under this process.

    Its clocks go on from where they started. What is overdue by them acts now, not before, unless
    it has already acted under the previous process.
    """
    memory.deal[MIGRATED_AT] = row.at
    memory.deal[HELD_COUNT] = row.value
    memory.deal[QUIET_UNTIL] = LONG_AGO
    for rule in range(len(tables.rule_since)):
        count_anew(tables, memory, rule)  # the deal may be away, which its clocks do not count
        if memory.start[rule] != NEVER:
            remember(tables, calendar, memory, rule)

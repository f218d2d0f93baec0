"""Alarms: when the next things are set to happen to a deal."""

from __future__ import annotations

from salesflow.calendars.arithmetic import CalendarTables
from salesflow.rules.codes import NEVER
from salesflow.rules.tables import HOLDS, NOW, STAGE, Memory
from salesflow.simulation.kernel.codes import AT, DEAL, EFFORT, FIRST_FACT, WORK, WORK_FROM
from salesflow.simulation.kernel.draws import after
from salesflow.simulation.kernel.tables import Habits, Life
from salesflow.simulation.kernel.working import work_of


def set_alarm(
    calendar: CalendarTables,
    habits: Habits,
    memory: Memory,
    life: Life,
    slot: int,
    at: int,
    dist: int,
    purpose: int,
    turn: int,
) -> None:
    """Set something to happen a while after *at*; if *dist* is NONE, never."""
    deal = life.note[DEAL]
    life.alarm[slot] = after(habits, calendar, memory, at, dist, deal, purpose, turn, 1.0, 0)


def count_work_anew(calendar: CalendarTables, habits: Habits, memory: Memory, life: Life) -> None:
    """Set again when work or effort that is under way is done: the time of holds does not count."""
    stage, at, holds = memory.deal[STAGE], life.note[WORK_FROM], memory.deal[HOLDS]
    deal, turn = life.note[DEAL], life.visits[stage]
    slot, dist, purpose = WORK, work_of(habits, life, stage), habits.work_purpose[stage]
    if life.alarm[EFFORT] < NEVER and habits.reps == 0:
        slot, dist, purpose = EFFORT, habits.effort[stage], habits.effort_purpose[stage]
    if life.alarm[slot] < NEVER:
        life.alarm[slot] = after(
            habits, calendar, memory, at, dist, deal, purpose, turn, 1.0, holds
        )


def next_alarm(life: Life) -> int:
    """Return what is set to happen next, the first of several: one of the alarms."""
    found, at = 0, life.alarm[0]
    for slot in range(1, len(life.alarm)):
        if life.alarm[slot] < at:
            found, at = slot, life.alarm[slot]
    return found


def present(memory: Memory, life: Life) -> int:
    """Return the latest instant at which anything was done about the deal, or happened to it."""
    return max(memory.deal[NOW], life.note[AT])


def first_hold(habits: Habits) -> int:
    """Return where the alarms of holds begin."""
    return FIRST_FACT + len(habits.fact)


def first_override(habits: Habits) -> int:
    """Return where the alarms of overrides begin."""
    return FIRST_FACT + len(habits.fact) + len(habits.hold_after)

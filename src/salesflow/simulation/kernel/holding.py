"""Holding: a deal for which time does not count for a while, and what people do meanwhile."""

from __future__ import annotations

from salesflow.calendars.arithmetic import CalendarTables
from salesflow.rules.codes import HELD as HOLD
from salesflow.rules.codes import NEVER, NONE, OPEN, RESUMED
from salesflow.rules.holds import is_held
from salesflow.rules.obstacles import against, blocks
from salesflow.rules.tables import STAGE, Memory, Row, Tables
from salesflow.simulation.kernel.alarms import (
    count_work_anew,
    first_hold,
    present,
    set_alarm,
)
from salesflow.simulation.kernel.buyers import cool
from salesflow.simulation.kernel.codes import (
    AT,
    DEAL,
    DROPPED,
    FOR_EFFORT,
    HELD,
    HELD_UNTIL,
    JOB,
    JOBS,
    OF_TOUCH,
    PATIENCE,
    PLACE,
    PUT_OFF,
    REP,
    RESUME,
    THINKS,
    TOLD_HELD,
    TOLD_RESUMED,
    TOUCH,
)
from salesflow.simulation.kernel.draws import after, happens
from salesflow.simulation.kernel.saying import cancel_plan, say
from salesflow.simulation.kernel.tables import Columns, Habits, Life


def expect_holds(
    calendar: CalendarTables, habits: Habits, memory: Memory, life: Life, stage: int, turn: int
) -> None:
    """Set when the deal is put on hold in a stage, the *turn*-th time there; NONE: in any."""
    for row in range(len(habits.hold_after)):
        if habits.hold_stage[row] == stage:
            slot, purpose = first_hold(habits) + row, habits.hold_purpose[row]
            life.alarm[slot] = NEVER
            if happens(habits, habits.hold_chance[row], life.note[DEAL], purpose, turn):
                at, dist = present(memory, life), habits.hold_after[row]
                set_alarm(calendar, habits, memory, life, slot, at, dist, purpose, turn)


def ask_for_hold(
    tables: Tables,
    calendar: CalendarTables,
    habits: Habits,
    memory: Memory,
    life: Life,
    row: int,
    columns: Columns,
) -> None:
    """Put the deal on hold, unless it is already, is not open, or the process forbids it."""
    note, codes, which = life.note, life.codes, life.which
    at, place = note[AT], note[PLACE]
    if note[HELD] or tables.stage_kind[memory.deal[STAGE]] != OPEN:
        return
    deal, turn = note[DEAL], columns.holds[place]
    dist, purpose = habits.hold_lasts[row], habits.hold_lasts_purpose[row]
    ends = after(habits, calendar, memory, at, dist, deal, purpose, turn, 1.0, 0)
    until = ends
    if habits.hold_planned[row] != NONE:
        dist, purpose = habits.hold_planned[row], habits.hold_planned_purpose[row]
        until = after(habits, calendar, memory, at, dist, deal, purpose, turn, 1.0, 0)
    if until <= at or until == NEVER:
        return
    wanted = Row(HOLD, at, habits.hold_reason[row], until, at, NONE)
    found = against(tables, calendar, memory, wanted, codes, which)
    for number in range(found):
        if blocks(tables, habits.mode, codes[number], which[number]):
            columns.refusals[place] += 1
            return
    if found:
        columns.deviations[place] += 1
    note[HELD_UNTIL] = min(ends, until)
    cancel_plan(life)
    say(life, HOLD, habits.hold_reason[row], until, NONE, TOLD_HELD, row, until)


def begin_hold(
    tables: Tables, calendar: CalendarTables, habits: Habits, memory: Memory, life: Life
) -> None:
    """Let everybody leave the deal alone that has just been put on hold."""
    life.note[HELD] = 1
    life.alarm[RESUME] = life.note[HELD_UNTIL]
    leave_for_later(life)
    count_work_anew(calendar, habits, memory, life)
    cool(tables, habits, memory, life)


def leave_for_later(life: Life) -> None:
    """Let nobody touch the buyer, and nothing be asked of a rep that was not begun."""
    note = life.note
    life.alarm[TOUCH] = life.alarm[PATIENCE] = NEVER
    if note[JOB + FOR_EFFORT] and not note[REP + FOR_EFFORT]:
        note[PUT_OFF] = 1
    for job in range(JOBS):
        if note[JOB + job] and not note[REP + job]:
            note[JOB + job], note[DROPPED + job] = 0, 1


def resume(memory: Memory, life: Life) -> bool:
    """Let a hold end before its time; False if its time is just over."""
    if is_held(memory, life.note[AT]):
        say(life, RESUMED, NONE, 0, NONE, TOLD_RESUMED, 0, 0)
        return True
    return False


def end_hold(
    tables: Tables, calendar: CalendarTables, habits: Habits, memory: Memory, life: Life
) -> None:
    """Let everybody go on with a deal that is on hold no more."""
    note, stage = life.note, memory.deal[STAGE]
    note[HELD] = 0
    note[HELD_UNTIL] = present(memory, life)
    life.alarm[RESUME] = NEVER
    note[THINKS] = OF_TOUCH
    if note[PUT_OFF]:
        note[PUT_OFF] = 0
        note[JOB + FOR_EFFORT] = 1
        at, turn = note[HELD_UNTIL], life.visits[stage]
        dist, purpose = habits.patience[stage], habits.patience_purpose[stage]
        set_alarm(calendar, habits, memory, life, PATIENCE, at, dist, purpose, turn)
    count_work_anew(calendar, habits, memory, life)
    cool(tables, habits, memory, life)

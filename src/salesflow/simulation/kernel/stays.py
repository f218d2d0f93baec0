"""Stays: what people set themselves to do when a deal comes into a stage."""

from __future__ import annotations

from salesflow.calendars.arithmetic import CalendarTables
from salesflow.rules.codes import LOST, NEVER, NONE, OPEN, PARKED
from salesflow.rules.tables import NOW, STAGE, VISITS, Memory, Tables
from salesflow.simulation.kernel.alarms import (
    count_work_anew,
    first_hold,
    first_override,
    set_alarm,
)
from salesflow.simulation.kernel.buyers import bear, cool, expect_inbound
from salesflow.simulation.kernel.codes import (
    BY_NOBODY,
    CAUSE,
    COOL,
    DEAL,
    DROPPED,
    EFFORT,
    ENTERED,
    FIRST_FACT,
    FOR_EFFORT,
    FOR_TOUCH,
    HELD,
    INBOUND,
    JOB,
    JOB_DIST,
    JOB_PURPOSE,
    JOB_TURN,
    LOSE,
    OF_HEEDING,
    OF_NOTHING,
    PATIENCE,
    PLACE,
    PUT_OFF,
    REPLY,
    RESUME,
    RETRY,
    REVIVE,
    SILENT_FROM,
    THINKS,
    TOUCH,
    TOUCHING,
    UNDECIDED,
    WANTS,
    WAS,
    WORK,
    WORK_FROM,
)
from salesflow.simulation.kernel.draws import happens
from salesflow.simulation.kernel.holding import expect_holds, leave_for_later
from salesflow.simulation.kernel.learning import expect_fact
from salesflow.simulation.kernel.tables import Columns, Habits, Life
from salesflow.simulation.kernel.working import work_of


def arrive(
    tables: Tables,
    calendar: CalendarTables,
    habits: Habits,
    memory: Memory,
    life: Life,
    columns: Columns,
) -> None:
    """Let people take notice that the deal is in another stage now."""
    note, stage, now = life.note, memory.deal[STAGE], memory.deal[NOW]
    row_of_stages = note[PLACE] * len(tables.stage_kind)
    was, kind = note[WAS], tables.stage_kind[stage]
    if was != NONE:
        columns.spent[row_of_stages + was] += now - note[ENTERED]
    note[WAS], note[ENTERED] = stage, now
    note[WANTS], note[CAUSE] = NONE, BY_NOBODY
    life.visits[stage] += 1
    columns.visits[row_of_stages + stage] += 1
    if habits.reps == 0 and habits.effort[stage] != NONE:
        columns.efforts[row_of_stages + stage] += 1
    for slot in (EFFORT, WORK, LOSE, UNDECIDED, PATIENCE, REVIVE, RETRY):
        life.alarm[slot] = NEVER
    note[PUT_OFF] = 0
    drop(life, FOR_EFFORT)
    for row in range(len(habits.override)):
        life.alarm[first_override(habits) + row] = NEVER
    for row in range(len(habits.hold_after)):
        if habits.hold_stage[row] != NONE:
            life.alarm[first_hold(habits) + row] = NEVER
    for row in range(len(habits.fact)):
        if habits.fact_stage[row] != NONE:
            life.alarm[FIRST_FACT + row] = NEVER
            if habits.fact_stage[row] == stage and habits.fact_after[row] != NONE:
                expect_fact(calendar, habits, memory, life, row)
    if kind == OPEN:
        settle_in(tables, calendar, habits, memory, life, was)
    else:
        leave_alone(tables, calendar, habits, memory, life)
    cool(tables, habits, memory, life)
    if note[SILENT_FROM] != NEVER and life.alarm[COOL] == NEVER:
        # The buyer went cold before, where the deal could not be lost.
        life.alarm[COOL] = now


def settle_in(
    tables: Tables,
    calendar: CalendarTables,
    habits: Habits,
    memory: Memory,
    life: Life,
    was: int,
) -> None:
    """Set what people do in an open stage that was just entered from the stage *was*."""
    stage, now = memory.deal[STAGE], memory.deal[NOW]
    turn = life.visits[stage]
    life.note[WORK_FROM] = now
    slot, dist, purpose = WORK, work_of(habits, life, stage), habits.work_purpose[stage]
    if habits.effort[stage] != NONE:
        slot, dist, purpose = EFFORT, habits.effort[stage], habits.effort_purpose[stage]
        if habits.reps > 0:
            ask_rep(life, FOR_EFFORT, dist, purpose, turn)
            slot, dist, purpose = PATIENCE, habits.patience[stage], habits.patience_purpose[stage]
    # In a loop, so that what is long is compiled once.
    for _ in range(3):
        set_alarm(calendar, habits, memory, life, slot, now, dist, purpose, turn)
        if slot == LOSE:
            slot, dist = UNDECIDED, habits.undecided[stage]
            purpose = habits.undecided_purpose[stage]
        else:
            slot, dist, purpose = LOSE, habits.lose[stage], habits.lose_purpose[stage]
    if life.note[HELD]:
        # It was put on hold in another stage.
        leave_for_later(life)
        count_work_anew(calendar, habits, memory, life)
    expect_holds(calendar, habits, memory, life, stage, turn)
    if was == NONE or tables.stage_kind[was] != OPEN:
        expect_inbound(calendar, habits, memory, life)
        if was != NONE and tables.stage_kind[was] == LOST:
            expect_again(calendar, habits, memory, life)
            if habits.cool_touch != NONE:
                bear(habits, life, memory.deal[VISITS])
    else:
        # Touches go on as they were set, unless a gap of this stage wants one sooner.
        life.note[THINKS] = OF_HEEDING


def leave_alone(
    tables: Tables, calendar: CalendarTables, habits: Habits, memory: Memory, life: Life
) -> None:
    """Let nobody do anything about a deal that is closed or parked, but perhaps revive it later."""
    stage = memory.deal[STAGE]
    life.note[THINKS] = OF_NOTHING
    life.note[HELD] = 0
    drop(life, FOR_TOUCH)
    for slot in (TOUCH, TOUCHING, REPLY, INBOUND, RESUME):
        life.alarm[slot] = NEVER
    if tables.stage_kind[stage] != PARKED:
        for slot in range(FIRST_FACT, first_hold(habits)):
            life.alarm[slot] = NEVER
    turn, purpose = life.visits[stage], habits.revive_purpose[stage]
    if happens(habits, habits.revive_chance[stage], life.note[DEAL], purpose, turn):
        now, dist = memory.deal[NOW], habits.revive[stage]
        set_alarm(calendar, habits, memory, life, REVIVE, now, dist, purpose, turn)


def expect_again(calendar: CalendarTables, habits: Habits, memory: Memory, life: Life) -> None:
    """Set when facts are learned that a closed deal had not come to, once it is open again."""
    for row in range(len(habits.fact)):
        of_all = habits.fact_stage[row] == NONE and habits.fact_after[row] != NONE
        if of_all and life.fact_turns[row] == 0:
            expect_fact(calendar, habits, memory, life, row)


def ask_rep(life: Life, job: int, dist: int, purpose: int, turn: int) -> None:
    """Let the deal wait for a rep, and say what takes how long."""
    life.note[JOB + job] = 1
    life.note[JOB_DIST + job] = dist
    life.note[JOB_PURPOSE + job] = purpose
    life.note[JOB_TURN + job] = turn


def drop(life: Life, job: int) -> None:
    """Let the deal want nothing of a rep any more."""
    life.note[JOB + job], life.note[DROPPED + job] = 0, 1

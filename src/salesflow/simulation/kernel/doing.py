"""Doing: somebody sets about what is set for now."""

from __future__ import annotations

from salesflow.calendars.arithmetic import CalendarTables
from salesflow.rules.codes import NONE, REOPENED
from salesflow.rules.tables import STAGE, Memory, Tables
from salesflow.simulation.kernel.alarms import count_work_anew, first_override, set_alarm
from salesflow.simulation.kernel.buyers import expect_inbound
from salesflow.simulation.kernel.codes import (
    ASKS,
    AT,
    BY_COOLING,
    BY_IMPATIENCE,
    BY_LOSS,
    BY_NO_DECISION,
    BY_REVIVAL,
    BY_WORK,
    CAUSE,
    COOL,
    DEAL,
    EFFORT,
    FIRST_FACT,
    FOR_EFFORT,
    FOR_TOUCH,
    HELD,
    INBOUND,
    LOSE,
    REPLY,
    RESUME,
    RETRY,
    REVIVE,
    TOLD_REOPENED,
    TOUCH,
    TOUCHES,
    TOUCHING,
    UNDECIDED,
    WANTS,
    WORK,
    WORK_FROM,
)
from salesflow.simulation.kernel.holding import end_hold, resume
from salesflow.simulation.kernel.learning import tell_fact
from salesflow.simulation.kernel.moving import want
from salesflow.simulation.kernel.overriding import let_pass
from salesflow.simulation.kernel.saying import cancel_plan, say, say_activity
from salesflow.simulation.kernel.stays import ask_rep, drop
from salesflow.simulation.kernel.tables import Habits, Life
from salesflow.simulation.kernel.touching import variant_of
from salesflow.simulation.kernel.working import outcome_of, work_of


def set_about(
    tables: Tables,
    calendar: CalendarTables,
    habits: Habits,
    memory: Memory,
    life: Life,
    slot: int,
) -> None:
    """Let somebody set about what is set for now."""
    note, stage = life.note, memory.deal[STAGE]
    if slot == EFFORT:
        drop(life, FOR_EFFORT)
        note[WORK_FROM] = note[AT]
        dist, turn = work_of(habits, life, stage), life.visits[stage]
        purpose = habits.work_purpose[stage]
        set_alarm(calendar, habits, memory, life, WORK, note[AT], dist, purpose, turn)
        if note[HELD]:
            count_work_anew(calendar, habits, memory, life)
    elif slot == WORK:
        be_done(habits, life, stage)
    elif slot == TOUCH or slot == TOUCHING:
        touch(habits, life, slot)
    elif slot == RETRY:
        note[ASKS] = 1
    elif slot == REPLY:
        say_activity(habits, life, habits.reply_variant)
    elif slot == INBOUND:
        say_activity(habits, life, habits.inbound_variant)
        expect_inbound(calendar, habits, memory, life)
    elif slot == REVIVE:
        revive(tables, habits, life, stage)
    elif slot == RESUME:
        if not resume(memory, life):
            end_hold(tables, calendar, habits, memory, life)
    elif slot >= first_override(habits):
        let_pass(tables, calendar, habits, memory, life, slot - first_override(habits))
    elif slot >= FIRST_FACT:
        tell_fact(calendar, habits, life, slot - FIRST_FACT)
    elif habits.lost_to[stage] != NONE:
        go_away(life, habits.lost_to[stage], slot)


def go_away(life: Life, to: int, slot: int) -> None:
    """Let the buyer go who wants no more, to a lost stage."""
    if slot == COOL:
        want(life, to, BY_COOLING)
    elif slot == LOSE:
        want(life, to, BY_LOSS)
    elif slot == UNDECIDED:
        want(life, to, BY_NO_DECISION)
    else:
        want(life, to, BY_IMPATIENCE)


def be_done(habits: Habits, life: Life, stage: int) -> None:
    """
    Let the deal want to go where the work in a stage leads this time, if it leads anywhere.

    A buyer who is gone does not come back for it, though the process has not let them go yet.
    """
    chosen = outcome_of(habits, life, stage)
    if chosen != NONE and life.note[WANTS] == NONE:
        want(life, habits.outcome_to[chosen], BY_WORK)


def touch(habits: Habits, life: Life, slot: int) -> None:
    """Touch the buyer, or wait for a rep who has the time for it."""
    turn = life.note[TOUCHES]
    if slot == TOUCH and habits.reps > 0 and habits.touch_minutes != NONE:
        ask_rep(life, FOR_TOUCH, habits.touch_minutes, habits.touch_minutes_purpose, turn)
    else:
        drop(life, FOR_TOUCH)
        say_activity(habits, life, variant_of(habits, life.note[DEAL], turn))


def revive(tables: Tables, habits: Habits, life: Life, stage: int) -> None:
    """Bring a deal back: by the buyer's own touch where that does it."""
    life.note[CAUSE] = BY_REVIVAL
    cancel_plan(life)
    if tables.stage_revives[stage]:
        say_activity(habits, life, habits.inbound_variant)
    else:
        say(life, REOPENED, NONE, 0, NONE, TOLD_REOPENED, 0, 0)

"""Steps: the next thing that happens to one deal, by people, by the buyer or by time."""

from __future__ import annotations

from salesflow.calendars.arithmetic import CalendarTables
from salesflow.rules.codes import LONG_AGO, LOST, NEVER, NONE, OPENED, WON
from salesflow.rules.fold import act, acting_before, acting_by
from salesflow.rules.replay import WORTH
from salesflow.rules.status import status
from salesflow.rules.tables import ENTERED_AT, NOW, STAGE, VISITS, Memory, Tables
from salesflow.simulation.kernel.alarms import first_hold, next_alarm
from salesflow.simulation.kernel.buyers import bear
from salesflow.simulation.kernel.codes import (
    ASKS,
    AT,
    BY_TIME,
    DEAL,
    DONE,
    ENTERED,
    ENTERS,
    HELD_UNTIL,
    OF_TOUCH,
    PLACE,
    SILENT_FROM,
    THINKS,
    TODO,
    TOLD_OPENED,
    TRIED_AT,
    WANTS,
    WAS,
)
from salesflow.simulation.kernel.doing import set_about
from salesflow.simulation.kernel.holding import ask_for_hold
from salesflow.simulation.kernel.moving import ask
from salesflow.simulation.kernel.overriding import foresee
from salesflow.simulation.kernel.recording import record
from salesflow.simulation.kernel.saying import say
from salesflow.simulation.kernel.stays import arrive
from salesflow.simulation.kernel.tables import Columns, Habits, Life, Trace
from salesflow.simulation.kernel.touching import think


def begin(habits: Habits, life: Life, deal: int, place: int, at: int) -> None:
    """
    Let a deal open at *at*: nothing has happened to it before.

    Args:
        habits: What people do.

        life: What people have in mind about it.

        deal: Its number, by which its random numbers go.

        place: Its place in the columns.

        at: When.
    """
    for slot in range(len(life.alarm)):
        life.alarm[slot] = NEVER
    for field in range(len(life.note)):
        life.note[field] = 0
    for stage in range(len(life.visits)):
        life.visits[stage] = 0
    for row in range(len(life.fact_turns)):
        life.fact_turns[row] = 0
    for row in range(len(life.judged)):
        life.judged[row] = LONG_AGO
        life.judgements[row] = 0
    life.note[DEAL], life.note[PLACE] = deal, place
    life.note[AT] = life.note[ENTERED] = at
    life.note[WANTS] = life.note[WAS] = NONE
    life.note[SILENT_FROM] = NEVER
    life.note[TRIED_AT] = life.note[HELD_UNTIL] = LONG_AGO
    if habits.cool_touch != NONE:
        bear(habits, life, 0)
    say(life, OPENED, 0, 0, NONE, TOLD_OPENED, 0, 0)


def go_on(
    tables: Tables,
    calendar: CalendarTables,
    habits: Habits,
    memory: Memory,
    life: Life,
    until: int,
    columns: Columns,
    trace: Trace,
    traced: int,
) -> None:
    """
    Let everything happen to a deal that does so up to an instant.

    In each step one row is recorded, one rung acts, one move is asked for, or somebody sets about
    something. At one instant, people's rows come in the order in which a deal folds them: facts,
    activities, moves; and two things that people do are at least a microsecond apart.

    Args:
        tables: The process.

        calendar: Of all the deals.

        habits: What people do.

        memory: The deal.

        life: What people have in mind about it.

        until: Nothing happens later.

        columns: What became of the deal is noted there.

        trace: What is recorded is written there, as far as there is room.

        traced: The number of the deal whose events are written down; OF_ALL, OF_NONE.
    """
    note = life.note
    while True:
        if note[ENTERS]:
            note[ENTERS] = 0
            arrive(tables, calendar, habits, memory, life, columns)
            continue
        if note[THINKS]:
            think(tables, calendar, habits, memory, life)
            continue
        if note[DONE] < note[TODO]:
            record(tables, calendar, habits, memory, life, columns, trace, traced)
            continue
        if note[WANTS] != NONE and note[ASKS]:
            ask(tables, calendar, habits, memory, life, columns)
            continue
        if len(habits.override):
            foresee(tables, calendar, habits, memory, life)
        slot = next_alarm(life)
        at = max(life.alarm[slot], memory.deal[NOW] + 1)
        if at > until:
            rung = acting_by(tables, calendar, memory, until)
        else:
            rung = acting_before(tables, calendar, memory, at)
        if rung != NONE:
            let_act(tables, calendar, memory, life, columns, rung)
            continue
        if at > until:
            return
        life.alarm[slot] = NEVER
        note[AT] = at
        hold = slot - first_hold(habits)
        if 0 <= hold < len(habits.hold_after):
            ask_for_hold(tables, calendar, habits, memory, life, hold, columns)
        else:
            set_about(tables, calendar, habits, memory, life, slot)


def let_act(
    tables: Tables,
    calendar: CalendarTables,
    memory: Memory,
    life: Life,
    columns: Columns,
    rung: int,
) -> None:
    """Let a rung act, and note what that did to the deal."""
    place = life.note[PLACE]
    visits, rule = memory.deal[VISITS], tables.rung_rule[rung]
    act(tables, calendar, memory, rung)
    if rung == tables.rule_end[rule]:
        columns.passed[place * len(tables.rule_since) + rule] += 1
        if tables.rule_gap[rule]:
            columns.breaches[place] += 1
            columns.first_breach_at[place] = min(columns.first_breach_at[place], memory.deal[NOW])
    if memory.deal[VISITS] != visits:
        columns.rule[place] = rule
        columns.cause[place] = BY_TIME
        life.note[ENTERS] = 1
        life.note[THINKS] = OF_TOUCH


def finish(tables: Tables, memory: Memory, life: Life, until: int, columns: Columns) -> None:
    """Note how the deal stands at the end."""
    place = life.note[PLACE]
    stage, entered_at = memory.deal[STAGE], memory.deal[ENTERED_AT]
    stages, kind = len(tables.stage_kind), tables.stage_kind[stage]
    columns.kind[place] = kind
    columns.stage[place] = stage
    columns.entered_at[place] = entered_at
    columns.closed_at[place] = entered_at if kind == WON or kind == LOST else NEVER
    columns.status[place] = status(tables, memory, until)
    columns.value[place] = memory.fact[WORTH]
    columns.spent[place * stages + stage] += until - life.note[ENTERED]

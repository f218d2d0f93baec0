"""Moving: a deal that wants to go somewhere asks for it, and asks again when it was refused."""

from __future__ import annotations

from salesflow.calendars.arithmetic import CalendarTables
from salesflow.rules.codes import GIVEN, MOVED, NONE, UNKNOWN
from salesflow.rules.gates import known
from salesflow.rules.obstacles import against, blocks
from salesflow.rules.tables import STAGE, Memory, Row, Tables
from salesflow.simulation.kernel.codes import (
    ASKS,
    AT,
    CAUSE,
    ENTERED,
    PLACE,
    TOLD_MOVED,
    TRIED_AT,
    WANTS,
)
from salesflow.simulation.kernel.learning import ask_anew, tell_fact
from salesflow.simulation.kernel.overriding import ask_managers
from salesflow.simulation.kernel.saying import say
from salesflow.simulation.kernel.tables import Columns, Habits, Life


def want(life: Life, to: int, cause: int) -> None:
    """Let the deal go to a stage as soon as it may."""
    life.note[WANTS] = to
    life.note[CAUSE] = cause
    life.note[ASKS] = 1


def ask(
    tables: Tables,
    calendar: CalendarTables,
    habits: Habits,
    memory: Memory,
    life: Life,
    columns: Columns,
) -> None:
    """
    Ask for the move that is wanted; if it is refused, wait until something happens.

    What the work in a stage brings to light is told first.
    """
    note, codes, which = life.note, life.codes, life.which
    at, to, place = note[AT], note[WANTS], note[PLACE]
    pair = memory.deal[STAGE] * len(tables.stage_kind) + to
    is_new = tables.forward[pair] == 1 and note[TRIED_AT] != at
    if is_new and tell_of_work(calendar, habits, memory, life):
        return
    role, move = NONE, tables.move[pair]
    if move != NONE and tables.move_by[move]:
        role = 0
        while (tables.move_by[move] >> role) & 1 == 0:
            role += 1
    wanted = Row(MOVED, at, to, GIVEN, at, role)
    found = against(tables, calendar, memory, wanted, codes, which)
    note[ASKS] = 0
    for number in range(found):
        if blocks(tables, habits.mode, codes[number], which[number]):
            columns.refusals[place] += 1
            ask_anew(calendar, habits, memory, life)
            ask_managers(tables, calendar, habits, memory, life, found)
            return
    if found:
        columns.deviations[place] += 1
    note[WANTS] = NONE
    say(life, MOVED, to, GIVEN, role, TOLD_MOVED, to, note[CAUSE])


def tell_of_work(calendar: CalendarTables, habits: Habits, memory: Memory, life: Life) -> bool:
    """
    Tell what the work in a stage brings to light, and return whether that is anything.

    All of it at the first time in a visit, what has expired since at later ones.
    """
    at, stage = life.note[AT], memory.deal[STAGE]
    first = life.note[TRIED_AT] <= life.note[ENTERED]
    life.note[TRIED_AT] = at
    told = False
    for row in range(len(habits.fact)):
        of_work = habits.fact_stage[row] == stage and habits.fact_after[row] == NONE
        if of_work and (first or known(memory, habits.fact[row], 0, at) == UNKNOWN):
            told = tell_fact(calendar, habits, life, row) or told
    return told

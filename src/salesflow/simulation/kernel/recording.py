"""Recording: what was said becomes part of the deal, and people take notice of it."""

from __future__ import annotations

from salesflow.calendars.arithmetic import CalendarTables
from salesflow.rules.codes import (
    ACTIVITY,
    LEARNED,
    MOVED,
    NEVER,
    NONE,
    OPENED,
    OVERRIDDEN,
    PLANNED,
)
from salesflow.rules.codes import HELD as HOLD
from salesflow.rules.fold import apply
from salesflow.rules.holds import is_held
from salesflow.rules.tables import VISITS, Memory, Row, Tables
from salesflow.simulation.kernel.buyers import cool, expect_reply
from salesflow.simulation.kernel.codes import (
    ASKS,
    AT,
    CAUSE,
    DEAL,
    DONE,
    ENTERS,
    HELD,
    OF_ALL,
    OF_BOOKING,
    OF_HEEDING,
    OF_NOTHING,
    OF_TOUCH,
    PLACE,
    RETRY,
    THINKS,
    TODO,
    TOUCHES,
    UNTOLD,
    WANTS,
)
from salesflow.simulation.kernel.draws import one_of
from salesflow.simulation.kernel.holding import begin_hold, end_hold, expect_holds
from salesflow.simulation.kernel.learning import expect_fact, tell_fact
from salesflow.simulation.kernel.tables import Columns, Habits, Life, Trace


def record(
    tables: Tables,
    calendar: CalendarTables,
    habits: Habits,
    memory: Memory,
    life: Life,
    columns: Columns,
    trace: Trace,
    traced: int,
) -> None:
    """Record the next of the rows that were said, and let people take notice of it."""
    note, number = life.note, life.note[DONE]
    place, deal = note[PLACE], note[DEAL]
    note[DONE] = number + 1
    kind, at = life.todo_kind[number], note[AT]
    row = Row(
        kind,
        at,
        life.todo_subject[number],
        life.todo_value[number],
        at,
        life.todo_who[number],
    )
    visits = memory.deal[VISITS]
    apply(tables, calendar, memory, row)
    told, variant = life.todo_told[number], life.todo_one[number]
    if told != UNTOLD:
        columns.events[place] += 1
        if traced == OF_ALL or traced == deal:
            write(trace, deal, at, told, variant, life.todo_two[number], row.who)
    if note[DONE] == note[TODO]:
        note[DONE] = note[TODO] = 0
    if note[WANTS] != NONE:
        if kind == LEARNED:
            note[ASKS] = 1
        else:
            # At one instant what is told comes before what is done, so it waits a microsecond.
            life.alarm[RETRY] = at + 1
    if kind == OPENED:
        open_up(calendar, habits, memory, life, columns)
    elif kind == MOVED:
        columns.moves[place] += 1
    elif kind == OVERRIDDEN:
        columns.overrides[place] += 1
    if kind == HOLD:
        columns.holds[place] += 1
        begin_hold(tables, calendar, habits, memory, life)
    elif note[HELD] and not is_held(memory, at):
        end_hold(tables, calendar, habits, memory, life)
    if kind == OPENED or memory.deal[VISITS] != visits:
        if kind != OPENED:
            columns.rule[place] = NONE
        columns.cause[place] = note[CAUSE]
        note[ENTERS] = 1
        # What is planned at the instant of a move or a reopening would come before it.
        note[THINKS] = OF_BOOKING if kind == OPENED or kind == ACTIVITY else OF_TOUCH
    if habits.heeds > 0.0 and note[THINKS] == OF_NOTHING and kind != PLANNED:
        # Gaps may have begun or ended with it.
        note[THINKS] = OF_HEEDING
    if kind == ACTIVITY:
        cool(tables, habits, memory, life)
        if variant < habits.touch_first:
            columns.touches[place] += 1
            note[TOUCHES] += 1
            note[THINKS] = OF_BOOKING
            expect_reply(calendar, habits, memory, life)
        else:
            columns.inbound[place] += 1


def open_up(
    calendar: CalendarTables, habits: Habits, memory: Memory, life: Life, columns: Columns
) -> None:
    """Note that a deal has opened, and whose it is, and let what is known of it be told."""
    place = life.note[PLACE]
    columns.opened_at[place] = life.note[AT]
    columns.owner[place] = owner_of(habits, life.note[DEAL])
    columns.rule[place] = NONE
    columns.first_breach_at[place] = NEVER
    for row in range(len(habits.fact)):
        if habits.fact_stage[row] == NONE:
            if habits.fact_after[row] == NONE:
                tell_fact(calendar, habits, life, row)
            else:
                expect_fact(calendar, habits, memory, life, row)
    expect_holds(calendar, habits, memory, life, NONE, 0)


def owner_of(habits: Habits, deal: int) -> int:
    """Return the number of a deal's owner, or NONE."""
    owners = len(habits.owner_upto)
    if owners == 0:
        return NONE
    return one_of(habits, habits.owner_upto, 0, owners, deal, habits.owner_purpose, 0)


def write(trace: Trace, deal: int, at: int, what: int, one: int, two: int, who: int) -> None:
    """Write an event down if there is room; *found* goes on."""
    place = trace.found[0]
    trace.found[0] = place + 1
    if place < len(trace.deal):
        trace.deal[place] = deal
        trace.at[place] = at
        trace.what[place] = what
        trace.one[place] = one
        trace.two[place] = two
        trace.who[place] = who

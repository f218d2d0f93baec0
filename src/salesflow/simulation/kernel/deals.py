"""Deals: one after the other where they share nothing, else all of them in the order of time."""

from __future__ import annotations

from salesflow.calendars.arithmetic import CalendarTables, add
from salesflow.rules.codes import LOST, NEVER, NONE, OPEN, WON
from salesflow.rules.tables import HELD_COUNT, PASTS, STAGE, VISITS, Ints, Memory, Tables
from salesflow.simulation.kernel.codes import BY_NOBODY, DEAL, FOR_EFFORT, FOR_TOUCH, PLACE, REVIVE
from salesflow.simulation.kernel.heaps import first_of, put, take_out
from salesflow.simulation.kernel.intake import (
    close_lines,
    count_open,
    group_of,
    line_up,
    stay_out,
    take_up,
)
from salesflow.simulation.kernel.pool import Pool, give_slot, is_limited, take_slot
from salesflow.simulation.kernel.reps import next_shift, notice_jobs, serve, wakes_at
from salesflow.simulation.kernel.stays import drop
from salesflow.simulation.kernel.steps import begin, finish, go_on
from salesflow.simulation.kernel.tables import Columns, Habits, Life, Trace

NO_SLOT = -2
"""Returned where more deals were alive at a time than there was room for."""


def simulate_deals(
    tables: Tables,
    calendar: CalendarTables,
    habits: Habits,
    pool: Pool,
    first: int,
    apart: Ints,
    until: int,
    columns: Columns,
    trace: Trace,
    traced: int,
) -> int:
    """
    Run deals, and return how much room for visits and acts one of them took, or NO_SLOT.

    Where nobody waits for reps, a deal is run from its opening to the end before the next one is.
    Else all are run in the order of time: a deal is looked at when something happens to it, and
    may have to wait before it opens.

    Args:
        tables: The process.

        calendar: Of all the deals.

        habits: What people do.

        pool: Where deals are kept that wait for each other; else, one after the other.

        first: The number of the first deal.

        apart: Per deal: how long after the start it comes, in the measure of the arrivals.

        until: Nothing happens later.

        columns: What became of each deal is noted there.

        trace: What was recorded is written there, as far as there is room.

        traced: The number of the deal whose events are written down; OF_ALL, OF_NONE.
    """
    number = room = now = 0
    memory, life = pool.memories[0], pool.lives[0]
    coming = comes_at(calendar, habits, memory, apart, number)
    while True:
        # Whose turn is it?
        slot, place, ends = NONE, NONE, habits.reps == 0
        if is_limited(habits):
            place = take_up(calendar, habits, memory, pool, first, now, columns)
        if place == NONE:
            waking = first_of(pool.wakes, 0)
            wakes = NEVER if waking == NONE else pool.wakes.key[waking]
            shift = next_shift(pool)
            if shift <= until and shift < min(coming, wakes):
                now = shift
                serve(tables, calendar, habits, pool, now, until, columns)
                continue
            if wakes < coming:
                now, slot = wakes, waking
                memory, life = pool.memories[slot], pool.lives[slot]
                ends = now == until
            elif coming <= until:
                now, place = coming, number
                columns.arrived_at[place] = now
                number += 1
                coming = comes_at(calendar, habits, memory, apart, number)
                if is_limited(habits):
                    line_up(pool, group_of(habits, first + place), place)
                    continue
            else:
                break
        if slot == NONE:
            if habits.reps:
                slot = take_slot(pool)
                if slot == NONE:
                    return NO_SLOT
                memory, life = pool.memories[slot], pool.lives[slot]
            begin(habits, life, first + place, place, now)
        while True:
            upto = until if ends else now
            go_on(tables, calendar, habits, memory, life, upto, columns, trace, traced)
            if ends or not is_over(tables, memory, life):
                break
            # Nobody waits for a deal that is over: all that is left of it is run at once.
            ends = True
        room = max(room, memory.deal[VISITS], memory.deal[PASTS], memory.deal[HELD_COUNT])
        if ends:
            finish(tables, memory, life, until, columns)
        if habits.reps:
            look_around(
                tables, calendar, habits, memory, life, pool, slot, now, until, ends, columns
            )
    close_lines(calendar, habits, memory, pool, first, until, columns)
    for left in range(number, len(apart)):
        columns.arrived_at[left] = NEVER
        stay_out(columns, left, 0, BY_NOBODY)
    return room


def look_around(
    tables: Tables,
    calendar: CalendarTables,
    habits: Habits,
    memory: Memory,
    life: Life,
    pool: Pool,
    slot: int,
    now: int,
    until: int,
    ends: bool,  # noqa: FBT001 - the kernel knows no keywords
    columns: Columns,
) -> None:
    """
    Let the deal that was just looked at wait again, and others take what it left.

    Args:
        tables: The process.

        calendar: Of all the deals.

        habits: What people do.

        memory: The deal.

        life: What people have in mind about it.

        pool: Where it is kept.

        slot: Its slot there.

        now: When it was looked at.

        until: When everything ends.

        ends: Whether this was the last time.

        columns: What became of each deal.
    """
    if is_limited(habits):
        is_open = 1 if tables.stage_kind[memory.deal[STAGE]] == OPEN else 0
        count_open(pool, group_of(habits, life.note[DEAL]), slot, is_open)
    if ends:
        drop(life, FOR_EFFORT)
        drop(life, FOR_TOUCH)
    notice_jobs(tables, calendar, habits, memory, life, pool, slot, now, columns)
    if not ends:
        wakes = wakes_at(tables, calendar, memory, life, until)
        put(pool.wakes, 0, slot, wakes, life.note[PLACE])
    else:
        if pool.wakes.place[slot] != NONE:
            take_out(pool.wakes, 0, slot)
        give_slot(pool, slot)
    serve(tables, calendar, habits, pool, now, until, columns)


def comes_at(
    calendar: CalendarTables, habits: Habits, memory: Memory, apart: Ints, number: int
) -> int:
    """Return when a deal comes; NEVER if there is none of that number."""
    if number == len(apart):
        return NEVER
    skip = memory.skip_from
    return add(calendar, habits.start, habits.arrival_measure, apart[number], skip, skip, 0)


def is_over(tables: Tables, memory: Memory, life: Life) -> bool:
    """Return whether the deal is won or lost, and does not come back."""
    kind = tables.stage_kind[memory.deal[STAGE]]
    return (kind == WON or kind == LOST) and life.alarm[REVIVE] == NEVER

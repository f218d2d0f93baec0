"""Deals: one after the other where they share nothing, else all of them in the order of time."""

from __future__ import annotations

from salesflow.calendars.arithmetic import CalendarTables, add
from salesflow.rules.codes import LOST, NEVER, NONE, OPEN, WON
from salesflow.rules.tables import HELD_COUNT, PASTS, STAGE, VISITS, Ints, Memory, Slots, Tables
from salesflow.simulation.kernel.codes import DEAL, FOR_EFFORT, FOR_TOUCH, REVIVE
from salesflow.simulation.kernel.heaps import pop, push
from salesflow.simulation.kernel.intake import (
    close_lines,
    count_open,
    group_of,
    is_limited,
    line_up,
    take_up,
)
from salesflow.simulation.kernel.pool import Pool, give_slot, take_slot
from salesflow.simulation.kernel.reps import next_shift, notice_jobs, serve, wakes_at
from salesflow.simulation.kernel.stays import drop
from salesflow.simulation.kernel.steps import begin, finish, step
from salesflow.simulation.kernel.tables import Columns, Habits, Life, Trace

NO_SLOT = -2
"""Returned where more deals were alive, or queued, than there was room for."""


def simulate_deals(
    tables: Tables,
    calendar: CalendarTables,
    habits: Habits,
    pool: Pool,
    first: int,
    apart: Ints,
    until: int,
    codes: Slots,
    which: Slots,
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

        codes: Room for `most_obstacles` entries.

        which: The same.

        columns: What became of each deal is noted there.

        trace: What was recorded is written there, as far as there is room.

        traced: The number of the deal whose events are written down; OF_ALL, OF_NONE.
    """
    number = room = now = 0
    memory, life = pool.memories[0], pool.lives[0]
    coming = comes_at(calendar, habits, memory, apart, number)
    while True:
        # Whose turn is it?
        slot, ends = NONE, habits.reps == 0
        place = take_up(calendar, habits, memory, pool, first, now, columns)
        if place == NONE and len(habits.rep_shifts):
            shift = next_shift(pool)
            wakes = pool.wakes.filled[0] > 0 and pool.wakes.key[0] <= shift
            if shift <= until and shift < coming and not wakes:
                now = shift
                if not serve(calendar, habits, pool, now, columns):
                    return NO_SLOT
                continue
        if place == NONE and pool.wakes.filled[0] > 0 and pool.wakes.key[0] < coming:
            now, slot = pool.wakes.key[0], pool.wakes.item[0]
            pop(pool.wakes, 0)
            if pool.wake_at[slot] != now:
                continue  # it was looked at earlier
            place = pool.place[slot]
            memory, life = pool.memories[slot], pool.lives[slot]
            ends = now == until or is_over(tables, memory, life)
        elif place == NONE:
            if coming > until:
                break
            now, place = coming, number
            columns.arrived_at[place] = now
            number += 1
            coming = comes_at(calendar, habits, memory, apart, number)
            if is_limited(habits):
                line_up(pool, group_of(habits, first + place), place)
                continue
        if slot == NONE:
            if habits.reps:
                slot = take_slot(pool)
                if slot == NONE:
                    return NO_SLOT
                pool.place[slot] = place
                memory, life = pool.memories[slot], pool.lives[slot]
            begin(habits, life, first + place, place, now)
        # Nobody waits for a deal that ends: all that is left of it is run at once.
        while step(
            tables,
            calendar,
            habits,
            memory,
            life,
            until if ends else now,
            codes,
            which,
            columns,
            trace,
            traced,
        ):
            pass
        room = max(room, memory.deal[VISITS], memory.deal[PASTS], memory.deal[HELD_COUNT])
        if ends:
            finish(tables, memory, life, until, columns)
        if habits.reps and not look_around(
            tables, calendar, habits, memory, life, pool, slot, now, until, ends, columns
        ):
            return NO_SLOT
    close_lines(calendar, habits, memory, pool, first, until, columns)
    for left in range(number, len(apart)):
        columns.arrived_at[left] = NEVER
        columns.stage[left] = NONE
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
) -> bool:
    """
    Let the deal that was just looked at wait again, and others take what it left; False: no room.

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
    if not notice_jobs(tables, calendar, habits, memory, life, pool, slot, now, columns):
        return False
    if ends:
        pool.wake_at[slot] = NEVER
        give_slot(pool, slot)
    else:
        wake_at = now
        if not is_over(tables, memory, life):
            wake_at = wakes_at(tables, calendar, memory, life, until)
        pool.wake_at[slot] = wake_at
        if not push(pool.wakes, 0, wake_at, pool.place[slot], slot):
            return False
    return serve(calendar, habits, pool, now, columns)


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

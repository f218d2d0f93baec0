"""Deals: one after the other where they share nothing, else all of them in the order of time."""

from __future__ import annotations

from salesflow.calendars.arithmetic import CalendarTables, add
from salesflow.rules.codes import LOST, NEVER, NONE, WON
from salesflow.rules.tables import PASTS, STAGE, VISITS, Ints, Memory, Slots, Tables
from salesflow.simulation.kernel.heaps import pop, push
from salesflow.simulation.kernel.pool import Pool, give_slot, load, save, take_slot
from salesflow.simulation.kernel.reps import drop_jobs, notice_jobs, serve, wakes_at
from salesflow.simulation.kernel.steps import begin, finish, step
from salesflow.simulation.kernel.tables import Columns, Habits, Life, Trace

NO_SLOT = -2
"""Returned where more deals were alive, or queued, than there was room for."""


def simulate_deals(
    tables: Tables,
    calendar: CalendarTables,
    habits: Habits,
    memory: Memory,
    life: Life,
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
    Else all are run in the order of time: a deal is looked at when something happens to it.

    Args:
        tables: The process.

        calendar: Of all the deals.

        habits: What people do.

        memory: Used for one deal after the other.

        life: The same.

        pool: Where deals are kept that wait for each other.

        first: The number of the first deal.

        apart: Per deal: how long after the start it opens, in the measure of the arrivals.

        until: Nothing happens later.

        codes: Room for `most_obstacles` entries.

        which: The same.

        columns: What became of each deal is noted there.

        trace: What was recorded is written there, as far as there is room.

        traced: The number of the deal whose events are written down; OF_ALL, OF_NONE.
    """
    number = room = place = 0
    opening = opens_at(calendar, habits, memory, apart, number)
    while True:
        # Whose turn is it?
        slot, at, ends = NONE, opening, habits.reps == 0
        if pool.wakes.filled[0] > 0 and pool.wakes.key[0] < opening:
            at, slot = pool.wakes.key[0], pool.wakes.item[0]
            pop(pool.wakes, 0)
            if pool.wake_at[slot] != at:
                continue  # it was looked at earlier
            place = pool.place[slot]
            load(pool, slot, memory, life)
            ends = at == until or is_closed(tables, memory)
        elif opening > until:
            break
        else:
            place = number
            begin(habits, life, first + place, opening)
            number += 1
            opening = opens_at(calendar, habits, memory, apart, number)
            if habits.reps:
                slot = take_slot(pool)
                if slot == NONE:
                    return NO_SLOT
                pool.place[slot] = place
        # Nobody waits for a deal that ends: all that is left of it is run at once.
        while step(
            tables,
            calendar,
            habits,
            memory,
            life,
            first + place,
            place,
            until if ends else at,
            codes,
            which,
            columns,
            trace,
            traced,
        ):
            pass
        room = max(room, memory.deal[VISITS], memory.deal[PASTS])
        if ends:
            finish(tables, memory, life, place, until, columns)
        if habits.reps:
            if ends:
                drop_jobs(life)
            if not notice_jobs(tables, calendar, habits, memory, life, pool, slot, at, columns):
                return NO_SLOT
            save(pool, slot, memory, life)
            if ends:
                pool.wake_at[slot] = NEVER
                give_slot(pool, slot)
            else:
                wake_at = at
                if not is_closed(tables, memory):
                    wake_at = wakes_at(tables, calendar, memory, life, until)
                pool.wake_at[slot] = wake_at
                if not push(pool.wakes, 0, wake_at, place, slot):
                    return NO_SLOT
            if not serve(calendar, habits, memory, life, pool, first, at, columns):
                return NO_SLOT
    for left in range(number, len(apart)):
        columns.stage[left] = NONE
    return room


def opens_at(
    calendar: CalendarTables, habits: Habits, memory: Memory, apart: Ints, number: int
) -> int:
    """Return when a deal opens; NEVER if there is none of that number."""
    if number == len(apart):
        return NEVER
    skip = memory.skip_from
    return add(calendar, habits.start, habits.arrival_measure, apart[number], skip, skip, 0)


def is_closed(tables: Tables, memory: Memory) -> bool:
    """Return whether the deal is won or lost."""
    kind = tables.stage_kind[memory.deal[STAGE]]
    return kind == WON or kind == LOST

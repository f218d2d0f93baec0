"""Reps: who does what next, when there are fewer of them than things to do."""

from __future__ import annotations

from salesflow.calendars.arithmetic import CalendarTables
from salesflow.rules.codes import NEVER, NONE, UNKNOWN
from salesflow.rules.replay import WORTH
from salesflow.rules.tables import NOW, Memory, Tables
from salesflow.rules.turns import acts_at, next_rung
from salesflow.simulation.kernel.codes import (
    BY_DEADLINE,
    BY_VALUE,
    DROPPED,
    EFFORT,
    FOR_EFFORT,
    JOB,
    JOB_DIST,
    JOB_PURPOSE,
    JOB_TURN,
    JOBS,
    NEWEST,
    PATIENCE,
    REP,
    SINCE,
    TICKET,
    TOUCHING,
)
from salesflow.simulation.kernel.draws import after
from salesflow.simulation.kernel.heaps import pop, push
from salesflow.simulation.kernel.pool import TICKETS, Pool
from salesflow.simulation.kernel.steps import earliest
from salesflow.simulation.kernel.tables import Columns, Habits, Life


def wakes_at(
    tables: Tables, calendar: CalendarTables, memory: Memory, life: Life, until: int
) -> int:
    """
    Return when something happens to the deal next, if nobody else does anything: *until* at last.

    A rung is seen a microsecond after its deadline, though it acts at it.
    """
    at = life.alarm[earliest(life)]
    if at <= memory.deal[NOW]:
        at = memory.deal[NOW] + 1
    rung = next_rung(tables, calendar, memory, min(at, until))
    if rung != NONE:
        at = min(at, max(acts_at(memory, rung), memory.due[rung] + 1))
    return min(at, until)


def drop_jobs(life: Life) -> None:
    """Let nobody do anything for the deal any more."""
    for job in range(JOBS):
        life.note[JOB + job], life.note[DROPPED + job] = 0, 1


def notice_jobs(
    tables: Tables,
    calendar: CalendarTables,
    habits: Habits,
    memory: Memory,
    life: Life,
    pool: Pool,
    slot: int,
    now: int,
    columns: Columns,
) -> bool:
    """
    Let reps go who are done with a deal, and queue what it wants now; False if there is no room.

    What a rep began is done to the end, unless the deal leaves the stage.
    """
    note, place = life.note, pool.place[slot]
    for job in range(JOBS):
        if note[DROPPED + job]:
            note[DROPPED + job] = 0
            if note[REP + job]:
                pool.busy[note[REP + job] - 1] = 0
                columns.worked[place] += now - note[SINCE + job]
            elif note[TICKET + job]:
                columns.waited[place] += now - note[SINCE + job]
            note[REP + job] = note[TICKET + job] = 0
        if note[JOB + job] and not note[TICKET + job]:
            ticket = pool.counts[TICKETS] + 1
            pool.counts[TICKETS] = ticket
            note[TICKET + job], note[SINCE + job] = ticket, now
            key = turn_of(tables, calendar, habits, memory, now)
            queue = columns.owner[place] if habits.owned else 0
            if not push(pool.queues, queue, key, ticket, slot * JOBS + job):
                return False
    return True


def turn_of(
    tables: Tables, calendar: CalendarTables, habits: Habits, memory: Memory, now: int
) -> int:
    """Return by what a deal is queued; the smallest is first."""
    if habits.queue == NEWEST:
        return -now
    if habits.queue == BY_VALUE:
        worth = memory.fact[WORTH]
        return 1 if worth == UNKNOWN else -worth
    if habits.queue == BY_DEADLINE:
        rung = next_rung(tables, calendar, memory, NEVER)
        return NEVER if rung == NONE else memory.due[rung]
    return now


def serve(
    calendar: CalendarTables,
    habits: Habits,
    memory: Memory,
    life: Life,
    pool: Pool,
    first: int,
    now: int,
    columns: Columns,
) -> bool:
    """Let every rep who is free begin what is first in the queue; False if there is no room."""
    notes = len(life.alarm)
    for rep in range(len(pool.busy)):
        queue = rep if habits.owned else 0
        while not pool.busy[rep] and pool.queues.filled[queue] > 0:
            top = queue * (len(pool.queues.key) // len(pool.queues.filled))
            ticket, item = pool.queues.tie[top], pool.queues.item[top]
            pop(pool.queues, queue)
            slot, job = item // JOBS, item % JOBS
            base = pool.block * slot
            note = base + notes
            if pool.kept[note + TICKET + job] != ticket:
                continue  # not wanted any more
            place = pool.place[slot]
            pool.busy[rep] = 1
            pool.kept[note + REP + job] = rep + 1
            columns.waited[place] += now - pool.kept[note + SINCE + job]
            pool.kept[note + SINCE + job] = now
            end = after(
                habits,
                calendar,
                now,
                pool.kept[note + JOB_DIST + job],
                first + place,
                pool.kept[note + JOB_PURPOSE + job],
                pool.kept[note + JOB_TURN + job],
                habits.rep_pace[rep],
                memory.skip_from,
            )
            if job == FOR_EFFORT:
                pool.kept[base + EFFORT] = end
                pool.kept[base + PATIENCE] = NEVER
            else:
                pool.kept[base + TOUCHING] = end
            if end < pool.wake_at[slot]:
                pool.wake_at[slot] = end
                if not push(pool.wakes, 0, end, place, slot):
                    return False
    return True

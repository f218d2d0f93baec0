"""Reps: who does what next, when there are fewer of them than things to do."""

from __future__ import annotations

from salesflow.calendars.arithmetic import CalendarTables
from salesflow.rules.codes import NEVER, NONE, UNKNOWN
from salesflow.rules.replay import WORTH
from salesflow.rules.schedule import acts_at, next_rung
from salesflow.rules.tables import NOW, Memory, Tables
from salesflow.simulation.kernel.alarms import earliest
from salesflow.simulation.kernel.codes import (
    BY_DEADLINE,
    BY_VALUE,
    DEAL,
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
from salesflow.simulation.kernel.draws import after, component, micros_of
from salesflow.simulation.kernel.heaps import pop, push
from salesflow.simulation.kernel.pool import TICKETS, Pool
from salesflow.simulation.kernel.shifts import has_shifts, is_done_at, is_there_from
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


def serve(calendar: CalendarTables, habits: Habits, pool: Pool, now: int, columns: Columns) -> bool:
    """Let every rep who is there and free begin what is first in the queue; False: no room."""
    for rep in range(len(pool.busy)):
        queue = rep if habits.owned else 0
        there_from = now
        if not pool.busy[rep] and pool.queues.filled[queue] > 0:
            there_from = is_there_from(habits, rep, now)
        pool.there_from[rep] = NEVER if there_from == now else there_from
        while there_from == now and not pool.busy[rep] and pool.queues.filled[queue] > 0:
            top = queue * (len(pool.queues.key) // len(pool.queues.filled))
            ticket, item = pool.queues.tie[top], pool.queues.item[top]
            pop(pool.queues, queue)
            slot, job = item // JOBS, item % JOBS
            life = pool.lives[slot]
            note, place = life.note, pool.place[slot]
            if note[TICKET + job] != ticket:
                continue  # not wanted any more
            pool.busy[rep] = 1
            note[REP + job] = rep + 1
            columns.waited[place] += now - note[SINCE + job]
            note[SINCE + job] = now
            end = ends_at(calendar, habits, pool, slot, job, rep, now)
            if job == FOR_EFFORT:
                life.alarm[EFFORT] = end
                life.alarm[PATIENCE] = NEVER
            else:
                life.alarm[TOUCHING] = end
            if end < pool.wake_at[slot]:
                pool.wake_at[slot] = end
                if not push(pool.wakes, 0, end, place, slot):
                    return False
    return True


def ends_at(
    calendar: CalendarTables,
    habits: Habits,
    pool: Pool,
    slot: int,
    job: int,
    rep: int,
    now: int,
) -> int:
    """Return when a rep has done what they begin now for the deal in a slot."""
    memory, note = pool.memories[slot], pool.lives[slot].note
    dist, purpose, turn = note[JOB_DIST + job], note[JOB_PURPOSE + job], note[JOB_TURN + job]
    deal, pace = note[DEAL], habits.rep_pace[rep]
    if not has_shifts(habits, rep):
        return after(habits, calendar, memory, now, dist, deal, purpose, turn, pace, 0)
    one = component(habits, dist, deal, purpose, turn)
    return is_done_at(habits, rep, now, micros_of(habits, one, deal, purpose, turn, pace))


def next_shift(pool: Pool) -> int:
    """Return when the first rep comes back for whom something waits; NEVER if it is so for none."""
    found = NEVER
    for at in pool.there_from:
        found = min(found, at)
    return found

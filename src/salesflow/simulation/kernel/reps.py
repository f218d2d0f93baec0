"""Reps: who does what next, when there are fewer of them than things to do."""

from __future__ import annotations

from salesflow.calendars.arithmetic import CalendarTables
from salesflow.rules.codes import NEVER, NONE, UNKNOWN
from salesflow.rules.replay import WORTH
from salesflow.rules.schedule import acts_at, next_rung
from salesflow.rules.tables import NOW, STAGE, Memory, Tables
from salesflow.simulation.kernel.alarms import next_alarm
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
    PLACE,
    REP,
    SINCE,
    TOUCHING,
)
from salesflow.simulation.kernel.draws import after, component, micros_of
from salesflow.simulation.kernel.heaps import first_of, put, take_out
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
    at = max(life.alarm[next_alarm(life)], memory.deal[NOW] + 1)
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
) -> None:
    """
    Let reps go who are done with a deal, and queue what it wants now.

    What a rep began is done to the end, unless the deal leaves the stage.
    """
    note, place = life.note, life.note[PLACE]
    queue = columns.owner[place] if habits.owned else 0
    for job in range(JOBS):
        item = slot * JOBS + job
        if note[DROPPED + job]:
            note[DROPPED + job] = 0
            if note[REP + job]:
                pool.busy[note[REP + job] - 1] = note[REP + job] = 0
                columns.worked[place] += now - note[SINCE + job]
            elif pool.queues.place[item] != NONE:
                take_out(pool.queues, queue, item)
                columns.waited[place] += now - note[SINCE + job]
        if note[JOB + job] and not note[REP + job] and pool.queues.place[item] == NONE:
            pool.counts[TICKETS] += 1
            note[SINCE + job] = now
            key = turn_of(tables, calendar, habits, memory, now)
            put(pool.queues, queue, item, key, pool.counts[TICKETS])


def turn_of(
    tables: Tables, calendar: CalendarTables, habits: Habits, memory: Memory, now: int
) -> int:
    """Return the key by which a deal is queued: the smallest comes first."""
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
    tables: Tables,
    calendar: CalendarTables,
    habits: Habits,
    pool: Pool,
    now: int,
    until: int,
    columns: Columns,
) -> None:
    """Let every rep who is there and free begin what is first in the queue."""
    for rep in range(len(pool.busy)):
        pool.there_from[rep] = NEVER
        if pool.busy[rep]:
            continue
        queue = rep if habits.owned else 0
        item = first_of(pool.queues, queue)
        if item == NONE:
            continue
        there_from = is_there_from(habits, rep, now)
        if there_from > now:
            pool.there_from[rep] = there_from
            continue
        take_out(pool.queues, queue, item)
        slot, job = item // JOBS, item % JOBS
        memory, life = pool.memories[slot], pool.lives[slot]
        note, place = life.note, life.note[PLACE]
        pool.busy[rep] = 1
        note[REP + job] = rep + 1
        columns.waited[place] += now - note[SINCE + job]
        note[SINCE + job] = now
        end = ends_at(calendar, habits, memory, life, job, rep, now)
        if job == FOR_EFFORT:
            life.alarm[EFFORT], life.alarm[PATIENCE] = end, NEVER
            columns.efforts[place * len(tables.stage_kind) + memory.deal[STAGE]] += 1
        else:
            life.alarm[TOUCHING] = end
        put(pool.wakes, 0, slot, wakes_at(tables, calendar, memory, life, until), place)


def ends_at(
    calendar: CalendarTables,
    habits: Habits,
    memory: Memory,
    life: Life,
    job: int,
    rep: int,
    now: int,
) -> int:
    """Return when a rep has done what they begin now for a deal."""
    note = life.note
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

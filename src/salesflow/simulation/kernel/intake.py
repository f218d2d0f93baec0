"""Intake: deals that came while as many were open as may be, and wait for their turn to open."""

from __future__ import annotations

from salesflow.calendars.arithmetic import CalendarTables
from salesflow.rules.codes import NEVER, NONE, UNKNOWN
from salesflow.rules.tables import Memory
from salesflow.simulation.kernel.codes import BY_LEAVING, BY_NOBODY
from salesflow.simulation.kernel.draws import after
from salesflow.simulation.kernel.pool import Pool
from salesflow.simulation.kernel.recording import owner_of
from salesflow.simulation.kernel.tables import Columns, Habits


def group_of(habits: Habits, deal: int) -> int:
    """Return with which deals a deal shares a limit: those of its owner, where owners have any."""
    return owner_of(habits, deal) if len(habits.owner_limit) else 0


def line_up(pool: Pool, group: int, place: int) -> None:
    """Let a deal wait behind those of its group that came before it."""
    if pool.line_first[group] == NONE:
        pool.line_first[group] = place
    else:
        pool.line_next[pool.line_last[group]] = place
    pool.line_last[group] = place
    pool.line_next[place] = NONE


def take_up(
    calendar: CalendarTables,
    habits: Habits,
    memory: Memory,
    pool: Pool,
    first: int,
    now: int,
    columns: Columns,
) -> int:
    """
    Return the deal that may open at *now*, which waits no more; NONE if none may.

    It is the one that came first of those whose group has room. Whose patience ends just now is
    still there.
    """
    all_groups = len(pool.line_first)
    found = NONE
    if habits.open_limit != NONE and pool.open_now[all_groups] >= habits.open_limit:
        return NONE
    for group in range(all_groups):
        if len(habits.owner_limit):
            limit = habits.owner_limit[group]
            if limit != NONE and pool.open_now[group] >= limit:
                continue
        let_leave(calendar, habits, memory, pool, first, group, now, columns)
        ahead = pool.line_first[group]
        if ahead != NONE and (found == NONE or ahead < found):
            found = ahead
    if found != NONE:
        group = group_of(habits, first + found)
        pool.line_first[group] = pool.line_next[found]
        columns.queued[found] = now - columns.arrived_at[found]
    return found


def let_leave(
    calendar: CalendarTables,
    habits: Habits,
    memory: Memory,
    pool: Pool,
    first: int,
    group: int,
    now: int,
    columns: Columns,
) -> None:
    """Let those at the head of a line go whose patience ended before *now*."""
    place = pool.line_first[group]
    while place != NONE:
        came, purpose = columns.arrived_at[place], habits.intake_purpose
        deal = first + place
        ends = after(habits, calendar, memory, came, habits.intake, deal, purpose, 0, 1.0, 0)
        if ends >= now:
            break
        stay_out(columns, place, ends - came, BY_LEAVING)
        place = pool.line_next[place]
    pool.line_first[group] = place


def close_lines(
    calendar: CalendarTables,
    habits: Habits,
    memory: Memory,
    pool: Pool,
    first: int,
    until: int,
    columns: Columns,
) -> None:
    """Note who is still waiting at the end."""
    for group in range(len(pool.line_first)):
        while pool.line_first[group] != NONE:
            # Behind somebody patient there may be others who have left.
            let_leave(calendar, habits, memory, pool, first, group, until, columns)
            place = pool.line_first[group]
            if place != NONE:
                stay_out(columns, place, until - columns.arrived_at[place], BY_NOBODY)
                pool.line_first[group] = pool.line_next[place]


def stay_out(columns: Columns, place: int, queued: int, cause: int) -> None:
    """Note that a deal was not opened by the end."""
    columns.queued[place], columns.cause[place] = queued, cause
    columns.opened_at[place] = columns.entered_at[place] = columns.closed_at[place] = NEVER
    columns.first_breach_at[place] = NEVER
    columns.kind[place] = columns.stage[place] = NONE
    columns.rule[place] = columns.owner[place] = NONE
    columns.value[place] = UNKNOWN


def count_open(pool: Pool, group: int, slot: int, is_open: int) -> None:
    """Count a deal among the open ones of its group and of all, or no more."""
    change = is_open - pool.is_open[slot]
    pool.is_open[slot] = is_open
    pool.open_now[group] += change
    pool.open_now[len(pool.line_first)] += change

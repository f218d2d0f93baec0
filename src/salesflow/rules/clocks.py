"""Clocks: what starts one, what stops it, and which rungs it has already passed."""

from __future__ import annotations

from salesflow.calendars.arithmetic import CalendarTables, end_of_day
from salesflow.rules.codes import (
    LONG_AGO,
    NEVER,
    NONE,
    SINCE_ACTIVITY,
    SINCE_DATE,
    SINCE_FACT,
    SINCE_OPENED,
    SINCE_STAGE,
    SINCE_TOTAL,
    SINCE_TOUCH,
    UNASKED,
    UNKNOWN,
)
from salesflow.rules.deadlines import due_of
from salesflow.rules.gates import is_true, known
from salesflow.rules.tables import (
    ENTERED_AT,
    FRESH_AT,
    MIGRATED_AT,
    NOW,
    OPENED_AT,
    PASTS,
    QUIET_UNTIL,
    STAGE,
    VISITS,
    Memory,
    Tables,
)


def start_of(tables: Tables, calendar: CalendarTables, memory: Memory, rule: int) -> int:
    """
    Return when the rule's clock started, or NEVER if it does not run.

    A touch clock starts at the later of the opening (or reopening) and the latest touch of its
    class; a stage clock when the stage was entered, this time or, for the total of all visits, the
    first time; an activity clock at the latest done one; a fact clock when the fact became true or
    was first learned; a date clock at the end of the date's local day.
    """
    since, arg = tables.rule_since[rule], tables.rule_arg[rule]
    if since == SINCE_TOUCH:
        return max(memory.deal[FRESH_AT], memory.touch_at[arg])
    if since == SINCE_STAGE:
        return memory.deal[ENTERED_AT]
    if since == SINCE_OPENED:
        return memory.deal[OPENED_AT]
    if since == SINCE_FACT:
        return memory.fact_since[arg]
    if since == SINCE_ACTIVITY:
        return NEVER if memory.kind_at[arg] == LONG_AGO else memory.kind_at[arg]
    if since == SINCE_TOTAL:
        return first_entered_at(memory)
    day = known(memory, arg, 0, memory.deal[NOW])
    return NEVER if day == UNKNOWN else end_of_day(calendar, day)


def first_entered_at(memory: Memory) -> int:
    """Return when the deal entered its stage for the first time."""
    for visit in range(min(memory.deal[VISITS], len(memory.visit_from))):
        if memory.visit_stage[visit] == memory.deal[STAGE]:
            return memory.visit_from[visit]
    return memory.deal[ENTERED_AT]


def wind(tables: Tables, calendar: CalendarTables, memory: Memory, rule: int) -> None:
    """
    Bring one clock up to date: a new start moves every rung.

    Each rung acts once for each start of its clock, even if the clock returns to that start.
    """
    start, before = start_of(tables, calendar, memory, rule), memory.start[rule]
    if start == before:
        return
    memory.start[rule] = start
    memory.stopped[rule] = 0
    stir(tables, memory, rule)
    for rung in range(tables.rule_first[rule], tables.rule_first[rule + 1]):
        memory.acted[rung] = NEVER
        memory.due[rung] = UNASKED
    since = tables.rule_since[rule]
    # For an instant that has just come nothing has acted; but a date may have been it before.
    is_new = before < start == memory.deal[NOW] and since != SINCE_DATE
    if start != NEVER and not is_new:
        remember(tables, calendar, memory, rule)
    stop_if_due(tables, memory, rule)


def stir(tables: Tables, memory: Memory, rule: int) -> None:
    """Note that no more is known of the rule's rungs than when its clock started."""
    quiet = memory.quiet[rule] = memory.start[rule] + tables.rule_least[rule]
    if quiet < memory.deal[QUIET_UNTIL]:
        memory.deal[QUIET_UNTIL] = quiet


def remember(tables: Tables, calendar: CalendarTables, memory: Memory, rule: int) -> None:
    """
    Mark what has already acted for this start of the clock.

    A rung that acted under an earlier process has also acted under this one if it was overdue by
    this one at the migration, going by what its clock had counted then: a clock that a closed or
    parked stage stopped counts no further there; otherwise it makes no difference where the deal
    was. A rung that was not overdue may still be in time. That is asked once, when the clock first
    stands at that start, even if its fact has expired: whatever is planned, held or overridden
    later, it neither acts twice nor not at all.
    """
    for past in range(min(memory.deal[PASTS], len(memory.past_rung))):
        rung = memory.past_rung[past]
        is_same = memory.past_start[past] == memory.start[rule]
        if tables.rule_since[rule] == SINCE_TOTAL or tables.rule_since[rule] == SINCE_STAGE:
            is_same = is_same and memory.past_stage[past] == memory.deal[STAGE]
        if not is_same or tables.rung_rule[rung] != rule:
            continue
        if memory.past_due[past] == UNASKED:
            memory.past_due[past] = due_of(tables, calendar, memory, rung)
            if memory.past_due[past] >= memory.deal[MIGRATED_AT]:
                memory.past_start[past] = NEVER  # it has not acted under this process
                continue
        memory.acted[rung] = memory.past_at[past]
        memory.due[rung] = memory.past_due[past]


def stop_if_due(tables: Tables, memory: Memory, rule: int) -> None:
    """
    Stop the clock if what stops it came strictly after its start.

    A date clock may start after its own end, so for it everything since the opening counts, and for
    a fact, whether it holds.
    """
    until, arg = tables.rule_until[rule], tables.rule_until_arg[rule]
    if until == NONE or memory.start[rule] == NEVER:
        return
    if tables.rule_since[rule] == SINCE_DATE:
        came = has_come(memory, until, arg)
    else:
        came = latest_of(memory, until, arg) > memory.start[rule]
    if came:
        memory.stopped[rule] = 1


def latest_of(memory: Memory, source: int, arg: int) -> int:
    """Return when what may stop a clock last came, or LONG_AGO; a fact: became true, or known."""
    if source == SINCE_TOUCH:
        return memory.touch_at[arg]
    if source == SINCE_ACTIVITY:
        return memory.kind_at[arg]
    return memory.fact_began[arg]


def has_come(memory: Memory, source: int, arg: int) -> bool:
    """Return whether what may stop a clock has come and still holds."""
    if source == SINCE_FACT:
        is_known = memory.fact_until[arg] >= memory.deal[NOW]
        return memory.fact_since[arg] != NEVER and is_known
    return latest_of(memory, source, arg) != LONG_AGO


def count_anew(tables: Tables, memory: Memory, rule: int) -> None:
    """Have the rule's deadlines computed again; what has acted stays as it was."""
    stir(tables, memory, rule)
    for rung in range(tables.rule_first[rule], tables.rule_first[rule + 1]):
        if memory.acted[rung] == NEVER:
            memory.due[rung] = UNASKED


def applies(tables: Tables, memory: Memory, rule: int, at: int) -> bool:
    """
    Return whether the rule watches the deal at *at* if nothing else happens, and its clock runs.

    Closed and parked stages stop every clock, except those of rules whose ``stages`` name the
    stage.
    With time alone a rule can only cease to apply: when a fact expires.
    """
    stages = len(tables.stage_kind)
    if tables.watched[rule * stages + memory.deal[STAGE]] == 0:
        return False
    if memory.start[rule] == NEVER or memory.stopped[rule]:
        return False
    since = tables.rule_since[rule]
    if (since == SINCE_FACT or since == SINCE_DATE) and known(
        memory, tables.rule_arg[rule], 0, at
    ) == UNKNOWN:
        return False
    when = tables.rule_when[rule]
    return when == NONE or is_true(tables, memory, when, 0, at)

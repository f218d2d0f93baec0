"""Deadlines: when the rungs of a clock are due, and what puts them off."""

from __future__ import annotations

from salesflow.calendars.arithmetic import (
    CalendarTables,
    add,
    back,
    before,
    counted_since,
    insert_hold,
    leave_hold,
)
from salesflow.rules.codes import (
    AT_MOST,
    BY_INBOUND,
    BY_PLAN,
    ESCALATE,
    LONG_AGO,
    NEVER,
    NONE,
    OPEN,
    POSTPONERS,
    SINCE_ACTIVITY,
    SINCE_DATE,
    SINCE_FACT,
    SINCE_OPENED,
    SINCE_TOTAL,
    UNASKED,
)
from salesflow.rules.tables import (
    ENTERED_AT,
    HOLDS,
    NOW,
    PLAN_DONE_AT,
    STAGE,
    VISITS,
    Memory,
    Tables,
)


def due_of(tables: Tables, calendar: CalendarTables, memory: Memory, rung: int) -> int:
    """
    Return the last instant that is in time for the rung, or NEVER.

    It is computed when first needed, and kept until the clock is wound.
    """
    if memory.due[rung] == UNASKED:
        memory.due[rung] = worked_out(tables, calendar, memory, rung)
    return memory.due[rung]


def worked_out(tables: Tables, calendar: CalendarTables, memory: Memory, rung: int) -> int:
    """Return when the rung is due; an escalation never before the rule's own end."""
    rule = tables.rung_rule[rung]
    if rung == tables.rule_end[rule]:
        return end_of(tables, calendar, memory, rule)
    if tables.rung_again[rung]:
        return second_notice(tables, calendar, memory, rung)
    due = counted_from_start(tables, calendar, memory, rung)
    if tables.rung_kind[rung] == ESCALATE:
        due = max(due, end_of(tables, calendar, memory, rule))
    return due


def counted_from_start(tables: Tables, calendar: CalendarTables, memory: Memory, rung: int) -> int:
    """
    Return the start of a running clock plus the rung's span, or a date minus the span.

    A clock that ends with or before a date does not wait for holds; a result strictly inside a hold
    only becomes the end of the hold.
    """
    rule = tables.rung_rule[rung]
    measure, amount = tables.rung_measure[rung], tables.rung_amount[rung]
    skip_from, skip_until = memory.skip_from, memory.skip_until
    if tables.rung_before[rung]:
        day = memory.fact[tables.rule_arg[rule]]
        due = before(calendar, day, measure, amount, skip_from, skip_until, 0)
    else:
        skips = 0 if ends_with_date(tables, rule) else lay_out(tables, memory, rule)
        start = memory.start[rule]
        due = add(calendar, start, measure, amount, skip_from, skip_until, skips)
    return leave_hold(due, memory.hold_from, memory.hold_until, memory.deal[HOLDS])


def counted_by(
    tables: Tables, calendar: CalendarTables, memory: Memory, rule: int, start: int, at: int
) -> int:
    """
    Return how much a rule's clock that started at *start* has counted by *at*.

    In the measure of its end; NEVER outside the years of the calendar.
    """
    measure = tables.rung_measure[tables.rule_end[rule]]
    skips = lay_out(tables, memory, rule)
    return counted_since(calendar, start, at, measure, memory.skip_from, memory.skip_until, skips)


def ends_with_date(tables: Tables, rule: int) -> bool:
    """Return whether the rule ends with or before its date, and not some time after it."""
    end = tables.rule_end[rule]
    plain = tables.rung_before[end] == 1 or tables.rung_amount[end] == 0
    return tables.rule_since[rule] == SINCE_DATE and plain


def lay_out(tables: Tables, memory: Memory, rule: int) -> int:
    """
    Lay out the time that the rule's clock skips, and return the number of spans.

    Every clock skips the holds. One that runs from the opening, a fact or an activity also skips
    closed and parked time (up to now, if the deal is there), except in stages that the rule names;
    the total of all visits to a stage skips the time in other stages. Touch and stage clocks start
    afresh after such time, and a date does not wait.
    """
    skips = memory.deal[HOLDS]
    for hold in range(skips):
        memory.skip_from[hold] = memory.hold_from[hold]
        memory.skip_until[hold] = memory.hold_until[hold]
    since = tables.rule_since[rule]
    is_total = since == SINCE_TOTAL
    stops_away = since == SINCE_OPENED or since == SINCE_FACT or since == SINCE_ACTIVITY
    if is_total or stops_away:
        visits = min(memory.deal[VISITS], len(memory.visit_from))
        for visit in range(visits):
            stage = memory.visit_stage[visit]
            if (is_total and stage != memory.deal[STAGE]) or (
                not is_total and is_away(tables, rule, stage)
            ):
                left = (
                    memory.visit_from[visit + 1] if visit + 1 < visits else memory.deal[ENTERED_AT]
                )
                skips = insert_hold(
                    memory.skip_from, memory.skip_until, skips, memory.visit_from[visit], left
                )
    if stops_away and is_away(tables, rule, memory.deal[STAGE]):
        skips = insert_hold(
            memory.skip_from, memory.skip_until, skips, memory.deal[ENTERED_AT], memory.deal[NOW]
        )
    return skips


def is_away(tables: Tables, rule: int, stage: int) -> bool:
    """Return whether the stage is closed or parked and the rule does not name it."""
    stages = len(tables.stage_kind)
    return tables.stage_kind[stage] != OPEN and tables.watched[rule * stages + stage] == 0


def end_of(tables: Tables, calendar: CalendarTables, memory: Memory, rule: int) -> int:
    """
    Return when the rule ends, including everything that puts it off.

    A timer may be put off by what the buyer does and what is planned, and by an override; an end
    strictly inside a hold becomes the hold's end.
    """
    due = counted_from_start(tables, calendar, memory, tables.rule_end[rule])
    if due == NEVER or tables.rule_gap[rule]:
        return due
    end = due
    if tables.rule_puts_off[rule]:
        end = put_off(tables, calendar, memory, rule, due)
    end = max(end, memory.override_until[rule])
    return leave_hold(end, memory.hold_from, memory.hold_until, memory.deal[HOLDS])


def put_off(tables: Tables, calendar: CalendarTables, memory: Memory, rule: int, due: int) -> int:
    """
    Return the latest of a deadline and what puts it off, but no later than the limit.

    That is the buyer's last touch, the nearest standing plan for the clock's start or later, and
    the latest planned activity that took place since, each plus its window.
    """
    end, start, windows = due, memory.start[rule], rule * POSTPONERS
    touched, done = memory.touch_at[tables.inbound], memory.deal[PLAN_DONE_AT]
    if tables.put_off_amount[windows + BY_INBOUND] != NONE and touched != LONG_AGO:
        end = max(end, later(tables, calendar, memory, windows + BY_INBOUND, touched))
    if tables.put_off_amount[windows + BY_PLAN] != NONE:
        planned = nearest_plan(memory, start)
        if planned != NEVER:
            end = max(end, later(tables, calendar, memory, windows + BY_PLAN, planned))
        if done >= start:
            end = max(end, later(tables, calendar, memory, windows + BY_PLAN, done))
    if tables.put_off_amount[windows + AT_MOST] != NONE:
        end = min(end, later(tables, calendar, memory, windows + AT_MOST, due))
    return end


def later(tables: Tables, calendar: CalendarTables, memory: Memory, window: int, at: int) -> int:
    """Return *at* plus one of the windows by which a rule is put off."""
    measure, amount = tables.put_off_measure[window], tables.put_off_amount[window]
    return ends_after(calendar, memory, at, measure, amount)


def ends_after(calendar: CalendarTables, memory: Memory, at: int, measure: int, amount: int) -> int:
    """Return the end of a span that begins at *at* and waits for the holds."""
    holds = memory.deal[HOLDS]
    return add(calendar, at, measure, amount, memory.hold_from, memory.hold_until, holds)


def nearest_plan(memory: Memory, start: int) -> int:
    """Return the earliest time from *start* on for which something is planned, or NEVER."""
    nearest = NEVER
    for at in memory.plan_at:
        if start <= at < nearest:
            nearest = at
    return nearest


def second_notice(tables: Tables, calendar: CalendarTables, memory: Memory, rung: int) -> int:
    """
    Return when an end that was put off is announced again, or NEVER if it was not put off.

    That is as long before the new end as the first notice was before the old one, so that no end
    comes unannounced; never before the first notice.
    """
    rule = tables.rung_rule[rung]
    plain = counted_from_start(tables, calendar, memory, tables.rule_end[rule])
    end = end_of(tables, calendar, memory, rule)
    if plain == NEVER or end <= plain or end == NEVER:
        return NEVER
    due = back(
        calendar,
        end,
        tables.rung_measure[rung],
        tables.rung_amount[rung],
        memory.hold_from,
        memory.hold_until,
        memory.deal[HOLDS],
    )
    # The first notice is the rung just before.
    return max(due, counted_from_start(tables, calendar, memory, rung - 1))

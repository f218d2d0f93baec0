"""Clocks: what starts one, when its rungs are due, which of them acts next."""

from __future__ import annotations

from salesflow.calendars.arithmetic import CalendarTables, add, end_of_day
from salesflow.rules.codes import (
    LOST,
    MOVE,
    NEVER,
    NONE,
    SINCE_FACT,
    SINCE_OPENED,
    SINCE_STAGE,
    SINCE_TOUCH,
    UNASKED,
    UNKNOWN,
    WON,
)
from salesflow.rules.gates import is_true
from salesflow.rules.tables import (
    AWAYS,
    ENTERED_AT,
    FRESH_AT,
    NOW,
    OPENED_AT,
    STAGE,
    Memory,
    Tables,
)


def start_of(tables: Tables, calendar: CalendarTables, memory: Memory, rule: int) -> int:
    """
    Return when the rule's clock started, or NEVER if it does not run.

    A touch clock starts at the later of the opening (or reopening) and the latest touch of its
    class; a stage clock when the stage was entered; a fact clock when the fact became true or was
    first learned; a date clock at the end of the date's local day.
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
    if memory.fact[arg] == UNKNOWN:
        return NEVER
    return end_of_day(calendar, memory.fact[arg])


def due_of(tables: Tables, calendar: CalendarTables, memory: Memory, rung: int) -> int:
    """
    Return the last instant that is in time for the rung, or NEVER.

    It is worked out when somebody asks, and kept until the clock is wound.
    """
    if memory.due[rung] == UNASKED:
        memory.due[rung] = worked_out(tables, calendar, memory, rung)
    return memory.due[rung]


def worked_out(tables: Tables, calendar: CalendarTables, memory: Memory, rung: int) -> int:
    """Return when the rung is due; an escalation never before the rule's own end."""
    due = counted_from_start(tables, calendar, memory, rung)
    floor = tables.rung_floor[rung]
    if floor == NONE:
        return due
    return max(due, counted_from_start(tables, calendar, memory, floor))


def counted_from_start(tables: Tables, calendar: CalendarTables, memory: Memory, rung: int) -> int:
    """Return the start of a clock that runs plus the rung's span, or NEVER."""
    rule = tables.rung_rule[rung]
    start, amount = memory.start[rule], tables.rung_amount[rung]
    aways = away_spans(tables, memory, rule)
    measure = tables.rung_measure[rung]
    return add(calendar, start, measure, amount, memory.skip_from, memory.skip_until, aways)


def away_spans(tables: Tables, memory: Memory, rule: int) -> int:
    """
    Lay out the closed and parked time that the rule's clock skips, and return in how many spans.

    Clocks that run from the opening or from a fact skip it as they would skip a hold, but not in
    the stages that the rule names. Touch and stage clocks start afresh after it, and a date does
    not wait.
    """
    since = tables.rule_since[rule]
    if since != SINCE_OPENED and since != SINCE_FACT:
        return 0
    spans, stages = 0, len(tables.stage_kind)
    for away in range(min(memory.deal[AWAYS], len(memory.away_from))):
        if tables.watched[rule * stages + memory.away_stage[away]]:
            continue
        if spans > 0 and memory.skip_until[spans - 1] == memory.away_from[away]:
            spans -= 1
        else:
            memory.skip_from[spans] = memory.away_from[away]
        memory.skip_until[spans] = memory.away_until[away]
        spans += 1
    return spans


def wind(tables: Tables, calendar: CalendarTables, memory: Memory, rule: int) -> None:
    """
    Bring one clock up to date: a new start forgets what acted and moves every rung.

    Each rung acts once for one start of its clock.
    """
    start = start_of(tables, calendar, memory, rule)
    if start == memory.start[rule]:
        return
    memory.start[rule] = start
    for rung in range(tables.rule_first[rule], tables.rule_first[rule + 1]):
        memory.acted[rung] = NEVER
        memory.due[rung] = UNASKED


def count_anew(tables: Tables, memory: Memory, rule: int) -> None:
    """Let the rule's deadlines be worked out anew; what acted stays acted."""
    for rung in range(tables.rule_first[rule], tables.rule_first[rule + 1]):
        memory.due[rung] = UNASKED


def wind_since(tables: Tables, calendar: CalendarTables, memory: Memory, since: int) -> None:
    """Bring all clocks up to date that start with this kind of thing."""
    for rule in range(len(tables.rule_since)):
        if tables.rule_since[rule] == since:
            wind(tables, calendar, memory, rule)


def applies(tables: Tables, memory: Memory, rule: int) -> bool:
    """
    Return whether the rule watches the deal now.

    Closed and parked stages stop every clock, except of rules whose ``stages`` name that stage.
    """
    stages = len(tables.stage_kind)
    if tables.watched[rule * stages + memory.deal[STAGE]] == 0:
        return False
    when = tables.rule_when[rule]
    return when == NONE or is_true(tables, memory, when)


def has_no_place(tables: Tables, memory: Memory, rung: int) -> bool:
    """Return whether the rung moves a deal that is closed: there rules only warn and escalate."""
    if tables.rung_kind[rung] != MOVE:
        return False
    kind = tables.stage_kind[memory.deal[STAGE]]
    return kind == WON or kind == LOST


def acts_at(memory: Memory, rung: int) -> int:
    """
    Return the instant at which the rung acts, once its deadline was asked for.

    A deadline acts at its own instant, or at the one from which the rule applies if that is later.
    Whatever made a rule apply was the latest thing that happened, so that instant is NOW.
    """
    return max(memory.due[rung], memory.deal[NOW])


def next_rung(tables: Tables, calendar: CalendarTables, memory: Memory, horizon: int) -> int:
    """
    Return the rung that acts next if nothing else happens, or NONE.

    Several at one instant act in the order (due, gaps before timers, order in the file, rung).

    Rungs that surely act after *horizon* are passed over, so that their deadlines need not be
    worked out: most clocks are wound again long before they end.
    """
    best, best_at, best_due = NONE, NEVER, NEVER
    for rule in range(len(tables.rule_since)):
        start = memory.start[rule]
        if start == NEVER or start + tables.rule_least[rule] > horizon:
            continue
        if not applies(tables, memory, rule):
            continue
        for rung in range(tables.rule_first[rule], tables.rule_first[rule + 1]):
            if memory.acted[rung] != NEVER or start + tables.rung_least[rung] > horizon:
                continue
            due = due_of(tables, calendar, memory, rung)
            if due < NEVER and not has_no_place(tables, memory, rung):
                at = acts_at(memory, rung)
                if at < best_at or (at == best_at and due < best_due):
                    best, best_at, best_due = rung, at, due
    return best

"""Urgency: of all that the rules say of a deal, the rung to do something about."""

from __future__ import annotations

from salesflow.calendars.arithmetic import CalendarTables
from salesflow.rules.clocks import applies
from salesflow.rules.codes import NEVER, NONE
from salesflow.rules.deadlines import due_of
from salesflow.rules.fold import moves_deal
from salesflow.rules.schedule import has_deadline, has_no_place
from salesflow.rules.tables import Memory, Tables


def first_missed(tables: Tables, calendar: CalendarTables, memory: Memory, now: int) -> int:
    """Return the end that has passed, of several the first; NONE: none has."""
    found = NONE
    for rule in range(len(tables.rule_since)):
        end = tables.rule_end[rule]
        if memory.acted[end] == NEVER or has_no_place(tables, memory, end):
            continue
        if applies(tables, memory, rule, now):
            due = due_of(tables, calendar, memory, end)
            if found == NONE or due < memory.due[found]:
                found = end
    return found


def killed_next(tables: Tables, calendar: CalendarTables, memory: Memory, now: int) -> int:
    """Return the end that moves the deal at the very next instant at which time acts, or NONE."""
    found, soonest = NONE, NEVER
    for rule in range(len(tables.rule_since)):
        if not applies(tables, memory, rule, now):
            continue
        for rung in range(tables.rule_first[rule], tables.rule_first[rule + 1]):
            if memory.acted[rung] != NEVER or not has_deadline(tables, calendar, memory, rung):
                continue
            due = memory.due[rung]
            if due < soonest:
                found, soonest = NONE, due
            if due == soonest and found == NONE and moves_deal(tables, memory, rung):
                found = rung
    return found


def warned_of(tables: Tables, calendar: CalendarTables, memory: Memory, now: int) -> int:
    """
    Return the end that the latest warning warns of; NONE: there is none.

    If that cannot be computed, the warning itself.
    """
    warning, latest = NONE, NEVER
    for rule in range(len(tables.rule_since)):
        if not applies(tables, memory, rule, now):
            continue
        for rung in range(tables.rule_first[rule], tables.rule_first[rule + 1]):
            if memory.acted[rung] == NEVER or has_no_place(tables, memory, rung):
                continue
            due = due_of(tables, calendar, memory, rung)
            if warning == NONE or due >= latest:
                warning, latest = rung, due
    if warning == NONE:
        return NONE
    end = tables.rule_end[tables.rung_rule[warning]]
    return end if has_deadline(tables, calendar, memory, end) else warning

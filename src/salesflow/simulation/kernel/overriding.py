"""Overriding: somebody lets a rule or a criterion pass for a while."""

from __future__ import annotations

from salesflow.calendars.arithmetic import CalendarTables
from salesflow.rules.clocks import applies
from salesflow.rules.codes import CRITERION, GAP, NEVER, NONE, OPEN, OVERRIDDEN
from salesflow.rules.deadlines import due_of
from salesflow.rules.obstacles import blocks
from salesflow.rules.tables import NOW, STAGE, VISITS, Memory, Tables
from salesflow.simulation.kernel.alarms import first_override, set_alarm
from salesflow.simulation.kernel.codes import AT, DEAL, TOLD_OVERRIDDEN
from salesflow.simulation.kernel.draws import after, happens
from salesflow.simulation.kernel.saying import say
from salesflow.simulation.kernel.tables import Habits, Life


def is_timer(tables: Tables, target: int) -> bool:
    """Return whether what is let pass is a timer, rather than a contact gap or a criterion."""
    return target < len(tables.rule_since) and tables.rule_gap[target] == 0


def ask_managers(
    tables: Tables,
    calendar: CalendarTables,
    habits: Habits,
    memory: Memory,
    life: Life,
    found: int,
) -> None:
    """Let those who may let pass what stands in the way of a move make up their minds."""
    codes, which = life.codes, life.which
    turn, deal = memory.deal[VISITS], life.note[DEAL]
    for row in range(len(habits.override)):
        target, slot = habits.override[row], first_override(habits) + row
        stands = False
        for number in range(found):
            passed = NONE
            if codes[number] == GAP:
                passed = which[number]
            elif codes[number] == CRITERION:
                passed = len(tables.rule_since) + which[number]
            is_blocking = blocks(tables, habits.mode, codes[number], which[number])
            stands = stands or (passed == target and is_blocking)
        purpose = habits.override_purpose[row]
        if not stands or life.alarm[slot] != NEVER:
            continue
        if happens(habits, habits.override_chance[row], deal, purpose, turn):
            life.alarm[slot] = life.note[AT]
            if habits.override_after[row] != NONE:
                at, dist = life.note[AT], habits.override_after[row]
                set_alarm(calendar, habits, memory, life, slot, at, dist, purpose, turn)


def foresee(
    tables: Tables, calendar: CalendarTables, habits: Habits, memory: Memory, life: Life
) -> None:
    """Set when somebody sees a timer coming about whose end nobody has made up their mind."""
    for row in range(len(habits.override)):
        rule, slot = habits.override[row], first_override(habits) + row
        if not is_timer(tables, rule):
            continue
        life.alarm[slot] = NEVER
        end, now = tables.rule_end[rule], memory.deal[NOW]
        is_open = tables.stage_kind[memory.deal[STAGE]] == OPEN
        if is_open and memory.acted[end] == NEVER and applies(tables, memory, rule, now):
            due = due_of(tables, calendar, memory, end)
            at = max(due - habits.override_ahead[row], now + 1)
            if due < NEVER and due != life.judged[row] and at <= due:
                life.alarm[slot] = at


def let_pass(
    tables: Tables,
    calendar: CalendarTables,
    habits: Habits,
    memory: Memory,
    life: Life,
    row: int,
) -> None:
    """Let a rule or a criterion pass now; whether a timer is, is only decided here."""
    target, turn = habits.override[row], life.judgements[row]
    at, deal = life.note[AT], life.note[DEAL]
    life.judgements[row] = turn + 1
    if is_timer(tables, target):
        at = life.judged[row] = due_of(tables, calendar, memory, tables.rule_end[target])
        purpose = habits.override_purpose[row]
        if not happens(habits, habits.override_chance[row], deal, purpose, turn):
            return
    dist, purpose = habits.override_lasts[row], habits.override_lasts_purpose[row]
    until = after(habits, calendar, memory, at, dist, deal, purpose, turn, 1.0, 0)
    # A move is asked for again a microsecond later: what is over by then would be asked for ever.
    if at + 1 < until < NEVER:
        who = habits.override_who[row]
        say(life, OVERRIDDEN, target, until, who, TOLD_OVERRIDDEN, row, until)

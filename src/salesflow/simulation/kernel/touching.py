"""Touching: when a rep means to touch the buyer next, and what stands in the diary."""

from __future__ import annotations

from salesflow.calendars.arithmetic import CalendarTables
from salesflow.rules.clocks import applies
from salesflow.rules.codes import NEVER, NONE, OPEN, PLANNED
from salesflow.rules.deadlines import due_of
from salesflow.rules.tables import STAGE, Memory, Tables
from salesflow.simulation.kernel.alarms import present
from salesflow.simulation.kernel.codes import (
    DEAL,
    HELD,
    OF_BOOKING,
    OF_HEEDING,
    OF_NOTHING,
    PLAN,
    PLANS,
    RHYTHM,
    THINKS,
    TOLD_PLAN,
    TOUCH,
    TOUCHES,
)
from salesflow.simulation.kernel.draws import after, happens, one_of
from salesflow.simulation.kernel.saying import say
from salesflow.simulation.kernel.tables import Habits, Life


def variant_of(habits: Habits, deal: int, turn: int) -> int:
    """Return how we touch the buyer the next time."""
    return one_of(
        habits, habits.variant_upto, 0, habits.touch_first, deal, habits.variant_purpose, turn
    )


def think(
    tables: Tables, calendar: CalendarTables, habits: Habits, memory: Memory, life: Life
) -> None:
    """
    Set when we touch the buyer next, and perhaps put it into the diary.

    By the rep's own rhythm; a rep who forgets does it one more interval later; one who heeds the
    rules does it in time for the earliest contact gap all the same, as the gaps are by now.
    """
    now, turn, of = present(memory, life), life.note[TOUCHES], life.note[THINKS]
    deal = life.note[DEAL]
    life.note[THINKS] = OF_NOTHING
    if life.note[HELD] or tables.stage_kind[memory.deal[STAGE]] != OPEN:
        return
    if of == OF_HEEDING:
        if life.alarm[TOUCH] <= now:
            return  # it is as good as done
    else:
        at, purpose = now, habits.touch_purpose
        forgets = happens(habits, habits.forgets, deal, habits.forgets_purpose, turn)
        for _ in range(2 if forgets else 1):
            if at < NEVER:
                at = after(habits, calendar, memory, at, habits.touch, deal, purpose, turn, 1.0, 0)
            purpose = habits.forgets_purpose
        life.note[RHYTHM] = at
    life.alarm[TOUCH] = life.note[RHYTHM]
    heed(tables, calendar, habits, memory, life)
    at = life.alarm[TOUCH]
    books = of == OF_BOOKING and at < NEVER
    if books and happens(habits, habits.booked, deal, habits.booked_purpose, turn):
        life.note[PLAN], life.note[RHYTHM] = 1, at
        life.note[PLANS] += 1
        say(life, PLANNED, 0, at, NONE, TOLD_PLAN, at, life.note[PLANS] - 1)


def heed(
    tables: Tables, calendar: CalendarTables, habits: Habits, memory: Memory, life: Life
) -> None:
    """Let a rep who heeds the rules touch the buyer in time for the earliest contact gap."""
    deal, turn = life.note[DEAL], life.note[TOUCHES]
    if not happens(habits, habits.heeds, deal, habits.heeds_purpose, turn):
        return
    now = present(memory, life)
    for rule in range(len(tables.rule_since)):
        if tables.rule_gap[rule] == 0:
            break  # contact gaps come first
        if applies(tables, memory, rule, now):
            due = due_of(tables, calendar, memory, tables.rule_end[rule])
            # Of a gap that is shorter than that, the end itself is in time.
            at = due if due - habits.ahead <= memory.start[rule] else due - habits.ahead
            if due < NEVER and at > now:
                life.alarm[TOUCH] = min(life.alarm[TOUCH], at)

"""Learning: which facts become known, when, and as what."""

from __future__ import annotations

from salesflow.calendars.arithmetic import CalendarTables, day_of
from salesflow.rules.codes import LEARNED, NEVER, NONE, UNKNOWN
from salesflow.rules.gates import known
from salesflow.rules.tables import STAGE, Memory
from salesflow.simulation.kernel.alarms import present, set_alarm
from salesflow.simulation.kernel.codes import (
    AT,
    DEAL,
    FIRST_FACT,
    ONE_VALUE,
    SOME_DATE,
    TOLD_FACT,
)
from salesflow.simulation.kernel.draws import amount_of, component, happens, one_of
from salesflow.simulation.kernel.saying import say
from salesflow.simulation.kernel.tables import Habits, Life

MONEY_STEP = 10_000
"""The code of one whole unit of money: amounts are drawn in whole ones."""
MOST_MONEY = 10.0**14 - 1
"""What a fact can hold; larger amounts that are drawn are that."""
MOST_DAYS = 36_525.0
"""The same for how far ahead a date lies: a hundred years."""


def tell_fact(calendar: CalendarTables, habits: Habits, life: Life, row: int) -> bool:
    """Let a fact be learned, unless this time it is not; return whether it is."""
    deal, turn = life.note[DEAL], life.fact_turns[row]
    life.fact_turns[row] = turn + 1
    purpose = habits.fact_purpose[row]
    if not happens(habits, habits.fact_chance[row], deal, purpose, turn):
        return False
    kind, told = habits.fact_value[row], NONE
    if kind == ONE_VALUE:
        first, last = habits.value_first[row], habits.value_first[row + 1]
        told = one_of(habits, habits.value_upto, first, last, deal, purpose, turn)
        code = habits.value_code[told]
        told -= first
    else:
        dist = component(habits, habits.fact_draw[row], deal, purpose, turn)
        amount = amount_of(habits, dist, deal, purpose, turn)
        if kind == SOME_DATE:
            code = day_of(calendar, life.note[AT]) + int(min(amount, MOST_DAYS) + 0.5)
        else:
            code = int(min(amount, MOST_MONEY) + 0.5) * MONEY_STEP
        told = code
    say(life, LEARNED, habits.fact[row], code, habits.fact_who[row], TOLD_FACT, row, told)
    return True


def expect_fact(
    calendar: CalendarTables, habits: Habits, memory: Memory, life: Life, row: int
) -> None:
    """Set when a fact is learned."""
    slot, now, turn = FIRST_FACT + row, present(memory, life), life.fact_turns[row]
    dist, purpose = habits.fact_after[row], habits.fact_after_purpose[row]
    set_alarm(calendar, habits, memory, life, slot, now, dist, purpose, turn)


def ask_anew(calendar: CalendarTables, habits: Habits, memory: Memory, life: Life) -> None:
    """Let what nobody knows be asked for once more, after a move was refused."""
    stage = memory.deal[STAGE]
    for row in range(len(habits.fact)):
        of_stage = habits.fact_stage[row] == stage or habits.fact_stage[row] == NONE
        is_timed = habits.fact_after[row] != NONE and life.alarm[FIRST_FACT + row] == NEVER
        if of_stage and is_timed and known(memory, habits.fact[row], 0, life.note[AT]) == UNKNOWN:
            expect_fact(calendar, habits, memory, life, row)

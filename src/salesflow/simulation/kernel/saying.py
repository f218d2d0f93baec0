"""Saying: what is to be recorded of a deal, all at the present instant, in its order."""

from __future__ import annotations

from salesflow.rules.codes import ACTIVITY, FROM_PLAN, NEVER, NONE, PLANNED, TURN_BITS, TWO_WAY
from salesflow.simulation.kernel.codes import (
    PLAN,
    PLANS,
    TODO,
    TOLD_ACTIVITY,
    TOLD_CANCELLED,
    TURNS,
    UNTOLD,
)
from salesflow.simulation.kernel.tables import Habits, Life


def say(
    life: Life, kind: int, subject: int, value: int, who: int, told: int, one: int, two: int
) -> None:
    """Let a row be recorded at the present instant, after those that were said before it."""
    place = life.note[TODO]
    life.todo_kind[place] = kind
    life.todo_subject[place] = subject
    life.todo_value[place] = value
    life.todo_who[place] = who
    life.todo_told[place] = told
    life.todo_one[place] = one
    life.todo_two[place] = two
    life.note[TODO] = place + 1


def say_activity(habits: Habits, life: Life, variant: int) -> None:
    """Let an activity be recorded; if it was in the diary, as the one that was planned."""
    value = life.note[TURNS] + 1
    life.note[TURNS] = value
    value <<= TURN_BITS
    plan = NONE
    if variant < habits.touch_first and life.note[PLAN]:
        plan = life.note[PLANS] - 1
        life.note[PLAN] = 0
        say(life, PLANNED, 0, NEVER, NONE, UNTOLD, 0, 0)
        value |= FROM_PLAN
    if habits.variant_two_way[variant]:
        value |= TWO_WAY
    bits, kind = habits.variant_bits[variant], habits.variant_kind[variant]
    say(life, ACTIVITY, bits, value, kind, TOLD_ACTIVITY, variant, plan)


def cancel_plan(life: Life) -> None:
    """Take what stands in the diary out of it."""
    if life.note[PLAN]:
        life.note[PLAN] = 0
        say(life, PLANNED, 0, NEVER, NONE, TOLD_CANCELLED, life.note[PLANS] - 1, 0)

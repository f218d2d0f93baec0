"""People: what they set themselves to do with a deal, and what a buyer has in mind."""

from __future__ import annotations

from salesflow.calendars.arithmetic import CalendarTables, day_of
from salesflow.rules.clocks import applies
from salesflow.rules.codes import (
    ACTIVITY,
    FROM_PLAN,
    LEARNED,
    NEVER,
    NONE,
    OPEN,
    PLANNED,
    TURN_BITS,
    TWO_WAY,
    UNKNOWN,
)
from salesflow.rules.deadlines import due_of
from salesflow.rules.gates import known
from salesflow.rules.tables import FRESH_AT, NOW, STAGE, Memory, Tables
from salesflow.simulation.kernel.codes import (
    AT,
    COOL,
    FIRST_FACT,
    INBOUND,
    INBOUNDS,
    OF_BOOKING,
    OF_HEEDING,
    OF_NOTHING,
    ONE_VALUE,
    PLAN,
    PLANS,
    REPLY,
    SILENT_FROM,
    SOME_DATE,
    THINKS,
    TODO,
    TOLD_ACTIVITY,
    TOLD_CANCELLED,
    TOLD_FACT,
    TOLD_PLAN,
    TOUCH,
    TOUCHES,
    TURNS,
    UNTOLD,
)
from salesflow.simulation.kernel.draws import after, amount_of, component, happens, one_of
from salesflow.simulation.kernel.numbers import log_of, power_of
from salesflow.simulation.kernel.randomness import uniform
from salesflow.simulation.kernel.tables import Habits, Life

MONEY_STEP = 10_000
"""The code of one whole unit of money: amounts are drawn in whole ones."""


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


def variant_of(habits: Habits, deal: int, turn: int) -> int:
    """Return how we touch the buyer the next time."""
    return one_of(
        habits, habits.variant_upto, 0, habits.touch_first, deal, habits.variant_purpose, turn
    )


def think(
    tables: Tables,
    calendar: CalendarTables,
    habits: Habits,
    memory: Memory,
    life: Life,
    deal: int,
) -> None:
    """
    Set when we touch the buyer next, and perhaps put it into the diary.

    By the rep's own rhythm; a rep who forgets does it one more interval later; one who heeds the
    rules does it in time for the earliest contact gap all the same.
    """
    now, turn, of = memory.deal[NOW], life.note[TOUCHES], life.note[THINKS]
    life.note[THINKS] = OF_NOTHING
    if of != OF_HEEDING:
        at, purpose = now, habits.touch_purpose
        forgets = happens(habits, habits.forgets, deal, habits.forgets_purpose, turn)
        for _ in range(2 if forgets else 1):
            if at < NEVER:
                at = after(
                    habits,
                    calendar,
                    at,
                    habits.touch,
                    deal,
                    purpose,
                    turn,
                    1.0,
                    memory.skip_from,
                )
            purpose = habits.forgets_purpose
        life.alarm[TOUCH] = at
    heed(tables, calendar, habits, memory, life, deal)
    at = life.alarm[TOUCH]
    books = of == OF_BOOKING and at < NEVER
    if books and happens(habits, habits.booked, deal, habits.booked_purpose, turn):
        life.note[PLAN] = 1
        life.note[PLANS] += 1
        say(life, PLANNED, 0, at, NONE, TOLD_PLAN, at, life.note[PLANS] - 1)


def heed(
    tables: Tables,
    calendar: CalendarTables,
    habits: Habits,
    memory: Memory,
    life: Life,
    deal: int,
) -> None:
    """Let a rep who heeds the rules touch the buyer in time for the earliest contact gap."""
    if not happens(habits, habits.heeds, deal, habits.heeds_purpose, life.note[TOUCHES]):
        return
    now = memory.deal[NOW]
    for rule in range(len(tables.rule_since)):
        if tables.rule_gap[rule] == 0:
            break  # contact gaps come first
        if applies(tables, memory, rule, now):
            due = due_of(tables, calendar, memory, tables.rule_end[rule])
            if due < NEVER and due - habits.ahead > now:
                life.alarm[TOUCH] = min(life.alarm[TOUCH], due - habits.ahead)


def expect_reply(
    calendar: CalendarTables, habits: Habits, memory: Memory, life: Life, deal: int
) -> None:
    """Set when the buyer answers the touch that was just made, if at all."""
    turn = life.note[TOUCHES]
    if happens(habits, habits.replies, deal, habits.reply_purpose, turn):
        at = after(
            habits,
            calendar,
            memory.deal[NOW],
            habits.reply,
            deal,
            habits.reply_purpose,
            turn,
            1.0,
            memory.skip_from,
        )
        life.alarm[REPLY] = min(life.alarm[REPLY], at)


def expect_inbound(
    calendar: CalendarTables, habits: Habits, memory: Memory, life: Life, deal: int
) -> None:
    """Set when the buyer calls us next without being asked."""
    life.alarm[INBOUND] = after(
        habits,
        calendar,
        memory.deal[NOW],
        habits.inbound,
        deal,
        habits.inbound_purpose,
        life.note[INBOUNDS],
        1.0,
        memory.skip_from,
    )
    life.note[INBOUNDS] += 1


def bear(habits: Habits, life: Life, deal: int) -> None:
    """Draw how much silence the buyer bears in all: the hazard adds up to it once."""
    share = uniform(habits.seed_low, habits.seed_high, deal, habits.cool_purpose, 0, 0)
    life.budget[0] = -log_of(share)


def cool(tables: Tables, habits: Habits, memory: Memory, life: Life) -> None:
    """
    Set when the buyer has gone cold, if silence began or ended.

    The hazard of a silence of s adds up to ((s - grace) / scale) ** shape. What a silence has used
    up is gone; when the rest would be is in closed form.
    """
    if habits.cool_touch == NONE:
        return
    begins = NEVER
    if tables.stage_kind[memory.deal[STAGE]] == OPEN:
        begins = max(memory.deal[FRESH_AT], memory.touch_at[habits.cool_touch])
    was = life.note[SILENT_FROM]
    if begins == was:
        return
    if was != NEVER:
        beyond = float(memory.deal[NOW] - was) - habits.cool_grace
        used = power_of(beyond / habits.cool_scale, habits.cool_shape)
        life.budget[0] = max(0.0, life.budget[0] - used)
    life.note[SILENT_FROM] = begins
    life.alarm[COOL] = NEVER
    if begins != NEVER:
        left = habits.cool_scale * power_of(life.budget[0], 1.0 / habits.cool_shape)
        # A silence longer than that of a hundred years is no number of microseconds.
        life.alarm[COOL] = begins + int(min(habits.cool_grace + left, 3.15576e15) + 0.5)


def tell_fact(calendar: CalendarTables, habits: Habits, life: Life, deal: int, row: int) -> bool:
    """Let a fact be learned, unless this time it is not; return whether it is."""
    turn = life.fact_turns[row]
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
            code = day_of(calendar, life.note[AT]) + int(amount)
        else:
            code = int(amount) * MONEY_STEP
        told = code
    say(life, LEARNED, habits.fact[row], code, habits.fact_who[row], TOLD_FACT, row, told)
    return True


def expect_fact(
    calendar: CalendarTables, habits: Habits, memory: Memory, life: Life, deal: int, row: int
) -> None:
    """Set when a fact is learned."""
    life.alarm[FIRST_FACT + row] = after(
        habits,
        calendar,
        memory.deal[NOW],
        habits.fact_after[row],
        deal,
        habits.fact_after_purpose[row],
        life.fact_turns[row],
        1.0,
        memory.skip_from,
    )


def ask_anew(
    calendar: CalendarTables, habits: Habits, memory: Memory, life: Life, deal: int
) -> None:
    """Let what nobody knows be asked for once more, after a move was refused."""
    stage = memory.deal[STAGE]
    for row in range(len(habits.fact)):
        of_stage = habits.fact_stage[row] == stage or habits.fact_stage[row] == NONE
        is_timed = habits.fact_after[row] != NONE and life.alarm[FIRST_FACT + row] == NEVER
        if of_stage and is_timed and known(memory, habits.fact[row], 0, life.note[AT]) == UNKNOWN:
            expect_fact(calendar, habits, memory, life, deal, row)

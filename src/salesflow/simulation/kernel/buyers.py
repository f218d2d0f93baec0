"""Buyers: when they answer and call, and how much silence they bear."""

from __future__ import annotations

from salesflow.calendars.arithmetic import CalendarTables
from salesflow.rules.codes import NEVER, NONE, OPEN
from salesflow.rules.tables import FRESH_AT, NOW, STAGE, Memory, Tables
from salesflow.simulation.kernel.alarms import present, set_alarm
from salesflow.simulation.kernel.chance.numbers import log_of, power_of
from salesflow.simulation.kernel.chance.randomness import uniform
from salesflow.simulation.kernel.codes import (
    COOL,
    DEAL,
    HELD,
    HELD_UNTIL,
    INBOUND,
    INBOUNDS,
    REPLY,
    SILENT_FROM,
    TOUCHES,
)
from salesflow.simulation.kernel.draws import LONGEST, after, happens
from salesflow.simulation.kernel.tables import Habits, Life


def expect_reply(calendar: CalendarTables, habits: Habits, memory: Memory, life: Life) -> None:
    """Set when the buyer answers the touch that was just made, if at all."""
    deal, turn, purpose = life.note[DEAL], life.note[TOUCHES], habits.reply_purpose
    if happens(habits, habits.replies, deal, purpose, turn):
        now = memory.deal[NOW]
        at = after(habits, calendar, memory, now, habits.reply, deal, purpose, turn, 1.0, 0)
        life.alarm[REPLY] = min(life.alarm[REPLY], at)


def expect_inbound(calendar: CalendarTables, habits: Habits, memory: Memory, life: Life) -> None:
    """Set when the buyer calls us next without being asked."""
    now, turn, purpose = present(memory, life), life.note[INBOUNDS], habits.inbound_purpose
    set_alarm(calendar, habits, memory, life, INBOUND, now, habits.inbound, purpose, turn)
    life.note[INBOUNDS] = turn + 1


def bear(habits: Habits, life: Life, turn: int) -> None:
    """Draw how much silence the buyer bears in all: the hazard adds up to it once."""
    deal = life.note[DEAL]
    share = uniform(habits.seed_low, habits.seed_high, deal, habits.cool_purpose, turn, 0)
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
    if tables.stage_kind[memory.deal[STAGE]] == OPEN and not life.note[HELD]:
        # Silence during a hold is agreed; it starts again when that has ended.
        begins = max(memory.deal[FRESH_AT], memory.touch_at[habits.cool_touch])
        begins = max(begins, life.note[HELD_UNTIL])
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
        life.alarm[COOL] = begins + int(min(habits.cool_grace + left, LONGEST) + 0.5)

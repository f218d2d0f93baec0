"""Draws: how long something takes this time, for one deal and one purpose."""

from __future__ import annotations

from salesflow.calendars.arithmetic import EXACT, CalendarTables, add
from salesflow.rules.codes import NEVER, NONE
from salesflow.rules.tables import Memory
from salesflow.simulation.kernel.chance.families import drawn
from salesflow.simulation.kernel.chance.randomness import uniform
from salesflow.simulation.kernel.codes import MIXTURE, WHETHER, WHICH
from salesflow.simulation.kernel.tables import Floats, Habits

LONGEST = 3.15576e15
"""Microseconds in a hundred years: nothing takes longer."""


def happens(habits: Habits, share: float, deal: int, purpose: int, turn: int) -> bool:
    """Return whether something happens that does so in a *share* of the cases."""
    if share <= 0.0 or share >= 1.0:
        return share >= 1.0
    return uniform(habits.seed_low, habits.seed_high, deal, purpose, turn, WHETHER) < share


def one_of(
    habits: Habits, upto: Floats, first: int, last: int, deal: int, purpose: int, turn: int
) -> int:
    """Return one of the places from *first* to before *last*, by their shares."""
    if last - first == 1:
        return first
    share = uniform(habits.seed_low, habits.seed_high, deal, purpose, turn, WHICH)
    return choice(upto, first, last, share)


def choice(upto: Floats, first: int, last: int, share: float) -> int:
    """Return the first place from *first* on whose sum of shares is above *share*."""
    place = first
    while place < last - 1 and upto[place] <= share:
        place += 1
    return place


def component(habits: Habits, dist: int, deal: int, purpose: int, turn: int) -> int:
    """Return the distribution itself, or which part of a mixture it is this time."""
    if habits.family[dist] != MIXTURE:
        return dist
    first, last = habits.part_first[dist], habits.part_first[dist + 1]
    return habits.part[one_of(habits, habits.part_upto, first, last, deal, purpose, turn)]


def amount_of(habits: Habits, dist: int, deal: int, purpose: int, turn: int) -> float:
    """Return a number of a distribution that is not a mixture."""
    return drawn(
        habits.family[dist],
        habits.scale[dist],
        habits.shape[dist],
        habits.seed_low,
        habits.seed_high,
        deal,
        purpose,
        turn,
    )


def after(
    habits: Habits,
    calendar: CalendarTables,
    memory: Memory,
    at: int,
    dist: int,
    deal: int,
    purpose: int,
    turn: int,
    pace: float,
    holds: int,
) -> int:
    """
    Return the instant at which something is done that begins at *at*; NEVER if *dist* is NONE.

    Args:
        habits: What the distributions are.

        calendar: By which they count.

        memory: The deal, with its holds.

        at: When it begins.

        dist: How long it takes.

        deal: The number of the deal.

        purpose: What it is for.

        turn: Which time it is that this comes up.

        pace: How many times as long it takes.

        holds: How many of the deal's holds it waits for.
    """
    if dist == NONE:
        return NEVER
    one = component(habits, dist, deal, purpose, turn)
    amount = micros_of(habits, one, deal, purpose, turn, pace)
    measure = habits.measure[one]
    if measure == EXACT and holds == 0:
        return at + amount
    return add(calendar, at, measure, amount, memory.hold_from, memory.hold_until, holds)


def micros_of(habits: Habits, dist: int, deal: int, purpose: int, turn: int, pace: float) -> int:
    """Return a number of microseconds of a distribution that is not a mixture, at a pace."""
    return int(min(pace * amount_of(habits, dist, deal, purpose, turn), LONGEST) + 0.5)

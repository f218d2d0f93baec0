"""Draws: how long something takes this time, for one deal and one purpose."""

from __future__ import annotations

from math import sqrt

from salesflow.calendars.arithmetic import EXACT, CalendarTables, add
from salesflow.rules.codes import NEVER, NONE
from salesflow.rules.tables import Memory
from salesflow.simulation.kernel.codes import (
    ERLANG,
    FIXED,
    GAMMA,
    LOGNORMAL,
    MIXTURE,
    WEIBULL,
    WHETHER,
    WHICH,
)
from salesflow.simulation.kernel.numbers import exp_of, log_of, normal_at, power_of
from salesflow.simulation.kernel.randomness import uniform
from salesflow.simulation.kernel.tables import Floats, Habits

LONGEST = 3.15576e15
"""Microseconds in a hundred years: nothing takes longer."""
BOOST = 1_000_002
"""The part of a draw that makes a gamma distribution one of a shape below 1."""


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


def drawn(
    family: int,
    scale: float,
    shape: float,
    low: int,
    high: int,
    deal: int,
    purpose: int,
    turn: int,
) -> float:
    """
    Return a number of a distribution that is not a mixture.

    ============ ============ =====================================
    family       scale        shape
    ============ ============ =====================================
    FIXED        the value
    EXPONENTIAL  the mean
    WEIBULL      the scale    1 / k
    LOGNORMAL    the median   sigma
    GAMMA        the scale    the shape
    ERLANG       of one step  how many steps
    ============ ============ =====================================
    """
    if family == FIXED:
        return scale
    if family == GAMMA:
        return scale * gamma(shape, low, high, deal, purpose, turn)
    share = uniform(low, high, deal, purpose, turn, 0)
    if family == LOGNORMAL:
        return scale * exp_of(shape * normal_at(share))
    total = -log_of(share)
    if family == WEIBULL:
        return scale * power_of(total, shape)
    if family == ERLANG:
        for step in range(1, int(shape)):
            total -= log_of(uniform(low, high, deal, purpose, turn, step))
    return scale * total


def gamma(shape: float, low: int, high: int, deal: int, purpose: int, turn: int) -> float:
    """
    Return a number of the gamma distribution with scale 1.

    By G. Marsaglia, W. W. Tsang, "A simple method for generating gamma variables", ACM
    Transactions on Mathematical Software 26 (2000); a shape below 1 by one more power.
    """
    boost = 1.0
    if shape < 1.0:
        boost = power_of(uniform(low, high, deal, purpose, turn, BOOST), 1.0 / shape)
        shape += 1.0
    base = shape - 1.0 / 3.0
    slope = 1.0 / sqrt(9.0 * base)
    part = 0
    while True:
        normal = normal_at(uniform(low, high, deal, purpose, turn, part))
        share = uniform(low, high, deal, purpose, turn, part + 1)
        part += 2
        cube = 1.0 + slope * normal
        if cube > 0.0:
            cube = cube * cube * cube
            if log_of(share) < 0.5 * normal * normal + base * (1.0 - cube + log_of(cube)):
                return boost * base * cube


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

        turn: The how-manieth of this purpose.

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

"""Families of distributions: how a number of each is made from evenly spread ones."""

from __future__ import annotations

from math import sqrt

from salesflow.simulation.kernel.chance.numbers import exp_of, log_of, normal_at, power_of
from salesflow.simulation.kernel.chance.randomness import uniform
from salesflow.simulation.kernel.codes import ERLANG, FIXED, GAMMA, LOGNORMAL, WEIBULL

BOOST = 1_000_002
"""The part of a draw that makes a gamma distribution one of a shape below 1."""


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

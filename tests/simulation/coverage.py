"""
How often the 95 % intervals hold the truth: many runs where the truth is known.

``python -m tests.simulation.coverage`` takes thousands of runs of each and prints a table; the
tests take a few hundred. The deals are made up, as the intervals are not about how deals are made.
"""

from __future__ import annotations

import math
import sys
from collections import Counter

import attrs
import numpy as np
from tests.simulation.known import process

from salesflow.simulation import Behaviour, replicate
from salesflow.simulation.distributions import Exponential
from salesflow.simulation.estimates import Sums, mean_of, ratio_of, share_of
from salesflow.simulation.pairs import mean_difference, ratio_difference, share_difference
from salesflow.simulation.parts import Arrivals, Capacity, StageLife
from salesflow.simulation.survival import STEP, Lifetimes

WIN_A_DAY, LOSS_A_DAY, SEEN_DAYS = 0.02, 0.05, 20.0
"""Deals are won and lost at constant rates, and seen for an exponential time of this mean."""
RATE = WIN_A_DAY + LOSS_A_DAY
WON_IN_ALL = WIN_A_DAY / RATE
FORGOTTEN = -math.log(0.1) / RATE
"""Days until nine of ten deals have ended."""


def lives(rng, deals):
    """Times in microseconds, and how they ended: 0 won, 1 lost, 2 still open."""
    lasted = rng.exponential(1 / RATE, deals)
    seen = rng.exponential(SEEN_DAYS, deals)
    end = np.where(rng.random(deals) < WON_IN_ALL, 0, 1)
    end = np.where(seen < lasted, 2, end)
    return Lifetimes.of((np.minimum(lasted, seen) * 24 * STEP).astype(np.int64), end, 2)


def sums(values):
    return Sums(int(values.sum()), int((values * values).sum()))


def one_run(rng, deals):
    """Each figure of one run, with the truth."""
    found = lives(rng, deals)
    # Percentiles of wins speak of those up to the last one seen.
    yield "percentile, censored", found.percentile(0.5), math.log(2) / RATE
    yield "won by day 10", found.incidence(0).at(10), WON_IN_ALL * (1 - math.exp(-RATE * 10))
    yield "open on day 10", found.survival().at(10), math.exp(-RATE * 10)
    every = Lifetimes.of(
        (rng.exponential(1 / RATE, deals) * 24 * STEP).astype(np.int64),
        (rng.random(deals) >= WON_IN_ALL).astype(np.int64),
        2,
    )
    yield "percentile of wins", every.percentile_of(0, 0.5), math.log(2) / RATE
    won = (rng.random(deals) < 0.1).astype(np.int64)
    yield "share", share_of(int(won.sum()), deals), 0.1
    touches = 1 + rng.poisson(4, deals) + 6 * won
    both = int((touches * won).sum())
    yield "ratio", ratio_of(deals, sums(touches), sums(won), both), (5 + 0.6) / 0.1
    value = np.rint(won * rng.lognormal(math.log(30_000), 0.7, deals)).astype(np.int64)
    mean = 0.1 * 30_000 * math.exp(0.245)
    yield "mean", mean_of(deals, *map(float, (value.sum(), (value * value).sum()))), mean
    after = np.where(rng.random(deals) < 0.03, 1, won)
    floats = [each.astype(float) for each in (won, after, touches)]
    yield "share, paired", share_difference(*floats[:2]), 0.027
    more = floats[2] + rng.poisson(2, deals)
    yield "mean, paired", mean_difference(floats[2], more), 2.0
    change = 7.6 / 0.127 - 5.6 / 0.1
    yield "ratio, paired", ratio_difference(floats[2], floats[0], more, floats[1]), change


def coverage(runs, deals, seed=1):
    """The share of runs in which each interval holds the truth; an open end holds anything."""
    rng = np.random.default_rng(seed)
    held = Counter()
    for _ in range(runs):
        for name, estimate, truth in one_run(rng, deals):
            low = -math.inf if estimate.low is None else estimate.low
            high = math.inf if estimate.high is None else estimate.high
            # Times are rounded up to the hour.
            room = 1 / 24 if "percentile" in name else 0.0
            held[name] += low - room <= truth <= high + room
    return {name: count / runs for name, count in held.items()}


def coverage_in_a_queue(experiments, runs, deals, *, fast):
    """
    The same where deals wait for one rep: of several runs, and of one as if deals were independent.

    The truth is the mean over all runs of all experiments; the time is that by which half of the
    deals that came after the first are closed.
    """
    behaviour = Behaviour(
        arrivals=Arrivals(every=Exponential("24 hours")),
        stages=[StageLife(stage="talk", effort=Exponential("20 hours"), then={"won": 1})],
        capacity=Capacity(reps=1),
    )
    held = Counter()
    found = [
        replicate(
            process("talk"), runs, deals=deals, seed=1 + number * runs, behaviour=behaviour,
            horizon="900 days", warmup="10 days", fast=fast,
        )
        for number in range(experiments)
    ]  # fmt: skip
    truth = np.mean([each.cycle_days().value for one in found for each in one.summaries])
    for one in found:
        alone = attrs.evolve(one.summaries[0], shared=False).cycle_days()
        for name, each in (("several runs", one.figure("days_to_close")), ("one run", alone)):
            held[name] += each.low <= truth <= each.high
    return {name: count / experiments for name, count in held.items()}


if __name__ == "__main__":
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    sizes = (200, 1_000, 5_000)
    table = [coverage(runs, deals) for deals in sizes]
    print(f"{runs:,} runs{'':14}", *(f"{deals:>7,}" for deals in sizes), "deals")  # noqa: T201
    for name in table[0]:
        print(f"{name:<24}", *(f"{found[name]:7.1%}" for found in table))  # noqa: T201
    in_a_queue = coverage_in_a_queue(max(20, runs // 10), 5, 400, fast=True)
    print("waiting for one rep:", in_a_queue)  # noqa: T201

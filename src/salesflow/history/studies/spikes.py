"""
Spikes: days of a clock on which far more deals are lost than on the days around, as by a timer.

The test: on day k of a clock, of n deals at risk some are lost. Were day k like its neighbours,
each would be lost with their rate: the larger one of the rates over the three days before and the
three days after. A spike is a day on which at least three times as many are lost as that, at least
five more, and so many that it would come about by chance with a probability of less than 0.001,
over all days of all clocks that were looked at (binomial, one-sided, Bonferroni). The first two
days are none, nor is one before which nobody was at risk for three days. The least probable one is
taken out, and the rest is looked at again.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import attrs

from salesflow.history.extras import np, pl
from salesflow.history.studies.rates import log_binomial_tail

CLOCKS = ("age", "silence", "stage_age")
"""What may run out: days since the opening, since the last touch, in the stage."""
NEIGHBOURS, LEAST_DAY = 3, 2
LEAST_TIMES, LEAST_EXCESS, LEVEL = 3.0, 5.0, 0.001
MOST = 20
"""More spikes than that are no timers."""

WORDS = {"age": "of age", "silence": "of silence", "stage_age": "in the stage"}


@attrs.frozen(kw_only=True)
class Spike:
    """
    A day of a clock on which deals are lost as by a timer.

    Args:
        clock: ``age``, ``silence`` or ``stage_age``.

        day: The day, from 0: day 30 begins when the clock shows 30 days.

        deals: At risk that day.

        lost: How many of them were lost.

        expected: How many would have been, at the rate of the days around.

        p_value: How probable so many are by chance, over all days that were looked at.
    """

    clock: str
    day: int
    deals: int
    lost: int
    expected: float
    p_value: float

    def __str__(self) -> str:
        return (
            f"day {self.day} {WORDS[self.clock]}: {self.lost:,} of {self.deals:,} lost, "
            f"{self.expected:,.1f} expected by the days around"
        )


def spikes_in(cells: pl.DataFrame) -> tuple[tuple[Spike, ...], pl.DataFrame]:
    """
    Return the spikes of some deal-days, and the deal-days without them.

    Args:
        cells: What `dealdays.cells_of` returns.
    """
    found: list[Spike] = []
    while len(found) < MOST:
        candidates = [*_candidates(cells)]
        if not candidates:
            break
        _, best = min(candidates, key=lambda each: (each[0], each[1].clock))
        found.append(best)
        cells = cells.filter(pl.col(best.clock) != best.day)
    return tuple(found), cells


def _candidates(cells: pl.DataFrame) -> Iterator[tuple[float, Spike]]:
    """Yield the days that stand out, on any clock, each after the logarithm of its probability."""
    counts = {clock: _by_day(cells, clock) for clock in CLOCKS}
    tested = sum(int(np.count_nonzero(deals)) for deals, _ in counts.values())
    for clock, (deals, lost) in counts.items():
        for day in np.flatnonzero(lost >= LEAST_EXCESS).tolist():
            if day < LEAST_DAY or not deals[max(day - NEIGHBOURS, 0) : day].sum():
                continue
            rate = max(
                _rate(deals, lost, max(day - NEIGHBOURS, 0), day),
                _rate(deals, lost, day + 1, day + 1 + NEIGHBOURS),
            )
            expected = float(rate * deals[day])
            if lost[day] < max(LEAST_TIMES * expected, expected + LEAST_EXCESS):
                continue
            chance = log_binomial_tail(int(lost[day]), int(deals[day]), rate)
            p_value = math.exp(chance) * tested
            if p_value < LEVEL:
                spike = Spike(
                    clock=clock,
                    day=day,
                    deals=int(deals[day]),
                    lost=int(lost[day]),
                    expected=expected,
                    p_value=p_value,
                )
                yield chance, spike


def _by_day(cells: pl.DataFrame, clock: str) -> tuple[np.ndarray, np.ndarray]:
    """Return how many deals were at risk on each day of a clock, and how many of them were lost."""
    day = cells[clock].to_numpy()
    deals, lost = (
        np.bincount(day, cells[name].to_numpy()) if len(day) else np.zeros(0)
        for name in ("days", "lost")
    )
    return deals, lost


def _rate(deals: np.ndarray, lost: np.ndarray, begin: int, end: int) -> float:
    """Return the rate of losses over some days; half a loss more, so that it is never 0."""
    at_risk = deals[begin:end].sum()
    return float((lost[begin:end].sum() + 0.5) / (at_risk + 1)) if at_risk else 0.0

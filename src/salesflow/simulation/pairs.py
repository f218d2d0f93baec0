"""
Differences between matched deals: deal by deal, so that what both scenarios share cancels out.

Two scenarios with one seed use the same random numbers for the same deal. Their difference then has
a far smaller interval than either figure: P. Glasserman and D. D. Yao, "Some guidelines and
guarantees for common random numbers", Management Science 38 (1992), 884-908.
"""

from __future__ import annotations

import math

from salesflow.intervals import Z95, student95
from salesflow.simulation.estimates import NOTHING, Estimate
from salesflow.simulation.extras import np, npt

Floats = npt.NDArray[np.float64]
_HAIR = 1e-12


def mean_difference(before: Floats, after: Floats) -> Estimate:
    """
    Return by how much a mean is larger after than before; the interval is Student's.

    Where all pairs differ by the same there is none: how far others would is not known from these.
    """
    return _mean(after - before)


def share_difference(before: Floats, after: Floats) -> Estimate:
    """
    Return by how much a share is larger after than before; each deal counts as 0 or 1.

    The interval is the adjusted one for pairs, which holds where hardly any deal, or none, differs:
    D. G. Bonett and R. M. Price, "Adjusted Wald confidence interval for a difference of binomial
    proportions based on paired data", Journal of Educational and Behavioral Statistics 37 (2012),
    479-488.
    """
    count = len(before)
    if not count:
        return NOTHING
    gained, lost = (int((apart > 0).sum()) for apart in (after - before, before - after))
    up, down = (gained + 1) / (count + 2), (lost + 1) / (count + 2)
    half = Z95 * math.sqrt((up + down - (up - down) ** 2) / (count + 2))
    return Estimate(
        (gained - lost) / count, max(-1.0, up - down - half), min(1.0, up - down + half)
    )


def ratio_difference(
    above_before: Floats, below_before: Floats, above_after: Floats, below_after: Floats
) -> Estimate:
    """
    Return by how much a ratio of two sums is larger after than before.

    The interval is Student's paired one of the linearized ratios (delta method): each deal counts
    with what it adds to its ratio. Nothing is said where one of the ratios has nothing below, and
    no interval where all deals add the same, as in `mean_difference`.
    """
    if not below_before.sum() or not below_after.sum():
        return NOTHING
    one, spread_of_one = _linear(above_before, below_before)
    two, spread_of_two = _linear(above_after, below_after)
    apart = _mean(spread_of_two - spread_of_one)
    shift = two - one - (apart.value or 0.0)
    return apart.changed(lambda number: number + shift)


def _linear(above: Floats, below: Floats) -> tuple[float, Floats]:
    """Return a ratio of sums, and what each deal adds to it, to first order."""
    ratio = float(above.sum() / below.sum())
    return ratio, (above - ratio * below) / below.mean()


def _mean(values: Floats) -> Estimate:
    count = len(values)
    if not count:
        return NOTHING
    mean = float(values.mean())
    # What is alike in all is so up to last bits.
    if float(np.ptp(values)) <= _HAIR * max(1.0, abs(mean)):
        return Estimate(mean)
    half = student95(count - 1) * math.sqrt(float(values.var(ddof=1)) / count)
    return Estimate(mean, mean - half, mean + half)

"""
Figures of several independent runs, with intervals that hold whatever happens within each.

How far runs are apart says how far another one would be: the method of independent replications, A.
M. Law and W. D. Kelton, *Simulation Modeling and Analysis* (1982), chapter 9. A ratio, such as what
a win costs, is that of all runs together, as the mean of ratios is another figure, and a run
without a win has none; its interval is that of the jackknife, which leaves out one run at a time:
J. W. Tukey, "Bias and confidence in not-quite large samples", Annals of Mathematical Statistics 29
(1958), 614. Of a share or a mean over equally many deals that is Student's interval of the runs.
"""

from __future__ import annotations

import itertools
import math
import operator
import statistics
from collections.abc import Callable, Sequence

from salesflow.intervals import student95
from salesflow.simulation.estimates import NOTHING, Estimate
from salesflow.simulation.summary import Summary

FEWEST = 2
"""Runs of which it can be said how far they are apart."""
_HAIR = 1e-12
"""Figures that are closer than that, for their size, differ by last bits only."""

Figure = Callable[..., float | None]
"""What reads a figure off a summary, or the difference of one off a summary of each side."""


def without_each(summaries: Sequence[Summary]) -> tuple[Summary, ...]:
    """Return the figures of all runs together but one, for each of them; of one run none."""
    if len(summaries) < FEWEST:
        return ()
    upto = [*itertools.accumulate(summaries, operator.add)]
    since = [*itertools.accumulate(reversed(summaries), operator.add)][::-1]
    inner = map(operator.add, upto[:-2], since[2:])
    return (since[1], *inner, upto[-2])


def of_each(figure: Figure, sides: Sequence[Sequence[Summary]]) -> list[float] | None:
    """Return a figure of each run; None if one of them cannot say it."""
    found = [figure(*each) for each in zip(*sides, strict=True)]
    known = [value for value in found if value is not None]
    return known if len(known) == len(found) else None


def mean_of_runs(values: Sequence[float]) -> Estimate:
    """Return the mean of the figures of the runs with Student's interval."""
    mean = statistics.fmean(values)
    if len(values) < FEWEST:
        return Estimate(mean)
    return _around(mean, statistics.stdev(values) / math.sqrt(len(values)), len(values))


def jackknife(whole: float | None, without: Sequence[float] | None) -> Estimate:
    """
    Return a figure of all runs together with Student's interval by the jackknife.

    Args:
        whole: The figure; None: it cannot be said.

        without: The same without one run, for each of them; None: without some run it cannot be
            said, so that nothing is known of how far another one would be.
    """
    if whole is None:
        return NOTHING
    if not without:
        return Estimate(whole)
    spread = math.sqrt((len(without) - 1) * statistics.pvariance(without))
    return _around(whole, spread, len(without))


def _around(value: float, spread: float, runs: int) -> Estimate:
    """
    Return a figure with its interval.

    Runs that are all alike do not say how far another one would be: then there is none.
    """
    if spread <= _HAIR * abs(value):
        return Estimate(value)
    half = student95(runs - 1) * spread
    return Estimate(value, value - half, value + half)

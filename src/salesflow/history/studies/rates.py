"""
Rates of events in person-time, compared within strata.

The estimator is the Mantel-Haenszel incidence rate ratio for person-time data, with the variance of
its logarithm by Greenland and Robins.

S. Greenland and J. M. Robins, "Estimation of a common effect parameter from sparse follow-up data",
Biometrics 41 (1985), 55-68. K. J. Rothman, S. Greenland and T. L. Lash, *Modern Epidemiology*,
3rd ed. (2008), chapter 15. It is consistent for many strata with few events in each as well as for
few strata with many.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import attrs

from salesflow.history.extras import np, npt
from salesflow.intervals import Z95

Floats = npt.NDArray[np.float64]
_NOTHING = 1e-20
"""A share of the largest term that adds nothing to a sum."""


@attrs.frozen(kw_only=True)
class RateRatio:
    """
    How many times as often something happens in one group as in another, in like strata.

    Args:
        events, other_events: How often it happened, in the first group and in the other.

        days, other_days: For how many days they were at risk.

        compared_days: Those days of both in whose strata both were at risk; the others say nothing.

        ratio: The rate in the first as a multiple of the rate in the other, at equal strata; None:
            it cannot be said, since some group has nothing to compare.

        low, high: Its 95 % interval; None: there are too few events for one.
    """

    events: int
    days: int
    other_events: int
    other_days: int
    compared_days: int
    ratio: float | None
    low: float | None
    high: float | None

    @property
    def rate(self) -> float | None:
        """Events for each day at risk in the first group, whatever the strata; None: no days."""
        return self.events / self.days if self.days else None

    @property
    def other_rate(self) -> float | None:
        """The same in the other group."""
        return self.other_events / self.other_days if self.other_days else None

    @property
    def is_higher(self) -> bool:
        """Whether the whole interval lies above 1."""
        return self.low is not None and self.low > 1

    @property
    def is_lower(self) -> bool:
        """Whether the whole interval lies below 1."""
        return self.high is not None and self.high < 1

    def __str__(self) -> str:
        if self.ratio is None:
            return "unknown"
        if self.low is None or self.high is None:
            return f"× {self.ratio:.2f} (too few)"
        return f"× {self.ratio:.2f} ({self.low:.2f} to {self.high:.2f})"


def mantel_haenszel(
    events: Floats, days: Floats, other_events: Floats, other_days: Floats
) -> RateRatio:
    """
    Return the Mantel-Haenszel rate ratio of two groups over strata, one entry each.

    With events a and b, days s and t, and n = s + t in each stratum, the ratio is
    Σ(a·t/n) / Σ(b·s/n), and the variance of its logarithm Σ((a+b)·s·t/n²) / (Σ(a·t/n)·Σ(b·s/n)).
    Strata in which only one group is at risk say nothing.

    Args:
        events: In the first group.

        days: At risk, in the first group.

        other_events: In the other.

        other_days: At risk, in the other.

    >>> twice = mantel_haenszel(*(np.array([x]) for x in (20.0, 100.0, 10.0, 100.0)))
    >>> print(twice)
    × 2.00 (0.94 to 4.27)
    """
    total = days + other_days
    seen = total > 0
    a, b, s, t, n = (each[seen] for each in (events, other_events, days, other_days, total))
    above, below = float((a * t / n).sum()), float((b * s / n).sum())
    ratio = low = high = None
    if below > 0:
        ratio = above / below
        if above > 0:
            spread = math.sqrt(float(((a + b) * s * t / n**2).sum()) / (above * below))
            low, high = (ratio * math.exp(sign * Z95 * spread) for sign in (-1, 1))
    return RateRatio(
        events=int(events.sum()),
        days=int(days.sum()),
        other_events=int(other_events.sum()),
        other_days=int(other_days.sum()),
        compared_days=int(n[(s > 0) & (t > 0)].sum()),
        ratio=ratio,
        low=low,
        high=high,
    )


def log_binomial_tail(count: int, trials: int, share: float) -> float:
    """
    Return the logarithm of the probability of *count* or more successes in so many trials.

    Of thousands the probability itself is often too small for a float, so that any two are alike.

    Args:
        count: Successes.

        trials: How many there are.

        share: The probability of each.
    """
    if count <= 0 or (share >= 1 and count <= trials):
        return 0.0
    if share <= 0 or count > trials:
        return -math.inf
    # From the likeliest of them on, terms fall on both sides.
    peak = max(count, int((trials + 1) * share))
    odds = share / (1.0 - share)
    more = _falling((trials - k) / (k + 1) * odds for k in range(peak, trials))
    fewer = _falling(k / (trials - k + 1) / odds for k in range(peak, count, -1))
    most = (
        math.lgamma(trials + 1)
        - math.lgamma(peak + 1)
        - math.lgamma(trials - peak + 1)
        + peak * math.log(share)
        + (trials - peak) * math.log1p(-share)
    )
    return min(0.0, most + math.log(1.0 + more + fewer))


def _falling(ratios: Iterable[float]) -> float:
    """Return the sum of terms after a first one of 1, each a multiple of the one before."""
    total, term = 0.0, 1.0
    for ratio in ratios:
        term *= ratio
        total += term
        if term < _NOTHING:
            break
    return total

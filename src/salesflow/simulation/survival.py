"""
How long things take, with those that go on still.

A deal that is open at the end has lasted so long at least: it is censored. To leave such deals out
makes every time too short, so they are kept: shares by the estimators of Kaplan and Meier (one end)
and of Aalen and Johansen (several ends, of which each deal comes to one).

E. L. Kaplan and P. Meier, "Nonparametric estimation from incomplete observations", Journal of the
American Statistical Association 53 (1958), 457-481. O. O. Aalen and S. Johansen, "An empirical
transition matrix for non-homogeneous Markov chains based on censored observations", Scandinavian
Journal of Statistics 5 (1978), 141-150. Variances: M. Greenwood, "The natural duration of cancer"
(1926); E. Marubini and M. G. Valsecchi, *Analysing Survival Data from Clinical Trials and
Observational Studies* (1995), chapter 10.
"""

from __future__ import annotations

import functools
import math

import attrs

from salesflow.calendars.arithmetic import DAY, HOUR
from salesflow.intervals import Z95
from salesflow.simulation.estimates import NOTHING, Estimate
from salesflow.simulation.extras import np, npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

STEP = HOUR
"""Times are kept in whole hours, rounded up: so many deals ended within so many hours."""
_PER_DAY = DAY // STEP


@attrs.frozen(eq=False)
class Curve:
    """
    A share that grows or shrinks with time, with its interval at every time.

    Args:
        days: Since the beginning, in days of 24 hours; the share holds from then on.

        share: The share.

        low, high: Its 95 % interval, at each time by itself; nan: it has none.

        until: For how many days anything was followed: of later nothing is known, unless all has
            ended. Below 0: there is nothing at all.
    """

    days: Floats
    share: Floats
    low: Floats
    high: Floats
    until: float = math.inf

    def at(self, days: float) -> Estimate:
        """Return the share after so many days; nothing of a time for which nobody was followed."""
        place = int(np.searchsorted(self.days, days, side="right")) - 1
        if place < 0 or days > self.until:
            return NOTHING
        ends = (float(end[place]) for end in (self.low, self.high))
        return Estimate(float(self.share[place]), *(None if end != end else end for end in ends))  # noqa: PLR0124 - not a number


@attrs.frozen(eq=False)
class Lifetimes:
    """
    How long each of many things lasted, and how it ended: counts by hour, which can be added.

    Args:
        hours: The lengths that occur, ascending, in whole hours, rounded up.

        counts: How many lasted so long: one row for each way to end, and a last one for those that
            go on still; one column for each of the hours.
    """

    hours: Ints
    counts: Ints

    @classmethod
    def of(cls, micros: Ints, end: Ints, ends: int) -> Lifetimes:
        """
        Return some lifetimes.

        Args:
            micros: How long each lasted, in microseconds.

            end: How it ended, from 0; *ends*: it goes on still.

            ends: How many ways to end there are.
        """
        hours, place = np.unique(-(-np.asarray(micros) // STEP), return_inverse=True)
        places = np.asarray(end) * len(hours) + place
        found = np.bincount(places, minlength=(ends + 1) * len(hours)).astype(np.int64)
        return cls(hours, found.reshape(ends + 1, len(hours)))

    def __add__(self, other: Lifetimes) -> Lifetimes:
        hours = np.union1d(self.hours, other.hours)
        total = np.zeros((len(self.counts), len(hours)), dtype=np.int64)
        for each in (self, other):
            total[:, np.searchsorted(hours, each.hours)] += each.counts
        return Lifetimes(hours, total)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Lifetimes):
            return NotImplemented
        return np.array_equal(self.hours, other.hours) and np.array_equal(self.counts, other.counts)

    __hash__ = None  # type: ignore[assignment]

    def __len__(self) -> int:
        return int(self.counts.sum())

    def survival(self) -> Curve:
        """
        Return the share that has not ended, by Kaplan and Meier.

        The interval is Greenwood's on the log-log scale, where it stays between 0 and 1: J. D.
        Kalbfleisch and R. L. Prentice, *The Statistical Analysis of Failure Time Data* (1980).
        """
        steps = self._steps
        variance = steps.left**2 * steps.greenwood
        return _banded(steps.hours, 1.0 - steps.left, variance, falls=True, until=self._until)

    def incidence(self, end: int) -> Curve:
        """
        Return the share that has come to one end, by Aalen and Johansen; the others compete.

        The interval is that of the estimator's variance (delta method), on the log-log scale.
        """
        found = self._incidence(end)
        hours = self._steps.hours
        return _banded(hours, found.share, found.variance, falls=False, until=self._until)

    def percentile(self, share: float) -> Estimate:
        """
        Return how many days it takes until a share (between 0 and 1) has ended, in whatever way.

        The interval has the times at which the curve's own interval contains that share: R.
        Brookmeyer and J. Crowley, "A confidence interval for the median survival time", Biometrics
        38 (1982), 29-41. An end that too few have come to is None.
        """
        curve = self.survival()
        left = 1.0 - share
        # What is added up from shares is off by some last bits.
        reached = [line <= left + _HAIR for line in (curve.share, curve.low, curve.high)]
        return Estimate(*(_first(curve.days, line) for line in reached))

    def percentile_of(self, end: int, share: float) -> Estimate:
        """
        Return how many days it takes until a share of those that come to one end have done so.

        Those that come to it later than anything that was seen are not counted among them. The
        interval has the times that the difference between the incidence then and that share of the
        last incidence, with its variance, does not refute; where only the last of them lies beyond,
        its end is open.
        """
        found, hours = self._incidence(end), self._steps.hours
        if not len(hours) or not found.share[-1]:
            return NOTHING
        apart = found.share - share * found.share[-1]
        spread = np.sqrt(
            np.maximum(
                0.0,
                found.variance + share**2 * found.variance[-1] - 2 * share * found.with_last,
            )
        )
        days = hours / _PER_DAY
        later = apart - Z95 * spread >= -_HAIR
        # Once the last one has come, nothing is left that could refute anything.
        later[found.share >= found.share[-1] - _HAIR] = False
        return Estimate(
            _first(days, apart >= -_HAIR),
            _first(days, apart + Z95 * spread >= -_HAIR),
            _first(days, later),
        )

    @property
    def _until(self) -> float:
        """For how many days anything was followed; without end if what was longest has ended."""
        if not len(self):
            return -1.0
        return float(self.hours[-1]) / _PER_DAY if self.counts[-1, -1] else math.inf

    @functools.cached_property
    def _steps(self) -> _Steps:
        """What happens in each hour in which something ends."""
        places, n, left = going_on(self.counts)
        d = self.counts[:-1, places].sum(axis=0).astype(float)
        # Once all have ended nothing varies any more: that term stands with a factor 0.
        terms = np.divide(d, n * (n - d), out=np.zeros_like(n), where=n > d)
        return _Steps(places, self.hours[places], n, left, terms)

    def _incidence(self, end: int) -> _Incidence:
        steps = self._steps
        n, d1 = steps.at_risk, self.counts[end][steps.places].astype(float)
        before = before_each(steps.left)
        share = np.cumsum(before * d1 / n)
        # Sums over the hours up to each, of the formula with its square multiplied out.
        p0, p1, p2 = (np.cumsum(steps.terms * share**power) for power in range(3))
        own = np.cumsum(before**2 * d1 * (n - d1) / n**3)
        r0, r1 = (np.cumsum(before * d1 / n**2 * share**power) for power in range(2))
        variance = share**2 * p0 - 2 * share * p1 + p2 + own - 2 * (share * r0 - r1)
        last = share[-1] if len(share) else 0.0
        together = share + last
        with_last = share * last * p0 - together * p1 + p2 + own - (together * r0 - 2 * r1)
        return _Incidence(share, np.maximum(0.0, variance), with_last)


def going_on(counts: Ints) -> tuple[Ints, Floats, Floats]:
    """
    Return where something ended, how many had not before, and which share has not after each.

    That is the product limit of Kaplan and Meier; what is censored where something ends was still
    there.

    Args:
        counts: As in `Lifetimes`: one row for each way to end, and a last one for those that go on;
            one column for each length, ascending.
    """
    at_risk = counts.sum(axis=0)[::-1].cumsum()[::-1]
    ended = counts[:-1].sum(axis=0)
    places = np.flatnonzero(ended)
    n = at_risk[places].astype(float)
    return places, n, np.cumprod(1.0 - ended[places] / n)


def before_each(left: Floats) -> Floats:
    """Return the share that had not ended just before, from that after each."""
    return np.append(1.0, left)[: len(left)]


_HAIR = 1e-12


@attrs.frozen(eq=False)
class _Steps:
    """
    The hours in which something ended.

    Args:
        places: Their places among all that occur.

        hours: Which ones.

        at_risk: How many had not ended before.

        left: The share that has not ended after each.

        terms: Of Greenwood's sum.
    """

    places: Ints
    hours: Ints
    at_risk: Floats
    left: Floats
    terms: Floats

    @property
    def greenwood(self) -> Floats:
        found: Floats = np.cumsum(self.terms)
        return found


@attrs.frozen(eq=False)
class _Incidence:
    """The share at each of these hours, its variance, and its covariance with the last share."""

    share: Floats
    variance: Floats
    with_last: Floats


def _first(days: Floats, reached: npt.NDArray[np.bool_]) -> float | None:
    return float(days[reached.argmax()]) if reached.any() else None


def _banded(hours: Ints, gone: Floats, variance: Floats, *, falls: bool, until: float) -> Curve:
    """Return shares that have gone, or (if it *falls*) that have not, with log-log intervals."""
    left = 1.0 - gone
    low, high = gone.copy(), gone.copy()
    inside = (left > _HAIR) & (gone > _HAIR)
    logs = np.log(left[inside])
    width = Z95 * np.sqrt(variance[inside]) / (left[inside] * np.abs(logs))
    low[inside] = 1.0 - np.exp(logs * np.exp(-width))
    high[inside] = 1.0 - np.exp(logs * np.exp(width))
    if len(gone) and left[-1] <= _HAIR:
        # The last one ended: all that is known of the share before stands on the other side.
        low[-1] = low[-2] if len(low) > 1 else 0.0
    days = np.append(0.0, hours / _PER_DAY)
    lines = [np.append(0.0, line) for line in (gone, low, high)]
    if falls:
        gone, low, high = (1.0 - lines[0], 1.0 - lines[2], 1.0 - lines[1])
    else:
        gone, low, high = lines
    return Curve(days, gone, low, high, until)

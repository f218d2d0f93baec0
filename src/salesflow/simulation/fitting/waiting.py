"""
How long things lasted in a history, and how they ended, with those that go on still.

What goes on at the end has lasted so long at least: it is censored. The shares are those of
`salesflow.simulation.survival` (Kaplan and Meier; Aalen and Johansen where several ends compete),
here by the microsecond and as points of which distributions are made.
"""

from __future__ import annotations

import attrs

from salesflow.calendars import Span, Unit
from salesflow.calendars.arithmetic import DAY, HOUR, MINUTE
from salesflow.calendars.spans import LONGEST_DAYS
from salesflow.simulation.distribution_base import Distribution, Fixed
from salesflow.simulation.extras import np
from salesflow.simulation.mixtures import empirical
from salesflow.simulation.survival import Floats, Ints, before_each, going_on

POINTS = 24
"""So many values stand for a distribution: each is the mean of an equal share of it."""
GOES_ON = -1
"""The end of what has not ended."""
_PRECISE = 0.01
"""A length is told in the largest unit of which a whole number is so close to it."""
_FOR_EVER = LONGEST_DAYS * DAY
"""The longest time that there is, in microseconds."""


@attrs.frozen(eq=False)
class Ends:
    """
    By which time what share ended how.

    Args:
        after: Ascending lengths, in microseconds, at which something ended.

        share: One row for each way to end: the share that did so at each of the lengths.

        left: The share that nothing was seen to end.
    """

    after: Ints
    share: Floats
    left: float

    @property
    def shares(self) -> Floats:
        """The share that ended in each way."""
        shares: Floats = self.share.sum(axis=1)
        return shares


def ends_of(lasted: Ints, end: Ints, ways: int) -> Ends:
    """
    Return the shares by Aalen and Johansen; with one way to end, those of Kaplan and Meier.

    Args:
        lasted: How long each lasted, in microseconds.

        end: How it ended, from 0; GOES_ON.

        ways: How many ways to end there are.
    """
    after, place = np.unique(lasted, return_inverse=True)
    counts = np.zeros((ways + 1, len(after)), dtype=np.int64)
    np.add.at(counts, (end, place), 1)  # what goes on is counted in the last row
    places, at_risk, left = going_on(counts)
    share = before_each(left) * counts[:-1, places] / at_risk
    return Ends(after[places], share, float(left[-1]) if len(left) else 1.0)


def with_tail(ends: Ends, lasted: Ints, end: Ints) -> Ends:
    """
    Return the same with what nothing was seen to end: it ends as rarely as the later half did.

    The rate is that beyond the median of what took some time and ended (if nothing ended later,
    that of all times): how many did by the time that all together lasted longer than that. What
    ended at once says nothing of it; where all did, the rest never ends. An exponential tail is the
    usual completion of the estimator of Kaplan and Meier: B. W. Brown, M. Hollander and R. M.
    Korwar, "Nonparametric tests of independence for censored data, with applications to heart
    transplant studies", in *Reliability and Biometry* (1974).

    Args:
        ends: What `ends_of` makes of the others.

        lasted: As it took them.

        end: The same.
    """
    if not len(ends.after) or not ends.left:
        return ends
    ended = end != GOES_ON
    took_time = lasted[ended & (lasted > 0)]
    since = int(np.quantile(took_time, 0.5, method="lower")) if len(took_time) else -1
    late = ended & (lasted > since)
    if not late.any():
        since, late = 0, ended & (lasted > 0)
    ways = np.bincount(end[late], minlength=len(ends.share)) / np.count_nonzero(late)
    if len(took_time):
        mean = np.clip(lasted - since, 0, None).sum() / np.count_nonzero(late)
        after = ends.after[-1] + np.round(mean * _EXPONENTIAL).astype(np.int64)
    else:
        after = np.array([_FOR_EVER])
    share = np.repeat(ends.left * ways[:, np.newaxis] / len(after), len(after), axis=1)
    return Ends(np.append(ends.after, after), np.hstack([ends.share, share]), ends.left)


def _parts_of_exponential(count: int) -> Floats:
    """Return the mean of each of so many equal shares of an exponential distribution of mean 1."""
    edges = np.append(-np.log1p(-np.arange(count) / count), np.inf)
    below = np.append((1.0 + edges[:-1]) * np.exp(-edges[:-1]), 0.0)
    means: Floats = count * (below[:-1] - below[1:])
    return means


_EXPONENTIAL = _parts_of_exponential(8)


def distribution_of(after: Ints, share: Floats, *, in_working_time: bool = False) -> Distribution:
    """
    Return lengths, each with its share, as a distribution of at most `POINTS` values.

    Args:
        after: Ascending, in microseconds.

        share: How often each, relative to the others; at least one above 0.

        in_working_time: Whether the lengths were counted in working time.
    """
    lengths = after[share > 0].astype(np.float64)
    often = share[share > 0] / share.sum()
    if len(often) > POINTS:
        part = np.minimum((np.cumsum(often) - often / 2) * POINTS, POINTS - 1).astype(np.int64)
        sums = np.bincount(part, weights=often * lengths)
        often = np.bincount(part, weights=often)
        lengths, often = sums[often > 0] / often[often > 0], often[often > 0]
    found: dict[Span, float] = {}
    for length, weight in zip(lengths.tolist(), often.tolist(), strict=True):
        span = span_of(length, in_working_time=in_working_time)
        found[span] = found.get(span, 0.0) + weight
    if len(found) == 1:
        return Fixed(next(iter(found)))
    return empirical(found, (round(weight, 4) for weight in found.values()))


def span_of(micros: float, *, in_working_time: bool = False) -> Span:
    """Return a length in whole units that are within one percent of it; a minute at least."""
    units = {Unit.DAYS: DAY, Unit.HOURS: HOUR, Unit.MINUTES: MINUTE}
    if in_working_time:
        units = {Unit.BUSINESS_HOURS: HOUR, Unit.BUSINESS_MINUTES: MINUTE}
    length = min(micros, _FOR_EVER)
    counts = {unit: max(1, round(length / size)) for unit, size in units.items()}
    close = (u for u in units if abs(counts[u] * units[u] - length) <= _PRECISE * length)
    unit = next(close, [*units][-1])
    return Span(counts[unit], unit)

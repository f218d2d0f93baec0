"""
Estimates: a figure with its 95 % interval.

A simulated figure is one of many that the same process could have given; printed bare, it says more
than is known. Which interval it has is said by the function that makes it.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import attrs

from salesflow.intervals import student95, wilson


@attrs.frozen
class Estimate:
    """
    A figure with its 95 % interval.

    Args:
        value: The figure; None: it cannot be said, as a share of no deals, or a percentile that too
            few deals have come to.

        low, high: The ends of the interval; None: there is too little for that end.
    """

    value: float | None
    low: float | None = None
    high: float | None = None

    @property
    def is_above_zero(self) -> bool:
        """Whether the whole interval lies above 0."""
        return self.low is not None and self.low > 0

    @property
    def is_below_zero(self) -> bool:
        """Whether the whole interval lies below 0."""
        return self.high is not None and self.high < 0

    def times(self, factor: float) -> Estimate:
        """Return the same in another unit, of which there are *factor* (> 0) in one of this."""
        return self.changed(lambda number: number * factor)

    def changed(self, change: Callable[[float], float]) -> Estimate:
        """Return it with every number changed by a function that keeps their order."""
        return Estimate(
            *(None if number is None else change(number) for number in attrs.astuple(self))
        )


NOTHING = Estimate(None)
"""What cannot be said."""


def share_of(count: int, of: int) -> Estimate:
    """
    Return a share with Wilson's interval; see `salesflow.intervals.wilson`.

    >>> share_of(0, 10)
    Estimate(value=0.0, low=0.0, high=0.277...)
    """
    if not of:
        return NOTHING
    share = count / of
    low, high = wilson(share, of)
    return Estimate(share, 0.0 if count == 0 else low, 1.0 if count == of else high)


def mean_of(count: int, total: int, squares: int) -> Estimate:
    """
    Return a mean with Student's interval, from the sum and the sum of squares, whole numbers.

    One deal has a mean and no interval; neither have many that are all alike, as what was never
    seen may happen still.
    """
    if not count:
        return NOTHING
    mean = total / count
    if count * squares == total * total:
        return Estimate(mean)
    half = student95(count - 1) * math.sqrt(_covariance(count, total, total, squares) / count)
    return Estimate(mean, mean - half, mean + half)


def ratio_of(count: int, above: Sums, below: Sums, products: int) -> Estimate:
    """
    Return the ratio of two sums over the same deals with Fieller's interval.

    The interval holds every ratio that the two means do not refute. Where the lower mean may be 0,
    as with very few wins, there is no end to it: then none is said. Nor is one where every deal has
    the same ratio, as in `mean_of`.

    E. C. Fieller, "Some problems in interval estimation", Journal of the Royal Statistical Society
    B 16 (1954), 175-185.

    Args:
        count: How many deals there are.

        above: The one quantity.

        below: The other.

        products: The sum of their products, deal by deal; a whole number.
    """
    if not below.total:
        return NOTHING
    ratio = above.total / below.total
    # Nothing is left of the upper ones if what belongs to the lower ones is taken off.
    is_alike = (
        above.squares * below.total**2 + below.squares * above.total**2
        == 2 * above.total * below.total * products
    )
    if is_alike:
        return Estimate(ratio)
    a, b = above.total / count, below.total / count
    part = student95(count - 1) ** 2 / count
    of_a = part * _covariance(count, above.total, above.total, above.squares)
    of_b = part * _covariance(count, below.total, below.total, below.squares)
    both = part * _covariance(count, above.total, below.total, products)
    square = b**2 - of_b
    if square <= 0:
        return Estimate(ratio)
    middle = a * b - both
    half = math.sqrt(max(0.0, middle**2 - square * (a**2 - of_a)))
    return Estimate(ratio, (middle - half) / square, (middle + half) / square)


@attrs.frozen
class Sums:
    """
    The sum of a quantity over deals, and the sum of its squares.

    They are whole numbers, so that any split of the deals adds up to the same.
    """

    total: int
    squares: int

    def __add__(self, other: Sums) -> Sums:
        return Sums(self.total + other.total, self.squares + other.squares)

    def mean(self, count: int) -> Estimate:
        """Return the mean over so many deals."""
        return mean_of(count, self.total, self.squares)


def _covariance(count: int, one: int, other: int, products: int) -> float:
    """Return a covariance from whole numbers, exact but for the division at the end."""
    return (count * products - one * other) / (count * (count - 1))

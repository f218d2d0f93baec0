"""What every distribution has, and the one that is always the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import attrs

from salesflow.calendars import Span, Unit
from salesflow.simulation.amounts import Amount, measure_of, said_amount, size_of, to_amount
from salesflow.simulation.kernel import codes


@attrs.frozen
class Piece:
    """
    One distribution as the kernel draws it: a family with its two numbers.

    Args:
        family: Of `salesflow.simulation.kernel.codes`.

        measure: In which measure of the calendar it counts.

        scale, shape: As `salesflow.simulation.kernel.chance.families.drawn` takes them.

        weight: Its share of the mixture that it is a part of.
    """

    family: int
    measure: int
    scale: float
    shape: float = 0.0
    weight: float = 1.0


@attrs.frozen
class Distribution:
    """What every distribution has; `mean` and `percentile` are in its own unit."""

    family: ClassVar[str]

    @property
    def _amount(self) -> Amount:
        """The amount that sets its unit and its size."""
        raise NotImplementedError

    @property
    def unit(self) -> Unit | None:
        """The unit in which it was said; None: it is of plain numbers."""
        amount = self._amount
        return amount.unit if isinstance(amount, Span) else None

    @property
    def unit_size(self) -> float:
        """One unit in microseconds; 1 for plain numbers."""
        return float(self.unit.size) if self.unit else 1.0

    @property
    def measure(self) -> int:
        """In which measure of the calendar it is counted."""
        return measure_of(self._amount)

    @property
    def mean(self) -> float:
        """The mean, in its unit."""
        return size_of(self._amount) / self.unit_size

    def cdf(self, x: float) -> float:
        """Return the share of what is at most *x*, in its unit."""
        return self._share_up_to(x * self.unit_size) if x >= 0 else 0.0

    def percentile(self, share: float) -> float:
        """
        Return what a *share* of all is at most, in its unit.

        Raises:
            ValueError: If *share* is not between 0 and 1.
        """
        if not 0 < share < 1:
            raise ValueError(f"'share' must lie between 0 and 1, got {share!r}.")
        high = size_of(self._amount) or 1.0
        while self._share_up_to(high) < share:
            high *= 2.0
        low = 0.0
        while True:
            middle = (low + high) / 2.0
            if middle in (low, high):
                return high / self.unit_size
            if self._share_up_to(middle) < share:
                low = middle
            else:
                high = middle

    def pieces(self) -> Iterator[Piece]:
        """Yield what it is made of, as the kernel draws it."""
        raise NotImplementedError

    def _share_up_to(self, x: float) -> float:
        raise NotImplementedError


@attrs.frozen
class Fixed(Distribution):
    """
    Always the same.

    Args:
        value: A span, or a number.

    >>> Fixed("3 days").mean
    3.0
    """

    family = "fixed"
    value: Amount = attrs.field(converter=to_amount)

    @property
    def _amount(self) -> Amount:
        return self.value

    def _share_up_to(self, x: float) -> float:
        return float(x >= size_of(self.value))

    def pieces(self) -> Iterator[Piece]:
        """Yield the one."""
        yield Piece(codes.FIXED, self.measure, size_of(self.value))

    def __str__(self) -> str:
        return said_amount(self.value)

"""
Distributions: how long something takes, or how much something is worth.

Each knows its mean and its percentiles exactly, so that what is simulated can be held against it.
How a number is drawn is written in `salesflow.simulation.kernel.chance.families`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from statistics import NormalDist
from typing import Any

import attrs

from salesflow.calendars import Span
from salesflow.process.names import shown
from salesflow.simulation.amounts import Amount, measure_of, said_amount, size_of, to_amount
from salesflow.simulation.distribution_base import Distribution, Fixed, Piece
from salesflow.simulation.kernel import codes
from salesflow.simulation.mixtures import Mixture, empirical
from salesflow.simulation.special_functions import gamma_share

__all__ = [
    "Distribution",
    "Erlang",
    "Exponential",
    "Fixed",
    "Gamma",
    "Lognormal",
    "Mixture",
    "Weibull",
    "empirical",
]

_NORMAL = NormalDist()


def _positive(_: object, attribute: attrs.Attribute[Any], value: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{attribute.name!r} must be a number, got {shown(value)}.")
    if not 0 < value <= 1000:  # noqa: PLR2004 - beyond this nothing is random any more
        raise ValueError(f"{attribute.name!r} must lie above 0 and be at most 1000, got {value!r}.")


def _not_too_flat(_: object, attribute: attrs.Attribute[Any], value: float) -> None:
    if value < 0.01:  # noqa: PLR2004 - flatter ones have means that no number holds
        raise ValueError(f"{attribute.name!r} must be 0.01 or more, got {value!r}.")


def _above_zero(_: object, attribute: attrs.Attribute[Any], value: Amount) -> None:
    if not isinstance(value, Span) and value <= 0:
        raise ValueError(f"{attribute.name!r} must be above 0, got {value!r}.")


@attrs.frozen
class _OfMean(Distribution):
    mean_value: Amount = attrs.field(converter=to_amount, validator=_above_zero, alias="mean")

    @property
    def _amount(self) -> Amount:
        return self.mean_value


@attrs.frozen
class Exponential(_OfMean):
    """
    Memoryless: however long it has lasted, the rest is as long as ever on average.

    Args:
        mean: A span, or a number above 0.

    >>> round(Exponential("3 days").percentile(0.9), 3)
    6.908
    """

    family = "exponential"

    def _share_up_to(self, x: float) -> float:
        return -math.expm1(-x / size_of(self._amount))

    def pieces(self) -> Iterator[Piece]:
        """Yield the one."""
        yield Piece(codes.EXPONENTIAL, self.measure, size_of(self._amount))

    def __str__(self) -> str:
        return f"{said_amount(self._amount)} on average, memoryless"


@attrs.frozen
class Weibull(_OfMean):
    """
    With a hazard that grows (shape above 1) or falls (below 1) as time goes on.

    Args:
        mean: A span, or a number above 0.

        shape: From 0.01 up; 1 is exponential.
    """

    family = "weibull"
    shape: float = attrs.field(validator=[_positive, _not_too_flat], kw_only=True)

    @property
    def _scale(self) -> float:
        return size_of(self._amount) / math.gamma(1.0 + 1.0 / self.shape)

    def _share_up_to(self, x: float) -> float:
        return -math.expm1(-((x / self._scale) ** self.shape))

    def pieces(self) -> Iterator[Piece]:
        """Yield the one."""
        yield Piece(codes.WEIBULL, self.measure, self._scale, 1.0 / self.shape)

    def __str__(self) -> str:
        return f"{said_amount(self._amount)} on average (Weibull, shape {self.shape:g})"


@attrs.frozen
class Lognormal(_OfMean):
    """
    Skewed: many short ones, a few very long.

    Args:
        mean: A span, or a number above 0.

        median: What half of all are at most; below the mean, in the same kind of time.

    >>> stage = Lognormal("10 days", median="8 days")
    >>> round(stage.percentile(0.5), 6), round(stage.percentile(0.9), 2)
    (8.0, 18.83)
    """

    family = "lognormal"
    median: Amount = attrs.field(converter=to_amount, validator=_above_zero, kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Refuse a median that is not below the mean."""
        if measure_of(self.median) != self.measure or (
            isinstance(self.median, Span) != isinstance(self._amount, Span)
        ):
            raise ValueError(f"the median, {self.median}, is of another kind than the mean.")
        if size_of(self.median) >= size_of(self._amount):
            raise ValueError(
                f"the median must be below the mean, {said_amount(self._amount)}, got "
                f"{said_amount(self.median)}."
            )

    @property
    def _sigma(self) -> float:
        return math.sqrt(2.0 * math.log(size_of(self._amount) / size_of(self.median)))

    def _share_up_to(self, x: float) -> float:
        if x <= 0:
            return 0.0
        return _NORMAL.cdf(math.log(x / size_of(self.median)) / self._sigma)

    def pieces(self) -> Iterator[Piece]:
        """Yield the one."""
        yield Piece(codes.LOGNORMAL, self.measure, size_of(self.median), self._sigma)

    def __str__(self) -> str:
        half = said_amount(self.median)
        return f"{said_amount(self._amount)} on average, half of them within {half}"


@attrs.frozen
class Gamma(_OfMean):
    """
    Between exponential (shape 1) and regular (large shape).

    Args:
        mean: A span, or a number above 0.

        shape: Above 0; its inverse is the squared coefficient of variation.
    """

    family = "gamma"
    shape: float = attrs.field(validator=_positive, kw_only=True)

    def _share_up_to(self, x: float) -> float:
        return gamma_share(self.shape, x * self.shape / size_of(self._amount))

    def pieces(self) -> Iterator[Piece]:
        """Yield the one."""
        scale = size_of(self._amount) / self.shape
        yield Piece(codes.GAMMA, self.measure, scale, self.shape)

    def __str__(self) -> str:
        return f"{said_amount(self._amount)} on average (gamma, shape {self.shape:g})"


def _is_count(_: object, attribute: attrs.Attribute[Any], value: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{attribute.name!r} must be a whole number, got {shown(value)}.")
    if not 1 <= value <= 100:  # noqa: PLR2004 - each costs a random number
        raise ValueError(f"{attribute.name!r} must be from 1 to 100, got {value!r}.")


@attrs.frozen
class Erlang(_OfMean):
    """
    So many memoryless steps, one after the other.

    Args:
        mean: Of all steps together: a span, or a number above 0.

        steps: From 1 to 100.
    """

    family = "erlang"
    steps: int = attrs.field(validator=_is_count, kw_only=True)

    def _share_up_to(self, x: float) -> float:
        return gamma_share(float(self.steps), x * self.steps / size_of(self._amount))

    def pieces(self) -> Iterator[Piece]:
        """Yield the one."""
        scale = size_of(self._amount) / self.steps
        yield Piece(codes.ERLANG, self.measure, scale, float(self.steps))

    def __str__(self) -> str:
        return f"{said_amount(self._amount)} on average, in {self.steps} memoryless steps"

"""
Distributions: how long something takes, or how much something is worth.

Each knows its mean and its percentiles exactly, so that what is simulated can be held against it.
How a number is drawn is written in `salesflow.simulation.kernel.draws`.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Iterator
from statistics import NormalDist
from typing import Any, ClassVar

import attrs

from salesflow.calendars import Span, Unit
from salesflow.calendars.arithmetic import EXACT, OPEN_TIME, WORKING_DAYS
from salesflow.process.fields import as_tuple
from salesflow.process.names import shown
from salesflow.simulation.kernel import codes

Amount = Span | float
"""A span, or a plain number: of money, or of days ahead."""

_NORMAL = NormalDist()
_NEVER_SO_LATE = 1e300


def to_amount(value: Amount | str) -> Amount:
    """
    Return a span or a number.

    Days and weeks are taken as so many times 24 hours here: what is random has no time of day.

    Raises:
        ValueError: If it is no span, is counted in business days, or is a number below 0.
        TypeError: If it is neither text, a span nor a number.
    """
    if isinstance(value, str):
        value = Span.parse(value)
    if isinstance(value, Span):
        if value.measure == WORKING_DAYS:
            raise ValueError(
                f"{value}: a business day ends with its close, and what is random has fractions. "
                'Say how many "business hours" that is.'
            )
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f'expected a span such as "3 days" or a number, got {shown(value)}.')
    if not 0 <= value < _NEVER_SO_LATE:
        raise ValueError(f"expected a number from 0 up, got {value!r}.")
    return float(value)


def _positive(_: object, attribute: attrs.Attribute[Any], value: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{attribute.name!r} must be a number, got {shown(value)}.")
    if not 0 < value <= 1000:  # noqa: PLR2004 - beyond this nothing is random any more
        raise ValueError(f"{attribute.name!r} must lie above 0 and be at most 1000, got {value!r}.")


def _above_zero(_: object, attribute: attrs.Attribute[Any], value: Amount) -> None:
    if not isinstance(value, Span) and value <= 0:
        raise ValueError(f"{attribute.name!r} must be above 0, got {value!r}.")


def size_of(amount: Amount) -> float:
    """Return an amount in microseconds, or the number that it is."""
    return float(amount.amount) if isinstance(amount, Span) else amount


def measure_of(amount: Amount) -> int:
    """Return in which measure of the calendar an amount is counted: EXACT or OPEN_TIME."""
    if isinstance(amount, Span) and amount.measure == OPEN_TIME:
        return OPEN_TIME
    return EXACT


@attrs.frozen
class Piece:
    """
    One distribution as the kernel draws it: a family with its two numbers.

    Args:
        family: Of `salesflow.simulation.kernel.codes`.

        measure: In which measure of the calendar it counts.

        scale, shape: As `salesflow.simulation.kernel.draws.drawn` takes them.

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
        return _said(self.value)


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
        return f"{_said(self._amount)} on average, memoryless"


@attrs.frozen
class Weibull(_OfMean):
    """
    With a hazard that grows (shape above 1) or falls (below 1) as time goes on.

    Args:
        mean: A span, or a number above 0.

        shape: Above 0; 1 is exponential.
    """

    family = "weibull"
    shape: float = attrs.field(validator=_positive, kw_only=True)

    @property
    def _scale(self) -> float:
        return size_of(self._amount) / math.gamma(1.0 + 1.0 / self.shape)

    def _share_up_to(self, x: float) -> float:
        return -math.expm1(-((x / self._scale) ** self.shape))

    def pieces(self) -> Iterator[Piece]:
        """Yield the one."""
        yield Piece(codes.WEIBULL, self.measure, self._scale, 1.0 / self.shape)

    def __str__(self) -> str:
        return f"{_said(self._amount)} on average (Weibull, shape {self.shape:g})"


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
                f"the median must be below the mean, {_said(self._amount)}, got "
                f"{_said(self.median)}."
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
        return f"{_said(self._amount)} on average, half of them within {_said(self.median)}"


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
        return f"{_said(self._amount)} on average (gamma, shape {self.shape:g})"


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
        return f"{_said(self._amount)} on average, in {self.steps} memoryless steps"


def _shares(weights: Iterable[float] | None) -> tuple[float, ...]:
    return () if weights is None else as_tuple(weights)


@attrs.frozen
class Mixture(Distribution):
    """
    One of several, by chance.

    Args:
        parts: Distributions, or mixtures of them; all counted in the same kind of time.

        weights: How often each, relative to the others. Empty: all alike.

    >>> Mixture([Fixed("1 day"), Fixed("5 days")], weights=[3, 1]).mean
    2.0
    """

    family = "mixture"
    parts: tuple[Distribution, ...] = attrs.field(converter=as_tuple)
    weights: tuple[float, ...] = attrs.field(default=(), converter=_shares)

    def __attrs_post_init__(self) -> None:
        """Refuse what is no mixture."""
        if not self.parts:
            raise ValueError("a mixture needs at least one part.")
        for part in self.parts:
            if not isinstance(part, Distribution):
                raise TypeError(f"'parts' holds distributions, got {shown(part)} in it.")
        check_weights(self.weights, len(self.parts))
        first = self.parts[0]
        for part in self.parts:
            if part.measure != first.measure or (part.unit is None) != (first.unit is None):
                raise ValueError(f"{first} and {part} are not counted in the same kind of time.")

    @functools.cached_property
    def _weighted(self) -> tuple[Piece, ...]:
        """Every part of every part, with shares that add up to 1."""
        weights = self.weights or (1.0,) * len(self.parts)
        total = math.fsum(weights)
        return tuple(
            attrs.evolve(piece, weight=piece.weight * weight / total)
            for part, weight in zip(self.parts, weights, strict=True)
            for piece in part.pieces()
            if weight
        )

    @property
    def _amount(self) -> Amount:
        return self.parts[0]._amount  # noqa: SLF001 - of its own family

    @property
    def mean(self) -> float:
        """The mean, in the unit of the first part."""
        return self._over(lambda part: part.mean * part.unit_size) / self.unit_size

    def _share_up_to(self, x: float) -> float:
        return self._over(lambda part: part._share_up_to(x))  # noqa: SLF001 - of its own family

    def _over(self, figure: Callable[[Distribution], float]) -> float:
        weights = self.weights or (1.0,) * len(self.parts)
        found = (w * figure(part) for part, w in zip(self.parts, weights, strict=True))
        return math.fsum(found) / math.fsum(weights)

    def pieces(self) -> Iterator[Piece]:
        """Yield every part of every part."""
        return iter(self._weighted)

    def __str__(self) -> str:
        weights = self.weights or (1.0,) * len(self.parts)
        total = math.fsum(weights)
        said = (f"{w / total:.0%} {part}" for part, w in zip(self.parts, weights, strict=True))
        return "; ".join(said)


def empirical(values: Iterable[Amount | str], weights: Iterable[float] = ()) -> Mixture:
    """
    Return the distribution of what was seen: each value as often as it was.

    Args:
        values: Spans, or numbers.

        weights: How often each, relative to the others. Empty: all alike.

    >>> empirical(["1 day", "2 days", "6 days"]).mean
    3.0
    """
    return Mixture([Fixed(value) for value in values], weights=tuple(weights))


def check_weights(weights: tuple[float, ...], count: int) -> None:
    """
    Refuse weights that are no weights of so many.

    Raises:
        ValueError: If there are more or fewer, one is negative, or none is above 0.
        TypeError: If one is no number.
    """
    for weight in weights:
        if isinstance(weight, bool) or not isinstance(weight, int | float):
            raise TypeError(f"weights are numbers, got {shown(weight)}.")
        if not 0 <= weight < _NEVER_SO_LATE:
            raise ValueError(f"weights are from 0 up, got {weight!r}.")
    if weights and len(weights) != count:
        raise ValueError(f"expected {count} weights, got {len(weights)}.")
    if weights and not any(weights):
        raise ValueError("expected a weight above 0, got none.")


def _said(amount: Amount) -> str:
    return str(amount) if isinstance(amount, Span) else f"{amount:,.10g}"


def gamma_share(shape: float, x: float) -> float:
    """
    Return the share of the gamma distribution of that *shape* and scale 1 that is at most *x*.

    By its power series where that converges soon, else by the continued fraction of the rest.
    """
    if x <= 0:
        return 0.0
    front = math.exp(shape * math.log(x) - x - math.lgamma(shape))
    if x < shape + 1.0:
        term = total = 1.0 / shape
        step = shape
        while term > total * 1e-17:
            step += 1.0
            term *= x / step
            total += term
        return min(1.0, front * total)
    # The rest is front / (x + 1 - a - (1 - a) / (x + 3 - a - 2 (2 - a) / (x + 5 - a - …))),
    # worked out by the method of Lentz.
    tiny = 1e-300
    b = x + 1.0 - shape
    c, d = 1.0 / tiny, 1.0 / b
    value = d
    for step in range(1, 100_000):
        factor = -step * (step - shape)
        b += 2.0
        d = factor * d + b
        d = 1.0 / (d if abs(d) > tiny else tiny)
        c = b + factor / c
        c = c if abs(c) > tiny else tiny
        change = c * d
        value *= change
        if abs(change - 1.0) < 1e-16:  # noqa: PLR2004 - nothing changes any more
            break
    return max(0.0, 1.0 - front * value)

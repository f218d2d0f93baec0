"""Mixtures: one of several distributions by chance, and what was seen as it was seen."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Iterator

import attrs

from salesflow.english import count_of, percent
from salesflow.process.converters import as_tuple
from salesflow.process.names import shown
from salesflow.simulation.amounts import NEVER_SO_MUCH, Amount, said_about
from salesflow.simulation.distribution_base import Distribution, Fixed, Piece

_MOST_LISTED = 8
"""More values than this are told by their mean and their median."""


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
        """Refuse what is not a mixture."""
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
        if len(self.parts) > _MOST_LISTED and all(isinstance(part, Fixed) for part in self.parts):
            mean, half = (
                said_about(value * self.unit_size, self.unit)
                for value in (self.mean, self.percentile(0.5))
            )
            values = count_of(len(self.parts), "observed value")
            return f"{mean} on average, half of them within {half} ({values})"
        weights = self.weights or (1.0,) * len(self.parts)
        total = math.fsum(weights)
        said = (f"{percent(w / total)} {part}" for part, w in zip(self.parts, weights, strict=True))
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
        TypeError: If one is not a number.
    """
    for weight in weights:
        if isinstance(weight, bool) or not isinstance(weight, int | float):
            raise TypeError(f"weights are numbers, got {shown(weight)}.")
        if not 0 <= weight < NEVER_SO_MUCH:
            raise ValueError(f"weights are from 0 up, got {weight!r}.")
    if weights and len(weights) != count:
        raise ValueError(f"expected {count} weights, got {len(weights)}.")
    if weights and not any(weights):
        raise ValueError("expected a weight above 0, got none.")

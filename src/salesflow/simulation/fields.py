"""Fields of behaviours: how their values are checked and made."""

from __future__ import annotations

from typing import Any

import attrs

from salesflow.calendars import Span
from salesflow.process.names import shown
from salesflow.simulation.distribution_base import Distribution, Fixed


def is_share(_: object, attribute: attrs.Attribute[Any], value: float) -> None:
    """Refuse what is not a share from 0 to 1."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{attribute.name!r} must be a share from 0 to 1, got {shown(value)}.")
    if not 0 <= value <= 1:
        raise ValueError(f"{attribute.name!r} must lie from 0 to 1, got {value!r}.")


def maybe_distribution(
    value: Distribution | Span | str | float | None,
) -> Distribution | None:
    """Return a distribution; a span or a number is always the same, None is nothing."""
    if value is None or isinstance(value, Distribution):
        return value
    return Fixed(value)


def distribution(value: Distribution | Span | str | float) -> Distribution:
    """Return a distribution; a span or a number is always the same."""
    return value if isinstance(value, Distribution) else Fixed(value)

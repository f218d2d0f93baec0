"""
Converters and validators of the parts: what a single value may be, checked where it is set.

They refuse values of the wrong *type* at once, with `TypeError`. Whether a value of the right type
makes sense among the others is checked for the whole process, by `validate`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import attrs

from salesflow.calendars import Span
from salesflow.process.names import shown, unfit_character


def is_text(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """
    Refuse anything but text, and text with control characters or lone surrogates.

    Raises:
        TypeError: If *value* is not a string.
        ValueError: If it cannot be written to a file or a terminal as it is.
    """
    if not isinstance(value, str):
        raise TypeError(f"{attribute.name!r} must be text, got {shown(value)}.")
    unfit = unfit_character(value)
    if unfit is not None:
        raise ValueError(f"{attribute.name!r} may not contain the control character {unfit}.")


def is_flag(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Refuse anything but true and false."""
    if not isinstance(value, bool):
        raise TypeError(f"{attribute.name!r} must be true or false, got {shown(value)}.")


def is_whole(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Refuse anything but a whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{attribute.name!r} must be a whole number, got {shown(value)}.")


def texts(values: Iterable[str]) -> tuple[str, ...]:
    """Return a tuple; refuse a lone string: ``stages="proof"`` would be five one-letter stages."""
    found = as_tuple(values, "a list of names")
    for value in found:
        if not isinstance(value, str):
            raise TypeError(f"expected a list of names, got {shown(value)} in it.")
        unfit = unfit_character(value)
        if unfit is not None:
            raise ValueError(f"{shown(value)} contains the control character {unfit}.")
    return found


def as_tuple(values: Iterable[Any], what: str = "a list") -> tuple[Any, ...]:
    """
    Return a tuple.

    Raises:
        TypeError: If it is a lone string, which would become its letters, or a single part.
    """
    if isinstance(values, str):
        raise TypeError(f"expected {what}, got the string {values!r}. Write [{values!r}].")
    if not isinstance(values, Iterable):
        raise TypeError(f"expected {what}, got {shown(values)}. Put it in brackets.")
    return tuple(values)


def is_a(part: type) -> Callable[[Any, attrs.Attribute[Any], object], None]:
    """Return a validator that refuses anything but a *part*."""

    def check(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
        if not isinstance(value, part):
            made = f"must be made with {part.__name__}(…)"
            raise TypeError(f"{attribute.name!r} {made}, got {shown(value)}.")

    return check


def each_is(part: type) -> Callable[[Any, attrs.Attribute[Any], tuple[Any, ...]], None]:
    """Return a validator that refuses a tuple with anything but *part* in it."""

    def check(_: object, attribute: attrs.Attribute[Any], values: tuple[Any, ...]) -> None:
        for value in values:
            if not isinstance(value, part):
                raise TypeError(
                    f"{attribute.name!r} holds {part.__name__} objects, got {shown(value)} in it."
                )

    return check


def span(value: Span | str) -> Span:
    """Return a span, read from text if it is text."""
    if isinstance(value, str):
        return Span.parse(value)
    if not isinstance(value, Span):
        raise TypeError(f'expected a span such as "5 business days", got {shown(value)}.')
    return value


def probability(value: float | None) -> float | None:
    """Return a float, so that 1 and 1.0 are written the same way."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"expected a share from 0 to 1, got {shown(value)}.")
    return float(value)

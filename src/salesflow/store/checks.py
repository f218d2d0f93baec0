"""Spans and numbers that a store is given, checked where they come in."""

from __future__ import annotations

import datetime as dt

from salesflow.given import given


def positive(name: str, span: object) -> dt.timedelta:
    """
    Return a span if it is longer than nothing.

    Raises:
        TypeError, ValueError: If it is not.

    >>> positive("timeout", dt.timedelta(0))
    Traceback (most recent call last):
    ...
    ValueError: timeout: expected a positive span, got 0:00:00.
    """
    found = given(name, span, dt.timedelta)
    if found <= dt.timedelta():
        msg = f"{name}: expected a positive span, got {found}."
        raise ValueError(msg)
    return found


def check_counts(**counts: int) -> None:
    """
    Refuse to do nothing.

    Raises:
        ValueError: If one of the numbers is not positive.
    """
    for name, count in counts.items():
        if count < 1:
            msg = f"{name}: expected 1 or more, got {count!r}."
            raise ValueError(msg)

"""Dates of facts as people write them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from salesflow.history.reading.mapping import ISO

_LETTERS = {"%F": "%Y-%m-%d", "%T": "%H:%M:%S", "%R": "%H:%M", "%e": "%d"}
"""What instants may be written with and `strptime` does not know."""


class TwoDatesError(ValueError):
    """A text that is one date by one of the formats, and another by another one."""


def date_of(text: str, forms: Iterable[str]) -> dt.date:
    """
    Return the date that a text says.

    Args:
        text: Such as ``2026-03-04`` or ``4.3.2026``.

        forms: Those of the mapping.

    Raises:
        TwoDatesError: If two of the formats read it as different dates.
        ValueError: If none reads it.
    """
    found = dict.fromkeys(date for form in forms if (date := _read(text, form)) is not None)
    if len(found) > 1:
        raise TwoDatesError(f"{text!r} may be {' or '.join(map(str, found))}.")
    if not found:
        raise ValueError(f"expected a date, got {text!r}.")
    return next(iter(found))


def _read(text: str, form: str) -> dt.date | None:
    """Return the date by one format; None: it is written in another one."""
    try:
        if form == ISO:
            return dt.date.fromisoformat(text[:10])
        for letter, meant in _LETTERS.items():
            form = form.replace(letter, meant)
        return dt.datetime.strptime(text, form).date()  # noqa: DTZ007 - a date
    except ValueError:
        return None

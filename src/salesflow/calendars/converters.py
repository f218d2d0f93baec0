"""Read the parts of a calendar, given as in the process file or already read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import attrs

from salesflow.calendars.holiday_lists import FrozenHolidays, Holidays
from salesflow.calendars.hours import WEEKDAYS, Week, Windows, parse_date, parse_week, parse_windows
from salesflow.vocabulary import did_you_mean

SpecialDates: TypeAlias = tuple[tuple[dt.date, Windows], ...]


def to_week(given: Mapping[str, Iterable[str]] | Week | None) -> Week | None:
    """Read the hours of a week; a tuple has already been read, Monday first."""
    if isinstance(given, tuple) and len(given) == len(WEEKDAYS):
        return parse_week(dict(zip(WEEKDAYS, given, strict=True)))
    return None if given is None else parse_week(given)


def to_holidays(given: Holidays | Mapping[str, Any] | Iterable[dt.date | str]) -> Holidays:
    """Read the table of holidays; plain dates are those to add."""
    if isinstance(given, Holidays):
        return given
    if isinstance(given, Mapping):
        check_keys("holidays", given, attrs.fields_dict(Holidays))
        return Holidays(**given)
    return Holidays(add=given)


def to_special(
    given: Mapping[dt.date | str, Iterable[str]] | Mapping[str, Iterable[str]] | SpecialDates,
) -> SpecialDates:
    """Read the windows of special dates."""
    if not isinstance(given, (Mapping, tuple)):
        raise TypeError(
            f'special: {given!r}, expected a table such as {{"2026-12-31": ["09:00-12:00"]}}. '
            "Write the date before the windows."
        )
    special: dict[dt.date, Windows] = {}
    for text, windows in dict(given).items():
        date = parse_date("special", text)
        if date in special:
            raise ValueError(f"special.{date}: given twice, expected each date once. Remove one.")
        special[date] = parse_windows(f"special.{date}", windows)
    return tuple(sorted(special.items()))


def to_frozen(given: FrozenHolidays | Mapping[str, Any] | None) -> FrozenHolidays | None:
    """Read the table of frozen holidays."""
    if given is None or isinstance(given, FrozenHolidays):
        return given
    fields = attrs.fields_dict(FrozenHolidays)
    check_keys("frozen", given, fields, required=fields)
    return FrozenHolidays(**given)


def check_keys(
    where: str, given: object, known: Iterable[str], required: Iterable[str] = ()
) -> None:
    """Refuse a table with unknown keys, or without the required ones."""
    if not isinstance(given, Mapping):
        raise TypeError(f"{where}: {given!r}, expected a table. Write keys and values.")
    for key in given:
        if key not in known:
            raise ValueError(
                f"{where}.{key}: unknown, expected one of {', '.join(known)}. "
                f"Remove or correct it.{did_you_mean(str(key), known)}"
            )
    for key in required:
        if key not in given:
            raise ValueError(f"{where}: no {key!r}, expected {', '.join(required)}. Add it.")

"""Opening hours as the process file writes them: ``mon-fri = ["09:00-12:00", "13:00-17:00"]``."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeAlias

from salesflow.calendars.arithmetic import MINUTE
from salesflow.vocabulary import did_you_mean

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_WINDOW = re.compile(r"([0-9]{2}):([0-9]{2})\s*-\s*([0-9]{2}):([0-9]{2})")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MINUTES_A_DAY = 24 * 60
_LAST_MINUTE = 59


class Window(NamedTuple):
    """
    A span of a working day, in minutes since midnight; the start is inside, the end is not.

    >>> str(Window(540, 1440))
    '09:00-24:00'
    """

    start: int
    end: int

    def __str__(self) -> str:
        return f"{_clock(self.start)}-{_clock(self.end)}"

    @property
    def micros(self) -> tuple[int, int]:
        """The window in microseconds since midnight."""
        return self.start * MINUTE, self.end * MINUTE


Windows: TypeAlias = tuple[Window, ...]
Week: TypeAlias = tuple[Windows, Windows, Windows, Windows, Windows, Windows, Windows]

ALL_DAY: Windows = (Window(0, _MINUTES_A_DAY),)
ALWAYS_OPEN: Week = (ALL_DAY,) * 7


def _clock(minutes: int) -> str:
    """Return minutes since midnight as ``HH:MM``."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def parse_windows(where: str, texts: object) -> Windows:
    """
    Read the windows of a day, in any order; none at all closes the day.

    Args:
        where: The path of the list, for messages.

        texts: Windows such as ``"09:00-17:00"``; an end may be ``"24:00"``.

    Raises:
        ValueError: If one is malformed, ends before it starts, or overlaps another.
        TypeError: If *texts* is a lone string, or contains anything but strings.
    """
    if isinstance(texts, (str, Mapping)) or not isinstance(texts, Iterable):
        raise TypeError(f'{where}: {texts!r}, expected a list such as ["09:00-17:00"]. Write one.')
    windows = sorted(_parse_window(f"{where}[{i}]", text) for i, text in enumerate(texts))
    for earlier, later in itertools.pairwise(windows):
        if later.start < earlier.end:
            raise ValueError(
                f"{where}: {later} begins before {earlier} ends, "
                "expected windows that do not overlap. Join them or move one."
            )
    return tuple(windows)


def _parse_window(where: str, text: object) -> Window:
    """Read one window such as ``"09:00-17:00"``."""
    if isinstance(text, Window):
        text = str(text)
    if not isinstance(text, str):
        raise TypeError(
            f'{where}: {text!r}, expected text such as "09:00-17:00". Put it in quotes.'
        )
    found = _WINDOW.fullmatch(text.strip())
    if not found:
        raise ValueError(
            f'{where}: {text[:60]!r}, expected a window such as "09:00-17:00". '
            "Write hours and minutes with two digits each."
        )
    hour, minute, end_hour, end_minute = (int(part) for part in found.groups())
    start, end = hour * 60 + minute, end_hour * 60 + end_minute
    if max(minute, end_minute) > _LAST_MINUTE or start >= _MINUTES_A_DAY or end > _MINUTES_A_DAY:
        raise ValueError(
            f"{where}: {text!r} is not a time of day, expected 00:00 to 23:59, or 24:00 as an end. "
            "Correct it."
        )
    if end <= start:
        raise ValueError(
            f"{where}: {text!r} ends before it starts, expected a later end. "
            "Split a window over midnight: one until 24:00, one from 00:00 on the next day."
        )
    return Window(start, end)


def parse_week(hours: object) -> Week:
    """
    Read the hours of a week; a day that is not named is closed.

    Args:
        hours: Windows by day (``"sat"``) or by range of days (``"mon-fri"``, ``"sun-thu"``).

    Raises:
        ValueError: If a key names no days, a day is named twice, or a window is wrong.
        TypeError: If *hours* is not a mapping to lists of strings.
    """
    if not isinstance(hours, Mapping):
        raise TypeError(
            f'hours: {hours!r}, expected a table such as {{"mon-fri": ["09:00-17:00"]}}. '
            "Write the days before the windows."
        )
    week: list[Windows] = [()] * 7
    named: dict[int, str] = {}
    for days, texts in hours.items():
        windows = parse_windows(f"hours.{days}", texts)
        for day in _parse_days(days):
            if day in named:
                raise ValueError(
                    f"hours.{days}: {WEEKDAYS[day]} is also in {named[day]!r}, "
                    "expected each day once. Remove it from one of them."
                )
            named[day] = days
            week[day] = windows
    return tuple(week)  # type: ignore[return-value]  # seven, as it began


def _parse_days(days: object) -> list[int]:
    """Return the weekdays (Monday is 0) of a key; a range may run past the end of the week."""
    first, dash, last = days.partition("-") if isinstance(days, str) else ("", "", "")
    last = last if dash else first
    for word in (first, last):
        if word not in WEEKDAYS:
            raise ValueError(
                f'hours: {days!r} names no days, expected "mon" to "sun" or a range such as '
                f'"mon-fri". Use three small letters for each.{did_you_mean(word, WEEKDAYS)}'
            )
    start, end = WEEKDAYS.index(first), WEEKDAYS.index(last)
    return [day % 7 for day in range(start, end + 1 if end >= start else end + 8)]


def format_week(week: Week) -> dict[str, list[str]]:
    """Return a week as the process file writes it, from Monday on, equal neighbours as ranges."""
    hours: dict[str, list[str]] = {}
    for windows, run in itertools.groupby(range(7), key=lambda day: week[day]):
        days = list(run)
        name = WEEKDAYS[days[0]]
        if len(days) > 1:
            name += f"-{WEEKDAYS[days[-1]]}"
        if windows:
            hours[name] = [str(window) for window in windows]
    return hours


def parse_date(where: str, date: object) -> dt.date:
    """
    Read a date, given as such or as ``"2026-12-24"``.

    Raises:
        ValueError: If the text is not a date.
        TypeError: If it is neither text nor a date, or has a time.
    """
    if isinstance(date, dt.date) and not isinstance(date, dt.datetime):
        return date
    if not isinstance(date, str):
        raise TypeError(f'{where}: {date!r}, expected a date such as "2026-12-24".')
    try:
        if _DATE.fullmatch(date):
            return dt.date.fromisoformat(date)
    except ValueError:
        pass
    raise ValueError(
        f'{where}: {date[:60]!r}, expected a date such as "2026-12-24". Write year-month-day.'
    )

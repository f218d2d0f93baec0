"""Readers of calendars, which have a notation of their own and know it themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import attrs

from salesflow.calendars import Calendar
from salesflow.process.flaws import Path
from salesflow.process.names import shown
from salesflow.process.parts import NamedCalendar
from salesflow.process.scalars import Notes

LONGEST_MESSAGE = 500
"""The number of characters of the calendar's messages that are shown."""


@attrs.frozen
class CalendarReader:
    """The calendar, which knows its own notation."""

    expected: str = "a table"
    stand_in: Calendar = attrs.field(factory=lambda: Calendar(timezone="UTC"))

    def read(self, notes: Notes, path: Path, raw: object) -> Calendar:
        """Return the calendar that *raw* says."""
        if not isinstance(raw, dict):
            notes.wrong(path, f"expected {self.expected}, got {shown(raw)}")
            return self.stand_in
        problems = _calendar_problems(raw)
        if not problems:
            return Calendar.from_dict(raw)
        for message in problems:
            where, _, what = message.partition(": ")
            steps = _steps(where.removeprefix("calendar."), raw)
            notes.wrong((*path, *steps), _shortened(what or message))
        return self.stand_in

    def write(self, value: Calendar) -> object:
        """Return *value* as a file says it."""
        return value.to_dict()


_NO_HOLIDAYS = (
    'holidays: {}, expected a table such as {{ country = "DE" }}, or a list of dates. Write one.'
)


def _shortened(message: str) -> str:
    """Return a message without its middle if it is long: it may repeat what the file says."""
    if len(message) <= LONGEST_MESSAGE:
        return message
    half = LONGEST_MESSAGE // 2
    return f"{message[:half]} … {message[-half:]}"


@attrs.frozen
class NamedCalendarReader:
    """A calendar under its name."""

    calendar: CalendarReader

    def read(self, notes: Notes, path: Path, raw: object, **known: str) -> NamedCalendar:
        """Return the calendar that *raw* says, with its name."""
        return NamedCalendar(calendar=self.calendar.read(notes, path, raw), **known)

    def write(self, value: NamedCalendar) -> object:
        """Return *value* as a file says it, without its name."""
        return self.calendar.write(value.calendar)


def _calendar_problems(raw: dict[str, Any]) -> tuple[str, ...]:
    """Return all problems: a calendar stops at the first, so its keys are tried one by one."""
    tables: list[dict[str, Any]] = [{"timezone": "UTC", **raw}]
    # Frozen holidays make no sense alone; the table as a whole speaks for them.
    tables += [{"timezone": "UTC", key: raw[key]} for key in raw if key != "frozen"]
    problems = []
    if isinstance(raw.get("holidays"), str):
        # The calendar would take the text for a list of dates.
        problems.append(_NO_HOLIDAYS.format(shown(raw["holidays"])))
        tables = [{k: v for k, v in table.items() if k != "holidays"} for table in tables]
    if "timezone" not in raw:
        problems.append('timezone: missing; expected a name such as "Europe/Berlin"')
    for table in tables:
        try:
            Calendar.from_dict(table)
        except (TypeError, ValueError) as error:
            problems.append(str(error))
    return tuple(dict.fromkeys(problems))


def _steps(where: str, raw: object) -> Path:
    """Return the path in *raw* that a message calls *where*, such as ``hours.mon-fri[0]``."""
    for key, inner in enumerate(raw) if isinstance(raw, list) else _items(raw):
        name = f"[{key}]" if isinstance(key, int) else key
        rest = where.removeprefix(name)
        if where.startswith(name) and rest[:1] in ("", ".", "["):
            return (key, *_steps(rest.removeprefix("."), inner))
    return (where,) if re.fullmatch("[a-z]+", where) else ()


def _items(raw: object) -> Iterable[tuple[str, object]]:
    return raw.items() if isinstance(raw, dict) else ()

"""
Writing holidays into a process file, so that a new release of a library changes no deadline.

Nothing else in the file changes, not even whitespace: the values of an existing list are replaced
in place, and a new list is added at the end.
"""

from __future__ import annotations

import bisect
import itertools
import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import attrs

from salesflow.calendars import Calendar
from salesflow.calendars.holiday_lists import FrozenHolidays
from salesflow.process.dump import WIDTH
from salesflow.process.flaws import Path
from salesflow.process.load import parse_process
from salesflow.process.locate import Located, locate
from salesflow.process.model import Process
from salesflow.process.text_limits import LARGEST_FILE


class _Edit(NamedTuple):
    """A text that replaces what is between two offsets."""

    start: int
    end: int
    text: str


def calendars_to_freeze(process: Process) -> dict[str, Calendar]:
    """Return the calendars that name a country, by their path in the file."""
    every = {"calendar": process.calendar}
    every |= {f"calendars.{row.id}": row.calendar for row in process.calendars}
    return {name: each for name, each in every.items() if each.holidays.country is not None}


def looked_up(calendar: Calendar, first_year: int, last_year: int) -> FrozenHolidays:
    """
    Return the holidays of a calendar's country as the library has them today.

    Args:
        calendar: One that names a country; a frozen list that it may have is ignored.

        first_year: The first year to return.

        last_year: The last one. Years that the library does not know are left out.

    Raises:
        ValueError: If it does not know the country, or none of these years.
    """
    calendar.holidays.check()
    return calendar.holidays.look_up().only(first_year, last_year)


def freeze_text(text: str, lists: Mapping[str, FrozenHolidays]) -> str:
    """
    Return a process file with the holidays of some of its calendars written down.

    Args:
        text: A file that loads.

        lists: What to write, by the path of a calendar.

    Raises:
        ProcessFileError: If *text* does not load.
        ValueError: If a calendar is written in a way that leaves no place for them, or the file
            would become too large.
    """
    process = parse_process(text)
    calendars = calendars_to_freeze(process)
    wanted = {name: attrs.evolve(calendars[name], frozen=each) for name, each in lists.items()}
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    frozen = mark + _written(text.removeprefix(mark), lists)
    size = len(frozen.encode())
    if size > LARGEST_FILE:
        raise ValueError(
            f"with these lists it has {size:,} bytes, and no more than {LARGEST_FILE:,} are read."
            " Freeze fewer years, for example --years 2024-2034."
        )
    # The file is somebody's work, so the result is checked before anybody saves it.
    if parse_process(frozen) != process.replace(wanted):
        raise ValueError("its calendars are written in a form to which nothing can be added.")
    return frozen


def _written(text: str, lists: Mapping[str, FrozenHolidays]) -> str:
    plain = text.replace("\r\n", "\n")
    located = locate(plain)
    edits: list[_Edit] = []
    tables: list[str] = []
    for name, frozen in lists.items():
        path = tuple(name.split("."))
        if (*path, "frozen") in located.keys:
            edits += _replaced(located, (*path, "frozen"), frozen)
        elif plain[located.values[path]] == "{":
            edits.append(_inside(located, path, frozen))
        elif plain[located.values[path]] == "[":
            tables.append(_as_table(name, frozen))
        else:
            raise ValueError(
                f"{name}: written with dotted keys, which leave no place for a list. "
                f"Write it as a table: [{name}], with its keys below."
            )
    if tables:
        gap = "\n" if plain.endswith("\n") else "\n\n"
        edits.append(_Edit(len(plain), len(plain), gap + "\n".join(tables)))
    return _edited(text, edits)


def _replaced(located: Located, path: Path, frozen: FrozenHolidays) -> Iterator[_Edit]:
    """Yield the edits that replace existing values."""
    for key, value in _values(frozen).items():
        yield _Edit(located.values[*path, key], located.ends[*path, key], value)


def _inside(located: Located, path: Path, frozen: FrozenHolidays) -> _Edit:
    """Return the edit that adds a list to an inline calendar, after its last value."""
    pairs = ", ".join(f"{key} = {value}" for key, value in _values(frozen).items())
    end = _last_end(located, path)
    return _Edit(end, end, f", frozen = {{ {pairs} }}")


def _as_table(name: str, frozen: FrozenHolidays) -> str:
    pairs = "".join(f"{key} = {value}\n" for key, value in _values(frozen).items())
    return f"[{name}.frozen]\n{pairs}"


def _last_end(located: Located, path: Path) -> int:
    """Return where the last value in a table ends."""
    inside = (end for at, end in located.ends.items() if at != path and at[: len(path)] == path)
    return max(inside)


def _values(frozen: FrozenHolidays) -> dict[str, str]:
    """Return the table ``frozen`` as a file says it, key by key."""
    table = frozen.to_dict()
    dates = table.pop("dates")
    return {**{key: _scalar(value) for key, value in table.items()}, "dates": _dates(dates)}


def _scalar(value: str | int) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def _dates(dates: list[str]) -> str:
    """Return a list of dates in which every year begins on a new line."""
    if not dates:
        return "[]"
    lines = []
    for _, year in itertools.groupby(dates, key=lambda date: date[:4]):
        text = "".join(f'"{date}", ' for date in year).rstrip()
        lines += textwrap.wrap(text, WIDTH - 2, break_on_hyphens=False)
    return "\n".join(["[", *(f"  {line}" for line in lines), "]"])


def _edited(text: str, edits: list[_Edit]) -> str:
    """Return *text* with its edits, whose offsets count a Windows line end as one character."""
    windows = [found.start() - count for count, found in enumerate(re.finditer("\r\n", text))]
    line_end = "\r\n" if windows else "\n"
    for edit in sorted(edits, reverse=True):
        start, end = (at + bisect.bisect_left(windows, at) for at in edit[:2])
        text = text[:start] + edit.text.replace("\n", line_end) + text[end:]
    return text

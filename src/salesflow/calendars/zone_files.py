"""Read the time zone files (RFC 8536) that `zoneinfo` reads: the changes, and the rule after."""

from __future__ import annotations

import datetime as dt
import re
import struct
import zoneinfo
from pathlib import Path
from typing import NamedTuple

_HEADER = struct.Struct(">4sc15x6l")
_TYPE = struct.Struct(">lbB")

_SECONDS_A_DAY = 86_400
_COMMON_YEAR = 1970  # any year that is not a leap year
_EPOCH_ORDINAL = dt.date(1970, 1, 1).toordinal()

_NAME = r"(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]+>)"
_TIME = r"[+-]?[0-9]{1,3}(?::[0-9]{2}(?::[0-9]{2})?)?"
_RULE = re.compile(
    rf"{_NAME}(?P<standard>{_TIME})"
    rf"(?:{_NAME}(?P<summer>{_TIME})?,(?P<begins>[^,/]+)(?:/(?P<begins_at>{_TIME}))?"
    rf",(?P<ends>[^,/]+)(?:/(?P<ends_at>{_TIME}))?)?"
)


class Change(NamedTuple):
    """From an instant on, local time is UTC plus an offset; both in seconds."""

    at: int
    offset: int


def read_zone_file(key: str) -> bytes:
    """Return the file of a zone: the machine's own if it has one, else that of `tzdata`."""
    for folder in zoneinfo.TZPATH:
        path = Path(folder, key)
        if path.is_file():
            return path.read_bytes()
    import importlib.resources

    return importlib.resources.files("tzdata").joinpath("zoneinfo", *key.split("/")).read_bytes()


def zone_data_version() -> str:
    """Return the release of the zone data in use, such as "2025b"; "unknown" if it does not say."""
    for folder in zoneinfo.TZPATH:
        path = Path(folder, "tzdata.zi")
        if path.is_file():
            return _version_line(path.read_text(encoding="ascii"))
        if Path(folder, "UTC").is_file():
            return "unknown"
    import importlib.resources

    source = importlib.resources.files("tzdata").joinpath("zoneinfo", "tzdata.zi")
    return _version_line(source.read_text(encoding="ascii"))


def _version_line(text: str) -> str:
    """Return the release that the first line of the zone sources names."""
    return text.partition("\n")[0].removeprefix("# version").strip()


def parse_zone_file(data: bytes, beginning: int) -> tuple[list[Change], str]:
    """
    Return the recorded changes of a zone file and the rule that applies after them.

    The first change is at *beginning*, with the offset before the first recorded one. The rule is a
    POSIX TZ string, empty if there is none.
    """
    width, letter, body = 4, "l", _HEADER.size
    _, version, *sizes = _HEADER.unpack_from(data)
    has_second_block = version != b"\0"
    if has_second_block:
        width, letter, header = 8, "q", body + _length(sizes, 4)
        _, _, *sizes = _HEADER.unpack_from(data, header)
        body = header + _HEADER.size
    _, _, _, changes, kinds, _ = sizes
    instants = struct.unpack_from(f">{changes}{letter}", data, body)
    chosen = data[body + changes * width :][:changes]
    offsets, summer = _kinds(data, body + changes * (width + 1), kinds)
    # Before the first change: the first standard time, as `zoneinfo` has it.
    first = summer.index(False) if False in summer else 0
    recorded = [Change(beginning, offsets[first])]
    recorded += [Change(at, offsets[kind]) for at, kind in zip(instants, chosen, strict=True)]
    rule = data[body + _length(sizes, width) :] if has_second_block else b""
    return recorded, rule.strip(b"\n").decode("ascii")


def _length(sizes: list[int], width: int) -> int:
    """Return the length of a data block after its header, for instants of *width* bytes."""
    in_utc, in_standard, leaps, changes, kinds, letters = sizes
    return (
        changes * (width + 1)
        + kinds * _TYPE.size
        + letters
        + leaps * (width + 4)
        + in_standard
        + in_utc
    )


def _kinds(data: bytes, start: int, kinds: int) -> tuple[list[int], list[bool]]:
    """Return the offset of each kind of local time, and whether it is summer time."""
    rows = list(_TYPE.iter_unpack(data[start : start + kinds * _TYPE.size]))
    return [offset for offset, _, _ in rows], [bool(summer) for _, summer, _ in rows]


def changes_by_rule(rule: str, after: int, last_year: int) -> list[Change]:
    """
    Return the changes that a POSIX TZ rule makes after an instant, up to the end of a year.

    Raises:
        ValueError: If *rule* is not such a rule.
    """
    found = _RULE.fullmatch(rule)
    if rule and not found:
        raise ValueError(f"zone rule: {rule!r}, expected a POSIX TZ rule. Update the zone data.")
    if not found or found["begins"] is None:
        return []
    standard = -_seconds(found["standard"])
    summer = -_seconds(found["summer"]) if found["summer"] else standard + 3600
    begins_at = _seconds(found["begins_at"] or "2")
    ends_at = _seconds(found["ends_at"] or "2")
    changes = []
    for year in range(max(1, _year_of(after)), last_year + 1):
        begins = _day_of_rule(found["begins"], year) * _SECONDS_A_DAY + begins_at - standard
        ends = _day_of_rule(found["ends"], year) * _SECONDS_A_DAY + ends_at - summer
        changes += [Change(begins, summer), Change(ends, standard)]
    return [change for change in sorted(changes) if change.at > after]


def _year_of(at: int) -> int:
    """Return the year before that of an instant in seconds, so that no change is missed."""
    days = max(at // _SECONDS_A_DAY, 1 - _EPOCH_ORDINAL)
    return dt.date.fromordinal(days + _EPOCH_ORDINAL).year - 1


def _seconds(text: str) -> int:
    """Return a time of a rule, such as ``-3:30``, in seconds; a bare number is hours."""
    hours, minutes, seconds = [int(part) for part in f"{text.lstrip('+-')}:0:0".split(":")[:3]]
    total = hours * 3600 + minutes * 60 + seconds
    return -total if text.startswith("-") else total


def _day_of_rule(day: str, year: int) -> int:
    """Return the day of a year that ``M3.2.0``, ``J60`` or ``59`` names, since 1970-01-01."""
    if day.startswith("M"):
        month, week, weekday = (int(part) for part in day[1:].split("."))
        return _weekday_of_month(year, month, week, weekday)
    new_year = dt.date(year, 1, 1).toordinal() - _EPOCH_ORDINAL
    if not day.startswith("J"):
        return new_year + int(day)
    # J counts from 1 and never counts 29 February: the number of a day in a year without one.
    date = dt.date(_COMMON_YEAR, 1, 1) + dt.timedelta(days=int(day[1:]) - 1)
    return date.replace(year=year).toordinal() - _EPOCH_ORDINAL


def _weekday_of_month(year: int, month: int, week: int, weekday: int) -> int:
    """Return the day of the n-th Sunday (0) to Saturday (6) of a month; week 5 is the last one."""
    first = dt.date(year, month, 1)
    start = first.toordinal() - _EPOCH_ORDINAL
    day = start + (weekday - first.isoweekday()) % 7 + 7 * (week - 1)
    next_month = dt.date(year + month // 12, month % 12 + 1, 1).toordinal() - _EPOCH_ORDINAL
    return day if day < next_month else day - 7

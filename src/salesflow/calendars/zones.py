"""
The offset changes of a time zone, as prefix tables.

`zoneinfo` answers for one instant at a time and hides its list of changes; prefix tables need the
list. So the same files are read again: the recorded changes, and the rule that continues them,
expanded up to the last year of the tables.
"""

from __future__ import annotations

import functools
import re
import zoneinfo
from collections.abc import Iterable
from typing import NamedTuple

from salesflow.calendars.arithmetic import BEGINNING, BUCKET_BITS, DAY, HORIZON, LAST_YEAR, SECOND
from salesflow.calendars.zone_files import (
    Change,
    changes_by_rule,
    parse_zone_file,
    read_zone_file,
)
from salesflow.vocabulary import did_you_mean

# Not zones: the setting of this machine, or other data under a second name.
_MACHINE_KEYS = re.compile("localtime|posixrules|Factory|posix/.*|right/.*")


class Zone(NamedTuple):
    """The zone part of `CalendarTables`, in the same words."""

    change_at: tuple[int, ...]
    offset: tuple[int, ...]
    peak: tuple[int, ...]
    segment: tuple[int, ...]

    def skipped_days(self) -> list[int]:
        """Return the local days that the zone skips, as islands do at the date line."""
        days: list[int] = []
        for at, offset, peak in zip(
            self.change_at[1:], self.offset[1:], self.peak[1:], strict=True
        ):
            days.extend(range(-(-peak // DAY), (at + offset) // DAY))
        return days


def check_zone(key: str) -> None:
    """
    Refuse a name that is not a time zone.

    Raises:
        ValueError: If *key* is not an IANA name such as "Europe/Berlin".
        TypeError: If *key* is not a string.
    """
    if not isinstance(key, str):
        raise TypeError(f'timezone: {key!r}, expected a name such as "Europe/Berlin". Write text.')
    try:
        if not _MACHINE_KEYS.fullmatch(key):
            zoneinfo.ZoneInfo(key)
            return
    except (KeyError, ValueError, OSError):
        pass
    # Whoever writes "New York" means the zone of that city.
    city = key.rpartition("/")[2].replace(" ", "_").casefold()
    there = [zone for zone in _known_zones() if zone.casefold().endswith(f"/{city}")]
    hint = did_you_mean(min(there, default=key), _known_zones())
    raise ValueError(
        f'timezone: {key[:60]!r}, expected an IANA name such as "Europe/Berlin". '
        f"Name a city of the zone.{hint}"
    )


@functools.cache
def _known_zones() -> frozenset[str]:
    # Called once: it walks through every folder of zones.
    return frozenset(zoneinfo.available_timezones())


@functools.lru_cache(maxsize=64)
def zone_of(key: str) -> Zone:
    """Return the offset changes of a zone that `check_zone` accepts."""
    recorded, rule = parse_zone_file(read_zone_file(key), BEGINNING // SECOND)
    by_rule = changes_by_rule(rule, recorded[-1].at, LAST_YEAR + 1)
    changes = _without_repeats([*recorded, *by_rule])
    change_at = (BEGINNING, *(change.at * SECOND for change in changes[1:]))
    offset = tuple(change.offset * SECOND for change in changes)
    return Zone(change_at, offset, _peaks(change_at, offset), _segments(change_at))


def _without_repeats(changes: Iterable[Change]) -> list[Change]:
    """Drop the changes of a name or of the summer time flag that leave the offset as it is."""
    kept: list[Change] = []
    for change in changes:
        if not kept or change.offset != kept[-1].offset:
            kept.append(change)
    return kept


def _peaks(change_at: tuple[int, ...], offset: tuple[int, ...]) -> tuple[int, ...]:
    """Return, by segment, the highest local time that was shown before it."""
    peaks = [BEGINNING]
    for at, offset_before in zip(change_at[1:], offset, strict=False):
        peaks.append(max(peaks[-1], at + offset_before))
    return tuple(peaks)


def _segments(change_at: tuple[int, ...]) -> tuple[int, ...]:
    """Return where to start looking for the segment of an instant, by bucket."""
    segments = [0]
    segment = 0
    for bucket in range(HORIZON >> BUCKET_BITS):
        while segment + 1 < len(change_at) and change_at[segment + 1] <= bucket << BUCKET_BITS:
            segment += 1
        segments.append(segment)
    last = len(change_at) - 1
    return (*segments, last, last)

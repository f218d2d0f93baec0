"""Small pieces of English: numbers with their nouns, shares, lists, instants."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterable


def count_of(number: int, noun: str, plural: str = "") -> str:
    """
    Return a number of things.

    >>> count_of(1, "deal"), count_of(1200, "deal")
    ('1 deal', '1,200 deals')
    >>> count_of(2, "loss", "losses")
    '2 losses'
    """
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def percent(share: float) -> str:
    """
    Return a share as whole percent; what is not quite none or all is not told as such.

    >>> percent(0.444)
    '44 %'
    >>> percent(0.001), percent(0.999)
    ('<1 %', '>99 %')
    """
    exact = round(100 * share, 4)  # sums of shares are all but for the last digits
    whole = f"{exact:.0f}"
    if whole == "0" and exact > 0:
        return "<1 %"
    return ">99 %" if whole == "100" and exact < 100 else f"{whole} %"  # noqa: PLR2004 - percent


def all_of(words: Iterable[str]) -> str:
    """
    Return a list of words; empty if there are none.

    >>> all_of(["Qualify", "Meeting", "Proof"])
    'Qualify, Meeting and Proof'
    """
    return _joined(words, "and")


def one_of(words: Iterable[str]) -> str:
    """
    Return a choice of words; empty if there are none.

    >>> one_of(["call", "meeting"])
    'call or meeting'
    """
    return _joined(words, "or")


def first_of(words: Iterable[str], most: int = 12) -> str:
    """
    Return the beginning of a list that may be long.

    >>> names = ["Qualify", "Meeting", "Proof", "Proposal"]
    >>> first_of(names, most=2), first_of(names[:2], most=2)
    ('Qualify, Meeting and 2 more', 'Qualify, Meeting')
    """
    listed = list(words)
    shown = ", ".join(listed[:most])
    return f"{shown} and {len(listed) - most} more" if len(listed) > most else shown


def role_words(name: str) -> str:
    """
    Return a name of the process file as people write it.

    >>> role_words("sales_manager")
    'sales manager'
    """
    return name.replace("_", " ")


def readable(name: str) -> str:
    """
    Return an id as the title that people would give it.

    >>> readable("gone_cold")
    'Gone cold'
    """
    return capital(role_words(name))


def capital(text: str) -> str:
    """
    Return *text* as the beginning of a sentence.

    >>> capital("due after 3 days")
    'Due after 3 days'
    """
    return f"{text[:1].upper()}{text[1:]}"


def short(text: str, most: int = 60) -> str:
    r"""
    Return what somebody wrote on one line, and the beginning of it if it is long.

    >>> short("They want it\nbefore Easter"), short("Monday to Friday", most=10)
    ('They want it before Easter', 'Monday to…')
    """
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def short_day(at: dt.date, seen: dt.date) -> str:
    """
    Return a day in few letters, the same in every locale.

    Args:
        at: The day, or an instant of it.

        seen: From where one looks at it: a day in another year says which.

    >>> day = dt.date(2026, 3, 2)
    >>> short_day(day, dt.date(2026, 12, 31)), short_day(day, dt.date(2025, 12, 31))
    ('Mon 2 Mar', 'Mon 2 Mar 2026')
    """
    day, month = 3 * at.weekday(), 3 * (at.month - 1)
    year = "" if at.year == seen.year else f" {at.year}"
    return f"{_DAYS[day : day + 3]} {at.day} {_MONTHS[month : month + 3]}{year}"


def moment(at: dt.datetime, timezone: str) -> str:
    """
    Return an instant as the clocks of a zone show it, and which zone that is.

    >>> moment(dt.datetime(2026, 3, 2, 21, tzinfo=dt.UTC), "America/New_York")
    'Mon 2 Mar 2026 16:00 (America/New_York)'
    """
    local = at.astimezone(zoneinfo.ZoneInfo(timezone))
    return f"{short_day(local, local)} {local.year} {local:%H:%M} ({timezone})"


def clock_text(at: dt.datetime, timezone: str) -> str:
    """
    Return an instant as the clocks of a zone show it, in figures that sort.

    >>> clock_text(dt.datetime(2026, 3, 2, 21, tzinfo=dt.UTC), "America/New_York")
    '2026-03-02 16:00 EST'
    """
    return f"{at.astimezone(zoneinfo.ZoneInfo(timezone)):%Y-%m-%d %H:%M %Z}"


def exact_clock_text(at: dt.datetime, timezone: str) -> str:
    """
    Return an instant as `clock_text` does, to the second where it is not a full minute.

    >>> exact_clock_text(dt.datetime(2026, 3, 2, 21, 0, 7, tzinfo=dt.UTC), "America/New_York")
    '2026-03-02 16:00:07 EST'
    """
    local = at.astimezone(zoneinfo.ZoneInfo(timezone))
    return f"{local:%Y-%m-%d %H:%M:%S %Z}" if local.second else clock_text(at, timezone)


_DAYS, _MONTHS = "MonTueWedThuFriSatSun", "JanFebMarAprMayJunJulAugSepOctNovDec"


def _joined(words: Iterable[str], last: str) -> str:
    *before, end = [*words] or [""]
    return f"{', '.join(before)} {last} {end}" if before else end

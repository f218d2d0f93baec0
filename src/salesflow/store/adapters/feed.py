"""A person's deadlines as a calendar to subscribe to, in the form of RFC 5545."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator

import attrs

from salesflow.calendars import to_datetime, to_micros
from salesflow.deal import Deadline, Deal, Urgency
from salesflow.deal.todo import what_heals, what_to_do
from salesflow.english import role_words
from salesflow.given import several
from salesflow.store.checks import positive

CALENDAR_TYPE = "text/calendar; charset=utf-8"
_PRODUCT = "-//salesflow//EN"
_LENGTH = dt.timedelta(minutes=30)
"""An entry ends at its deadline and begins this long before: calendars cannot show instants."""
_REFRESH = "PT15M"
_LINE = 75
"""Bytes of a line; a longer one is continued on the next line, after a blank."""
_SHOWN = ("breach", "move")
"""The rungs that end a rule: those before them are for reminders, escalations are for others."""
_UNFIT = re.compile("[\0-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@attrs.frozen(kw_only=True)
class Entry:
    """
    One entry of the calendar.

    Args:
        uid: Its identity: it stays the same while the deadline moves.

        at: The deadline.

        summary: Its subject in a few words.

        description: A sentence or two.

        link: Where to read on; None: nowhere.

        is_over: Whether the deadline has passed.
    """

    uid: str
    at: dt.datetime
    summary: str
    description: str
    link: str | None
    is_over: bool


def calendar_feed(
    deals: Iterable[Deal],
    now: dt.datetime,
    *,
    title: str = "Deals",
    who: str | None = None,
    name_of: Callable[[str], str] = str,
    link_to: Callable[[str], str] | None = None,
    alarm: dt.timedelta | None = None,
) -> str:
    """
    Return a calendar of what should be done for deals, and by when.

    It has the ends of rules (but not their warnings and escalations), plays, plans, and moves to
    take back. An entry ends at its deadline. When a deadline moves, its entry keeps its id and
    moves with it; a calendar program only has to read the feed again.

    Args:
        deals: The deals; those that open after *now* are ignored.

        now: The instant; aware.

        title: The title of the calendar.

        who: Only this owner's deals; None: everybody's.

        name_of: The display name of a deal, by its id.

        link_to: Where to read on about a deal, by its id; None: nowhere.

        alarm: How long before a deadline the calendar program gives a reminder; None: never.

    Returns:
        The text of the feed, of the type `CALENDAR_TYPE`.

    Raises:
        TypeError, ValueError: If *deals* are not deals, *now* is not an aware datetime, or *alarm*
            not a positive span.
    """
    now = to_datetime(to_micros(now, "now"))
    if alarm is not None:
        positive("alarm", alarm)
    entries = {
        entry.uid: entry
        for deal in several("deals", deals, Deal)
        if deal.opened_at <= now
        for entry in _entries(deal, now, who, name_of, link_to)
    }
    head = [
        ("BEGIN", "VCALENDAR"),
        ("VERSION", "2.0"),
        ("PRODID", _PRODUCT),
        ("CALSCALE", "GREGORIAN"),
        ("NAME", _text(title)),
        ("X-WR-CALNAME", _text(title)),
        ("REFRESH-INTERVAL;VALUE=DURATION", _REFRESH),
        ("X-PUBLISHED-TTL", _REFRESH),
    ]
    ordered = sorted(entries.values(), key=lambda entry: (entry.at, entry.uid))
    body = [line for entry in ordered for line in _lines(entry, now, alarm)]
    lines = [*head, *body, ("END", "VCALENDAR")]
    return "".join(f"{folded}\r\n" for name, value in lines for folded in _fold(f"{name}:{value}"))


def _entries(
    deal: Deal,
    now: dt.datetime,
    who: str | None,
    name_of: Callable[[str], str],
    link_to: Callable[[str], str] | None,
) -> Iterator[Entry]:
    owner = deal.state(now).owner
    if who not in {None, owner}:
        return
    name, link = name_of(deal.id), None if link_to is None else link_to(deal.id)
    for deadline in deal.deadlines(now):
        if deadline.rung in _SHOWN:
            what, rule = what_heals(deal.process, deadline.rule), role_words(deadline.rule)
            yield Entry(
                uid=f"{deal.id}/{deadline.rule}/{deadline.rung}",
                at=deadline.due_at,
                summary=f"{name}: {what} ({rule})",
                description=_why(deal, deadline),
                link=link,
                is_over=deadline.due_at < now,
            )
    for item in deal.agenda(now):
        if item.urgency in _WORK:
            yield Entry(
                uid=f"{deal.id}/{item.urgency}/{item.of or item.subject}",
                at=item.due_at,
                summary=f"{name}: {what_to_do(deal.process, item)}",
                description=f"{item.urgency}, by {item.role}" if item.role else str(item.urgency),
                link=link,
                is_over=item.due_at < now,
            )


_WORK = (Urgency.PLAY, Urgency.PLANNED, Urgency.REVERT)


def _why(deal: Deal, deadline: Deadline) -> str:
    """Return what a deadline is about, in a sentence."""
    gaps = {gap.id: gap for gap in deal.process.contact_gaps}
    if deadline.rule in gaps:
        return f"No longer than {gaps[deadline.rule].max} between touches."
    if deadline.to is None:
        return f"The timer {deadline.rule} ends."
    stage = deal.process.stage(deadline.to).name
    return f"If nothing is done it {'goes' if deadline.acts else 'would go'} to {stage}."


def _lines(entry: Entry, now: dt.datetime, alarm: dt.timedelta | None) -> Iterator[tuple[str, str]]:
    yield "BEGIN", "VEVENT"
    yield "UID", _text(entry.uid)
    yield "DTSTAMP", _instant(now)
    yield "DTSTART", _instant(_before(entry.at, _LENGTH))
    yield "DTEND", _instant(entry.at)
    yield "SUMMARY", _text(f"Overdue: {entry.summary}" if entry.is_over else entry.summary)
    yield "DESCRIPTION", _text(entry.description)
    if entry.link is not None:
        # A URI is not escaped like text, so anything that would end the line is left out.
        yield "URL", re.sub(r"[^!-~]", "", entry.link)
    yield "TRANSP", "TRANSPARENT"
    if alarm is not None and not entry.is_over:
        yield "BEGIN", "VALARM"
        yield "ACTION", "DISPLAY"
        yield "DESCRIPTION", _text(entry.summary)
        yield "TRIGGER;RELATED=END", f"-PT{int(alarm.total_seconds())}S"
        yield "END", "VALARM"
    yield "END", "VEVENT"


def _before(at: dt.datetime, span: dt.timedelta) -> dt.datetime:
    """Return an instant some time before another, or the first possible one."""
    first = dt.datetime.min.replace(tzinfo=dt.UTC)
    return max(at, first + span) - span


def _instant(at: dt.datetime) -> str:
    """Return an instant in UTC; parts of a second are left out, so that nothing looks later."""
    utc = at.astimezone(dt.UTC)
    return f"{utc.year:04d}{utc:%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    r"""
    Return a text as a value.

    >>> print(_text("A; B, C\nand so on"))
    A\; B\, C\nand so on
    """
    plain = _UNFIT.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    for sign in "\\;,":
        plain = plain.replace(sign, f"\\{sign}")
    return plain.replace("\n", "\\n")


def _fold(line: str) -> Iterator[str]:
    """Yield a line in parts that are short enough, without splitting characters."""
    part, size = "", 0
    for sign in line:
        length = len(sign.encode())
        if size + length > _LINE:
            yield part
            part, size = " ", 1
        part, size = part + sign, size + length
    yield part

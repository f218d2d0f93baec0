"""What a process says beside its rules, in plain English: holds, rights, plays, time."""

from __future__ import annotations

from collections.abc import Iterator

from salesflow.calendars import Calendar
from salesflow.cli.gate_words import gate_words
from salesflow.english import all_of, capital, count_of, one_of, role_words
from salesflow.process.model import Process
from salesflow.process.parts import Holds, Play

Named = tuple[str, str]
"""A name, and what is said of it."""


def hold_words(holds: Holds) -> Iterator[Named]:
    """Yield what a hold may be; nothing if the process does not say."""
    if holds.longest is not None:
        yield "longest", f"A hold lasts at most {holds.longest}."
    if holds.per_deal is not None:
        yield "per deal", f"A deal has {count_of(holds.per_deal, 'hold')} at most."
    if holds.reasons:
        yield "reasons", f"The reason is {one_of(holds.reasons)}."
    if holds.end_on_inbound:
        yield "end", "The buyer's next touch ends it."


def right_words(process: Process) -> Iterator[Named]:
    """Yield who may override what."""
    for role in process.roles:
        if role.may_override:
            what = "everything" if "*" in role.may_override else all_of(role.may_override)
            yield role_words(role.id), f"{capital(what)}."


def expiry_words(process: Process) -> Iterator[Named]:
    """Yield how long facts stand that do not stand for ever."""
    for fact in process.facts:
        if fact.valid_for is not None:
            yield fact.id, f"For {fact.valid_for} after it was learned."


def play_words(process: Process, play: Play) -> str:
    """Return a play in words."""
    who = f"by the {role_words(play.role)}" if play.role else "by the owner of the deal"
    where = one_of(process.stage(stage).name for stage in play.stages) or "any open stage"
    when = {
        f"within {play.within} of entering {where}": play.within,
        f"once {play.after} have passed in {where}": play.after,
        f"{play.before} before {play.date}, in {where}": play.before,
        f"every {play.every} in {where}": play.every,
    }
    due = next(words for words, span in when.items() if span is not None)
    condition = "" if play.when is None else f", while {gate_words(process, play.when)}"
    takes = "" if play.minutes is None else f" It takes {count_of(play.minutes, 'minute')}."
    what = f"{play.name}: {role_words(play.activity)}" if play.title else role_words(play.activity)
    return f"{capital(what)} {who}, {due}{condition}.{takes}"


def calendar_words(process: Process) -> Iterator[Named]:
    """Yield how time is counted, by every calendar of a process."""
    yield from _time(process.calendar, "")
    for row in process.calendars:
        yield from _time(row.calendar, f"{row.id}: ")


def _time(calendar: Calendar, before: str) -> Iterator[Named]:
    said = calendar.to_dict()
    yield f"{before}zone", f"Days begin and end in {said['timezone']}."
    if hours := said.get("hours"):
        windows = ", ".join(f"{days} {' and '.join(times)}" for days, times in hours.items())
        yield f"{before}hours", f"Working time is {windows}."
    holidays = said.get("holidays", {})
    if country := holidays.get("country"):
        part = f" ({subdivision})" if (subdivision := holidays.get("subdivision")) else ""
        yield f"{before}holidays", f"The public holidays of {country}{part} do not count."
    if added := holidays.get("add"):
        yield f"{before}closed", f"{all_of(added)}."
    if removed := holidays.get("remove"):
        yield f"{before}open", f"{all_of(removed)}, whatever the country says."
    for day, times in said.get("special", {}).items():
        yield f"{before}special", f"{day}: {' and '.join(times) or 'closed'}."

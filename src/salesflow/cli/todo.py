"""An item of the agenda as something to do."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from salesflow.deal import AgendaItem, Urgency
from salesflow.process.model import Process
from salesflow.process.parts import ContactGap, Timer

HEADS = ("", "deal", "stage", "value", "what to do", "by")


def row(process: Process, item: AgendaItem) -> tuple[str, str, str, str, str, str]:
    """Return an item as a row under `HEADS`."""
    value = "" if item.value is None else f"{item.value:,.0f}"
    name = process.stage(item.stage).name
    return (item.urgency.value, item.deal_id, name, value, what(process, item), when(process, item))


def what(process: Process, item: AgendaItem) -> str:
    """Return what would help, in the imperative."""
    rules: list[ContactGap | Timer] = [*process.contact_gaps, *process.timers]
    rule = next(rule for rule in rules if rule.id == item.rule)
    source, name = rule.clock
    to = rule.move_to if isinstance(rule, Timer) else None
    end = f", or it goes to {process.stage(to).name}" if to else ""
    match source:
        case "touch":
            return f"{_touch(name)}{end}"
        case "stage":
            return f"Move it on or drop it{end}"
        case "opened":
            return f"Win it or drop it{end}"
        case "date":
            return f"Ask for a new {name.replace('_', ' ')}{end}"
        case _:
            return f"See to {item.rule}{end}"


def when(process: Process, item: AgendaItem) -> str:
    """Return by when, in the process's zone."""
    local = local_time(process, item.due_at)
    # What is over is over: the hour of it says nothing any more.
    time = "" if item.urgency is Urgency.BREACHED else f" {local:%H:%M}"
    return f"{short_day(local)}{time}"


def local_time(process: Process, at: dt.datetime) -> dt.datetime:
    """Return an instant as the clocks of the process's zone show it."""
    return at.astimezone(zoneinfo.ZoneInfo(process.calendar.timezone))


def short_day(at: dt.datetime) -> str:
    """
    Return a day in few letters, the same in every locale.

    >>> short_day(dt.datetime(2026, 3, 2, tzinfo=dt.UTC))
    'Mon 2 Mar'
    """
    day, month = 3 * at.weekday(), 3 * (at.month - 1)
    return f"{_DAYS[day : day + 3]} {at.day} {_MONTHS[month : month + 3]}"


_DAYS, _MONTHS = "MonTueWedThuFriSatSun", "JanFebMarAprMayJunJulAugSepOctNovDec"


def _touch(touch: str) -> str:
    return {"any": "Touch the buyer", "two_way": "Get an answer", "inbound": "Get an answer"}.get(
        touch, f"Touch the buyer ({touch})"
    )

"""An item of the agenda as something to do."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from salesflow.deal import AgendaItem, Urgency
from salesflow.process.model import Process
from salesflow.process.parts import ContactGap, Timer
from salesflow.wording import capital, role_words, short_day

HEADS = ("", "deal", "stage", "value", "what to do", "by")


def row(process: Process, item: AgendaItem) -> tuple[str, str, str, str, str, str]:
    """Return an item as a row under `HEADS`."""
    value = "" if item.value is None else f"{item.value:,.0f}"
    name = process.stage(item.stage).name
    return (item.urgency.value, item.deal_id, name, value, what(process, item), when(process, item))


def what(process: Process, item: AgendaItem) -> str:
    """Return what would help, in the imperative."""
    match item.urgency:
        case Urgency.REVERT:
            back = process.stage(item.to or "").name
            return f"Catch up, or take it back to {back}"
        case Urgency.PLAY:
            title = next(play.name for play in process.plays if play.id == item.play)
            return f"{title} ({role_words(item.role)})" if item.role else title
        case Urgency.PLANNED:
            return f"{capital(role_words(item.activity or ''))}, as planned"
        case _:
            return heal(process, item.rule or "")


def heal(process: Process, rule_id: str) -> str:
    """Return what would satisfy a rule, in the imperative."""
    rules: list[ContactGap | Timer] = [*process.contact_gaps, *process.timers]
    rule = next(rule for rule in rules if rule.id == rule_id)
    if isinstance(rule, ContactGap):
        return _touch(rule.touch)
    what = _end(rule) if rule.stop is None else _stop(*rule.stop)
    return f"{what}, or it goes to {process.stage(rule.move_to).name}" if rule.move_to else what


def _end(timer: Timer) -> str:
    """Return what keeps the clock of a timer from its end."""
    source, name = timer.clock
    words = name.replace("_", " ")
    return {
        "touch": _touch(name),
        "stage": "Move it on or drop it",
        "stage_total": "Move it on or drop it",
        "opened": "Win it or drop it",
        "date": f"Ask for a new {words}" if timer.before is None else f"Get ready for {words}",
    }.get(source, f"See to {timer.id}")


def _stop(source: str, name: str) -> str:
    """Return what stops the clock of a timer."""
    words = name.replace("_", " ")
    return {
        "touch": _touch(name),
        "fact": f"Find out: {words}",
        "activity": f"{words.capitalize()} to be done",
    }[source]


def when(process: Process, item: AgendaItem) -> str:
    """Return by when, in the process's zone."""
    local = local_time(process, item.due_at)
    # What is over is over: the hour of it says nothing any more.
    is_over = item.urgency in {Urgency.BREACHED, Urgency.REVERT}
    time = "" if is_over else f" {local:%H:%M}"
    return f"{short_day(local)}{time}"


def local_time(process: Process, at: dt.datetime) -> dt.datetime:
    """Return an instant as the clocks of the process's zone show it."""
    return at.astimezone(zoneinfo.ZoneInfo(process.calendar.timezone))


def _touch(touch: str) -> str:
    return {"any": "Touch the buyer", "two_way": "Get an answer", "inbound": "Get an answer"}.get(
        touch, f"Touch the buyer ({touch})"
    )

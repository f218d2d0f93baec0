"""What would help, in the imperative: the agenda says which rule wants it, this says what."""

from __future__ import annotations

from salesflow.deal.items import AgendaItem, Urgency
from salesflow.english import capital, role_words
from salesflow.process.model import Process
from salesflow.process.parts import ContactGap, Mode, Timer


def what_to_do(process: Process, item: AgendaItem) -> str:
    """
    Return what an item of the agenda asks for, in the imperative.

    Args:
        process: What the deal runs under.

        item: The item.

    >>> import datetime as dt
    >>> from salesflow.deal import Deal
    >>> from salesflow.process import load_process
    >>> process = load_process("six-step")
    >>> deal = Deal.open(process, id="ACME-17", at=dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC))
    >>> for item in deal.agenda(dt.datetime(2026, 3, 13, tzinfo=dt.UTC)):
    ...     print(f"{item.due_at.date()} {what_to_do(process, item)}")
    2026-03-09 Touch the buyer
    2026-03-04 Ask the five questions
    """
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
            return what_heals(process, item.rule or "")


def what_heals(process: Process, rule_id: str) -> str:
    """Return what would satisfy a rule, in the imperative."""
    rule = next(rule for rule in process.rules if rule.id == rule_id)
    if isinstance(rule, ContactGap):
        return _touch(rule.touch)
    what = _end(rule) if rule.stop is None else _stop(*rule.stop)
    if rule.move_to is None or process.mode_of(rule) is not Mode.ENFORCE:
        return what
    return f"{what}, or it goes to {process.stage(rule.move_to).name}"


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


def _touch(touch: str) -> str:
    return {"any": "Touch the buyer", "two_way": "Get an answer", "inbound": "Get an answer"}.get(
        touch, f"Touch the buyer ({touch})"
    )

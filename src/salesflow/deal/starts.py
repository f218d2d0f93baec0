"""What started a clock, or brought a deal into its stage: the event, or what time did."""

from __future__ import annotations

from collections.abc import Collection

from salesflow.calendars import to_micros
from salesflow.deal.activities import done
from salesflow.deal.run import View
from salesflow.deal.state import Raised
from salesflow.events import Activity, Event, Learned, Moved, Opened, Reopened, Way
from salesflow.rules import codes
from salesflow.rules.tables import ENTERED_AT, FRESH_AT, STAGE, VISITS

Cause = Event | Raised
"""Something recorded, or something that time did."""


def entered_by(view: View) -> Cause | None:
    """Return what brought the deal into its stage."""
    return _entry(view, view.memory.deal[ENTERED_AT], {view.stage})


def started_by(view: View, rule: int) -> Cause | None:
    """Return what started the clock of a rule."""
    tables, memory = view.run.book.tables, view.memory
    arg = tables.rule_arg[rule]
    match tables.rule_since[rule]:
        case codes.SINCE_TOUCH:
            return _touch(view, arg) or _return(view)
        case codes.SINCE_ACTIVITY:
            return _activity(view, arg)
        case codes.SINCE_FACT:
            return _learned(view, arg, memory.fact_since[arg])
        case codes.SINCE_DATE:
            return _learned(view, arg, None)
        case codes.SINCE_OPENED:
            return view.run.opening
        case _:
            return _entry(view, memory.start[rule], {view.stage})


def _return(view: View) -> Cause | None:
    """Return what opened the deal, or brought it back from where no touch counts."""
    at = view.memory.deal[FRESH_AT]
    return _entry(view, at, _stages_entered(view, at))


def _touch(view: View, touched: int) -> Activity | None:
    """Return the latest touch of a class, if the clocks of touches count from it."""
    at, book = view.memory.touch_at[touched], view.run.book
    if at < view.memory.deal[FRESH_AT]:
        return None
    for event in reversed(done(view.run)):
        if view.run.counts_at(event) == at:
            bits, _ = book.touch_bits(
                event.kind, inbound=event.direction is Way.IN, outcome=event.outcome
            )
            if bits >> touched & 1:
                return event
    return None


def _activity(view: View, number: int) -> Activity | None:
    """Return the latest done activity of a kind that clocks name."""
    at, kinds = view.memory.kind_at[number], view.run.book.kinds
    for event in reversed(done(view.run)):
        if kinds.get(event.kind) == number and view.run.counts_at(event) == at:
            return event
    return None


def _learned(view: View, number: int, at: int | None) -> Learned | None:
    """Return what told a fact, at that instant or, without one, the last time."""
    name = list(view.run.book.facts)[number]
    for told in reversed(view.run.story):
        if isinstance(told, Learned) and name in told.facts and at in {None, _at(view, told)}:
            return told
    return None


def _entry(view: View, at: int, stages: Collection[str]) -> Cause | None:
    """Return what brought the deal into one of some stages at an instant."""
    for cause in (*view.run.story, *view.raised):
        if _at(view, cause) == at and _leads_to(view, cause, at, stages):
            return cause
    return None


def _stages_entered(view: View, at: int) -> set[str]:
    memory, stages = view.memory, view.run.book.process.stages
    entries = [*memory.visit_from[: memory.deal[VISITS]], memory.deal[ENTERED_AT]]
    entered = [*memory.visit_stage[: memory.deal[VISITS]], memory.deal[STAGE]]
    return {stages[n].id for entry, n in zip(entries, entered, strict=True) if entry == at}


def _leads_to(view: View, cause: Cause, at: int, stages: Collection[str]) -> bool:
    match cause:
        case Raised(to=str(to)):
            return cause.moved and view.run.since.stage_now(to, at) in stages
        case Moved():
            return view.run.since.stage_now(cause.to, at) in stages
        case Reopened():
            return cause.to is None or view.run.since.stage_now(cause.to, at) in stages
        case Activity():
            return cause.direction is Way.IN and _was_revived(view, at)
        case Opened():
            first = view.run.order.book.process.stages[0].id
            began = view.run.since.stage_now(cause.stage or first, at)
            return cause is view.run.opening and began in stages
        case _:
            return False


def _was_revived(view: View, at: int) -> bool:
    """Return whether the deal left a stage at an instant from which the buyer brings it back."""
    memory, revives = view.memory, view.run.book.tables.stage_revives
    count = memory.deal[VISITS]
    left = [*memory.visit_from[1:count], memory.deal[ENTERED_AT]]
    return any(left[n] == at and revives[memory.visit_stage[n]] for n in range(count))


def _at(view: View, cause: Cause) -> int:
    if isinstance(cause, Raised):
        return to_micros(cause.acted_at)
    return view.run.counts_at(cause)

"""What a deal answers, read off the memory of the rules."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from salesflow.calendars import to_datetime
from salesflow.calendars.arithmetic import DAY
from salesflow.deal.run import View
from salesflow.deal.state import Clock, Deadline, DealState, DealStatus, Hold
from salesflow.events import FrozenFacts, Value
from salesflow.rules import codes
from salesflow.rules.clocks import applies
from salesflow.rules.deadlines import counted_by, due_of
from salesflow.rules.schedule import has_deadline
from salesflow.rules.status import rule_status, status
from salesflow.rules.tables import ENTERED_AT, HOLDS

_STATUS = {
    codes.OK: DealStatus.OK,
    codes.DUE: DealStatus.DUE,
    codes.BREACHED: DealStatus.BREACHED,
}


def state_of(view: View) -> DealState:
    """Return the state of a deal."""
    run, memory = view.run, view.memory
    stage = run.book.process.stage(view.stage)
    touched = max(memory.touch_at)
    facts, expired = _facts(view)
    state = DealState(
        deal_id=run.opening.deal,
        at=to_datetime(view.now),
        stage=stage.id,
        kind=stage.kind,
        status=status_of(view),
        owner=run.owner,
        opened_at=to_datetime(run.opened_at),
        entered_at=to_datetime(memory.deal[ENTERED_AT]),
        last_touch_at=None if touched == codes.LONG_AGO else to_datetime(touched),
        facts=FrozenFacts(facts),
        expired=FrozenFacts(expired),
        clocks=tuple(_clock(view, rule) for rule in running(view)),
        holds=tuple(_holds(view)),
        deviations=tuple(run.deviations),
        zone=run.zone,
        stage_names=run.book.process.stage_names,
    )
    if view.whole.is_vague and _verdict(state) != _other_verdict(view):
        return attrs.evolve(state, uncertain=True)
    return state


def status_of(view: View) -> DealStatus:
    """Return the worst of a deal's rules."""
    book = view.run.book
    return _STATUS[book.engine.status(book.tables, view.memory, view.now)]


def _facts(view: View) -> tuple[dict[str, Value], dict[str, Value]]:
    """Return what was told and holds, and what has expired."""
    numbers, until = view.run.book.facts, view.memory.fact_until
    holds: dict[str, Value] = {}
    expired: dict[str, Value] = {}
    for name, value in view.run.facts.items():
        (holds if until[numbers[name]] >= view.now else expired)[name] = value
    return holds, expired


def _holds(view: View) -> Iterator[Hold]:
    memory = view.memory
    for hold in range(memory.deal[HOLDS]):
        begin, end = memory.hold_from[hold], memory.hold_until[hold]
        yield Hold(from_at=to_datetime(begin), until=to_datetime(end))


def _verdict(state: DealState) -> object:
    return state.stage, state.status, [(clock.rule, clock.status) for clock in state.clocks]


def _other_verdict(view: View) -> object:
    """Return the verdict with the vague events at the other end of their days."""
    run = view.whole.other_end()
    if view.now < run.opened_at:
        return None
    view = run.at(view.now)
    run = view.run
    tables, memory = run.book.tables, view.memory
    clocks = [
        (run.book.rules[rule].id, _STATUS[rule_status(tables, memory, rule)])
        for rule in running(view)
    ]
    return view.stage, _STATUS[status(tables, memory, view.now)], clocks


def deadlines_of(view: View) -> tuple[Deadline, ...]:
    """Return the rungs of the rules that apply, soonest first, as they are told to others."""
    return tuple(deadline_of(view, rung) for rung in rungs_of(view))


def rungs_of(view: View) -> list[int]:
    """Return the rungs of the rules that apply, soonest first."""
    first = view.run.book.tables.rule_first
    rungs = (rung for rule in running(view) for rung in range(first[rule], first[rule + 1]))
    found = [rung for rung in rungs if _has_deadline(view, rung)]
    return sorted(found, key=lambda rung: (due_at(view, rung), rung))


def due_at(view: View, rung: int) -> int:
    """Return the last instant that is in time for a rung."""
    return due_of(view.run.book.tables, view.run.calendar, view.memory, rung)


def running(view: View) -> list[int]:
    """Return the rules that apply and whose clock runs."""
    tables, memory = view.run.book.tables, view.memory
    rules = range(len(tables.rule_since))
    return [rule for rule in rules if applies(tables, memory, rule, view.now)]


def _has_deadline(view: View, rung: int) -> bool:
    """Return whether a rung has acted, or will if nothing else happens."""
    return has_deadline(view.run.book.tables, view.run.calendar, view.memory, rung)


def deadline_of(view: View, number: int) -> Deadline:
    """Return a rung as it is told to others."""
    book, memory = view.run.book, view.memory
    rung = book.rungs[number]
    acted_at = memory.acted[number]
    return Deadline(
        deal_id=view.run.opening.deal,
        rule=book.rules[rung.rule].id,
        rung=rung.name,
        due_at=to_datetime(due_at(view, number)),
        to=rung.to,
        acts=rung.kind != codes.MOVE or book.tables.rule_mode[rung.rule] == codes.ENFORCE,
        acted_at=None if acted_at == codes.NEVER else to_datetime(acted_at),
        zone=view.run.zone,
    )


def _clock(view: View, rule: int) -> Clock:
    book, memory = view.run.book, view.memory
    end = book.tables.rule_end[rule]
    ends = due_at(view, end) if _has_deadline(view, end) else None
    return Clock(
        rule=book.rules[rule].id,
        status=_STATUS[rule_status(book.tables, memory, rule)],
        started_at=to_datetime(memory.start[rule]),
        due_at=None if ends is None else to_datetime(ends),
        days_left=None if ends is None else (ends - view.now) / DAY,
        used=None if ends is None else _used(view, rule, end),
    )


def _used(view: View, rule: int, end: int) -> float | None:
    """Return the counted time since the start of a clock as a share of what its end allows."""
    book, memory = view.run.book, view.memory
    rung, start = book.rungs[end], memory.start[rule]
    if rung.amount == 0 or rung.is_before:
        return None
    spent = counted_by(book.tables, view.run.calendar, memory, rule, start, view.now)
    return None if spent == codes.NEVER else spent / rung.amount

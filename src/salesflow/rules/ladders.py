"""Ladders: the rungs of a contact gap or a timer, in the order in which they act."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from salesflow.calendars import Span
from salesflow.calendars.arithmetic import EXACT
from salesflow.process.parts import ContactGap, Rule, Timer
from salesflow.rules import codes


@attrs.frozen
class Rung:
    """
    One step of a rule's ladder.

    Args:
        rule: The rule's number.

        kind: One of WARN, NOTICE, BREACH, ESCALATE, MOVE.

        name: ``warn``, ``notice``, ``breach``, ``escalate`` (``escalate:2`` for the second) or
            ``move``.

        measure, amount: How far from the clock's start; amount 0 is the start itself.

        to: The role that hears of it, or the stage that the deal is moved to; None for the rest.

        is_end: Whether this is where the rule ends; no escalation comes before it.

        is_before: Whether it is counted back from a date.

        is_again: Whether it announces an end that was put off, *amount* before it.
    """

    rule: int
    kind: int
    name: str
    measure: int
    amount: int
    to: str | None = None
    is_end: bool = False
    is_before: bool = False
    is_again: bool = False


def ladder(number: int, rule: Rule) -> Iterator[Rung]:
    """Yield the rungs of a rule in the order in which they act at one instant."""
    if isinstance(rule, ContactGap):
        if rule.warn is not None:
            yield Rung(number, codes.WARN, "warn", rule.warn.measure, rule.warn.amount)
        end = Rung(number, codes.BREACH, "breach", rule.max.measure, rule.max.amount, is_end=True)
    else:
        end = _end(number, rule)
        yield from _notices(end, rule)
    if end.kind == codes.BREACH:
        yield end
    for step, escalation in enumerate(rule.escalate, start=1):
        name = "escalate" if step == 1 else f"escalate:{step}"
        after: Span = escalation.after
        yield Rung(number, codes.ESCALATE, name, after.measure, after.amount, escalation.to)
    if end.kind == codes.MOVE:
        yield end


def _end(number: int, timer: Timer) -> Rung:
    """Return the rung at which a timer ends."""
    span = timer.after or timer.before
    kind, name = (codes.MOVE, "move") if timer.move_to else (codes.BREACH, "breach")
    measure, amount = (span.measure, span.amount) if span else (EXACT, 0)
    return Rung(
        number,
        kind,
        name,
        measure,
        amount,
        to=timer.move_to,
        is_end=True,
        is_before=timer.before is not None,
    )


def _notices(end: Rung, timer: Timer) -> Iterator[Rung]:
    """Yield the notice of a timer, and the notice of an end that was put off."""
    if timer.notice is None:
        return
    ahead = timer.notice.amount
    amount = end.amount + ahead if end.is_before else end.amount - ahead
    first = Rung(end.rule, codes.NOTICE, "notice", end.measure, amount, is_before=end.is_before)
    yield first
    yield Rung(end.rule, codes.NOTICE, "notice:2", end.measure, ahead, is_again=True)

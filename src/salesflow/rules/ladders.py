"""Ladders: the rungs of a contact gap or a timer, in the order in which they act."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from salesflow.calendars import Span
from salesflow.calendars.arithmetic import EXACT
from salesflow.process.parts import ContactGap, Timer
from salesflow.rules import codes

Rule = ContactGap | Timer


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
    """

    rule: int
    kind: int
    name: str
    measure: int
    amount: int
    to: str | None = None
    is_end: bool = False


def ladder(number: int, rule: Rule) -> Iterator[Rung]:
    """Yield the rungs of a rule in the order in which they act at one instant."""
    end = rule.max if isinstance(rule, ContactGap) else rule.after
    measure, amount = (EXACT, 0) if end is None else (end.measure, end.amount)
    if isinstance(rule, ContactGap) and rule.warn is not None:
        yield Rung(number, codes.WARN, "warn", rule.warn.measure, rule.warn.amount)
    if isinstance(rule, Timer) and rule.notice is not None:
        yield Rung(number, codes.NOTICE, "notice", measure, amount - rule.notice.amount)
    move_to = rule.move_to if isinstance(rule, Timer) else None
    if move_to is None:
        yield Rung(number, codes.BREACH, "breach", measure, amount, is_end=True)
    for step, escalation in enumerate(rule.escalate, start=1):
        name = "escalate" if step == 1 else f"escalate:{step}"
        after: Span = escalation.after
        yield Rung(number, codes.ESCALATE, name, after.measure, after.amount, escalation.to)
    if move_to is not None:
        yield Rung(number, codes.MOVE, "move", measure, amount, move_to, is_end=True)

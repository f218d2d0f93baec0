"""Checks on names (SF2xx): what is declared and never used."""

from __future__ import annotations

from collections.abc import Iterator

from salesflow.graph.findings import Finding, finding
from salesflow.process.activities import BUILT_IN_ACTIVITIES
from salesflow.process.model import Process
from salesflow.process.parts import TouchClass


def check_usage(process: Process) -> Iterator[Finding]:
    """Yield what *process* declares and never uses."""
    yield from _facts(process)
    yield from _roles(process)
    yield from _touches(process)
    yield from _activities(process)


def _facts(process: Process) -> Iterator[Finding]:
    read = _facts_read(process)
    for fact in process.facts:
        if fact.id not in read:
            yield finding(
                "SF201",
                f"facts.{fact.id}",
                f"fact {fact.id!r} is declared, and no gate, condition or clock reads it",
                "Use it, or remove it",
            )


def _facts_read(process: Process) -> frozenset[str]:
    exits = (*(stage.exit for stage in process.stages), *(move.exit for move in process.moves))
    conditions = (
        *(gap.when for gap in process.contact_gaps),
        *(timer.when for timer in process.timers),
    )
    read = {
        fact
        for text in (*(c.expression for own in exits for c in own), *filter(None, conditions))
        for fact in process.facts_of(text)
    }
    clocks = [timer.clock for timer in process.timers]
    return frozenset({*read, *(name for source, name in clocks if source in ("fact", "date"))})


def _roles(process: Process) -> Iterator[Finding]:
    named = {role for move in process.moves for role in move.by}
    gaps, timers = process.contact_gaps, process.timers
    for ladder in (*(gap.escalate for gap in gaps), *(timer.escalate for timer in timers)):
        named |= {escalation.to for escalation in ladder}
    for role in process.roles:
        if role.id not in named:
            yield finding(
                "SF202",
                f"roles.{role.id}",
                f"role {role.id!r} is declared, and no move or escalation names it",
                "Use it, or remove it",
            )


def _touches(process: Process) -> Iterator[Finding]:
    used = process.counted_touches
    for touch in process.touches:
        if touch.id not in used:
            yield finding(
                "SF203",
                f"touches.{touch.id}",
                f"touch class {touch.id!r} is declared, and no contact gap or timer counts it",
                "Use it, or remove it",
            )


def _activities(process: Process) -> Iterator[Finding]:
    used = process.counted_touches
    counted = [touch for touch in process.touch_classes.values() if touch.id in used]
    for activity in process.activities:
        # One that never reaches the buyer is logged for its minutes; no rule could count it.
        is_internal = activity.like is None or not BUILT_IN_ACTIVITIES[activity.like].reaches
        if not is_internal and not any(_counts(touch, activity.id) for touch in counted):
            yield finding(
                "SF204",
                f"activities.{activity.id}",
                f"activity {activity.id!r} reaches the buyer, and no touch that a rule uses counts"
                " it",
                "Add it to the kinds of a touch class",
            )


def _counts(touch: TouchClass, kind: str) -> bool:
    return not touch.kinds or kind in touch.kinds

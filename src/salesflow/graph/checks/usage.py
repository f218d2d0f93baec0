"""Checks on names (SF2xx): what is declared and never used."""

from __future__ import annotations

from collections.abc import Iterator

from salesflow.graph.checks.findings import Finding, finding
from salesflow.graph.survey import Survey, is_two_way
from salesflow.process.activities import BUILT_IN_ACTIVITIES
from salesflow.process.model import Process
from salesflow.process.parts import TouchClass


def check_usage(survey: Survey) -> Iterator[Finding]:
    """Yield what a process declares and never uses."""
    process = survey.process
    yield from _facts(process)
    yield from _roles(process)
    yield from _touches(process)
    yield from _activities(process)
    yield from _caps(process)


def _clocks(process: Process) -> set[tuple[str, str]]:
    """Return everything that starts or stops the clock of a rule."""
    stops = (timer.stop for timer in process.timers if timer.stop is not None)
    starts = (gap.clock for gap in process.contact_gaps)
    return {*starts, *(timer.clock for timer in process.timers), *stops}


def _facts(process: Process) -> Iterator[Finding]:
    read = _facts_read(process)
    for fact in process.facts:
        if fact.id not in read:
            yield finding(
                "SF201",
                f"facts.{fact.id}",
                f"fact {fact.id!r} is declared, but no gate, condition, clock or play reads it",
                "Use it, or remove it",
            )


def _facts_read(process: Process) -> frozenset[str]:
    exits = (*(stage.exit for stage in process.stages), *(move.exit for move in process.moves))
    conditions = (
        *(gap.when for gap in process.contact_gaps),
        *(timer.when for timer in process.timers),
        *(play.when for play in process.plays),
    )
    texts = {*(criterion.expression for own in exits for criterion in own), *conditions}
    return frozenset(
        {
            *(fact for text in texts if text is not None for fact in process.facts_of(text)),
            *(name for source, name in _clocks(process) if source in ("fact", "date")),
            *(play.date for play in process.plays if play.date is not None),
        }
    )


def _roles(process: Process) -> Iterator[Finding]:
    named = _roles_named(process)
    for role in process.roles:
        if role.id not in named and not role.may_override:
            yield finding(
                "SF202",
                f"roles.{role.id}",
                f"role {role.id!r} is declared, may override nothing, and no move, criterion,"
                " escalation or play names it",
                "Use it, or remove it",
            )


def _roles_named(process: Process) -> frozenset[str]:
    exits = (*(stage.exit for stage in process.stages), *(move.exit for move in process.moves))
    ladders = (
        *(gap.escalate for gap in process.contact_gaps),
        *(timer.escalate for timer in process.timers),
    )
    return frozenset(
        {
            *(role for move in process.moves for role in move.by),
            *(role for own in exits for criterion in own for role in criterion.by),
            *(step.to for ladder in ladders for step in ladder),
            *(play.role for play in process.plays if play.role is not None),
        }
    )


def _touches(process: Process) -> Iterator[Finding]:
    used = process.counted_touches
    for touch in process.touches:
        if touch.id not in used:
            yield finding(
                "SF203",
                f"touches.{touch.id}",
                f"touch class {touch.id!r} is declared, but no contact gap or timer counts it",
                "Use it, or remove it",
            )


def _activities(process: Process) -> Iterator[Finding]:
    used = process.counted_touches
    counted = [touch for touch in process.touch_classes.values() if touch.id in used]
    named = {
        *(name for source, name in _clocks(process) if source == "activity"),
        *(play.activity for play in process.plays),
    }
    for activity in process.activities:
        # One that never reaches the buyer is logged for its minutes; no rule could count it.
        is_internal = activity.like is None or not BUILT_IN_ACTIVITIES[activity.like].reaches
        is_used = activity.id in named or any(_counts(touch, activity.id) for touch in counted)
        if not is_internal and not is_used:
            yield finding(
                "SF204",
                f"activities.{activity.id}",
                f"activity {activity.id!r} reaches the buyer, but no touch class that a rule uses"
                " counts it",
                "Add it to the kinds of a touch class",
            )


def _counts(touch: TouchClass, kind: str) -> bool:
    return not touch.kinds or kind in touch.kinds


def _caps(process: Process) -> Iterator[Finding]:
    for touch in process.touches:
        if touch.unanswered_cap is not None and is_two_way(touch):
            yield finding(
                "SF205",
                f"touches.{touch.id}.unanswered_cap",
                f"touch class {touch.id!r} counts only what the buyer answered, so its cap on"
                " unanswered attempts leaves nothing out",
                'Remove the cap, or write direction = "any"',
            )

"""Checks on what never ends (SF3xx): stages, circles, holds, and deals that nobody touches."""

from __future__ import annotations

from collections.abc import Iterator

from salesflow.english import first_of
from salesflow.graph.bounds.lives import rests_for_ever
from salesflow.graph.checks.findings import Finding, finding
from salesflow.graph.survey import Survey
from salesflow.process.parts import Holds, StageKind

_AGE = ("opened", "stage_total", "date")
"""Clocks that neither a touch nor moving in circles restarts."""


def check_endless(survey: Survey) -> Iterator[Finding]:
    """Yield what lets a deal of a process live for ever."""
    resting = _stages_without_end(survey)
    for stage in resting:
        yield finding(
            "SF304",
            f"stages[{list(survey.kinds).index(stage)}]",
            f"a deal can rest in stage {stage!r} for ever: no timer moves it on, and none looks at"
            " the age of the stage or the deal, or at a date",
            "Let a timer watch it",
        )
    if not survey.process.contact_gaps:
        yield finding(
            "SF305",
            "contact_gaps",
            "the process has no contact gap, so a deal may be left alone and still move on",
            "Add one, such as a touch every 5 days",
        )
    yield from _holds_without_end(survey)
    yield from _rounds(survey, resting)
    untouched = rests_for_ever(survey)
    if untouched is not None and untouched[0] not in resting:
        stage, says = untouched
        yield finding(
            "SF313",
            f"stages[{list(survey.kinds).index(stage)}]",
            f"{says[0].lower()}{says[1:-1]}",
            "Let a timer on touches or on the age of the deal end it",
        )


def _stages_without_end(survey: Survey) -> tuple[str, ...]:
    bounded: set[str] = set()
    for timer in survey.process.timers:
        if not survey.can_apply(timer):
            continue
        bounded |= survey.left_by[timer.id]
        if timer.clock[0] in ("stage", *_AGE):
            bounded |= survey.watched[timer.id] - {timer.move_to}
    return tuple(
        stage
        for stage, kind in survey.kinds.items()
        if kind is StageKind.OPEN and stage not in bounded
    )


def _holds_without_end(survey: Survey) -> Iterator[Finding]:
    """SF311: a process that restricts holds, but lacks one of the two limits that are needed."""
    holds = survey.process.holds
    ended = [
        timer
        for timer in survey.acting
        if timer.clock[0] != "date" or timer.after is not None  # others count no holds
    ]
    if holds == Holds() or not ended:
        return
    if holds.longest is None:
        why, fix = "one hold may be of any length", 'Add longest, such as "20 business days"'
    elif holds.per_deal is None:
        why, fix = "a deal may have any number of them", "Add per_deal, such as 3"
    else:
        return
    yield finding(
        "SF311",
        "holds",
        f"a deal can be held for ever, so that timer {ended[0].id!r} never ends it: {why}",
        fix,
    )


def _rounds(survey: Survey, resting: tuple[str, ...]) -> Iterator[Finding]:
    """SF312: stages that a deal can go through in circles, each time with fresh clocks."""
    aged = {
        stage
        for timer in survey.process.timers
        if timer.clock[0] in _AGE and survey.can_apply(timer)
        for stage in survey.watched[timer.id]
    }
    left_out = {*aged, *resting}
    for round_ in survey.visits.rounds(lambda stage: stage not in left_out):
        stages = [stage for stage in survey.kinds if stage in round_]
        first = next((s for s in stages if survey.kinds[s] is StageKind.OPEN), None)
        if first is not None:
            yield finding(
                "SF312",
                f"stages[{list(survey.kinds).index(first)}]",
                f"a deal can go in circles for ever, through {first_of(map(repr, stages))}: every"
                " clock there restarts with a touch or a visit, and none looks at the age of the"
                " deal, at all its visits or at a date",
                'Add a timer since = "opened" or "stage_total"',
            )
            return

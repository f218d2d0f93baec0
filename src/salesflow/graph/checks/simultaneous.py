"""Checks on several moves by time at one instant (SF3xx): to different stages, or in a row."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from salesflow.graph.checks.findings import Finding, finding
from salesflow.graph.survey import Survey, same_length
from salesflow.process.parts import StageKind, Timer

MOST_AT_ONCE = 100
"""A deal that time would move this often at one instant is set aside (design section 4.5)."""

_FROM_THE_OPENING = ("touch", "stage", "stage_total", "opened")
"""Clocks that all start when a deal opens in the first stage, if nobody touches it."""


def check_instants(survey: Survey) -> Iterator[Finding]:
    """Yield what time does at one instant that cannot be intended."""
    yield from _apart(survey)
    yield from _storm(survey)


def _apart(survey: Survey) -> Iterator[Finding]:
    """SF303: two timers move a deal to different stages at one instant."""
    place = {timer.id: number for number, timer in enumerate(survey.process.timers)}
    for first, second in _pairs_of_one_end(survey):
        shared = survey.left_by[first.id] & survey.left_by[second.id]
        if first.clock != second.clock:
            shared &= {survey.process.stages[0].id}
        if not shared or first.move_to == second.move_to:
            continue
        untouched = "" if first.clock == second.clock else " that nobody touched"
        yield finding(
            "SF303",
            f"timers[{place[second.id]}].move_to",
            f"timer {second.id!r} moves a deal{untouched} to {second.move_to!r} at the very instant"
            f" at which timer {first.id!r} moves it to {first.move_to!r};"
            f" {_who_wins(survey, first, second, shared)}",
            "Give them different spans, or different stages",
        )


def _who_wins(survey: Survey, first: Timer, second: Timer, shared: frozenset[str]) -> str:
    """Say, by stage, what becomes of a deal that the first of two timers moves."""
    wins: dict[str, list[str]] = {}
    for stage in survey.kinds:
        if stage in shared:
            goes_on = _goes_on(survey, first, second, stage)
            who = "the second moves it on at once" if goes_on else "the first of the file wins"
            wins.setdefault(who, []).append(repr(stage))
    return "; ".join(f"{who}, in {', '.join(stages)}" for who, stages in wins.items())


def _goes_on(survey: Survey, first: Timer, second: Timer, stage: str) -> bool:
    """Return whether *second* moves on at once what *first* has moved out of *stage*."""
    # A stage has its own age, and a deal that leaves a parked one has fresh touch clocks.
    parked = survey.kinds[stage] is StageKind.PARKED
    restarts = ("stage", "stage_total", *(("touch",) if parked else ()))
    return first.move_to in survey.left_by[second.id] and second.clock[0] not in restarts


def _pairs_of_one_end(survey: Survey) -> Iterator[tuple[Timer, Timer]]:
    """Yield the pairs of timers that, if nothing stops or postpones one of them, end together."""
    by_end: dict[object, list[Timer]] = {}
    for timer in survey.acting:
        end = timer.after or timer.before
        by_end.setdefault(end and (end.measure, end.amount), []).append(timer)
    for together in by_end.values():
        for first, second in itertools.combinations(together, 2):
            from_one_start = first.clock == second.clock and (
                first.when is None or second.when is None or first.when == second.when
            )
            untouched = first.when is second.when is None and all(
                timer.clock[0] in _FROM_THE_OPENING for timer in (first, second)
            )
            if same_length(first.before, second.before) and (from_one_start or untouched):
                yield first, second


def most_at_once(survey: Survey) -> int:
    """
    Return a number of moves by time at one instant that no deal can exceed.

    A rung acts once for each start of its clock, and no clock that restarts at an instant is due at
    that instant, because every span is longer than zero. So of the timers on the age of a visit at
    most the first acts; every other timer acts once, or for `stage_total` once in each stage.
    """
    standing = [timer for timer in survey.acting if timer.clock[0] != "stage"]
    per_timer = (
        len(survey.left_by[timer.id]) if timer.clock[0] == "stage_total" else 1
        for timer in standing
    )
    return 1 + sum(per_timer)


def _storm(survey: Survey) -> Iterator[Finding]:
    """SF314: overdue timers that hand a deal on from stage to stage, a hundred times at once."""
    if most_at_once(survey) < MOST_AT_ONCE:
        return
    for stage in survey.kinds:
        count = _chain(survey, stage)
        if count >= MOST_AT_ONCE:
            yield finding(
                "SF314",
                "timers",
                f"time could move a deal {count} times at one instant: a deal that enters {stage!r}"
                " with every timer overdue is handed on from stage to stage",
                "Let fewer timers lead on to stages that others watch",
            )
            return


def _chain(survey: Survey, stage: str) -> int:
    """
    Return how often time certainly moves a deal that enters *stage* with every timer overdue.

    An override of the timers there can keep it until all others are overdue. A stage that is
    entered for the first time has no total yet.
    """
    acted: set[str] = set()
    fresh = False
    while True:
        ready = [
            timer
            for timer in survey.ending[stage]
            if timer.when is None
            and timer.clock[0] not in ("stage", "stage_total")
            and not (fresh and timer.clock[0] == "touch")
            and timer.id not in acted
        ]
        # Any of several may come first: which was due before the others is not known here.
        if len(ready) != 1 or ready[0].move_to == stage:
            return len(acted)
        acted.add(ready[0].id)
        # A deal that leaves a parked stage has fresh touch clocks.
        fresh = fresh or survey.kinds[stage] is StageKind.PARKED
        stage = ready[0].move_to or stage

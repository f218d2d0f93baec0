"""
Checks on time (SF3xx): which rule acts before which, and which stage nothing bounds.

Two clocks are compared only where that is sure for every start, calendar and hold: both run in the
same measure, one is watched wherever the other is, and no condition can switch the faster one off.
Where it is not sure, nothing is said.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from salesflow.calendars import Span
from salesflow.graph.build import watched_alive
from salesflow.graph.findings import Finding, finding
from salesflow.process.model import Process
from salesflow.process.parts import ContactGap, Mode, StageKind, Timer


def check_clocks(process: Process) -> Iterator[Finding]:
    """Yield what is wrong with the rules of *process* in time."""
    yield from _gaps_that_never_breach(process)
    yield from _stages_shorter_than_gaps(process)
    yield from _timers_that_disagree(process)
    yield from _stages_without_end(process)
    if not process.contact_gaps:
        yield finding(
            "SF305",
            "contact_gaps",
            "the process has no contact gap, so a deal may be left alone and still move on",
            "Add one, such as a touch every 5 days",
        )


def is_surely_shorter(one: Span, other: Span) -> bool:
    """
    Return whether *one* ends before *other* from every start, in every calendar, over every hold.

    Spans are compared only in one measure: which of 5 days and 4 business days is longer depends
    on where they start, and a hold over a weekend moves one of them only.
    """
    return one.measure == other.measure and one.amount < other.amount


def _gaps_that_never_breach(process: Process) -> Iterator[Finding]:
    # After a timer has moved a deal to an open stage, the silence goes on and the timer acts no
    # more; only lost and parked stages stop the clock of the gap for good.
    resting = {s.id for s in process.stages if s.kind in (StageKind.LOST, StageKind.PARKED)}
    for place, gap in enumerate(process.contact_gaps):
        for timer in process.timers:
            ends_before = (
                timer.clock == gap.clock
                and timer.move_to in resting
                and _surely_moves(process, timer, gap)
            )
            if ends_before:
                yield finding(
                    "SF301",
                    f"contact_gaps[{place}].max",
                    f"gap {gap.id!r} can never be breached: timer {timer.id!r} moves the deal to"
                    f" {timer.move_to!r} after {timer.after} of the same silence, before {gap.max}",
                    "Make the gap shorter, or let the timer wait longer",
                )
                break


def _stages_shorter_than_gaps(process: Process) -> Iterator[Finding]:
    for place, timer in enumerate(process.timers):
        for gap in process.contact_gaps:
            shared = _shared(process, timer, gap)
            if timer.since == "stage" and shared and _surely_moves(process, timer, gap, shared):
                yield finding(
                    "SF302",
                    f"timers[{place}].after",
                    f"timer {timer.id!r} ends the stage after {timer.after}, so gap {gap.id!r}"
                    f" ({gap.max}) is never breached there by a deal that was touched on entry",
                    "Make the gap shorter, or let the stage last longer",
                )


def _timers_that_disagree(process: Process) -> Iterator[Finding]:
    moving = [(n, t) for n, t in enumerate(process.timers) if t.move_to and _acts(process, t)]
    for (_, first), (place, second) in itertools.combinations(moving, 2):
        shared = _shared(process, first, second)
        if shared and first.move_to != second.move_to and _same_instant(first, second):
            yield finding(
                "SF303",
                f"timers[{place}].move_to",
                f"timer {second.id!r} moves a deal to {second.move_to!r} at the very instant at"
                f" which timer {first.id!r} moves it to {first.move_to!r}; the first of the file"
                f" wins, in {', '.join(map(repr, shared))}",
                "Give them different spans, or different stages",
            )


def _stages_without_end(process: Process) -> Iterator[Finding]:
    bounded = {
        stage
        for timer in process.timers
        if timer.move_to or timer.clock[0] in ("stage", "opened", "date")
        for stage in process.watched_by(timer)
        if stage != timer.move_to
    }
    for place, stage in enumerate(process.stages):
        if stage.kind is StageKind.OPEN and stage.id not in bounded:
            yield finding(
                "SF304",
                f"stages[{place}]",
                f"a deal can rest in stage {stage.id!r} for ever: no timer moves it on, and none"
                " looks at the age of the stage or the deal, or at a date",
                "Let a timer watch it",
            )


def _surely_moves(
    process: Process, timer: Timer, gap: ContactGap, stages: tuple[str, ...] | None = None
) -> bool:
    """
    Return whether *timer* moves every deal that *gap* watches before the gap's own span is over.

    Both clocks must have started at one instant, or the timer's before.
    """
    wanted = set(process.watched_by(gap) if stages is None else stages)
    return (
        timer.move_to is not None
        and timer.after is not None
        and _acts(process, timer)
        and timer.when in (None, gap.when)
        and wanted <= set(watched_alive(process, timer)) - {timer.move_to}
        and is_surely_shorter(timer.after, gap.max)
    )


def _acts(process: Process, timer: Timer) -> bool:
    return process.mode_of(timer) is Mode.ENFORCE


def _same_instant(first: Timer, second: Timer) -> bool:
    same_condition = first.when is None or second.when is None or first.when == second.when
    return same_condition and first.clock == second.clock and _same_end(first, second)


def _same_end(first: Timer, second: Timer) -> bool:
    if first.after is None or second.after is None:
        return first.after is second.after
    return (first.after.measure, first.after.amount) == (
        second.after.measure,
        second.after.amount,
    )


def _shared(process: Process, one: Timer, other: Timer | ContactGap) -> tuple[str, ...]:
    """Return the stages that both watch and that the timers among them do not move to."""
    targets = {rule.move_to for rule in (one, other) if isinstance(rule, Timer)}
    others = watched_alive(process, other)
    stages = watched_alive(process, one)
    return tuple(stage for stage in stages if stage in others and stage not in targets)

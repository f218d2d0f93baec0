"""Checks on stages and moves (SF1xx): what can be reached, left, won."""

from __future__ import annotations

from collections.abc import Iterator

from salesflow.graph.findings import Finding, finding
from salesflow.graph.visits import Visits
from salesflow.process.model import Process
from salesflow.process.parts import StageKind

_ENDS = (StageKind.WON, StageKind.LOST)


def check_structure(process: Process) -> Iterator[Finding]:
    """Yield what is wrong with the stages and moves of *process*."""
    visits = Visits(process)
    yield from _unreachable(process, visits)
    yield from _without_end(process, visits)
    yield from _dead_moves(process, visits)


def _unreachable(process: Process, visits: Visits) -> Iterator[Finding]:
    reached = visits.stages()
    first = process.stages[0].id
    for place, stage in enumerate(process.stages):
        if stage.id not in reached:
            yield finding(
                "SF101",
                f"stages[{place}]",
                f"stage {stage.id!r} cannot be reached: nothing leads to it from {first!r}",
                "List a move to it, or remove it",
            )


def _without_end(process: Process, visits: Visits) -> Iterator[Finding]:
    stuck = _always_outside(visits, _ENDS)
    hopeless = _always_outside(visits, (StageKind.WON,))
    for place, stage in enumerate(process.stages):
        path = f"stages[{place}]"
        if stage.id in stuck:
            yield finding(
                "SF102",
                path,
                f"stage {stage.id!r} is a trap: a deal in it reaches no won and no lost stage",
                "List a move out of it, or let a timer end it",
            )
        elif stage.id in hopeless and stage.kind not in _ENDS:
            yield finding(
                "SF103",
                path,
                f"no way to win from stage {stage.id!r}: a deal in it can only be lost",
                "List a forward move from it, or make it a lost stage",
            )


def _always_outside(visits: Visits, kinds: tuple[StageKind, ...]) -> frozenset[str]:
    """Return the stages from which no deal, wherever it came from, reaches a stage of *kinds*."""
    leading = visits.leading_to(kinds)
    return visits.stages() - {visit.stage for visit in leading}


def _dead_moves(process: Process, visits: Visits) -> Iterator[Finding]:
    possible, reached = visits.pairs(), visits.stages()
    for place, move in enumerate(process.moves):
        start, end = move.from_stage, move.to_stage
        if (start, end) not in possible:
            why = f"no deal parked in {start!r} came from {end!r} or from a later stage"
            if start not in reached:
                why = f"stage {start!r} cannot be reached"
            yield finding(
                "SF104",
                f"moves[{place}]",
                f"the move from {start!r} to {end!r} can never be made: {why}",
                "Remove it, or change its stages",
            )

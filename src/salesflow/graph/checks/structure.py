"""Checks on stages and moves (SF1xx): what can be reached, left, won."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from salesflow.graph.checks.findings import Finding, finding
from salesflow.graph.satisfiable import can_all_be_true
from salesflow.graph.survey import Survey
from salesflow.graph.visits import Visits
from salesflow.process.model import Process
from salesflow.process.moves import MoveKind, kind_of_move
from salesflow.process.parts import Criterion, Stage, StageKind


def check_structure(survey: Survey) -> Iterator[Finding]:
    """Yield what is wrong with the stages and moves of a process."""
    yield from _unreachable(survey)
    yield from _without_end(survey)
    yield from _dead_moves(survey)
    yield from _gates_that_stay_shut(survey.process)
    yield from _odds(survey.process)


def _unreachable(survey: Survey) -> Iterator[Finding]:
    stages, reached = survey.process.stages, survey.visits.stages()
    if len(reached) == len(stages):
        return
    reopened = Visits(survey.process, reopened=True).stages()
    for place, stage in enumerate(stages):
        if stage.id not in reached:
            only = "; only a closed deal can be reopened in it" if stage.id in reopened else ""
            yield finding(
                "SF101",
                f"stages[{place}]",
                f"stage {stage.id!r} cannot be reached: no move and no timer leads to it from"
                f" {stages[0].id!r}{only}",
                "List a move to it, or remove it",
            )


def _without_end(survey: Survey) -> Iterator[Finding]:
    stuck = _always_outside(survey.visits, (StageKind.WON, StageKind.LOST))
    hopeless = _always_outside(survey.visits, (StageKind.WON,))
    for place, stage in enumerate(survey.process.stages):
        path = f"stages[{place}]"
        if stage.id in stuck:
            yield finding(
                "SF102",
                path,
                f"stage {stage.id!r} is a trap: a deal in it can reach neither a won nor a"
                " lost stage",
                "List a move out of it, or let a timer end it",
            )
        elif stage.id in hopeless and not stage.kind.is_closed:
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


def _dead_moves(survey: Survey) -> Iterator[Finding]:
    process, possible = survey.process, survey.visits.pairs()
    if all((move.from_stage, move.to_stage) in possible for move in process.moves):
        return
    # A deal may be reopened in a stage that it could not otherwise reach, and move on from there.
    visits = Visits(process, reopened=True)
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


def _gates_that_stay_shut(process: Process) -> Iterator[Finding]:
    exits = {stage.id: stage.exit for stage in process.stages}
    shut: set[str] = set()
    for place, stage in enumerate(process.stages):
        found = list(_shut(process, stage.exit, (), f"stages[{place}].exit", stage.id))
        shut.update(stage.id for _ in found)
        yield from found
    for place, move in enumerate(process.moves):
        passes = kind_of_move(process, move.from_stage, move.to_stage) is MoveKind.FORWARD
        given = exits[move.from_stage] if passes and move.from_stage not in shut else ()
        yield from _shut(process, move.exit, given, f"moves[{place}].exit", move.from_stage)


def _shut(
    process: Process,
    exits: tuple[Criterion, ...],
    given: tuple[Criterion, ...],
    path: str,
    stage: str,
) -> Iterator[Finding]:
    """Yield what keeps *exits* shut, alone or together with what is *given* beside them."""

    def can_be_true(criteria: Iterable[Criterion]) -> bool:
        gates = (process.gate(each.expression) for each in criteria)
        return can_all_be_true(gates, process.all_facts)

    alone = [place for place, each in enumerate(exits) if not can_be_true([each])]
    for place in alone:
        yield finding(
            "SF105",
            f"{path}[{place}]",
            f"criterion {exits[place].id!r} can never be true, so only an override lets a deal"
            f" leave {stage!r}",
            "Change what it asks for",
        )
    if exits and not alone and not can_be_true((*given, *exits)):
        yield finding(
            "SF105",
            path,
            f"its criteria can never all be true at once, so only an override lets a deal leave"
            f" {stage!r}",
            "Change what they ask for",
        )


def _odds(process: Process) -> Iterator[Finding]:
    """SF106: win probabilities that contradict what the stages are, or their order."""
    before: Stage | None = None
    for place, stage in enumerate(process.stages):
        chance, at_end = stage.win_probability, _AT_THE_END.get(stage.kind)
        if chance is None:
            continue
        why = ""
        if at_end is not None and chance != at_end:
            why = f"it is {stage.kind}"
        elif stage.kind is StageKind.OPEN:
            if before is not None and chance < (before.win_probability or 0):
                why = f"stage {before.id!r} before it has {before.win_probability:g}"
            before = stage
        if why:
            yield finding(
                "SF106",
                f"stages[{place}].win_probability",
                f"stage {stage.id!r} has the win probability {chance:g}, but {why}",
                "Change it, or leave it out",
            )


_AT_THE_END = {StageKind.WON: 1, StageKind.LOST: 0}

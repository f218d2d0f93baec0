"""
What a drawing shows, before anything has a place: which moves share a line.

A stage may lead to dozens of others; one line for each pair would be a tangle. So similar moves are
drawn together: the step along the spine, one rail back, one bus to every lost or parked stage that
the same stages lead to. Each move of the process is in exactly one of them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import attrs

from salesflow.graph.build import TIMER, timer_moves
from salesflow.graph.draw.words import one_line
from salesflow.process.model import Process
from salesflow.process.moves import AllowedMove, MoveKind, expand_moves
from salesflow.process.parts import Stage, StageKind


@attrs.frozen(kw_only=True)
class Arc:
    """
    A move that is drawn individually.

    Args:
        from_stage: Where it starts.

        to_stage: Where it ends.

        kind: ``forward``, ``back`` or ``timer``.

        label: The title of the move; may be empty.
    """

    from_stage: str
    to_stage: str
    kind: str
    label: str = ""


@attrs.frozen(kw_only=True)
class Bus:
    """
    Moves from many stages to the same lost or parked ones, drawn as one line.

    Args:
        sources: Where they start.

        targets: Where each of them ends.

        kind: ``out`` or ``timer``.

        label: May be empty.
    """

    sources: tuple[str, ...]
    targets: tuple[str, ...]
    kind: str
    label: str = ""


@attrs.frozen(kw_only=True)
class Plan:
    """
    The lines of a drawing.

    Args:
        spine: Open and won stages in the order of the file.

        aside: Lost and parked stages in the order of the file.

        steps: Forward moves between neighbours of the spine, by the stage that is left.

        arcs: Moves that are drawn individually.

        rail: Stages that may go back to every earlier one of them; empty: there is no such rail.

        buses: Moves to lost and parked stages.

        criteria: The number of criteria for leaving each stage forward.
    """

    spine: tuple[Stage, ...]
    aside: tuple[Stage, ...]
    steps: dict[str, AllowedMove]
    arcs: tuple[Arc, ...]
    rail: tuple[str, ...]
    buses: tuple[Bus, ...]
    criteria: dict[str, int]


def plan(process: Process) -> Plan:
    """Return how the moves of *process* are drawn."""
    spine = tuple(s for s in process.stages if s.kind in (StageKind.OPEN, StageKind.WON))
    aside = tuple(s for s in process.stages if s not in spine)
    is_open = tuple(s.id for s in spine if s.kind is StageKind.OPEN)
    rail = is_open if process.back == "any" and len(is_open) > 1 else ()
    moves = [move for move in expand_moves(process) if move.from_stage in is_open]
    follows = {s.id: after.id for s, after in itertools.pairwise(spine)}
    forward = [move for move in moves if move.kind is MoveKind.FORWARD]
    steps = {m.from_stage: m for m in forward if follows.get(m.from_stage) == m.to_stage}
    by_hand = {(move.from_stage, move.to_stage) for move in moves}
    return Plan(
        spine=spine,
        aside=aside,
        steps=steps,
        arcs=(
            *_arcs(move for move in forward if move not in steps.values()),
            *_arcs(m for m in moves if m.kind is MoveKind.BACK and (not rail or _says_more(m))),
            *_timer_arcs(process, by_hand, {stage.id for stage in spine}),
        ),
        rail=rail,
        buses=_buses(process, moves, aside, is_open),
        criteria={s.id: _wanted(s, forward) for s in process.stages},
    )


def _says_more(move: AllowedMove) -> bool:
    """Return whether a listed move says more than that it exists, which the rail already says."""
    return bool(move.title or move.by or move.criteria or move.reason_required)


def _arcs(moves: Iterable[AllowedMove]) -> tuple[Arc, ...]:
    return tuple(
        Arc(from_stage=m.from_stage, to_stage=m.to_stage, kind=str(m.kind), label=one_line(m.title))
        for m in moves
    )


def _timer_arcs(
    process: Process, by_hand: set[tuple[str, str]], spine: set[str]
) -> tuple[Arc, ...]:
    return tuple(
        Arc(from_stage=start, to_stage=end, kind=TIMER)
        for start, end in _steps_of_time(process)
        if start in spine and end in spine and (start, end) not in by_hand
    )


def _steps_of_time(process: Process) -> dict[tuple[str, str], None]:
    """Return the steps that timers really take; in modes other than `enforce`, none."""
    steps = (step for step in timer_moves(process) if step.acts)
    return dict.fromkeys((step.from_stage, step.to_stage) for step in steps)


def _buses(
    process: Process,
    moves: list[AllowedMove],
    aside: tuple[Stage, ...],
    is_open: tuple[str, ...],
) -> tuple[Bus, ...]:
    by_hand = {(m.from_stage, m.to_stage) for m in moves}
    by_time = _steps_of_time(process).keys() - by_hand
    buses = []
    for kind, pairs in ((str(MoveKind.OUT), by_hand), (TIMER, by_time)):
        together: dict[tuple[str, ...], list[str]] = {}
        for stage in aside:
            sources = tuple(start for start in is_open if (start, stage.id) in pairs)
            together.setdefault(sources, []).append(stage.id)
        for sources, targets in together.items():
            if sources:
                label = "by time" if kind == TIMER else ""
                if not label and len(sources) == len(is_open) > 1:
                    label = "from every open stage"
                buses.append(Bus(sources=sources, targets=tuple(targets), kind=kind, label=label))
    return tuple(buses)


def _wanted(stage: Stage, forward: list[AllowedMove]) -> int:
    # Ways forward may have different criteria; the stage's own exit is common to all of them.
    own = [len(move.criteria) for move in forward if move.from_stage == stage.id]
    return own[0] if len(own) == 1 else len(stage.exit)

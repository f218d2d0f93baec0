"""
The moves of a process, written out: which stages a deal may go to by hand, and what that requires.

A definition says little (`back = "any"`, a default step to the next stage); this spells out what it
means, once, for the rules, the graph and the live deal. Moves by time are not here: a timer's end
is a rule of its own and passes no gate.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator

import attrs

from salesflow.process.model import Process
from salesflow.process.parts import Criterion, Move, Stage, StageKind


class MoveKind(enum.StrEnum):
    """What a move does to a deal; the order of the members is the order of `expand_moves`."""

    FORWARD = "forward"
    """To a won stage, or from an open stage to a later open one: passes the gate."""
    BACK = "back"
    """From an open stage to an earlier open one, or from a parked stage to an open one."""
    OUT = "out"
    """To a lost or a parked stage."""


@attrs.frozen(kw_only=True)
class AllowedMove:
    """
    One step that a deal may take by hand.

    Args:
        from_stage: The stage that is left.

        to_stage: The stage that is entered.

        kind: What it does to the deal.

        title: What happens in it, for people. Empty: the process does not say.

        by: Roles that may make it. Empty: everybody.

        criteria: What must be true. Forward: the exit of the stage that is left, then the move's
            own; otherwise only the move's own. Each id once.

        reason_required: Whether a reason must be given.

        listed: Whether the process lists it; False: it follows from the order of the stages, from
            `back` or from `out`.
    """

    from_stage: str
    to_stage: str
    kind: MoveKind
    title: str = ""
    by: tuple[str, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    reason_required: bool = False
    listed: bool = False


def expand_moves(process: Process) -> tuple[AllowedMove, ...]:
    """
    Return every move that *process* allows by hand, at most one for a pair of stages.

    - An open stage goes forward by its listed forward moves; if there are none, to the next open
      or won stage of the file, past lost and parked ones that stand between.
    - It goes back to every earlier open stage (`back = "any"`) and out to every lost and parked
      one (`out = "any"`), or only where a move is listed.
    - A parked stage goes to every lost, other parked and open stage. Which of the open ones a deal
      may really enter depends on where it came from, which only the deal knows.
    - A won or lost stage is never left by a move: a closed deal is reopened.

    Returns:
        The moves by the stage that is left (in the order of the file), then forward, back, out,
        then the stage that is entered (in the order of the file).
    """
    stages = {stage.id: stage for stage in process.stages}
    order = {stage_id: index for index, stage_id in enumerate(stages)}
    rank = {kind: index for index, kind in enumerate(MoveKind)}
    # A process refuses to list a move without a kind.
    found = {
        (move.from_stage, move.to_stage): _listed(move, stages[move.from_stage], kind)
        for move in process.moves
        if (kind := kind_of_move(process, move.from_stage, move.to_stage)) is not None
    }
    for implied in _implied(process, tuple(found.values())):
        found.setdefault((implied.from_stage, implied.to_stage), implied)
    return tuple(
        sorted(
            found.values(),
            key=lambda move: (order[move.from_stage], rank[move.kind], order[move.to_stage]),
        )
    )


def kind_of_move(process: Process, from_stage: str, to_stage: str) -> MoveKind | None:
    """
    Return what a move from *from_stage* to *to_stage* would do to a deal.

    Returns:
        None if no process can allow it: from a closed stage, from a parked to a won one, from a
        stage to itself.

    Raises:
        KeyError: If *process* has no such stage.
    """
    start, end = process.places[from_stage], process.places[to_stage]
    left, entered = process.stages[start].kind, process.stages[end].kind
    if start == end or left.is_closed:
        return None
    if entered in (StageKind.LOST, StageKind.PARKED):
        return MoveKind.OUT
    if left is StageKind.PARKED:
        return None if entered is StageKind.WON else MoveKind.BACK
    return MoveKind.FORWARD if entered is StageKind.WON or start < end else MoveKind.BACK


def _listed(move: Move, stage: Stage, kind: MoveKind) -> AllowedMove:
    own = move.exit
    return AllowedMove(
        from_stage=move.from_stage,
        to_stage=move.to_stage,
        kind=kind,
        title=move.title,
        by=move.by,
        criteria=_each_once((*stage.exit, *own) if kind is MoveKind.FORWARD else own),
        reason_required=move.reason_required,
        listed=True,
    )


def _implied(process: Process, listed: tuple[AllowedMove, ...]) -> Iterator[AllowedMove]:
    """Yield the moves that need not be listed."""
    has_forward = {move.from_stage for move in listed if move.kind is MoveKind.FORWARD}
    aside = [s for s in process.stages if s.kind in (StageKind.LOST, StageKind.PARKED)]
    earlier: list[Stage] = []
    for place, stage in enumerate(process.stages):
        if stage.kind is StageKind.OPEN:
            if stage.id not in has_forward:
                yield from _default_forward(stage, process.stages[place + 1 :])
            if process.back == "any":
                yield from _plain(stage, earlier, MoveKind.BACK)
            if process.out == "any":
                yield from _plain(stage, aside, MoveKind.OUT)
            earlier.append(stage)
        elif stage.kind is StageKind.PARKED:
            is_open = [other for other in process.stages if other.kind is StageKind.OPEN]
            yield from _plain(stage, is_open, MoveKind.BACK)
            yield from _plain(stage, [s for s in aside if s is not stage], MoveKind.OUT)


def _default_forward(stage: Stage, later: tuple[Stage, ...]) -> Iterator[AllowedMove]:
    for other in later:
        if other.kind in (StageKind.OPEN, StageKind.WON):
            yield AllowedMove(
                from_stage=stage.id,
                to_stage=other.id,
                kind=MoveKind.FORWARD,
                criteria=_each_once(stage.exit),
            )
            return


def _plain(stage: Stage, others: Iterable[Stage], kind: MoveKind) -> Iterator[AllowedMove]:
    for other in others:
        yield AllowedMove(from_stage=stage.id, to_stage=other.id, kind=kind)


def _each_once(criteria: Iterable[Criterion]) -> tuple[Criterion, ...]:
    # A stage and a move out of it may name the same plain string: that is one criterion.
    return tuple({criterion.id: criterion for criterion in criteria}.values())

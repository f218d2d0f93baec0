"""A process as a networkx graph: stages are nodes, moves by hand and by time are edges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs

from salesflow.given import given
from salesflow.process.model import Process
from salesflow.process.moves import expand_moves
from salesflow.process.parts import Mode, Play, Rule, Stage, StageKind, Timer

if TYPE_CHECKING:
    import networkx as nx

TIMER = "timer"
"""The `kind` of an edge that time takes; the other kinds are those of `MoveKind`."""


@attrs.frozen(kw_only=True)
class TimerMove:
    """
    One step that a timer takes a deal.

    Args:
        from_stage: A stage that the timer watches.

        to_stage: Where it moves the deal.

        timer: The timer.

        acts: Whether it really moves the deal; False in the modes `warn` and `observe`.
    """

    from_stage: str
    to_stage: str
    timer: Timer
    acts: bool


def timer_moves(process: Process) -> tuple[TimerMove, ...]:
    """
    Return what the timers of *process* do to stages, by timer, then by stage.

    A timer has no end in a closed stage, even if it names it. In the stage that it moves to, it
    ends without moving the deal.
    """
    return tuple(
        TimerMove(
            from_stage=stage_id,
            to_stage=timer.move_to,
            timer=timer,
            acts=process.mode_of(timer) is Mode.ENFORCE,
        )
        for timer in process.timers
        if timer.move_to is not None
        for stage_id in watched_alive(process, timer)
        if stage_id != timer.move_to
    )


def watched_alive(process: Process, rule: Rule) -> tuple[str, ...]:
    """Return the watched stages from which time can move a deal: those that are not closed."""
    return tuple(s for s in process.watched_by(rule) if not process.stage(s).kind.is_closed)


def to_networkx(process: Process) -> nx.MultiDiGraph[str]:
    """
    Return *process* as a directed graph with parallel edges.

    Nodes are the ids of the stages, with `title`, `kind`, `order` (from 0), `win_probability`,
    `gaps` and `timers` (the ids of the rules that watch the stage), `plays` (the ids of those that
    apply in it) and `revive` (what brings a parked deal back, or None). Edges have `kind`
    (``forward``, ``back``, ``out`` or ``timer``), `title`, `criteria` (ids), `roles` (empty:
    everybody), `rules` (the id of the timer, otherwise empty) and `acts` (False for a timer that
    only says what it would do). The key of an edge is its kind, for a timer ``timer:<id>``.

    The graph's own attributes are `id`, `version` and `title`.

    >>> from salesflow.process.model import Process
    >>> from salesflow.process.parts import Stage
    >>> process = Process(
    ...     id="small",
    ...     version="1",
    ...     stages=[Stage(id="talk"), Stage(id="sign"), Stage(id="done", kind="won")],
    ... )
    >>> sorted(to_networkx(process).edges(data="kind"))
    [('sign', 'done', 'forward'), ('sign', 'talk', 'back'), ('talk', 'sign', 'forward')]
    """
    given("process", process, Process)
    import networkx as nx

    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(
        id=process.id, version=process.version, title=process.title
    )
    for order, stage in enumerate(process.stages):
        graph.add_node(
            stage.id,
            title=stage.name,
            kind=str(stage.kind),
            order=order,
            win_probability=stage.win_probability,
            gaps=_watching(process, process.contact_gaps, stage.id),
            timers=_watching(process, process.timers, stage.id),
            plays=tuple(play.id for play in process.plays if _is_played(play, stage)),
            revive=None if stage.revive is None else str(stage.revive),
        )
    _add_moves(graph, process)
    return graph


def _watching(process: Process, rules: Sequence[Rule], stage_id: str) -> tuple[str, ...]:
    return tuple(rule.id for rule in rules if stage_id in process.watched_by(rule))


def _is_played(play: Play, stage: Stage) -> bool:
    return stage.id in play.stages or (not play.stages and stage.kind is StageKind.OPEN)


def _add_moves(graph: nx.MultiDiGraph[str], process: Process) -> None:
    for move in expand_moves(process):
        graph.add_edge(
            move.from_stage,
            move.to_stage,
            key=str(move.kind),
            kind=str(move.kind),
            title=move.title,
            criteria=tuple(criterion.id for criterion in move.criteria),
            roles=move.by,
            rules=(),
            acts=True,
        )
    for step in timer_moves(process):
        graph.add_edge(
            step.from_stage,
            step.to_stage,
            key=f"{TIMER}:{step.timer.id}",
            kind=TIMER,
            title=step.timer.reason,
            criteria=(),
            roles=(),
            rules=(step.timer.id,),
            acts=step.acts,
        )

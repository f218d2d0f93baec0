"""The steps and arrows of a BPMN diagram: what a process becomes, before it is written."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import attrs

from salesflow.calendars import Span, Unit
from salesflow.english import percent
from salesflow.graph.build import watched_alive
from salesflow.graph.export.lengths import about
from salesflow.process.model import Process
from salesflow.process.moves import AllowedMove, expand_moves
from salesflow.process.parts import Mode, Stage, Timer
from salesflow.rules import codes
from salesflow.rules.ladders import ladder


@attrs.frozen
class Step:
    """
    One node of the diagram, by its id in the file.

    Args:
        id: Its id.

        tag: Its XML element.

        name: The text in it.

        says: Its documentation.

        attached_to: The task on whose boundary it is. None: none.

        delay: For a boundary event: how long it waits, in ISO 8601.

        interrupts: For a boundary event: whether it ends the task.
    """

    id: str
    tag: str
    name: str
    says: tuple[str, ...] = ()
    attached_to: str | None = None
    delay: str = ""
    interrupts: bool = True


@attrs.frozen
class Flow:
    """
    One arrow of the diagram.

    Args:
        id: Its id.

        start, end: The steps that it joins.

        name: The text beside it.

        says: Its documentation.
    """

    id: str
    start: str
    end: str
    name: str = ""
    says: tuple[str, ...] = ()


def is_boundary(process: Process, timer: Timer) -> bool:
    """Return whether BPMN can express a timer, as the time limit of the stages that it watches."""
    plain = timer.until is None and timer.when is None
    return timer.since == "stage" and plain and process.mode_of(timer) is Mode.ENFORCE


def duration(process: Process, span: Span) -> str:
    """Return a span in ISO 8601; business time becomes its usual length."""
    if span.unit not in (Unit.MINUTES, Unit.HOURS, Unit.DAYS, Unit.WEEKS):
        span = about(process.calendar, span)
    letter = {Unit.MINUTES: "M", Unit.HOURS: "H", Unit.DAYS: "D", Unit.WEEKS: "W"}[span.unit]
    return f"P{'T' if letter in 'MH' else ''}{span.count}{letter}"


def task_id(stage: str) -> str:
    """Return the id of the task or end that stands for a stage."""
    return f"stage-{stage}"


class Diagram:
    """
    What a process becomes: its stages, its moves, and the time limits of its stages.

    Args:
        process: The process.

    Attributes:
        steps: By stage, in the order of the file.

        flows: In the order of the steps that they leave.
    """

    def __init__(self, process: Process) -> None:
        self._process = process
        self.steps: list[Step] = [Step("opened", "startEvent", "Opened")]
        self.flows: list[Flow] = []
        self._join("opened", task_id(process.stages[0].id))
        moves = itertools.groupby(expand_moves(process), key=lambda move: move.from_stage)
        by_stage = {stage_id: list(found) for stage_id, found in moves}
        for stage in process.stages:
            tag = "endEvent" if stage.kind.is_closed else "userTask"
            self.steps.append(Step(task_id(stage.id), tag, stage.name, _told_of(stage)))
            self._add_moves(stage, by_stage.get(stage.id, []))
            for timer in process.timers:
                if is_boundary(process, timer) and stage.id in watched_alive(process, timer):
                    self._add_limits(stage, timer)

    def _join(self, start: str, end: str, name: str = "", says: tuple[str, ...] = ()) -> None:
        self.flows.append(Flow(f"flow-{len(self.flows)}", start, end, name, says))

    def _add_moves(self, stage: Stage, moves: list[AllowedMove]) -> None:
        origin = task_id(stage.id)
        if len(moves) > 1:
            gateway = f"after-{stage.id}"
            self.steps.append(Step(gateway, "exclusiveGateway", ""))
            self._join(origin, gateway)
            origin = gateway
        for move in moves:
            self._join(origin, task_id(move.to_stage), move.title, _told_of_move(move))

    def _add_limits(self, stage: Stage, timer: Timer) -> None:
        for rung, delay in _limits(self._process, timer):
            moves = rung == "move"
            if moves and timer.move_to == stage.id:
                continue
            name = f"limit-{timer.id}-{rung.replace(':', '-')}-{stage.id}"
            says = (f"{timer.id}: {rung}", timer.reason if moves else "")
            title = timer.id if moves else rung.partition(":")[0].capitalize()
            at = task_id(stage.id)
            self.steps.append(Step(name, "boundaryEvent", title, says, at, delay, interrupts=moves))
            if moves:
                self._join(name, task_id(str(timer.move_to)))
            else:
                self.steps.append(Step(f"{name}-told", "endEvent", ""))
                self._join(name, f"{name}-told")


def _limits(process: Process, timer: Timer) -> Iterator[tuple[str, str]]:
    """Yield the rungs of a timer, each with its distance from the start, in ISO 8601."""
    end = timer.after
    if end is None:
        return
    steps = iter(timer.escalate)
    for rung in ladder(0, timer):
        if rung.kind == codes.ESCALATE:
            yield rung.name, duration(process, _later(process, next(steps).after, end))
        elif rung.kind != codes.NOTICE or timer.notice is None:
            yield rung.name, duration(process, end)
        elif not rung.is_again:
            left = end.count - timer.notice.count
            yield rung.name, duration(process, Span(left, end.unit)) if left else "PT0S"


def _later(process: Process, span: Span, end: Span) -> Span:
    """Return the longer of two spans: nobody hears of an end before it."""
    lengths = [about(process.calendar, each, Unit.MINUTES).count for each in (span, end)]
    return span if lengths[0] > lengths[1] else end


def _told_of(stage: Stage) -> tuple[str, ...]:
    """Return what a stage says in addition to its name."""
    said = [f"To leave it forward: {c.say or c.expression}." for c in stage.exit]
    if stage.win_probability is not None:
        said.append(f"Of the deals here {percent(stage.win_probability)} are won.")
    if stage.reasons:
        said.append(f"Reasons: {', '.join(stage.reasons)}.")
    if stage.revive is not None:
        said.append("The buyer's next touch brings the deal back to where it was.")
    return tuple(said)


def _told_of_move(move: AllowedMove) -> tuple[str, ...]:
    """Return what a move says in addition to its title."""
    said = [f"Required: {c.say or c.expression}." for c in move.criteria]
    if move.by:
        said.append(f"By: {', '.join(move.by)}.")
    if move.reason_required:
        said.append("A reason must be given.")
    return tuple(said)

"""
A process as BPMN 2.0, for people and their modelers: structure, limits of stages, and a layout.

BPMN cannot express a clock that runs beside the stages, so contact gaps and most timers become
documentation. So do gates: as conditions at a gateway they would restart the time limit of the
stage whenever they are not met. The whole definition is included as text.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import attrs

from salesflow.calendars import Span, Unit
from salesflow.graph.build import watched_alive
from salesflow.graph.draw.words import rule_words
from salesflow.graph.export.bpmn_layout import Layout, Place, lay_out
from salesflow.graph.export.lengths import about
from salesflow.graph.export.names import safe_text
from salesflow.process.dump import dump_process
from salesflow.process.model import Process
from salesflow.process.moves import AllowedMove, expand_moves
from salesflow.process.parts import Mode, Stage, StageKind, Timer
from salesflow.rules import codes
from salesflow.rules.ladders import ladder
from salesflow.wording import percent

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DIAGRAM = "http://www.omg.org/spec/BPMN/20100524/DI"
SHAPES = "http://www.omg.org/spec/DD/20100524/DC"
LINES = "http://www.omg.org/spec/DD/20100524/DI"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
OWN = "urn:salesflow:bpmn"


def bpmn_text(process: Process) -> str:
    """Return *process* as a BPMN diagram."""
    return _Writer(process).text()


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


class _Writer:
    """Writes one diagram."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._steps: list[Step] = [Step("opened", "startEvent", "Opened")]
        self._flows: list[Flow] = []
        self._from: dict[str, list[Flow]] = defaultdict(list)
        self._to: dict[str, list[Flow]] = defaultdict(list)
        self._moves: dict[str, list[AllowedMove]] = defaultdict(list)
        for move in expand_moves(process):
            self._moves[move.from_stage].append(move)
        self._flow("opened", _task(process.stages[0]))
        for stage in process.stages:
            self._add(stage)
        self._layout: Layout = lay_out(process, self._steps, self._flows)

    def _flow(self, start: str, end: str, name: str = "", says: tuple[str, ...] = ()) -> None:
        flow = Flow(f"flow-{len(self._flows)}", start, end, name, says)
        self._flows.append(flow)
        self._from[start].append(flow)
        self._to[end].append(flow)

    # What is in the diagram

    def _add(self, stage: Stage) -> None:
        if stage.kind in (StageKind.WON, StageKind.LOST):
            self._steps.append(Step(_task(stage), "endEvent", stage.name, _told_of(stage)))
            return
        self._steps.append(Step(_task(stage), "userTask", stage.name, _told_of(stage)))
        moves = self._moves[stage.id]
        origin = _task(stage)
        if len(moves) > 1:
            gateway = f"after-{stage.id}"
            self._steps.append(Step(gateway, "exclusiveGateway", ""))
            self._flow(origin, gateway)
            origin = gateway
        for move in moves:
            end = _task(self._process.stage(move.to_stage))
            self._flow(origin, end, move.title, _told_of_move(move))
        for timer in self._process.timers:
            if stage.id in watched_alive(self._process, timer):
                self._add_limits(stage, timer)

    def _add_limits(self, stage: Stage, timer: Timer) -> None:
        if not is_boundary(self._process, timer):
            return
        for rung, span in _limits(timer):
            moves = rung == "move" and timer.move_to != stage.id
            if rung == "move" and not moves:
                continue
            name = f"{timer.id}-{rung.replace(':', '-')}-{stage.id}"
            delay = duration(self._process, span)
            says = (f"{timer.id}: {rung}", timer.reason if moves else "")
            title = timer.id if moves else rung.partition(":")[0].capitalize()
            self._steps.append(
                Step(name, "boundaryEvent", title, says, _task(stage), delay, interrupts=moves)
            )
            if moves:
                self._flow(name, _task(self._process.stage(str(timer.move_to))))
            else:
                self._steps.append(Step(f"{name}-told", "endEvent", ""))
                self._flow(name, f"{name}-told")

    # How it is written

    def text(self) -> str:
        """Return the file."""
        process = self._process
        root = Element(
            "definitions",
            {
                "xmlns": MODEL,
                "xmlns:bpmndi": DIAGRAM,
                "xmlns:dc": SHAPES,
                "xmlns:di": LINES,
                "xmlns:xsi": INSTANCE,
                "xmlns:sf": OWN,
                "id": "definitions",
                "name": safe_text(process.title or process.id),
                "targetNamespace": OWN,
                "exporter": "salesflow",
            },
        )
        body = SubElement(
            root,
            "process",
            {
                "id": f"process-{process.id}",
                "name": safe_text(process.title or process.id),
                "isExecutable": "false",
            },
        )
        said = [f"Version {process.version}, hash {process.hash}."]
        said += [f"{rule.long}." for rule in rule_words(process)]
        _document(body, tuple(said))
        beside = SubElement(body, "extensionElements")
        SubElement(beside, "sf:definition").text = safe_text(dump_process(process))
        for step in self._steps:
            self._write_step(body, step)
        for flow in self._flows:
            element = SubElement(
                body,
                "sequenceFlow",
                {"id": flow.id, "sourceRef": flow.start, "targetRef": flow.end}
                | ({"name": safe_text(flow.name)} if flow.name else {}),
            )
            _document(element, flow.says)
        self._write_diagram(root)
        indent(root, " ")
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"
        )

    def _write_step(self, body: Element, step: Step) -> None:
        attributes = {"id": step.id} | ({"name": safe_text(step.name)} if step.name else {})
        if step.attached_to is not None:
            attributes["attachedToRef"] = step.attached_to
            attributes["cancelActivity"] = "true" if step.interrupts else "false"
        element = SubElement(body, step.tag, attributes)
        _document(element, step.says)
        for tag, flows in (("incoming", self._to[step.id]), ("outgoing", self._from[step.id])):
            for flow in flows:
                SubElement(element, tag).text = flow.id
        if step.delay:
            timer = SubElement(element, "timerEventDefinition", {"id": f"{step.id}-timer"})
            length = SubElement(timer, "timeDuration", {"xsi:type": "tFormalExpression"})
            length.text = step.delay

    def _write_diagram(self, root: Element) -> None:
        diagram = SubElement(root, "bpmndi:BPMNDiagram", {"id": "diagram"})
        whole = {"id": "plane", "bpmnElement": f"process-{self._process.id}"}
        plane = SubElement(diagram, "bpmndi:BPMNPlane", whole)
        for step in self._steps:
            shape = SubElement(
                plane, "bpmndi:BPMNShape", {"id": f"{step.id}-shape", "bpmnElement": step.id}
            )
            SubElement(shape, "dc:Bounds", _bounds(self._layout.places[step.id]))
        for flow in self._flows:
            edge = SubElement(
                plane, "bpmndi:BPMNEdge", {"id": f"{flow.id}-edge", "bpmnElement": flow.id}
            )
            for x, y in self._layout.routes[flow.id]:
                SubElement(edge, "di:waypoint", {"x": str(x), "y": str(y)})


def _task(stage: Stage) -> str:
    return f"stage-{stage.id}"


def _limits(timer: Timer) -> Iterator[tuple[str, Span]]:
    """Yield the rungs of a timer, each with its distance from the start."""
    spans = {step: each.after for step, each in enumerate(timer.escalate, start=1)}
    numbers = itertools.count(1)
    for rung in ladder(0, timer):
        if rung.kind == codes.ESCALATE:
            span: Span | None = spans[next(numbers)]
        elif rung.kind == codes.NOTICE and timer.after is not None and timer.notice is not None:
            left = timer.after.count - timer.notice.count
            span = Span(left, timer.after.unit) if left and not rung.is_again else None
        else:
            span = timer.after
        if span is not None:
            yield rung.name, span


def _bounds(place: Place) -> dict[str, str]:
    return {name: str(getattr(place, name)) for name in ("x", "y", "width", "height")}


def _document(element: Element, says: tuple[str, ...]) -> None:
    if any(says):
        said = "\n".join(line for line in says if line)
        SubElement(element, "documentation").text = safe_text(said)


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

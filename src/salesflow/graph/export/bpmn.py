"""
A process as BPMN 2.0, for people and their modelers: structure, limits of stages, and a layout.

BPMN cannot express a clock that runs beside the stages, so contact gaps and most timers become
documentation. So do gates: as conditions at a gateway they would restart the time limit of the
stage whenever they are not met. The whole definition is included as text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement

from salesflow.graph.draw.words import rule_words
from salesflow.graph.export.bpmn_layout import lay_out
from salesflow.graph.export.bpmn_steps import Diagram, Step
from salesflow.graph.export.xml_text import safe_text, xml_file
from salesflow.process.dump import dump_process
from salesflow.process.model import Process

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DIAGRAM = "http://www.omg.org/spec/BPMN/20100524/DI"
SHAPES = "http://www.omg.org/spec/DD/20100524/DC"
LINES = "http://www.omg.org/spec/DD/20100524/DI"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
OWN = "urn:salesflow:bpmn"


def bpmn_text(process: Process) -> str:
    """Return *process* as a BPMN diagram."""
    name = safe_text(process.title or process.id)
    spaces = {"bpmndi": DIAGRAM, "dc": SHAPES, "di": LINES, "xsi": INSTANCE, "sf": OWN}
    root = Element(
        "definitions",
        {
            "xmlns": MODEL,
            **{f"xmlns:{prefix}": space for prefix, space in spaces.items()},
            "id": "definitions",
            "name": name,
            "targetNamespace": OWN,
            "exporter": "salesflow",
        },
    )
    process_id = f"process-{process.id}"
    body = SubElement(root, "process", {"id": process_id, "name": name, "isExecutable": "false"})
    said = [f"Version {process.version}, hash {process.hash}."]
    said += [f"{rule.long}." for rule in rule_words(process)]
    _document(body, tuple(said))
    beside = SubElement(body, "extensionElements")
    SubElement(beside, "sf:definition").text = safe_text(dump_process(process))
    diagram = Diagram(process)
    joined: dict[tuple[str, str], list[str]] = defaultdict(list)
    for flow in diagram.flows:
        joined[flow.end, "incoming"].append(flow.id)
        joined[flow.start, "outgoing"].append(flow.id)
    for step in diagram.steps:
        _add_step(body, step, joined)
    for flow in diagram.flows:
        ends = {"id": flow.id, "sourceRef": flow.start, "targetRef": flow.end}
        _document(SubElement(body, "sequenceFlow", ends | _named(flow.name)), flow.says)
    _add_layout(root, process, diagram)
    return xml_file(root)


def _add_step(body: Element, step: Step, joined: Mapping[tuple[str, str], list[str]]) -> None:
    attributes = {"id": step.id} | _named(step.name)
    if step.attached_to is not None:
        attributes["attachedToRef"] = step.attached_to
        attributes["cancelActivity"] = "true" if step.interrupts else "false"
    element = SubElement(body, step.tag, attributes)
    _document(element, step.says)
    for side in ("incoming", "outgoing"):
        for flow in joined.get((step.id, side), ()):
            SubElement(element, side).text = flow
    if step.delay:
        timer = SubElement(element, "timerEventDefinition", {"id": f"{step.id}-timer"})
        length = SubElement(timer, "timeDuration", {"xsi:type": "tFormalExpression"})
        length.text = step.delay


def _add_layout(root: Element, process: Process, diagram: Diagram) -> None:
    layout = lay_out(process, diagram)
    frame = SubElement(root, "bpmndi:BPMNDiagram", {"id": "diagram"})
    whole = {"id": "plane", "bpmnElement": f"process-{process.id}"}
    plane = SubElement(frame, "bpmndi:BPMNPlane", whole)
    for step in diagram.steps:
        said = {"id": f"{step.id}-shape", "bpmnElement": step.id}
        shape = SubElement(plane, "bpmndi:BPMNShape", said)
        place = layout.places[step.id]
        sides = {name: str(getattr(place, name)) for name in ("x", "y", "width", "height")}
        SubElement(shape, "dc:Bounds", sides)
    for flow in diagram.flows:
        said = {"id": f"{flow.id}-edge", "bpmnElement": flow.id}
        edge = SubElement(plane, "bpmndi:BPMNEdge", said)
        for x, y in layout.routes[flow.id]:
            SubElement(edge, "di:waypoint", {"x": str(x), "y": str(y)})


def _named(name: str) -> dict[str, str]:
    return {"name": safe_text(name)} if name else {}


def _document(element: Element, says: tuple[str, ...]) -> None:
    if any(says):
        said = "\n".join(line for line in says if line)
        SubElement(element, "documentation").text = safe_text(said)

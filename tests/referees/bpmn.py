"""
The BPMN in `SpiffWorkflow`, on a clock that jumps from one due time to the next.

A diagram leaves to people which arrow of a gateway a deal takes, so here the trace says it: each
arrow is given the condition that it is the one. Nothing else is added to what we export.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter

import attrs
from lxml import etree
from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.specs.event_definitions import timer

from salesflow.graph.export.bpmn import MODEL
from tests.referees.traces import OPENED, TICK

MICROSECOND = dt.timedelta(microseconds=1)


def drawable(process):
    """A process of what a diagram says: stages, the moves between them, limits of stages."""
    return attrs.evolve(
        process,
        mode="enforce",
        stages=[attrs.evolve(stage, exit=(), reasons=(), revive=None) for stage in process.stages],
        moves=[attrs.evolve(move, exit=(), by=(), reason_required=False) for move in process.moves],
        contact_gaps=(),
        timers=[*limits(process)],
        roles=[attrs.evolve(role, may_override=()) for role in process.roles],
    )


def limits(process):
    """Its timers as plain limits of stages other than the one to which they move a deal."""
    alive = [stage.id for stage in process.stages if stage.kind in {"open", "parked"}]
    for each in process.timers:
        stages = [name for name in each.stages or alive if name in alive and name != each.move_to]
        if each.after is not None and stages:
            plain = {"until": None, "when": None, "mode": None, "postpone": None}
            yield attrs.evolve(each, since="stage", stages=stages, **plain)


def chosen(text):
    """The diagram with arrows that somebody chooses, and delays as the engine reads them."""
    root = etree.fromstring(text.encode())
    gateways = {each.get("id") for each in root.iter(f"{{{MODEL}}}exclusiveGateway")}
    for flow in root.iter(f"{{{MODEL}}}sequenceFlow"):
        if flow.get("sourceRef") in gateways:
            condition = etree.SubElement(flow, f"{{{MODEL}}}conditionExpression")
            condition.text = f"to == {flow.get('targetRef')!r}"
    root.find(f"{{{MODEL}}}process").set("isExecutable", "true")
    for delay in root.iter(f"{{{MODEL}}}timeDuration"):
        delay.text = repr(delay.text)
    return root


class Clock(dt.datetime):
    """The engine's present time."""

    at = OPENED

    @classmethod
    def now(cls, tz=None):
        """The instant to which the trace has come."""
        return cls.at if tz is None else cls.at.astimezone(tz)


class Life:
    """One trace in the engine."""

    def __init__(self, process, text, monkeypatch):
        monkeypatch.setattr(timer, "datetime", Clock)
        Clock.at = OPENED
        self.limits = {
            f"limit-{each.id}-{rung}-{stage.id}": (each.id, rung.replace("-", ":"))
            for each in process.timers
            for stage in process.stages
            for rung in ("notice", "breach", "escalate", "escalate-2", "escalate-3", "move")
        }
        name = f"process-{process.id}"
        parser = BpmnParser()
        parser.add_bpmn_xml(chosen(text))
        self.deal = BpmnWorkflow(parser.get_spec(name), parser.get_subprocess_specs(name))
        self.go_on()

    def run(self, trace):
        """The first difference between the engine and the trace, or None."""
        for number, step in enumerate(trace["steps"]):
            at = OPENED + step["at"] * TICK
            self.let_time_act(at)
            event = step["event"] or {}
            is_moved = event.get("type") == "move" and event["to"] == step["stage"] != self.stage
            if is_moved:
                self.move(event["to"])
            if self.stage != step["stage"]:
                return number, self.stage, step["stage"]
        acted, wanted = self.acted(), Counter(map(tuple, trace["effects"]))
        return None if acted == wanted else (acted, wanted)

    @property
    def stage(self):
        """Where the deal is: the task that waits for somebody, or the end that was reached."""
        states = TaskState.COMPLETED if self.deal.is_completed() else TaskState.READY
        names = [each.task_spec.name for each in self.deal.get_tasks(state=states)]
        return [name for name in names if is_stage(name)][-1].removeprefix("stage-")

    def move(self, to):
        """Somebody has done the task, and takes the arrow that leads there."""
        (task,) = [
            each
            for each in self.deal.get_tasks(state=TaskState.READY)
            if is_stage(each.task_spec.name)
        ]
        task.data["to"] = f"stage-{to}"
        task.run()
        self.go_on()

    def let_time_act(self, until):
        """Let all delays end that end before *until*, each at its own instant."""
        while (due := min(self.delays(), default=until)) < until:
            Clock.at = max(Clock.at, due + MICROSECOND)
            self.go_on()
        Clock.at = until

    def delays(self):
        """When what waits will have waited long enough."""
        for task in self.deal.get_tasks(state=TaskState.WAITING):
            due = task._get_internal_data("event_value")
            if due is not None:
                yield dt.datetime.fromisoformat(due)

    def go_on(self):
        """Let the engine do what it can."""
        self.deal.refresh_timers()
        self.deal.do_engine_steps()
        self.deal.refresh_timers()

    def acted(self):
        """How often each limit was reached."""
        done = (each.task_spec.name for each in self.deal.get_tasks(state=TaskState.COMPLETED))
        return Counter(self.limits[name] for name in done if name in self.limits)


def is_stage(name):
    """Whether a task stands for a stage, not for what the engine makes of it."""
    return name.startswith("stage-") and "." not in name

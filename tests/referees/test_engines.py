"""Other engines live random deals of exported processes, and say what the live engine says."""

from __future__ import annotations

import json

import pytest

from salesflow.graph.export import to_bpmn
from salesflow.graph.export.machine import chart_of
from salesflow.graph.export.scxml import scxml_text
from salesflow.graph.export.xstate import xstate_text
from tests.referees import bpmn, scxml, statemachine
from tests.referees.traces import random_trace, sayable, sharp

pytestmark = pytest.mark.long

DEFINITIONS = range(40)
FEWER = range(40, 52)
"""The engine for SCXML takes its time."""


class TestEngines:
    @pytest.mark.parametrize("seed", DEFINITIONS)
    def test_xstate(self, seed):
        """The stage, the status and what time did are the same after every step."""
        process = sayable(seed)
        machine = json.loads(xstate_text(chart_of(process)))

        assert statemachine.live(machine, random_trace(process, seed)) is None

    @pytest.mark.parametrize(
        "process", [*sharp()], ids=lambda each: (*each.contact_gaps, *each.timers)[0].id
    )
    def test_sharp(self, process):
        """So they are where everything hangs on one thing."""
        machine = json.loads(xstate_text(chart_of(process)))
        lives = [random_trace(process, seed) for seed in range(8)]

        assert [statemachine.live(machine, life) for life in lives] == [None] * len(lives)

    @pytest.mark.parametrize(
        "process", [*sharp()], ids=lambda each: (*each.contact_gaps, *each.timers)[0].id
    )
    def test_sharp_scxml(self, process, monkeypatch, capsys):
        """In the other language, too."""
        text = scxml_text(chart_of(process))
        lives = [scxml.Life(text, random_trace(process, seed)) for seed in range(2)]

        assert [life.run(monkeypatch) for life in lives] == [None] * len(lives)
        capsys.readouterr()

    @pytest.mark.parametrize("seed", FEWER)
    def test_scxml(self, seed, monkeypatch, capsys):
        """The stage and the status are the same after every step."""
        process = sayable(seed)
        life = scxml.Life(scxml_text(chart_of(process)), random_trace(process, seed))

        assert life.run(monkeypatch) is None
        capsys.readouterr()  # the engine prints what it logs


class TestDiagrams:
    @pytest.mark.parametrize("seed", DEFINITIONS)
    def test_bpmn(self, seed, monkeypatch):
        """The stage after every step, and how often each limit was reached, are the same."""
        process = bpmn.drawable(sayable(seed))
        text = to_bpmn(process).text

        assert bpmn.Life(process, text, monkeypatch).run(random_trace(process, seed)) is None

    def test_much_happens(self):
        """The deals in them are warned about, breached and moved by the limits of stages."""
        processes = [bpmn.drawable(sayable(seed)) for seed in DEFINITIONS]
        traces = [random_trace(process, seed) for seed, process in enumerate(processes)]
        rungs = {rung for trace in traces for _, rung in trace["effects"]}
        stages = {step["stage"] for trace in traces for step in trace["steps"]}

        assert {"notice", "breach", "escalate", "escalate:2", "move"} <= rungs
        assert stages >= {"a", "b", "c", "won", "lost", "park"}


class TestTraces:
    """What is compared is worth comparing."""

    def test_much_happens(self):
        """The deals of the traces are moved, warned about and closed, by hand and by time."""
        traces = [random_trace(sayable(seed), seed) for seed in DEFINITIONS]
        steps = [step for trace in traces for step in trace["steps"]]
        rungs = {rung for trace in traces for _, rung in trace["effects"]}

        assert {step["status"] for step in steps} == {"ok", "due", "breached"}
        assert {"warn", "notice", "breach", "escalate", "escalate:2", "move"} <= rungs
        assert {step["stage"] for step in steps} >= {"a", "b", "c", "won", "lost", "park"}

    def test_steps_are_beside_deadlines(self):
        """Many a step is a tick before a deadline, at it, or a tick after it."""
        traces = [random_trace(sayable(seed), seed) for seed in DEFINITIONS]
        steps = sum(len(trace["steps"]) for trace in traces)

        assert sum(trace["beside"] for trace in traces) > steps / 8

"""A statechart as the JSON of XState version 5."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from salesflow.graph.export.chart import Action, Chart, Guard, State, Transition
from salesflow.process.schema import to_document

Data = dict[str, Any]


def xstate_text(chart: Chart) -> str:
    """
    Return *chart* as JSON that ``createMachine`` takes; guards and actions are provided to it.

    The whole definition is in ``meta``, as in the process file; nothing there acts.
    """
    process, root = chart.process, _state(chart.root)
    machine = {
        # No state has this name, whatever the process is called.
        "id": f"process-{process.id}",
        "version": process.version,
        "description": process.title,
        "meta": {"hash": process.hash, "definition": to_document(process)},
        "context": dict(chart.context),
        **{key: value for key, value in root.items() if key not in ("id", "description")},
    }
    return json.dumps({k: v for k, v in machine.items() if v != ""}, indent=1) + "\n"


def guards_text() -> str:
    """Return the JavaScript module with the guards and actions that the JSON names."""
    return Path(__file__).with_name("guards.mjs").read_text(encoding="utf-8")


def _state(state: State) -> Data:
    kind = "final" if state.is_final else "parallel" if state.is_parallel else ""
    waiting = [each for each in state.transitions if each.on]
    data: Data = {
        "id": state.id,
        "description": state.description,
        "type": kind,
        "initial": "" if state.is_parallel or not state.states else state.states[0].key,
        "tags": list(state.tags),
        "meta": dict(state.meta),
        "entry": _actions(state.entry),
        "exit": _actions(state.exit),
        "always": [
            _transition(each) for each in state.transitions if not each.on and each.after is None
        ],
        "on": {
            name: [_transition(each) for each in waiting if each.on == name]
            for name in dict.fromkeys(each.on for each in waiting)
        },
        "after": {
            str(each.after): _transition(each)
            for each in state.transitions
            if each.after is not None
        },
        "states": {inner.key: _state(inner) for inner in state.states},
    }
    return {key: value for key, value in data.items() if value not in ("", [], {})}


def _transition(transition: Transition) -> Data:
    data: Data = {
        "target": f"#{transition.to}" if transition.to else "",
        "guard": _named(transition.guard) if transition.guard else {},
        "actions": _actions(transition.actions),
        # Entering a state again restarts its clock.
        "reenter": bool(transition.to and transition.on),
    }
    return {key: value for key, value in data.items() if value not in ("", {}, [], False)}


def _actions(actions: Iterable[Action]) -> list[Data]:
    return [_named(action) for action in actions]


def _named(what: Guard | Action) -> Data:
    return {"type": what.kind, **({"params": dict(what.params)} if what.params else {})}

"""
A statechart as SCXML with the ECMAScript datamodel.

Guards are written with comparisons, ``&&`` and ``||`` only, which every engine reads. A fact is a
variable ``fact_<id>``, which is null while it is unknown; each event carries one fact, as
``learn.<id>`` with a ``value``. The whole definition is included as text, which nothing acts on.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement

from salesflow.graph.export.chart import Action, Chart, State, Transition
from salesflow.graph.export.ecmascript import (
    UNKNOWN,
    condition,
    content,
    end_variable,
    fact_variable,
    text_literal,
)
from salesflow.graph.export.xml_text import safe_text, xml_file
from salesflow.process.dump import dump_process

SCXML = "http://www.w3.org/2005/07/scxml"
OWN = "urn:salesflow:scxml"
"""The namespace for what SCXML cannot say: the status that a state stands for."""


def scxml_text(chart: Chart) -> str:
    """Return *chart* as SCXML."""
    root = Element(
        "scxml",
        {
            "xmlns": SCXML,
            "xmlns:sf": OWN,
            "version": "1.0",
            "datamodel": "ecmascript",
            "name": chart.process.id,
            "initial": chart.root.id,
            "sf:version": safe_text(chart.process.version),
            "sf:hash": chart.process.hash,
        },
    )
    SubElement(root, "sf:definition").text = dump_process(chart.process)
    model = SubElement(root, "datamodel")
    for name, value in _variables(chart):
        SubElement(model, "data", {"id": name} | ({} if value is None else {"expr": value}))
    _add_state(root, chart.root)
    return xml_file(root)


def _variables(chart: Chart) -> Iterator[tuple[str, str | None]]:
    context = chart.context
    yield "stage", text_literal(context["stage"])
    yield "last_open", text_literal(context["last_open"])
    yield from ((name, "0") for name in ("closed", "by_time", "ended_count", "breached_count"))
    yield UNKNOWN, None
    yield from ((fact_variable(name), None) for name in context["facts"])
    for rule in dict.fromkeys(_ending(chart.root)):
        yield end_variable(rule), "0"


def _ending(state: State) -> Iterator[str]:
    """Yield the rules whose ends may move the deal."""
    yield from (action.params["rule"] for action in state.entry if action.kind == "ended")
    for inner in state.states:
        yield from _ending(inner)


# States


def _add_state(parent: Element, state: State) -> None:
    tag = "final" if state.is_final else "parallel" if state.is_parallel else "state"
    element = SubElement(parent, tag, {"id": state.id})
    if state.states and not state.is_parallel:
        element.set("initial", state.states[0].id)
    if state.tags:
        element.set("sf:status", state.tags[0])
    if state.meta:
        element.set("sf:title", safe_text(state.description))
    waits = [each.after for each in state.transitions if each.after is not None]
    delays = [(f"{state.id}.after", delay) for delay in waits]
    entry = [Element(*part) for action in state.entry for part in content(action)]
    entry += [
        Element("send", {"id": name, "event": name, "delay": f"{delay}ms"})
        for name, delay in delays
    ]
    leave = [Element("cancel", {"sendid": name}) for name, _ in delays]
    leave += [Element(*part) for action in state.exit for part in content(action)]
    for name, parts in (("onentry", entry), ("onexit", leave)):
        if parts:
            SubElement(element, name).extend(parts)
    for transition in state.transitions:
        for each in _one_by_one(transition):
            _add_transition(element, state, each)
    for inner in state.states:
        _add_state(element, inner)


def _add_transition(parent: Element, state: State, transition: Transition) -> None:
    attributes = {}
    if transition.after is not None:
        attributes["event"] = f"{state.id}.after"
    elif transition.on:
        attributes["event"] = _event(transition)
    if transition.guard is not None:
        attributes["cond"] = condition(transition.guard)
    if transition.to is not None:
        attributes["target"] = transition.to
    element = SubElement(parent, "transition", attributes)
    element.extend(Element(*part) for action in transition.actions for part in content(action))


def _one_by_one(transition: Transition) -> Iterator[Transition]:
    """Yield a transition, or one for each fact where several may come at once."""
    facts = [name for each in transition.actions for name in each.params.get("facts", ())]
    if not facts:
        yield transition
    for name in facts:
        yield Transition(on=f"learn.{name}", actions=(Action("record", {"fact": name}),))


def _event(transition: Transition) -> str:
    guard = transition.guard
    is_about_one = transition.on == "learn" and guard is not None
    return f"learn.{guard.params['fact']}" if is_about_one and guard else transition.on

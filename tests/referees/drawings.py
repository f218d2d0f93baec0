"""What mermaid, Graphviz and bpmn.io must understand of the drawings of a process."""

from __future__ import annotations

from collections import Counter

from salesflow.graph import draw, to_networkx
from salesflow.graph.draw.words import name_of, one_line
from salesflow.graph.export import to_bpmn
from salesflow.process import Move, Process, Stage, Timer

CLOSED = ("won", "lost")
TITLES = (
    "New Direction tbd",
    "[*] --> end: a",
    "<b>&amp; #35; &quot;</b>",
    "a \"b\" 'c' \\ d\\N",
    "%%{init: {}}%% note `e` **f**",
    "state {{ }} ]]> ; -->",
    "a\u2028b \ufffe \u202e \U0001f600",
)
"""Titles that mean something to one of the programs."""


def titled():
    """Small processes with odd titles for stages and moves."""
    for number, title in enumerate(TITLES):
        yield Process(
            id=f"titled-{number}",
            version="1",
            title=title,
            stages=[
                Stage(id="end", title=title),
                Stage(id="state", title=f"{title} b"),
                Stage(id="note", title=f"c {title}", kind="won"),
                Stage(id="direction", kind="lost"),
            ],
            moves=[Move(from_stage="end", to_stage="state", title=title)],
            timers=[Timer(id="class", since="stage", after="5 hours", move_to="direction")],
        )


def drawings(process):
    """The texts that the other programs read."""
    return {
        "mermaid": draw(process, format="mermaid").text,
        "dot": draw(process, format="dot").text,
        "bpmn": to_bpmn(process).text,
    }


def differences(process, said):
    """Yield where what was understood is not the graph."""
    graph = to_networkx(process)
    yield from _mermaid(process, graph, said["mermaid"])
    yield from _dot(graph, said["dot"])
    yield from _bpmn(graph, said["bpmn"])


def _mermaid(process, graph, said):
    names = {f"s_{stage.id}": name_of(stage) for stage in process.stages}
    seen = {name: label for name, label in said["nodes"] if name.startswith("s_")}
    if seen != names:
        yield f"mermaid names {seen}, the process {names}"
    wanted = Counter(
        (f"s_{start}", f"s_{end}", _label(process, edge))
        for start, end, edge in graph.edges(data=True)
        if edge["acts"]
    )
    first = next(iter(graph.nodes))
    wanted["root_start", f"s_{first}", ""] += 1
    for stage, kind in graph.nodes(data="kind"):
        if kind in CLOSED:
            wanted[f"s_{stage}", "root_end", ""] += 1
    found = Counter((start, end, label.strip()) for start, end, label in said["edges"])
    for edge in sorted((wanted - found) + (found - wanted)):
        yield f"mermaid: {edge} {wanted[edge]} times in the graph, {found[edge]} times read"


def _label(process, edge):
    """What stands at an arrow, said anew from the graph."""
    if edge["kind"] != "timer":
        return one_line(edge["title"]) or ("" if edge["kind"] == "forward" else edge["kind"])
    timer = next(each for each in process.timers if each.id == edge["rules"][0])
    name = timer.id.replace("_", " ").capitalize()
    if timer.after is not None:
        return f"{name}, {timer.after}"
    return f"{name}, {timer.before} before" if timer.before is not None else name


def _dot(graph, said):
    """DOT says in words what follows from the order of the stages, and draws the rest."""
    if "error" in said:
        yield f"Graphviz: {said['error']}"
        return
    if sorted(said["nodes"]) != sorted(graph.nodes):
        yield f"Graphviz has the nodes {sorted(said['nodes'])}, the graph {sorted(graph.nodes)}"
    found = {tuple(edge) for edge in said["edges"]}
    for edge in sorted(found - set(graph.edges())):
        yield f"Graphviz: {edge} is no move"
    kinds = {(start, end): edge["kind"] for start, end, edge in graph.edges(data=True)}
    alive = {stage for stage, kind in graph.nodes(data="kind") if kind == "open"}
    for (start, end), kind in kinds.items():
        if kind in {"forward", "out"} and start in alive and (start, end) not in found:
            yield f"Graphviz: {kind} move {start, end} is missing"


def _bpmn(graph, said):
    for warning in said["warnings"]:
        yield f"bpmn.io: {warning}"
    for name in said["undrawn"]:
        yield f"bpmn.io: {name} has no shape"
    tasks = {"open": "bpmn:UserTask", "parked": "bpmn:UserTask"}
    wanted = {
        f"stage-{s}": tasks.get(kind, "bpmn:EndEvent") for s, kind in graph.nodes(data="kind")
    }
    seen = {name: kind for name, kind in said["steps"] if name.startswith("stage-")}
    if seen != wanted:
        yield f"bpmn.io has the stages {seen}, the process {wanted}"
    by_hand = {(a, b) for a, b, kind in graph.edges(data="kind") if kind != "timer"}
    moves = set()
    for start, end in said["flows"]:
        origin = start.removeprefix("after-").removeprefix("stage-")
        if origin in graph and end.startswith("stage-"):
            moves.add((origin, end.removeprefix("stage-")))
    for move in sorted(moves ^ by_hand):
        yield f"bpmn.io: move {move} is in one of diagram and process only"

"""
A process as DOT text, for Graphviz and other programs that lay out graphs.

It shows what the other drawings show: moves back and from parking that follow from the order of the
stages are described instead of drawn, and so are timers where somebody may make the same move.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from salesflow.graph.build import TIMER
from salesflow.graph.draw.boxes import Highlight
from salesflow.graph.draw.plan import Plan, plan
from salesflow.graph.draw.style import DARK, LIGHT, Theme
from salesflow.graph.draw.words import (
    RuleWords,
    Sort,
    back_from_parking,
    heading_of,
    name_of,
    one_line,
    rule_words,
    share_words,
    stage_words,
)
from salesflow.process.model import Process
from salesflow.process.moves import MoveKind
from salesflow.process.parts import Stage, StageKind

_STYLES = {
    StageKind.OPEN: "rounded,filled",
    StageKind.WON: "filled",
    StageKind.LOST: "diagonals,filled",
    StageKind.PARKED: "rounded,dashed,filled",
}
_SIGNS = {Sort.GAP: "☎", Sort.TIMER: "◷", Sort.PLAY: "▸"}
# Only forward moves influence the layout, so that the stages are in the order of the sale.
_LINES = {
    MoveKind.FORWARD: {"weight": "9"},
    MoveKind.BACK: {"style": "dashed", "constraint": "false"},
    MoveKind.OUT: {"weight": "0"},
    TIMER: {"style": "dotted", "weight": "0"},
}


def dot_text(process: Process, highlight: Highlight, *, theme: Theme) -> str:
    """
    Return *process* as a directed graph in the DOT language.

    Args:
        process: What to draw.

        highlight: The deals to show in it.

        theme: ``dark``; otherwise it is light, since DOT cannot follow the reader's system.
    """
    writer = _Writer(process, highlight, DARK if theme == "dark" else LIGHT)
    return "\n".join([f"digraph {quoted(process.id)} {{", *writer.lines(), "}", ""])


def quoted(text: str) -> str:
    """Return *text* as a DOT string, in which line breaks are kept."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


class _Writer:
    """Writes one drawing."""

    def __init__(self, process: Process, highlight: Highlight, colours: Mapping[str, str]) -> None:
        self._process = process
        self._highlight = highlight
        self._colours = colours
        self._plan: Plan = plan(process)
        self._rules = rule_words(process)

    def lines(self) -> Iterator[str]:
        """Yield the statements of the graph, one a line."""
        ink, soft, line = (self._colours[name] for name in ("ink", "soft", "line"))
        page, font = self._colours["page"], "sans-serif"
        yield _line(
            "graph",
            rankdir="LR",
            bgcolor=page,
            fontname=font,
            fontcolor=ink,
            label="\n".join(self._title()),
            labelloc="t",
        )
        yield _line(
            "node", shape="box", fontname=font, fontsize="11", fontcolor=ink, margin="0.2,0.08"
        )
        yield _line("edge", color=line, fontname=font, fontsize="9", fontcolor=soft)
        yield from (self._node(stage) for stage in self._process.stages)
        yield from self._edges()

    def _title(self) -> Iterator[str]:
        yield heading_of(self._process)
        for rule in self._rules:
            if rule.everywhere:
                yield self._said(rule, None)
        if self._plan.rail:
            yield "A deal may go back to any earlier open stage"
        if any(stage.kind is StageKind.PARKED for stage in self._process.stages):
            yield back_from_parking(self._process.stages)

    def _node(self, stage: Stage) -> str:
        tally = self._highlight.tallies.get(stage.id)
        is_here = stage.id == self._highlight.position
        own = (rule for rule in self._rules if not rule.everywhere and stage.id in rule.stages)
        label = [
            name_of(stage),
            stage_words(stage, criteria=self._plan.criteria[stage.id]),
            tally.short if tally else "",
            "the deal is here" if is_here else "",
            *(self._said(rule, stage.id) for rule in own),
        ]
        return _line(
            quoted(stage.id),
            label="\n".join(line for line in label if line),
            style=_STYLES[stage.kind],
            peripheries="2" if stage.kind is StageKind.WON else "1",
            fillcolor=self._colours[stage.kind],
            color=self._colours["here" if is_here else f"{stage.kind}-edge"],
            penwidth="3" if is_here else "1",
        )

    def _said(self, rule: RuleWords, stage: str | None) -> str:
        used = self._highlight.share(rule, stage)
        share = "" if used is None else f" [{share_words(used)}]"
        return f"{_SIGNS[rule.sort]} {rule.brief}{share}"

    def _edges(self) -> Iterator[str]:
        for start, step in self._plan.steps.items():
            yield self._edge(start, step.to_stage, str(MoveKind.FORWARD), one_line(step.title))
        for arc in self._plan.arcs:
            yield self._edge(arc.from_stage, arc.to_stage, arc.kind, arc.label)
        for bus in self._plan.buses:
            for start, end in itertools.product(bus.sources, bus.targets):
                yield self._edge(start, end, bus.kind, "")

    def _edge(self, start: str, end: str, kind: str, label: str) -> str:
        colour = {"color": self._colours["open-edge"]} if kind == MoveKind.FORWARD else {}
        return _line(f"{quoted(start)} -> {quoted(end)}", label=label, **_LINES[kind], **colour)


def _line(what: str, **attributes: str) -> str:
    said = ", ".join(f"{name}={quoted(value)}" for name, value in attributes.items() if value)
    return f"  {what} [{said}];"

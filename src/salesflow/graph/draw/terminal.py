"""A process as text for a terminal: the spine from top to bottom, everything else beside it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import attrs

from salesflow.graph.build import TIMER
from salesflow.graph.draw.boxes import Highlight
from salesflow.graph.draw.plan import Arc, Plan, plan
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
    titles,
)
from salesflow.process.model import Process
from salesflow.process.moves import MoveKind
from salesflow.process.parts import Stage, StageKind


@attrs.frozen(kw_only=True)
class _Signs:
    """The characters of a drawing."""

    kinds: dict[StageKind, str]
    bar: str
    down: str
    skip: str
    back: str
    out: str
    sorts: dict[Sort, str]
    here: str
    arrow: str
    dot: str


_UNICODE = _Signs(
    kinds={
        StageKind.OPEN: "○",
        StageKind.WON: "◆",
        StageKind.LOST: "✕",
        StageKind.PARKED: "‖",
    },
    bar="│",
    down="▼",
    skip="↳",
    back="↰",
    out="→",
    sorts={Sort.GAP: "☎", Sort.TIMER: "◷", Sort.PLAY: "▸"},
    here="◀ the deal is here",
    arrow="→",
    dot=" · ",
)
_ASCII = _Signs(
    kinds={
        StageKind.OPEN: "o",
        StageKind.WON: "*",
        StageKind.LOST: "x",
        StageKind.PARKED: "=",
    },
    bar="|",
    down="v",
    skip="+->",
    back="<-+",
    out="->",
    sorts={Sort.GAP: "@", Sort.TIMER: "%", Sort.PLAY: ">"},
    here="<== the deal is here",
    arrow="->",
    dot=", ",
)


def terminal_text(process: Process, highlight: Highlight, *, ascii_only: bool) -> str:
    """
    Return *process* as lines of text.

    Args:
        process: What to draw.

        highlight: The deal to show in it.

        ascii_only: Whether to draw with ASCII characters only; titles stay as they are.
    """
    writer = _Writer(process, highlight, _ASCII if ascii_only else _UNICODE)
    return "\n".join(line.rstrip() for line in writer.lines()) + "\n"


class _Writer:
    """Writes one drawing."""

    def __init__(self, process: Process, highlight: Highlight, signs: _Signs) -> None:
        self._process = process
        self._highlight = highlight
        self._signs = signs
        self._plan: Plan = plan(process)
        self._rules = rule_words(process)
        self._names = titles(process)
        self._room = max(_columns(name_of(stage)) for stage in process.stages) + 2

    def lines(self) -> Iterator[str]:
        """Yield the drawing line by line."""
        process = self._process
        yield f"{heading_of(process)}  ({one_line(f'{process.id} {process.version}')})"
        yield ""
        for place, stage in enumerate(self._plan.spine):
            yield from self._stage(stage)
            if place + 1 < len(self._plan.spine):
                yield f"  {self._signs.down if stage.id in self._plan.steps else ''}"
        yield from self._ways()
        everywhere = [rule for rule in self._rules if rule.everywhere]
        if everywhere:
            yield ""
            yield "  In every open stage:"
            yield from (self._rule(rule, None) for rule in everywhere)
        if self._plan.aside:
            yield ""
            for stage in self._plan.aside:
                yield from self._stage(stage)

    def _stage(self, stage: Stage) -> Iterator[str]:
        meta = stage_words(stage, criteria=self._plan.criteria[stage.id])
        meta = meta.replace(" · ", self._signs.dot)
        here = stage.id == self._highlight.position
        tally = self._highlight.tallies.get(stage.id)
        said = self._signs.dot.join(part for part in (meta, tally.short if tally else "") if part)
        blanks = " " * (self._room - _columns(name_of(stage)))
        head = f"  {self._signs.kinds[stage.kind]} {name_of(stage)}{blanks}{said}"
        yield f"{head}   {self._signs.here}" if here else head
        if stage.kind is StageKind.PARKED:
            yield f"      {back_from_parking(self._plan.aside)}."
        lines = [f"{self._signs.skip} {self._to(arc)}" for arc in self._from(stage, back=False)]
        lines += [f"{self._signs.back} {self._to(arc)}" for arc in self._from(stage, back=True)]
        bar = self._signs.bar if stage.id in self._plan.steps else " "
        yield from (f"  {bar}   {line}" for line in lines)
        for rule in self._rules:
            if not rule.everywhere and stage.id in rule.stages:
                yield f"  {bar}{self._rule(rule, stage.id)[3:]}"

    def _from(self, stage: Stage, *, back: bool) -> list[Arc]:
        return [
            arc
            for arc in self._plan.arcs
            # Their rules say what timers do.
            if arc.from_stage == stage.id
            and arc.kind != TIMER
            and (arc.kind == MoveKind.BACK) is back
        ]

    def _to(self, arc: Arc) -> str:
        title = f": {arc.label}" if arc.label else ""
        return f"{self._names[arc.to_stage]}{title}"

    def _rule(self, rule: RuleWords, stage: str | None) -> str:
        sign = self._signs.sorts[rule.sort]
        used = self._highlight.share(rule, stage)
        said = rule.long.replace("→", self._signs.arrow)
        return f"      {sign} {said}" + ("" if used is None else f"  [{share_words(used)}]")

    def _ways(self) -> Iterator[str]:
        lines = []
        if self._plan.rail:
            lines.append(f"{self._signs.back} back to any earlier open stage")
        for bus in self._plan.buses:
            sources = ", ".join(self._names[stage] for stage in bus.sources)
            targets = ", ".join(self._names[stage] for stage in bus.targets)
            start = bus.label if bus.label.startswith("from") else f"from {sources}"
            if bus.kind != TIMER:
                lines.append(f"{self._signs.out} {start}: {targets}")
        if lines:
            yield ""
            yield from (f"  {line}" for line in lines)


def _columns(text: str) -> int:
    """Return the columns that *text* takes: two for an ideograph, none for an accent."""
    return sum(
        0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "FW")
        for char in text
    )

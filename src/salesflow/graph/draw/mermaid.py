"""
A process as a Mermaid state diagram.

Mermaid silently misreads raw names (a stage called ``1st Meeting`` becomes another one), so every
stage has a safe id, and its name is a label with everything escaped that Mermaid might interpret.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from salesflow.english import readable
from salesflow.graph.build import timer_moves
from salesflow.graph.draw.boxes import Highlight
from salesflow.graph.draw.words import heading_of, name_of, one_line
from salesflow.process.model import Process
from salesflow.process.moves import MoveKind, expand_moves
from salesflow.process.parts import StageKind

_PLAIN = frozenset(" .,-_+/'")
# Wherever this stands in a line, Mermaid takes all of the line for the direction of the drawing.
_DIRECTION = re.compile(r"(?<=direction) ", re.IGNORECASE)
_CLASSES = (
    "classDef won stroke:#2e7d4f,stroke-width:3px",
    "classDef lost stroke:#a8553f,stroke-width:2px",
    "classDef parked stroke:#8a7430,stroke-dasharray:5 3",
    "classDef here stroke:#1d4ed8,stroke-width:4px",
)


def mermaid_text(process: Process, highlight: Highlight) -> str:
    """
    Return *process* as a Mermaid state diagram.

    Args:
        process: What to draw; each of its moves by hand and by time is one arrow; a timer that only
            warns moves nothing.

        highlight: The stage to emphasise, and the deals in the stages.
    """
    return "\n".join(
        (
            "---",
            f"title: {_title(heading_of(process))}",
            "---",
            "stateDiagram-v2",
            *(f"    {line}" for line in _lines(process, highlight)),
            "",
        )
    )


def escaped(text: str) -> str:
    """Return *text* with everything but letters, digits and harmless signs as numbers."""
    numbered = (c if c.isalnum() or c in _PLAIN else f"#{ord(c)};" for c in text)
    return _DIRECTION.sub("#32;", "".join(numbered))


def safe_id(stage: str) -> str:
    """Return an id that is not a Mermaid keyword."""
    return f"s_{stage}"


def _title(text: str) -> str:
    """Return *text* as a YAML string; there Mermaid decodes no numbers, and reads HTML."""
    plain = one_line(text.replace("&", " and ").translate({ord("<"): " ", ord(">"): " "}))
    return json.dumps(plain, ensure_ascii=False)


def _lines(process: Process, highlight: Highlight) -> Iterator[str]:
    yield "direction LR"
    for stage in process.stages:
        tally = highlight.tallies.get(stage.id)
        label = escaped(name_of(stage)) + (f"<br>{escaped(tally.short)}" if tally else "")
        yield f'state "{label}" as {safe_id(stage.id)}'
    yield f"[*] --> {safe_id(process.stages[0].id)}"
    for move in expand_moves(process):
        plain = "" if move.kind is MoveKind.FORWARD else str(move.kind)
        yield _arrow(move.from_stage, move.to_stage, move.title or plain)
    for step in timer_moves(process):
        if not step.acts:
            continue
        span = step.timer.after or step.timer.before
        after = "" if span is None else f", {span}{'' if step.timer.after else ' before'}"
        yield _arrow(step.from_stage, step.to_stage, f"{readable(step.timer.id)}{after}")
    for stage in process.stages:
        if stage.kind.is_closed:
            yield f"{safe_id(stage.id)} --> [*]"
    yield from _CLASSES
    for stage in process.stages:
        if stage.id == highlight.position:
            yield f"class {safe_id(stage.id)} here"
        elif stage.kind is not StageKind.OPEN:
            yield f"class {safe_id(stage.id)} {stage.kind}"


def _arrow(start: str, end: str, label: str) -> str:
    said = escaped(one_line(label))
    says = f": {said}" if said else ""
    return f"{safe_id(start)} --> {safe_id(end)}{says}"

"""
Where everything goes: the spine from left to right, moves back above it, ways out below.

A long spine wraps like text. Between two rows, from top to bottom: the buses of the upper row, the
step to the next row, the arcs of the lower row.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import attrs

from salesflow.graph.draw.arcs import arc_lines, rail_lines, room_above, step_lines
from salesflow.graph.draw.boxes import (
    BADGE_HEIGHT,
    BADGE_ICON,
    BADGE_SIZE,
    MARGIN,
    META_SIZE,
    Highlight,
    box,
    strip,
)
from salesflow.graph.draw.buses import bus_lines, room_below
from salesflow.graph.draw.frame import Frame, frame
from salesflow.graph.draw.metrics import shorten, text_width
from salesflow.graph.draw.plan import plan
from salesflow.graph.draw.shapes import Badge, Box, Label, Layout, Line
from salesflow.graph.draw.words import RuleWords, heading_of, one_line, rule_words
from salesflow.process.model import Process

HEADING_SIZE = 18
BADGES_HEADING = "In every open stage:"
_BETWEEN_ROWS = 20
_ABOVE_ASIDE = 30


def lay_out(process: Process, highlight: Highlight, width: float) -> Layout:
    """
    Return a drawing of *process* with a place for everything.

    Args:
        process: What is drawn.

        highlight: The deal to show in it.

        width: The approximate width in pixels; wider if its stages need it.
    """
    rules = rule_words(process)
    own = {
        stage.id: [rule for rule in rules if not rule.everywhere and stage.id in rule.stages]
        for stage in process.stages
    }
    spine = frame(plan(process), own, width)
    right = max(spine.right, min(width - MARGIN, _heading_width(process, rules) + MARGIN))
    badges = _top_badges(rules, highlight, right)
    top = 62 + (badges[-1].y + BADGE_HEIGHT - 62 + 16 if badges else 0)
    boxes, bottoms, between, height = _stack(spine, own, highlight, top)
    parts = (
        *rail_lines(spine, boxes),
        *bus_lines(spine, boxes, bottoms),
        *arc_lines(spine, boxes),
        *step_lines(spine, boxes, between),
    )
    return Layout(
        width=right + MARGIN,
        height=height,
        heading=shorten(heading_of(process), right - MARGIN, HEADING_SIZE, bold=True),
        subheading=shorten(one_line(f"{process.id} {process.version}"), right - MARGIN, META_SIZE),
        badges=badges,
        badges_heading=BADGES_HEADING if badges else "",
        badges_y=badges[0].y + 14 if badges else 0,
        boxes=tuple(boxes[stage.id] for stage in (*spine.plan.spine, *spine.plan.aside)),
        lines=tuple(part for part in parts if isinstance(part, Line)),
        labels=tuple(part for part in parts if isinstance(part, Label)),
    )


def _heading_width(process: Process, rules: Sequence[RuleWords]) -> int:
    """Return the width that the texts at the top would like; the rules may be in several rows."""
    heading = text_width(heading_of(process), HEADING_SIZE, bold=True)
    before = text_width(BADGES_HEADING, META_SIZE) + 2 * BADGE_ICON
    badges = [text_width(rule.brief, BADGE_SIZE) + before for rule in rules if rule.everywhere]
    return math.ceil(max([heading, *badges]))


def _top_badges(
    rules: Sequence[RuleWords], highlight: Highlight, right: float
) -> tuple[Badge, ...]:
    everywhere = [rule for rule in rules if rule.everywhere]
    left = MARGIN + text_width(BADGES_HEADING, META_SIZE) + 8
    return strip(everywhere, highlight, at=(left, 66), right=right)


def _stack(
    spine: Frame, own: Mapping[str, Sequence[RuleWords]], highlight: Highlight, top: float
) -> tuple[dict[str, Box], list[float], list[float], float]:
    """Return the boxes, the y below each row, the y between rows, and the total height."""
    boxes: dict[str, Box] = {}
    bottoms: list[float] = []
    between: list[float] = []
    y = top
    for row in range(spine.grid.rows):
        y += room_above(spine, row)
        fresh = [
            box(
                stage,
                spine.plan,
                own[stage.id],
                highlight,
                at=(spine.places[stage.id].x, y),
                width=spine.grid.box_width,
            )
            for stage in spine.plan.spine
            if spine.places[stage.id].row == row
        ]
        boxes.update(_same_height(fresh))
        bottoms.append(y + max(each.height for each in fresh))
        between.append(bottoms[-1] + room_below(spine, row) + _BETWEEN_ROWS)
        y = between[-1] + _BETWEEN_ROWS / 2
    y = between[-1] + _ABOVE_ASIDE - _BETWEEN_ROWS
    aside = _aside(spine, own, highlight, y)
    boxes.update(aside)
    lowest = max(each.bottom for each in aside.values()) if aside else bottoms[-1]
    return boxes, bottoms, between, lowest + MARGIN


def _aside(
    spine: Frame, own: Mapping[str, Sequence[RuleWords]], highlight: Highlight, y: float
) -> dict[str, Box]:
    first = (spine.grid.columns - len(spine.plan.aside)) / 2
    return _same_height(
        [
            box(
                stage,
                spine.plan,
                own[stage.id],
                highlight,
                at=(spine.grid.x(first + place), y),
                width=spine.grid.box_width,
            )
            for place, stage in enumerate(spine.plan.aside)
        ]
    )


def _same_height(boxes: Sequence[Box]) -> dict[str, Box]:
    height = max((each.height for each in boxes), default=0)
    return {each.stage.id: attrs.evolve(each, height=height) for each in boxes}

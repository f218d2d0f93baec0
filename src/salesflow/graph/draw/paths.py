"""The outlines, signs and icons of a drawing as SVG paths."""

from __future__ import annotations

import math

from salesflow.graph.draw.shapes import Badge, Box, Line, Point
from salesflow.graph.draw.words import Sort
from salesflow.process.parts import StageKind

_CORNER = 7.0
_TIP, _TIP_HALF = 8.0, 4.0
_CUT = 12.0
_MARK = 9.5
_STROKES: dict[StageKind, tuple[tuple[Point, ...], ...]] = {
    StageKind.WON: (((-4, 0), (-1, 3.2), (4.2, -3)),),
    StageKind.LOST: (((-3, -3), (3, 3)), ((3, -3), (-3, 3))),
    StageKind.PARKED: (((-2.2, -3.4), (-2.2, 3.4)), ((2.2, -3.4), (2.2, 3.4))),
}
"""The strokes of each sign, from the middle of its disc."""


def outline(box: Box) -> list[str]:
    """Return the outline of a stage; each kind has its own, so that colours are not needed."""
    x, y, width, height = box.x, box.y, box.width, box.height
    if box.stage.kind is StageKind.LOST:
        return [f'<path class="sf-box" d="{_cut_corners(x, y, width, height)}"/>']
    radius = 18 if box.stage.kind is StageKind.PARKED else 8
    shapes = [_rect("sf-box", x, y, width, height, radius)]
    if box.stage.kind is StageKind.WON:
        shapes.append(_rect("sf-inner", x + 4, y + 4, width - 8, height - 8, 5))
    return shapes


def sign(box: Box) -> list[str]:
    """Return the mark on the upper edge of a stage: a disc with a tick, a cross or a pause."""
    x, y = box.x + 18, box.y
    parts = [f'<circle class="sf-mark" cx="{px(x)}" cy="{px(y)}" r="{_MARK}"/>']
    strokes = _STROKES.get(box.stage.kind, ())
    if strokes:
        path = "".join(
            f"{'L' if place else 'M'}{_p((x + dx, y + dy))}"
            for stroke in strokes
            for place, (dx, dy) in enumerate(stroke)
        )
        parts.append(f'<path class="sf-sign" d="{path}"/>')
    return parts


def icon(badge: Badge) -> str:
    """Return the icon of a badge: a speech bubble for a gap, a clock for a timer, a flag."""
    x, y = badge.x + 11, badge.y + 10
    if badge.rule.sort is Sort.TIMER:
        hands = f"M{px(x)} {px(y - 3)}V{px(y)}L{px(x + 2.4)} {px(y + 1.4)}"
        ring = f'<circle class="sf-icon" cx="{px(x)}" cy="{px(y)}" r="5.3"/>'
        return f'{ring}<path class="sf-icon" d="{hands}"/>'
    flag = f"M{px(x - 3.5)} {px(y + 5.5)}v-10.5h8l-2 3l2 3h-8"
    bubble = (
        f"M{px(x - 4)} {px(y - 5)}h8a2 2 0 0 1 2 2v4a2 2 0 0 1 -2 2h-4.5l-3 2.6v-2.6h-.5"
        "a2 2 0 0 1 -2 -2v-4a2 2 0 0 1 2 -2z"
    )
    return f'<path class="sf-icon" d="{flag if badge.rule.sort is Sort.PLAY else bubble}"/>'


def line_path(line: Line) -> str:
    """Return a line with round corners; it ends where its arrowhead starts."""
    points = list(line.points)
    if line.arrow:
        points[-1] = _toward(points[-1], points[-2], _TIP - 1)
    path = f"M{_p(points[0])}"
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        reach = min(_CORNER, math.dist(before, corner) / 2, math.dist(corner, after) / 2)
        start, end = _toward(corner, before, reach), _toward(corner, after, reach)
        path += f"L{_p(start)}Q{_p(corner)} {_p(end)}"
    return f"{path}L{_p(points[-1])}"


def tip(line: Line) -> str:
    """Return the arrowhead at the end of a line."""
    (x, y), before = line.points[-1], line.points[-2]
    base = _toward((x, y), before, _TIP)
    along = ((x - base[0]) / _TIP, (y - base[1]) / _TIP)
    side = (-along[1] * _TIP_HALF, along[0] * _TIP_HALF)
    left = (base[0] + side[0], base[1] + side[1])
    right = (base[0] - side[0], base[1] - side[1])
    return f"M{_p((x, y))}L{_p(left)}L{_p(right)}z"


def _toward(start: Point, end: Point, distance: float) -> Point:
    length = math.dist(start, end)
    if length == 0:
        return start
    share = distance / length
    return (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)


def _cut_corners(x: float, y: float, width: float, height: float) -> str:
    right, low = x + width, y + height
    corners: list[Point] = [
        (x + _CUT, y),
        (right - _CUT, y),
        (right, y + _CUT),
        (right, low - _CUT),
        (right - _CUT, low),
        (x + _CUT, low),
        (x, low - _CUT),
        (x, y + _CUT),
    ]
    return "".join(f"{'L' if n else 'M'}{_p(point)}" for n, point in enumerate(corners)) + "z"


def _rect(  # noqa: PLR0917 - in the order of SVG
    kind: str, x: float, y: float, width: float, height: float, radius: float
) -> str:
    size = f'width="{px(width)}" height="{px(height)}" rx="{radius:g}"'
    return f'<rect class="{kind}" x="{px(x)}" y="{px(y)}" {size}/>'


def _p(point: Point) -> str:
    return f"{px(point[0])} {px(point[1])}"


def px(value: float) -> str:
    """Return a length with at most one digit after the point."""
    return f"{value:.1f}".removesuffix(".0")

"""Lines along the spine: steps to the next stage, arcs above, the rail back."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence

from salesflow.graph.draw.boxes import LABEL_SIZE
from salesflow.graph.draw.frame import Frame, rail_lane
from salesflow.graph.draw.metrics import shorten, text_width
from salesflow.graph.draw.plan import Arc
from salesflow.graph.draw.routes import TRACK, across
from salesflow.graph.draw.shapes import Box, Label, Line
from salesflow.graph.draw.words import name_of, one_line
from salesflow.process.moves import MoveKind

_RAIL = 24
_FIRST_TRACK = 22
_NARROW = 24
_RAIL_LABEL = "← to any earlier stage"


def room_above(frame: Frame, row: int) -> float:
    """Return how much room the lines above *row* take."""
    on_rail = any(frame.places[stage].row == row for stage in frame.plan.rail)
    count = frame.count_tracks(row)
    room = (_RAIL if on_rail else 0) + (_FIRST_TRACK + TRACK * (count - 1) if count else 0)
    return room + (10 if room else 12)


def step_lines(frame: Frame, boxes: Mapping[str, Box], between: Sequence[float]) -> Iterator[Line]:
    """
    Yield the steps from one stage of the spine to the next.

    Args:
        frame: The spine.

        boxes: The stages.

        between: For each row but the last, the y at which its step to the next row runs.
    """
    for stage, after in itertools.pairwise(frame.plan.spine):
        move = frame.plan.steps.get(stage.id)
        if move is None:
            continue
        start, end = boxes[stage.id], boxes[after.id]
        y, x = start.y + start.height / 2, start.x + start.width
        points = [(x, y), (end.x, y)]
        row = frame.places[stage.id].row
        if frame.places[after.id].row != row:
            right, left, low = frame.right_lane(-1), frame.left_lane(-1), between[row]
            end_y = end.y + end.height / 2
            points = [(x, y), (right, y), (right, low), (left, low), (left, end_y), (end.x, end_y)]
        yield Line(
            points=tuple(points),
            kind=str(MoveKind.FORWARD),
            says=_says(one_line(move.title), name_of(stage), name_of(after)),
        )


def arc_lines(frame: Frame, boxes: Mapping[str, Box]) -> Iterator[Line | Label]:
    """Yield the moves that are drawn individually, and their titles."""
    for number, arc in enumerate(frame.plan.arcs):
        start, end = boxes[arc.from_stage], boxes[arc.to_stage]
        points = [(frame.ports[arc.from_stage, number], start.y)]
        first, last = (_track_y(frame, number, box) for box in (start, end))
        points.append((points[0][0], first))
        if across(arc, frame.places):
            lane = frame.lane_x(number)
            points += [(lane, first), (lane, last)]
        port = frame.ports[arc.to_stage, number]
        points += [(port, last), (port, end.y)]
        says = _says(arc.label, name_of(start.stage), name_of(end.stage))
        yield Line(points=tuple(points), kind=arc.kind, says=says)
        yield from _arc_label(frame, number, arc, (first, last))


def _arc_label(frame: Frame, number: int, arc: Arc, ys: tuple[float, float]) -> Iterator[Label]:
    if not arc.label:
        return
    rows = [frame.places[stage].row for stage in (arc.from_stage, arc.to_stage)]
    found: list[Label] = []
    for row, y in zip(rows, ys, strict=True):
        run = next(run for run in frame.runs if (run.arc, run.row) == (number, row))
        ends = max(run.start, frame.grid.left), min(run.end, frame.grid.right)
        crossing = [
            x
            for (stage, other), x in frame.ports.items()
            if other not in (number, -1) and frame.places[stage].row == row
        ]
        found += label_between(ends, y, crossing, text=arc.label, kind=arc.kind)
    # Between rows there are two places for it; the better one is where more of it fits.
    yield from sorted(found, key=lambda label: -label.width)[:1]


def rail_lines(frame: Frame, boxes: Mapping[str, Box]) -> Iterator[Line | Label]:
    """Yield the rail that stands for every move back."""
    rail = frame.plan.rail
    kind = str(MoveKind.BACK)
    rows = sorted({frame.places[stage].row for stage in rail})
    ys = {row: boxes[stage].y - _RAIL for stage in rail for row in [frame.places[stage].row]}
    trunk = frame.left_lane(rail_lane(frame))
    says = "Back to any earlier open stage"
    for row in rows:
        touches = [frame.ports[stage, -1] for stage in rail if frame.places[stage].row == row]
        start = trunk if len(rows) > 1 else min(touches)
        yield Line(
            points=((max(touches), ys[row]), (start, ys[row])), kind=kind, arrow=False, says=says
        )
        if row == rows[0]:
            span = (min(touches), max(touches))
            yield from label_between(span, ys[row], touches, text=_RAIL_LABEL, kind=kind)
    for stage in rail:
        x, y = frame.ports[stage, -1], boxes[stage].y
        down = ((x, y - _RAIL), (x, y))
        # The rail only leaves the last stage; it also enters all others.
        is_last = stage == rail[-1]
        yield Line(points=down[::-1] if is_last else down, kind=kind, arrow=not is_last)
    if len(rows) > 1:
        ends = ((trunk, ys[rows[-1]]), (trunk, ys[rows[0]]))
        yield Line(points=ends, kind=kind, arrow=False, says=says)


def label_between(
    ends: tuple[float, float], y: float, crossing: Iterable[float], *, text: str, kind: str
) -> Iterator[Label]:
    """Yield a label for a line between *ends* at *y*, where nothing that is *crossing* meets it."""
    start, end = ends
    inside = sorted({start, end, *(x for x in crossing if start < x < end)})
    gaps = [(b - a, a) for a, b in itertools.pairwise(inside)]
    wanted = text_width(text, LABEL_SIZE) + 10
    fitting = [gap for gap in gaps if gap[0] >= wanted + 8]
    # The first that fits, so that labels of one drawing line up; otherwise the widest.
    room, left = fitting[0] if fitting else max(gaps, default=(0.0, start))
    shown = shorten(text, room - 16, LABEL_SIZE)
    width = text_width(shown, LABEL_SIZE) + 8
    if room > _NARROW and shown != "…":
        yield Label(x=left + room / 2, y=y, text=shown, width=width, kind=kind)


def _track_y(frame: Frame, number: int, box: Box) -> float:
    row = frame.places[box.stage.id].row
    on_rail = any(frame.places[stage].row == row for stage in frame.plan.rail)
    track = frame.tracks[number, row]
    return box.y - (_RAIL if on_rail else 0) - _FIRST_TRACK - TRACK * track


def _says(title: str, start: str, end: str) -> str:
    return f"{title}: {start} to {end}" if title else f"{start} to {end}"

"""Lines below the spine: from many stages to the lost and parked ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from salesflow.graph.draw.arcs import label_between
from salesflow.graph.draw.frame import Frame, bus_lane
from salesflow.graph.draw.plan import Bus
from salesflow.graph.draw.shapes import Box, Label, Line
from salesflow.graph.draw.words import name_of

BUS = 14
"""Pixels between two buses."""
_FIRST = 18
_PORT = 14


def room_below(frame: Frame, row: int) -> float:
    """Return how much room the buses below *row* take."""
    buses = frame.plan.buses
    last = row == frame.grid.rows - 1
    used = [n for n, bus in enumerate(buses) if last or _in_row(frame, bus, row)]
    return _FIRST + BUS * max(used) if used else 0


def bus_lines(
    frame: Frame, boxes: Mapping[str, Box], bottoms: Sequence[float]
) -> Iterator[Line | Label]:
    """
    Yield the buses.

    Args:
        frame: The spine.

        boxes: The stages, including the lost and parked ones.

        bottoms: The y below each row of the spine.
    """
    for number, bus in enumerate(frame.plan.buses):
        yield from _bus(frame, boxes, bottoms, number, bus)


def _bus(
    frame: Frame, boxes: Mapping[str, Box], bottoms: Sequence[float], number: int, bus: Bus
) -> Iterator[Line | Label]:
    last = frame.grid.rows - 1
    trunk = frame.left_lane(bus_lane(frame, number))
    rows = [row for row in range(frame.grid.rows) if _in_row(frame, bus, row)]
    ys = {row: bottoms[row] + _FIRST + BUS * number for row in (*rows, last)}
    drops = [_drop_x(frame, boxes, stage, number) for stage in bus.targets]
    says = _says(bus, boxes)
    for row in sorted(ys):
        ticks = [_tick_x(frame, boxes, s, number) for s in bus.sources if _row(frame, s) == row]
        joined = ticks + (drops if row == last else []) + ([trunk] if rows != [last] else [])
        start, end = min(joined), max(joined)
        yield _line(bus, (start, ys[row]), (end, ys[row]), says=says)
        for x in ticks:
            below = boxes[_at(frame, bus, row)].bottom
            yield _line(bus, (x, below), (x, ys[row]), dot=len(joined) > 1)
        if bus.label and row == (rows[0] if rows else last):
            crossing = [*joined, *_all_ticks(frame, boxes, row)]
            yield from label_between((start, end), ys[row], crossing, text=bus.label, kind=bus.kind)
    if rows != [last]:
        yield _line(bus, (trunk, ys[rows[0]]), (trunk, ys[last]), says=says)
    for x, stage in zip(drops, bus.targets, strict=True):
        yield _line(bus, (x, ys[last]), (x, boxes[stage].y), arrow=True, says=says)


def _line(
    bus: Bus,
    start: tuple[float, float],
    end: tuple[float, float],
    *,
    arrow: bool = False,
    dot: bool = False,
    says: str = "",
) -> Line:
    return Line(points=(start, end), kind=bus.kind, arrow=arrow, dot=dot, says=says)


def _row(frame: Frame, stage: str) -> int:
    return frame.places[stage].row


def _in_row(frame: Frame, bus: Bus, row: int) -> bool:
    return any(_row(frame, stage) == row for stage in bus.sources)


def _at(frame: Frame, bus: Bus, row: int) -> str:
    return next(stage for stage in bus.sources if _row(frame, stage) == row)


def _tick_x(frame: Frame, boxes: Mapping[str, Box], stage: str, number: int) -> float:
    own = [n for n, bus in enumerate(frame.plan.buses) if stage in bus.sources]
    return boxes[stage].middle + _PORT * (own.index(number) - (len(own) - 1) / 2)


def _drop_x(frame: Frame, boxes: Mapping[str, Box], stage: str, number: int) -> float:
    # Off the middle, so that it is never under the tick of a stage directly above.
    own = [n for n, bus in enumerate(frame.plan.buses) if stage in bus.targets]
    shift = _PORT * (own.index(number) - (len(own) - 1) / 2)
    return boxes[stage].x + boxes[stage].width * 0.75 + shift


def _all_ticks(frame: Frame, boxes: Mapping[str, Box], row: int) -> list[float]:
    return [
        _tick_x(frame, boxes, stage, number)
        for number, bus in enumerate(frame.plan.buses)
        for stage in bus.sources
        if _row(frame, stage) == row
    ]


def _says(bus: Bus, boxes: Mapping[str, Box]) -> str:
    sources = ", ".join(name_of(boxes[stage].stage) for stage in bus.sources)
    targets = ", ".join(name_of(boxes[stage].stage) for stage in bus.targets)
    return f"{sources} to {targets}"

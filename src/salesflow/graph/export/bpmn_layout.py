"""
The layout of a BPMN diagram.

Open stages form a row in the order of the sale, with won ones at its end, parked ones below, and
lost ones below that. Arrows to the next stage are straight, those that go back or further arc
above, each at a height of its own, and those that go out run below.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import attrs

from salesflow.graph.export.bpmn_steps import Diagram, Step, task_id
from salesflow.process.model import Process
from salesflow.process.parts import StageKind

Point = tuple[int, int]

_COLUMN, _LEFT, _ASIDE = 230, 160, 40
_TASK, _GATEWAY, _EVENT = (130, 80), (50, 50), (36, 36)
_LIMIT_STEP, _TOLD_BELOW, _ARC_STEP = 44, 56, 14
_MARGIN, _FIRST_HEIGHT, _PARKED_BELOW, _LOST_BELOW = 40, 60, 260, 420


@attrs.frozen
class Place:
    """
    A box.

    Args:
        x, y: Its upper left corner.

        width, height: Its size.
    """

    x: int
    y: int
    width: int
    height: int

    def moved(self, down: int) -> Place:
        """Return the same box further down."""
        return attrs.evolve(self, y=self.y + down)

    @property
    def middle(self) -> Point:
        """Its centre."""
        return self.x + self.width // 2, self.y + self.height // 2

    @property
    def top(self) -> Point:
        """The middle of its upper side."""
        return self.x + self.width // 2, self.y

    @property
    def bottom(self) -> Point:
        """The middle of its lower side."""
        return self.x + self.width // 2, self.y + self.height

    @property
    def left(self) -> Point:
        """The middle of its left side."""
        return self.x, self.y + self.height // 2

    @property
    def right(self) -> Point:
        """The middle of its right side."""
        return self.x + self.width, self.y + self.height // 2


@attrs.frozen
class Layout:
    """
    Where everything is.

    Args:
        places: The box of each step, by its id.

        routes: The points of each arrow, by its id.
    """

    places: Mapping[str, Place]
    routes: Mapping[str, tuple[Point, ...]]


def lay_out(process: Process, diagram: Diagram) -> Layout:
    """Return where the steps and arrows of a process's diagram are drawn."""
    places = _places(process, diagram.steps)
    heights = itertools.count(-_FIRST_HEIGHT, -_ARC_STEP)
    routes = {
        flow.id: _route(places[flow.start], places[flow.end], heights) for flow in diagram.flows
    }
    down = _MARGIN - min((y for points in routes.values() for _, y in points), default=0)
    return Layout(
        {step.id: places[step.id].moved(down) for step in diagram.steps},
        {name: tuple((x, y + down) for x, y in points) for name, points in routes.items()},
    )


def _places(process: Process, steps: Sequence[Step]) -> dict[str, Place]:
    """Return the box of each step: stages first, then what stands beside or hangs from them."""
    places = {"opened": _centred(_LEFT - 130, 0, _EVENT)}
    columns = _columns(process)
    for stage in process.stages:
        below = {StageKind.PARKED: _PARKED_BELOW, StageKind.LOST: _LOST_BELOW}.get(stage.kind, 0)
        x = _LEFT + _COLUMN * columns[stage.id] + (_ASIDE if below else 0)
        size = _EVENT if stage.kind.is_closed else _TASK
        places[task_id(stage.id)] = _centred(x, below, size)
    hanging = Counter(step.attached_to for step in steps)
    hung: Counter[str | None] = Counter()
    for step in steps:
        if step.tag == "exclusiveGateway":
            task = places[step.id.replace("after-", "stage-", 1)]
            places[step.id] = _centred(task.middle[0] + 115, task.middle[1], _GATEWAY)
        elif step.attached_to is not None:
            task = places[step.attached_to]
            # As close to each other as it takes for all of them to fit.
            apart = min(_LIMIT_STEP, (_TASK[0] - 36) // max(1, hanging[step.attached_to] - 1))
            x, y = task.x + 18 + apart * hung[step.attached_to], task.y + task.height
            hung[step.attached_to] += 1
            places[step.id] = _centred(x, y, _EVENT)
            places[f"{step.id}-told"] = _centred(x, y + _TOLD_BELOW, _EVENT)
    return places


def _columns(process: Process) -> dict[str, int]:
    """Return the column of each stage: counted by itself on the spine and on each rail."""
    taken: Counter[StageKind] = Counter()
    columns = {}
    for stage in process.stages:
        row = StageKind.OPEN if stage.kind is StageKind.WON else stage.kind
        columns[stage.id] = taken[row]
        taken[row] += 1
    return columns


def _centred(x: int, y: int, size: Point) -> Place:
    width, height = size
    return Place(x - width // 2, y - height // 2, width, height)


def _route(start: Place, end: Place, heights: Iterator[int]) -> tuple[Point, ...]:
    same_row = start.middle[1] == end.middle[1]
    if same_row and 0 <= end.x - start.right[0] <= _COLUMN:
        return start.right, end.left
    if not same_row and end.middle[1] > start.middle[1]:
        x, y = start.bottom
        turn = end.top[1] - 24 if abs(x - end.top[0]) else end.top[1]
        return ((x, y), (x, turn), (end.top[0], turn), end.top)
    height = next(heights)
    return (start.top, (start.top[0], height), (end.top[0], height), end.top)

"""
The layout of a BPMN diagram.

Open stages form a row in the order of the sale, with won ones at its end, parked ones below, and
lost ones below that. Arrows to the next stage are straight, those that go back or further arc
above, each at a height of its own, and those that go out run below.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

import attrs

from salesflow.process.model import Process
from salesflow.process.parts import StageKind

Point = tuple[int, int]

_COLUMN, _LEFT, _ASIDE = 230, 160, 40
_TASK, _GATEWAY, _EVENT = (130, 80), (50, 50), (36, 36)
_LIMIT_STEP, _TOLD_BELOW, _ARC_STEP = 44, 56, 14
_MARGIN, _FIRST_HEIGHT, _PARKED_BELOW, _LOST_BELOW = 40, 60, 260, 420


class StepLike(Protocol):
    """A step of the diagram."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def tag(self) -> str:
        """Which element it is."""

    @property
    def attached_to(self) -> str | None:
        """The task on whose boundary it is."""


class FlowLike(Protocol):
    """An arrow of the diagram."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def start(self) -> str:
        """Where it begins."""

    @property
    def end(self) -> str:
        """Where it ends."""


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


def lay_out(process: Process, steps: Iterable[StepLike], flows: Iterable[FlowLike]) -> Layout:
    """Return where the steps and arrows of *process* are drawn."""
    all_steps, all_flows = list(steps), list(flows)
    places: dict[str, Place] = {}
    columns = _columns(process)
    for stage in process.stages:
        below = {StageKind.PARKED: _PARKED_BELOW, StageKind.LOST: _LOST_BELOW}.get(stage.kind, 0)
        is_end = stage.kind in (StageKind.WON, StageKind.LOST)
        x = _LEFT + _COLUMN * columns[stage.id] + (_ASIDE if below else 0)
        places[f"stage-{stage.id}"] = _centred(x, below, _EVENT if is_end else _TASK)
    places["opened"] = _centred(_LEFT - 130, 0, _EVENT)
    hanging: dict[str, int] = {}
    for step in all_steps:
        if step.tag == "exclusiveGateway":
            task = places[step.id.replace("after-", "stage-", 1)]
            places[step.id] = _centred(task.middle[0] + 115, task.middle[1], _GATEWAY)
        elif step.attached_to is not None:
            task = places[step.attached_to]
            number = hanging.get(step.attached_to, 0)
            hanging[step.attached_to] = number + 1
            x = task.x + 18 + _apart(all_steps, step.attached_to) * number
            places[step.id] = _centred(x, task.y + task.height, _EVENT)
            places[f"{step.id}-told"] = _centred(x, task.y + task.height + _TOLD_BELOW, _EVENT)
    routes, heights = {}, itertools.count(-_FIRST_HEIGHT, -_ARC_STEP)
    for flow in all_flows:
        start, end = places[flow.start], places[flow.end]
        routes[flow.id] = _route(start, end, heights)
    down = _MARGIN - min((y for points in routes.values() for _, y in points), default=0)
    return Layout(
        {step.id: places[step.id].moved(down) for step in all_steps},
        {name: tuple((x, y + down) for x, y in points) for name, points in routes.items()},
    )


def _apart(steps: Iterable[StepLike], task: str) -> int:
    """Return how far apart the time limits of a task are, so that all of them fit."""
    count = sum(step.attached_to == task for step in steps)
    return min(_LIMIT_STEP, (_TASK[0] - 36) // max(1, count - 1))


def _columns(process: Process) -> dict[str, int]:
    """Return the column of each stage: counted by itself on the spine and on each rail."""
    counts: dict[bool | StageKind, int] = {}
    columns = {}
    for stage in process.stages:
        on_spine = stage.kind in (StageKind.OPEN, StageKind.WON)
        row: bool | StageKind = True if on_spine else stage.kind
        columns[stage.id] = counts.get(row, 0)
        counts[row] = counts.get(row, 0) + 1
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

"""
The layout of a BPMN diagram.

Open stages form a row in the order of the sale, with won ones at its end, parked ones below, and
lost ones below that. Arrows to the next stage are straight, those that go back or further arc
above their row, each at a height of its own, and those that go out run below. The rows stand a
little apart sideways, so that whatever passes a row passes between its boxes.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping

import attrs

from salesflow.graph.export.bpmn_steps import Diagram, Flow, task_id
from salesflow.process.model import Process
from salesflow.process.parts import StageKind

Point = tuple[int, int]

_COLUMN, _LEFT, _ASIDE = 230, 160, 40
_TASK, _GATEWAY, _EVENT = (130, 80), (50, 50), (36, 36)
_LIMIT_STEP, _TOLD_BELOW, _ARC_STEP = 44, 56, 14
_MARGIN, _FIRST_HEIGHT, _PARKED_BELOW, _LOST_BELOW = 40, 60, 260, 160
_LANE_BELOW, _LANE_BEFORE, _LANE_WITHIN, _TURN = 28, 12, 38, 24
_BELOW_TOLD = _TASK[1] // 2 + _TOLD_BELOW + _EVENT[1] // 2 + 8


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
    plan = _Plan(process, diagram)
    routes = {flow.id: plan.route(flow) for flow in diagram.flows}
    down = _MARGIN - min((y for points in routes.values() for _, y in points), default=0)
    return Layout(
        {step.id: plan.places[step.id].moved(down) for step in diagram.steps},
        {name: tuple((x, y + down) for x, y in points) for name, points in routes.items()},
    )


class _Plan:
    """
    Where everything is, before all of it is moved down.

    Attributes:
        places: The box of each step: stages first, then what stands beside or hangs from them.
    """

    def __init__(self, process: Process, diagram: Diagram) -> None:
        self._rows = _rows(process, diagram)
        self._hosts = {step.id: step.attached_to for step in diagram.steps if step.attached_to}
        arcs = sum(self._is_beside(flow) for flow in diagram.flows)
        parked = _PARKED_BELOW + _ARC_STEP * arcs
        self._below = {
            StageKind.OPEN: 0,
            StageKind.PARKED: parked,
            StageKind.LOST: parked + _LOST_BELOW,
        }
        top = parked - _TASK[1] // 2 - _TURN
        self._over = itertools.count(-_FIRST_HEIGHT, -_ARC_STEP)
        self._beside = itertools.count(top - _ARC_STEP, -_ARC_STEP)
        self.places = {"opened": _centred(_LEFT - 130, 0, _EVENT)}
        self._place_stages(process)
        self._place_steps(diagram)

    def _is_beside(self, flow: Flow) -> bool:
        """Return whether an arrow leads from one parked stage to another."""
        ends = self._rows[flow.start], self._rows[flow.end]
        return ends == (StageKind.PARKED, StageKind.PARKED) and not flow.end.endswith("-told")

    def _place_stages(self, process: Process) -> None:
        hanging = Counter(self._hosts.values())
        columns = _columns(process)
        wider: Counter[int] = Counter()
        for name, column in columns.items():
            room = _EVENT[0] + _LIMIT_STEP * (hanging[task_id(name)] - 1)
            wider[column] = max(wider[column], room - _TASK[0])
        for stage in process.stages:
            column, row = columns[stage.id], self._rows[task_id(stage.id)]
            x = _LEFT + _COLUMN * column + sum(wider[before] for before in range(column))
            x += 0 if row is StageKind.OPEN else _ASIDE
            size = _EVENT if stage.kind.is_closed else _TASK
            box = _centred(x, self._below[row], size)
            more = 0 if stage.kind.is_closed else wider[column]
            self.places[task_id(stage.id)] = attrs.evolve(box, width=box.width + more)

    def _place_steps(self, diagram: Diagram) -> None:
        hung: Counter[str] = Counter()
        for step in diagram.steps:
            if step.tag == "exclusiveGateway":
                x, y = self.places[step.id.replace("after-", "stage-", 1)].right
                self.places[step.id] = _centred(x + 50, y, _GATEWAY)
            elif step.attached_to is not None:
                task = self.places[step.attached_to]
                x, y = task.x + 18 + _LIMIT_STEP * hung[step.attached_to], task.y + task.height
                hung[step.attached_to] += 1
                self.places[step.id] = _centred(x, y, _EVENT)
                self.places[f"{step.id}-told"] = _centred(x, y + _TOLD_BELOW, _EVENT)

    def route(self, flow: Flow) -> tuple[Point, ...]:
        """Return the points of an arrow; ask once for each, because each has its own height."""
        start, end = self.places[flow.start], self.places[flow.end]
        if start.middle[1] == end.middle[1] and 0 <= end.x - start.right[0] <= _COLUMN:
            return start.right, end.left
        if end.middle[1] > start.middle[1]:
            *begin, (x, y) = self._way_down(flow)
            turn = end.top[1] - _TURN if x != end.top[0] else end.top[1]
            return (*begin, (x, y), (x, turn), (end.top[0], turn), end.top)
        *begin, (x, y) = self._way_up(flow)
        height = next(self._beside if self._is_beside(flow) else self._over)
        return (*begin, (x, y), (x, height), (end.top[0], height), end.top)

    def _way_down(self, flow: Flow) -> tuple[Point, ...]:
        """Return the beginning of an arrow, up to where it can go straight down."""
        x, y = self.places[flow.start].bottom
        ends = self._rows[flow.start], self._rows[flow.end]
        if flow.start not in self._hosts or ends != (StageKind.OPEN, StageKind.LOST):
            return ((x, y),)
        task = self.places[self._hosts[flow.start]]
        lane, before = task.bottom[1] + _LANE_BELOW, task.x + _LANE_WITHIN
        return ((x, y), (x, lane), (before, lane)) if x > before else ((x, y),)

    def _way_up(self, flow: Flow) -> tuple[Point, ...]:
        """Return the beginning of an arrow, up to where it can go straight up."""
        if flow.start not in self._hosts:
            return (self.places[flow.start].top,)
        task = self.places[self._hosts[flow.start]]
        x, y = self.places[flow.start].bottom
        lane, before = task.bottom[1] + _LANE_BELOW, task.x - _LANE_BEFORE
        around = ((x, y), (x, lane), (before, lane))
        if self._rows[flow.start] is StageKind.PARKED and not self._is_beside(flow):
            return (*around, (before, _BELOW_TOLD), (before - _ASIDE, _BELOW_TOLD))
        return around


def _rows(process: Process, diagram: Diagram) -> dict[str, StageKind]:
    """Return the row of each step; won stages are in that of the open ones."""
    rows = {"opened": StageKind.OPEN}
    for stage in process.stages:
        row = StageKind.OPEN if stage.kind is StageKind.WON else stage.kind
        rows[task_id(stage.id)] = rows[f"after-{stage.id}"] = row
    for step in diagram.steps:
        if step.attached_to is not None:
            rows[step.id] = rows[f"{step.id}-told"] = rows[step.attached_to]
    return rows


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

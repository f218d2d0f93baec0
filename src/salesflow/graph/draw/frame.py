"""The spine from left to right: columns, ports, tracks and lanes, before any height is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from salesflow.graph.draw.boxes import Grid, grid
from salesflow.graph.draw.plan import Plan
from salesflow.graph.draw.routes import (
    LANE,
    Place,
    Run,
    across,
    lanes,
    leftwards,
    ports,
    tracks,
)
from salesflow.graph.draw.words import RuleWords

BESIDE = 14
"""From the stages to the nearest lane."""


@attrs.frozen(kw_only=True)
class Frame:
    """
    The spine with a place for every line, left to right.

    Args:
        plan: What is drawn.

        grid: The columns.

        places: Row and x of each stage of the spine.

        lanes: The lane of each arc between rows, by its number.

        ports: Where each arc (and -1, the rail) touches each stage: x by (stage, arc).

        runs: The parts of arcs along tracks.

        tracks: The track of each run, by (arc, row).
    """

    plan: Plan
    grid: Grid
    places: Mapping[str, Place]
    lanes: Mapping[int, int]
    ports: Mapping[tuple[str, int], float]
    runs: Sequence[Run]
    tracks: Mapping[tuple[int, int], int]

    def left_lane(self, lane: int) -> float:
        """Return the x of a lane at the left; -1 is the lane of the steps between rows."""
        return self.grid.left - BESIDE - LANE * (lane + 1)

    def right_lane(self, lane: int) -> float:
        """Return the x of a lane at the right; -1 is the lane of the steps between rows."""
        return self.grid.right + BESIDE + LANE * (lane + 1)

    def lane_x(self, number: int) -> float:
        """Return the x of the lane of an arc."""
        lane = self.lanes[number]
        is_left = leftwards(self.plan.arcs[number], self.places)
        return self.left_lane(lane) if is_left else self.right_lane(lane)

    @property
    def right(self) -> float:
        """Where the last of the stages and lanes ends."""
        if self.grid.rows == 1:
            return self.grid.right
        right = [n for n in self.lanes if not leftwards(self.plan.arcs[n], self.places)]
        return self.right_lane(len(right) - 1)

    def count_tracks(self, row: int) -> int:
        """Return how many tracks are used above *row*."""
        return max((t + 1 for (_, at), t in self.tracks.items() if at == row), default=0)


def frame(plan: Plan, own: Mapping[str, Sequence[RuleWords]], width: float) -> Frame:
    """Return the spine of a drawing that is about *width* pixels wide."""
    sides = (0.0, 0.0)
    columns, places, wanted = _columns(plan, own, width, sides)
    while wanted[0] > sides[0] or wanted[1] > sides[1]:
        # More room at the sides may need more rows, and these more lanes; it ends with one for
        # each line.
        sides = (max(wanted[0], sides[0]), max(wanted[1], sides[1]))
        columns, places, wanted = _columns(plan, own, width, sides)
    given = {
        **lanes(plan.arcs, places, left=True),
        **lanes(plan.arcs, places, left=False),
    }
    bare = Frame(
        plan=plan,
        grid=columns,
        places=places,
        lanes=given,
        ports=ports(plan.arcs, places, columns.box_width, plan.rail),
        runs=(),
        tracks={},
    )
    runs = tuple(run for number in range(len(plan.arcs)) for run in _runs(bare, number))
    return attrs.evolve(bare, runs=runs, tracks=tracks(runs))


def rail_lane(frame: Frame) -> int:
    """Return the lane at the left that joins the rows of the rail."""
    return sum(leftwards(frame.plan.arcs[number], frame.places) for number in frame.lanes)


def bus_lane(frame: Frame, number: int) -> int:
    """Return the lane at the left that joins the rows of a bus."""
    return rail_lane(frame) + (1 if frame.plan.rail else 0) + number


def _columns(
    plan: Plan,
    own: Mapping[str, Sequence[RuleWords]],
    width: float,
    sides: tuple[float, float],
) -> tuple[Grid, dict[str, Place], tuple[float, float]]:
    """Return the columns that *sides* leave, the stages in them, and the sides that these need."""
    columns = grid(plan, own, width, sides)
    places = _places(plan, columns)
    return columns, places, _sides(plan, places) if columns.rows > 1 else (0.0, 0.0)


def _places(plan: Plan, columns: Grid) -> dict[str, Place]:
    return {
        stage.id: Place(row=place // columns.columns, x=columns.x(place % columns.columns))
        for place, stage in enumerate(plan.spine)
    }


def _sides(plan: Plan, places: Mapping[str, Place]) -> tuple[float, float]:
    left = len(lanes(plan.arcs, places, left=True)) + len(plan.buses) + (1 if plan.rail else 0)
    right = len(lanes(plan.arcs, places, left=False))
    return BESIDE + LANE * left, BESIDE + LANE * right


def _runs(bare: Frame, number: int) -> list[Run]:
    arc = bare.plan.arcs[number]
    rows = [bare.places[stage].row for stage in (arc.from_stage, arc.to_stage)]
    touches = [bare.ports[stage, number] for stage in (arc.from_stage, arc.to_stage)]
    if not across(arc, bare.places):
        return [Run(arc=number, row=rows[0], start=min(touches), end=max(touches))]
    side = bare.lane_x(number)
    return [
        Run(arc=number, row=row, start=min(side, touch), end=max(side, touch))
        for row, touch in zip(rows, touches, strict=True)
    ]

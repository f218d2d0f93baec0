"""
The arcs above the stages: which port, which track.

Every arc leaves the top of its stage, runs along a track above the row and comes down on the other
stage. Between rows it runs along a lane at the side. Tracks and lanes are assigned greedily,
shortest arc first, so that short arcs stay close to the stages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from salesflow.graph.draw.plan import Arc

TRACK = 18
"""Pixels between two tracks."""
LANE = 9
"""Pixels between two lanes."""
_PORTS_FROM, _PORTS_TO = 38, 14
_PORT_GAP = 16


@attrs.frozen(kw_only=True)
class Place:
    """
    The place of a stage.

    Args:
        row: Counted from 0.

        x: Its left side.
    """

    row: int
    x: float


@attrs.frozen(kw_only=True)
class Run:
    """
    The part of an arc along one track.

    Args:
        arc: Its number.

        row: Above which row.

        start, end: From where to where, left to right.
    """

    arc: int
    row: int
    start: float
    end: float


def across(arc: Arc, places: Mapping[str, Place]) -> bool:
    """Return whether *arc* goes from one row to another."""
    return places[arc.from_stage].row != places[arc.to_stage].row


def leftwards(arc: Arc, places: Mapping[str, Place]) -> bool:
    """Return whether *arc* goes back, to the left or up; between rows it runs at the left side."""
    start, end = places[arc.from_stage], places[arc.to_stage]
    return (end.row, end.x) < (start.row, start.x)


def ports(
    arcs: Sequence[Arc], places: Mapping[str, Place], width: float, rail: Sequence[str]
) -> dict[tuple[str, int], float]:
    """
    Return the x at which each arc touches each of its stages, by (stage, number of the arc).

    The rail counts as arc -1. Ends that go left are on the left, the near ones outside, so that the
    arcs of one stage do not cross.
    """
    ends: dict[str, list[tuple[int, float, int]]] = {}
    for number, arc in enumerate(arcs):
        for stage, other in ((arc.from_stage, arc.to_stage), (arc.to_stage, arc.from_stage)):
            ends.setdefault(stage, []).append((*_side(arc, stage, other, places), number))
    for stage in rail:
        ends.setdefault(stage, []).append((1, 0.0, -1))
    return {
        (stage, number): places[stage].x + offset
        for stage, found in ends.items()
        for (_, _, number), offset in zip(sorted(found), _spread(len(found), width), strict=True)
    }


def _side(arc: Arc, stage: str, other: str, places: Mapping[str, Place]) -> tuple[int, float]:
    if across(arc, places):
        # At the side, beyond any stage of the row.
        return (0, 1e6) if leftwards(arc, places) else (2, -1e6)
    there, here = places[other].x, places[stage].x
    return (0 if there < here else 2, -there)


def _spread(count: int, width: float) -> list[float]:
    first, last = float(_PORTS_FROM), width - _PORTS_TO
    gap = min(_PORT_GAP, (last - first) / max(1, count - 1))
    middle = max(width / 2, first + gap * (count - 1) / 2)
    start = min(middle, last - gap * (count - 1) / 2) - gap * (count - 1) / 2
    return [start + place * gap for place in range(count)]


def tracks(runs: Sequence[Run]) -> dict[tuple[int, int], int]:
    """Return the track of each run by (arc, row), 0 next to the stages; no two overlap."""
    given: dict[tuple[int, int], int] = {}
    taken: dict[tuple[int, int], list[Run]] = {}
    for run in sorted(runs, key=lambda run: (run.end - run.start, run.row, run.start, run.arc)):
        track = 0
        while any(
            run.start < other.end + 4 and other.start < run.end + 4
            for other in taken.get((run.row, track), ())
        ):
            track += 1
        taken.setdefault((run.row, track), []).append(run)
        given[run.arc, run.row] = track
    return given


def lanes(arcs: Sequence[Arc], places: Mapping[str, Place], *, left: bool) -> dict[int, int]:
    """Return the lane of each arc that runs at one side, by its number; 0 next to the stages."""
    given: dict[int, int] = {}
    spans: list[tuple[int, int, int]] = []
    for number, arc in enumerate(arcs):
        if across(arc, places) and leftwards(arc, places) is left:
            rows = sorted((places[arc.from_stage].row, places[arc.to_stage].row))
            spans.append((rows[1] - rows[0], rows[0], number))
    for lane, (_, _, number) in enumerate(sorted(spans)):
        given[number] = lane
    return given

"""How long deals are in each stage and where they go from there, as a history shows it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from salesflow.history.extras import Ints, np, pl
from salesflow.process.moves import expand_moves
from salesflow.process.parts import Stage, StageKind
from salesflow.simulation.fitting.seen import Seen
from salesflow.simulation.fitting.waiting import (
    GOES_ON,
    Ends,
    distribution_of,
    ends_of,
    with_tail,
)
from salesflow.simulation.parts import StageLife

ENOUGH = 30
"""Visits that lead to a stage may have times of their own from so many on."""
BEYOND_CHANCE = 2.576
"""They have if their ranks among all visits that ended are unlike those of the others at 1 %."""


class SeenStage(NamedTuple):
    """
    What happens in a stage, and what that was learned from.

    Attributes:
        life: What happens.

        visits: How many visits there were.

        going_on: How many of them go on at the end.

        elsewhere: How many led where the process has no move.

        left: The share of the visits that nothing was seen to end.

        took_time: Whether any visit that ended had taken some time.
    """

    life: StageLife
    visits: int
    going_on: int
    elsewhere: int
    left: float
    took_time: bool


def stages_of(seen: Seen) -> Iterator[SeenStage]:
    """Yield what happens in each stage that somebody may leave, and that a deal was seen in."""
    for stage in seen.process.stages:
        visits = seen.visits.filter(pl.col("stage") == stage.id)
        if len(visits) and stage.kind is not StageKind.WON:
            ways = _ways(seen, stage)
            lasted = (visits["left_at"] - visits["entered_at"]).to_numpy()
            numbers = {to: number for number, to in enumerate(ways)}
            to = visits["to"].to_list()
            end = np.array([numbers.get(name, GOES_ON) for name in to], dtype=np.int64)
            ends = ends_of(lasted, end, len(ways))
            going_on = visits["to"].null_count()
            if stage.kind is StageKind.OPEN:
                whole = with_tail(ends, lasted, end)
                life = _open_stage(stage.id, ways, whole, _apart(lasted, end, len(ways)))
            else:
                life = _resting_stage(stage.id, ends)
            yield SeenStage(
                life=life,
                visits=len(visits),
                going_on=going_on,
                elsewhere=int(np.count_nonzero(end == GOES_ON)) - going_on,
                left=ends.left,
                took_time=bool((lasted[end != GOES_ON] > 0).any()),
            )


def _ways(seen: Seen, stage: Stage) -> list[str]:
    """Return where deals may go from a stage; from one that is not open, that is back."""
    if stage.kind is not StageKind.OPEN:
        return [each.id for each in seen.process.open_stages]
    return [move.to_stage for move in expand_moves(seen.process) if move.from_stage == stage.id]


def _apart(lasted: Ints, end: Ints, ways: int) -> list[bool]:
    """
    Return which ways to end are told apart from the others by how long visits take to come to them.

    That is the rank-sum test of Wilcoxon among the visits that ended, with the mean ranks of ties:
    if the end does not depend on the time, it does not among those that were seen to end either.
    """
    ended = end != GOES_ON
    _, place, often = np.unique(lasted[ended], return_inverse=True, return_counts=True)
    rank = (np.cumsum(often) - (often - 1) / 2)[place]
    count = len(rank)
    many = often.astype(float)  # the cube of two million is beyond 64 bits
    ties = float(((many**3 - many) / (count**3 - count)).sum()) if count > 1 else 1.0
    found = []
    for way in range(ways):
        mine = end[ended] == way
        size = int(mine.sum())
        spread = math.sqrt(size * (count - size) * (count + 1) / 12 * max(0.0, 1.0 - ties))
        beyond = abs(float(rank[mine].sum()) - size * (count + 1) / 2) > BEYOND_CHANCE * spread
        found.append(size >= ENOUGH and beyond)
    return found


def _open_stage(stage: str, ways: list[str], ends: Ends, apart: list[bool]) -> StageLife:
    """Return what happens in an open stage."""
    shares = ends.shares
    went = [number for number in range(len(ways)) if shares[number]]
    alike = [number for number in went if not apart[number]]
    return StageLife(
        stage=stage,
        work=distribution_of(ends.after, ends.share[alike].sum(axis=0)) if alike else None,
        then={ways[number]: round(float(shares[number]), 4) for number in went},
        work_to={
            ways[number]: distribution_of(ends.after, ends.share[number])
            for number in went
            if apart[number]
        },
    )


def _resting_stage(stage: str, ends: Ends) -> StageLife:
    """Return what happens in a parked or a lost stage: some deals come back, others never do."""
    came_back = ends.share.sum(axis=0)
    if not came_back.any():
        return StageLife(stage=stage)
    return StageLife(
        stage=stage,
        revive=distribution_of(ends.after, came_back),
        revived=round(float(came_back.sum()), 4),
    )

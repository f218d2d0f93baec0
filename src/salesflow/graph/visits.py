"""
Where a deal can be and get to: the search that the checks on stages and moves share.

A parked deal goes back only to the open stage that it came from or to an earlier one. So the
search runs over visits, a stage together with the open stage that the deal was in last; over the
stages alone, parking would lead to every later stage and hide those that nothing else leads to.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from salesflow.graph.build import timer_moves
from salesflow.process.model import Process
from salesflow.process.moves import expand_moves
from salesflow.process.parts import StageKind


class Visit(NamedTuple):
    """
    A deal in a stage.

    Attributes:
        stage: Where it is.

        origin: Place in the file of the open stage that it was in last; the stage's own if that
            is open.
    """

    stage: str
    origin: int


class Visits:
    """
    Every visit that a deal of one process can make, and where each leads.

    Moves by hand count whatever they want, timers whatever their `when`: a stage that is not here
    is out of reach for every deal. Timers that do not act (modes `warn` and `observe`) do not
    count.

    Args:
        process: The process.

    Attributes:
        steps: The next visits of each visit.
    """

    def __init__(self, process: Process) -> None:
        self._kinds = {stage.id: stage.kind for stage in process.stages}
        self._order = {stage.id: place for place, stage in enumerate(process.stages)}
        self._by_hand: dict[str, list[str]] = {stage.id: [] for stage in process.stages}
        self._by_time: dict[str, list[str]] = {stage.id: [] for stage in process.stages}
        for move in expand_moves(process):
            self._by_hand[move.from_stage].append(move.to_stage)
        for step in timer_moves(process):
            if step.acts:
                self._by_time[step.from_stage].append(step.to_stage)
        self.steps: dict[Visit, tuple[Visit, ...]] = {}
        self._explore(Visit(process.stages[0].id, 0))

    def stages(self) -> frozenset[str]:
        """Return the stages that a deal can be in."""
        return frozenset(visit.stage for visit in self.steps)

    def pairs(self) -> frozenset[tuple[str, str]]:
        """Return the steps between stages that a deal can take."""
        return frozenset(
            (visit.stage, after.stage) for visit, nexts in self.steps.items() for after in nexts
        )

    def leading_to(self, kinds: Iterable[StageKind]) -> frozenset[Visit]:
        """Return the visits from which a stage of one of *kinds* can be reached, or is."""
        wanted = frozenset(kinds)
        before: dict[Visit, list[Visit]] = {visit: [] for visit in self.steps}
        for visit, nexts in self.steps.items():
            for after in nexts:
                before[after].append(visit)
        found = {visit for visit in self.steps if self._kinds[visit.stage] in wanted}
        waiting = list(found)
        while waiting:
            fresh = [visit for visit in before[waiting.pop()] if visit not in found]
            found.update(fresh)
            waiting.extend(fresh)
        return frozenset(found)

    def _explore(self, first: Visit) -> None:
        waiting = [first]
        while waiting:
            visit = waiting.pop()
            if visit not in self.steps:
                self.steps[visit] = self._next(visit)
                waiting.extend(self.steps[visit])

    def _next(self, visit: Visit) -> tuple[Visit, ...]:
        by_hand = [to for to in self._by_hand[visit.stage] if self._may_return(visit, to)]
        return tuple(self._visit(to, visit) for to in (*by_hand, *self._by_time[visit.stage]))

    def _may_return(self, visit: Visit, to: str) -> bool:
        comes_back = (
            self._kinds[visit.stage] is StageKind.PARKED and self._kinds[to] is StageKind.OPEN
        )
        return not comes_back or self._order[to] <= visit.origin

    def _visit(self, to: str, visit: Visit) -> Visit:
        is_open = self._kinds[to] is StageKind.OPEN
        return Visit(to, self._order[to] if is_open else visit.origin)

"""
Where a deal can be and where it can go: the search that the checks on stages and moves share.

A parked deal goes back only to the open stage that it came from or to an earlier one. So the
search runs over visits: a stage together with the open stage that the deal was last in. Over
stages alone, parking would lead to every later stage and hide those that nothing else leads to.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
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

        origin: Place in the file of the open stage that it was last in; the stage's own if that
            is open.
    """

    stage: str
    origin: int


class Visits:
    """
    Every visit that a deal of one process can make, and where each leads.

    Moves by hand count whatever they require, timers whatever their `when`: a stage that is not
    here is out of reach for every deal. What revives a parked deal takes it to a stage that a move
    by hand may take it to as well. Timers that do not act (modes `warn`, `observe`) do not count.

    Args:
        process: The process.

        reopened: Whether closed deals may be reopened, which the process itself does not do.

    Attributes:
        steps: The next visits of each visit.
    """

    def __init__(self, process: Process, *, reopened: bool = False) -> None:
        self._kinds = {stage.id: stage.kind for stage in process.stages}
        self._visits = {
            stage.id: Visit(stage.id, place)
            for place, stage in enumerate(process.stages)
            if stage.kind is StageKind.OPEN
        }
        # A parked deal returns to an open stage not later than its last one; other moves are free.
        self._back: dict[str, list[Visit]] = {stage.id: [] for stage in process.stages}
        self._on: dict[str, list[str]] = {stage.id: [] for stage in process.stages}
        for move in expand_moves(process):
            to = self._visits.get(move.to_stage)
            if to is not None and self._kinds[move.from_stage] is StageKind.PARKED:
                self._back[move.from_stage].append(to)
            else:
                self._on[move.from_stage].append(move.to_stage)
        if reopened:
            every = list(self._visits.values())
            self._back |= {stage: every for stage, kind in self._kinds.items() if kind.is_closed}
        self._by_time: dict[str, list[str]] = {stage.id: [] for stage in process.stages}
        for step in timer_moves(process):
            if step.acts:
                self._by_time[step.from_stage].append(step.to_stage)
        self.steps: dict[Visit, tuple[Visit, ...]] = {}
        self._explore(self._visits[process.stages[0].id])

    def by_hand(self, visit: Visit) -> tuple[Visit, ...]:
        """Return the visits that a move by hand leads to."""
        back = [to for to in self._back[visit.stage] if to.origin <= visit.origin]
        return (*back, *self._from(visit, self._on[visit.stage]))

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
        ends = [visit for visit in self.steps if self._kinds[visit.stage] in wanted]
        return frozenset(_reached(ends, self._before, self.steps))

    @functools.cached_property
    def _before(self) -> dict[Visit, list[Visit]]:
        """The visits that lead to each visit."""
        before: dict[Visit, list[Visit]] = {visit: [] for visit in self.steps}
        for visit, nexts in self.steps.items():
            for after in nexts:
                before[after].append(visit)
        return before

    def rounds(self, within: Callable[[str], bool]) -> Iterator[frozenset[str]]:
        """
        Yield each set of stages that a deal can go through in circles for ever.

        Args:
            within: Whether a stage may be part of it.
        """
        left = {visit: None for visit in self.steps if within(visit.stage)}
        while left:
            # What a visit leads to and what leads to it: all of them lead to each other.
            visit = next(iter(left))
            after = _reached([visit], self.steps, left)
            together = _reached([visit], self._before, after)
            if len(together) > 1:
                yield frozenset(each.stage for each in together)
            for each in together:
                del left[each]

    def _explore(self, first: Visit) -> None:
        waiting = [first]
        while waiting:
            visit = waiting.pop()
            if visit not in self.steps:
                self.steps[visit] = self._next(visit)
                waiting.extend(self.steps[visit])

    def _next(self, visit: Visit) -> tuple[Visit, ...]:
        return (*self.by_hand(visit), *self._from(visit, self._by_time[visit.stage]))

    def _from(self, visit: Visit, stages: list[str]) -> list[Visit]:
        # In a stage that is not open, a deal remembers where it was last.
        return [self._visits.get(stage) or Visit(stage, visit.origin) for stage in stages]


def _reached(
    starts: Iterable[Visit], steps: Mapping[Visit, Iterable[Visit]], among: Container[Visit]
) -> set[Visit]:
    """Return the *starts* and every visit *among* some that steps lead to from there."""
    found = set(starts)
    waiting = list(found)
    while waiting:
        fresh = [each for each in steps[waiting.pop()] if each in among and each not in found]
        found.update(fresh)
        waiting.extend(fresh)
    return found

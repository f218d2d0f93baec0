"""How a deal is won: the shortest way, and the stages that no way avoids."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import TypeAlias

import attrs

from salesflow.english import count_of
from salesflow.graph.survey import Survey
from salesflow.graph.visits import Visit
from salesflow.process.moves import expand_moves
from salesflow.process.parts import StageKind


@attrs.frozen(kw_only=True)
class Way:
    """
    The shortest way from the first stage to a won one: the fewest moves, then the fewest criteria.

    Args:
        stages: The stages on it, including the first and the won one.

        criteria: The ids of what must be true on it.

        plays: The ids of the plays of its stages that always apply.

        minutes: How long they take, each done once.

        says: All of this in a sentence.
    """

    stages: tuple[str, ...]
    criteria: tuple[str, ...]
    plays: tuple[str, ...]
    minutes: int
    says: str

    @property
    def moves(self) -> int:
        """How many moves it takes."""
        return len(self.stages) - 1

    def __str__(self) -> str:
        return self.says


def shortest_way(survey: Survey) -> Way | None:
    """
    Return the shortest way to win; None if there is none.

    Of ways with equally many moves it is one that asks for the fewest criteria. Where more than 200
    ways to one stage ask for different things, those that ask for least by then are gone on with.
    """
    process = survey.process
    found = _fewest(survey)
    if found is None:
        return None
    stages, criteria = found
    plays = [
        play
        for play in process.plays
        if play.when is None
        and any(
            stage in play.stages or (not play.stages and survey.kinds[stage] is StageKind.OPEN)
            for stage in stages
        )
    ]
    minutes = sum(play.minutes or 0 for play in plays)
    names = [process.stage(stage).name for stage in stages]
    asks = f" and asks for {count_of(len(criteria), 'criterion', 'criteria')}" if criteria else ""
    takes = f" Its plays take {count_of(minutes, 'minute')}." if minutes else ""
    return Way(
        stages=stages,
        criteria=criteria,
        plays=tuple(play.id for play in plays),
        minutes=minutes,
        says=f"The shortest way to {names[-1]} takes {count_of(len(stages) - 1, 'move')}"
        f"{asks}: {' → '.join(names)}.{takes}",
    )


def _fewest(survey: Survey) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Return stages and criteria of the way with the fewest moves and then the fewest criteria."""
    criteria = {
        (move.from_stage, move.to_stage): tuple(each.id for each in move.criteria)
        for move in expand_moves(survey.process)
    }
    first = next(iter(survey.visits.steps))
    layer: dict[Visit, _Ways] = {first: {frozenset(): (first,)}}
    done: set[Visit] = set()
    while layer:
        won = [layer[here] for here in layer if survey.kinds[here.stage] is StageKind.WON]
        if won:
            found = min((each for ways in won for each in ways.items()), key=lambda it: len(it[0]))
            stages = tuple(visit.stage for visit in found[1])
            ids = (each for pair in itertools.pairwise(stages) for each in criteria[pair])
            return stages, tuple(dict.fromkeys(ids))
        done.update(layer)
        further: dict[Visit, _Ways] = {}
        for here, ways in layer.items():
            for after in survey.visits.by_hand(here):
                if after not in done:
                    more = criteria[here.stage, after.stage]
                    for asked, way in ways.items():
                        _add(further.setdefault(after, {}), asked.union(more), (*way, after))
        layer = further
    return None


_Ways: TypeAlias = dict[frozenset[str], tuple[Visit, ...]]
"""Ways to one place, by what they ask for, none of which asks for all that another does."""

_MOST_WAYS = 200
"""The most ways to one place that are followed further; those that ask for most are left."""


def _add(ways: _Ways, asked: frozenset[str], way: tuple[Visit, ...]) -> None:
    """Add a way, unless one of *ways* asks for no more."""
    if any(other <= asked for other in ways):
        return
    for other in [other for other in ways if asked < other]:
        del ways[other]
    ways[asked] = way
    if len(ways) > _MOST_WAYS:
        del ways[max(ways, key=len)]


def must_pass(survey: Survey) -> tuple[str, ...]:
    """
    Return the open stages that every won deal passes, whatever its way, in their order.

    The ways are those of the process: moves, timers and what revives a parked deal. A deal that is
    reopened, or recorded in another stage, may avoid any of them.
    """
    import networkx as nx

    graph: nx.DiGraph[Visit] = nx.DiGraph()
    won = Visit("", -1)
    first = next(iter(survey.visits.steps))
    for visit, nexts in survey.visits.steps.items():
        graph.add_edges_from((visit, after) for after in nexts)
        if survey.kinds[visit.stage] is StageKind.WON:
            graph.add_edge(visit, won)
    if won not in graph:
        return ()
    before = nx.immediate_dominators(graph, first)
    passed = {visit.stage for visit in _chain(before, won)}
    return tuple(
        stage for stage, kind in survey.kinds.items() if kind is StageKind.OPEN and stage in passed
    )


def _chain(before: Mapping[Visit, Visit | None], visit: Visit) -> Iterator[Visit]:
    """Yield what dominates a visit, one after the other up to the first."""
    at: Visit | None = visit
    while at is not None:
        yield at
        # In some releases of networkx the first one dominates itself.
        at = None if before.get(at) == at else before.get(at)

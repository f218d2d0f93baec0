"""Which rule, and which stage, costs most wins: one at a time is taken away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, Unpack

import attrs

from salesflow.markup import heading, line, page, table
from salesflow.process.model import Process
from salesflow.process.moves import MoveKind, expand_moves
from salesflow.process.parts import Mode, StageKind
from salesflow.simulation.behaviour import Behaviour
from salesflow.simulation.comparing import compare
from salesflow.simulation.comparison import Difference
from salesflow.simulation.estimates import Estimate
from salesflow.simulation.figures import SHARE, said
from salesflow.simulation.frames import Tabular
from salesflow.simulation.front import simulate
from salesflow.simulation.options import Options
from salesflow.simulation.variants import Variant
from salesflow.text_tables import aligned

Kind = Literal["contact gap", "timer", "stage"]
TRIED: dict[Kind, str] = {
    "contact gap": "only watches: refuses nothing",
    "timer": "only watches: moves nothing",
    "stage": "nobody is lost or parked there by people",
}
"""What is done to each thing, to see what it costs."""


@attrs.frozen(kw_only=True)
class Cost:
    """
    What one thing costs: what would be won more without it.

    Args:
        name: The id of the rule or the stage.

        title: How people know it: a rule by its id, a stage by what it is called.

        kind: What it is.

        wins: By how much the share of won deals is larger without it, deal by deal.

        differing: The share of deals that come to another outcome.

        differences: Every other figure.
    """

    name: str
    title: str
    kind: Kind
    wins: Estimate
    differing: Estimate
    differences: tuple[Difference, ...] = attrs.field(repr=False)

    @property
    def tried(self) -> str:
        """What was done to it."""
        return TRIED[self.kind]


@attrs.frozen(kw_only=True, repr=False)
class Sensitivity(Tabular):
    """
    What every rule and every stage costs, the dearest first.

    Args:
        process_id: The process.

        deals: How many deals each was tried on.

        costs: One by one.
    """

    _texts = frozenset({"name", "kind", "tried"})

    process_id: str
    deals: int
    costs: tuple[Cost, ...]

    def _table(self) -> dict[str, list[Any]]:
        return {
            "name": [cost.name for cost in self.costs],
            "kind": [cost.kind for cost in self.costs],
            "wins": [cost.wins.value for cost in self.costs],
            "low": [cost.wins.low for cost in self.costs],
            "high": [cost.wins.high for cost in self.costs],
            "differing": [cost.differing.value for cost in self.costs],
            "tried": [cost.tried for cost in self.costs],
        }

    def __repr__(self) -> str:
        return f"<Sensitivity of {self.process_id}: {len(self.costs)} rules and stages>"

    def __str__(self) -> str:
        lines = aligned([_HEAD, *map(_row, self.costs)], left=2)
        return "\n".join([self._line(), "", *lines])

    def _repr_html_(self) -> str:
        head = heading(f"What costs wins in {self.process_id}")
        rows = table(_HEAD, map(_row, self.costs), left=2)
        return page(head, line(self._line(), faint=True), rows)

    def _line(self) -> str:
        return f"{self.process_id}: what {self.deals:,} deals would win more without each of these"


_HEAD = ("without", "", "won more %", "95 % interval", "deals that differ %")


def _row(cost: Cost) -> tuple[str, ...]:
    numbers = (cost.wins.value, cost.wins.low, cost.wins.high, cost.differing.value)
    value, low, high, differing = ("" if each is None else said(each, SHARE) for each in numbers)
    return cost.title, cost.kind, value, f"{low} to {high}" if low else "", differing


def sensitivity(
    process: Process, *, deals: int = 10_000, **options: Unpack[Options]
) -> Sensitivity:
    """
    Rank the rules and stages of a process by the wins that they cost.

    A rule is made to watch only (mode ``observe``): it refuses and moves nothing, while reps go on
    as before, so this says what it costs and not what it is good for. Of a stage it is said what is
    lost in it: there, nobody says no, gives up or waits in vain, and no deal is given up or parked
    once its work is done; time goes on as it did.

    Args:
        process: The process.

        deals: How many, in each run.

        **options: As `simulate` takes them; everything ends when it does for the process as it is,
            and progress is told of the things that are taken away.
    """
    people = options.get("behaviour") or Behaviour.default_for(process)
    progress = options.get("progress")
    own: Options = {**options, "behaviour": people, "progress": None}
    base = simulate(process, deals, **own)
    tried = list(_tried(process, people))
    costs = []
    for done, (kind, variant) in enumerate(tried, 1):
        other: Options = {
            **own,
            "behaviour": variant.behaviour,
            "until": base.until,
            "horizon": None,
        }
        found = simulate(variant.process, deals, **other)
        against = compare(base, found)
        costs.append(
            Cost(
                name=variant.labels[0],
                title=process.stage(variant.labels[0]).name
                if kind == "stage"
                else variant.labels[0],
                kind=kind,
                wins=against["won"].difference,
                differing=against.differing,
                differences=against.differences,
            )
        )
        if progress is not None:
            progress(done, len(tried))
    costs.sort(key=lambda cost: -(cost.wins.value or 0.0))
    return Sensitivity(process_id=process.id, deals=len(base), costs=tuple(costs))


def _tried(process: Process, behaviour: Behaviour) -> Iterator[tuple[Kind, Variant]]:
    """Yield the process without each rule, and the behaviour without the losses in each stage."""
    for gap in process.contact_gaps:
        yield "contact gap", _watching(process, behaviour, "contact_gaps", gap.id)
    for timer in process.timers:
        if timer.move_to is not None:
            yield "timer", _watching(process, behaviour, "timers", timer.id)
    for stage in process.stages:
        if stage.kind is StageKind.OPEN and stage.id in behaviour.stage:
            people = _without_losses(process, behaviour, stage.id)
            yield "stage", Variant(labels=(stage.id,), process=process, behaviour=people)


def _watching(process: Process, behaviour: Behaviour, family: str, rule: str) -> Variant:
    watching = process.replace(f"{family}.{rule}.mode", Mode.OBSERVE)
    return Variant(labels=(rule,), process=watching, behaviour=behaviour)


def _without_losses(process: Process, behaviour: Behaviour, stage: str) -> Behaviour:
    life = behaviour.stage[stage]
    onward = {
        move.to_stage
        for move in expand_moves(process)
        if move.from_stage == stage and move.kind is not MoveKind.OUT
    }
    then = {to: share for to, share in life.then.items() if to in onward}
    work_to = {to: time for to, time in life.work_to.items() if to in then}
    kept = attrs.evolve(
        life, then=then, work_to=work_to, lose=None, no_decision=None, patience=None
    )
    stages = tuple(kept if each.stage == stage else each for each in behaviour.stages)
    return attrs.evolve(behaviour, stages=stages)

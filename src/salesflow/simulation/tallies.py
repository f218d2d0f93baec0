"""What is counted of simulated deals: whole numbers that add up, whatever parts they come in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args

import attrs

from salesflow.process.model import Process
from salesflow.process.parts import StageKind
from salesflow.rules.codes import NEVER, NONE
from salesflow.simulation.estimates import Sums
from salesflow.simulation.extras import np, npt
from salesflow.simulation.outcomes import LOSSES, OUTCOMES, Outcome
from salesflow.simulation.survival import Lifetimes

MONEY = 10_000
"""Values are added up in so many parts of one unit of the currency."""
Counted = Literal[
    "touches",
    "inbound",
    "worked",
    "value",
    "breaches",
    "refusals",
    "moves",
    "holds",
    "overrides",
]
COUNTED: tuple[Counted, ...] = get_args(Counted)
"""What is added up over deals: `value` of won ones, `worked` as `…hours.rep_time` counts it."""
ENDS = ("won", "lost")
"""The ways in which a cycle ends, by their numbers."""


@attrs.frozen(kw_only=True)
class StageTally:
    """
    What was seen of one stage.

    Args:
        stage: Its id.

        name: What it is called.

        kind: What being there means.

        deals: Deals that came to it.

        visits: How often they did.

        here: Deals that are in it at the end.

        times: How long deals were in it, all visits together; where they are at the end goes on.
    """

    stage: str
    name: str
    kind: StageKind
    deals: int
    visits: int
    here: int
    times: Lifetimes

    def __add__(self, other: StageTally) -> StageTally:
        return attrs.evolve(
            self,
            deals=self.deals + other.deals,
            visits=self.visits + other.visits,
            here=self.here + other.here,
            times=self.times + other.times,
        )


@attrs.frozen(kw_only=True)
class RuleTally:
    """
    What one rule did.

    Args:
        rule: Its id.

        is_gap: Whether it is a contact gap.

        times: How often its end was passed.

        deals: In how many deals.

        moved: Deals that are where they are because it moved them there.
    """

    rule: str
    is_gap: bool
    times: int
    deals: int
    moved: int

    def __add__(self, other: RuleTally) -> RuleTally:
        return attrs.evolve(
            self,
            times=self.times + other.times,
            deals=self.deals + other.deals,
            moved=self.moved + other.moved,
        )


def counted(
    columns: Mapping[str, Any], name: str, won: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int64]:
    """Return what is added up under a name of `COUNTED`, a number for each deal."""
    values: npt.NDArray[Any] = np.asarray(columns[name])
    if name != "value":
        return values
    known = np.where(won & ~np.isnan(values), values, 0.0)
    money: npt.NDArray[np.int64] = np.rint(known * MONEY).astype(np.int64)
    return money


def sums_of(values: npt.NDArray[np.int64]) -> Sums:
    """Return the exact sums of whole numbers, however large."""
    most = int(np.abs(values).max()) if len(values) else 0
    if most**2 * len(values) >= 2**63:
        values = values.astype(object)
    return Sums(int(values.sum()), int((values * values).sum()))


def cycle_of(columns: Mapping[str, Any], outcome: npt.NDArray[np.int64], until: int) -> Lifetimes:
    """Return how long it took until deals were won or lost; others go on at the end."""
    is_open = np.asarray(columns["opened_at"]) != NEVER
    ends = np.full(len(OUTCOMES), len(ENDS), dtype=np.int64)
    ends[OUTCOMES.index(Outcome.WON)] = 0
    for loss in LOSSES:
        ends[OUTCOMES.index(loss)] = 1
    end = ends[outcome[is_open]]
    closed = np.asarray(columns["closed_at"])[is_open]
    over = np.where(end < len(ENDS), closed, until)
    return Lifetimes.of(over - np.asarray(columns["opened_at"])[is_open], end, len(ENDS))


def intake_of(columns: Mapping[str, Any], outcome: npt.NDArray[np.int64]) -> Lifetimes:
    """Return how long it took until deals that came were opened, or left unopened."""
    came = outcome != NONE
    end = np.zeros(int(came.sum()), dtype=np.int64)
    for number, ended in enumerate((Outcome.NEVER_OPENED, Outcome.QUEUED), 1):
        end[outcome[came] == OUTCOMES.index(ended)] = number
    return Lifetimes.of(np.asarray(columns["queued"])[came], end, 2)


def stages_of(columns: Mapping[str, Any], process: Process) -> list[StageTally]:
    """Return what was seen of each stage."""
    at = np.asarray(columns["stage"])
    visits, spent = np.asarray(columns["visits"]), np.asarray(columns["spent"])
    found = []
    for number, stage in enumerate(process.stages):
        came = visits[:, number] > 0
        here = at == number
        found.append(
            StageTally(
                stage=stage.id,
                name=stage.name,
                kind=stage.kind,
                deals=int(came.sum()),
                visits=int(visits[:, number].sum()),
                here=int(here.sum()),
                times=Lifetimes.of(spent[came, number], here[came].astype(np.int64), 1),
            )
        )
    return found


def rules_of(columns: Mapping[str, Any], process: Process) -> list[RuleTally]:
    """Return what each rule did."""
    passed, moved_by = np.asarray(columns["passed"]), np.asarray(columns["rule"])
    gaps = len(process.contact_gaps)
    return [
        RuleTally(
            rule=rule.id,
            is_gap=number < gaps,
            times=int(passed[:, number].sum()),
            deals=int((passed[:, number] > 0).sum()),
            moved=int((moved_by == number).sum()),
        )
        for number, rule in enumerate(process.rules)
    ]

"""
What was counted of simulated deals, and the figures that follow from it, each with its interval.

They are computed from counts and whole-number sums, which add up: the summary of ten million
deals, run part by part, is bit for bit that of all of them at once. Times are kept to the hour.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Self

import attrs

from salesflow.calendars import to_micros
from salesflow.calendars.arithmetic import HOUR
from salesflow.english import one_of
from salesflow.process.model import Process
from salesflow.process.names import did_you_mean, listed
from salesflow.rules.codes import NEVER, NONE
from salesflow.simulation.behaviour import Behaviour
from salesflow.simulation.estimates import (
    NOTHING,
    Estimate,
    Sums,
    mean_of,
    ratio_of,
    share_of,
)
from salesflow.simulation.extras import np
from salesflow.simulation.outcomes import LOSSES, OUTCOMES, Outcome, outcomes_of
from salesflow.simulation.rep_time import rep_time
from salesflow.simulation.survival import Curve, Lifetimes
from salesflow.simulation.tallies import (
    COUNTED,
    ENDS,
    MONEY,
    Counted,
    RuleTally,
    StageTally,
    counted,
    cycle_of,
    intake_of,
    rules_of,
    stages_of,
    sums_of,
)


@attrs.frozen(kw_only=True, repr=False)
class DealTally:
    """
    What was counted of simulated deals: `Summary` is the same, and says it figure by figure.

    Its arguments are those of `Summary`.
    """

    process_id: str
    process_version: str
    process_hash: str
    currency: str | None
    until: dt.datetime | None
    shared: bool
    deals: int
    left_out: int
    arrived: int
    opened: int
    counts: Mapping[Outcome, int]
    late: int
    unvalued: int
    sums: Mapping[Counted, Sums]
    won_sums: Mapping[Counted, Sums]
    cycle: Lifetimes
    intake: Lifetimes
    stages: tuple[StageTally, ...]
    rules: tuple[RuleTally, ...]

    @classmethod
    def of(
        cls,
        columns: Mapping[str, Any],
        process: Process,
        behaviour: Behaviour,
        until: dt.datetime,
        since: dt.datetime | None = None,
    ) -> Self:
        """
        Return the summary of some deals.

        Args:
            columns: Of a `SimulationResult`, or of a part of one.

            process: Whose deals they are.

            behaviour: What people did.

            until: When the simulation ended.

            since: Deals that came earlier are left out. None: none are.
        """
        left_out = 0
        if since is not None:
            is_early = np.asarray(columns["arrived_at"]) < to_micros(since)
            left_out = int(is_early.sum())
            columns = {name: np.asarray(each)[~is_early] for name, each in columns.items()}
        outcome = outcomes_of(columns, process)
        came = outcome != NONE
        won = outcome == OUTCOMES.index(Outcome.WON)
        shown = {**columns, "worked": rep_time(columns, process, behaviour)}
        values = {name: counted(shown, name, won) for name in COUNTED}
        found = np.bincount(outcome[came], minlength=len(OUTCOMES)).tolist()
        return cls(
            process_id=process.id,
            process_version=process.version,
            process_hash=process.hash,
            currency=process.currency,
            until=until,
            shared=behaviour.capacity is not None,
            deals=len(outcome),
            left_out=left_out,
            arrived=int(came.sum()),
            opened=int((np.asarray(columns["opened_at"]) != NEVER).sum()),
            counts=dict(zip(OUTCOMES, found, strict=True)),
            late=int((np.asarray(columns["breaches"])[came] > 0).sum()),
            unvalued=int(np.isnan(np.asarray(columns["value"])[won]).sum()),
            sums={name: sums_of(each[came]) for name, each in values.items()},
            won_sums={name: sums_of(each[won]) for name, each in values.items()},
            cycle=cycle_of(columns, outcome, to_micros(until)),
            intake=intake_of(columns, outcome),
            stages=tuple(stages_of(columns, process)),
            rules=tuple(rules_of(columns, process)),
        )

    def __add__(self, other: Self) -> Self:
        """
        Return the summary of the deals of both.

        Raises:
            ValueError: If they are of different processes.
        """
        if not isinstance(other, DealTally):
            return NotImplemented
        if self.process_hash != other.process_hash:
            raise ValueError(
                f"summaries of {self.process_id!r} {self.process_version} and of "
                f"{other.process_id!r} {other.process_version} cannot be added. Add parts of one "
                "simulation; to hold two processes side by side, see salesflow.compare."
            )
        stages = zip(self.stages, other.stages, strict=True)
        rules = zip(self.rules, other.rules, strict=True)
        return attrs.evolve(
            self,
            until=self.until if self.until == other.until else None,
            shared=self.shared or other.shared,
            deals=self.deals + other.deals,
            left_out=self.left_out + other.left_out,
            arrived=self.arrived + other.arrived,
            opened=self.opened + other.opened,
            counts={name: self.counts[name] + other.counts[name] for name in OUTCOMES},
            late=self.late + other.late,
            unvalued=self.unvalued + other.unvalued,
            sums={name: self.sums[name] + other.sums[name] for name in COUNTED},
            won_sums={name: self.won_sums[name] + other.won_sums[name] for name in COUNTED},
            cycle=self.cycle + other.cycle,
            intake=self.intake + other.intake,
            stages=tuple(one + two for one, two in stages),
            rules=tuple(one + two for one, two in rules),
        )

    # -- Figures -----------------------------------------------------------------------------

    @property
    def won(self) -> int:
        """How many were won."""
        return self.counts[Outcome.WON]

    @property
    def lost(self) -> int:
        """How many were lost, for whatever reason."""
        return sum(self.counts[loss] for loss in LOSSES)

    def share(self, *outcomes: Outcome | str) -> Estimate:
        """
        Return the share of deals that came to one of some outcomes (Wilson).

        Args:
            outcomes: Such as ``won``, ``lost: silence``; ``lost`` stands for all losses.

        Raises:
            ValueError: If there is no such outcome.
        """
        wanted = {one for name in outcomes for one in _named(name)}
        return self._sure(share_of(sum(self.counts[one] for one in wanted), self.arrived))

    @property
    def win_rate(self) -> Estimate:
        """The share of decided deals (won or lost) that were won (Wilson)."""
        return self._sure(share_of(self.won, self.won + self.lost))

    @property
    def late_share(self) -> Estimate:
        """The share of deals that breached a contact gap at least once (Wilson)."""
        return self._sure(share_of(self.late, self.arrived))

    def per_deal(self, what: Counted) -> Estimate:
        """
        Return the mean over all deals (Student), such as touches, hours, or value won.

        Raises:
            ValueError: If that is not counted.
        """
        return self._in_units(what, self.sums[_counted(what)].mean(self.arrived))

    def per_win(self, what: Counted) -> Estimate:
        """
        Return what all deals took, lost ones too, for each one that was won (Fieller).

        That is what a win costs: the touches and hours that went into the others were spent for it.

        Raises:
            ValueError: If that is not counted.
        """
        won, sums = Sums(self.won, self.won), self.sums[_counted(what)]
        found = ratio_of(self.arrived, sums, won, self.won_sums[what].total)
        return self._in_units(what, found)

    @property
    def rep_hours_per_win(self) -> Estimate:
        """Hours of reps for each won deal; nothing if nobody said how long anything takes them."""
        return self.per_win("worked") if self.sums["worked"].total else NOTHING

    @property
    def value_won(self) -> Estimate:
        """What the won deals are worth together (Student)."""
        sums = self.sums["value"]
        mean = mean_of(self.arrived, sums.total, sums.squares)
        return self._in_units("value", mean.times(self.arrived or 1))

    @property
    def value_per_win(self) -> Estimate:
        """What a won deal is worth on average (Student, over the won deals)."""
        return self._in_units("value", self.won_sums["value"].mean(self.won))

    def cycle_days(self, share: float = 0.5) -> Estimate:
        """
        Return by how many days a share of deals is won or lost; open ones are censored.

        Args:
            share: Above 0, up to 1.

        Raises:
            ValueError: If it is something else.
        """
        return self._sure(self.cycle.percentile(_checked(share)))

    def days_to(self, end: Literal["won", "lost"], share: float = 0.5) -> Estimate:
        """
        Return by how many days a share of those that come to one end have done so.

        Args:
            end: ``won`` or ``lost``.

            share: Above 0, up to 1.

        Raises:
            ValueError: If one of them is something else.
        """
        return self._sure(self.cycle.percentile_of(_end(end), _checked(share)))

    def days_to_open(self, share: float = 0.5) -> Estimate:
        """
        Return by how many days a share of those that are opened at all has been opened.

        That is 0 at once, unless open deals are limited.

        Args:
            share: Above 0, up to 1.

        Raises:
            ValueError: If it is something else.
        """
        return self._sure(self.intake.percentile_of(0, _checked(share)))

    def still_open(self) -> Curve:
        """Return the share that is neither won nor lost, over time (Kaplan-Meier)."""
        return self._sure_curve(self.cycle.survival())

    def ended(self, end: Literal["won", "lost"]) -> Curve:
        """
        Return the share that is won, or lost, over time (Aalen-Johansen).

        Args:
            end: ``won`` or ``lost``.

        Raises:
            ValueError: If it is something else.
        """
        return self._sure_curve(self.cycle.incidence(_end(end)))

    def stage(self, stage: str) -> StageTally:
        """
        Return what was seen of a stage.

        Raises:
            ValueError: If the process has no such stage.
        """
        known = {each.stage: each for each in self.stages}
        if stage not in known:
            hint = did_you_mean(stage, known) or f"; there are {listed(known)}"
            raise ValueError(f"stage: {stage!r}, expected a stage of {self.process_id}{hint}")
        return known[stage]

    def stage_days(self, stage: str, share: float = 0.5) -> Estimate:
        """
        Return by how many days in a stage a share of deals has left it for good.

        Args:
            stage: Its id.

            share: Above 0, up to 1.

        Raises:
            ValueError: If the process has no such stage, or it is no share.
        """
        return self._sure(self.stage(stage).times.percentile(_checked(share)))

    def reached(self, stage: str) -> Estimate:
        """Return the share of deals that came to a stage (Wilson)."""
        return self._sure(share_of(self.stage(stage).deals, self.arrived))

    def _sure(self, found: Estimate) -> Estimate:
        """Return an estimate without its interval if that would not hold."""
        return Estimate(found.value) if self.shared else found

    def _sure_curve(self, found: Curve) -> Curve:
        """Return a curve without its band if that would not hold."""
        if not self.shared:
            return found
        nothing = np.full(len(found.share), np.nan)
        return attrs.evolve(found, low=nothing, high=nothing)

    def _in_units(self, what: Counted, found: Estimate) -> Estimate:
        """Return an estimate in hours, or in the currency; that of a mean from 0 up ends at 0."""
        found = self._sure(found)
        if found.low is not None and (found.value or 0.0) >= 0:
            found = attrs.evolve(found, low=max(0.0, found.low))
        if what == "worked":
            return found.times(1 / HOUR)
        return found.times(1 / MONEY) if what == "value" else found


def _checked(share: float) -> float:
    """Return a share, if it is one."""
    if not 0 < share <= 1:
        raise ValueError(f"share: {share!r}, expected one above 0, up to 1, such as 0.5")
    return share


def _end(end: str) -> int:
    """Return the number of an end."""
    if end not in ENDS:
        raise ValueError(f"end: {end!r}, expected {one_of(ENDS)}")
    return ENDS.index(end)


def _counted(what: Counted) -> Counted:
    """Return what is counted, if it is."""
    if what not in COUNTED:
        hint = did_you_mean(what, COUNTED) or f"; there are {listed(COUNTED)}"
        raise ValueError(f"what: {what!r}, expected what is counted{hint}")
    return what


def _named(name: Outcome | str) -> Sequence[Outcome]:
    if name == "lost":
        return LOSSES
    if name not in set(Outcome):
        known = [*(outcome.value for outcome in Outcome), "lost"]
        hint = did_you_mean(name, known) or f"; there are {listed(known)}"
        raise ValueError(f"outcome: {name!r}, expected what becomes of deals{hint}")
    return (Outcome(name),)

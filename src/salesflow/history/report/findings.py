"""What an audit found, and what follows from it: all that its words are made of."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from decimal import Decimal

import attrs

from salesflow.deal.indicators import Pulse
from salesflow.history.extras import pl
from salesflow.history.reading.quality import Quality
from salesflow.history.report.breakdown import is_late, total
from salesflow.history.report.flow import Flow, flow_of
from salesflow.history.report.verdicts import StepCount, Summary
from salesflow.process.parts import StageKind


def _same(one: dict[str, pl.DataFrame], other: dict[str, pl.DataFrame]) -> bool:
    return one.keys() == other.keys() and all(one[name].equals(other[name]) for name in one)


@attrs.frozen(kw_only=True, repr=False)
class Findings:
    """
    What an audit found: `Audit` is the same, and can be broken down, written and shown.

    Its arguments are those of `Audit`.
    """

    process_id: str
    process_version: str
    process_hash: str
    currency: str | None
    timezone: str
    as_of: dt.datetime
    log_ends_at: dt.datetime | None
    warning: str | None
    pulse: Pulse
    summary: Summary
    deviations: tuple[StepCount, ...]
    quality: Quality
    stages: tuple[tuple[str, StageKind], ...]
    stage_names: Mapping[str, str]
    untold_facts: tuple[str, ...]
    roleless_criteria: tuple[str, ...]
    _frames: dict[str, pl.DataFrame] = attrs.field(eq=attrs.cmp_using(eq=_same))

    @functools.cached_property
    def flow(self) -> Flow:
        """The trailing figures: throughput, work in progress, ageing, cycle times."""
        deals, visits = self._frames["deals"], self._frames["visits"]
        return flow_of(deals, visits, list(self.stages), self.since, self.as_of)

    @property
    def since(self) -> dt.datetime:
        """When the first deal was opened; *as_of* if none was."""
        opened = self._frames["deals"].filter(pl.col("stage").is_not_null())["opened_at"]
        first = opened.min()
        return first.replace(tzinfo=dt.UTC) if isinstance(first, dt.datetime) else self.as_of

    @property
    def at_stake(self) -> Decimal:
        """What the open deals are worth together, as far as it was told."""
        return total(self._open["value"])

    @property
    def at_risk(self) -> Decimal:
        """How much of that is in deals that are breached or due."""
        return total(self._open.filter(is_late(self._open))["value"])

    @property
    def unvalued(self) -> int:
        """How many of the open deals nobody told the value of."""
        return self._open["value"].null_count()

    @property
    def _open(self) -> pl.DataFrame:
        return self._frames["deals"].filter(kind=StageKind.OPEN.value)

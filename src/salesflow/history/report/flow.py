"""
Flow: what the deals of a history have done so far, in trailing figures.

By the time these are bad the month is lost; the pulse has those that can still be changed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import attrs

from salesflow.english import count_of, percent
from salesflow.history.extras import np, pl
from salesflow.plain import fields_of
from salesflow.process.parts import StageKind

QUANTILES = (0.5, 0.85, 0.95)
"""The shares of deals that cycle times are told for."""
_DAY = dt.timedelta(days=1)
_WEEK = 7
_TWO_DIGITS = 9.95


@attrs.frozen(kw_only=True)
class Durations:
    """
    How long something took, in days of 24 hours.

    Args:
        count: How many there are.

        mean: None, as the rest, if there are none.

        p50, p85, p95: So many days or fewer for 50, 85, 95 % of them: each is a length that occurs.
    """

    count: int
    mean: float | None = None
    p50: float | None = None
    p85: float | None = None
    p95: float | None = None

    @classmethod
    def of(cls, days: pl.Series) -> Durations:
        """Return the figures of some lengths."""
        if not len(days):
            return cls(count=0)
        values = days.to_numpy()
        found = np.quantile(values, QUANTILES, method="inverted_cdf").tolist()
        return cls(
            count=len(days), mean=float(values.mean()), p50=found[0], p85=found[1], p95=found[2]
        )


@attrs.frozen(kw_only=True)
class StageFlow:
    """
    One stage.

    Args:
        stage: Its id.

        kind: What being there means.

        now: Deals that are in it.

        visits: How long the visits took that are over. Visits that go on are not in it, so in a
            stage in which deals pile up it is too kind.
    """

    stage: str
    kind: StageKind
    now: int
    visits: Durations


@attrs.frozen(kw_only=True)
class Flow:
    """
    What came in, what came out, how long it took, and what lies there.

    Little's law says that the mean number of open deals is the rate at which deals close times the
    mean time that they were open. It holds exactly when everything that came in has come out; what
    it misses by, the residual, is the time that deals have spent which are open or parked still.

    Args:
        since, until: From the first opening to the instant of the audit.

        opened: Deals.

        won, lost: Deals that stand so now.

        open: Deals in open stages now: the work in progress.

        mean_open: How many there were on average, over the whole time.

        mean_open_days: How long closed deals were in open stages, on average; None: none is closed.

        won_days, lost_days: From the opening to the close.

        open_age: How old the open deals are.

        older: How many open deals are older than 50, 85 and 95 % of the won ones came to be; None
            if no deal was won.

        stages: Stage by stage, in the order of the process.
    """

    since: dt.datetime
    until: dt.datetime
    opened: int
    won: int
    lost: int
    open: int
    mean_open: float
    mean_open_days: float | None
    won_days: Durations
    lost_days: Durations
    open_age: Durations
    older: tuple[int, int, int] | None
    stages: tuple[StageFlow, ...]

    def __repr__(self) -> str:
        deals = count_of(self.opened, "deal")
        ends = f"{self.won:,} won, {self.lost:,} lost, {self.open:,} open"
        return f"<Flow of {deals} in {self.days:.0f} days: {ends}>"

    @property
    def days(self) -> float:
        """How long the time is that is looked at, in days."""
        return (self.until - self.since) / _DAY

    @property
    def closed(self) -> int:
        """Deals that are won or lost."""
        return self.won + self.lost

    @property
    def win_rate(self) -> float | None:
        """The share of won deals in the closed ones, from 0 to 1; None: none is closed."""
        return self.won / self.closed if self.closed else None

    @property
    def zombies(self) -> int | None:
        """Open deals that are older than 95 % of the won ones; None: no deal was won."""
        return None if self.older is None else self.older[-1]

    @property
    def opened_per_week(self) -> float | None:
        """Deals that came in; None: there was no time."""
        return self._per_week(self.opened)

    @property
    def closed_per_week(self) -> float | None:
        """Deals that came out, won or lost; None: there was no time."""
        return self._per_week(self.closed)

    @property
    def won_per_week(self) -> float | None:
        """Deals that were won; None: there was no time."""
        return self._per_week(self.won)

    @property
    def by_littles_law(self) -> float | None:
        """How many open deals Little's law expects on average; None: nothing is closed."""
        if self.mean_open_days is None or not self.days:
            return None
        return self.closed / self.days * self.mean_open_days

    @property
    def residual(self) -> float | None:
        """By how many deals the real mean is above what Little's law expects."""
        expected = self.by_littles_law
        return None if expected is None else self.mean_open - expected

    def _per_week(self, count: int) -> float | None:
        return count / self.days * _WEEK if self.days else None

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-ready data, with what is computed of it."""
        return fields_of(self) | {name: getattr(self, name) for name in _WORKED_OUT}

    def lines(self) -> Iterator[tuple[str, str]]:
        """Yield it in words: what, and how much."""
        yield "a week", _a_week(self)
        yield "won", f"{self.won:,} of {self.closed:,} closed{_percent(self.win_rate)}"
        yield "days to win", _durations(self.won_days)
        yield "days to lose", _durations(self.lost_days)
        yield "in progress", _in_progress(self)
        if self.older is not None:
            yield "ageing", _older(self)


_WORKED_OUT = (
    "days",
    "win_rate",
    "zombies",
    "opened_per_week",
    "closed_per_week",
    "won_per_week",
    "by_littles_law",
    "residual",
)


def _a_week(flow: Flow) -> str:
    if flow.opened_per_week is None:
        return "no time has passed"
    return f"{flow.opened_per_week:,.1f} opened, {flow.closed_per_week:,.1f} closed"


def _percent(share: float | None) -> str:
    return "" if share is None else f" ({percent(share)})"


def _durations(found: Durations) -> str:
    if not found.count:
        return "none"
    half, most, nearly_all = (_number(days or 0.0) for days in (found.p50, found.p85, found.p95))
    return f"half in {half}, 85 % in {most}, 95 % in {nearly_all}"


def _number(days: float) -> str:
    """Return days to two digits at least."""
    return f"{days:,.0f}" if days >= _TWO_DIGITS else f"{days:.1f}"


def _in_progress(flow: Flow) -> str:
    said = f"{flow.open:,} now; {flow.mean_open:,.1f} on average"
    if flow.by_littles_law is None:
        return said
    others = max(flow.residual or 0.0, 0.0)
    return f"{said}: {flow.by_littles_law:,.1f} closed since, {others:,.1f} not"


def _older(flow: Flow) -> str:
    half, most, zombies = flow.older or (0, 0, 0)
    return (
        f"of {flow.open:,} open, {half:,} older than half of the won, {most:,} than 85 %, "
        f"{zombies:,} than 95 %"
    )


def flow_of(
    deals: pl.DataFrame,
    visits: pl.DataFrame,
    stages: list[tuple[str, StageKind]],
    since: dt.datetime,
    until: dt.datetime,
) -> Flow:
    """
    Return the flow of some deals.

    Args:
        deals: Their verdicts.

        visits: Their visits to stages.

        stages: The stages of the process.

        since: Where the time begins that is looked at.

        until: Where it ends.
    """
    days = (until - since) / _DAY
    kind, age = deals["kind"], deals["age_days"]
    won, lost, is_open = (kind.eq_missing(each) for each in (StageKind.WON, StageKind.LOST, "open"))
    counted = pl.col("older_than").filter(pl.col("kind") == StageKind.OPEN.value)
    older = deals.select(counted).to_series().drop_nulls()
    open_days = deals["open_days"]
    return Flow(
        since=since,
        until=until,
        opened=int(kind.is_not_null().sum()),
        won=int(won.sum()),
        lost=int(lost.sum()),
        open=int(is_open.sum()),
        mean_open=float(open_days.sum()) / days if days else 0.0,
        mean_open_days=_mean(open_days.filter(won | lost)),
        won_days=Durations.of(age.filter(won)),
        lost_days=Durations.of(age.filter(lost)),
        open_age=Durations.of(age.filter(is_open)),
        older=_past(older) if len(older) or won.any() else None,
        stages=tuple(_stages(visits, stages)),
    )


def _mean(values: pl.Series) -> float | None:
    return float(values.to_numpy().mean()) if len(values) else None


def _past(shares: pl.Series) -> tuple[int, int, int]:
    """Return how many open deals have outlived each share of the won ones."""
    half, most, nearly_all = (int((shares >= each).sum()) for each in QUANTILES)
    return half, most, nearly_all


def _stages(visits: pl.DataFrame, stages: list[tuple[str, StageKind]]) -> Iterator[StageFlow]:
    parts = visits.partition_by("stage", as_dict=True)
    for stage, kind in stages:
        here = parts.get((stage,), visits.clear())
        goes_on = here["left_at"].is_null()
        yield StageFlow(
            stage=stage,
            kind=kind,
            now=int(goes_on.sum()),
            visits=Durations.of(here["days"].filter(~goes_on)),
        )

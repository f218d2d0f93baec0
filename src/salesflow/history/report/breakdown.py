"""An audit taken apart: the same figures for each owner, stage or segment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import attrs

from salesflow.deal.indicators import Pulse
from salesflow.deal.state import DealStatus
from salesflow.english import count_of, percent
from salesflow.history.extras import pl
from salesflow.history.report.export import to_pandas
from salesflow.history.report.flow import Flow, flow_of
from salesflow.history.report.html import page, table
from salesflow.plain import plain
from salesflow.process.names import did_you_mean, listed
from salesflow.process.parts import StageKind
from salesflow.text_tables import aligned

if TYPE_CHECKING:
    import pandas as pd

NOBODY = "(none)"
"""What stands where a deal has no such label."""


@attrs.frozen(kw_only=True)
class Group:
    """
    The deals that have one label, in figures.

    Args:
        key: The label; None: deals that have none.

        pulse: Their leading indicators.

        breached, due: Their open deals that are past the end of a rule, or past a warning or a
            notice.

        value: What the open ones are worth together, as far as it was told.

        value_at_risk: How much of it is in deals that are breached or due.

        unvalued: How many open deals nobody told the value of.

        breaches: How often deals went past the end of a rule.

        deviations: Obstacles that their moves ignored.

        flow: Their trailing figures, over the time of the whole log.

        name: The label as people read it: of a stage what it is called.
    """

    key: str | None
    pulse: Pulse
    breached: int
    due: int
    value: Decimal
    value_at_risk: Decimal
    unvalued: int
    breaches: int
    deviations: int
    flow: Flow
    name: str | None = attrs.field(default=attrs.Factory(lambda self: self.key, takes_self=True))


@attrs.frozen(kw_only=True, repr=False)
class Breakdown:
    """
    An audit by one label, the group with the most value at risk first.

    Args:
        label: What the deals are told apart by.

        groups: One for each value of it.

        currency: Of what is at risk; None: the process names none.
    """

    label: str
    groups: tuple[Group, ...]
    currency: str | None = None

    def __iter__(self) -> Iterator[Group]:
        return iter(self.groups)

    def __len__(self) -> int:
        return len(self.groups)

    def __getitem__(self, key: str | None) -> Group:
        for group in self.groups:
            if group.key == key:
                return group
        known = [group.key for group in self.groups if group.key is not None]
        hint = did_you_mean(key, known) or f"; there are {listed(known)}"
        raise KeyError(f"no {self.label} {key!r}{hint}")

    def to_polars(self) -> pl.DataFrame:
        """Return it as a polars DataFrame, one row a group: leading figures before trailing."""
        rows = [_row(group) for group in self.groups]
        return pl.DataFrame(rows, schema=COLUMNS, orient="row").rename({"key": self.label})

    def to_pandas(self) -> pd.DataFrame:
        """
        Return the same as a pandas DataFrame.

        Raises:
            MissingExtraError: If pandas is not installed.
        """
        return to_pandas(self.to_polars())

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-ready data."""
        return {
            "by": self.label,
            "groups": [
                {name: plain(value) for name, value in row.items()}
                for row in self.to_polars().to_dicts()
            ],
        }

    def __repr__(self) -> str:
        return f"<Breakdown by {self.label}, {count_of(len(self.groups), 'group')}>"

    @property
    def heads(self) -> tuple[str, ...]:
        """What is shown of a group: first what can still be changed, then what has come of it."""
        at_risk = f"{self.currency} at risk" if self.currency else "at risk"
        leading = ("open", "breached", "due", "on time", "gates", at_risk)
        return (self.label, *leading, "won", "win rate", "win days")

    def __str__(self) -> str:
        return "\n".join(aligned([self.heads, *map(cells, self.groups)]))

    def _repr_html_(self) -> str:
        return page(table(self.heads, [cells(group) for group in self.groups]))


def cells(group: Group) -> tuple[str, ...]:
    """Return what is shown of a group, with its name first."""
    pulse, flow = group.pulse, group.flow
    half = flow.won_days.p50
    return (
        NOBODY if group.name is None else group.name,
        f"{pulse.open:,}",
        f"{group.breached:,}",
        f"{group.due:,}",
        _share(pulse.on_time_rate),
        _share(pulse.gates_open_rate),
        "" if group.unvalued == pulse.open else f"{group.value_at_risk:,.0f}",
        f"{flow.won:,}",
        _share(flow.win_rate),
        "" if half is None else f"{half:,.0f}",
    )


def _share(share: float | None) -> str:
    return "" if share is None else percent(share)


COLUMNS: dict[str, Any] = {
    "key": pl.String,
    "open": pl.Int64,
    "on_time": pl.Int64,
    "due": pl.Int64,
    "breached": pl.Int64,
    "due_soon": pl.Int64,
    "gates_open": pl.Int64,
    "value": pl.Decimal(38, 4),
    "value_at_risk": pl.Decimal(38, 4),
    "unvalued": pl.Int64,
    "minutes": pl.Int64,
    "selling_minutes": pl.Int64,
    "selling_rate": pl.Float64,
    "breaches": pl.Int64,
    "deviations": pl.Int64,
    "opened": pl.Int64,
    "won": pl.Int64,
    "lost": pl.Int64,
    "win_rate": pl.Float64,
    "won_days_p50": pl.Float64,
    "won_days_p85": pl.Float64,
    "won_days_p95": pl.Float64,
    "mean_open": pl.Float64,
    "zombies": pl.Int64,
}


def _row(group: Group) -> tuple[Any, ...]:
    pulse, flow = group.pulse, group.flow
    return (
        group.key,
        pulse.open,
        pulse.on_time,
        group.due,
        group.breached,
        pulse.due_soon,
        pulse.gates_open,
        group.value,
        group.value_at_risk,
        group.unvalued,
        pulse.minutes,
        pulse.selling_minutes,
        pulse.selling_rate,
        group.breaches,
        group.deviations,
        flow.opened,
        flow.won,
        flow.lost,
        flow.win_rate,
        flow.won_days.p50,
        flow.won_days.p85,
        flow.won_days.p95,
        flow.mean_open,
        flow.zombies,
    )


def groups_of(
    label: str,
    deals: pl.DataFrame,
    visits: pl.DataFrame,
    stages: list[tuple[str, StageKind]],
    since: dt.datetime,
    *,
    until: dt.datetime,
) -> Iterator[Group]:
    """
    Yield the groups of some deals by a column, the one with the most value at risk first.

    Args:
        label: The column.

        deals: Their verdicts.

        visits: Their visits to stages.

        stages: The stages of the process.

        since: Where the time begins that is looked at.

        until: Where it ends.
    """
    there = deals.filter(pl.col("stage").is_not_null())
    owners = there.select("deal", pl.col(label).alias("its key"))
    joined = visits.join(owners, on="deal", how="left").partition_by("its key", as_dict=True)
    groups = [
        _group(key, here, flow_of(here, joined[(key,)], stages, since, until), until)
        for (key,), here in there.partition_by(label, as_dict=True).items()
    ]
    yield from sorted(groups, key=lambda each: (-each.value_at_risk, -each.breached, str(each.key)))


def _group(key: Any, deals: pl.DataFrame, flow: Flow, until: dt.datetime) -> Group:  # noqa: ANN401
    opened = deals.filter(kind=StageKind.OPEN.value)
    status = opened["status"]
    return Group(
        key=key,
        pulse=pulse_of(deals, until),
        breached=int((status == DealStatus.BREACHED.value).sum()),
        due=int((status == DealStatus.DUE.value).sum()),
        value=total(opened["value"]),
        value_at_risk=total(opened["value"].filter(is_late(opened))),
        unvalued=opened["value"].null_count(),
        breaches=int(deals["breaches"].sum()),
        deviations=int(deals["deviations"].sum()),
        flow=flow,
    )


def is_late(deals: pl.DataFrame) -> pl.Series:
    """Return which deals are breached or due."""
    return deals["status"].is_in([DealStatus.BREACHED.value, DealStatus.DUE.value])


def without_zeros(amount: Decimal) -> Decimal:
    """Return an amount without the zeros that a column of amounts gives it."""
    return amount.quantize(1) if amount == amount.to_integral_value() else amount.normalize()


def total(values: pl.Series) -> Decimal:
    """Return a sum of money, of what is told."""
    return without_zeros(sum(values.drop_nulls().to_list(), Decimal(0)))


def pulse_of(deals: pl.DataFrame, at: dt.datetime) -> Pulse:
    """Return the leading indicators of some deals."""
    kind = deals["kind"]
    is_open = kind.eq_missing(StageKind.OPEN.value)
    is_parked = kind.eq_missing(StageKind.PARKED.value)
    return Pulse(
        at=at,
        open=int(is_open.sum()),
        parked=int(is_parked.sum()),
        on_time=int((is_open & deals["status"].eq_missing(DealStatus.OK.value)).sum()),
        due_soon=int(deals["due_soon"].sum()),
        gates_open=int(deals["gate_open"].sum()),
        on_hold=int(deals["on_hold"].sum()),
        uncertain=int(((is_open | is_parked) & deals["uncertain"]).sum()),
        reverts_due=int(deals["revert_due"].sum()),
        minutes=int(deals["minutes"].sum()),
        selling_minutes=int(deals["selling_minutes"].sum()),
    )

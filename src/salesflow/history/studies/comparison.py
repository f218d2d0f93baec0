"""Deal-days after some silence compared with like ones after less."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from salesflow.history.extras import pl
from salesflow.history.studies.dealdays import COUNTS
from salesflow.history.studies.naive import words_of
from salesflow.history.studies.rates import RateRatio, mantel_haenszel

BANDS = (0, 1, 3, 5, 8, 14, 30)
"""Where the bands of silence begin, in days; the first one is what the others are compared with."""


@attrs.frozen(kw_only=True)
class Band:
    """
    Deal-days after some silence, compared with those after the least.

    Args:
        low, high: Days of silence, both inside; *high* is None: so many and more.

        days: Deal-days at risk.

        won, lost: How often they were won and lost, compared with the first band.
    """

    low: int
    high: int | None
    days: int
    won: RateRatio
    lost: RateRatio

    def __str__(self) -> str:
        return words_of(self.low, self.high)


def compared(cells: pl.DataFrame, event: str, after: int, within: tuple[str, ...]) -> RateRatio:
    """
    Compare deal-days after some silence with those after less, among like ones.

    Args:
        cells: Deal-days, as `dealdays.cells_of` returns them.

        event: ``won`` or ``lost``.

        after: From how many days on a deal is silent.

        within: The columns in which days must be alike.
    """
    exposed = pl.col("exposure") >= after
    return _ratio(cells.filter(pl.col("exposure") >= 0), event, exposed, ~exposed, within)


def without_lasting(cells: pl.DataFrame, after: int) -> pl.DataFrame:
    """
    Return deal-days without those after some silence that goes on to this day.

    Args:
        cells: Deal-days, as `dealdays.cells_of` returns them.

        after: From how many days on a deal is silent.
    """
    lasting = pl.when(pl.col("exposure") >= after).then(pl.col("lasting")).otherwise(0)
    return cells.with_columns(days=pl.col("days") - lasting)


def counted_by(cells: pl.DataFrame, keys: tuple[str, ...]) -> pl.DataFrame:
    """Return deal-days counted by some of their columns only."""
    sums = [pl.col(name).sum() for name in COUNTS]
    return cells.group_by(*keys).agg(*sums).sort(*keys)


def _ratio(
    cells: pl.DataFrame, event: str, one: pl.Expr, other: pl.Expr, within: tuple[str, ...]
) -> RateRatio:
    """Return the rate ratio of two groups of deal-days over strata."""
    counts = [
        pl.col(name).filter(group).sum().cast(pl.Float64).alias(f"{name} {number}")
        for number, group in enumerate((one, other))
        for name in (event, "days")
    ]
    strata = cells.group_by(*within).agg(*counts).sort(*within)
    return mantel_haenszel(*(strata[column.meta.output_name()].to_numpy() for column in counts))


def bands_of(cells: pl.DataFrame, within: tuple[str, ...]) -> Iterator[Band]:
    """Yield each band of silence, compared with the first, among days alike in *within*."""
    exposure = pl.col("exposure")
    ends = [*(begin - 1 for begin in BANDS[1:]), None]
    first = exposure.is_between(BANDS[0], BANDS[1] - 1)
    for low, high in zip(BANDS, ends, strict=True):
        here = exposure >= low if high is None else exposure.is_between(low, high)
        ratios = {event: _ratio(cells, event, here, first, within) for event in ("won", "lost")}
        yield Band(low=low, high=high, days=ratios["won"].days, **ratios)


def hazards(cells: pl.DataFrame) -> pl.DataFrame:
    """Return deal-days, wins and losses by each whole day of silence, with their rates a day."""
    known = cells.filter(pl.col("exposure") >= 0).group_by(pl.col("exposure").alias("silence"))
    sums = known.agg(*(pl.col(name).sum() for name in ("days", "won", "lost"))).sort("silence")
    return sums.with_columns(
        won_a_day=pl.col("won") / pl.col("days"), lost_a_day=pl.col("lost") / pl.col("days")
    )

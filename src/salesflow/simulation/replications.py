"""
The same simulation with several seeds: intervals that hold where deals wait for each other.

Runs are independent whatever happens within each, so how far they are apart says how far another
one would be: the method of independent replications, A. M. Law and W. D. Kelton, *Simulation
Modeling and Analysis* (1982), chapter 9.
"""

from __future__ import annotations

import datetime as dt
import functools
import math
import statistics
from collections.abc import Iterator
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any

import attrs

from salesflow.calendars import Span
from salesflow.markup import heading, page, table
from salesflow.process.model import Process
from salesflow.process.names import shown
from salesflow.simulation.behaviour import Behaviour
from salesflow.simulation.estimates import NOTHING, Z95, Estimate
from salesflow.simulation.figures import SHARE, said
from salesflow.simulation.frames import pandas_frame, polars_frame
from salesflow.simulation.front import LARGEST_SEED, Progress, mapped
from salesflow.simulation.metrics import METRICS, metric
from salesflow.simulation.streamed import summarize
from salesflow.simulation.summary import Summary

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

_T95 = (
    *(12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281),
    *(2.2010, 2.1788, 2.1604, 2.1448, 2.1314, 2.1199, 2.1098, 2.1009, 2.0930, 2.0860),
    *(2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484, 2.0452, 2.0423),
)
"""The 97.5 % points of Student's t distribution, for 1 to 30 degrees of freedom."""


FEWEST = 2
"""Runs of which it can be said how far they are apart."""


def student95(freedom: int) -> float:
    """
    Return the 97.5 % point of Student's t distribution, to four figures.

    Beyond the table by the first terms of its expansion about the normal one: R. A. Fisher and E.
    A. Cornish, "The percentile points of distributions having known cumulants", Technometrics 2
    (1960), 209-225.
    """
    if freedom <= len(_T95):
        return _T95[freedom - 1]
    z = Z95
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3


@attrs.frozen(kw_only=True, repr=False)
class Replications:
    """
    Several runs of one simulation, each with a seed of its own.

    Args:
        seeds: Of the runs.

        summaries: What came of each.
    """

    seeds: tuple[int, ...]
    summaries: tuple[Summary, ...]

    def __len__(self) -> int:
        return len(self.summaries)

    def figure(self, name: str) -> Estimate:
        """
        Return the mean of a figure over the runs, with Student's 95 % interval.

        A run in which it cannot be said is left out; of a single one no interval is said.

        Args:
            name: One of `salesflow.simulation.metrics.METRICS`.

        Raises:
            ValueError: If there is no such figure.
        """
        read = metric(name).of
        values = [value for s in self.summaries if (value := read(s).value) is not None]
        if not values:
            return NOTHING
        mean = statistics.fmean(values)
        if len(values) == 1:
            return Estimate(mean)
        half = student95(len(values) - 1) * statistics.stdev(values) / math.sqrt(len(values))
        return Estimate(mean, mean - half, mean + half)

    def to_polars(self) -> pl.DataFrame:
        """
        Return every figure as a polars DataFrame, one row each.

        Raises:
            MissingExtraError: If polars is not installed.
        """
        return polars_frame(self._columns())

    def to_pandas(self) -> pd.DataFrame:
        """
        Return every figure as a pandas DataFrame, one row each.

        Raises:
            MissingExtraError: If pandas is not installed.
        """
        return pandas_frame(self._columns())

    def _columns(self) -> dict[str, list[Any]]:
        found = [self.figure(name) for name in METRICS]
        return {
            "figure": list(METRICS),
            "unit": [each.unit for each in METRICS.values()],
            "value": [each.value for each in found],
            "low": [each.low for each in found],
            "high": [each.high for each in found],
        }

    def __repr__(self) -> str:
        return f"<Replications: {len(self)} runs of {self.summaries[0].deals:,} deals>"

    def __str__(self) -> str:
        rows = list(self._rows())
        widths = [max(len(row[place]) for row in rows) for place in range(3)]
        lines = [
            f"{name:<{widths[0]}}  {value:>{widths[1]}}  {interval:>{widths[2]}}".rstrip()
            for name, value, interval in rows
        ]
        return "\n".join([self._line(), "", *lines])

    def _repr_html_(self) -> str:
        head = heading(f"{self.summaries[0].process_id}: {self._line()}")
        return page(head, table(("", "mean", "95 % interval"), self._rows()))

    def _line(self) -> str:
        return f"{len(self)} runs of {self.summaries[0].deals:,} deals, means with 95 % intervals"

    def _rows(self) -> Iterator[tuple[str, str, str]]:
        for name, each in METRICS.items():
            found = self.figure(name)
            if found.value is None:
                continue
            title = f"{each.title} %" if each.unit == SHARE else each.title
            interval = ""
            if found.low is not None and found.high is not None:
                interval = f"{said(found.low, each.unit)} to {said(found.high, each.unit)}"
            yield title, said(found.value, each.unit), interval


def replicate(
    process: Process,
    runs: int = 10,
    *,
    deals: int = 10_000,
    seed: int = 1,
    behaviour: Behaviour | None = None,
    until: dt.datetime | None = None,
    horizon: Span | str | None = None,
    workers: int = 1,
    executor: Executor | None = None,
    fast: bool | None = None,
    progress: Progress | None = None,
) -> Replications:
    """
    Run a simulation with several seeds.

    Where reps are limited, deals wait for each other, and the intervals within one run, which take
    them as independent, need not hold; those over several runs do.

    Args:
        process: The process.

        runs: How many (>= 2).

        deals: How many, in each run.

        seed: Of the first run; the others have the numbers that follow.

        behaviour: What people do. None: `Behaviour.default_for(process)`.

        until: When each run ends.

        horizon: The same, counted from its last opening.

        workers: How many processes share the runs.

        executor: Does the runs instead.

        fast: Whether to compile the rules.

        progress: Called after each run, with how many are done and how many there are.

    Raises:
        TypeError: If *runs* is no whole number.
        ValueError: If there are fewer than two, or their seeds come to no end.

    >>> import salesflow as sf
    >>> from salesflow.simulation import replicate
    >>> replicate(sf.load_process("six-step"), 2, deals=20)
    <Replications: 2 runs of 20 deals>
    """
    if isinstance(runs, bool) or not isinstance(runs, int):
        raise TypeError(f"'runs' must be a whole number, got {shown(runs)}.")
    if not FEWEST <= runs <= LARGEST_SEED - seed + 1:
        raise ValueError(f"'runs' must be 2 or more, and 'seed' leave room for them, got {runs}.")
    work = functools.partial(
        _run,
        process=process,
        deals=deals,
        behaviour=behaviour,
        until=until,
        horizon=horizon,
        fast=fast,
    )
    seeds = list(range(seed, seed + runs))
    found = []
    for summary in mapped(work, seeds, workers, executor):
        found.append(summary)
        if progress is not None:
            progress(len(found), runs)
    return Replications(seeds=tuple(seeds), summaries=tuple(found))


def _run(seed: int, *, process: Process, deals: int, **how: Any) -> Summary:  # noqa: ANN401 - as `summarize` takes it
    return summarize(process, deals, seed=seed, **how)

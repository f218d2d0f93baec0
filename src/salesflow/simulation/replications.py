"""
The same simulation with several seeds: intervals that hold where deals wait for each other.

Runs are independent whatever happens within each; see `salesflow.simulation.over_runs`.
"""

from __future__ import annotations

import datetime as dt
import functools
import math
import operator
from collections.abc import Iterator
from typing import Any, Unpack

import attrs

from salesflow.calendars import Span
from salesflow.english import count_of
from salesflow.given import given, whole
from salesflow.markup import heading, page, table
from salesflow.process.model import Process
from salesflow.simulation.comparison import Difference, Differences
from salesflow.simulation.estimates import Estimate
from salesflow.simulation.figures import DAYS, MONEY, NUMBER, SHARE, said
from salesflow.simulation.frames import Tabular
from salesflow.simulation.front import summarize
from salesflow.simulation.jobs import mapped
from salesflow.simulation.metrics import METRICS, Metric, metric, says_something
from salesflow.simulation.options import Options, check_names
from salesflow.simulation.over_runs import (
    FEWEST,
    Figure,
    jackknife,
    mean_of_runs,
    of_each,
    without_each,
)
from salesflow.simulation.settling import LARGEST_SEED
from salesflow.simulation.summary import Summary
from salesflow.text_tables import aligned


@attrs.frozen(kw_only=True, repr=False)
class Replications(Tabular):
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

    @functools.cached_property
    def together(self) -> Summary:
        """The figures of the deals of all runs together."""
        return functools.reduce(operator.add, self.summaries)

    @functools.cached_property
    def without_each(self) -> tuple[Summary, ...]:
        """The same without one run, for each of them."""
        return without_each(self.summaries)

    def figure(self, name: str) -> Estimate:
        """
        Return a figure of all runs, with Student's 95 % interval.

        Shares, means and what a win costs are those of the deals of all runs together. A time is
        the mean of those of the runs; where one of them has not come so far it is that of all
        together, without an interval, as the others alone would make it too short. The interval
        ends where the figure does: no share lies above 1, and nothing below 0 but lost money.

        Args:
            name: One of `salesflow.simulation.metrics.METRICS`.

        Raises:
            ValueError: If there is no such figure.
        """
        said_by = metric(name)
        found = _over_runs(said_by, _reader(said_by), self)
        least = 0.0 if (found.value or 0.0) >= 0 else -math.inf
        most = 1.0 if said_by.unit == SHARE else math.inf
        return found.changed(lambda number: min(max(number, least), most))

    def against(
        self, before: Replications, *, names: tuple[str, str] = ("before", "after")
    ) -> PairedRuns:
        """
        Return what is different from other runs, seed by seed, with Student's 95 % interval.

        Runs with the same seed share their luck, so that differences are known better than either
        figure. The figures are those of `figure`.

        Args:
            before: Runs of the same deals, under other rules or habits.

            names: What the others and these are called where they are shown.

        Raises:
            TypeError: If *before* is not the result of `replicate`.
            ValueError: If the seeds are others, or the runs have other deals or ends.

        >>> import salesflow as sf
        >>> from salesflow.simulation import replicate
        >>> process = sf.load_process("six-step")
        >>> lenient = process.replace("contact_gaps.touch.mode", "observe")
        >>> one, two = (replicate(each, 2, deals=20) for each in (process, lenient))
        >>> two.against(one)
        <PairedRuns: 2 matched runs of 20 deals>
        >>> two.against(one)["won"].unit
        'share'
        """
        given("before", before, Replications)
        mine, theirs = self.summaries[0], before.summaries[0]
        if (mine.deals, mine.left_out) != (theirs.deals, theirs.left_out):
            raise ValueError(
                f"runs of {theirs.deals:,} and of {mine.deals:,} deals cannot be compared one by "
                "one. Give both the same 'deals', 'warmup' and arrivals."
            )
        if self.seeds != before.seeds:
            raise ValueError(
                f"runs with the seeds {before.seeds} and {self.seeds} share no luck, so that they "
                "cannot be compared one by one. Give both the same 'seed' and 'runs'."
            )
        for seed, one, two in zip(self.seeds, before.summaries, self.summaries, strict=True):
            if _span(one) != _span(two):
                raise ValueError(
                    f"in the runs with the seed {seed}, other deals come, or they end at another "
                    "instant, so that they cannot be compared one by one. Give both the same "
                    "'warmup', arrivals and 'until'."
                )
        return PairedRuns(
            before=before,
            after=self,
            names=names,
            differences=tuple(_differences(before, self)),
        )

    def _table(self) -> dict[str, list[Any]]:
        found = [self.figure(name) for name in METRICS]
        return {
            "figure": list(METRICS),
            "unit": [each.unit for each in METRICS.values()],
            "value": [each.value for each in found],
            "low": [each.low for each in found],
            "high": [each.high for each in found],
        }

    def __repr__(self) -> str:
        return f"<Replications: {len(self)} runs of {self._deals()}>"

    def __str__(self) -> str:
        return "\n".join([self._line(), "", *aligned(self._rows())])

    def _repr_html_(self) -> str:
        head = heading(f"{self.summaries[0].process_id}: {self._line()}")
        return page(head, table(("", "", "95 % interval"), self._rows()))

    def _line(self) -> str:
        return f"{len(self)} runs of {self._deals()}, with 95 % intervals"

    def _deals(self) -> str:
        return count_of(self.summaries[0].deals, "deal")

    def _rows(self) -> Iterator[tuple[str, str, str]]:
        for name, each in METRICS.items():
            found = self.figure(name)
            if found.value is None or not says_something(name, [found]):
                continue
            unit = self.summaries[0].currency or MONEY if each.unit == MONEY else each.unit
            word = {SHARE: "%", NUMBER: ""}.get(unit, unit)
            interval = ""
            if found.low is not None and found.high is not None:
                interval = f"{said(found.low, each.unit)} to {said(found.high, each.unit)}"
            yield each.title, f"{said(found.value, each.unit)} {word}".strip(), interval


@attrs.frozen(kw_only=True, repr=False)
class PairedRuns(Differences):
    """
    Runs held against others with the same seeds, seed by seed.

    Args:
        before, after: The runs.

        names: What they are called.

        differences: Figure by figure: those of all runs before and after, and what they differ by.
    """

    before: Replications
    after: Replications

    def __repr__(self) -> str:
        return f"<PairedRuns: {self._matched()}>"

    def _lines(self) -> Iterator[str]:
        yield f"{self._matched()}, with 95 % intervals"

    def _matched(self) -> str:
        count = self.before.summaries[0].deals
        return f"{len(self.before)} matched runs of {count_of(count, 'deal')}"

    def _told(self) -> Iterator[Difference]:
        for name, each in zip(METRICS, self.differences, strict=True):
            if says_something(name, [Estimate(each.before), Estimate(each.after)]):
                yield each


def _span(summary: Summary) -> tuple[object, ...]:
    """Return what two runs of the same deals have in common."""
    return summary.deals, summary.left_out, summary.arrived, summary.until


def _differences(before: Replications, after: Replications) -> Iterator[Difference]:
    currency = before.summaries[0].currency
    for each in METRICS.values():
        apart = _apart(each)
        is_said = of_each(apart, (before.summaries, after.summaries)) is not None
        one, two = (
            _over_runs(each, _reader(each), s, by_run=is_said).value for s in (before, after)
        )
        yield Difference(
            name=each.title,
            unit=currency or MONEY if each.unit == MONEY else each.unit,
            before=one,
            after=two,
            difference=_over_runs(each, apart, before, after),
        )


def _reader(said_by: Metric) -> Figure:
    """Return what reads a figure off a summary."""
    return lambda summary: said_by.of(summary).value


def _apart(said_by: Metric) -> Figure:
    """Return what reads off two summaries by how much a figure is larger in the second."""

    def read(before: Summary, after: Summary) -> float | None:
        one, two = said_by.of(before).value, said_by.of(after).value
        return None if one is None or two is None else two - one

    return read


def _over_runs(
    said_by: Metric, figure: Figure, *sides: Replications, by_run: bool = True
) -> Estimate:
    """
    Return a figure of several runs, or what it differs by between two sides of them.

    Args:
        said_by: What the figure is.

        figure: What reads it off the summaries of all sides.

        sides: The runs.

        by_run: Whether a time may be the mean of those of the runs.
    """
    of_runs = None
    if said_by.unit == DAYS and by_run:
        of_runs = of_each(figure, [side.summaries for side in sides])
    if of_runs is not None:
        return mean_of_runs(of_runs)
    whole = figure(*(side.together for side in sides))
    if said_by.unit == DAYS:
        return jackknife(whole, None)
    return jackknife(whole, of_each(figure, [side.without_each for side in sides]))


def replicate(
    process: Process,
    runs: int = 10,
    *,
    deals: int = 10_000,
    warmup: Span | str | None = None,
    **options: Unpack[Options],
) -> Replications:
    """
    Run a simulation with several seeds.

    Where reps are limited, deals wait for each other, and no interval within one run holds; those
    over several runs do.

    Args:
        process: The process.

        runs: How many (>= 2).

        deals: How many, in each run.

        warmup: Deals that come so soon after the start are left out of the figures. None: none.

        **options: As `simulate` takes them. The seed is that of the first run, the others have the
            numbers that follow; workers and executor share the runs, and progress is told of them.

    Raises:
        TypeError: If *runs* is not a whole number.
        ValueError: If there are fewer than two, or their seeds come to no end.

    >>> import salesflow as sf
    >>> from salesflow.simulation import replicate
    >>> replicate(sf.load_process("six-step"), 2, deals=20)
    <Replications: 2 runs of 20 deals>
    """
    check_names(options)
    runs = whole("runs", runs, FEWEST, LARGEST_SEED)
    # Each run has a seed of its own, the last one as well.
    seed = whole("seed", options.get("seed", 1), 0, LARGEST_SEED - runs + 1)
    ends = [(number, options.get("until")) for number in range(seed, seed + runs)]
    found, progress = [], options.get("progress")
    for summary in each_run(process, ends, deals, warmup, options):
        found.append(summary)
        if progress is not None:
            progress(len(found), runs)
    return Replications(seeds=tuple(number for number, _ in ends), summaries=tuple(found))


def each_run(
    process: Process,
    ends: list[tuple[int, dt.datetime | None]],
    deals: int,
    warmup: Span | str | None,
    options: Options,
) -> Iterator[Summary]:
    """
    Yield the figures of several runs.

    Args:
        process: The process.

        ends: The seed of each, and when it ends; None: as *options* say.

        deals: How many, in each.

        warmup: As in `replicate`.

        options: The same.
    """
    of_one: Options = {"behaviour": options.get("behaviour"), "fast": options.get("fast")}
    work = functools.partial(
        _run,
        process=process,
        deals=deals,
        warmup=warmup,
        horizon=options.get("horizon"),
        options=of_one,
    )
    return mapped(work, ends, options)


def _run(
    end: tuple[int, dt.datetime | None],
    *,
    process: Process,
    deals: int,
    warmup: Span | str | None,
    horizon: Span | str | None,
    options: Options,
) -> Summary:
    seed, until = end
    span = horizon if until is None else None
    own: Options = {**options, "seed": seed, "until": until, "horizon": span}
    return summarize(process, deals, warmup=warmup, **own)

"""Grids: the same deals under every combination of some rules and habits."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any

import attrs

from salesflow.calendars import Span
from salesflow.markup import heading, line, page, table
from salesflow.process.model import Process
from salesflow.simulation.behaviour import Behaviour
from salesflow.simulation.comparison import Difference, compare
from salesflow.simulation.estimates import Estimate
from salesflow.simulation.figures import SHARE, said
from salesflow.simulation.frames import pandas_frame, polars_frame
from salesflow.simulation.front import Progress, simulate
from salesflow.simulation.metrics import METRICS, metric
from salesflow.simulation.summary import Summary
from salesflow.simulation.variants import Axes, Variant, variants

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

SHOWN = ("won", "silence", "lost", "touches_per_win", "rep_hours_per_win")
"""The figures that a grid shows of itself."""


@attrs.frozen(kw_only=True)
class Cell:
    """
    One combination.

    Args:
        labels: The value of each axis, as text.

        summary: The figures.

        differences: Against the process as it is, deal by deal.

        differing: The share of deals that come to another outcome than there.
    """

    labels: tuple[str, ...]
    summary: Summary = attrs.field(repr=False)
    differences: Mapping[str, Difference] = attrs.field(repr=False)
    differing: Estimate


@attrs.frozen(kw_only=True, repr=False)
class Grid:
    """
    The figures of every combination.

    Args:
        axes: The names of what was varied.

        base: The figures of the process and behaviour as they are.

        cells: Every combination, the last axis changing fastest.
    """

    axes: tuple[str, ...]
    base: Summary
    cells: tuple[Cell, ...]

    @functools.cached_property
    def labels(self) -> tuple[tuple[str, ...], ...]:
        """The values of each axis, as texts, in their order."""
        places = range(len(self.axes))
        return tuple(tuple(dict.fromkeys(c.labels[at] for c in self.cells)) for at in places)

    def __len__(self) -> int:
        return len(self.cells)

    def __repr__(self) -> str:
        return f"<Grid of {len(self):,} variants over {' × '.join(self.axes)}>"

    def __getitem__(self, labels: str | tuple[str, ...]) -> Cell:
        """
        Return a combination by its values, such as ``grid["3 days", "0.8"]``.

        Raises:
            KeyError: If there is none of these values.
        """
        wanted = (labels,) if isinstance(labels, str) else tuple(labels)
        for cell in self.cells:
            if cell.labels == wanted:
                return cell
        raise KeyError(wanted)

    def values(self, name: str) -> list[Estimate]:
        """
        Return a figure of every cell, in their order.

        Args:
            name: One of `salesflow.simulation.metrics.METRICS`.

        Raises:
            ValueError: If there is no such figure.
        """
        read = metric(name).of
        return [read(cell.summary) for cell in self.cells]

    def to_polars(self) -> pl.DataFrame:
        """
        Return every figure of every cell as a polars DataFrame.

        Raises:
            MissingExtraError: If polars is not installed.
        """
        return polars_frame(self._columns())

    def to_pandas(self) -> pd.DataFrame:
        """
        Return every figure of every cell as a pandas DataFrame.

        Raises:
            MissingExtraError: If pandas is not installed.
        """
        return pandas_frame(self._columns())

    def _columns(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {
            name: [cell.labels[place] for cell in self.cells]
            for place, name in enumerate(self.axes)
        }
        for name in METRICS:
            estimates = self.values(name)
            found[name] = [each.value for each in estimates]
            found[f"{name}_low"] = [each.low for each in estimates]
            found[f"{name}_high"] = [each.high for each in estimates]
        won = [cell.differences["won"].difference for cell in self.cells]
        found["won_more"] = [each.value for each in won]
        found["won_more_low"] = [each.low for each in won]
        found["won_more_high"] = [each.high for each in won]
        found["differing"] = [cell.differing.value for cell in self.cells]
        return found

    @functools.cached_property
    def _shown(self) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        """The head and the rows of what is shown: figures that can be said here."""
        names = [n for n in SHOWN if any(each.value is not None for each in self.values(n))]
        heads = (_head(name) for name in names)
        columns = [[_cell(e, METRICS[name].unit) for e in self.values(name)] for name in names]
        rows = [(*cell.labels, *texts) for cell, *texts in zip(self.cells, *columns, strict=True)]
        return (*self.axes, *heads), rows

    def __str__(self) -> str:
        head, rows = self._shown
        widths = [max(len(row[place]) for row in [head, *rows]) for place in range(len(head))]
        lines = ["  ".join(map(str.rjust, row, widths)).rstrip() for row in [head, *rows]]
        return "\n".join([_line(self), "", *lines])

    def _repr_html_(self) -> str:
        head, rows = self._shown
        return page(
            heading(f"{len(self)} variants of {self.base.process_id}"),
            line(_line(self), faint=True),
            table(head, rows, left=len(self.axes)),
        )


def grid(
    process: Process,
    axes: Axes,
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
) -> Grid:
    """
    Simulate the same deals under every combination of some values.

    All cells have the same deals with the same luck, and the behaviour that fits the process as it
    is. So cells differ by what was varied and nothing else.

    Args:
        process: The process.

        axes: By path, the values to try, such as ``{"contact_gaps.touch.max": ["2 days", "5
            days"]}``; paths of the behaviour begin with ``behaviour.``. Where one value takes
            several changes, a name of your own and what each label changes:
            ``{"leash": {"short": {"contact_gaps.touch.max": "2 days", …}}}``.

        behaviour: What people do. None: `Behaviour.default_for(process)`, for all cells.

        deals: How many, in each run.

        seed: As for `simulate`, as is all that follows.

        until: When each run ends.

        horizon: The same, counted from the last opening of the process as it is.

        workers: How many processes share each run.

        executor: Runs the chunks instead.

        fast: Whether to compile the rules.

        progress: Called after each cell, with how many are done and how many there are.


    Raises:
        ProcessError: If a path or a value of the process does not fit.
        BehaviourError: If a behaviour does not fit its process.
        ValueError: If nothing is varied, a path or a value of the behaviour does not fit, or deals
            would open at other instants, so that they cannot be compared.
    """
    said_by = Behaviour.default_for(process) if behaviour is None else behaviour
    # All of them first: a value that does not fit shows before anything is run.
    tried = list(variants(process, said_by, axes)) if axes else []
    if not tried:
        raise ValueError("axes: nothing is varied. Give at least one path with at least one value.")
    for variant in tried:
        variant.behaviour.check(variant.process)
    run = functools.partial(
        simulate, deals=deals, seed=seed, workers=workers, executor=executor, fast=fast
    )
    base = run(process, behaviour=said_by, until=until, horizon=horizon)

    def cells() -> Iterator[Cell]:
        for done, variant in enumerate(tried, 1):
            yield _cell_of(variant)
            if progress is not None:
                progress(done, len(tried))

    def _cell_of(variant: Variant) -> Cell:
        found = run(variant.process, behaviour=variant.behaviour, until=base.until)
        against = compare(base, found)
        return Cell(
            labels=variant.labels,
            summary=found.summary(),
            differences={each.name: each for each in against.differences},
            differing=against.differing,
        )

    return Grid(axes=tuple(axes), base=base.summary(), cells=tuple(cells()))


def _line(found: Grid) -> str:
    return f"{found.base.opened:,} matched deals in each; in brackets the 95 % intervals"


def _head(name: str) -> str:
    title, unit = METRICS[name].title, METRICS[name].unit
    return f"{title} %" if unit == SHARE else title


def _cell(estimate: Estimate, unit: str) -> str:
    if estimate.value is None:
        return ""
    ends = ("…" if end is None else said(end, unit) for end in (estimate.low, estimate.high))
    return f"{said(estimate.value, unit)} ({' to '.join(ends)})"

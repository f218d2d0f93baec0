"""Grids: the same deals under every combination of some rules and habits."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterator, Mapping
from typing import Any, Unpack

import attrs

from salesflow.calendars import Span
from salesflow.english import count_of
from salesflow.given import given, whole
from salesflow.markup import heading, line, page, table
from salesflow.process.model import Process
from salesflow.process.names import did_you_mean, listed
from salesflow.simulation.axis_titles import axis_title
from salesflow.simulation.behaviour import Behaviour
from salesflow.simulation.comparing import compare
from salesflow.simulation.comparison import Difference
from salesflow.simulation.estimates import NOTHING, Estimate
from salesflow.simulation.figures import SHARE, said
from salesflow.simulation.frames import Tabular
from salesflow.simulation.front import simulate
from salesflow.simulation.metrics import METRICS, metric, says_something
from salesflow.simulation.options import Options
from salesflow.simulation.replications import Replications, each_run, replicate
from salesflow.simulation.settling import LARGEST_SEED, MOST_DEALS, arrivals_of
from salesflow.simulation.summary import Summary
from salesflow.simulation.variants import Axes, Variant, variants
from salesflow.text_tables import aligned

SHOWN = ("won", "silence", "never_opened", "lost", "touches_per_win", "rep_hours_per_win")
"""The figures that a grid shows of itself."""


@attrs.frozen(kw_only=True)
class Cell:
    """
    One combination.

    Args:
        labels: The value of each axis, as text.

        summary: The figures, of all runs together.

        differences: Against the process as it is, deal by deal; of several runs, seed by seed.

        differing: The share of deals that come to another outcome than there; of several runs it is
            not said.

        runs: The runs, if there are several.
    """

    labels: tuple[str, ...]
    summary: Summary = attrs.field(repr=False)
    differences: Mapping[str, Difference] = attrs.field(repr=False)
    differing: Estimate
    runs: Replications | None = attrs.field(default=None, repr=False)

    def figure(self, name: str) -> Estimate:
        """
        Return a figure; the interval of several runs is Student's over the runs.

        Args:
            name: One of `salesflow.simulation.metrics.METRICS`.

        Raises:
            ValueError: If there is no such figure.
        """
        return metric(name).of(self.summary) if self.runs is None else self.runs.figure(name)


@attrs.frozen(kw_only=True, repr=False)
class Grid(Tabular):
    """
    The figures of every combination.

    Args:
        axes: The names of what was varied.

        titles: The same in words, for plots.

        base: The figures of the process and behaviour as they are.

        cells: Every combination, the last axis changing fastest.
    """

    axes: tuple[str, ...]
    titles: tuple[str, ...]
    base: Summary
    cells: tuple[Cell, ...]

    @functools.cached_property
    def labels(self) -> tuple[tuple[str, ...], ...]:
        """The values of each axis, as texts, in their order."""
        places = range(len(self.axes))
        return tuple(tuple(dict.fromkeys(c.labels[at] for c in self.cells)) for at in places)

    def __len__(self) -> int:
        return len(self.cells)

    def __iter__(self) -> Iterator[Cell]:
        return iter(self.cells)

    def __repr__(self) -> str:
        return f"<Grid of {count_of(len(self), 'variant')} over {' × '.join(self.axes)}>"

    def __getitem__(self, values: object) -> Cell:
        """
        Return a combination by its values, one for each axis, such as ``grid["3 days", 0.8]``.

        Raises:
            KeyError: If there is none of these values.
        """
        wanted = tuple(map(str, values if isinstance(values, tuple) else (values,)))
        for cell in self.cells:
            if cell.labels == wanted:
                return cell
        there = " × ".join(f"({listed(labels)})" for labels in self.labels)
        raise KeyError(f"grid: no cell {', '.join(wanted)}; there are {there}")

    def where(self, chosen: Mapping[str, object]) -> Grid:
        """
        Return the cells that have some values, as a grid over the other axes.

        Args:
            chosen: By axis, the value; such as ``{"behaviour.capacity.reps": 2}``.

        Raises:
            ValueError: If there is no such axis, or none of its values is that one; or if no axis
                would be left.
        """
        wanted = {}
        for axis, value in chosen.items():
            if axis not in self.axes:
                hint = did_you_mean(axis, self.axes) or f"; there are {listed(self.axes)}"
                raise ValueError(f"grid: no axis named {axis!r}{hint}")
            place = self.axes.index(axis)
            if str(value) not in self.labels[place]:
                known = listed(self.labels[place])
                raise ValueError(f"{axis}: no value {str(value)!r}; there are {known}")
            wanted[place] = str(value)
        rest = [place for place in range(len(self.axes)) if place not in wanted]
        if not rest:
            raise ValueError("grid: no axis would be left. For one cell write grid[…].")
        return Grid(
            axes=tuple(self.axes[place] for place in rest),
            titles=tuple(self.titles[place] for place in rest),
            base=self.base,
            cells=tuple(
                attrs.evolve(cell, labels=tuple(cell.labels[place] for place in rest))
                for cell in self.cells
                if all(cell.labels[place] == value for place, value in wanted.items())
            ),
        )

    def values(self, name: str) -> list[Estimate]:
        """
        Return a figure of every cell, in their order.

        Args:
            name: One of `salesflow.simulation.metrics.METRICS`.

        Raises:
            ValueError: If there is no such figure.
        """
        metric(name)
        return [cell.figure(name) for cell in self.cells]

    def _table(self) -> dict[str, list[Any]]:
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
        names = [name for name in SHOWN if says_something(name, self.values(name))]
        heads = (_head(name) for name in names)
        columns = [[_cell(e, METRICS[name].unit) for e in self.values(name)] for name in names]
        rows = [(*cell.labels, *texts) for cell, *texts in zip(self.cells, *columns, strict=True)]
        return (*self.axes, *heads), rows

    def __str__(self) -> str:
        head, rows = self._shown
        return "\n".join([_line(self), "", *aligned([head, *rows], left=0)])

    def _repr_html_(self) -> str:
        head, rows = self._shown
        return page(
            heading(f"{count_of(len(self), 'variant')} of {self.base.process_id}"),
            line(_line(self), faint=True),
            table(head, rows, left=len(self.axes)),
        )


def grid(
    process: Process,
    axes: Axes,
    *,
    deals: int = 10_000,
    runs: int = 1,
    warmup: Span | str | None = None,
    **options: Unpack[Options],
) -> Grid:
    """
    Simulate the same deals under every combination of some values.

    All cells have the same deals with the same luck, and the behaviour that fits the process as it
    is. So cells differ by what was varied and nothing else. Where deals wait for the same reps no
    interval within one run holds: then say how many *runs* there are to be.

    Args:
        process: The process.

        axes: By path, the values to try, such as ``{"contact_gaps.touch.max": ["2 days", "5
            days"]}``; paths of the behaviour begin with ``behaviour.``. Where one value takes
            several changes, a name of your own and what each label changes:
            ``{"leash": {"short": {"contact_gaps.touch.max": "2 days", …}}}``.

        deals: How many, in each run.

        runs: How many runs there are of each cell (>= 1), each with a seed of its own.

        warmup: Deals that come so soon after the start are left out of the figures. None: none.

        **options: As `simulate` takes them; everything ends when it does for the process as it is,
            and progress is told of cells.

    Raises:
        ProcessError: If a path or a value of the process does not fit.
        BehaviourError: If a behaviour does not fit its process.
        TypeError: If *process* is not a process, *runs* not a whole number, or *axes* are not
            values by paths.
        ValueError: If nothing is varied, a path or a value of the behaviour does not fit, or deals
            would come at other instants, so that they cannot be compared.
    """
    given("process", process, Process)
    runs = whole("runs", runs, 1, LARGEST_SEED)
    _check_axes(axes)
    said_by = options.get("behaviour") or Behaviour.default_for(process)
    # All of them first: a value that does not fit shows before anything is run.
    tried = list(variants(process, said_by, axes)) if axes else []
    if not tried:
        raise ValueError("axes: nothing is varied. Give at least one path with at least one value.")
    for variant in tried:
        variant.behaviour.check(variant.process)
    _check_arrivals(process, said_by, {_said(axes, each): each for each in tried}, deals, options)
    for_each: Options = {**options, "behaviour": said_by, "progress": None}
    if runs == 1:
        base, cells = _once(process, tried, deals, warmup, for_each)
    else:
        base, cells = _several_times(
            process, tried, deals, runs=runs, warmup=warmup, options=for_each
        )
    found, progress = [], options.get("progress")
    for cell in cells:
        found.append(cell)
        if progress is not None:
            progress(len(found), len(tried))
    titles = tuple(axis_title(process, axis) for axis in axes)
    return Grid(axes=tuple(axes), titles=titles, base=base, cells=tuple(found))


def _check_axes(axes: object) -> None:
    """Refuse what is not a mapping, before anything is asked of it."""
    if not isinstance(axes, Mapping):
        wanted = 'values by their paths, such as {"contact_gaps.touch.max": ["3 days", "5 days"]}'
        raise TypeError(f"axes: {axes!r:.60}, expected {wanted}")


def _said(axes: Axes, variant: Variant) -> str:
    pairs = zip(axes, variant.labels, strict=True)
    return ", ".join(f"{axis} = {label}" for axis, label in pairs)


def _check_arrivals(
    process: Process,
    behaviour: Behaviour,
    tried: Mapping[str, Variant],
    deals: int,
    options: Options,
) -> None:
    """Refuse variants whose deals come at other instants: those are other deals."""
    others = {
        said_so: variant
        for said_so, variant in tried.items()
        if variant.behaviour.arrivals != behaviour.arrivals
        or variant.process.calendar != process.calendar
    }
    if not others:
        return
    deals = whole("deals", deals, 1, MOST_DEALS)
    wanted = arrivals_of(process, behaviour, deals, options)
    for said_so, variant in others.items():
        found = arrivals_of(variant.process, variant.behaviour, deals, options)
        apart = sum(map(operator.ne, wanted, found)) + abs(len(wanted) - len(found))
        if apart:
            raise ValueError(
                f"axes: with {said_so}, {apart:,} of {count_of(deals, 'deal')} come at another "
                "instant than with the behaviour and the process as they are, so that they cannot "
                "be compared. Vary something else, or replicate each by itself, and hold the "
                "figures side by side."
            )


def _once(
    process: Process, tried: list[Variant], deals: int, warmup: Span | str | None, options: Options
) -> tuple[Summary, Iterator[Cell]]:
    """Return the figures of the process as it is, and the cells: one run of each."""
    base = simulate(process, deals, **options)

    def cells() -> Iterator[Cell]:
        for variant in tried:
            own: Options = {
                **options, "behaviour": variant.behaviour, "until": base.until, "horizon": None
            }  # fmt: skip
            found = simulate(variant.process, deals, **own)
            against = compare(base, found, warmup=warmup)
            yield Cell(
                labels=variant.labels,
                summary=found.summary(warmup=warmup),
                differences={each.name: each for each in against.differences},
                differing=against.differing,
            )

    return base.summary(warmup=warmup), cells()


def _several_times(
    process: Process,
    tried: list[Variant],
    deals: int,
    *,
    runs: int,
    warmup: Span | str | None,
    options: Options,
) -> tuple[Summary, Iterator[Cell]]:
    """The same with several runs of each."""
    base = replicate(process, runs, deals=deals, warmup=warmup, **options)
    # A seed ends for every cell when it does for the process as it is.
    ends = [(seed, each.until) for seed, each in zip(base.seeds, base.summaries, strict=True)]

    def cells() -> Iterator[Cell]:
        for variant in tried:
            own: Options = {**options, "behaviour": variant.behaviour}
            summaries = tuple(each_run(variant.process, ends, deals, warmup, own))
            found = Replications(seeds=base.seeds, summaries=summaries)
            yield Cell(
                labels=variant.labels,
                summary=found.together,
                differences={each.name: each for each in found.against(base).differences},
                differing=NOTHING,
                runs=found,
            )

    return base.together, cells()


def _line(found: Grid) -> str:
    runs = found.cells[0].runs
    if runs is not None:
        deals = f"{len(runs)} matched runs of {count_of(runs.summaries[0].deals, 'deal')} in each"
    else:
        deals = f"{count_of(found.base.arrived, 'matched deal')} in each"
        if any(cell.summary.shared for cell in found.cells):
            return f"{deals}; they wait for the same reps, so intervals take several runs"
    return f"{deals}; in brackets the 95 % intervals"


def _head(name: str) -> str:
    title, unit = METRICS[name].title, METRICS[name].unit
    return f"{title} %" if unit == SHARE else title


def _cell(estimate: Estimate, unit: str) -> str:
    if estimate.value is None:
        return ""
    if estimate.low is None and estimate.high is None:
        return said(estimate.value, unit)
    ends = ("…" if end is None else said(end, unit) for end in (estimate.low, estimate.high))
    return f"{said(estimate.value, unit)} ({' to '.join(ends)})"

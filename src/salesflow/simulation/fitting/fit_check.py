"""Whether a fit makes the same history again: simulated figures beside those that were seen."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping
from typing import Any

import attrs

from salesflow.calendars import to_datetime
from salesflow.calendars.arithmetic import DAY
from salesflow.english import count_of
from salesflow.history.extras import np, pl
from salesflow.intervals import student95
from salesflow.markup import heading, line, page, table
from salesflow.plain import plain
from salesflow.process.model import Process
from salesflow.process.parts import Mode, StageKind
from salesflow.simulation.behaviour import Behaviour
from salesflow.simulation.figures import DAYS, NUMBER, SHARE, said
from salesflow.simulation.fitting.seen import Seen
from salesflow.simulation.frames import Tabular
from salesflow.simulation.front import simulate
from salesflow.simulation.parts import Arrivals
from salesflow.simulation.result import SimulationResult
from salesflow.text_tables import aligned

MOST_DEALS = 5_000
"""So many deals are simulated in each run; of more, every second, third … one."""
WEEK = 7 * DAY
OPEN_AT_END, MEDIAN, TOUCHES = "open at the end", "median days to a win", "touches per open week"
CHECK_HEADS = ("", "history", "simulated", "95 % of runs", "")
OUTSIDE = "× lies outside the runs: there the behaviour is not like the history."
_UNITS = {MEDIAN: DAYS, TOUCHES: NUMBER}
"""The units of the figures that are no shares."""
_ENDS = (StageKind.WON, StageKind.LOST, StageKind.PARKED, StageKind.OPEN)

Figures = Mapping[str, float | None]
"""Figures by name; None: it cannot be said."""


@attrs.frozen(kw_only=True)
class CheckedFigure:
    """
    One figure of a history, and what simulations of it came to.

    Args:
        name: What it says.

        unit: As in `salesflow.simulation.figures.Figure`.

        history: As it was; None: it cannot be said.

        simulated: The mean over the runs.

        low, high: Between these, 95 of 100 further runs would lie; None: fewer than two can say it.
    """

    name: str
    unit: str
    history: float | None
    simulated: float | None
    low: float | None
    high: float | None

    @property
    def agrees(self) -> bool:
        """Whether the history lies where the runs do; so does a figure that neither can say."""
        if self.history is None or self.low is None or self.high is None:
            return self.history is None and self.simulated is None
        return self.low <= self.history <= self.high

    def cells(self) -> tuple[str, ...]:
        """Return what is shown of it."""
        history, simulated, low, high = (
            "" if number is None else said(number, self.unit)
            for number in (self.history, self.simulated, self.low, self.high)
        )
        name = f"{self.name} (%)" if self.unit == SHARE else self.name
        return name, history, simulated, low and f"{low} to {high}", "" if self.agrees else "×"


@attrs.frozen(kw_only=True, repr=False)
class FitCheck(Tabular):
    """
    A history beside simulations of it.

    Args:
        figures: Figure by figure.

        deals: How many deals each run had.

        runs: How many runs there were.
    """

    figures: tuple[CheckedFigure, ...]
    deals: int
    runs: int

    def __getitem__(self, name: str) -> CheckedFigure:
        """
        Return a figure by its name, such as ``won``.

        Raises:
            KeyError: If there is none of that name.
        """
        return {each.name: each for each in self.figures}[name]

    @property
    def differing(self) -> tuple[CheckedFigure, ...]:
        """The figures in which the history is unlike the runs."""
        return tuple(each for each in self.figures if not each.agrees)

    def _table(self) -> dict[str, list[Any]]:
        names = (*attrs.fields_dict(CheckedFigure), "agrees")
        return {name: [getattr(each, name) for each in self.figures] for name in names}

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-ready data."""
        figures = [{**plain(each), "agrees": each.agrees} for each in self.figures]
        return {"deals": self.deals, "runs": self.runs, "figures": figures}

    def __repr__(self) -> str:
        agreeing = len(self.figures) - len(self.differing)
        return f"<FitCheck: {agreeing} of {count_of(len(self.figures), 'figure')} agree>"

    def __str__(self) -> str:
        rows = (each.cells() for each in self.figures)
        return "\n".join([self.title, *aligned([CHECK_HEADS, *rows]), *self._notes])

    @property
    def _notes(self) -> tuple[str, ...]:
        return (OUTSIDE,) if self.differing else ()

    @property
    def title(self) -> str:
        """What is held against what, in words."""
        runs = count_of(self.runs, "simulation")
        return f"The history, and {runs} of {count_of(self.deals, 'deal')} each"

    def _repr_html_(self) -> str:
        rows = (each.cells() for each in self.figures)
        return page(heading(self.title), table(CHECK_HEADS, rows), *map(line, self._notes))


def check_fit(
    process: Process,
    behaviour: Behaviour,
    seen: Seen,
    runs: int,
    seed: int,
    *,
    fast: bool | None,
) -> FitCheck:
    """Simulate a history again; see `salesflow.simulation.fitting.Fit.check`."""
    if runs < 2:  # noqa: PLR2004 - one has no spread
        raise ValueError(f"runs: {runs}, expected at least 2: an interval needs several.")
    opened = seen.deals["opened_at"].sort()
    opened = opened.gather_every(-(-len(opened) // MOST_DEALS))
    watched = _watching(process)
    again = attrs.evolve(behaviour, arrivals=Arrivals(at=opened.to_list(), start=opened[0]))
    until = to_datetime(seen.until)
    simulated = [
        _of_result(
            simulate(watched, len(opened), seed=seed + run, behaviour=again, until=until, fast=fast)
        )
        for run in range(runs)
    ]
    figures = (
        _figure(name, value, [each[name] for each in simulated])
        for name, value in _of_history(seen).items()
    )
    return FitCheck(figures=tuple(figures), deals=len(opened), runs=runs)


def _watching(process: Process) -> Process:
    """Return a process that refuses and moves nothing."""
    gaps = [attrs.evolve(gap, mode=Mode.OBSERVE) for gap in process.contact_gaps]
    timers = [attrs.evolve(timer, mode=Mode.OBSERVE) for timer in process.timers]
    return attrs.evolve(process, mode=Mode.OBSERVE, contact_gaps=gaps, timers=timers)


def _figure(name: str, history: float | None, runs: list[float | None]) -> CheckedFigure:
    """
    Return one figure of the history and of the runs.

    Were the behaviour that of the history, the history would be one more run. So the interval is
    that of Student's t for the next of so many normal values, as far as there is such a figure.
    """
    known, unit = [run for run in runs if run is not None], _UNITS.get(name, SHARE)
    mean = low = high = None
    if known:
        mean = statistics.fmean(known)
    if mean is not None and len(known) > 1:
        half = student95(len(known) - 1) * statistics.stdev(known) * math.sqrt(1 + 1 / len(known))
        low, high = max(0.0, mean - half), mean + half
        high = min(1.0, high) if unit == SHARE else high
    return CheckedFigure(
        name=name,
        unit=unit,
        history=history,
        simulated=mean,
        low=low,
        high=high,
    )


def _of_history(seen: Seen) -> Figures:
    won = seen.deals.filter(pl.col("kind") == StageKind.WON.value)
    came = dict(seen.visits.group_by("stage").agg(pl.col("deal").n_unique()).iter_rows())
    ours = len(seen.touches.filter(~pl.col("is_inbound")))
    return _figures(
        seen.process,
        kinds=[len(seen.deals.filter(pl.col("kind") == kind.value)) for kind in _ENDS],
        days=(won["closed_at"] - won["opened_at"]).dt.total_microseconds().to_numpy() / DAY,
        came=[came.get(stage.id, 0) for stage in seen.process.stages],
        touches=ours,
        open_time=int((seen.spells["ends"] - seen.spells["begins"]).sum()),
    )


def _of_result(result: SimulationResult) -> Figures:
    columns, process = result.columns, result.process
    kinds = [*StageKind]
    won = columns["kind"] == kinds.index(StageKind.WON)
    is_open = [stage.kind is StageKind.OPEN for stage in process.stages]
    return _figures(
        process,
        kinds=[int((columns["kind"] == kinds.index(kind)).sum()) for kind in _ENDS],
        days=(columns["closed_at"] - columns["opened_at"])[won] / DAY,
        came=(columns["visits"] > 0).sum(axis=0).tolist(),
        touches=int(columns["touches"].sum()),
        open_time=int(columns["spent"][:, is_open].sum()),
    )


def _figures(
    process: Process,
    *,
    kinds: list[int],
    days: np.ndarray,
    came: list[int],
    touches: int,
    open_time: int,
) -> dict[str, float | None]:
    """Return the figures by their names; of a simulation as of a history."""
    deals = sum(kinds)
    names = [kind.value if kind is not StageKind.OPEN else OPEN_AT_END for kind in _ENDS]
    found: dict[str, float | None] = {
        name: count / deals for name, count in zip(names, kinds, strict=True)
    }
    found[MEDIAN] = float(np.median(days)) if len(days) else None
    found |= {
        f"came to {stage.name}": count / deals
        for stage, count in zip(process.stages[1:], came[1:], strict=True)
        if stage.kind is StageKind.OPEN
    }
    found[TOUCHES] = touches / (open_time / WEEK) if open_time else None
    return found

"""What type checkers see of simulations; mypy reads this file, nobody runs it."""

import datetime as dt
from typing import assert_type

import polars as pl

import salesflow as sf
from salesflow.charts import Axes
from salesflow.simulation import (
    Comparison,
    Estimate,
    Grid,
    PairedRuns,
    Replications,
    Sensitivity,
    SimulationResult,
    Summary,
    grid,
    plots,
    replicate,
    sensitivity,
    summarize,
)


def simulations(process: sf.Process) -> None:
    result = sf.simulate(process, 10, horizon="90 days")
    assert_type(result, SimulationResult)
    assert_type(result.until, dt.datetime)
    assert_type(result.deal(0), sf.Deal)
    assert_type(result.to_polars(), pl.DataFrame)
    summary = result.summary()
    assert_type(summary, Summary)
    assert_type(summarize(process, 10), Summary)
    assert_type(summary + summary, Summary)
    assert_type(summary.share("won"), Estimate)
    assert_type(summary.win_rate.low, float | None)
    assert_type(summary.days_to("won"), Estimate)
    found = sf.compare(result, result)
    assert_type(found, Comparison)
    assert_type(found["won"].difference, Estimate)
    assert_type(found.to_polars(), pl.DataFrame)


def variants(process: sf.Process) -> None:
    found = grid(process, {"contact_gaps.touch.max": ["3 days", "5 days"]}, deals=10)
    assert_type(found, Grid)
    assert_type(found.values("won"), list[Estimate])
    assert_type(plots.plot_leash(found), tuple[Axes, Axes])
    assert_type(plots.plot_heat_map(found, "won"), Axes)
    assert_type(sensitivity(process, deals=10), Sensitivity)
    runs = replicate(process, 2, deals=10)
    assert_type(runs, Replications)
    assert_type(runs.against(runs), PairedRuns)
    assert_type(runs.against(runs)["won"].difference, Estimate)
    named = grid(process, {"leash": {"short": {"contact_gaps.touch.max": "3 days"}}}, deals=10)
    assert_type(named["short"].summary, Summary)

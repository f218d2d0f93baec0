"""What type checkers see of an audit and its analyses; mypy reads this file, nobody runs it."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import assert_type

import polars as pl
from matplotlib.axes import Axes

import salesflow as sf
from salesflow.deal import Pulse
from salesflow.history import (
    Audit,
    Backtest,
    Breakdown,
    DealVerdict,
    Flow,
    GapVerdict,
    Group,
    RateRatio,
    Silence,
    backtest,
    plots,
    silence,
)


def of_an_audit(log: sf.EventLog, process: sf.Process, at: dt.datetime) -> None:
    """The result of an audit, in every form."""
    found = sf.audit(log, process, at, days=30)
    assert_type(found, Audit)
    assert_type(found.pulse, Pulse)
    assert_type(found.flow, Flow)
    assert_type(found.deals, tuple[DealVerdict, ...])
    assert_type(found.gaps, tuple[GapVerdict, ...])
    assert_type(found.at_risk, Decimal)
    assert_type(found.by("owner"), Breakdown)
    assert_type(found.by("owner")["dana"], Group)
    assert_type(found.to_polars("gaps"), pl.DataFrame)
    assert_type(found.write("folder", "csv"), tuple[Path, ...])
    assert_type(plots.plot_gaps(found), Axes)


def of_analyses(log: sf.EventLog, process: sf.Process, at: dt.datetime) -> None:
    """Silence and the back-test."""
    asked = silence(log, process, at, lag_days=3, within=("age", "stage"))
    assert_type(asked, Silence)
    assert_type(asked.lost, RateRatio)
    assert_type(asked.answer, str)
    tried = backtest(log, process, {"contact_gaps.touch.max": "3 days"}, at)
    assert_type(tried, Backtest)
    assert_type(tried.to_polars(0), pl.DataFrame)

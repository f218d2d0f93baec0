"""
A whole history: read from files or a CRM, and audited by the rules of a process.

What a CRM says (`salesflow.history.crm`) is read without the libraries of the extra ``history``;
without them the other names say what is missing when they are used.
"""

from __future__ import annotations

from typing import NoReturn

from salesflow.errors import MissingExtraError
from salesflow.history.reading.mapping import Mapping
from salesflow.history.reading.mapping_file import load_mapping, parse_mapping
from salesflow.history.reading.quality import Quality

__all__ = [
    "Audit",
    "Backtest",
    "Band",
    "Became",
    "Breakdown",
    "DealVerdict",
    "Durations",
    "EventLog",
    "Flow",
    "GapVerdict",
    "Group",
    "Mapping",
    "NaiveRow",
    "Quality",
    "RateRatio",
    "RuleSummary",
    "Silence",
    "Spike",
    "StageFlow",
    "Step",
    "StepCount",
    "Summary",
    "Trial",
    "audit",
    "backtest",
    "load_mapping",
    "parse_mapping",
    "silence",
]

try:
    from salesflow.history.audit import audit
    from salesflow.history.log import EventLog
    from salesflow.history.report.breakdown import Breakdown, Group
    from salesflow.history.report.flow import Durations, Flow, StageFlow
    from salesflow.history.report.result import Audit
    from salesflow.history.report.verdicts import (
        DealVerdict,
        GapVerdict,
        RuleSummary,
        Step,
        StepCount,
        Summary,
    )
    from salesflow.history.studies.backtest import backtest
    from salesflow.history.studies.comparison import Band
    from salesflow.history.studies.naive import NaiveRow
    from salesflow.history.studies.rates import RateRatio
    from salesflow.history.studies.silence import Silence, silence
    from salesflow.history.studies.spikes import Spike
    from salesflow.history.studies.trials import Backtest, Became, Trial
except MissingExtraError as error:
    _package = error.package

    def __getattr__(name: str) -> NoReturn:
        if name in __all__:
            raise MissingExtraError(_package, "history")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

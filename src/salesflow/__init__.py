"""
A sales process as a configurable state machine that is enforced.

The front door: everything a user needs by one name, imported when it is first used, so that
``import salesflow`` stays light. The events live in `salesflow.events`, and so do the rest of the
types and errors in the module of what they are about: ``sf.events``, ``sf.errors``, ``sf.history``.

>>> import salesflow as sf
>>> sf.load_process("six-step").stages[0].id
'qualify'
"""

from __future__ import annotations

import importlib
import importlib.metadata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from salesflow.calendars import Calendar, Span
    from salesflow.change import Diff, diff, migrate
    from salesflow.deal import (
        AgendaItem,
        Deadline,
        Deal,
        DealState,
        Effect,
        Pulse,
        agenda,
        pulse,
    )
    from salesflow.deal.machine import machine
    from salesflow.errors import (
        ConflictError,
        EventError,
        LogError,
        NoSuchDeal,
        Obstacle,
        ProcessError,
        ProcessFileError,
        Refused,
        SalesflowError,
        StoreError,
    )
    from salesflow.events import event_from_dict
    from salesflow.graph import check_process, draw, to_networkx
    from salesflow.history import Audit, EventLog, backtest, silence
    from salesflow.history.audit import audit
    from salesflow.process import (
        ContactGap,
        Move,
        Play,
        Process,
        Stage,
        Timer,
        dump_process,
        load_process,
    )
    from salesflow.rules.fast import compile_rules
    from salesflow.simulation import (
        Behaviour,
        Comparison,
        SimulationResult,
        compare,
        grid,
        simulate,
    )
    from salesflow.simulation.fitting import Fit, fit
    from salesflow.store import Store

_HOMES = {
    "salesflow.calendars": ("Calendar", "Span"),
    "salesflow.change": ("Diff", "diff", "migrate"),
    "salesflow.deal": (
        "AgendaItem",
        "Deadline",
        "Deal",
        "DealState",
        "Effect",
        "Pulse",
        "agenda",
        "pulse",
    ),
    "salesflow.deal.machine": ("machine",),
    "salesflow.errors": (
        "ConflictError",
        "EventError",
        "LogError",
        "NoSuchDeal",
        "Obstacle",
        "ProcessError",
        "ProcessFileError",
        "Refused",
        "SalesflowError",
        "StoreError",
    ),
    "salesflow.events": ("event_from_dict",),
    "salesflow.graph": ("check_process", "draw", "to_networkx"),
    "salesflow.history": ("Audit", "EventLog", "audit", "backtest", "silence"),
    "salesflow.process": (
        "ContactGap",
        "Move",
        "Play",
        "Process",
        "Stage",
        "Timer",
        "dump_process",
        "load_process",
    ),
    "salesflow.rules.fast": ("compile_rules",),
    "salesflow.simulation": (
        "Behaviour",
        "Comparison",
        "SimulationResult",
        "compare",
        "grid",
        "simulate",
    ),
    "salesflow.simulation.fitting": ("Fit", "fit"),
    "salesflow.store": ("Store",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}
_MODULES = (
    "calendars",
    "change",
    "deal",
    "errors",
    "events",
    "graph",
    "history",
    "process",
    "samples",
    "simulation",
    "store",
    "testing",
)
"""What can be said as ``sf.events`` without an import of its own."""

__all__ = [
    "AgendaItem",
    "Audit",
    "Behaviour",
    "Calendar",
    "Comparison",
    "ConflictError",
    "ContactGap",
    "Deadline",
    "Deal",
    "DealState",
    "Diff",
    "Effect",
    "EventError",
    "EventLog",
    "Fit",
    "LogError",
    "Move",
    "NoSuchDeal",
    "Obstacle",
    "Play",
    "Process",
    "ProcessError",
    "ProcessFileError",
    "Pulse",
    "Refused",
    "SalesflowError",
    "SimulationResult",
    "Span",
    "Stage",
    "Store",
    "StoreError",
    "Timer",
    "agenda",
    "audit",
    "backtest",
    "check_process",
    "compare",
    "compile_rules",
    "diff",
    "draw",
    "dump_process",
    "event_from_dict",
    "fit",
    "grid",
    "load_process",
    "machine",
    "migrate",
    "pulse",
    "silence",
    "simulate",
    "to_networkx",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    if name == "__version__":
        return importlib.metadata.version("salesflow")
    if name in _MODULES:
        return importlib.import_module(f"salesflow.{name}")
    if name not in _HOME_OF:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(importlib.import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    # What this file needs for itself is nobody else's to complete.
    own = (name for name in globals() if name.startswith("__"))
    return sorted({*own, "__version__", *__all__, *_MODULES})

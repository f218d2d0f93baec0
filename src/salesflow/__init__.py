"""
A sales process as a configurable state machine that is enforced.

The front door: everything a user needs by one name, imported when it is first used, so that
``import salesflow`` stays light. The events live in `salesflow.events`.

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
    from salesflow.change import diff, migrate
    from salesflow.deal import Deadline, Deal, DealState, Effect, agenda, pulse
    from salesflow.deal.machine import machine
    from salesflow.errors import (
        Obstacle,
        ProcessError,
        ProcessFileError,
        Refused,
        SalesflowError,
    )
    from salesflow.events import event_from_dict
    from salesflow.graph import check_process, draw, to_networkx
    from salesflow.history import EventLog, audit
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
    from salesflow.simulation import Behaviour, compare, simulate
    from salesflow.store import Store

_HOMES = {
    "salesflow.calendars": ("Calendar", "Span"),
    "salesflow.change": ("diff", "migrate"),
    "salesflow.deal": ("Deadline", "Deal", "DealState", "Effect", "agenda", "pulse"),
    "salesflow.deal.machine": ("machine",),
    "salesflow.errors": (
        "Obstacle",
        "ProcessError",
        "ProcessFileError",
        "Refused",
        "SalesflowError",
    ),
    "salesflow.events": ("event_from_dict",),
    "salesflow.graph": ("check_process", "draw", "to_networkx"),
    "salesflow.history": ("EventLog", "audit"),
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
    "salesflow.simulation": ("Behaviour", "compare", "simulate"),
    "salesflow.store": ("Store",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Behaviour",
    "Calendar",
    "ContactGap",
    "Deadline",
    "Deal",
    "DealState",
    "Effect",
    "EventLog",
    "Move",
    "Obstacle",
    "Play",
    "Process",
    "ProcessError",
    "ProcessFileError",
    "Refused",
    "SalesflowError",
    "Span",
    "Stage",
    "Store",
    "Timer",
    "agenda",
    "audit",
    "check_process",
    "compare",
    "diff",
    "draw",
    "dump_process",
    "event_from_dict",
    "load_process",
    "machine",
    "migrate",
    "pulse",
    "simulate",
    "to_networkx",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    if name == "__version__":
        return importlib.metadata.version("salesflow")
    if name not in _HOME_OF:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(importlib.import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

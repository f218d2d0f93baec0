"""The process definition: its parts, its file, its gates, and the checks that it is consistent."""

from salesflow.process.dump import dump_process
from salesflow.process.editor_schema import json_schema
from salesflow.process.gates import Gate, GateError, facts_of, parse_gate
from salesflow.process.load import catalog_names, catalog_text, load_process
from salesflow.process.model import Process
from salesflow.process.parts import (
    ActivityKind,
    ContactGap,
    Criterion,
    Direction,
    Escalation,
    Fact,
    FactType,
    Holds,
    Listing,
    Mode,
    Move,
    NamedCalendar,
    Play,
    Postponement,
    Revival,
    Role,
    Stage,
    StageKind,
    Timer,
    TouchClass,
)
from salesflow.process.values import ForeignMoney, parse_fact_value

__all__ = [
    "ActivityKind",
    "ContactGap",
    "Criterion",
    "Direction",
    "Escalation",
    "Fact",
    "FactType",
    "ForeignMoney",
    "Gate",
    "GateError",
    "Holds",
    "Listing",
    "Mode",
    "Move",
    "NamedCalendar",
    "Play",
    "Postponement",
    "Process",
    "Revival",
    "Role",
    "Stage",
    "StageKind",
    "Timer",
    "TouchClass",
    "catalog_names",
    "catalog_text",
    "dump_process",
    "facts_of",
    "json_schema",
    "load_process",
    "parse_fact_value",
    "parse_gate",
]

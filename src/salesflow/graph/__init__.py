"""The process as a graph: built, checked, drawn."""

from salesflow.graph.build import to_networkx
from salesflow.graph.checks import check_process
from salesflow.graph.draw import Drawing, draw
from salesflow.graph.findings import CODES, CodeInfo, Finding, Severity

__all__ = [
    "CODES",
    "CodeInfo",
    "Drawing",
    "Finding",
    "Severity",
    "check_process",
    "draw",
    "to_networkx",
]

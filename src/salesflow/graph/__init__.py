"""The process as a graph: built, checked, proved, drawn."""

from salesflow.graph.bounds import Life, Proofs, Way, prove
from salesflow.graph.build import to_networkx
from salesflow.graph.checks import check_process
from salesflow.graph.draw import Drawing, draw
from salesflow.graph.findings import CODES, CodeInfo, Finding, Severity
from salesflow.graph.ignores import without_ignored

__all__ = [
    "CODES",
    "CodeInfo",
    "Drawing",
    "Finding",
    "Life",
    "Proofs",
    "Severity",
    "Way",
    "check_process",
    "draw",
    "prove",
    "to_networkx",
    "without_ignored",
]

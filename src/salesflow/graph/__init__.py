"""The process as a graph: built, checked, proved, drawn."""

from salesflow.graph.bounds import Life, Proofs, Way, prove
from salesflow.graph.build import to_networkx
from salesflow.graph.checks import (
    CODES,
    CodeInfo,
    Finding,
    Severity,
    check_process,
    without_ignored,
)
from salesflow.graph.draw import Drawing, draw

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

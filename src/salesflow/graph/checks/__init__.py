"""A process checked like a linter: every check, what it finds, and the comments that accept it."""

from salesflow.graph.checks.check import check_process
from salesflow.graph.checks.findings import CODES, CodeInfo, Finding, Severity
from salesflow.graph.checks.ignores import without_ignored

__all__ = ["CODES", "CodeInfo", "Finding", "Severity", "check_process", "without_ignored"]

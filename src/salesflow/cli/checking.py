"""What `check` reports: problems of the file and findings of the checks, in one list."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import attrs

from salesflow.cli.out import Screen
from salesflow.cli.reading import is_path, read_process
from salesflow.errors import Problem, ProcessFileError
from salesflow.graph import Finding, Severity, check_process
from salesflow.process import Process, catalog_text
from salesflow.process.findings import render
from salesflow.process.locate import locate

FOUND = 1
UNREADABLE = 2

_SILENT = frozenset({Severity.INFO})
"""Severities that leave the exit code at 0."""


@attrs.frozen
class Report:
    """
    The answer of `check`.

    Args:
        file: As it was asked for.

        process: None if it could not be made of the file.

        problems: Why not.

        findings: Of the checks on a process that could be made.
    """

    file: str
    process: Process | None
    problems: tuple[Problem, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def exit_code(self) -> int:
        """What the command ends with."""
        # What has no line is wrong with the file as such: it is not there, or may not be read.
        if any(problem.line is None for problem in self.problems):
            return UNREADABLE
        loud = [finding for finding in self.findings if finding.severity not in _SILENT]
        return FOUND if self.problems or loud else 0

    def to_dict(self) -> dict[str, Any]:
        """Return it for programs; a problem of the file has no code."""
        process = self.process
        counts = self._counts()
        return {
            "file": self.file,
            "process": process
            and {"id": process.id, "version": process.version, "hash": process.hash},
            "findings": [
                *({"code": None, "severity": "error"} | _placed(each) for each in self.problems),
                *(
                    {"code": each.code, "severity": each.severity.value}
                    | _placed(each)
                    | {"fix": each.fix}
                    for each in self.findings
                ),
            ],
            "counts": {severity.value: counts[severity] for severity in Severity},
        }

    def show(self) -> None:
        """Print it like a compiler, and what it comes to."""
        screen, messages = Screen(), Screen(err=True)
        for problem in self.problems:
            (messages if problem.line is None else screen).finding(
                self._place(problem), "error", str(problem)
            )
        for each in self.findings:
            said = f"{each.path}: {each.message}. {each.fix}."
            screen.finding(self._place(each), each.severity, said, code=each.code)
        if self.exit_code != UNREADABLE:
            screen.line(self.summary)

    def _place(self, each: Problem | Finding) -> str:
        return self.file if each.line is None else f"{self.file}:{each.line}:{each.column}"

    def _counts(self) -> Counter[Severity]:
        counts = Counter(finding.severity for finding in self.findings)
        counts[Severity.ERROR] += len(self.problems)
        return counts

    @property
    def summary(self) -> str:
        """What was looked at, and how much was found."""
        counts = self._counts()
        found = ", ".join(
            f"{counts[severity]} {severity}{'s' if counts[severity] > 1 else ''}"
            for severity in Severity
            if counts[severity]
        )
        if self.process is None:
            return found
        process = self.process
        rules = len(process.contact_gaps) + len(process.timers)
        size = f"{len(process.stages)} stages, {rules} rules"
        return f"{process.id} {process.version}: {size}, {found or 'nothing found'}"


def report_on(file: str) -> Report:
    """Return what is wrong with the process that *file* names, and what is doubtful in it."""
    try:
        process = read_process(file)
    except ProcessFileError as error:
        return Report(file, None, error.problems)
    return Report(file, process, findings=check_process(process, positions=_positions(file)))


def _placed(each: Problem | Finding) -> dict[str, Any]:
    return {
        "path": each.path,
        "message": each.message,
        "line": each.line,
        "column": each.column,
    }


def _positions(file: str) -> dict[str, tuple[int, int]]:
    """Return line and column of every path in *file*."""
    text = Path(file).read_text(encoding="utf-8-sig") if is_path(file) else catalog_text(file)
    located = locate(text)
    return {render(path): tuple(located.key(path)) for path in located.keys}  # type: ignore[misc]

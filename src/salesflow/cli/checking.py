"""What `check` reports: problems of the file and findings of the checks, in one list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import attrs

from salesflow.cli.exits import UNUSABLE
from salesflow.cli.out import Screen
from salesflow.cli.reading import is_path, read_process
from salesflow.english import count_of
from salesflow.errors import Problem, ProcessFileError
from salesflow.graph import CODES, Finding, Severity, check_process, without_ignored
from salesflow.process import Process, catalog_text
from salesflow.process.flaws import render
from salesflow.process.locate import locate
from salesflow.process.names import did_you_mean

FOUND = 1

_SILENT = frozenset({Severity.INFO})
"""Severities that leave the exit code at 0."""

_GITHUB = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
"""What GitHub calls them."""


@attrs.frozen
class Report:
    """
    The answer of `check`.

    Args:
        file: As it was asked for.

        process: None if it could not be made of the file.

        problems: Why not.

        findings: Of the checks on a process that could be made, in the order of the file.

        ignored: How many more there were, which a comment in the file accepts.
    """

    file: str
    process: Process | None
    problems: tuple[Problem, ...] = ()
    findings: tuple[Finding, ...] = ()
    ignored: int = 0

    @property
    def exit_code(self) -> int:
        """What the command ends with."""
        # What has no line is wrong with the file as such: it is not there, or may not be read.
        if any(problem.line is None for problem in self.problems):
            return UNUSABLE
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
            "ignored": self.ignored,
        }

    def show(self) -> None:
        """Print it like a compiler, and what it comes to."""
        screen, messages = Screen(), Screen(err=True)
        for problem in self.problems:
            (messages if problem.line is None else screen).finding(
                self._place(problem), "error", str(problem)
            )
        for each in self.findings:
            screen.finding(self._place(each), each.severity, _said(each), code=each.code)
        if self.exit_code != UNUSABLE:
            screen.line(self.summary)

    def annotations(self) -> str:
        """Return it as GitHub reads it in the output of a workflow, one line each."""
        lines = [
            *(_annotation(self.file, "error", each, str(each)) for each in self.problems),
            *(
                _annotation(self.file, _GITHUB[each.severity], each, _said(each), each.code)
                for each in self.findings
            ),
        ]
        return "".join(f"{line}\n" for line in lines)

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
            count_of(counts[severity], severity) for severity in Severity if counts[severity]
        )
        if self.process is None:
            return found
        process = self.process
        stages, rules = len(process.stages), len(process.rules)
        size = f"{count_of(stages, 'stage')}, {count_of(rules, 'rule')}"
        ignored = f", {self.ignored} ignored" if self.ignored else ""
        return f"{process.id} {process.version}: {size}, {found or 'nothing found'}{ignored}"


def report_on(file: str, wanted: Callable[[str], bool] = lambda _: True) -> Report:
    """
    Return what is wrong with the process that *file* names, and what is doubtful in it.

    Args:
        file: A file, or the name of a built-in process.

        wanted: Which codes; what is wrong with the file is told anyway.
    """
    try:
        process = read_process(file)
    except ProcessFileError as error:
        return Report(file, None, error.problems)
    text = Path(file).read_text(encoding="utf-8-sig") if is_path(file) else catalog_text(file)
    found = check_process(process, positions=_positions(text))
    kept = without_ignored(found, text)
    chosen = (each for each in kept if wanted(each.code))
    findings = tuple(sorted(chosen, key=lambda each: (each.line or 0, each.column or 0, each.code)))
    return Report(file, process, findings=findings, ignored=len({*found} - {*kept}))


def choice_of(select: Iterable[str], ignore: Iterable[str]) -> Callable[[str], bool]:
    """
    Return which codes are chosen.

    Args:
        select: Codes, or beginnings of codes such as ``SF3``; several in one text with commas.
            Empty: all of them.

        ignore: The same, of what is left out then.

    Raises:
        ValueError: If a text is not the beginning of a code.
    """
    taken = _beginnings(select) or ("SF",)
    left_out = _beginnings(ignore)
    return lambda code: code.startswith(taken) and not code.startswith(left_out or ("-",))


def _beginnings(texts: Iterable[str]) -> tuple[str, ...]:
    found = tuple(part.strip() for text in texts for part in text.split(",") if part.strip())
    for begin in found:
        if not any(code.startswith(begin) for code in CODES):
            hint = (
                did_you_mean(begin, CODES) or "; expected one such as SF304, or SF3 for all of time"
            )
            raise ValueError(f"{begin!r} is not the beginning of a code{hint}")
    return found


def _said(each: Finding) -> str:
    where = f"{each.path}: " if each.path else ""
    return f"{where}{each.message}. {each.fix}."


def _annotation(
    file: str, kind: str, each: Problem | Finding, said: str, title: str = "salesflow"
) -> str:
    marks = {"file": file, "line": each.line, "col": each.column, "title": title}
    told = ",".join(
        f"{key}={_escaped(str(value), ',:')}" for key, value in marks.items() if value is not None
    )
    return f"::{kind} {told}::{_escaped(said)}"


def _escaped(text: str, also: str = "") -> str:
    """Return a text as GitHub wants it: what would end it, as its number."""
    return "".join(f"%{ord(sign):02X}" if sign in f"%\r\n{also}" else sign for sign in text)


def _placed(each: Problem | Finding) -> dict[str, Any]:
    return {
        "path": each.path,
        "message": each.message,
        "line": each.line,
        "column": each.column,
    }


def _positions(text: str) -> dict[str, tuple[int, int]]:
    """Return line and column of every path in a file."""
    located = locate(text)
    return {render(path): tuple(located.key(path)) for path in located.keys}  # type: ignore[misc]

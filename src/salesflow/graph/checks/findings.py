"""A finding of a check, and the table of all codes."""

from __future__ import annotations

import enum
from collections.abc import Mapping

import attrs


class Severity(enum.StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    """The process cannot do what it says."""
    WARNING = "warning"
    """Something is almost certainly not intended."""
    INFO = "info"
    """Worth a look; often intended."""


@attrs.frozen(kw_only=True)
class Finding:
    """
    One thing that a check found in a process.

    Args:
        code: Which check, such as ``SF101``; stable.

        severity: How much it matters.

        path: Where, as written in the file, such as ``stages[2]``; empty for a comment in it.

        message: What was seen.

        fix: What to do about it.

        line: Line in the file, counted from 1; None if the positions were not given.

        column: Column in that line, counted from 1; None if *line* is.
    """

    code: str
    severity: Severity
    path: str
    message: str
    fix: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        place = "" if self.line is None else f"{self.line}:{self.column}: "
        where = f"{self.path}: " if self.path else ""
        return f"{place}{self.code} {self.severity}: {where}{self.message}. {self.fix}."


@attrs.frozen
class CodeInfo:
    """
    What a code stands for.

    Args:
        code: Such as ``SF101``.

        severity: The severity of its findings.

        summary: Its meaning in one line.
    """

    code: str
    severity: Severity
    summary: str

    @property
    def anchor(self) -> str:
        """Where it is explained, in ``docs/reference/checks.md``."""
        return f"reference/checks.md#{self.code.lower()}"


_ERROR, _WARNING, _INFO = Severity

CODES: Mapping[str, CodeInfo] = {
    info.code: info
    for info in (
        CodeInfo("SF001", _WARNING, "A comment accepts a finding that is not there."),
        CodeInfo("SF101", _ERROR, "A stage cannot be reached."),
        CodeInfo("SF102", _ERROR, "A stage is a trap: no end can be reached from it."),
        CodeInfo("SF103", _WARNING, "A deal in the stage can no longer be won."),
        CodeInfo("SF104", _WARNING, "A listed move can never be made."),
        CodeInfo("SF105", _ERROR, "What a move asks for can never be true."),
        CodeInfo("SF106", _INFO, "A win probability contradicts its stage or the order."),
        CodeInfo("SF201", _WARNING, "A fact is declared and nothing reads it."),
        CodeInfo("SF202", _INFO, "A role is declared and nothing names it."),
        CodeInfo("SF203", _WARNING, "A touch class is declared and no rule uses it."),
        CodeInfo("SF204", _INFO, "An activity reaches the buyer and no rule counts it."),
        CodeInfo("SF205", _WARNING, "A cap on attempts in a class that counts none."),
        CodeInfo("SF301", _WARNING, "A rule waits longer than the timer that ends the deal."),
        CodeInfo("SF302", _INFO, "A gap is longer than the stage's own limit."),
        CodeInfo("SF303", _WARNING, "Two timers move a deal to different stages at one instant."),
        CodeInfo("SF304", _WARNING, "A deal can rest in the stage for ever."),
        CodeInfo("SF305", _WARNING, "The process has no contact gap."),
        CodeInfo("SF306", _ERROR, "A rule can never act."),
        CodeInfo("SF307", _WARNING, "What stops a clock also restarts it."),
        CodeInfo("SF308", _WARNING, "A warning never comes before the breach."),
        CodeInfo("SF309", _WARNING, "A notice comes as soon as its clock starts."),
        CodeInfo("SF310", _INFO, "An escalation waits for the end of its rule."),
        CodeInfo("SF311", _WARNING, "The limits of holds let a deal be held for ever."),
        CodeInfo("SF312", _INFO, "A deal can go in circles for ever."),
        CodeInfo("SF313", _WARNING, "An untouched deal can live for ever."),
        CodeInfo("SF314", _ERROR, "Time could move a deal a hundred times at one instant."),
        CodeInfo("SF315", _INFO, "A touch never postpones the timer that it restarts."),
        CodeInfo("SF316", _INFO, "A fact expires before the timer that it starts ends."),
        CodeInfo("SF317", _INFO, "A play is due after its stage is over."),
        CodeInfo("SF318", _WARNING, "A gap adds nothing to another one."),
        CodeInfo("SF319", _INFO, "An escalation comes after the date that its timer ends before."),
        CodeInfo("SF401", _WARNING, "The holidays of a country are not frozen."),
        CodeInfo("SF402", _INFO, "Working days are known for some years only."),
    )
}
"""Every code: SF0xx the file, SF1xx stages and moves, SF2xx names, SF3xx time, SF4xx calendars."""


def finding(code: str, path: str, message: str, fix: str) -> Finding:
    """Return a finding with the severity of *code*."""
    return Finding(code=code, severity=CODES[code].severity, path=path, message=message, fix=fix)

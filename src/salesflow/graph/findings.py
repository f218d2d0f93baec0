"""What a check says, and the table of everything that checks can say."""

from __future__ import annotations

import enum
from collections.abc import Mapping

import attrs


class Severity(enum.StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    """The process cannot do what it says."""
    WARNING = "warning"
    """Something is almost surely not meant."""
    INFO = "info"
    """Worth a look; often meant."""


@attrs.frozen(kw_only=True)
class Finding:
    """
    One thing that a check saw in a process.

    Args:
        code: Which check, such as ``SF101``; stable.

        severity: How much it matters.

        path: Where, as written in the file, such as ``stages[2]``.

        message: What was seen.

        fix: What to do about it.

        line: Line in the file, counted from 1; None if nobody said where the parts are.

        column: Column in that line, counted from 1; None like *line*.
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
        return f"{place}{self.code} {self.severity}: {self.path}: {self.message}. {self.fix}."


@attrs.frozen
class CodeInfo:
    """
    What a code stands for.

    Args:
        code: Such as ``SF101``.

        severity: What its findings have.

        summary: One line.
    """

    code: str
    severity: Severity
    summary: str

    @property
    def anchor(self) -> str:
        """Where it is explained, in ``docs/reference/checks.md``."""
        return f"reference/checks.md#{self.code.lower()}"


CODES: Mapping[str, CodeInfo] = {
    info.code: info
    for info in (
        CodeInfo("SF101", Severity.ERROR, "A stage cannot be reached."),
        CodeInfo("SF102", Severity.ERROR, "A stage is a trap: no end can be reached from it."),
        CodeInfo("SF103", Severity.WARNING, "A deal in the stage can no longer be won."),
        CodeInfo("SF104", Severity.WARNING, "A listed move can never be made."),
        CodeInfo("SF201", Severity.WARNING, "A fact is declared and nothing reads it."),
        CodeInfo("SF202", Severity.INFO, "A role is declared and nothing names it."),
        CodeInfo("SF203", Severity.WARNING, "A touch class is declared and no rule uses it."),
        CodeInfo("SF204", Severity.INFO, "An activity reaches the buyer and no rule counts it."),
        CodeInfo("SF301", Severity.WARNING, "A gap never breaches: a timer ends the deal before."),
        CodeInfo("SF302", Severity.INFO, "A stage is over before a gap that starts in it."),
        CodeInfo("SF303", Severity.WARNING, "Two timers move a deal apart at one instant."),
        CodeInfo("SF304", Severity.WARNING, "A deal can rest in the stage for ever."),
        CodeInfo("SF305", Severity.WARNING, "The process has no contact gap."),
    )
}
"""Every code: SF1xx stages and moves, SF2xx names, SF3xx time."""


def finding(code: str, path: str, message: str, fix: str) -> Finding:
    """Return a finding with the severity that *code* has."""
    return Finding(code=code, severity=CODES[code].severity, path=path, message=message, fix=fix)

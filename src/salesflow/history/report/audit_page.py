"""An audit for a notebook: what can still be changed before what has come of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from salesflow.history.report.html import bar, heading, line, page, table
from salesflow.history.report.screen import MOST_STEPS, deals_line, many, pulse_lines

if TYPE_CHECKING:
    from salesflow.history.report.result import Audit
    from salesflow.history.report.verdicts import RuleSummary


def audit_page(audit: Audit) -> str:
    """Return an audit as a piece of HTML."""
    summary = audit.summary
    counts = {"breached": summary.breached, "due": summary.due, "ok": summary.ok}
    return page(
        heading(
            f"{audit.process_id} {audit.process_version}, as of {audit.as_of:%Y-%m-%d %H:%M} UTC"
        ),
        line(deals_line(audit)),
        bar(counts),
        heading("Leading: what can still be changed"),
        _pairs(list(pulse_lines(audit))),
        _rules(audit),
        heading(f"Moves that the process does not allow: {many(_passed(audit), 'obstacle')}"),
        _steps(audit),
        heading("Trailing: what has come of it"),
        _pairs(list(audit.flow.lines())),
        heading("Rows"),
        *(line(each.strip(), faint=True) for each in audit.quality.lines()),
    )


def _pairs(pairs: list[tuple[str, str]]) -> str:
    return table((), pairs, left=2)


def _rules(audit: Audit) -> str:
    told = [rule for rule in audit.summary.rules if rule.breaches or rule.due_now]
    if not told:
        return ""
    head = ("rule", "went past", "deals", "breached now", "due now")
    return heading("Rules, had they only watched") + table(head, map(_rule, told))


def _rule(rule: RuleSummary) -> tuple[str, ...]:
    numbers = (rule.breaches, rule.deals, rule.breached_now, rule.due_now)
    return (rule.rule, *(f"{number:,}" for number in numbers))


def _passed(audit: Audit) -> int:
    return sum(step.count for step in audit.deviations)


def _steps(audit: Audit) -> str:
    shown = audit.deviations[:MOST_STEPS]
    rows = [(str(each.step), f"{each.count:,}", f"{each.deals:,}") for each in shown]
    return table(("move", "times", "deals"), rows) if rows else ""

"""An audit on one screen of plain text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from salesflow.history.verdicts import Audit, RuleSummary

MOST_STEPS = 5
"""Deviations that are shown."""


def screen(audit: Audit) -> str:
    """Return what matters first of an audit: what was read, how deals stand, what deviates."""
    return "\n".join(
        [
            f"{audit.process_id} {audit.process_version}, as of {audit.as_of:%Y-%m-%d %H:%M} UTC",
            "",
            *_rows(audit),
            "",
            *_deals(audit),
            "",
            *_rules(audit),
            "",
            *_deviations(audit),
        ]
    )


def _rows(audit: Audit) -> Iterator[str]:
    lines = audit.quality.lines()
    yield f"Rows: {lines[0]}"
    yield from (f"  {line}" for line in lines[1:])
    if audit.summary.rows_after:
        yield f"  {_many(audit.summary.rows_after, 'event')} later than that instant: not taken in"


def _deals(audit: Audit) -> Iterator[str]:
    found = audit.summary
    parts = [f"{found.open:,} open", f"{found.won:,} won", f"{found.lost:,} lost"]
    if found.parked:
        parts.append(f"{found.parked:,} parked")
    if found.not_open_yet:
        parts.append(f"{found.not_open_yet:,} not open yet")
    yield f"Deals: {found.deals:,}: {', '.join(parts)}"
    yield f"Open deals: {found.ok:,} ok, {found.due:,} due, {found.breached:,} breached"


def _rules(audit: Audit) -> Iterator[str]:
    yield "Rules, had they only watched:"
    told = [rule for rule in audit.summary.rules if _has_news(rule)]
    width = max((len(rule.rule) for rule in told), default=0)
    for rule in told:
        now = f"now {rule.due_now:,} due, {rule.breached_now:,} breached"
        yield f"  {rule.rule:<{width}}  {_passed(rule)}; {now}"
    quiet = [rule.rule for rule in audit.summary.rules if not _has_news(rule)]
    if quiet:
        yield f"  nothing to say: {', '.join(quiet)}"
    if not audit.summary.rules:
        yield "  there are none"


def _has_news(rule: RuleSummary) -> bool:
    return bool(rule.breaches or rule.due_now or rule.breached_now)


def _passed(rule: RuleSummary) -> str:
    if rule.move_to is None:
        return f"passed {_many(rule.breaches, 'time')}, in {_many(rule.deals, 'deal')}"
    became = ", ".join(f"{count:,} {kind}" for kind, count in rule.ended.items() if count)
    said = f" (today: {became})" if became else ""
    return f"would have moved {_many(rule.deals, 'deal')} to {rule.move_to}{said}"


def _deviations(audit: Audit) -> Iterator[str]:
    total = sum(step.count for step in audit.deviations)
    yield f"Deviations: {total:,}, in {_many(audit.summary.deviating, 'deal')}"
    for step in audit.deviations[:MOST_STEPS]:
        yield f"  {step.count:,} × {step.step}"
    if len(audit.deviations) > MOST_STEPS:
        yield f"  and {_many(len(audit.deviations) - MOST_STEPS, 'other kind')}"


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"

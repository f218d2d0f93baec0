"""An audit on one screen of plain text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from salesflow.history.report.result import Audit
    from salesflow.history.report.verdicts import RuleSummary

MOST_STEPS = 5
"""Deviations that are shown."""


def screen(audit: Audit) -> str:
    """
    Return what matters first of an audit.

    That is what was read, how deals stand and what can still be changed, what went past the rules
    and the process; and last, what cannot be changed any more.
    """
    return "\n".join(
        [
            f"{audit.process_id} {audit.process_version}, as of {audit.as_of:%Y-%m-%d %H:%M} UTC",
            "",
            *_rows(audit),
            "",
            *_deals(audit),
            "",
            "What can still be changed:",
            *_pairs(pulse_lines(audit)),
            "",
            *_rules(audit),
            "",
            *_deviations(audit),
            "",
            "What has come of it:",
            *_pairs(audit.flow.lines()),
        ]
    )


def _rows(audit: Audit) -> Iterator[str]:
    lines = audit.quality.lines()
    yield f"Rows: {lines[0]}"
    yield from (f"  {line}" for line in lines[1:])
    if audit.summary.rows_after:
        yield f"  {many(audit.summary.rows_after, 'event')} later than that instant: not taken in"


def _deals(audit: Audit) -> Iterator[str]:
    found = audit.summary
    yield deals_line(audit)
    yield f"Open deals: {found.ok:,} ok, {found.due:,} due, {found.breached:,} breached"


def deals_line(audit: Audit) -> str:
    """Return how many deals there are, by what their stages mean."""
    found = audit.summary
    parts = [f"{found.open:,} open", f"{found.won:,} won", f"{found.lost:,} lost"]
    if found.parked:
        parts.append(f"{found.parked:,} parked")
    if found.not_open_yet:
        parts.append(f"{found.not_open_yet:,} not open yet")
    return f"Deals: {found.deals:,}: {', '.join(parts)}"


def pulse_lines(audit: Audit) -> Iterator[tuple[str, str]]:
    """Yield the leading indicators in the words of the pulse; what cannot be known is left out."""
    pulse = audit.pulse
    yield from (each for each in pulse.lines() if each[0] not in _NOT_ASKED)
    if pulse.open:
        at_risk, stake = audit.at_risk, audit.at_stake
        money = f" {audit.currency}" if audit.currency else ""
        yield "value at risk", f"{at_risk:,.0f} of {stake:,.0f}{money} in open deals"


_NOT_ASKED = ("uncertain", "to take back")
"""What an audit does not ask: rules that only observe take nothing back."""


def _pairs(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    told = list(pairs)
    width = max(len(name) for name, _ in told)
    yield from (f"  {name:<{width}}  {said}" for name, said in told)


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
        return f"passed {many(rule.breaches, 'time')}, in {many(rule.deals, 'deal')}"
    became = ", ".join(f"{count:,} {kind}" for kind, count in rule.ended.items() if count)
    said = f" (today: {became})" if became else ""
    return f"would have moved {many(rule.deals, 'deal')} to {rule.move_to}{said}"


def _deviations(audit: Audit) -> Iterator[str]:
    total = sum(step.count for step in audit.deviations)
    yield f"Deviations: {total:,}, in {many(audit.summary.deviating, 'deal')}"
    for step in audit.deviations[:MOST_STEPS]:
        yield f"  {step.count:,} × {step.step}"
    if len(audit.deviations) > MOST_STEPS:
        yield f"  and {many(len(audit.deviations) - MOST_STEPS, 'other kind')}"


def many(count: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"

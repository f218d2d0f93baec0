"""An audit on a terminal: what matters first, first; what it says is said by the audit itself."""

from __future__ import annotations

from collections import Counter

from rich.text import Text

from salesflow.cli.out import STYLES, Screen, verdict
from salesflow.cli.todo import local_time
from salesflow.deal import DealStatus
from salesflow.deal.todo import what_heals
from salesflow.english import count_of, short_day
from salesflow.history import Audit
from salesflow.history.report.breakdown import Breakdown, cells
from salesflow.history.report.sections import (
    Section,
    sections,
    standing,
    title_of,
    verdicts,
)
from salesflow.history.report.verdicts import DealVerdict
from salesflow.process import Process

_ORDER = (DealStatus.BREACHED, DealStatus.DUE, DealStatus.OK)


def show_audit(screen: Screen, process: Process, audit: Audit, *, deals: int) -> None:
    """
    Print an audit.

    Args:
        screen: Where.

        process: The rules of the audit.

        audit: What they found.

        deals: How many of the deals at risk are listed.
    """
    screen.line(title_of(audit), style="bold")
    show_warning(screen, audit.warning)
    show_standing(screen, audit)
    first, *others = sections(audit)
    screen.line()
    screen.pairs(first.pairs)
    if deals:
        show_risks(screen, process, audit, deals)
    for section in others:
        show_section(screen, section)


def show_warning(screen: Screen, warning: str | None) -> None:
    """Print what makes an answer doubtful, if there is anything."""
    if warning:
        screen.line(f"Warning: {warning}", style=STYLES["warning"])


def show_standing(screen: Screen, audit: Audit) -> None:
    """Print how many deals there are and how the open ones stand."""
    screen.line()
    screen.line(standing(audit))
    if audit.summary.open:
        screen.bar(verdicts(audit))


def show_section(screen: Screen, section: Section) -> None:
    """Print a part of an audit."""
    screen.heading(section.title)
    for line in section.lines:
        screen.line(line.strip(), indent=4 if line.startswith(" ") else 2)
    screen.pairs(section.pairs)
    if section.rows:
        right = range(section.left, len(section.head))
        screen.table(section.head, section.rows, right=right)
    for note in section.notes:
        screen.line(note, indent=2)


def show_by(screen: Screen, breakdown: Breakdown) -> None:
    """Print the same figures for each value of a label: leading before trailing."""
    rows = [cells(group) for group in breakdown]
    screen.table(breakdown.heads, rows, right=range(1, len(breakdown.heads)))


def show_risks(screen: Screen, process: Process, audit: Audit, most: int) -> None:
    """Print the open deals that are breached or due, the largest first, and what would help."""
    ranked = sorted((deal for deal in audit.deals if at_risk(deal)), key=_risk)
    if not ranked:
        return
    screen.heading("At risk")
    value = process.currency or "value"
    screen.table(
        ("", "deal", "owner", "stage", value, "silent", "what to do"),
        [_risk_row(process, audit, deal) for deal in ranked[:most]],
        right=[4],
    )
    if len(ranked) > most:
        more = count_of(len(ranked) - most, "more deal")
        screen.line(f"and {more}: --deals {len(ranked)}", indent=2, style="dim")


def show_owners(screen: Screen, audit: Audit) -> None:
    """Print how the open deals of each owner stand."""
    counts: dict[str, Counter[DealStatus]] = {}
    for deal in audit.deals:
        if deal.kind == "open" and deal.status is not None:
            counts.setdefault(deal.owner or "nobody", Counter())[deal.status] += 1
    screen.table(
        ("owner", "open", *(status.value for status in _ORDER), ""),
        [
            (
                owner,
                f"{found.total():,}",
                *(f"{found[status]:,}" for status in _ORDER),
                screen.blocks({status.value: found[status] for status in _ORDER}),
            )
            for owner, found in sorted(counts.items(), key=lambda item: -item[1][_ORDER[0]])
        ],
        right=range(1, 5),
    )


def at_risk(deal: DealVerdict) -> bool:
    """Return whether a deal is open and not in time."""
    return deal.kind == "open" and deal.status in (DealStatus.BREACHED, DealStatus.DUE)


def _risk(deal: DealVerdict) -> tuple[bool, float, str]:
    return deal.status is not DealStatus.BREACHED, -float(deal.value or 0), deal.deal_id


def _risk_row(process: Process, audit: Audit, deal: DealVerdict) -> tuple[str | Text, ...]:
    return (
        verdict(str(deal.status)),
        deal.deal_id,
        deal.owner or "nobody",
        process.stage(deal.stage).name if deal.stage else "",
        "" if deal.value is None else f"{deal.value:,.0f}",
        _silent(audit, deal),
        _to_do(process, audit, deal),
    )


def _silent(audit: Audit, deal: DealVerdict) -> str:
    """Return how long nobody has reached the buyer."""
    if deal.last_touch_at is None:
        return f"never, {count_of((audit.as_of - deal.opened_at).days, 'day')} open"
    return count_of((audit.as_of - deal.last_touch_at).days, "day")


def _to_do(process: Process, audit: Audit, deal: DealVerdict) -> str:
    """Return what would help, and where time moves the deal next, if it does."""
    what = what_heals(process, deal.status_rule) if deal.status_rule else ""
    if deal.rung != "move" or deal.due_at is None:
        return what
    [end] = (timer.move_to for timer in process.timers if timer.id == deal.rule)
    due, at = (local_time(process, instant) for instant in (deal.due_at, audit.as_of))
    day = short_day(due, at).partition(" ")[2]
    if deal.rule == deal.status_rule:
        return f"{what} on {day}"
    return f"{what}; {process.stage(end or '').name} on {day}"

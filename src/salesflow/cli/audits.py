"""An audit on a screen: what matters first, first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from rich.text import Text

from salesflow.cli.out import Screen, verdict
from salesflow.cli.phrases import all_of, count_of
from salesflow.cli.todo import local_time, short_day
from salesflow.deal import DealStatus
from salesflow.history import Audit
from salesflow.history.report.breakdown import HEADS, Breakdown, cells
from salesflow.history.report.screen import pulse_lines
from salesflow.history.report.verdicts import DealVerdict, RuleSummary, Step
from salesflow.process import Process

MOST_STEPS = 3
"""Kinds of deviation that are shown."""
_ORDER = (DealStatus.BREACHED, DealStatus.DUE, DealStatus.OK)


def show_audit(
    screen: Screen, process: Process, audit: Audit, *, told: Collection[str], deals: int
) -> None:
    """
    Print an audit.

    Args:
        screen: Where.

        process: The rules of the audit.

        audit: What they found.

        told: The facts that the mapping names a column for.

        deals: How many of the deals at risk are listed.
    """
    local = local_time(process, audit.as_of)
    day = f"{short_day(local)} {local:%Y %H:%M}"
    screen.line(
        f"{process.id} {process.version}, as of {day} ({process.calendar.timezone})", style="bold"
    )
    show_standing(screen, audit)
    show_leading(screen, audit)
    if deals:
        show_risks(screen, process, audit, deals)
    show_rows(screen, audit)
    show_rules(screen, process, audit)
    show_deviations(screen, process, audit, told)
    show_trailing(screen, audit)


def show_standing(screen: Screen, audit: Audit) -> None:
    """Print how many deals there are and how the open ones stand."""
    found = audit.summary
    kinds = {"open": found.open, "won": found.won, "lost": found.lost}
    kinds |= {"parked": found.parked, "not open yet": found.not_open_yet}
    said = all_of(f"{count:,} {kind}" for kind, count in kinds.items() if count)
    screen.line()
    screen.line(f"{count_of(found.deals, 'deal')}: {said or 'none'}")
    if found.open:
        counts = {"breached": found.breached, "due": found.due, "ok": found.ok}
        screen.bar(counts)


def show_leading(screen: Screen, audit: Audit) -> None:
    """Print what can still be changed; of hold and logged minutes only where there are any."""
    silent = {"on hold": not audit.pulse.on_hold, "selling time": not audit.pulse.minutes}
    pairs = [pair for pair in pulse_lines(audit) if not silent.get(pair[0])]
    screen.line()
    screen.pairs(pairs)


def show_trailing(screen: Screen, audit: Audit) -> None:
    """Print what has come of it, which nobody can change any more."""
    screen.heading("What has come of it")
    screen.pairs(list(audit.flow.lines()))


def show_by(screen: Screen, breakdown: Breakdown) -> None:
    """Print the same figures for each value of a label: leading before trailing."""
    right = range(1, len(HEADS) + 1)
    screen.table((breakdown.label, *HEADS), [cells(group) for group in breakdown], right=right)


def show_rows(screen: Screen, audit: Audit) -> None:
    """Print what was read, and everything that could not be used or was not understood."""
    first, *rest = audit.quality.lines()
    screen.heading("Rows")
    screen.line(first, indent=2)
    after = audit.summary.rows_after
    if after:
        rest.append(f"{count_of(after, 'event')} dated later: not taken in")
    for line in rest:
        screen.line(line.strip(), indent=4 if line.startswith(" ") else 2)


def show_rules(screen: Screen, process: Process, audit: Audit) -> None:
    """Print how often the deals went past each rule, and what time would have done."""
    passed = [rule for rule in audit.summary.rules if rule.breaches or rule.due_now]
    quiet = [rule.rule for rule in audit.summary.rules if rule not in passed]
    screen.heading("Rules, had they only watched")
    if passed:
        screen.table(
            ("", "went past", "deals", "breached now", "due now"),
            [_rule_row(rule) for rule in passed],
            right=range(1, 5),
        )
    if quiet:
        screen.line(f"never passed: {', '.join(quiet)}", indent=2, style="dim")
    for rule in audit.summary.rules:
        if rule.move_to is not None and rule.deals:
            screen.line(would_have_moved(process, rule), indent=2)


def would_have_moved(process: Process, rule: RuleSummary) -> str:
    """Return what a timer would have done, and what became of those deals."""
    end = process.stage(rule.move_to).name if rule.move_to else ""
    became = {"open": "still open", "won": "won in the end", "lost": "lost since"}
    said = all_of(
        f"{count:,} {became.get(kind, kind)}" for kind, count in sorted(rule.ended.items()) if count
    )
    deals = count_of(rule.deals, "deal")
    return f"{rule.rule} would have moved {deals} to {end}: {said}"


def show_deviations(screen: Screen, process: Process, audit: Audit, told: Collection[str]) -> None:
    """Print what recorded moves passed over, and which facts could not have been there."""
    total = sum(step.count for step in audit.deviations)
    in_deals = count_of(audit.summary.deviating, "deal")
    found = f"{count_of(total, 'obstacle')} in {in_deals}" if total else "none"
    screen.heading(f"Moves that the process does not allow: {found}")
    if total:
        screen.table(
            ("times", "move", "passed over"),
            [
                (f"{each.count:,}", _arrow(process, each.step), _passed_over(each.step))
                for each in audit.deviations[:MOST_STEPS]
            ],
            right=[0],
        )
    more = len(audit.deviations) - MOST_STEPS
    if more > 0:
        screen.line(f"and {count_of(more, 'more kind')}", indent=2, style="dim")
    untold = [name for name in asked_for(process) if name not in told]
    if untold:
        them = "it" if len(untold) == 1 else "them"
        said = f"No column tells {all_of(untold)}: gates that ask for {them} are never met."
        screen.line(said, indent=2)


def asked_for(process: Process) -> tuple[str, ...]:
    """Return the facts that the gates of a process read, in their order."""
    exits = [stage.exit for stage in process.stages] + [move.exit for move in process.moves]
    every = (criterion for criteria in exits for criterion in criteria)
    read = (name for each in every for name in process.facts_of(each.expression))
    return tuple(dict.fromkeys(read))


def show_risks(screen: Screen, process: Process, audit: Audit, most: int) -> None:
    """Print the open deals that are breached or due, the largest first."""
    ranked = sorted((deal for deal in audit.deals if at_risk(deal)), key=_risk)
    if not ranked:
        return
    screen.heading("At risk")
    value = process.currency or "value"
    screen.table(
        ("", "deal", "owner", "stage", value, "silent", "next"),
        [_risk_row(process, audit, deal) for deal in ranked[:most]],
        right=[4, 5],
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
    return deal.status is not DealStatus.BREACHED, -float(deal.value or 0), deal.id


def _risk_row(process: Process, audit: Audit, deal: DealVerdict) -> tuple[str | Text, ...]:
    touched = deal.last_touch_at
    silent = "" if touched is None else count_of((audit.as_of - touched).days, "day")
    due = "" if deal.due_at is None else short_day(local_time(process, deal.due_at))[4:]
    return (
        verdict(str(deal.status)),
        deal.id,
        deal.owner or "",
        process.stage(deal.stage).name if deal.stage else "",
        "" if deal.value is None else f"{deal.value:,.0f}",
        silent,
        f"{deal.rule} {deal.rung} {due}" if deal.rule else "",
    )


def _rule_row(rule: RuleSummary) -> tuple[str, ...]:
    numbers = (rule.breaches, rule.deals, rule.breached_now, rule.due_now)
    return (rule.rule, *(f"{number:,}" for number in numbers))


def _arrow(process: Process, step: Step) -> str:
    here = process.stage(step.from_stage).name
    return here if step.to_stage is None else f"{here} → {process.stage(step.to_stage).name}"


def _passed_over(step: Step) -> str:
    return str(step).partition(": ")[2]

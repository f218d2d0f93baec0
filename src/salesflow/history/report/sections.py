"""What an audit says, part by part: one set of sentences for terminals, pages and plain text."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from salesflow.english import all_of, count_of, moment
from salesflow.history.report.findings import Findings
from salesflow.history.report.verdicts import RuleSummary, Step

MOST_STEPS = 3
"""Kinds of deviation that are shown."""

Rows = tuple[tuple[str, ...], ...]


@attrs.frozen(kw_only=True)
class Section:
    """
    A part of what is said, in this order: lines, then names with what they mean, then a table.

    Args:
        title: Its heading.

        lines: What stands before the rest; a line that begins with blanks belongs to the one above.

        pairs: Names and what they mean.

        head, rows: A table; the columns from *left* on are numbers.

        left: How many columns of it are texts that stand first.

        notes: What stands below it.
    """

    title: str
    lines: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    head: tuple[str, ...] = ()
    rows: Rows = ()
    left: int = 1
    notes: tuple[str, ...] = ()


def title_of(audit: Findings) -> str:
    """Return which rules, and as of when."""
    when = moment(audit.as_of, audit.timezone)
    return f"{audit.process_id} {audit.process_version}, as of {when}"


def standing(audit: Findings) -> str:
    """Return how many deals there are, by what their stages mean."""
    found = audit.summary
    kinds = {"open": found.open, "won": found.won, "lost": found.lost}
    kinds |= {"parked": found.parked, "not open yet": found.not_open_yet}
    said = all_of(f"{count:,} {kind}" for kind, count in kinds.items() if count)
    return f"{count_of(found.deals, 'deal')}: {said or 'none'}"


def verdicts(audit: Findings) -> dict[str, int]:
    """Return how the open deals stand, the worst first."""
    found = audit.summary
    return {"breached": found.breached, "due": found.due, "ok": found.ok}


def leading(audit: Findings) -> Section:
    """Return what can still be changed; what not every history has only where there is any."""
    pulse = audit.pulse
    silent = {
        "on hold": not pulse.on_hold,
        "selling time": not pulse.minutes,
        "uncertain": not pulse.uncertain,
        "to take back": not pulse.reverts_due,
    }
    pairs = [pair for pair in pulse.lines() if not silent.get(pair[0])]
    if pulse.open:
        pairs.append(("value at risk", _at_risk(audit)))
    return Section(title="What can still be changed", pairs=tuple(pairs))


def _at_risk(audit: Findings) -> str:
    """Return how much is at risk, and what that leaves out."""
    unvalued, currency = audit.unvalued, audit.currency
    # Deals are added up in one currency: what is told in another is no value here.
    of_ours = f" in {currency}" if currency else ""
    if unvalued == audit.summary.open:
        return f"unknown: no open deal has a value{of_ours}"
    money = f" {currency}" if currency else ""
    worth = f"{audit.at_risk:,.0f} of {audit.at_stake:,.0f}{money} in open deals"
    return f"{worth}, {unvalued:,} of which have no value{of_ours}" if unvalued else worth


def reading(audit: Findings) -> Section:
    """Return what was read, and everything that could not be used or was not understood."""
    lines = audit.quality.lines()
    if audit.log_ends_at is not None:
        lines.append(f"the log ends {moment(audit.log_ends_at, audit.timezone)}")
    if audit.summary.rows_after:
        lines.append(f"{count_of(audit.summary.rows_after, 'event')} dated later: not taken in")
    return Section(title="Rows", lines=tuple(lines))


def rules(audit: Findings) -> Section:
    """Return how often the deals went past each rule, and what time would have done."""
    every = audit.summary.rules
    told = [rule for rule in every if rule.breaches or rule.due_now or rule.breached_now]
    quiet = [rule.rule for rule in every if rule not in told]
    notes = [f"never passed: {', '.join(quiet)}"] if quiet else []
    notes += [would_have_moved(audit, rule) for rule in every if rule.move_to and rule.deals]
    return Section(
        title="Rules, had they only watched",
        lines=() if every else ("there are none",),
        head=("", "went past", "deals", "breached now", "due now") if told else (),
        rows=tuple(map(_rule, told)),
        notes=tuple(notes),
    )


def _rule(rule: RuleSummary) -> tuple[str, ...]:
    numbers = (rule.breaches, rule.deals, rule.breached_now, rule.due_now)
    return (rule.rule, *(f"{number:,}" for number in numbers))


def would_have_moved(audit: Findings, rule: RuleSummary) -> str:
    """Return what a timer would have done, and what became of those deals."""
    end = audit.stage_names[rule.move_to] if rule.move_to else ""
    became = {"open": "still open", "won": "won in the end", "lost": "lost since"}
    said = all_of(
        f"{count:,} {became.get(kind, kind)}" for kind, count in sorted(rule.ended.items()) if count
    )
    return f"{rule.rule} would have moved {count_of(rule.deals, 'deal')} to {end}: {said}"


def deviations(audit: Findings) -> Section:
    """Return what recorded moves ignored, and which facts could not have been there."""
    total = sum(step.count for step in audit.deviations)
    in_deals = count_of(audit.summary.deviating, "deal")
    found = f"{count_of(total, 'obstacle')} in {in_deals}" if total else "none"
    shown = audit.deviations[:MOST_STEPS]
    more = len(audit.deviations) - len(shown)
    notes = [f"and {count_of(more, 'more kind')}"] if more else []
    if audit.untold_facts:
        them = "it" if len(audit.untold_facts) == 1 else "them"
        untold = all_of(audit.untold_facts)
        notes.append(f"No column tells {untold}: gates that ask for {them} are never met.")
    if audit.roleless_criteria:
        is_one = len(audit.roleless_criteria) == 1
        them, are = ("criterion", "is") if is_one else ("criteria", "are")
        named = all_of(map(repr, audit.roleless_criteria))
        why = "No row tells in which role a fact was learned"
        notes.append(f"{why}: the {them} {named} {are} never met.")
    return Section(
        title=f"Moves that the process does not allow: {found}",
        head=("move", "obstacle", "times") if shown else (),
        rows=tuple((*_step(audit, each.step), f"{each.count:,}") for each in shown),
        left=2,
        notes=tuple(notes),
    )


def _step(audit: Findings, step: Step) -> tuple[str, str]:
    """Return a move in the names of its stages, and what it passed over."""
    here = audit.stage_names[step.from_stage]
    move = here if step.to_stage is None else f"{here} → {audit.stage_names[step.to_stage]}"
    return move, step.passed_over


def trailing(audit: Findings) -> Section:
    """Return what has come of it, which nobody can change any more."""
    return Section(title="What has come of it", pairs=tuple(audit.flow.lines()))


def sections(audit: Findings) -> Iterator[Section]:
    """Yield every part below the first figures, what can still be changed first."""
    yield leading(audit)
    yield reading(audit)
    yield rules(audit)
    yield deviations(audit)
    yield trailing(audit)

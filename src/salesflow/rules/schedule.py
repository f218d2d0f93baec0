"""The schedule of a deal: which rung acts next, and when."""

from __future__ import annotations

from salesflow.calendars.arithmetic import CalendarTables
from salesflow.rules.clocks import applies
from salesflow.rules.codes import LONG_AGO, LOST, MOVE, NEVER, NONE, WON
from salesflow.rules.deadlines import due_of
from salesflow.rules.tables import MIGRATED_AT, NOW, QUIET_UNTIL, STAGE, Memory, Tables


def runs_out_next(memory: Memory, now: int) -> int:
    """Return the first last instant from *now* on of a fact or an override, or NEVER."""
    first = NEVER
    for last in memory.fact_until:
        if now <= last < first:
            first = last
    for last in memory.override_until:
        if now <= last < first:
            first = last
    return first


def has_no_place(tables: Tables, memory: Memory, rung: int) -> bool:
    """Return whether the rung would move a closed deal: there rules only warn and escalate."""
    if tables.rung_kind[rung] != MOVE:
        return False
    kind = tables.stage_kind[memory.deal[STAGE]]
    return kind == WON or kind == LOST


def has_deadline(tables: Tables, calendar: CalendarTables, memory: Memory, rung: int) -> bool:
    """Return whether a rung of a rule that applies has acted, or will if nothing else happens."""
    if has_no_place(tables, memory, rung):
        return False
    if memory.acted[rung] != NEVER:
        return True
    due = due_of(tables, calendar, memory, rung)
    return due < NEVER and applies(tables, memory, tables.rung_rule[rung], due)


def acts_at(memory: Memory, rung: int) -> int:
    """
    Return the instant at which the rung acts, once its deadline has been computed.

    A deadline acts at its own instant, or at the one from which the rule applies if that is later.
    Whatever made a rule apply was the latest thing that happened, so that instant is NOW.
    """
    return max(memory.due[rung], memory.deal[NOW])


def next_rung(tables: Tables, calendar: CalendarTables, memory: Memory, horizon: int) -> int:
    """
    Return the rung that acts next if nothing else happens, or NONE.

    Several at one instant act in the order (due, gaps before timers, order in the file, rung).

    Rungs that certainly act after *horizon* are skipped, so that their deadlines need not be
    computed: most clocks are wound again long before they end. The instant until which nothing acts
    is noted for all rules and for each, so that many events need not ask at all, and the others few
    rules. While the past under another process is retold, nothing acts.
    """
    if memory.deal[QUIET_UNTIL] > horizon or memory.deal[MIGRATED_AT] == NEVER:
        return NONE
    if memory.deal[QUIET_UNTIL] == LONG_AGO:
        for rule in range(len(tables.rule_since)):
            memory.quiet[rule] = memory.start[rule] + tables.rule_least[rule]
    best, best_at, best_due, quiet = NONE, NEVER, NEVER, NEVER
    for rule in range(len(tables.rule_since)):
        if memory.quiet[rule] <= horizon:
            rung = next_of_rule(tables, calendar, memory, rule, horizon)
            if rung != NONE:
                at, due = acts_at(memory, rung), memory.due[rung]
                if at < best_at or (at == best_at and due < best_due):
                    best, best_at, best_due = rung, at, due
                    horizon = min(horizon, at)  # what acts later does not act next
        quiet = min(quiet, memory.quiet[rule])
    memory.deal[QUIET_UNTIL] = quiet
    return best


def next_of_rule(
    tables: Tables, calendar: CalendarTables, memory: Memory, rule: int, horizon: int
) -> int:
    """Return the rung of one rule that acts next, or NONE, and note until when none of it acts."""
    best, best_at, quiet = NONE, NEVER, NEVER
    if applies(tables, memory, rule, memory.deal[NOW]):
        start = memory.start[rule]
        for rung in range(tables.rule_first[rule], tables.rule_first[rule + 1]):
            if memory.acted[rung] != NEVER:
                continue
            if start + tables.rung_least[rung] > horizon:
                quiet = min(quiet, start + tables.rung_least[rung])
                continue
            due = due_of(tables, calendar, memory, rung)
            if due < NEVER and not has_no_place(tables, memory, rung):
                at = acts_at(memory, rung)
                quiet = min(quiet, at)
                is_next = at < best_at or (at == best_at and due < memory.due[best])
                if is_next and applies(tables, memory, rule, at):
                    best, best_at = rung, at
    memory.quiet[rule] = quiet
    return best

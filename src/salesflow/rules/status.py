"""The status of a deal by its rules."""

from __future__ import annotations

from salesflow.rules.clocks import applies
from salesflow.rules.codes import BREACH, BREACHED, DUE, NEVER, NOTICE, OK, OPEN, WARN
from salesflow.rules.schedule import has_no_place
from salesflow.rules.tables import STAGE, Memory, Tables


def rule_status(tables: Tables, memory: Memory, rule: int) -> int:
    """
    Return the status of the deal by one rule that applies: OK, DUE or BREACHED.

    Due past a warning or a notice, breached past the end of a gap or a timer, whatever the rule's
    mode or an override. A rung that has no place where the deal is does not count there.
    """
    worst = OK
    for rung in range(tables.rule_first[rule], tables.rule_first[rule + 1]):
        if memory.acted[rung] != NEVER and not has_no_place(tables, memory, rung):
            kind = tables.rung_kind[rung]
            worst = max(worst, DUE if kind == WARN or kind == NOTICE else BREACHED)
    return worst


def status(tables: Tables, memory: Memory, at: int) -> int:
    """Return the worst of the rules that apply at *at*; parked and closed deals are OK."""
    worst = OK
    if tables.stage_kind[memory.deal[STAGE]] == OPEN:
        for rule in range(len(tables.rule_since)):
            if applies(tables, memory, rule, at):
                worst = max(worst, rule_status(tables, memory, rule))
    return worst


def is_breached(tables: Tables, memory: Memory, rule: int, at: int) -> bool:
    """Return whether a contact gap is breached at *at*; a touch heals it."""
    end = tables.rule_end[rule]
    if memory.acted[end] == NEVER or tables.rung_kind[end] != BREACH:
        return False
    return applies(tables, memory, rule, at)

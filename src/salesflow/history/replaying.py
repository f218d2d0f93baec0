"""
A log run through the rules, deal after deal, with what an audit wants to know of each.

Nothing here is a rule: `salesflow.rules` is asked and the answers are written down. It keeps to the
subset that is compiled.
"""

from __future__ import annotations

from typing import NamedTuple

from salesflow.calendars.arithmetic import CalendarTables
from salesflow.rules.clocks import applies
from salesflow.rules.codes import LONG_AGO, NEVER, NONE
from salesflow.rules.replay import Acts, Deviations, Rows, Verdicts, judge, replay_deal
from salesflow.rules.status import rule_status
from salesflow.rules.tables import Memory, Slots, Tables


class Standings(NamedTuple):
    """What is asked of each deal beside its verdict."""

    touched: Slots
    """The latest touch of any class, or LONG_AGO."""
    worth: Slots
    """The code of its value, or UNKNOWN."""
    by_rule: Slots
    """At deal * rules + rule: how it stands with a rule that applies, else NONE."""


def replay_log(  # noqa: PLR0917 - compiled functions take their arguments by position
    tables: Tables,
    calendar: CalendarTables,
    memory: Memory,
    rows: Rows,
    until: int,
    codes: Slots,
    which: Slots,
    acts: Acts,
    deviations: Deviations,
    verdicts: Verdicts,
    standings: Standings,
    worth: int,
) -> None:
    """
    Run every deal up to *until*.

    It takes and fills what `salesflow.rules.replay.replay` does, and fills *standings*. The number
    of the fact that says what a deal is worth is *worth*.
    """
    rules = len(tables.rule_since)
    for deal in range(len(rows.first) - 1):
        replay_deal(tables, calendar, memory, rows, deal, until, codes, which, acts, deviations)
        judge(tables, calendar, memory, rows, deal, until, verdicts)
        is_open = verdicts.stage[deal] != NONE
        touched = LONG_AGO
        for at in memory.touch_at:
            touched = max(touched, at)
        standings.touched[deal] = touched
        standings.worth[deal] = memory.fact[worth]
        for rule in range(rules):
            standing = NONE
            if is_open and memory.start[rule] != NEVER and applies(tables, memory, rule):
                standing = rule_status(tables, memory, rule)
            standings.by_rule[deal * rules + rule] = standing

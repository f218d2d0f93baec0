"""Turns and status: which rung acts next, and how the deal stands then."""

from tests.faults.fault import faults_in

FAULTS = (
    *faults_in(
        "rules/urgency.py",
        (
            "of the ends that have passed the last one is to be seen to",
            "if found == NONE or due < memory.due[found]:",
            "if found == NONE or due > memory.due[found]:",
        ),
        (
            "an end is said to kill the deal that is not the next thing that happens",
            "found, soonest = NONE, due",
            "soonest = due",
        ),
        (
            "an end that moves nothing is said to kill the deal",
            "found == NONE and moves_deal(tables, memory, rung)",
            "found == NONE",
        ),
        (
            "the earliest warning is to be seen to",
            "if warning == NONE or due >= latest:",
            "if warning == NONE or due < latest:",
        ),
        (
            "a warning is to be seen to, and not what it warns of",
            "return end if has_deadline(tables, calendar, memory, end) else warning",
            "return warning",
        ),
    ),
    *faults_in(
        "rules/tables.py",
        (
            "what had happened is lost where more room is made",
            "columns = {name: list(getattr(memory, name))",
            "columns = {name: [0] * len(getattr(memory, name))",
        ),
        (
            "there is no room for what acts",
            "has = memory.deal[PASTS] < len(memory.past_rung)",
            "has = memory.deal[PASTS] < len(memory.past_rung) + 1",
        ),
        (
            "there is no room for another hold",
            "return has and memory.deal[HOLDS] < len(memory.hold_from)",
            "return has and memory.deal[HOLDS] < len(memory.hold_from) + 1",
        ),
    ),
    *faults_in(
        "rules/schedule.py",
        (
            "a deadline is told though its rule will not apply by then",
            "return due < NEVER and applies(tables, memory, tables.rung_rule[rung], due)",
            "return due < NEVER",
        ),
        (
            "a deal that is closed is told when it would move",
            "if has_no_place(tables, memory, rung):\n        return False",
            "if rung < 0:\n        return False",
        ),
        (
            "what a deal wants is kept though an override runs out",
            "for last in memory.override_until:",
            "for last in memory.fact_until:",
        ),
        (
            "time moves a lost deal",
            "return kind == WON or kind == LOST",
            "return kind == WON",
        ),
        (
            "a rung acts at its deadline though its rule came to apply later",
            "return max(memory.due[rung], memory.deal[NOW])",
            "return memory.due[rung]",
        ),
        (
            "of rungs that are due together the last acts first",
            "(at == best_at and due < best_due)",
            "(at == best_at and due <= best_due)",
        ),
        (
            "of the rungs of one rule that are due together the last acts first",
            "(at == best_at and due < memory.due[best])",
            "(at == best_at and due <= memory.due[best])",
        ),
        (
            "overdue rungs act in the order of the file",
            "at < best_at or (at == best_at and due < best_due)",
            "at < best_at",
        ),
        (
            "a rung acts though a fact that its rule reads has expired by then",
            "if is_next and applies(tables, memory, rule, at):",
            "if is_next:",
        ),
        (
            "rules are passed over though they act before the horizon",
            "memory.quiet[rule] = memory.start[rule] + tables.rule_least[rule]",
            "memory.quiet[rule] = memory.start[rule] + 2 * tables.rule_least[rule]",
        ),
        (
            "rungs are passed over though they act before the horizon",
            "if start + tables.rung_least[rung] > horizon:",
            "if start + 2 * tables.rung_least[rung] > horizon:",
        ),
        (
            "rules are asked once and never again, unless their clocks start anew",
            "    memory.quiet[rule] = quiet\n",
            "    memory.quiet[rule] = NEVER\n",
        ),
        (
            "nothing is said to act until a rung acts that was passed over, which is too late",
            "quiet = min(quiet, start + tables.rung_least[rung])",
            "quiet = min(quiet, start + 2 * tables.rung_least[rung])",
        ),
        (
            "nothing is said to act before a rung that is due",
            "                quiet = min(quiet, at)\n",
            "",
        ),
        (
            "rules that were passed over are not thought of again",
            "        quiet = min(quiet, memory.quiet[rule])\n",
            "",
        ),
    ),
    *faults_in(
        "rules/status.py",
        (
            "a notice is a breach",
            "DUE if kind == WARN or kind == NOTICE else BREACHED",
            "DUE if kind == WARN else BREACHED",
        ),
        (
            "a warning is a breach",
            "DUE if kind == WARN or kind == NOTICE else BREACHED",
            "DUE if kind == NOTICE else BREACHED",
        ),
        (
            "parked and closed deals have a status",
            "if tables.stage_kind[memory.deal[STAGE]] == OPEN:",
            "if worst == OK:",
        ),
        (
            "a move that has no place says how the deal stands",
            "if memory.acted[rung] != NEVER and not has_no_place(tables, memory, rung):",
            "if memory.acted[rung] != NEVER:",
        ),
        (
            "a breach blocks where its gap does not apply",
            "return applies(tables, memory, rule, at)",
            "return True",
        ),
    ),
)

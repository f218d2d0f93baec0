"""Turns and status: which rung acts next, and how the deal stands then."""

from tests.faults.fault import faults_in

FAULTS = (
    *faults_in(
        "rules/schedule.py",
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

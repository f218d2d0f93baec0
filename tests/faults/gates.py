"""What stands in the way: gates, breaches, overrides, limits of holds and reopenings."""

from tests.faults.fault import faults_in

FAULTS = (
    *faults_in(
        "rules/gates.py",
        ("<= is <", "return left <= right", "return left < right"),
        (
            "an unknown fact is less than any",
            "left != UNKNOWN and right != UNKNOWN and compares",
            "right != UNKNOWN and compares",
        ),
        (
            "an unknown fact may stand on the right",
            "left != UNKNOWN and right != UNKNOWN and compares",
            "left != UNKNOWN and compares",
        ),
        (
            "a fact does not stand at its last instant",
            "if at > memory.fact_until[fact]:",
            "if at >= memory.fact_until[fact]:",
        ),
        ("facts never expire", "if at > memory.fact_until[fact]:", "if at < LONG_AGO:"),
        (
            "it does not matter in which role a fact was learned",
            "if by != 0 and (",
            "if by < 0 and (",
        ),
        (
            "what was learned in no role will do for a criterion that names roles",
            "memory.fact_by[fact] < 0 or (by",
            "memory.fact_by[fact] >= 0 and (by",
        ),
        (
            "it does not matter in which role a fact on the right was learned",
            "right = known(memory, right, by, at)",
            "right = known(memory, right, 0, at)",
        ),
    ),
    *faults_in(
        "rules/obstacles.py",
        (
            "the mode of the process decides if a breach blocks",
            "return tables.rule_mode[which] == ENFORCE",
            "return mode == ENFORCE",
        ),
        (
            "without the right an override is refused in mode enforce only",
            "code == NO_HOLD or code == NO_RIGHT or",
            "code == NO_HOLD or",
        ),
        (
            "whoever moves a closed deal further on reopens it",
            "== OPEN and to <= memory.deal[LAST_OPEN]\n\n\ndef blocks",
            "== OPEN\n\n\ndef blocks",
        ),
        (
            "a closed deal may be closed again by a recorded move",
            "return tables.stage_kind[to] == OPEN and to <=",
            "return to <=",
        ),
        (
            "a move before the opening is no deviation",
            "row.subject, 0\n    if row.when < memory.deal[OPENED_AT]:",
            "row.subject, 0\n    if row.when < 0:",
        ),
        (
            "parking passes gates",
            "if move == NONE or passes_gates(tables, memory, to):",
            "if move == NONE:",
        ),
        (
            "a parked deal may not go back to where it was",
            "parked and tables.stage_kind[to] == OPEN and to > memory.deal[LAST_OPEN]",
            "parked and tables.stage_kind[to] == OPEN and to >= memory.deal[LAST_OPEN]",
        ),
        (
            "a reason is never wanted",
            "row.value == UNLISTED or (row.value == MISSING and wants_one)",
            "row.value == UNLISTED",
        ),
        (
            "any reason will do",
            "row.value == UNLISTED or (row.value == MISSING and wants_one)",
            "row.value == MISSING and wants_one",
        ),
        (
            "losing and parking pass the gates of the stage",
            "    if tables.forward[place]:\n",
            "    if place >= 0:\n",
        ),
        ("the end of a timer blocks moves", "if tables.rule_gap[rule] == 0:", "if rule < 0:"),
        (
            "an override of a gap ends before its last instant",
            "if memory.override_until[rule] < at and is_breached",
            "if memory.override_until[rule] <= at and is_breached",
        ),
        (
            "an override of a gap lets nothing pass",
            "if memory.override_until[rule] < at and is_breached",
            "if is_breached",
        ),
        (
            "an override of a gap never ends",
            "if memory.override_until[rule] < at and is_breached",
            "if memory.override_until[rule] < 0 and is_breached",
        ),
        (
            "a breach blocks nothing",
            "if memory.override_until[rule] < at and is_breached",
            "if rule < 0 and is_breached",
        ),
        ("a move's own exit is not asked", "    if move != NONE:\n", "    if move < NONE:\n"),
        (
            "an override of a criterion ends before its last instant",
            "if memory.override_until[len(tables.rule_since) + criterion] >= at:",
            "if memory.override_until[len(tables.rule_since) + criterion] > at:",
        ),
        (
            "an override of a criterion lets nothing pass",
            "if memory.override_until[len(tables.rule_since) + criterion] >= at:",
            "if criterion < 0:",
        ),
        (
            "an override of a rule is one of the criterion with its number",
            "memory.override_until[len(tables.rule_since) + criterion]",
            "memory.override_until[criterion]",
        ),
        (
            "any role may move",
            "return by == 0 or role == NONE or (role != NOBODY and (by >> role) & 1 == 1)",
            "return by == 0 or role == NONE or role != NOBODY",
        ),
        (
            "any role may override",
            "return role != NOBODY and tables.may_override[role * targets + target] == 1",
            "return role != NOBODY",
        ),
        (
            "one may override the next rule, not the one that is named",
            "tables.may_override[role * targets + target] == 1",
            "tables.may_override[role * targets + (target + 1) % targets] == 1",
        ),
        (
            "a recorded override without a role is a deviation",
            "    if role == NONE:\n        return True\n",
            "    if role == NONE:\n        return False\n",
        ),
        (
            "a lost deal may be held",
            "if kind == WON or kind == LOST:\n        found",
            "if kind == WON:\n        found",
        ),
        ("a hold may not be as long as the longest", "row.value > longest", "row.value >= longest"),
        (
            "the longest hold is longer where there is another",
            "memory.hold_from, memory.hold_until, 0)",
            "memory.hold_from, memory.hold_until, min(1, memory.deal[HELD_COUNT]))",
        ),
        (
            "a hold may end when it begins",
            "is_empty = row.value <= row.at",
            "is_empty = row.value < row.at",
        ),
        (
            "a deal may have one hold more",
            "memory.deal[HELD_COUNT] >= tables.hold_count",
            "memory.deal[HELD_COUNT] > tables.hold_count",
        ),
        (
            "a hold needs no reason",
            "if row.subject == UNLISTED or row.subject == MISSING:",
            "if row.subject == UNLISTED:",
        ),
        (
            "a hold may have any reason",
            "if row.subject == UNLISTED or row.subject == MISSING:",
            "if row.subject == MISSING:",
        ),
        (
            "a hold that is not running may be ended",
            "if kind == RESUMED and not can_resume(memory, row.at):",
            "if kind == RESUMED and memory.deal[HELD_COUNT] == 0:",
        ),
        (
            "an open deal may be reopened",
            "if tables.stage_kind[memory.deal[STAGE]] == OPEN:\n        return found_one",
            "if found < 0:\n        return found_one",
        ),
        (
            "a deal may be reopened further on than it has been",
            "(tables.stage_kind[to] != OPEN or to > memory.deal[LAST_OPEN])",
            "tables.stage_kind[to] != OPEN",
        ),
        (
            "a deal may be reopened in a closed stage",
            "(tables.stage_kind[to] != OPEN or to > memory.deal[LAST_OPEN])",
            "to > memory.deal[LAST_OPEN]",
        ),
        (
            "a deal may not be reopened where it was",
            "(tables.stage_kind[to] != OPEN or to > memory.deal[LAST_OPEN])",
            "(tables.stage_kind[to] != OPEN or to >= memory.deal[LAST_OPEN])",
        ),
    ),
)

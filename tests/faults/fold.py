"""The fold: what time does between two events, and what an event changes."""

from tests.faults.fault import faults_in

FAULTS = faults_in(
    "rules/fold.py",
    (
        "a deadline comes before an event at its instant",
        "acts_at(memory, rung) >= at",
        "acts_at(memory, rung) > at",
    ),
    ("a deal is late at its deadline", "memory.due[rung] >= now", "memory.due[rung] > now"),
    ("what acts now is not seen", "acts_at(memory, rung) > now", "acts_at(memory, rung) >= now"),
    (
        "a timer moves the deal in every mode",
        "tables.rung_kind[rung] == MOVE and enforced and elsewhere",
        "tables.rung_kind[rung] == MOVE and elsewhere",
    ),
    (
        "a move by time to where the deal is enters the stage again",
        "tables.rung_kind[rung] == MOVE and enforced and elsewhere",
        "tables.rung_kind[rung] == MOVE and enforced",
    ),
    (
        "a recorded move that confirms is a deviation",
        "elif is_judged and (row.kind != MOVED or row.subject != memory.deal[STAGE]):",
        "elif is_judged:",
    ),
    (
        "a recorded move to where the deal is enters the stage again",
        "        if row.subject != memory.deal[STAGE]:\n            enter",
        "        if row.subject >= 0:\n            enter",
    ),
    (
        "the holds of one deal of a log count for the next",
        "(VISITS, HOLDS, HELD_COUNT, PASTS, TURN,",
        "(VISITS, HELD_COUNT, PASTS, TURN,",
    ),
    (
        "the number of holds of one deal of a log counts for the next",
        "(VISITS, HOLDS, HELD_COUNT, PASTS, TURN,",
        "(VISITS, HOLDS, PASTS, TURN,",
    ),
    (
        "the visits of one deal of a log count for the next",
        "(VISITS, HOLDS, HELD_COUNT, PASTS, TURN,",
        "(HOLDS, HELD_COUNT, PASTS, TURN,",
    ),
    (
        "what acted on one deal of a log has acted on the next",
        "(VISITS, HOLDS, HELD_COUNT, PASTS, TURN,",
        "(VISITS, HOLDS, HELD_COUNT, TURN,",
    ),
    (
        "the plans of one deal of a log count for the next",
        "        memory.plan_at[number] = NEVER\n",
        "        pass\n",
    ),
    (
        "the overrides of one deal of a log count for the next",
        "        memory.override_until[target] = LONG_AGO\n",
        "        pass\n",
    ),
    (
        "a deal that is opened in a later stage comes back to the first",
        "stage if tables.stage_kind[stage] == OPEN else 0\n",
        "0\n",
    ),
    ("an inbound touch ends no hold", "if tables.hold_ends:", "if tables.hold_ends > 1:"),
    ("every inbound touch ends a hold", "if tables.hold_ends:", "if tables.hold_ends >= 0:"),
    (
        "a touch of any class ends a hold and revives",
        "if (row.subject >> tables.inbound) & 1:",
        "if row.subject:",
    ),
    (
        "nothing revives a parked deal",
        "if tables.stage_revives[memory.deal[STAGE]]:",
        "if tables.stage_revives[memory.deal[STAGE]] > 1:",
    ),
    (
        "every parked deal is revived",
        "if tables.stage_revives[memory.deal[STAGE]]:",
        "if tables.stage_kind[memory.deal[STAGE]] > LOST:",
    ),
    (
        "a revived deal starts from the first stage",
        "enter(tables, calendar, memory, memory.deal[LAST_OPEN], row.at)",
        "enter(tables, calendar, memory, 0, row.at)",
    ),
    (
        "the touch that revives a deal is not taken in",
        (
            "    take_in(tables, memory, row)\n"
            "    settle(tables, calendar, memory, row.value & ANEW)\n"
        ),
        (
            "    if tables.stage_revives[memory.deal[STAGE]] == 0:\n"
            "        take_in(tables, memory, row)\n"
            "    settle(tables, calendar, memory, row.value & ANEW)\n"
        ),
    ),
    (
        "a plan does not move a deadline that was worked out before",
        "        if tables.rule_puts_off[rule]:\n            count_anew(tables, memory, rule)",
        "        if tables.rule_puts_off[rule] > 1:\n            count_anew(tables, memory, rule)",
    ),
    (
        "a fact that is learned again at its last instant starts a new run",
        "memory.fact_until[fact] >= row.at",
        "memory.fact_until[fact] > row.at",
    ),
    (
        "a fact that is learned again after it expired goes on with its run",
        "!= NEVER and memory.fact_until[fact] >= row.at",
        "!= NEVER",
    ),
    (
        "holds extend `valid_for`",
        "measure, amount, memory.hold_from, memory.hold_until, 0",
        "measure, amount, memory.hold_from, memory.hold_until, memory.deal[HOLDS]",
    ),
    (
        "`valid_for` of what was learned before the opening counts from the opening",
        "calendar, row.when, measure, amount",
        "calendar, row.at, measure, amount",
    ),
    (
        "the first role that learned a fact stays the one that did",
        "    memory.fact_by[fact] = row.who\n",
        "    if memory.fact_by[fact] == NONE:\n        memory.fact_by[fact] = row.who\n",
    ),
    (
        "false does not stop a fact clock",
        "if value == UNKNOWN or (tables.fact_is_bool[fact] and value == 0):",
        "if value == UNKNOWN:",
    ),
    ("learning a fact again restarts its clock", "    elif not goes_on:", "    else:"),
    (
        "what stopped the clock of a date starts it anew",
        "since == SINCE_DATE and tables.rule_arg[rule] == fact and not goes_on:",
        "since == SINCE_DATE and not goes_on:",
    ),
    (
        "a new date moves nothing",
        "        if since == SINCE_FACT or since == SINCE_DATE:",
        "        if since == SINCE_FACT:",
    ),
    (
        "nobody looks at a rule that a fact lets apply",
        "    memory.deal[QUIET_UNTIL] = LONG_AGO\n    for place in range(tables.by_fact_first",
        "    for place in range(tables.by_fact_first",
    ),
    (
        "of overrides the last counts, not the one that ends last",
        "max(memory.override_until[row.subject], row.value)",
        "row.value",
    ),
    (
        "an override does not move a deadline that was worked out before",
        "if row.subject < len(tables.rule_since):",
        "if row.subject < 0:",
    ),
    (
        "a reopened deal starts from the first stage",
        "        to = memory.deal[LAST_OPEN]\n",
        "        to = 0\n",
    ),
    (
        "reopening a deal in the stage it is in enters it again",
        "    if to != memory.deal[STAGE]:\n        enter",
        "    if to >= 0:\n        enter",
    ),
    (
        "leaving a closed stage starts nothing afresh",
        "was_away = tables.stage_kind[memory.deal[STAGE]] != OPEN",
        "was_away = stage < 0",
    ),
    (
        "a deal comes back to where it was parked or closed",
        "    if tables.stage_kind[stage] == OPEN:\n        memory.deal[LAST_OPEN] = stage",
        "    if stage >= 0:\n        memory.deal[LAST_OPEN] = stage",
    ),
    (
        "losing a deal does not end its hold",
        "if was_away or kind == WON or kind == LOST:",
        "if was_away or kind == WON:",
    ),
    (
        "winning a deal does not end its hold",
        "if was_away or kind == WON or kind == LOST:",
        "if was_away or kind == LOST:",
    ),
    (
        "a hold goes on when a deal leaves a parked stage",
        "if was_away or kind == WON or kind == LOST:",
        "if kind == WON or kind == LOST:",
    ),
    (
        "parking a deal ends its hold",
        "if was_away or kind == WON or kind == LOST:",
        "if was_away or kind != OPEN:",
    ),
    (
        "nobody looks at a rule that begins to apply with a stage",
        "    memory.deal[QUIET_UNTIL] = LONG_AGO\n    for place in range(tables.by_stage_first",
        "    for place in range(tables.by_stage_first",
    ),
    (
        "two stages that are entered at one instant share a clock",
        (
            "        memory.start[rule] = NEVER\n        wind(tables, calendar, memory, rule)\n\n\n"
            "def come_back"
        ),
        "        wind(tables, calendar, memory, rule)\n\n\ndef come_back",
    ),
    (
        "a move that reopens a closed deal is a deviation",
        "if is_judged and row.kind == MOVED and reopens(",
        "if row.kind < 0 and reopens(",
    ),
    (
        "touch clocks run on through time away",
        "    memory.deal[FRESH_AT] = at\n    memory.deal[FRESH_TURN]",
        "    memory.deal[FRESH_TURN]",
    ),
    (
        "unanswered attempts outlive a closed deal",
        "(memory.attempts)):\n        memory.attempts[touched] = 0\n    for rule",
        "(memory.attempts)):\n        memory.attempts[touched] += 0\n    for rule",
    ),
    (
        "deadlines since the opening are not moved by time away",
        "        else:\n            count_anew(tables, memory, rule)",
        "        elif rule < 0:\n            count_anew(tables, memory, rule)",
    ),
)

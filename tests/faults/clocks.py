"""Clocks: what starts and stops one, what has acted for it, where it counts."""

from tests.faults.fault import faults_in

FAULTS = faults_in(
    "rules/clocks.py",
    (
        "a touch clock forgets the opening",
        "max(memory.deal[FRESH_AT], memory.touch_at[arg])",
        "memory.touch_at[arg]",
    ),
    (
        "entering a stage restarts touch clocks",
        "max(memory.deal[FRESH_AT], memory.touch_at[arg])",
        "max(memory.deal[ENTERED_AT], memory.touch_at[arg])",
    ),
    (
        "the total of all visits is that of this visit",
        "return first_entered_at(memory)",
        "return memory.deal[ENTERED_AT]",
    ),
    (
        "the total of all visits counts from the first stage on",
        "if memory.visit_stage[visit] == memory.deal[STAGE]:",
        "if visit == 0:",
    ),
    (
        "an activity clock runs before there was one",
        "return NEVER if memory.kind_at[arg] == LONG_AGO else",
        "return memory.deal[OPENED_AT] if memory.kind_at[arg] == LONG_AGO else",
    ),
    (
        "what acted is not forgotten when a clock restarts",
        "        memory.acted[rung] = NEVER\n        memory.due[rung] = UNASKED\n",
        "        memory.due[rung] = UNASKED\n",
    ),
    (
        "a deadline that was worked out once is kept when its clock restarts",
        "        memory.acted[rung] = NEVER\n        memory.due[rung] = UNASKED\n",
        "        memory.acted[rung] = NEVER\n",
    ),
    (
        "a clock that was stopped never runs again",
        "    memory.stopped[rule] = 0\n    stir",
        "    stir",
    ),
    (
        "nobody looks at a clock that starts anew before the others were due",
        "    if quiet < memory.deal[QUIET_UNTIL]:\n        memory.deal[QUIET_UNTIL] = quiet\n",
        "",
    ),
    (
        "a rung acts again for a date that comes back",
        "    if start != NEVER and not is_new:",
        "    if start != NEVER and not is_new and since != SINCE_DATE:",
    ),
    (
        "a rung acts again for a date that comes back in its last instant",
        " and since != SINCE_DATE",
        "",
    ),
    (
        "a rung acts again for a stage that time brings the deal back to at the same instant",
        "is_new = before < start == memory.deal[NOW]",
        "is_new = start == memory.deal[NOW]",
    ),
    (
        "a rung acts again for the touch before the one that was taken back",
        "is_new = before < start == memory.deal[NOW]",
        "is_new = start <= memory.deal[NOW]",
    ),
    (
        "a rung acts again for the touch that counts once one before it is taken back",
        "is_new = before < start == memory.deal[NOW]",
        "is_new = before < start <= memory.deal[NOW]",
    ),
    (
        "the key of a total is without the stage",
        "if tables.rule_since[rule] == SINCE_TOTAL or tables.rule_since[rule] == SINCE_STAGE:",
        "if tables.rule_since[rule] == SINCE_STAGE:",
    ),
    (
        "the key of a visit is without the stage",
        "if tables.rule_since[rule] == SINCE_TOTAL or tables.rule_since[rule] == SINCE_STAGE:",
        "if tables.rule_since[rule] == SINCE_TOTAL:",
    ),
    (
        "what has acted for a clock that comes back is remembered without when it was due",
        "        memory.due[rung] = memory.past_due[past]\n",
        "",
    ),
    (
        "what comes at the start of a clock stops it",
        "came = latest_of(memory, until, arg) > memory.start[rule]",
        "came = latest_of(memory, until, arg) >= memory.start[rule]",
    ),
    (
        "what came before the date does not stop its clock",
        "if tables.rule_since[rule] == SINCE_DATE:",
        "if tables.rule_since[rule] == NONE:",
    ),
    (
        "a fact that has expired stops the clock of a date",
        "is_known = memory.fact_until[arg] >= memory.deal[NOW]",
        "is_known = True",
    ),
    (
        "a fact that was learned again stops a clock that started between",
        "return memory.fact_began[arg]",
        "return memory.deal[NOW] if memory.fact_since[arg] != NEVER else LONG_AGO",
    ),
    (
        "a clock wakes when what stopped it is over",
        "    if came:\n        memory.stopped[rule] = 1",
        "    memory.stopped[rule] = 1 if came else 0",
    ),
    (
        "nothing stops a clock",
        "    if came:\n        memory.stopped[rule] = 1",
        "    if came:\n        memory.stopped[rule] = 0",
    ),
    (
        "nobody looks at deadlines that come forward",
        'stays as it was."""\n    stir(tables, memory, rule)\n',
        'stays as it was."""\n',
    ),
    (
        "what has acted gets another deadline when a hold is recorded",
        "        if memory.acted[rung] == NEVER:\n            memory.due[rung] = UNASKED",
        "        memory.due[rung] = UNASKED",
    ),
    (
        "a hold heals a breach",
        "        if memory.acted[rung] == NEVER:\n            memory.due[rung] = UNASKED",
        "        memory.acted[rung] = NEVER\n        memory.due[rung] = UNASKED",
    ),
    (
        "`stages` is ignored",
        "if tables.watched[rule * stages + memory.deal[STAGE]] == 0:",
        "if rule < 0:",
    ),
    (
        "a clock that was stopped counts on",
        "if memory.start[rule] == NEVER or memory.stopped[rule]:",
        "if memory.start[rule] == NEVER:",
    ),
    (
        "the clock of a date runs on when the date has expired",
        "if (since == SINCE_FACT or since == SINCE_DATE) and known(",
        "if since == SINCE_FACT and known(",
    ),
    (
        "the clock of a fact runs on when the fact has expired",
        "if (since == SINCE_FACT or since == SINCE_DATE) and known(",
        "if since == SINCE_DATE and known(",
    ),
    (
        "`when` is ignored",
        "return when == NONE or is_true(tables, memory, when, 0, at)",
        "return True",
    ),
)

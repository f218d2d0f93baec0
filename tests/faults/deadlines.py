"""Deadlines: what a clock skips, what puts an end off, holds."""

from tests.faults.fault import faults_in

FAULTS = (
    *faults_in(
        "rules/deadlines.py",
        (
            "an escalation comes before the end",
            "due = max(due, end_of(tables, calendar, memory, rule))",
            "due = max(due, memory.start[rule])",
        ),
        (
            "a deadline before a date lies inside a hold",
            "return leave_hold(due, memory.hold_from, memory.hold_until, memory.deal[HOLDS])",
            "return due",
        ),
        (
            "an end that was put off lies inside a hold",
            "return leave_hold(end, memory.hold_from, memory.hold_until, memory.deal[HOLDS])",
            "return end",
        ),
        (
            "a date waits for holds",
            "skips = 0 if ends_with_date(tables, rule) else lay_out(tables, memory, rule)",
            "skips = lay_out(tables, memory, rule)",
        ),
        (
            "what comes so long after a date does not wait for holds",
            "tables.rule_since[rule] == SINCE_DATE and plain",
            "tables.rule_since[rule] == SINCE_DATE",
        ),
        (
            "what is counted back from a date is counted from the next day",
            "day = memory.fact[tables.rule_arg[rule]]",
            "day = memory.fact[tables.rule_arg[rule]] + 1",
        ),
        ("clocks run on through holds", "skips = memory.deal[HOLDS]\n", "skips = 0\n"),
        (
            "clocks that run from the opening do not skip time away",
            "stops_away = since == SINCE_OPENED or since == SINCE_FACT",
            "stops_away = since == SINCE_FACT",
        ),
        (
            "fact clocks do not skip time away",
            "since == SINCE_OPENED or since == SINCE_FACT or since == SINCE_ACTIVITY\n",
            "since == SINCE_OPENED or since == SINCE_ACTIVITY\n",
        ),
        (
            "activity clocks do not skip time away",
            "or since == SINCE_FACT or since == SINCE_ACTIVITY\n",
            "or since == SINCE_FACT\n",
        ),
        (
            "dates wait for time away",
            "stops_away = since == SINCE_OPENED or",
            "stops_away = since >= 0 or since == SINCE_OPENED or",
        ),
        (
            "time in other stages counts for the total of one",
            "(is_total and stage != memory.deal[STAGE])",
            "(is_total and is_away(tables, rule, stage))",
        ),
        (
            "time in a parked stage that the rule names is skipped",
            "stage] != OPEN and tables.watched[rule * stages + stage] == 0",
            "stage] != OPEN",
        ),
        (
            "time in an open stage that the rule does not name is skipped",
            "tables.stage_kind[stage] != OPEN and tables.watched",
            "tables.watched",
        ),
        (
            "an override puts the breach of a gap off",
            "if due == NEVER or tables.rule_gap[rule]:",
            "if due == NEVER:",
        ),
        ("nothing puts an end off", "if tables.rule_puts_off[rule]:", "if rule < 0:"),
        (
            "an override does not put the end of a timer off",
            "    end = max(end, memory.override_until[rule])\n",
            "",
        ),
        (
            "an override brings the end of a timer forward",
            "    end = max(end, memory.override_until[rule])\n",
            (
                "    if memory.override_until[rule] != LONG_AGO:\n"
                "        end = memory.override_until[rule]\n"
            ),
        ),
        (
            "`at_most` caps an override",
            "    end = max(end, memory.override_until[rule])\n",
            (
                "    if tables.put_off_amount[rule * POSTPONERS + AT_MOST] == NONE:\n"
                "        end = max(end, memory.override_until[rule])\n"
            ),
        ),
        (
            "a timer waits for a buyer who never wrote",
            "and touched != LONG_AGO:",
            "and touched != NEVER:",
        ),
        (
            "what the buyer did before the clock started puts nothing off",
            "and touched != LONG_AGO:",
            "and touched >= start:",
        ),
        ("a plan that was done puts nothing off", "if done >= start:", "if done < LONG_AGO:"),
        ("a plan done at the start of the clock puts nothing off", "done >= start", "done > start"),
        (
            "a plan that was done before the clock started puts its end off",
            "if done >= start:",
            "if done > LONG_AGO:",
        ),
        (
            "`at_most` is ignored",
            "end = min(end, later(tables, calendar, memory, windows + AT_MOST, due))",
            "end = max(end, due)",
        ),
        (
            "`at_most` counts from the start",
            "windows + AT_MOST, due)",
            "windows + AT_MOST, start)",
        ),
        (
            "the windows by which an end is put off run on through holds",
            "holds = memory.deal[HOLDS]\n    return add(calendar, at",
            "holds = 0\n    return add(calendar, at",
        ),
        (
            "a plan for before the start of the clock counts",
            "if start <= at < nearest:",
            "if at < nearest:",
        ),
        (
            "a plan for the start of the clock does not count",
            "if start <= at < nearest:",
            "if start < at < nearest:",
        ),
        (
            "of plans the latest counts, not the nearest",
            "if start <= at < nearest:",
            "if start <= at < NEVER and (nearest == NEVER or at > nearest):",
        ),
        (
            "an end that was put off is not announced again",
            "if plain == NEVER or end <= plain or end == NEVER:",
            "if plain <= NEVER:",
        ),
        (
            "an end that was not put off is announced twice",
            "if plain == NEVER or end <= plain or end == NEVER:",
            "if plain == NEVER or end == NEVER:",
        ),
        (
            "the second notice comes before the first",
            "return max(due, counted_from_start(tables, calendar, memory, rung - 1))",
            "return due",
        ),
        (
            "the second notice lies inside a hold",
            "memory.deal[HOLDS],\n    )\n    # The first",
            "0,\n    )\n    # The first",
        ),
    ),
    *faults_in(
        "rules/holds.py",
        (
            "where two holds touch, the first one still runs",
            "is_older = memory.deal[HELD_AT] != at or at < memory.deal[HELD_BEFORE]",
            "is_older = memory.deal[HELD_AT] != at or memory.deal[HELD_BEFORE] != LONG_AGO",
        ),
        (
            "whatever was held before the latest hold, it ends with its instant",
            "is_older = memory.deal[HELD_AT] != at or at < memory.deal[HELD_BEFORE]",
            "is_older = memory.deal[HELD_AT] != at",
        ),
        (
            "a hold that holds nothing is one of those that a deal may have",
            "if until <= at:",
            "if until < at:",
        ),
        (
            "a hold is counted twice",
            "memory.deal[HELD_COUNT] += 1",
            "memory.deal[HELD_COUNT] += 2",
        ),
        (
            "a hold does not move a deadline that was worked out before",
            "at, until)\n    count_all_anew(tables, memory)",
            "at, until)",
        ),
        (
            "a hold may be ended at the instant at which it begins",
            "return is_held(memory, at) and is_older",
            "return is_held(memory, at)",
        ),
        (
            "a hold may be ended when it is over",
            "memory.hold_from[last] <= at < memory.hold_until[last]",
            "memory.hold_from[last] <= at <= memory.hold_until[last]",
        ),
        (
            "ending a hold takes all of it back",
            "        memory.hold_until[last] = at\n",
            "        memory.deal[HOLDS] = last\n",
        ),
        (
            "ending a hold changes nothing",
            "        memory.hold_until[last] = at\n",
            "        return\n",
        ),
        (
            "a hold is cut a microsecond too late",
            "        memory.hold_until[last] = at\n",
            "        memory.hold_until[last] = at + 1\n",
        ),
        (
            "a hold that begins when a deal comes back runs on",
            "    else:\n        memory.deal[HOLDS] = last\n",
            "",
        ),
        (
            "the end of a hold does not move a deadline that was worked out before",
            "        memory.deal[HOLDS] = last\n    count_all_anew(tables, memory)",
            "        memory.deal[HOLDS] = last",
        ),
    ),
)

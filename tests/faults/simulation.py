"""The simulation of one deal: what is set to happen, when, and what it does to what was set."""

from tests.faults.fault import faults_in

FAULTS = (
    *faults_in(
        "simulation/kernel/alarms.py",
        (
            "work goes on through a hold",
            "life.note[WORK_FROM], memory.deal[HOLDS]",
            "life.note[WORK_FROM], 0",
        ),
        (
            "a hold lets work begin anew",
            "life.note[WORK_FROM], memory.deal[HOLDS]",
            "life.note[AT], memory.deal[HOLDS]",
        ),
        (
            "an effort that needs no rep goes on through a hold",
            "if life.alarm[EFFORT] < NEVER and habits.reps == 0:",
            "if False:",
        ),
        (
            "an effort that a rep has begun is put off by a hold",
            "if life.alarm[EFFORT] < NEVER and habits.reps == 0:",
            "if life.alarm[EFFORT] < NEVER:",
        ),
        (
            "after a hold the work takes another time",
            "deal, turn = life.note[DEAL], life.visits[stage]\n    slot",
            "deal, turn = life.note[DEAL], 0\n    slot",
        ),
        (
            "of two things at once the last kind comes first",
            "if life.alarm[slot] < at:",
            "if life.alarm[slot] <= at:",
        ),
        (
            "the present is what was recorded last",
            "max(memory.deal[NOW], life.note[AT])",
            "memory.deal[NOW]",
        ),
        (
            "the present is what somebody set about last",
            "max(memory.deal[NOW], life.note[AT])",
            "life.note[AT]",
        ),
    ),
    *faults_in(
        "simulation/kernel/buyers.py",
        (
            "another touch puts off the answer to the first",
            "min(life.alarm[REPLY], at)",
            "at",
        ),
        (
            "who answers once answers always",
            "deal, turn, purpose = life.note[DEAL], life.note[TOUCHES], habits.reply_purpose",
            "deal, turn, purpose = life.note[DEAL], 0, habits.reply_purpose",
        ),
        (
            "buyers call at equal intervals",
            "life.note[INBOUNDS] = turn + 1",
            "life.note[INBOUNDS] = turn",
        ),
        (
            "what a hold was silent counts",
            "        begins = max(begins, life.note[HELD_UNTIL])\n",
            "",
        ),
        (
            "a buyer goes cold where the deal is closed",
            "if tables.stage_kind[memory.deal[STAGE]] == OPEN and not life.note[HELD]:",
            "if tables.stage_kind[memory.deal[STAGE]] >= 0 and not life.note[HELD]:",
        ),
        (
            "grace wears buyers out as well",
            "beyond = float(memory.deal[NOW] - was) - habits.cool_grace",
            "beyond = float(memory.deal[NOW] - was)",
        ),
        (
            "what a silence has used up is given back",
            "max(0.0, life.budget[0] - used)",
            "life.budget[0]",
        ),
        (
            "there is no grace",
            "int(min(habits.cool_grace + left, LONGEST) + 0.5)",
            "int(min(left, LONGEST) + 0.5)",
        ),
        (
            "the hazard of a silence falls where it should grow",
            "power_of(life.budget[0], 1.0 / habits.cool_shape)",
            "power_of(life.budget[0], habits.cool_shape)",
        ),
        (
            "a silence is used up evenly whatever its hazard",
            "power_of(beyond / habits.cool_scale, habits.cool_shape)",
            "max(0.0, beyond / habits.cool_scale)",
        ),
        (
            "no touch ends a silence",
            "max(memory.deal[FRESH_AT], memory.touch_at[habits.cool_touch])",
            "memory.deal[FRESH_AT]",
        ),
        (
            "a deal that is new or back was never touched",
            "max(memory.deal[FRESH_AT], memory.touch_at[habits.cool_touch])",
            "memory.touch_at[habits.cool_touch]",
        ),
        (
            "who comes back bears as much as before",
            "deal, habits.cool_purpose, turn, 0)",
            "deal, habits.cool_purpose, 0, 0)",
        ),
    ),
    *faults_in(
        "simulation/kernel/doing.py",
        (
            "a rep whose effort is done stays with the deal",
            "        drop(life, FOR_EFFORT)\n        note[WORK_FROM]",
            "        note[WORK_FROM]",
        ),
        (
            "a hold puts off work as if it had begun before the effort",
            "        note[WORK_FROM] = note[AT]\n",
            "",
        ),
        (
            "after an effort that is done on hold the work goes on",
            "        if note[HELD]:\n            count_work_anew(calendar, habits, memory, life)\n",
            "",
        ),
        (
            "after an effort every visit takes the same time",
            "work_of(habits, life, stage), life.visits[stage]",
            "work_of(habits, life, stage), 1",
        ),
        (
            "who was refused asks when a fact is told, and else never",
            "        note[ASKS] = 1\n",
            "        pass\n",
        ),
        (
            "a buyer calls once",
            "        expect_inbound(calendar, habits, memory, life)\n",
            "",
        ),
        (
            "work brings back a buyer who is gone",
            " and life.note[WANTS] == NONE:",
            ":",
        ),
        (
            "who goes cold where nothing can be lost wants nothing any more",
            "elif habits.lost_to[stage] != NONE:",
            "else:",
        ),
        (
            "who goes cold says no",
            "want(life, to, BY_COOLING)",
            "want(life, to, BY_LOSS)",
        ),
        (
            "who cannot decide says no",
            "want(life, to, BY_NO_DECISION)",
            "want(life, to, BY_LOSS)",
        ),
        (
            "who waits too long for a rep says no",
            "want(life, to, BY_IMPATIENCE)",
            "want(life, to, BY_LOSS)",
        ),
        (
            "a rep stays with a touch that is made",
            "        drop(life, FOR_TOUCH)\n",
            "",
        ),
        (
            "a touch that takes no time waits for a rep",
            "habits.reps > 0 and habits.touch_minutes != NONE",
            "habits.reps > 0",
        ),
        (
            "what was booked before a rest stays in the diary",
            "    cancel_plan(life)\n",
            "",
        ),
        (
            "nobody knows why a deal came back",
            "    life.note[CAUSE] = BY_REVIVAL\n",
            "",
        ),
        (
            "a parked deal that the buyer's touch brings back is reopened",
            "    if tables.stage_revives[stage]:",
            "    if False:",
        ),
    ),
    *faults_in(
        "simulation/kernel/holding.py",
        (
            "where time led a deal a hold is counted from what people did last",
            "at, dist = present(memory, life), habits.hold_after[row]",
            "at, dist = life.note[AT], habits.hold_after[row]",
        ),
        (
            "a deal on hold is put on hold",
            "if note[HELD] or tables.stage_kind[memory.deal[STAGE]] != OPEN:",
            "if tables.stage_kind[memory.deal[STAGE]] != OPEN:",
        ),
        (
            "a parked deal is put on hold",
            "if note[HELD] or tables.stage_kind[memory.deal[STAGE]] != OPEN:",
            "if note[HELD]:",
        ),
        (
            "each hold lasts as long as the first",
            "deal, turn = note[DEAL], columns.holds[place]",
            "deal, turn = note[DEAL], 0",
        ),
        (
            "every hold lasts as long as it was planned",
            "note[HELD_UNTIL] = min(ends, until)",
            "note[HELD_UNTIL] = until",
        ),
        (
            "people go on with a hold that is over",
            "note[HELD_UNTIL] = min(ends, until)",
            "note[HELD_UNTIL] = ends",
        ),
        (
            "what is booked stays in the diary during a hold",
            "    cancel_plan(life)\n",
            "",
        ),
        (
            "a hold that is forbidden was not refused",
            "            columns.refusals[place] += 1\n",
            "",
        ),
        (
            "a hold that is warned of is as good as any",
            "        columns.deviations[place] += 1\n",
            "        pass\n",
        ),
        (
            "people think a hold never ends",
            "    life.alarm[RESUME] = life.note[HELD_UNTIL]\n",
            "",
        ),
        (
            "work does not wait for a hold that begins",
            "    leave_for_later(life)\n    count_work_anew(calendar, habits, memory, life)\n",
            "    leave_for_later(life)\n",
        ),
        (
            "work waits for the planned end of a hold that ended before",
            "dist, purpose, turn)\n    count_work_anew(calendar, habits, memory, life)\n",
            "dist, purpose, turn)\n",
        ),
        (
            "reps touch during a hold",
            "life.alarm[TOUCH] = life.alarm[PATIENCE] = NEVER",
            "life.alarm[PATIENCE] = NEVER",
        ),
        (
            "a buyer who agreed to a hold loses patience during it",
            "life.alarm[TOUCH] = life.alarm[PATIENCE] = NEVER",
            "life.alarm[TOUCH] = NEVER",
        ),
        (
            "after a hold a rep does what they were doing already",
            "if note[JOB + FOR_EFFORT] and not note[REP + FOR_EFFORT]:",
            "if note[JOB + FOR_EFFORT]:",
        ),
        (
            "a hold takes a rep away from what was begun",
            "if note[JOB + job] and not note[REP + job]:",
            "if note[JOB + job]:",
        ),
        (
            "a deal on hold stays in the queue",
            "            note[JOB + job], note[DROPPED + job] = 0, 1\n",
            "            pass\n",
        ),
        (
            "a hold that is over is ended all the same",
            "    if is_held(memory, life.note[AT]):",
            "    if memory is not None:",
        ),
        (
            "silence after a hold began with what was recorded last",
            "note[HELD_UNTIL] = present(memory, life)",
            "note[HELD_UNTIL] = memory.deal[NOW]",
        ),
        (
            "a hold that the buyer ended ends once more",
            "    life.alarm[RESUME] = NEVER\n",
            "",
        ),
        (
            "after a hold nobody touches",
            "    note[THINKS] = OF_TOUCH\n",
            "",
        ),
        (
            "what was put off once is done after each hold",
            "        note[PUT_OFF] = 0\n",
            "",
        ),
        (
            "what a hold put off is forgotten",
            "        note[JOB + FOR_EFFORT] = 1\n",
            "",
        ),
        (
            "after a hold buyers wait for a rep for ever",
            (
                "        set_alarm(calendar, habits, memory, life, PATIENCE, at, dist, purpose, "
                "turn)\n"
            ),
            "",
        ),
    ),
    *faults_in(
        "simulation/kernel/learning.py",
        (
            "asked anew people give the same answer",
            "life.fact_turns[row] = turn + 1",
            "life.fact_turns[row] = turn",
        ),
        (
            "a date lies a day further ahead",
            "code = day_of(calendar, life.note[AT]) + int",
            "code = day_of(calendar, life.note[AT]) + 1 + int",
        ),
        (
            "what has expired is learned so long after what happened last",
            "slot, now, turn = FIRST_FACT + row, present(memory, life), life.fact_turns[row]",
            "slot, now, turn = FIRST_FACT + row, memory.deal[NOW], life.fact_turns[row]",
        ),
        (
            "a refusal puts off what is on the way",
            "habits.fact_after[row] != NONE and life.alarm[FIRST_FACT + row] == NEVER",
            "habits.fact_after[row] != NONE",
        ),
        (
            "what is known is asked for again",
            " and known(memory, habits.fact[row], 0, life.note[AT]) == UNKNOWN:",
            ":",
        ),
        (
            "what is learned anywhere is not asked for again",
            "habits.fact_stage[row] == stage or habits.fact_stage[row] == NONE",
            "habits.fact_stage[row] == stage",
        ),
        (
            "what belongs to a stage is not asked for again",
            "habits.fact_stage[row] == stage or habits.fact_stage[row] == NONE",
            "habits.fact_stage[row] == NONE",
        ),
        (
            "what belongs to another stage is asked for",
            "        if of_stage and is_timed",
            "        if is_timed",
        ),
        (
            "who did not learn it learned it",
            "    if not happens(habits, habits.fact_chance[row], deal, purpose, turn):",
            "    if habits.fact_chance[row] <= 0.0:",
        ),
    ),
    *faults_in(
        "simulation/kernel/moving.py",
        (
            "who goes out tells what the work brought to light",
            "is_new = tables.forward[pair] == 1 and note[TRIED_AT] != at",
            "is_new = note[TRIED_AT] != at",
        ),
        (
            "what is known is told at each try",
            "first = life.note[TRIED_AT] <= life.note[ENTERED]",
            "first = life.note[TRIED_AT] < life.note[AT]",
        ),
        (
            "what was known before is not told when the work is done",
            "first = life.note[TRIED_AT] <= life.note[ENTERED]",
            "first = life.note[TRIED_AT] > at",
        ),
        (
            "what has expired is not told again",
            "(first or known(memory, habits.fact[row], 0, at) == UNKNOWN)",
            "first",
        ),
        (
            "nobody counts what is refused",
            "            columns.refusals[place] += 1\n",
            "",
        ),
        (
            "nobody counts what is done in spite of a warning",
            "        columns.deviations[place] += 1\n",
            "        pass\n",
        ),
        (
            "a refusal makes nobody ask for what is missing",
            "            ask_anew(calendar, habits, memory, life)\n",
            "",
        ),
        (
            "nobody is asked to let a rule pass",
            "            ask_managers(tables, calendar, habits, memory, life, found)\n",
            "",
        ),
        (
            "whoever wants a move makes it",
            "        while (tables.move_by[move] >> role) & 1 == 0:\n            role += 1\n",
            "",
        ),
        (
            "only the first obstacle can stand in the way",
            "    for number in range(found):\n",
            "    for number in range(min(found, 1)):\n",
        ),
        (
            "what belongs to another stage is told when the work is done",
            "of_work = habits.fact_stage[row] == stage and habits.fact_after[row] == NONE",
            "of_work = habits.fact_after[row] == NONE",
        ),
        (
            "what takes its time is told when the work is done",
            "of_work = habits.fact_stage[row] == stage and habits.fact_after[row] == NONE",
            "of_work = habits.fact_stage[row] == stage",
        ),
    ),
    *faults_in(
        "simulation/kernel/overriding.py",
        (
            "what only warns is let pass",
            "stands = stands or (passed == target and is_blocking)",
            "stands = stands or passed == target",
        ),
        (
            "what stands in nobody's way is let pass",
            "stands = stands or (passed == target and is_blocking)",
            "stands = stands or is_blocking",
        ),
        (
            "another refusal puts off the boss",
            "if not stands or life.alarm[slot] != NEVER:",
            "if not stands:",
        ),
        (
            "who was not let pass once never is",
            "turn, deal = memory.deal[VISITS], life.note[DEAL]",
            "turn, deal = 0, life.note[DEAL]",
        ),
        (
            "the boss needs no time",
            "            if habits.override_after[row] != NONE:\n",
            "            if False:\n",
        ),
        (
            "a timer is let pass where it does not run",
            "if is_open and memory.acted[end] == NEVER and applies(tables, memory, rule, now):",
            "if memory.acted[end] == NEVER:",
        ),
        (
            "one end of a timer is judged again and again",
            "due < NEVER and due != life.judged[row] and at <= due:",
            "due < NEVER and at <= due:",
        ),
        (
            "who sees a timer late does not see it",
            "at = max(due - habits.override_ahead[row], now + 1)",
            (
                "at = due - habits.override_ahead[row]\n            if at <= now:\n"
                "                continue"
            ),
        ),
        (
            "a timer is seen at its end",
            "at = max(due - habits.override_ahead[row], now + 1)",
            "at = max(due, now + 1)",
        ),
        (
            "what was let pass once always is",
            "life.judgements[row] = turn + 1",
            "life.judgements[row] = turn",
        ),
        (
            "a timer that is let pass ends so long after it was seen",
            "at = life.judged[row] = due_of(",
            "life.judged[row] = due_of(",
        ),
        (
            "nobody lets a timer run out",
            (
                "        if not happens("
                "habits, habits.override_chance[row], deal, purpose, turn):\n"
                "            return\n"
            ),
            "",
        ),
    ),
    *faults_in(
        "simulation/kernel/recording.py",
        (
            "who was refused waits for a fact",
            "            life.alarm[RETRY] = at + 1\n",
            "            pass\n",
        ),
        (
            "a fact makes nobody try again",
            "        if kind == LEARNED:\n            note[ASKS] = 1\n",
            "        if kind == LEARNED:\n            pass\n",
        ),
        (
            "moves are not counted",
            "        columns.moves[place] += 1\n",
            "        pass\n",
        ),
        (
            "overrides are not counted",
            "        columns.overrides[place] += 1\n",
            "        pass\n",
        ),
        (
            "people do not know that the buyer ended a hold",
            (
                "    elif note[HELD] and not is_held(memory, at):\n"
                "        end_hold(tables, calendar, habits, memory, life)\n"
            ),
            "",
        ),
        (
            "what a rule moved is in its stage because of it for ever",
            "        if kind != OPENED:\n            columns.rule[place] = NONE\n",
            "",
        ),
        (
            "nobody knows why a deal was moved",
            "        columns.cause[place] = note[CAUSE]\n",
            "",
        ),
        (
            "the first touch is never booked",
            "note[THINKS] = OF_BOOKING if kind == OPENED or kind == ACTIVITY else OF_TOUCH",
            "note[THINKS] = OF_TOUCH",
        ),
        (
            "the first touch alone is booked",
            "            note[THINKS] = OF_BOOKING\n            expect",
            "            note[THINKS] = OF_TOUCH\n            expect",
        ),
        (
            "all touches are alike",
            "            note[TOUCHES] += 1\n",
            "",
        ),
        (
            "touches are not counted",
            "            columns.touches[place] += 1\n",
            "",
        ),
        (
            "calls of the buyer are not counted",
            "            columns.inbound[place] += 1\n",
            "            pass\n",
        ),
        (
            "an activity ends no silence",
            "    if kind == ACTIVITY:\n        cool(tables, habits, memory, life)\n",
            "    if kind == ACTIVITY:\n",
        ),
        (
            "no hold is counted from the opening",
            "    expect_holds(calendar, habits, memory, life, NONE, 0)\n",
            "",
        ),
        (
            "who heeds the gaps does not see one that a fact begins",
            "        note[THINKS] = OF_HEEDING\n",
            "        pass\n",
        ),
        (
            "whoever has no need to heed the gaps does at each event",
            "if habits.heeds > 0.0 and note[THINKS] == OF_NOTHING and kind != PLANNED:",
            "if habits.heeds > 0.0 and kind != PLANNED:",
        ),
        (
            "a deal that breached nothing did so before all others",
            "    columns.first_breach_at[place] = NEVER\n",
            "",
        ),
        (
            "a deal is opened when the simulation begins",
            "    columns.opened_at[place] = life.note[AT]\n",
            "",
        ),
        (
            "a fact that takes time is known from the beginning",
            "            if habits.fact_after[row] == NONE:\n",
            "            if habits.fact_after[row] >= NONE:\n",
        ),
        (
            "all deals belong to the owner of the first",
            "0, owners, deal, habits.owner_purpose, 0)",
            "0, owners, 0, habits.owner_purpose, 0)",
        ),
    ),
    *faults_in(
        "simulation/kernel/saying.py",
        (
            "what was booked stays in the diary when it is done",
            "        say(life, PLANNED, 0, NEVER, NONE, UNTOLD, 0, 0)\n",
            "",
        ),
        (
            "what was booked is done twice",
            (
                "        life.note[PLAN] = 0\n"
                "        say(life, PLANNED, 0, NEVER, NONE, UNTOLD, 0, 0)\n"
            ),
            "        say(life, PLANNED, 0, NEVER, NONE, UNTOLD, 0, 0)\n",
        ),
        (
            "what was booked is done out of turn",
            "        value |= FROM_PLAN\n",
            "        pass\n",
        ),
        (
            "a call of the buyer is what we booked",
            "if variant < habits.touch_first and life.note[PLAN]:",
            "if life.note[PLAN]:",
        ),
        (
            "nobody talks in a call",
            "        value |= TWO_WAY\n",
            "        pass\n",
        ),
        (
            "what is cancelled is cancelled again",
            (
                "        life.note[PLAN] = 0\n"
                "        say(life, PLANNED, 0, NEVER, NONE, TOLD_CANCELLED"
            ),
            "        say(life, PLANNED, 0, NEVER, NONE, TOLD_CANCELLED",
        ),
    ),
    *faults_in(
        "simulation/kernel/stays.py",
        (
            "time in a stage is that of the last visit",
            "columns.spent[row_of_stages + was] += now",
            "columns.spent[row_of_stages + was] = now",
        ),
        (
            "each visit to a stage is like the first",
            "    life.visits[stage] += 1\n",
            "    life.visits[stage] = 1\n",
        ),
        (
            "visits are not counted",
            "    columns.visits[row_of_stages + stage] += 1\n",
            "",
        ),
        (
            "work of the stage before is done in this one",
            "for slot in (EFFORT, WORK, LOSE,",
            "for slot in (EFFORT, LOSE,",
        ),
        (
            "an effort of the stage before is done in this one",
            "for slot in (EFFORT, WORK, LOSE,",
            "for slot in (WORK, LOSE,",
        ),
        (
            "who waited for a rep in the stage before loses patience in this one",
            "UNDECIDED, PATIENCE, REVIVE, RETRY):",
            "UNDECIDED, REVIVE, RETRY):",
        ),
        (
            "a parked deal comes back though it was lost meanwhile",
            "UNDECIDED, PATIENCE, REVIVE, RETRY):",
            "UNDECIDED, PATIENCE, RETRY):",
        ),
        (
            "reps go on with a stage that the deal has left",
            "    drop(life, FOR_EFFORT)\n    for row",
            "    for row",
        ),
        (
            "a boss who was asked in the stage before answers in this one",
            "        life.alarm[first_override(habits) + row] = NEVER\n",
            "        pass\n",
        ),
        (
            "a deal is put on hold because of the stage before",
            "        if habits.hold_stage[row] != NONE:\n",
            "        if False:\n",
        ),
        (
            "a hold that may come in any stage comes in the first",
            "        if habits.hold_stage[row] != NONE:\n",
            "        if True:\n",
        ),
        (
            "facts of the stage before are learned in this one",
            "            life.alarm[FIRST_FACT + row] = NEVER\n            if",
            "            if",
        ),
        (
            "facts take their time in the first stage only",
            "if habits.fact_stage[row] == stage and habits.fact_after[row] != NONE:",
            "if habits.fact_stage[row] == stage == 0 and habits.fact_after[row] != NONE:",
        ),
        (
            "buyers decide in the end",
            "slot, dist = UNDECIDED, habits.undecided[stage]",
            "slot, dist = UNDECIDED, NONE",
        ),
        (
            "buyers never say no",
            "slot, dist, purpose = LOSE, habits.lose[stage]",
            "slot, dist, purpose = LOSE, NONE",
        ),
        (
            "a deal that moves during a hold asks for a rep",
            "        leave_for_later(life)\n",
            "",
        ),
        (
            "work in a stage that is entered during a hold does not wait",
            "        count_work_anew(calendar, habits, memory, life)\n",
            "",
        ),
        (
            "after a rest no buyer calls",
            "if was == NONE or tables.stage_kind[was] != OPEN:",
            "if was == NONE:",
        ),
        (
            "in each stage buyers begin to wait anew before they call",
            "        expect_inbound(calendar, habits, memory, life)\n",
            (
                "        pass\n    expect_inbound(calendar, habits, memory, life)\n"
                "    if was == NONE or tables.stage_kind[was] != OPEN:\n"
            ),
        ),
        (
            "what a lost deal had not come to never comes",
            "            expect_again(calendar, habits, memory, life)\n",
            "            pass\n",
        ),
        (
            "what a lost deal had come to comes again",
            "if of_all and life.fact_turns[row] == 0:",
            "if of_all:",
        ),
        (
            "who comes back has no more patience with silence than was left",
            "                bear(habits, life, memory.deal[VISITS])\n",
            "                pass\n",
        ),
        (
            "in each stage the rhythm of touches begins anew",
            "life.note[THINKS] = OF_HEEDING",
            "life.note[THINKS] = OF_TOUCH",
        ),
        (
            "nobody heeds the gaps of the next stage",
            "life.note[THINKS] = OF_HEEDING",
            "life.note[THINKS] = OF_NOTHING",
        ),
        (
            "who went cold where nothing can be lost is warm in the next stage",
            "        life.alarm[COOL] = now\n",
            "        pass\n",
        ),
        (
            "reps touch buyers of lost deals that waited for it",
            "    drop(life, FOR_TOUCH)\n",
            "",
        ),
        (
            "reps touch buyers of parked deals",
            "for slot in (TOUCH, TOUCHING, REPLY, INBOUND, RESUME):",
            "for slot in (TOUCHING, REPLY, INBOUND, RESUME):",
        ),
        (
            "reps finish a touch when the deal is closed",
            "for slot in (TOUCH, TOUCHING, REPLY, INBOUND, RESUME):",
            "for slot in (TOUCH, REPLY, INBOUND, RESUME):",
        ),
        (
            "buyers answer when the deal is closed",
            "for slot in (TOUCH, TOUCHING, REPLY, INBOUND, RESUME):",
            "for slot in (TOUCH, TOUCHING, INBOUND, RESUME):",
        ),
        (
            "buyers call when the deal is closed",
            "for slot in (TOUCH, TOUCHING, REPLY, INBOUND, RESUME):",
            "for slot in (TOUCH, TOUCHING, REPLY, RESUME):",
        ),
        (
            "nothing is learned while a deal is parked",
            "    if tables.stage_kind[stage] != PARKED:\n",
            "    if True:\n",
        ),
        (
            "facts are learned when a deal is closed",
            "    if tables.stage_kind[stage] != PARKED:\n",
            "    if False:\n",
        ),
        (
            "a lost deal is never put on hold again",
            "        for slot in range(FIRST_FACT, first_hold(habits)):\n",
            "        for slot in range(FIRST_FACT, len(life.alarm)):\n",
        ),
        (
            "a deal that came back once always does",
            "turn, purpose = life.visits[stage], habits.revive_purpose[stage]",
            "turn, purpose = 0, habits.revive_purpose[stage]",
        ),
    ),
    *faults_in(
        "simulation/kernel/steps.py",
        (
            "a deal has visited what the one before had visited",
            "        life.visits[stage] = 0\n",
            "        pass\n",
        ),
        (
            "a deal was asked for facts as often as the one before",
            "        life.fact_turns[row] = 0\n",
            "        pass\n",
        ),
        (
            "a timer that ended for one deal is judged for the next",
            "        life.judged[row] = LONG_AGO\n",
            "",
        ),
        (
            "a deal was judged as often as the one before",
            "        life.judgements[row] = 0\n",
            "",
        ),
        (
            "two things happen at one instant",
            "at = max(life.alarm[slot], memory.deal[NOW] + 1)",
            "at = max(life.alarm[slot], memory.deal[NOW])",
        ),
        (
            "what is due after everything ends happens before",
            "        if at > until:\n            return\n",
            "        if at > until + 10**13:\n            return\n",
        ),
        (
            "time does nothing at the end",
            "            rung = acting_by(tables, calendar, memory, until)\n",
            "            rung = NONE\n",
        ),
        (
            "nobody counts whose ends were passed",
            "        columns.passed[place * len(tables.rule_since) + rule] += 1\n",
            "",
        ),
        (
            "a warning is an end",
            "    if rung == tables.rule_end[rule]:\n",
            "    if rung >= 0:\n",
        ),
        (
            "the end of a timer is a breach",
            "        if tables.rule_gap[rule]:\n",
            "        if True:\n",
        ),
        (
            "the last breach is the first",
            (
                "columns.first_breach_at[place] = min(columns.first_breach_at[place], "
                "memory.deal[NOW])"
            ),
            "columns.first_breach_at[place] = memory.deal[NOW]",
        ),
        (
            "nobody knows that time moved a deal",
            "        columns.cause[place] = BY_TIME\n",
            "",
        ),
        (
            "nobody knows which rule moved a deal",
            "        columns.rule[place] = rule\n",
            "",
        ),
        (
            "people do not see that time moved a deal",
            "        life.note[ENTERS] = 1\n",
            "        pass\n",
        ),
        (
            "a deal that is lost is not closed",
            "entered_at if kind == WON or kind == LOST else NEVER",
            "entered_at if kind == WON else NEVER",
        ),
        (
            "time in the last stage does not count",
            "    columns.spent[place * stages + stage] += until - life.note[ENTERED]\n",
            "",
        ),
        (
            "time in the last stage is that of the last visit",
            "columns.spent[place * stages + stage] += until",
            "columns.spent[place * stages + stage] = until",
        ),
        (
            "a deal is judged as it was when it changed last",
            "status(tables, memory, until)",
            "status(tables, memory, memory.deal[NOW])",
        ),
    ),
    *faults_in(
        "simulation/kernel/touching.py",
        (
            "nothing is forgotten",
            "for _ in range(2 if forgets else 1):",
            "for _ in range(1):",
        ),
        (
            "rhythms go on through a hold",
            "    if life.note[HELD] or tables.stage_kind[memory.deal[STAGE]] != OPEN:",
            "    if tables.stage_kind[memory.deal[STAGE]] != OPEN:",
        ),
        (
            "who heeds the gaps touches buyers of parked deals",
            "    if life.note[HELD] or tables.stage_kind[memory.deal[STAGE]] != OPEN:",
            "    if life.note[HELD]:",
        ),
        (
            "what is as good as done is put off",
            "if life.alarm[TOUCH] <= now:",
            "if life.alarm[TOUCH] < 0:",
        ),
        (
            "who heeds the gaps goes by those of before",
            "    life.alarm[TOUCH] = life.note[RHYTHM]\n",
            (
                "    life.alarm[TOUCH] = min(life.note[RHYTHM], life.alarm[TOUCH])\n"
                "    if of != OF_HEEDING:\n        life.alarm[TOUCH] = life.note[RHYTHM]\n"
            ),
        ),
        (
            "what is booked moves with the gaps",
            "life.note[PLAN], life.note[RHYTHM] = 1, at",
            "life.note[PLAN] = 1",
        ),
        (
            "who forgets nothing at all books nothing",
            "books = of == OF_BOOKING and at < NEVER",
            "books = of == OF_BOOKING and at < 0",
        ),
        (
            "what is booked is counted from the wrong plan",
            "TOLD_PLAN, at, life.note[PLANS] - 1)",
            "TOLD_PLAN, at, 0)",
        ),
        (
            "who heeds the gaps heeds timers as well",
            "            break  # contact gaps come first\n",
            "            pass\n",
        ),
        (
            "who heeds the gaps heeds those that do not apply",
            "        if applies(tables, memory, rule, now):",
            "        if now >= 0:",
        ),
        (
            "a gap shorter than one looks ahead is not heeded",
            "at = due if due - habits.ahead <= memory.start[rule] else due - habits.ahead",
            "at = due - habits.ahead",
        ),
        (
            "who heeds the gaps forgets their own rhythm",
            "life.alarm[TOUCH] = min(life.alarm[TOUCH], at)",
            "life.alarm[TOUCH] = at",
        ),
        (
            "gaps are heeded at their end",
            "            if due < NEVER and at > now:\n",
            "            at = due\n            if due < NEVER and at > now:\n",
        ),
    ),
    *faults_in(
        "simulation/kernel/working.py",
        (
            "work leads the same way at each visit",
            (
                "deal, purpose, turn = life.note[DEAL], habits.outcome_purpose[stage], "
                "life.visits[stage]"
            ),
            "deal, purpose, turn = life.note[DEAL], habits.outcome_purpose[stage], 1",
        ),
        (
            "where one way has its time the others have none",
            "return habits.work[stage] if own == NONE else own",
            "return own",
        ),
        (
            "the time of the work never depends on where it leads",
            "        if habits.outcome_work[place] != NONE:\n",
            "        if False:\n",
        ),
    ),
)

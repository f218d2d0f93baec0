"""Simulated deals that share reps and limits: who waits for what, and who does what when."""

from tests.faults.fault import faults_in

FAULTS = (
    *faults_in(
        "simulation/kernel/arrivals.py",
        (
            "all deals come at equal intervals",
            (
                "component(habits, habits.arrival, deal, habits.arrival_purpose, 0)\n"
                "        gap = amount_of(habits, one, deal,"
            ),
            (
                "component(habits, habits.arrival, deal, habits.arrival_purpose, 0)\n"
                "        gap = amount_of(habits, one, 0,"
            ),
        ),
        (
            "the first deal comes at the start",
            "        total += int(min(gap, LONGEST) + 0.5)\n        opened[deal] = total\n",
            "        opened[deal] = total\n        total += int(min(gap, LONGEST) + 0.5)\n",
        ),
    ),
    *faults_in(
        "simulation/kernel/deals.py",
        (
            "who comes at the very end does not come",
            "            elif coming <= until:\n",
            "            elif coming < until:\n",
        ),
        (
            "a parked deal is open",
            "is_open = 1 if tables.stage_kind[memory.deal[STAGE]] == OPEN else 0",
            "is_open = 1 if tables.stage_kind[memory.deal[STAGE]] not in (WON, LOST) else 0",
        ),
        (
            "who is lost never comes back",
            "(kind == WON or kind == LOST) and life.alarm[REVIVE] == NEVER",
            "kind == WON or kind == LOST",
        ),
        (
            "reps stay with what has ended",
            "        drop(life, FOR_EFFORT)\n        drop(life, FOR_TOUCH)\n",
            "        pass\n",
        ),
        (
            "who never came came at the end",
            "        columns.arrived_at[left] = NEVER\n",
            "        columns.arrived_at[left] = until\n",
        ),
        (
            "nobody begins anything when somebody else has ended",
            (
                "        give_slot(pool, slot)\n"
                "    serve(tables, calendar, habits, pool, now, until, columns)"
            ),
            (
                "        give_slot(pool, slot)\n        return\n"
                "    serve(tables, calendar, habits, pool, now, until, columns)"
            ),
        ),
        (
            "reps come back when something else happens",
            "            if shift <= until and shift < min(coming, wakes):\n",
            "            if shift <= until and shift < coming and wakes == NEVER:\n",
        ),
    ),
    *faults_in(
        "simulation/kernel/heaps.py",
        (
            "of two that are equal the last comes first",
            "return heap.tie[one] < heap.tie[other]",
            "return heap.tie[one] > heap.tie[other]",
        ),
        (
            "a heap sinks towards the wrong side",
            "            below += 1\n",
            "            pass\n",
        ),
        (
            "who leaves takes the last one along",
            "    if last != item:\n        settle(heap, which, last, heap.place[item])\n",
            "",
        ),
        (
            "nobody climbs in a heap",
            "    while place > 0:\n",
            "    while place > 0 and count < 0:\n",
        ),
    ),
    *faults_in(
        "simulation/kernel/intake.py",
        (
            "whose patience ends just now is gone",
            "        if ends >= now:\n",
            "        if ends > now:\n",
        ),
        (
            "who left had waited until somebody noticed",
            "stay_out(columns, place, ends - came, BY_LEAVING)",
            "stay_out(columns, place, now - came, BY_LEAVING)",
        ),
        (
            "who came last of several lines is opened first",
            "(found == NONE or ahead < found)",
            "(found == NONE or ahead > found)",
        ),
        (
            "who was opened had not waited",
            "columns.queued[found] = now - columns.arrived_at[found]",
            "columns.queued[found] = 0",
        ),
        (
            "one more than the limit is open",
            "pool.open_now[all_groups] >= habits.open_limit:",
            "pool.open_now[all_groups] > habits.open_limit:",
        ),
        (
            "one more than an owner's limit is open",
            "pool.open_now[group] >= limit:",
            "pool.open_now[group] > limit:",
        ),
        (
            "who still waits at the end has left",
            "stay_out(columns, place, until - columns.arrived_at[place], BY_NOBODY)",
            "stay_out(columns, place, until - columns.arrived_at[place], BY_LEAVING)",
        ),
        (
            "who is behind somebody patient still waits",
            "            let_leave(calendar, habits, memory, pool, first, group, until, columns)\n",
            "",
        ),
        (
            "what was not opened belongs to the first owner",
            "columns.rule[place] = columns.owner[place] = NONE",
            "columns.rule[place] = NONE",
        ),
        (
            "what was not opened breached a gap",
            "    columns.first_breach_at[place] = NEVER\n",
            "",
        ),
        (
            "owners share one limit",
            "    pool.open_now[group] += change\n",
            "    pool.open_now[0] += change\n",
        ),
        (
            "a line forgets who is behind",
            "        pool.line_next[pool.line_last[group]] = place\n",
            "        pass\n",
        ),
        (
            "the patience of all is that of the first",
            "        deal = first + place\n",
            "        deal = first\n",
        ),
    ),
    *faults_in(
        "simulation/kernel/reps.py",
        (
            "who left the queue did not wait",
            "                columns.waited[place] += now - note[SINCE + job]\n        if",
            "        if",
        ),
        (
            "who was served did not wait",
            "        columns.waited[place] += now - note[SINCE + job]\n        note",
            "        note",
        ),
        (
            "nobody works",
            "                columns.worked[place] += now - note[SINCE + job]\n",
            "",
        ),
        (
            "work is counted from when somebody began to wait",
            "        note[SINCE + job] = now\n        end = ends_at",
            "        end = ends_at",
        ),
        (
            "the newest is the oldest",
            "        return -now\n",
            "        return now\n",
        ),
        (
            "the least valuable comes first",
            "return 1 if worth == UNKNOWN else -worth",
            "return 1 if worth == UNKNOWN else worth",
        ),
        (
            "who is worth nobody knows what comes first",
            "return 1 if worth == UNKNOWN else -worth",
            "return -(10**18) if worth == UNKNOWN else -worth",
        ),
        (
            "what has no deadline comes first",
            "return NEVER if rung == NONE else memory.due[rung]",
            "return 0 if rung == NONE else memory.due[rung]",
        ),
        (
            "the latest deadline comes first",
            "return NEVER if rung == NONE else memory.due[rung]",
            "return NEVER if rung == NONE else -memory.due[rung]",
        ),
        (
            "buyers lose patience while a rep is at it",
            "life.alarm[EFFORT], life.alarm[PATIENCE] = end, NEVER",
            "life.alarm[EFFORT] = end",
        ),
        (
            "reps wait for what is not there any more",
            "        pool.there_from[rep] = NEVER\n        if",
            "        if",
        ),
        (
            "each rep takes from the first queue",
            "queue = rep if habits.owned else 0",
            "queue = 0",
        ),
        (
            "all reps are equally fast",
            "deal, pace = note[DEAL], habits.rep_pace[rep]",
            "deal, pace = note[DEAL], 1.0",
        ),
        (
            "who came at once with another comes in any order",
            "            pool.counts[TICKETS] += 1\n",
            "",
        ),
        (
            "a rep who is done is busy",
            "pool.busy[note[REP + job] - 1] = note[REP + job] = 0",
            "note[REP + job] = 0",
        ),
        (
            "a rep does two things at a time",
            "        pool.busy[rep] = 1\n",
            "",
        ),
        (
            "what is dropped stays in the queue",
            "                take_out(pool.queues, queue, item)\n",
            "                pass\n",
        ),
        (
            "the hours of reps are those of the process",
            "    if not has_shifts(habits, rep):\n        return after",
            "    if rep >= 0:\n        return after",
        ),
        (
            "reps are there at night",
            "        if there_from > now:\n",
            "        if there_from > NEVER:\n",
        ),
        (
            "deals wake up later than what is due",
            "    if rung != NONE:\n        at = min(at,",
            "    if rung != NONE:\n        at = max(at,",
        ),
        (
            "the second of two things is done as long as the first",
            "note[JOB_PURPOSE + job], note[JOB_TURN + job]\n",
            "note[JOB_PURPOSE + job], note[JOB_TURN]\n",
        ),
    ),
    *faults_in(
        "simulation/kernel/pool.py",
        (
            "owners alone have limits",
            "return habits.open_limit != NONE or len(habits.owner_limit) > 0",
            "return len(habits.owner_limit) > 0",
        ),
    ),
    *faults_in(
        "simulation/kernel/shifts.py",
        (
            "a rep is there when the shift shuts",
            "habits.shift_shuts[middle] <= at:",
            "habits.shift_shuts[middle] < at:",
        ),
        (
            "what is done when a shift shuts is done when the next one opens",
            "if habits.shift_worked[middle] < done:",
            "if habits.shift_worked[middle] <= done:",
        ),
        (
            "reps work on when their calendar ends",
            "return NEVER if found > habits.shift_shuts[last] else found",
            "return found",
        ),
        (
            "what is begun during a shift is begun at its beginning",
            "habits.shift_worked[low] + at - habits.shift_opens[low] + amount",
            "habits.shift_worked[low] + amount",
        ),
        (
            "after the last shift there is one more",
            (
                "    if shift == habits.shift_first[habits.rep_shifts[rep] + 1]:\n"
                "        return NEVER\n"
            ),
            "    if shift == len(habits.shift_opens):\n        return NEVER\n",
        ),
    ),
)

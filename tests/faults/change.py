"""A deal that comes under another process: what stands, what acts, what is told again."""

from tests.faults.fault import faults_in

FAULTS = (
    *faults_in(
        "change/mixed.py",
        (
            "a fact that expires earlier only shuts gates",
            "return change.path[1] in _facts_of_rules(process)",
            "return False",
        ),
        (
            "conditions of rules read no facts",
            "*(fact for condition in conditions for fact in process.facts_of(condition))",
            "*()",
        ),
        (
            "clocks count from no facts",
            'if source in ("fact", "date")',
            'if source in ("date",)',
        ),
        (
            "what stops a clock stops it whatever touches come",
            'timer.clock == ("touch", change.path[1]) and timer.stop is not None',
            'timer.clock == ("touch", change.path[1]) and timer.stop is None',
        ),
        (
            "an attempt more takes no room",
            "return is_capped or restarts_what_stopped(process, change)",
            "return restarts_what_stopped(process, change)",
        ),
        (
            "days off before a date put it off",
            "        *(timer.before for timer in process.timers),\n",
            "",
        ),
        (
            "a fact that holds for working days is no longer valid for days off",
            "        *(fact.valid_for for fact in process.facts if fact.id in read),\n",
            "",
        ),
        (
            "a change is judged by the new process alone",
            "if condition(old, change) or condition(new, change):",
            "if condition(new, change):",
        ),
    ),
    *faults_in(
        "rules/past.py",
        (
            "only one act is remembered for clocks that come back",
            "memory.deal[PASTS] = past + 1",
            "memory.deal[PASTS] = 1",
        ),
        (
            "what acted is remembered with the instant at which it was due",
            "memory.past_at[past] = at",
            "memory.past_at[past] = due",
        ),
        (
            "a migration does not end the retelling of the past",
            "memory.deal[MIGRATED_AT] = row.at",
            "memory.deal[QUIET_UNTIL] = row.at",
        ),
        (
            "a migration forgets how many holds there were",
            "memory.deal[HELD_COUNT] = row.value",
            "memory.deal[HELD_COUNT] = 0",
        ),
        (
            "what acted under an earlier process acts again",
            "remember(tables, calendar, memory, rule)",
            "pass",
        ),
    ),
    *faults_in(
        "rules/clocks.py",
        (
            "what is still in time by the new process has acted",
            "if memory.past_due[past] >= memory.deal[MIGRATED_AT]:",
            "if memory.past_due[past] >= NEVER:",
        ),
        (
            "what is due at the migration has acted",
            "if memory.past_due[past] >= memory.deal[MIGRATED_AT]:",
            "if memory.past_due[past] > memory.deal[MIGRATED_AT]:",
        ),
        (
            "what acted before a migration acts again if the deal was away at that instant",
            "if memory.past_due[past] >= memory.deal[MIGRATED_AT]:",
            (
                "if not applies(tables, memory, rule, memory.deal[NOW]) or "
                "memory.past_due[past] >= memory.deal[MIGRATED_AT]:"
            ),
        ),
        (
            "whether a rung has acted under the process before is asked at each return",
            "if memory.past_due[past] == UNASKED:",
            "if memory.past_at[past] < memory.deal[MIGRATED_AT]:",
        ),
        (
            "what was in time at the migration is asked for again",
            "memory.past_start[past] = NEVER",
            "memory.past_due[past] = UNASKED",
        ),
    ),
    *faults_in(
        "rules/deadlines.py",
        (
            "a deal that was away when it was migrated is overdue by time that did not count",
            "if stops_away and is_away(tables, rule, memory.deal[STAGE]):",
            "if False:",
        ),
    ),
    *faults_in(
        "rules/schedule.py",
        (
            "time acts in the past under another process",
            "memory.deal[QUIET_UNTIL] > horizon or memory.deal[MIGRATED_AT] == NEVER",
            "memory.deal[QUIET_UNTIL] > horizon",
        ),
    ),
    *faults_in(
        "rules/fold.py",
        (
            "the past is judged by the new process",
            "found, is_judged = 0, not is_retold(memory)",
            "found, is_judged = 0, True",
        ),
    ),
    *faults_in(
        "deal/past.py",
        (
            "a touch of the past revives and ends holds under the new process",
            "yield row._replace(kind=codes.STANDS) if is_done else row",
            "yield row",
        ),
        (
            "stages of the past keep their old names",
            "            stage = migration.stages.get(stage, stage)\n        return attrs",
            "            stage = stage\n        return attrs",
        ),
        (
            "facts of the past keep their old names",
            "facts = {names.get(name, name): value for name, value in event.facts.items()}",
            "facts = dict(event.facts.items())",
        ),
        (
            "what was only watched has acted",
            "return mode is not Mode.OBSERVE",
            "return False",
        ),
        (
            "what would have been moved has been moved",
            "return is_move and mode is Mode.ENFORCE and raised.mode is not Mode.ENFORCE",
            "return False",
        ),
        (
            "an act of a clock of another shape is taken for the same",
            "if (since in {codes.SINCE_STAGE, codes.SINCE_TOTAL}) != is_of_stage(raised.clock):",
            "if False:",
        ),
    ),
    *faults_in(
        "deal/run.py",
        (
            "before its migration a deal of no pin runs under the last process",
            "first = self.order.book.process",
            "first = self.processes.last",
        ),
    ),
    *faults_in(
        "deal/so_far.py",
        (
            "a deal that time moves once more after a migration has been told of",
            "if act.moved or was_made}",
            "if act.moved and not was_made}",
        ),
        (
            "that a deal would be moved once more after a migration has been told of",
            "if act.moved or was_made}",
            "if act.moved}",
        ),
        (
            "what would be moved before a migration and after it is told twice",
            "if act.moved or was_made}",
            "}",
        ),
        (
            "a command may be dated before the migration",
            "migrated(placed.at, event))\n        self.moved_at, self.moved_by = placed.at",
            "migrated(placed.at, event))\n        _, self.moved_by = placed.at",
        ),
    ),
    *faults_in(
        "deal/order.py",
        (
            "a day is read by the calendar of the first process",
            "calendar = later if begins <= at else calendar",
            "calendar = calendar",
        ),
        (
            "an event at the instant of a migration is read under the old process",
            "            if begins < key:",
            "            if begins[:1] < key[:1]:",
        ),
    ),
    *faults_in(
        "deal/effects.py",
        (
            "what acts under another process after a move by time is over",
            "ended = max(moves.get(raised.clock, raised), raised, key=lambda act: act.acted_at)",
            "ended = moves.get(raised.clock, raised)",
        ),
        (
            "what an earlier process had raised and this one takes back is still to be told",
            "if raised.key not in lapsed:",
            "if raised.key:",
        ),
        (
            "a move that is settled by a migration is to be taken back",
            "is_settled = view.run.since.latest_at > at",
            "is_settled = False",
        ),
    ),
    *faults_in(
        "change/gates.py",
        (
            "two texts are always alike",
            "for number in range(len(alike)))",
            "for number in range(1))",
        ),
        (
            "each word of a list is known",
            "return [*fact.values, None]",
            "return [*fact.values]",
        ),
    ),
    *faults_in(
        "change/strictness.py",
        (
            "a rule had the mode that its process has now",
            "was, now = change.was or old.mode,",
            "was, now = change.was or new.mode,",
        ),
        (
            "amounts of two currencies are compared",
            "return Width.OTHER if old.currency != new.currency else",
            "return",
        ),
        (
            "a fact has the values that it had",
            "(was.type, was.values) == (now.type, now.values)",
            "was.type == now.type",
        ),
        (
            "what did not put off put off for ever",
            "PUT_OFF = span(unsaid=0,",
            "PUT_OFF = span(unsaid=_ENDLESS,",
        ),
    ),
    *faults_in(
        "change/renames.py",
        (
            "two become one by another name",
            "not used & {was.path, now.path}",
            "was.path not in used",
        ),
    ),
    *faults_in(
        "change/places.py",
        (
            "an event names stages of other processes",
            "stages = {name: to for name, to in self.stages.items() if name in old.stages_by_id}",
            "stages = dict(self.stages)",
        ),
    ),
    *faults_in(
        "change/impact.py",
        (
            "a deal that is lost is killed",
            "return self.is_moved and self.kind is StageKind.LOST",
            "return self.kind is StageKind.LOST",
        ),
        (
            "a deal that is killed is moved",
            "deal.is_moved and not deal.is_killed",
            "deal.is_moved",
        ),
        (
            "another status is no change",
            "return not any(told) and self.status is self.becomes",
            "return not any(told)",
        ),
        (
            "the next deadline is the one that was",
            "str(shift.now or shift.was)",
            "str(shift.was or shift.now)",
        ),
    ),
    *faults_in(
        "change/trial.py",
        (
            "a deadline that has passed comes",
            "if each.acted_at is None)",
            "if True)",
        ),
        (
            "a clock that starts earlier goes on",
            "same = before[rule] == later[rule]",
            "same = before[rule] >= later[rule]",
        ),
        (
            "a gap that ends with the migration lets pass",
            "later = at + _INSTANT",
            "later = at",
        ),
        (
            "an id is taken once at most",
            'while f"{deal.id}/{number}" in taken:',
            'if f"{deal.id}/{number}" in taken:',
        ),
    ),
)

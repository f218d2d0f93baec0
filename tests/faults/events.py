"""What events say: touches, revisions, the day of which only the date is known, roles, reasons."""

from tests.faults.fault import faults_in

FAULTS = (
    *faults_in(
        "rules/touches.py",
        (
            "attempts from before a deal came back count after a revision",
            "counts = row.kind == ACTIVITY or turn >= memory.deal[FRESH_TURN]",
            "counts = row.when > LONG_AGO",
        ),
        (
            "an answer does not end a run of attempts",
            "        if two_way:\n            memory.attempts",
            "        if two_way > 1:\n            memory.attempts",
        ),
        ("an answer is an attempt", "if counts and not two_way:", "if counts:"),
        (
            "the last attempt of the cap does not count",
            "memory.attempts[touched] <= cap",
            "memory.attempts[touched] < cap",
        ),
        (
            "the cap is ignored",
            "memory.attempts[touched] <= cap",
            "memory.attempts[touched] >= 0",
        ),
        ("every answer is a plan that was done", "if row.value & FROM_PLAN:", "if row.value:"),
        (
            "a plan that was done stays done when it is revised",
            "    memory.deal[PLAN_DONE_AT] = LONG_AGO\n",
            "",
        ),
        (
            "a touch is not taken back",
            "        memory.touch_at[touched] = LONG_AGO\n        memory.attempts[touched] = 0\n",
            "        memory.attempts[touched] = 0\n",
        ),
        (
            "an attempt is not taken back",
            "        memory.touch_at[touched] = LONG_AGO\n        memory.attempts[touched] = 0\n",
            "        memory.touch_at[touched] = LONG_AGO\n",
        ),
        (
            "an activity that started a clock is not taken back",
            "        memory.kind_at[kind] = LONG_AGO\n",
            "        pass\n",
        ),
        (
            "activities start no clock of their own",
            "if since == SINCE_TOUCH or since == SINCE_ACTIVITY:",
            "if since == SINCE_TOUCH:",
        ),
        (
            "activities stop no clock",
            "if until == SINCE_TOUCH or until == SINCE_ACTIVITY:",
            "if until == SINCE_TOUCH:",
        ),
        (
            "what an activity stopped stays stopped when it is taken back",
            "            if anew:\n",
            "            if anew > 1:\n",
        ),
        (
            "nobody looks at a clock that runs again",
            "                stir(tables, memory, rule)\n",
            "",
        ),
        (
            "a touch does not move the end of a timer that was worked out before",
            "if tables.rule_puts_off[rule]:",
            "if tables.rule_puts_off[rule] > 1:",
        ),
    ),
    *faults_in(
        "rules/revisions.py",
        (
            "a revision takes nothing back",
            "self._take_back(key, row.at) if is_revised else []",
            "[]",
        ),
        ("a plan that was revised still stands", "if key in self._standing:", "if key is None:"),
        (
            "what was never planned keeps the window of a plan",
            "if key in self._planned and self._reaches(event):",
            "if self._reaches(event):",
        ),
        (
            "a note that was planned keeps the window of a plan",
            "if key in self._planned and self._reaches(event):",
            "if key in self._planned:",
        ),
        (
            "a note that is planned puts something off",
            "if event.starts_at is None or not self._reaches(event):",
            "if event.starts_at is None:",
        ),
        (
            "activities without an id of their own revise each other",
            '(event.activity_id, "" if event.activity_id is not None else event.id)',
            '(event.activity_id, "")',
        ),
        (
            "clocks do not hear of what was taken back",
            "rows.append(Row(codes.SETTLED, row.at))",
            "pass",
        ),
        (
            "a clock that a corrected activity stopped stays so",
            "row = row._replace(value=value | codes.ANEW)",
            "pass",
        ),
        (
            "a revision takes everything back",
            "[Row(codes.TAKEN_BACK, at), *stand]",
            "[Row(codes.TAKEN_BACK, at)]",
        ),
        (
            "clocks hear of what was taken back before they hear of its plan",
            "return [Row(codes.TAKEN_BACK, at), *stand]",
            "return [Row(codes.TAKEN_BACK, at), *stand, Row(codes.SETTLED, at)]",
        ),
    ),
    *faults_in(
        "rules/instants.py",
        (
            "what is known to the day counts at its wrong end",
            "if isinstance(event, Opened) is not other_end:",
            "if isinstance(event, Opened) is other_end:",
        ),
        (
            "an opening that is known to the day counts at its end",
            "if isinstance(event, Opened) is not other_end:",
            "if other_end:",
        ),
        (
            "what is known to the day counts after it was recorded",
            "return min(end_of_day(calendar, day), recorded)",
            "return end_of_day(calendar, day)",
        ),
        (
            "what is known to the day may be recorded before it",
            "if recorded < begins and strict:",
            "if recorded < 0:",
        ),
        (
            "what is known to the day may not be recorded when it begins",
            "if recorded < begins and strict:",
            "if recorded <= begins and strict:",
        ),
        (
            "by another zone, what is known to the day counts before it was recorded",
            "return min(begins, recorded)",
            "return begins",
        ),
    ),
    *faults_in(
        "rules/encode.py",
        (
            "a command in no role may do anything",
            "return codes.NOBODY if commands else codes.NONE",
            "return codes.NONE",
        ),
        (
            "what is recorded without a role is held against it",
            "return codes.NOBODY if commands else codes.NONE",
            "return codes.NOBODY",
        ),
        (
            "a role that the process does not have may do anything",
            "return book.roles.get(name, codes.NOBODY)",
            "return book.roles.get(name, codes.NONE)",
        ),
        (
            "what did not take place is a touch",
            "if event.status is not Status.DONE:",
            "if event.status is Status.PLANNED:",
        ),
        (
            "a recorded hold needs no reason",
            "_reason(event.reason, listed, commands=bool(listed))",
            "_reason(event.reason, listed, commands=False)",
        ),
        (
            "reasons that are not listed will do",
            "codes.UNLISTED if listed and given not in listed else codes.GIVEN",
            "codes.UNLISTED if listed and not given else codes.GIVEN",
        ),
        (
            "what has no direction came in",
            "inbound=event.direction is Way.IN",
            "inbound=event.direction is not Way.OUT",
        ),
        (
            "a second opening opens the deal again",
            "codes.OPENED if opens else codes.NOTHING",
            "codes.OPENED",
        ),
    ),
    *faults_in(
        "events.py",
        (
            "what is learned with an activity comes after it",
            "    rank = 2\n",
            "    rank = 3.5\n",
        ),
        ("a hold comes before what ends one", "    rank = 7\n", "    rank = 5.5\n"),
        ("a move comes before an override", "    rank = 8\n", "    rank = 4.5\n"),
        ("a reopening comes before a move", "    rank = 9\n", "    rank = 7.5\n"),
        (
            "what was told before repeats what is known from later on",
            "or self.known_at < first.known_at:",
            "or self.known_at < first.occurred_at:",
        ),
        (
            "whatever is told later repeats",
            "return all(getattr(self, name)",
            "return any(getattr(self, name)",
        ),
    ),
)

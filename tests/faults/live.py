"""The live deal: the order of its events, late ones, commands, what it answers."""

from tests.faults.fault import faults_in

FAULTS = (
    *faults_in(
        "deal/order.py",
        (
            "what is dated before the opening comes before it",
            "return max(place[0], self.opened_at), *place",
            "return place[0], *place",
        ),
        (
            "the number of an event comes before its source",
            "event.rank, event.source, event.seq, event.id",
            "event.rank, event.seq, event.source, event.id",
        ),
        (
            "of events alike in all but their ids the one that came first comes first",
            "event.rank, event.source, event.seq, event.id",
            'event.rank, event.source, event.seq, ""',
        ),
        (
            "the rank of an event does not matter",
            "return at, event.rank, event.source",
            "return at, 0, event.source",
        ),
        ("the latest opening counts", "first = min(several", "first = max(several"),
        (
            "whichever end of its day counts, the same opening is the earliest",
            "evolve(order, opening=each, other_end=True, strict=False)",
            "evolve(order, other_end=True, strict=False)",
        ),
        (
            "a retraction takes nothing out",
            "if isinstance(event, Retracted))",
            "if isinstance(event, Retracted) and not event.target)",
        ),
        (
            "a retraction may be retracted before it comes",
            "if isinstance(event, Opened | Migrated | Retracted):",
            "if isinstance(event, Opened):",
        ),
        (
            "of two events with one id the first counts",
            "if first is not None and not told.repeats(first):",
            "if first is not None and first is None:",
        ),
        (
            "of several tellings read at once the latest is kept",
            "if first is None or first.repeats(event):",
            "if first is None or event.repeats(first):",
        ),
    ),
    *faults_in(
        "deal/run.py",
        (
            "looking at a deal lets time act on it",
            "memory = engine.copy(memory)",
            "pass",
        ),
        (
            "a late event is folded as if it had come in order",
            "if read.placed > self.last:",
            "if read.placed.at > 0:",
        ),
        (
            "what was retracted before it came stands",
            "isinstance(event, (Opened, Migrated, Retracted)) or event.id in self._gone",
            "isinstance(event, (Opened, Migrated, Retracted))",
        ),
        (
            "a retraction is for what comes later only",
            "isinstance(event, (Opened, Migrated, Retracted)) or event.id in self._gone",
            "isinstance(event, (Opened, Migrated)) or event.id in self._gone",
        ),
        (
            "a retraction does not reach back before it was made",
            "{p.event.id: p.event for p in self._placed if p.at <= now}",
            "{i: e for i, e in self.by_id.items() if self.order.placed(e).at <= now}",
        ),
        (
            "an event at the instant asked for has not happened yet",
            "in self._placed if p.at <= now}",
            "in self._placed if p.at < now}",
        ),
        (
            "what we are told at an instant we do not know then",
            "if to_micros(e.known_at) <= known_at}",
            "if to_micros(e.known_at) < known_at}",
        ),
        (
            "we knew of everything when it happened",
            "if to_micros(e.known_at) <= known_at}",
            "if to_micros(e.occurred_at) <= known_at}",
        ),
        (
            "a late event is taken in where the latest one came late",
            "while self._marks and self._marks[-1][0] > place:",
            "while self._marks and self._marks[-1][0] < 0:",
        ),
        (
            "a mark has the late event in it already",
            "(place, self.copy())]",
            "(place + 1, self.copy())]",
        ),
        (
            "marks outlive an event that changes the others",
            "self._gone, self._marks = known, gone, []",
            'self._gone, self._marks = known, gone, getattr(self, "_marks", [])',
        ),
    ),
    *faults_in(
        "deal/acts.py",
        (
            "what acted does not say where the deal was then",
            "            stage,\n",
            "            memory.deal[STAGE],\n",
        ),
    ),
    *faults_in(
        "deal/so_far.py",
        (
            "there is room for one plan only",
            "memory = self.memory = with_room(engine, self.memory, self._activities.plans + 1)",
            "memory = self.memory = with_room(engine, self.memory)",
        ),
        (
            "a mark goes on with the deal",
            "self.memory = self.book.engine.copy(other.memory)",
            "self.memory = other.memory",
        ),
        (
            "the activities of a mark go on with the deal",
            "self._activities = other._activities.copy()",
            "self._activities = other._activities",
        ),
        (
            "what a deal tells at a mark goes on with the deal",
            "self.facts = dict(other.facts)",
            "self.facts = other.facts",
        ),
        (
            "a kill in the past is no history",
            "            if act.moved:\n",
            "            if act.moved and rung < 0:\n",
        ),
        (
            "a recorded move in the past is no history",
            "            self.moved_at, self.moved_by = placed.at, placed\n            if",
            "            self.moved_by = placed\n            if",
        ),
        (
            "coming back at the very instant is no history for a hold",
            "            if tables.stage_kind[stage] != codes.OPEN:\n",
            "            if stage < 0:\n",
        ),
        (
            "any recorded move at the very instant is history for a hold",
            "            if tables.stage_kind[stage] != codes.OPEN:\n",
            "            if stage >= 0:\n",
        ),
    ),
    *faults_in(
        "deal/commands.py",
        (
            "a refused command restarts a clock",
            "        if not passed:\n",
            '        if not passed:\n            self.log("call", at=asked.event.occurred_at)\n',
        ),
        (
            "a refused command is recorded all the same",
            "        if not passed:\n",
            "        if not passed:\n            self._run.add(asked.event)\n",
        ),
        (
            "commands other than moves are never refused",
            "passed=not any(o.blocks for o in found))",
            "passed=True)",
        ),
        (
            "one obstacle that only warns lets a hold pass",
            "passed=not any(o.blocks for o in found))",
            "passed=not found or not all(o.blocks for o in found))",
        ),
        (
            "what only warns shuts a move",
            "return not any(o.blocks for o in self.obstacles(",
            "return not any(o for o in self.obstacles(",
        ),
        (
            "commands at the instant of the latest move are refused",
            "if moved_at > view.now or view.now in by_time",
            "if moved_at >= view.now or view.now in by_time",
        ),
        (
            "commands at the instant of a move by time are taken",
            "if moved_at > view.now or view.now in by_time or comes_before:",
            "if moved_at > view.now or comes_before:",
        ),
        (
            "commands that would come before the latest move at one instant are taken",
            "if moved_at > view.now or view.now in by_time or comes_before:",
            "if moved_at > view.now or view.now in by_time:",
        ),
        (
            "every rung that acted is history",
            "for act in view.acted if act.moved)",
            "for act in view.acted)",
        ),
        (
            "what only warned a command is no deviation",
            "is_free = not found and",
            "is_free = ",
        ),
    ),
    *faults_in(
        "deal/recording.py",
        (
            "a plan has no id by which it is done",
            '            said["activity_id"] = said["id"]\n',
            '            said["activity_id"] = None\n',
        ),
        (
            "an unknown play is logged",
            "if event.play not in known:",
            "if event.play in known and not known:",
        ),
        (
            "the deal gives an event an id that is taken",
            '        while run.is_taken(f"{deal}/{number}"):\n            number += 1\n',
            "",
        ),
    ),
    *faults_in(
        "deal/deal.py",
        (
            "who asks again at an instant does not hear the news",
            "to_micros(now, name), len(self._run.by_id))",
            "to_micros(now, name), 0)",
        ),
    ),
    *faults_in(
        "deal/machine.py",
        (
            "each move is told to the log of an application",
            "event_data.machine.set_state(self.dest, cursor)",
            "self._change_state(event_data)",
        ),
        (
            "one obstacle that only warns lets the others pass",
            "if any(obstacle.blocks for obstacle in cursor",
            "if cursor.obstacles and all(obstacle.blocks for obstacle in cursor",
        ),
    ),
    *faults_in(
        "deal/agenda.py",
        (
            "the smaller deal comes first",
            "-(item.value or Decimal(0))",
            "(item.value or Decimal(0))",
        ),
    ),
    *faults_in(
        "deal/unmet.py",
        (
            "what somebody else learned has expired",
            "return tuple(n for n in told if n not in self.others and not self._is_foreign(n))",
            "return tuple(n for n in told if not self._is_foreign(n))",
        ),
    ),
    *faults_in(
        "deal/views.py",
        (
            "a fact has expired at its last instant",
            "if until[numbers[name]] >= view.now else expired",
            "if until[numbers[name]] > view.now else expired",
        ),
        (
            "the time left of a clock is counted from its start",
            "(ends - view.now) / DAY",
            "(ends - memory.start[rule]) / DAY",
        ),
        (
            "whatever rests on a day only is uncertain",
            "if view.whole.is_vague and _verdict(state) != _other_verdict(view):",
            "if view.whole.is_vague:",
        ),
        (
            "nothing is uncertain",
            "if view.whole.is_vague and _verdict(state) != _other_verdict(view):",
            "if view.whole.is_vague and view.now < 0:",
        ),
        (
            "a fact is not told at its last instant",
            "until[numbers[name]] >= view.now",
            "until[numbers[name]] > view.now",
        ),
    ),
)

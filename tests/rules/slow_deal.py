"""The referee's deal: recorded events and what time does between them, in order."""

from tests.rules.slow_model import Entry, Moment

RANKS = ("Opened", "Migrated", "Learned", "Activity", "Assigned", "Overridden", "Resumed", "Held")


class SlowDeal:
    """A process and recorded events, in any order and any number of times."""

    def __init__(self, process, events):
        self.process = process
        unique = {event.id: event for event in events}.values()
        openings = [event for event in unique if type(event).__name__ == "Opened"]
        opening = min(openings, key=self.place)
        self.opened_at = opening.occurred_at
        rest = sorted(
            (event for event in unique if event is not opening),
            key=lambda event: (max(event.occurred_at, self.opened_at), *self.place(event)),
        )
        self.events = [Entry(max(e.occurred_at, self.opened_at), e) for e in (opening, *rest)]

    @staticmethod
    def place(event):
        name = type(event).__name__
        rank = RANKS.index(name) if name in RANKS else len(RANKS)
        return event.occurred_at, rank, event.source, event.seq, event.id

    def happened(self, now):
        """The tape at *now*: before each event, and after the last one, whatever acts by itself."""
        tape = []
        for entry in self.events:
            if entry.at > now:
                break
            while tape:
                raised = self.moment(tape).next_act()
                if raised is None or raised.acted_at >= entry.at:
                    break
                tape.append(Entry(raised.acted_at, raised=raised))
            tape.append(entry)
        while True:
            raised = self.moment(tape).next_act()
            if raised is None or raised.acted_at > now or raised.due_at >= now:
                return tape
            tape.append(Entry(raised.acted_at, raised=raised))

    def moment(self, tape):
        return Moment(self.process, tape)

    def at(self, now):
        """The deal at *now*."""
        return self.moment(self.happened(now))

    def deviations(self, tape):
        """What recorded moves passed over: (event id, stage left, [(code, id)])."""
        found = []
        for number, entry in enumerate(tape):
            if type(entry.event).__name__ != "Moved":
                continue
            event, before = entry.event, self.moment(tape[:number])
            if event.to == before.stage:
                continue
            # At one instant events come before deadlines: only what had acted stood in the way.
            passed = before.obstacles(event.to, entry.at)
            acted = {(*e.raised[:2], e.raised.key) for e in tape[:number] if e.raised}
            gaps = {rule.id: before.clock(rule) for rule in self.process.contact_gaps}
            passed = [
                (code, name)
                for code, name, _ in passed
                if code != "gap" or (name, "breach", gaps[name][1]) in acted
            ]
            said = before.of_command(event.to, event.role, event.reason)
            unsaid = {"role": event.role is None, "reason": event.reason is None}
            passed += [(code, name) for code, name, _ in said if not unsaid[code]]
            if event.occurred_at < self.opened_at:
                passed.append(("history", None))
            if passed:
                found.append((event.id, before.stage, passed))
        return found

    def refusals(self, to, now, role=None, reason=None):
        """What a command finds in its way: (code, id, blocks)."""
        tape = self.happened(now)
        moment = self.moment(tape)
        found = moment.obstacles(to, now) + moment.of_command(to, role, reason)
        by_time = [entry.at for entry in tape if entry.raised and entry.raised.moved]
        if self.moved_after(now) or now in by_time or self.moved_later_at(tape, now):
            found.insert(0, ("history", None, True))
        return found

    def moved_after(self, now):
        """Whether anything that has happened by the last event moved the deal after *now*."""
        tape = self.happened(self.events[-1].at)
        until_event = max(n for n, entry in enumerate(tape) if entry.event)
        return any(visit.at > now for visit in self.moment(tape[: until_event + 1]).visits[1:])

    def moved_later_at(self, tape, now):
        """Whether a move was recorded at this very instant that counts after the command."""
        moves = [tape[visit.number].event for visit in self.moment(tape).visits[1:]]
        # The deal's own events have no source and are numbered as they come.
        command = ("", len(self.events), f"D/{len(self.events)}")
        return any(
            event.occurred_at == now and (event.source, event.seq, event.id) > command
            for event in moves
            if type(event).__name__ == "Moved"
        )

"""The referee's deal: recorded events and what time does between them, in order."""

import functools

from tests.rules.slow_commands import RECORDED, Commands
from tests.rules.slow_story import Entry, slow_calendar

RANKS = (
    *("Opened", "Migrated", "Learned", "Activity", "Assigned", "Overridden"),
    *("Resumed", "Held", "Moved", "Reopened", "Retracted"),
)


def is_a(event, name):
    return type(event).__name__ == name


class SlowDeal:
    """
    A process and recorded events, in any order and any number of times.

    With *known_at* only what we had been told by then; with *other_end* every event of which only
    the day is known is taken at the other end of its day.
    """

    def __init__(self, process, events, known_at=None, *, other_end=False):
        self.process, self.known_at, self.other_end = process, known_at, other_end
        self.recorded = list({event.id: event for event in events}.values())
        known = [e for e in self.recorded if known_at is None or e.known_at <= known_at]
        gone = {event.target for event in known if is_a(event, "Retracted")}
        standing = [event for event in known if event.id not in gone]
        openings = [event for event in standing if is_a(event, "Opened")]
        if not openings:
            raise LookupError("nothing was known of the deal yet")
        opening = min(openings, key=self.place)
        self.calendar = slow_calendar(process.calendar_of(opening.calendar))
        self.opened_at = self.instant(opening)
        rest = sorted(
            (event for event in standing if event is not opening),
            key=lambda event: (max(self.instant(event), self.opened_at), *self.place(event)),
        )
        self.events = [
            Entry(max(self.instant(e), self.opened_at), e, own=self.instant(e))
            for e in (opening, *rest)
        ]
        # Of one tape the answer is always the same; tapes are equal if their entries are the same.
        self.happened = functools.cache(self.find_happened)
        self.next_act = functools.cache(self.find_next_act)
        self.moment = functools.cache(self.find_moment)
        self.passed_over = functools.cache(self.find_passed_over)

    def place(self, event):
        rank = RANKS.index(type(event).__name__)
        return self.instant(event), rank, event.source, event.seq, event.id

    def instant(self, event):
        """When an event counts: if only its day is known, at one end of the day."""
        if event.precision != "day":
            return event.occurred_at
        is_opening = is_a(event, "Opened")
        calendar = self.calendar_for(event)
        date = calendar.local_date(event.occurred_at)
        if is_opening != self.other_end:
            return calendar.start_of_day(date)
        return min(calendar.end_of_day(date), event.recorded_at)

    def calendar_for(self, event):
        """An opening is read by the calendar that it names, all else by the deal's."""
        if is_a(event, "Opened"):
            return slow_calendar(self.process.calendar_of(event.calendar))
        return self.calendar

    # What happened.

    def history(self, now):
        """All that has happened by *now*, under whatever process."""
        return [entry for tape in self.tapes(now) for entry in tape if not entry.past]

    def find_happened(self, now):
        """The tape at *now*: before each event, and after the last one, whatever acts by itself."""
        tape = ()
        for entry in self.events:
            if entry.at > now:
                break
            tape = self.go_on(tape, lambda raised, at=entry.at: raised.acted_at < at)
            tape = self.take(tape, entry)
        return self.go_on(tape, lambda raised: raised.acted_at <= now and raised.due_at < now)

    def go_on(self, tape, is_seen):
        """The tape with what acts by itself, as long as that is seen."""
        while tape and (act := self.next_act(tape)) and is_seen(act.raised):
            tape = (*tape, act)
        return tape

    def find_next_act(self, tape):
        raised = self.moment(tape).next_act()
        return Entry(raised.acted_at, raised=raised) if raised else None

    def take(self, tape, entry):
        return (*tape, entry)

    def find_moment(self, tape, at=None):
        return Commands(self.process, tape, at)

    def at(self, now):
        """The deal at *now*."""
        return self.moment(self.happened(now), now)

    def tapes(self, now):
        """Everything that has happened by *now*, in one tape for each process."""
        return [self.happened(now)]

    def deviations(self, now):
        """What recorded events passed over: (event id, stage then, [(code, id, blocks)])."""
        return [
            (entry.event.id, self.moment(tape[:number]).stage, passed)
            for tape in self.tapes(now)
            for number, entry in enumerate(tape)
            if type(entry.event).__name__ in RECORDED and not entry.past
            if (passed := self.passed_over(tape[:number], entry))
        ]

    def find_passed_over(self, tape, entry):
        return self.moment(tape, entry.at).against_recorded(entry)

    def is_uncertain(self, now):
        """Whether stage, status or a clock would be another at the other ends of the days."""
        if not any(entry.event.precision == "day" for entry in self.events):
            return False
        other = self.at_other_ends
        return other.opened_at > now or self.verdict(now) != other.verdict(now)

    @functools.cached_property
    def at_other_ends(self):
        return SlowDeal(self.process, self.recorded, self.known_at, other_end=not self.other_end)

    def verdict(self, now):
        here = self.at(now)
        return here.stage, here.status, {clock.rule: clock.status for clock in here.clocks}

    # What commands meet: (code, id, blocks).

    def refusals(self, to, now, role=None, reason=None):
        here = self.at(now)
        return [
            *self.too_early("Moved", now),
            *here.against_move(to),
            *here.against_role(to, role),
            *here.against_reason(to, reason),
        ]

    def refusals_to_hold(self, until, now, reason=""):
        return self.too_early("Held", now) + self.at(now).against_hold(until, reason)

    def refusals_to_resume(self, now):
        return self.too_early("Resumed", now) + self.at(now).against_resume()

    def refusals_to_override(self, target, now, role=None):
        return self.too_early("Overridden", now) + self.at(now).against_override(target, role)

    def refusals_to_reopen(self, to, now):
        return self.too_early("Reopened", now) + self.at(now).against_reopening(to)

    def too_early(self, name, now):
        """A command is not dated before what has already moved the deal."""
        by_time = [e.at for e in self.happened(now) if e.raised and e.raised.moved]
        late = self.moved_after(now) or now in by_time or self.moved_later_at(name, now)
        return [("history", None, True)] if late else []

    def moved_after(self, now):
        """Whether anything that has happened by the last event moved the deal after *now*."""
        tape = self.happened(self.events[-1].at)
        until_event = max(n for n, entry in enumerate(tape) if entry.event)
        return any(visit.at > now for visit in self.moment(tape[: until_event + 1]).visits[1:])

    def moved_later_at(self, name, now):
        """
        Whether a move was recorded at this very instant that counts after the command.

        A hold, its end and an override mind only a move that brings the deal back.
        """
        tape = self.happened(now)
        here = self.moment(tape)
        moves = [
            tape[later.number].event
            for visit, later in here.steps
            if name in {"Moved", "Reopened"} or here.is_away(visit.stage)
        ]
        # The deal's own events have no source and are numbered as they come.
        number = len(self.recorded)
        command = (now, RANKS.index(name), "", number, f"D/{number}")
        return any(event is not None and self.place(event) > command for event in moves)

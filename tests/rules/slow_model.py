"""
The referee: a deal computed the slow, obvious way, from the sentences of the contract.

It shares no code with the rules, the live deal or the arithmetic of calendars. Nothing is kept
between two questions: what is asked is worked out anew from the tape, the list of everything that
has happened so far (recorded events, and rungs that acted).
"""

import datetime as dt
import functools
from decimal import Decimal
from typing import NamedTuple

from tests.rules.slow_gates import value_of
from tests.rules.slow_time import SlowCalendar

RUNGS = ("warn", "notice", "breach", "escalate", "move")
TAKES_PLACE = {"call", "meeting"}
REACHES = TAKES_PLACE | {
    *("email", "message", "letter", "article", "white_paper", "case_study", "proposal"),
}
NEVER_REACHED = {"bounced", "auto_reply", "opened", "clicked"}
NOT_ANSWERED = {"voicemail", "no_answer"}
NOTHING = (0, "minutes")

slow_calendar = functools.cache(SlowCalendar)


class Step(NamedTuple):
    """One rung of a ladder: what it does, and how far from the start of the clock."""

    name: str
    kind: str
    span: tuple[int, str]
    is_end: bool = False
    to: str | None = None


class Entry(NamedTuple):
    """Something that happened: a recorded event, or a rung that acted."""

    at: dt.datetime
    event: object = None
    raised: object = None


class SlowRaised(NamedTuple):
    rule: str
    rung: str
    due_at: dt.datetime
    acted_at: dt.datetime
    stage: str
    moved: bool
    key: object
    """Which run of the clock it was; each rung acts once in a run."""


class Visit(NamedTuple):
    stage: str
    at: dt.datetime
    number: int


def ladder(rule):
    """The steps of a rule, in the order in which they act at one instant."""
    is_gap = hasattr(rule, "max")
    end = rule.max if is_gap else rule.after
    span = (end.count, end.unit.value) if end else NOTHING
    move_to = None if is_gap else rule.move_to
    steps = []
    if is_gap and rule.warn:
        steps.append(Step("warn", "warn", (rule.warn.count, rule.warn.unit.value)))
    if not is_gap and rule.notice:
        steps.append(Step("notice", "notice", (span[0] - rule.notice.count, span[1])))
    for number, escalation in enumerate(rule.escalate, 1):
        name = "escalate" if number == 1 else f"escalate:{number}"
        after = (escalation.after.count, escalation.after.unit.value)
        steps.append(Step(name, "escalate", after, to=escalation.to))
    last = "move" if move_to else "breach"
    steps.append(Step(last, last, span, is_end=True, to=move_to))
    return sorted(steps, key=lambda step: RUNGS.index(step.kind))


class Moment:
    """A deal right after the last entry of a tape."""

    def __init__(self, process, tape):
        self.process, self.tape = process, tape
        self.kinds = {stage.id: stage.kind.value for stage in process.stages}
        self.order = [stage.id for stage in process.stages]
        self.opened_at = tape[0].at
        self.visits = self.find_visits()
        self.stage = self.visits[-1].stage
        self.entered_at = self.visits[-1].at
        self.facts = self.find_facts()

    def find_visits(self):
        visits = [Visit(self.tape[0].event.stage or self.order[0], self.opened_at, 0)]
        for number, entry in enumerate(self.tape):
            to = None
            if type(entry.event).__name__ == "Moved":
                to = entry.event.to
            elif entry.raised and entry.raised.moved:
                to = next(t.move_to for t in self.process.timers if t.id == entry.raised.rule)
            if to and to != visits[-1].stage:
                visits.append(Visit(to, entry.at, number))
        return visits

    def learned(self, name):
        """Every (instant, value, number) that a fact was given, in order."""
        for number, entry in enumerate(self.tape):
            if type(entry.event).__name__ == "Learned" and name in entry.event.facts:
                yield entry.at, self.read(name, entry.event.facts[name]), number

    def read(self, name, raw):
        """What a recorded value means; None for money in a foreign currency."""
        fact_type = self.process.all_facts[name].type.value
        if fact_type == "money":
            amount, _, currency = str(raw).partition(" ")
            return Decimal(amount) if currency in {"", self.process.currency} else None
        if fact_type == "date" and isinstance(raw, str):
            return dt.date.fromisoformat(raw)
        return raw

    def find_facts(self):
        last = {name: [v for _, v, _ in self.learned(name)] for name in self.process.all_facts}
        return {name: values[-1] for name, values in last.items() if values}

    @property
    def latest_open(self):
        """The latest open stage, the first one if it was in none: where a parked deal goes back."""
        seen = [visit.stage for visit in self.visits if self.kinds[visit.stage] == "open"]
        return seen[-1] if seen else next(s for s in self.order if self.kinds[s] == "open")

    @property
    def fresh_at(self):
        """When touch clocks began afresh: the opening, or the last return from being away."""
        left = [
            later.at
            for visit, later in zip(self.visits, self.visits[1:], strict=False)
            if self.kinds[visit.stage] != "open"
        ]
        return left[-1] if left else self.opened_at

    def touched(self, touch):
        """The latest touch of a class that counts, or None."""
        cap, attempts, latest = touch.unanswered_cap, 0, None
        pairs = zip(self.visits, self.visits[1:], strict=False)
        returns = {later.number for visit, later in pairs if self.kinds[visit.stage] != "open"}
        for number, entry in enumerate(self.tape):
            attempts = 0 if number in returns else attempts
            if type(entry.event).__name__ != "Activity" or not self.reached_buyer(entry.event):
                continue
            two_way = self.is_two_way(entry.event)
            if two_way:
                attempts = 0
            if self.belongs(entry.event, touch, two_way=two_way):
                attempts += not two_way
                if cap is None or attempts <= cap:
                    latest = entry.at
        return latest

    def nature(self, kind):
        return next((a.like for a in self.process.activities if a.id == kind), kind)

    def reached_buyer(self, activity):
        done = activity.status == "done" and activity.outcome not in NEVER_REACHED
        return done and self.nature(activity.kind) in REACHES

    def is_two_way(self, activity):
        happened = self.nature(activity.kind) in TAKES_PLACE
        return activity.direction == "in" or (happened and activity.outcome not in NOT_ANSWERED)

    def belongs(self, activity, touch, *, two_way):
        if touch.kinds and activity.kind not in touch.kinds:
            return False
        if activity.outcome in touch.not_outcomes:
            return False
        return {
            "any": True,
            "two_way": two_way,
            "inbound": activity.direction == "in",
            "outbound": activity.direction != "in",
        }[touch.direction.value]

    def clock(self, rule):
        """The start of a rule's clock and which run of it this is, or None."""
        what, _, name = getattr(rule, "since", f"touch:{getattr(rule, 'touch', '')}").partition(":")
        if what == "touch":
            touched = self.touched(self.process.touch_classes[name or "any"])
            start = max(self.fresh_at, touched or self.fresh_at)
            return start, start
        if what == "stage":
            return self.visits[-1].at, self.visits[-1].number
        if what == "opened":
            return self.opened_at, 0
        history = list(self.learned(name))
        if not history or history[-1][1] is None or history[-1][1] is False:
            return None
        # A date runs from when that very date was learned, all else while it is true or known.
        runs_on = history[-1][1].__eq__ if what == "date" else (lambda v: v not in {None, False})
        run = []
        for at, value, number in reversed(history):
            if not runs_on(value):
                break
            run.append((at, number))
        if what == "date":
            return slow_calendar(self.process.calendar).end_of_day(history[-1][1]), run[-1][1]
        return run[-1][0], run[-1][0]

    def away(self, rule):
        """The closed and parked time that the rule's clock skips: not of stages that it names."""
        if getattr(rule, "since", "").partition(":")[0] not in {"opened", "fact"}:
            return ()
        return tuple(
            (visit.at, later.at)
            for visit, later in zip(self.visits, self.visits[1:], strict=False)
            if self.kinds[visit.stage] != "open" and visit.stage not in rule.stages
        )

    def applies(self, rule):
        watched = rule.stages or [s for s in self.order if self.kinds[s] == "open"]
        return self.stage in watched and (rule.when is None or self.says(rule.when))

    def says(self, gate):
        facts = {name: value for name, value in self.facts.items() if value is not None}
        return value_of(gate, facts) is True

    def due_at(self, rule, step):
        """The last instant in time; an escalation is never due before the end."""
        calendar = slow_calendar(self.process.calendar)
        start, away = self.clock(rule)[0], self.away(rule)
        due = calendar.after(start, *step.span, away)
        if step.kind == "escalate":
            end = next(other for other in ladder(rule) if other.is_end)
            due = max(due, calendar.after(start, *end.span, away))
        return due

    def stands(self, rule, step):
        """Whether a step may act: its rule applies, and time moves no deal that is closed."""
        is_closed = self.kinds[self.stage] in {"won", "lost"}
        return self.applies(rule) and not (step.kind == "move" and is_closed)

    def rungs(self):
        """Every (rule, step, due) that may act, gaps first."""
        for rule in (*self.process.contact_gaps, *self.process.timers):
            if self.clock(rule):
                for step in ladder(rule):
                    if self.stands(rule, step):
                        yield rule, step, self.due_at(rule, step)

    def stands_since(self, rule, step):
        """Since when the step may have acted without a break, for this run of its clock."""
        since, clock = None, self.clock(rule)
        for length in range(len(self.tape), 0, -1):
            earlier = Moment(self.process, self.tape[:length])
            if not earlier.stands(rule, step) or earlier.clock(rule) != clock:
                break
            since = self.tape[length - 1].at
        return since

    def next_act(self):
        """What acts next if nothing else happens, or None."""
        acted = {(e.raised.rule, e.raised.rung, e.raised.key) for e in self.tape if e.raised}
        coming = []
        for rule, step, due in self.rungs():
            key = self.clock(rule)[1]
            if (rule.id, step.name, key) not in acted:
                at = due if due >= self.tape[-1].at else max(due, self.stands_since(rule, step))
                moves = step.kind == "move" and self.mode_of(rule) == "enforce"
                moved = moves and step.to != self.stage
                raised = SlowRaised(rule.id, step.name, due, at, self.stage, moved, key)
                coming.append(raised)
        # min is stable: what comes first in the file acts first.
        return min(coming, key=lambda raised: (raised.acted_at, raised.due_at), default=None)

    def mode_of(self, rule):
        return (rule.mode or self.process.mode).value

    def status(self, now):
        """The worst of the rules that apply; parked and closed deals are ok."""
        if self.kinds[self.stage] != "open":
            return "ok"
        passed = {step.kind for _, step, due in self.rungs() if due < now}
        if passed & {"breach", "escalate", "move"}:
            return "breached"
        return "due" if passed else "ok"

    def obstacles(self, to, now):
        """What stands in the way of a move at *now*: (code, id, blocks)."""
        strict = self.process.mode.value == "enforce"
        origin = self.kinds[self.stage]
        move = self.allowed(to)
        found = []
        if origin in {"won", "lost"}:
            found.append(("closed", None, strict))
        elif move is None:
            found.append(("no_such_move", None, strict))
        if self.is_forward(to):
            for rule, step, due in self.rungs():
                if step.kind == "breach" and hasattr(rule, "max") and due < now:
                    found.append(("gap", rule.id, self.mode_of(rule) == "enforce"))
        return found + [("criterion", c.id, strict) for c in self.unmet(to)]

    def unmet(self, to):
        criteria = list(self.process.stage(self.stage).exit) if self.is_forward(to) else []
        listed = [m for m in self.process.moves if (m.from_stage, m.to_stage) == (self.stage, to)]
        if self.kinds[self.stage] in {"open", "parked"}:
            criteria += [c for move in listed for c in move.exit if c not in criteria]
        return [c for c in criteria if not self.says(c.expression)]

    def is_forward(self, to):
        ahead = self.order.index(to) > self.order.index(self.stage)
        from_open = self.kinds[self.stage] == "open"
        return from_open and (self.kinds[to] == "won" or (self.kinds[to] == "open" and ahead))

    def allowed(self, to):
        """How the process allows a move by hand: the listed move, True for a default; or None."""
        origin, there = self.kinds[self.stage], self.kinds[to]
        if to == self.stage or origin in {"won", "lost"}:
            return None
        if origin == "parked":
            came_from = self.order.index(self.latest_open)
            if there == "won" or (there == "open" and self.order.index(to) > came_from):
                return None
        listed = {m.to_stage: m for m in self.process.moves if m.from_stage == self.stage}
        if to in listed:
            return listed[to]
        return True if origin == "parked" or self.is_default(to, listed) else None

    def is_default(self, to, listed):
        """Whether the move from an open stage needs no listing."""
        if self.kinds[to] in {"lost", "parked"}:
            return self.process.out.value == "any"
        if not self.is_forward(to):
            return self.process.back.value == "any"
        later = self.order[self.order.index(self.stage) + 1 :]
        onward = [stage for stage in later if self.kinds[stage] in {"open", "won"}]
        return to in onward[:1] and not any(map(self.is_forward, listed))

    def of_command(self, to, role, reason):
        """What stands in the way of who moves, and why."""
        strict = self.process.mode.value == "enforce"
        move = self.listed(to)
        reasons = self.process.stage(to).reasons
        found = []
        if move and move.by and role not in move.by:
            found.append(("role", None, strict))
        if (move and move.reason_required and not reason) or (
            reason and reasons and reason not in reasons
        ):
            found.append(("reason", None, strict))
        return found

    def listed(self, to):
        """The listed move that leads there, as far as any process can allow it."""
        if self.kinds[self.stage] in {"won", "lost"}:
            return None
        pairs = {(move.from_stage, move.to_stage): move for move in self.process.moves}
        return pairs.get((self.stage, to))

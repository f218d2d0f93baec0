"""
The referee: a deal computed the slow, obvious way, from the sentences of the contract.

It shares no code with the rules, the live deal or the arithmetic of calendars. What is asked is
worked out from the tape, the list of everything that has happened so far (recorded events, and
rungs that acted); nothing is carried from one tape to a longer one.
"""

import functools
from typing import NamedTuple

from tests.rules.slow_clocks import Clocks, counted
from tests.rules.slow_gates import value_of
from tests.rules.slow_story import CLOSED, SlowRaised, slow_calendar

__all__ = ["Moment", "Step", "ladder", "slow_calendar"]

RUNGS = ("warn", "notice", "breach", "escalate", "move")
NOTHING = (0, "minutes")
SECOND = "notice:2"


class Step(NamedTuple):
    """One rung of a ladder: what it does, and how far from the start of the clock."""

    name: str
    kind: str
    span: tuple[int, str]
    to: str | None = None


class Rung(NamedTuple):
    """A rung of a running clock, as it stands."""

    rule: str
    rung: str
    kind: str
    due_at: object
    acted_at: object
    to: str | None


class Running(NamedTuple):
    """A rule that applies and whose clock runs."""

    rule: str
    start: object
    end: object
    status: str


@functools.lru_cache
def ladders(process):
    return {rule.id: ladder(rule) for rule in (*process.contact_gaps, *process.timers)}


def ladder(rule):
    """The steps of a rule, in the order in which they act at one instant."""
    is_gap = hasattr(rule, "max")
    end = rule.max if is_gap else rule.after
    span = counted(end) if end else NOTHING
    move_to = None if is_gap else rule.move_to
    steps = []
    if is_gap and rule.warn:
        steps.append(Step("warn", "warn", counted(rule.warn)))
    if not is_gap and rule.notice:
        steps.append(Step("notice", "notice", (max(span[0] - rule.notice.count, 0), span[1])))
        steps.append(Step(SECOND, "notice", span))
    for number, escalation in enumerate(rule.escalate, 1):
        name = "escalate" if number == 1 else f"escalate:{number}"
        steps.append(Step(name, "escalate", counted(escalation.after), to=escalation.to))
    last = "move" if move_to else "breach"
    steps.append(Step(last, last, span, to=move_to))
    return sorted(steps, key=lambda step: RUNGS.index(step.kind))


def worst(statuses):
    return max(statuses, key=("ok", "due", "breached").index, default="ok")


class Moment(Clocks):
    """A deal at an instant: by default right after the last entry of a tape."""

    def __init__(self, process, tape, at=None):
        super().__init__(process, tape)
        self.at = at or self.last_at
        self.rules = (*process.contact_gaps, *process.timers)
        self.acted = {(e.raised.rule, e.raised.rung, e.raised.key): e for e in tape if e.raised}
        self.ladders = ladders(process)

    def act_of(self, rule, step, run):
        """The entry of a step that has acted in a run of its clock, or None."""
        return self.acted.get((rule.id, step.name, run.key))

    # Which rules apply.

    def applies(self, rule, at):
        watches = self.stage in rule.stages if rule.stages else not self.is_away(self.stage)
        return watches and (rule.when is None or self.says(rule.when, at))

    def says(self, gate, at, by=()):
        return value_of(gate, self.facts(at, by)) is True

    def runs(self, rule, at):
        return self.applies(rule, at) and self.clock(rule, at) is not None

    # When their rungs are due.

    def due_at(self, rule, step, run):
        """The last instant in time; an escalation is never due before the end."""
        if step.name == SECOND:
            return self.second_notice(rule, run)
        if step.kind == "notice":
            return self.notice(rule, run)
        if step.kind == "warn":
            return self.after_start(rule, run, step.span)
        if step.kind == "escalate":
            return max(self.after_start(rule, run, step.span), self.end(rule, run))
        return self.end(rule, run)

    def exists(self, rule, step, run):
        """Time moves no deal that is closed."""
        is_move = step.kind == "move" and self.kind in CLOSED
        return self.is_announced(rule, step, run) and not is_move

    def is_announced(self, rule, step, run):
        """A second notice only for an end that was put off."""
        return step.name != SECOND or self.end(rule, run) > self.plain_end(rule, run)

    def coming(self, rule, step, run):
        """What a step will do if nothing else happens; None if its rule does not apply then."""
        if not self.exists(rule, step, run):
            return None
        due = self.due_at(rule, step, run)
        # What is overdue right after something has happened acts right then.
        at = max(due, self.last_at)
        if not self.runs(rule, at):
            return None
        moves = step.kind == "move" and self.mode_of(rule) == "enforce"
        moved = moves and step.to != self.stage
        return SlowRaised(rule.id, step.name, due, at, self.stage, moved, run.key, step.to)

    def next_act(self):
        """What acts next if nothing else happens, or None."""
        coming = [
            self.coming(rule, step, run)
            for rule in self.rules
            if self.applies(rule, self.last_at) and (run := self.clock(rule, self.last_at))
            for step in self.ladders[rule.id]
            if self.act_of(rule, step, run) is None
        ]
        # min is stable: what comes first in the file acts first.
        return min(
            filter(None, coming), key=lambda raised: (raised.acted_at, raised.due_at), default=None
        )

    def mode_of(self, rule):
        return (rule.mode or self.process.mode).value

    # How it stands.

    @functools.cached_property
    def rungs(self):
        """The rungs of each running rule."""
        return {rule.id: self.find_rungs(rule) for rule in self.running}

    def find_rungs(self, rule):
        """Those that acted as they did, others if they will act."""
        run, found = self.clock(rule, self.at), []
        for step in self.ladders[rule.id]:
            entry = self.act_of(rule, step, run)
            gone = step.kind == "move" and self.kind in CLOSED
            raised = None if gone else entry.raised if entry else self.coming(rule, step, run)
            if raised:
                acted_at = entry.at if entry else None
                found.append(Rung(rule.id, step.name, step.kind, raised.due_at, acted_at, step.to))
        return found

    @functools.cached_property
    def running(self):
        """The rules that apply now and whose clocks run."""
        return [rule for rule in self.rules if self.runs(rule, self.at)]

    @property
    def deadlines(self):
        return [rung for rungs in self.rungs.values() for rung in rungs]

    @property
    def clocks(self):
        return [
            Running(rule.id, self.clock(rule, self.at).start, self.end_of(rule), self.rated(rule))
            for rule in self.running
        ]

    def end_of(self, rule):
        ends = [rung for rung in self.rungs[rule.id] if rung.rung in {"breach", "move"}]
        return ends[0].due_at if ends else None

    def passed(self, rule):
        """The kinds of the rungs of a rule that acted or are past."""
        return {r.kind for r in self.rungs[rule.id] if r.acted_at or r.due_at < self.at}

    def rated(self, rule):
        """How the deal stands with a rule, whatever its mode."""
        passed = self.passed(rule)
        if passed & {"breach", "escalate", "move"}:
            return "breached"
        return "due" if passed else "ok"

    @property
    def status(self):
        """The worst of the rules that apply; parked and closed deals are ok."""
        return "ok" if self.is_away(self.stage) else worst(map(self.rated, self.running))

    @property
    def last_touch_at(self):
        return next(iter(self.touches("any")[-1:]), None)

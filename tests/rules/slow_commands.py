"""
What stands in the way of the commands, and what recorded events passed over.

An obstacle is (code, id of the rule or criterion, whether it refuses the command).
"""

from tests.rules.slow_model import Moment
from tests.rules.slow_story import CLOSED

RECORDED = ("Moved", "Reopened", "Held", "Resumed", "Overridden")
"""The events that may pass over something."""


class Commands(Moment):
    """A deal at an instant, asked for something."""

    @property
    def strict(self):
        return self.process.mode.value == "enforce"

    # Moves.

    def against_move(self, to):
        """What stands in the way of a move, whoever makes it."""
        found = []
        if self.kind in CLOSED:
            found.append(("closed", None, self.strict))
        elif self.allowed(to) is None:
            found.append(("no_such_move", None, self.strict))
        if self.is_forward(to):
            gaps = self.breached_gaps()
            found += [("gap", gap.id, self.mode_of(gap) == "enforce") for gap in gaps]
        return found + [("criterion", c.id, self.strict) for c in self.unmet(to)]

    def breached_gaps(self):
        """The contact gaps that are breached and that nobody lets pass."""
        return [
            rule
            for rule in self.running
            if hasattr(rule, "max")
            and "breach" in self.passed(rule)
            and not self.is_overridden(rule.id, self.at)
        ]

    def has_acted(self, rule):
        """Whether the breach of a gap has been raised, not only become due."""
        (step,) = (step for step in self.ladders[rule.id] if step.name == "breach")
        return self.act_of(rule, step, self.clock(rule, self.at)) is not None

    def unmet(self, to):
        criteria = list(self.process.stage(self.stage).exit) if self.is_forward(to) else []
        move = self.listed(to)
        criteria += [c for c in (move.exit if move else ()) if c not in criteria]
        return [
            c
            for c in criteria
            if not self.says(c.expression, self.at, c.by) and not self.is_overridden(c.id, self.at)
        ]

    def is_forward(self, to):
        ahead = self.order.index(to) > self.order.index(self.stage)
        there = self.kinds[to]
        return self.kind == "open" and (there == "won" or (there == "open" and ahead))

    def allowed(self, to):
        """How the process allows a move by hand: the listed move, True for a default; or None."""
        there = self.kinds[to]
        if to == self.stage or self.kind in CLOSED:
            return None
        if self.kind == "parked":
            if there == "won" or (there == "open" and self.is_beyond(to)):
                return None
            return True
        return self.listed(to) or (True if self.is_default(to) else None)

    def is_beyond(self, to):
        """Whether a stage is later in the file than the latest open one."""
        return self.order.index(to) > self.order.index(self.came_from)

    def listed(self, to):
        """The listed move that leads there, as far as any process can allow it."""
        if self.kind in CLOSED:
            return None
        pairs = {(move.from_stage, move.to_stage): move for move in self.process.moves}
        return pairs.get((self.stage, to))

    def is_default(self, to):
        """Whether the move from an open stage needs no listing."""
        if self.is_away(to) and self.kinds[to] != "won":
            return self.process.out.value == "any"
        if not self.is_forward(to):
            return self.process.back.value == "any"
        listed = [m.to_stage for m in self.process.moves if m.from_stage == self.stage]
        later = self.order[self.order.index(self.stage) + 1 :]
        onward = [stage for stage in later if self.kinds[stage] in {"open", "won"}]
        return to in onward[:1] and not any(map(self.is_forward, listed))

    def against_role(self, to, role):
        move = self.listed(to)
        wrong = move is not None and move.by and role not in move.by
        return [("role", None, self.strict)] if wrong else []

    def against_reason(self, to, reason):
        move = self.listed(to)
        reasons = self.process.stage(to).reasons
        missing = move is not None and move.reason_required and not reason
        unknown = bool(reason) and bool(reasons) and reason not in reasons
        return [("reason", None, self.strict)] if missing or unknown else []

    # Holds.

    def against_hold(self, until, reason):
        """A hold keeps to the limits of the process; a closed deal is not held."""
        limits, found = self.process.holds, []
        if self.kind in CLOSED:
            found.append(("closed", None, self.strict))
        if until <= self.at:
            found.append(("hold_empty", None, True))
        elif limits.longest:
            span = limits.longest.count, limits.longest.unit.value
            if until > self.calendar.after(self.at, *span):
                found.append(("hold_length", None, self.strict))
        if until > self.at and limits.per_deal and self.holds_recorded >= limits.per_deal:
            found.append(("hold_count", None, self.strict))
        if limits.reasons and reason not in limits.reasons:
            found.append(("reason", None, self.strict))
        return found

    @property
    def holds_recorded(self):
        """How many there were that held any time; those of a time before are told as they were."""
        holds = [entry for entry in self.tape if type(entry.event).__name__ == "Held"]
        return sum(entry.past or entry.event.until > entry.at for entry in holds)

    def against_resume(self):
        """Only a hold that began before is ended: one that begins at this instant comes after."""
        runs = any(begins < self.at < ends for begins, ends in self.holds_before(self.at))
        return [] if runs else [("no_hold", None, True)]

    # Overrides and reopenings.

    def against_override(self, target, role):
        """Only a role that was given the right overrides; nobody does it without a role."""
        rights = {r.id: r.may_override for r in self.process.roles}.get(role, ())
        return [] if target in rights or "*" in rights else [("no_right", target, True)]

    def against_reopening(self, to):
        """A deal that is away is reopened where it was open last, or in an earlier open stage."""
        if self.kind == "open":
            return [("not_closed", None, True)]
        fits = to is None or (not self.is_away(to) and not self.is_beyond(to))
        return [] if fits else [("no_such_move", None, self.strict)]

    # What was recorded all the same.

    def against_recorded(self, entry):
        """What a recorded event passes over; what it leaves unsaid is not held against it."""
        event, found = entry.event, []
        name = type(event).__name__
        if name == "Moved" and self.takes_up_again(event.to):
            found += self.against_history(entry)
        elif name == "Moved" and event.to != self.stage:
            raised = {rule.id for rule in self.breached_gaps() if self.has_acted(rule)}
            # At one instant events come before deadlines: only what had acted stood in the way.
            found += [o for o in self.against_move(event.to) if o[0] != "gap" or o[1] in raised]
            found += self.against_role(event.to, event.role) if event.role is not None else []
            found += self.against_reason(event.to, event.reason) if event.reason is not None else []
            found += self.against_history(entry)
        if name == "Reopened":
            found += self.against_reopening(event.to) + self.against_history(entry)
        if name == "Held":
            found += self.against_hold(event.until, event.reason)
        if name == "Resumed":
            found += self.against_resume()
        if name == "Overridden" and event.role is not None:
            found += self.against_override(event.target, event.role)
        return found

    def takes_up_again(self, to):
        """Whether a CRM reopens a closed deal by moving it to a stage that it had come to."""
        return self.kind in CLOSED and self.kinds[to] == "open" and not self.is_beyond(to)

    def against_history(self, entry):
        """A deal was moved nowhere before it was open."""
        return [("history", None, True)] if entry.own < self.opened_at else []

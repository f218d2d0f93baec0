"""A deal driven by its verbs at random, against the referee, which sees only the events."""

import datetime as dt
import random

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.rules.answers import found, live_answer, slow_answer
from tests.rules.builder import KINDS, MICROSECOND, OPENINGS, OUTCOMES, VALUES, random_event
from tests.rules.builder import random_process as some_process
from tests.rules.cases import refusals
from tests.rules.slow_deal import SlowDeal

from salesflow.deal import Deal
from salesflow.errors import Refused
from salesflow.events import Assigned, Opened, Retracted

STEPS = st.sampled_from([0, 0, 1, 30, 24, 24 * 3, 24 * 8])
ROLES = st.sampled_from([None, "rep", "boss"])
REASONS = st.sampled_from([None, "old", "odd"])
STAGES = st.integers(0, 20)
HOURS = st.sampled_from([0, 1, 25, 100, 1000])


class Verbs(RuleBasedStateMachine):
    """Every verb of the public API; time goes on by steps, to deadlines, or just past them."""

    @initialize(seed=st.integers(0, 2**30), opened=st.sampled_from(OPENINGS))
    def open(self, seed, opened):
        self.rng = random.Random(seed)
        self.process = some_process(self.rng)
        self.deal = Deal.open(self.process, id="D", at=opened, owner="dana")
        self.now, self.recorded = opened, 0

    def stage(self, number):
        return self.process.stages[number % len(self.process.stages)].id

    def slow(self):
        return SlowDeal(self.process, self.deal.events)

    @rule(hours=STEPS)
    def wait(self, hours):
        self.now += dt.timedelta(hours=hours)

    @rule(beyond=st.sampled_from([-1, 0, 1]))
    def wait_for_a_deadline(self, beyond):
        due = self.deal.next_deadline(self.now)
        if due is not None:
            self.now = max(self.now, due.due_at + beyond * MICROSECOND)

    @rule(
        kind=st.sampled_from(KINDS),
        direction=st.sampled_from([None, "in", "out"]),
        outcome=st.sampled_from(OUTCOMES),
    )
    def log(self, kind, direction, outcome):
        self.deal.log(kind, at=self.now, direction=direction, outcome=outcome)

    @rule(name=st.sampled_from(sorted(VALUES)), which=st.integers(0, 10))
    def learn(self, name, which):
        self.deal.learn(at=self.now, facts={name: VALUES[name][which % len(VALUES[name])]})

    @rule()
    def assign(self):
        self.deal.assign("kim", at=self.now)

        given = [event for event in self.deal.events if isinstance(event, Assigned)]
        owners = [event.owner for event in given if event.occurred_at <= self.now]
        assert "kim" in owners
        assert self.deal.state(self.now).owner == owners[-1]

    @rule(to=STAGES, role=ROLES, reason=REASONS)
    def move(self, to, role, reason):
        self.command("move", to=self.stage(to), role=role, reason=reason)

    @rule(hours=HOURS, reason=REASONS)
    def hold(self, hours, reason):
        until = self.now + dt.timedelta(hours=hours)
        self.command("hold", until=until, reason=reason or "")

    @rule()
    def resume(self):
        self.command("resume")

    @rule(which=STAGES, hours=HOURS, role=ROLES)
    def override(self, which, hours, role):
        targets = [rule.id for rule in (*self.process.contact_gaps, *self.process.timers)]
        targets += [c.id for stage in self.process.stages for c in stage.exit]
        if targets:
            until = self.now + dt.timedelta(hours=hours)
            target = targets[which % len(targets)]
            self.command("override", target=target, until=until, role=role, reason="why not")

    @rule(to=st.one_of(st.none(), STAGES))
    def reopen(self, to):
        self.command("reopen", to=None if to is None else self.stage(to))

    def command(self, name, **said):
        """Give a command; the referee says what becomes of it."""
        wanted = refusals(self.slow(), self.now, name, said)
        events = self.deal.events
        if any(blocks for _, _, blocks in wanted):
            with pytest.raises(Refused, match=f"cannot {name}") as refused:
                getattr(self.deal, name)(at=self.now, **said)

            assert wanted == found(refused.value.obstacles)
            assert events == self.deal.events
        else:
            warnings = getattr(self.deal, name)(at=self.now, **said)

            assert wanted == found(warnings)
            assert len(self.deal.events) == len(events) + 1

    @rule(
        kind=st.sampled_from(KINDS),
        status=st.sampled_from(["planned", "done", "no_show", "cancelled"]),
        which=st.integers(0, 2),
        hours=HOURS,
    )
    def revise(self, kind, status, which, hours):
        said = {"at": self.now, "activity_id": f"m{which}", "direction": "in"}
        if status == "planned":
            self.deal.plan(kind, starts_at=self.now + dt.timedelta(hours=hours), **said)
        else:
            self.deal.log(kind, status=status, **said)

    @rule(which=st.integers(0, 30))
    def retract(self, which):
        events = [e for e in self.deal.events if type(e) not in {Opened, Retracted}]
        if events:
            self.deal.retract(events[which % len(events)].id, at=self.now)

    @rule(hours=st.sampled_from([0, 0, -1, -50, -300, 20]))
    def record(self, hours):
        self.recorded += 1
        at = self.now + dt.timedelta(hours=hours)
        event = random_event(self.rng, self.process, self.recorded, at)
        known = event in self.deal.events

        assert self.deal.record(event) is not known
        assert not self.deal.record(event)

    @precondition(lambda self: self.recorded)
    @rule(hours=st.sampled_from([-200, -30, 0, 100]))
    def look_elsewhen(self, hours):
        at = max(self.deal.opened_at, self.now + dt.timedelta(hours=hours))

        assert slow_answer(self.slow(), at) == live_answer(self.deal, at)

    @invariant()
    def agrees_with_the_referee(self):
        if hasattr(self, "deal"):
            at = max(self.now, self.deal.opened_at)

            assert slow_answer(self.slow(), at) == live_answer(self.deal, at)


TestVerbs = Verbs.TestCase
TestVerbs.settings = settings(stateful_step_count=20)

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
from tests.rules.slow_deal import SlowDeal

from salesflow.deal import Deal
from salesflow.errors import Refused
from salesflow.events import Assigned

STEPS = st.sampled_from([0, 0, 1, 30, 24, 24 * 3, 24 * 8])
ROLES = st.sampled_from([None, "rep", "boss"])
REASONS = st.sampled_from([None, "old", "odd"])
STAGES = st.integers(0, 20)


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
        to = self.stage(to)
        wanted = SlowDeal(self.process, self.deal.events).refusals(to, self.now, role, reason)
        events = self.deal.events
        if any(blocks for _, _, blocks in wanted):
            with pytest.raises(Refused, match="cannot move to") as refused:
                self.deal.move(to, at=self.now, role=role, reason=reason)

            assert sorted(wanted, key=str) == found(refused.value.obstacles, blocks=True)
            assert events == self.deal.events
        else:
            warnings = self.deal.move(to, at=self.now, role=role, reason=reason)

            assert sorted(wanted, key=str) == found(warnings, blocks=True)

    @rule(hours=st.sampled_from([0, 0, -1, -50, -300, 20]))
    def record(self, hours):
        self.recorded += 1
        at = self.now + dt.timedelta(hours=hours)
        event = random_event(self.rng, self.process, self.recorded, at)

        assert self.deal.record(event)
        assert not self.deal.record(event)

    @precondition(lambda self: self.recorded)
    @rule(hours=st.sampled_from([-200, -30, 0, 100]))
    def look_elsewhen(self, hours):
        at = max(self.deal.opened_at, self.now + dt.timedelta(hours=hours))

        assert slow_answer(SlowDeal(self.process, self.deal.events), at) == live_answer(
            self.deal, at
        )

    @invariant()
    def agrees_with_the_referee(self):
        if hasattr(self, "deal"):
            slow = SlowDeal(self.process, self.deal.events)
            at = max(self.now, self.deal.opened_at)

            assert slow_answer(slow, at) == live_answer(self.deal, at)


TestVerbs = Verbs.TestCase
TestVerbs.settings = settings(stateful_step_count=20)

"""A simulated deal is a live one: whatever the process and whatever people do."""

import random

import attrs
import pytest
from tests.rules.processes import random_process
from tests.simulation.random_behaviours import random_behaviour
from tests.simulation.truth import disagreements

import salesflow as sf
from salesflow.events import Moved
from salesflow.process.load import catalog_names
from salesflow.simulation.parts import Capacity, Queue, Rep

pytestmark = pytest.mark.long

MORNINGS = sf.Calendar("Europe/Paris", hours={"mon-sat": ["08:00-12:00"]})


def case(seed, **more):
    """A random process and behaviour, simulated."""
    rng = random.Random(seed)
    process = random_process(rng)
    behaviour = random_behaviour(rng, process)
    if more:
        own = bool(behaviour.owners) and rng.random() < 0.5
        reps = {"dana", "kim"} if own else {"dana"}
        capacity = Capacity(
            reps=[
                Rep(id=name, share=rng.choice([0.5, 1]), calendar=rng.choice([None, MORNINGS]))
                for name in sorted(reps)
            ],
            own=own,
            queue=rng.choice(list(Queue)),
            open_limit=rng.choice([None, 1, 2]),
        )
        behaviour = attrs.evolve(behaviour, capacity=capacity)
    return sf.simulate(process, 4, seed=seed, behaviour=behaviour, horizon="30 days", fast=False)


class TestTruth:
    @pytest.mark.parametrize("first", range(0, 80, 20))
    def test_random_processes_and_behaviours(self, first):
        """Stage, status, instants, breaches, deviations, what time did, the order of events."""
        for seed in range(first, first + 20):
            assert list(disagreements(case(seed))) == [], seed

    @pytest.mark.parametrize("first", [0, 10])
    def test_with_reps(self, first):
        """The same where deals wait for each other."""
        for seed in range(first, first + 10):
            assert list(disagreements(case(seed, capacity=True))) == [], seed

    @pytest.mark.parametrize("name", catalog_names())
    def test_built_in_processes(self, name):
        """The same with what is assumed for them."""
        result = sf.simulate(sf.load_process(name), 15, seed=3, fast=False)

        assert list(disagreements(result)) == []

    def test_what_was_asked_for_would_have_been_granted(self):
        """Told to a live deal as commands instead, no simulated move is refused."""
        result = sf.simulate(sf.load_process("six-step"), 40, seed=8, fast=False)
        for number in range(len(result)):
            opening, *rest = result.events(number)
            deal = sf.Deal.replay(result.process, [opening])
            for event in rest:
                if isinstance(event, Moved):
                    deal.move(event.to, at=event.occurred_at, reason=event.reason, role=event.role)
                else:
                    deal.record(event)

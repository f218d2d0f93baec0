"""Compiled deals are the plain ones, bit for bit; compiling takes most of the time of this test."""

import random

import attrs
import numpy as np
import pytest
from tests.rules.processes import random_process
from tests.simulation.known import queue
from tests.simulation.random_behaviours import random_behaviour

import salesflow as sf
from salesflow.simulation.distributions import Exponential
from salesflow.simulation.kernel.codes import OF_ALL
from salesflow.simulation.parts import Capacity, Hold, Rep
from salesflow.simulation.result import COLUMNS
from salesflow.simulation.run import is_worth_it, run_deals
from salesflow.simulation.settling import settled


def cases():
    """Random processes and behaviours, the built-in ones, and a queue."""
    for seed in range(40):
        rng = random.Random(seed)
        process = random_process(rng)
        yield process, random_behaviour(rng, process), 6, "30 days"
    for name in ("six-step", "whale-hunt"):
        process = sf.load_process(name)
        yield process, sf.Behaviour.default_for(process), 25, "730 days"
    desk, behaviour = queue(3, 0.4, 0.1, 0.05)
    yield desk, behaviour, 300, "300 days"
    limited = attrs.evolve(behaviour.capacity, open_limit=5, patience=Exponential("20 minutes"))
    yield desk, attrs.evolve(behaviour, capacity=limited), 300, "300 days"
    hours = sf.Calendar("Europe/Paris", hours={"mon-sat": ["08:00-12:00", "13:00-18:00"]})
    reps = [Rep(id="dana", calendar=hours), Rep(id="kim", open_limit=4), Rep(id="lee", share=0.5)]
    shifts = attrs.evolve(limited, reps=reps, own=True, open_limit=None)
    owners = {"dana": 1, "kim": 2, "lee": 1}
    yield desk, attrs.evolve(behaviour, owners=owners, capacity=shifts), 300, "300 days"


@pytest.mark.compiled
class TestCompiled:
    def test_every_column_and_every_event(self):
        """Whatever the process and whatever people do."""
        pytest.importorskip("numba")
        for process, behaviour, deals, horizon in cases():
            run = settled(process, deals, {"seed": 9, "behaviour": behaviour, "horizon": horizon})
            fast, plain = (
                run_deals(run.plan, 0, run.apart, run.until, fast=fast, traced=OF_ALL)
                for fast in (True, False)
            )
            for name in fast.columns._fields:
                assert np.array_equal(getattr(fast.columns, name), getattr(plain.columns, name))
            found = int(fast.trace.found[0])
            for name in fast.trace._fields:
                one, other = getattr(fast.trace, name), getattr(plain.trace, name)
                assert np.array_equal(one[:found], other[:found])

    def test_from_the_front(self):
        """The openings are the same as well, and so is all that is made of it."""
        pytest.importorskip("numba")
        process = sf.load_process("six-step")
        fast, plain = (sf.simulate(process, 60, seed=2, fast=fast) for fast in (True, False))

        for name in COLUMNS:
            assert np.array_equal(fast.columns[name], plain.columns[name], equal_nan=True)
        assert is_worth_it(1_000)  # compiled by now


def test_room_grows(monkeypatch):
    """Where one deal takes more room than was thought, it is run anew: nothing is cut off."""
    process = sf.load_process("six-step")
    desk, behaviour = queue(1, 0.4, 0.1)
    mornings = sf.Calendar("UTC", hours={"mon-sun": ["08:00-12:00"]})
    capacity = Capacity(reps=[Rep(id="dana", calendar=mornings), Rep(id="kim")], open_limit=9)
    shifts = attrs.evolve(behaviour, capacity=capacity)
    holds = [Hold(after=f"{hours} hours", lasts="1 hour") for hours in range(2, 40, 3)]
    held = attrs.evolve(sf.Behaviour.default_for(process), holds=holds)
    runs = (
        settled(process, 4, {"behaviour": held, "fast": False}),
        settled(desk, 60, {"behaviour": shifts, "horizon": "300 days", "fast": False}),
        settled(process, 20, {"fast": False}),
        settled(desk, 60, {"behaviour": behaviour, "horizon": "300 days", "fast": False}),
    )
    roomy = [run_deals(r.plan, 0, r.apart, r.until, fast=False, traced=OF_ALL) for r in runs]
    monkeypatch.setattr("salesflow.simulation.run.ROOM", 1)
    monkeypatch.setattr("salesflow.simulation.run.EVENTS_ROOM", 1)
    monkeypatch.setattr("salesflow.simulation.run.SLOTS", 1)
    tight = [run_deals(r.plan, 0, r.apart, r.until, fast=False, traced=OF_ALL) for r in runs]

    for one, other in zip(roomy, tight, strict=True):
        for part in ("columns", "trace"):
            for name in getattr(one, part)._fields:
                a, b = getattr(getattr(one, part), name), getattr(getattr(other, part), name)
                count = min(len(a), len(b))
                assert np.array_equal(a[:count], b[:count])

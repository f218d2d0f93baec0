"""Compiled deals are the plain ones, bit for bit; compiling takes most of the time of this test."""

import random

import numpy as np
import pytest
from tests.rules.processes import random_process
from tests.simulation.known import queue
from tests.simulation.random_behaviours import random_behaviour

import salesflow as sf
from salesflow.simulation.front import prepared
from salesflow.simulation.kernel.codes import OF_ALL
from salesflow.simulation.result import COLUMNS
from salesflow.simulation.run import is_worth_it, run_deals


def cases():
    """Random processes and behaviours, the built-in ones, and a queue."""
    for seed in range(40):
        rng = random.Random(seed)
        process = random_process(rng)
        yield process, random_behaviour(rng, process), 6, "30 days"
    for name in ("six-step", "whale-hunt"):
        process = sf.load_process(name)
        yield process, sf.Behaviour.default_for(process), 25, "730 days"
    yield *queue(3, 0.4, 0.1, 0.05), 300, "300 days"


@pytest.mark.compiled
class TestCompiled:
    def test_every_column_and_every_event(self):
        """Whatever the process and whatever people do."""
        pytest.importorskip("numba")
        for process, behaviour, deals, horizon in cases():
            run = prepared(process, deals, 9, behaviour, None, horizon, None)
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
    runs = (
        prepared(process, 20, 1, None, None, None, fast=False),
        prepared(desk, 60, 1, behaviour, None, "300 days", fast=False),
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

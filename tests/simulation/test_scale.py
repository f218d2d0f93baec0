"""Who does the work does not matter: one process, threads, other processes, in whatever parts."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest
from tests.simulation.made_up import SHORT
from tests.simulation.test_compare import PEOPLE

import salesflow as sf
from salesflow.simulation import jobs, summarize


def run(**how):
    return sf.simulate(SHORT, 120, seed=9, behaviour=PEOPLE, fast=False, **how)


def same(one, other):
    return all(
        np.array_equal(column, other.columns[name], equal_nan=column.dtype.kind == "f")
        for name, column in one.columns.items()
    )


@pytest.fixture(scope="module")
def alone():
    return run()


class Backwards(Executor):
    """Does what it is given in the opposite order, so that whoever counts on an order fails."""

    def __init__(self):
        self.given = []

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        self.given.append((future, fn, args, kwargs))
        return future

    def map(self, fn, *iterables, **_):
        futures = [self.submit(fn, *each) for each in zip(*iterables, strict=True)]
        for future, work, args, kwargs in reversed(self.given):
            future.set_result(work(*args, **kwargs))
        return (future.result() for future in futures)


@pytest.fixture
def _small_chunks(monkeypatch):
    monkeypatch.setattr(jobs, "CHUNK", 17)


@pytest.mark.usefixtures("_small_chunks")
class TestExecutors:
    @pytest.mark.parametrize(
        "executor",
        [
            pytest.param(lambda: ThreadPoolExecutor(3), id="threads"),
            pytest.param(Backwards, id="backwards"),
        ],
    )
    def test_equal_to_the_last_bit(self, alone, executor):
        """Deals and figures are those of one process."""
        with executor() as crew:
            assert same(alone, run(executor=crew))
        with executor() as crew:
            found = summarize(SHORT, 120, seed=9, behaviour=PEOPLE, fast=False, executor=crew)
        assert found == alone.summary()

    def test_parts(self, alone):
        """Chunks alone change nothing either."""
        assert same(alone, run())
        assert summarize(SHORT, 120, seed=9, behaviour=PEOPLE, fast=False) == alone.summary()


def test_other_processes(alone):
    """Figures that come back from other processes are those of one."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as crew:
        found = summarize(SHORT, 120, seed=9, behaviour=PEOPLE, fast=False, executor=crew)

    assert found == alone.summary()

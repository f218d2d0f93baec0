"""Jobs: a run in chunks, here or in other processes, in order, whoever does them."""

from __future__ import annotations

import concurrent.futures
import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from typing import Any, NamedTuple, TypeVar

from salesflow.given import whole
from salesflow.process.model import Process
from salesflow.simulation.behaviour import Behaviour
from salesflow.simulation.options import Options
from salesflow.simulation.result import Part, part_of
from salesflow.simulation.run import run_deals
from salesflow.simulation.settling import Run, plan_for

CHUNK = 20_000
"""Deals that are run at a time."""
MOST_WORKERS = 1024

_T = TypeVar("_T")
_Work = TypeVar("_Work")


class Job(NamedTuple):
    """One chunk of a run, as it is sent to whoever does it."""

    process: Process
    behaviour: Behaviour
    seed: int
    first: int
    apart: Any
    until: int
    fast: bool


def run_job(job: Job) -> Part:
    """Run one chunk, here or in another process."""
    plan = plan_for(job.process, job.behaviour, job.seed)
    chunk = run_deals(plan, job.first, job.apart, job.until, fast=job.fast)
    return part_of(job.first, chunk.columns)


def done(run: Run, work: Callable[[Job], _T], options: Options) -> Iterator[_T]:
    """
    Yield what *work* makes of each chunk of a run, in order, and tell how far it has come.

    Raises:
        TypeError, ValueError: If ``workers`` is not a number of processes.
    """
    progress = options.get("progress")
    workers = whole("workers", options.get("workers", 1), 1, MOST_WORKERS)
    jobs, over = list(_jobs_of(run, workers)), 0
    for job, found in zip(jobs, mapped(work, jobs, options), strict=True):
        yield found
        over += len(job.apart)
        if progress is not None:
            progress(over, len(run.apart))


def _jobs_of(run: Run, workers: int) -> Iterator[Job]:
    """Yield the chunks of a run."""
    deals, plan, habits = len(run.apart), run.plan, run.plan.habits
    # Deals that wait for the same reps cannot be run apart from each other.
    chunk = deals if habits.reps else min(CHUNK, -(-deals // workers))
    seed = habits.seed_high << 32 | habits.seed_low
    for first in range(0, deals, chunk):
        apart = run.apart[first : first + chunk]
        yield Job(plan.process, plan.behaviour, seed, first, apart, run.until, run.fast)


def mapped(work: Callable[[_Work], _T], jobs: list[_Work], options: Options) -> Iterator[_T]:
    """Yield what comes of each job, in order, whoever does it."""
    executor: Executor | None = options.get("executor")
    workers = options.get("workers", 1)
    if executor is not None:
        yield from executor.map(work, jobs)
    elif workers == 1 or len(jobs) == 1:
        yield from map(work, jobs)
    else:
        context = multiprocessing.get_context("spawn")
        with concurrent.futures.ProcessPoolExecutor(workers, mp_context=context) as pool:
            yield from pool.map(work, jobs)

"""Figures of as many deals as one likes, in bounded memory."""

from __future__ import annotations

import datetime as dt
import functools
import operator
from collections.abc import Iterator
from concurrent.futures import Executor

from salesflow.calendars import Span, to_datetime
from salesflow.process.model import Process
from salesflow.simulation.behaviour import Behaviour
from salesflow.simulation.front import Job, Progress, jobs_of, mapped, prepared, run_job
from salesflow.simulation.summary import Summary


def summarize(
    process: Process,
    deals: int = 10_000,
    *,
    seed: int = 1,
    behaviour: Behaviour | None = None,
    until: dt.datetime | None = None,
    horizon: Span | str | None = None,
    workers: int = 1,
    executor: Executor | None = None,
    fast: bool | None = None,
    progress: Progress | None = None,
) -> Summary:
    """
    Simulate deals and keep their figures only, so that ten million need no more room than a few.

    It is the summary of `simulate`, bit for bit; the arguments and errors are the same.

    >>> import salesflow as sf
    >>> from salesflow.simulation import summarize
    >>> process = sf.load_process("six-step")
    >>> summarize(process, 50) == sf.simulate(process, 50).summary()
    True
    """
    run = prepared(process, deals, seed, behaviour, until, horizon, fast)
    jobs = list(jobs_of(run, workers))
    parts = _counted(mapped(_summary_of, jobs, workers, executor), len(run.apart), progress)
    return functools.reduce(operator.add, parts)


def _counted(parts: Iterator[Summary], deals: int, progress: Progress | None) -> Iterator[Summary]:
    """Yield summaries, and tell how far it has come."""
    done = 0
    for part in parts:
        yield part
        done += part.deals
        if progress is not None:
            progress(done, deals)


def _summary_of(job: Job) -> Summary:
    """Run one chunk, here or in another process, and send back its figures only."""
    process, behaviour, *_, until, _fast = job
    return Summary.of(run_job(job).columns, process, behaviour, to_datetime(until))

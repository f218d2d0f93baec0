"""As many deals as one likes, in bounded memory: part by part, or their figures only."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterator
from typing import Unpack

from salesflow.calendars import Span, to_datetime
from salesflow.process.model import Process
from salesflow.simulation.jobs import Job, done, run_job
from salesflow.simulation.options import Options
from salesflow.simulation.result import Part
from salesflow.simulation.settling import settled, warmed_up
from salesflow.simulation.summary import Summary


def stream(process: Process, deals: int = 10_000, **options: Unpack[Options]) -> Iterator[Part]:
    """
    Yield the deals of `simulate` part by part, in order, so that ten million need no more room.

    Args:
        process: The process.

        deals: How many (>= 1).

        **how: As `simulate` takes it; the errors are the same.
    """
    return done(settled(process, deals, options), run_job, options)


def summarize(
    process: Process,
    deals: int = 10_000,
    *,
    warmup: Span | str | None = None,
    **options: Unpack[Options],
) -> Summary:
    """
    Simulate deals and keep their figures only, so that ten million need no more room than a few.

    It is the summary of `simulate`, bit for bit.

    Args:
        process: The process.

        deals: How many (>= 1).

        warmup: Deals that come so soon after the start are left out of the figures. None: none.

        **how: As `simulate` takes it; the errors are the same.

    >>> import salesflow as sf
    >>> from salesflow.simulation import summarize
    >>> process = sf.load_process("six-step")
    >>> summarize(process, 50) == sf.simulate(process, 50).summary()
    True
    """
    run = settled(process, deals, options)
    work = functools.partial(_summary_of, warmup=warmup)
    return functools.reduce(operator.add, done(run, work, options))


def _summary_of(job: Job, *, warmup: Span | str | None) -> Summary:
    """Run one chunk, here or in another process, and send back its figures only."""
    process, behaviour = job.process, job.behaviour
    since = warmed_up(process, behaviour, warmup)
    return Summary.of(run_job(job).columns, process, behaviour, to_datetime(job.until), since)

"""
The front of the simulation: a process, some deals, a seed.

Either all deals are kept (`simulate`), or as many as one likes are run in bounded memory: part by
part (`stream`), or for their figures only (`summarize`).
"""

from __future__ import annotations

import datetime as dt
import functools
import operator
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from typing import Any, Unpack

from salesflow.calendars import Span, to_datetime
from salesflow.process.model import Process
from salesflow.simulation.behaviour import Behaviour
from salesflow.simulation.extras import np
from salesflow.simulation.jobs import Job, done, run_job
from salesflow.simulation.options import Options, Progress
from salesflow.simulation.result import Part, SimulationResult
from salesflow.simulation.settling import settled, warmed_up
from salesflow.simulation.summary import Summary


def simulate(
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
) -> SimulationResult:
    """
    Simulate deals of a process.

    What time does is decided by the rules of the process, the very ones that a live deal runs by;
    *behaviour* says what people and buyers do. One seed gives one result, bit for bit, whatever
    the workers, the chunks and the machine, plain or compiled. The first thousand of ten thousand
    deals are those of a run of a thousand.

    Args:
        process: The process.

        deals: How many (>= 1). With fixed arrivals, at most as many as there are.

        seed: From 0 to 2**64 - 1; 0 is a seed like any other.

        behaviour: What people do. None: `Behaviour.default_for(process)`; deals come faster then
            if they are so many that they would not end in the known years.

        until: Nothing happens later; deals that are open then are kept as they are. None: see
            *horizon*.

        horizon: The same, counted from the last opening. None: two years.

        workers: How many processes share the work.

        executor: Runs the chunks instead, wherever it likes; such as one of dask's.

        fast: Whether to compile the rules, which takes some time once on a machine. None: if numba
            is installed and it is worth it.

        progress: Called from time to time, with how many deals are done and how many there are.

    Raises:
        BehaviourError: If the behaviour does not fit the process, with every problem.
        MissingExtraError: If numpy, or with *fast* numba, is not installed.
        TypeError: If an argument has the wrong type.
        ValueError: If a number is out of range, or both *until* and *horizon* are given.

    >>> import salesflow as sf
    >>> sf.simulate(sf.load_process("six-step"), deals=50, seed=1)
    <SimulationResult of 50 deals: ...>
    """
    options: Options = {
        "seed": seed,
        "behaviour": behaviour,
        "until": until,
        "horizon": horizon,
        "workers": workers,
        "executor": executor,
        "fast": fast,
        "progress": progress,
    }
    run = settled(process, deals, options)
    columns = joined(done(run, run_job, options), len(run.apart))
    return SimulationResult(
        process=process,
        behaviour=run.plan.behaviour,
        seed=operator.index(seed),
        until=to_datetime(run.until),
        columns=columns,
        plan=run.plan,
        apart=run.apart,
    )


def stream(process: Process, deals: int = 10_000, **options: Unpack[Options]) -> Iterator[Part]:
    """
    Yield the deals of `simulate` part by part, in order, so that ten million need no more room.

    Args:
        process: The process.

        deals: How many (>= 1).

        **options: As `simulate` takes them; the errors are the same.
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

        **options: As `simulate` takes them; the errors are the same.

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


def joined(parts: Iterable[Part], deals: int) -> dict[str, Any]:
    """
    Return the columns of all parts as one, read-only; each part is forgotten when it is copied.

    The columns of a part that is all there is are not copied.

    Args:
        parts: In order.

        deals: How many they have in all.
    """
    columns: dict[str, Any] = {}
    for part in parts:
        if len(part) == deals:
            columns = dict(part.columns)
            continue
        for name, some in part.columns.items():
            if name not in columns:
                columns[name] = np.empty((deals, *some.shape[1:]), dtype=some.dtype)
            columns[name][part.first : part.first + len(part)] = some
    for column in columns.values():
        column.flags.writeable = False
    return columns

"""The front of the simulation: a process, some deals, a seed."""

from __future__ import annotations

import concurrent.futures
import datetime as dt
import functools
import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from typing import Any, TypeVar

import attrs

from salesflow.calendars import Span, to_datetime, to_micros
from salesflow.calendars.arithmetic import LAST_YEAR, NEVER, add
from salesflow.process.model import Process
from salesflow.process.names import shown
from salesflow.simulation.behaviour import Behaviour
from salesflow.simulation.distributions import Exponential
from salesflow.simulation.extras import np
from salesflow.simulation.habits import Plan, plan_of
from salesflow.simulation.parts import Arrivals
from salesflow.simulation.result import Part, SimulationResult, part_of
from salesflow.simulation.run import is_worth_it, openings, run_deals

Progress = Callable[[int, int], None]
"""Called with how many deals are done, and how many there are."""

CHUNK = 20_000
"""Deals that are run at a time."""
LARGEST_SEED = 2**64 - 1
MOST_DEALS = 2**32 - 1
"""Each deal has a number of 32 bits, by which its random numbers are drawn."""
DEFAULT_HORIZON = Span.parse("730 days")
DENSE = Arrivals(every=Exponential("2 minutes"))
"""How fast deals come that nobody has said anything about, and that are very many."""


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
    run = prepared(process, deals, seed, behaviour, until, horizon, fast)
    parts = list(_parts(run, workers, executor, progress))
    columns = {
        name: np.concatenate([part.columns[name] for part in parts]) for name in parts[0].columns
    }
    for column in columns.values():
        column.flags.writeable = False
    return SimulationResult(
        process=process,
        behaviour=run.plan.behaviour,
        seed=seed,
        until=to_datetime(run.until),
        columns=columns,
        plan=run.plan,
        apart=run.apart,
    )


def stream(
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
) -> Iterator[Part]:
    """
    Yield the deals of `simulate` part by part, in order, so that ten million need no more room.

    The arguments and errors are those of `simulate`.
    """
    run = prepared(process, deals, seed, behaviour, until, horizon, fast)
    return _parts(run, workers, executor, progress)


@attrs.frozen(eq=False)
class Run:
    """Everything that is settled before the first deal is run."""

    plan: Plan
    apart: Any
    until: int
    fast: bool


def prepared(  # noqa: PLR0917 - the arguments of `simulate`
    process: Process,
    deals: int,
    seed: int,
    behaviour: Behaviour | None,
    until: dt.datetime | None,
    horizon: Span | str | None,
    fast: bool | None,  # noqa: FBT001 - as `simulate` says
) -> Run:
    """Check the arguments, and settle when each deal opens and when everything ends."""
    if not isinstance(process, Process):
        raise TypeError(f"'process' must be a Process, got {shown(process)}.")
    _check_whole("deals", deals, 1, MOST_DEALS)
    _check_whole("seed", seed, 0, LARGEST_SEED)
    if until is not None and horizon is not None:
        raise ValueError("'until' and 'horizon' both say when it ends. Give one of them.")
    said = Behaviour.default_for(process) if behaviour is None else behaviour
    if not isinstance(said, Behaviour):
        raise TypeError(f"'behaviour' must be a Behaviour, got {shown(said)}.")
    said.check(process)
    compile_them = is_worth_it(deals) if fast is None else fast
    plan = _plan(process, said, seed)
    apart = openings(plan, deals, fast=compile_them)
    if until is not None:
        return Run(plan, apart, to_micros(until), compile_them)
    span = horizon or DEFAULT_HORIZON
    span = Span.parse(span) if isinstance(span, str) else span
    end = _end(plan, int(apart[-1]), span)
    if end == NEVER and behaviour is None:
        # Deals share nothing here, so how fast they come changes nothing.
        plan = _plan(process, attrs.evolve(said, arrivals=DENSE), seed)
        apart = openings(plan, deals, fast=compile_them)
        end = _end(plan, int(apart[-1]), span)
    if end == NEVER:
        raise ValueError(
            f"{len(apart):,} deals, one every {said.arrivals.every}: {span} after the last opens "
            f"is not in the years up to {LAST_YEAR}. Give 'until', fewer deals or faster ones."
        )
    return Run(plan, apart, end, compile_them)


def _end(plan: Plan, apart: int, span: Span) -> int:
    """Return the end of a span after the last deal opens; NEVER beyond the known years."""
    habits = plan.habits
    last = add(plan.calendar, habits.start, habits.arrival_measure, apart, (), (), 0)
    if last == NEVER:
        return NEVER
    return add(plan.process.calendar.tables, last, span.measure, span.amount, (), (), 0)


def _check_whole(name: str, value: int, least: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name!r} must be a whole number, got {shown(value)}.")
    if not least <= value <= most:
        raise ValueError(f"{name!r} must be from {least} to {most}, got {value}.")


@functools.lru_cache(maxsize=8)
def _plan(process: Process, behaviour: Behaviour, seed: int) -> Plan:
    return plan_of(process, behaviour, seed)


_T = TypeVar("_T")
_Work = TypeVar("_Work")
Job = tuple[Process, Behaviour, int, int, Any, int, bool]


def run_job(job: Job) -> Part:
    """Run one chunk, here or in another process."""
    process, behaviour, seed, first, apart, until, fast = job
    plan = _plan(process, behaviour, seed)
    return part_of(plan, first, run_deals(plan, first, apart, until, fast=fast).columns)


def _parts(
    run: Run, workers: int, executor: Executor | None, progress: Progress | None
) -> Iterator[Part]:
    """Yield the parts of a run, in order."""
    _check_whole("workers", workers, 1, 1024)
    jobs, deals = list(jobs_of(run, workers)), len(run.apart)
    done = 0
    for part in mapped(run_job, jobs, workers, executor):
        yield part
        done += len(part)
        if progress is not None:
            progress(done, deals)


def jobs_of(run: Run, workers: int) -> Iterator[Job]:
    """Yield the chunks of a run."""
    deals = len(run.apart)
    plan = run.plan
    habits = plan.habits
    # Deals that wait for the same reps cannot be run apart from each other.
    chunk = deals if habits.reps else min(CHUNK, -(-deals // workers))
    seed = habits.seed_high << 32 | habits.seed_low
    for first in range(0, deals, chunk):
        apart = run.apart[first : first + chunk]
        yield plan.process, plan.behaviour, seed, first, apart, run.until, run.fast


def mapped(
    work: Callable[[_Work], _T], jobs: list[_Work], workers: int, executor: Executor | None
) -> Iterator[_T]:
    """Yield what comes of each job, in order, whoever does it."""
    if executor is not None:
        yield from executor.map(work, jobs)
    elif workers == 1 or len(jobs) == 1:
        yield from map(work, jobs)
    else:
        context = multiprocessing.get_context("spawn")
        with concurrent.futures.ProcessPoolExecutor(workers, mp_context=context) as pool:
            yield from pool.map(work, jobs)

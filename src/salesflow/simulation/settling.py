"""Settling: what a run is made of, when each deal comes and when everything ends."""

from __future__ import annotations

import datetime as dt
import functools
from typing import Any

import attrs

from salesflow.calendars import Span, to_datetime, to_micros
from salesflow.calendars.arithmetic import LAST_YEAR, NEVER, add
from salesflow.given import given, whole
from salesflow.process.model import Process
from salesflow.process.parts import ends_in_working_time
from salesflow.simulation.behaviour import Behaviour
from salesflow.simulation.distributions import Exponential
from salesflow.simulation.options import Options, check_names
from salesflow.simulation.parts import Arrivals
from salesflow.simulation.plan import Plan, plan_of
from salesflow.simulation.run import is_worth_it, openings

LARGEST_SEED = 2**64 - 1
MOST_DEALS = 2**32 - 1
"""Each deal has a number of 32 bits, by which its random numbers are drawn."""
DEFAULT_HORIZON = Span.parse("730 days")
DENSE = Arrivals(every=Exponential("2 minutes"))
"""How fast deals come that nobody has said anything about, and that are very many."""


@attrs.frozen(eq=False)
class Run:
    """
    Everything that is settled before the first deal is run.

    Args:
        plan: What the run is made of.

        apart: Per deal: how long after the start it comes, in the measure of the arrivals.

        until: Nothing happens later.

        fast: Whether to compile the rules.
    """

    plan: Plan
    apart: Any
    until: int
    fast: bool


def settled(process: Process, deals: int, options: Options) -> Run:
    """
    Check the arguments of `simulate`, and settle what they leave open.

    Raises:
        BehaviourError, MissingExtraError, TypeError, ValueError: As `simulate` says.
    """
    given("process", process, Process)
    check_names(options)
    deals = whole("deals", deals, 1, MOST_DEALS)
    behaviour = options.get("behaviour")
    seed = whole("seed", options.get("seed", 1), 0, LARGEST_SEED)
    until, horizon = options.get("until"), options.get("horizon")
    if until is not None and horizon is not None:
        raise ValueError("'until' and 'horizon' both say when it ends. Give one of them.")
    said = Behaviour.default_for(process) if behaviour is None else behaviour
    given("behaviour", said, Behaviour)
    said.check(process)
    fast = options.get("fast")
    compile_them = is_worth_it(deals) if fast is None else fast
    plan = plan_for(process, said, seed)
    apart = openings(plan, deals, fast=compile_them)
    if until is not None:
        end = to_micros(until, "until")
        _check_years(process, plan, end)
        return Run(plan, apart, end, compile_them)
    span = horizon or DEFAULT_HORIZON
    span = given("horizon", Span.parse(span) if isinstance(span, str) else span, Span)
    end = _end(plan, int(apart[-1]), span)
    if behaviour is None and (end == NEVER or not _is_known(process, plan, end)):
        # Deals share nothing here, so how fast they come changes nothing.
        plan = plan_for(process, attrs.evolve(said, arrivals=DENSE), seed)
        apart = openings(plan, deals, fast=compile_them)
        end = _end(plan, int(apart[-1]), span)
    if end == NEVER:
        every = said.arrivals.every
        one_every = "" if every is None else f", one every {every}"
        raise ValueError(
            f"{len(apart):,} deals{one_every}: {span} after the last opens "
            f"is not in the years up to {min(LAST_YEAR, process.calendar.years[-1])}. "
            "Give an earlier 'until', a shorter 'horizon', fewer deals or faster ones."
        )
    _check_years(process, plan, end)
    return Run(plan, apart, end, compile_them)


def warmed_up(
    process: Process, behaviour: Behaviour, warmup: Span | str | None
) -> dt.datetime | None:
    """
    Return from when on deals count, if a simulation warms up; None: all of them do.

    Args:
        process: By its calendar *warmup* is counted.

        behaviour: Its arrivals say when the simulation begins.

        warmup: How long after that.

    Raises:
        ValueError: If it is not a span, or ends after the known years.
    """
    return None if warmup is None else process.calendar.add(behaviour.arrivals.start, warmup)


def arrivals_of(
    process: Process, behaviour: Behaviour, deals: int, options: Options
) -> tuple[int, ...]:
    """
    Return when each deal comes; NEVER: not in the known years.

    Args:
        process: By its calendars the time between them is counted.

        behaviour: Its arrivals count.

        deals: How many there are.

        options: Of `simulate`; their seed counts.
    """
    plan = plan_for(process, behaviour, whole("seed", options.get("seed", 1), 0, LARGEST_SEED))
    fast = options.get("fast")
    apart = openings(plan, deals, fast=is_worth_it(deals) if fast is None else fast)
    return tuple(_comes(plan, each) for each in apart.tolist())


def _comes(plan: Plan, apart: int) -> int:
    """Return when a deal comes that comes so long after the start; NEVER beyond the known years."""
    habits = plan.habits
    return add(plan.calendar, habits.start, habits.arrival_measure, apart, (), (), 0)


def _end(plan: Plan, apart: int, span: Span) -> int:
    """Return the end of a span after the last deal comes; NEVER beyond the known years."""
    last = _comes(plan, apart)
    if last == NEVER:
        return NEVER
    return add(plan.process.calendar.tables, last, span.measure, span.amount, (), (), 0)


def _is_known(process: Process, plan: Plan, until: int) -> bool:
    """Return whether the working days are known up to an end, or no rule counts them."""
    years, begins, ends = process.calendar.years, to_datetime(plan.habits.start), to_datetime(until)
    if years[0] <= begins.year and ends.year <= years[-1]:
        return True
    return not any(map(ends_in_working_time, process.rules))


def _check_years(process: Process, plan: Plan, until: int) -> None:
    """Refuse years of which the working days are not known, where rules count these."""
    if not _is_known(process, plan, until):
        years = process.calendar.years
        begins, ends = to_datetime(plan.habits.start), to_datetime(until)
        raise ValueError(
            f"simulated from {begins:%Y-%m-%d} to {ends:%Y-%m-%d}, but working days are known for "
            f"{years[0]} to {years[-1]} only: elsewhere no rule in working time would ever end. "
            "Freeze the holidays of more years, or give another start, 'until' or 'horizon'."
        )


@functools.lru_cache(maxsize=8)
def plan_for(process: Process, behaviour: Behaviour, seed: int) -> Plan:
    """Return what a run is made of; the last ones are kept."""
    return plan_of(process, behaviour, seed)

"""Plans: everything that a run is made of, ready to be run."""

from __future__ import annotations

import attrs

from salesflow.calendars import to_micros
from salesflow.calendars.arithmetic import OPEN_TIME, CalendarTables
from salesflow.process.model import Process
from salesflow.rules.book import RuleBook, rule_book
from salesflow.rules.tabulate import MODES
from salesflow.simulation.behaviour import Behaviour
from salesflow.simulation.habits import HabitsWriter, Variant, variants_of
from salesflow.simulation.kernel.tables import Habits


@attrs.frozen(eq=False)
class Plan:
    """
    Everything that a run is made of.

    Args:
        process: The process.

        behaviour: What people do.

        book: The process, ready to be run.

        calendar: Of all the deals.

        habits: The behaviour, ready to be run.

        variants: The activities that *habits* numbers.
    """

    process: Process
    behaviour: Behaviour
    book: RuleBook
    calendar: CalendarTables
    habits: Habits
    variants: tuple[Variant, ...]


def plan_of(process: Process, behaviour: Behaviour, seed: int) -> Plan:
    """Return what a run of *process* with *behaviour* is made of."""
    book = rule_book(process)
    writer = HabitsWriter(process, book)
    variants = tuple(variants_of(book, behaviour))
    habits = Habits(
        seed_low=seed & 0xFFFFFFFF,
        seed_high=seed >> 32,
        mode=MODES[process.mode],
        start=to_micros(behaviour.arrivals.start),
        **writer.arrivals(behaviour),
        **writer.stages(behaviour),
        **writer.touches(behaviour, variants),
        **writer.buyer(behaviour, variants),
        **writer.facts(behaviour.facts),
        **writer.holds(behaviour.holds),
        **writer.overrides(behaviour.overrides),
        **writer.reps(behaviour),
        **writer.distributions(),
    )
    calendar = book.calendar()
    if OPEN_TIME in writer.measures:
        calendar = process.calendar.tables
    return Plan(process, behaviour, book, calendar, habits, variants)

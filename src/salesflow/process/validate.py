"""
Whether a process is consistent: every check, in the order of the definition.

A check is a function from a definition to flaws. It may assume that every value has its type
(the parts and the reader ensure that) and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from salesflow.errors import Problem
from salesflow.process import (
    checks_names,
    checks_parts,
    checks_plays,
    checks_rules,
    checks_timers,
)
from salesflow.process.definition import Definition
from salesflow.process.flaws import Flaw

CHECKS: tuple[Callable[[Definition], Iterator[Flaw]], ...] = (
    checks_names.header,
    checks_names.names,
    checks_names.duplicates,
    checks_names.shared_names,
    checks_parts.calendars,
    checks_parts.roles,
    checks_parts.activities,
    checks_parts.touches,
    checks_parts.facts,
    checks_parts.holds,
    checks_parts.stages,
    checks_parts.stage_kinds,
    checks_parts.moves,
    checks_rules.gates,
    checks_rules.learners,
    checks_rules.watched,
    checks_rules.escalations,
    checks_rules.contact_gaps,
    checks_timers.clocks,
    checks_timers.lengths,
    checks_timers.notices,
    checks_timers.postponements,
    checks_timers.ends,
    checks_plays.actors,
    checks_plays.times,
)


def find(definition: Definition) -> Iterator[Flaw]:
    """Yield everything that is wrong in *definition*."""
    for check in CHECKS:
        yield from check(definition)


def validate(definition: Definition) -> tuple[Problem, ...]:
    """
    Return everything that is wrong in *definition*, or nothing.

    Paths are those of the process file, such as ``timers[0].move_to`` or ``facts.budget.values``,
    also for a process that was built in Python.
    """
    return tuple(dict.fromkeys(flaw.as_problem() for flaw in find(definition)))

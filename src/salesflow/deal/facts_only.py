"""
What stands in the way of a move for somebody who has facts and no history.

The gates are the same as for a live deal, run by the same rules. What needs a history is left out:
contact gaps, timers, holds, overrides, the expiry of facts, who learned them, and how far a deal
had been before it was parked.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping

import attrs

from salesflow.calendars.instants import EPOCH
from salesflow.deal.obstacles import Asked, describe
from salesflow.errors import Obstacle
from salesflow.events import Moved
from salesflow.rules.book import RuleBook
from salesflow.rules.encode import rows_of, told
from salesflow.rules.obstacles import against, most_obstacles
from salesflow.rules.programs import fact_code
from salesflow.rules.tables import LAST_OPEN, STAGE, Memory, new_memory


def obstacles_without_history(
    book: RuleBook,
    stage: str,
    facts: Mapping[str, object],
    to: str,
    *,
    role: str | None = None,
    reason: str | None = None,
) -> tuple[Obstacle, ...]:
    """
    Return what stands in the way of a move.

    Args:
        book: The process.

        stage: The stage that is left.

        facts: What is known, by name; None means unknown, names that the process does not have
            mean nothing.

        to: The stage that is entered.

        role: Who makes the move.

        reason: Why.

    Raises:
        TypeError, ValueError: If a fact has a value that it cannot have.
    """
    everybodys = _for_everybody(book)
    known = {
        name: book.fact_value(name, facts[name])
        for name in book.facts
        if facts.get(name) is not None
    }
    memory = _memory(everybodys, stage, known)
    event = Moved(id="", occurred_at=EPOCH, to=to, role=role, reason=reason)
    codes = [0] * most_obstacles(everybodys.tables)
    which = codes[:]
    (row,) = rows_of(everybodys, event, 0, commands=True)
    count = against(everybodys.tables, everybodys.calendar(), memory, row, codes, which)
    # Nobody says where it came from, so a parked one may come back to every open stage.
    latest, zone = book.process.open_stages[-1].id, book.process.calendar.timezone
    asked = Asked(everybodys, memory, stage, latest, event, row.at, told(known), zone)
    return tuple(
        describe(asked, finding) for finding in zip(codes[:count], which[:count], strict=True)
    )


@functools.lru_cache(maxsize=64)
def _for_everybody(book: RuleBook) -> RuleBook:
    """Return the book of the same process in which it does not matter who learned a fact."""
    everybody = (0,) * len(book.tables.criterion_by)
    return attrs.evolve(book, tables=book.tables._replace(criterion_by=everybody))


def _memory(book: RuleBook, stage: str, known: Mapping[str, object]) -> Memory:
    """Return a deal of which only its stage and its facts are known."""
    memory = new_memory(book.tables)
    memory.deal[STAGE] = book.stages[stage]
    memory.deal[LAST_OPEN] = len(book.stages)
    for name, value in known.items():
        memory.fact[book.facts[name]] = fact_code(value)
    return memory

"""Facts to be learned, right at what the gates of a process compare with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from salesflow.events import Value
from salesflow.process.gates import Compare, FactRef, Gate
from salesflow.process.model import Process
from salesflow.process.parts import ContactGap, Fact, FactType, Play, Timer
from salesflow.testing.extras import st

_DAY = dt.timedelta(days=1)


def facts(
    process: Process, *, near: dt.date = dt.date(2026, 3, 2)
) -> st.SearchStrategy[Mapping[str, Value]]:
    """
    Return a strategy of facts that a deal of *process* may learn at once: names and values.

    Args:
        process: The process.

        near: Dates that no gate compares with lie around this one.

    >>> from salesflow.process import load_process
    >>> from hypothesis import find
    >>> find(facts(load_process("six-step")), lambda known: known.get("budget") == 10_000)
    {'budget': Decimal('10000')}
    """
    compared = _compared(process)
    optional = {
        fact.id: _values(fact, compared.get(fact.id, ()), near)
        for fact in process.all_facts.values()
    }
    return st.fixed_dictionaries({}, optional=optional)


def _compared(process: Process) -> dict[str, list[Value]]:
    """Return what each fact is compared with, over all gates of a process."""
    found: dict[str, list[Value]] = {}
    for text in _gates(process):
        for compare in _comparisons(process.gate(text)):
            if not isinstance(compare.value, FactRef):
                found.setdefault(compare.fact, []).append(compare.value)
    return found


def _gates(process: Process) -> Iterator[str]:
    exits = (*(s.exit for s in process.stages), *(m.exit for m in process.moves))
    yield from (criterion.expression for criteria in exits for criterion in criteria)
    rules: tuple[ContactGap | Timer | Play, ...] = (
        *process.contact_gaps,
        *process.timers,
        *process.plays,
    )
    yield from (rule.when for rule in rules if rule.when is not None)


def _comparisons(gate: Gate) -> Iterator[Compare]:
    if isinstance(gate, Compare):
        yield gate
        return
    for part in gate.parts:
        yield from _comparisons(part)


def _values(fact: Fact, compared: Iterable[Any], near: dt.date) -> st.SearchStrategy[Value]:
    """Return what a fact may be: what it is compared with, a step beside it, or anything."""
    match fact.type:
        case FactType.BOOL:
            return st.booleans()
        case FactType.INT:
            return _beside(compared, 1) | st.integers(0, 10)
        case FactType.MONEY:
            amounts = st.decimals(0, 10**6, places=2, allow_nan=False)
            return _beside(compared, Decimal("0.01")) | amounts
        case FactType.DATE:
            return _beside(compared, _DAY) | st.dates(near - 60 * _DAY, near + 120 * _DAY)
        case FactType.ONE_OF:
            return st.sampled_from(fact.values)
        case _:
            return st.sampled_from([*compared, "", "something"])


def _beside(compared: Iterable[Any], step: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 - of any type
    """Return what is compared with, and what lies right beside it; nothing if there is none."""
    found = [near for value in compared for near in (value, value - step, value + step)]
    return st.sampled_from(found) if found else st.nothing()

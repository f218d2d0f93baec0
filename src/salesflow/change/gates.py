"""Which of two gates lets more pass, decided by trying every case that they can tell apart."""

from __future__ import annotations

import datetime as dt
import enum
import itertools
import math
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from salesflow.process.gates import (
    AllOf,
    AnyOf,
    Compare,
    FactRef,
    Gate,
    Op,
    comparisons_of,
    facts_of,
)
from salesflow.process.parts import Fact, FactType
from salesflow.process.values import MONEY_PLACES

MOST_CASES = 20_000
"""The number of cases to try; gates with more cases are not compared."""


class Width(enum.StrEnum):
    """How much a gate lets pass, compared with another one."""

    SAME = "same"
    NARROWER = "narrower"
    WIDER = "wider"
    OTHER = "other"
    """Each lets something pass that the other does not, or it cannot be decided."""


def compared(old: Gate, new: Gate, facts: Mapping[str, Fact]) -> Width:
    """
    Return how much *new* lets pass compared with *old*.

    A gate can tell values of a fact apart only by what it compares them with, so a few values of
    each fact stand for all: the ones named, and some between and beyond them; and *unknown*.

    Args:
        old: A gate.

        new: Another one.

        facts: Every fact that they read, by id.
    """
    names = tuple(dict.fromkeys((*facts_of(old), *facts_of(new))))
    comparisons = [*comparisons_of(old), *comparisons_of(new)]
    choices = [_cases(facts[name], names, comparisons, facts) for name in names]
    if math.prod(map(len, choices)) > MOST_CASES:
        return Width.OTHER
    opens = closes = False
    for values in itertools.product(*choices):
        known = dict(zip(names, values, strict=True))
        before, after = _passes(old, known), _passes(new, known)
        opens = opens or (after and not before)
        closes = closes or (before and not after)
    return {
        (False, False): Width.SAME,
        (False, True): Width.NARROWER,
        (True, False): Width.WIDER,
        (True, True): Width.OTHER,
    }[opens, closes]


def _cases(
    fact: Fact, names: tuple[str, ...], comparisons: Iterable[Compare], facts: Mapping[str, Fact]
) -> list[Any]:
    """Return values of a fact that stand for all of them; None is *unknown*."""
    alike = {name for name in names if facts[name].type is fact.type}
    named = {
        each.value
        for each in comparisons
        if each.fact in alike and not isinstance(each.value, FactRef)
    }
    if fact.type is FactType.BOOL:
        return [True, False, None]
    if fact.type is FactType.ONE_OF:
        return [*fact.values, None]
    if fact.type is FactType.TEXT:
        others = (f"other {number}" for number in range(len(alike)))
        return [*sorted(map(str, named)), *others, None]
    return [*_points(fact, sorted(map(_number, named)), len(alike)), None]


def _points(fact: Fact, named: list[Decimal], count: int) -> Iterator[Any]:
    """Yield the named numbers, and *count* after each and before the first; dates are days."""
    step = Decimal(1).scaleb(-MONEY_PLACES) if fact.type is FactType.MONEY else 1
    ends = named or [Decimal(0)]
    yield from named
    for number in range(1, count + 1):
        yield ends[0] - number * step
        yield ends[-1] + number * step
        for low, high in itertools.pairwise(ends):
            if low + number * step < high:
                yield low + number * step


def _passes(gate: Gate, known: Mapping[str, Any]) -> bool:
    """Return whether a gate passes on what is known; reading an unknown fact is never true."""
    match gate:
        case AllOf(parts):
            return all(_passes(part, known) for part in parts)
        case AnyOf(parts):
            return any(_passes(part, known) for part in parts)
        case Compare(fact, op, value):
            left = known[fact]
            right = known[value.id] if isinstance(value, FactRef) else value
            if left is None or right is None:
                return False
            return _HOLDS[op](_comparable(left), _comparable(right))


_HOLDS: Mapping[Op, Callable[[Any, Any], bool]] = {
    Op.EQ: operator.eq,
    Op.NE: operator.ne,
    Op.LT: operator.lt,
    Op.LE: operator.le,
    Op.GT: operator.gt,
    Op.GE: operator.ge,
}


def _comparable(value: object) -> Any:  # noqa: ANN401 - a truth, a word or a number
    return value if isinstance(value, bool | str) else _number(value)


def _number(value: Any) -> Decimal:  # noqa: ANN401 - whatever has an order
    return Decimal(value.toordinal()) if isinstance(value, dt.date) else Decimal(value)

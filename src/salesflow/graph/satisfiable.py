"""
Whether gates can come out true: a small solver over the types of the facts.

It says *no* only where no values of the facts work. Comparisons of two facts are assumed to be
possible, and so is anything that would take too long.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TypeAlias

from salesflow.process.gates import AllOf, AnyOf, Compare, FactRef, Gate, Op
from salesflow.process.parts import Fact, FactType

_MOST_TRIES = 2_000
_NEVER_OF_ITSELF = (Op.LT, Op.GT, Op.NE)

_Number: TypeAlias = int | Decimal
_Held: TypeAlias = dict[str, tuple[Compare, ...]]


def can_all_be_true(gates: Iterable[Gate], facts: Mapping[str, Fact]) -> bool:
    """
    Return whether some values of *facts* make all of *gates* true at once.

    False is certain; True may only mean that no contradiction was found.
    """
    tries: list[tuple[tuple[Gate, ...], _Held]] = [(tuple(gates), {})]
    for _ in range(_MOST_TRIES):
        if not tries:
            return False
        settled = _settled(*tries.pop(), facts)
        if settled is None:
            continue
        choices, held = settled
        if not choices:
            return True
        first, *rest = choices
        tries += [((part, *rest), held) for part in reversed(first.parts)]
    return True


def _settled(
    goals: tuple[Gate, ...], held: _Held, facts: Mapping[str, Fact]
) -> tuple[list[AnyOf], _Held] | None:
    """
    Return the choices that are left in *goals*, and everything that holds whatever is chosen.

    None if that is a contradiction.
    """
    waiting, now = list(goals), dict(held)
    choices: list[AnyOf] = []
    while waiting:
        goal = waiting.pop()
        match goal:
            case AllOf(parts):
                waiting += parts
            case AnyOf():
                choices.append(goal)
            case Compare(fact):
                now[fact] = (*now.get(fact, ()), goal)
                if not _agree(facts[fact], now[fact]):
                    return None
    return choices, now


def _agree(fact: Fact, comparisons: tuple[Compare, ...]) -> bool:
    """Return whether one value of *fact* makes all *comparisons* true."""
    if any(each.value == FactRef(fact.id) and each.op in _NEVER_OF_ITSELF for each in comparisons):
        return False
    with_values = [each for each in comparisons if not isinstance(each.value, FactRef)]
    if fact.type in (FactType.INT, FactType.DATE, FactType.MONEY):
        return _some_number(with_values, is_whole=fact.type is not FactType.MONEY)
    if fact.type is FactType.BOOL:
        return _some_of((True, False), with_values)
    if fact.type is FactType.ONE_OF:
        return _some_of(fact.values, with_values)
    return _some_text(with_values)


def _some_of(values: Iterable[object], comparisons: list[Compare]) -> bool:
    """Return whether one of *values* works."""
    return any(
        all((each.value == value) is (each.op is Op.EQ) for each in comparisons) for value in values
    )


def _some_text(comparisons: list[Compare]) -> bool:
    """Return whether some text works; there are more texts than any gate can exclude."""
    named = [each.value for each in comparisons if each.op is Op.EQ]
    return not named or _some_of(named, comparisons)


def _some_number(comparisons: list[Compare], *, is_whole: bool) -> bool:
    """Return whether some number works; a date is the number of its day."""
    lows: list[tuple[_Number, bool]] = []
    highs: list[tuple[_Number, bool]] = []
    excluded = set()
    for each in comparisons:
        value, op = _number(each.value), each.op
        if op is Op.NE:
            excluded.add(value)
        if op in (Op.EQ, Op.GE, Op.GT):
            lows.append((value, op is Op.GT))
        if op in (Op.EQ, Op.LE, Op.LT):
            highs.append((value, op is Op.LT))
    if not lows or not highs:
        return True
    # Of two limits at one value, the open one is tighter.
    low, is_above = max(lows)
    high, is_below = min(highs, key=lambda end: (end[0], not end[1]))
    if not is_whole:
        return low < high or (low == high and not is_above | is_below and low not in excluded)
    first, last = int(low) + is_above, int(high) - is_below
    # Either too many whole numbers to exclude them all, or few enough to try each.
    return last - first >= len(excluded) or any(
        value not in excluded for value in range(first, last + 1)
    )


def _number(value: object) -> _Number:
    if isinstance(value, dt.date):
        return value.toordinal()
    if isinstance(value, int | Decimal):
        return value
    raise TypeError(f"{value!r} has no order")

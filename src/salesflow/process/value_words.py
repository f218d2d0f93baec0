"""Values of facts, and what a comparison requires of them, in words."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from salesflow.process.gate_nodes import Compare, FactRef, Op
from salesflow.process.parts import Fact, FactType

_CENTS = 2
_WANTED = {
    Op.EQ: "{}",
    Op.NE: "anything but {}",
    Op.LT: "less than {}",
    Op.LE: "at most {}",
    Op.GT: "more than {}",
    Op.GE: "at least {}",
}
_DATE_WANTED = {
    Op.LT: "a day before {}",
    Op.LE: "{} or earlier",
    Op.GT: "a day after {}",
    Op.GE: "{} or later",
}


def value_words(fact: Fact, value: object, currency: str | None) -> str:
    """
    Return a value of a fact in words.

    Args:
        fact: The fact.

        value: Its value, or another fact that stands for it.

        currency: The process's currency.

    >>> value_words(Fact(id="budget", type="money"), Decimal(5000), "USD")
    '5,000 USD'
    """
    match value:
        case FactRef(name):
            return name
        case Decimal():
            amount = _amount(value)
            return f"{amount} {currency}" if fact.type is FactType.MONEY else amount
        case bool():
            return "true" if value else "false"
        case int():
            return f"{value:,}"
        case dt.date():
            return value.isoformat()
        case _:
            return f'"{value}"'


def _amount(value: Decimal) -> str:
    """Return an amount without zeros by which ``50.000`` could be taken for fifty thousand."""
    whole, _, rest = f"{value:,f}".partition(".")
    if not rest.strip("0"):
        return whole
    return f"{whole}.{rest if len(rest) <= _CENTS else rest.rstrip('0').ljust(_CENTS, '0')}"


def wanted_words(fact: Fact, compare: Compare, currency: str | None) -> str:
    """
    Return what a comparison requires its fact to be.

    Args:
        fact: The fact on the left.

        compare: The comparison.

        currency: The process's currency.

    >>> amount = Compare("budget", Op.GE, Decimal(10000))
    >>> wanted_words(Fact(id="budget", type="money"), amount, "USD")
    'at least 10,000 USD'
    """
    if isinstance(compare.value, bool):
        # Of two truth values, the one that is not meant implies the other.
        return value_words(fact, (compare.op is Op.EQ) is compare.value, currency)
    words = {**_WANTED, **_DATE_WANTED} if fact.type is FactType.DATE else _WANTED
    return words[compare.op].format(value_words(fact, compare.value, currency))

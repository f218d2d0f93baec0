"""Which comparisons of facts make sense: the type check of the gate language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

import attrs

from salesflow.process.gate_nodes import Compare, FactRef, GateError, Op
from salesflow.process.names import did_you_mean, listed
from salesflow.process.parts import Fact, FactType
from salesflow.process.values import ForeignMoney, parse_fact_value

ORDERED = frozenset({FactType.INT, FactType.MONEY, FactType.DATE})
"""Types whose values are ordered; all others can only be equal or not."""


_VALUES = {
    FactType.BOOL: "a bool is true or false",
    FactType.ONE_OF: "a value is written in quotes: {!r}",
    FactType.TEXT: "a value is written in quotes: {!r}",
}
"""How values are written that could be taken for the name of a fact."""


@attrs.frozen
class Name:
    """A fact as written in a gate, and where."""

    id: str
    column: int


@attrs.frozen
class Literal:
    """A value as written in a gate, and where."""

    value: bool | int | Decimal | str
    column: int


Operand = Name | Literal


@attrs.frozen
class Checker:
    """
    Checks comparisons against the types of the facts.

    Args:
        facts: Every fact that a gate may read, by id.

        currency: What bare numbers compared with money mean; None: money may not be compared.
    """

    facts: Mapping[str, Fact]
    currency: str | None

    def bare(self, name: Name) -> Compare:
        """Return what a name alone means: that the fact is true."""
        fact = self._fact(name)
        if fact.type is not FactType.BOOL:
            way = f', as in {fact.id} != ""' if fact.type is FactType.TEXT else ""
            raise GateError(
                f"only a bool fact can stand alone, but {fact.id!r} is {fact.type}; "
                f"compare it{way}",
                name.column,
            )
        return Compare(fact.id, Op.EQ, value=True)

    def compare(self, left: Operand, op: Op, right: Operand) -> Compare:
        """Return the comparison with a fact on its left side."""
        if isinstance(left, Literal):
            if isinstance(right, Literal):
                raise GateError(
                    "a comparison must read a fact, but this compares two values", left.column
                )
            return self.compare(right, op.mirrored, left)
        fact = self._fact(left)
        self._check_op(fact, op, left.column)
        if isinstance(right, Name):
            return Compare(fact.id, op, self._other(fact, right))
        return Compare(fact.id, op, self._value(fact, right))

    def _fact(self, name: Name) -> Fact:
        fact = self.facts.get(name.id)
        if fact is None:
            hint = did_you_mean(name.id, self.facts) or f"; known: {listed(self.facts)}"
            raise GateError(f"no fact named {name.id!r}{hint}", name.column)
        return fact

    def _check_op(self, fact: Fact, op: Op, column: int) -> None:
        if op not in (Op.EQ, Op.NE) and fact.type not in ORDERED:
            raise GateError(
                f"{fact.id!r} is {fact.type}, which has no order: compare it with == or !=, "
                f"not with {op}",
                column,
            )
        if fact.type is FactType.MONEY and self.currency is None:
            raise GateError(
                f"{fact.id!r} is money, but the process names no currency. Set process.currency",
                column,
                is_currency=True,
            )

    def _other(self, fact: Fact, name: Name) -> FactRef:
        way = _VALUES.get(fact.type)
        if way and name.id not in self.facts and not did_you_mean(name.id, self.facts):
            raise GateError(f"no fact named {name.id!r}; {way.format(name.id)}", name.column)
        other = self._fact(name)
        if other.type is not fact.type:
            raise GateError(
                f"{fact.id!r} is {fact.type} and {other.id!r} is {other.type}: they cannot be "
                "compared",
                name.column,
            )
        return FactRef(other.id)

    def _value(self, fact: Fact, literal: Literal) -> bool | int | Decimal | dt.date | str:
        try:
            value = parse_fact_value(fact, literal.value, self.currency)
        except (TypeError, ValueError) as error:
            raise GateError(str(error).removesuffix("."), literal.column) from None
        if isinstance(value, ForeignMoney):
            raise GateError(
                f"the process counts in {self.currency}, got {value.currency}. "
                "No amount is ever converted",
                literal.column,
                is_currency=True,
            )
        return value

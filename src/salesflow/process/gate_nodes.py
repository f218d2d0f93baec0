"""The nodes of a gate: comparisons, joined by *and* and *or*. What they mean: `gates`."""

from __future__ import annotations

import datetime as dt
import enum
from decimal import Decimal

import attrs


class Op(enum.StrEnum):
    """A comparison."""

    EQ = "=="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="

    @property
    def opposite(self) -> Op:
        """The one that is true exactly where this one is false."""
        return _OPPOSITE[self]

    @property
    def mirrored(self) -> Op:
        """The one that says the same with both sides exchanged."""
        return _MIRRORED.get(self, self)


_OPPOSITE = {
    Op.EQ: Op.NE,
    Op.NE: Op.EQ,
    Op.LT: Op.GE,
    Op.GE: Op.LT,
    Op.GT: Op.LE,
    Op.LE: Op.GT,
}
_MIRRORED = {Op.LT: Op.GT, Op.GT: Op.LT, Op.LE: Op.GE, Op.GE: Op.LE}


@attrs.frozen
class FactRef:
    """
    The right side of a comparison of two facts.

    Args:
        id: The fact.
    """

    id: str


@attrs.frozen
class Compare:
    """
    A comparison; unknown while a fact that it reads is unknown.

    Args:
        fact: The fact on the left.

        op: How it is compared.

        value: With what: bool, int, `Decimal` for money, a date, text, or another fact.
    """

    fact: str
    op: Op
    value: bool | int | Decimal | dt.date | str | FactRef


@attrs.frozen
class AllOf:
    """
    True if all parts are true.

    Args:
        parts: At least two, none of them an `AllOf`.
    """

    parts: tuple[Gate, ...]


@attrs.frozen
class AnyOf:
    """
    True if one of the parts is true.

    Args:
        parts: At least two, none of them an `AnyOf`.
    """

    parts: tuple[Gate, ...]


Gate = Compare | AllOf | AnyOf


class GateError(ValueError):
    """
    A text is not a valid gate.

    Attributes:
        reason: What was seen, what was expected.

        column: Where in the text, counted from 1.

        is_currency: Whether the only problem is that the process has no currency, or another one.
    """

    def __init__(self, reason: str, column: int = 1, *, is_currency: bool = False) -> None:
        super().__init__(reason, column)
        self.reason = reason
        self.column = column
        self.is_currency = is_currency

    def __str__(self) -> str:
        return f"{self.reason} (at character {self.column})"

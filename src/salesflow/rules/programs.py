"""Gate programs: gates written as comparisons and jumps, for `salesflow.rules.gates` to run."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import attrs

from salesflow.calendars.instants import to_day
from salesflow.process.gates import AllOf, AnyOf, Compare, FactRef, Gate, Op
from salesflow.process.model import Process
from salesflow.process.parts import Criterion
from salesflow.process.values import MONEY_PLACES, ForeignMoney
from salesflow.rules import codes
from salesflow.rules.codes import UNKNOWN

OPS = {
    Op.EQ: codes.EQ,
    Op.NE: codes.NE,
    Op.LT: codes.LT,
    Op.LE: codes.LE,
    Op.GT: codes.GT,
    Op.GE: codes.GE,
}


def fact_code(value: object) -> int:
    """
    Return the integer that stands for a fact's value.

    Args:
        value: What `RuleBook.fact_value` returned, or a literal in a gate. Money in a currency
            other than the process's is UNKNOWN to the rules: it is never converted.
    """
    match value:
        case ForeignMoney():
            return UNKNOWN
        case bool() | int():
            return int(value)
        case Decimal():
            return int(value.scaleb(MONEY_PLACES))
        case dt.date():
            return to_day(value)
        case _:
            digest = hashlib.blake2b(str(value).encode(), digest_size=7).digest()
            return int.from_bytes(digest)


class Ragged:
    """Lists of different lengths, stored end to end."""

    def __init__(self) -> None:
        self.first = [0]
        self.items: list[int] = []

    def add(self, items: Iterable[int]) -> None:
        """Append one more list."""
        self.items.extend(items)
        self.first.append(len(self.items))


@attrs.define
class Step:
    """One comparison of a gate program, and where it goes from there."""

    op: int
    left: int
    right: int
    right_is_fact: int
    on_true: int
    on_false: int


class GateWriter:
    """Collects criteria and compiles their gates; equal expressions share a program."""

    def __init__(self, process: Process, facts: dict[str, int]) -> None:
        self._process, self._facts = process, facts
        self._written: dict[str, tuple[Gate, int]] = {}
        self._numbers: dict[Criterion, int] = {}
        self.criteria: list[Criterion] = []
        self.gates: list[Gate] = []
        self.programs: list[int] = []
        self.steps: list[Step] = []

    def criterion(self, criterion: Criterion) -> int:
        """Return the number of *criterion*, a new one if it has not been seen before."""
        if criterion not in self._numbers:
            self.programs.append(self.program(criterion.expression))
            self._numbers[criterion] = len(self.criteria)
            self.criteria.append(criterion)
            self.gates.append(self._written[criterion.expression][0])
        return self._numbers[criterion]

    def program(self, text: str) -> int:
        """Return the first step of the program for the gate in *text*."""
        if text not in self._written:
            gate = self._process.gate(text)
            self._written[text] = gate, self._write(gate, codes.PASS, codes.FAIL)
        return self._written[text][1]

    def fields(self) -> dict[str, Any]:
        """Return the steps as fields of the tables."""
        steps = [attrs.asdict(step) for step in self.steps]
        names = [field.name for field in attrs.fields(Step)]
        return {name: tuple(step[name] for step in steps) for name in names}

    def _write(self, gate: Gate, on_true: int, on_false: int) -> int:
        """
        Write a gate so that it goes to *on_true* or *on_false*, and return its first step.

        It is written back to front, since each part must know where the next one starts.
        """
        match gate:
            case AllOf(parts=parts):
                for part in reversed(parts):
                    on_true = self._write(part, on_true, on_false)
                return on_true
            case AnyOf(parts=parts):
                for part in reversed(parts):
                    on_false = self._write(part, on_true, on_false)
                return on_false
            case _:
                return self._compare(gate, on_true, on_false)

    def _compare(self, gate: Compare, on_true: int, on_false: int) -> int:
        left, value = self._facts[gate.fact], gate.value
        if isinstance(value, FactRef):
            right, right_is_fact = self._facts[value.id], 1
        else:
            right, right_is_fact = fact_code(value), 0
        self.steps.append(Step(OPS[gate.op], left, right, right_is_fact, on_true, on_false))
        return len(self.steps) - 1

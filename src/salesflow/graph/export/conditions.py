"""Gates and touches as plain data, for guards of another engine."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from salesflow.process.activities import NEVER_REACHED, NOT_ANSWERED
from salesflow.process.gates import AllOf, Compare, FactRef, Gate
from salesflow.process.model import Process
from salesflow.rules.book import RuleBook

Data = dict[str, Any]


def gate_data(gate: Gate) -> Data:
    """
    Return a gate as data.

    ``{"fact": …, "op": …, "value": …}`` is a comparison, where the value may be ``{"fact": …}``;
    ``{"all": […]}`` and ``{"any": […]}`` join others. A comparison that reads an unknown fact is
    taken as false, so no third value is needed: see `salesflow.process.gates`.
    """
    if isinstance(gate, Compare):
        return {"fact": gate.fact, "op": str(gate.op), "value": _value(gate.value)}
    joined = "all" if isinstance(gate, AllOf) else "any"
    return {joined: [gate_data(part) for part in gate.parts]}


def _value(value: bool | int | Decimal | dt.date | str | FactRef) -> object:  # noqa: FBT001 - a fact
    match value:
        case FactRef(name):
            return {"fact": name}
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case dt.date():
            return value.isoformat()
        case _:
            return value


def all_true(process: Process, expressions: Iterable[str]) -> list[Data]:
    """Return the gates of several expressions."""
    return [gate_data(process.gate(expression)) for expression in expressions]


def touch_rows(book: RuleBook, touch: str) -> list[Data]:
    """
    Return which done activities are touches of a class.

    Each row has a ``direction`` (``in`` or ``out``), the ``kinds`` that count in it, and
    ``not_outcomes``. The rule book answers for each kind, so that the rule is written once.
    """
    place = list(book.process.touch_classes).index(touch)
    told = {*NEVER_REACHED, *NOT_ANSWERED, *book.process.touch_classes[touch].not_outcomes}
    alike: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for direction, kind in itertools.product(("in", "out"), book.natures):
        counts = {
            outcome
            for outcome in (None, *told)
            if book.touch_bits(kind, inbound=direction == "in", outcome=outcome)[0] >> place & 1
        }
        if None in counts:
            alike.setdefault((direction, tuple(sorted(told - counts))), []).append(kind)
    return [
        {"direction": direction, "kinds": kinds, "not_outcomes": list(left_out)}
        for (direction, left_out), kinds in alike.items()
    ]

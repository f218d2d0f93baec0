"""Gates in plain English."""

from __future__ import annotations

from collections.abc import Iterable

from salesflow.english import one_of, role_words
from salesflow.process.gates import AllOf, AnyOf, Compare, FactRef, Gate, Op
from salesflow.process.model import Process
from salesflow.process.parts import Criterion, Fact, FactType
from salesflow.process.value_words import value_words

_OPS = {
    Op.EQ: "is",
    Op.NE: "is not",
    Op.LT: "is below",
    Op.LE: "is at most",
    Op.GT: "is above",
    Op.GE: "is at least",
}
_DATE_OPS = {
    Op.LT: "is before",
    Op.LE: "is not after",
    Op.GT: "is after",
    Op.GE: "is not before",
}


def criterion_words(process: Process, criterion: Criterion) -> str:
    """
    Return what a criterion asks for: as the process says it, else as its expression reads.

    The expression itself follows where the words alone would not name the facts; then who must have
    learned them.
    """
    by = f", learned by the {one_of(map(role_words, criterion.by))}" if criterion.by else ""
    return f"{_criterion(process, criterion)}{by}"


def _criterion(process: Process, criterion: Criterion) -> str:
    if criterion.say:
        return f"{criterion.say} ({criterion.expression})"
    gate = process.gate(criterion.expression)
    title = ""
    if isinstance(gate, Compare) and gate.op is Op.EQ and gate.value is True:
        title = process.all_facts[gate.fact].title
    return f"{title} ({criterion.expression})" if title else _words(process, gate)


def gate_words(process: Process, expression: str) -> str:
    """
    Return an expression of the gate language in words.

    Raises:
        GateError: If it is none.
    """
    return _words(process, process.gate(expression))


def _words(process: Process, gate: Gate) -> str:
    match gate:
        case Compare():
            return _comparison(process.all_facts[gate.fact], gate, process.currency)
        case AllOf(parts):
            listed = _one_of(process, parts, Op.NE)
            return listed or " and ".join(_part(process, part) for part in parts)
        case AnyOf(parts):
            listed = _one_of(process, parts, Op.EQ)
            return listed or " or ".join(_part(process, part) for part in parts)


def _part(process: Process, gate: Gate) -> str:
    """Return a part of a longer gate, so that nobody has to know what binds tighter."""
    words = _words(process, gate)
    return words if isinstance(gate, Compare) else f"({words})"


def _one_of(process: Process, parts: Iterable[Gate], op: Op) -> str:
    """Return a list of values of one fact as a list; empty if it is something else."""
    values = []
    for part in parts:
        if not isinstance(part, Compare) or part.op is not op or isinstance(part.value, FactRef):
            return ""
        values.append(part)
    facts = {part.fact for part in values}
    if len(facts) != 1:
        return ""
    name = facts.pop()
    said = [value_words(process.all_facts[name], part.value, process.currency) for part in values]
    before = "is one of" if op is Op.EQ else "is none of"
    return f"{name} {before} {', '.join(said)}"


def _comparison(fact: Fact, gate: Compare, currency: str | None) -> str:
    if isinstance(gate.value, bool):
        is_true = (gate.op is Op.EQ) is gate.value
        return fact.id if is_true else f"not {fact.id}"
    ops = {**_OPS, **_DATE_OPS} if fact.type is FactType.DATE else _OPS
    return f"{fact.id} {ops[gate.op]} {value_words(fact, gate.value, currency)}"

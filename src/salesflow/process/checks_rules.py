"""Checks of what gates and rules say, and of contact gaps."""

from __future__ import annotations

import re
from collections.abc import Iterator

from salesflow.calendars import Span
from salesflow.process.definition import Definition
from salesflow.process.flaws import ANY, Flaw, Path
from salesflow.process.gates import GateError, parse_gate
from salesflow.process.lookups import criteria, expressions, plays, repeated, rules, unknown
from salesflow.process.parts import BUILT_IN_FACTS

_WORD = re.compile(r"[a-z][a-z0-9_]*")


def gates(definition: Definition) -> Iterator[Flaw]:
    """Every expression is a gate over facts that exist."""
    facts = {fact.id: fact for fact in (*BUILT_IN_FACTS, *definition.facts)}
    for path, text in expressions(definition):
        try:
            parse_gate(text, facts, definition.currency)
        except GateError as error:
            reads: list[Path] = [("facts",), (*path, "if")]
            for word in _WORD.findall(text):
                reads += [("facts", word, "type"), ("facts", word, "values", ANY)]
            if error.is_currency:
                reads.append(("process", "currency"))
            yield Flaw(path, str(error), tuple(reads))


def learners(definition: Definition) -> Iterator[Flaw]:
    """A criterion trusts roles that exist."""
    for path, criterion in criteria(definition):
        yield from repeated(criterion.by, (*path, "by"))
        for place, role in enumerate(criterion.by):
            yield from unknown(definition, "role", role, (*path, "by", place))


def watched(definition: Definition) -> Iterator[Flaw]:
    """Rules and plays watch stages that exist."""
    for path, rule in (*rules(definition), *plays(definition)):
        yield from repeated(rule.stages, (*path, "stages"))
        for place, stage in enumerate(rule.stages):
            yield from unknown(definition, "stage", stage, (*path, "stages", place))


def escalations(definition: Definition) -> Iterator[Flaw]:
    """A rule escalates to roles that exist."""
    for path, rule in rules(definition):
        for place, step in enumerate(rule.escalate):
            yield from unknown(definition, "role", step.to, (*path, "escalate", place, "to"))


def contact_gaps(definition: Definition) -> Iterator[Flaw]:
    """A contact gap counts touches that exist, and warns before it is breached."""
    for row, gap in enumerate(definition.contact_gaps):
        path = ("contact_gaps", row)
        yield from unknown(definition, "touch class", gap.touch, (*path, "touch"))
        if gap.warn is not None and _is_longer(gap.warn, gap.max):
            yield Flaw(
                (*path, "warn"),
                f"{gap.warn} is longer than max, {gap.max}; expected a warning before the breach",
                ((*path, "max"),),
            )


def _is_longer(one: Span, other: Span) -> bool:
    """Return whether *one* is longer from every start; spans of two units are not compared."""
    return one.measure == other.measure and one.amount > other.amount

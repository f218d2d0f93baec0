"""
Hypothesis strategies for facts and for gates over them.

`gate_trees` gives gates as plain nested tuples, so that a test can say what they mean without
asking the parser; `render_gate` writes such a tree as text.

A gate tree is one of ``("bare", fact)``, ``("compare", fact, op, literal)``,
``("refs", fact, op, fact)``, ``("chain", literal, op, fact, op, literal)``,
``("in", fact, literals)``, ``("not in", fact, literals)``, ``("not", tree)``, ``("and", trees)``,
``("or", trees)``. Literals are what a fact may hold, so money is a `Decimal` and a date a
`datetime.date`.
"""

from __future__ import annotations

import datetime as dt
import string
from decimal import Decimal

from hypothesis import strategies as st

from salesflow.calendars import Span, Unit
from salesflow.process.activities import BUILT_IN_ACTIVITIES
from salesflow.process.checks_names import RESERVED
from salesflow.process.parts import Fact, FactType

ORDERED = (FactType.INT, FactType.MONEY, FactType.DATE)
TAKEN = {*RESERVED, *BUILT_IN_ACTIVITIES, "value", "any", "two_way", "inbound"}

names = st.builds(
    str.__add__,
    st.sampled_from(string.ascii_lowercase),
    st.text(string.ascii_lowercase + string.digits + "_", max_size=8),
).filter(lambda name: name not in TAKEN)

texts = st.text(
    st.one_of(
        st.sampled_from("ab '\"\\\n\t#=[]{}.,é→😀"),
        st.characters(exclude_categories=("Cc", "Cs")),
    ),
    max_size=20,
)

words = st.text(string.ascii_letters + " -äß日", min_size=1, max_size=8).filter(str.strip)
"""Texts that a gate can quote."""
spans = st.builds(Span, st.integers(1, 90), st.sampled_from(Unit))


@st.composite
def facts_lists(draw, max_size=6):
    """Facts of every type, each name once."""
    found = []
    for name in draw(st.lists(names, unique=True, max_size=max_size)):
        kind = draw(st.sampled_from(FactType))
        values = draw(st.lists(words, unique=True, min_size=1, max_size=4))
        found.append(
            Fact(
                id=name,
                type=kind,
                title=draw(texts),
                values=values if kind is FactType.ONE_OF else (),
                valid_for=draw(st.none() | spans),
            )
        )
    return tuple(found)


def fact_values(fact):
    """What *fact* may hold, as the model holds it."""
    return {
        FactType.BOOL: st.booleans(),
        FactType.INT: st.integers(-9, 9) | st.integers(-(2**53), 2**53),
        FactType.MONEY: st.integers(-20, 20).map(Decimal)
        | st.decimals("-99999999999", "99999999999", places=4),
        FactType.DATE: st.dates(dt.date(2026, 1, 1), dt.date(2026, 1, 9)) | st.dates(),
        FactType.ONE_OF: st.sampled_from(fact.values or ("none",)),
        FactType.TEXT: words,
    }[fact.type]


def _comparisons(fact, others):
    """Trees of one level that read *fact*."""
    ops = st.sampled_from(
        ["==", "!=", "<", "<=", ">", ">="] if fact.type in ORDERED else ["==", "!="]
    )
    values = fact_values(fact)
    yield st.tuples(st.just("compare"), st.just(fact), ops, values)
    lists = st.lists(values, min_size=1, max_size=3)
    yield st.tuples(st.sampled_from(["in", "not in"]), st.just(fact), lists)
    if fact.type is FactType.BOOL:
        yield st.just(("bare", fact))
    if fact.type in ORDERED:
        yield st.tuples(st.just("chain"), values, ops, st.just(fact), ops, values)
    alike = [other for other in others if other.type is fact.type]
    yield st.tuples(st.just("refs"), st.just(fact), ops, st.sampled_from(alike))


def gate_trees(facts, currency, max_leaves=6):
    """Gates over some facts, as nested tuples; money is compared only if there is a currency."""
    usable = [fact for fact in facts if currency or fact.type is not FactType.MONEY]
    leaves = st.one_of([tree for fact in usable for tree in _comparisons(fact, usable)])
    return st.recursive(
        leaves,
        lambda trees: st.one_of(
            st.tuples(st.just("not"), trees),
            st.tuples(st.sampled_from(["and", "or"]), st.lists(trees, min_size=2, max_size=3)),
        ),
        max_leaves=max_leaves,
    )


def render_gate(tree, currency):
    """Write a gate tree as text, with every bracket that could be needed."""
    kind, *parts = tree
    if kind == "bare":
        return parts[0].id
    if kind in ("compare", "refs"):
        fact, op, right = parts
        written = right.id if kind == "refs" else render_value(fact, right, currency)
        return f"{fact.id} {op} {written}"
    if kind == "chain":
        low, first, fact, second, high = parts
        low, high = (render_value(fact, value, currency) for value in (low, high))
        return f"{low} {first} {fact.id} {second} {high}"
    if kind in ("in", "not in"):
        fact, values = parts
        return f"{fact.id} {kind} [{', '.join(render_value(fact, v, currency) for v in values)}]"
    if kind == "not":
        return f"not ({render_gate(parts[0], currency)})"
    return f" {kind} ".join(f"({render_gate(part, currency)})" for part in parts[0])


def render_value(fact, value, currency):
    """Write a literal; every other amount names its currency."""
    if isinstance(value, bool):
        return "true" if value else "False"
    if isinstance(value, Decimal):
        plain = f"{value:f}"
        return f'"{plain} {currency}"' if value % 2 else plain
    return repr(str(value)) if fact.type is not FactType.INT else f"{value:_}"


def gate_texts(facts, currency):
    """Gates as text, short enough to be one; else, or if there is nothing to read, None."""
    if not any(currency or fact.type is not FactType.MONEY for fact in facts):
        return st.none()
    texts = gate_trees(facts, currency).map(lambda tree: render_gate(tree, currency))
    return texts.map(lambda text: text if len(text) <= 500 and text.count("(") <= 15 else None)

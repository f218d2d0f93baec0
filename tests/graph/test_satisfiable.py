"""Whether gates can be true: the small solver, against trying out."""

from __future__ import annotations

import datetime as dt
import itertools
import operator
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesflow.graph.satisfiable import can_all_be_true
from salesflow.process import Fact, parse_gate
from salesflow.process.gates import AllOf, Compare, FactRef

FACTS = {
    fact.id: fact
    for fact in (
        Fact(id="real", type="bool"),
        Fact(id="size", type="int"),
        Fact(id="other", type="int"),
        Fact(id="price", type="money"),
        Fact(id="day", type="date"),
        Fact(id="kind", type="one_of", values=["a", "b"]),
        Fact(id="name", type="text"),
    )
}


def can(*texts):
    return can_all_be_true([parse_gate(text, FACTS, "USD") for text in texts], FACTS)


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(["real", "not real"], id="bool"),
        pytest.param(["size > 5 and size < 6"], id="no-whole-number-between"),
        pytest.param(["5 <= size <= 6", "size != 5", "size not in [6]"], id="all-excluded"),
        pytest.param(["price > 5", "price <= 5"], id="open-end"),
        pytest.param(["price == 5 and price != 5"], id="only-value-excluded"),
        pytest.param(['day > "2026-01-01" and day < "2026-01-02"'], id="no-day-between"),
        pytest.param(['kind == "a"', 'kind != "a"'], id="one-of"),
        pytest.param(['kind not in ["a", "b"]'], id="one-of-nothing"),
        pytest.param(['name == "x"', 'name == "y"'], id="text"),
        pytest.param(["size < size"], id="itself"),
        pytest.param(["(size < 1 or size > 5) and size in [1, 2, 3]"], id="every-choice-fails"),
        pytest.param(["real or size > 5", "not real", "size < 3"], id="forced-choice"),
    ],
)
def test_never(texts):
    """What contradicts itself can never be true."""
    assert not can(*texts)


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(["real", "size > 5"], id="apart"),
        pytest.param(["size > 5 and size < 7"], id="one-whole-number"),
        pytest.param(["price > 5 and price < 6"], id="money-has-cents"),
        pytest.param(["price >= 5 and price <= 5"], id="closed-ends"),
        pytest.param(['name != "x"', 'name != "y"'], id="another-text"),
        pytest.param(["size <= size"], id="itself"),
        pytest.param(["size < other", "size > other"], id="two-facts-are-not-compared"),
        pytest.param(["real or size > 5", "not real"], id="other-choice"),
        pytest.param([], id="nothing"),
    ],
)
def test_may(texts):
    """What can be true, or is not looked into, is not said to be impossible."""
    assert can(*texts)


def test_gives_up():
    """What would take too long is taken to be possible: eight pigeons in seven holes."""
    pigeons, holes = range(8), range(7)
    facts = {
        name: Fact(id=name, type="bool")
        for name in (f"in_{p}_{h}" for p, h in itertools.product(pigeons, holes))
    }
    somewhere = [" or ".join(f"in_{p}_{h}" for h in holes) for p in pigeons]
    alone = [
        f"not in_{p}_{h} or not in_{q}_{h}"
        for p, q in itertools.combinations(pigeons, 2)
        for h in holes
    ]

    assert can_all_be_true([parse_gate(text, facts) for text in (*somewhere, *alone)], facts)


OPS = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
VALUES = {
    "real": [True, False],
    "size": range(-1, 6),
    "price": [Decimal(n) / 2 for n in range(-1, 11)],
    "day": [dt.date(2026, 1, n) for n in range(1, 8)],
    "kind": ["a", "b"],
    "name": ["x", "y", "z"],
}


def is_true(gate, known):
    if isinstance(gate, Compare):
        right = known[gate.value.id] if isinstance(gate.value, FactRef) else gate.value
        return OPS[gate.op](known[gate.fact], right)
    parts = (is_true(part, known) for part in gate.parts)
    return all(parts) if isinstance(gate, AllOf) else any(parts)


comparisons = st.one_of(
    st.sampled_from(["real", "not real", 'kind == "a"', 'kind != "a"', 'kind != "b"']),
    st.sampled_from(['name == "x"', 'name == "y"', 'name != "x"']),
    st.builds("size {} {}".format, st.sampled_from([*OPS]), st.integers(0, 4)),
    st.builds("price {} {}".format, st.sampled_from([*OPS]), st.integers(0, 4)),
    st.builds('day {} "2026-01-0{}"'.format, st.sampled_from([*OPS]), st.integers(2, 6)),
)
gates = st.recursive(
    comparisons,
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner)
        | st.builds("not ({})".format, inner)
    ),
    max_leaves=6,
)


@given(texts=st.lists(gates, min_size=1, max_size=3))
def test_against_trying_out(texts):
    """Over few values, trying all of them out gives the same answer."""
    parsed = [parse_gate(text, FACTS, "USD") for text in texts]
    tried = any(
        all(is_true(gate, dict(zip(VALUES, values, strict=True))) for gate in parsed)
        for values in itertools.product(*VALUES.values())
    )

    assert can_all_be_true(parsed, FACTS) is tried

"""Two gates compared, against every case that there is."""

import datetime as dt
import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rules.slow_gates import value_of

from salesflow.change.gates import Width, compared
from salesflow.process import Fact
from salesflow.process.gates import parse_gate

FACTS = {
    fact.id: fact
    for fact in (
        Fact(id="a", type="bool"),
        Fact(id="b", type="bool"),
        Fact(id="m", type="int"),
        Fact(id="n", type="int"),
        Fact(id="cash", type="money"),
        Fact(id="day", type="date"),
        Fact(id="kind", type="one_of", values=["x", "y"]),
        Fact(id="note", type="text"),
        Fact(id="word", type="text"),
    )
}
EVERY = {
    "a": (True, False, None),
    "b": (True, False, None),
    "m": (*range(-3, 9), None),
    "n": (*range(-3, 9), None),
    "cash": (*(Decimal(n) / 4 for n in range(-4, 24)), None),
    "day": (*(dt.date(2026, 3, 1) + n * dt.timedelta(days=1) for n in range(9)), None),
    "kind": ("x", "y", None),
    "note": ("hot", "cold", "else", None),
}
ATOMS = (
    *("a", "not a", "b", "m >= 2", "m > 1", "m != 3", "m < 5", "2 <= m <= 4", "m > n", "m == n"),
    *("n >= 2", "n < m", "cash >= 2", "cash > 1.5", "cash < 3", "day >= '2026-03-04'"),
    *("day == '2026-03-05'", "kind == 'x'", "kind in ['x', 'y']", "kind != 'x'"),
    *("note == 'hot'", "note != 'hot'", "note in ['hot', 'cold']"),
)
atoms = st.sampled_from(ATOMS)
gates = st.recursive(
    atoms,
    lambda inner: (
        st.builds(
            lambda left, word, right: f"({left}) {word} ({right})",
            inner,
            st.sampled_from(["and", "or"]),
            inner,
        )
        | inner.map(lambda text: f"not ({text})")
    ),
    max_leaves=4,
)


def brute(old, new):
    """By trying every value of every fact that one of the two names."""
    names = [name for name in FACTS if used(name, f"{old} {new}")]
    opens = closes = False
    for values in itertools.product(*(EVERY[name] for name in names)):
        known = {n: v for n, v in zip(names, values, strict=True) if v is not None}
        before, after = value_of(old, known) is True, value_of(new, known) is True
        opens, closes = opens or after > before, closes or before > after
    words = {(0, 0): "same", (0, 1): "narrower", (1, 0): "wider", (1, 1): "other"}
    return words[opens, closes]


def used(name, text):
    return any(part.strip("()") == name for part in text.replace("(", " ").split())


def width(old, new):
    return compared(parse_gate(old, FACTS, "USD"), parse_gate(new, FACTS, "USD"), FACTS)


@given(old=gates, new=gates)
def test_as_if_every_case_were_tried(old, new):
    """A few values of each fact stand for all of them."""
    names = [name for name in FACTS if used(name, f"{old} {new}")]
    if len(names) > 3:
        return
    assert width(old, new) == brute(old, new)


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("m >= 2", "m > 1", Width.SAME),
        ("cash >= 2", "cash > 1", Width.WIDER),
        ("cash > 1.5", "cash >= 1.5", Width.WIDER),
        ("a or not a", "b or not b", Width.OTHER),
        ("m > n", "n < m", Width.SAME),
        ("m > n", "m >= n", Width.WIDER),
        ("kind in ['x', 'y']", "kind == 'x' or kind == 'y'", Width.SAME),
        ("note != 'hot'", "note != 'cold'", Width.OTHER),
        ("note == word", "note == word or note != word", Width.WIDER),
        ("a", "a and kind in ['x', 'y']", Width.NARROWER),
        ("m <= 4", "m < 5", Width.SAME),
        ("cash <= 4", "cash < 4", Width.NARROWER),
        ("day > '2026-03-04'", "day >= '2026-03-05'", Width.SAME),
    ],
)
def test_examples(old, new, found):
    """Whole numbers and dates have neighbours, money has none; unknown is not true."""
    assert width(old, new) is found


def test_too_many_cases():
    """What would take too long is not compared."""
    many = " and ".join(f"(m > {n} or n > {n} or cash > {n})" for n in range(9))
    more = " and ".join(f"(day > '2026-03-0{n}')" for n in range(1, 9))

    assert width(f"({many}) and {more}", many) is Width.OTHER

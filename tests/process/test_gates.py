# ruff: noqa: E501 - a message stands on one line, as it is printed

from __future__ import annotations

import datetime as dt
import operator
import pickle
import warnings
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.process.gate_strategies import (
    fact_values,
    facts_lists,
    gate_trees,
    names,
    render_gate,
)

from salesflow.process.gates import (
    DEEPEST,
    LONGEST,
    AllOf,
    AnyOf,
    Compare,
    FactRef,
    GateError,
    Op,
    facts_of,
    parse_gate,
)
from salesflow.process.parts import BUILT_IN_FACTS, Fact

FACTS = {
    fact.id: fact
    for fact in (
        Fact(id="value", type="money"),
        Fact(id="budget", type="money"),
        Fact(id="need", type="bool"),
        Fact(id="urgent", type="bool"),
        Fact(id="deciders", type="int"),
        Fact(id="users", type="int"),
        Fact(id="due", type="date"),
        Fact(id="segment", type="one_of", values=["enterprise", "smb"]),
        Fact(id="note", type="text"),
    )
}

OPS = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def parse(text, currency="USD"):
    return parse_gate(text, FACTS, currency)


def outcome(text):
    """Return the gate, or the error that says why it is none."""
    try:
        return parse(text)
    except GateError as error:
        return error


# -- The slow, obvious reading: three values, no normal form ---------------------------------------


def kleene(tree, known):
    """Return True, False, or None for unknown."""
    kind, *parts = tree
    if kind == "not":
        inner = kleene(parts[0], known)
        return None if inner is None else not inner
    if kind in ("and", "or"):
        results = [kleene(part, known) for part in parts[0]]
        decisive = kind == "or"
        if decisive in results:
            return decisive
        return None if None in results else not decisive
    if kind == "chain":
        low, first, fact, second, high = parts
        links = [("left", low, first, fact), ("compare", fact, second, high)]
        return kleene(("and", links), known)
    return atom(kind, parts, known)


def atom(kind, parts, known):
    read = [part.id for part in parts if isinstance(part, Fact)]
    if not all(name in known for name in read):
        return None
    sides = [known[part.id] if isinstance(part, Fact) else part for part in parts]
    if kind == "bare":
        return sides[0]
    if kind in ("in", "not in"):
        return (sides[0] in sides[1]) is (kind == "in")
    return OPS[sides[1]](sides[0], sides[2])


def is_true(gate, known):
    """Return whether the parsed gate is true, with what is unknown taken as false."""
    if isinstance(gate, AllOf):
        return all(is_true(part, known) for part in gate.parts)
    if isinstance(gate, AnyOf):
        return any(is_true(part, known) for part in gate.parts)
    right = gate.value
    if isinstance(right, FactRef):
        right = known.get(right.id)
    left = known.get(gate.fact)
    return left is not None and right is not None and OPS[gate.op](left, right)


@st.composite
def questions(draw):
    """A gate, the facts, and what is known of them."""
    facts = (*BUILT_IN_FACTS, *draw(facts_lists(max_size=4)))
    tree = draw(gate_trees(facts, "USD"))
    known = {fact.id: draw(fact_values(fact)) for fact in facts if draw(st.booleans())}
    return tree, {fact.id: fact for fact in facts}, known


class TestMeaning:
    @given(question=questions())
    def test_true_as_in_three_valued_logic(self, question):
        """The parsed gate is true exactly where the expression is true in Kleene's logic."""
        tree, facts, known = question
        gate = parse_gate(render_gate(tree, "USD")[:LONGEST], facts, "USD") if short(tree) else None

        if gate is not None:
            assert (kleene(tree, known) is True) is is_true(gate, known)

    @given(question=questions())
    def test_negation_is_true_where_it_is_false(self, question):
        """``not`` turns false into true and leaves unknown unknown."""
        tree, facts, known = question
        if short(("not", tree)):
            gate = parse_gate(render_gate(("not", tree), "USD"), facts, "USD")

            assert (kleene(tree, known) is False) is is_true(gate, known)

    @given(question=questions())
    def test_reads_what_it_reads(self, question):
        """`facts_of` names every fact of the expression, once."""
        tree, facts, _ = question
        if short(tree):
            read = facts_of(parse_gate(render_gate(tree, "USD"), facts, "USD"))

            assert set(read) == set(mentioned(tree))
            assert len(read) == len(set(read))

    @given(question=questions())
    def test_normal_form(self, question):
        """No node holds a node of its own kind, and each holds at least two."""
        tree, facts, _ = question
        if short(tree):
            check_form(parse_gate(render_gate(tree, "USD"), facts, "USD"))


def short(tree):
    text = render_gate(tree, "USD")
    return len(text) <= LONGEST and text.count("(") < DEEPEST


def mentioned(tree):
    for part in tree[1:]:
        if isinstance(part, Fact):
            yield part.id
        elif isinstance(part, tuple):
            yield from mentioned(part)
        elif isinstance(part, list):
            for inner in part:
                if isinstance(inner, tuple):
                    yield from mentioned(inner)


def check_form(gate):
    if not isinstance(gate, Compare):
        assert len(gate.parts) > 1
        for part in gate.parts:
            assert type(part) is not type(gate)
            check_form(part)


NEED = Compare("need", Op.EQ, value=True)
URGENT = Compare("urgent", Op.EQ, value=True)


class TestTree:
    @pytest.mark.parametrize(
        ("text", "tree"),
        [
            pytest.param("need", NEED, id="bare"),
            pytest.param("not need", Compare("need", Op.NE, value=True), id="not"),
            pytest.param("not not need", NEED, id="not-not"),
            pytest.param("need == false", Compare("need", Op.EQ, value=False), id="false"),
            pytest.param("need != True", Compare("need", Op.NE, value=True), id="True"),
            pytest.param("need == urgent", Compare("need", Op.EQ, FactRef("urgent")), id="refs"),
            pytest.param("need and urgent", AllOf((NEED, URGENT)), id="and"),
            pytest.param("need or urgent", AnyOf((NEED, URGENT)), id="or"),
            pytest.param(
                "not (need and urgent)",
                AnyOf((Compare("need", Op.NE, value=True), Compare("urgent", Op.NE, value=True))),
                id="de-morgan",
            ),
            pytest.param("need and (urgent and need)", AllOf((NEED, URGENT, NEED)), id="flattened"),
            pytest.param("deciders >= 1", Compare("deciders", Op.GE, 1), id="int"),
            pytest.param("deciders >= -1_000", Compare("deciders", Op.GE, -1000), id="negative"),
            pytest.param("1 < deciders", Compare("deciders", Op.GT, 1), id="mirrored"),
            pytest.param("1 <= deciders", Compare("deciders", Op.GE, 1), id="mirrored-le"),
            pytest.param("1 > deciders", Compare("deciders", Op.LT, 1), id="mirrored-gt"),
            pytest.param("1 >= deciders", Compare("deciders", Op.LE, 1), id="mirrored-ge"),
            pytest.param("1 == deciders", Compare("deciders", Op.EQ, 1), id="mirrored-eq"),
            pytest.param("not deciders < 1", Compare("deciders", Op.GE, 1), id="not-lt"),
            pytest.param("not deciders <= 1", Compare("deciders", Op.GT, 1), id="not-le"),
            pytest.param("not deciders > 1", Compare("deciders", Op.LE, 1), id="not-gt"),
            pytest.param("not deciders >= 1", Compare("deciders", Op.LT, 1), id="not-ge"),
            pytest.param("not deciders == 1", Compare("deciders", Op.NE, 1), id="not-eq"),
            pytest.param(
                "1 <= deciders < 5",
                AllOf((Compare("deciders", Op.GE, 1), Compare("deciders", Op.LT, 5))),
                id="chain",
            ),
            pytest.param(
                "not 1 <= deciders < 5",
                AnyOf((Compare("deciders", Op.LT, 1), Compare("deciders", Op.GE, 5))),
                id="not-chain",
            ),
            pytest.param("budget >= 50_000", Compare("budget", Op.GE, Decimal(50000)), id="money"),
            pytest.param(
                "budget >= '50000.50 USD'",
                Compare("budget", Op.GE, Decimal("50000.50")),
                id="money-text",
            ),
            pytest.param(
                "budget >= 12_345_678_901_234.5678",
                Compare("budget", Op.GE, Decimal("12345678901234.5678")),
                id="money-exact",
            ),
            pytest.param("budget > value", Compare("budget", Op.GT, FactRef("value")), id="moneys"),
            pytest.param(
                "due < '2026-03-01'", Compare("due", Op.LT, dt.date(2026, 3, 1)), id="date"
            ),
            pytest.param(
                "segment in ['smb', 'enterprise']",
                AnyOf((Compare("segment", Op.EQ, "smb"), Compare("segment", Op.EQ, "enterprise"))),
                id="in",
            ),
            pytest.param(
                "segment not in ('smb', \"enterprise\",)",
                AllOf((Compare("segment", Op.NE, "smb"), Compare("segment", Op.NE, "enterprise"))),
                id="not-in",
            ),
            pytest.param("segment in ['smb']", Compare("segment", Op.EQ, "smb"), id="in-one"),
            pytest.param("note == 'é # x'", Compare("note", Op.EQ, "é # x"), id="text"),
            pytest.param("  need  ", NEED, id="blanks"),
        ],
    )
    def test_parsed(self, text, tree):
        """A gate becomes comparisons joined by and and or."""
        assert parse(text) == tree

    def test_immutable(self):
        """A tree can be a key, survives pickling, and does not change."""
        tree = parse("need and deciders >= 1")

        assert pickle.loads(pickle.dumps(tree)) == tree  # noqa: S301 - our own bytes
        assert {tree: 1}[parse("need and deciders >= 1")] == 1
        with pytest.raises(AttributeError):
            tree.parts = ()


class TestRefused:
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "a gate must not be empty (at character 1)"),
            ("   ", "a gate must not be empty (at character 1)"),
            ("x" * 501, "a gate has at most 500 characters, got 501 (at character 1)"),
            ("nead", "no fact named 'nead'; did you mean 'need'? (at character 1)"),
            (
                "need and zzz",
                "no fact named 'zzz'; known: value, budget, need, urgent, deciders, users, due, segment, note (at character 10)",
            ),
            (
                "deciders",
                "only a bool fact can stand alone, but 'deciders' is int; compare it (at character 1)",
            ),
            (
                "note",
                "only a bool fact can stand alone, but 'note' is text; compare it, as in note != \"\" (at character 1)",
            ),
            (
                "segment == public",
                "no fact named 'public'; a value is written in quotes: 'public' (at character 12)",
            ),
            ("need == yes", "no fact named 'yes'; a bool is true or false (at character 9)"),
            (
                "note == bugdet",
                "no fact named 'bugdet'; did you mean 'budget'? (at character 9)",
            ),
            ("true", "a value alone is not a gate; it must read a fact (at character 1)"),
            ("need and 1", "a value alone is not a gate; it must read a fact (at character 10)"),
            (
                "1 < 2",
                "a comparison must read a fact, but this compares two values (at character 1)",
            ),
            (
                "deciders >= 1.5",
                "fact 'deciders': expected a whole number, got 1.5 (Decimal) (at character 13)",
            ),
            (
                "deciders >= true",
                "fact 'deciders': expected a whole number, got true (bool) (at character 13)",
            ),
            (
                "deciders >= '1'",
                "fact 'deciders': expected a whole number, got '1' (str) (at character 13)",
            ),
            (
                "deciders > 9007199254740993",
                "fact 'deciders': 9007199254740993 is too large; at most 9007199254740992 either way (at character 12)",
            ),
            ("need == 1", "fact 'need': expected true or false, got 1 (int) (at character 9)"),
            (
                "need > false",
                "'need' is bool, which has no order: compare it with == or !=, not with > (at character 1)",
            ),
            (
                "segment < 'smb'",
                "'segment' is one_of, which has no order: compare it with == or !=, not with < (at character 1)",
            ),
            (
                "note >= 'a'",
                "'note' is text, which has no order: compare it with == or !=, not with >= (at character 1)",
            ),
            (
                "segment == 'entreprise'",
                "fact 'segment': 'entreprise' is not one of its values; did you mean 'enterprise'? (at character 12)",
            ),
            (
                "segment in ['smb', 'x']",
                "fact 'segment': 'x' is not one of its values; known: enterprise, smb (at character 20)",
            ),
            (
                "due < '1 March'",
                "fact 'due': expected a date such as '2026-03-01', got '1 March' (at character 7)",
            ),
            ("due < '2026-02-30'", "fact 'due': there is no day '2026-02-30' (at character 7)"),
            (
                "due < '20260301'",
                "fact 'due': expected a date such as '2026-03-01', got '20260301' (at character 7)",
            ),
            ("due < 2026-03-01", "a date must be in quotes: '2026-03-01' (at character 7)"),
            (
                "budget >= '50000 EUR'",
                "the process counts in USD, got EUR. No amount is ever converted (at character 11)",
            ),
            (
                "budget >= '50,000 USD'",
                "fact 'budget': expected money such as '250000 USD', got '50,000 USD'. Digits, a point, one space, three capital letters (at character 11)",
            ),
            (
                "budget >= 0.00001",
                "fact 'budget': 0.00001 has too many digits; at most 14 before the point and 4 after it (at character 11)",
            ),
            (
                "budget >= 100000000000000",
                "fact 'budget': 100000000000000 has too many digits; at most 14 before the point and 4 after it (at character 11)",
            ),
            (
                "budget > deciders",
                "'budget' is money and 'deciders' is int: they cannot be compared (at character 10)",
            ),
            ("need = true", "'=' is not valid here; compare with == (at character 6)"),
            (
                "need AND urgent",
                "'AND' is not valid here; and, or, not, in are written in small letters (at character 6)",
            ),
            ("deciders <> 1", "'<>' is not valid here; write != (at character 10)"),
            (
                "need && urgent",
                "the character '&' has no meaning in a gate; write and (at character 6)",
            ),
            (
                "need | urgent",
                "the character '|' has no meaning in a gate; write or (at character 6)",
            ),
            ("need # and urgent", "the character '#' has no meaning in a gate (at character 6)"),
            ("need;urgent", "the character ';' has no meaning in a gate (at character 5)"),
            ("need\nand urgent", "the character U+000A has no meaning in a gate (at character 5)"),
            ("note == 'a\\x41'", "the character '\\\\' has no meaning in a gate (at character 11)"),
            ("nééd", "the character 'é' has no meaning in a gate (at character 2)"),
            ("ｎeed", "the character 'ｎ' has no meaning in a gate (at character 1)"),  # noqa: RUF001
            (
                "note == 'x\ud800'",
                "the character U+D800 has no meaning in a gate (at character 11)",
            ),
            ("lambda: need", "the character ':' has no meaning in a gate (at character 7)"),
            ("deciders > 0x10", "'0x' is not a number; write digits (at character 12)"),
            ("deciders > 1e5", "'1e' is not a number; write digits (at character 12)"),
            ("deciders > 1and need", "'1a' is not a number; write digits (at character 12)"),
            (
                "note == f'x'",
                "quoted text must stand by itself, with nothing before the quote (at character 9)",
            ),
            (
                "note == b'x'",
                "quoted text must stand by itself, with nothing before the quote (at character 9)",
            ),
            ("need is true", "'is' is not part of the language; compare with == (at character 1)"),
            ("need(1)", "a call is not part of the language (at character 1)"),
            ("need.real", "a point after a name is not part of the language (at character 1)"),
            ("need[0]", "an index is not part of the language (at character 1)"),
            ("deciders - 1 > 0", "arithmetic is not part of the language (at character 1)"),
            (
                "deciders > 1 if need else urgent",
                "if … else is not part of the language (at character 1)",
            ),
            ("deciders in 5", "expected a list of values after 'in' (at character 13)"),
            ("deciders in []", "expected a list of values after 'in' (at character 13)"),
            ("segment in note", "expected a list of values after 'in' (at character 12)"),
            ("1 in [1]", "expected a fact before 'in', got a value (at character 1)"),
            (
                "deciders == [1]",
                "a list that does not follow 'in' is not part of the language (at character 13)",
            ),
            (
                "(need, urgent)",
                "a comma outside a list (decimals are written with a point, such as 0.5) is not part of the language (at character 1)",
            ),
            (
                "need == (urgent == need)",
                "a comparison of a comparison is not part of the language (at character 10)",
            ),
            (
                "need == (urgent and need)",
                "a comparison of an and or an or is not part of the language (at character 10)",
            ),
            ("need == (not urgent)", "this sign is not part of the language (at character 10)"),
            ("- need", "this sign is not part of the language (at character 1)"),
            ("deciders > - 'x'", "this sign is not part of the language (at character 12)"),
            ("deciders == None", "this value is not part of the language (at character 13)"),
            (
                "note == 'ä' and zzzz",
                "no fact named 'zzzz'; known: value, budget, need, urgent, deciders, users, due, segment, note (at character 17)",
            ),
            ("(" * 21 + "need" + ")" * 21, "nested deeper than 20 levels (at character 21)"),
            ("not " * 21 + "need", "nested deeper than 20 levels (at character 81)"),
        ],
    )
    def test_message(self, text, message):
        """What is no gate is refused with its reason and its place."""
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with pytest.raises(GateError) as caught:
                parse(text)

        assert str(caught.value) == message

    @pytest.mark.parametrize(
        "text",
        ["need and", "  (need", "need)", "note == 'x", "deciders > 007", "need need", "1_", "()"],
    )
    def test_no_expression(self, text):
        """Where the parser stops depends on the release of Python; the place is within the text."""
        with pytest.raises(GateError) as caught:
            parse(text)

        assert 1 <= caught.value.column <= len(text) + 1

    def test_no_currency(self):
        """Without a currency money is not compared, not even with money."""
        for text in ("budget > 1", "budget > value", "1 < budget", "budget in [1]"):
            with pytest.raises(GateError, match=r"Set process\.currency") as caught:
                parse(text, currency=None)
            assert caught.value.is_currency

    def test_survives_pickling(self):
        """The error keeps its place."""
        with pytest.raises(GateError, match="zzz") as caught:
            parse("need and zzz")
        again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own bytes

        assert (str(again), again.column) == (str(caught.value), 10)

    @given(
        text=st.text(max_size=60) | st.text("()[]'\"., \\=<>!-_0123xnot andin\u00e4\n", max_size=60)
    )
    def test_any_text(self, text):
        """Whatever the text, it is a gate or a `GateError`, and never a warning."""
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = outcome(text)

        if isinstance(found, GateError):
            assert 1 <= found.column <= max(len(text), 1) + 1

    @given(
        words=st.lists(
            st.sampled_from(
                [
                    *FACTS,
                    *"()[],<>='\"-",
                    "and",
                    "or",
                    "not",
                    "in",
                    "==",
                    "1",
                    "'smb'",
                    "true",
                    "is",
                    "if",
                    "else",
                    "lambda",
                    ".",
                ]
            ),
            max_size=12,
        )
    )
    def test_any_words(self, words):
        """The same for what looks like a gate."""
        found = outcome(" ".join(words))

        assert isinstance(found, Compare | AllOf | AnyOf) or found.reason

    def test_longest(self):
        """Five hundred characters are fine, blanks among them."""
        assert parse("need" + " " * 496) == NEED

    @given(name=names)
    def test_levels(self, name):
        """Twenty levels are fine."""
        fact = Fact(id=name, type="bool")

        assert parse_gate("(" * 20 + name + ")" * 20, {name: fact})
        assert parse_gate("not " * 19 + name, {name: fact})

"""
The gate language: what must be true before a stage is left.

A gate is text such as ``need_confirmed and budget >= 50_000``. It is checked against an allow-list
of characters, parsed by `ast.parse` (which builds a tree and runs nothing), checked against an
allow-list of nodes and against the types of the facts, and becomes a tree of three kinds of node:
`Compare`, `AllOf`, `AnyOf`. Nothing in it is ever compiled, evaluated, imported or called.

The tree is in negation normal form: every ``not`` is pushed into the comparisons (``not a < 1`` is
``a >= 1``, which is exact in three-valued logic, since both are unknown together). So it is built
of *and* and *or* alone. Those are monotone: knowing more never turns *true* into *false*. Hence an
expression comes out *true* in Kleene's logic exactly if it is true with every comparison that reads
an unknown fact taken as false, and a reader of the tree needs no third value.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal

import attrs

from salesflow.process.gate_nodes import AllOf, AnyOf, Compare, FactRef, Gate, GateError, Op
from salesflow.process.gate_types import Checker, Literal, Name, Operand
from salesflow.process.parts import Fact

__all__ = [
    "AllOf",
    "AnyOf",
    "Compare",
    "FactRef",
    "Gate",
    "GateError",
    "Op",
    "comparisons_of",
    "facts_of",
    "parse_gate",
]

LONGEST = 500
"""Characters that a gate may have."""
DEEPEST = 20
"""Levels that a gate may be nested; also the number of brackets that may be open at once."""

_STRING = re.compile(r"'[^']*'|\"[^\"]*\"")
_HINTS = (
    (re.compile(r"(?<![=<>!])=(?!=)"), "compare with =="),
    (re.compile(r"\b(?:AND|OR|NOT|IN)\b"), "and, or, not, in are written in small letters"),
    (re.compile(r"<>"), "write !="),
)

_OPS: dict[type[ast.cmpop], Op] = {
    ast.Eq: Op.EQ,
    ast.NotEq: Op.NE,
    ast.Lt: Op.LT,
    ast.LtE: Op.LE,
    ast.Gt: Op.GT,
    ast.GtE: Op.GE,
}


def parse_gate(text: str, facts: Mapping[str, Fact], currency: str | None = None) -> Gate:
    """
    Return the gate that *text* says.

    Args:
        text: The expression.

        facts: Every fact that it may read, by id.

        currency: What bare numbers compared with money mean; None: money may not be compared.

    Returns:
        The tree, in negation normal form, without an `AllOf` directly in an `AllOf` or an `AnyOf`
        in an `AnyOf`.

    Raises:
        GateError: If it is not a valid gate, reads an unknown fact, or compares what cannot be
            compared.
    """
    _check_characters(text)
    return _Builder(text, Checker(facts, currency)).gate(_parse(text), want=True, level=1)


def facts_of(gate: Gate) -> tuple[str, ...]:
    """Return the ids of the facts that *gate* reads, in its order, each once."""
    facts: dict[str, None] = {}
    for each in comparisons_of(gate):
        facts[each.fact] = None
        if isinstance(each.value, FactRef):
            facts[each.value.id] = None
    return tuple(facts)


def comparisons_of(gate: Gate) -> Iterator[Compare]:
    """Yield the comparisons that *gate* joins, in its order."""
    if isinstance(gate, Compare):
        yield gate
    else:
        for part in gate.parts:
            yield from comparisons_of(part)


def _check_characters(text: str) -> None:
    """Refuse invalid characters before any parser sees them."""
    if not text.strip(" "):
        raise GateError("a gate must not be empty")
    if len(text) > LONGEST:
        raise GateError(f"a gate has at most {LONGEST} characters, got {len(text)}")
    _refuse(_CONTROL, text, _meaningless)
    # Strings are blanked out, so that their content is not taken for the language.
    code = _STRING.sub(lambda found: "'" + " " * (len(found[0]) - 2) + "'", text)
    for pattern, reason in _REFUSED:
        _refuse(pattern, code, reason)
    _check_brackets(code)


def _refuse(pattern: re.Pattern[str], text: str, reason: Callable[[str], str]) -> None:
    found = pattern.search(text)
    if found:
        raise GateError(reason(found[0]), found.start() + 1)


def _meaningless(character: str) -> str:
    seen = repr(character) if character.isprintable() else f"U+{ord(character):04X}"
    hint = {"&": "; write and", "|": "; write or"}.get(character, "")
    return f"the character {seen} has no meaning in a gate{hint}"


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\\\ud800-\udfff]")
_REFUSED: tuple[tuple[re.Pattern[str], Callable[[str], str]], ...] = (
    (re.compile(r"[^A-Za-z0-9_ ()\[\],.<>=!\"'-]"), _meaningless),
    (
        re.compile(r"(?<![A-Za-z0-9_])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])"),
        lambda seen: f"a date must be in quotes: '{seen}'",
    ),
    # 0x10, 1e5, 2j, and `1and x`, for which the parser would print a warning.
    (
        re.compile(r"(?<![A-Za-z0-9_])[0-9][0-9_.]*[A-Za-z]"),
        lambda seen: f"{seen!r} is not a number; write digits",
    ),
    (
        re.compile(r"[A-Za-z0-9_]['\"]"),
        lambda _seen: "quoted text must stand by itself, with nothing before the quote",
    ),
)


def _check_brackets(code: str) -> None:
    level = 0
    for column, character in enumerate(code, 1):
        level += (character in "([") - (character in ")]")
        if level > DEEPEST:
            raise GateError(f"nested deeper than {DEEPEST} levels", column)


def _parse(text: str) -> ast.expr:
    try:
        # Leading blanks would be an indent.
        return ast.parse(text.lstrip(" "), mode="eval").body
    except SyntaxError as error:
        raise _from_syntax_error(text, error) from None
    except (ValueError, RecursionError, MemoryError):
        raise GateError("this cannot be read as a gate") from None


def _from_syntax_error(text: str, error: SyntaxError) -> GateError:
    code = _STRING.sub(lambda found: " " * len(found[0]), text)
    for pattern, hint in _HINTS:
        found = pattern.search(code)
        if found:
            return GateError(f"{found[0]!r} is not valid here; {hint}", found.start() + 1)
    indent = len(text) - len(text.lstrip(" "))
    # The parser reports 0 for the end.
    column = min((error.offset or len(text)) + indent, len(text) + 1)
    money = _MONEY.search(code)
    if money:
        return GateError(
            f"an amount with its currency must be in quotes: '{money[0]}'", 1 + money.start()
        )
    return GateError("from here on this cannot be read as a gate", column)


_MONEY = re.compile(r"(?<![A-Za-z0-9_.])[0-9][0-9_]*(\.[0-9]+)? [A-Z]{3}(?![A-Za-z0-9_])")


@attrs.frozen
class _Builder:
    """Turns the parser's tree into ours, and refuses every node that it does not know."""

    text: str
    checker: Checker

    def gate(self, node: ast.expr, *, want: bool, level: int) -> Gate:
        """Return a gate that is true exactly where *node* is what we *want* it to be."""
        if level > DEEPEST:
            raise GateError(f"nested deeper than {DEEPEST} levels", self.column(node))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return self.gate(node.operand, want=not want, level=level + 1)
        if isinstance(node, ast.BoolOp):
            parts = [self.gate(value, want=want, level=level + 1) for value in node.values]
            # De Morgan: where an `and` must be false, one of its parts must be.
            return _all_of(parts) if isinstance(node.op, ast.And) is want else _any_of(parts)
        if isinstance(node, ast.Compare):
            return self.comparisons(node, want=want)
        operand = self.operand(node)
        if isinstance(operand, Literal):
            raise GateError("a value alone is not a gate; it must read a fact", operand.column)
        return _wanted(self.checker.bare(operand), want=want)

    def comparisons(self, node: ast.Compare, *, want: bool) -> Gate:
        """Return a comparison, or the links of a chain such as ``1 <= x < 5``."""
        sides = [node.left, *node.comparators]
        links = [
            self.link(left, op, right, want=want)
            for left, op, right in zip(sides, node.ops, sides[1:], strict=False)
        ]
        return _all_of(links) if want else _any_of(links)

    def link(self, left: ast.expr, op: ast.cmpop, right: ast.expr, *, want: bool) -> Gate:
        """Return one comparison of a chain."""
        if isinstance(op, ast.In | ast.NotIn):
            return self.membership(left, right, want=isinstance(op, ast.In) is want)
        if type(op) not in _OPS:
            raise GateError("'is' is not part of the language; compare with ==", self.column(left))
        compare = self.checker.compare(self.operand(left), _OPS[type(op)], self.operand(right))
        return _wanted(compare, want=want)

    def membership(self, left: ast.expr, right: ast.expr, *, want: bool) -> Gate:
        """Return what ``left in [...]`` means: equal to one of them."""
        name = self.operand(left)
        if isinstance(name, Literal):
            raise GateError("expected a fact before 'in', got a value", name.column)
        if not isinstance(right, ast.List | ast.Tuple) or not right.elts:
            raise GateError("expected a list of values after 'in'", self.column(right))
        op = Op.EQ if want else Op.NE
        parts = [self.checker.compare(name, op, self.operand(item)) for item in right.elts]
        return _any_of(parts) if want else _all_of(parts)

    def operand(self, node: ast.expr) -> Operand:
        """Return one side of a comparison."""
        column = self.column(node)
        if isinstance(node, ast.Name):
            truth = {"true": True, "false": False}.get(node.id)
            return Name(node.id, column) if truth is None else Literal(truth, column)
        if isinstance(node, ast.Constant) and isinstance(node.value, bool | int | str):
            return Literal(node.value, column)
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            return Literal(self.decimal(node), column)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            inner = self.operand(node.operand)
            if isinstance(inner, Literal) and not isinstance(inner.value, bool | str):
                return Literal(-inner.value, column)
        raise GateError(
            f"{_NOT_ALLOWED.get(type(node), 'this')} is not part of the language", column
        )

    def decimal(self, node: ast.Constant) -> Decimal:
        """Return the number as written: a float has lost digits that money keeps."""
        written = ast.get_source_segment(self.text.lstrip(" "), node) or repr(node.value)
        return Decimal(written.replace("_", ""))

    def column(self, node: ast.expr) -> int:
        """Return where *node* begins, in characters: the parser counts bytes."""
        body = self.text.lstrip(" ")
        before = body.encode()[: node.col_offset].decode()
        return len(self.text) - len(body) + len(before) + 1


_NOT_ALLOWED: dict[type[ast.expr], str] = {
    ast.Call: "a call",
    ast.Constant: "this value",
    ast.Attribute: "a point after a name",
    ast.Subscript: "an index",
    ast.BinOp: "arithmetic",
    ast.List: "a list that does not follow 'in'",
    ast.Tuple: "a comma outside a list (decimals are written with a point, such as 0.5)",
    ast.IfExp: "if … else",
    ast.Compare: "a comparison of a comparison",
    ast.BoolOp: "a comparison of an and or an or",
    ast.UnaryOp: "this sign",
    ast.JoinedStr: "a formatted string",
}


def _wanted(compare: Compare, *, want: bool) -> Compare:
    return compare if want else attrs.evolve(compare, op=compare.op.opposite)


def _all_of(parts: Iterable[Gate]) -> Gate:
    flat = tuple(
        inner for part in parts for inner in (part.parts if isinstance(part, AllOf) else (part,))
    )
    return flat[0] if len(flat) == 1 else AllOf(flat)


def _any_of(parts: Iterable[Gate]) -> Gate:
    flat = tuple(
        inner for part in parts for inner in (part.parts if isinstance(part, AnyOf) else (part,))
    )
    return flat[0] if len(flat) == 1 else AnyOf(flat)

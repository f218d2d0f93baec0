"""A naive three-valued reader of gate expressions: True, False, or None for unknown."""

import ast
import datetime as dt
import functools
import operator
from decimal import Decimal

COMPARE = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


@functools.cache
def tree(text):
    return ast.parse(text.strip(), mode="eval").body


def value_of(text, facts):
    """What *text* says where *facts* (name to value; missing: unknown) hold."""
    return evaluate(tree(text), facts)


def evaluate(node, facts):
    if isinstance(node, ast.BoolOp):
        values = [evaluate(part, facts) for part in node.values]
        decisive = isinstance(node.op, ast.Or)
        if decisive in values:
            return decisive
        return None if None in values else not decisive
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        value = evaluate(node.operand, facts)
        return None if value is None else not value
    if isinstance(node, ast.Compare):
        return compared(node, facts)
    return operand(node, facts)


def compared(node, facts):
    links = []
    left = node.left
    for op, right in zip(node.ops, node.comparators, strict=True):
        if isinstance(op, ast.In | ast.NotIn):
            one = operand(left, facts)
            others = [alike(one, operand(item, facts)) for item in right.elts]
            found = None
            if one is not None:
                # An element that is unknown leaves the answer open unless another one decides.
                found = True if one in others else (None if None in others else False)
            links.append(found if isinstance(op, ast.In) or found is None else not found)
        else:
            one, other = operand(left, facts), operand(right, facts)
            one, other = alike(other, one), alike(one, other)
            unknown = one is None or other is None
            links.append(None if unknown else COMPARE[type(op)](one, other))
        left = right
    if False in links:
        return False
    return None if None in links else True


def operand(node, facts):
    if isinstance(node, ast.Name):
        return {"true": True, "false": False}.get(node.id, facts.get(node.id))
    if isinstance(node, ast.UnaryOp):
        return -operand(node.operand, facts)
    return node.value


def alike(model, value):
    """*value* in the type of *model*: dates are written as text, money as numbers."""
    if isinstance(model, dt.date) and isinstance(value, str):
        return dt.date.fromisoformat(value)
    if isinstance(model, Decimal) and isinstance(value, float):
        return Decimal(repr(value))
    return value

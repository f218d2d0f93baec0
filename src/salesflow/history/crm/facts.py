"""What the values of properties mean as facts, whichever way a CRM writes them."""

from __future__ import annotations

from collections.abc import Mapping as Named
from decimal import Decimal, InvalidOperation

import attrs

from salesflow.events import Value
from salesflow.history.crm.context import Context
from salesflow.history.crm.nodes import plain_number
from salesflow.history.crm.records import Change
from salesflow.history.crm.times import read_date
from salesflow.history.reading.mapping import ISO
from salesflow.history.reading.words import fact_of
from salesflow.process.parts import FactType


@attrs.frozen(kw_only=True)
class Found:
    """
    What a property tells.

    Args:
        facts: The facts, by name.

        said: The value as it was understood; the same however it was written.

        unread: The facts to which the value means nothing.

        is_foreign: Whether it is an amount in another currency than the process's.

        is_assumed: Whether it is an amount that does not say its currency.

        is_stated: Whether it is an amount that does, beside it or in its deal.
    """

    facts: Named[str, Value]
    said: tuple[str, ...]
    unread: tuple[str, ...]
    is_foreign: bool
    is_assumed: bool
    is_stated: bool


def facts_of(change: Change, value: str, context: Context) -> Found:
    """Return the facts that a property tells."""
    currency = change.currency or context.crm.currency or context.process.currency
    facts: dict[str, Value] = {}
    said, unread = [], []
    for fact in context.facts[change.field]:
        text = _plain(fact, value, currency, context)
        said.append(text)
        try:
            facts[fact] = fact_of(fact, text, context.mapping, context.process)
        except (TypeError, ValueError):
            unread.append(fact)
    amounts = [name for name in facts if context.process.all_facts[name].type is FactType.MONEY]
    return Found(
        facts=facts,
        said=tuple(said),
        unread=tuple(unread),
        is_foreign=bool(amounts) and currency != context.process.currency,
        is_assumed=bool(amounts) and change.currency is None and context.crm.currency is None,
        is_stated=bool(amounts) and change.currency is not None,
    )


def _plain(fact: str, value: str, currency: str | None, context: Context) -> str:
    """Return a value in the one way in which a fact of its type is written."""
    column = context.mapping.facts[fact]
    if value in column.values:
        return value
    match context.process.all_facts[fact].type:
        case FactType.MONEY:
            amount = _number(value)
            return value if amount is None else f"{amount} {currency or ''}".strip()
        case FactType.INT:
            return _number(value) or value
        case FactType.DATE if column.format == (ISO,):
            return _date(value, context)
        case _:
            return value


def _number(text: str) -> str | None:
    try:
        return plain_number(Decimal(text))
    except InvalidOperation:
        return None


def _date(value: str, context: Context) -> str:
    try:
        return read_date(value, context.clock).isoformat()
    except ValueError:
        return value

"""Amounts that do not name their currency, beside the deal that does."""

from __future__ import annotations

from collections.abc import Container, Iterable

import attrs

from salesflow.history.crm.records import Change, Record


def with_currencies(
    records: Iterable[Record],
    fields: Container[str],
    *,
    apart: bool = False,
    beside: Iterable[tuple[str, str, str]] = (),
) -> list[Record]:
    """
    Return records in which amounts have the currency of their deal, if they do not name one.

    A history has amounts without their currency, a deal has both. What is said of a deal in two
    currencies leaves open which one another amount is in.

    Args:
        records: What is said about deals, in any order.

        fields: The properties whose amounts are in the currency of the deal.

        apart: Whether each of them has a currency of its own.

        beside: What else is told: a deal, a property, and its currency.
    """
    said = list(records)
    told = [
        *((item.deal, item.field, item.currency) for item in said if isinstance(item, Change)),
        *beside,
    ]
    known: dict[tuple[str, str], set[str]] = {}
    for deal, field, currency in told:
        if currency is not None and field in fields:
            known.setdefault((deal, field if apart else ""), set()).add(currency)
    only = {spot: next(iter(names)) for spot, names in known.items() if len(names) == 1}
    return [
        attrs.evolve(item, currency=only.get((item.deal, item.field if apart else "")))
        if isinstance(item, Change) and item.currency is None and item.field in fields
        else item
        for item in said
    ]

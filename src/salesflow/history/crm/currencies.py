"""Amounts that do not name their currency, beside the deal that does."""

from __future__ import annotations

from collections.abc import Container, Iterable

import attrs

from salesflow.history.crm.records import Change, Record


def with_currencies(records: Iterable[Record], fields: Container[str]) -> list[Record]:
    """
    Return records in which amounts have the currency of their deal, if they do not name one.

    A history has amounts without their currency, a deal has both. What is said of a deal in two
    currencies leaves open which one another amount is in.

    Args:
        records: What is said about deals, in any order.

        fields: The properties whose amounts are in the currency of the deal.
    """
    said = list(records)
    known: dict[str, set[str]] = {}
    for record in said:
        if isinstance(record, Change) and record.currency is not None and record.field in fields:
            known.setdefault(record.deal, set()).add(record.currency)
    only = {deal: next(iter(names)) for deal, names in known.items() if len(names) == 1}
    return [
        attrs.evolve(record, currency=only.get(record.deal))
        if isinstance(record, Change) and record.currency is None and record.field in fields
        else record
        for record in said
    ]

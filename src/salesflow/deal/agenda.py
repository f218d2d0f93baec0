"""The agenda: what to do now, most urgent first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from salesflow.calendars import to_micros
from salesflow.deal.deal import Deal
from salesflow.deal.items import AgendaItem, Urgency
from salesflow.given import given, several

NOBODY = ""
"""Whose deals are asked for if it is those without an owner; no owner has a blank name."""

_RANK = {urgency: rank for rank, urgency in enumerate(Urgency)}


def agenda(
    deals: Iterable[Deal], now: dt.datetime, who: str | None = None
) -> tuple[AgendaItem, ...]:
    """
    Return what to do at *now*: a computed answer to "what do you want me to do today?".

    Args:
        deals: The pipeline; deals opened after *now* are ignored.

        now: The instant; aware.

        who: Only this owner's deals; ``""``: those of nobody; None: everybody's.

    Returns:
        The items of the deals (`Deal.agenda`), ordered by urgency, deadline, value (largest
        first) and id. One deal may have several items.

    Raises:
        TypeError: If one of *deals* is not a deal, *now* not a datetime, or *who* not text.
        ValueError: If *now* is naive.
    """
    to_micros(now, "now")  # without deals, nobody else asks
    found = (item for deal in several("deals", deals, Deal) for item in deal.agenda(now))
    return ranked(found, who)


def ranked(items: Iterable[AgendaItem], who: str | None = None) -> tuple[AgendaItem, ...]:
    """Return items in the order of an agenda; *who* is as in `agenda`."""
    if who is not None:
        given("who", who, str)
        items = (item for item in items if (item.owner or NOBODY) == who)
    return tuple(sorted(items, key=_rank))


def _rank(item: AgendaItem) -> tuple[int, dt.datetime, Decimal, str, str]:
    worth = -(item.value or Decimal(0))
    return _RANK[item.urgency], item.due_at, worth, item.deal_id, item.subject

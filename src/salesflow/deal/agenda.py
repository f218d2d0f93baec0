"""The agenda: what to do now, most urgent first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from salesflow.calendars import to_micros
from salesflow.deal.deal import Deal
from salesflow.deal.items import AgendaItem, Urgency
from salesflow.given import several

_RANK = {urgency: rank for rank, urgency in enumerate(Urgency)}


def agenda(
    deals: Iterable[Deal], now: dt.datetime, who: str | None = None
) -> tuple[AgendaItem, ...]:
    """
    Return what to do at *now*: a computed answer to "what do you want me to do today?".

    Args:
        deals: The pipeline; deals opened after *now* are ignored.

        now: The instant; aware.

        who: Only this owner's deals; None: everybody's.

    Returns:
        The items of the deals (`Deal.agenda`), ordered by urgency, deadline, value (largest
        first) and id. One deal may have several items.

    Raises:
        TypeError: If one of *deals* is not a deal, or *now* not a datetime.
        ValueError: If *now* is naive.
    """
    to_micros(now, "now")  # without deals, nobody else asks
    found = (item for deal in several("deals", deals, Deal) for item in deal.agenda(now))
    return ranked(found, who)


def ranked(items: Iterable[AgendaItem], who: str | None = None) -> tuple[AgendaItem, ...]:
    """Return items in the order of an agenda; *who* is as in `agenda`."""
    return tuple(sorted((item for item in items if who in {None, item.owner}), key=_rank))


def _rank(item: AgendaItem) -> tuple[int, dt.datetime, Decimal, str, str]:
    worth = -(item.value or Decimal(0))
    return _RANK[item.urgency], item.due_at, worth, item.deal_id, item.subject

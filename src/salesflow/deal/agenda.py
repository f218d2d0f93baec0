"""The agenda: what to do now, most urgent first."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable, Iterator
from decimal import Decimal

import attrs

from salesflow.deal.deal import Deal
from salesflow.deal.state import Deadline, DealState, DealStatus


class Urgency(enum.StrEnum):
    """Why a deal is on the agenda, the most urgent first."""

    BREACHED = "breached"
    """Past the longest gap or the end of a timer."""
    DYING = "dying"
    """Warned, and the next thing that time does is to move the deal."""
    DUE = "due"
    """Past a warning or a notice."""


_ENDS = frozenset({"breach", "move"})


@attrs.frozen(kw_only=True)
class AgendaItem:
    """
    One deal that wants something done.

    Args:
        deal_id: The deal.

        urgency: Why it is here.

        due_at: The deadline that was passed, or for ``dying`` and ``due`` the next one that acts.

        rule: The rule that *due_at* belongs to.

        stage: Where the deal is.

        owner: Whose it is.

        value: What it is worth; None: nobody has said.
    """

    deal_id: str
    urgency: Urgency
    due_at: dt.datetime
    rule: str
    stage: str
    owner: str | None
    value: Decimal | None

    def __str__(self) -> str:
        return (
            f"{self.urgency}: {self.deal_id} ({self.stage}), {self.rule} {self.due_at:%d %b %H:%M}"
        )


def agenda(
    deals: Iterable[Deal], now: dt.datetime, who: str | None = None
) -> tuple[AgendaItem, ...]:
    """
    Return what to do at *now*: a computed answer to "what do you want me to do today?".

    Args:
        deals: The pipeline; deals opened after *now* are passed over.

        now: The instant; aware.

        who: Only this owner's deals; None: everybody's.

    Returns:
        One item for each open deal that is breached or due, ordered by urgency, deadline, value
        (largest first) and id.
    """
    items = [
        item
        for deal in deals
        if deal.opened_at <= now
        for item in _items(deal, deal.state(now), now)
        if who is None or item.owner == who
    ]
    return tuple(sorted(items, key=_rank))


def _items(deal: Deal, state: DealState, now: dt.datetime) -> Iterator[AgendaItem]:
    if state.status is DealStatus.OK:
        return
    deadlines = deal.deadlines(now)
    passed = [d for d in deadlines if d.acted_at is not None]
    if state.status is DealStatus.BREACHED:
        urgency, reason = Urgency.BREACHED, next(d for d in passed if d.rung in _ENDS)
    elif end := _killed_next(deadlines):
        urgency, reason = Urgency.DYING, end
    else:
        urgency, reason = Urgency.DUE, _end_of(deadlines, passed[-1])
    yield AgendaItem(
        deal_id=state.id,
        urgency=urgency,
        due_at=reason.due_at,
        rule=reason.rule,
        stage=state.stage,
        owner=state.owner,
        value=_value(state),
    )


def _killed_next(deadlines: tuple[Deadline, ...]) -> Deadline | None:
    """Return the end that moves the deal at the very next instant at which time acts, or None."""
    coming = [deadline for deadline in deadlines if deadline.acted_at is None]
    ends = (d for d in coming if d.due_at == coming[0].due_at)
    return next((d for d in ends if d.rung == "move" and d.acts), None)


def _end_of(deadlines: tuple[Deadline, ...], warning: Deadline) -> Deadline:
    """Return the end that *warning* warns of, or itself if that cannot be computed."""
    ends = (d for d in deadlines if d.rule == warning.rule and d.rung in _ENDS)
    return next(ends, warning)


def _value(state: DealState) -> Decimal | None:
    value = state.facts.get("value")
    return value if isinstance(value, Decimal) else None


def _rank(item: AgendaItem) -> tuple[int, dt.datetime, Decimal, str]:
    order = list(Urgency).index(item.urgency)
    return order, item.due_at, -(item.value or Decimal(0)), item.deal_id

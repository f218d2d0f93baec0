"""A live deal: events in, state and deadlines out."""

from salesflow.deal.agenda import AgendaItem, Urgency, agenda
from salesflow.deal.deal import Deal
from salesflow.deal.state import Clock, Deadline, DealState, DealStatus, Deviation, Raised

__all__ = [
    "AgendaItem",
    "Clock",
    "Deadline",
    "Deal",
    "DealState",
    "DealStatus",
    "Deviation",
    "Raised",
    "Urgency",
    "agenda",
]

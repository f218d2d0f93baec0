"""A live deal: events in, state and deadlines out."""

from salesflow.deal.agenda import agenda
from salesflow.deal.deal import Deal
from salesflow.deal.effects import Effect, EffectKind, EffectStatus
from salesflow.deal.explanation import ClockStory, Explanation, HoldStory, Step
from salesflow.deal.indicators import Pulse
from salesflow.deal.items import AgendaItem, Urgency
from salesflow.deal.ledger import Entry, Turn
from salesflow.deal.plays import PlayState, PlayStatus
from salesflow.deal.pulse import pulse
from salesflow.deal.slices import Reason, Slice
from salesflow.deal.state import (
    Clock,
    Deadline,
    DealState,
    DealStatus,
    Deviation,
    Hold,
    Raised,
)
from salesflow.deal.summary import Summary
from salesflow.deal.timeline import Timeline
from salesflow.deal.todo import what_to_do

__all__ = [
    "AgendaItem",
    "Clock",
    "ClockStory",
    "Deadline",
    "Deal",
    "DealState",
    "DealStatus",
    "Deviation",
    "Effect",
    "EffectKind",
    "EffectStatus",
    "Entry",
    "Explanation",
    "Hold",
    "HoldStory",
    "PlayState",
    "PlayStatus",
    "Pulse",
    "Raised",
    "Reason",
    "Slice",
    "Step",
    "Summary",
    "Timeline",
    "Turn",
    "Urgency",
    "agenda",
    "pulse",
    "what_to_do",
]

"""Arrivals: when deals open, each gap drawn on its own."""

from __future__ import annotations

from salesflow.rules.tables import Slots
from salesflow.simulation.kernel.draws import LONGEST, amount_of, component
from salesflow.simulation.kernel.tables import Habits


def add_gaps(habits: Habits, opened: Slots) -> None:
    """Fill *opened* with how long after the start each deal opens; the first after one gap."""
    total = 0
    for deal in range(len(opened)):
        one = component(habits, habits.arrival, deal, habits.arrival_purpose, 0)
        gap = amount_of(habits, one, deal, habits.arrival_purpose, 0)
        total += int(min(gap, LONGEST) + 0.5)
        opened[deal] = total

"""Small faults to plant in the rules, in what a live deal makes of them, and in the calendars."""

from tests.faults import (
    calendars,
    clocks,
    deadlines,
    events,
    fold,
    gates,
    live,
    tables,
    told,
    turns,
)
from tests.faults.fault import Fault, plant

__all__ = ["FAULTS", "Fault", "plant"]

FAULTS = (
    *clocks.FAULTS,
    *deadlines.FAULTS,
    *turns.FAULTS,
    *fold.FAULTS,
    *events.FAULTS,
    *gates.FAULTS,
    *tables.FAULTS,
    *live.FAULTS,
    *told.FAULTS,
    *calendars.FAULTS,
)

"""Small faults to plant in rules, calendars, exports and what a live deal makes of them."""

from tests.faults import (
    calendars,
    change,
    clocks,
    deadlines,
    events,
    export,
    fold,
    gates,
    live,
    schedule,
    tables,
    told,
)
from tests.faults.fault import Fault, plant

__all__ = ["FAULTS", "Fault", "plant"]

FAULTS = (
    *clocks.FAULTS,
    *deadlines.FAULTS,
    *schedule.FAULTS,
    *fold.FAULTS,
    *events.FAULTS,
    *gates.FAULTS,
    *tables.FAULTS,
    *live.FAULTS,
    *told.FAULTS,
    *calendars.FAULTS,
    *change.FAULTS,
    *export.FAULTS,
)

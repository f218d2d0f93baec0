"""Small faults to plant in rules, calendars, exports, deals, store, simulation and history."""

from tests.faults import (
    behaviours,
    calendars,
    change,
    clocks,
    deadlines,
    events,
    export,
    fitting,
    fold,
    gates,
    live,
    outbox,
    pipeline,
    schedule,
    simulation,
    statistics,
    store,
    studies,
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
    *store.FAULTS,
    *outbox.FAULTS,
    *simulation.FAULTS,
    *pipeline.FAULTS,
    *behaviours.FAULTS,
    *fitting.FAULTS,
    *statistics.FAULTS,
    *studies.FAULTS,
)

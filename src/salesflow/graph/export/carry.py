"""The process that a statechart can say, and what is lost on the way to it."""

from __future__ import annotations

from salesflow.graph.export.limits import STATECHART
from salesflow.graph.export.losses import Loss
from salesflow.process.definition import Definition
from salesflow.process.model import Process, checked, fields_of


def carried(process: Process) -> tuple[Process, tuple[Loss, ...]]:
    """
    Return the process that XState and SCXML can say exactly, and what it lacks of *process*.

    The two are equal exactly if nothing is lost.
    """
    left = Definition(**fields_of(process))
    losses: list[Loss] = []
    for limit in STATECHART:
        found = tuple(limit.find(left))
        if found:
            losses += found
            left = limit.edit(left)
    return (checked(left) if losses else process), tuple(losses)

"""The targets of an export, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from salesflow.given import given
from salesflow.graph.export.bpmn import bpmn_text
from salesflow.graph.export.bpmn_losses import bpmn_losses
from salesflow.graph.export.chart import Chart, State
from salesflow.graph.export.limits import expressible
from salesflow.graph.export.losses import Export
from salesflow.graph.export.machine import chart_of
from salesflow.graph.export.scxml import scxml_text
from salesflow.graph.export.xstate import xstate_text
from salesflow.process.model import Process
from salesflow.process.names import did_you_mean

LONGEST_TIMEOUT = 2**31 - 1
"""Milliseconds that the timers of browsers and Node can wait; longer ones end at once."""


def export(process: Process, target: str) -> Export:
    """
    Return *process* in the format of another tool.

    Args:
        process: What to export.

        target: ``xstate``, ``scxml`` or ``bpmn``.

    Raises:
        ValueError: If *target* is not one of them.
    """
    given("process", process, Process)
    if target not in TARGETS:
        known = ", ".join(TARGETS)
        raise ValueError(
            f"target: {target!r}, expected one of {known}{did_you_mean(target, TARGETS)}"
        )
    return TARGETS[target](process)


def to_xstate(process: Process) -> Export:
    """
    Return *process* as JSON for XState 5, with everything that it cannot say.

    What is left is exact, in milliseconds: a deadline is the last instant in time, so each delay is
    the limit plus one millisecond. There are few guards and actions; they have their parameters in
    the JSON, and their code is in ``guards.mjs``.

    >>> from salesflow.process.model import Process
    >>> from salesflow.process.parts import Stage, Timer
    >>> process = Process(
    ...     id="small",
    ...     version="1",
    ...     stages=[Stage(id="talk"), Stage(id="done", kind="won"), Stage(id="lost", kind="lost")],
    ...     timers=[Timer(id="cold", since="touch", after="30 days", move_to="lost")],
    ... )
    >>> exported = to_xstate(process)
    >>> exported.losses, '"2592000001"' in exported.text
    ((), True)
    """
    given("process", process, Process)
    left, losses = expressible(process)
    chart = chart_of(left, process)
    return Export(target="xstate", text=xstate_text(chart), losses=losses, notes=_about_time(chart))


def to_scxml(process: Process) -> Export:
    """Return *process* as SCXML with the ECMAScript datamodel; it says what `to_xstate` says."""
    given("process", process, Process)
    left, losses = expressible(process)
    return Export(target="scxml", text=scxml_text(chart_of(left, process)), losses=losses)


def to_bpmn(process: Process) -> Export:
    """
    Return *process* as BPMN 2.0 with a layout: for modelers, not for engines.

    It contains the stages, the moves and the time limits of stages; everything else is
    documentation and listed among the losses.
    """
    given("process", process, Process)
    return Export(target="bpmn", text=bpmn_text(process), losses=tuple(bpmn_losses(process)))


TARGETS: Mapping[str, Callable[[Process], Export]] = {
    "xstate": to_xstate,
    "scxml": to_scxml,
    "bpmn": to_bpmn,
}


def _about_time(chart: Chart) -> tuple[str, ...]:
    longest = max(_delays(chart.root), default=0)
    if longest <= LONGEST_TIMEOUT:
        return ()
    note = (
        f"The longest delay is {longest // 86_400_000} days. XState's own clock ends every delay "
        "of more than 24 days at once: give the actor a clock that can wait."
    )
    return (note,)


def _delays(state: State) -> list[int]:
    own = [each.after for each in state.transitions if each.after is not None]
    return own + [delay for inner in state.states for delay in _delays(inner)]

"""What became of simulated deals, in words that people count by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from salesflow.process.model import Process
from salesflow.rules.codes import LOST, NEVER, NONE, OPEN, PARKED, WON
from salesflow.simulation.extras import np, npt
from salesflow.simulation.kernel import codes
from salesflow.vocabulary import Word

Ints = npt.NDArray[np.int64]


class Outcome(Word):
    """What became of a deal by the end: each deal has one of these."""

    WON = "won"
    """It was won."""
    SAID_NO = "lost: said no"
    """The buyer said no, or work led nowhere."""
    NO_DECISION = "lost: no decision"
    """The buyer gave up deciding."""
    SILENCE = "lost: silence"
    """The buyer cooled, or a timer that counts from a touch closed it."""
    AGE = "lost: age"
    """Another timer closed it."""
    WAITING = "lost: waiting"
    """The buyer would not wait any longer until a rep had time."""
    NEVER_OPENED = "lost: never opened"
    """The same, while as many deals were open as may be: it never became one."""
    PARKED = "parked"
    """It is set aside."""
    OPEN = "open"
    """It goes on."""
    QUEUED = "not opened yet"
    """It came, and waits until fewer deals are open."""


OUTCOMES = tuple(Outcome)
"""Outcomes by their numbers."""
LOSSES = tuple(outcome for outcome in Outcome if outcome.startswith("lost"))

_BY_CAUSE = {
    codes.BY_NO_DECISION: Outcome.NO_DECISION,
    codes.BY_COOLING: Outcome.SILENCE,
    codes.BY_TIME: Outcome.AGE,
    codes.BY_IMPATIENCE: Outcome.WAITING,
}


def silence_rules(process: Process) -> tuple[int, ...]:
    """Return the numbers of the timers that count from a touch: what they close died of silence."""
    first = len(process.contact_gaps)
    timers = enumerate(process.timers, first)
    return tuple(number for number, timer in timers if timer.clock[0] == "touch")


def outcomes_of(columns: Mapping[str, Any], process: Process) -> Ints:
    """
    Return the outcome of each deal, as its place in `OUTCOMES`; NONE if it has not come.

    Args:
        columns: Of a simulation.

        process: Whose deals they are.
    """
    kind, cause, rule = (np.asarray(columns[name]) for name in ("kind", "cause", "rule"))
    found: Ints = np.full(len(kind), NONE, dtype=np.int64)
    for code, outcome in ((WON, Outcome.WON), (PARKED, Outcome.PARKED), (OPEN, Outcome.OPEN)):
        found[kind == code] = OUTCOMES.index(outcome)
    is_lost = kind == LOST
    found[is_lost] = OUTCOMES.index(Outcome.SAID_NO)
    for code, outcome in _BY_CAUSE.items():
        found[is_lost & (cause == code)] = OUTCOMES.index(outcome)
    outside = (kind == NONE) & (np.asarray(columns["arrived_at"]) != NEVER)
    found[outside] = OUTCOMES.index(Outcome.QUEUED)
    found[outside & (cause == codes.BY_LEAVING)] = OUTCOMES.index(Outcome.NEVER_OPENED)
    silent = is_lost & (cause == codes.BY_TIME) & np.isin(rule, silence_rules(process))
    found[silent] = OUTCOMES.index(Outcome.SILENCE)
    return found

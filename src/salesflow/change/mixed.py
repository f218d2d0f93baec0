"""Where one and the same change asks more of some deals, or at some times, and less of others."""

from __future__ import annotations

from collections.abc import Callable

from salesflow.change.strictness import Bearing, Judge
from salesflow.change.walk import Change
from salesflow.process.model import Process

Condition = Callable[[Process, Change], bool]
"""Whether a change is such a one, by one of the two processes."""


def unless(condition: Condition, judge: Judge) -> Judge:
    """Return *judge*, but nothing is decided where *condition* holds in one of the processes."""

    def careful(old: Process, new: Process, change: Change) -> Bearing:
        if condition(old, change) or condition(new, change):
            return Bearing.OTHER
        return judge(old, new, change)

    return careful


def is_read_by_rules(process: Process, change: Change) -> bool:
    """
    Return whether a contact gap or a timer reads the changed fact.

    A fact that expires earlier, or that may hold fewer values, shuts gates, but a rule that applies
    while it is known, or counts from it, ends as well.
    """
    return change.path[1] in _facts_of_rules(process)


def _facts_of_rules(process: Process) -> set[str]:
    conditions = (rule.when for rule in process.rules if rule.when is not None)
    stops = (timer.stop for timer in process.timers if timer.stop is not None)
    clocks = (*(timer.clock for timer in process.timers), *stops)
    return {
        *(fact for condition in conditions for fact in process.facts_of(condition)),
        *(name for source, name in clocks if source in ("fact", "date")),
    }


def restarts_what_stopped(process: Process, change: Change) -> bool:
    """
    Return whether touches of the changed class start a clock that something else stops.

    A touch more may then put off the end, or let a clock run again that had been stopped.
    """
    return any(
        timer.clock == ("touch", change.path[1]) and timer.stop is not None
        for timer in process.timers
    )


def uses_up_a_cap(process: Process, change: Change) -> bool:
    """
    Return whether the changed class has a cap, or starts a clock that something else stops.

    An attempt that counts leaves no room for a later one.
    """
    touch = next((each for each in process.touches if each.id == change.path[1]), None)
    is_capped = touch is not None and touch.unanswered_cap is not None
    return is_capped or restarts_what_stopped(process, change)


def is_counted_back(process: Process, _change: Change) -> bool:
    """
    Return whether working days off make something end earlier.

    Counted back from a date, or from where a plan or an override has put an end, they do; and a
    fact that is valid for longer may let a rule apply.
    """
    read = _facts_of_rules(process)
    spans = (
        *(timer.before for timer in process.timers),
        *(timer.notice for timer in process.timers),
        *(fact.valid_for for fact in process.facts if fact.id in read),
    )
    return any(span is not None and span.unit.is_working_time for span in spans)

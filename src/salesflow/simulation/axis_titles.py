"""Titles of the axes of a grid: what a path means, in words that belong under a plot."""

from __future__ import annotations

from salesflow.process.model import Process
from salesflow.process.parts import BUILT_IN_TOUCHES

_TITLES = {
    "contact_gaps.{gap}.max": "longest gap between {gap}",
    "contact_gaps.{gap}.warn": "gap between {gap} that warns",
    "timers.{timer}.after": "time until {timer} acts",
    "timers.{timer}.notice": "notice before {timer} acts",
    "stages.{stage}.win_probability": "win probability in {stage}",
    "behaviour.arrivals.every": "time from one deal to the next",
    "behaviour.capacity.open_limit": "limit on open deals",
    "behaviour.capacity.patience": "patience until a deal is opened",
    "behaviour.capacity.queue": "what a rep does first",
    "behaviour.capacity.reps": "reps",
    "behaviour.cooling.grace": "silence that does no harm",
    "behaviour.cooling.half": "silence that half of the buyers bear",
    "behaviour.inbound.every": "time between calls of the buyer",
    "behaviour.replies.after": "time until an answer",
    "behaviour.replies.share": "share of touches answered",
    "behaviour.stages.{stage}.effort": "effort in {stage}",
    "behaviour.stages.{stage}.lose": "time until a no in {stage}",
    "behaviour.stages.{stage}.no_decision": "time until a buyer in {stage} gives up",
    "behaviour.stages.{stage}.patience": "patience in {stage}",
    "behaviour.stages.{stage}.work": "work in {stage}",
    "behaviour.touches.answered": "share of calls that take place",
    "behaviour.touches.booked": "share of touches in the diary",
    "behaviour.touches.every": "time from touch to touch",
    "behaviour.touches.forgets": "share of touches forgotten",
    "behaviour.touches.heeds": "share of touches in time for the gap",
    "behaviour.touches.minutes": "time that a touch takes",
}
"""By path; a step in braces stands for a name of the process."""


def axis_title(process: Process, axis: str) -> str:
    """
    Return what an axis shows; a name that the user gave it, or a path that is not told, as it is.

    >>> import salesflow as sf
    >>> axis_title(sf.load_process("six-step"), "contact_gaps.touch.max")
    'longest gap between touches'
    """
    for path, title in _TITLES.items():
        names = _names(path.split("."), axis.split("."))
        if names is not None:
            called = {what: _called(process, what, name) for what, name in names.items()}
            return title.format(**called)
    return axis


def _names(wanted: list[str], steps: list[str]) -> dict[str, str] | None:
    """Return the names that stand where *wanted* has braces; None if anything else differs."""
    if len(wanted) != len(steps):
        return None
    differing = {want: step for want, step in zip(wanted, steps, strict=True) if want != step}
    if not all(want.startswith("{") for want in differing):
        return None
    return {want.strip("{}"): step for want, step in differing.items()}


def _called(process: Process, what: str, name: str) -> str:
    """Return how people call a stage, a timer, or the touches of a contact gap."""
    if what == "stage":
        return process.stage(name).name
    return _touches(process, name) if what == "gap" else name


def _touches(process: Process, gap: str) -> str:
    """Return the touches that a contact gap counts; with its name where others count them too."""
    touch = next(each.touch for each in process.contact_gaps if each.id == gap)
    built_in = touch in {each.id for each in BUILT_IN_TOUCHES}
    kind = "" if touch == "any" else f"{touch.replace('_', '-') if built_in else touch} "
    others = [each for each in process.contact_gaps if each.touch == touch and each.id != gap]
    return f"{kind}touches, {gap}" if others else f"{kind}touches"

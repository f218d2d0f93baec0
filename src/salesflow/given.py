"""What a caller gives, checked where it comes in: one text for a value of the wrong type."""

from __future__ import annotations

import operator
from typing import SupportsIndex, TypeVar

T = TypeVar("T")

LONGEST_SHOWN = 60
"""Characters of a wrong value that the message repeats."""

_WAYS = {
    "Audit": "Make it with salesflow.audit.",
    "Behaviour": "Load it with Behaviour.load, or begin with Behaviour.default_for(process).",
    "Backtest": "Make it with salesflow.history.backtest.",
    "Deal": "Open it with Deal.open, or make it from its events with Deal.replay.",
    "EventLog": "Read it with EventLog.from_csv, for example.",
    "Grid": "Make it with salesflow.grid.",
    "Mapping": "Load it with load_mapping.",
    "Process": "Load it with load_process.",
    "Replications": "Make it with salesflow.simulation.replicate.",
    "Sensitivity": "Make it with salesflow.simulation.sensitivity.",
    "Silence": "Make it with salesflow.history.silence.",
    "Span": 'Write it as text with its unit, such as "30 days".',
    "SimulationResult": "Make it with salesflow.simulate.",
    "Summary": "That of a simulation is result.summary().",
}
"""How to come by a value of a type."""


def given(name: str, value: object, wanted: type[T]) -> T:
    """
    Return *value* if it is of the type that is wanted.

    Args:
        name: The argument.

        value: What was given for it.

        wanted: The type.

    Raises:
        TypeError: If it is of another type; with what was seen and how to come by the right one.

    >>> given("days", 7, int)
    7
    >>> given("days", "seven", int)
    Traceback (most recent call last):
        ...
    TypeError: days: got 'seven', expected an int.
    """
    if isinstance(value, wanted):
        return value
    seen = repr(value)
    shown = seen if len(seen) <= LONGEST_SHOWN else f"{seen[: LONGEST_SHOWN - 1]}…"
    # What a process says is one before it is checked.
    called = "Process" if wanted.__name__ == "Definition" else wanted.__name__
    article = "an" if called[0] in "AEIOUaeio" else "a"
    msg = f"{name}: got {shown}, expected {article} {called}. {_WAYS.get(called, '')}".rstrip()
    raise TypeError(msg)


def whole(name: str, value: SupportsIndex, least: int, most: int | None = None) -> int:
    """
    Return an argument that is a whole number in a range as an int, be it one of numpy's.

    Args:
        name: The argument.

        value: What was given for it.

        least: The smallest that is allowed.

        most: The largest; None: there is none.

    Raises:
        TypeError: If it is not a whole number.
        ValueError: If it is out of range.

    >>> whole("deals", 0, 1)
    Traceback (most recent call last):
        ...
    ValueError: 'deals' must be 1 or more, got 0.
    """
    if isinstance(value, bool) or not isinstance(value, SupportsIndex):
        raise TypeError(f"{name!r} must be a whole number, an int, got {value!r:.60}.")
    number = operator.index(value)
    if number < least or (most is not None and number > most):
        wanted = f"{least} or more" if most is None else f"from {least} to {most}"
        raise ValueError(f"{name!r} must be {wanted}, got {number}.")
    return number

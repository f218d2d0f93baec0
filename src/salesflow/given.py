"""What a caller gives, checked where it comes in: one text for a value of the wrong type."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, SupportsIndex, TypeVar

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
    called = _called(wanted)
    article = "an" if called[0] in "AEIOUaeio" else "a"
    raise _unfit(name, value, f"{article} {called}", _WAYS.get(called, ""))


def somebody(name: str, value: str | None) -> str | None:
    """
    Return who somebody says, None for nobody, unless it is a text that names no one.

    Args:
        name: The argument.

        value: What is given.

    Raises:
        ValueError: If it is blank.
    """
    if isinstance(value, str) and not value.strip():
        msg = f"{name}: {value!r}, expected who it is, or None for nobody."
        raise ValueError(msg)
    return value


def several(name: str, values: object, wanted: type[T]) -> Iterator[T]:
    """
    Return the values, each of which is of the type that is wanted when it is asked for.

    A single one in place of several is refused at once: the letters of an id are no ids.

    Args:
        name: The argument.

        values: What was given for it.

        wanted: The type of each.

    Raises:
        TypeError: If they are not several, or one of them is of another type.

    >>> list(several("keys", ["a", "b"], str))
    ['a', 'b']
    >>> several("keys", "a", str)
    Traceback (most recent call last):
        ...
    TypeError: keys: got 'a', expected several. Put it into a list.
    """
    if isinstance(values, wanted):
        raise _unfit(name, values, "several", "Put it into a list.")
    if not isinstance(values, Iterable) or isinstance(values, str):
        called = _called(wanted)
        way = _WAYS.get(called, "Put them into a list.")
        raise _unfit(name, values, f"several of type {called}", way)
    return (given(name, value, wanted) for value in values)


def mapping(name: str, value: object) -> Mapping[Any, Any]:
    """
    Return the value if it is a mapping.

    Args:
        name: The argument.

        value: What was given for it.

    Raises:
        TypeError: If it is none.
    """
    if isinstance(value, Mapping):
        return value
    raise _unfit(name, value, "a mapping", "Write a dict.")


def _called(wanted: type) -> str:
    # What a process says is one before it is checked.
    return "Process" if wanted.__name__ == "Definition" else wanted.__name__


def _unfit(name: str, value: object, wanted: str, way: str) -> TypeError:
    seen = repr(value)
    shown = seen if len(seen) <= LONGEST_SHOWN else f"{seen[: LONGEST_SHOWN - 1]}…"
    return TypeError(f"{name}: got {shown}, expected {wanted}. {way}".rstrip())


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

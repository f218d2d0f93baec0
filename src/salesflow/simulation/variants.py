"""Variants of a process and of a behaviour: other values at some paths."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from salesflow.process.model import Process
from salesflow.process.names import did_you_mean, listed
from salesflow.simulation.behaviour import Behaviour
from salesflow.simulation.extras import np

BEHAVIOUR = "behaviour."
"""What the path of a part of the behaviour begins with."""
Axes = Mapping[str, Iterable[object] | Mapping[str, Mapping[str, object]]]
"""
What is varied: by path, its values; or by a name of your own, for each label what it changes (a
value for each of several paths).
"""
_NAMES = ("fact", "target", "stage", "id")
"""The fields that rows are named by in a path, the first that a row has."""


@attrs.frozen(kw_only=True)
class Variant:
    """
    One variant.

    Args:
        labels: How the value of each axis is shown.

        process, behaviour: What is simulated.
    """

    labels: tuple[str, ...]
    process: Process
    behaviour: Behaviour


def varied(
    process: Process, behaviour: Behaviour, changes: Mapping[str, object]
) -> tuple[Process, Behaviour]:
    """
    Return a process and a behaviour with other values at some paths.

    Args:
        process: Its paths are those of `Process.replace`, such as ``contact_gaps.touch.max``.

        behaviour: Its paths begin with ``behaviour``, such as ``behaviour.touches.heeds`` or
            ``behaviour.stages.proof.work``. Rows of facts are named by their fact, of holds by
            their stage, of overrides by their target; a path speaks of all rows of that name.

        changes: A value for each path.

    Raises:
        ProcessError: If a path of the process leads nowhere, or a value does not fit.
        ValueError: If one of the behaviour does.
        TypeError: If a value of the behaviour has the wrong type.
    """
    said = {path: _plain(value) for path, value in changes.items()}
    rules = {path: value for path, value in said.items() if not path.startswith(BEHAVIOUR)}
    for path, value in said.items():
        if path.startswith(BEHAVIOUR):
            behaviour = _put(behaviour, path.removeprefix(BEHAVIOUR).split("."), value, path)
    return (process.replace(rules) if rules else process), behaviour


def _plain(value: object) -> object:
    """Return a number of numpy's as one of Python's."""
    return value.item() if isinstance(value, np.generic) else value


def variants(process: Process, behaviour: Behaviour, axes: Axes) -> Iterator[Variant]:
    """Yield every combination of the values of some axes, the last one changing fastest."""
    choices = [list(_choices(name, values)) for name, values in axes.items()]
    for chosen in itertools.product(*choices):
        changes = {path: value for _, change in chosen for path, value in change.items()}
        made = varied(process, behaviour, changes)
        yield Variant(
            labels=tuple(label for label, _ in chosen), process=made[0], behaviour=made[1]
        )


def _choices(
    name: str, values: Iterable[object] | Mapping[str, Mapping[str, object]]
) -> Iterator[tuple[str, Mapping[str, object]]]:
    if isinstance(values, Mapping):
        yield from ((str(label), change) for label, change in values.items())
        return
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise TypeError(f"{name!r}: expected several values, got {values!r}. Put it into [].")
    yield from ((str(value), {name: value}) for value in values)


def _put(part: Any, steps: list[str], value: object, path: str) -> Any:  # noqa: ANN401 - a part of a behaviour
    """Return a part of a behaviour with a value at the end of the path."""
    if not steps:
        return value
    first, *rest = steps
    if isinstance(part, tuple):
        names = [_name(item) for item in part]
        if first not in names:
            raise ValueError(_leads_nowhere(path, first, names))
        pairs = zip(names, part, strict=True)
        return tuple(_put(row, rest, value, path) if name == first else row for name, row in pairs)
    if isinstance(part, Mapping):
        return {**part, first: _put(part.get(first), rest, value, path)}
    known = list(attrs.fields_dict(type(part))) if attrs.has(type(part)) else []
    if first not in known:
        raise ValueError(_leads_nowhere(path, first, known))
    return attrs.evolve(part, **{first: _put(getattr(part, first), rest, value, path)})


def _name(item: object) -> str:
    return next((str(getattr(item, name)) for name in _NAMES if hasattr(item, name)), "")


def _leads_nowhere(path: str, step: str, known: list[str]) -> str:
    hint = did_you_mean(step, known) or f"; there are {listed(known)}"
    return f"{path}: nothing named {step!r} here{hint}"

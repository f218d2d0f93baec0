"""
A statechart as data, before it is written in some format.

It only has what XState and SCXML have in common: nested states, parallel regions, transitions by an
event, by a delay or as soon as a guard holds, and actions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from salesflow.process.model import Process

Params = Mapping[str, Any]
"""Plain data: texts, numbers, true and false, lists and mappings of them."""


@attrs.frozen
class Guard:
    """
    What must hold for a transition; the kinds are listed in the reference.

    Args:
        kind: Which question is asked.

        params: Its parameters.
    """

    kind: str
    params: Params = attrs.field(factory=dict)


@attrs.frozen
class Action:
    """
    What a transition does; the kinds are listed in the reference.

    Args:
        kind: Which action.

        params: Its parameters.
    """

    kind: str
    params: Params = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class Transition:
    """
    A step of a statechart.

    Args:
        to: The id of the state that is entered. None: no state is left or entered.

        on: The event that it waits for. Empty: it waits for none.

        after: Milliseconds that it waits for. None: it waits for none.

        guard: What must hold. None: nothing.

        actions: What it does.
    """

    to: str | None = None
    on: str = ""
    after: int | None = None
    guard: Guard | None = None
    actions: tuple[Action, ...] = ()


@attrs.frozen(kw_only=True)
class State:
    """
    A state, with its inner states.

    Args:
        key: Its name among its neighbours.

        id: Its name in the whole chart.

        states: Its inner states; it starts in the first one.

        is_parallel: Whether it is in all of *states* at once.

        is_final: Whether it is a final state.

        entry, exit: What happens whenever it is entered, or left.

        transitions: In the order in which they are tried.

        tags: What being in it says about the deal: ``due`` or ``breached``.

        description: For people.

        meta: Data that nothing acts on.
    """

    key: str
    id: str
    states: tuple[State, ...] = ()
    is_parallel: bool = False
    is_final: bool = False
    entry: tuple[Action, ...] = ()
    exit: tuple[Action, ...] = ()
    transitions: tuple[Transition, ...] = ()
    tags: tuple[str, ...] = ()
    description: str = ""
    meta: Params = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class Chart:
    """
    A whole statechart.

    Args:
        process: The process that it expresses, or as much of it as it can.

        root: The outermost state.

        context: Its initial memory.
    """

    process: Process
    root: State
    context: Params

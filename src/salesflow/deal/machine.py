"""
The moves of a live deal, run by `transitions`: the only module that imports it.

One machine serves all deals of a process. No deal is ever registered with it: a move is fired on a
throw-away cursor, so that whatever goes wrong leaves the deal as it was, and nothing is shared
between threads but the machine, which nobody writes to after it is built.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import attrs
from transitions import EventData, Machine, Transition

from salesflow.errors import Obstacle
from salesflow.rules.book import RuleBook

Ask = Callable[[str], tuple[Obstacle, ...]]


@attrs.define(eq=False)
class Cursor:
    """
    What the machine moves: a stage, for the length of one move.

    Args:
        stage: Where it is.

        ask: Says what stands in the way of a move to a stage.

        obstacles: What the gate of the latest move found, whether it passed or not.
    """

    stage: str
    ask: Ask
    obstacles: tuple[Obstacle, ...] = ()


class GatedTransition(Transition):
    """A transition that passes if no obstacle blocks, and tells every one that it found."""

    def _eval_conditions(self, event_data: EventData) -> bool:
        cursor = event_data.model
        cursor.obstacles = cursor.ask(self.dest)  # type: ignore[attr-defined]
        return not any(obstacle.blocks for obstacle in cursor.obstacles)  # type: ignore[attr-defined]


class ProcessMachine(Machine):
    """A machine whose transitions are gated."""

    transition_cls = GatedTransition


@functools.lru_cache(maxsize=64)
def process_machine(book: RuleBook) -> ProcessMachine:
    """Return the machine of a process: its stages, and one event for each stage to go to."""
    machine = ProcessMachine(
        model=None,
        states=list(book.stages),
        initial=None,
        auto_transitions=False,
        send_event=True,
        queued=False,
        model_attribute="stage",
    )
    for origin, to in book.moves:
        machine.add_transition(f"move to {to}", origin, to)
    return machine


def fire(book: RuleBook, stage: str, to: str, ask: Ask) -> tuple[bool, tuple[Obstacle, ...]]:
    """
    Try to move from *stage* to *to*.

    Returns:
        Whether it went through, and what the gate found. A move that the process does not have is
        not fired: what *ask* says of it is all there is to say.
    """
    if (stage, to) not in book.moves:
        found = ask(to)
        return not any(obstacle.blocks for obstacle in found), found
    cursor = Cursor(stage, ask)
    moved = process_machine(book).events[f"move to {to}"].trigger(cursor)
    return moved, cursor.obstacles

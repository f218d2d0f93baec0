"""
Moves run by `transitions`: the only module that imports it.

One machine serves all live deals that run under a process. No deal is ever registered with it: a
move is made with a throw-away cursor, so that an error leaves the deal as it was, and threads share
nothing but the machine, which is never changed after it is built.

For teams that have models of their own, `machine` makes an ordinary one with the same gates.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import attrs
from transitions import EventData, Machine, MachineError, Transition
from transitions.core import Condition

from salesflow.deal.facts_only import obstacles_without_history
from salesflow.errors import Obstacle
from salesflow.given import given
from salesflow.process.model import Process
from salesflow.rules.book import RuleBook, rule_book

Ask = Callable[[str], tuple[Obstacle, ...]]


@attrs.define(eq=False)
class Cursor:
    """
    What the machine moves: a stage, for the duration of one move.

    Args:
        stage: Where it is.

        ask: Returns the obstacles to a move to a stage.

        obstacles: What the gate of the latest move found, whether it passed or not.
    """

    stage: str
    ask: Ask
    obstacles: tuple[Obstacle, ...] = ()


class GatedTransition(Transition):
    """A transition that passes if no obstacle blocks, and keeps all that it found."""

    def execute(self, event_data: EventData) -> bool:
        """
        Ask what stands in the way, and change the stage if that only warns.

        There are no callbacks, and no lines in the log as for entering and leaving a state.
        """
        cursor = event_data.model
        cursor.obstacles = cursor.ask(self.dest)  # type: ignore[attr-defined]
        if any(obstacle.blocks for obstacle in cursor.obstacles):  # type: ignore[attr-defined]
            return False
        event_data.machine.set_state(self.dest, cursor)  # type: ignore[arg-type]
        return True


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
        not tried: *ask* already says everything about it.
    """
    if (stage, to) not in book.moves:
        found = ask(to)
        return not any(obstacle.blocks for obstacle in found), found
    cursor = Cursor(stage, ask)
    moved = process_machine(book).events[f"move to {to}"].trigger(cursor)
    return moved, cursor.obstacles


def machine(
    process: Process,
    model: object = None,
    *,
    facts: str | None = None,
    **options: Any,  # noqa: ANN401
) -> GateMachine:
    """
    Return an ordinary `transitions` machine with the gates of *process*, for your own models.

    It enforces the moves of the process, its exit criteria, the roles and reasons of moves (passed
    as ``role=`` and ``reason=`` to a trigger), and its mode. A model has facts but no history, so
    it does not enforce contact gaps, timers, holds, overrides, the expiry of facts or who learned
    them; for these there is `salesflow.Deal`.

    Each move is a trigger ``move_to_<stage>``. It returns False if the gate is closed;
    `GateMachine.obstacles` says why.

    Args:
        process: The process.

        model: A model or a list of models to add; as usual, adding one puts it into the state
            *initial*. None: none yet.

        facts: The name of the attribute or method of a model that holds its facts by name. None:
            each fact is an attribute of the model. A fact that is None or not there is unknown.

        **options: As for `transitions.Machine`, such as ``initial``, ``after_state_change`` or
            ``model_attribute`` (here ``stage``); ``send_event`` defaults to True.

    Raises:
        TypeError: If *options* contain what the process defines: states or transitions.

    >>> from types import SimpleNamespace
    >>> from salesflow.process import load_process
    >>> lead = SimpleNamespace(need_confirmed=True)
    >>> six_steps = machine(load_process("six-step"), lead)
    >>> lead.move_to_meeting()
    False
    >>> len(six_steps.obstacles(lead, "meeting"))
    5
    """
    return GateMachine(process, model, facts=facts, **options)


class GateMachine(Machine):
    """
    A machine whose transitions check the gates of a process; see `machine`.

    Args:
        process: The process.

        model: A model or a list of them to add.

        facts: Where a model keeps its facts.

        **options: As for `transitions.Machine`.
    """

    def __init__(
        self,
        process: Process,
        model: object = None,
        *,
        facts: str | None = None,
        **options: Any,  # noqa: ANN401
    ) -> None:
        given("process", process, Process)
        defaults: dict[str, Any] = {
            "initial": process.stages[0].id,
            "model_attribute": "stage",
            "send_event": True,
        }
        self.process = process
        self._facts = facts
        super().__init__(
            model=None,
            states=[stage.id for stage in process.stages],
            transitions=None,
            ordered_transitions=False,
            auto_transitions=False,
            **(defaults | options),
        )
        for (origin, to), move in rule_book(process).moves.items():
            self.add_transition(_trigger(to), origin, to)
            (transition,) = self.get_transitions(_trigger(to), origin, to)
            asked = ", ".join(criterion.id for criterion in move.criteria)
            transition.conditions.append(GateCondition(asked or "open", to))
        if model is not None:
            self.add_model(model)

    def obstacles(
        self, model: object, to: str, *, role: str | None = None, reason: str | None = None
    ) -> tuple[Obstacle, ...]:
        """
        Return the obstacles to a move of *model*; empty if there are none.

        Raises:
            UnknownName: If the process has no such stage, or no such role.
            ValueError: If a fact has a value it cannot have.
            TypeError: The same, where the type is wrong.
        """
        self.process.stage(to)
        if role is not None:
            self.process.role(role)
        stage = getattr(model, self.model_attribute)
        book = rule_book(self.process)
        return obstacles_without_history(
            book, stage, self._facts_of(model), to, role=role, reason=reason
        )

    def move(self, model: object, to: str, **said: Any) -> bool:  # noqa: ANN401
        """
        Trigger the move of *model* to a stage; the model need not be added, and may have slots.

        Raises:
            UnknownName: If the process has no such stage, or no such role.
            transitions.MachineError: If no move leads there from where the model is.
        """
        self.process.stage(to)
        if _trigger(to) not in self.events:
            msg = f"process {self.process.id!r}: no move leads to {to!r}"
            raise MachineError(msg)
        return self.events[_trigger(to)].trigger(model, **said)

    def _facts_of(self, model: object) -> Mapping[str, object]:
        if self._facts is None:
            return {name: getattr(model, name, None) for name in self.process.all_facts}
        held = getattr(model, self._facts)
        found: Mapping[str, object] = held() if callable(held) else held
        return found


class GateCondition(Condition):
    """
    Passes if nothing blocks the move to a stage.

    Args:
        asked: The criteria in words, for who looks at the machine.

        to: The stage.
    """

    def __init__(self, asked: str, to: str) -> None:
        super().__init__(asked)
        self.to = to

    def check(self, event_data: EventData) -> bool:
        """Return whether nothing blocks the move."""
        said = {name: event_data.kwargs.get(name) for name in ("role", "reason")}
        found = event_data.machine.obstacles(event_data.model, self.to, **said)
        return not any(obstacle.blocks for obstacle in found)


def _trigger(to: str) -> str:
    return f"move_to_{to}"

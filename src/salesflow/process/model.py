"""The process definition as one frozen value."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping
from typing import Any, overload

import attrs

from salesflow.calendars import Calendar
from salesflow.errors import ProcessError
from salesflow.process.definition import Definition
from salesflow.process.edit import changed
from salesflow.process.gates import Gate, facts_of, parse_gate
from salesflow.process.names import did_you_mean, listed
from salesflow.process.parts import (
    BUILT_IN_FACTS,
    BUILT_IN_TOUCHES,
    ContactGap,
    Fact,
    Mode,
    Stage,
    StageKind,
    Timer,
    TouchClass,
)
from salesflow.process.schema import to_document
from salesflow.process.validate import validate


@attrs.frozen(kw_only=True, cache_hash=True)
class Process(Definition):
    """
    A team's sales process.

    Two processes with the same content are equal. *stages* are in the order of the sale; the first
    one is where a deal opens.

    Args:
        id: Its name; small letters, digits, underscores and dashes.

        version: The team's own label, such as ``2026.1``.

        stages: At least one open and one won stage.

        title: For people.

        currency: Bare numbers compared with money mean it. None: no currency is assumed, and money
            facts may not be compared.

        mode: What rules do that do not say it themselves.

        back: ``any``: a deal may go back to every earlier open stage; ``listed``: only by a move.

        out: ``any``: every open stage may go to every lost and parked one; ``listed``: only by a
            move.

        calendar: How time is counted. Default: UTC, open all day, every day.

        calendars: More of them, chosen per deal. Their order says nothing.

        roles, activities, touches, facts: What the process adds to what is built in. Their order
            says nothing.

        holds: What a hold may be. Default: without limits.

        moves, contact_gaps, timers: In the order of the file, which settles what acts first.

        plays: What somebody does in a stage; they stand on the agenda only.

    Raises:
        ProcessError: If anything does not hold together, with every problem.
        TypeError: If an argument has the wrong type.

    >>> process = Process(
    ...     id="tiny",
    ...     version="1",
    ...     stages=[Stage(id="talk"), Stage(id="won", kind="won")],
    ... )
    >>> process.stage("talk").name
    'Talk'
    """

    def __attrs_post_init__(self) -> None:
        """Refuse a definition that does not hold together."""
        problems = validate(self)
        if problems:
            raise ProcessError(self.id, problems)

    @functools.cached_property
    def hash(self) -> str:
        """
        The SHA-256 of what the process says, in hex.

        It is taken of the canonical document (`to_document`) as JSON with sorted keys: comments,
        the order of keys, and whether a default is written out or left out make no difference; the
        order of stages, moves, gaps, timers and of every other list does. Equal processes have
        equal hashes.
        """
        canonical = json.dumps(to_document(self), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    @functools.cached_property
    def stages_by_id(self) -> Mapping[str, Stage]:
        """Every stage by its id, in the order of the sale."""
        return {stage.id: stage for stage in self.stages}

    @functools.cached_property
    def places(self) -> Mapping[str, int]:
        """The place of each stage in the order of the sale, from 0."""
        return {stage_id: place for place, stage_id in enumerate(self.stages_by_id)}

    @functools.cached_property
    def open_stages(self) -> tuple[Stage, ...]:
        """The open stages, in the order of the sale."""
        return tuple(stage for stage in self.stages if stage.kind is StageKind.OPEN)

    @functools.cached_property
    def touch_classes(self) -> Mapping[str, TouchClass]:
        """Every touch class by its id: the built-in ones, then the process's own."""
        return {touch.id: touch for touch in (*BUILT_IN_TOUCHES, *self.touches)}

    @functools.cached_property
    def all_facts(self) -> Mapping[str, Fact]:
        """Every fact by its id: the built-in ones, then the process's own."""
        return {fact.id: fact for fact in (*BUILT_IN_FACTS, *self.facts)}

    @functools.cached_property
    def _gates(self) -> dict[str, Gate]:
        return {}

    def watched_by(self, rule: ContactGap | Timer) -> tuple[str, ...]:
        """Return the stages that a rule watches, in the order of the sale: by default all open."""
        named = rule.stages or tuple(stage.id for stage in self.open_stages)
        return tuple(stage_id for stage_id in self.stages_by_id if stage_id in named)

    @functools.cached_property
    def counted_touches(self) -> frozenset[str]:
        """The touch classes that a contact gap or a timer counts."""
        gaps = (gap.clock for gap in self.contact_gaps)
        stops = (timer.stop for timer in self.timers if timer.stop is not None)
        clocks = (*gaps, *(timer.clock for timer in self.timers), *stops)
        return frozenset(name for source, name in clocks if source == "touch")

    def calendar_of(self, name: str | None) -> Calendar:
        """
        Return the calendar of that name; None: the default one.

        Raises:
            ValueError: If there is none.
        """
        if name is None:
            return self.calendar
        named = {row.id: row.calendar for row in self.calendars}
        if name not in named:
            hint = did_you_mean(name, named) or f"; known: {listed(named) or 'none'}"
            raise ValueError(f"process {self.id!r}: no calendar named {name!r}{hint}")
        return named[name]

    def mode_of(self, rule: ContactGap | Timer) -> Mode:
        """Return the mode of a rule: its own, else that of the process."""
        return rule.mode or self.mode

    def stage(self, stage_id: str) -> Stage:
        """
        Return the stage of that name.

        Raises:
            ValueError: If there is none.
        """
        try:
            return self.stages_by_id[stage_id]
        except KeyError:
            known = self.stages_by_id
            hint = did_you_mean(stage_id, known) or f"; known: {listed(known)}"
            message = f"process {self.id!r}: no stage named {stage_id!r}{hint}"
            raise ValueError(message) from None

    def gate(self, expression: str) -> Gate:
        """
        Return the tree of a gate expression over the facts of this process.

        Raises:
            GateError: If *expression* is no gate; never for one that the process itself holds.
        """
        if expression not in self._gates:
            self._gates[expression] = parse_gate(expression, self.all_facts, self.currency)
        return self._gates[expression]

    def facts_of(self, expression: str) -> tuple[str, ...]:
        """
        Return the facts that a gate expression reads, in its order, each once.

        Raises:
            GateError: Like `gate`.
        """
        return facts_of(self.gate(expression))

    @overload
    def replace(self, path: str, value: object) -> Process: ...
    @overload
    def replace(self, path: Mapping[str, object]) -> Process: ...
    def replace(self, path: str | Mapping[str, object], value: object = None) -> Process:
        """
        Return a variant with another value at one path, or at several; it is checked anew.

        Args:
            path: As in the process file, such as ``mode``, ``contact_gaps.touch.max``,
                ``stages.proof.exit``, ``facts.budget.title``, ``moves.close.intake.by``; or a
                mapping from paths to values.

            value: As the process file says it (``"3 days"``) or as the model holds it (a `Span`).
                None: as if it had never been said.

        Raises:
            ProcessError: If a path leads nowhere, a value does not fit, or the variant does not
                hold together.
        """
        changes = {path: value} if isinstance(path, str) else path
        # Unchecked in between: several values may only fit together.
        return checked(changed(Definition(**fields_of(self)), changes))


def checked(definition: Definition) -> Process:
    """
    Return the process that says what *definition* says.

    Raises:
        ProcessError: If it does not hold together.
    """
    return Process(**fields_of(definition))


def fields_of(definition: Definition) -> dict[str, Any]:
    """Return the arguments that make *definition*."""
    return {field.name: getattr(definition, field.name) for field in attrs.fields(Definition)}

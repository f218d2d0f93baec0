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
from salesflow.given import mapping
from salesflow.process.definition import Definition
from salesflow.process.edit import changed
from salesflow.process.gates import Gate, facts_of, parse_gate
from salesflow.process.lookups import expressions
from salesflow.process.names import unknown_name
from salesflow.process.notebook import html_of, short_repr
from salesflow.process.parts import (
    BUILT_IN_FACTS,
    BUILT_IN_TOUCHES,
    Fact,
    Mode,
    Role,
    Rule,
    Stage,
    StageKind,
    TouchClass,
)
from salesflow.process.schema import to_document
from salesflow.process.validate import validate


@attrs.frozen(kw_only=True, cache_hash=True, repr=False)
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

        currency: The currency of bare numbers that are compared with money. None: no currency is
            assumed, and money facts may not be compared.

        mode: The mode of every rule that does not have its own.

        back: ``any``: a deal may go back to every earlier open stage; ``listed``: only by a move.

        out: ``any``: every open stage may go to every lost and parked one; ``listed``: only by a
            move.

        calendar: How time is counted. Default: UTC, open all day, every day.

        calendars: Further calendars, chosen per deal. Their order has no meaning.

        roles, activities, touches, facts: What the process adds to what is built in. Their order
            has no meaning.

        holds: The limits of holds. Default: without limits.

        moves, contact_gaps, timers: In the order of the file, which decides what acts first.

        plays: What somebody should do in a stage; they appear on the agenda only.

    Raises:
        ProcessError: If the definition is not consistent, with every problem.
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
        """Refuse a definition that is not consistent."""
        problems = validate(self)
        if problems:
            raise ProcessError(self.id, problems)

    def __repr__(self) -> str:
        return short_repr(self)

    def _repr_html_(self) -> str:
        return html_of(self)

    @functools.cached_property
    def hash(self) -> str:
        """
        The SHA-256 of what the process says, in hex.

        It is computed from the canonical document (`to_document`) as JSON with sorted keys:
        comments, the order of keys, and whether a default is written out make no difference; the
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
    def stage_names(self) -> Mapping[str, str]:
        """What people call each stage, by its id; see `Stage.name`."""
        return {stage.id: stage.name for stage in self.stages}

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
    def _gates(self) -> Mapping[str, Gate]:
        """Every gate that the process holds, by its expression."""
        return {text: self._parsed(text) for _, text in expressions(self)}

    def _parsed(self, expression: str) -> Gate:
        return parse_gate(expression, self.all_facts, self.currency)

    def watched_by(self, rule: Rule) -> tuple[str, ...]:
        """Return the stages that a rule watches, in the order of the sale: by default all open."""
        if not rule.stages:
            return tuple(stage.id for stage in self.open_stages)
        return tuple(stage_id for stage_id in self.stages_by_id if stage_id in rule.stages)

    @functools.cached_property
    def counted_touches(self) -> frozenset[str]:
        """The touch classes that a contact gap or a timer counts."""
        gaps = (gap.clock for gap in self.contact_gaps)
        stops = (timer.stop for timer in self.timers if timer.stop is not None)
        clocks = (*gaps, *(timer.clock for timer in self.timers), *stops)
        return frozenset(name for source, name in clocks if source == "touch")

    def calendar_of(self, name: str | None) -> Calendar:
        """
        Return the calendar of that name; None: the default calendar.

        Raises:
            UnknownName: If there is none of that name.
        """
        if name is None:
            return self.calendar
        named = {row.id: row.calendar for row in self.calendars}
        if name not in named:
            raise unknown_name(self.id, "calendar", name, named)
        return named[name]

    def mode_of(self, rule: Rule) -> Mode:
        """Return the mode of a rule: its own, or otherwise that of the process."""
        return rule.mode or self.mode

    def stage(self, stage_id: str) -> Stage:
        """
        Return the stage of that name.

        Raises:
            UnknownName: If there is none of that name.
        """
        try:
            return self.stages_by_id[stage_id]
        except KeyError:
            raise unknown_name(self.id, "stage", stage_id, self.stages_by_id) from None

    def role(self, role_id: str) -> Role:
        """
        Return the role of that name.

        Raises:
            UnknownName: If there is none of that name.
        """
        roles = {role.id: role for role in self.roles}
        if role_id not in roles:
            raise unknown_name(self.id, "role", role_id, roles)
        return roles[role_id]

    def gate(self, expression: str) -> Gate:
        """
        Return the tree of a gate expression over the facts of this process.

        Raises:
            GateError: If *expression* is not a gate; never for one that the process itself holds.
        """
        return self._gates.get(expression) or self._parsed(expression)

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
        Return a variant with another value at one path, or at several; it is checked again.

        Args:
            path: As in the process file, such as ``mode``, ``contact_gaps.touch.max``,
                ``stages.proof.exit``, ``facts.budget.title``, ``moves.close.intake.by``; or a
                mapping from paths to values.

            value: As the process file says it (``"3 days"``) or as the model holds it (a `Span`).
                None: as if it were not in the file.

        Raises:
            ProcessError: If a path leads nowhere, a value does not fit, or the variant is not
                consistent.
            TypeError: If *path* is neither a path nor a mapping.
        """
        changes = {path: value} if isinstance(path, str) else mapping("path", path)
        # Not checked in between: several values may only fit together.
        return checked(changed(Definition(**fields_of(self)), changes))


def checked(definition: Definition) -> Process:
    """
    Return the process that says what *definition* says.

    Raises:
        ProcessError: If it is not consistent.
    """
    return Process(**fields_of(definition))


def fields_of(definition: Definition) -> dict[str, Any]:
    """Return the arguments that make *definition*."""
    return {field.name: getattr(definition, field.name) for field in attrs.fields(Definition)}

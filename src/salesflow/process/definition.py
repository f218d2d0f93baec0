"""What a process says, before it has been checked."""

from __future__ import annotations

from typing import Any

import attrs

from salesflow.calendars import Calendar
from salesflow.process.converters import as_tuple, each_is, is_a, is_text
from salesflow.process.parts import (
    ActivityKind,
    ContactGap,
    Fact,
    Holds,
    Listing,
    Mode,
    Move,
    NamedCalendar,
    Play,
    Role,
    Rule,
    Stage,
    Timer,
    TouchClass,
    as_mode,
)
from salesflow.vocabulary import word


def _by_id(rows: tuple[Any, ...]) -> tuple[Any, ...]:
    # In a file these are tables under their ids, and the order of keys has no meaning.
    return tuple(sorted(rows, key=lambda row: row.id))


def _back(value: str) -> Listing:
    return word("back", Listing, value)


def _out(value: str) -> Listing:
    return word("out", Listing, value)


@attrs.frozen(kw_only=True)
class Definition:
    """
    The content of a process, unchecked: `Process` is the same, checked.

    Its arguments are those of `Process`.
    """

    id: str = attrs.field(validator=is_text)
    version: str = attrs.field(validator=is_text)
    stages: tuple[Stage, ...] = attrs.field(converter=as_tuple, validator=each_is(Stage))
    title: str = attrs.field(default="", validator=is_text)
    currency: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_text))
    mode: Mode = attrs.field(default=Mode.ENFORCE, converter=as_mode)
    back: Listing = attrs.field(default=Listing.ANY, converter=_back)
    out: Listing = attrs.field(default=Listing.ANY, converter=_out)
    calendar: Calendar = attrs.field(
        factory=lambda: Calendar(timezone="UTC"), validator=is_a(Calendar)
    )
    calendars: tuple[NamedCalendar, ...] = attrs.field(
        default=(), converter=as_tuple, validator=each_is(NamedCalendar), eq=_by_id
    )
    roles: tuple[Role, ...] = attrs.field(
        default=(), converter=as_tuple, validator=each_is(Role), eq=_by_id
    )
    activities: tuple[ActivityKind, ...] = attrs.field(
        default=(), converter=as_tuple, validator=each_is(ActivityKind), eq=_by_id
    )
    touches: tuple[TouchClass, ...] = attrs.field(
        default=(), converter=as_tuple, validator=each_is(TouchClass), eq=_by_id
    )
    facts: tuple[Fact, ...] = attrs.field(
        default=(), converter=as_tuple, validator=each_is(Fact), eq=_by_id
    )
    holds: Holds = attrs.field(factory=Holds, validator=is_a(Holds))
    moves: tuple[Move, ...] = attrs.field(default=(), converter=as_tuple, validator=each_is(Move))
    contact_gaps: tuple[ContactGap, ...] = attrs.field(
        default=(), converter=as_tuple, validator=each_is(ContactGap)
    )
    timers: tuple[Timer, ...] = attrs.field(
        default=(), converter=as_tuple, validator=each_is(Timer)
    )
    plays: tuple[Play, ...] = attrs.field(default=(), converter=as_tuple, validator=each_is(Play))

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The contact gaps, then the timers."""
        return (*self.contact_gaps, *self.timers)

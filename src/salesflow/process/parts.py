"""
The parts of a process definition: what a team agrees on, as frozen data.

Nothing here acts. What the rules mean in time is written in `salesflow.rules`, once; whether the
parts are consistent is checked by `salesflow.process.validate` when a process is built from them.
"""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from salesflow.calendars import Calendar, Span
from salesflow.english import readable
from salesflow.process.converters import (
    as_tuple,
    each_is,
    is_a,
    is_flag,
    is_text,
    is_whole,
    probability,
    span,
    texts,
)
from salesflow.vocabulary import Word, word


class StageKind(Word):
    """What being in a stage means for the deal."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"
    PARKED = "parked"

    @property
    def is_closed(self) -> bool:
        """Whether a deal here is won or lost: no move leaves it, and no timer."""
        return self in (StageKind.WON, StageKind.LOST)


class Mode(Word):
    """How strictly a rule is applied; all three modes record the same verdicts."""

    ENFORCE = "enforce"
    """Refuse forward moves; a timer moves the deal."""
    WARN = "warn"
    """Let moves pass with a warning; a timer only says what it would have done."""
    OBSERVE = "observe"
    """Only record."""


class FactType(Word):
    """The type of a fact."""

    BOOL = "bool"
    INT = "int"
    MONEY = "money"
    DATE = "date"
    ONE_OF = "one_of"
    TEXT = "text"


class Direction(Word):
    """Which touches a touch class counts, by who reached whom."""

    ANY = "any"
    TWO_WAY = "two_way"
    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Revival(Word):
    """What brings a parked deal back without a command."""

    INBOUND = "inbound"
    """The buyer's next touch."""


class Listing(Word):
    """Whether a kind of move is allowed everywhere or only where the process lists it."""

    ANY = "any"
    LISTED = "listed"


def as_mode(value: str) -> Mode:
    """Return a mode by its word."""
    return word("mode", Mode, value)


def _kind(value: str) -> StageKind:
    return word("kind", StageKind, value)


def _type(value: str) -> FactType:
    return word("type", FactType, value)


def _direction(value: str) -> Direction:
    return word("direction", Direction, value)


def _revive(value: str) -> Revival:
    return word("revive", Revival, value)


@attrs.frozen(kw_only=True)
class Role:
    """
    A role that people may have in this process.

    Args:
        id: Its name.

        may_override: The rules and criteria that it may override, by id; ``*`` for all of them.
    """

    id: str = attrs.field(validator=is_text)
    may_override: tuple[str, ...] = attrs.field(default=(), converter=texts)


@attrs.frozen(kw_only=True)
class NamedCalendar:
    """
    A calendar in addition to the default one, chosen per deal.

    Args:
        id: Its name.

        calendar: How time is counted for the deals that name it.
    """

    id: str = attrs.field(validator=is_text)
    calendar: Calendar = attrs.field(validator=is_a(Calendar))


@attrs.frozen(kw_only=True)
class ActivityKind:
    """
    A kind of activity that the process adds to the built-in ones.

    Args:
        id: Its name, such as ``site_visit``.

        like: The built-in kind that it counts as. None: an internal activity that never reaches
            the buyer.

        selling: Whether its minutes are selling time. None: as the kind it is like; an internal
            activity is not selling.
    """

    id: str = attrs.field(validator=is_text)
    like: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_text))
    selling: bool | None = attrs.field(default=None, validator=attrs.validators.optional(is_flag))


@attrs.frozen(kw_only=True)
class TouchClass:
    """
    A named filter that says which done activities count as a touch.

    Args:
        id: Its name. ``any``, ``two_way`` and ``inbound`` are built in.

        kinds: The kinds of activity that count, each listed itself (not what is like it). Empty:
            every kind that reaches the buyer.

        direction: Who must have reached whom.

        not_outcomes: Outcomes that do not count, in addition to those that never reach a buyer.

        unanswered_cap: How many unanswered attempts in a row count (>= 1); None: all of them.
    """

    id: str = attrs.field(validator=is_text)
    kinds: tuple[str, ...] = attrs.field(default=(), converter=texts)
    direction: Direction = attrs.field(default=Direction.ANY, converter=_direction)
    not_outcomes: tuple[str, ...] = attrs.field(default=(), converter=texts)
    unanswered_cap: int | None = attrs.field(
        default=None, validator=attrs.validators.optional(is_whole)
    )


BUILT_IN_TOUCHES = (
    TouchClass(id="any"),
    TouchClass(id="two_way", direction=Direction.TWO_WAY),
    TouchClass(id="inbound", direction=Direction.INBOUND),
)
"""The touch classes that every process has."""


@attrs.frozen(kw_only=True)
class Fact:
    """
    Typed evidence about a deal.

    Args:
        id: Its name, as gates write it.

        type: What it may hold.

        title: What it means, for people.

        values: For ``one_of``: the closed list of values. Otherwise empty.

        valid_for: How long it holds after it was learned, the last instant included; after that it
            is unknown again. None: for ever. Holds do not extend it.
    """

    id: str = attrs.field(validator=is_text)
    type: FactType = attrs.field(converter=_type)
    title: str = attrs.field(default="", validator=is_text)
    values: tuple[str, ...] = attrs.field(default=(), converter=texts)
    valid_for: Span | None = attrs.field(default=None, converter=attrs.converters.optional(span))


BUILT_IN_FACTS = (Fact(id="value", type=FactType.MONEY, title="What the deal is worth"),)
"""The facts that every process has."""


@attrs.frozen(kw_only=True)
class Criterion:
    """
    What must be true before a deal may leave a stage in a forward direction.

    Args:
        id: Its name in obstacles; a criterion given as a plain string has that text.

        expression: The gate expression; it must come out *true*, and unknown is not enough.

        say: The same in words, for people. Empty: the expression itself.

        by: The roles that may learn its facts: facts learned by others are unknown to it. Empty:
            everybody.
    """

    id: str = attrs.field(validator=is_text)
    expression: str = attrs.field(validator=is_text)
    say: str = attrs.field(default="", validator=is_text)
    by: tuple[str, ...] = attrs.field(default=(), converter=texts)

    @classmethod
    def of(cls, value: Criterion | str) -> Criterion:
        """Return *value*, or the criterion that a plain string stands for."""
        return cls(id=value, expression=value) if isinstance(value, str) else value


def _criteria(values: Iterable[Criterion | str]) -> tuple[Criterion, ...]:
    return tuple(Criterion.of(value) for value in as_tuple(values, "a list of criteria"))


@attrs.frozen(kw_only=True)
class Stage:
    """
    Where a deal can be.

    Args:
        id: Its name.

        title: The same for people. Empty: made from the id.

        kind: What being here means.

        win_probability: The share of deals here that are won, from 0 to 1; None: not given.

        exit: What must be true to leave it in a forward direction.

        reasons: For a lost stage: the closed list of reasons. Empty: any reason, or none.

        revive: For a parked stage: what brings the deal back to its latest open stage. None:
            only a command does.
    """

    id: str = attrs.field(validator=is_text)
    title: str = attrs.field(default="", validator=is_text)
    kind: StageKind = attrs.field(default=StageKind.OPEN, converter=_kind)
    win_probability: float | None = attrs.field(default=None, converter=probability)
    exit: tuple[Criterion, ...] = attrs.field(
        default=(), converter=_criteria, validator=each_is(Criterion)
    )
    reasons: tuple[str, ...] = attrs.field(default=(), converter=texts)
    revive: Revival | None = attrs.field(default=None, converter=attrs.converters.optional(_revive))

    @property
    def name(self) -> str:
        """The title, or the id made readable."""
        return self.title or readable(self.id)


@attrs.frozen(kw_only=True)
class Move:
    """
    An allowed step from one stage to another.

    Args:
        from_stage: The stage that is left (in a file: ``from``).

        to_stage: The stage that is entered (in a file: ``to``).

        title: What happens in it, for people.

        by: Roles that may make it. Empty: everybody.

        exit: Criteria of this move, added to the stage's own.

        reason_required: Whether a reason must be given (in a file: ``reason = "required"``).
    """

    from_stage: str = attrs.field(validator=is_text)
    to_stage: str = attrs.field(validator=is_text)
    title: str = attrs.field(default="", validator=is_text)
    by: tuple[str, ...] = attrs.field(default=(), converter=texts)
    exit: tuple[Criterion, ...] = attrs.field(
        default=(), converter=_criteria, validator=each_is(Criterion)
    )
    reason_required: bool = attrs.field(default=False, validator=is_flag)


@attrs.frozen(kw_only=True)
class Escalation:
    """
    Who hears of a breach or an end, and when.

    Args:
        after: Counted from the start of the clock; never before the clock's end.

        to: A role.
    """

    after: Span = attrs.field(converter=span)
    to: str = attrs.field(validator=is_text)


@attrs.frozen(kw_only=True)
class ContactGap:
    """
    A rule on the time between touches.

    Args:
        id: Its name.

        touch: The touch class whose touches restart it.

        stages: The stages it watches. Empty: all open ones.

        when: A gate expression; the rule applies while it is true. None: always.

        warn: The gap at which the deal is due; None: no warning.

        max: The longest gap; the deadline itself is in time.

        escalate: Who hears of a breach, and when.

        mode: None: the process's mode.
    """

    id: str = attrs.field(validator=is_text)
    touch: str = attrs.field(default="any", validator=is_text)
    stages: tuple[str, ...] = attrs.field(default=(), converter=texts)
    when: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_text))
    warn: Span | None = attrs.field(default=None, converter=attrs.converters.optional(span))
    max: Span = attrs.field(converter=span)
    escalate: tuple[Escalation, ...] = attrs.field(
        default=(), converter=as_tuple, validator=each_is(Escalation)
    )
    mode: Mode | None = attrs.field(default=None, converter=attrs.converters.optional(as_mode))

    @property
    def clock(self) -> tuple[str, str]:
        """What starts its clock: ``("touch", class)``."""
        return "touch", self.touch


@attrs.frozen(kw_only=True)
class Holds:
    """
    The limits of a hold: a recorded span of time that does not count.

    Beyond these limits the command is refused; a hold that is recorded counts all the same, and is
    a deviation.

    Args:
        longest: The longest time from its start to its planned end. None: no limit.

        per_deal: The number of holds that a deal may have (>= 1). None: no limit.

        reasons: The closed list of reasons. Empty: any reason.

        end_on_inbound: Whether the buyer's next touch ends it.
    """

    longest: Span | None = attrs.field(default=None, converter=attrs.converters.optional(span))
    per_deal: int | None = attrs.field(default=None, validator=attrs.validators.optional(is_whole))
    reasons: tuple[str, ...] = attrs.field(default=(), converter=texts)
    end_on_inbound: bool = attrs.field(default=False, validator=is_flag)


@attrs.frozen(kw_only=True)
class Postponement:
    """
    What puts off the end of a timer: the latest of these and of the timer's own deadline counts.

    Args:
        inbound: This long after the buyer's last touch. None: touches do not postpone.

        planned: This long after the nearest planned activity, or after it was done. None: plans
            do not postpone.

        at_most: At most this long after the deadline, whatever was said and planned. None: no
            limit.
    """

    inbound: Span | None = attrs.field(default=None, converter=attrs.converters.optional(span))
    planned: Span | None = attrs.field(default=None, converter=attrs.converters.optional(span))
    at_most: Span | None = attrs.field(default=None, converter=attrs.converters.optional(span))


@attrs.frozen(kw_only=True)
class Timer:
    """
    A rule on any other clock, whose end escalates or moves the deal.

    Args:
        id: Its name.

        since: What starts the clock: ``touch``, ``touch:<class>``, ``stage`` (this visit),
            ``stage_total`` (all visits to the stage), ``opened``, ``fact:<id>``, ``date:<fact>`` or
            ``activity:<kind>``.

        until: What stops it, if it comes after the start: ``touch``, ``touch:<class>``,
            ``fact:<id>`` or ``activity:<kind>``. None: nothing but a new start.

        after: How long it runs. None only with ``date:``: it ends with that day, or *before* it.

        before: With ``date:``: this many days or business days before that day. None: not before.

        notice: A notice this long before the end, in the unit of *after* or *before*. None: no
            notice.

        move_to: The stage that the deal is moved to at the end; never a won one. None: the end is
            a breach, which blocks nothing.

        reason: Recorded with the move.

        escalate: Who hears of the end, and when.

        postpone: What puts off the end. None: nothing but a hold or an override.

        stages: The stages it watches. Empty: all open ones.

        when: A gate expression; the rule applies while it is true. None: always.

        mode: None: the process's mode.
    """

    id: str = attrs.field(validator=is_text)
    since: str = attrs.field(validator=is_text)
    until: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_text))
    after: Span | None = attrs.field(default=None, converter=attrs.converters.optional(span))
    before: Span | None = attrs.field(default=None, converter=attrs.converters.optional(span))
    notice: Span | None = attrs.field(default=None, converter=attrs.converters.optional(span))
    move_to: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_text))
    reason: str = attrs.field(default="", validator=is_text)
    escalate: tuple[Escalation, ...] = attrs.field(
        default=(), converter=as_tuple, validator=each_is(Escalation)
    )
    postpone: Postponement | None = attrs.field(
        default=None,
        validator=attrs.validators.optional(is_a(Postponement)),
    )
    stages: tuple[str, ...] = attrs.field(default=(), converter=texts)
    when: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_text))
    mode: Mode | None = attrs.field(default=None, converter=attrs.converters.optional(as_mode))

    @property
    def clock(self) -> tuple[str, str]:
        """
        What starts its clock, and which one: ``("touch", "any")``, ``("date", fact)``.

        A touch without a class is any touch. Where there is nothing to name, the name is empty.
        """
        return _source(self.since)

    @property
    def stop(self) -> tuple[str, str] | None:
        """What stops its clock, and which one, as in *clock*; None: nothing but a new start."""
        return None if self.until is None else _source(self.until)


Rule = ContactGap | Timer


def ends_in_working_time(rule: Rule) -> bool:
    """Return whether the end of a rule is counted in working time, which needs known holidays."""
    span = rule.max if isinstance(rule, ContactGap) else rule.after or rule.before
    return span is not None and span.unit.is_working_time


def _source(text: str) -> tuple[str, str]:
    source, _, name = text.partition(":")
    return source, "any" if (source, name) == ("touch", "") else name


@attrs.frozen(kw_only=True)
class Play:
    """
    A tactic: an activity that somebody should do in a stage. It appears on the agenda only.

    Exactly one of *within*, *after*, *before* and *every* says when.

    Args:
        id: Its name.

        title: The same for people. Empty: made from the id.

        role: Who does it. None: the owner of the deal.

        activity: The kind of activity that carries it out.

        stages: Where it applies. Empty: in all open stages.

        when: A gate expression; the play applies while it is true. None: always.

        within: To be done once, at most this long after the stage was entered.

        after: To be done once, at least this long after the stage was entered.

        before: To be done once, at least this long before *date*.

        every: To be done again this long after the last time, counted first from the entry.

        date: With *before*: a date fact.

        minutes: How long it takes (>= 1). None: not given.
    """

    id: str = attrs.field(validator=is_text)
    title: str = attrs.field(default="", validator=is_text)
    role: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_text))
    activity: str = attrs.field(validator=is_text)
    stages: tuple[str, ...] = attrs.field(default=(), converter=texts)
    when: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_text))
    within: Span | None = attrs.field(default=None, converter=attrs.converters.optional(span))
    after: Span | None = attrs.field(default=None, converter=attrs.converters.optional(span))
    before: Span | None = attrs.field(default=None, converter=attrs.converters.optional(span))
    every: Span | None = attrs.field(default=None, converter=attrs.converters.optional(span))
    date: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_text))
    minutes: int | None = attrs.field(default=None, validator=attrs.validators.optional(is_whole))

    @property
    def name(self) -> str:
        """The title, or the id made readable."""
        return self.title or readable(self.id)

"""
The events of a deal: frozen facts, appended and never edited.

A deal is what its events add up to. Each event says when it happened (``occurred_at``) and when we
were told (``recorded_at``); rules go by the first. `Event.to_dict` and `event_from_dict` are the
JSON form, versioned so that a history written today can be read by later releases. ``str()`` is a
line for people.
"""

from __future__ import annotations

import datetime as dt
import enum
import operator
import re
from collections.abc import ItemsView, Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, ClassVar, Literal

import attrs

from salesflow.english import clock_text, count_of, role_words, short
from salesflow.errors import SHOWN_OF_HASH, EventError
from salesflow.vocabulary import Word, word

FORMAT = 1
"""The version of the JSON form that this release writes."""


def to_utc(name: str, value: object) -> dt.datetime:
    """
    Return an instant as a plain datetime in UTC.

    In a repeated hour a local time is equal to none elsewhere, and what is finer than a microsecond
    (a pandas ``Timestamp`` may be) is cut off: no event says it.

    Args:
        name: The argument, for the error.

        value: Said to be an aware datetime.

    Raises:
        TypeError: If it is not a datetime.
        ValueError: If it is naive or ``NaT``, or lies outside the years 1 to 9999 of UTC.
    """
    if type(value) is dt.datetime and value.tzinfo is dt.UTC:
        return value
    if not isinstance(value, dt.datetime):
        msg = f"{name!r} must be a datetime, got {value!r}. Give date, time and zone."
        raise TypeError(msg)
    if value != value:  # noqa: PLR0124 - NaT is a datetime, and equal to nothing
        msg = f"{name!r} must be a datetime, got {value!r}: it is missing."
        raise ValueError(msg)
    if value.utcoffset() is None:
        msg = f"{name!r} must be aware, got {value!r}. Add tzinfo=datetime.UTC."
        raise ValueError(msg)
    try:
        return _plain(value.astimezone(dt.UTC))
    except OverflowError:
        msg = f"{name!r} must lie in the years 1 to 9999 of UTC, got {value!r}"
        raise ValueError(msg) from None


def _plain(at: dt.datetime) -> dt.datetime:
    """Return an instant in UTC as a datetime of the standard library."""
    if type(at) is dt.datetime:
        return at
    date = dt.date(at.year, at.month, at.day)
    time = dt.time(at.hour, at.minute, at.second, at.microsecond, dt.UTC)
    return dt.datetime.combine(date, time)


# A live deal makes events all day, and most of their fields are as they should be or left out: so
# each of these looks for that first, and asks no other function then.


def _occurred_at(value: dt.datetime) -> dt.datetime:
    return to_utc("occurred_at", value)


def _recorded_at(value: dt.datetime | None) -> dt.datetime | None:
    return None if value is None else to_utc("recorded_at", value)


def _starts_at(value: dt.datetime | None) -> dt.datetime | None:
    return None if value is None else to_utc("starts_at", value)


def _until(value: dt.datetime) -> dt.datetime:
    return to_utc("until", value)


def _is_text(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, str):
        msg = f"{attribute.name!r} must be text, got {value!r}"
        raise TypeError(msg)


def _is_text_or_none(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if value is not None and not isinstance(value, str):
        _is_text(_, attribute, value)


def plain_scalar(value: Any) -> Any:  # noqa: ANN401 - whatever somebody has
    """
    Return a whole number, a truth value or a text of numpy as Python's; all else as it is.

    A float stays: what was rounded is no amount. So does a date of numpy, which has no type of its
    own for days.
    """
    kind = type(value)
    if kind.__module__ != "numpy":
        return value
    if kind.__name__ in {"bool", "bool_"}:
        return bool(value)
    if isinstance(value, str):
        return str(value)
    is_whole = hasattr(value, "__index__") and kind.__name__ not in {"ndarray", "timedelta64"}
    return operator.index(value) if is_whole else value


def _whole(name: str, value: object) -> int:
    number = plain_scalar(value)
    if not isinstance(number, int) or isinstance(number, bool):
        msg = f"{name!r} must be a whole number, got {number!r}"
        raise TypeError(msg)
    return number


def _seq(value: int) -> int:
    return value if type(value) is int else _whole("seq", value)


def _minutes(value: int | None) -> int | None:
    if value is None:
        return None
    minutes = value if type(value) is int else _whole("minutes", value)
    if minutes < 0:
        msg = f"'minutes' must not be negative, got {minutes!r}"
        raise ValueError(msg)
    return minutes


LONGEST_DEAL_ID, LONGEST_EVENT_ID = 255, 1000
"""Bytes in UTF-8: a database wants the keys of its indexes short."""

UNKEPT = re.compile("[\0\ud800-\udfff]")
"""What not every database can keep as text."""


def check_id(what: str, name: object, longest: int) -> None:
    """
    Refuse an id that not every database can keep.

    Raises:
        EventError: If it is empty or too long, or has NUL or half a surrogate pair in it.
    """
    if not isinstance(name, str):
        msg = f"{what} id: got {name!r}, expected text."
        raise TypeError(msg)
    if not name or UNKEPT.search(name):
        wanted = "text without NUL or lone surrogates" if name else "at least one character"
        msg = f"{what} id {name!r}: expected {wanted}."
        raise EventError(msg)
    if (length := len(name.encode())) > longest:
        msg = f"{what} id {name[:40]!r}…: it has {length} bytes, at most {longest} can be kept."
        raise EventError(msg)


class Precision(Word):
    """How well we know when something happened."""

    INSTANT = "instant"
    DAY = "day"
    """Only on which local day."""


class Status(Word):
    """How far an activity has come; only a done one counts as a touch."""

    PLANNED = "planned"
    DONE = "done"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


class Way(Word):
    """Who reached whom."""

    IN = "in"
    OUT = "out"


PrecisionWord = Literal["instant", "day"] | Precision
StatusWord = Literal["planned", "done", "no_show", "cancelled"] | Status
WayWord = Literal["in", "out"] | Way


def _precision(value: PrecisionWord) -> Precision:
    return value if type(value) is Precision else word("precision", Precision, value)


def _status(value: StatusWord) -> Status:
    return value if type(value) is Status else word("status", Status, value)


def _direction(value: WayWord | None) -> Way | None:
    return None if value is None else word("direction", Way, value)


def _owner(value: str | None) -> str | None:
    """Return who it is; a blank text, which older events may say, is nobody."""
    return None if isinstance(value, str) and not value.strip() else value


Value = bool | int | Decimal | dt.date | str
"""What a fact may hold; money is a `Decimal` in the process's currency."""


_BY_ID: Mapping[str, str] = MappingProxyType({})


@attrs.frozen(kw_only=True)
class Event:
    """
    What every event has.

    Args:
        id: Unique within the deal. The same id with the same content is the same event.

        occurred_at: When it happened; aware, kept in UTC.

        recorded_at: When we were told; aware, kept in UTC. None: when it happened.

        by: Who did it.

        source: Where we have it from, such as ``"hubspot"``.

        seq: The source's own order, for events at one instant.

        precision: ``day`` if only the local day of *occurred_at* is known: then *recorded_at* must
            be said. The event counts at the end of that day or when it was recorded, whichever is
            earlier; an opening counts at the day's beginning.

    Raises:
        TypeError: If an instant is not a datetime, or another field has the wrong type.
        ValueError: If an instant is naive, or *recorded_at* is missing where it is needed.
    """

    kind_name: ClassVar[str]
    rank: ClassVar[int]

    id: str = attrs.field(validator=_is_text)
    occurred_at: dt.datetime = attrs.field(converter=_occurred_at)
    recorded_at: dt.datetime | None = attrs.field(default=None, converter=_recorded_at)
    by: str | None = attrs.field(default=None, validator=_is_text_or_none)
    source: str = attrs.field(default="", validator=_is_text)
    seq: int = attrs.field(default=0, converter=_seq)
    precision: Precision = attrs.field(default=Precision.INSTANT, converter=_precision)

    @precision.validator
    def _is_known_of(self, _: object, precision: Precision) -> None:
        """Refuse a day without knowing when we were told of it."""
        if self.recorded_at is None and precision is Precision.DAY:
            msg = "'recorded_at' is missing; an event with precision 'day' needs it"
            raise ValueError(msg)

    @property
    def known_at(self) -> dt.datetime:
        """When we were told."""
        return self.recorded_at or self.occurred_at

    def repeats(self, first: Event) -> bool:
        """
        Return whether this is *first* told once more: the same, and not known any earlier.

        Who delivers an event twice may stamp each delivery with its own `recorded_at`.
        """
        if type(self) is not type(first) or self.known_at < first.known_at:
            return False
        names = (field.name for field in attrs.fields(type(self)) if field.name != "recorded_at")
        return all(getattr(self, name) == getattr(first, name) for name in names)

    def __str__(self) -> str:
        return self.text()

    def text(self, timezone: str = "UTC", stages: Mapping[str, str] = _BY_ID) -> str:
        """
        Return the event as a line for people.

        An event knows no process and no calendar: stages are said by their ids and instants in UTC,
        unless it is told otherwise.

        Args:
            timezone: By which clocks; those of a deal are `salesflow.deal.DealState.zone`.

            stages: What stages are called, such as `salesflow.Process.stage_names`.

        >>> at = dt.datetime(2026, 3, 2, 15, tzinfo=dt.UTC)
        >>> event = Moved(id="a", occurred_at=at, to="lost", reason="price", by="dana", role="rep")
        >>> print(event)
        2026-03-02 15:00 UTC moved to lost: price, by dana as rep
        >>> event.text("America/New_York")
        '2026-03-02 10:00 EST moved to lost: price, by dana as rep'
        >>> event.text(stages={"lost": "Gone"})
        '2026-03-02 15:00 UTC moved to Gone: price, by dana as rep'
        """
        day = " (some time that day)" if self.precision is Precision.DAY else ""
        by = f", by {short(self.by)}" if self.by else ""
        role = getattr(self, "role", None)
        as_role = f"{'' if by else ','} as {short(role)}" if role else ""
        about = self.about(timezone, stages)
        return f"{clock_text(self.occurred_at, timezone)}{day} {about}{by}{as_role}"

    def about(self, timezone: str = "UTC", stages: Mapping[str, str] = _BY_ID) -> str:
        """Return what it says in a few words, without when and by whom; see `text`."""
        ends: dt.datetime | None = getattr(self, "until", None)
        reason = short(getattr(self, "reason", None) or "")
        until = "" if ends is None else f" until {clock_text(ends, timezone)}"
        return f"{self._what(stages)}{until}{f': {reason}' if reason else ''}"

    def _what(self, _stages: Mapping[str, str]) -> str:
        return self.kind_name

    def to_dict(self) -> dict[str, Any]:
        """Return the event as JSON-ready data; what is not set is left out."""
        data: dict[str, Any] = {"format": FORMAT, "type": self.kind_name}
        for field in attrs.fields(type(self)):
            value = getattr(self, field.name)
            if value != field.default:
                data[field.name] = _to_json(value)
        return data


@attrs.frozen(kw_only=True)
class Opened(Event):
    """
    The deal begins.

    Args:
        deal: The deal's id.

        stage: Where it begins; None: in the process's first stage.

        owner: Who it belongs to; None: nobody yet.

        calendar: By which of the process's calendars its time is counted; None: the default one.

        process: The hash of the process that it runs under (`Process.hash`). None: not said; a
            history from elsewhere is read under the process that it is given.
    """

    kind_name = "opened"
    rank = 0

    deal: str = attrs.field(validator=_is_text)
    stage: str | None = attrs.field(default=None, validator=_is_text_or_none)
    owner: str | None = attrs.field(default=None, converter=_owner, validator=_is_text_or_none)
    calendar: str | None = attrs.field(default=None, validator=_is_text_or_none)
    process: str | None = attrs.field(default=None, validator=_is_text_or_none)

    def _what(self, stages: Mapping[str, str]) -> str:
        stage = f" in {short(stages.get(self.stage, self.stage))}" if self.stage else ""
        owner = f", of {short(self.owner)}" if self.owner else ""
        return f"opened {short(self.deal)}{stage}{owner}"


def _facts(value: Mapping[str, Value]) -> Mapping[str, Value]:
    try:
        return FrozenFacts(value)
    except (TypeError, ValueError):
        msg = f"'facts' must be a mapping of names to values, got {value!r}"
        raise TypeError(msg) from None


class FrozenFacts(Mapping[str, Value]):
    """An immutable, hashable mapping from the names of facts to their values."""

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, Value]) -> None:
        self._items: dict[str, Value] = {
            name: plain_scalar(value) for name, value in dict(items).items()
        }

    def __getitem__(self, name: str) -> Value:
        return self._items[name]

    def __iter__(self) -> Any:  # noqa: ANN401 - an iterator over names
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def items(self) -> ItemsView[str, Value]:
        """Return the names with their values."""
        return self._items.items()

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        return repr(self._items)


def _names(value: object) -> Mapping[str, Any]:
    names = FrozenFacts(value) if isinstance(value, Mapping) else None
    if names is None or not all(isinstance(n, str) for pair in names.items() for n in pair):
        msg = f"expected a mapping of old names to new ones, got {value!r}"
        raise TypeError(msg)
    return names


_NO_NAMES: Mapping[str, str] = _names({})


@attrs.frozen(kw_only=True)
class Migrated(Event):
    """
    From now on the deal runs under another process; see `salesflow.migrate`, which writes it.

    What the process before it did stands, and what is dated before it goes on to count by that one.

    Args:
        from_process: The hash of the process that it ran under.

        to_process: The hash of the process that it runs under from now on.

        stages: What stages are called in the new process, by their old names; those that are not
            here have kept their name.

        facts: The same for facts. What the new process does not know is forgotten.

        calendar: By which of the new process's calendars time is counted; None: the default one.

        reason: Why; None: not said.

    Raises:
        ValueError: If only the day is known: it is our own record.
    """

    kind_name = "migrated"
    rank = 1

    from_process: str = attrs.field(validator=_is_text)
    to_process: str = attrs.field(validator=_is_text)
    stages: Mapping[str, str] = attrs.field(default=_NO_NAMES, converter=_names)
    facts: Mapping[str, str] = attrs.field(default=_NO_NAMES, converter=_names)
    calendar: str | None = attrs.field(default=None, validator=_is_text_or_none)
    reason: str | None = attrs.field(default=None, validator=_is_text_or_none)

    def __attrs_post_init__(self) -> None:
        """Refuse a migration of which only the day is known."""
        if self.precision is Precision.DAY:
            msg = "'precision' must be 'instant': a migration takes place at an instant"
            raise ValueError(msg)

    def _what(self, _stages: Mapping[str, str]) -> str:
        old, new = self.from_process[:SHOWN_OF_HASH], self.to_process[:SHOWN_OF_HASH]
        return f"migrated from {old} to {new}"


@attrs.frozen(kw_only=True)
class Learned(Event):
    """
    Something is known about the deal that was not known before.

    Args:
        facts: Names of facts and their values.

        role: The role in which *by* learned them; None: not said.
    """

    kind_name = "learned"
    rank = 2

    facts: Mapping[str, Value] = attrs.field(converter=_facts)
    role: str | None = attrs.field(default=None, validator=_is_text_or_none)

    def _what(self, _stages: Mapping[str, str]) -> str:
        said = {True: "true", False: "false"}
        words = (
            f"{short(name)} {said[value] if isinstance(value, bool) else short(str(value))}"
            for name, value in self.facts.items()
        )
        return f"learned {', '.join(words)}"


def _contacts(values: Iterable[str]) -> tuple[str, ...]:
    if type(values) is tuple and not values:
        return values
    try:
        found = tuple(values)
    except TypeError:
        found = None
    if found is None or isinstance(values, str) or not all(isinstance(v, str) for v in found):
        msg = f"'contacts' must be a list of texts, got {values!r}"
        raise TypeError(msg)
    return found


@attrs.frozen(kw_only=True)
class Activity(Event):
    """
    Work, logged or planned.

    A planned activity is known from *occurred_at* and takes place at *starts_at*; every other one
    took place at *occurred_at*. A later event with the same *activity_id* is a revision: it stands
    from its own place in the history on.

    Args:
        kind: A kind of activity of the process, such as ``call``.

        activity_id: The same in all revisions of one activity, unique within the deal whatever the
            source; None: it is never revised.

        status: Only a done activity counts as a touch; only a planned one as a plan.

        starts_at: For a planned activity, when it is to take place; aware, kept in UTC. Else
            None, or when it had been planned for.

        direction: Who reached whom; None: not said, taken as outbound.

        outcome: Such as ``voicemail`` or ``bounced``; None: nothing special.

        minutes: How long it took; None: not said.

        contacts: The people of the buyer who took part.

        play: The play that it does; None: none in particular. One that the process does not have
            is kept, and does none.

    Raises:
        ValueError: If it is planned for no time.
    """

    kind_name = "activity"
    rank = 3

    kind: str = attrs.field(validator=_is_text)
    activity_id: str | None = attrs.field(default=None, validator=_is_text_or_none)
    status: Status = attrs.field(default=Status.DONE, converter=_status)
    starts_at: dt.datetime | None = attrs.field(default=None, converter=_starts_at)
    direction: Way | None = attrs.field(default=None, converter=_direction)
    outcome: str | None = attrs.field(default=None, validator=_is_text_or_none)
    minutes: int | None = attrs.field(default=None, converter=_minutes)
    contacts: tuple[str, ...] = attrs.field(default=(), converter=_contacts)
    play: str | None = attrs.field(default=None, validator=_is_text_or_none)

    def __attrs_post_init__(self) -> None:
        """Refuse a plan without its time."""
        if self.starts_at is None and self.status is Status.PLANNED:
            msg = "'starts_at' is missing; a planned activity says when it is to take place"
            raise ValueError(msg)

    def about(self, timezone: str = "UTC", stages: Mapping[str, str] = _BY_ID) -> str:  # noqa: ARG002 - as others
        """Return what is done, how far it has come, and with whom."""
        is_in = self.direction is Way.IN
        far = "" if self.status is Status.DONE else f" {role_words(self.status)}"
        if self.status is Status.PLANNED and self.starts_at is not None:
            far = f" planned for {clock_text(self.starts_at, timezone)}"
        parts = [
            f"{role_words(short(self.kind))}{' from the buyer' if is_in else ''}{far}",
            role_words(short(self.outcome or "")),
            "" if self.minutes is None else count_of(self.minutes, "minute"),
            f"with {short(', '.join(self.contacts))}" if self.contacts else "",
        ]
        return ", ".join(filter(None, parts))


@attrs.frozen(kw_only=True)
class Assigned(Event):
    """
    The deal has a new owner, or none any more; this restarts nothing.

    Args:
        owner: Who it belongs to from now on; None: nobody.
    """

    kind_name = "assigned"
    rank = 4

    owner: str | None = attrs.field(default=None, converter=_owner, validator=_is_text_or_none)

    def _what(self, _stages: Mapping[str, str]) -> str:
        return f"assigned to {short(self.owner) if self.owner else 'nobody'}"


@attrs.frozen(kw_only=True)
class Overridden(Event):
    """
    Somebody lets one rule or criterion pass for a while.

    Args:
        target: The id of the contact gap, the timer or the criterion.

        until: The last instant at which it is let pass; aware, kept in UTC.

        reason: Why.

        role: The role in which *by* did it; None: not said.
    """

    kind_name = "overridden"
    rank = 5

    target: str = attrs.field(validator=_is_text)
    until: dt.datetime = attrs.field(converter=_until)
    reason: str = attrs.field(validator=_is_text)
    role: str | None = attrs.field(default=None, validator=_is_text_or_none)

    def _what(self, _stages: Mapping[str, str]) -> str:
        doubt = ", which ends before it begins," if self.until < self.occurred_at else ""
        return f"override of {short(self.target)}{doubt}"


@attrs.frozen(kw_only=True)
class Resumed(Event):
    """The running hold ends now."""

    kind_name = "resumed"
    rank = 6


@attrs.frozen(kw_only=True)
class Held(Event):
    """
    From now on time does not count.

    Args:
        until: The planned end; aware, kept in UTC.

        reason: Why.
    """

    kind_name = "held"
    rank = 7

    until: dt.datetime = attrs.field(converter=_until)
    reason: str = attrs.field(default="", validator=_is_text)


@attrs.frozen(kw_only=True)
class Moved(Event):
    """
    The deal is in another stage.

    Args:
        to: The stage it is in now.

        role: The role in which *by* moved it; None: not said, and not checked.

        reason: Why.
    """

    kind_name = "moved"
    rank = 8

    to: str = attrs.field(validator=_is_text)
    role: str | None = attrs.field(default=None, validator=_is_text_or_none)
    reason: str | None = attrs.field(default=None, validator=_is_text_or_none)

    def _what(self, stages: Mapping[str, str]) -> str:
        return f"moved to {short(stages.get(self.to, self.to))}"


@attrs.frozen(kw_only=True)
class Reopened(Event):
    """
    A closed or parked deal is open again.

    Args:
        to: The stage it is in now; None: its latest open stage.

        reason: Why; None: not said.
    """

    kind_name = "reopened"
    rank = 9

    to: str | None = attrs.field(default=None, validator=_is_text_or_none)
    reason: str | None = attrs.field(default=None, validator=_is_text_or_none)

    def _what(self, stages: Mapping[str, str]) -> str:
        return f"reopened in {short(stages.get(self.to, self.to))}" if self.to else "reopened"


@attrs.frozen(kw_only=True)
class Retracted(Event):
    """
    Another event was never true: it is taken out of the history, for every instant.

    Args:
        target: The id of that event. An opening, a migration or a retraction cannot be retracted.

        reason: Why; None: not said.
    """

    kind_name = "retracted"
    rank = 10

    target: str = attrs.field(validator=_is_text)
    reason: str | None = attrs.field(default=None, validator=_is_text_or_none)

    def _what(self, _stages: Mapping[str, str]) -> str:
        return f"retracted {short(self.target)}"


TYPES: dict[str, type[Event]] = {
    cls.kind_name: cls
    for cls in (
        Opened,
        Migrated,
        Learned,
        Activity,
        Assigned,
        Overridden,
        Resumed,
        Held,
        Moved,
        Reopened,
        Retracted,
    )
}
"""Every type of event, by its name in the JSON form."""


def event_from_dict(data: Mapping[str, Any]) -> Event:
    """
    Read an event from its JSON form.

    Args:
        data: What `Event.to_dict` returned, in this or an earlier release.

    Returns:
        The event; ``event_from_dict(event.to_dict()) == event``.

    Raises:
        EventError: If the format is newer than this release, the type is unknown, or a field is
            missing, unknown or of the wrong type.
    """
    try:
        fields = dict(data)
    except (TypeError, ValueError):
        msg = (
            f"event: got {data!r:.60}, expected an object with a format and a type. "
            "Read JSON with json.loads first."
        )
        raise EventError(msg) from None
    written, name = fields.pop("format", None), fields.pop("type", None)
    if written != FORMAT:
        newer = isinstance(written, int) and written > FORMAT
        out = "Upgrade salesflow." if newer else "Is it what `Event.to_dict` wrote?"
        msg = f"event format: got {written!r}, this release reads {FORMAT}. {out}"
        raise EventError(msg)
    if not isinstance(name, str) or name not in TYPES:
        msg = f"event type: got {name!r}, expected one of {', '.join(TYPES)}."
        raise EventError(msg)
    try:
        for key in _INSTANTS:
            if key in fields:
                fields[key] = _instant_from_json(key, fields[key])
        if "facts" in fields:
            fields["facts"] = _facts_from_json(fields["facts"])
        return TYPES[name](**fields)
    except (TypeError, ValueError, AttributeError, ArithmeticError) as error:
        msg = f"event {fields.get('id')!r} of type {name!r}: {_misfit(name, fields) or error}"
        raise EventError(msg) from error


def _misfit(name: str, fields: Mapping[str, object]) -> str | None:
    """Say which fields a type of event does not have, or which it lacks; None: they fit."""
    known = {each.name: each for each in attrs.fields(TYPES[name]) if each.init}
    unknown = [repr(key) for key in fields if key not in known]
    if unknown:
        return f"has no field {', '.join(unknown)}; there are {', '.join(known)}."
    needed = [key for key, each in known.items() if each.default is attrs.NOTHING]
    missing = [repr(key) for key in needed if key not in fields]
    return f"{', '.join(missing)} missing. Give what `Event.to_dict` wrote." if missing else None


def _to_json(value: object) -> Any:  # noqa: ANN401 - JSON
    match value:
        case dt.datetime():
            return value.isoformat()
        case enum.StrEnum():
            return value.value
        case tuple():
            return list(value)
        case FrozenFacts():
            return {name: _fact_to_json(item) for name, item in value.items()}
        case _:
            return value


def _fact_to_json(value: Value) -> Any:  # noqa: ANN401 - JSON
    match value:
        case dt.date():
            return {"date": value.isoformat()}
        case Decimal():
            return {"money": str(value)}
        case _:
            return value


_INSTANTS = ("occurred_at", "recorded_at", "starts_at", "until")


def _instant_from_json(key: str, value: object) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        msg = f"{key!r} must be text such as '2026-03-02T10:00:00+00:00', got {value!r}"
        raise ValueError(msg) from None


def _facts_from_json(value: Any) -> Any:  # noqa: ANN401 - JSON
    if not isinstance(value, Mapping):
        return value
    return {name: _fact_from_json(name, item) for name, item in value.items()}


def _fact_from_json(name: str, value: Any) -> Value:  # noqa: ANN401 - JSON
    try:
        match value:
            case {"date": str(text)}:
                return dt.date.fromisoformat(text)
            case {"money": str(text)}:
                return Decimal(text)
            case _:
                return value  # type: ignore[no-any-return]
    except (ValueError, ArithmeticError):
        msg = f"fact {name!r}: {value!r} is neither a date such as '2026-03-01' nor an amount"
        raise ValueError(msg) from None

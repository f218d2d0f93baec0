"""Events in the form that the fold takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from salesflow.calendars import to_micros
from salesflow.errors import EventError
from salesflow.events import (
    Activity,
    Event,
    Held,
    Learned,
    Moved,
    Opened,
    Overridden,
    Reopened,
    Resumed,
    Status,
    Way,
)
from salesflow.process.names import unknown_name
from salesflow.process.values import ForeignMoney, Value
from salesflow.rules import codes
from salesflow.rules.book import RuleBook
from salesflow.rules.programs import fact_code
from salesflow.rules.tables import Row

T = TypeVar("T")


def rows_of(
    book: RuleBook,
    event: Event,
    at: int,
    when: int | None = None,
    *,
    opens: bool = False,
    commands: bool = False,
) -> list[Row]:
    """
    Return the rows of one event: one, or one for each fact that was learned.

    For a planned or revised activity, this is what it is by itself; see
    `salesflow.rules.revisions`.

    Args:
        book: The process.

        event: The event.

        at: When it counts: not before the opening.

        when: When it happened; None: the same.

        opens: Whether it is the opening that counts; any other opening changes nothing.

        commands: Whether it is a command rather than recorded: then a missing role or reason
            counts as an obstacle.

    Raises:
        UnknownName: If the event names a stage, a fact, a kind of activity, a rule or a criterion
            that the process does not have.
        EventError: If it has a value that the fact cannot hold.
    """
    own = at if when is None else when
    match event:
        case Activity():
            _number(book, event, "kind of activity", event.kind, book.natures)
            return [activity_row(book, event, at)]
        case Moved():
            to = _stage(book, event, event.to)
            reason = _reason(event.reason, book.process.stages[to].reasons, commands=commands)
            role = _role(book, event.role, commands=commands)
            return [Row(codes.MOVED, at, to, reason, own, role)]
        case Learned():
            return fact_rows(book, event, facts_of(book, event), at, own)
        case Opened():
            stage = _stage(book, event, event.stage or book.process.stages[0].id)
            return [Row(codes.OPENED if opens else codes.NOTHING, at, stage)]
        case Overridden():
            role = _role(book, event.role, commands=commands)
            until = to_micros(event.until)
            target = _number(book, event, "rule or criterion", event.target, book.targets)
            return [Row(codes.OVERRIDDEN, at, target, until, own, role)]
        case Held():
            # Where the reasons of holds are listed, one of them must be given.
            listed = book.process.holds.reasons
            reason = _reason(event.reason, listed, commands=bool(listed))
            return [Row(codes.HELD, at, reason, to_micros(event.until))]
        case Resumed():
            return [Row(codes.RESUMED, at)]
        case Reopened():
            to = codes.NONE if event.to is None else _stage(book, event, event.to)
            return [Row(codes.REOPENED, at, to, when=own)]
        case _:
            return [Row(codes.NOTHING, at)]


def activity_row(book: RuleBook, event: Activity, at: int) -> Row:
    """
    Return the row of a done activity, or of nothing: any other changes nothing by itself.

    An activity of a kind that the process does not have reached nobody. That is only for what was
    recorded under another process; under this one `rows_of` refuses it.
    """
    if event.status is not Status.DONE:
        return Row(codes.NOTHING, at)
    bits, two_way = book.touch_bits(
        event.kind, inbound=event.direction is Way.IN, outcome=event.outcome
    )
    kind = book.kinds.get(event.kind, codes.NONE)
    return Row(codes.ACTIVITY, at, bits, codes.TWO_WAY if two_way else 0, at, kind)


def facts_of(book: RuleBook, event: Learned) -> dict[str, Value | ForeignMoney]:
    """
    Return what an event tells, as a process reads it.

    Raises:
        UnknownName: If the process does not have one of the facts.
        EventError: If one has a value that the fact cannot hold.
    """
    found = {}
    for name, raw in event.facts.items():
        if name not in book.facts:
            raise unknown_name(book.process.id, "fact", name, book.facts, event.id)
        try:
            found[name] = book.fact_value(name, raw)
        except (TypeError, ValueError) as error:
            raise EventError(str(error), event_id=event.id) from error
    return found


def told(facts: Mapping[str, Value | ForeignMoney]) -> dict[str, Value]:
    """Return facts as a deal tells them: an amount in another currency is a text."""
    return {n: str(v) if isinstance(v, ForeignMoney) else v for n, v in facts.items()}


def fact_rows(
    book: RuleBook, event: Learned, facts: Mapping[str, Value | ForeignMoney], at: int, own: int
) -> list[Row]:
    """
    Return the rows of what was learned, one for each fact.

    Args:
        book: The process.

        event: The event.

        facts: What it tells; see `facts_of`.

        at: When it counts: not before the opening.

        own: When it happened.
    """
    role, numbers, dates = _role(book, event.role), book.facts, book.dates
    rows = [
        Row(codes.LEARNED, at, numbers[name], fact_code(value), own, role)
        for name, value in facts.items()
    ]
    # They all hold at once, whatever their order: a date's clock may need the others.
    return sorted(rows, key=lambda row: row.subject in dates)


def _stage(book: RuleBook, event: Event, name: str) -> int:
    return _number(book, event, "stage", name, book.stages)


def _number(book: RuleBook, event: Event, sort: str, name: str, known: Mapping[str, T]) -> T:
    """Return what a name stands for, if the process has it."""
    if name not in known:
        raise unknown_name(book.process.id, sort, name, known, event.id)
    return known[name]


def _role(book: RuleBook, name: str | None, *, commands: bool = False) -> int:
    """Return the number of a role; one that the process does not have may do nothing special."""
    if name is None:
        return codes.NOBODY if commands else codes.NONE
    return book.roles.get(name, codes.NOBODY)


def _reason(given: str | None, listed: tuple[str, ...], *, commands: bool) -> int:
    if not given:
        return codes.MISSING if commands else codes.UNSAID
    return codes.UNLISTED if listed and given not in listed else codes.GIVEN

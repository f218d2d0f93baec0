"""Events as the fold takes them."""

from __future__ import annotations

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
from salesflow.process.names import did_you_mean
from salesflow.rules import codes
from salesflow.rules.book import RuleBook
from salesflow.rules.programs import fact_code
from salesflow.rules.tables import Row


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

    Of a planned activity, or one that is revised, this is what it is by itself; see
    `salesflow.rules.revisions`.

    Args:
        book: The process.

        event: The event.

        at: When it counts: not before the opening.

        when: When it was; None: the same.

        opens: Whether it is the opening that counts; a later one changes nothing.

        commands: Whether it is asked for rather than told: then a role and a reason that are not
            said are held against it.

    Raises:
        EventError: If the event names a stage, a fact, a rule or a criterion that the process does
            not have, or a value that the fact cannot hold.
    """
    own = at if when is None else when
    match event:
        case Activity():
            return [_activity(book, event, at)]
        case Moved():
            to = _stage(book, event, event.to)
            reason = _reason(event.reason, book.process.stages[to].reasons, commands=commands)
            role = _role(book, event.role, commands=commands)
            return [Row(codes.MOVED, at, to, reason, own, role)]
        case Learned():
            role = _role(book, event.role)
            rows = [
                Row(codes.LEARNED, at, book.facts.get(name, codes.NONE), code, own, role)
                for name, value in event.facts.items()
                for code in (_fact(book, event, name, value),)
            ]
            # They hold at once, in whatever order they are said: a date's clock asks for the rest.
            return sorted(rows, key=lambda row: row.subject in book.dates)
        case Opened():
            stage = _stage(book, event, event.stage or book.process.stages[0].id)
            return [Row(codes.OPENED if opens else codes.NOTHING, at, stage)]
        case Overridden():
            role = _role(book, event.role, commands=commands)
            until = to_micros(event.until)
            return [Row(codes.OVERRIDDEN, at, _target(book, event), until, own, role)]
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


def _activity(book: RuleBook, event: Activity, at: int) -> Row:
    """Return a done activity, or nothing: any other changes nothing by itself."""
    if event.status is not Status.DONE:
        return Row(codes.NOTHING, at)
    bits, two_way = book.touch_bits(
        event.kind, inbound=event.direction is Way.IN, outcome=event.outcome
    )
    kind = book.kinds.get(event.kind, codes.NONE)
    return Row(codes.ACTIVITY, at, bits, codes.TWO_WAY if two_way else 0, at, kind)


def _stage(book: RuleBook, event: Event, name: str) -> int:
    if name not in book.stages:
        hint = did_you_mean(name, book.stages) or f"; known: {', '.join(book.stages)}"
        msg = f"event {event.id!r}: process {book.process.id!r} has no stage {name!r}{hint}"
        raise EventError(msg)
    return book.stages[name]


def _target(book: RuleBook, event: Overridden) -> int:
    if event.target not in book.targets:
        known = f"; known: {', '.join(book.targets) or 'none'}"
        hint = did_you_mean(event.target, book.targets) or known
        msg = (
            f"event {event.id!r}: process {book.process.id!r} has no rule or criterion "
            f"{event.target!r}{hint}"
        )
        raise EventError(msg)
    return book.targets[event.target]


def _role(book: RuleBook, name: str | None, *, commands: bool = False) -> int:
    """Return the number of a role; one that the process does not have may do nothing special."""
    if name is None:
        return codes.NOBODY if commands else codes.NONE
    return book.roles.get(name, codes.NOBODY)


def _reason(given: str | None, listed: tuple[str, ...], *, commands: bool) -> int:
    if not given:
        return codes.MISSING if commands else codes.UNSAID
    return codes.UNLISTED if listed and given not in listed else codes.GIVEN


def _fact(book: RuleBook, event: Event, name: str, value: object) -> int:
    try:
        return fact_code(book.fact_value(name, value))
    except (TypeError, ValueError) as error:
        msg = f"event {event.id!r}: {error}"
        raise EventError(msg) from error

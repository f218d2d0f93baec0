"""Events as the fold takes them."""

from __future__ import annotations

from salesflow.errors import EventError
from salesflow.events import Activity, Event, Learned, Moved, Opened, Status, Way
from salesflow.process.names import did_you_mean
from salesflow.rules import codes
from salesflow.rules.book import RuleBook
from salesflow.rules.programs import fact_code

Row = tuple[int, int, int]
"""(kind, subject, value), as named in `salesflow.rules.codes`."""


def rows_of(book: RuleBook, event: Event, *, opens: bool = False) -> list[Row]:
    """
    Return the rows of one event: one, or one for each fact that was learned.

    Args:
        book: The process.

        event: The event.

        opens: Whether it is the opening that counts; a later one changes nothing.

    Raises:
        EventError: If the event names a stage or a fact that the process does not have, or a value
            that the fact cannot hold.
    """
    match event:
        case Activity():
            bits, two_way = book.touch_bits(
                event.kind,
                done=event.status is Status.DONE,
                inbound=event.direction is Way.IN,
                outcome=event.outcome,
            )
            return [(codes.ACTIVITY, bits, two_way)]
        case Moved():
            return [(codes.MOVED, _stage(book, event, event.to), 0)]
        case Learned():
            return [
                (codes.LEARNED, book.facts.get(name, codes.NONE), _fact(book, event, name, value))
                for name, value in event.facts.items()
            ]
        case Opened():
            stage = _stage(book, event, event.stage or book.process.stages[0].id)
            return [(codes.OPENED if opens else codes.NOTHING, stage, 0)]
        case _:
            return [(codes.NOTHING, codes.NONE, 0)]


def _stage(book: RuleBook, event: Event, name: str) -> int:
    if name not in book.stages:
        hint = did_you_mean(name, book.stages) or f"; known: {', '.join(book.stages)}"
        msg = f"event {event.id!r}: process {book.process.id!r} has no stage {name!r}{hint}"
        raise EventError(msg)
    return book.stages[name]


def _fact(book: RuleBook, event: Event, name: str, value: object) -> int:
    try:
        return fact_code(book.fact_value(name, value))
    except (TypeError, ValueError) as error:
        msg = f"event {event.id!r}: {error}"
        raise EventError(msg) from error

"""What a host that keeps the events of its deals has not been told yet."""

from __future__ import annotations

from collections.abc import Iterable

from salesflow.events import Assigned, Event, Learned, Moved, Opened, Reopened, Retracted
from salesflow.history.crm.corrections import corrections
from salesflow.history.crm.translation import Translation


def news(found: Translation, deal: str, known: Iterable[Event]) -> tuple[Event, ...]:
    """
    Return the events of a deal that say something new to whoever knows some already.

    A deal that is read again and again says its present values each time. What is known only as of
    that instant is left out where the same was known before: a fact would else be learned again
    whenever anything about the deal changes, and never expire.

    Args:
        found: What was translated.

        deal: The deal's id.

        known: The events of the deal that are known already, in any order.

    Returns:
        What is to be recorded, in the order in which it happened, with the `corrections` that
        follow from old and new together.
    """
    before = {event.id: event for event in known}
    gone = {event.target for event in before.values() if isinstance(event, Retracted)}
    standing = [event for event in before.values() if event.id not in gone]
    standing.sort(key=lambda event: (event.occurred_at, event.rank, event.seq, event.id))
    new = [
        event
        for event in found.events.get(deal, ())
        if event.id not in before
        and not (event.id in found.snapshots and _is_known(event, standing))
    ]
    followed = corrections((*before.values(), *new), coalesce_within=found.coalesce_within)
    told = {event.id: event for event in (*new, *followed) if event.id not in before}
    return tuple(sorted(told.values(), key=lambda event: (event.occurred_at, event.rank, event.id)))


def _is_known(event: Event, known: list[Event]) -> bool:
    """Return whether what an event says held already, by those that are known, in order."""
    earlier = [other for other in known if other.occurred_at <= event.occurred_at]
    match event:
        case Learned():
            held: dict[str, object] = {}
            for other in earlier:
                if isinstance(other, Learned):
                    held |= other.facts
            return all(name in held and held[name] == event.facts[name] for name in event.facts)
        case Assigned():
            owners = [other.owner for other in earlier if isinstance(other, Opened | Assigned)]
            return owners[-1:] == [event.owner]
        case Moved():
            moves = (other for other in earlier if isinstance(other, Opened | Moved | Reopened))
            stages = [other.stage if isinstance(other, Opened) else other.to for other in moves]
            return stages[-1:] == [event.to]
        case _:
            return False

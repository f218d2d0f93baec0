"""What becomes of earlier accounts of an activity when the CRM tells it differently later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from salesflow.events import Activity, Event, Retracted, Status
from salesflow.history.crm.activities import DELETED
from salesflow.history.crm.conversations import continuations, is_continued


def corrections(
    events: Iterable[Event], *, coalesce_within: dt.timedelta | None = None
) -> tuple[Event, ...]:
    """
    Return what follows from the events of one deal.

    A later revision of an activity stands from its own place in the history on. Where that is not
    enough, the earlier account was never true and is retracted: the activity was deleted, it took
    place at another time than was first said, or it did not take place after all.

    More events never take a retraction back, so the order in which they become known does not
    matter. A host that stores events asks again whenever it has stored some of an activity.

    Args:
        events: All that is known about the deal, in any order.

        coalesce_within: Records of one conversation that follow each other within this time count
            as one: the next one takes the place of the one before it. None: each of them counts.
    """
    known = {event.id: event for event in events}
    followed: list[Activity] = []
    revisions: dict[str, list[Activity]] = {}
    for event in known.values():
        if isinstance(event, Activity) and is_continued(event):
            followed.append(event)
        elif isinstance(event, Activity) and event.activity_id is not None:
            revisions.setdefault(event.activity_id, []).append(event)
    found: dict[str, Event] = {
        event.id: event for told in revisions.values() for event in _retractions(told)
    }
    if coalesce_within is not None:
        gone = {
            event.target
            for event in (*known.values(), *found.values())
            if isinstance(event, Retracted)
        }
        latest = [account for told in revisions.values() for account in _latest(told, gone)]
        going_on = continuations(latest, followed, coalesce_within)
        found |= {event.id: event for event in going_on}
    return tuple(found[name] for name in sorted(found))


def _latest(revisions: list[Activity], gone: set[str]) -> list[Activity]:
    """Return the latest account of each source that stands."""
    standing = sorted(
        (event for event in revisions if event.id not in gone),
        key=lambda event: (event.seq, event.occurred_at, event.id),
    )
    return list({event.source: event for event in standing}.values())


def _retractions(revisions: list[Activity]) -> Iterator[Retracted]:
    """Yield the retractions among the revisions of one activity."""
    for earlier in revisions:
        for later in revisions:
            # The revisions of one source are numbered; sources do not correct each other.
            if later.source == earlier.source and later.seq > earlier.seq:
                if _is_deletion(later):
                    yield _retraction(earlier, later, "deleted")
                elif _contradicts(later, earlier):
                    yield _retraction(earlier, later, "reported differently later")


def _is_deletion(event: Activity) -> bool:
    return event.status is Status.CANCELLED and event.outcome == DELETED


def _contradicts(later: Activity, earlier: Activity) -> bool:
    """Return whether an earlier account cannot stand beside a later one."""
    if earlier.occurred_at > later.occurred_at:
        return True
    return earlier.status is not Status.PLANNED and earlier.occurred_at != later.occurred_at


def _retraction(earlier: Activity, later: Activity, reason: str) -> Retracted:
    return Retracted(
        id=f"{earlier.id}:retracted:{later.id}",
        target=earlier.id,
        occurred_at=later.known_at,
        by=later.by,
        source=later.source,
        seq=later.seq,
        reason=reason,
    )

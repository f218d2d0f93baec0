"""
Conversations: records that follow each other so closely that they are one touch.

A conversation is one activity that the CRM has in several records. As with any other activity, the
latest account of it stands: when the next record comes, the one before it is taken back. So each
record restarts the clocks at its own time, and all of them together are one attempt.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

import attrs

from salesflow.events import Activity, Event, Precision, Retracted, Status
from salesflow.process.activities import BUILT_IN_ACTIVITIES, NEVER_REACHED

CONTINUED = "continued"
"""The outcome of a record in whose place a later one of its conversation stands."""


def is_continued(event: Activity) -> bool:
    """Return whether an event takes back a record because its conversation goes on."""
    return event.status is Status.CANCELLED and event.outcome == CONTINUED


def continuations(
    accounts: Iterable[Activity], known: Iterable[Activity], within: dt.timedelta
) -> Iterator[Event]:
    """
    Yield what follows from conversations that go on.

    Args:
        accounts: The latest account of each activity that stands.

        known: Those of the events that follow which are known already.

        within: How soon the next record of a conversation comes at the latest.
    """
    pairs = list(_pairs(sorted(filter(_is_contact, accounts), key=_place), within))
    # Of several that follow, the first one takes a record back; all of them may have done so.
    first = {earlier.id: later for earlier, later in reversed(pairs)}
    for earlier, later in pairs:
        if first[earlier.id] is later:
            yield _continued(earlier, later)
    sound = {_name(*pair) for pair in pairs}
    for event in known:
        if event.id not in sound:
            yield Retracted(
                id=f"{event.id}:retracted",
                target=event.id,
                occurred_at=event.known_at,
                source=event.source,
                seq=event.seq,
                reason="the conversation does not go on there",
            )


def _is_contact(event: Activity) -> bool:
    """Return whether an event is contact with the buyer, at a known time."""
    nature = BUILT_IN_ACTIVITIES.get(event.kind)
    return (
        event.status is Status.DONE
        and event.precision is Precision.INSTANT
        and event.outcome not in NEVER_REACHED
        and (nature is None or nature.reaches)
    )


def _place(event: Activity) -> tuple[object, ...]:
    return event.occurred_at, event.seq, event.id


def _pairs(accounts: list[Activity], within: dt.timedelta) -> Iterator[tuple[Activity, Activity]]:
    """Yield every two records of one conversation that are close enough, the earlier one first."""
    for number, earlier in enumerate(accounts):
        for later in accounts[number + 1 :]:
            if later.occurred_at - earlier.occurred_at > within:
                break
            if _is_same(earlier, later):
                yield earlier, later


def _is_same(one: Activity, other: Activity) -> bool:
    """Return whether two records may belong to one conversation."""
    said = (one.source, one.kind, one.direction, one.outcome)
    if said != (other.source, other.kind, other.direction, other.outcome):
        return False
    # Where one of them names nobody, nothing speaks against it.
    return not one.contacts or not other.contacts or bool({*one.contacts} & {*other.contacts})


def _name(earlier: Activity, later: Activity) -> str:
    # At one instant, what takes a record back comes after the record that stands in its place.
    return f"{later.id}:continues:{earlier.id}"


def _continued(earlier: Activity, later: Activity) -> Activity:
    told = max(earlier.known_at, later.known_at)
    return attrs.evolve(
        earlier,
        id=_name(earlier, later),
        status=Status.CANCELLED,
        outcome=CONTINUED,
        seq=max(earlier.seq, later.seq),
        occurred_at=later.occurred_at,
        recorded_at=None if told == later.occurred_at else told,
    )

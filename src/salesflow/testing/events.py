"""Events of a process, drawn at random."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import attrs

from salesflow.events import (
    Activity,
    Assigned,
    Event,
    Held,
    Learned,
    Moved,
    Opened,
    Overridden,
    Reopened,
    Resumed,
    Retracted,
)
from salesflow.process.model import Process
from salesflow.rules.book import rule_book
from salesflow.testing.extras import st
from salesflow.testing.values import facts

Draw = Callable[[st.SearchStrategy[Any]], Any]

_HOUR = dt.timedelta(hours=1)
_LATE = st.sampled_from([None, None, None, 0, 30, 200])
_PRECISION = st.sampled_from(["instant", "instant", "day"])
_STATUS = st.sampled_from(["done", "done", "done", "planned", "no_show", "cancelled"])
_AHEAD = st.sampled_from([1, 5, 30, 100, 250, 0, -3]).map(lambda hours: hours * _HOUR)


@attrs.frozen
class Draft:
    """
    An event that has not found its place.

    Args:
        kind: What happens.

        said: Its fields.

        ahead: The fields that say until or for when, as so long after it happens.
    """

    kind: type[Event]
    said: dict[str, Any]
    ahead: dict[str, dt.timedelta]

    def at(self, at: dt.datetime, **origin: Any) -> Event:  # noqa: ANN401 - fields of an event
        """Return the event that happens at an instant."""
        ends: dict[str, Any] = {name: at + span for name, span in self.ahead.items()}
        return self.kind(occurred_at=at, **self.said, **ends, **origin)


@functools.lru_cache(maxsize=16)
def opening_of(process: Process) -> st.SearchStrategy[Draft]:
    """Return a strategy of openings."""
    return _drafts(
        Opened,
        deal=st.just("D"),
        owner=st.just("dana"),
        stage=_some(stage.id for stage in process.stages),
        calendar=_some(row.id for row in process.calendars),
    )


@st.composite
def event_of(
    draw: Draw, process: Process, name: str, at: dt.datetime, before: Iterable[Event]
) -> Event:
    """
    Return a strategy of events at an instant.

    Args:
        draw: Given by Hypothesis.

        process: What the deal runs under.

        name: The id of the event.

        at: When it happens.

        before: What may be taken back.
    """
    origin: dict[str, Any] = {"id": name}
    late = draw(_LATE)
    if late is not None:
        origin |= {"recorded_at": at + late * _HOUR, "precision": draw(_PRECISION)}
    known = [event.id for event in before if not isinstance(event, Opened | Retracted)]
    draft: Draft = draw(happenings(process))
    if draft.kind is Retracted and not known:
        return Resumed(occurred_at=at, **origin)
    if draft.kind is Retracted:
        origin["target"] = draw(st.sampled_from(known))
    return draft.at(at, **origin)


@functools.lru_cache(maxsize=16)
def happenings(process: Process) -> st.SearchStrategy[Draft]:
    """Return a strategy of what may happen to a deal of *process*."""
    return st.one_of(list(_happenings(process)))


def _happenings(process: Process) -> Iterator[st.SearchStrategy[Draft]]:
    """Yield what may happen; what happens often, more than once."""
    roles = _some(role.id for role in process.roles)
    stages = [stage.id for stage in process.stages]
    listed = [reason for stage in process.stages for reason in stage.reasons]
    activity = _drafts(
        Activity,
        ahead="starts_at",
        kind=st.sampled_from(sorted(rule_book(process).natures)),
        status=_STATUS,
        activity_id=st.sampled_from([None, "a", "b"]),
        direction=st.sampled_from([None, "in", "out"]),
        outcome=st.sampled_from([None, None, None, "voicemail", "bounced"]),
        minutes=st.sampled_from([None, 20]),
        play=_some(play.id for play in process.plays),
    )
    learned = _drafts(Learned, facts=facts(process), role=roles)
    moved = _drafts(Moved, to=st.sampled_from(stages), role=roles, reason=_some(listed))
    yield from (activity, activity, activity, learned, learned, moved, moved)
    reasons = st.sampled_from(["", *process.holds.reasons])
    yield _drafts(Held, ahead="until", reason=reasons)
    yield _drafts(Resumed)
    yield _drafts(Retracted)
    yield _drafts(Reopened, to=_some(stages))
    yield _drafts(Assigned, owner=st.sampled_from(["dana", "kim", None]))
    if targets := list(rule_book(process).targets):
        target, reason = st.sampled_from(targets), st.just("agreed")
        yield _drafts(Overridden, ahead="until", target=target, reason=reason, role=roles)


def _drafts(
    kind: type[Event], /, *, ahead: str | None = None, **said: st.SearchStrategy[Any]
) -> st.SearchStrategy[Draft]:
    """Return a strategy of drafts of one kind; *ahead* is the field that lies ahead."""
    later = {} if ahead is None else {ahead: _AHEAD}
    return st.builds(
        Draft, st.just(kind), st.fixed_dictionaries(said), st.fixed_dictionaries(later)
    )


def _some(names: Iterable[str]) -> st.SearchStrategy[str | None]:
    """Return one of the names, or None."""
    return st.sampled_from([None, *names])

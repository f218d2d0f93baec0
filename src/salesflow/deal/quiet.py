"""
Quiet: until when a deal wants nothing, so that an agenda over many deals asks few of them.

With time alone a deal comes to want something only when a rung acts, a play comes up, the day of a
plan begins, or what excused a forbidden move runs out. The first of these instants is found once,
and kept until an event is recorded.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from salesflow.calendars import to_datetime
from salesflow.calendars.arithmetic import DAY
from salesflow.deal.effects import EffectKind, effects_of
from salesflow.deal.items import AgendaItem, day_begins, items_of, plans_of
from salesflow.deal.plays import Playing, PlayStatus, played
from salesflow.deal.run import Run, View
from salesflow.events import Activity
from salesflow.rules import codes
from salesflow.rules.tables import ENTERED_AT, Memory
from salesflow.rules.turns import next_rung

LOOK_AHEAD = DAY
"""How far ahead is looked: rungs that are surely later need not be worked out today."""


class Quiet(NamedTuple):
    """
    A span of time in which a deal wants nothing.

    Attributes:
        events: How many events the deal had when this was found; with more it means nothing.

        begins: Its first instant.

        ends: Its last one.
    """

    events: int
    begins: int
    ends: int


_QUIET: weakref.WeakKeyDictionary[Run, Quiet] = weakref.WeakKeyDictionary()


def items_at(run: Run, now: int) -> tuple[AgendaItem, ...]:
    """Return what a deal wants done at *now*, the most urgent first; before it opens nothing."""
    quiet = _QUIET.get(run)
    if quiet is not None and quiet.begins <= now <= quiet.ends and quiet.events == len(run.by_id):
        return ()
    if now < run.opened_at:
        return ()
    # Asked first for all of today, so that the rules need not be asked again for this instant.
    _next_rung(run, run.memory, now)
    view = run.at(now)
    plays, plans = played(view), plans_of(view)
    items = items_of(view, plays, plans)
    # A run that is not the whole one has left out events that are yet to come.
    if not items and view.run is run:
        _QUIET[run] = Quiet(len(run.by_id), now, min(_changes(view, plays, plans)))
    return items


def _changes(view: View, plays: Iterable[Playing], plans: Iterable[Activity]) -> Iterator[int]:
    """Yield instants up to which a deal that wants nothing now goes on to want nothing."""
    yield _until_a_rung(view)
    for playing in plays:
        if playing.status is PlayStatus.COMING:
            yield playing.begins - 1
    for plan in plans:
        yield day_begins(view, plan) - 1
    if _is_excused(view):
        yield view.now


def _until_a_rung(view: View) -> int:
    """Return the deadline of the rung that acts next: a deal looked at exactly then is in time."""
    rung, horizon = _next_rung(view.run, view.memory, view.now), view.now + LOOK_AHEAD
    return horizon if rung == codes.NONE else min(horizon, view.memory.due[rung])


def _next_rung(run: Run, memory: Memory, now: int) -> int:
    """Return the rung that acts next, or NONE if none does soon."""
    return next_rung(run.book.tables, run.calendar, memory, now + LOOK_AHEAD)


def _is_excused(view: View) -> bool:
    """Return whether the deal is where a forbidden move has brought it, excused for the moment."""
    if not view.run.deviations:
        return False
    entered_at = to_datetime(view.memory.deal[ENTERED_AT])
    return any(
        effect.kind is EffectKind.REVERT and effect.at == entered_at for effect in effects_of(view)
    )

"""
What a deal wants done, and for how long: so an agenda asks few of many deals.

With time alone that changes only when a rung acts, a play comes up, the day of a plan begins, or a
fact or an override that counted runs out. The first of these instants is found together with what
the deal wants, which can be kept until then, or until an event is recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from salesflow.calendars.arithmetic import DAY
from salesflow.deal.items import AgendaItem, day_begins, items_of, plans_of
from salesflow.deal.plays import Playing, PlayStatus, played
from salesflow.deal.run import Run, View
from salesflow.events import Activity
from salesflow.rules import codes

LOOK_AHEAD = 7 * DAY
"""How far ahead is looked: rungs that are certainly later need not be computed today."""


class Wanted(NamedTuple):
    """
    What a deal wants, and a span of time in which that stays the same.

    Attributes:
        items: What it wants, the most urgent first.

        begins: The first instant of the span.

        ends: Its last one.

        events: Of how many events this holds.
    """

    items: tuple[AgendaItem, ...]
    begins: int
    ends: int
    events: int

    def still_holds(self, run: Run, now: int) -> bool:
        """Return whether the deal wants the same at *now*."""
        return self.begins <= now <= self.ends and self.events == len(run.by_id)


def wanted_at(run: Run, now: int) -> Wanted:
    """Return what a deal wants done at *now*; before it opens nothing."""
    known = len(run.by_id)
    if now < run.opened_at:
        return Wanted((), now, now, known)
    view = run.at(now)
    plays, plans = played(view), plans_of(view)
    # A run that is not the whole one has left out events that are yet to come.
    is_whole = view.run is run
    ends = quiet_until(view, plays, plans, now + LOOK_AHEAD) if is_whole else now
    return Wanted(items_of(view, plays, plans), now, ends, known)


def quiet_until(
    view: View, plays: Iterable[Playing], plans: Iterable[Activity], horizon: int
) -> int:
    """
    Return the last instant up to which a deal goes on to want what it wants now.

    Args:
        view: The deal.

        plays: What is played where it is.

        plans: What stands as planned.

        horizon: As far as is looked; NEVER: as far as it takes. Rungs that are certainly later need
            not be computed.
    """
    return min(_changes(view, plays, plans, horizon))


def _changes(
    view: View, plays: Iterable[Playing], plans: Iterable[Activity], horizon: int
) -> Iterator[int]:
    yield _until_a_rung(view, horizon)
    for playing in plays:
        if playing.status is PlayStatus.COMING:
            yield playing.begins - 1
    for plan in plans:
        if (begins := day_begins(view, plan)) > view.now:
            yield begins - 1
    yield view.run.book.engine.runs_out_next(view.memory, view.now)


def _until_a_rung(view: View, horizon: int) -> int:
    """Return the deadline of the rung that acts next: a deal looked at exactly then is in time."""
    book = view.run.book
    rung = book.engine.next_rung(book.tables, view.run.calendar, view.memory, horizon)
    return horizon if rung == codes.NONE else min(horizon, view.memory.due[rung])

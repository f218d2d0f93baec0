"""
The summary of a deal: what a host keeps beside its events to find deals by.

It says how long it holds, so that it need not be computed again before that.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import attrs

from salesflow.calendars import to_datetime
from salesflow.deal.items import items_of, plans_of, worth_of
from salesflow.deal.plays import played
from salesflow.deal.run import View
from salesflow.deal.state import Deadline, DealStatus
from salesflow.deal.views import deadline_of, due_at, rungs_of, status_of
from salesflow.deal.wanted import quiet_until
from salesflow.plain import Plain
from salesflow.process.parts import StageKind
from salesflow.rules import codes
from salesflow.rules.schedule import acts_at


@attrs.frozen(kw_only=True)
class Summary(Plain):
    """
    A deal at one instant in a few words.

    Args:
        deal_id: The deal.

        at: The instant.

        stage: Where it is.

        kind: The kind of that stage.

        status: The worst of its rules.

        owner: Who owns it; None: nobody.

        value: What it is worth; None: unknown.

        next_deadline_at: The next deadline that has not passed; None: there is none.

        changes_at: The first instant after *at* at which any of this, or of `Deal.effects`, may
            change. Looking again before that is useless. None: with time alone nothing will
            change.

        wanted_at: The first instant, from *at* on, at which the deal may have agenda items
            (`Deal.agenda`); *at* itself if it has any now. None: with time alone it never will.

        worked_at: The latest instant at which somebody worked on it for some minutes, as far as is
            recorded; None: nobody did.

        next_event_at: When the first event that is dated after *at* counts; None: there is none.
    """

    deal_id: str
    at: dt.datetime
    stage: str
    kind: StageKind
    status: DealStatus
    owner: str | None
    value: Decimal | None
    next_deadline_at: dt.datetime | None
    changes_at: dt.datetime | None
    wanted_at: dt.datetime | None
    worked_at: dt.datetime | None
    next_event_at: dt.datetime | None


def summary_of(view: View) -> Summary:
    """Return the summary of a deal."""
    run = view.run
    coming = next_deadline_of(view)
    return Summary(
        deal_id=run.opening.deal,
        at=to_datetime(view.now),
        stage=view.stage,
        kind=run.book.process.stage(view.stage).kind,
        status=status_of(view),
        owner=run.owner,
        value=worth_of(view),
        next_deadline_at=None if coming is None else coming.due_at,
        changes_at=_instant(min(_changes(view))),
        wanted_at=_instant(_wanted(view)),
        worked_at=_instant(view.whole.worked_at),
        next_event_at=_instant(view.whole.next_event(view.now)),
    )


def next_deadline_of(view: View) -> Deadline | None:
    """Return the first deadline that has not passed, or None."""
    acted = view.memory.acted
    coming = (n for n in rungs_of(view) if acted[n] == codes.NEVER and due_at(view, n) >= view.now)
    number = next(coming, None)
    return None if number is None else deadline_of(view, number)


def _changes(view: View) -> Iterator[int]:
    """
    Yield the instants after now at which time may change something.

    A rung acts; an event that is dated ahead happens; a fact expires, or an override ends that may
    excuse a move that the process forbids.
    """
    memory, run = view.memory, view.run
    engine = run.book.engine
    yield view.whole.next_event(view.now)
    rung = engine.next_rung(run.book.tables, run.calendar, memory, codes.NEVER)
    # A deal that is looked at exactly at its deadline is in time.
    yield codes.NEVER if rung == codes.NONE else max(memory.due[rung] + 1, acts_at(memory, rung))
    # It is the last instant at which it holds.
    yield engine.runs_out_next(memory, view.now) + 1


def _wanted(view: View) -> int:
    plays, plans = played(view), plans_of(view)
    if items_of(view, plays, plans):
        return view.now
    quiet = quiet_until(view, plays, plans, codes.NEVER)
    return min(quiet + 1, view.whole.next_event(view.now))


def _instant(at: int) -> dt.datetime | None:
    return to_datetime(at) if codes.LONG_AGO < at < codes.NEVER else None

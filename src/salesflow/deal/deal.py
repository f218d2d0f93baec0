"""The live deal: facts are recorded, commands may be refused, and time acts by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Self, TypedDict, Unpack

from salesflow.calendars import to_datetime, to_micros
from salesflow.deal.machine import fire
from salesflow.deal.obstacles import of_command, too_early
from salesflow.deal.run import Place, Run, View, check_deal, place_of
from salesflow.deal.state import Deadline, DealState, Raised
from salesflow.deal.views import deadlines_of, state_of
from salesflow.errors import Obstacle, Refused
from salesflow.events import Activity, Assigned, Event, Learned, Moved, Opened, Status, Value, Way
from salesflow.process.model import Process
from salesflow.process.names import did_you_mean
from salesflow.rules import codes
from salesflow.rules.book import rule_book


class Origin(TypedDict, total=False):
    """
    Where an event comes from; every verb of a deal takes these as keywords.

    ``by``: who did it. ``source``: the system it comes from. ``id``: its id there; by default the
    deal numbers its events. ``recorded_at``: when we were told; by default when it happened.
    """

    by: str
    source: str
    id: str
    recorded_at: dt.datetime


class Deal:
    """
    One possible sale, running under one process.

    A deal is what its recorded events add up to, and what time does between them. Nothing here
    reads a clock: every answer is about the instant that is given. Looking at a deal changes
    nothing, so looking often, seldom or never gives the same history.

    Facts (`log`, `learn`, `assign`, `record`) are taken as they are. A command (`move`) may be
    refused, with every obstacle at once, and has then changed nothing.

    Not safe across threads; what it returns is.

    >>> import datetime as dt
    >>> from salesflow.process import load_process
    >>> monday = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
    >>> deal = Deal.open(load_process("six-step"), id="ACME-17", at=monday, owner="dana")
    >>> deal.state(monday).stage
    'qualify'
    """

    __slots__ = ("_run",)

    def __init__(self, run: Run) -> None:
        self._run = run

    @classmethod
    def open(
        cls,
        process: Process,
        *,
        id: str,
        at: dt.datetime,
        stage: str | None = None,
        owner: str | None = None,
        by: str | None = None,
        source: str = "",
    ) -> Self:
        """
        Open a deal.

        Args:
            process: What it runs under.

            id: The deal's id.

            at: When; aware. Clocks start here.

            stage: Where it begins; None: in the first stage.

            owner: Who it belongs to; None: nobody yet.

            by: Who opened it.

            source: Where we have it from.

        Raises:
            EventError: If the process has no such stage.
            TypeError, ValueError: If *at* is no aware datetime.
        """
        opening = Opened(
            id=f"{id}/0", deal=id, occurred_at=at, stage=stage, owner=owner, by=by, source=source
        )
        return cls(Run(rule_book(process), opening))

    @classmethod
    def replay(cls, process: Process, events: Iterable[Event]) -> Self:
        """
        Return the deal that *events* add up to, in whatever order and however often they come.

        Raises:
            EventError: If none of them opens the deal, two of them open different ones or have one
                id and differ, or one names what the process does not have.
        """
        return cls(Run.of(rule_book(process), events))

    @property
    def id(self) -> str:
        """The deal's id."""
        return self._run.opening.deal

    @property
    def opened_at(self) -> dt.datetime:
        """When it began, in UTC."""
        return to_datetime(self._run.opened_at)

    @property
    def process(self) -> Process:
        """The process it runs under."""
        return self._run.book.process

    @property
    def events(self) -> tuple[Event, ...]:
        """Every recorded event, in the order in which it counts."""
        return self._run.events

    def record(self, event: Event) -> bool:
        """
        Record an event from elsewhere, in any order and any number of times.

        A recorded move is never refused: the deal is where it says. If the process forbids it,
        that is a deviation, kept in `DealState.deviations`.

        Returns:
            Whether it was new; an event that is known already changes nothing.

        Raises:
            EventError: If another event has its id, it opens another deal, or it names a stage or
                a fact that the process does not have. Nothing has changed then.
        """
        if isinstance(event, Opened):
            check_deal(event, self.id)
        return self._run.add(event)

    def log(
        self,
        kind: str,
        *,
        at: dt.datetime,
        direction: str | Way | None = None,
        outcome: str | None = None,
        status: str | Status = Status.DONE,
        minutes: int | None = None,
        **origin: Unpack[Origin],
    ) -> Activity:
        """
        Log an activity.

        Args:
            kind: A kind of activity of the process, such as ``call``.

            at: When it took place; aware.

            direction: ``in`` or ``out``; None counts as out.

            outcome: Such as ``voicemail`` or ``bounced``; None: nothing special.

            status: Only ``done`` counts as a touch.

            minutes: How long it took.

            **origin: Who did it and where we have it from; see `Origin`.

        Raises:
            ValueError: If the process has no such kind, or an argument has no such value.
            EventError: If the ``id`` is taken by another event.
        """
        if kind not in self._run.book.natures:
            known = self._run.book.natures
            hint = did_you_mean(kind, known) or f"; known: {', '.join(known)}"
            msg = f"activity {kind!r}: the process has no such kind{hint}"
            raise ValueError(msg)
        event = Activity(
            kind=kind,
            direction=direction,
            outcome=outcome,
            status=status,
            minutes=minutes,
            **self._from(at, origin),
        )
        self._run.add(event)
        return event

    def learn(
        self,
        *,
        at: dt.datetime,
        facts: Mapping[str, Value] | None = None,
        by: str | None = None,
        source: str = "",
        id: str | None = None,
        recorded_at: dt.datetime | None = None,
        **named: Value,
    ) -> Learned:
        """
        Learn facts, by name or in a mapping.

        Args:
            at: Since when they are known; aware.

            facts: Names and values, where they come as data, or a name clashes with an argument.

            by: Who learned them.

            source: As in `Origin`.

            id: The same.

            recorded_at: The same.

            **named: The same as keywords: ``deal.learn(at=t, need_confirmed=True)``.

        Raises:
            EventError: If the process has no such fact, or its type cannot hold the value. Nothing
                has changed then.
        """
        origin: Origin = {} if id is None else {"id": id}
        event = Learned(
            facts={**(facts or {}), **named},
            **{**self._from(at, origin), "by": by, "source": source, "recorded_at": recorded_at},
        )
        self._run.add(event)
        return event

    def assign(self, owner: str, *, at: dt.datetime, **origin: Unpack[Origin]) -> Assigned:
        """
        Give the deal to somebody; no clock cares.

        Args:
            owner: Who it belongs to from *at* on.

            at: When; aware.

            **origin: See `Origin`.
        """
        event = Assigned(owner=owner, **self._from(at, origin))
        self._run.add(event)
        return event

    def move(
        self,
        to: str,
        *,
        at: dt.datetime,
        role: str | None = None,
        reason: str | None = None,
        **origin: Unpack[Origin],
    ) -> tuple[Obstacle, ...]:
        """
        Move the deal to another stage; the only way for a person to change it.

        Args:
            to: The stage.

            at: When; aware.

            role: In which role; asked for by moves that name roles.

            reason: Why; asked for by some moves and stages.

            **origin: Who moves it and where we have it from; see `Origin`.

        Returns:
            What stood in the way and only warns (modes ``warn`` and ``observe``); usually empty.

        Raises:
            Refused: If anything blocks the move, with every obstacle. Nothing has changed then.
            ValueError: If the process has no such stage.
        """
        view = self._command(to, at)
        event = Moved(to=to, role=role, reason=reason, **self._from(at, origin))
        passed, found = fire(self._run.book, view.stage, to, lambda _: self._ask(view, event))
        if not passed:
            raise Refused(self.id, f"move to {to!r}", found)
        self._run.add(event)
        return found

    def obstacles(
        self,
        to: str,
        at: dt.datetime,
        *,
        role: str | None = None,
        reason: str | None = None,
    ) -> tuple[Obstacle, ...]:
        """
        Return everything that stands in the way of a move; empty if nothing does.

        Those with ``blocks`` refuse it, the others warn.

        Raises:
            ValueError: If the process has no such stage.
        """
        view = self._command(to, at)
        return self._ask(view, Moved(to=to, role=role, reason=reason, **self._from(at, {})))

    def can_move(
        self,
        to: str,
        at: dt.datetime,
        *,
        role: str | None = None,
        reason: str | None = None,
    ) -> bool:
        """Return whether `move` would go through."""
        return not any(o.blocks for o in self.obstacles(to, at, role=role, reason=reason))

    def state(self, now: dt.datetime) -> DealState:
        """
        Return the deal as it stands at *now*.

        A deal that is looked at exactly at a deadline is in time.

        Raises:
            EventError: If the deal was not open yet.
        """
        return state_of(self._view(now))

    def deadlines(self, now: dt.datetime) -> tuple[Deadline, ...]:
        """
        Return the rungs of the rules that apply at *now*, soonest first.

        Rungs that have passed stay until their clock restarts.
        """
        return deadlines_of(self._view(now))

    def next_deadline(self, now: dt.datetime) -> Deadline | None:
        """Return the first deadline that has not passed, or None."""
        return next(
            (d for d in self.deadlines(now) if d.acted_at is None and d.due_at >= now), None
        )

    def timeline(self, until: dt.datetime) -> tuple[Event | Raised, ...]:
        """Return what was recorded and what time did up to *until*, in order."""
        view = self._view(until)
        return (*view.run.story, *view.raised)

    def __repr__(self) -> str:
        count = len(self.events)
        said = "1 event" if count == 1 else f"{count} events"
        return f"<Deal {self.id!r} of {self.process.id!r}, {said}>"

    def _view(self, now: dt.datetime) -> View:
        return self._run.at(to_micros(now))

    def _command(self, to: str, at: dt.datetime) -> View:
        stages = self._run.book.stages
        if to not in stages:
            hint = did_you_mean(to, stages) or f"; known: {', '.join(stages)}"
            msg = f"stage {to!r}: process {self.process.id!r} has none of that name{hint}"
            raise ValueError(msg)
        return self._view(at)

    def _history(self, view: View, place: Place) -> tuple[Obstacle, ...]:
        """
        Return the obstacle of a command that would count before what has already moved the deal.

        A move by time comes after every event at its instant, so also after the command.
        """
        by_time = [to_micros(raised.acted_at) for raised in view.raised if raised.moved]
        moved_at = max(self._run.moved_at, *by_time, codes.LONG_AGO)
        if moved_at > view.now or view.now in by_time or self._run.moved_place > place:
            return (too_early(to_datetime(view.now), to_datetime(moved_at)),)
        return ()

    def _ask(self, view: View, event: Moved) -> tuple[Obstacle, ...]:
        said = of_command(self._run.book, view.stage, event.to, event.role, event.reason)
        return (*self._history(view, place_of(event)), *view.obstacles(event.to), *said)

    def _from(self, at: dt.datetime, origin: Origin) -> dict[str, Any]:
        """Return what every event has; the deal numbers its events unless told otherwise."""
        number = len(self._run.by_id)
        while f"{self.id}/{number}" in self._run.by_id:
            number += 1
        return {"id": f"{self.id}/{number}", "seq": number, "occurred_at": at, **origin}

"""The verbs that record: never refused for what they say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar, Unpack

from salesflow.deal.order import check_deal
from salesflow.deal.origins import DETAILS, Details, Origin, known_by
from salesflow.deal.pins import Processes
from salesflow.deal.run import Run
from salesflow.errors import EventError, UnknownName
from salesflow.events import (
    LONGEST_EVENT_ID,
    Activity,
    Assigned,
    Event,
    Learned,
    Opened,
    PrecisionWord,
    Retracted,
    Status,
    StatusWord,
    Value,
    check_id,
    to_utc,
)
from salesflow.given import mapping, somebody
from salesflow.process.model import Process
from salesflow.process.names import unknown_name

E = TypeVar("E", bound=Event)


class Recording:
    """The verbs of a deal that record; see `salesflow.deal.Deal`."""

    __slots__ = ("_run", "_saved")

    def __init__(self, run: object) -> None:
        if not isinstance(run, Run):
            msg = "a deal is made by Deal.open(process, …) or Deal.replay(process, events)"
            raise TypeError(msg)
        self._run = run
        self._saved = 0

    def __reduce__(self) -> tuple[object, ...]:
        """Return what rebuilds the deal: processes, and events in the order they came in."""
        run = self._run
        return _made_again, (type(self), run.processes, tuple(run.by_id.values()), self._saved)

    def record(self, event: Event, *, processes: Iterable[Process] = ()) -> bool:
        """
        Record an event from elsewhere, in any order and any number of times.

        A recorded event is never refused: the deal is where a move says, and a hold counts. If the
        process forbids it, it is a deviation, kept in `DealState.deviations`.

        Args:
            event: The event. One that is dated before the opening counts from the opening; for a
                move or a reopening that is a deviation.

            processes: For a migration: the process that it brings the deal under. Those that it ran
                under before are known already; see *earlier* of `replay`.

        Returns:
            Whether it was new; an event that is already known changes nothing.

        Raises:
            UnknownName: If it names a stage, a fact, a kind of activity, a rule or a criterion that
                the process does not have. Nothing has changed then.
            EventError: If another event has its id, it opens another deal, it retracts what cannot
                be retracted, or has a value that a fact cannot hold. The same.
            PinnedError: If it is a migration to a process that is not given, or from one that the
                deal did not run under.
            TypeError: If it is not an event, but for example its JSON form.

        >>> import salesflow as sf
        >>> monday, day = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC), dt.timedelta(days=1)
        >>> deal = sf.Deal.open(sf.load_process("six-step"), id="ACME-17", at=monday)
        >>> moved = sf.events.Moved(id="crm:7", to="proof", occurred_at=monday, source="crm")
        >>> deal.record(moved), deal.record(moved)
        (True, False)
        >>> len(deal.state(monday).deviations)
        1
        """
        if isinstance(event, Opened):
            check_deal(event, self._run.opening.deal)
        return self._run.add(event, processes=processes)

    def log(
        self,
        kind: str,
        *,
        at: dt.datetime,
        status: StatusWord = Status.DONE,
        **details: Unpack[Details],
    ) -> Activity:
        """
        Log an activity.

        Args:
            kind: A kind of activity of the process, such as ``call``.

            at: When it took place; aware.

            status: ``done``, ``no_show`` or ``cancelled``; only ``done`` counts as a touch.

            **details: Further details; see `Details`.

        Returns:
            What was recorded.

        Raises:
            UnknownName: If the process has no such kind, or no such play.
            EventError: If the ``id`` is taken by another event.
            ValueError: If an argument has an invalid value, or an instant is naive.
            TypeError: If an argument has the wrong type.
        """
        if status == Status.PLANNED or "starts_at" in details:
            msg = "Deal.log() is for what is over. Plan it: deal.plan(kind, at=…, starts_at=…)."
            raise ValueError(msg)
        known = known_by(Recording.log, details, DETAILS)
        return self._activity(kind=kind, status=status, **self._own(at, known))

    def plan(
        self, kind: str, *, at: dt.datetime, starts_at: dt.datetime, **details: Unpack[Details]
    ) -> Activity:
        """
        Put an activity in the diary.

        Once it is done, or has come to nothing, log it with the same ``activity_id``; until then it
        stays planned. To move it to another time, plan it again with the same ``activity_id``. That
        is the id of the event unless one is given.

        Args:
            kind: A kind of activity of the process, such as ``meeting``.

            at: When it was planned; aware.

            starts_at: When it should take place; aware.

            **details: Further details; see `Details`.

        Returns:
            What was recorded.

        Raises:
            UnknownName, EventError, TypeError, ValueError: As in `log`.

        >>> import salesflow as sf
        >>> monday, day = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC), dt.timedelta(days=1)
        >>> deal = sf.Deal.open(sf.load_process("six-step"), id="ACME-17", at=monday)
        >>> plan = deal.plan("meeting", at=monday, starts_at=monday + day)
        >>> deal.state(monday + day).last_touch_at
        >>> meeting = deal.log("meeting", at=monday + day, activity_id=plan.activity_id, minutes=45)
        >>> deal.state(monday + day).last_touch_at == monday + day
        True
        """
        known = known_by(Recording.plan, details, DETAILS)
        said = self._own(at, known)
        if said.get("activity_id") is None:
            said["activity_id"] = said["id"]
        return self._activity(kind=kind, status=Status.PLANNED, starts_at=starts_at, **said)

    def learn(
        self,
        *,
        at: dt.datetime,
        facts: Mapping[str, Value] | None = None,
        role: str | None = None,
        by: str | None = None,
        source: str = "",
        id: str | None = None,
        recorded_at: dt.datetime | None = None,
        precision: PrecisionWord = "instant",
        **named: Value,
    ) -> Learned:
        """
        Learn facts, by name or in a mapping.

        Args:
            at: Since when they are known; aware.

            facts: Names and values, where they are data, or a name clashes with an argument.

            role: In which role; some criteria only count what certain roles have learned. One that
                the process does not have is none of these.

            by: Who learned them.

            source: As in `Origin`.

            id: The same.

            recorded_at: The same.

            precision: The same.

            **named: The same as keywords: ``deal.learn(at=t, need_confirmed=True)``.

        Returns:
            What was recorded.

        Raises:
            UnknownName: If the process has no such fact. Nothing has changed then.
            EventError: If no fact is said, one is said twice, its type cannot hold the value, or
                the *id* is taken. The same.
            ValueError: If an instant is naive.
            TypeError: If another argument has the wrong type.

        >>> import salesflow as sf
        >>> monday, day = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC), dt.timedelta(days=1)
        >>> deal = sf.Deal.open(sf.load_process("six-step"), id="ACME-17", at=monday)
        >>> learned = deal.learn(at=monday, budget="25000 USD", decision_makers=2)
        >>> dict(deal.state(monday).facts)
        {'budget': Decimal('25000'), 'decision_makers': 2}
        """
        own = self._own(at, {} if id is None else {"id": id})
        own |= {"by": by, "source": source, "recorded_at": recorded_at, "precision": precision}
        return self._recorded(Learned(facts=_told(facts, named), role=role, **own))

    def assign(self, owner: str | None, *, at: dt.datetime, **origin: Unpack[Origin]) -> Assigned:
        """
        Give the deal to somebody, or to nobody; this affects no clock.

        Args:
            owner: Who it belongs to from *at* on; None: nobody.

            at: When; aware.

            **origin: See `Origin`.

        Returns:
            What was recorded.

        Raises:
            EventError: If the ``id`` is taken by another event.
            TypeError: If an argument has the wrong type.
            ValueError: If an instant is naive, or *owner* is blank.
        """
        whose = somebody("owner", owner)
        return self._recorded(
            Assigned(owner=whose, **self._own(at, known_by(Recording.assign, origin)))
        )

    def retract(
        self, target: str, *, at: dt.datetime, reason: str | None = None, **origin: Unpack[Origin]
    ) -> Retracted:
        """
        Take an event back: it is as if it had never been recorded, at every instant.

        Only ``known_at`` still sees it, up to when we were told. If something planned or done did
        not come about, log it with the same ``activity_id`` instead.

        Args:
            target: The id of the event; one that has not arrived yet is retracted when it does.

            at: When it was found out; aware. ``recorded_at`` may be later: when we were told.

            reason: Why.

            **origin: See `Origin`.

        Returns:
            What was recorded.

        Raises:
            EventError: If it is an opening, a migration or a retraction, or the ``id`` is taken.
            TypeError: If an argument has the wrong type.
            ValueError: If an instant is naive.

        >>> import salesflow as sf
        >>> monday, day = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC), dt.timedelta(days=1)
        >>> deal = sf.Deal.open(sf.load_process("six-step"), id="ACME-17", at=monday)
        >>> call = deal.log("call", at=monday + day)
        >>> taken_back = deal.retract(call.id, at=monday + 2 * day, reason="another Smith")
        >>> deal.state(monday + day).last_touch_at
        """
        event = Retracted(
            target=target, reason=reason, **self._own(at, known_by(Recording.retract, origin))
        )
        return self._recorded(event)

    def _recorded(self, event: E) -> E:
        try:
            self._run.add(event)
        except EventError as error:
            raise of_verb(error, event, self._run.opening.deal) from None
        return event

    def _activity(self, **said: Any) -> Activity:  # noqa: ANN401 - as the event takes it
        """Record an activity; a play that no process has would never be seen to be done."""
        event = Activity(**said)
        if event.play is not None:
            known = [play.id for process in self._run.processes.given for play in process.plays]
            if event.play not in known:
                process = self._run.book.process.id
                raise unknown_name(process, "play", event.play, known)
        return self._recorded(event)

    def _own(self, at: dt.datetime, origin: Mapping[str, Any]) -> dict[str, Any]:
        """Return what every event has; the deal numbers its events unless told otherwise."""
        if isinstance(name := origin.get("id"), str):  # what is no text, the event refuses
            check_id("event", name, LONGEST_EVENT_ID)
        run, deal = self._run, self._run.opening.deal
        number = len(run.by_id)
        while run.is_taken(f"{deal}/{number}"):
            number += 1
        own = {"id": f"{deal}/{number}", "seq": number, "occurred_at": to_utc("at", at)}
        return {**own, **origin}


def _told(facts: Mapping[str, Value] | None, named: Mapping[str, Value]) -> dict[str, Value]:
    """
    Return what is learned, said in a mapping and by keyword.

    Raises:
        TypeError: If *facts* is not a mapping.
        EventError: If nothing is said, or a fact in both.
    """
    said = {} if facts is None else mapping("facts", facts)
    told = {**said, **named}
    if not told:
        msg = "'facts' must hold a fact. Give it by name: deal.learn(at=…, budget=5)."
        raise EventError(msg)
    twice = sorted(named.keys() & said.keys())
    if twice:
        msg = f"fact {twice[0]!r} is said twice, in 'facts' and by name. Say it once."
        raise EventError(msg)
    return told


def of_verb(error: EventError, event: Event, deal: str) -> EventError:
    """Return the error of a verb, which does not name an event that was never recorded."""
    if error.event_id != event.id:
        return error
    if isinstance(error, UnknownName):
        error.event_id = None
        return error
    is_planned = isinstance(event, Activity) and event.status is Status.PLANNED
    verb = "plan" if is_planned else _VERBS[event.kind_name]
    return EventError(f"deal {deal!r}: cannot {verb}: {error.problem}")


_VERBS = {
    "activity": "log",
    "assigned": "assign",
    "held": "hold",
    "learned": "learn",
    "moved": "move",
    "opened": "open",
    "overridden": "override",
    "reopened": "reopen",
    "resumed": "resume",
    "retracted": "retract",
}


V = TypeVar("V", bound=Recording)


def _made_again(kind: type[V], processes: Processes, events: tuple[Event, ...], saved: int) -> V:
    """Return a deal that was pickled."""
    deal = kind(Run.of(processes, events))
    deal._saved = saved  # noqa: SLF001 - of the family
    return deal

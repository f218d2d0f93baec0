"""What is told to a deal: recording is never refused, commands may be refused."""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypedDict, TypeVar, Unpack

from salesflow.calendars import to_datetime, to_micros
from salesflow.deal.machine import fire
from salesflow.deal.obstacles import too_early
from salesflow.deal.order import Read, check_deal
from salesflow.deal.pins import Processes
from salesflow.deal.run import Run, View
from salesflow.english import clock_text, exact_clock_text
from salesflow.errors import EventError, Obstacle, Refused, UnknownName
from salesflow.events import (
    LONGEST_EVENT_ID,
    Activity,
    Assigned,
    Event,
    Held,
    Learned,
    Moved,
    Opened,
    Overridden,
    PrecisionWord,
    Reopened,
    Resumed,
    Retracted,
    Status,
    StatusWord,
    Value,
    WayWord,
    check_id,
    to_utc,
)
from salesflow.given import mapping, somebody
from salesflow.process.model import Process
from salesflow.process.names import unknown_name
from salesflow.rules import codes
from salesflow.vocabulary import did_you_mean


class Origin(TypedDict, total=False):
    """
    Where an event comes from; every verb of a deal takes these as keywords.

    ``by``: who did it. ``source``: the system it comes from. ``id``: its id there; by default the
    deal numbers its events. ``recorded_at``: when we were told; by default when it happened.
    ``precision``: ``day`` if only the day is known.
    """

    by: str
    source: str
    id: str
    recorded_at: dt.datetime
    precision: PrecisionWord


class Details(Origin, total=False):
    """
    Details of an activity, beside its kind; see `salesflow.events.Activity`.

    ``direction``: ``in`` or ``out``; default out. ``outcome``: such as ``voicemail``. ``minutes``:
    how long it took. ``contacts``: who took part on the buyer's side. ``activity_id``: the same in
    all revisions of one activity. ``play``: the play that it carries out.
    """

    direction: WayWord | None
    outcome: str | None
    minutes: int | None
    contacts: tuple[str, ...]
    activity_id: str | None
    play: str | None


_ORIGIN = frozenset(Origin.__annotations__)
_DETAILS = frozenset(Details.__annotations__)


class Asked(NamedTuple):
    """
    A command that is asked for.

    Attributes:
        read: What would be recorded.

        view: The deal when it would count.
    """

    read: Read
    view: View


E = TypeVar("E", bound=Event)


class Verbs:
    """The verbs of a deal; see `salesflow.deal.Deal`."""

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
        known = _known(Verbs.log, details, _DETAILS)
        return self._activity(kind=kind, status=status, **self._own(at, known))

    def plan(
        self, kind: str, *, at: dt.datetime, starts_at: dt.datetime, **details: Unpack[Details]
    ) -> Activity:
        """
        Put an activity in the diary.

        Once it is done, log it with the same ``activity_id``; without one it stays planned. To
        move it to another time, plan it again with the same ``activity_id``.

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
        >>> plan = deal.plan("meeting", at=monday, starts_at=monday + day, activity_id="m1")
        >>> deal.state(monday + day).last_touch_at
        >>> meeting = deal.log("meeting", at=monday + day, activity_id="m1", minutes=45)
        >>> deal.state(monday + day).last_touch_at == monday + day
        True
        """
        known = _known(Verbs.plan, details, _DETAILS)
        planned = {"status": Status.PLANNED, "starts_at": starts_at}
        return self._activity(kind=kind, **planned, **self._own(at, known))

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
        return self._recorded(Assigned(owner=whose, **self._own(at, _known(Verbs.assign, origin))))

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
            target=target, reason=reason, **self._own(at, _known(Verbs.retract, origin))
        )
        return self._recorded(event)

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
            UnknownName: If the process has no such stage, or no such role.
            EventError: If the deal was not open yet, or the ``id`` is taken.
            TypeError: If an argument has the wrong type.
            ValueError: If an instant is naive.

        >>> import salesflow as sf
        >>> monday, day = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC), dt.timedelta(days=1)
        >>> deal = sf.Deal.open(sf.load_process("six-step"), id="ACME-17", at=monday)
        >>> deal.move("meeting", at=monday)
        Traceback (most recent call last):
            ...
        salesflow.errors.Refused: deal 'ACME-17': cannot move to 'meeting'.
          - Interest, motivation and urgency are real; the buyer considers us (need_confirmed): ...
        >>> deal.move("nurture", at=monday)
        ()
        """
        event = Moved(to=to, role=role, reason=reason, **self._own(at, _known(Verbs.move, origin)))
        asked = self._asked(event, role)
        stage = asked.view.stage
        passed, found = fire(self._run.book, stage, to, lambda _: self._obstacles(asked))
        return self._done(asked, f"move to {to!r}", found, passed=passed)

    def hold(
        self, *, until: dt.datetime, reason: str = "", at: dt.datetime, **origin: Unpack[Origin]
    ) -> tuple[Obstacle, ...]:
        """
        Let time not count for a while.

        Args:
            until: The planned end, after *at*; aware. `resume` ends it sooner, and so do closing
                the deal and, if the process says so, the buyer's touch.

            reason: Why; from a closed list, if the process has one.

            at: From when on; aware.

            **origin: See `Origin`.

        Returns:
            What stood in the way and only warns; usually empty.

        Raises:
            Refused: If it is longer than the process allows, or one too many, its reason is none
                of the process's, the deal is closed, or, in every mode, if it would end before it
                begins. Nothing has changed then.
            EventError, TypeError, ValueError: As in `move`.

        >>> import salesflow as sf
        >>> monday, day = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC), dt.timedelta(days=1)
        >>> deal = sf.Deal.open(sf.load_process("six-step"), id="ACME-17", at=monday)
        >>> deal.hold(until=monday + 7 * day, reason="legal", at=monday)
        ()
        >>> deal.resume(at=monday + day)
        ()
        >>> [str(hold.until - hold.from_at) for hold in deal.state(monday + day).holds]
        ['1 day, 0:00:00']
        """
        event = Held(until=until, reason=reason, **self._own(at, _known(Verbs.hold, origin)))
        return self._command(event, f"hold until {clock_text(event.until, self._run.zone)}")

    def resume(self, *, at: dt.datetime, **origin: Unpack[Origin]) -> tuple[Obstacle, ...]:
        """
        End the running hold.

        Args:
            at: When; aware.

            **origin: See `Origin`.

        Returns:
            What stood in the way and only warns: nothing.

        Raises:
            Refused: If no hold that began before *at* is running. Nothing has changed then.
            EventError, TypeError, ValueError: As in `move`.
        """
        return self._command(Resumed(**self._own(at, _known(Verbs.resume, origin))), "resume")

    def override(
        self,
        target: str,
        *,
        until: dt.datetime,
        role: str,
        reason: str,
        at: dt.datetime,
        **origin: Unpack[Origin],
    ) -> tuple[Obstacle, ...]:
        """
        Let one rule or criterion pass for a while.

        A contact gap then blocks no move, a timer ends not before *until*, a criterion counts as
        met. A single instant is enough for a move at that instant.

        Args:
            target: The id of the contact gap, the timer or the criterion.

            until: The last instant at which it is let pass, not before *at*; aware.

            role: In which role; it must have the right.

            reason: Why; not empty.

            at: From when on; aware.

            **origin: Who does it and where we have it from; see `Origin`.

        Returns:
            What stood in the way and only warns: nothing.

        Raises:
            Refused: If the role does not have the right, in every mode. Nothing has changed then.
            UnknownName: If the process has no such rule or criterion, or no such role.
            ValueError: If it would end before it begins, no reason is given, or an instant is
                naive.
            EventError, TypeError: As in `move`.

        >>> import salesflow as sf
        >>> monday, day = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC), dt.timedelta(days=1)
        >>> deal = sf.Deal.open(sf.load_process("six-step"), id="ACME-17", at=monday)
        >>> until = monday + 14 * day
        >>> deal.override("touch", until=until, role="sales_manager", reason="on site", at=monday)
        ()
        >>> str(deal.state(monday + 9 * day).status)  # the clock goes on
        'breached'
        """
        own = self._own(at, _known(Verbs.override, origin))
        event = Overridden(target=target, until=until, reason=reason, role=role, **own)
        asked = self._asked(event, role)
        self._check_override(event)
        return self._answered(asked, f"override {target!r}")

    def reopen(
        self,
        *,
        at: dt.datetime,
        to: str | None = None,
        reason: str | None = None,
        **origin: Unpack[Origin],
    ) -> tuple[Obstacle, ...]:
        """
        Bring a closed or parked deal back: its touch and stage clocks start afresh.

        Args:
            at: When; aware.

            to: An open stage, not later in the process than the latest one; None: that one.

            reason: Why.

            **origin: See `Origin`.

        Returns:
            What stood in the way and only warns; usually empty.

        Raises:
            Refused: If the deal is open, or was not as far. Nothing has changed then.
            UnknownName, EventError, TypeError, ValueError: As in `move`.

        >>> import salesflow as sf
        >>> monday, day = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC), dt.timedelta(days=1)
        >>> deal = sf.Deal.open(sf.load_process("six-step"), id="ACME-17", at=monday)
        >>> deal.move("lost", at=monday + day, reason="silence")
        ()
        >>> deal.reopen(at=monday + 9 * day, reason="they called")
        ()
        >>> deal.state(monday + 9 * day).stage
        'qualify'
        """
        event = Reopened(to=to, reason=reason, **self._own(at, _known(Verbs.reopen, origin)))
        return self._command(event, "reopen")

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

        Args:
            to: The stage.

            at: When; aware.

            role: In which role.

            reason: Why.

        Raises:
            UnknownName, EventError, TypeError, ValueError: As in `move`.
        """
        event = Moved(to=to, role=role, reason=reason, **self._own(at, {}))
        return self._obstacles(self._asked(event, role))

    def can_move(
        self,
        to: str,
        at: dt.datetime,
        *,
        role: str | None = None,
        reason: str | None = None,
    ) -> bool:
        """
        Return whether `move` would go through; the arguments and errors are those of `obstacles`.

        >>> import salesflow as sf
        >>> monday, day = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC), dt.timedelta(days=1)
        >>> deal = sf.Deal.open(sf.load_process("six-step"), id="ACME-17", at=monday)
        >>> deal.can_move("meeting", at=monday), deal.can_move("lost", at=monday)
        (False, True)
        """
        return not any(o.blocks for o in self.obstacles(to, at, role=role, reason=reason))

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

    def _check_override(self, event: Overridden) -> None:
        """Refuse an override that lets nothing pass, or says nothing: recorded, it is kept."""
        begins, ends = self._run.order.place(event)[0], to_micros(event.until)
        if ends < begins:
            until, at = (exact_clock_text(to_datetime(t), self._run.zone) for t in (ends, begins))
            msg = f"'until' is {until}, before the override begins at {at}. Give a later end."
            raise ValueError(msg)
        if not event.reason.strip():
            msg = f"'reason' is empty. Say why {event.target!r} may be let pass."
            raise ValueError(msg)

    def _command(self, event: Event, command: str, role: str | None = None) -> tuple[Obstacle, ...]:
        return self._answered(self._asked(event, role), command)

    def _answered(self, asked: Asked, command: str) -> tuple[Obstacle, ...]:
        found = self._obstacles(asked)
        return self._done(asked, command, found, passed=not any(o.blocks for o in found))

    def _asked(self, event: Event, role: str | None = None) -> Asked:
        """Return what is asked for, in a role that the process has."""
        try:
            read = self._run.read(event)
        except EventError as error:
            raise of_verb(error, event, self._run.opening.deal) from None
        # When it would count: of some commands only the day is known.
        view = self._run.at(read.placed.own)
        if role is not None:
            view.run.book.process.role(role)
        return Asked(read, view)

    def _done(
        self, asked: Asked, command: str, found: tuple[Obstacle, ...], *, passed: bool
    ) -> tuple[Obstacle, ...]:
        """Record what was asked for, unless it is refused."""
        if not passed:
            raise Refused(self._run.opening.deal, command, found)
        # What is recorded is held to less than a command, and the deal is as it was when asked.
        is_free = not found and asked.view.memory is self._run.memory
        self._run.add(asked.read.placed.event, asked.read, is_free=is_free)
        return found

    def _obstacles(self, asked: Asked) -> tuple[Obstacle, ...]:
        return (*self._history(asked), *asked.view.obstacles(asked.read.placed.event))

    def _history(self, asked: Asked) -> tuple[Obstacle, ...]:
        """
        Return the obstacle of a command that would count before what has already moved the deal.

        A move by time comes after every event at its instant, so also after the command.
        """
        view, run, moved_at = asked.view, self._run, self._run.moved_at
        by_time: tuple[int, ...] = ()
        if view.acted:
            by_time = tuple(act.at for act in view.acted if act.moved)
            moved_at = max(moved_at, *by_time, codes.LONG_AGO)
        if moved_at < view.now:
            return ()
        # At one instant a move comes after holds and overrides, which does no harm unless it brings
        # the deal back: that ends every hold.
        placed = asked.read.placed
        is_move = isinstance(placed.event, Moved | Reopened)
        latest = run.moved_by if is_move else run.returned_by
        comes_before = latest is not None and latest > placed
        if moved_at > view.now or view.now in by_time or comes_before:
            instants = to_datetime(view.now), to_datetime(moved_at)
            is_migrated = moved_at == run.since.latest_at
            return (too_early(*instants, run.zone, is_migrated=is_migrated),)
        return ()

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


def _known(
    verb: Callable[..., object], said: Mapping[str, Any], known: frozenset[str] = _ORIGIN
) -> Mapping[str, Any]:
    """
    Return what was said by keyword beside the arguments that a verb names.

    Raises:
        TypeError: If something is not *known*.
    """
    for name in said:
        if name not in known:
            named = inspect.signature(verb).parameters.values()
            others = [part.name for part in named if part.kind is part.KEYWORD_ONLY]
            taken = [*others, *sorted(known)]
            hint, listed = did_you_mean(name, taken), ", ".join(taken)
            msg = f"Deal.{verb.__name__}() has no argument {name!r}.{hint} It takes {listed}."
            raise TypeError(msg)
    return said


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
    "overridden": "override",
    "reopened": "reopen",
    "resumed": "resume",
    "retracted": "retract",
}


V = TypeVar("V", bound=Verbs)


def _made_again(kind: type[V], processes: Processes, events: tuple[Event, ...], saved: int) -> V:
    """Return a deal that was pickled."""
    deal = kind(Run.of(processes, events))
    deal._saved = saved  # noqa: SLF001 - of the family
    return deal

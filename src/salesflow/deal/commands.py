"""The verbs that command: they may be refused, with every obstacle at once."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple, Unpack

from salesflow.calendars import to_datetime, to_micros
from salesflow.deal.machine import fire
from salesflow.deal.obstacles import too_early
from salesflow.deal.order import Read
from salesflow.deal.origins import Origin, known_by
from salesflow.deal.recording import Recording, of_verb
from salesflow.deal.run import View
from salesflow.english import clock_text, exact_clock_text
from salesflow.errors import EventError, Obstacle, Refused
from salesflow.events import Event, Held, Moved, Overridden, Reopened, Resumed
from salesflow.rules import codes


class Asked(NamedTuple):
    """
    A command that is asked for.

    Attributes:
        read: What would be recorded, with its place.

        view: The deal when it would count.
    """

    read: Read
    view: View

    @property
    def event(self) -> Event:
        """What would be recorded, without its place."""
        return self.read.placed.event


class Commands(Recording):
    """The verbs of a deal that command, after those that record; see `salesflow.deal.Deal`."""

    __slots__ = ()

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
        event = Moved(
            to=to, role=role, reason=reason, **self._own(at, known_by(Commands.move, origin))
        )
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
        event = Held(until=until, reason=reason, **self._own(at, known_by(Commands.hold, origin)))
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
        return self._command(Resumed(**self._own(at, known_by(Commands.resume, origin))), "resume")

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
        own = self._own(at, known_by(Commands.override, origin))
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
        event = Reopened(to=to, reason=reason, **self._own(at, known_by(Commands.reopen, origin)))
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
        self._run.add(asked.event, asked.read, is_free=is_free)
        return found

    def _obstacles(self, asked: Asked) -> tuple[Obstacle, ...]:
        return (*self._history(asked), *asked.view.obstacles(asked.event))

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
        is_move = isinstance(asked.event, Moved | Reopened)
        latest = run.moved_by if is_move else run.returned_by
        comes_before = latest is not None and latest > asked.read.placed
        if moved_at > view.now or view.now in by_time or comes_before:
            instants = to_datetime(view.now), to_datetime(moved_at)
            is_migrated = moved_at == run.since.latest_at
            return (too_early(*instants, run.zone, is_migrated=is_migrated),)
        return ()

"""The live deal: facts are recorded, commands may be refused, and time acts by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Self

from salesflow.calendars import to_datetime, to_micros
from salesflow.deal.effects import Effect, effects_of
from salesflow.deal.explain import explain
from salesflow.deal.indicators import Pulse, pulse_of
from salesflow.deal.items import AgendaItem
from salesflow.deal.ledger import Entry, ledger_of
from salesflow.deal.pins import Processes, check_last
from salesflow.deal.plays import PlayState, plays_of
from salesflow.deal.quiet import items_at
from salesflow.deal.run import Run, View
from salesflow.deal.state import Deadline, DealState, Raised
from salesflow.deal.stories import Explanation
from salesflow.deal.summary import Summary, next_deadline_of, summary_of
from salesflow.deal.verbs import Verbs
from salesflow.deal.views import deadlines_of, state_of
from salesflow.events import Event, Opened
from salesflow.process.model import Process


class Deal(Verbs):
    """
    One possible sale, running under one process.

    A deal is what its recorded events add up to, and what time does between them. Nothing here
    reads a clock: every answer is about the instant that is given. Looking at a deal changes
    nothing, so looking often, seldom or never gives the same history.

    Facts (`log`, `plan`, `learn`, `assign`, `retract`, `record`) are taken as they are. A command
    (`move`, `hold`, `resume`, `override`, `reopen`) may be refused, with every obstacle at once,
    and has then changed nothing.

    Not safe across threads; what it returns is.

    >>> import datetime as dt
    >>> from salesflow.process import load_process
    >>> monday = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
    >>> deal = Deal.open(load_process("six-step"), id="ACME-17", at=monday, owner="dana")
    >>> deal.state(monday).stage
    'qualify'
    """

    __slots__ = ()

    @classmethod
    def open(
        cls,
        process: Process,
        *,
        id: str,
        at: dt.datetime,
        stage: str | None = None,
        owner: str | None = None,
        calendar: str | None = None,
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

            calendar: By which of the process's calendars time is counted; None: the default one.

            by: Who opened it.

            source: Where we have it from.

        Returns:
            The deal; its opening, with the id ``<deal>/0``, is a new event.

        Raises:
            EventError: If the process has no such stage or calendar.
            TypeError: If *process* is no process, *at* no datetime, or another argument no text.
            ValueError: If *at* is naive.
        """
        processes = Processes.of(process)
        opening = Opened(
            id=f"{id}/0",
            deal=id,
            occurred_at=at,
            stage=stage,
            owner=owner,
            calendar=calendar,
            process=process.hash,
            by=by,
            source=source,
        )
        return cls(Run.of(processes, [opening]))

    @classmethod
    def replay(
        cls, process: Process, events: Iterable[Event], *, processes: Iterable[Process] = ()
    ) -> Self:
        """
        Return the deal that *events* add up to, in whatever order and however often they come.

        They count as saved: see `new_events`.

        Args:
            process: What the deal runs under.

            events: All of them, at least its opening.

            processes: Those that it ran under before it was migrated; others do no harm.

        Raises:
            PinnedError: If the deal runs under another process, or ran under one that is not given.
            EventError: If none of them opens the deal, two of them open different ones or have one
                id and differ, one retracts what cannot be retracted, or says what the process does
                not have.
            TypeError: If *process* is no process, or one of *events* no event.

        >>> import salesflow as sf
        >>> monday, day = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC), dt.timedelta(days=1)
        >>> process = sf.load_process("six-step")
        >>> deal = sf.Deal.open(process, id="ACME-17", at=monday)
        >>> call = deal.log("call", at=monday + day)
        >>> again = sf.Deal.replay(process, reversed(deal.events))
        >>> again.events == deal.events, again.new_events
        (True, ())
        """
        run = Run.of(Processes.of(process, processes), events)
        check_last(run.processes, run.opening, run.book)
        deal = cls(run)
        deal.saved()
        return deal

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
    def processes(self) -> tuple[Process, ...]:
        """Every process that was given with it: that it runs under, those before it, and others."""
        return self._run.processes.given

    @property
    def calendar(self) -> str | None:
        """By which of the process's calendars its time is counted; None: the default one."""
        return self._run.since.calendar

    def counts_at(self, event: Event) -> dt.datetime:
        """
        Return when an event counts: not before the opening; of some only the day is known.

        Args:
            event: One of the deal's.
        """
        return to_datetime(max(self._run.order.place(event)[0], to_micros(self.opened_at)))

    @property
    def events(self) -> tuple[Event, ...]:
        """Every recorded event, in the order in which it counts; retracted ones are among them."""
        return self._run.events

    @property
    def new_events(self) -> tuple[Event, ...]:
        """
        What was recorded since the deal was opened, replayed or `saved`, in the order it came in.

        Of a deal that was opened, the opening is one of them.
        """
        known = self._run.by_id.values()
        return tuple(event for event in known if event.id not in self._saved)

    def event(self, id: str) -> Event | None:
        """Return the event of that id; None: there is none."""
        return self._run.by_id.get(id)

    def saved(self) -> None:
        """Take note that the host has kept all `events`: only what comes after that is new."""
        self._saved = frozenset(self._run.by_id)

    def state(self, now: dt.datetime, known_at: dt.datetime | None = None) -> DealState:
        """
        Return the deal as it stands at *now*.

        A deal that is looked at exactly at a deadline is in time. What is dated later than *now*
        has not happened yet.

        Args:
            now: The instant; aware.

            known_at: By what we had been told until then, this instant included; None: by all that
                is recorded.

        Raises:
            EventError: If the deal was not open yet, or not known yet.
            TypeError: If an instant is no datetime.
            ValueError: If an instant is naive.

        >>> import salesflow as sf
        >>> monday, day = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC), dt.timedelta(days=1)
        >>> deal = sf.Deal.open(sf.load_process("six-step"), id="ACME-17", at=monday)
        >>> call = deal.log("call", at=monday + 3 * day, recorded_at=monday + 9 * day)
        >>> friday = monday + 4 * day
        >>> str(deal.state(friday).status), str(deal.state(friday, known_at=friday).status)
        ('ok', 'due')
        """
        return state_of(self._view(now, known_at))

    def deadlines(
        self, now: dt.datetime, known_at: dt.datetime | None = None
    ) -> tuple[Deadline, ...]:
        """
        Return the rungs of the rules that apply at *now*, soonest first.

        Rungs that have passed stay until their clock restarts. Of a hold that is running the
        planned end is taken. A rule whose end cannot be computed is left out; of a closed or parked
        deal there are only rules that name its stage.

        Args:
            now: The instant; aware.

            known_at: As in `state`.

        Raises:
            EventError, TypeError, ValueError: As in `state`.
        """
        return deadlines_of(self._view(now, known_at))

    def next_deadline(self, now: dt.datetime) -> Deadline | None:
        """
        Return the first deadline that has not passed at *now*, or None; one at *now* has not.

        Until then nothing changes by itself.

        >>> import salesflow as sf
        >>> monday, day = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC), dt.timedelta(days=1)
        >>> deal = sf.Deal.open(sf.load_process("six-step"), id="ACME-17", at=monday)
        >>> print(deal.next_deadline(monday + 4 * day))
        2026-03-09 21:00 touch: breach
        """
        return next_deadline_of(self._view(now))

    def summary(self, now: dt.datetime) -> Summary:
        """
        Return the little that a host keeps beside the events to find deals by, and until when.

        Args:
            now: The instant; aware.

        Raises:
            EventError, TypeError, ValueError: As in `state`.

        >>> import salesflow as sf
        >>> monday, day = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC), dt.timedelta(days=1)
        >>> deal = sf.Deal.open(sf.load_process("six-step"), id="ACME-17", at=monday)
        >>> found = deal.summary(monday)
        >>> str(found.status), found.changes_at.isoformat()
        ('ok', '2026-03-05T22:00:00.000001+00:00')
        """
        return summary_of(self._view(now))

    def effects(self, now: dt.datetime, sent: Collection[str] = ()) -> tuple[Effect, ...]:
        """
        Return what the host is to do at *now*, and what it need not do any more.

        Args:
            now: The instant; aware. Not before the one at which those that were sent had been
                worked out: what has not acted by *now* is taken for refuted.

            sent: The keys of the effects that the host has performed; those of other deals do no
                harm.

        Returns:
            In the order in which they came about; to perform are those whose status is ``due``.

        Raises:
            EventError: If the deal was not open yet.
            TypeError: If *now* is no datetime, or *sent* is one key and no collection of them.
            ValueError: If *now* is naive.

        >>> import salesflow as sf
        >>> monday, day = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC), dt.timedelta(days=1)
        >>> deal = sf.Deal.open(sf.load_process("six-step"), id="ACME-17", at=monday)
        >>> (effect,) = deal.effects(monday + 4 * day)
        >>> print(effect)
        2026-03-05 22:00 warn: touch (due)
        >>> [str(effect.status) for effect in deal.effects(monday + 4 * day, sent=[effect.key])]
        ['sent']
        """
        if isinstance(sent, str):
            msg = f"'sent' must be a collection of keys, got the text {sent!r}. Write [{sent!r}]."
            raise TypeError(msg)
        return effects_of(self._view(now), sent)

    def ledger(self, now: dt.datetime) -> tuple[Entry, ...]:
        """
        Return what time did by what was known, and how later facts corrected it, up to *now*.

        A fact that comes late refutes what time did meanwhile, and does not delete it. Before the
        deal was open and known there is nothing in it.

        Args:
            now: The instant; aware.

        Raises:
            TypeError: If *now* is no datetime.
            ValueError: If it is naive.

        >>> import salesflow as sf
        >>> monday, day = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC), dt.timedelta(days=1)
        >>> deal = sf.Deal.open(sf.load_process("six-step"), id="ACME-17", at=monday)
        >>> call = deal.log("call", at=monday + 3 * day, recorded_at=monday + 4 * day)
        >>> for entry in deal.ledger(monday + 4 * day):
        ...     print(entry)
        2026-03-05 22:00 raised: touch warn
        2026-03-06 10:00 rescinded: touch warn
        """
        return ledger_of(self._run, to_micros(now))

    def plays(self, now: dt.datetime) -> tuple[PlayState, ...]:
        """
        Return the plays of the stage that the deal is in at *now*, soonest first.

        What is done once is done by an activity that names the play, or that names none and is of
        its kind, since the stage was entered; if the activity is taken back, so is the play.
        """
        return plays_of(self._view(now))

    def agenda(self, now: dt.datetime) -> tuple[AgendaItem, ...]:
        """
        Return what the deal wants done at *now*, the most urgent first; before it opens nothing.

        That is: the worst that its rules say, moves to take back, the plays that are to be done,
        and what is planned for today or an earlier day.
        """
        return items_at(self._run, to_micros(now))

    def pulse(self, now: dt.datetime, *, days: int = 7) -> Pulse:
        """
        Return what the deal adds to the pulse of a portfolio; see `salesflow.pulse`.

        Args:
            now: The instant; aware.

            days: Over how many of the last days the logged minutes are counted.
        """
        return pulse_of(self._view(now), days)

    def explain(self, now: dt.datetime, known_at: dt.datetime | None = None) -> Explanation:
        """
        Return why the deal stands as it does at *now*, and what comes of it.

        As data: where the time of each clock went, what the moves forward need, what time does
        next. As text: the same in plain words.
        """
        return explain(self._view(now, known_at))

    def timeline(self, until: dt.datetime) -> tuple[Event | Raised, ...]:
        """
        Return what was recorded and what time did up to *until*, in the order in which it counts.

        What was retracted is not in it, the retraction is.

        Args:
            until: The instant; aware.

        Raises:
            EventError: If the deal was not open yet.
            TypeError: If *until* is no datetime.
            ValueError: If it is naive.

        >>> import salesflow as sf
        >>> monday, day = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC), dt.timedelta(days=1)
        >>> deal = sf.Deal.open(sf.load_process("six-step"), id="ACME-17", at=monday)
        >>> opening, warning = deal.timeline(monday + 4 * day)
        >>> print(warning)
        2026-03-05 22:00 time: touch warn
        """
        view = self._view(until)
        return (*view.run.story, *view.raised)

    def __repr__(self) -> str:
        count = len(self.events)
        said = "1 event" if count == 1 else f"{count} events"
        return f"<Deal {self.id!r} of {self.process.id!r}, {said}>"

    def _view(self, now: dt.datetime, known_at: dt.datetime | None = None) -> View:
        run = self._run if known_at is None else self._run.known_by(to_micros(known_at))
        return run.at(to_micros(now))

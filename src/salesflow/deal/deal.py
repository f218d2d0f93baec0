"""The live deal: events are recorded, commands may be refused, and time acts by itself."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
from collections.abc import Collection, Iterable
from typing import Self

from salesflow.calendars import to_datetime, to_micros
from salesflow.deal.commands import Commands
from salesflow.deal.effects import Effect, effects_of
from salesflow.deal.explain import explain
from salesflow.deal.explanation import Explanation
from salesflow.deal.indicators import Pulse, pulse_of
from salesflow.deal.items import AgendaItem
from salesflow.deal.ledger import Entry, ledger_of
from salesflow.deal.pins import Processes, check_last
from salesflow.deal.plays import PlayState, plays_of
from salesflow.deal.recording import of_verb
from salesflow.deal.run import Run, View
from salesflow.deal.state import Deadline, DealState
from salesflow.deal.summary import Summary, next_deadline_of, summary_of
from salesflow.deal.timeline import Timeline
from salesflow.deal.views import deadlines_of, state_of
from salesflow.deal.wanted import Wanted, wanted_at
from salesflow.english import count_of
from salesflow.errors import EventError
from salesflow.events import LONGEST_DEAL_ID, Event, Opened, PrecisionWord, check_id, to_utc
from salesflow.given import given, somebody
from salesflow.process.model import Process


class Deal(Commands):
    """
    One possible sale, running under one process.

    A deal is what its recorded events add up to, and what time does between them. Nothing here
    reads a clock: every answer is about the instant that is given. Looking at a deal changes
    nothing, so looking often, seldom or never gives the same history.

    Recording (`log`, `plan`, `learn`, `assign`, `retract`, `record`) is never refused for what it
    says. A command (`move`, `hold`, `resume`, `override`, `reopen`) may be refused, with every
    obstacle at once, and then changes nothing.

    A deal is not safe to share between threads; what it returns is.

    >>> import datetime as dt
    >>> from salesflow.process import load_process
    >>> monday = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
    >>> deal = Deal.open(load_process("six-step"), id="ACME-17", at=monday, owner="dana")
    >>> deal.state(monday).stage
    'qualify'
    """

    __slots__ = ("_wanted",)

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._wanted: Wanted | None = None

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
        recorded_at: dt.datetime | None = None,
        precision: PrecisionWord = "instant",
    ) -> Self:
        """
        Open a deal.

        Args:
            process: What it runs under.

            id: The deal's id: text of at most 255 bytes, without NUL or lone surrogates.

            at: When; aware. Clocks start here.

            stage: Where it begins; None: in the first stage.

            owner: Who it belongs to; None: nobody yet.

            calendar: The calendar of the process that counts its time; None: the default one.

            by: Who opened it.

            source: The system that reported it.

            recorded_at: When we were told; None: at once.

            precision: ``day`` if only the day is known: the deal opens when it begins, and
                *recorded_at* must be said.

        Returns:
            The deal; its opening, with the id ``<deal>/0``, is a new event.

        Raises:
            UnknownName: If the process has no such stage or calendar.
            EventError: If the *id* is empty, too long, or cannot be stored by every database, or it
                was *recorded_at* an instant before the day on which it happened.
            TypeError: If *process* is not a process, an instant not a datetime, or another argument
                not text.
            ValueError: If an instant is naive, *owner* is blank, or *recorded_at* is missing where
                only the day is known.
        """
        processes = Processes.of(process)
        check_id("deal", id, LONGEST_DEAL_ID)
        opening = Opened(
            id=f"{id}/0",
            deal=id,
            occurred_at=to_utc("at", at),
            stage=stage,
            owner=somebody("owner", owner),
            calendar=calendar,
            process=process.hash,
            by=by,
            source=source,
            recorded_at=None if recorded_at is None else to_utc("recorded_at", recorded_at),
            precision=precision,
        )
        try:
            return cls(Run.of(processes, [opening]))
        except EventError as error:
            raise of_verb(error, opening, id) from None

    @classmethod
    def replay(
        cls, process: Process, events: Iterable[Event], *, earlier: Iterable[Process] = ()
    ) -> Self:
        """
        Return the deal that *events* add up to, whatever their order and however often they come.

        They count as saved: see `new_events`.

        Args:
            process: What the deal runs under.

            events: All its events, at least its opening.

            earlier: The processes that it ran under before it was migrated; others do no harm.

        Raises:
            PinnedError: If the deal runs under another process, or ran under one that is not given.
            UnknownName: If one of them names what the process does not have.
            EventError: If none of them opens the deal, two of them open different deals or differ
                under the same id, or one retracts what cannot be retracted.
            TypeError: If *process* is not a process, or one of *events* not an event.

        >>> import salesflow as sf
        >>> monday, day = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC), dt.timedelta(days=1)
        >>> process = sf.load_process("six-step")
        >>> deal = sf.Deal.open(process, id="ACME-17", at=monday)
        >>> call = deal.log("call", at=monday + day)
        >>> again = sf.Deal.replay(process, reversed(deal.events))
        >>> again.events == deal.events, again.new_events
        (True, ())
        """
        run = Run.of(Processes.of(process, earlier, name="earlier"), events)
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
        """Every process that was given: the one that it runs under, those before it, and others."""
        return self._run.processes.given

    @property
    def calendar(self) -> str | None:
        """The calendar of the process that counts its time; None: the default one."""
        return self._run.since.calendar

    def counts_at(self, event: Event) -> dt.datetime:
        """
        Return when an event counts: not before the opening; for some only the day is known.

        Args:
            event: One of the deal's.
        """
        return to_datetime(self._run.counts_at(event))

    @property
    def events(self) -> tuple[Event, ...]:
        """Every recorded event, in the order in which they count, including retracted ones."""
        return self._run.events

    @property
    def new_events(self) -> tuple[Event, ...]:
        """
        The events recorded since the deal was opened, replayed or `saved`, as they came in.

        For a deal that was opened, the opening is one of them.
        """
        return tuple(itertools.islice(self._run.by_id.values(), self._saved, None))

    def event(self, id: str) -> Event | None:
        """
        Return the event with that id; None: there is none.

        Raises:
            TypeError: If *id* is not text.
        """
        return self._run.by_id.get(given("id", id, str))

    def saved(self) -> None:
        """Note that the host has stored all `events`: only later ones are new."""
        self._saved = len(self._run.by_id)

    def state(self, now: dt.datetime, known_at: dt.datetime | None = None) -> DealState:
        """
        Return the deal as it stands at *now*.

        At a deadline exactly, the deal is still in time. Events dated later than *now* have not
        happened yet.

        Args:
            now: The instant; aware.

            known_at: Use only what was known at this instant, inclusive; None: everything that is
                recorded.

        Raises:
            EventError: If the deal had not been opened yet, or was not known yet.
            TypeError: If an instant is not a datetime.
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

        Rungs that have passed stay until their clock restarts. A running hold is assumed to end as
        planned. A rule whose end cannot be computed is left out; for a closed or parked deal there
        are only rules that name its stage.

        Args:
            now: The instant; aware.

            known_at: As in `state`.

        Raises:
            EventError, TypeError, ValueError: As in `state`.
        """
        return deadlines_of(self._view(now, known_at))

    def next_deadline(self, now: dt.datetime) -> Deadline | None:
        """
        Return the first deadline that has not passed at *now*, itself included, or None.

        Until then nothing changes by itself.

        >>> import salesflow as sf
        >>> monday, day = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC), dt.timedelta(days=1)
        >>> deal = sf.Deal.open(sf.load_process("six-step"), id="ACME-17", at=monday)
        >>> print(deal.next_deadline(monday + 4 * day))
        2026-03-09 17:00 EDT touch: breach
        """
        return next_deadline_of(self._view(now))

    def summary(self, now: dt.datetime) -> Summary:
        """
        Return what a host keeps beside the events to find deals by, and how long it holds.

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
        Return what the host should do at *now*, and what it need no longer do.

        Args:
            now: The instant; aware. It must not be earlier than when the sent effects were
                computed: whatever has not acted by *now* counts as refuted.

            sent: The keys of the effects that the host has performed; those of other deals do no
                harm.

        Returns:
            The effects in the order in which they came about; those to perform have the status
            ``due``.

        Raises:
            EventError: If the deal had not been opened yet.
            TypeError: If *now* is not a datetime, or *sent* is a single key.
            ValueError: If *now* is naive.

        >>> import salesflow as sf
        >>> monday, day = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC), dt.timedelta(days=1)
        >>> deal = sf.Deal.open(sf.load_process("six-step"), id="ACME-17", at=monday)
        >>> (effect,) = deal.effects(monday + 4 * day)
        >>> print(effect)
        2026-03-05 17:00 EST warn: touch (due)
        >>> [str(effect.status) for effect in deal.effects(monday + 4 * day, sent=[effect.key])]
        ['sent']
        """
        if isinstance(sent, str):
            msg = f"'sent' must be a collection of keys, got the text {sent!r}. Write [{sent!r}]."
            raise TypeError(msg)
        return effects_of(self._view(now), sent)

    def ledger(self, now: dt.datetime) -> tuple[Entry, ...]:
        """
        Return what time did according to what was known, and how later events corrected it.

        An event that is recorded late refutes what time did meanwhile, but does not delete it. It
        goes up to *now*, and is empty before the deal was opened and known.

        Args:
            now: The instant; aware.

        Raises:
            TypeError: If *now* is not a datetime.
            ValueError: If it is naive.

        >>> import salesflow as sf
        >>> monday, day = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC), dt.timedelta(days=1)
        >>> deal = sf.Deal.open(sf.load_process("six-step"), id="ACME-17", at=monday)
        >>> call = deal.log("call", at=monday + 3 * day, recorded_at=monday + 4 * day)
        >>> for entry in deal.ledger(monday + 4 * day):
        ...     print(entry)
        2026-03-05 17:00 EST raised: touch warn
        2026-03-06 05:00 EST rescinded: touch warn
        """
        return ledger_of(self._run, to_micros(now, "now"))

    def plays(self, now: dt.datetime) -> tuple[PlayState, ...]:
        """
        Return the plays of the stage that the deal is in at *now*, soonest first.

        A play is carried out by an activity since the stage was entered that names it, or that
        names none and is of its kind; if the activity is taken back, the play is open again.
        """
        return plays_of(self._view(now))

    def agenda(self, now: dt.datetime) -> tuple[AgendaItem, ...]:
        """
        Return the agenda of the deal at *now*, most urgent first; empty before it is opened.

        It has the worst that the rules say, moves to take back, plays to be done, and what is
        planned for today or an earlier day.
        """
        run, at = self._run, to_micros(now, "now")
        if self._wanted is None or not self._wanted.still_holds(run, at):
            self._wanted = wanted_at(run, at)
        return self._wanted.items

    def pulse(self, now: dt.datetime, *, days: int = 7) -> Pulse:
        """
        Return what the deal adds to the pulse of a portfolio; see `salesflow.pulse`.

        Args:
            now: The instant; aware.

            days: The number of past days over which logged minutes are counted.
        """
        return pulse_of(self._view(now), days)

    def explain(self, now: dt.datetime, known_at: dt.datetime | None = None) -> Explanation:
        """
        Return why the deal stands as it does at *now*, and what comes of it.

        As data: where the time of each clock went, what the forward moves need, what time does
        next. As text: the same in plain words.
        """
        return explain(self._view(now, known_at))

    def timeline(self, until: dt.datetime) -> Timeline:
        """
        Return what was recorded and what time did up to *until*, in the order in which it counts.

        Retracted events are left out, but the retractions are included. It is a tuple of `Event`
        and `Raised`; ``str()`` says it by the clocks of the deal.

        Args:
            until: The instant; aware.

        Raises:
            EventError: If the deal had not been opened yet.
            TypeError: If *until* is not a datetime.
            ValueError: If it is naive.

        >>> import salesflow as sf
        >>> monday, day = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC), dt.timedelta(days=1)
        >>> deal = sf.Deal.open(sf.load_process("six-step"), id="ACME-17", at=monday)
        >>> print(deal.timeline(monday + 4 * day))
        2026-03-02 05:00 EST opened ACME-17
        2026-03-05 17:00 EST time: touch warn
        """
        view = self._view(until, name="until")
        return Timeline((*view.run.story, *view.raised), view.run.zone)

    def __repr__(self) -> str:
        return f"<Deal {self.id!r} of {self.process.id!r}, {count_of(len(self.events), 'event')}>"

    def _view(
        self, now: dt.datetime, known_at: dt.datetime | None = None, *, name: str = "now"
    ) -> View:
        if known_at is None:
            return _seen(self._run, to_micros(now, name), len(self._run.by_id))
        return self._run.known_by(to_micros(known_at, "known_at")).at(to_micros(now, name))


@functools.lru_cache(maxsize=4)
def _seen(run: Run, now: int, _events: int) -> View:
    """Return a deal at *now*: who asks one thing about it often asks another at once."""
    return run.at(now)

"""
Plays: what the process wants done in a stage, when it is due, and whether it was done.

A play is not a rung: it blocks nothing, breaches nothing and has no effects. It only says what to
do.
"""

from __future__ import annotations

import datetime as dt
import functools
from typing import NamedTuple

import attrs

from salesflow.calendars import to_datetime
from salesflow.calendars.arithmetic import (
    before,
    day_of,
    start_of_day,
)
from salesflow.deal.activities import done
from salesflow.deal.run import View
from salesflow.english import clock_text
from salesflow.events import Activity, Way
from salesflow.plain import Plain
from salesflow.process.parts import Play
from salesflow.rules import codes
from salesflow.rules.book import RuleBook
from salesflow.rules.gates import is_true, known
from salesflow.rules.programs import GateWriter
from salesflow.rules.tables import ENTERED_AT, HOLDS, STAGE, VISITS, Tables
from salesflow.vocabulary import Word


class PlayStatus(Word):
    """The progress of a play."""

    COMING = "coming"
    """Not to be done yet."""
    OPEN = "open"
    """To be done."""
    OVERDUE = "overdue"
    """To be done, and late."""
    DONE = "done"
    """Done; it does not come again while the deal is here."""


@attrs.frozen(kw_only=True)
class PlayState(Plain):
    """
    A play of the stage that a deal is in.

    Args:
        deal_id: The deal.

        play: The play.

        title: The same for people.

        role: Who does it; None: the owner of the deal.

        activity: The kind of activity that does it.

        minutes: How long it takes; None: not given.

        status: Its progress.

        from_at: Since when it has been on the agenda, or from when on it will be.

        due_at: The last instant that is in time.

        done_at: When it was last done; None: not yet.

        zone: By which clocks ``str()`` says its time: those of the deal's calendar.
    """

    deal_id: str
    play: str
    title: str
    role: str | None
    activity: str
    minutes: int | None
    status: PlayStatus
    from_at: dt.datetime
    due_at: dt.datetime
    done_at: dt.datetime | None = None
    zone: str = attrs.field(default="UTC", eq=False)

    @property
    def is_to_do(self) -> bool:
        """Whether it is to be done now, in time or not."""
        return self.status in (PlayStatus.OPEN, PlayStatus.OVERDUE)

    def __str__(self) -> str:
        who = f" by {self.role}" if self.role else ""
        due = clock_text(self.due_at, self.zone)
        return f"{due} {self.play}: {self.activity}{who} ({self.status})"


@attrs.frozen(slots=False)
class Tactic:
    """
    A play in the numbers of the rules.

    Args:
        play: The play.

        measure: In what it is said how long it is within, after, before or between.

        amount: How long that is.

        stages: The stages that play it.

        gate: The program while which it is played, or NONE.

        date: The date fact that it comes before, or NONE.
    """

    play: Play
    measure: int
    amount: int
    stages: frozenset[int]
    gate: int
    date: int

    @functools.cached_property
    def measures(self) -> frozenset[int]:
        """In what is counted, as calendars are asked for it."""
        return frozenset([self.measure])

    def is_done_by(self, event: Activity) -> bool:
        """
        Return whether a done activity does the play.

        It does if it names it. One that names no play does each play of its kind, unless it came
        in: that was the buyer's doing.
        """
        if event.play is not None:
            return event.play == self.play.id
        return event.kind == self.play.activity and event.direction is not Way.IN


@attrs.frozen(eq=False)
class PlayBook:
    """
    The plays of a process, ready to be asked.

    Args:
        of_stage: For each stage by its number, in the order of the process.

        tables: Those of the rules, with the gates of the plays in place of theirs.
    """

    of_stage: tuple[tuple[Tactic, ...], ...]
    tables: Tables


@functools.lru_cache(maxsize=64)
def play_book(book: RuleBook) -> PlayBook:
    """Return the plays of a process; the same ones for the same book."""
    writer = GateWriter(book.process, book.facts)
    tactics = [_tactic(book, play, writer) for play in book.process.plays]
    of_stage = (
        tuple(tactic for tactic in tactics if stage in tactic.stages)
        for stage in book.stages.values()
    )
    return PlayBook(tuple(of_stage), book.tables._replace(**writer.fields()))


def _tactic(book: RuleBook, play: Play, writer: GateWriter) -> Tactic:
    stages = play.stages or [stage.id for stage in book.process.open_stages]
    (span,) = filter(None, (play.within, play.after, play.before, play.every))
    return Tactic(
        play=play,
        measure=span.measure,
        amount=span.amount,
        stages=frozenset(book.stages[name] for name in stages),
        gate=codes.NONE if play.when is None else writer.program(play.when),
        date=codes.NONE if play.date is None else book.facts[play.date],
    )


class Playing(NamedTuple):
    """
    A play of the stage that a deal is in, in integers.

    Attributes:
        tactic: The play.

        status: How far it is.

        begins: Since when it stands on the agenda, or from when on it will.

        due: The last instant that is in time.

        done: When it was done last, or LONG_AGO.
    """

    tactic: Tactic
    status: PlayStatus
    begins: int
    due: int
    done: int


def plays_of(view: View) -> tuple[PlayState, ...]:
    """Return the plays of the stage that a deal is in, soonest first."""
    return tuple(play_state(view, playing) for playing in played(view))


def play_state(view: View, playing: Playing) -> PlayState:
    """Return a play as it is told to others."""
    play, done_at = playing.tactic.play, playing.done
    return PlayState(
        deal_id=view.run.opening.deal,
        play=play.id,
        title=play.name,
        role=play.role,
        activity=play.activity,
        minutes=play.minutes,
        status=playing.status,
        from_at=to_datetime(playing.begins),
        due_at=to_datetime(playing.due),
        done_at=None if done_at == codes.LONG_AGO else to_datetime(done_at),
        zone=view.run.zone,
    )


def played(view: View) -> list[Playing]:
    """Return what is played where the deal is, soonest first."""
    tactics = _tactics(view)
    if not tactics:
        return []
    worked = done(view.run)
    found = filter(None, (_playing(view, tactic, worked) for tactic in tactics))
    return sorted(found, key=lambda playing: playing.due)


def _tactics(view: View) -> list[Tactic]:
    """Return what the process plays where the deal is, as things are."""
    found, memory = play_book(view.run.book), view.memory
    return [
        tactic
        for tactic in found.of_stage[memory.deal[STAGE]]
        if tactic.gate == codes.NONE or is_true(found.tables, memory, tactic.gate, 0, view.now)
    ]


def _playing(view: View, tactic: Tactic, worked: tuple[Activity, ...]) -> Playing | None:
    """Return how far a play is; None if nobody can say when it is due."""
    since, comes_again = _since(view, tactic), tactic.play.every is not None
    done_at = _done_at(view, tactic, worked, since)
    # What comes again is counted from the last time.
    base = max(since, done_at) if comes_again else since
    due = _due(view, tactic, base)
    if due == codes.NEVER:
        return None
    begins = _begins(view, tactic, base, due)
    is_over = done_at != codes.LONG_AGO and not comes_again
    status = PlayStatus.DONE if is_over else _status(view.now, begins, due)
    return Playing(tactic, status, begins, due, done_at)


def _done_at(view: View, tactic: Tactic, worked: tuple[Activity, ...], since: int) -> int:
    """Return when a play was done last, or LONG_AGO if it was not done *since* then."""
    latest = next((event for event in reversed(worked) if tactic.is_done_by(event)), None)
    if latest is None:
        return codes.LONG_AGO
    at = view.run.counts_at(latest)
    return at if at >= since else codes.LONG_AGO


def _status(now: int, begins: int, due: int) -> PlayStatus:
    if now < begins:
        return PlayStatus.COMING
    return PlayStatus.OVERDUE if now > due else PlayStatus.OPEN


def _since(view: View, tactic: Tactic) -> int:
    """
    Return since when what is done counts for a play.

    What is due within or after a stage entry is done once in each visit. What comes again, and what
    is due before a date, goes on through all stages in a row that play it.
    """
    memory, play = view.memory, tactic.play
    since = memory.deal[ENTERED_AT]
    if play.within is not None or play.after is not None:
        return since
    for visit in reversed(range(memory.deal[VISITS])):
        if memory.visit_stage[visit] not in tactic.stages:
            break
        since = memory.visit_from[visit]
    return since


def _due(view: View, tactic: Tactic, base: int) -> int:
    """Return the last instant that is in time, or NEVER: the date or the year is not known."""
    memory, book = view.memory, view.run.book
    measure, amount = tactic.measure, tactic.amount
    calendar = book.calendar_for(view.run.since.calendar, tactic.measures)
    if tactic.date == codes.NONE:
        return book.engine.ends_after(calendar, memory, base, measure, amount)
    day = known(memory, tactic.date, 0, view.now)
    if day == codes.UNKNOWN:
        return codes.NEVER
    holds = memory.hold_from, memory.hold_until, memory.deal[HOLDS]
    return before(calendar, day, measure, amount, *holds)


def _begins(view: View, tactic: Tactic, base: int, due: int) -> int:
    """
    Return from when on a play stands on the agenda.

    What is due within a stage entry: at once. After it: when it is due. Before a date: as soon as
    that is known. What comes again: on the day on which it is due.
    """
    play, calendar = tactic.play, view.run.calendar
    if play.within is not None:
        return base
    if play.after is not None:
        return due
    if play.before is not None:
        return max(base, view.memory.fact_since[tactic.date])
    return max(base, start_of_day(calendar, day_of(calendar, due)))

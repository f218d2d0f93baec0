"""
What time does to a deal that nobody moves: from stage to stage, until it is closed or rests.

Nothing is recorded after the opening, so no condition is true (an unknown fact opens nothing), and
no clock on a fact, a date or an activity starts. Only the clocks on touches, stages and the opening
remain. A deal that is *touched just in time* is not affected by those that a touch puts off.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import attrs

from salesflow.calendars import Span
from salesflow.calendars.arithmetic import NEVER
from salesflow.graph.bounds.rays import Away, Beam, Ray
from salesflow.graph.survey import Survey
from salesflow.process.parts import StageKind, Timer

MOST_MOVES = 1_000
"""A deal that time has moved this often without closing it is taken to go in circles for ever."""

_STARTS = ("touch", "stage", "stage_total", "opened")
"""What starts a clock without anything being recorded."""


def is_put_off(timer: Timer) -> bool:
    """Return whether touches made just in time keep a timer from ending for ever."""
    source, _ = timer.clock
    stopper = timer.stop[0] if timer.stop else ""
    postpone = timer.postpone
    return (
        source in ("touch", "activity")
        or stopper in ("touch", "activity")
        or (postpone is not None and postpone.inbound is not None and postpone.at_most is None)
    )


class Stay(NamedTuple):
    """
    A visit to a stage.

    Attributes:
        stage: The stage.

        entered: Since when.

        left: Until when; None: for ever.

        timer: What ended it; None: nothing.
    """

    stage: str
    entered: Ray
    left: Ray | None = None
    timer: Timer | None = None


@attrs.frozen
class Course:
    """
    What happens to a deal.

    Args:
        stays: The stages that it is in, one after the other; it never leaves the last one.

        is_known: Whether the calendar covers all the time that it takes.

        goes_round: Whether time moves it in circles for ever.
    """

    stays: tuple[Stay, ...]
    is_known: bool = True
    goes_round: bool = False


@attrs.frozen
class Drift:
    """
    The course of the deals of one process that nobody moves.

    Args:
        survey: The process.

        touched: Whether they are touched just in time. Such deals are followed while they are open.
    """

    survey: Survey
    touched: bool = False

    def timers(self, stage: str) -> tuple[Timer, ...]:
        """Return the timers that can end for such a deal in *stage*."""
        return self._timers[stage]

    @functools.cached_property
    def _timers(self) -> dict[str, tuple[Timer, ...]]:
        return {
            stage: tuple(
                timer
                for timer in timers
                if timer.when is None
                and timer.clock[0] in _STARTS
                and not (self.touched and is_put_off(timer))
            )
            for stage, timers in self.survey.ending.items()
        }

    def spans(self) -> Iterator[Span]:
        """Yield every span that such a deal's course depends on."""
        for stage in self.survey.kinds:
            for timer in self.timers(stage):
                yield from self.spans_of(timer)

    def spans_of(self, timer: Timer) -> Iterator[Span]:
        """Yield the spans that end one after the other until *timer* does."""
        if timer.after is not None:
            yield timer.after
        # Touched again and again, it ends when no touch postpones it further.
        if self.touched and timer.postpone and timer.postpone.inbound and timer.postpone.at_most:
            yield timer.postpone.at_most

    def course(self, beam: Beam) -> Course:
        """Return what becomes of the deal that is opened where *beam* begins."""
        return _Deal(self, beam).run()


class _Deal:
    """One deal on its course."""

    def __init__(self, drift: Drift, beam: Beam) -> None:
        self.drift = drift
        self.beam = beam
        self.stage = drift.survey.process.stages[0].id
        self.entered = self.fresh = beam.opening
        self.stays: list[Stay] = []
        self.acted: set[tuple[str, object]] = set()
        self.ends: dict[tuple[str, object], tuple[Away, Ray]] = {}

    def run(self) -> Course:
        """Return its course."""
        seen: dict[object, int] = {}
        choices: list[int] = []
        while not self._is_over():
            ready = [
                (timer, self._due(timer))
                for timer in self.drift.timers(self.stage)
                if self._key(timer) not in self.acted
            ]
            if not ready:
                break
            # If nothing had a choice since it was last here, it will come here again.
            before = seen.setdefault(self._here(), len(choices))
            comes_again = before < len(choices) and max(choices[before:]) == 1
            if comes_again or len(choices) == MOST_MOVES:
                return self._course(goes_round=True)
            choices.append(len(ready))
            timer, due = self._first(ready)
            if due.at == NEVER:
                return self._course(is_known=False)
            self._act(timer, self.beam.latest(self.entered, due))
        return self._course()

    def _course(self, *, is_known: bool = True, goes_round: bool = False) -> Course:
        stays = (*self.stays, Stay(self.stage, self.entered))
        return Course(stays, is_known=is_known, goes_round=goes_round)

    def _here(self) -> tuple[str, frozenset[tuple[str, str]]]:
        """Return the stage, and which of the clocks that it does not restart have run out."""
        done = {
            (timer, key if isinstance(key, str) else "touch")
            for timer, key in self.acted
            if isinstance(key, str) or key == self.fresh
        }
        return self.stage, frozenset(done)

    def _is_over(self) -> bool:
        kind = self.drift.survey.kinds[self.stage]
        return kind.is_closed or (self.drift.touched and kind is not StageKind.OPEN)

    def _first(self, ready: Sequence[tuple[Timer, Ray]]) -> tuple[Timer, Ray]:
        """Return the timer that acts first: by its instant, then its deadline, then the file."""
        first, least = ready[0]
        for timer, due in ready[1:]:
            # What is overdue when the stage is entered acts at once, the oldest first; so the
            # order of the deadlines is the order of the instants as well.
            if self.beam.is_before(due, least):
                first, least = timer, due
        return first, least

    def _key(self, timer: Timer) -> tuple[str, object]:
        """Return what a rung of *timer* acts once for: its clock's start."""
        match timer.clock[0]:
            case "stage":
                return timer.id, len(self.stays)
            case "stage_total":
                return timer.id, self.stage
            case "touch":
                return timer.id, self.fresh
            case _:
                return timer.id, ""

    def _due(self, timer: Timer) -> Ray:
        span, *put_off = self.drift.spans_of(timer)
        end = self._plain_end(timer, span)
        for further in put_off:
            end = self.beam.add(end, further)
        return end

    def _plain_end(self, timer: Timer, span: Span) -> Ray:
        """Return the end of a clock, leaving out what it did not count before."""
        start, away = self._clock(timer)
        # The clock is asked again in every stage; what it left out then, it never counts.
        passed, end = self.ends.get(self._key(timer), ((), None))
        if end is None or away[: len(passed)] != passed:
            passed, end = (), self.beam.add(start, span)
        while len(passed) < len(away) and self.beam.is_before(away[len(passed)][0], end):
            passed = away[: len(passed) + 1]
            end = self.beam.add(start, span, passed)
        self.ends[self._key(timer)] = (passed, end)
        return end

    def _clock(self, timer: Timer) -> tuple[Ray, Away]:
        """Return where the clock of *timer* starts, and what it does not count."""
        match timer.clock[0]:
            case "touch":
                return self.fresh, ()
            case "stage":
                return self.entered, ()
            case "stage_total":
                return total_clock(self.stays, self.stage, self.entered)
            case _:
                kinds, counted = self.drift.survey.kinds, self.drift.survey.watched[timer.id]
                parked = [
                    stay
                    for stay in self.stays
                    if kinds[stay.stage] is StageKind.PARKED and stay.stage not in counted
                ]
                return self.beam.opening, _joined(parked)

    def _act(self, timer: Timer, at: Ray) -> None:
        self.acted.add(self._key(timer))
        if timer.move_to == self.stage:
            return
        self.stays.append(Stay(self.stage, self.entered, at, timer))
        if self.drift.survey.kinds[self.stage] is StageKind.PARKED:
            self.fresh = at
        self.stage, self.entered = timer.move_to or self.stage, at


def total_clock(stays: Sequence[Stay], stage: str, entered: Ray) -> tuple[Ray, Away]:
    """
    Return where a clock on all visits to a stage starts, and what it does not count.

    Args:
        stays: The stages before the present visit.

        stage: The stage.

        entered: When the present visit began.
    """
    since_first = list(itertools.dropwhile(lambda stay: stay.stage != stage, stays))
    start = since_first[0].entered if since_first else entered
    return start, _joined([stay for stay in since_first if stay.stage != stage])


def _joined(stays: Sequence[Stay]) -> Away:
    """Return the time of some stays; those that follow each other as one stretch."""
    stretches: list[tuple[Ray, Ray]] = []
    for _, entered, left, _ in stays:
        if left is not None:
            begin = stretches.pop()[0] if stretches and stretches[-1][1] == entered else entered
            stretches.append((begin, left))
    return tuple(stretches)

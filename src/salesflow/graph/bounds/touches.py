"""The touches that keep a deal alive just in time: what to log, and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import attrs

from salesflow.calendars import Calendar, Span, to_datetime
from salesflow.calendars.arithmetic import DAYS, NEVER, add
from salesflow.graph.bounds.course import Stay, is_put_off, total_clock
from salesflow.graph.survey import Survey
from salesflow.process.model import Process
from salesflow.process.parts import Timer
from salesflow.rules.book import rule_book

MOST_TOUCHES = 1_000
"""The number of touches that are shown of a life with more of them."""

_CALL = "call"


@attrs.frozen
class Touched:
    """
    An activity to log.

    Args:
        kind: The kind of activity.

        direction: ``in`` or ``out``.

        at: The last instant that is in time.
    """

    kind: str
    direction: str
    at: dt.datetime


class _Done(NamedTuple):
    """An activity that was logged."""

    kind: str
    direction: str
    at: int


def touches_of(survey: Survey, calendar: Calendar, stays: Sequence[Stay]) -> tuple[Touched, ...]:
    """
    Return the touches that a deal needs for its course.

    Args:
        survey: Its process.

        calendar: Its calendar.

        stays: The course after one opening: open stages, and the stage that it ends in.
    """
    keeper = _Keeper(survey, calendar, stays)
    keeper.run()
    return tuple(Touched(kind, way, to_datetime(at)) for kind, way, at in keeper.done)


class _Keeper:
    """Somebody who touches a deal at the last instant, and never before."""

    def __init__(self, survey: Survey, calendar: Calendar, stays: Sequence[Stay]) -> None:
        self.survey = survey
        self.stays = stays
        self.book = rule_book(survey.process)
        self.tables = calendar.tables_for({DAYS, *_measures(survey.process)})
        self.done: list[_Done] = []

    def run(self) -> None:
        """Log what is needed in every stage."""
        for place, stay in enumerate(self.stays):
            while stay.left is not None and len(self.done) < MOST_TOUCHES:
                end, timer = self._next(place)
                if timer is None or end > stay.left.at:
                    break
                # What is already overdue acts on entry, which a touch at that instant precedes.
                self._touch(timer, max(end, stay.entered.at))

    def _next(self, place: int) -> tuple[int, Timer | None]:
        """Return the timer that acts next if nobody touches the deal again, and when."""
        first: tuple[int, Timer | None] = (NEVER, None)
        for timer in self.survey.leaving[self.stays[place].stage]:
            end = self._end(timer, place) if timer.when is None else NEVER
            if end < first[0]:
                first = (end, timer)
        return first

    def _end(self, timer: Timer, place: int) -> int:
        """Return when *timer* acts without further touches; NEVER: no touch changes that."""
        start, away = self._clock(timer, place)
        if timer.after is None or start == NEVER or self._is_stopped(timer, start):
            return NEVER
        plain = self._add(start, timer.after, away)
        if timer.postpone is None or timer.postpone.inbound is None:
            return plain if is_put_off(timer) else NEVER
        inbound = self._latest("touch", "inbound", default=NEVER)
        end = plain if inbound == NEVER else max(plain, self._add(inbound, timer.postpone.inbound))
        if is_put_off(timer) or timer.postpone.at_most is None:
            return end
        return end if end < self._add(plain, timer.postpone.at_most) else NEVER

    def _clock(self, timer: Timer, place: int) -> tuple[int, Sequence[tuple[int, int]]]:
        """Return where the clock of *timer* starts, and what it does not count."""
        opening, here = self.stays[0].entered.at, self.stays[place]
        match timer.clock:
            case ("touch", name):
                return self._latest("touch", name, default=opening), ()
            case ("activity", name):
                return self._latest("activity", name, default=NEVER), ()
            case ("stage", _):
                return here.entered.at, ()
            case ("stage_total", _):
                start, away = total_clock(self.stays[:place], here.stage, here.entered)
                return start.at, [(begin.at, until.at) for begin, until in away]
            case ("opened", _):
                return opening, ()
            case _:
                return NEVER, ()

    def _is_stopped(self, timer: Timer, start: int) -> bool:
        return timer.stop is not None and self._latest(*timer.stop, default=start) > start

    def _latest(self, source: str, name: str, *, default: int) -> int:
        """Return when what starts or stops a clock was last done; *default* if it never was."""
        return max(
            (done.at for done in self.done if self._is_meant(done, source, name)), default=default
        )

    def _is_meant(self, done: _Done, source: str, name: str) -> bool:
        if source == "touch":
            return self._counts(name, done.kind, done.direction)
        return source == "activity" and done.kind == name

    def _touch(self, timer: Timer, at: int) -> None:
        """Log what keeps *timer* from acting."""
        for source, name in (timer.clock, timer.stop or ("", "")):
            if source == "activity":
                self.done.append(_Done(name, "out", at))
                return
            if source == "touch":
                self.done += [_Done(*each, at) for each in self._that_count(name)]
                return
        self.done.append(_Done(_CALL, "in", at))

    def _that_count(self, touch: str) -> Iterator[tuple[str, str]]:
        """Yield what to log for a touch of a class."""
        it = self.survey.process.touch_classes[touch]
        ways = [(kind, way) for kind in it.kinds or (_CALL,) for way in ("out", "in")]
        counted = [(kind, way) for kind, way in ways if self._counts(touch, kind, way)]
        two_way = [(kind, way) for kind, way in counted if self._counts("two_way", kind, way)]
        if not two_way and it.unanswered_cap is not None:
            # It ends the run of attempts, so that the next one counts again.
            yield _CALL, "out"
        yield from [*two_way, *counted][:1]

    def _counts(self, touch: str, kind: str, direction: str) -> bool:
        """Return whether a done activity without an outcome is a touch of a class."""
        bits, _ = self.book.touch_bits(kind, inbound=direction == "in", outcome=None)
        return bool(bits >> list(self.survey.process.touch_classes).index(touch) & 1)

    def _add(self, start: int, span: Span, away: Sequence[tuple[int, int]] = ()) -> int:
        begins, untils = [begin for begin, _ in away], [until for _, until in away]
        return add(self.tables, start, span.measure, span.amount, begins, untils, len(away))


def _measures(process: Process) -> Iterator[int]:
    """Yield the measures of all spans that a touch may change."""
    for timer in process.timers:
        spans = [timer.after]
        if timer.postpone is not None:
            spans += [timer.postpone.inbound, timer.postpone.at_most]
        yield from (span.measure for span in spans if span is not None)

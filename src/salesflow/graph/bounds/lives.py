"""The longest life of a deal that nobody moves: a bound, with the history that reaches it."""

from __future__ import annotations

import datetime as dt

import attrs

from salesflow.calendars import to_datetime
from salesflow.calendars.arithmetic import NEVER
from salesflow.graph.bounds.course import Course, Drift, Stay
from salesflow.graph.bounds.openings import Longest, Openings
from salesflow.graph.bounds.phrases import ended_words, endless_words
from salesflow.graph.bounds.rays import Ray
from salesflow.graph.bounds.touches import Touched, touches_of
from salesflow.graph.survey import Survey
from salesflow.process.parts import StageKind


@attrs.frozen(kw_only=True)
class Leg:
    """
    A stage on the way.

    Args:
        stage: The id of the stage.

        entered_at: When the deal comes in.

        left_at: When time takes it out; None: never.

        timer: The timer that does so; None: none.
    """

    stage: str
    entered_at: dt.datetime
    left_at: dt.datetime | None = None
    timer: str | None = None


@attrs.frozen(kw_only=True)
class Life:
    """
    The longest life of a deal that nobody moves, with a history that lasts that long.

    Nothing is recorded after the opening but *touches*; nothing is known about the deal. To replay
    it, open a deal at *opened_at* and log the touches: it is open at *ended_at*, and in its last
    stage a microsecond later.

    Args:
        legs: The stages that it is in, one after the other; it stays in the last one.

        touches: What is logged, in order; of more than a thousand the first ones.

        ended_at: When it is closed, or parked for ever; None: it lives for ever.

        calendar: The calendar that it has; None: the default one.

        is_proved: Whether every opening in the years of every calendar was examined. False: there
            were too many courses, and a deal may live longer.

        says: All of that in a sentence.
    """

    legs: tuple[Leg, ...]
    touches: tuple[Touched, ...] = ()
    ended_at: dt.datetime | None
    calendar: str | None
    is_proved: bool
    says: str

    @property
    def opened_at(self) -> dt.datetime:
        """When it was opened."""
        return self.legs[0].entered_at

    @property
    def longest(self) -> dt.timedelta | None:
        """How long it lives; None: for ever."""
        return None if self.ended_at is None else self.ended_at - self.opened_at

    def __str__(self) -> str:
        return self.says


def longest_life(survey: Survey, *, touched: bool) -> Life:
    """
    Return the longest life of a deal that nobody moves.

    Args:
        survey: Its process.

        touched: Whether it is touched just in time; then it is followed while it is open.
            Otherwise nobody touches it, and it is followed through parked stages, too.
    """
    drift = Drift(survey, touched)
    measures = frozenset(span.measure for span in drift.spans())
    openings = {name: Openings(each, measures) for name, each in survey.calendars.items()}
    longest = {
        name: each.longest(lambda beam: _over(drift, drift.course(beam)))
        for name, each in openings.items()
    }
    name = max(openings, key=lambda name: _lasts(longest[name]))
    found, opened = longest[name], openings[name]
    course = drift.course(opened.beam(opened.first if found is None else found.opening))
    legs = tuple(_leg(stay) for stay in course.stays)
    if found is None or found.lasts == NEVER:
        says = endless_words(drift, course)
        return Life(legs=legs, ended_at=None, calendar=name, is_proved=found is not None, says=says)
    return Life(
        legs=legs,
        touches=touches_of(survey, survey.calendars[name], course.stays) if touched else (),
        ended_at=legs[-1].entered_at,
        calendar=name,
        is_proved=found.is_proved,
        says=ended_words(drift, course, calendar=name, is_proved=found.is_proved),
    )


def rests_for_ever(survey: Survey) -> tuple[str, str] | None:
    """
    Return the stage in which an untouched deal rests or to which it keeps returning, and why.

    Only one opening is examined: if that deal never ends, the others still may.

    Returns:
        None if the deal that was examined comes to an end.
    """
    drift = Drift(survey)
    measures = frozenset(span.measure for span in drift.spans())
    openings = Openings(survey.process.calendar, measures)
    course = drift.course(openings.beam(openings.first))
    if _over(drift, course) != Ray(NEVER):
        return None
    return course.stays[-1].stage, endless_words(drift, course)


def _over(drift: Drift, course: Course) -> Ray | None:
    """Return when a deal is closed, or parked for ever; None: the calendar does not know."""
    if not course.is_known:
        return None
    last = course.stays[-1]
    is_open = drift.survey.kinds[last.stage] is StageKind.OPEN
    return Ray(NEVER) if is_open or course.goes_round else last.entered


def _lasts(found: Longest | None) -> int:
    return -1 if found is None else found.lasts


def _leg(stay: Stay) -> Leg:
    return Leg(
        stage=stay.stage,
        entered_at=to_datetime(stay.entered.at),
        left_at=None if stay.left is None else to_datetime(stay.left.at),
        timer=None if stay.timer is None else stay.timer.id,
    )

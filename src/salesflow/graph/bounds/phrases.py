"""Lives of deals as sentences."""

from __future__ import annotations

import datetime as dt

from salesflow.calendars import to_datetime
from salesflow.english import count_of
from salesflow.graph.bounds.course import Course, Drift, Stay, is_put_off
from salesflow.process.parts import Mode, StageKind, Timer

_MOST_REASONS = 3
_MINUTE = dt.timedelta(minutes=1)


def ended_words(drift: Drift, course: Course, *, calendar: str | None, is_proved: bool) -> str:
    """Return what happens to a deal that comes to an end, and after how long at most."""
    first, last = course.stays[0], course.stays[-1]
    lasts = span_words(to_datetime(last.entered.at) - to_datetime(first.entered.at))
    is_parked = drift.survey.kinds[last.stage] is StageKind.PARKED
    ends = "parked" if is_parked else "lost"
    good = " for good" if is_parked and not drift.touched else ""
    most = f"at most {lasts}" if is_proved else f"{lasts} or more"
    where = f" (calendar {calendar!r})" if calendar else ""
    doubt = "" if is_proved else " Not every opening could be examined."
    return f"{_subject(drift)} is {ends}{good} after {most}{where}: {_path(drift, course)}.{doubt}"


def endless_words(drift: Drift, course: Course) -> str:
    """Return why a deal lives for ever."""
    name, last = drift.survey.process.stage, course.stays[-1]
    if course.goes_round:
        before = max(n for n, stay in enumerate(course.stays[:-1]) if stay.stage == last.stage)
        round_ = " → ".join(name(stay.stage).name for stay in course.stays[before:])
        return f"{_subject(drift)} can live for ever: time moves it in circles, {round_}."
    if not course.is_known:
        return (
            f"How long {_subject(drift).lower()} can live is not known: it rests in"
            f" {name(last.stage).name} beyond the years of its calendar."
        )
    way = f" ({_path(drift, course)})" if len(course.stays) > 1 else ""
    return (
        f"{_subject(drift)} can live for ever{way}: it rests in {name(last.stage).name},"
        f" {_reasons(drift, course.stays)}."
    )


def span_words(span: dt.timedelta) -> str:
    """
    Return a length of time in days, hours and minutes, rounded up to whole minutes.

    >>> span_words(dt.timedelta(days=46, hours=23)), span_words(dt.timedelta(microseconds=1))
    ('46 days 23 hours', '1 minute')
    """
    minutes = -(-span // _MINUTE)
    parts = ((minutes // 1440, "day"), (minutes // 60 % 24, "hour"), (minutes % 60, "minute"))
    said = (count_of(count, unit) for count, unit in parts if count)
    return " ".join(said) or "0 minutes"


def _subject(drift: Drift) -> str:
    if drift.touched:
        return "A deal that is touched just in time and never moved"
    return "An untouched deal"


def _path(drift: Drift, course: Course) -> str:
    """Return the stages, and how long each of them lasts."""
    return " → ".join(
        drift.survey.process.stage(stay.stage).name
        + ("" if stay.left is None else f" {_lasts(stay)}")
        for stay in course.stays
    )


def _lasts(stay: Stay) -> str:
    left = stay.left or stay.entered
    return span_words(dt.timedelta(microseconds=left.at - stay.entered.at))


def _reasons(drift: Drift, stays: tuple[Stay, ...]) -> str:
    """Return why no timer moves a deal out of the stage in which it rests."""
    stage = stays[-1].stage
    survey = drift.survey
    timers = [each for each in survey.process.timers if stage in survey.left_by[each.id]]
    if not timers:
        return "and no timer moves it on"
    said = [_reason(drift, timer) for timer in timers[:_MOST_REASONS]]
    more = len(timers) - len(said)
    return "; ".join([f"where {said[0]}", *said[1:], *([f"and {more} more"] if more else [])])


def _reason(drift: Drift, timer: Timer) -> str:
    name, mode = repr(timer.id), drift.survey.process.mode_of(timer)
    source, what = timer.clock
    reasons = (
        (mode is Mode.WARN, f"{name} only warns"),
        (mode is Mode.OBSERVE, f"{name} only observes"),
        (not drift.survey.can_apply(timer), f"{name} can never act"),
        (timer.when is not None, f"{name} waits for its condition"),
        (source in ("fact", "date"), f"{name} waits for {what!r}"),
        (drift.touched and is_put_off(timer), f"touches put off {name}"),
        (source == "activity", f"{name} waits for an activity {what!r}"),
        (True, f"{name} has acted before, and acts once"),
    )
    return next(said for is_so, said in reasons if is_so)

"""Spans without a calendar: which are exact, and the approximate length of the others."""

from __future__ import annotations

import math
from fractions import Fraction

from salesflow.calendars import Calendar, Span, Unit
from salesflow.calendars.arithmetic import DAY, DAYS, EXACT, MINUTE, OPEN_TIME
from salesflow.calendars.hours import Window
from salesflow.calendars.spans import LONGEST_DAYS
from salesflow.calendars.zones import zone_of
from salesflow.process.definition import Definition

_WEEK_DAYS = 7
_MINUTES_OF_DAY = DAY // MINUTE
_WEEK = _WEEK_DAYS * _MINUTES_OF_DAY
_ALL_DAY = (Window(0, _MINUTES_OF_DAY),)


def is_exact(definition: Definition, span: Span) -> bool:
    """
    Return whether *span* has the same length from every start, in every calendar of the process.

    Minutes and hours have. So have days where no zone changes its offset after 1970, as in UTC.
    """
    calendars = (definition.calendar, *(row.calendar for row in definition.calendars))
    return span.measure == EXACT or (
        span.measure == DAYS and not any(_changes(each.timezone) for each in calendars)
    )


def _changes(timezone: str) -> bool:
    return zone_of(timezone).change_at[-1] > 0


def about(calendar: Calendar, span: Span, unit: Unit | None = None) -> Span:
    """
    Return the approximate length of *span*: a day has 24 hours, and every week is the usual one.

    Holidays and special days are ignored; fractions are rounded up.

    Args:
        calendar: The calendar with the usual week.

        span: What is measured.

        unit: Minutes or hours. None: hours from a day on.
    """
    minutes = min(_minutes(calendar, span), Fraction(LONGEST_DAYS * _MINUTES_OF_DAY))
    wanted = unit or (Unit.MINUTES if minutes < _MINUTES_OF_DAY else Unit.HOURS)
    return Span(math.ceil(minutes * MINUTE / wanted.size), wanted)


def _minutes(calendar: Calendar, span: Span) -> Fraction:
    """Return how many minutes a span takes in a usual week, including closed time."""
    week = calendar.hours or (_ALL_DAY,) * _WEEK_DAYS
    if span.unit is Unit.BUSINESS_DAYS:
        days = sum(bool(windows) for windows in week)
        return Fraction(span.count * _WEEK, days or _WEEK_DAYS)
    minutes = span.amount // MINUTE
    if span.measure != OPEN_TIME:
        return Fraction(minutes)
    opened = sum(window.end - window.start for windows in week for window in windows)
    return Fraction(minutes * _WEEK, opened or _WEEK)

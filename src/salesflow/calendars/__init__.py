"""When time counts: spans, working time, time zones, and the arithmetic on all of them."""

from salesflow.calendars.calendar import Calendar
from salesflow.calendars.instants import to_datetime, to_micros
from salesflow.calendars.spans import Span, Unit

__all__ = ["Calendar", "Span", "Unit", "to_datetime", "to_micros"]

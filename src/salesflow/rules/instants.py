"""When an event counts, given what is known about when it happened."""

from __future__ import annotations

from salesflow.calendars import to_micros
from salesflow.calendars.arithmetic import CalendarTables, day_of, end_of_day, start_of_day
from salesflow.errors import EventError
from salesflow.events import Event, Opened, Precision


def counts_at(
    calendar: CalendarTables, event: Event, *, other_end: bool = False, strict: bool = True
) -> int:
    """
    Return the instant at which an event counts, before it is limited to the opening.

    If only the day is known, it counts at the last instant of that local day or when it was
    recorded, whichever is earlier; an opening, at the first instant.

    Args:
        calendar: The deal's calendar.

        event: The event.

        other_end: Whether to use the other end of the day, to see whether that makes a difference.

        strict: Whether to refuse an event that was recorded before that day began; if not, it
            counts when it was recorded.

    Raises:
        EventError: If it was, and *strict*.
    """
    at = to_micros(event.occurred_at)
    if event.precision is not Precision.DAY:
        return at
    day, recorded = day_of(calendar, at), to_micros(event.known_at)
    begins = start_of_day(calendar, day)
    if recorded < begins and strict:
        msg = (
            f"recorded at {event.known_at}, before the day on which it happened "
            f"({event.occurred_at}). Correct one of the two."
        )
        raise EventError(msg, event_id=event.id)
    if isinstance(event, Opened) is not other_end:
        return min(begins, recorded)
    return min(end_of_day(calendar, day), recorded)

"""A log for a notebook: its size, its span, and what it could not tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from salesflow import markup
from salesflow.markup import line
from salesflow.wording import count_of

if TYPE_CHECKING:
    from salesflow.history.log import EventLog


def page(log: EventLog) -> str:
    """Return a log as a piece of HTML."""
    last = "" if log.last_at is None else f", up to {log.last_at:%Y-%m-%d %H:%M} UTC"
    size = f"{count_of(len(log.deals), 'deal')}, {count_of(len(log), 'event')}"
    said = (line(each) for each in log.quality.lines())
    return markup.page(markup.heading(f"EventLog: {size}{last}"), *said)

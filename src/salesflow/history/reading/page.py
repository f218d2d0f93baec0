"""A log for a notebook: its size, its span, and what it could not tell."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from salesflow.history.log import EventLog


def page(log: EventLog) -> str:
    """Return a log as a piece of HTML."""
    last = "" if log.last_at is None else f", up to {log.last_at:%Y-%m-%d %H:%M} UTC"
    first, *others = (html.escape(line.strip()) for line in log.quality.lines())
    items = "".join(f"<li>{line}</li>" for line in others)
    return (
        f"<div><b>EventLog</b>: {len(log.deals):,} deals, {len(log):,} events{last}"
        f"<br>{first}<ul>{items}</ul></div>"
    )

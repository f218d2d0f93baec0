"""The timeline of a deal: what was recorded and what time did, in one order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from salesflow.deal.state import Raised
from salesflow.events import Event


class Timeline(tuple[Event | Raised, ...]):  # noqa: SLOT001 - it knows its zone
    """
    What was recorded and what time did; ``str()`` says it, a line each, by the clocks of the deal.

    It is a tuple that knows the zone of the deal's calendar; an event by itself says its time in
    UTC.
    """

    _zone: str

    def __new__(cls, told: Iterable[Event | Raised], zone: str) -> Self:
        """Return the timeline of what is told in order."""
        timeline = super().__new__(cls, told)
        timeline._zone = zone
        return timeline

    def __reduce__(self) -> tuple[type[Self], tuple[tuple[Event | Raised, ...], str]]:
        return type(self), (tuple(self), self._zone)

    def __str__(self) -> str:
        return "\n".join(
            each.text(self._zone) if isinstance(each, Event) else str(each) for each in self
        )

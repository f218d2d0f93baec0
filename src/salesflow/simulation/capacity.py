"""Capacity: who there is, when they work, and how many deals may be open at a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from salesflow.calendars import Calendar
from salesflow.process.converters import as_tuple, each_is, is_flag, is_text
from salesflow.process.names import shown
from salesflow.simulation.distribution_base import Distribution
from salesflow.simulation.fields import is_share, maybe_distribution
from salesflow.vocabulary import Word, word


class Queue(Word):
    """What a rep does first."""

    OLDEST = "oldest"
    """What has waited longest."""
    NEWEST = "newest"
    """What came last."""
    VALUE = "value"
    """The deal that is worth most."""
    DEADLINE = "deadline"
    """The deal that time does something to first."""


def _queue(value: str) -> Queue:
    return word("queue", Queue, value)


MOST_OPEN = 2**32 - 1
"""As many deals as a simulation can have."""


def _limit(_: object, attribute: attrs.Attribute[Any], value: int | None) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{attribute.name!r} must be a whole number, got {shown(value)}.")
    if value < 1:
        raise ValueError(f"{attribute.name!r} must be 1 or more, got {value}. Leave it out.")
    if value > MOST_OPEN:
        raise ValueError(f"{attribute.name!r} must be at most {MOST_OPEN:,}. None is no limit.")


def _calendar(_: object, attribute: attrs.Attribute[Any], value: str | Calendar | None) -> None:
    if value is not None and not isinstance(value, str | Calendar):
        raise TypeError(f"{attribute.name!r} must be a Calendar or the id of one, got {value!r}.")


@attrs.frozen(kw_only=True)
class Rep:
    """
    Somebody who works on deals, one thing at a time.

    Args:
        id: Their name: the owner whose deals they work on, if reps keep to their own.

        share: Which share of the working time goes into deals; at half of it, everything takes
            twice as long.

        open_limit: How many of their deals may be open at a time (>= 1). None: no limit.

        calendar: When they work: the name of one of the process's calendars, or a calendar of
            their own. What they do runs in those hours, whatever unit it is said in; what is begun
            is gone on with in the next ones. None: at all times, or, where something is said in
            business hours, in those of the process.
    """

    id: str = attrs.field(validator=is_text)
    share: float = attrs.field(default=1.0, validator=is_share)
    open_limit: int | None = attrs.field(default=None, validator=_limit)
    calendar: str | Calendar | None = attrs.field(default=None, validator=_calendar)

    def __attrs_post_init__(self) -> None:
        """Refuse somebody who never works."""
        if not self.share:
            raise ValueError(f"rep {self.id!r}: 'share' must be above 0. Leave the rep out.")


def _reps(value: int | Iterable[Rep]) -> tuple[Rep, ...]:
    """Return the reps; of a number, so many without names."""
    if not isinstance(value, int):
        return as_tuple(value)
    if isinstance(value, bool):
        raise TypeError(f"'reps' must be reps, or how many there are, got {value}.")
    if not 1 <= value <= MOST_REPS:
        raise ValueError(f"'reps' must be from 1 to {MOST_REPS:,}, got {value:,}.")
    return tuple(Rep(id=f"rep_{number + 1}") for number in range(value))


MOST_REPS = 10_000
"""Each of them is looked at whenever somebody may begin something."""


@attrs.frozen(kw_only=True)
class Capacity:
    """
    How much reps can do: then deals wait for each other.

    Args:
        reps: Who there is; a number stands for so many without names (``rep_1``, ``rep_2``, …).

        own: Whether each works on their own deals only.

        queue: What a rep does first.

        open_limit: How many deals of all reps may be open at a time (>= 1): a limit on the work in
            progress. A deal that comes above it, or above that of its owner, is not opened before
            another one is closed or parked; who came first is opened first. Parked deals do not
            count, and come back whatever the limit. None: no limit.

        patience: How long a buyer waits for the deal to be opened; after that it is lost, and was
            never opened. 0: not at all. None: for ever.
    """

    reps: tuple[Rep, ...] = attrs.field(converter=_reps, validator=each_is(Rep))
    own: bool = attrs.field(default=False, validator=is_flag)
    queue: Queue = attrs.field(default=Queue.OLDEST, converter=_queue)
    open_limit: int | None = attrs.field(default=None, validator=_limit)
    patience: Distribution | None = attrs.field(default=None, converter=maybe_distribution)

    @classmethod
    def of(cls, count: int, **more: Any) -> Capacity:  # noqa: ANN401 - what the class takes
        """Return the capacity of so many reps without names."""
        return cls(reps=count, **more)

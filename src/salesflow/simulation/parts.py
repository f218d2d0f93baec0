"""The parts of a behaviour: what people and buyers do, as frozen data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import attrs
from attrs.validators import optional

from salesflow.calendars import Span
from salesflow.events import Value
from salesflow.process.converters import as_tuple, each_is, is_a, is_text, span
from salesflow.process.names import shown
from salesflow.simulation.agreements import Hold, Override
from salesflow.simulation.capacity import Capacity, Queue, Rep
from salesflow.simulation.distribution_base import Distribution
from salesflow.simulation.fields import distribution, is_share, maybe_distribution
from salesflow.simulation.mixtures import check_weights

__all__ = [
    "Arrivals",
    "Capacity",
    "Cooling",
    "Hold",
    "Inbound",
    "Learning",
    "Override",
    "Queue",
    "Rep",
    "Replies",
    "Shares",
    "StageLife",
    "Times",
    "Touches",
]

START = dt.datetime(2026, 1, 5, 14, tzinfo=dt.UTC)
"""When the first deal opens, unless said otherwise: a Monday."""


V = TypeVar("V")


class _Named(Mapping[str, V]):
    """Something for each of several names. Immutable and hashable."""

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, V]) -> None:
        self._items = dict(items)

    def __getitem__(self, name: str) -> V:
        return self._items[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(tuple(self._items.items()))

    def __repr__(self) -> str:
        return repr(self._items)


class Shares(_Named[float]):
    """
    How often each of several things happens, relative to the others. Immutable and hashable.

    Args:
        items: Names and weights from 0 up.
    """

    __slots__ = ()

    def __init__(self, items: Mapping[str, float]) -> None:
        if not isinstance(items, Mapping):
            raise TypeError(f'expected weights such as {{"call": 2}}, got {shown(items)}.')
        super().__init__(items)
        check_weights(tuple(self.values()), len(self))


class Times(_Named[Distribution]):
    """
    How long something takes for each of several things. Immutable and hashable.

    Args:
        items: Names, and distributions or spans.
    """

    __slots__ = ()

    def __init__(self, items: Mapping[str, Distribution | Span | str]) -> None:
        if not isinstance(items, Mapping):
            raise TypeError(f'expected times such as {{"lost": "30 days"}}, got {shown(items)}.')
        super().__init__({name: distribution(said) for name, said in items.items()})


def no_shares() -> Shares:
    """Return the shares of nothing."""
    return Shares({})


def no_times() -> Times:
    """Return the times of nothing."""
    return Times({})


def _calls() -> Shares:
    return Shares({"call": 1.0})


def _aware(_: object, attribute: attrs.Attribute[Any], value: dt.datetime) -> None:
    if not isinstance(value, dt.datetime):
        raise TypeError(f"{attribute.name!r} must be a datetime, got {shown(value)}.")
    if value.utcoffset() is None:
        raise ValueError(f"{attribute.name!r} must be aware, got {value!r}. Add tzinfo=UTC.")


def _all_aware(_: object, attribute: attrs.Attribute[Any], values: tuple[Any, ...]) -> None:
    for value in values:
        _aware(_, attribute, value)


@attrs.frozen(kw_only=True)
class Arrivals:
    """
    When deals open.

    Args:
        every: From one opening to the next; exponential makes it a Poisson process. Counted in
            business hours, deals open in working time only. None: all open at the start.

        at: Fixed instants instead, in any order; aware. There are as many deals then, and no more.

        start: When the first may open; aware.
    """

    every: Distribution | None = attrs.field(default=None, converter=maybe_distribution)
    at: tuple[dt.datetime, ...] = attrs.field(default=(), converter=as_tuple, validator=_all_aware)
    start: dt.datetime = attrs.field(default=START, validator=_aware)

    def __attrs_post_init__(self) -> None:
        """Refuse instants beside a rhythm."""
        if self.at and self.every is not None:
            raise ValueError("say either 'every' or 'at': a rhythm, or fixed instants.")


@attrs.frozen(kw_only=True)
class StageLife:
    """
    What happens in one stage.

    Args:
        stage: The stage.

        effort: What a rep has to do in it, before anything else. Where reps are limited, the deal
            waits for one. None: nothing.

        work: How long it takes after that until the deal is ready to leave. None: it never is, by
            itself; with an *effort* it is ready at once.

        then: Where it wants to go then: stages and how often each, relative to the others. A
            forward move that is refused is asked for again whenever something happens. Empty: it
            stays.

        work_to: How long the work takes instead where it leads to a certain stage: deals that are
            lost may linger.

        lose: How long after the entry the buyer says no. None: never.

        no_decision: How long after the entry the buyer gives up deciding. None: never.

        patience: How long the buyer waits for a rep to begin. None: for ever.

        revive: For a parked or a lost stage: how long until the deal comes back. None: never.

        revived: The share of the deals there that come back at all.
    """

    stage: str = attrs.field(validator=is_text)
    effort: Distribution | None = attrs.field(default=None, converter=maybe_distribution)
    work: Distribution | None = attrs.field(default=None, converter=maybe_distribution)
    then: Shares = attrs.field(factory=no_shares, converter=Shares)
    work_to: Times = attrs.field(factory=no_times, converter=Times)
    lose: Distribution | None = attrs.field(default=None, converter=maybe_distribution)
    no_decision: Distribution | None = attrs.field(default=None, converter=maybe_distribution)
    patience: Distribution | None = attrs.field(default=None, converter=maybe_distribution)
    revive: Distribution | None = attrs.field(default=None, converter=maybe_distribution)
    revived: float = attrs.field(default=1.0, validator=is_share)


@attrs.frozen(kw_only=True)
class Touches:
    """
    How a rep keeps in contact.

    Args:
        every: From one touch to the next. Exponential: memoryless; fixed: a planned next step.
            None: by the rules only.

        kinds: Kinds of activity that reach the buyer, and how often each.

        answered: The share of calls and meetings that take place; the others get no answer.

        booked: The share of touches that are put into the diary as a plan when the one before is
            done.

        heeds: The share of touches that are made in time for the earliest contact gap, whatever
            the rhythm.

        ahead: How long before such a deadline; a gap that is shorter is heeded at its end.

        forgets: The share of touches that are forgotten, and made one more interval later.

        minutes: How long one keeps a rep, where reps are limited. None: no time at all.
    """

    every: Distribution | None = attrs.field(default=None, converter=maybe_distribution)
    kinds: Shares = attrs.field(factory=_calls, converter=Shares)
    answered: float = attrs.field(default=1.0, validator=is_share)
    booked: float = attrs.field(default=0.0, validator=is_share)
    heeds: float = attrs.field(default=0.0, validator=is_share)
    ahead: Span = attrs.field(default=Span.parse("1 hour"), converter=span)
    forgets: float = attrs.field(default=0.0, validator=is_share)
    minutes: Distribution | None = attrs.field(default=None, converter=maybe_distribution)


@attrs.frozen(kw_only=True)
class Replies:
    """
    How a buyer answers our touches.

    Args:
        share: The share of touches that are answered; one answer is for all touches before it.

        after: How long after the touch.

        kind: By what kind of activity.
    """

    share: float = attrs.field(validator=is_share)
    after: Distribution = attrs.field(converter=distribution)
    kind: str = attrs.field(default="email", validator=is_text)


@attrs.frozen(kw_only=True)
class Inbound:
    """
    How a buyer calls without being asked.

    Args:
        every: From one call to the next, while the deal is open.

        kind: By what kind of activity.
    """

    every: Distribution = attrs.field(converter=distribution)
    kind: str = attrs.field(default="email", validator=is_text)


@attrs.frozen(kw_only=True)
class Cooling:
    """
    How buyers are lost to silence: the longer it lasts, the more of those who are left.

    A silence of s days adds ln 2 · ((s − grace) / (half − grace))^shape to the hazard, so that half
    of the buyers are gone after one silence of *half*. What a silence has used up is not given
    back: many short ones tire a buyer as well.

    Args:
        half: The silence that half of the buyers do not survive.

        grace: Silence that does no harm; shorter than *half*. None: none.

        shape: From 0.01 to 100; 1: the hazard is the same all the time; 2: it grows evenly.

        touch: The touch class whose touches end a silence.
    """

    half: Span = attrs.field(converter=span)
    grace: Span | None = attrs.field(default=None, converter=attrs.converters.optional(span))
    shape: float = attrs.field(default=2.0)
    touch: str = attrs.field(default="any", validator=is_text)

    def __attrs_post_init__(self) -> None:
        """Refuse what has no meaning."""
        if isinstance(self.shape, bool) or not isinstance(self.shape, int | float):
            raise TypeError(f"'shape' must be a number, got {shown(self.shape)}.")
        if not 0.01 <= self.shape <= 100:  # noqa: PLR2004 - steeper than that is a wall
            raise ValueError(f"'shape' must lie from 0.01 to 100, got {self.shape!r}.")
        for each in filter(None, (self.half, self.grace)):
            if each.unit.value.startswith("business"):
                raise ValueError(f"silence lasts through nights and weekends too; got {each}.")
        if self.grace is not None and self.grace.amount >= self.half.amount:
            raise ValueError(f"'grace' must be shorter than {self.half}, got {self.grace}.")


@attrs.frozen(kw_only=True)
class Learning:
    """
    How a fact becomes known, so that gates can open.

    Args:
        fact: The fact.

        stage: In which stage it is learned. None: from the opening on.

        after: How long after the stage was entered, or the deal opened. None: with the opening, or
            when the work of the stage is done; what has expired when a move is asked for again is
            learned again.

        share: The share of cases in which it is.

        values: What it is: one of these. Empty: an *amount*.

        weights: How often each of the values, relative to the others. Empty: all alike.

        amount: For money: how much. For a date: how many days ahead. To the nearest whole one.

        role: In which role it is learned. None: not said.
    """

    fact: str = attrs.field(validator=is_text)
    stage: str | None = attrs.field(default=None, validator=optional(is_text))
    after: Distribution | None = attrs.field(default=None, converter=maybe_distribution)
    share: float = attrs.field(default=1.0, validator=is_share)
    values: tuple[Value, ...] = attrs.field(default=(), converter=as_tuple)
    weights: tuple[float, ...] = attrs.field(default=(), converter=as_tuple)
    amount: Distribution | None = attrs.field(default=None, converter=maybe_distribution)
    role: str | None = attrs.field(default=None, validator=optional(is_text))

    def __attrs_post_init__(self) -> None:
        """Refuse a fact that is told as nothing, or as two things."""
        if bool(self.values) == (self.amount is not None):
            raise ValueError(f"fact {self.fact!r}: say either 'values' or an 'amount'.")
        check_weights(self.weights, len(self.values))
        if self.amount is not None and self.amount.unit is not None:
            raise ValueError(
                f"fact {self.fact!r}: an amount is a plain number (of money, or of days ahead), "
                f"got {self.amount}."
            )


@attrs.frozen(kw_only=True)
class Parts:
    """
    All parts of a behaviour: `Behaviour` is the same, and can be loaded, checked and explained.

    Its arguments are those of `Behaviour`.
    """

    arrivals: Arrivals = attrs.field(factory=Arrivals, validator=is_a(Arrivals))
    owners: Shares = attrs.field(factory=no_shares, converter=Shares)
    stages: tuple[StageLife, ...] = attrs.field(
        default=(), converter=as_tuple, validator=each_is(StageLife)
    )
    touches: Touches | None = attrs.field(default=None, validator=optional(is_a(Touches)))
    replies: Replies | None = attrs.field(default=None, validator=optional(is_a(Replies)))
    inbound: Inbound | None = attrs.field(default=None, validator=optional(is_a(Inbound)))
    cooling: Cooling | None = attrs.field(default=None, validator=optional(is_a(Cooling)))
    facts: tuple[Learning, ...] = attrs.field(
        default=(), converter=as_tuple, validator=each_is(Learning)
    )
    holds: tuple[Hold, ...] = attrs.field(default=(), converter=as_tuple, validator=each_is(Hold))
    overrides: tuple[Override, ...] = attrs.field(
        default=(), converter=as_tuple, validator=each_is(Override)
    )
    capacity: Capacity | None = attrs.field(default=None, validator=optional(is_a(Capacity)))
    title: str = attrs.field(default="", validator=is_text)

"""Migrating deals to another process: a plan that can be read before anything is recorded."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from salesflow.change.impact import DealImpact, Impact
from salesflow.change.places import Places, likely_names, problems_of
from salesflow.change.trial import Trial
from salesflow.deal import Deal
from salesflow.english import count_of, moment
from salesflow.errors import MigrationError
from salesflow.events import Event, Migrated, to_utc
from salesflow.given import given, several
from salesflow.process.model import Process
from salesflow.process.names import did_you_mean

_INSTANT = dt.timedelta(microseconds=1)


@attrs.frozen(kw_only=True)
class Plan:
    """
    Deals to be migrated to another process, what that does to them, and what prevents it.

    Nothing is recorded until `apply`.

    Args:
        new: The process.

        at: When they are migrated.

        places: What has another name there.

        impact: What it does to each of them.

        events: What will be recorded, one event for each deal.
    """

    new: Process
    at: dt.datetime
    places: Places
    impact: Impact
    events: tuple[Migrated, ...]
    _trials: tuple[Trial, ...] = attrs.field(repr=False)

    @property
    def deals(self) -> tuple[DealImpact, ...]:
        """What it does to each deal."""
        return self.impact.deals

    @property
    def problems(self) -> tuple[str, ...]:
        """Everything that prevents it. Empty: it can be applied."""
        return self.impact.problems

    def apply(self) -> tuple[Migrated, ...]:
        """
        Record the migrations, either in every deal or in none.

        Returns:
            What was recorded; the deals have it among their `Deal.new_events`.

        Raises:
            MigrationError: If there are problems, or a deal has changed since the plan was made.
                Nothing was recorded then.
        """
        changed = tuple(
            f"deal {trial.deal.id!r} has changed since the plan was made. Make a new plan"
            for trial in self._trials
            if trial.is_stale
        )
        if self.problems or changed:
            raise MigrationError((*self.problems, *changed))
        for trial in self._trials:
            trial.deal.record(trial.event, processes=[self.new])
        return self.events

    def to_dict(self) -> dict[str, Any]:
        """Return its impact as JSON-ready data, with the events, which say what has other names."""
        told = [
            {"deal": deal.deal_id, **event.to_dict()}
            for deal, event in zip(self.deals, self.events, strict=True)
        ]
        return {**self.impact.to_dict(), "type": "plan", "events": told, "text": str(self)}

    def __repr__(self) -> str:
        return f"<Plan for {self.impact.in_brief}>"

    def __str__(self) -> str:
        return str(self.impact)

    def _repr_html_(self) -> str:
        return self.impact._repr_html_()


def migrate(
    deals: Iterable[Deal],
    new: Process,
    *,
    at: dt.datetime,
    stages: Mapping[str, str] | None = None,
    facts: Mapping[str, str] | None = None,
    calendars: Mapping[str | None, str | None] | None = None,
    reason: str | None = None,
    by: str | None = None,
    source: str = "",
) -> Plan:
    """
    Return a plan for migrating deals to another process.

    Clocks go on from where they started. What the old process did stands; what is overdue by the
    new one acts at *at*, not before.

    Args:
        deals: The deals; those that already run under *new* are left alone.

        new: The process.

        at: When; aware, and later than everything that has been recorded.

        stages: The new names of stages, by their old ids; the others keep their name. Every
            stage of the old process must have a place in the new one, of the same kind.

        facts: The same for facts; facts that the new process does not have are dropped.

        calendars: The same for calendars chosen per deal; None is the default calendar.

        reason: Why; recorded.

        by: Who does it; recorded.

        source: Where it comes from; recorded.

    Returns:
        The plan, with everything that prevents it; see `Plan.apply`.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If *at* is naive.

    >>> import salesflow as sf
    >>> monday, day = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC), dt.timedelta(days=1)
    >>> old = sf.load_process("six-step")
    >>> new = old.replace({"version": "2026.2", "contact_gaps.touch.max": "4 business days"})
    >>> deal = sf.Deal.open(old, id="ACME-17", at=monday)
    >>> plan = sf.migrate([deal], new, at=monday + 4 * day)
    >>> plan.problems, plan.deals[0].becomes.value
    ((), 'due')
    >>> (event,) = plan.apply()
    >>> deal.process.version
    '2026.2'
    """
    places = Places(stages=stages or {}, facts=facts or {}, calendars=calendars or {})
    every, at = tuple(several("deals", deals, Deal)), to_utc("at", at)
    given("new", new, Process)
    trials, problems = _trials(every, new, places, at, reason=reason, by=by, source=source)
    moving = sum(deal.process.hash != new.hash for deal in every)
    return Plan(
        new=new,
        at=at,
        places=places,
        impact=Impact(
            new=f"{new.id} {new.version}",
            at=at,
            deals=tuple(trial.impact() for trial in trials),
            problems=problems,
            already=len(every) - moving,
        ),
        events=tuple(trial.event for trial in trials),
        trials=trials,
    )


def impact(
    deals: Iterable[Deal],
    new: Process,
    now: dt.datetime,
    *,
    stages: Mapping[str, str] | None = None,
    facts: Mapping[str, str] | None = None,
    calendars: Mapping[str | None, str | None] | None = None,
) -> Impact:
    """
    Return what a new process would do to deals if they were migrated to it at an instant.

    Nothing is planned or recorded, and events dated later than *now* are left out.

    Args:
        deals: The deals.

        new: The process.

        now: The instant; aware. Deals that were opened later are left out.

        stages: As in `migrate`.

        facts: As in `migrate`.

        calendars: As in `migrate`.

    Returns:
        The impact on each deal that can be migrated, and the problems of the others.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If *now* is naive.
    """
    every, now = tuple(several("deals", deals, Deal)), to_utc("now", now)
    then = tuple(_as_of(deal, now) for deal in every if deal.opened_at <= now)
    last = [deal.counts_at(event) for deal in then for event in deal.events]
    # At one instant a migration comes before other events, but here those must come first.
    at = max(now, max(last, default=now) + _INSTANT)
    return migrate(then, new, at=at, stages=stages, facts=facts, calendars=calendars).impact


def _as_of(deal: Deal, now: dt.datetime) -> Deal:
    """Return the deal with what has happened up to an instant."""
    happened = [each for each in deal.timeline(now) if isinstance(each, Event)]
    if len(happened) == len(deal.events):
        return deal
    moves = [event.to_process for event in happened if isinstance(event, Migrated)]
    later = [event.from_process for event in deal.events if isinstance(event, Migrated)]
    pins = [*moves[-1:], *later[len(moves) :]]
    known = {process.hash: process for process in (deal.process, *deal.processes)}
    process = known.get(pins[0], deal.process) if pins else deal.process
    return Deal.replay(process, happened, earlier=deal.processes)


def _trials(
    deals: Iterable[Deal],
    new: Process,
    places: Places,
    at: dt.datetime,
    **said: str | None,
) -> tuple[tuple[Trial, ...], tuple[str, ...]]:
    """Return the trials of the deals that do not run under the process, and the problems."""
    moving = [deal for deal in deals if deal.process.hash != new.hash]
    old = tuple(dict.fromkeys(deal.process for deal in moving))
    problems = [*problems_of(places, old, new), *_twice(moving)]
    for deal in moving:
        problems += _of_deal(deal, new, at)
    problems += _of_calendars(moving, new, places)
    if problems:
        return (), tuple(problems)
    return tuple(Trial.of(deal, new, places, at, **said) for deal in moving), ()


def _twice(deals: Iterable[Deal]) -> Iterator[str]:
    counted = Counter(deal.id for deal in deals)
    for name, count in counted.items():
        if count > 1:
            yield f"deal {name!r} is given {count} times. Give it once"


def _of_deal(deal: Deal, new: Process, at: dt.datetime) -> Iterator[str]:
    """Yield what prevents the migration of one deal."""
    later = [event for event in deal.events if deal.counts_at(event) >= at]
    if later:
        zone = new.calendar.timezone
        yield (
            f"deal {deal.id!r} has event {later[-1].id!r} of "
            f"{moment(deal.counts_at(later[-1]), zone)}, not before {moment(at, zone)}. "
            "Migrate it later"
        )


def _of_calendars(deals: Iterable[Deal], new: Process, places: Places) -> Iterator[str]:
    """Yield the calendars of deals that have no place in the new process."""
    known = [row.id for row in new.calendars]
    for (old, name), count in Counter((deal.process, deal.calendar) for deal in deals).items():
        to = places.calendar(name)
        if to is None or to in known:
            continue
        if name in places.calendars:
            yield f"calendars: the new process has no {to!r}{did_you_mean(to, known)}"
            continue
        likely = likely_names("calendars", old, new).get(to)
        which = f"...}}; perhaps {likely!r}" if likely else "None}"
        yield (
            f"{count_of(count, 'deal')} of {old.id} {old.version} "
            f"{'counts' if count == 1 else 'count'} by calendar {to!r}, which {new.id} "
            f"{new.version} does not have. Say which: calendars={{{to!r}: {which}"
        )

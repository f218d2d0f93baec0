"""What is known before anything is read: the CRM, the mapping, the process."""

from __future__ import annotations

import functools
from collections.abc import Mapping as Named

import attrs

from salesflow.errors import LogError
from salesflow.events import Status
from salesflow.given import given
from salesflow.history.crm.times import Clock, clock_of
from salesflow.history.reading.mapping import ActivityValue, Crm, Mapping, System
from salesflow.process.activities import Nature
from salesflow.process.model import Process
from salesflow.rules.book import rule_book


@attrs.frozen(kw_only=True)
class Dialect:
    """
    How a CRM calls things.

    Args:
        system: Which CRM.

        stage, pipeline, owner, currency: The properties of a deal that say these.

        activities: What its kinds of activity are, where the mapping does not say it.

        outcomes: What its outcomes are, where the mapping does not say it.

        statuses: How far an activity has come, where the mapping does not say it.

        unfinished: The statuses of what is still going on.

        is_utc: Whether times without a zone are in UTC, whatever a mapping says.
    """

    system: System
    stage: str
    pipeline: str
    owner: str
    currency: str
    activities: Named[str, ActivityValue]
    outcomes: Named[str, str] = attrs.field(factory=dict)
    statuses: Named[str, Status] = attrs.field(factory=dict)
    unfinished: frozenset[str] = frozenset()
    is_utc: bool = False


@attrs.frozen(kw_only=True, eq=False, slots=False)
class Context:
    """
    What every translation asks.

    Args:
        dialect: How the CRM calls things.

        mapping: What they mean.

        process: In which process.

        crm: What the mapping says about the CRM.

        clock: How times without a zone are understood.
    """

    dialect: Dialect
    mapping: Mapping
    process: Process
    crm: Crm
    clock: Clock

    @property
    def source(self) -> str:
        """What the events are said to come from."""
        return self.mapping.source or self.dialect.system.value

    @property
    def naive_zone(self) -> str | None:
        """Where times without a zone were written down, by the mapping; None: in UTC."""
        return None if self.dialect.is_utc else self.mapping.zone

    @functools.cached_property
    def facts(self) -> Named[str, tuple[str, ...]]:
        """The facts that each property holds."""
        found: dict[str, tuple[str, ...]] = {}
        for fact, column in self.mapping.facts.items():
            found[column.column] = (*found.get(column.column, ()), fact)
        return found

    @functools.cached_property
    def wanted(self) -> frozenset[str]:
        """The properties of a deal that say something."""
        dialect = self.dialect
        return frozenset((dialect.stage, dialect.pipeline, dialect.owner, *self.facts))

    @functools.cached_property
    def statuses(self) -> Named[str, Status]:
        """How far an activity has come, by the word for it."""
        return {**self.dialect.statuses, **self.mapping.statuses}

    @functools.cached_property
    def outcomes(self) -> Named[str, str]:
        """What came of an activity, by the CRM's word for it."""
        return {**self.dialect.outcomes, **self.mapping.outcomes}

    @functools.cached_property
    def natures(self) -> Named[str, Nature]:
        """What each kind of activity of the process is."""
        return rule_book(self.process).natures

    def is_ours(self, pipeline: str | None) -> bool:
        """Return whether a pipeline follows the process; one that is not said does."""
        ours = self.crm.pipelines
        return pipeline is None or not ours or pipeline in ours

    def person(self, raw: str | None) -> str | None:
        """Return who somebody is; the id itself where the mapping does not say it."""
        return None if raw is None else self.mapping.people.get(raw, raw)

    def is_unknown(self, *people: str | None) -> bool:
        """Return whether the mapping names people, and one of these is not among them."""
        known = self.mapping.people
        return bool(known) and any(raw is not None and raw not in known for raw in people)

    def is_echo(self, signed: tuple[str, ...]) -> bool:
        """Return whether a write is signed as one of our own."""
        return any(name in self.crm.own for name in signed)


def context_of(dialect: Dialect, mapping: Mapping, process: Process) -> Context:
    """
    Return the context of a translation.

    Raises:
        LogError: If the mapping is for another CRM, or names what the process does not have.
        TypeError: If *process* is not a process, or *mapping* not a mapping.
    """
    given("process", process, Process)
    given("mapping", mapping, Mapping)
    crm = mapping.crm or Crm(system=dialect.system)
    if crm.system is not dialect.system:
        message = f"crm.system: it is for {crm.system}, and this is data of {dialect.system}"
        raise LogError("mapping", (message,))
    mapping.check(process)
    clock = clock_of(mapping, process, is_utc=dialect.is_utc)
    return Context(dialect=dialect, mapping=mapping, process=process, crm=crm, clock=clock)

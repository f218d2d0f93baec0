"""What was simulated, told as the events that a live deal records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple

import attrs

from salesflow.calendars import to_datetime
from salesflow.calendars.instants import to_date
from salesflow.events import (
    Activity,
    Event,
    Held,
    Learned,
    Moved,
    Opened,
    Overridden,
    Reopened,
    Resumed,
    Status,
    Value,
    Way,
)
from salesflow.process.parts import FactType, Stage, StageKind
from salesflow.rules.codes import NONE
from salesflow.simulation.habits import Variant
from salesflow.simulation.kernel import codes
from salesflow.simulation.kernel.learning import MONEY_STEP
from salesflow.simulation.kernel.touching import variant_of
from salesflow.simulation.plan import Plan

PERSON = "rep"
"""Who does it where nobody is named."""


class Told(NamedTuple):
    """One event as the kernel wrote it down; see `salesflow.simulation.kernel.codes`."""

    at: int
    what: int
    one: int
    two: int
    who: int
    """The number of the role in which it was done, or NONE."""


_CAUSES = {
    codes.BY_WORK: "work",
    codes.BY_TIME: "time",
    codes.BY_COOLING: "silence",
    codes.BY_LOSS: "said no",
    codes.BY_NO_DECISION: "no decision",
    codes.BY_IMPATIENCE: "waited too long",
    codes.BY_REVIVAL: "came back",
    codes.BY_LEAVING: "never opened",
}


def cause_name(code: int) -> str | None:
    """Return why a deal is where it is, in words; None: it has always been there."""
    return _CAUSES.get(code)


@attrs.frozen
class Teller:
    """
    Tells the events of one deal.

    Args:
        plan: What the run was made of.

        number: The deal's number.

        deal: The deal's id.

        owner: Who it belongs to; None: nobody.
    """

    plan: Plan
    number: int
    deal: str
    owner: str | None

    def events(self, told: Iterable[Told]) -> tuple[Event, ...]:
        """Return the events, in the order in which they count."""
        return tuple(self._each(told))

    def _each(self, told: Iterable[Told]) -> Iterator[Event]:
        planned: dict[int, Activity] = {}
        touches = 0
        for seq, each in enumerate(told):
            own: dict[str, Any] = {
                "id": f"{self.deal}/{seq}",
                "occurred_at": to_datetime(each.at),
                "by": self.owner or PERSON,
                "seq": seq,
            }
            match each.what:
                case codes.TOLD_OPENED:
                    yield Opened(deal=self.deal, owner=self.owner, **own)
                case codes.TOLD_FACT:
                    yield self._learned(each, own)
                case codes.TOLD_PLAN:
                    planned[each.two] = self._planned(each, touches, own)
                    yield planned[each.two]
                case codes.TOLD_CANCELLED:
                    yield attrs.evolve(planned[each.one], status=Status.CANCELLED, **own)
                case codes.TOLD_ACTIVITY:
                    variant = self.plan.variants[each.one]
                    touches += not variant.is_inbound
                    done = {**own, "status": Status.DONE, "outcome": variant.outcome}
                    if each.two == NONE:
                        yield Activity(kind=variant.kind, direction=_way(variant), **done)
                    else:
                        yield attrs.evolve(planned[each.two], **done)
                case _:
                    yield self._command(each, own)

    def _command(self, each: Told, own: dict[str, Any]) -> Event:
        """Return what might have been refused."""
        match each.what:
            case codes.TOLD_MOVED:
                return self._moved(each, own)
            case codes.TOLD_HELD:
                return Held(until=to_datetime(each.two), reason=self._reason(each.one), **own)
            case codes.TOLD_RESUMED:
                return Resumed(**own)
            case codes.TOLD_OVERRIDDEN:
                return self._overridden(each, own)
            case _:
                return Reopened(**own)

    def _planned(self, each: Told, touches: int, own: dict[str, Any]) -> Activity:
        variant = self.plan.variants[variant_of(self.plan.habits, self.number, touches)]
        return Activity(
            kind=variant.kind,
            direction=_way(variant),
            activity_id=f"{self.deal}/plan {each.two}",
            status=Status.PLANNED,
            starts_at=to_datetime(each.one),
            **own,
        )

    def _learned(self, each: Told, own: dict[str, Any]) -> Learned:
        said = self.plan.behaviour.facts[each.one]
        value: Value
        if said.values:
            value = said.values[each.two]
        elif self.plan.process.all_facts[said.fact].type is FactType.DATE:
            value = to_date(each.two)
        elif self.plan.process.all_facts[said.fact].type is FactType.MONEY:
            value = Decimal(each.two // MONEY_STEP)
        else:
            value = each.two
        return Learned(facts={said.fact: value}, role=said.role, **own)

    def _reason(self, row: int) -> str:
        """Return why a deal is on hold: where reasons are listed and none is said, the first."""
        listed = self.plan.process.holds.reasons
        return self.plan.behaviour.holds[row].reason or (listed[0] if listed else "")

    def _overridden(self, each: Told, own: dict[str, Any]) -> Overridden:
        said = self.plan.behaviour.overrides[each.one]
        return Overridden(
            target=said.target,
            until=to_datetime(each.two),
            reason=said.reason,
            role=self.plan.process.roles[each.who].id,
            **own,
        )

    def _moved(self, each: Told, own: dict[str, Any]) -> Moved:
        to = self.plan.process.stages[each.one]
        role = None
        if each.who != NONE:
            role = self.plan.process.roles[each.who].id
        return Moved(to=to.id, role=role, reason=_reason(to, each.two), **own)


def _way(variant: Variant) -> Way:
    return Way.IN if variant.is_inbound else Way.OUT


def _reason(to: Stage, cause: int) -> str:
    """Return why a deal is moved: of a closed list the reason that says it, else the first one."""
    said = _CAUSES[cause]
    if cause == codes.BY_WORK:
        said = "said no" if to.kind is StageKind.LOST else "ready"
    if not to.reasons or said in to.reasons:
        return said
    return to.reasons[0]

"""A deal under another process, tried out: the deal itself stays as it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

import attrs

from salesflow.change.impact import DeadlineShift, DealImpact, RuleTurn
from salesflow.change.places import Places
from salesflow.deal import Deal, DealState, Raised
from salesflow.events import Event, Migrated
from salesflow.process.model import Process

_INSTANT = dt.timedelta(microseconds=1)


@attrs.frozen
class Trial:
    """
    A deal before and after it is migrated to another process.

    Args:
        deal: As it is.

        event: The migration.

        new: The process.

        places: What has another name there.

        events: What was recorded when the trial was made.
    """

    deal: Deal
    event: Migrated
    new: Process
    places: Places
    events: tuple[Event, ...]

    @classmethod
    def of(
        cls,
        deal: Deal,
        new: Process,
        places: Places,
        at: dt.datetime,
        **said: str | None,
    ) -> Trial:
        """Return the trial of a deal; *said* is what else the event says."""
        number = len(deal.events)
        taken = {event.id for event in deal.events}
        while f"{deal.id}/{number}" in taken:
            number += 1
        old = places.of(deal.process)
        event = Migrated(
            id=f"{deal.id}/{number}",
            seq=number,
            occurred_at=at,
            from_process=deal.process.hash,
            to_process=new.hash,
            stages={name: to for name, to in old.stages.items() if name != to},
            facts={name: to for name, to in old.facts.items() if name != to},
            calendar=old.calendar(deal.calendar),
            reason=said.get("reason"),
            by=said.get("by"),
            source=said.get("source") or "",
        )
        return cls(deal, event, new, places, deal.events)

    @property
    def is_stale(self) -> bool:
        """Whether the deal has changed since the trial was made."""
        return self.deal.process.hash != self.event.from_process or self.deal.events != self.events

    def migrated(self) -> Deal:
        """Return another deal with the same events that has been migrated to the process."""
        events: list[Event] = [*self.events, self.event]
        return Deal.replay(self.new, events, earlier=self.deal.processes)

    def impact(self) -> DealImpact:
        """Return what the new process does to the deal."""
        after, at = self.migrated(), self.event.occurred_at
        was, now = self.deal.state(at), after.state(at)
        acts = tuple(self._at_once(after))
        # If time moves the deal immediately, that is all there is to say.
        moved = any(raised.moved for raised in acts)
        may, could = (set(), set()) if moved else (self._moves(after), self._moves_before())
        return DealImpact(
            deal_id=self.deal.id,
            process=f"{self.deal.process.id} {self.deal.process.version}",
            stage=was.stage,
            to=self.places.stage(was.stage),
            ends=now.stage,
            kind=now.kind,
            status=was.status,
            becomes=now.status,
            acts=acts,
            deadlines=() if moved else tuple(self._shifts(after, acts)),
            rules=dict(_rules(was, now)),
            freed=tuple(sorted(may - could)),
            # Two stages that become one: where the deal is now, it need not go.
            blocked=tuple(sorted(could - may - {now.stage})),
            dropped=tuple(name for name in was.facts if self.places.fact(name) not in now.facts),
        )

    def _at_once(self, after: Deal) -> Iterator[Raised]:
        """Yield what acts at the instant of the migration and is told for the first time."""
        at = self.event.occurred_at
        known = {each.key for each in self.deal.timeline(at) if isinstance(each, Raised)}
        for each in after.timeline(at):
            if isinstance(each, Raised) and each.acted_at == at and each.key not in known:
                yield each

    def _shifts(self, after: Deal, acts: Iterable[Raised]) -> Iterator[DeadlineShift]:
        before, later = self._coming(self.deal), self._coming(after)
        acted = {(raised.rule, raised.rung) for raised in acts}
        for rule, rung in dict.fromkeys([*before, *later]):
            was, now = before.get((rule, rung)), later.get((rule, rung))
            if was != now and (rule, rung) not in acted:
                yield DeadlineShift(rule=rule, rung=rung, was=was, now=now)

    def _coming(self, deal: Deal) -> dict[tuple[str, str], dt.datetime]:
        coming = (each for each in deal.deadlines(self.event.occurred_at) if each.acted_at is None)
        return {(each.rule, each.rung): each.due_at for each in coming}

    def _moves_before(self) -> set[str]:
        return {self.places.stage(name) for name in _moves(self.deal, self.event.occurred_at)}

    def _moves(self, after: Deal) -> set[str]:
        return _moves(after, self.event.occurred_at)


def _rules(was: DealState, now: DealState) -> Iterator[tuple[str, RuleTurn]]:
    """Yield what happens to each clock that runs before or after."""
    before, later = ({c.rule: c.started_at for c in state.clocks} for state in (was, now))
    for rule in dict.fromkeys([*before, *later]):
        if rule not in later:
            yield rule, RuleTurn.ENDS
        elif rule not in before:
            yield rule, RuleTurn.BEGINS
        else:
            same = before[rule] == later[rule]
            yield rule, RuleTurn.GOES_ON if same else RuleTurn.COUNTS_ANEW


def _moves(deal: Deal, at: dt.datetime) -> set[str]:
    """Return the stages that a deal could be moved to right after an instant."""
    later = at + _INSTANT
    return {stage.id for stage in deal.process.stages if deal.can_move(stage.id, later)}

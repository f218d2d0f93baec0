"""What the changes of a deal mean: the events of one deal, without its activities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import attrs

from salesflow.events import Assigned, Event, Learned, Moved, Opened, Precision, Reopened, Retracted
from salesflow.history.crm.context import Context
from salesflow.history.crm.facts import facts_of
from salesflow.history.crm.identity import identity
from salesflow.history.crm.openings import Beginning, beginning_of
from salesflow.history.crm.records import (
    ARCHIVED,
    DELETED,
    LIFE,
    LOST,
    OPEN,
    RESTORED,
    WON,
    Born,
    Change,
    How,
)
from salesflow.history.crm.tally import LOST_REASON, Tally
from salesflow.history.crm.timelines import DealStory, numbered, timelines
from salesflow.history.crm.times import Moment
from salesflow.history.reading.mapping import StageValue
from salesflow.process.parts import StageKind

OTHER_PIPELINE = "other_pipeline"
"""The value that a mapping may name for a deal that leaves our pipelines."""

_CLOSED_BY = {OPEN: {WON, LOST}, RESTORED: {DELETED, ARCHIVED}}
"""What brings a deal back, and from what."""


@attrs.frozen
class Told:
    """
    An event, and what is known about how it was told.

    Args:
        event: The event.

        signed: By what the write behind it is signed.

        is_snapshot: Whether it may have happened earlier.
    """

    event: Event
    signed: tuple[str, ...] = ()
    is_snapshot: bool = False


def story_of(deal: str, births: Iterable[Born], changes: list[Change], tally: Tally) -> DealStory:
    """Return the story of a deal; what is told twice is counted."""
    lines = timelines(changes)
    kept = sum(len(line.changes) for line in lines.values())
    tally.repeat(len(changes) - kept)
    return DealStory(deal, tuple(births), lines)


@attrs.frozen
class Teller:
    """
    Tells the events of one deal, and counts what it cannot tell.

    Args:
        story: What is known about the deal.

        context: What it means.

        tally: Where it is counted.
    """

    story: DealStory
    context: Context
    tally: Tally
    _seen: set[str] = attrs.field(factory=set, init=False)
    """The stages of which a mapping may mean the first visit only."""
    _told: list[str] = attrs.field(factory=list, init=False)
    """The stages that the deal was told to be in, in order."""
    _away: list[Event] = attrs.field(factory=list, init=False)
    """How the deal was told to be deleted or archived, until it comes back."""

    def events(self) -> Iterator[Told]:
        """Yield the events."""
        beginning = self._beginning()
        said: list[Change | None] = []
        if beginning is not None:
            yield self._opened(beginning)
            meant = self._meaning(beginning.stage, beginning.pipeline)
            said = [beginning.owner_change, None if meant is None else beginning.stage_change]
        for seq, change in numbered(self._path()):
            if change in said:
                self.tally.use()
            elif change.field == LIFE:
                yield from self._life(change, seq)
            else:
                yield from self._stage(change, seq)
        for number, change in self._beside():
            if change in said:
                self.tally.use()
            elif change.field == self.context.dialect.pipeline:
                yield from self._pipeline(change)
            else:
                yield from self._property(change, number)

    def _path(self) -> list[Change]:
        """Return what may move the deal, in order."""
        stages, life = self.story.line(self.context.dialect.stage), self.story.line(LIFE)
        return sorted((*stages.changes, *life.changes), key=_place_on_path)

    def _beside(self) -> Iterator[tuple[int, Change]]:
        """Yield the changes of everything else, each with its number at its instant."""
        for name, line in self.story.lines.items():
            if name not in {self.context.dialect.stage, LIFE}:
                yield from numbered(line.changes)

    # -- The opening --

    def _beginning(self) -> Beginning | None:
        """Return how the deal begins, if this is told."""
        births = self.story.births
        if not births:
            return None
        self.tally.repeat(len(births) - 1)
        beginning = beginning_of(self.story, self.context)
        if beginning is None:
            self.tally.leave(births[0].path, "other_pipeline", f"deal {self.story.id}")
        return beginning

    def _opened(self, beginning: Beginning) -> Told:
        born, at = beginning.born, beginning.at
        meant = self._meaning(beginning.stage, beginning.pipeline)
        stage = None if meant is None else meant.stage
        self.tally.flag("no_stage", when=stage is None)
        self.tally.flag("inferred_stage", when=stage is not None and beginning.is_inferred)
        if beginning.is_told and beginning.stage is not None and stage is None:
            self.tally.miss(self._qualified(beginning.stage, beginning.pipeline))
        else:
            self.tally.use()
        self._flag(at, born.by, beginning.owner)
        self._told.append(stage or self.context.process.stages[0].id)
        about = (self.context.source, "deal", self.story.id, "opened")
        said = (stage, beginning.owner, born.by, at.is_day)
        event = Opened(
            id=identity(*about, at=at.at, said=said),
            deal=self.story.id,
            stage=stage,
            owner=self.context.person(beginning.owner),
            # Of two openings at one instant the one that says more comes first, and counts.
            seq=2 * (stage is None) + (beginning.owner is None),
            **self._common(at, born.by),
        )
        return Told(event, born.signed)

    # -- Where it is --

    def _stage(self, change: Change, seq: int) -> Iterator[Told]:
        """Yield the move that a change of stage means."""
        pipeline, value = self._pipeline_of(change), change.value
        if value is None:
            self.tally.leave(change.path, "emptied", change.field)
        elif not self.context.is_ours(pipeline):
            self.tally.leave(change.path, "other_pipeline", f"{pipeline}, stage {value}")
        elif self._stays_closed(change):
            self.tally.leave(change.path, "closed_stage", value)
        else:
            yield from self._move(change, value, pipeline, seq)

    def _move(self, change: Change, value: str, pipeline: str | None, seq: int) -> Iterator[Told]:
        """Yield the move into a stage of the CRM, if the mapping says what it is."""
        qualified = self._qualified(value, pipeline)
        meant = self._meaning(value, pipeline)
        if {value, qualified} & {*self.context.mapping.ignore}:
            self.tally.ignore(qualified)
        elif meant is None and pipeline is None and self._needs_pipeline(value):
            self.tally.leave(change.path, "no_pipeline", value)
        elif meant is None:
            self.tally.miss(qualified)
        elif meant.first and value in self._seen:
            self.tally.ignore(qualified)
        else:
            self._seen.add(value)
            yield self._moved(change, meant.stage, seq)

    def _pipeline_of(self, change: Change) -> str | None:
        """Return the pipeline in which the deal was, as far as it is known."""
        return change.pipeline or self.story.line(self.context.dialect.pipeline).at(change.at.at)

    def _stays_closed(self, change: Change) -> bool:
        """Return whether a deal that is won or lost beside its stage stays so."""
        if change.is_closed is not None:
            return change.is_closed
        return self.story.line(LIFE).before(change.at.at) in {WON, LOST}

    def _meaning(self, value: str | None, pipeline: str | None) -> StageValue | None:
        """Return what a stage of the CRM means: with its pipeline, else by itself."""
        if value is None:
            return None
        stages = self.context.mapping.stages
        return stages.get(self._qualified(value, pipeline)) or stages.get(value)

    def _qualified(self, value: str, pipeline: str | None) -> str:
        """Return a stage with its pipeline, if that is known."""
        return value if pipeline is None else f"{pipeline}{self.context.mapping.joined_with}{value}"

    def _needs_pipeline(self, value: str) -> bool:
        ending = self._qualified(value, "")
        return any(name.endswith(ending) for name in self.context.mapping.stages)

    def _life(self, change: Change, seq: int) -> Iterator[Told]:
        """Yield what it means that a deal is closed, taken away or brought back."""
        value, pipeline = change.value, self._pipeline_of(change)
        stages = self.context.mapping.stages
        if value is None:
            self.tally.leave(change.path, "emptied", "what became of the deal")
        elif value in self.context.mapping.ignore:
            self.tally.ignore(value)
        elif not self.context.is_ours(pipeline):
            self.tally.leave(change.path, "other_pipeline", f"{pipeline}, {value}")
        elif value == ARCHIVED and self._closed_as(change) is not None:
            self.tally.leave(change.path, "closed_stage", value)
        elif value in stages:
            told = self._moved(change, stages[value].stage, seq)
            self._away.extend([told.event] if value in _CLOSED_BY[RESTORED] else [])
            yield told
        elif value not in _CLOSED_BY:
            self.tally.miss(value)
        elif _CLOSED_BY[value] & stages.keys():
            yield from self._back(change, value, seq)
            self._away.clear()
        else:
            # What it takes back meant nothing either.
            self.tally.ignore(value)

    def _back(self, change: Change, value: str, seq: int) -> Iterator[Told]:
        """Yield that a deal is back: where it stands in the CRM, if that is told."""
        stages, stage = self.context.process.stages_by_id, self._stands(change)
        if stage is None or stages[stage].kind is StageKind.OPEN:
            latest = [name for name in self._told if stages[name].kind is StageKind.OPEN][-1:]
            to = None if [stage] == latest else stage
            self._told.extend([] if to is None else [to])
            said = (value, seq) if to is None else (value, seq, to)
            yield self._used(change, Reopened(to=to, seq=seq, **self._own(change, *said)))
        elif self._away:
            # It was closed or parked before it went, so there is nothing to open.
            self.tally.use()
            self._flag(change.at, change.by)
            for gone in self._away:
                yield self._retracted(change, value, gone, seq)
        else:
            yield self._moved(change, stage, seq)

    def _retracted(self, change: Change, value: str, gone: Event, seq: int) -> Told:
        own = self._own(change, value, seq, gone.id)
        event = Retracted(target=gone.id, reason="the deal came back", seq=seq, **own)
        return Told(event, change.signed)

    def _stands(self, change: Change) -> str | None:
        """Return the stage in which a deal comes back, if this is told."""
        closed = self._closed_as(change) if change.value == RESTORED else None
        if closed is None:
            stage = self.story.line(self.context.dialect.stage).before(change.at.at)
            meant = self._meaning(stage, self._pipeline_of(change))
        else:
            meant = self.context.mapping.stages.get(closed)
        return None if meant is None else meant.stage

    def _closed_as(self, change: Change) -> str | None:
        """Return whether a deal is won or lost beside its stage, deleted or not."""
        said = [
            item.value
            for item in self.story.line(LIFE).changes
            if item.at.at <= change.at.at and item.value in {WON, LOST, OPEN}
        ]
        return said[-1] if said and said[-1] != OPEN else None

    def _pipeline(self, change: Change) -> Iterator[Told]:
        """Yield what it means that a deal is in another pipeline."""
        away = self.context.mapping.stages.get(OTHER_PIPELINE)
        if self.context.is_ours(change.value):
            self.tally.use()
        elif away is None:
            self.tally.leave(change.path, "other_pipeline", change.value or "")
        elif self._was_closed(change):
            self.tally.leave(change.path, "closed_stage", change.value or "")
        else:
            yield self._moved(change, away.stage, 0)

    def _was_closed(self, change: Change) -> bool:
        """Return whether a deal was won or lost, in its stage or beside it, before a change."""
        if self._closed_as(change) is not None:
            return True
        dialect, at = self.context.dialect, change.at.at
        stage, pipeline = (
            self.story.line(field).before(at) for field in (dialect.stage, dialect.pipeline)
        )
        meant = self._meaning(stage, pipeline)
        if meant is None:
            return False
        kind = self.context.process.stages_by_id[meant.stage].kind
        return kind in {StageKind.WON, StageKind.LOST}

    def _moved(self, change: Change, stage: str, seq: int) -> Told:
        own = self._own(change, change.value, change.reason, seq)
        self._told.append(stage)
        event = Moved(to=stage, reason=self._reason(change, stage), seq=seq, **own)
        return self._used(change, event)

    def _reason(self, change: Change, stage: str) -> str | None:
        """Return the process's word for why a deal was lost, if there is one."""
        if change.reason is None:
            return None
        known = self.context.process.stages_by_id[stage].reasons
        reason = self.context.mapping.reasons.get(change.reason, change.reason)
        if known and reason not in known:
            self.tally.misread(LOST_REASON, change.path, repr(change.reason))
            return None
        return reason

    # -- What is known --

    def _property(self, change: Change, number: int) -> Iterator[Told]:
        """Yield what a change of the owner or of a fact means."""
        is_owner = change.field == self.context.dialect.owner
        pipeline = self._pipeline_of(change)
        if not self.context.is_ours(pipeline):
            self.tally.leave(change.path, "other_pipeline", f"{pipeline}, {change.field}")
        elif is_owner:
            yield self._assigned(change, change.value, number)
        elif change.value is None:
            self.tally.leave(change.path, "emptied", change.field)
        else:
            yield from self._learned(change, change.value, number)

    def _assigned(self, change: Change, owner: str | None, seq: int) -> Told:
        own = self._own(change, owner, *filter(None, [seq]))
        event = Assigned(owner=self.context.person(owner), seq=seq, **own)
        return self._used(change, event, owner)

    def _learned(self, change: Change, value: str, number: int) -> Iterator[Told]:
        """Yield the facts that a property tells; those that it cannot tell are counted."""
        found = facts_of(change, value, self.context)
        for fact in found.unread:
            self.tally.misread(fact, change.path, repr(value))
        self.tally.flag("other_currency", when=found.is_foreign)
        self.tally.flag("no_currency", when=found.is_assumed)
        # Of two accounts of an amount the one that names its currency stands.
        seq = 2 * number + found.is_stated
        if found.facts:
            own = self._own(change, *found.said, *filter(None, [seq]))
            yield self._used(change, Learned(facts=found.facts, seq=seq, **own))
        else:
            self.tally.use()

    # -- What all have --

    def _used(self, change: Change, event: Event, owner: str | None = None) -> Told:
        """Count a change that is used, and return its event."""
        is_snapshot = change.how is How.SNAPSHOT
        self.tally.use()
        self._flag(change.at, change.by, owner)
        self.tally.flag("snapshot", when=is_snapshot)
        return Told(event, change.signed, is_snapshot)

    def _flag(self, at: Moment, *people: str | None) -> None:
        self.tally.flag_time(at, self.context.naive_zone)
        self.tally.flag("unknown_person", when=self.context.is_unknown(*people))

    def _own(self, change: Change, *said: object) -> dict[str, Any]:
        """Return what every event of a change has, its id included."""
        about = (self.context.source, "deal", change.deal, change.field)
        name = identity(*about, at=change.at.at, said=(*said, change.by, change.at.is_day))
        return {"id": name, **self._common(change.at, change.by)}

    def _common(self, at: Moment, by: str | None) -> dict[str, Any]:
        return {
            "occurred_at": at.at,
            "recorded_at": at.last if at.is_day else None,
            "precision": Precision.DAY if at.is_day else Precision.INSTANT,
            "by": self.context.person(by),
            "source": self.context.source,
        }


def _place_on_path(change: Change) -> tuple[object, ...]:
    # At one instant, too, a stage is reached before the deal is won in it.
    return change.at.at, change.how, change.field == LIFE, change.order, change.value or ""

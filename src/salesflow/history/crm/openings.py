"""How a deal begins: when, in which stage, for whom."""

from __future__ import annotations

import datetime as dt

import attrs

from salesflow.history.crm.context import Context
from salesflow.history.crm.records import Born, Change
from salesflow.history.crm.timelines import DealStory, Timeline
from salesflow.history.crm.times import Moment

AT_ONCE = dt.timedelta(seconds=5)
"""A CRM writes the first values of a new deal a moment before or after the deal."""


@attrs.frozen(kw_only=True)
class Beginning:
    """
    The beginning of a deal in our process.

    Args:
        at: When it was created, or came into one of our pipelines.

        born: What says that it was created.

        pipeline: In which pipeline it begins, if this is known.

        stage: In which stage of the CRM, if this is known.

        is_told: Whether what tells the creation tells the stage.

        is_inferred: Whether the stage is concluded from what came next.

        owner: Whose it is, if this is known.

        stage_change, owner_change: The changes that say no more than this.
    """

    at: Moment
    born: Born
    pipeline: str | None
    stage: str | None
    is_told: bool
    is_inferred: bool
    owner: str | None
    stage_change: Change | None
    owner_change: Change | None


def beginning_of(story: DealStory, context: Context) -> Beginning | None:
    """Return how a deal begins; None if it never was in one of our pipelines."""
    born = min(story.births, key=_rank)
    line = story.line(context.dialect.pipeline)
    at, pipeline, stage = born.at, born.pipeline or line.at(born.at.at), born.stage
    if not context.is_ours(pipeline):
        entered = next((c for c in line.changes if context.is_ours(c.value)), None)
        if entered is None:
            return None
        at, pipeline, stage = entered.at, entered.value, None
    first_stage = _first(at, story.line(context.dialect.stage))
    first_owner = _first(at, story.line(context.dialect.owner))
    owner = born.owner if at == born.at else None
    return Beginning(
        at=at,
        born=born,
        pipeline=pipeline,
        stage=stage or _value_at(at, first_stage),
        is_told=stage is not None,
        is_inferred=stage is None and first_stage is not None and first_stage.at.at != at.at,
        owner=owner or _value_at(at, first_owner),
        stage_change=_said(at, first_stage),
        owner_change=_said(at, first_owner),
    )


def _rank(born: Born) -> tuple[object, ...]:
    """Return the place of a birth: the earliest one, of these the one that says most."""
    said = (born.stage, born.owner, born.by, born.pipeline)
    return born.at.at, [item is None for item in said], [item or "" for item in said], born.signed


def _first(at: Moment, line: Timeline) -> Change | None:
    """Return the first change of a property, from a moment before the beginning on."""
    return next((c for c in line.changes if c.at.at >= at.at - AT_ONCE), None)


def _value_at(at: Moment, first: Change | None) -> str | None:
    """Return the value of a property at the beginning, as far as its first change tells it."""
    if first is None:
        return None
    if first.old is not None and first.at.at > at.at:
        return first.old
    return first.value if abs(first.at.at - at.at) <= AT_ONCE else first.old


def _said(at: Moment, first: Change | None) -> Change | None:
    """Return a change that the beginning says; one that came a moment later is told once more."""
    # Something else may have come in between.
    return first if first is not None and first.at.at <= at.at else None

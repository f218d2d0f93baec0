"""The activities of a deal that stand, each by its latest revision."""

from __future__ import annotations

from collections.abc import Iterable

from salesflow.calendars import to_micros
from salesflow.deal.run import Run
from salesflow.events import Activity, Status


def standing(run: Run) -> tuple[Activity, ...]:
    """Return each activity of a run once, by what was said of it last, in the order of the fold."""
    return latest_revisions(run.story)


def latest_revisions(story: Iterable[object]) -> tuple[Activity, ...]:
    """Return each activity of a story once, by what was said of it last."""
    latest: dict[tuple[str | None, str], Activity] = {}
    for told in story:
        if isinstance(told, Activity):
            key = (told.activity_id, told.id if told.activity_id is None else "")
            latest.pop(key, None)
            latest[key] = told
    return tuple(latest.values())


def done(run: Run) -> tuple[Activity, ...]:
    """Return the activities that stand as done, in the order of the fold."""
    return tuple(event for event in standing(run) if event.status is Status.DONE)


def planned(run: Run) -> tuple[Activity, ...]:
    """Return the activities that stand as planned, in the order of the fold."""
    if not any(isinstance(told, Activity) and told.status is Status.PLANNED for told in run.story):
        return ()
    return tuple(event for event in standing(run) if event.status is Status.PLANNED)


def takes_place(event: Activity) -> int:
    """Return when a planned activity is to take place."""
    return to_micros(event.starts_at or event.occurred_at)

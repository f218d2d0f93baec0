"""Checks on contact gaps (SF3xx): a warning that is too late, a gap too long to matter."""

from __future__ import annotations

from collections.abc import Iterator

from salesflow.calendars import Span
from salesflow.graph.bounds.openings import Openings
from salesflow.graph.checks.findings import Finding, finding
from salesflow.graph.survey import Survey, same_length
from salesflow.process.parts import ContactGap, Mode


def check_gaps(survey: Survey) -> Iterator[Finding]:
    """Yield what is wrong with each contact gap by itself, in its stages, and beside the others."""
    for place, gap in enumerate(survey.process.contact_gaps):
        path = f"contact_gaps[{place}]"
        yield from _warning_too_late(survey, path, gap)
        yield from _longer_than_the_stage(survey, path, gap)
        yield from _nothing_of_its_own(survey, path, place)


def _warning_too_late(survey: Survey, path: str, gap: ContactGap) -> Iterator[Finding]:
    """SF308: a warning that comes at the instant of the breach, or later."""
    if gap.warn is None:
        return
    if same_length(gap.warn, gap.max):
        what = "at the very instant of its breach"
    elif gap.warn.measure != gap.max.measure and _never_before(survey, gap.warn, gap.max):
        what = f"which (holds aside) is never before its breach after {gap.max}"
    else:
        return
    yield finding(
        "SF308",
        f"{path}.warn",
        f"gap {gap.id!r} warns after {gap.warn}, {what}",
        "Warn earlier",
    )


def _never_before(survey: Survey, one: Span, other: Span) -> bool:
    measures = frozenset((one.measure, other.measure))
    return all(
        Openings(calendar, measures).is_never_before(one, other)
        for calendar in survey.calendars.values()
    )


def _longer_than_the_stage(survey: Survey, path: str, gap: ContactGap) -> Iterator[Finding]:
    """SF302: a limit on the age of a stage that ends before a gap that starts with it."""
    watched = [stage for stage in survey.kinds if stage in survey.watched[gap.id]]
    limits = ((timer, stage) for stage in watched for timer in survey.limits[stage])
    seen = set()
    for timer, stage in limits:
        if (
            timer.id not in seen
            and timer.after is not None
            and timer.when in (None, gap.when)
            and survey.is_surely_shorter(timer.after, gap.max)
        ):
            seen.add(timer.id)
            yield finding(
                "SF302",
                f"{path}.max",
                f"gap {gap.id!r} is longer than stage {stage!r} may last: {gap.max}, and timer"
                f" {timer.id!r} ends after {timer.after}; there it sees only deals that were silent"
                " before they came in, or that stay too long",
                "Make the gap shorter, or let the stage last longer",
            )


def _nothing_of_its_own(survey: Survey, path: str, place: int) -> Iterator[Finding]:
    """SF318: wherever the gap is breached, another one already is."""
    gap = survey.process.contact_gaps[place]
    for number, other in enumerate(survey.process.contact_gaps):
        # Of two that are alike, the first has been there before.
        if (
            other is not gap
            and _covers(survey, other, gap)
            and (number < place or not _covers(survey, gap, other))
        ):
            yield finding(
                "SF318",
                f"{path}.max",
                f"gap {gap.id!r} adds nothing: wherever it is breached, after {gap.max}, gap"
                f" {other.id!r} already is, after {other.max}, unless that one is overridden",
                "Make it shorter, let them apply to different deals, or remove it",
            )
            return


_STRENGTH = (Mode.OBSERVE, Mode.WARN, Mode.ENFORCE)


def _covers(survey: Survey, one: ContactGap, other: ContactGap) -> bool:
    """Return whether everything that *other* does has been done by *one* before, or is no news."""
    mode = survey.process.mode_of
    return (
        not other.escalate
        and survey.watched[other.id] <= survey.watched[one.id]
        and one.when in (None, other.when)
        and survey.counts_all_of(other.touch, one.touch)
        and _STRENGTH.index(mode(one)) >= _STRENGTH.index(mode(other))
        and _not_later(survey, one.max, other.max)
        and (other.warn is None or _not_later(survey, one.warn or one.max, other.warn))
    )


def _not_later(survey: Survey, one: Span, other: Span) -> bool:
    return same_length(one, other) or survey.is_surely_shorter(one, other)

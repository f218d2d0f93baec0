"""Histories of deals: what may happen under a process, when rules are most likely to be wrong."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator

from salesflow.calendars import Span
from salesflow.deal import Deal
from salesflow.events import Event
from salesflow.process.model import Process
from salesflow.testing.events import Draw, event_of, opening_of
from salesflow.testing.extras import st

MONDAY = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
"""Where time begins, unless said otherwise; that week American clocks change."""
LONGEST = dt.timedelta(days=400)
"""Longer spans are not stepped over."""

_HOUR, _MICROSECOND = dt.timedelta(hours=1), dt.timedelta(microseconds=1)
_STEPS = st.sampled_from([0, 0, 1, 30, 100, -2]).map(lambda hours: hours * _HOUR)
_BESIDE = st.sampled_from([0, 0, 1, -1]).map(lambda count: count * _MICROSECOND)


@st.composite
def instants(draw: Draw, process: Process, *, start: dt.datetime = MONDAY) -> dt.datetime:
    """
    Return a strategy of instants, most of them where something may be due.

    Args:
        draw: Given by Hypothesis.

        process: Whose spans are stepped over.

        start: The earliest, give or take.
    """
    at = start
    for _ in range(draw(st.integers(0, 3))):
        at = draw(_after(process, at))
    return max(at, start)


def _after(process: Process, at: dt.datetime) -> st.SearchStrategy[dt.datetime]:
    """Return instants so long after *at* as the process says somewhere, and some others."""
    return st.builds(
        lambda step, beside: _later(process, at, step) + beside, _steps(process), _BESIDE
    )


@functools.lru_cache(maxsize=16)
def _steps(process: Process) -> st.SearchStrategy[Span | dt.timedelta]:
    spans = list(dict.fromkeys(_spans(process)))
    return st.sampled_from(spans) | _STEPS if spans else _STEPS


def _later(process: Process, at: dt.datetime, step: Span | dt.timedelta) -> dt.datetime:
    if isinstance(step, dt.timedelta):
        return at + step
    try:
        return min(process.calendar.add(at, step), at + LONGEST)
    except ValueError:  # beyond the years that the calendar knows
        return at


def _spans(process: Process) -> Iterator[Span]:
    """Yield every span that a process names."""
    for gap in process.contact_gaps:
        yield from filter(None, (gap.warn, gap.max))
        yield from (step.after for step in gap.escalate)
    for timer in process.timers:
        yield from filter(None, (timer.after, timer.before, timer.notice))
        yield from (step.after for step in timer.escalate)
        if (windows := timer.postpone) is not None:
            yield from filter(None, (windows.inbound, windows.planned, windows.at_most))
    for play in process.plays:
        yield from filter(None, (play.within, play.after, play.before, play.every))
    limits = (process.holds.longest, *(fact.valid_for for fact in process.facts))
    yield from filter(None, limits)


@st.composite
def histories(
    draw: Draw, process: Process, *, start: dt.datetime = MONDAY, most: int = 12
) -> list[Event]:
    """
    Return a strategy of histories: an opening, then other events, in no order of time.

    Args:
        draw: Given by Hypothesis.

        process: What the deal runs under.

        start: When it opens.

        most: How many events there are beside the opening, at most.
    """
    events: list[Event] = [draw(opening_of(process)).at(start, id="o")]
    known = [start]
    for number in range(draw(st.integers(0, most))):
        at = draw(_after(process, draw(st.sampled_from(known))))
        known.append(at)
        events.append(draw(event_of(process, f"e{number}", at, events)))
    return events


def deals(
    process: Process, *, start: dt.datetime = MONDAY, most: int = 12
) -> st.SearchStrategy[Deal]:
    """
    Return a strategy of live deals, each with a history.

    Args:
        process: What they run under.

        start: When they open.

        most: How many events there are beside the opening, at most.

    >>> from hypothesis import find
    >>> from salesflow.process import load_process
    >>> late = MONDAY + dt.timedelta(days=40)
    >>> find(
    ...     deals(load_process("six-step")),
    ...     lambda deal: deal.state(late).outcome == "lost",
    ... ).state(late).stage
    'lost'
    """
    return histories(process, start=start, most=most).map(
        lambda events: Deal.replay(process, events)
    )

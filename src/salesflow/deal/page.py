"""A deal in a notebook: how it stands, and why, as tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from salesflow.english import clock_text, percent
from salesflow.markup import heading, line, page, table

if TYPE_CHECKING:
    from salesflow.deal.explanation import ClockStory, Explanation
    from salesflow.deal.state import Clock, DealState


def state_html(state: DealState) -> str:
    """Return the state of a deal as a piece of HTML."""
    return page(*_head(state), *_clocks(state), *_facts(state), *_beside(state))


def explanation_html(found: Explanation) -> str:
    """Return an explanation as a piece of HTML: the clocks as a table, the rest in words."""
    _, *parts = found.text.split("\n\n")
    said = [_part(part) for part in parts if not part.startswith("Clocks\n")]
    return page(*_head(found.state), *_stories(found), *said)


def _head(state: DealState) -> tuple[str, str]:
    owner = f", of {state.owner}" if state.owner else ""
    at = clock_text(state.at, state.zone)
    unsure = ", as far as is known" if state.uncertain else ""
    said = f"in {state.stage} since {clock_text(state.entered_at, state.zone)}, {state.status}"
    return heading(f"{state.id}{owner}, {at}"), line(f"{said}{unsure}")


def _clocks(state: DealState) -> Iterator[str]:
    if state.clocks:
        rows = (_clock(state.zone, clock) for clock in state.clocks)
        yield table(("rule", "status", "ends", "used"), rows, left=3)


def _clock(zone: str, clock: Clock) -> tuple[str, str, str, str]:
    ends = "" if clock.due_at is None else clock_text(clock.due_at, zone)
    return clock.rule, clock.status.value, ends, _share(clock.used)


def _stories(found: Explanation) -> Iterator[str]:
    if found.clocks:
        rows = (_story(found.state.zone, clock) for clock in found.clocks)
        yield table(("rule", "status", "since", "ends", "of", "used"), rows, left=5)


def _story(zone: str, clock: ClockStory) -> tuple[str, str, str, str, str, str]:
    since = clock_text(clock.started_at, zone)
    ends = "" if clock.due_at is None else clock_text(clock.due_at, zone)
    allowed = "" if clock.allowed is None else str(clock.allowed)
    return clock.rule, clock.status.value, since, ends, allowed, _share(clock.used)


def _facts(state: DealState) -> Iterator[str]:
    if state.facts:
        said = {True: "true", False: "false"}
        rows = (
            (name, said[value] if isinstance(value, bool) else str(value))
            for name, value in state.facts.items()
        )
        yield table(("fact", "value"), rows, left=2)


def _beside(state: DealState) -> Iterator[str]:
    """Yield what is out of the ordinary: time that does not count, and deviations."""
    for hold in state.holds:
        begins, ends = (clock_text(at, state.zone) for at in (hold.from_at, hold.until))
        yield line(f"on hold {begins} to {ends}")
    for deviation in state.deviations:
        at = clock_text(deviation.event.occurred_at, state.zone)
        passed = "; ".join(obstacle.message for obstacle in deviation.obstacles)
        yield line(f"{at} {deviation.event.kind_name}, against the process: {passed}")


def _part(part: str) -> str:
    """Return a paragraph of the words: its title, and a line for each of its lines."""
    title, *lines = part.split("\n")
    return heading(title) + "".join(line(each.strip()) for each in lines)


def _share(used: float | None) -> str:
    return "" if used is None else percent(used)

"""The changes of one deal, property by property, in the order in which they happened."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Sequence

import attrs

from salesflow.history.crm.records import Born, Change, How


@attrs.frozen
class Timeline:
    """
    The values of one property of a deal.

    Args:
        changes: In the order in which they happened.
    """

    changes: tuple[Change, ...] = ()

    @property
    def first(self) -> Change | None:
        """The earliest change that is known."""
        return self.changes[0] if self.changes else None

    def at(self, when: dt.datetime) -> str | None:
        """
        Return the value at an instant; None if it was empty, or is not known.

        What is only known as of some change is taken to have held before that, too.
        """
        held = [change for change in self.changes if change.at.at <= when]
        if held:
            return held[-1].value
        first = self.first
        if first is None:
            return None
        return first.value if first.how is How.SNAPSHOT else first.old

    def before(self, when: dt.datetime) -> str | None:
        """Return the value that was set last before an instant; None if none is known."""
        held = [change.value for change in self.changes if change.at.at < when]
        return held[-1] if held else None


@attrs.frozen
class DealStory:
    """
    What is known about one deal.

    Args:
        id: The deal's id.

        births: What says that it was created.

        lines: Its changes, by property.
    """

    id: str
    births: tuple[Born, ...]
    lines: dict[str, Timeline]

    def line(self, field: str) -> Timeline:
        """Return the changes of a property."""
        return self.lines.get(field, Timeline())


def place(change: Change) -> tuple[object, ...]:
    """Return where a change stands among all of a deal, whatever order they came in."""
    return (
        change.at.at,
        change.how,
        change.order,
        change.field,
        change.value or "",
        change.by or "",
    )


def distinct(changes: Iterable[Change]) -> list[Change]:
    """
    Return the changes in order; of those that say the same, the one that says most.

    It has the last of their places: a value that was set twice in one second held after the second.
    """
    best: dict[tuple[object, ...], Change] = {}
    last: dict[tuple[object, ...], tuple[int, str]] = {}
    for change in changes:
        key = (change.field, change.at.at, change.value)
        if key not in best or _informed(change) > _informed(best[key]):
            best[key] = change
        told = (*key, change.how)
        last[told] = max(change.order, last.get(told, change.order))
    kept = (
        change if change.order == order else attrs.evolve(change, order=order)
        for key, change in best.items()
        for order in [last[*key, change.how]]
    )
    return sorted(kept, key=place)


def _informed(change: Change) -> tuple[object, ...]:
    """Return how much a change says; where two say as much, something that tells them apart."""
    said = (change.by, change.old, change.pipeline, change.currency, change.reason)
    return (
        -change.how,
        sum(item is not None for item in said),
        tuple(item or "" for item in said),
        change.order,
        change.signed,
        change.at.is_naive,
        change.is_closed is not None,
        bool(change.is_closed),
    )


def without_repeats(changes: Iterable[Change]) -> Iterator[Change]:
    """Yield the changes of one property without those that only say again what holds already."""
    latest: Change | None = None
    for change in changes:
        if change.how is How.CHANGED or latest is None or latest.value != change.value:
            yield change
        latest = change


def timelines(changes: Iterable[Change]) -> dict[str, Timeline]:
    """Return the changes of one deal by property."""
    by_field: dict[str, list[Change]] = {}
    for change in distinct(changes):
        by_field.setdefault(change.field, []).append(change)
    return {name: Timeline(tuple(without_repeats(said))) for name, said in by_field.items()}


def numbered(changes: Sequence[Change]) -> Iterator[tuple[int, Change]]:
    """Yield the changes, each with its number among those of the same instant."""
    for _, same in itertools.groupby(changes, key=lambda change: change.at.at):
        yield from enumerate(same)

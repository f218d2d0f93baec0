"""What two simulations differ in: as data, as a table, and in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import attrs

from salesflow.english import count_of
from salesflow.markup import heading, line, page, table
from salesflow.process.names import did_you_mean, listed
from salesflow.simulation.estimates import Estimate
from salesflow.simulation.figures import DAYS, NUMBER, SHARE, said
from salesflow.simulation.frames import Tabular
from salesflow.simulation.outcomes import Outcome
from salesflow.simulation.result import SimulationResult
from salesflow.simulation.summary import SHARED
from salesflow.text_tables import aligned

_MOST_CHANGES = 5


@attrs.frozen(kw_only=True)
class Difference:
    """
    One figure of two simulations.

    Args:
        name: What it says.

        unit: As in `salesflow.simulation.figures.Figure`.

        before, after: The figure in the first and in the second simulation; None: it cannot be
            said.

        difference: *after* less *before*, with the 95 % interval of the pairs.
    """

    name: str
    unit: str
    before: float | None
    after: float | None
    difference: Estimate

    @property
    def is_certain(self) -> bool:
        """Whether the interval leaves out 0: the figures differ beyond chance."""
        return self.difference.is_above_zero or self.difference.is_below_zero


def _are_two(_: object, __: attrs.Attribute[tuple[str, str]], names: tuple[str, str]) -> None:
    """Refuse what are not the names of two sides."""
    given_ones: object = names
    if (
        not isinstance(given_ones, tuple | list)
        or len(given_ones) != 2  # noqa: PLR2004 - two sides
        or not all(isinstance(name, str) for name in given_ones)
    ):
        raise ValueError(f"names: {names!r:.60}, expected two, such as ('5 days', '9 days')")


@attrs.frozen(kw_only=True, repr=False)
class Differences(Tabular):
    """
    Figures before and after, each with the difference: by name, as a table, and in words.

    Args:
        names: What the two sides are called.

        differences: Figure by figure.
    """

    names: tuple[str, str] = attrs.field(validator=_are_two)
    differences: tuple[Difference, ...]

    def __len__(self) -> int:
        return len(self.differences)

    def __iter__(self) -> Iterator[Difference]:
        return iter(self.differences)

    def __getitem__(self, name: str) -> Difference:
        """
        Return a figure by its name, such as ``won``.

        Raises:
            KeyError: If there is none of that name.
        """
        found = {each.name: each for each in self.differences}
        if name not in found:
            hint = did_you_mean(name, found) or f"; there are {listed(found)}"
            raise KeyError(f"no figure named {name!r}{hint}")
        return found[name]

    def _table(self) -> dict[str, list[Any]]:
        return {
            "figure": [each.name for each in self.differences],
            "unit": [each.unit for each in self.differences],
            "before": [each.before for each in self.differences],
            "after": [each.after for each in self.differences],
            "difference": [each.difference.value for each in self.differences],
            "low": [each.difference.low for each in self.differences],
            "high": [each.difference.high for each in self.differences],
        }

    def __str__(self) -> str:
        rows = [_head(self.names), *map(_row, self._told())]
        return "\n".join([*self._lines(), "", *aligned(rows)])

    def _repr_html_(self) -> str:
        parts = [heading(f"{self.names[0]} → {self.names[1]}"), *map(line, self._lines())]
        return page(*parts, table(_head(self.names), map(_row, self._told())))

    def _told(self) -> Iterable[Difference]:
        """Return the figures that are shown."""
        return self.differences

    def _lines(self) -> Iterator[str]:
        """Yield what has to be known to read the figures."""
        raise NotImplementedError


@attrs.frozen(kw_only=True, repr=False)
class Comparison(Differences):
    """
    Two simulations of the same deals, held against each other deal by deal.

    Args:
        before, after: The simulations.

        names: What they are called.

        count: How many deals are compared.

        differing: The share of deals that came to another outcome, with Wilson's interval.

        touched: The share of deals for which anything is different.

        changes: How many deals went from which outcome to which other one, most frequent first.

        deals: The numbers of these deals.

        differences: Figure by figure. Days until a deal is closed are counted from its coming up
            to the time for which every deal was followed, so that none is censored.

        followed_days: How long that is, where some deal is not closed by then. None: all are.

    Where deals wait for the same reps, pairs depend on each other: then there are no intervals, and
    `salesflow.simulation.Replications.against` has those over several runs.
    """

    before: SimulationResult
    after: SimulationResult
    count: int
    differing: Estimate
    touched: Estimate
    changes: tuple[tuple[Outcome, Outcome, int], ...]
    deals: tuple[int, ...]
    followed_days: float | None

    @property
    def shared(self) -> bool:
        """Whether deals waited for the same reps in one of them."""
        return any(each.behaviour.capacity is not None for each in (self.before, self.after))

    def __repr__(self) -> str:
        share = _said_share(self.differing)
        return f"<Comparison of {count_of(self.count, 'deal')}: {share} came to another outcome>"

    def _lines(self) -> Iterator[str]:
        yield (
            f"{count_of(self.count, 'matched deal')}: "
            f"{_said_share(self.differing)} came to another outcome, "
            f"{_said_share(self.touched)} went otherwise in anything"
        )
        if self.shared:
            yield SHARED
        for one, two, count in self.changes[:_MOST_CHANGES]:
            yield f"  {count:,} {one} → {two}"
        rest = self.changes[_MOST_CHANGES:]
        if rest:
            yield f"  {sum(count for _, _, count in rest):,} otherwise"
        if self.followed_days is not None:
            days = said(self.followed_days, DAYS)
            yield f"Days until closed end after {days} days: for so long every deal was followed."


def _said_share(estimate: Estimate) -> str:
    """Return a share as people read it."""
    return "none" if estimate.value is None else f"{said(estimate.value, SHARE)} %"


def _head(names: tuple[str, str]) -> tuple[str, ...]:
    return ("", "", *names, "difference", "95 % interval")


def _row(each: Difference) -> tuple[str, ...]:
    unit = {SHARE: "%", NUMBER: ""}.get(each.unit, each.unit)
    found = each.difference
    ends = [_number(number, each.unit) for number in (each.before, each.after)]
    interval = ""
    if found.low is not None and found.high is not None:
        interval = f"{_signed(found.low, each.unit)} to {_signed(found.high, each.unit)}"
    change = "" if found.value is None else _signed(found.value, each.unit)
    return each.name, unit, *ends, change, interval


def _number(number: float | None, unit: str) -> str:
    return "" if number is None else said(number, unit)


def _signed(number: float, unit: str) -> str:
    text = said(number, unit)
    return text if text.startswith("-") or not text.strip("0.,") else f"+{text}"

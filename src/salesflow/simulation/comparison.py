"""What two simulations differ in: as data, as a table, and in words."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import attrs

from salesflow.markup import heading, line, page, table
from salesflow.simulation.estimates import Estimate
from salesflow.simulation.extras import np
from salesflow.simulation.figures import NUMBER, SHARE, said
from salesflow.simulation.frames import Tabular
from salesflow.simulation.outcomes import Outcome, outcomes_of
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


@attrs.frozen(kw_only=True, repr=False)
class Comparison(Tabular):
    """
    Two simulations of the same deals, held against each other deal by deal.

    Args:
        before, after: The simulations.

        names: What they are called.

        count: How many deals are compared.

        differing: The share of deals that came to another outcome, with Wilson's interval.

        touched: The share of deals for which anything is different.

        changes: How many deals went from which outcome to which other one, most frequent first.

        differences: Figure by figure. Days until a deal is closed are counted from its coming up
            to the time for which every deal was followed, so that none is censored.

    Where deals wait for the same reps, pairs depend on each other: then there are no intervals, and
    `salesflow.simulation.Replications.against` has those over several runs.
    """

    before: SimulationResult
    after: SimulationResult
    names: tuple[str, str]
    count: int
    differing: Estimate
    touched: Estimate
    changes: tuple[tuple[Outcome, Outcome, int], ...]
    differences: tuple[Difference, ...]

    def __getitem__(self, name: str) -> Difference:
        """
        Return a figure by its name, such as ``won``.

        Raises:
            KeyError: If there is none of that name.
        """
        return {each.name: each for each in self.differences}[name]

    @functools.cached_property
    def deals(self) -> tuple[int, ...]:
        """The numbers of the deals that came to another outcome."""
        one, two = (outcomes_of(each.columns, each.process) for each in (self.before, self.after))
        return tuple(np.flatnonzero(one != two).tolist())

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

    @property
    def shared(self) -> bool:
        """Whether deals waited for the same reps in one of them."""
        return any(each.behaviour.capacity is not None for each in (self.before, self.after))

    def __repr__(self) -> str:
        share = _said_share(self.differing)
        return f"<Comparison of {self.count:,} deals: {share} came to another outcome>"

    def __str__(self) -> str:
        return _as_text(self)

    def _repr_html_(self) -> str:
        return _as_html(self)


def _as_text(comparison: Comparison) -> str:
    """Return a comparison as plain text."""
    rows = [_head(comparison.names), *map(_row, comparison.differences)]
    return "\n".join([*_lines(comparison), "", *aligned(rows)])


def _as_html(comparison: Comparison) -> str:
    """Return a comparison as a piece of HTML."""
    names = comparison.names
    parts = [heading(f"{names[0]} → {names[1]}"), *map(line, _lines(comparison))]
    return page(*parts, table(_head(names), map(_row, comparison.differences)))


def _lines(comparison: Comparison) -> Iterator[str]:
    yield (
        f"{comparison.count:,} matched deals: "
        f"{_said_share(comparison.differing)} came to another outcome, "
        f"{_said_share(comparison.touched)} went otherwise in anything"
    )
    if comparison.shared:
        yield SHARED
    for one, two, count in comparison.changes[:_MOST_CHANGES]:
        yield f"  {count:,} {one} → {two}"
    rest = comparison.changes[_MOST_CHANGES:]
    if rest:
        yield f"  {sum(count for _, _, count in rest):,} otherwise"


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

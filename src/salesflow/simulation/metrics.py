"""Figures by short names, for grids and plots."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

import attrs

from salesflow.process.names import did_you_mean, listed
from salesflow.simulation.estimates import Estimate
from salesflow.simulation.figures import DAYS, HOURS, MONEY, NUMBER, SHARE
from salesflow.simulation.outcomes import Outcome
from salesflow.simulation.summary import Summary


@attrs.frozen
class Metric:
    """
    A figure of a summary.

    Args:
        title: What it says.

        unit: As in `salesflow.simulation.figures.Figure`.

        of: What reads it off.
    """

    title: str
    unit: str
    of: Callable[[Summary], Estimate]


_NEVER = Outcome.NEVER_OPENED
_IF_ANY = frozenset({"never_opened", "days_to_open", "value_per_deal"})

METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        "won": Metric("won", SHARE, lambda summary: summary.share("won")),
        "silence": Metric("lost: silence", SHARE, lambda s: s.share("lost: silence")),
        "lost": Metric("lost, for whatever reason", SHARE, lambda s: s.share("lost")),
        "never_opened": Metric("lost: never opened", SHARE, lambda s: s.share(_NEVER)),
        "win_rate": Metric("win rate of decided deals", SHARE, lambda s: s.win_rate),
        "late": Metric("deals with a breach", SHARE, lambda s: s.late_share),
        "breaches": Metric(
            "breaches of contact gaps a deal", NUMBER, lambda s: s.per_deal("breaches")
        ),
        "touches": Metric("touches for each deal", NUMBER, lambda s: s.per_deal("touches")),
        "touches_per_win": Metric("touches for each win", NUMBER, lambda s: s.per_win("touches")),
        "rep_hours_per_win": Metric("rep-hours per win", HOURS, lambda s: s.rep_hours_per_win),
        "value_per_deal": Metric("value won for each deal", MONEY, lambda s: s.per_deal("value")),
        "days_to_open": Metric("half are opened by", DAYS, lambda s: s.days_to_open()),
        "days_to_win": Metric("half of wins are won by", DAYS, lambda s: s.days_to("won")),
        "days_to_close": Metric("half of deals are closed by", DAYS, lambda s: s.cycle_days()),
    }
)
"""The figures that a grid has of each cell."""


def says_something(name: str, estimates: Iterable[Estimate]) -> bool:
    """Return whether a figure can be said, and is not about limits or values that nobody has."""
    values = [each.value for each in estimates if each.value is not None]
    return any(values) if name in _IF_ANY else bool(values)


def metric(name: str) -> Metric:
    """
    Return a figure by its short name.

    Raises:
        ValueError: If there is none of that name.
    """
    if name not in METRICS:
        hint = did_you_mean(name, METRICS) or f"; there are {listed(METRICS)}"
        raise ValueError(f"metric: {name!r}, expected the name of a figure{hint}")
    return METRICS[name]

"""The figures of a summary, one by one, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from salesflow.english import percent
from salesflow.process.parts import StageKind
from salesflow.simulation.deal_tally import DealTally
from salesflow.simulation.estimates import Estimate
from salesflow.simulation.outcomes import OUTCOMES

PERCENTILES = (0.5, 0.85, 0.95)
"""The shares of deals that times are told for."""
SHARE, DAYS, HOURS, NUMBER = "share", "days", "hours", "number"
"""Units; a value is in the currency of the process, or in `MONEY` if it names none."""
MONEY = "money"
_NARROW, _MOST_MORE = 5, 2
"""An interval narrower than so many units of its last place is shown with more, up to so many."""
_CAME_TO = "Deals that came to"
_PLACES = {SHARE: 1, DAYS: 1, HOURS: 1, NUMBER: 2}


@attrs.frozen(kw_only=True)
class Figure:
    """
    One figure of a summary.

    Args:
        group: What it is about.

        name: What it says; of a stage its id.

        title: The same as people read it: of a stage what it is called.

        unit: ``share`` (from 0 to 1), ``days`` (of 24 hours), ``hours``, ``number``, or the
            currency.

        estimate: The figure, with its 95 % interval.

        interval: How the interval is made; ``none``: there is none, as deals depend on each other.

        count: How many deals the figure speaks of, where it is a share or there are none.
    """

    group: str
    name: str
    unit: str
    estimate: Estimate
    interval: str
    count: int | None = None
    title: str = attrs.field(default=attrs.Factory(lambda self: self.name, takes_self=True))

    def shown(self) -> tuple[str, str]:
        """Return the figure and its interval as people read them."""
        found = self.estimate
        if found.value is None:
            return "not reached" if self.unit == DAYS else "cannot be said", ""
        more = _more_places(found, self.unit)
        ends = (found.low, found.high)
        low, high = ("…" if end is None else said(end, self.unit, more) for end in ends)
        word = "%" if self.unit == SHARE else "" if self.unit == NUMBER else self.unit
        value = f"{said(found.value, self.unit, more)} {word}".strip()
        return value, "" if ends == (None, None) else f"{low} to {high}"


def said(number: float, unit: str, more: int = 0) -> str:
    """
    Return a number as people read it: shares in percent, money in whole units.

    Args:
        number: The number.

        unit: Of it.

        more: How many more places it has than usual.
    """
    scaled = number * 100 if unit == SHARE else number
    text = f"{scaled:,.{_PLACES.get(unit, 0) + more}f}"
    return text.removeprefix("-") if not text.strip("-0.,") else text


def _more_places(found: Estimate, unit: str) -> int:
    """Return how many more places show that a narrow interval has a width."""
    if found.low is None or found.high is None or unit not in _PLACES:
        return 0
    width = (found.high - found.low) * (100 if unit == SHARE else 1)
    more = 0
    while 0 < width < _NARROW * 10.0 ** -(_PLACES[unit] + more) and more < _MOST_MORE:
        more += 1
    return more


def figures_of(summary: DealTally) -> Iterator[Figure]:
    """Yield the figures of a summary."""
    for figure in _each(summary):
        yield attrs.evolve(figure, interval="none") if summary.shared else figure


def _each(summary: DealTally) -> Iterator[Figure]:
    yield from _outcomes(summary)
    yield from _intake(summary)
    yield from _times(summary)
    yield from _costs(summary)
    yield from _stages(summary)


def _outcomes(summary: DealTally) -> Iterator[Figure]:
    group = "What became of the deals"
    for outcome in OUTCOMES:
        count = summary.counts[outcome]
        share = summary.share(outcome)
        yield _figure(group, outcome.value, SHARE, share, "Wilson", count)
    name = "win rate of decided deals"
    yield _figure(group, name, SHARE, summary.win_rate, "Wilson", summary.won + summary.lost)
    if not summary.sums["value"].total:
        return
    value = summary.value_won
    yield _figure(group, "value won", summary.currency or MONEY, value, "Student")
    each = summary.value_per_win
    yield _figure(group, "value of a won deal", summary.currency or MONEY, each, "Student")


def _intake(summary: DealTally) -> Iterator[Figure]:
    """Yield how long deals wait to be opened, where any did."""
    if not summary.intake.hours.any():
        return
    group = "From its coming on, of the deals that are opened at all"
    for share in PERCENTILES:
        found = summary.days_to_open(share)
        yield _figure(group, f"{percent(share)} are opened by", DAYS, found, "Aalen-Johansen")


def _times(summary: DealTally) -> Iterator[Figure]:
    group = "From the opening on; deals that are open or parked still are kept"
    for share in PERCENTILES:
        found = summary.cycle_days(share)
        yield _figure(
            group, f"{percent(share)} of deals are closed by", DAYS, found, "Brookmeyer-Crowley"
        )
    for share in PERCENTILES:
        found = summary.days_to("won", share)
        yield _figure(group, f"{percent(share)} of wins are won by", DAYS, found, "Aalen-Johansen")


def _costs(summary: DealTally) -> Iterator[Figure]:
    group = "What it took"
    if summary.sums["worked"].total:
        found = summary.rep_hours_per_win
        yield _figure(group, "rep-hours per win", HOURS, found, "Fieller")
    touches = summary.per_win("touches")
    yield _figure(group, "touches for each win", NUMBER, touches, "Fieller")
    yield _figure(group, "touches for each deal", NUMBER, summary.per_deal("touches"), "Student")
    if summary.sums["holds"].total:
        yield _figure(group, "holds for each deal", NUMBER, summary.per_deal("holds"), "Student")
    if summary.sums["overrides"].total:
        found = summary.per_deal("overrides")
        yield _figure(group, "overrides for each deal", NUMBER, found, "Student")
    breaches = summary.per_deal("breaches")
    yield _figure(group, "breaches of contact gaps a deal", NUMBER, breaches, "Student")
    yield _figure(group, "deals with a breach", SHARE, summary.late_share, "Wilson", summary.late)


def _stages(summary: DealTally) -> Iterator[Figure]:
    for stage in summary.stages:
        if stage.kind is StageKind.OPEN:
            reached = summary.reached(stage.stage)
            found = _figure(_CAME_TO, stage.stage, SHARE, reached, "Wilson", stage.deals)
            yield attrs.evolve(found, title=stage.name)
    group = "Time in stage of half of the deals there"
    for stage in summary.stages:
        if stage.kind is StageKind.OPEN:
            days = summary.stage_days(stage.stage)
            nobody = None if stage.deals else 0
            found = _figure(group, stage.stage, DAYS, days, "Brookmeyer-Crowley", nobody)
            yield attrs.evolve(found, title=stage.name)


def _figure(  # noqa: PLR0917 - as a row of a table
    group: str, name: str, unit: str, estimate: Estimate, interval: str, count: int | None = None
) -> Figure:
    return Figure(
        group=group, name=name, unit=unit, estimate=estimate, interval=interval, count=count
    )


def groups(figures: Iterable[Figure]) -> dict[str, list[Figure]]:
    """Return figures by what they are about, in their order."""
    found: dict[str, list[Figure]] = {}
    for figure in figures:
        found.setdefault(figure.group, []).append(figure)
    return found

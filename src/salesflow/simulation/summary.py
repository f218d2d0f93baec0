"""The summary of a simulation: figures as a table, on one screen of plain text, and as HTML."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import attrs

from salesflow.english import count_of
from salesflow.markup import heading, line, page, table
from salesflow.simulation.deal_tally import DealTally
from salesflow.simulation.figures import Figure, figures_of, groups
from salesflow.simulation.frames import Tabular
from salesflow.text_tables import aligned

SHARED = "Deals wait for the same reps: intervals take several runs (replicate, --runs)."
_HEAD = ("", "", "95 % interval", "deals")
_HEAD_OF_ONE = ("", "", "", "deals")


@attrs.frozen(kw_only=True, repr=False)
class Summary(DealTally, Tabular):
    """
    What became of simulated deals, as figures with 95 % intervals.

    Shares have Wilson's interval, means Student's, ratios Fieller's, percentiles of times that
    of Brookmeyer and Crowley; see `salesflow.simulation.estimates` and `…survival`. Deals that are
    open or parked at the end are censored: they count for as long as they were seen, and are never
    dropped. Two summaries of the same process can be added.

    Where deals waited for the same reps they depend on each other, so that no interval of one run
    would hold: then figures have none, and `salesflow.simulation.replicate` makes several runs.

    Args:
        process_id, process_version, process_hash: Whose deals they are.

        currency: Of values; None: the process names none.

        until: The end: nothing happens later. None: parts that ended at different instants.

        shared: Whether deals waited for the same reps.

        deals: How many were asked for, without those that are left out.

        left_out: How many came while it was warming up; nothing else is said of them.

        arrived: How many came by the end; every share is one of these.

        opened: How many of those were opened: all of them, unless open deals are limited.

        counts: How many of those that came came to each outcome.

        late: How many breached a contact gap.

        unvalued: Won deals of which nobody knows what they are worth; they count as nothing.

        sums: Of touches, values, … over the deals; *worked* is what they kept reps for, as the
            behaviour says, in microseconds; *value* is in ten-thousandths.

        won_sums: The same over the won deals only.

        cycle: How long it took from the opening until a deal was won or lost.

        intake: How long it took from its coming until a deal was opened, or left unopened.

        stages, rules: One by one, in the order of the process.
    """

    @functools.cached_property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure, with its unit and its interval."""
        return tuple(figures_of(self))

    def _table(self) -> dict[str, list[Any]]:
        return {
            "group": [figure.group for figure in self.figures],
            "figure": [figure.name for figure in self.figures],
            "value": [figure.estimate.value for figure in self.figures],
            "low": [figure.estimate.low for figure in self.figures],
            "high": [figure.estimate.high for figure in self.figures],
            "unit": [figure.unit for figure in self.figures],
            "interval": [figure.interval for figure in self.figures],
        }

    def __repr__(self) -> str:
        return (
            f"<Summary of {count_of(self.arrived, 'deal')}: {self.won:,} won, {self.lost:,} lost>"
        )

    def __str__(self) -> str:
        return _as_text(self)

    def _repr_html_(self) -> str:
        return _as_html(self)


def _as_text(summary: Summary) -> str:
    """Return a summary as plain text, 80 columns wide unless sums are very large."""
    told = groups(_told(summary))
    rows = iter(aligned(_row(figure) for figures in told.values() for figure in figures))
    lines = [_title(summary), *_notes(summary)]
    for group, figures in told.items():
        lines += ["", group, *(f"  {next(rows)}" for _ in figures)]
    return "\n".join(lines)


def _as_html(summary: Summary) -> str:
    """Return a summary as a piece of HTML."""
    parts = [heading(_title(summary)), *(line(note, faint=True) for note in _notes(summary))]
    head = _HEAD_OF_ONE if summary.shared else _HEAD
    for group, figures in groups(_told(summary)).items():
        parts += [
            heading(group),
            table(head, map(_row, figures)),
        ]
    return page(*parts)


def _title(summary: Summary) -> str:
    """Return what was simulated."""
    until = "" if summary.until is None else f", up to {summary.until:%Y-%m-%d %H:%M} UTC"
    what = f"{summary.process_id} {summary.process_version}"
    return f"{what}: {count_of(summary.arrived, 'simulated deal')}{until}"


def _notes(summary: Summary) -> Iterator[str]:
    """Yield what has to be known to read the figures."""
    if summary.shared:
        yield SHARED
        yield "Times to the hour, in days of 24 hours."
    else:
        yield "Each figure with its 95 % interval; times to the hour, in days of 24 hours."
    if summary.left_out:
        yield f"{summary.left_out:,} more came while it was warming up, and are left out."
    if summary.deals > summary.arrived:
        yield f"{summary.deals - summary.arrived:,} more had not come by then."
    if 0 < summary.unvalued < summary.won:
        counts = "counts" if summary.unvalued == 1 else "count"
        yield f"{count_of(summary.unvalued, 'won deal')} of unknown value {counts} as nothing."


def _told(summary: Summary) -> Iterator[Figure]:
    """Yield the figures that say something here: outcomes that nobody came to are left out."""
    return (figure for figure in summary.figures if figure.count != 0)


def _row(figure: Figure) -> tuple[str, str, str, str]:
    value, interval = figure.shown()
    return figure.title, value, interval, "" if figure.count is None else f"{figure.count:,}"

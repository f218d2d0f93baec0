"""A summary on one screen of plain text, and as a piece of HTML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from salesflow.markup import heading, line, page, table
from salesflow.simulation.figures import Figure, groups

if TYPE_CHECKING:
    from salesflow.simulation.summary import Summary

SHARED = "Deals wait for the same reps: intervals take several runs (replicate, --runs)."
HEAD = ("", "", "95 % interval", "deals")
_HEAD_OF_ONE = ("", "", "", "deals")


def as_text(summary: Summary) -> str:
    """Return a summary as plain text, 80 columns wide unless sums are very large."""
    rows = [_row(figure) for figure in _told(summary)]
    widths = [max((len(row[place]) for row in rows), default=0) for place in range(4)]
    lines = [title(summary), *notes(summary)]
    for group, figures in groups(_told(summary)).items():
        lines += ["", group]
        for name, value, interval, count in map(_row, figures):
            parts = (
                f"  {name:<{widths[0]}}",
                f"{value:>{widths[1]}}",
                f"{interval:>{widths[2]}}",
                f"{count:>{widths[3]}}",
            )
            lines.append("  ".join(parts).rstrip())
    return "\n".join(lines)


def as_html(summary: Summary) -> str:
    """Return a summary as a piece of HTML."""
    parts = [heading(title(summary)), *(line(note, faint=True) for note in notes(summary))]
    head = _HEAD_OF_ONE if summary.shared else HEAD
    for group, figures in groups(_told(summary)).items():
        parts += [
            heading(group),
            table(head, map(_row, figures)),
        ]
    return page(*parts)


def title(summary: Summary) -> str:
    """Return what was simulated."""
    until = "" if summary.until is None else f", up to {summary.until:%Y-%m-%d %H:%M} UTC"
    what = f"{summary.process_id} {summary.process_version}"
    return f"{what}: {summary.arrived:,} simulated deals{until}"


def notes(summary: Summary) -> Iterator[str]:
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
        yield f"{summary.unvalued:,} won deals of unknown value count as nothing."


def _told(summary: Summary) -> Iterator[Figure]:
    """Yield the figures that say something here: outcomes that nobody came to are left out."""
    return (figure for figure in summary.figures if figure.count != 0)


def _row(figure: Figure) -> tuple[str, str, str, str]:
    value, interval = figure.shown()
    return figure.name, value, interval, "" if figure.count is None else f"{figure.count:,}"

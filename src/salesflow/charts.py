"""
The door to matplotlib, and how our plots look.

Colours are such that the colour-blind can tell them apart; together with markers, hatches and line
styles they stay apart in grey.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from salesflow.errors import MissingExtraError

try:
    from matplotlib import pyplot as plt
    from matplotlib.axes import Axes
except ImportError as error:
    raise MissingExtraError(error.name or "matplotlib", "plots") from None

__all__ = [
    "BLACK",
    "BLUE",
    "GREEN",
    "GREY",
    "ORANGE",
    "RED",
    "SKY",
    "Axes",
    "ink",
    "legend_beside",
    "name_places",
    "new_axes",
    "plt",
    "room_beside",
    "size_above",
    "slant",
]

BLUE, ORANGE, GREEN, RED = "#0072b2", "#e69f00", "#009e73", "#d55e00"
SKY, GREY, BLACK = "#56b4e9", "#6f6f6f", "black"
"""From the palette of M. Okabe and K. Ito, "Color universal design" (2008)."""
SIZE = (7.0, 4.2)
"""Inches: what fits a notebook and a page."""
_LETTERS = 70
"""So many stand side by side below a plot of that size."""
_SIDE_BY_SIDE, _STEP = 12, 0.4
"""So many places have room below such a plot, and the inches that each more needs."""
_LETTER, _SHORT = 0.08, 12
"""How wide a letter is, in inches; names up to so many letters need no more room than there is."""


def ink(ax: Axes) -> Any:  # noqa: ANN401 - a colour as matplotlib has it
    """Return the colour of lines and words that stand out from the background, light or dark."""
    return ax.xaxis.label.get_color()


def room_beside(names: Sequence[str]) -> float:
    """Return how many inches wider a figure is that has long names beside its plot."""
    return _LETTER * max(_longest(names) - _SHORT, 0)


def size_above(names: Sequence[str]) -> tuple[float, float]:
    """Return the size of a figure with names below: higher and wider where they need it."""
    more = max(len(names) - _SIDE_BY_SIDE, 0) * _STEP
    return SIZE[0] + more, SIZE[1] + (room_beside(names) / 2 if _run_together(names) else 0.0)


def name_places(ax: Axes, names: Sequence[str]) -> None:
    """Write a name below each place from 0 up: slanted where they would run into each other."""
    ax.set_xticks(range(len(names)), names)
    if _run_together(names):
        slant(ax)


def _run_together(names: Sequence[str]) -> bool:
    return _longest(names) * len(names) > _LETTERS


def _longest(names: Sequence[str]) -> int:
    return max(map(len, names), default=0)


def slant(ax: Axes) -> None:
    """Slant what is written below a plot, and leave the other plots of its figure as they are."""
    for label in ax.get_xticklabels():
        label.set(rotation=30, horizontalalignment="right")


def legend_beside(ax: Axes) -> None:
    """Put the legend beside the plot, the last band on top, so that it hides nothing."""
    handles, labels = ax.get_legend_handles_labels()
    ax.legend(handles[::-1], labels[::-1], loc="upper left", bbox_to_anchor=(1, 1), frameon=False)


def new_axes(ax: Axes | None, size: tuple[float, float] = SIZE) -> Axes:
    """Return *ax*, or the axes of a new figure."""
    if ax is not None:
        return ax
    _, made = plt.subplots(figsize=size, layout="constrained")
    return made

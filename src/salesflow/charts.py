"""
The door to matplotlib, and how our plots look.

Colours are such that the colour-blind can tell them apart; together with markers, hatches and line
styles they stay apart in grey.
"""

from __future__ import annotations

from salesflow.errors import MissingExtraError

try:
    from matplotlib import pyplot as plt
    from matplotlib.axes import Axes
except ImportError as error:
    raise MissingExtraError(error.name or "matplotlib", "plots") from None

__all__ = ["BLACK", "BLUE", "GREEN", "GREY", "ORANGE", "RED", "SKY", "Axes", "new_axes", "plt"]

BLUE, ORANGE, GREEN, RED = "#0072b2", "#e69f00", "#009e73", "#d55e00"
SKY, GREY, BLACK = "#56b4e9", "#6f6f6f", "black"
"""From the palette of M. Okabe and K. Ito, "Color universal design" (2008)."""
SIZE = (7.0, 4.2)
"""Inches: what fits a notebook and a page."""


def new_axes(ax: Axes | None, size: tuple[float, float] = SIZE) -> Axes:
    """Return *ax*, or the axes of a new figure."""
    if ax is not None:
        return ax
    _, made = plt.subplots(figsize=size, layout="constrained")
    return made

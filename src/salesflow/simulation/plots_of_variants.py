"""Plots of grids, and of what rules and stages cost; see `salesflow.simulation.plots`."""

from __future__ import annotations

import re

from salesflow.charts import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    RED,
    SKY,
    Axes,
    ink,
    new_axes,
    plt,
    room_beside,
)
from salesflow.given import given
from salesflow.simulation.bars import ends_of
from salesflow.simulation.costs import Sensitivity
from salesflow.simulation.estimates import Estimate
from salesflow.simulation.extras import np, npt
from salesflow.simulation.figures import HOURS, MONEY, NUMBER, SHARE, said
from salesflow.simulation.grids import Grid
from salesflow.simulation.metrics import Metric, metric
from salesflow.simulation.outcomes import OUTCOMES, Outcome

Floats = npt.NDArray[np.float64]

_LEADING_NUMBER = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(.*)")
_SHARES = (("won", GREEN, "o", "-"), ("silence", RED, "s", "--"), ("lost", GREY, "^", ":"))
_COSTS = ("rep_hours_per_win", "touches_per_win")
_OUTCOME_STYLE: dict[Outcome, tuple[str, str]] = {
    Outcome.WON: (GREEN, ""),
    Outcome.SAID_NO: (RED, ""),
    Outcome.NO_DECISION: (ORANGE, "//"),
    Outcome.SILENCE: (BLUE, "\\\\"),
    Outcome.AGE: (SKY, "xx"),
    Outcome.WAITING: ("#cc79a7", ".."),
    Outcome.NEVER_OPENED: ("#f0e442", "++"),
    Outcome.PARKED: ("#bdbdbd", ""),
    Outcome.OPEN: ("white", ""),
    Outcome.QUEUED: ("white", "oo"),
}


def plot_leash(grid: Grid, axes: tuple[Axes, Axes] | None = None) -> tuple[Axes, Axes]:
    """
    Draw what the length of a rule does: shares won and lost above, what a win costs below.

    Args:
        grid: Over one axis, whose labels begin with a number: ``2 days``, ``3 business days``.

        axes: Where, above and below. None: a new figure.

    Returns:
        The axes above and below.

    Raises:
        ValueError: If the grid has more than one axis, or its labels are no lengths in one unit.
    """
    given("grid", grid, Grid)
    places, unit = _lengths(grid)
    if axes is None:
        _, made = plt.subplots(
            2, 1, sharex=True, figsize=(7.0, 6.0), layout="constrained", height_ratios=(3, 2)
        )
        axes = (made[0], made[1])
    above, below = axes
    for name, *look in _SHARES:
        estimates = [each.times(100) for each in grid.values(name)]
        _band(above, places, estimates, metric(name).title, (look[0], look[1], look[2]))
    costs = [name for name in _COSTS if any(e.value is not None for e in grid.values(name))]
    for name in costs[:1]:
        title = metric(name).title
        _band(below, places, grid.values(name), title, (BLUE, "D", "-"))
        below.set(ylabel=title.replace(" for ", "\nfor "))
    above.set(ylabel="of all deals (%)")
    # Above the legend, which has no room beside the lines.
    above.set_title(f"How long the leash: {grid.titles[0]}", pad=26)
    above.set_ylim(bottom=0)
    below.set_ylim(bottom=0)
    below.set(xlabel=f"{grid.titles[0]} ({unit})" if unit else grid.titles[0])
    below.set_xticks(places, [f"{place:g}" for place in places])
    above.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False)
    return above, below


def _lengths(grid: Grid) -> tuple[list[float], str]:
    if len(grid.axes) != 1:
        raise ValueError(
            f"grid: it has {len(grid.axes)} axes, expected one. For two see plot_heat_map."
        )
    found = [_LEADING_NUMBER.fullmatch(label) for label in grid.labels[0]]
    if not all(found):
        raise ValueError(
            f"grid: its labels are {', '.join(grid.labels[0])}; expected lengths such as '2 days'."
        )
    # "1 day" and "2 days" have one unit.
    units = {f"{match[2].removesuffix('s')}s" if match[2] else "" for match in found if match}
    if len(units) > 1:
        raise ValueError(
            f"grid: its labels are {', '.join(grid.labels[0])}, which have several units; expected "
            "one, so that lengths stand in their order."
        )
    return [float(match[1]) for match in found if match], units.pop()


def plot_outcomes(grid: Grid, ax: Axes | None = None) -> Axes:
    """
    Draw what became of the deals of every cell, as bars that add up to all of them.

    Args:
        grid: Whose cells.

        ax: Where. None: a new figure.

    Raises:
        ValueError: If no deal came in any of them.
    """
    given("grid", grid, Grid)
    if not any(cell.summary.arrived for cell in grid.cells):
        raise ValueError("grid: no deal came by the end. Simulate longer.")
    ax = new_axes(ax, (7.0, 1.2 + 0.42 * len(grid)))
    labels = [", ".join(map(_shown, cell.labels)) for cell in grid.cells]
    place = np.arange(len(labels))[::-1]
    left = np.zeros(len(labels))
    for outcome in OUTCOMES:
        shares = [cell.summary.share(outcome).value or 0.0 for cell in grid.cells]
        if not any(shares):
            continue
        width = 100 * np.array(shares)
        colour, hatch = _OUTCOME_STYLE[outcome]
        ax.barh(
            place, width, left=left, color=colour, hatch=hatch, edgecolor=BLACK, linewidth=0.5,
            label=outcome.value,
        )  # fmt: skip
        left += width
    ax.set_yticks(place, labels)
    ax.set(xlabel="of all deals (%)", ylabel=", ".join(grid.titles), xlim=(0, 100))
    ax.set_title("What became of the deals")
    _outside(ax)
    return ax


def plot_heat_map(
    grid: Grid,
    name: str = "won",
    ax: Axes | None = None,
    *,
    between: tuple[float, float] | None = None,
) -> Axes:
    """
    Draw one figure of every cell of a grid over two axes.

    Args:
        grid: Over two axes.

        name: A figure of `salesflow.simulation.metrics.METRICS`.

        ax: Where. None: a new figure.

        between: The lightest and the darkest value, so that several maps have the same colours.
            None: the smallest and the largest of these.

    Raises:
        ValueError: If the grid has another number of axes, or there is no such figure.
    """
    given("grid", grid, Grid)
    said_by = metric(name)
    if len(grid.axes) != 2:  # noqa: PLR2004 - a map has two axes
        raise ValueError(
            f"grid: it has {len(grid.axes)} axes, expected two. For one see plot_leash, for three "
            "plot_heat_maps."
        )
    rows, columns = grid.labels
    scale = _scale(said_by)
    values = scale * _values(grid, name).reshape(len(rows), len(columns))
    lightest, darkest = between or _ends(values / scale)
    ax = new_axes(ax, (2.6 + 0.85 * len(columns), 1.6 + 0.5 * len(rows)))
    # Of one hue from light to dark, so that it reads in grey as well.
    drawn = ax.imshow(
        values, cmap="Blues", aspect="auto", vmin=scale * lightest, vmax=scale * darkest
    )
    for (row, column), value in np.ndenumerate(values):
        text = "" if np.isnan(value) else said(value / scale, said_by.unit)
        colour = "white" if value > scale * (lightest + darkest) / 2 else BLACK
        ax.annotate(text, (column, row), ha="center", va="center", color=colour)
    ax.set_xticks(range(len(columns)), [_shown(each) for each in columns])
    ax.set_yticks(range(len(rows)), [_shown(each) for each in rows])
    ax.set(xlabel=grid.titles[1], ylabel=grid.titles[0])
    title = _titled(said_by, grid)
    ax.set_title(title[0].upper() + title[1:])
    ax.figure.colorbar(drawn, ax=ax)
    return ax


def plot_heat_maps(grid: Grid, name: str = "won") -> tuple[Axes, ...]:
    """
    Draw one figure of every cell of a grid over three axes: a heat map for each value of the first.

    Args:
        grid: Over three axes.

        name: A figure of `salesflow.simulation.metrics.METRICS`.

    Returns:
        The axes of a new figure, from left to right.

    Raises:
        ValueError: If the grid has another number of axes, or there is no such figure.
    """
    given("grid", grid, Grid)
    said_by = metric(name)
    if len(grid.axes) != 3:  # noqa: PLR2004 - a row of maps has three axes
        raise ValueError(
            f"grid: it has {len(grid.axes)} axes, expected three. For two see plot_heat_map."
        )
    first, rows, columns = grid.labels
    size = (2.6 + 0.85 * len(columns)) * len(first), 1.9 + 0.5 * len(rows)
    figure, made = plt.subplots(1, len(first), figsize=size, layout="constrained", squeeze=False)
    between = _ends(_values(grid, name))
    for ax, label in zip(made[0], first, strict=True):
        plot_heat_map(grid.where({grid.axes[0]: label}), name, ax, between=between)
        ax.set_title(f"{grid.titles[0]}: {_shown(label)}")
    for ax in made[0][1:]:
        ax.set_ylabel("")
    title = _titled(said_by, grid)
    figure.suptitle(title[0].upper() + title[1:])
    return tuple(made[0])


def _shown(label: str) -> str:
    """Return a value of an axis as people say it."""
    return "none" if label == "None" else label


def _scale(said_by: Metric) -> float:
    return 100.0 if said_by.unit == SHARE else 1.0


def _values(grid: Grid, name: str) -> Floats:
    """Return a figure of every cell; nan where it cannot be said."""
    return np.array([np.nan if each.value is None else each.value for each in grid.values(name)])


def _ends(values: Floats) -> tuple[float, float]:
    """Return the smallest and the largest of some values; 0 and 1 if there are none."""
    if np.isnan(values).all():
        return 0.0, 1.0
    return float(np.nanmin(values)), float(np.nanmax(values))


def _titled(said_by: Metric, grid: Grid) -> str:
    """Return what a figure says, with its unit; the title of hours says so itself."""
    unit = {SHARE: "%", NUMBER: "", HOURS: "", MONEY: grid.base.currency or ""}.get(
        said_by.unit, said_by.unit
    )
    return f"{said_by.title} ({unit})" if unit else said_by.title


def plot_sensitivity(found: Sensitivity, ax: Axes | None = None) -> Axes:
    """
    Draw what each rule and stage costs in wins, the dearest on top, with paired intervals.

    Args:
        found: What was tried.

        ax: Where. None: a new figure.

    Raises:
        ValueError: If there was nothing to try.
    """
    given("found", found, Sensitivity)
    if not found.costs:
        raise ValueError(f"sensitivity: {found.process_id} has no rule or stage to go without.")
    names = [cost.title for cost in found.costs]
    ax = new_axes(ax, (7.0 + room_beside(names), 1.4 + 0.36 * len(found.costs)))
    place = np.arange(len(found.costs))[::-1]
    styles = {"contact gap": ("o", BLUE), "timer": ("s", RED), "stage": ("D", GREY)}
    for kind, (marker, colour) in styles.items():
        here = [n for n, cost in enumerate(found.costs) if cost.kind == kind]
        wins = [found.costs[n].wins.times(100) for n in here]
        if here:
            ax.errorbar(
                [each.value or 0.0 for each in wins], place[here], xerr=ends_of(wins), fmt=marker,
                color=colour, capsize=3, label=kind,
            )  # fmt: skip
    ax.axvline(0, color=ink(ax), linewidth=0.8)
    ax.set_yticks(place, names)
    ax.set(
        title=f"What costs wins in {found.process_id}",
        xlabel="won more without it (% of all deals)",
    )
    ax.legend(loc="lower right")
    return ax


def _band(
    ax: Axes,
    places: list[float],
    estimates: list[Estimate],
    label: str,
    look: tuple[str, str, str],
) -> None:
    """Draw a line with a band for its intervals; it looks by colour, marker and line style."""
    colour, marker, style = look
    values, lows, highs = (
        np.array([np.nan if end is None else end for end in ends], dtype=float)
        for ends in zip(*((e.value, e.low, e.high) for e in estimates), strict=True)
    )
    ax.plot(places, values, color=colour, marker=marker, linestyle=style, label=label)
    ax.fill_between(places, lows, highs, color=colour, alpha=0.18, linewidth=0)


def _outside(ax: Axes) -> None:
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)

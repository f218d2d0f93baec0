"""
Plots of simulations.

Each function draws on one matplotlib ``Axes`` and returns it, so that you may go on with it. It
draws on *ax*, or on a new figure. Bands and bars around figures are their 95 % intervals. They need
the extra ``plots``.

How long the gaps between touches were is drawn by `salesflow.history.plots.plot_gaps`, from an
audit of the simulated events.
"""

from __future__ import annotations

from salesflow.calendars import to_micros
from salesflow.calendars.arithmetic import DAY
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
    legend_beside,
    new_axes,
    room_beside,
)
from salesflow.english import count_of, percent
from salesflow.given import given
from salesflow.process.parts import StageKind
from salesflow.rules.codes import LOST, NEVER, NONE, OPEN
from salesflow.simulation.bars import ends_of
from salesflow.simulation.extras import np, npt
from salesflow.simulation.figures import MONEY, PERCENTILES, SHARE, said
from salesflow.simulation.outcomes import OUTCOMES, Outcome, outcomes_of
from salesflow.simulation.plots_of_variants import (
    plot_heat_map,
    plot_heat_maps,
    plot_leash,
    plot_outcomes,
    plot_sensitivity,
)
from salesflow.simulation.result import SimulationResult
from salesflow.simulation.summary import Summary

__all__ = [
    "plot_cycle_times",
    "plot_flow",
    "plot_funnel",
    "plot_heat_map",
    "plot_heat_maps",
    "plot_leash",
    "plot_outcomes",
    "plot_pipeline",
    "plot_sensitivity",
    "plot_time_in_stage",
]

Floats = npt.NDArray[np.float64]


def plot_funnel(summary: Summary, ax: Axes | None = None) -> Axes:
    """
    Draw which share of the deals came to each stage, with intervals.

    Args:
        summary: Of a simulation.

        ax: Where. None: a new figure.
    """
    given("summary", summary, Summary)
    stages = [s for s in summary.stages if s.kind in {StageKind.OPEN, StageKind.WON}]
    names = [stage.name for stage in stages]
    ax = new_axes(ax, (7.0 + room_beside(names), 1.4 + 0.4 * len(stages)))
    place = np.arange(len(stages))[::-1]
    shares = [summary.reached(stage.stage).times(100) for stage in stages]
    widths = np.array([share.value or 0.0 for share in shares])
    colours = [GREEN if stage.kind is StageKind.WON else SKY for stage in stages]
    ax.barh(place, widths, xerr=ends_of(shares), color=colours, capsize=3, ecolor=ink(ax))
    for at, stage, share in zip(place, stages, shares, strict=True):
        text = f"{said((share.value or 0.0) / 100, SHARE)} %  ({stage.deals:,})"
        end = share.high or share.value or 0.0
        ax.annotate(text, (end, at), xytext=(5, 0), textcoords="offset points", va="center")
    ax.set_yticks(place, names)
    ax.set(
        title=f"Funnel of {count_of(summary.arrived, 'deal')}",
        xlabel=f"came to the stage (% of all deals{_with_intervals(summary)})",
    )
    ax.set_xlim(0, 128)
    ax.set_xticks(range(0, 101, 20))
    return ax


def plot_flow(result: SimulationResult, ax: Axes | None = None) -> Axes:
    """
    Draw the cumulative flow: deals that were opened, and those that had left by each day.

    What lies between is open then: its height is the work in progress, its width the time that
    deals take. A parked deal has left; one that came back from there is drawn as if it had not
    been away.

    Args:
        result: A simulation.

        ax: Where. None: a new figure.
    """
    given("result", result, SimulationResult)
    ax = new_axes(ax)
    days, opened, left = _flow(result)
    total = np.zeros(len(days))
    bands = [(name, left[name], colour, hatch) for name, colour, hatch in _LEFT if name in left]
    for name, counts, colour, hatch in bands:
        ax.fill_between(
            days, total, total + counts, facecolor=colour, hatch=hatch, edgecolor=BLACK,
            linewidth=0.3, label=name,
        )  # fmt: skip
        total = total + counts
    ax.fill_between(
        days, total, opened, facecolor=SKY, edgecolor=BLACK, linewidth=0.3, label="open"
    )
    ax.plot(days, opened, color=ink(ax), linewidth=1.2, label="opened")
    ax.set(title="Cumulative flow", xlabel="days since the first opening", ylabel="deals")
    ax.set_xlim(0, float(days[-1]))
    ax.set_ylim(bottom=0)
    legend_beside(ax)
    return ax


_LEFT = (("won", GREEN, ""), ("lost", RED, ".."), ("parked", "#bdbdbd", ""))
_PLACES = 400
"""Places in time at which flows are drawn."""


def _flow(result: SimulationResult) -> tuple[Floats, Floats, dict[str, Floats]]:
    """Return days, how many were opened by each, and how many had left where to by each."""
    columns = result.columns
    outcome = outcomes_of(columns, result.process)
    is_open = np.asarray(columns["opened_at"]) != NEVER
    opened = np.sort(np.asarray(columns["opened_at"])[is_open])
    if not len(opened):
        raise ValueError("flow: no deal was opened by the end. Simulate longer.")
    entered = np.asarray(columns["entered_at"])
    at = np.linspace(opened[0], to_micros(result.until), _PLACES)
    by_name = {
        "won": outcome == OUTCOMES.index(Outcome.WON),
        "lost": np.asarray(columns["kind"]) == LOST,
        "parked": outcome == OUTCOMES.index(Outcome.PARKED),
    }
    left = {
        name: np.searchsorted(np.sort(entered[who]), at, side="right").astype(float)
        for name, who in by_name.items()
        if who.any()
    }
    return (at - opened[0]) / DAY, np.searchsorted(opened, at, side="right").astype(float), left


def plot_pipeline(result: SimulationResult, ax: Axes | None = None) -> Axes:
    """
    Draw how many deals were open at each time, and what they were worth together.

    Args:
        result: A simulation.

        ax: Where. None: a new figure.
    """
    given("result", result, SimulationResult)
    ax = new_axes(ax)
    days, opened, left = _flow(result)
    open_now = opened - sum(left.values(), np.zeros(len(days)))
    ax.plot(days, open_now, color=BLUE, label="open deals")
    ax.fill_between(days, 0, open_now, color=BLUE, alpha=0.15)
    ax.set(title="Pipeline", xlabel="days since the first opening", ylabel="open deals")
    ax.set_xlim(0, float(days[-1]))
    ax.set_ylim(bottom=0)
    worth = _worth(result, days)
    if worth is not None:
        twin = ax.twinx()
        twin.plot(days, worth, color=ORANGE, linestyle="--", label="their value")
        twin.set_ylabel(f"value ({result.process.currency or MONEY})")
        twin.set_ylim(bottom=0)
        twin.yaxis.set_major_formatter(lambda value, _: _short(value))
        lines = [*ax.get_lines(), *twin.get_lines()]
        ax.legend(lines, [str(line.get_label()) for line in lines], frameon=False)
    return ax


def _worth(result: SimulationResult, days: Floats) -> Floats | None:
    """Return what the open deals were worth on each day; None if nobody knows of any."""
    columns = result.columns
    value = np.nan_to_num(np.asarray(columns["value"]))
    if not value.any():
        return None
    opened = np.asarray(columns["opened_at"])
    stays = np.isin(np.asarray(columns["kind"]), (OPEN, NONE))
    gone = np.where(stays, NEVER, np.asarray(columns["entered_at"]))
    first = opened[opened != NEVER].min()
    at = first + days * DAY
    found: Floats = _sum_up_to(opened, value, at) - _sum_up_to(gone, value, at)
    return found


def _sum_up_to(when: npt.NDArray[np.int64], value: Floats, at: Floats) -> Floats:
    order = np.argsort(when, kind="stable")
    sums = np.append(0.0, np.cumsum(value[order]))
    return sums[np.searchsorted(when[order], at, side="right")]


def _short(value: float) -> str:
    """Return an amount in few letters: 1.2 M, 350 k."""
    for size, letter in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:,.3g} {letter}"
    return f"{value:,.0f}"


def plot_cycle_times(summary: Summary, ax: Axes | None = None) -> Axes:
    """
    Draw by when deals were won and lost; those that are open still are kept (Aalen-Johansen).

    Args:
        summary: Of a simulation.

        ax: Where. None: a new figure.
    """
    given("summary", summary, Summary)
    ax = new_axes(ax)
    last = summary.cycle.percentile_of(1, 0.99).value or 1.0
    last = max(last, summary.days_to("won", 0.99).value or 0.0) * 1.15
    for end, colour, style in (("won", GREEN, "-"), ("lost", RED, "--")):
        curve = summary.ended("won" if end == "won" else "lost")
        # On to the edge, but not to days for which nobody was followed.
        days = np.append(curve.days, max(curve.days[-1], min(last, curve.until)))
        lines = [100 * np.append(each, each[-1]) for each in (curve.share, curve.low, curve.high)]
        ax.step(days, lines[0], where="post", color=colour, linestyle=style, label=end)
        ax.fill_between(days, lines[1], lines[2], step="post", color=colour, alpha=0.2)
    for row, share in enumerate(PERCENTILES):  # one below the other, as they may be close
        found = summary.days_to("won", share).value
        if found is not None:
            ax.axvline(found, color=GREY, linewidth=0.8, linestyle=":")
            side, shift = ("left", 3) if found < last / 2 else ("right", -3)
            ax.annotate(
                f"{percent(share)} of wins: {found:,.0f} days",
                (found, 1), xycoords=("data", "axes fraction"), xytext=(shift, -3 - 12 * row),
                textcoords="offset points", va="top", ha=side, fontsize="small",
            )  # fmt: skip
    deals = "all" if summary.opened == summary.arrived else "opened"
    ax.set(
        title="Won and lost, by age",
        xlabel="days since the opening",
        ylabel=f"of {deals} deals (%{_with_intervals(summary)})",
    )
    ax.set_xlim(0, last)
    ax.set_ylim(0, 105)
    ax.legend(loc="center right", frameon=False)
    return ax


def plot_time_in_stage(summary: Summary, ax: Axes | None = None) -> Axes:
    """
    Draw how long deals were in each open stage; those that are in it still are kept.

    The dot is the time by which half of them had left, with its interval; the line reaches from
    the time of the first tenth to that of nine tenths, as far as so many have left.

    Args:
        summary: Of a simulation.

        ax: Where. None: a new figure.
    """
    given("summary", summary, Summary)
    stages = [stage for stage in summary.stages if stage.kind is StageKind.OPEN]
    names = [stage.name for stage in stages]
    ax = new_axes(ax, (7.0 + room_beside(names), 1.4 + 0.42 * len(stages)))
    place = np.arange(len(stages))[::-1]
    for at, stage in zip(place, stages, strict=True):
        low, high = (summary.stage_days(stage.stage, share).value for share in (0.1, 0.9))
        half = summary.stage_days(stage.stage)
        if low is not None and high is not None:
            ax.plot([low, high], [at, at], color=SKY, linewidth=6, solid_capstyle="butt", zorder=1)
        if half.value is not None:
            ax.errorbar(
                [half.value],
                [at],
                xerr=ends_of([half]),
                fmt="o",
                color=ink(ax),
                capsize=3,
                zorder=2,
            )
            ax.annotate(
                f"{half.value:,.1f}", (half.value, at), xytext=(0, 7), textcoords="offset points",
                ha="center", fontsize="small",
            )  # fmt: skip
    ax.set_yticks(place, names)
    ax.set_ylim(-0.6, len(stages) - 0.3)
    interval = "" if summary.shared else ", with its 95 % interval"
    ax.set(
        title="Time in stage",
        xlabel=f"days (dot: half of the deals{interval}; bar: 10 % to 90 %)",
        ylabel="",
    )
    ax.set_xlim(left=0)
    return ax


def _with_intervals(summary: Summary) -> str:
    """Return what a label says of intervals; nothing where none would hold."""
    return "" if summary.shared else ", with 95 % intervals"

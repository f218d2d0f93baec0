"""
Plots of an audit, of silence, and of a back-test.

Each function draws on one matplotlib ``Axes`` and returns it, so that you may go on with it. It
draws on *ax*, or on a new figure. They need the extra ``plots``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from salesflow.charts import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    RED,
    SIZE,
    Axes,
    ink,
    legend_beside,
    name_places,
    new_axes,
    room_beside,
    size_above,
    slant,
)
from salesflow.english import percent
from salesflow.given import given
from salesflow.history.extras import np, pl
from salesflow.history.report.flow import QUANTILES
from salesflow.history.report.result import Audit
from salesflow.history.studies.silence import Silence
from salesflow.history.studies.trials import Backtest
from salesflow.intervals import wilson
from salesflow.process.names import did_you_mean
from salesflow.process.parts import StageKind

__all__ = [
    "plot_ageing",
    "plot_backtest",
    "plot_cycle_times",
    "plot_flow",
    "plot_gaps",
    "plot_hazards",
    "plot_time_in_stage",
]

_ENDS = {"won": GREEN, "lost": RED, "open": GREY}
_STAGES = ("#0072b2", "#56b4e9", "#e69f00", "#f0e442", "#cc79a7", "#999999", "#117733", "#882255")
_SHADES = {
    StageKind.WON: (GREEN, "#66c2a5"),
    StageKind.LOST: (RED, "#f4a582", "#8c2d04"),
    StageKind.PARKED: (GREY, "#bdbdbd"),
}
_LINE = 0.1
"""How much of the height of a plot two lines of small words take."""
_BINS, _LONGEST, _LEAST_DAYS = 40, 3.0, 20


def plot_gaps(audit: Audit, rule: str | None = None, ax: Axes | None = None) -> Axes:
    """
    Draw how long the gaps between touches were, against the longest that a rule allows.

    Args:
        audit: Whose gaps.

        rule: A contact gap of the process. None: the first one.

        ax: Where. None: a new figure.

    Raises:
        ValueError: If the process has no such contact gap, or none at all.
    """
    given("audit", audit, Audit)
    rules = [each.rule for each in audit.summary.rules if each.is_gap]
    if not rules:
        raise ValueError("gaps: the process has no contact gap. Add one, or plot something else.")
    name = rules[0] if rule is None else rule
    if name not in rules:
        hint = did_you_mean(name, rules) or f"; there are {', '.join(rules)}"
        raise ValueError(f"rule: {name!r}, expected a contact gap{hint}")
    gaps = audit.to_polars("gaps").filter(pl.col("rule") == name, pl.col("counted").is_not_null())
    ax = new_axes(ax)
    unit = gaps["unit"][0] if len(gaps) else "days"
    allowed = int(gaps["allowed"][0]) if len(gaps) else 1
    most = max(float(gaps["counted"].quantile(0.99) or 0), _LONGEST * allowed)
    edges = (
        np.linspace(0, most, _BINS + 1) if unit != "business days" else np.arange(most + 2) - 0.5
    )
    parts = [
        gaps.filter(late=late)["counted"].to_numpy().clip(max=edges[-1]) for late in (False, True)
    ]
    labels = [f"in time: {len(parts[0]):,}", f"late: {len(parts[1]):,}"]
    ax.hist(parts, bins=edges.tolist(), stacked=True, color=[BLUE, RED], label=labels)
    if len(gaps):
        ax.axvline(allowed, color=ink(ax), linestyle="--", label=f"allowed: {allowed} {unit}")
    ax.set(
        title=f"Gaps between touches, {name!r}",
        xlabel=f"length ({unit}; the last bar has the longer ones)",
        ylabel="gaps",
    )
    ax.legend()
    return ax


def plot_ageing(audit: Audit, ax: Axes | None = None) -> Axes:
    """
    Draw how old the open deals are, by stage, against the ages at which deals were won.

    Args:
        audit: Whose deals.

        ax: Where. None: a new figure.
    """
    given("audit", audit, Audit)
    stages = [stage for stage, kind in audit.stages if kind is StageKind.OPEN]
    names = [audit.stage_names[stage] for stage in stages]
    ax = new_axes(ax, size_above(names))
    deals = audit.to_polars("deals")
    opened = deals.filter(kind=StageKind.OPEN.value)
    for status, colour, marker in (("ok", BLUE, "o"), ("due", ORANGE, "^"), ("breached", RED, "x")):
        here = opened.filter(status=status)
        place = [stages.index(stage) for stage in here["stage"]]
        spread = _spread(len(place))
        label = f"{status}: {len(place):,}"
        at = np.array(place) + spread
        ax.scatter(at, here["age_days"], s=18, marker=marker, color=colour, label=label)
    _mark_won(ax, audit, GREY)
    name_places(ax, names)
    ax.set_xlim(-0.5, len(stages) - 0.5)
    ax.set(title="Age of the open deals", xlabel="stage", ylabel="age (days)")
    ax.legend()
    return ax


def plot_flow(audit: Audit, ax: Axes | None = None) -> Axes:
    """
    Draw the cumulative flow: how many deals were in each stage, day by day.

    Args:
        audit: Whose deals.

        ax: Where. None: a new figure.
    """
    given("audit", audit, Audit)
    room = 1 + room_beside([*audit.stage_names.values()])
    ax = new_axes(ax, (SIZE[0] + room, SIZE[1]))
    visits = audit.to_polars("visits")
    days = pl.datetime_range(audit.since, audit.as_of, "1d", time_zone="UTC", eager=True)
    at = days.dt.epoch("us").to_numpy()
    bands, names = [], []
    for stage, _ in reversed(audit.stages):
        here = visits.filter(stage=stage)
        if not len(here):
            continue
        came = np.sort(here["entered_at"].dt.epoch("us").to_numpy())
        went = np.sort(here["left_at"].drop_nulls().dt.epoch("us").to_numpy())
        bands.append(np.searchsorted(came, at, "right") - np.searchsorted(went, at, "right"))
        names.append(stage)
    colours = _stage_colours(audit, names)
    if bands:
        said = [audit.stage_names[name] for name in names]
        drawn = ax.stackplot(days.to_numpy(), np.array(bands), labels=said, colors=colours)
        for place, band in enumerate(drawn):
            if colours[place] in colours[place + 1 :]:  # from the top down colours begin anew
                band.set_hatch("///")
        legend_beside(ax)
    ax.set(title="Cumulative flow", xlabel="date", ylabel="deals")
    slant(ax)
    return ax


def plot_cycle_times(audit: Audit, ax: Axes | None = None) -> Axes:
    """
    Draw how long each closed deal took, by the day on which it closed, with percentiles.

    Args:
        audit: Whose deals.

        ax: Where. None: a new figure.
    """
    given("audit", audit, Audit)
    ax = new_axes(ax)
    deals = audit.to_polars("deals").filter(pl.col("closed_at").is_not_null())
    for kind, marker in (("lost", "x"), ("won", "o")):
        here = deals.filter(kind=kind)
        label = f"{kind}: {len(here):,}"
        at = here["closed_at"].dt.replace_time_zone(None).to_numpy()
        ax.scatter(at, here["age_days"], s=16, marker=marker, color=_ENDS[kind], label=label)
    _mark_won(ax, audit, GREEN)
    ax.set(title="Cycle times", xlabel="closed on", ylabel="opening to close (days)")
    ax.legend(loc="upper left")
    slant(ax)
    return ax


def plot_time_in_stage(audit: Audit, ax: Axes | None = None) -> Axes:
    """
    Draw how long visits to each open stage took, those that are over and those that go on.

    Args:
        audit: Whose deals.

        ax: Where. None: a new figure.
    """
    given("audit", audit, Audit)
    stages = [stage for stage, kind in audit.stages if kind is StageKind.OPEN]
    names = [audit.stage_names[stage] for stage in stages]
    ax = new_axes(ax, size_above(names))
    visits = audit.to_polars("visits")
    for over, colour, shift, label in (
        (True, BLUE, -0.18, "over"),
        (False, ORANGE, 0.18, "goes on (up to now)"),
    ):
        drawn = visits.filter(pl.col("left_at").is_not_null() == over)
        days = [drawn.filter(stage=stage)["days"].to_numpy() for stage in stages]
        made = ax.boxplot(
            days,
            positions=[place + shift for place in range(len(stages))],
            widths=0.3,
            whis=(5, 95),
            showfliers=False,
            patch_artist=True,
            medianprops={"color": "black"},
            label=label,
        )
        for box in made["boxes"]:
            box.set_facecolor(colour)
    name_places(ax, names)
    ax.set(
        title="Time in stage (box: the middle half; whiskers: 5 % and 95 %)",
        xlabel="stage",
        ylabel="visit (days)",
    )
    ax.legend()
    return ax


def plot_hazards(silence: Silence, ax: Axes | None = None) -> Axes:
    """
    Draw how often deals were won and lost a day, by how long they had been silent.

    Not at equal age: for that see the ratios. Days of silence with less than 20 deal-days are left
    out. Bands are Wilson's 95 % intervals, which have a width where nothing happened, too.

    Args:
        silence: What was compared.

        ax: Where. None: a new figure.
    """
    given("silence", silence, Silence)
    ax = new_axes(ax)
    found = silence.to_polars("hazards").filter(pl.col("days") >= _LEAST_DAYS)
    days, at_risk = found["silence"].to_numpy(), found["days"].to_numpy()
    for end, marker in (("lost", "x"), ("won", "o")):
        rate = found[f"{end}_a_day"].to_numpy()
        low, high = wilson(rate, at_risk)
        label = f"{end}, with 95 % interval"
        ax.plot(days, 100 * rate, color=_ENDS[end], marker=marker, label=label)
        ax.fill_between(days, 100 * low, 100 * high, color=_ENDS[end], alpha=0.2)
    after = f"silent: {silence.after_days} days or more"
    ax.axvline(silence.after_days, color=ink(ax), linestyle="--", label=after)
    ax.set(
        title="Won and lost by silence (not at equal age)",
        xlabel="silent for (days)",
        ylabel="of open deals, a day (%)",
    )
    ax.set_ylim(bottom=0)
    ax.legend()
    return ax


def plot_backtest(backtest: Backtest, ax: Axes | None = None) -> Axes:
    """
    Draw which deals each set of rules would have found late and killed, by what became of them.

    Args:
        backtest: What was tried.

        ax: Where. None: a new figure.
    """
    given("backtest", backtest, Backtest)
    rows = [
        ("\n".join([*trial.label.split(", "), word]), became)
        for trial in (backtest.base, *backtest.trials)
        for word, became in (("late", trial.late), ("killed", trial.killed))
    ]
    lines = max(label.count("\n") + 1 for label, _ in rows)
    room = room_beside([line for label, _ in rows for line in label.split("\n")])
    ax = new_axes(ax, (SIZE[0] + room, 1.2 + 0.18 * lines * len(rows)))
    left = np.zeros(len(rows))
    # A narrower bar has no room for its number.
    least = max(became.deals for _, became in rows) / _BINS * 1.5
    place = np.arange(len(rows))[::-1]
    for end, colour in _ENDS.items():
        counts = np.array([getattr(became, end) for _, became in rows])
        bars = ax.barh(place, counts, left=left, color=colour, label=end)
        shown = [f"{count:,}" if count > least else "" for count in counts]
        ax.bar_label(bars, shown, label_type="center", color="white")
        left += counts
    ax.set_yticks(place, [label for label, _ in rows])
    ax.set(title="What the rules would have done, and what became of it", xlabel="deals")
    ax.legend(title="in fact", loc="upper left", bbox_to_anchor=(1, 1))
    return ax


def _mark_won(ax: Axes, audit: Audit, colour: str) -> None:
    """Mark the ages by which shares of the won deals were won, with words that stand apart."""
    won = audit.flow.won_days
    marks = [
        (share, days)
        for share, days in zip(QUANTILES, (won.p50, won.p85, won.p95), strict=True)
        if days is not None
    ]
    for _, days in marks:
        ax.axhline(days, color=colour, linestyle="--", linewidth=1)
    low, high = ax.get_ylim()
    lowest = low
    for share, days in marks:
        lowest = max(days, lowest + _LINE * (high - low))
        ax.annotate(
            f"{percent(share)} of won:\n{days:,.0f} days",
            (1, lowest),
            xycoords=("axes fraction", "data"),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize="small",
        )


def _spread(count: int) -> np.ndarray:
    """Return places beside a line for so many points, so that they do not hide each other."""
    golden = 0.618033988749895
    return (np.arange(count) * golden % 1 - 0.5) * 0.6


def _stage_colours(audit: Audit, names: Iterable[str]) -> list[Any]:
    """Return a colour for each stage: green for won, red for lost, the others in order."""
    open_ones = [stage for stage, kind in audit.stages if kind is StageKind.OPEN]
    colours = {stage: _STAGES[n % len(_STAGES)] for n, stage in enumerate(open_ones)}
    for kind, shades in _SHADES.items():
        ends = [stage for stage, its in audit.stages if its is kind]
        colours |= {stage: shades[n % len(shades)] for n, stage in enumerate(ends)}
    return [colours[name] for name in names]

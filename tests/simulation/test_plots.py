"""Plots: what is drawn is what was found, on the given axes or on new ones."""

from __future__ import annotations

import datetime as dt
import importlib
import sys

import attrs
import matplotlib.pyplot as plt
import numpy as np
import pytest
from tests.simulation.known import process
from tests.simulation.made_up import DAY, LATER, LOST, TALK, WON, summary
from tests.simulation.test_compare import PEOPLE, SHORT, made
from tests.simulation.test_variants import HEEDS, MAX

import salesflow as sf
from salesflow.errors import MissingExtraError
from salesflow.simulation import grid, plots, sensitivity
from salesflow.simulation.bars import ends_of
from salesflow.simulation.estimates import Estimate
from salesflow.simulation.outcomes import OUTCOMES
from salesflow.simulation.parts import Arrivals, Capacity
from salesflow.simulation.plots_of_variants import _OUTCOME_STYLE

ANSWERED = "behaviour.touches.answered"


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def leash():
    return grid(
        SHORT, {MAX: ["3 days", "5 days", "9 days"]}, deals=40, behaviour=PEOPLE, fast=False
    )


@pytest.fixture(scope="module")
def square():
    axes = {MAX: ["3 days", "5 days"], HEEDS: [0.0, 0.5, 1.0]}
    return grid(SHORT, axes, deals=40, behaviour=PEOPLE, fast=False)


@pytest.fixture
def dozen():
    stages = [WON] * 3 + [LOST] * 6 + [LATER] * 2 + [TALK]
    return summary(stages, np.array([1, 2, 4, 1, 2, 3, 4, 5, 6, 3, 3, 0]) * DAY)


@pytest.fixture(scope="module")
def result():
    return sf.simulate(SHORT, 60, behaviour=PEOPLE, fast=False)


def texts(ax):
    return [text.get_text() for text in ax.texts]


class TestLeash:
    def test_lines(self, leash):
        """Shares above, in percent at the lengths; what a win costs below."""
        above, below = plots.plot_leash(leash)

        lines = {line.get_label(): line for line in above.get_lines()}
        won = lines["won"]
        assert list(won.get_xdata()) == [3.0, 5.0, 9.0]
        wanted = [100 * each.value for each in leash.values("won")]
        assert list(won.get_ydata()) == pytest.approx(wanted)
        assert set(lines) == {"won", "lost: silence", "lost, for whatever reason"}
        hours = [each.value for each in leash.values("rep_hours_per_win")]
        assert list(below.get_lines()[0].get_ydata()) == pytest.approx(hours)
        assert below.get_xlabel() == "longest gap between touches (days)"
        assert below.get_ylabel() == "rep-hours per win"

    def test_bands(self, leash):
        """Around each line lies its interval."""
        above, _ = plots.plot_leash(leash)

        corners = above.collections[0].get_paths()[0].vertices[:, 1]
        estimates = leash.values("won")
        assert corners.min() == pytest.approx(100 * min(each.low for each in estimates))
        assert corners.max() == pytest.approx(100 * max(each.high for each in estimates))

    def test_on_given_axes(self, leash):
        """It draws where it is told to."""
        _, given = plt.subplots(2)

        assert plots.plot_leash(leash, tuple(given)) == tuple(given)

    def test_two_axes(self, square):
        """Over two axes there is no line to draw; that is said."""
        with pytest.raises(ValueError, match=r"2 axes, expected one.*plot_heat_map"):
            plots.plot_leash(square)

    def test_no_lengths(self):
        """Labels without a number have no place on a line."""
        words = grid(
            SHORT, {"leash": {"tight": {MAX: "2 days"}}}, deals=2, behaviour=PEOPLE, fast=False
        )

        with pytest.raises(ValueError, match="its labels are tight"):
            plots.plot_leash(words)


class TestGrids:
    def test_outcomes_add_up(self, leash):
        """The bars of each cell reach to all of its deals."""
        ax = plots.plot_outcomes(leash)

        ends = [bar.get_x() + bar.get_width() for bar in ax.patches[-3:]]
        assert ends == pytest.approx([100.0] * 3)
        assert [tick.get_text() for tick in ax.get_yticklabels()] == ["3 days", "5 days", "9 days"]

    def test_heat_map(self, square):
        """Each cell stands at its place, with its number."""
        ax = plots.plot_heat_map(square, "won")

        drawn = np.asarray(ax.images[0].get_array())
        wanted = [100 * each.value for each in square.values("won")]
        assert drawn.ravel().tolist() == pytest.approx(wanted)
        assert drawn.shape == (2, 3)
        assert texts(ax)[0] == f"{wanted[0]:.1f}"
        assert ax.get_title() == "Won (%)"

    def test_heat_map_of_what_cannot_be_said(self, square):
        """A cell without a figure stays empty."""
        nobody = grid(SHORT, {MAX: ["3 days"], HEEDS: [0]}, deals=1, behaviour=PEOPLE, fast=False,
                      horizon="1 hour")  # fmt: skip

        ax = plots.plot_heat_map(nobody, "days_to_win")

        assert texts(ax) == [""]
        assert ax.get_title() == "Half of wins are won by (days)"
        assert plots.plot_heat_map(square, "value_per_deal").get_title().endswith("(EUR)")

    def test_heat_map_of_one_axis(self, leash):
        """A map has two axes."""
        with pytest.raises(ValueError, match=r"1 axes, expected two.*plot_leash"):
            plots.plot_heat_map(leash)

    def test_heat_maps(self):
        """A map for each value of the first axis, all in the same colours."""
        axes = {MAX: ["3 days", "5 days"], HEEDS: [0.0, 0.5], ANSWERED: [0.5, 1]}
        cube = grid(SHORT, axes, deals=8, behaviour=PEOPLE, fast=False)
        made = plots.plot_heat_maps(cube, "touches")
        drawn = [np.asarray(ax.images[0].get_array()) for ax in made]

        gap = "longest gap between touches"
        assert [ax.get_title() for ax in made] == [f"{gap}: 3 days", f"{gap}: 5 days"]
        wanted = [each.value for each in cube.where({MAX: "5 days"}).values("touches")]
        assert drawn[1].ravel().tolist() == pytest.approx(wanted)
        assert made[0].images[0].get_clim() == made[1].images[0].get_clim()
        assert made[0].figure.get_suptitle() == "Touches for each deal"

    def test_heat_maps_of_two_axes(self, square):
        """A row of maps has three."""
        with pytest.raises(ValueError, match=r"2 axes, expected three.*plot_heat_map"):
            plots.plot_heat_maps(square)


class TestWithoutIntervals:
    def test_nothing_is_drawn_where_none_holds(self, dozen):
        """Where deals wait for the same reps there are no bars and no bands."""
        shared = attrs.evolve(dozen, shared=True)
        ax = plots.plot_funnel(shared)
        bars = [bar for each in ax.collections for bar in each.get_segments()]

        assert all(np.isnan(bar).any() for bar in bars if len(bar))
        curve = plots.plot_cycle_times(shared)
        assert all(not len(path.vertices) for c in curve.collections for path in c.get_paths())
        stay = plots.plot_time_in_stage(shared)
        bars = [bar for each in stay.collections for bar in each.get_segments()]
        assert all(np.isnan(bar).any() for bar in bars if len(bar))
        for label in (ax.get_xlabel(), curve.get_ylabel(), stay.get_xlabel()):
            assert "interval" not in label
        assert "95 % interval" in plots.plot_time_in_stage(dozen).get_xlabel()

    def test_of_which_deals(self, dozen):
        """Ages are those of opened deals; that is said where some were never opened."""
        few = attrs.evolve(dozen, arrived=dozen.arrived + 4)

        assert plots.plot_cycle_times(dozen).get_ylabel().startswith("of all deals (%, with")
        assert plots.plot_cycle_times(few).get_ylabel().startswith("of opened deals (%, with")


class TestOneRun:
    def test_funnel(self, dozen):
        """A bar for each open and won stage, as long as its share."""
        ax = plots.plot_funnel(dozen)

        assert [bar.get_width() for bar in ax.patches] == pytest.approx([100.0, 25.0])
        assert texts(ax) == ["100.0 %  (12)", "25.0 %  (3)"]

    def test_flow(self, result):
        """At the end all that were opened have left or are open."""
        ax = plots.plot_flow(result)

        [opened] = [line for line in ax.get_lines() if line.get_label() == "opened"]
        assert opened.get_ydata()[-1] == 60
        tops = [path.get_paths()[0].vertices[:, 1].max() for path in ax.collections]
        assert tops == sorted(tops)
        assert tops[-1] == 60

    def test_flow_of_nothing(self):
        """Where nothing was opened there is nothing to draw."""
        with pytest.raises(ValueError, match="no deal was opened by the end"):
            plots.plot_flow(made([-1], [0]))

    def test_pipeline(self):
        """Open deals and what they are worth: one gone after a day, one after fifty, one never."""
        held = made([WON, LOST, TALK], np.array([1, 50, 0]) * DAY, value=[10.0, 20.0, 5000.0])

        ax = plots.plot_pipeline(held)

        line, worth = ax.get_lines()[0], ax.figure.axes[1].get_lines()[0]
        days = line.get_xdata()
        for day, count, value in ((0.5, 3, 5030), (20, 2, 5020), (99, 1, 5000)):
            place = np.searchsorted(days, day)
            assert (line.get_ydata()[place], worth.get_ydata()[place]) == (count, value)
        assert ax.figure.axes[1].get_ylabel() == "value (EUR)"

    def test_pipeline_without_parked_deals(self):
        """What is parked after two days is worth nothing to the pipeline from then on."""
        ax = plots.plot_pipeline(made([LATER, TALK], [2 * DAY, 0], value=[10.0, 500.0]))

        line, worth = ax.get_lines()[0], ax.figure.axes[1].get_lines()[0]
        assert (line.get_ydata()[0], worth.get_ydata()[0]) == (2, 510)
        assert (line.get_ydata()[-1], worth.get_ydata()[-1]) == (1, 500)

    def test_pipeline_without_values(self):
        """Where nobody knows values none are drawn."""
        assert len(plots.plot_pipeline(made([TALK], [0])).figure.axes) == 1

    @pytest.mark.parametrize(
        ("value", "text"),
        [(0.0, "0"), (950.0, "950"), (1500.0, "1.5 k"), (2.5e6, "2.5 M"), (3e9, "3 B")],
    )
    def test_short_amounts(self, value, text):
        """An axis has room for few letters."""
        assert plots._short(value) == text

    def test_cycle_times(self, dozen):
        """The won curve ends at the share of wins; percentiles are marked."""
        ax = plots.plot_cycle_times(dozen)

        won = {line.get_label(): line for line in ax.get_lines()}["won"]
        assert won.get_ydata()[-1] == pytest.approx(25.0)
        assert "50 % of wins: 2 days" in texts(ax)

    def test_cycle_times_without_wins(self):
        """There is nothing to mark then."""
        ax = plots.plot_cycle_times(summary([TALK, LOST], [0, DAY]))

        assert texts(ax) == []

    def test_lines_end_with_the_last_deal(self):
        """Lines of ages go no further than deals were followed."""
        ax = plots.plot_cycle_times(summary([LOST, TALK], [9 * DAY, 0], window=10 * DAY))

        won, lost = ax.get_lines()[:2]
        assert won.get_xdata()[-1] == lost.get_xdata()[-1] == 10.0

    def test_time_in_stage(self, dozen):
        """The dot stands at the time by which half had left."""
        ax = plots.plot_time_in_stage(dozen)

        dots = [line for line in ax.get_lines() if line.get_marker() == "o"]
        assert [dot.get_xdata()[0] for dot in dots] == [3.0]
        # Of eleven that left, after 1, 1, 2, 2, 3, 3, 3, 4, 4, 5 and 6 days: one goes on.
        bars = [line.get_xdata().tolist() for line in ax.get_lines() if line.get_linewidth() > 5]
        assert bars == [[1.0, 6.0]]

    def test_nobody_left(self):
        """Where nobody has left yet there is no dot."""
        ax = plots.plot_time_in_stage(summary([TALK], [0]))

        assert len(ax.get_lines()) == 0

    def test_sensitivity(self):
        """A dot for each rule and stage, at what it costs."""
        found = sensitivity(SHORT, deals=20, behaviour=PEOPLE, fast=False)

        ax = plots.plot_sensitivity(found)

        assert [t.get_text() for t in ax.get_yticklabels()] == [c.title for c in found.costs]
        drawn = sorted(x for c in ax.containers for x in c.lines[0].get_xdata())
        assert drawn == pytest.approx(sorted(100 * c.wins.value for c in found.costs))
        names = [c.title for c in found.costs]
        for each in ax.containers:
            for x, y in zip(*each.lines[0].get_data(), strict=True):
                [cost] = [c for c in found.costs if c.title == names[::-1][y]]
                assert (cost.kind, 100 * cost.wins.value) == (each.get_label(), pytest.approx(x))

    def test_bars(self):
        """They reach to the ends, below first; where there is no end there is no bar."""
        ends = ends_of([Estimate(5.0, 3.0, 9.0), Estimate(5.0, 4.0), Estimate(None)])

        assert ends[0].tolist()[:2] == [2.0, 1.0]
        assert ends[1].tolist()[:1] == [4.0]
        assert np.isnan([ends[0][2], *ends[1][1:]]).all()


class TestLooks:
    def test_every_outcome_has_one(self):
        """Those that deals come to only where open deals are limited, too, and no two are alike."""
        assert set(_OUTCOME_STYLE) == set(OUTCOMES)
        assert len(set(_OUTCOME_STYLE.values())) == len(OUTCOMES)

    def test_limits(self):
        """Deals that were never opened are drawn."""
        tight = attrs.evolve(
            PEOPLE,
            arrivals=Arrivals(every="1 hour"),
            capacity=Capacity(reps=1, open_limit=1, patience="1 hour"),
        )
        found = grid(SHORT, {MAX: ["3 days"]}, deals=9, behaviour=tight, fast=False)

        assert "lost: never opened" in plots.plot_outcomes(found).get_legend_handles_labels()[1]

    def test_names_of_stages(self, dozen):
        """People read what stages are called, not their ids."""
        named = attrs.evolve(
            dozen, stages=tuple(attrs.evolve(s, name=f"The {s.stage}") for s in dozen.stages)
        )
        for plot in (plots.plot_funnel, plots.plot_time_in_stage):
            assert plot(named).get_yticklabels()[0].get_text() == "The talk"

    def test_dark_background(self, dozen, result):
        """Lines that stand for figures are not black on black."""
        with plt.style.context("dark_background"):
            bars = plots.plot_funnel(dozen).collections[0]
            assert {tuple(colour) for colour in bars.get_edgecolor()} == {(1.0, 1.0, 1.0, 1.0)}
            assert plots.plot_flow(result).get_lines()[0].get_color() == "white"

    def test_several_units(self):
        """36 hours do not stand to the right of 3 days."""
        mixed = grid(SHORT, {MAX: ["36 hours", "3 days"]}, deals=2, behaviour=PEOPLE, fast=False)
        with pytest.raises(ValueError, match="several units"):
            plots.plot_leash(mixed)

    def test_one_day(self):
        """One day has the unit of two days."""
        found = grid(SHORT, {MAX: ["1 day", "2 days"]}, deals=2, behaviour=PEOPLE, fast=False)
        assert plots.plot_leash(found)[1].get_xlabel() == "longest gap between touches (days)"


class TestTaken:
    @pytest.mark.parametrize(
        "name", [name for name in plots.__all__ if name not in {"plot_flow", "plot_pipeline"}]
    )
    def test_something_else(self, result, name):
        """A result is not its summary: the message says how to come by what is wanted."""
        with pytest.raises(TypeError, match=r"got <SimulationResult.*, expected .* (Make|That of)"):
            getattr(plots, name)(result)

    @pytest.mark.parametrize("name", ["plot_flow", "plot_pipeline"])
    def test_a_summary(self, dozen, name):
        """A summary no longer knows when deals came."""
        with pytest.raises(TypeError, match="expected a SimulationResult"):
            getattr(plots, name)(dozen)


class TestNothing:
    def test_no_deal_came(self):
        """There is nothing to add up."""
        coming = attrs.evolve(PEOPLE, arrivals=Arrivals(every="1 day"))
        before = coming.arrivals.start - dt.timedelta(days=1)
        found = grid(SHORT, {MAX: ["3 days"]}, deals=2, behaviour=coming, until=before, fast=False)

        with pytest.raises(ValueError, match="no deal came by the end"):
            plots.plot_outcomes(found)

    def test_nothing_to_go_without(self):
        """There is nothing that could cost wins."""
        found = sensitivity(process("talk"), deals=2, behaviour=sf.Behaviour(), fast=False)

        with pytest.raises(ValueError, match="known has no rule or stage to go without"):
            plots.plot_sensitivity(found)


def test_without_matplotlib(monkeypatch):
    """The extra names itself."""
    import salesflow.charts

    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtraError, match=r"salesflow\[plots\]"):
        importlib.reload(salesflow.charts)


def test_every_plot_is_offered():
    """What is documented as a plot can be imported by name."""
    assert all(callable(getattr(plots, name)) for name in plots.__all__)

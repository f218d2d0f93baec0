"""Plots: what is drawn is what was found, with its units."""

import datetime as dt
import itertools
import subprocess
import sys

import attrs
import polars as pl
import pytest
from scipy import stats

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("agg")

from matplotlib import pyplot as plt  # noqa: E402
from tests.history.silent_deals import MAPPING, PROCESS  # noqa: E402

from salesflow.deal import Deal  # noqa: E402
from salesflow.history import EventLog, audit, backtest, plots, silence  # noqa: E402
from salesflow.history.reading.mapping_file import parse_mapping  # noqa: E402
from salesflow.process import Process, Stage  # noqa: E402
from salesflow.process.load import load_process  # noqa: E402
from salesflow.samples import sample_file  # noqa: E402

AS_OF = dt.datetime(2024, 6, 14, 21, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def process():
    return load_process("six-step")


@pytest.fixture(scope="module")
def log(process):
    return EventLog.from_csv(sample_file("crm.csv"), process, sample_file("crm-mapping.toml"))


@pytest.fixture(scope="module")
def found(log, process):
    return audit(log, process, AS_OF, fast=False)


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


class TestAll:
    @pytest.mark.long
    @pytest.mark.parametrize("name", plots.__all__)
    def test_labels_and_axes(self, name, found, log, process):
        """A title and axes with units, whole on a figure of its own; a given Axes is returned."""
        given = {
            "plot_hazards": lambda: silence(log, process, AS_OF, fast=False),
            "plot_backtest": lambda: backtest(
                log, process, {"contact_gaps.touch.max": "7200 business minutes"}, AS_OF, fast=False
            ),
        }.get(name, lambda: found)()
        _, ax = plt.subplots()
        draw = getattr(plots, name)

        assert draw(given, ax=ax) is ax
        assert ax.get_title()
        assert ax.get_xlabel()
        assert ax.get_legend() is not None
        assert ax.has_data()
        ax.figure.canvas.draw()
        own = draw(given)
        assert own is not ax
        own.figure.canvas.draw()
        whole = own.figure.bbox
        for said in (own.title, own.xaxis.label, own.yaxis.label):
            if not said.get_text():
                continue
            extent = said.get_window_extent()
            assert whole.x0 <= extent.x0
            assert extent.x1 <= whole.x1

    def test_empty(self, process, tmp_path):
        """Without deals the plots are empty, and drawn."""
        path = tmp_path / "log.csv"
        path.write_text(sample_file("crm.csv").read_text(encoding="utf-8").splitlines()[0])
        empty = EventLog.from_csv(path, process, sample_file("crm-mapping.toml"))
        none = audit(empty, process, AS_OF)
        for name in plots.__all__:
            if name not in {"plot_hazards", "plot_backtest"}:
                getattr(plots, name)(none).figure.canvas.draw()
        plots.plot_hazards(silence(empty, process, AS_OF))
        plots.plot_backtest(backtest(empty, process, process, AS_OF))

    def test_no_gaps(self, process, tmp_path):
        """Without gaps nothing is said of how long they may be."""
        path = tmp_path / "log.csv"
        path.write_text(sample_file("crm.csv").read_text(encoding="utf-8").splitlines()[0])
        empty = EventLog.from_csv(path, process, sample_file("crm-mapping.toml"))
        ax = plots.plot_gaps(audit(empty, process, AS_OF))

        assert [text.get_text() for text in ax.get_legend().texts] == ["in time: 0", "late: 0"]

    @pytest.mark.parametrize("name", ["plot_hazards", "plot_backtest"])
    def test_something_else(self, name, found):
        """The message says how to come by what is wanted."""
        with pytest.raises(TypeError, match=r"got <Audit.*Make it with"):
            getattr(plots, name)(found)

    @pytest.mark.long
    @pytest.mark.parametrize("name", ["plot_gaps", "plot_hazards"])
    def test_dark_background(self, name, found, log, process):
        """A line that stands for a limit is not black on black."""
        given = found if name == "plot_gaps" else silence(log, process, AS_OF, fast=False)
        with plt.style.context("dark_background"):
            ax = getattr(plots, name)(given)
        assert ax.get_lines()[-1].get_color() == "white"


class TestNames:
    def test_long_ones_below(self, found):
        """Names that would run into each other are slanted, short ones are not, with more room."""
        names = {
            stage: f"{name}: everything that is to be done"
            for stage, name in found.stage_names.items()
        }
        long = attrs.evolve(found, stage_names=names)
        for plot in (plots.plot_ageing, plots.plot_time_in_stage):
            plain, slanted = plot(found), plot(long)
            assert {each.get_rotation() for each in plain.get_xticklabels()} == {0}
            assert {each.get_rotation() for each in slanted.get_xticklabels()} == {30}
            assert slanted.figure.get_figheight() > plain.figure.get_figheight()

    def test_many(self):
        """With many stages the plot is wider, so that each name has its place."""
        many = Process(
            id="many",
            version="1",
            stages=[
                *(Stage(id=f"s{n}", title=f"Stage number {n}") for n in range(40)),
                Stage(id="won", kind="won"),
                Stage(id="lost", kind="lost"),
            ],
        )
        deal = Deal.open(many, id="d", at=AS_OF - dt.timedelta(days=9))
        found = audit(EventLog.from_events({"d": deal.events}, many), many, AS_OF)
        for plot in (plots.plot_ageing, plots.plot_time_in_stage):
            assert plot(found).figure.get_figwidth() > 40 * 0.3

    def test_flow_has_them_beside(self, found):
        """The legend of a flow hides no band."""
        ax = plots.plot_flow(found)
        ax.figure.canvas.draw()
        assert ax.get_legend().get_window_extent().x0 >= ax.get_window_extent().x1

    def test_colours_that_come_again(self):
        """Stages that share a colour do not look alike."""
        stages = [Stage(id=f"s{n}") for n in range(10)]
        many = Process(
            id="many",
            version="1",
            stages=[*stages, Stage(id="won", kind="won"), Stage(id="lost", kind="lost")],
        )
        deals = {}
        for n in range(10):
            deal = Deal.open(many, id=f"d{n}", at=AS_OF - dt.timedelta(days=9))
            for to in stages[1 : n + 1]:
                deal.move(to.id, at=AS_OF - dt.timedelta(days=8))
            deals[deal.id] = deal.events
        ax = plots.plot_flow(audit(EventLog.from_events(deals, many), many, AS_OF))

        looks = [(str(each.get_facecolor()), each.get_hatch()) for each in ax.collections]
        assert len(set(looks)) == len(looks) == 10


class TestHazards:
    def test_bands_are_wilsons(self, log, process):
        """A day on which nothing happened has a band, too: it might have."""
        asked = silence(log, process, AS_OF, fast=False)
        rows = asked.to_polars("hazards").filter(pl.col("days") >= 20)
        ax = plots.plot_hazards(asked)

        for end, band in zip(("lost", "won"), ax.collections, strict=True):
            top = {}
            for x, y in band.get_paths()[0].vertices:
                top[x] = max(top.get(x, 0.0), y)
            for day, days, count in rows.select("silence", "days", end).iter_rows():
                known = stats.binomtest(count, days).proportion_ci(method="wilson")
                assert top[day] == pytest.approx(100 * known.high)
                assert known.high > 0


class TestGaps:
    def test_bars_are_the_gaps(self, found):
        """The bars add up to the gaps, those past the rule in their own colour."""
        ax = plots.plot_gaps(found, "touch")
        late = sum(gap.late for gap in found.gaps if gap.rule == "touch")
        every = [gap for gap in found.gaps if gap.rule == "touch"]

        in_time, past = ax.containers
        assert sum(bar.get_height() for bar in in_time) == len(every) - late
        assert sum(bar.get_height() for bar in past) == late
        assert "business days" in ax.get_xlabel()

    def test_unknown_rule(self, found):
        """A misspelt rule is told what there is."""
        with pytest.raises(ValueError, match=r"rule: 'tuch', .*; did you mean 'touch'"):
            plots.plot_gaps(found, "tuch")
        with pytest.raises(ValueError, match=r"rule: 'xyz', .* there are touch, answer"):
            plots.plot_gaps(found, "xyz")


def test_no_contact_gap(tmp_path):
    """A process without a contact gap has no gaps to draw."""
    path = tmp_path / "log.csv"
    path.write_text("deal,at,what\n", encoding="utf-8")
    bare = load_process(PROCESS.partition("[[contact_gaps]]")[0])
    none = audit(EventLog.from_csv(path, bare, parse_mapping(MAPPING)), bare, AS_OF)

    with pytest.raises(ValueError, match="the process has no contact gap"):
        plots.plot_gaps(none)


class TestAgeing:
    def test_points_are_the_open_deals(self, found):
        """Every open deal is a point, and the won percentiles are lines."""
        ax = plots.plot_ageing(found)

        assert sum(len(points.get_offsets()) for points in ax.collections) == found.summary.open
        heights = sorted(line.get_ydata()[0] for line in ax.lines)
        won = found.flow.won_days
        assert heights == [won.p50, won.p85, won.p95]


class TestFlow:
    def test_bands_are_the_deals(self, found):
        """On the last day the bands add up to all deals that are open by then."""
        ax = plots.plot_flow(found)
        top = max(band.get_paths()[0].vertices[:, 1].max() for band in ax.collections)

        assert top <= found.summary.deals
        assert top >= found.summary.deals - 5


CODE = """
import sys
sys.modules["matplotlib"] = None
import salesflow as sf
try:
    import salesflow.history.plots
except sf.SalesflowError as error:
    print(error)
"""


def test_names_the_extra():
    """Without matplotlib the import says what to install."""
    run = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, check=False, timeout=60
    )

    assert run.stdout == "matplotlib is not installed. Install it: pip install 'salesflow[plots]'\n"


class TestTogether:
    def test_in_one_figure(self, found):
        """A plot slants its own dates, and leaves what stands above it as it is."""
        _, (above, below) = plt.subplots(2)
        plots.plot_ageing(found, ax=above)

        plots.plot_cycle_times(found, ax=below)

        assert next(t.get_text() for t in above.get_xticklabels()) == "Qualify"
        assert above.xaxis.get_tick_params()["labelbottom"]
        assert {t.get_rotation() for t in above.get_xticklabels()} == {0}
        assert {t.get_rotation() for t in below.get_xticklabels()} == {30}

    def test_shares_stand_apart(self, found):
        """The words beside the lines do not hide each other, however close these are."""
        ax = plots.plot_ageing(found)

        places = [text.xy[1] for text in ax.texts]
        low, high = ax.get_ylim()
        assert len(places) == 3
        assert all(b - a >= 0.09 * (high - low) for a, b in itertools.pairwise(places))
        assert "95 % of won" in ax.texts[-1].get_text()

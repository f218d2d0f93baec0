"""Variants, grids, and what each rule and stage costs."""

from __future__ import annotations

import attrs
import numpy as np
import pytest
from tests.simulation.made_up import SHORT, TEXT
from tests.simulation.test_compare import PEOPLE

import salesflow as sf
from salesflow.errors import BehaviourError, ProcessError
from salesflow.simulation import grid, replicate, sensitivity
from salesflow.simulation.distributions import Exponential
from salesflow.simulation.metrics import METRICS, metric
from salesflow.simulation.parts import Arrivals, Capacity, Learning, Override, StageLife
from salesflow.simulation.variants import variants, varied

MAX = "contact_gaps.touch.max"
HEEDS = "behaviour.touches.heeds"


@pytest.fixture(scope="module")
def small():
    return grid(
        SHORT,
        {MAX: ["3 days", "5 days"], HEEDS: [0.0, 1.0]},
        deals=60,
        behaviour=PEOPLE,
        fast=False,
    )


class TestVaried:
    @pytest.mark.parametrize(
        ("path", "value", "read"),
        [
            pytest.param("touches.heeds", 0.25, lambda b: b.touches.heeds, id="part"),
            pytest.param("title", "mine", lambda b: b.title, id="own"),
            pytest.param(
                "stages.talk.then.lost",
                0.5,
                lambda b: b.stage["talk"].then["lost"],
                id="share",
            ),
            pytest.param("cooling", None, lambda b: b.cooling, id="none"),
        ],
    )
    def test_behaviour(self, path, value, read):
        """A path leads to any part, through stages by their names."""
        process, behaviour = varied(SHORT, PEOPLE, {f"behaviour.{path}": value})

        assert process is SHORT
        assert read(behaviour) == value

    def test_time(self):
        """A time may be said as text."""
        _, behaviour = varied(SHORT, PEOPLE, {"behaviour.stages.talk.work": "3 days"})

        assert behaviour.stage["talk"].work.mean == 3

    def test_rows(self):
        """Rows have the names of what they are about, and a path means all of one name."""
        said = attrs.evolve(
            PEOPLE,
            facts=[
                Learning(fact="budget", stage="talk", values=[1]),
                Learning(fact="need", stage="talk", values=[True]),
                Learning(fact="budget", stage="offer", values=[2]),
            ],
            overrides=[Override(target="touch", lasts="1 day")],
        )
        changes = {"behaviour.facts.budget.share": 0.5, "behaviour.overrides.touch.share": 0.1}
        _, found = varied(SHORT, said, changes)

        assert [each.share for each in found.facts] == [0.5, 1.0, 0.5]
        assert found.overrides[0].share == 0.1

    def test_process(self):
        """Other paths are those of the process file."""
        process, behaviour = varied(SHORT, PEOPLE, {MAX: "4 days"})

        assert str(process.contact_gaps[0].max) == "4 days"
        assert behaviour is PEOPLE

    @pytest.mark.parametrize(
        ("path", "said"),
        [
            pytest.param("touchs.heeds", "did you mean 'touches'", id="misspelt"),
            pytest.param("stages.tlak.work", "did you mean 'talk'", id="stage"),
            pytest.param("touches.heeds.more", "nothing named 'more' here", id="too-deep"),
        ],
    )
    def test_leads_nowhere(self, path, said):
        """What leads nowhere is said, with what was meant."""
        with pytest.raises(ValueError, match=f"behaviour.{path}: .*{said}"):
            varied(SHORT, PEOPLE, {f"behaviour.{path}": 1})

    def test_every_combination(self):
        """The last axis changes fastest."""
        found = variants(SHORT, PEOPLE, {MAX: ["3 days", "4 days"], HEEDS: [0, 1]})

        assert [variant.labels for variant in found] == [
            ("3 days", "0"),
            ("3 days", "1"),
            ("4 days", "0"),
            ("4 days", "1"),
        ]

    def test_labels(self):
        """A label may stand for several changes."""
        [tight] = variants(
            SHORT, PEOPLE, {"leash": {"tight": {MAX: "2 days", "timers.gone_cold.after": "9 days"}}}
        )

        assert tight.labels == ("tight",)
        assert [str(tight.process.contact_gaps[0].max), str(tight.process.timers[0].after)] == [
            "2 days",
            "9 days",
        ]

    def test_one_text(self):
        """A lone text would be taken letter by letter."""
        with pytest.raises(TypeError, match=r"expected several values, got '3 days'"):
            list(variants(SHORT, PEOPLE, {MAX: "3 days"}))


class TestGrid:
    def test_cells(self, small):
        """Every combination has its figures, and is matched with the process as it is."""
        assert (len(small), small.axes) == (4, (MAX, HEEDS))
        assert small.labels == (("3 days", "5 days"), ("0.0", "1.0"))
        cell = small["5 days", "1.0"]
        assert cell.summary.opened == 60
        before = cell.differences["won"].before
        assert before == small.base.share("won").value

    def test_same_luck(self):
        """A cell that changes nothing is the process as it is."""
        found = grid(SHORT, {MAX: ["5 days"]}, deals=30, behaviour=PEOPLE, fast=False)

        assert found["5 days"].summary == found.base
        assert found["5 days"].differing.value == 0.0

    def test_unknown_cell(self, small):
        """A combination that there is not is a KeyError that shows it, and which there are."""
        with pytest.raises(KeyError, match=r"9 days, 1\.0; there are \(3 days, 5 days\) × "):
            _ = small["9 days", "1.0"]
        assert small["5 days", 1.0] is small["5 days", "1.0"]

    def test_every_metric(self, small):
        """Every figure can be had of every cell, and in the frames."""
        for name in METRICS:
            assert len(small.values(name)) == 4
        assert len(small.to_pandas()) == len(small.to_polars()) == 4

    def test_as_a_table(self, small):
        """Each end stands under its name, and so does what is won more."""
        for row, cell in zip(small.to_polars().to_dicts(), small, strict=True):
            for name in METRICS:
                ends = (row[name], row[f"{name}_low"], row[f"{name}_high"])
                assert ends == attrs.astuple(cell.figure(name))
            more = (row["won_more"], row["won_more_low"], row["won_more_high"])
            assert more == attrs.astuple(cell.differences["won"].difference)
            assert row["differing"] == cell.differing.value
            assert row["won_low"] < row["won"] < row["won_high"]

    def test_unknown_metric(self, small):
        """A misspelt figure is named."""
        with pytest.raises(ValueError, match=r"'win_rat'.*did you mean 'win_rate'"):
            small.values("win_rat")
        with pytest.raises(ValueError, match="'x', expected the name"):
            metric("x")

    def test_one_by_one(self, small):
        """Its cells come in their order."""
        assert list(small) == list(small.cells)

    @pytest.mark.parametrize(
        ("axes", "match"),
        [
            pytest.param([MAX], "axes: .*, expected values by their paths", id="list"),
            pytest.param({HEEDS: 0.5}, "expected several values, got 0.5. Put it into", id="one"),
            pytest.param({MAX: "5 days"}, "expected several values, got '5 days'", id="text"),
        ],
    )
    def test_no_axes(self, axes, match):
        """What cannot be varied over is told what is wanted."""
        with pytest.raises(TypeError, match=match):
            grid(SHORT, axes, deals=2, behaviour=PEOPLE, fast=False)

    def test_nothing_varied(self):
        """A grid over nothing is a mistake."""
        with pytest.raises(ValueError, match="nothing is varied"):
            grid(SHORT, {}, deals=1)

    def test_faults_come_first(self):
        """Values that do not fit are told before anything is run."""
        seen = []
        with pytest.raises(ProcessError, match="contact_gaps"):
            grid(SHORT, {MAX: ["5 days", "5"]}, deals=1, progress=lambda *_: seen.append(1))
        with pytest.raises(BehaviourError, match="prospect"):
            grid(
                SHORT,
                {"behaviour.stages.talk.then": [{"prospect": 1}]},
                deals=1,
                behaviour=PEOPLE,
                progress=lambda *_: seen.append(1),
            )
        assert seen == []

    def test_warm_up(self):
        """Deals that come while it warms up are in no figure and no difference."""
        axes, given = {MAX: ["3 days"]}, {"deals": 60, "behaviour": PEOPLE, "fast": False}
        [cell] = grid(SHORT, axes, warmup="5 days", **given)
        one = sf.simulate(SHORT, **given)
        two = sf.simulate(SHORT.replace(MAX, "3 days"), until=one.until, **given)

        assert 0 < cell.summary.left_out < 60
        assert cell.summary == two.summary(warmup="5 days")
        known = sf.compare(one, two, warmup="5 days")
        assert cell.differences == {each.name: each for each in known}
        assert cell.differing == known.differing

    @pytest.mark.parametrize("runs", [1, 3])
    @pytest.mark.parametrize(
        ("axes", "match"),
        [
            pytest.param(
                {"behaviour.arrivals.every": [Exponential("6 hours"), Exponential("9 hours")]},
                "with .*9 hours.*, 5 of 5 deals come at another instant",
                id="faster",
            ),
            pytest.param(
                {"behaviour.arrivals": [Arrivals(at=[PEOPLE.arrivals.start] * 3)]},
                "5 of 5 deals come at another instant",
                id="fewer",
            ),
        ],
    )
    def test_other_arrivals(self, axes, match, runs):
        """However many runs there are, deals that come at other instants are other deals."""
        seen = []
        with pytest.raises(ValueError, match=match):
            grid(
                SHORT,
                axes,
                deals=5,
                runs=runs,
                behaviour=PEOPLE,
                fast=False,
                progress=lambda *_: seen.append(1),
            )
        assert seen == []

    @pytest.mark.parametrize("runs", [1, 2])
    def test_another_calendar(self, runs):
        """A calendar may be varied where deals come by the clock, and not where by its hours."""
        axes = {"calendar.hours": [{"mon-fri": ["09:00-12:00"]}]}
        given = {"deals": 4, "runs": runs, "fast": False, "horizon": "30 days"}
        process = SHORT.replace("calendar.hours", {"mon-fri": ["09:00-17:00"]})
        people = attrs.evolve(PEOPLE, arrivals=Arrivals(every=Exponential("6 business hours")))

        assert len(grid(process, axes, behaviour=PEOPLE, **given)) == 1
        with pytest.raises(ValueError, match="deals come at another instant"):
            grid(process, axes, behaviour=people, **given)

    def test_progress(self):
        """It is told after each cell."""
        seen = []
        grid(
            SHORT,
            {HEEDS: [0, 1]},
            deals=5,
            behaviour=PEOPLE,
            fast=False,
            progress=lambda done, of: seen.append((done, of)),
        )

        assert seen == [(1, 2), (2, 2)]

    def test_default_behaviour_is_of_the_base(self):
        """People do not change their habits because a rule does."""
        process = sf.load_process("inbound-fast")
        gap = process.contact_gaps[0].id
        found = grid(process, {f"contact_gaps.{gap}.mode": ["enforce"]}, deals=8, fast=False)

        assert found.cells[0].differing.value == 0.0

    def test_shown(self, small):
        """A line for each cell, with intervals."""
        lines = str(small).splitlines()

        assert lines[0] == "60 matched deals in each; in brackets the 95 % intervals"
        assert len(lines) == 2 + 1 + 4
        won = small.cells[0].figure("won")
        value, low, high = (f"{100 * each:.1f}" for each in attrs.astuple(won))
        assert f" {value} ({low} to {high}) " in lines[3]
        assert small._repr_html_().count("<tr>") == 1 + 4


REPS, LIMIT = "behaviour.capacity.reps", "behaviour.capacity.open_limit"
BUSY = attrs.evolve(
    PEOPLE,
    arrivals=Arrivals(every=Exponential("12 hours")),
    touches=attrs.evolve(PEOPLE.touches, minutes="20 hours"),
    capacity=Capacity(reps=1, open_limit=8, patience=Exponential("20 days")),
)


class TestGridOfReps:
    @pytest.fixture(scope="class")
    @staticmethod
    def found():
        axes = {REPS: [1, 2], LIMIT: [None, 4], MAX: ["3 days", "6 days"]}
        return grid(
            SHORT, axes, deals=30, runs=3, behaviour=BUSY, fast=False, horizon="60 days",
            warmup="2 days",
        )  # fmt: skip

    @pytest.mark.long
    def test_reps_limits_and_gaps_together(self, found):
        """Heads, a limit on open deals and the length of a gap are axes like any other."""
        assert len(found) == 8
        assert found["2", "None", "3 days"].summary.counts["lost: never opened"] == 0
        assert found["1", "4", "3 days"].summary.counts["lost: never opened"] > 0

    def test_each_cell_has_its_runs(self, found):
        """A cell is what `replicate` says of it, with the interval over its runs."""
        cell = found["1", "4", "6 days"]
        behaviour = attrs.evolve(BUSY, capacity=attrs.evolve(BUSY.capacity, reps=1, open_limit=4))
        # Every seed ends when it does for the process as it is.
        base = replicate(
            SHORT, 3, deals=30, behaviour=BUSY, fast=False, horizon="60 days", warmup="2 days"
        )
        first = sf.simulate(
            SHORT.replace(MAX, "6 days"),
            30,
            behaviour=behaviour,
            until=base.summaries[0].until,
            fast=False,
        )

        assert cell.runs.summaries[0] == first.summary(warmup="2 days")
        assert cell.figure("won") == cell.runs.figure("won")
        assert cell.figure("won").low < cell.figure("won").value < cell.figure("won").high
        assert cell.summary.arrived == sum(each.arrived for each in cell.runs.summaries)
        assert cell.differences["won"].difference == cell.runs.against(base)["won"].difference

    def test_of_one_run_no_interval_is_said(self):
        """Where deals wait for the same reps, one run has figures and no intervals."""
        found = grid(SHORT, {REPS: [1, 2]}, deals=20, behaviour=BUSY, fast=False, horizon="60 days")

        won = found.cells[0].figure("won")
        assert (won.low, won.high, won.value is None) == (None, None, False)
        assert "intervals take several runs" in str(found)
        assert "(" not in str(found).splitlines()[-1]
        assert not found.cells[1].differences["won"].is_certain

    def test_numbers_of_numpy(self):
        """Axes may be arrays: a value is what it says, and is found by it."""
        axes = {HEEDS: np.array([0.1, 1], dtype="float32"), LIMIT: np.arange(2, 4)}
        found = grid(SHORT, axes, deals=2, behaviour=BUSY, fast=False)

        assert found.labels == (("0.1", "1.0"), ("2", "3"))
        assert found[np.float32(0.1), np.int64(3)] is found["0.1", "3"]

    def test_shown(self, found):
        """What left unopened is shown where there is a limit, and a table has every figure."""
        assert "3 matched runs of" in str(found)
        assert "lost: never opened %" in str(found)
        assert len(found.to_polars()) == 8

    def test_where(self, found):
        """The cells with one value are a grid over the other axes."""
        part = found.where({REPS: 2})

        assert (part.axes, part.base) == ((LIMIT, MAX), found.base)
        assert part["4", "3 days"].summary == found["2", "4", "3 days"].summary
        assert len(found.where({REPS: "1", MAX: "6 days"})) == 2

    @pytest.mark.parametrize(
        ("chosen", "match"),
        [
            pytest.param({"reps": 2}, "no axis named 'reps'", id="axis"),
            pytest.param({REPS: 7}, "no value '7'; there are 1, 2", id="value"),
            pytest.param({REPS: 1, LIMIT: 4, MAX: "3 days"}, "no axis would be left", id="all"),
        ],
    )
    def test_nowhere(self, found, chosen, match):
        """An axis or a value that is not there is named."""
        with pytest.raises(ValueError, match=match):
            found.where(chosen)

    @pytest.mark.parametrize(
        ("runs", "error"),
        [pytest.param(0, ValueError, id="none"), pytest.param(1.5, TypeError, id="half")],
    )
    def test_wrong_runs(self, runs, error):
        """There is at least one run."""
        with pytest.raises(error, match="'runs' must be"):
            grid(SHORT, {REPS: [1]}, runs=runs, behaviour=BUSY)

    def test_progress(self):
        """It is told after each cell."""
        told = []
        grid(
            SHORT, {REPS: [1, 2]}, deals=3, runs=2, behaviour=BUSY, fast=False, horizon="9 days",
            progress=lambda done, of: told.append((done, of)),
        )  # fmt: skip

        assert told == [(1, 2), (2, 2)]

    def test_sensitivity(self):
        """What a stage costs is said without an interval."""
        found = sensitivity(SHORT, deals=20, behaviour=BUSY, fast=False, horizon="60 days")

        assert {each.wins.low for each in found.costs} == {None}
        assert " to " not in str(found).split("interval")[1]


class TestSensitivity:
    @pytest.fixture(scope="class")
    @classmethod
    def costs(cls):
        return sensitivity(SHORT, deals=120, behaviour=PEOPLE, fast=False)

    @pytest.mark.long
    def test_dearest_first(self, costs):
        """The timer that closes silent deals costs wins, the one that nobody comes to none."""
        wins = {cost.name: cost.wins.value for cost in costs.costs}

        assert list(wins.values()) == sorted(wins.values(), reverse=True)
        assert wins["gone_cold"] > 0
        assert wins["too_old"] == 0
        assert {cost.kind for cost in costs.costs} == {"contact gap", "timer", "stage"}

    @pytest.mark.long
    def test_a_rule_off_only_watches(self, costs):
        """Without its kills, deals that it closed come to other ends."""
        [cold] = [cost for cost in costs.costs if cost.name == "gone_cold"]

        assert cold.differing.value > 0
        assert "only watches" in cold.tried

    def test_losses_of_a_stage(self):
        """Without the losses of its stage every deal that time leaves alone is won."""
        torn = StageLife(stage="talk", work="2 days", then={"won": 1.0, "lost": 3.0})
        people = attrs.evolve(PEOPLE, stages=[torn], cooling=None)

        found = sensitivity(SHORT, deals=80, behaviour=people, fast=False)

        assert (found.costs[0].name, found.costs[0].kind) == ("talk", "stage")
        [won] = [each for each in found.costs[0].differences if each.name == "won"]
        assert won.after > 0.99 > won.before

    @pytest.mark.parametrize("to", ["lost", "later"])
    def test_a_stage_that_leads_nowhere_else(self, to):
        """Where people only lose or park deals, nobody does without that: time closes them all."""
        talk = StageLife(stage="talk", work="2 days", then={to: 1.0})
        back = StageLife(stage="later", revive="300 days")
        people = sf.Behaviour(stages=[talk, back])

        found = sensitivity(SHORT, deals=3, behaviour=people, fast=False, horizon="9 days")

        [cost] = [cost for cost in found.costs if cost.kind == "stage"]
        silent = [each for each in cost.differences if each.name == "lost: silence"]
        assert [(each.before, each.after) for each in silent] == [(0.0, 1.0)]

    def test_losses_that_linger(self):
        """Where lost deals take a time of their own, nothing takes it without them."""
        torn = StageLife(
            stage="talk",
            work="2 days",
            then={"won": 1.0, "lost": 3.0},
            work_to={"won": "1 day", "lost": "4 days"},
        )
        people = attrs.evolve(PEOPLE, stages=[torn], cooling=None)

        found = sensitivity(SHORT, deals=40, behaviour=people, fast=False)

        [talk] = [cost for cost in found.costs if cost.name == "talk"]
        [won] = [each for each in talk.differences if each.name == "won"]
        assert won.after == 1.0 > won.before

    @pytest.mark.parametrize("lost_by", ["lose", "no_decision", "patience"])
    def test_losses_to_the_buyer(self, lost_by):
        """Three come at once and the buyer waits an hour only; else the last is served on day 3."""
        talk = StageLife(stage="talk", effort="1 day", then={"won": 1}, **{lost_by: "1 hour"})
        people = sf.Behaviour(stages=[talk], capacity=Capacity.of(1))

        found = sensitivity(SHORT, deals=3, behaviour=people, fast=False, horizon="9 days")

        [cost] = [cost for cost in found.costs if cost.name == "talk"]
        served = 1 / 3 if lost_by == "patience" else 0.0
        [won] = [each for each in cost.differences if each.name == "won"]
        assert (won.before, won.after) == (pytest.approx(served), 1.0)

    def test_as_a_table(self, costs):
        """Each figure stands under its name."""
        rows = costs.to_polars().to_dicts()

        for row, cost in zip(rows, costs.costs, strict=True):
            wins = cost.wins
            assert (row["wins"], row["low"], row["high"]) == (wins.value, wins.low, wins.high)
            assert row["differing"] == cost.differing.value
            assert wins.low <= wins.value <= wins.high
        cost = costs.costs[0]
        low, high = (f"{100 * end:.1f}" for end in (cost.wins.low, cost.wins.high))
        assert f" {low} to {high} " in str(costs)

    def test_is_a_comparison(self, costs):
        """What a rule costs is what two simulations with and without it differ by."""
        loose = SHORT.replace("timers.gone_cold.mode", "observe")
        one, two = (sf.simulate(p, 120, behaviour=PEOPLE, fast=False) for p in (SHORT, loose))
        known = sf.compare(one, two)
        [cold] = [cost for cost in costs.costs if cost.name == "gone_cold"]

        assert (cold.wins, cold.differing) == (known["won"].difference, known.differing)
        assert known.differing.value < known.touched.value

    def test_a_timer_that_moves_nothing(self):
        """Nothing is lost to it, so nothing is tried."""
        told = sf.load_process(
            TEXT + '[[timers]]\nid = "told"\nsince = "touch"\nafter = "9 days"\n'
        )
        found = sensitivity(told, deals=2, behaviour=PEOPLE, fast=False)

        assert {cost.name for cost in found.costs} == {"touch", "gone_cold", "too_old", "talk"}

    def test_shown(self, costs):
        """A line each, a row each."""
        assert len(str(costs).splitlines()) == 2 + 1 + len(costs.costs)
        assert costs._repr_html_().count("<tr>") == 1 + len(costs.costs)
        assert len(costs.to_pandas()) == len(costs.to_polars()) == len(costs.costs)

    def test_progress_and_default(self):
        """It is told after each thing; people do what is assumed unless said otherwise."""
        seen = []
        found = sensitivity(
            SHORT, deals=3, fast=False, progress=lambda done, of: seen.append((done, of))
        )

        assert seen[-1] == (len(found.costs), len(found.costs))

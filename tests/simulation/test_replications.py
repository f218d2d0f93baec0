"""Several runs with seeds of their own."""

from __future__ import annotations

import datetime as dt
import math
import pickle
import re
from concurrent.futures import ThreadPoolExecutor

import attrs
import numpy as np
import pytest
from scipy import stats
from tests.simulation.made_up import DAY, LOST, SHORT, TALK, WON, summary
from tests.simulation.test_compare import PEOPLE

import salesflow as sf
from salesflow.calendars import to_micros
from salesflow.intervals import student95
from salesflow.simulation import replicate, summarize
from salesflow.simulation.distributions import Exponential
from salesflow.simulation.estimates import NOTHING, Estimate
from salesflow.simulation.metrics import METRICS
from salesflow.simulation.parts import Arrivals, Capacity, StageLife
from salesflow.simulation.replications import Replications

COMING = attrs.evolve(PEOPLE, arrivals=Arrivals(every=Exponential("8 hours")))
"""Deals that come one after the other."""


def test_lost_money():
    """A mean below 0 is said as it is."""
    runs = tuple(summary([WON] * 2, [DAY] * 2, value=np.array([-5.0, -7.0 - n])) for n in range(3))
    found = Replications(seeds=(1, 2, 3), summaries=runs).figure("value_per_deal")

    assert found.low < found.value == -6.5 < found.high


@pytest.mark.parametrize("freedom", [*range(1, 41), 100, 1000])
def test_student(freedom):
    """The points are those of scipy."""
    assert student95(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), abs=6e-5)


class TestRuns:
    def test_seeds_follow(self):
        """Each run is the one of its seed, whoever does it."""
        with ThreadPoolExecutor(2) as crew:
            found = replicate(
                SHORT, 3, deals=10, seed=4, behaviour=PEOPLE, fast=False, executor=crew
            )

        assert found.seeds == (4, 5, 6)
        alone = summarize(SHORT, 10, seed=5, behaviour=PEOPLE, fast=False)
        assert found.summaries[1] == alone

    def test_each_goes_on_as_long_as_is_said(self):
        """A horizon is counted from the last deal of each run."""
        given = {"deals": 5, "behaviour": COMING, "fast": False, "horizon": "30 days"}
        found = replicate(SHORT, 2, **given)

        assert [each.until for each in found.summaries] == [
            sf.simulate(SHORT, seed=seed, **given).until for seed in (1, 2)
        ]

    def test_progress(self):
        """It is told after each run."""
        seen = []
        replicate(
            SHORT,
            2,
            deals=3,
            behaviour=PEOPLE,
            fast=False,
            progress=lambda done, of: seen.append((done, of)),
        )

        assert seen == [(1, 2), (2, 2)]

    @pytest.mark.parametrize(
        ("runs", "error", "said"),
        [
            pytest.param(1, ValueError, "must be from 2", id="one"),
            pytest.param(2.0, TypeError, "must be a whole number", id="no-whole-number"),
            pytest.param(True, TypeError, "must be a whole number", id="no-number"),
        ],
    )
    def test_wrong_runs(self, runs, error, said):
        """Fewer than two runs say nothing about how far they are apart."""
        with pytest.raises(error, match=f"'runs' {said}"):
            replicate(SHORT, runs)

    def test_no_seed_left(self):
        """The runs have seeds in a row: the first of them may be too large."""
        with pytest.raises(ValueError, match=rf"'seed' must be from 0 to {2**64 - 2}, got"):
            replicate(SHORT, 2, seed=2**64 - 1)

    def test_the_last_seeds(self):
        """Two runs may have the two last seeds that there are."""
        found = replicate(SHORT, 2, deals=1, seed=2**64 - 2, behaviour=COMING, fast=False)

        assert found.seeds == (2**64 - 2, 2**64 - 1)

    def test_within_shared_reps(self):
        """Where deals queue, times are further apart from run to run than within one run."""
        queue = sf.Behaviour(
            arrivals=Arrivals(every=Exponential("12 hours")),
            stages=[StageLife(stage="talk", effort=Exponential("11 hours"), then={"won": 1})],
            capacity=Capacity.of(1),
        )
        free = attrs.evolve(SHORT, contact_gaps=(), timers=())
        found = replicate(free, 10, deals=120, behaviour=queue, fast=False)

        medians = [each.cycle_days() for each in found.summaries]
        spread = np.std([each.value for each in medians], ddof=1)
        # As if they were independent: what a single run must not say.
        alone = [attrs.evolve(each, shared=False).cycle_days() for each in found.summaries]
        within = np.mean([each.high - each.low for each in alone])
        assert 2 * 1.96 * spread > 2 * within
        assert {(each.low, each.high) for each in medians} == {(None, None)}


class TestWarmUp:
    def test_deals_of_the_first_days_are_left_out(self):
        """Who comes early finds reps with nothing to do; the figures are those of the others."""
        result = sf.simulate(SHORT, 80, seed=3, behaviour=COMING, fast=False)
        found = result.summary(warmup="3 days")
        start = to_micros(COMING.arrivals.start)
        late = result.columns["arrived_at"] >= start + 3 * DAY

        assert 0 < (~late).sum() < 80
        assert (found.left_out, found.arrived) == ((~late).sum(), late.sum())
        assert found.won == (result.columns["kind"][late] == 1).sum()
        assert f"{found.left_out} more came while it was warming up" in str(found)
        assert found == summarize(
            SHORT, 80, seed=3, behaviour=COMING, fast=False, warmup=sf.Span.parse("3 days")
        )

    def test_in_parts(self, monkeypatch):
        """A part in which everything is left out changes nothing."""
        whole = summarize(SHORT, 40, behaviour=COMING, fast=False, warmup="3 days")
        monkeypatch.setattr("salesflow.simulation.jobs.CHUNK", 2)
        told = []
        parts = summarize(
            SHORT,
            40,
            behaviour=COMING,
            fast=False,
            warmup="3 days",
            progress=lambda done, of: told.append((done, of)),
        )

        assert parts == whole
        assert told[0] == (2, 40)
        assert told[-1] == (40, 40)

    def test_in_runs_and_pairs(self):
        """The same in several runs, and in pairs of deals."""
        found = replicate(SHORT, 2, deals=40, behaviour=COMING, fast=False, warmup="3 days")
        one, two = (
            sf.simulate(SHORT, 40, behaviour=each, fast=False, horizon="90 days")
            for each in (COMING, attrs.evolve(COMING, touches=None))
        )
        pairs = sf.compare(one, two, warmup="3 days")

        assert all(each.left_out > 0 for each in found.summaries)
        assert pairs.count == one.summary(warmup="3 days").arrived
        assert len(pairs.deals) == round(pairs.differing.value * pairs.count)
        assert pairs["won"].before == one.summary(warmup="3 days").share("won").value
        assert f"{pairs.count} matched deals" in str(pairs)

    def test_no_span(self):
        """What is no span is refused."""
        with pytest.raises(ValueError, match="soon"):
            summarize(SHORT, 4, behaviour=COMING, fast=False, warmup="soon")


class TestAgainst:
    def test_seed_by_seed(self):
        """Runs with one seed share their luck; what differs is known with Student's interval."""
        idle = attrs.evolve(COMING, touches=None)
        before, after = (
            replicate(SHORT, 4, deals=40, behaviour=each, fast=False) for each in (COMING, idle)
        )
        found = after.against(before)
        shares = [[each.share("won").value for each in runs.summaries] for runs in (before, after)]
        apart = np.subtract(shares[1], shares[0])
        known = stats.t.interval(0.95, 3, apart.mean(), stats.sem(apart))

        assert found["won"].difference.value == pytest.approx(apart.mean())
        assert (found["won"].difference.low, found["won"].difference.high) == pytest.approx(
            known, rel=1e-4
        )
        assert found["won"].before == pytest.approx(np.mean(shares[0]))
        assert found["touches for each deal"].after == 0

    def test_shown(self):
        """As text, as HTML and as a table, with the names of the two sides; it comes back whole."""
        idle = attrs.evolve(COMING, touches=None)
        one, two = (replicate(SHORT, 3, deals=9, behaviour=b, fast=False) for b in (COMING, idle))
        found = two.against(one, names=("calls", "no calls"))

        assert repr(found) == "<PairedRuns: 3 matched runs of 9 deals>"
        lines = str(found).splitlines()
        assert lines[0] == "3 matched runs of 9 deals, with 95 % intervals"
        assert lines[2].split()[:3] == ["calls", "no", "calls"]
        assert "lost: never opened" not in str(found)
        assert "<h4>calls → no calls</h4>" in found._repr_html_()
        assert found.to_polars()["figure"].to_list() == [each.name for each in found.differences]
        assert list(found) == list(found.differences)
        assert len(found) == len(found.differences)
        assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301
        with pytest.raises(KeyError, match="did you mean 'won'"):
            found["wonn"]

    def test_units(self):
        """Figures of several runs are shown with their units, as those of one are."""
        found = replicate(SHORT, 2, deals=40, behaviour=COMING, fast=False)
        shown = dict(re.split(r"\s{2,}", line)[:2] for line in str(found).splitlines()[2:])

        assert shown["won"].endswith(" %")
        assert shown["half of deals are closed by"].endswith(" days")
        assert " days" in found._repr_html_()
        assert re.fullmatch(r"[0-9.]+", shown["touches for each deal"])

    def test_one_figure_has_one_name(self):
        """What a comparison of single runs has too is called the same there."""
        runs = replicate(SHORT, 2, deals=9, behaviour=COMING, fast=False)
        pairs = sf.compare(*[sf.simulate(SHORT, 9, behaviour=COMING, fast=False)] * 2)

        both = {each.name for each in pairs.differences} & {
            each.name for each in runs.against(runs).differences
        }
        assert {
            "won",
            "lost, for whatever reason",
            "win rate of decided deals",
            "touches for each deal",
            "breaches of contact gaps a deal",
            "touches for each win",
        } <= both

    def test_runs_that_are_alike(self):
        """They do not say how far another one would be, so nothing is certain beyond chance."""
        ones = [
            Replications(
                seeds=(1, 2),
                summaries=(summary([WON] * won + [LOST] * (4 - won), [DAY] * 4),) * 2,
            )
            for won in (1, 2)
        ]

        assert ones[0].figure("won") == Estimate(0.25)
        apart = ones[1].against(ones[0])["won"]
        assert apart.difference == Estimate(0.25)
        assert not apart.is_certain

    def test_a_run_without_a_win(self):
        """What a win costs is what all runs took, also those that won nothing."""
        none, one, two = (
            summary([WON] * won + [LOST] * (4 - won), [DAY] * 4, touches=[8] * 4)
            for won in (0, 1, 2)
        )
        before = Replications(seeds=(1, 2), summaries=(one, two))
        after = Replications(seeds=(1, 2), summaries=(two, none))

        # 64 touches for three wins, and for two. Without the second run nothing is known after.
        found = after.against(before)["touches for each win"]
        assert (found.before, found.after) == (64 / 3, 32.0)
        assert found.difference == Estimate(pytest.approx(32 - 64 / 3))

    def test_ratios_by_hand(self):
        """Touches of three runs for each win, and the jackknife of what they differ by."""
        touches = np.array([[8, 12, 10], [9, 16, 10]])
        wins = np.array([[1, 2, 3], [2, 3, 1]])
        runs = [
            Replications(
                seeds=(1, 2, 3),
                summaries=tuple(
                    summary([WON] * w + [LOST] * (4 - w), [DAY] * 4, touches=[t, 0, 0, 0])
                    for t, w in zip(*side, strict=True)
                ),
            )
            for side in zip(touches, wins, strict=True)
        ]
        found = runs[1].against(runs[0])["touches for each win"]

        kept = ~np.eye(3, dtype=bool)
        apart = (touches[1] @ kept) / (wins[1] @ kept) - (touches[0] @ kept) / (wins[0] @ kept)
        half = 4.3027 * np.sqrt(2 / 3 * ((apart - apart.mean()) ** 2).sum())
        assert (found.before, found.after) == (30 / 6, pytest.approx(35 / 6))
        assert attrs.astuple(found.difference) == pytest.approx(
            (35 / 6 - 5, 35 / 6 - 5 - half, 35 / 6 - 5 + half)
        )

    def test_times_of_pairs(self):
        """Half are closed a day later in one run and three in the other: two on average."""
        before, after = (
            Replications(
                seeds=(1, 2), summaries=tuple(summary([LOST], [days * DAY]) for days in each)
            )
            for each in ((4, 6), (5, 9))
        )
        found = after.against(before)["half of deals are closed by"]

        assert (found.before, found.after) == (5.0, 7.0)
        assert attrs.astuple(found.difference) == pytest.approx((2, 2 - 12.7062, 2 + 12.7062))

    def test_times_of_pairs_that_come_to_no_end(self):
        """Where one run has not come so far, the time is that of all deals together."""
        done, open_still = summary([LOST] * 3, [4 * DAY] * 3), summary([TALK], [0])
        runs = Replications(seeds=(1, 2), summaries=(done, open_still))
        every = Replications(seeds=(1, 2), summaries=(done, summary([LOST], [2 * DAY])))
        found = runs.against(every)["half of deals are closed by"]

        assert (found.before, found.after) == (4.0, 4.0)
        assert found.difference == Estimate(0.0)

    def test_what_it_refuses(self):
        """What is no set of runs, and runs of other deals."""
        one, two = (replicate(SHORT, 2, deals=n, behaviour=COMING, fast=False) for n in (3, 4))

        with pytest.raises(ValueError, match="runs of 4 and of 3 deals cannot be compared"):
            one.against(two)
        with pytest.raises(TypeError, match=r"expected a Replications\. Make it with"):
            one.against(one.summaries[0])

    @pytest.mark.parametrize(
        "other",
        [
            pytest.param({"behaviour": PEOPLE}, id="arrivals"),
            pytest.param({"horizon": "80 days"}, id="end"),
        ],
    )
    def test_other_deals(self, other):
        """As many deals that come at other instants, or are followed for longer, are others."""
        given = {"deals": 3, "behaviour": COMING, "fast": False, "horizon": "90 days"}
        one, two = replicate(SHORT, 2, **given), replicate(SHORT, 2, **{**given, **other})

        with pytest.raises(ValueError, match="with the seed 1, other deals come, or they end"):
            two.against(one)

    def test_fewer_that_have_come(self):
        """By the same end, deals that come a third as fast have not all come."""
        slow = attrs.evolve(PEOPLE, arrivals=Arrivals(every=Exponential("24 hours")))
        given = {"deals": 5, "fast": False, "until": COMING.arrivals.start + dt.timedelta(days=3)}
        one, two = (replicate(SHORT, 2, behaviour=each, **given) for each in (COMING, slow))
        assert one.together.arrived > two.together.arrived

        with pytest.raises(ValueError, match="other deals come, or they end"):
            two.against(one)

    def test_other_seeds(self):
        """Other seeds share no luck."""
        one, two = (
            replicate(SHORT, 2, deals=3, seed=seed, behaviour=PEOPLE, fast=False) for seed in (1, 3)
        )
        with pytest.raises(ValueError, match="share no luck"):
            two.against(one)


class TestFigures:
    def test_mean_and_interval(self):
        """Student's interval of the figures of the runs."""
        ones = [summary([WON] * n + [LOST] * (10 - n), [DAY] * 10) for n in (3, 4, 5)]
        found = Replications(seeds=(1, 2, 3), summaries=tuple(ones)).figure("won")

        known = stats.t.interval(0.95, 2, 0.4, stats.sem([0.3, 0.4, 0.5]))
        assert found.value == pytest.approx(0.4)
        assert (found.low, found.high) == pytest.approx(known, rel=1e-4)

    def test_no_share_below_nothing_or_above_all(self):
        """An interval ends where its figure does."""
        low = [summary([WON] * n + [LOST] * (9 - n), [DAY] * 9) for n in (0, 0, 1)]
        high = [summary([WON] * n + [LOST] * (9 - n), [DAY] * 9) for n in (9, 9, 8)]
        few, many = (
            Replications(seeds=(1, 2, 3), summaries=tuple(each)).figure("won")
            for each in (low, high)
        )

        assert (few.low, few.value) == (0.0, pytest.approx(1 / 27))
        assert (many.high, many.value) == (1.0, pytest.approx(26 / 27))

    def test_what_one_run_cannot_say(self):
        """
        A time that one run has not come to is that of all deals together, without an interval.

        Those of the other runs alone would make it too short.
        """
        one, slow = summary([LOST, LOST], [2 * DAY, 6 * DAY]), summary([TALK] * 2, [0] * 2)
        found = Replications(seeds=(1, 2), summaries=(one, slow))

        assert found.figure("days_to_close") == Estimate(6.0)
        assert Replications(seeds=(1, 2), summaries=(slow, slow)).figure("days_to_win") == NOTHING

    def test_what_any_two_runs_can_say(self):
        """A time that the others have come to whichever run is left out: no interval either."""
        runs = (
            *(summary([LOST] * 2, [n * DAY, (n + 4) * DAY]) for n in (2, 4)),
            summary([TALK], [0]),
        )
        found = Replications(seeds=(1, 2, 3), summaries=runs)

        assert [each.cycle_days().value for each in found.without_each] == [8.0, 6.0, 4.0]
        assert found.figure("days_to_close") == Estimate(6.0)

    def test_time_is_the_mean_of_those_of_the_runs(self):
        """With Student's interval."""
        runs = tuple(summary([WON], [days * DAY]) for days in (2, 3, 7))
        found = Replications(seeds=(1, 2, 3), summaries=runs).figure("days_to_win")

        half = stats.t.ppf(0.975, 2) * stats.sem([2, 3, 7])
        assert (found.value, found.high) == pytest.approx((4.0, 4.0 + half), rel=1e-4)

    def test_what_a_win_costs(self):
        """
        All touches for all wins, and the interval of the jackknife: one run left out at a time.

        The mean of the ratios, 16, would be another figure.
        """
        runs = tuple(
            summary([WON] * won + [LOST] * (4 - won), [DAY] * 4, touches=[6] * 4)
            for won in (1, 2, 2)
        )
        found = Replications(seeds=(1, 2, 3), summaries=runs).figure("touches_per_win")

        without = np.array([48 / 4, 48 / 3, 48 / 3])
        half = 4.3027 * math.sqrt(2 / 3 * ((without - without.mean()) ** 2).sum())
        assert (found.value, found.low, found.high) == pytest.approx(
            (72 / 5, 72 / 5 - half, 72 / 5 + half)
        )

    def test_a_win_of_one_run_only(self):
        """Without that run nothing is known of what a win costs, so no interval is said."""
        runs = tuple(summary([end] * 2, [DAY] * 2, touches=[3] * 2) for end in (WON, LOST))

        assert Replications(seeds=(1, 2), summaries=runs).figure("touches_per_win") == Estimate(6.0)

    def test_runs_of_unequal_size(self):
        """A share is one of all deals: of three in the first run and of one in the second."""
        runs = summary([WON, LOST, LOST], [DAY] * 3), summary([WON, -1, -1], [DAY] * 3)
        found = Replications(seeds=(1, 2), summaries=runs).figure("won")

        assert found.value == 0.5

    def test_every_figure_by_hand(self):
        """Four deals: won after one and three days, lost after four and eight."""
        one = summary(
            [WON, WON, LOST, LOST],
            np.array([1, 3, 4, 8]) * DAY,
            cause=[1, 1, 3, 1],
            touches=[2, 4, 6, 8],
            breaches=[0, 0, 1, 3],
            value=[10.0, 30.0, 70.0, 70.0],
        )
        found = {name: each.of(one).value for name, each in METRICS.items()}

        # A visit to the stage takes four hours, a touch half an hour.
        assert found == pytest.approx(
            {
                "won": 0.5,
                "silence": 0.25,
                "lost": 0.5,
                "never_opened": 0.0,
                "win_rate": 0.5,
                "late": 0.5,
                "breaches": 1.0,
                "touches": 5.0,
                "touches_per_win": 10.0,
                "rep_hours_per_win": (4 * 4 + 20 / 2) / 2,
                "value_per_deal": 10.0,
                "days_to_open": 0.0,
                "days_to_win": 1.0,
                "days_to_close": 3.0,
            }
        )

    def test_unknown_figure(self):
        """A misspelt one is named."""
        one = summary([WON], [DAY])
        with pytest.raises(ValueError, match="did you mean 'won'"):
            Replications(seeds=(1, 2), summaries=(one, one)).figure("wonn")

    def test_shown(self):
        """A line for each figure that can be said, a row for every one."""
        ones = [summary([WON] * n + [LOST] * (10 - n), [DAY] * 10) for n in (1, 2)]
        found = Replications(seeds=(1, 2), summaries=tuple(ones))

        assert " 15.0 %  " in str(found)
        low, high = (f"{100 * end:.1f}" for end in attrs.astuple(found.figure("won"))[1:])
        assert re.search(rf"won +15.0 % +{low} to {high}\n", str(found))
        for row in found.to_polars().to_dicts():
            ends = (row["value"], row["low"], row["high"])
            assert ends == attrs.astuple(found.figure(row["figure"]))
        assert repr(found) == "<Replications: 2 runs of 10 deals>"
        assert found._repr_html_().count("<tr>") == len(str(found).splitlines()) - 1
        assert len(found.to_pandas()) == len(found.to_polars())

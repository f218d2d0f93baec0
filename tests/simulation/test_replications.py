"""Several runs with seeds of their own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import attrs
import numpy as np
import pytest
from scipy import stats
from tests.simulation.made_up import DAY, LOST, SHORT, TALK, WON, summary
from tests.simulation.test_compare import PEOPLE

import salesflow as sf
from salesflow.simulation import replicate, summarize
from salesflow.simulation.distributions import Exponential
from salesflow.simulation.estimates import NOTHING, Estimate
from salesflow.simulation.parts import Arrivals, Capacity, StageLife
from salesflow.simulation.replications import Replications, student95


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
        ("runs", "seed", "error"),
        [
            pytest.param(1, 1, ValueError, id="one"),
            pytest.param(2, 2**64 - 1, ValueError, id="no-seed-left"),
            pytest.param(2.0, 1, TypeError, id="no-whole-number"),
            pytest.param(True, 1, TypeError, id="no-number"),
        ],
    )
    def test_wrong_runs(self, runs, seed, error):
        """Fewer than two runs say nothing about how far they are apart."""
        with pytest.raises(error, match="'runs' must be"):
            replicate(SHORT, runs, seed=seed)

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
        within = np.mean([each.high - each.low for each in medians])
        assert 2 * 1.96 * spread > 2 * within


class TestFigures:
    def test_mean_and_interval(self):
        """Student's interval of the figures of the runs."""
        ones = [summary([WON] * n + [LOST] * (10 - n), [DAY] * 10) for n in (1, 2, 4)]
        found = Replications(seeds=(1, 2, 3), summaries=tuple(ones)).figure("won")

        known = stats.t.interval(0.95, 2, np.mean([0.1, 0.2, 0.4]), stats.sem([0.1, 0.2, 0.4]))
        assert found.value == pytest.approx(0.7 / 3)
        assert (found.low, found.high) == pytest.approx(known, rel=1e-4)

    def test_what_cannot_be_said(self):
        """Runs in which a figure cannot be said are left out of it."""
        one, two = summary([WON], [2 * DAY]), summary([TALK], [0])

        assert Replications(seeds=(1, 2), summaries=(one, two)).figure("days_to_win") == Estimate(
            2.0
        )
        assert Replications(seeds=(1, 2), summaries=(two, two)).figure("days_to_win") == NOTHING

    def test_unknown_figure(self):
        """A misspelt one is named."""
        one = summary([WON], [DAY])
        with pytest.raises(ValueError, match="did you mean 'won'"):
            Replications(seeds=(1, 2), summaries=(one, one)).figure("wonn")

    def test_shown(self):
        """A line for each figure that can be said, a row for every one."""
        ones = [summary([WON] * n + [LOST] * (10 - n), [DAY] * 10) for n in (1, 2)]
        found = Replications(seeds=(1, 2), summaries=tuple(ones))

        assert "won %  " in str(found)
        assert repr(found) == "<Replications: 2 runs of 10 deals>"
        assert found._repr_html_().count("<tr>") == len(str(found).splitlines()) - 1
        assert len(found.to_pandas()) == len(found.to_polars())

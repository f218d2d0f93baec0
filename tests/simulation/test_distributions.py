"""Distributions: what they say of themselves, and what is drawn of them."""

import math

import numpy as np
import pytest

from salesflow import Span
from salesflow.calendars.arithmetic import DAY, EXACT, HOUR, OPEN_TIME
from salesflow.process import Process, Stage
from salesflow.simulation import Behaviour
from salesflow.simulation.amounts import size_of
from salesflow.simulation.distributions import (
    Erlang,
    Exponential,
    Fixed,
    Gamma,
    Lognormal,
    Mixture,
    Weibull,
    empirical,
)
from salesflow.simulation.kernel.draws import amount_of, component
from salesflow.simulation.parts import StageLife
from salesflow.simulation.plan import plan_of
from salesflow.simulation.special_functions import gamma_share

ALL = (
    Fixed("3 days"),
    Exponential("3 days"),
    Weibull("3 days", shape=0.7),
    Weibull("3 days", shape=1),
    Weibull("36 hours", shape=3),
    Lognormal("10 days", median="8 days"),
    Gamma("3 days", shape=0.4),
    Gamma("3 days", shape=6.5),
    Erlang("4 days", steps=1),
    Erlang("4 days", steps=5),
    Mixture([Exponential("1 day"), Gamma("20 days", shape=2)], weights=[3, 1]),
    Mixture([Mixture([Fixed("1 day"), Fixed("2 days")]), Exponential("4 business hours")][:1]),
    empirical(["1 day", "3 days", "9 days"], [1, 2, 5]),
)


def drawn(dist, count):
    """Numbers of a distribution, in its unit."""
    process = Process(id="p", version="1", stages=[Stage(id="a"), Stage(id="b", kind="won")])
    life = StageLife(stage="a", work=dist, then={"b": 1})
    habits = plan_of(process, Behaviour(stages=[life]), 11).habits
    number = habits.work[0]
    return (
        np.array(
            [
                amount_of(habits, component(habits, number, deal, 5, 0), deal, 5, 0)
                for deal in range(count)
            ]
        )
        / dist.unit_size
    )


class TestDraws:
    @pytest.mark.parametrize("dist", ALL, ids=str)
    def test_they_are_as_the_distribution_says(self, dist):
        """The mean and the whole shape: no gap to its own curve is wider than chance allows."""
        count = 2_500
        numbers = np.sort(drawn(dist, count))
        spread = numbers.std(ddof=1) / math.sqrt(count)
        shares = np.array([dist.cdf(x) for x in numbers])
        # Between equal values the curve steps, so it is held against the share up to and with them.
        up_to = np.searchsorted(numbers, numbers, side="right") / count

        assert abs(numbers.mean() - dist.mean) <= 3.3 * spread + 1e-9
        assert np.abs(shares - up_to).max() < 1.73 / math.sqrt(count)  # Kolmogorov, 99.5 %

    def test_the_third_word_of_a_draw_is_not_the_first(self):
        """The steps of an Erlang distribution are drawn apart: their sum is less spread."""
        one, five = drawn(Erlang("5 days", steps=1), 2_000), drawn(Erlang("5 days", steps=5), 2_000)

        assert five.std() / one.std() == pytest.approx(1 / math.sqrt(5), rel=0.1)


class TestFigures:
    @pytest.mark.parametrize("dist", ALL, ids=str)
    @pytest.mark.parametrize("share", [0.01, 0.5, 0.9, 0.999])
    def test_percentile_is_the_inverse_of_the_curve(self, dist, share):
        """The smallest number up to which there is that share."""
        x = dist.percentile(share)

        assert dist.cdf(x) >= share - 1e-12
        assert dist.cdf(x * (1 - 1e-9)) <= share + 1e-9
        assert dist.cdf(-1) == 0

    def test_gamma_against_scipy(self):
        """Over small and large shapes, in the body and in both tails."""
        special = pytest.importorskip("scipy.special")
        for shape in (0.05, 0.4, 1, 2.5, 40, 900):
            for x in (1e-6, 0.01, 0.5, 1, 3, 30, 60, 1000):
                expected = special.gammainc(shape, x)

                assert gamma_share(shape, x) == pytest.approx(expected, abs=1e-12)
        assert gamma_share(2, 0) == 0

    @pytest.mark.parametrize(
        ("dist", "unit", "measure"),
        [
            pytest.param(Exponential("90 minutes"), "minutes", EXACT, id="minutes"),
            pytest.param(Exponential("2 weeks"), "weeks", EXACT, id="weeks"),
            pytest.param(Exponential("6 business hours"), "business hours", OPEN_TIME, id="worked"),
        ],
    )
    def test_units(self, dist, unit, measure):
        """A distribution keeps the unit that it was said in."""
        assert dist.unit.value == unit
        assert dist.measure == measure
        assert dist.mean == size_of(dist.mean_value) / dist.unit.size

    def test_days_are_of_24_hours(self):
        """What is random has no time of day."""
        assert size_of(Span.parse("2 days")) == 48 * HOUR == 2 * DAY

    def test_plain_numbers(self):
        """Of money, or of days ahead."""
        worth = Lognormal(50_000, median=30_000)

        assert worth.unit is None
        assert worth.mean == 50_000
        assert worth.percentile(0.5) == pytest.approx(30_000)
        assert str(worth) == "50,000 on average, half of them within 30,000"

    def test_few_and_many_observed_values(self):
        """A few are listed; of hundreds the mean and the median are told."""
        few = empirical(["1 day", "3 days"], [1, 3])
        many = empirical([f"{hours} hours" for hours in range(1, 201)])
        prices = empirical(range(1_000, 10_000, 1_000))

        assert str(few) == "25 % 1 day; 75 % 3 days"
        said = "4.188 days on average, half of them within 4.167 days (200 observed values)"
        assert str(many) == said
        assert str(prices).startswith("5,000 on average, half of them within 5,000 (9 ")

    @pytest.mark.parametrize("dist", ALL, ids=str)
    def test_in_words(self, dist):
        """It says its mean, or its values."""
        assert any(word in str(dist) for word in ("average", "day"))


def test_the_flattest_weibull():
    """Its figures and what is drawn of it are numbers."""
    flat = Weibull("1 day", shape=0.01)

    assert flat.mean == 1.0
    assert all(math.isfinite(piece.scale * piece.shape) for piece in flat.pieces())
    assert 0 < flat.cdf(1.0) <= 1


class TestRefused:
    @pytest.mark.parametrize(
        ("make", "said"),
        [
            pytest.param(lambda: Fixed("3 business days"), "business hours", id="business-days"),
            pytest.param(lambda: Fixed(-1), "from 0 up", id="negative"),
            pytest.param(lambda: Fixed(float("nan")), "from 0 up", id="nan"),
            pytest.param(lambda: Fixed(True), "expected a span", id="flag"),  # noqa: FBT003 - the fault
            pytest.param(lambda: Exponential(0), "above 0", id="mean-0"),
            pytest.param(lambda: Weibull("1 day", shape=0), "'shape' must lie", id="shape-0"),
            pytest.param(lambda: Weibull("1 day", shape="2"), "'shape' must be a", id="shape-text"),
            pytest.param(lambda: Weibull("1 day", shape=0.001), "0.01 or more", id="shape-small"),
            pytest.param(lambda: Gamma("1 day", shape=1e9), "at most 1000", id="shape-large"),
            pytest.param(lambda: Erlang("1 day", steps=0), "from 1 to 100", id="no-steps"),
            pytest.param(lambda: Erlang("1 day", steps=1.5), "whole number", id="half-a-step"),
            pytest.param(
                lambda: Lognormal("1 day", median="1 day"), "below the mean", id="median-is-mean"
            ),
            pytest.param(
                lambda: Lognormal("1 day", median="1 business hour"), "another kind", id="median"
            ),
            pytest.param(lambda: Lognormal("1 day", median=3), "another kind", id="median-number"),
            pytest.param(lambda: Mixture([]), "at least one part", id="no-parts"),
            pytest.param(lambda: Mixture(["1 day"]), "holds distributions", id="text-in-mixture"),
            pytest.param(
                lambda: Mixture([Fixed("1 day"), Fixed(3)]), "same kind of time", id="kinds"
            ),
            pytest.param(lambda: empirical([1, 2], [1]), "expected 2 weights, got 1", id="weights"),
            pytest.param(lambda: empirical([1, 2], [0, 0]), "above 0, got none", id="no-weight"),
            pytest.param(lambda: empirical([1, 2], [1, -1]), "from 0 up", id="negative-weight"),
            pytest.param(lambda: empirical([1, 2], [1, "x"]), "are numbers", id="text-weight"),
            pytest.param(lambda: Fixed(1).percentile(1), "between 0 and 1", id="percentile"),
        ],
    )
    def test_what_has_no_meaning(self, make, said):
        """Each says what was seen and what was expected."""
        with pytest.raises((TypeError, ValueError), match=said):
            make()

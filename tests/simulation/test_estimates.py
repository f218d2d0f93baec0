"""Estimates against scipy, and against what their intervals are defined by."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from salesflow.intervals import Z95
from salesflow.simulation.estimates import (
    NOTHING,
    Estimate,
    Sums,
    mean_of,
    ratio_of,
    share_of,
)


def sums(values):
    return Sums(sum(values), sum(value * value for value in values))


class TestShare:
    @given(of=st.integers(1, 10**7), part=st.floats(0, 1))
    def test_is_wilsons(self, of, part):
        """The interval is that of scipy."""
        count = round(of * part)
        known = stats.binomtest(count, of).proportion_ci(method="wilson")

        found = share_of(count, of)

        assert found.value == count / of
        assert (found.low, found.high) == pytest.approx((known.low, known.high), abs=1e-12)

    @pytest.mark.parametrize(
        ("count", "of", "end"),
        [pytest.param(0, 7, "low", id="none"), pytest.param(10, 10, "high", id="all")],
    )
    def test_ends_are_exact(self, count, of, end):
        """None of seven has no share below 0, ten of ten none above 1."""
        assert getattr(share_of(count, of), end) == count / of

    def test_of_nothing(self):
        """A share of no deals cannot be said."""
        assert share_of(0, 0) == NOTHING


class TestMean:
    @given(values=st.lists(st.integers(-1000, 1000), min_size=2, max_size=60))
    def test_is_that_of_student(self, values):
        """Mean, and so many standard errors to both sides as few values need."""
        half = stats.t.ppf(0.975, len(values) - 1) * stats.sem(values)

        found = mean_of(len(values), sum(values), sum(v * v for v in values))

        if len(set(values)) == 1:
            assert found == Estimate(values[0])
            return
        wanted = np.mean(values), np.mean(values) - half, np.mean(values) + half
        near = 1e-6 + 3e-5 * half  # four decimals of Student's points
        assert (found.value, found.low, found.high) == pytest.approx(wanted, abs=near)

    @pytest.mark.parametrize("size", [10, 10**8, 10**15])
    def test_of_deals_that_are_nearly_alike(self, size):
        """Of a hundred every second is one more: what they vary by is lost in no rounding."""
        found = sums([size + n % 2 for n in range(100)]).mean(100)

        half = stats.t.ppf(0.975, 99) * math.sqrt(25 / 99 / 100)
        assert found.high - found.value == pytest.approx(half, rel=1e-3, abs=2e-16 * size)

    def test_of_nothing_seen(self):
        """What never happened to fifty deals may happen to the next one: no interval is said."""
        assert mean_of(50, 0, 0) == Estimate(0.0)
        assert ratio_of(50, Sums(0, 0), Sums(5, 5), 0) == Estimate(0.0)

    def test_of_deals_that_are_alike(self):
        """Three deals with four touches each do not say how many the next one has."""
        assert mean_of(3, 12, 48) == Estimate(4.0)
        assert mean_of(3, 12, 50).low is not None
        assert ratio_of(3, sums([4] * 3), sums([1] * 3), 12) == Estimate(4.0)
        assert ratio_of(3, sums([4, 4, 5]), sums([1] * 3), 13).low is not None

    def test_of_one(self):
        """One deal says nothing about how far others are."""
        assert mean_of(1, 5, 25) == Estimate(5.0)

    def test_of_none(self):
        """No deals have no mean."""
        assert mean_of(0, 0, 0) == NOTHING


class TestRatio:
    @given(
        pairs=st.lists(st.tuples(st.integers(0, 50), st.integers(0, 1)), min_size=5, max_size=200)
    )
    def test_ends_are_where_fieller_says(self, pairs):
        """At each end the mean of above − end × below is as far from 0 as chance goes."""
        above, below = (np.array(side) for side in zip(*pairs, strict=True))

        chance = stats.t.ppf(0.975, len(pairs) - 1) * (1 + 3e-5)

        found = ratio_of(len(pairs), sums(above.tolist()), sums(below.tolist()), int(above @ below))

        if (
            found.low is None
            and below.sum()
            and not (above * below.sum() - above.sum() * below).any()
        ):
            return  # every deal has the same ratio
        if found.low is None:
            # As soon as few enough are below, no ratio is refuted.
            assert below.sum() == 0 or abs(below.mean()) <= chance * stats.sem(below)
            return
        assert found.low - 1e-9 <= found.value <= found.high + 1e-9
        for end in (found.low, found.high):
            rest = above - end * below
            assert abs(rest.mean()) == pytest.approx(chance * stats.sem(rest), rel=6e-5, abs=1e-6)

    def test_too_few_wins(self):
        """With one win of thirty there is no end to what a win may cost."""
        below = [1] + [0] * 29

        assert ratio_of(30, sums([2] * 30), sums(below), 2) == Estimate(60.0)

    def test_no_wins(self):
        """What a win costs cannot be said if there is none."""
        assert ratio_of(3, sums([1, 2, 3]), sums([0, 0, 0]), 0) == NOTHING

    def test_of_one(self):
        """One deal has a ratio and no interval."""
        assert ratio_of(1, Sums(4, 16), Sums(2, 4), 8) == Estimate(2.0)


class TestEstimate:
    def test_in_other_units(self):
        """What is not known stays so."""
        assert Estimate(2.0, None, 3.0).times(10) == Estimate(20.0, None, 30.0)

    @pytest.mark.parametrize(
        ("estimate", "above", "below"),
        [
            pytest.param(Estimate(1.0, 0.5, 2.0), True, False, id="above"),
            pytest.param(Estimate(1.0, 0.0, 2.0), False, False, id="touches"),
            pytest.param(Estimate(-1.0, -2.0, -0.5), False, True, id="below"),
            pytest.param(Estimate(-1.0, -2.0, 0.0), False, False, id="touches-from-below"),
            pytest.param(Estimate(1.0), False, False, id="no-interval"),
        ],
    )
    def test_side_of_zero(self, estimate, above, below):
        """Certain is what the whole interval says."""
        assert (estimate.is_above_zero, estimate.is_below_zero) == (above, below)

    def test_pickles(self):
        """It can be sent to another process."""
        assert pickle.loads(pickle.dumps(share_of(1, 3))) == share_of(1, 3)  # noqa: S301 - our own


def test_sums_add_up():
    """The sums of two parts are those of the whole."""
    assert sums([1, 2]) + sums([3]) == sums([1, 2, 3])


def test_level():
    """Intervals are 95 % ones."""
    assert math.isclose(Z95, stats.norm.ppf(0.975))

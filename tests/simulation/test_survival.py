"""Censored times: against scipy, closed forms, and a slow text of the estimators."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from salesflow.intervals import Z95
from salesflow.simulation.estimates import NOTHING
from salesflow.simulation.survival import STEP, Lifetimes

WON, LOST, STILL = 0, 1, 2
lives = st.lists(
    st.tuples(st.integers(1, 40), st.sampled_from((WON, LOST, STILL))), min_size=1, max_size=80
)


def lifetimes(pairs):
    """Lifetimes in hours with how they ended."""
    hours, ends = zip(*pairs, strict=True)
    return Lifetimes.of(np.array(hours) * STEP, np.array(ends), 2)


def slow_incidence(pairs, end):
    """Share and Aalen-Johansen variance hour by hour, straight from the formula."""
    share, left, times, steps = 0.0, 1.0, [], []
    for hour in sorted({hour for hour, how in pairs if how != STILL}):
        at_risk = sum(other >= hour for other, _ in pairs)
        ended = sum(other == hour and how != STILL for other, how in pairs)
        own = sum(other == hour and how == end for other, how in pairs)
        share += left * own / at_risk
        steps.append((share, left, at_risk, ended, own))
        left *= 1 - ended / at_risk
        variance = 0.0
        for before, was, n, d, d1 in steps:
            apart = share - before
            if n > d:
                variance += apart**2 * d / (n * (n - d))
            variance += was**2 * d1 * (n - d1) / n**3 - 2 * apart * was * d1 / n**2
        times.append((hour / 24, share, variance))
    return times


def slow_covariance(pairs, end, last):
    """Covariance of the share at each hour with that at the last one, straight from the formula."""
    found, steps = {}, []
    shares = {round(days * 24): share for days, share, _ in slow_incidence(pairs, end)}
    left = 1.0
    for hour, share in shares.items():
        n = sum(other >= hour for other, _ in pairs)
        d = sum(other == hour and how != STILL for other, how in pairs)
        d1 = sum(other == hour and how == end for other, how in pairs)
        steps.append((share, left, n, d, d1))
        left *= 1 - d / n
        total = 0.0
        for before, was, n, d, d1 in steps:
            one, two = share - before, shares[last] - before
            if n > d:
                total += one * two * d / (n * (n - d))
            total += was**2 * d1 * (n - d1) / n**3 - (one + two) * was * d1 / n**2
        found[hour] = total
    return found


class TestSurvival:
    @given(pairs=lives)
    def test_is_that_of_scipy(self, pairs):
        """Kaplan-Meier with the log-log interval, hour by hour."""
        hours = np.array([hour for hour, _ in pairs], dtype=float)
        censored = np.array([how == STILL for _, how in pairs])
        if censored.all():
            return
        known = stats.ecdf(stats.CensoredData.right_censored(hours, censored)).sf
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # where the band is undefined
            band = known.confidence_interval(method="log-log")

        curve = lifetimes(pairs).survival()

        for hour in sorted({hour for hour, how in pairs if how != STILL}):
            found = curve.at(hour / 24)
            place = known.quantiles.tolist().index(hour)
            assert found.value == pytest.approx(known.probabilities[place], abs=1e-12)
            if 1e-9 < found.value < 1 - 1e-9:
                wanted = band.low.probabilities[place], band.high.probabilities[place]
                assert (found.low, found.high) == pytest.approx(wanted, abs=1e-9)

    def test_before_the_beginning(self):
        """At the very beginning all are there; before it nothing can be said."""
        curve = lifetimes([(3, WON)]).survival()

        assert curve.at(0).value == 1.0
        assert curve.at(-0.1) == NOTHING

    def test_later_than_anybody_was_followed(self):
        """Of two won after a day and one seen for three, nothing says who is left on day four."""
        found = lifetimes([(24, WON), (24, WON), (72, STILL)])

        for curve in (found.survival(), found.incidence(WON)):
            assert curve.at(3).value is not None
            assert curve.at(3.01) == NOTHING

    def test_later_than_the_last_one_ended(self):
        """Where who was seen for longest has ended nobody is left ever after."""
        found = lifetimes([(24, WON), (48, STILL), (72, LOST)])

        assert found.survival().at(1000).value == pytest.approx(0.0)
        assert found.incidence(WON).at(1000).value == pytest.approx(1 / 3)

    def test_of_nobody(self):
        """No deals have no share that is left, whenever that is asked."""
        nobody = Lifetimes.of(np.array([], dtype=np.int64), np.array([], dtype=np.int64), 2)

        assert nobody.survival().at(0) == nobody.incidence(WON).at(5) == NOTHING

    @pytest.mark.parametrize(
        ("micros", "hours"),
        [
            pytest.param(STEP - 1, 1, id="just-before"),
            pytest.param(STEP, 1, id="exactly"),
            pytest.param(STEP + 1, 2, id="just-after"),
            pytest.param(0, 0, id="at-once"),
        ],
    )
    def test_times_are_rounded_up(self, micros, hours):
        """What ended within an hour has ended when that hour is over."""
        found = Lifetimes.of(np.array([micros]), np.array([WON]), 2)

        assert found.percentile(0.5).value == hours / 24

    def test_once_all_have_ended(self):
        """Nobody is left; what is known of the share before still bounds it from above."""
        found = lifetimes([(1, WON), (2, WON), (3, WON), (4, WON)]).survival()

        assert found.at(4 / 24).value == pytest.approx(0.0)
        assert found.at(4 / 24).high == found.at(3 / 24).high > 0.5


class TestPercentile:
    @given(pairs=lives, share=st.sampled_from((0.25, 0.5, 0.85)))
    def test_reads_the_curve(self, pairs, share):
        """The first time at which the curve, and its band, comes down so far."""
        found, curve = lifetimes(pairs), lifetimes(pairs).survival()

        estimate = found.percentile(share)

        for line, value in (
            (curve.share, estimate.value),
            (curve.low, estimate.low),
            (curve.high, estimate.high),
        ):
            wanted = [d for d, s in zip(curve.days, line, strict=True) if s <= 1 - share + 1e-12]
            assert value == (wanted[0] if wanted else None)

    def test_of_nothing(self):
        """Nobody lasted for any time."""
        nobody = Lifetimes.of(np.array([], dtype=np.int64), np.array([], dtype=np.int64), 2)

        assert (len(nobody), nobody.percentile(0.5)) == (0, NOTHING)
        assert nobody.percentile_of(WON, 0.5) == NOTHING


class TestIncidence:
    @given(pairs=lives)
    def test_is_the_slow_one(self, pairs):
        """Shares and variances are those of the formula, written out."""
        curve = lifetimes(pairs).incidence(WON)

        for days, share, variance in slow_incidence(pairs, WON):
            found = curve.at(days)
            assert found.value == pytest.approx(share, abs=1e-12)
            if 1e-9 < share < 1 - 1e-9:
                # The band is on the log-log scale; its first-order width is the variance.
                logs = np.log1p(-share)
                width = Z95 * np.sqrt(max(0.0, variance)) / ((1 - share) * abs(logs))
                assert found.low == pytest.approx(1 - np.exp(logs * np.exp(-width)), abs=1e-6)
                assert found.high == pytest.approx(1 - np.exp(logs * np.exp(width)), abs=1e-6)

    @given(pairs=lives)
    def test_ends_and_survival_add_up(self, pairs):
        """At every time, deals are won, lost, or neither."""
        found = lifetimes(pairs)
        won, lost, left = found.incidence(WON), found.incidence(LOST), found.survival()

        assert won.share + lost.share + left.share == pytest.approx(1.0)

    @given(pairs=lives.map(lambda pairs: [(hour, how and STILL) for hour, how in pairs]))
    def test_one_end_mirrors_survival(self, pairs):
        """If there is one way to end, what has ended and what has not are one statement."""
        found = lifetimes(pairs)
        won, left = found.incidence(WON), found.survival()

        assert won.share == pytest.approx(1 - left.share, abs=1e-12)
        assert won.low == pytest.approx(1 - left.high, abs=1e-6)
        assert won.high == pytest.approx(1 - left.low, abs=1e-6)

    @given(pairs=lives.map(lambda pairs: [(hour, how % 2) for hour, how in pairs]))
    def test_uncensored_is_a_share(self, pairs):
        """If all is known, share and (co)variance are those of a multinomial count."""
        inner = lifetimes(pairs)._incidence(WON)
        hours = sorted({hour for hour, _ in pairs})

        n, last = len(pairs), sum(how == WON for _, how in pairs) / len(pairs)
        for place, hour in enumerate(hours):
            share = sum(h <= hour and how == WON for h, how in pairs) / n
            assert inner.share[place] == pytest.approx(share, abs=1e-12)
            assert inner.variance[place] == pytest.approx(share * (1 - share) / n, abs=1e-12)
            assert inner.with_last[place] == pytest.approx(share * (1 - last) / n, abs=1e-12)

    @given(pairs=lives.map(lambda pairs: [(hour, how % 2) for hour, how in pairs]))
    def test_percentiles_of_one_end(self, pairs):
        """If all is known, they are those of the deals that came to that end."""
        won = sorted(hour for hour, how in pairs if how == WON)

        found = lifetimes(pairs).percentile_of(WON, 0.5)

        if not won:
            assert found == NOTHING
            return
        assert found.value == won[(len(won) - 1) // 2] / 24
        assert found.low <= found.value
        assert found.high is None or found.high >= found.value

    @given(pairs=lives, share=st.sampled_from((0.3, 0.5, 0.85)))
    def test_interval_of_one_end(self, pairs, share):
        """It has the hours whose distance from that share of all who come to it is no surprise."""
        rows = slow_incidence(pairs, WON)
        found = lifetimes(pairs).percentile_of(WON, share)
        if not rows or not rows[-1][1]:
            assert found == NOTHING
            return
        days, shares, variances = (np.array(column) for column in zip(*rows, strict=True))
        covariances = np.array(list(slow_covariance(pairs, WON, round(days[-1] * 24)).values()))
        apart = shares - share * shares[-1]
        spread = variances + share**2 * variances[-1] - 2 * share * covariances
        wide = Z95 * np.sqrt(np.maximum(0.0, spread))
        # Where a figure is 0 up to its last bits, either answer is right.
        sure = 1e-9
        for line, at in ((apart + wide, found.low), (apart - wide, found.high)):
            if at is not None:
                here = round(at * 24) == np.round(days * 24)
                assert line[here] > -sure
                assert (line[: here.argmax()] < sure).all()
        if found.high is None:
            assert ((apart - wide < sure) | (shares >= shares[-1] - sure)).all()

    def test_interval_of_a_hundred(self):
        """If all are won, one an hour: F − ½ against 1.96 √(F (1 − F) / 100)."""
        found = lifetimes([(hour, WON) for hour in range(1, 101)]).percentile_of(WON, 0.5)

        assert (found.value, found.low, found.high) == (50 / 24, 41 / 24, 60 / 24)

    def test_interval_is_one_of_the_wins(self):
        """Who is lost says nothing of when others are won, so they change nothing."""
        alone = [(hour, WON) for hour in range(1, 101)]
        both = lifetimes([*alone, *((hour, LOST) for hour in range(1, 101))])

        assert both.percentile_of(WON, 0.5) == lifetimes(alone).percentile_of(WON, 0.5)

    def test_nothing_later_is_seen(self):
        """Of three wins nothing says how late others may come: that end is open."""
        found = lifetimes([(1, WON), (2, WON), (4, WON)])

        assert found.percentile_of(WON, 0.85).high is None
        assert found.percentile_of(WON, 0.85).value == 4 / 24


class TestAdding:
    @given(pairs=lives, place=st.integers(0, 80))
    def test_parts_make_the_whole(self, pairs, place):
        """Where deals are cut into parts does not matter."""
        whole, part = lifetimes([*pairs, (50, STILL)]), lifetimes([(50, STILL), *pairs[:place]])

        total = part + lifetimes(pairs[place:]) if pairs[place:] else part

        assert total == whole

    def test_equal_to_others(self):
        """It is equal to nothing else."""
        assert lifetimes([(1, WON)]) != 3
        assert lifetimes([(1, WON)]) != lifetimes([(2, WON)])

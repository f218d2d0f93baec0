"""Does silence kill deals here? Against slow loops, and against worlds whose truth is known."""

import datetime as dt
import json
import math
import pickle
import random
import zoneinfo
from fractions import Fraction
from pathlib import Path

import attrs
import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats
from tests.history.silent_deals import (
    HORIZON,
    MAPPING,
    PROCESS,
    START,
    csv_of,
    end_of,
    flat,
    immortal,
    live,
    rows_of_lives,
    spans_of_lives,
)

from salesflow.calendars import to_micros
from salesflow.calendars.arithmetic import DAY
from salesflow.history import EventLog, silence
from salesflow.history.reading.mapping_file import parse_mapping
from salesflow.history.studies import dealdays
from salesflow.history.studies.comparison import bands_of, compared, hazards, without_lasting
from salesflow.history.studies.dealdays import (
    LOST,
    OPEN,
    UNKNOWN,
    WON,
    Spans,
    Stays,
    cells_of,
    deal_days,
)
from salesflow.history.studies.naive import naive_rows
from salesflow.history.studies.open_time import spans_of
from salesflow.history.studies.rates import RateRatio, log_binomial_tail, mantel_haenszel
from salesflow.history.studies.silence_tables import naive_frame
from salesflow.history.studies.spikes import spikes_in
from salesflow.process.load import load_process

DATA = Path(__file__).parents[3] / "shared" / "data"


def cells(world, deals, seed, lag=0):
    lives = live(world, deals, np.random.default_rng(seed))
    return cells_of(*spans_of_lives(lives), end_of(lives), lag)


class TestRates:
    counts = st.lists(
        st.tuples(*[st.integers(0, 30)] * 2, *[st.integers(0, 500)] * 2), min_size=1, max_size=12
    )

    @given(strata=counts)
    def test_estimator_and_variance(self, strata):
        """The ratio and the variance of its logarithm are what the papers say, exactly."""
        found = mantel_haenszel(*(np.array(column, dtype=float) for column in zip(*strata)))  # noqa: B905
        above = below = top = Fraction(0)
        for a, b, s, t in ((a, b, s, t) for a, s, b, t in strata):
            if s + t:
                n = Fraction(s + t)
                above += a * t / n
                below += b * s / n
                top += (a + b) * s * t / n**2
        if not below:
            assert (found.ratio, found.low, found.high) == (None, None, None)
            return
        assert found.ratio == pytest.approx(float(above / below))
        if not above:
            assert (found.ratio, found.low) == (0.0, None)
            return
        width = 1.959963984540054 * math.sqrt(float(top / (above * below)))
        assert (found.low, found.high) == pytest.approx(
            (found.ratio * math.exp(-width), found.ratio * math.exp(width))
        )

    def test_against_the_literature(self):
        """
        Deaths of British doctors from coronary disease, smokers against others, by age.

        The data of Doll and Hill (1966); Stata's manual (``ir``) prints 1.424682 with the interval
        1.154703 to 1.757784 for them.
        """
        found = mantel_haenszel(
            np.array([32.0, 104, 206, 186, 102]),
            np.array([52_407.0, 43_248, 28_612, 12_663, 5_317]),
            np.array([2.0, 12, 28, 28, 31]),
            np.array([18_790.0, 10_673, 5_710, 2_585, 1_462]),
        )

        assert found.ratio == pytest.approx(1.424682, abs=1e-6)
        assert (found.low, found.high) == pytest.approx((1.154703, 1.757784), abs=1e-6)

    def test_one_stratum(self):
        """In one stratum it is the crude ratio, and the variance is 1/a + 1/b."""
        found = mantel_haenszel(*(np.array([x]) for x in (30.0, 200.0, 20.0, 400.0)))

        assert found.ratio == pytest.approx(3.0)
        assert math.log(found.high / found.ratio) == pytest.approx(
            1.959964 * math.sqrt(1 / 30 + 1 / 20)
        )
        assert (found.rate, found.other_rate) == (0.15, 0.05)
        assert found.is_higher
        assert not found.is_lower

    @pytest.mark.parametrize(("events", "others"), [(20.0, 10.0), (10.0, 20.0)])
    def test_neither_higher_nor_lower(self, events, others):
        """Twice or half as many of a hundred days are within chance: 0.94 to 4.27, 0.23 to 1.07."""
        found = mantel_haenszel(*(np.array([x]) for x in (events, 100.0, others, 100.0)))

        assert found.ratio == events / others
        assert (found.is_higher, found.is_lower) == (False, False)

    def test_confounding_is_taken_away(self):
        """Equal rates in each stratum give 1, although the crude rates differ."""
        found = mantel_haenszel(*map(np.array, ([10.0, 90.0], [1000, 300], [30, 30], [3000, 100])))

        assert found.ratio == pytest.approx(1.0)
        assert found.rate > 3 * found.other_rate
        assert found.compared_days == 1000 + 300 + 3000 + 100

    def test_swapping_the_groups_inverts_it(self):
        """Which group comes first is only a matter of words."""
        one = [
            np.array([3.0, 8.0]),
            np.array([50.0, 70]),
            np.array([5.0, 2.0]),
            np.array([80.0, 60]),
        ]
        found, other = mantel_haenszel(*one), mantel_haenszel(*one[2:], *one[:2])

        assert found.ratio * other.ratio == pytest.approx(1)
        assert found.low * other.high == pytest.approx(1)

    def test_says_so_if_it_cannot_be_said(self):
        """No days, no events: no number."""
        none, zero = np.zeros(1), np.ones(1)

        assert str(mantel_haenszel(none, zero, none, zero)) == "unknown"
        assert str(mantel_haenszel(none, zero, zero, zero)) == "× 0.00 (too few)"
        assert mantel_haenszel(none, none, none, none).rate is None
        assert mantel_haenszel(none, none, none, none).other_rate is None

    @given(trials=st.integers(0, 60), count=st.integers(-1, 61), per_cent=st.integers(0, 100))
    @example(trials=2, count=1, per_cent=50)
    def test_binomial_tail(self, trials, count, per_cent):
        """The tail is the sum of exact binomial probabilities."""
        share = Fraction(per_cent, 100)
        exact = sum(
            math.comb(trials, k) * share**k * (1 - share) ** (trials - k)
            for k in range(max(count, 0), trials + 1)
        )

        assert math.exp(log_binomial_tail(count, trials, per_cent / 100)) == pytest.approx(
            float(exact), abs=1e-12
        )

    def test_binomial_tail_of_thousands(self):
        """
        It has a logarithm where a float would be 0.

        Of 3,000 at even odds, all succeed or all but one do in 3,001 of 2**3000 cases.
        """
        assert log_binomial_tail(2999, 3000, 0.5) == pytest.approx(
            math.log(3001) - 3000 * math.log(2)
        )

    @pytest.mark.parametrize("count", [1, 240_000, 250_000, 250_100, 252_000])
    def test_binomial_tail_of_millions(self, count):
        """Whichever side of the middle it begins: that of scipy."""
        exact = stats.binom.logsf(count - 1, 5_000_000, 0.05)

        assert log_binomial_tail(count, 5_000_000, 0.05) == pytest.approx(exact, abs=1e-6)


def stretches_of(spans):
    """The spans of one deal by the open time that they are parts of."""
    found = []
    for span in spans:
        if found and found[-1][-1][2:] == (span[1], OPEN):
            found[-1].append(span)
        else:
            found.append([span])
    return found


def slow_days(spans, until):
    """The deal-days of one deal by looking at each day: age, silence, outcome."""
    opened = spans[0][0]
    found = []
    for age in range(HORIZON * 2):
        begun = opened + age * DAY
        for stretch in stretches_of(spans):
            *_, end, outcome = stretch[-1]
            here = [start for _, start, end, _ in stretch if start <= begun < end]
            if outcome != OPEN and end == opened and age == 0:
                here = [opened]
            if here and begun + DAY <= until:
                # Who comes back and closes again on one day is lost to the count.
                found.append(
                    (age, (begun - here[0]) // DAY, outcome if end <= begun + DAY else OPEN)
                )
    return found


def random_spans(rng):
    """The life of one deal, in steps of six hours, that may be parked or close, and come back."""
    at = opened = 1000 * DAY + rng.randrange(4) * DAY // 4
    spans, touches = [], rng.choice((0, rng.randint(0, 8)))
    for number in range(touches + 1):
        end = at + rng.choice((0 if number == touches else 1, rng.randrange(1, 30))) * DAY // 4
        outcome = rng.choice((OPEN, WON, LOST)) if number == touches or rng.random() < 0.2 else OPEN
        spans.append((opened, at, end, outcome))
        at = end + rng.choice((0, 0, rng.randrange(12))) * DAY // 4
    return spans


class TestDealDays:
    @given(rng=st.integers(0, 2**40).map(random.Random), lag=st.integers(0, 4))
    @settings(max_examples=150)
    def test_against_a_slow_loop(self, rng, lag):
        """Every day of every deal: its age, its silence then and before, and what came of it."""
        lives = [random_spans(rng) for _ in range(rng.randint(1, 4))]
        until = 1000 * DAY + rng.randrange(400) * DAY // 4
        flat_spans = [(deal, *span) for deal, spans in enumerate(lives) for span in spans]
        columns = [np.array(column, dtype=np.int64) for column in zip(*flat_spans)]  # noqa: B905
        found = deal_days(Spans(*columns), until)
        lagged = dealdays.before(found, lag)
        expected = [slow_days(spans, until) for spans in lives]

        rows = zip(found.deal, found.age, found.silence, found.outcome, strict=True)
        assert list(rows) == [(d, *day) for d, days in enumerate(expected) for day in days]
        for deal, days in enumerate(expected):
            silences = {age: silent for age, silent, _ in days}
            mine = lagged[found.deal == deal].tolist()
            assert mine == [silences.get(age - lag, UNKNOWN) for age, _, _ in days]

    def test_large_logs_are_cut_between_deals(self, monkeypatch):
        """Looking at a few deals at a time changes nothing."""
        whole = cells(flat(), 60, 1, lag=2)
        monkeypatch.setattr(dealdays, "AT_ONCE", 100)

        assert cells(flat(), 60, 1, lag=2).equals(whole)

    def test_cells_by_hand(self):
        """One deal, touched after a day and a half as it comes to another stage, lost on day 3."""
        one, half = np.zeros(2, dtype=np.int64), 3 * DAY // 2
        begins, ends = np.array([0, half]), np.array([half, 3 * DAY + 1])
        spans = Spans(one, one, begins, ends, np.array([OPEN, LOST]))
        stays = Stays(one, np.array([0, half]), np.array([4, 7]))
        found = cells_of(spans, stays, 9 * DAY, 1)

        assert found.select("age", "exposure", "silence", "stage", "stage_age", "lost").rows() == [
            (0, UNKNOWN, 0, 4, 0, 0),
            (1, 0, 1, 4, 1, 0),
            (2, 1, 0, 7, 0, 0),
            (3, 0, 1, 7, 1, 1),
        ]

    def test_a_deal_as_old_as_the_epoch(self):
        """A missing date that became 1970, and many stages: too many kinds for one number."""
        old, one = 20_454 * DAY, np.zeros(1, dtype=np.int64)
        spans = Spans(one, one, one, one + old, np.array([LOST]))
        found = cells_of(spans, Stays(one, one, np.array([99])), old, 0)

        assert (len(found), found["days"].sum()) == (20_454, 20_454)
        assert found.filter(pl.col("lost") > 0).rows() == [
            (20_453, 20_453, 20_453, 99, 20_453, 1, 0, 1, 0)
        ]

    def test_silence_that_goes_on(self):
        """That of open deals since their last touch; others are closed, parked or just touched."""
        spans = Spans(
            deal=np.array([0, 0, 1, 2, 3, 3]),
            opened_at=np.zeros(6, dtype=np.int64),
            start=np.array([0, 2, 0, 0, 0, 5]) * DAY,
            end=np.array([2, 5, 5, 4, 5, 5]) * DAY,
            outcome=np.array([OPEN, OPEN, LOST, OPEN, OPEN, OPEN]),
        )
        stays = Stays(np.arange(4), *np.zeros((2, 4), dtype=np.int64))
        found = cells_of(spans, stays, 5 * DAY, 0)

        assert found.filter(pl.col("lasting") > 0).select("age", "silence", "lasting").rows() == [
            (2, 0, 1),
            (3, 1, 1),
            (4, 2, 1),
        ]
        assert found["days"].sum() == 19
        for after, left_out in ((0, 3), (1, 2), (2, 1), (3, 0)):
            assert without_lasting(found, after)["days"].sum() == 19 - left_out
        ratio = compared(without_lasting(found, 1), "lost", 1, ("age",))
        assert (ratio.days, ratio.other_days, ratio.events) == (12, 5, 1)

    def test_no_deals(self):
        """Nothing gives nothing."""
        none = np.zeros(0, dtype=np.int64)
        found = cells_of(Spans(*[none] * 5), Stays(*[none] * 3), 0, 0)

        assert len(found) == 0
        assert compared(found, "lost", 5, ("age",)).ratio is None
        assert spikes_in(found)[0] == ()


class TestTruth:
    @pytest.mark.long
    @pytest.mark.parametrize("times", [0.5, 1.0, 2.0])
    def test_the_interval_covers_the_truth_as_often_as_it_says(self, times):
        """Over 200 histories with a known ratio the 95 % interval holds it in about 95 %."""
        world = flat(0.01, 0.004, lost_times=times)
        held = 0
        for seed in range(200):
            found = compared(cells(world, 150, seed), "lost", 5, ("age",))
            held += found.low is not None and found.low <= times <= found.high

        # 190 ± 3 standard deviations of a binomial.
        assert 180 <= held <= 199

    def test_the_ends_are_kept_apart(self):
        """Silence that only costs wins does not look as if it cost deals."""
        found = cells(flat(0.02, 0.02, won_times=0.4), 4000, 3)
        lost, won = (compared(found, event, 5, ("age",)) for event in ("lost", "won"))

        assert lost.low < 1 < lost.high
        assert won.low < 0.4 < won.high < 1

    @pytest.mark.parametrize("times", [1.0, 2.0])
    def test_who_lives_longer_collects_longer_gaps(self, times):
        """The usual table says that silence wins deals; at equal age it does nothing, or kills."""
        lives = live(immortal(lost_times=times), 4000, np.random.default_rng(5))
        spans, stays = spans_of_lives(lives)
        rates = [row.win_rate for row in naive_rows(spans) if row.won + row.lost > 100]
        found = compared(cells_of(spans, stays, end_of(lives), 0), "lost", 5, ("age",))

        assert rates[0] < 0.05
        assert rates[-1] > 0.5
        assert found.low < times < found.high

    def test_a_lag_tells_the_cause_from_the_end(self):
        """Reps who drop a dying deal make silence look deadly; the silence of before does not."""
        rng = np.random.default_rng(11)
        lives = live(flat(0.02, 0.0, touched=0.5), 4000, rng)
        dying = lives.touch_at > lives.closed_at[lives.touch_deal] - 7 * DAY
        dropped = dying & (lives.outcome[lives.touch_deal] == LOST) & (rng.random(len(dying)) < 0.8)
        left = lives._replace(
            touch_deal=lives.touch_deal[~dropped], touch_at=lives.touch_at[~dropped]
        )
        now, before = (
            compared(cells_of(*spans_of_lives(left), end_of(left), lag), "lost", 5, ("age",))
            for lag in (0, 8)
        )

        assert now.low > 2
        assert before.low < 1 < before.high

    def test_open_deals_count_as_long_as_they_were_open(self):
        """Cutting the history off in the middle leaves the truth in the interval."""
        lives = live(flat(0.02, 0.01, lost_times=2.0), 3000, np.random.default_rng(2))
        middle = int(np.median(lives.opened_at)) + 20 * DAY
        spans, stays = spans_of_lives(lives)
        known = spans.start <= middle
        cut = Spans(
            spans.deal[known],
            spans.opened_at[known],
            spans.start[known],
            np.minimum(spans.end, middle + 1)[known],
            np.where(spans.end <= middle, spans.outcome, OPEN)[known],
        )
        found = compared(cells_of(cut, stays, middle, 0), "lost", 5, ("age",))

        assert found.low < 2.0 < found.high


class TestGroups:
    def test_who_is_silent(self):
        """So many whole days or more are silence; days of which nobody knows are not compared."""
        made = {"age": 9, "exposure": [4, 5, 6, -1], "days": [10, 20, 40, 80]}
        found = compared(pl.DataFrame(made | {"lost": [1, 2, 4, 8]}), "lost", 5, ("age",))

        assert (found.days, found.other_days) == (60, 10)
        assert (found.events, found.other_events) == (6, 1)

    def test_bands_by_hand(self):
        """In one stratum each band has the rate of its days as a multiple of that of day 0."""
        made = {"age": 9, "exposure": [-1, 0, 1, 2, 3, 13, 14, 29, 30, 99]}
        counts = {"days": [7, *[100] * 9], "lost": [7, 2, 1, 3, 8, 0, 5, 6, 1, 2]}
        found = list(bands_of(pl.DataFrame(made | counts | {"won": 0}), ("age",)))

        assert [(str(b), b.days, b.lost.events, b.lost.ratio) for b in found] == [
            ("0", 100, 2, 1.0),
            ("1 to 2", 200, 4, pytest.approx(1.0)),
            ("3 to 4", 100, 8, pytest.approx(4.0)),
            ("5 to 7", 0, 0, None),
            ("8 to 13", 100, 0, 0.0),
            ("14 to 29", 200, 11, pytest.approx(2.75)),
            ("30 and more", 200, 3, pytest.approx(0.75)),
        ]

    def test_strata_are_all_that_is_asked_for(self):
        """At equal age and stage nothing differs; at equal age alone it does."""
        made = pl.DataFrame(
            {
                "age": 9,
                "stage": [0, 0, 1, 1],
                "exposure": [0, 7, 0, 7],
                "days": [1000, 100, 100, 1000],
                "lost": [10, 1, 10, 100],
            }
        )

        assert compared(made, "lost", 5, ("age", "stage")).ratio == pytest.approx(1.0)
        assert compared(made, "lost", 5, ("age",)).ratio == pytest.approx(101 / 20)

    def test_hazards_by_hand(self):
        """Wins and losses of the days at risk at each known silence."""
        made = {"exposure": [-1, 0, 0, 3], "days": [5, 10, 30, 8], "won": [5, 2, 0, 1]}
        found = hazards(pl.DataFrame(made | {"lost": [0, 1, 3, 2]}))

        assert found.rows() == [(0, 40, 2, 4, 0.05, 0.1), (3, 8, 1, 2, 0.125, 0.25)]

    def test_naive_table_by_hand(self):
        """A deal counts by the longest of its gaps, and by how it ended at last."""
        lives = [
            [(0, 4, OPEN), (4, 6, WON)],
            [(0, 3, WON)],
            [(0, 2, LOST), (2, 3, WON)],
            [(0, 40, LOST)],
            [(0, 9, OPEN)],
        ]
        spans = [(n, 0, a * DAY, b * DAY, o) for n, each in enumerate(lives) for a, b, o in each]
        found = naive_rows(Spans(*(np.array(each) for each in zip(*spans, strict=True))))

        assert [(row.low, row.high, row.won, row.lost) for row in found] == [
            (0, 2, 1, 0),
            (3, 4, 2, 0),
            (5, 7, 0, 0),
            (8, 13, 0, 0),
            (14, 29, 0, 0),
            (30, None, 0, 1),
        ]
        assert [row.win_rate for row in found] == [1.0, 1.0, None, None, None, 0.0]
        assert naive_frame(found)["win_rate"].to_list() == [1.0, 1.0, None, None, None, 0.0]
        assert attrs.evolve(found[0], lost=3).win_rate == 0.25


def by_age(deals, lost):
    """Deal-days of one clock that tells anything: so many a day, of which some are lost."""
    return pl.DataFrame(
        {"age": range(len(lost)), "silence": 0, "stage_age": 0, "days": deals, "lost": lost}
    ).with_columns(won=0)


class TestSpikes:
    def test_by_hand(self):
        """
        Forty of a thousand lost on day 5, ten on each other day.

        The days around have a rate of 30.5 / 3001; eleven days of age and one each of the other
        clocks were looked at.
        """
        lost = [10] * 11
        lost[5] = 40
        [spike], rest = spikes_in(by_age([1000] * 11, lost))
        rate = 30.5 / 3001

        assert (spike.clock, spike.day, spike.deals, spike.lost) == ("age", 5, 1000, 40)
        assert spike.expected == pytest.approx(1000 * rate)
        assert [type(number) for number in (spike.expected, spike.p_value)] == [float, float]
        assert spike.p_value == pytest.approx(13 * stats.binom.sf(39, 1000, rate))
        assert rest["age"].to_list() == [0, 1, 2, 3, 4, 6, 7, 8, 9, 10]

    def test_days_without_deals_are_no_tests(self):
        """As above, with one day more far off: fourteen were looked at."""
        lost = [10] * 5 + [40] + [10] * 5
        made = pl.concat([by_age([1000] * 11, lost), by_age([1000] * 41, [0] * 41)[-1:]])
        [spike], _ = spikes_in(made)

        assert spike.p_value == pytest.approx(14 * stats.binom.sf(39, 1000, 30.5 / 3001))

    @pytest.mark.parametrize(
        ("deals", "usual", "day", "lost", "named"),
        [
            pytest.param(10_000, 100, 5, 250, False, id="not-three-times"),
            pytest.param(10_000, 100, 5, 310, True, id="three-times"),
            pytest.param(100_000, 0, 5, 4, False, id="not-five-more"),
            pytest.param(100_000, 0, 5, 6, True, id="five-more"),
            pytest.param(1000, 1, 5, 7, False, id="may-be-chance"),
            pytest.param(1000, 1, 5, 10, True, id="hardly-by-chance"),
            pytest.param(1000, 10, 1, 90, False, id="of-the-first-two-days"),
            pytest.param(1000, 10, 2, 90, True, id="after-the-first-two-days"),
        ],
    )
    def test_what_is_one(self, deals, usual, day, lost, named):
        """Three times as many, five more, and no chance: all of them, and not at the beginning."""
        losses = [usual] * 11
        losses[day] = lost
        found, _ = spikes_in(by_age([deals] * 11, losses))

        assert [each.day for each in found] == ([day] if named else [])

    def test_nothing_before_it(self):
        """Half of the deals are lost on the day on which they come back: there is no day before."""
        lost = [10, 10, *[0] * 28, 20, 0]
        away = by_age([1000, 1000, *[0] * 28, 40, 20], lost).filter(pl.col("days") > 0)

        assert away["age"].to_list() == [0, 1, 30, 31]
        assert spikes_in(away)[0] == ()

    def test_neighbours(self):
        """A day is measured by the worse side, by three days of each, and not by itself."""
        rising = spikes_in(by_age([1000] * 11, [10] * 5 + [40] + [30] * 5))
        third = spikes_in(by_age([1000] * 11, [10] * 5 + [40, 10, 10, 40, 10, 10]))

        assert rising[0] == ()
        assert third[0] == ()

    def test_the_least_probable_comes_first(self):
        """Then the rest is looked at again."""
        lost = [10] * 20
        lost[5], lost[12] = 60, 400
        found, rest = spikes_in(by_age([1000] * 20, lost))

        assert [each.day for each in found] == [12, 5]
        assert len(rest) == 18

    def test_the_clock_of_a_timer_in_a_large_log(self):
        """
        Half die of 30 days of silence; a quarter were never touched, the rest at ten days of age.

        So ages of 30 and 40 days stand out too, but less. All three are so improbable that a float
        cannot hold it, and still the silence is named, and nothing is left of the ages.
        """
        columns = ("age", "silence", "stage_age", "days", "lost")
        rows = [(age, age, age, 6000, 30) for age in range(10)]
        for silent in range(34):
            days = 8000 if silent <= 30 else 4000
            lost = 4000 if silent == 30 else days // 200
            for share, age in ((1, silent), (3, silent + 10)):
                rows.append((age, silent, age, days * share // 4, lost * share // 4))
        made = pl.DataFrame(rows, schema=columns, orient="row").with_columns(won=0)
        [spike], _ = spikes_in(made)

        assert (spike.clock, spike.day, spike.lost, spike.p_value) == ("silence", 30, 4000, 0.0)

    def test_no_more_than_timers_may_be(self):
        """Of 22 days that stand out, the twenty least probable are named and taken out."""
        lost = [10] * 115
        lost[5::5] = [60 + n for n in range(22)]
        found, rest = spikes_in(by_age([1000] * 115, lost))

        assert [each.day for each in found] == list(range(110, 10, -5))
        assert len(rest) == 95

    def test_a_timer_is_found_and_taken_out(self):
        """All that is left is lost at day 30: named, and without it the truth is there again."""
        found = cells(flat(0.02, 0.01, lost_times=2.0, timer=30), 2000, 4)
        spikes, rest = spikes_in(found)
        with_it, without = (compared(each, "lost", 5, ("age",)) for each in (found, rest))

        assert [(spike.clock, spike.day) for spike in spikes] == [("age", 30)]
        assert spikes[0].lost > 0.95 * spikes[0].deals
        assert spikes[0].p_value < 1e-100
        assert str(spikes[0]).startswith("day 30 of age: ")
        assert with_it.ratio < without.ratio
        assert without.low < 2.0 < without.high

    def test_of_silence(self):
        """A timer on silence is told from one on age."""
        lives = live(flat(0.01, 0.005, touched=0.15), 3000, np.random.default_rng(8))
        spans, stays = spans_of_lives(lives)
        killed = np.minimum(spans.end, spans.start + 12 * DAY + DAY // 3)
        dead = killed < spans.end
        # Whatever a killed deal did later did not happen.
        first = np.full(len(lives.opened_at), np.iinfo(np.int64).max)
        np.minimum.at(first, spans.deal[dead], spans.start[dead])
        kept = spans.start <= first[spans.deal]
        cut = Spans(
            spans.deal[kept],
            spans.opened_at[kept],
            spans.start[kept],
            killed[kept],
            np.where(dead, LOST, spans.outcome)[kept],
        )
        found = cells_of(cut, stays, end_of(lives), 0)
        spikes, rest = spikes_in(found)

        # The touch fell into the evening: 12 days and 8 hours later it is day 12 of silence.
        assert ("silence", 12) in [(spike.clock, spike.day) for spike in spikes[:1]]
        assert set(rest["silence"]) == set(found["silence"]) - {12}
        assert rest["days"].sum() == found.filter(pl.col("silence") != 12)["days"].sum()

    def test_none_where_there_is_none(self):
        """Fifty histories without a timer, some of them steep: no spike is named."""
        worlds = (flat(), immortal(), flat(0.05, 0.0), flat(0.01, 0.0, lost_times=3.0))
        named = sum(len(spikes_in(cells(w, 400, seed))[0]) for w in worlds for seed in range(12))

        assert named == 0


@pytest.fixture
def ask(tmp_path):
    """Return the log of some text, and its process."""

    def read(text):
        path = tmp_path / "log.csv"
        path.write_text(text, encoding="utf-8")
        process = load_process(PROCESS)
        return EventLog.from_csv(path, process, parse_mapping(MAPPING)), process

    return read


class TestLog:
    def test_the_rules_say_since_when_a_deal_is_silent(self, ask):
        """Through file, rules and clocks come the very spans that were simulated."""
        lives = live(flat(), 80, np.random.default_rng(6))
        log, process = ask(csv_of(rows_of_lives(lives)))
        until = end_of(lives)
        mine, stays = spans_of_lives(lives)
        found, _ = spans_of(log, process, until, "any", fast=False)
        expected = cells_of(mine, stays, until, 0)
        got = cells_of(found, spans_of(log, process, until, "any", fast=False)[1], until, 0)

        same = [mine.deal, mine.opened_at, mine.start, mine.outcome]
        assert [
            (c == d).all()
            for c, d in zip(
                same, (found.deal, found.opened_at, found.start, found.outcome), strict=True
            )
        ]
        closed = mine.outcome != OPEN
        assert (mine.end[closed] == found.end[closed]).all()
        names = ["age", "silence", "won", "lost"]
        assert got.filter(pl.col("age") < HORIZON).select(names).equals(expected.select(names)) or (
            got.filter(pl.col("won") + pl.col("lost") > 0)
            .select(names)
            .equals(expected.filter(pl.col("won") + pl.col("lost") > 0).select(names))
        )

    def test_parked_and_reopened(self, ask):
        """Parked days are no days at risk; a deal that comes back is silent since then."""
        rows = [
            ("A", 0, "open"),
            ("A", 2 * DAY, "waiting"),
            ("A", 5 * DAY, "open"),
            ("A", 7 * DAY + 1_000_000, "lost"),
            ("A", 7 * DAY + 3_000_000, "open"),
            ("A", 7 * DAY + 4_000_000, "won"),
        ]
        start = int(START.timestamp()) * 1_000_000
        log, process = ask(csv_of((deal, start + at, what) for deal, at, what in rows))
        spans, _ = spans_of(log, process, start + 20 * DAY, "any", fast=False)
        days = deal_days(spans, start + 20 * DAY)
        found = silence(log, process, START + dt.timedelta(days=20), fast=False)

        assert days.age.tolist() == [0, 1, 5, 6, 7]
        assert days.silence.tolist() == [0, 1, 0, 1, 2]
        assert days.outcome.tolist() == [OPEN, OPEN, OPEN, OPEN, LOST]
        # Won within a second of coming back: on no day of its own.
        assert (found.deal_days, found.losses, found.wins, found.uncounted) == (5, 1, 0, 1)
        assert "1 close left out: on a day that was not over, or of a deal" in str(found)

    @pytest.mark.parametrize("outcome", ["lost", "won"])
    def test_a_day_that_is_not_over_does_not_count(self, ask, outcome):
        """Nobody knows yet what the last day brings; a close on it waits as well."""
        start = int(START.timestamp()) * 1_000_000
        rows = (("A", start, "open"), ("A", start + 3 * DAY + 7_000_000, outcome))
        log, process = ask(csv_of(rows))

        counted = {71: (2, 0, 0), 72: (3, 0, 0), 95: (3, 0, 1), 96: (4, 1, 0)}
        for hours, expected in counted.items():
            found = silence(log, process, START + dt.timedelta(hours=hours), fast=False)
            closes = found.losses if outcome == "lost" else found.wins
            assert (found.deal_days, closes, found.uncounted) == expected

    def test_rows_that_cannot_be_used(self, ask):
        """Where much of a log is not understood, its answer begins with a warning."""
        start = int(START.timestamp()) * 1_000_000
        log, process = ask(csv_of([("A", start, "open"), ("A", start + DAY, "who knows")]))
        found = silence(log, process, START + dt.timedelta(days=2), fast=False)

        assert "1 of 2 rows are missing here: 1 with values that" in found.warning
        assert f"Warning: {found.warning}" in str(found)

    @pytest.mark.parametrize(
        ("touch", "silent"), [("any", [0, 1, 0, 1, 2]), ("inbound", [0, 1, 2, 3, 4])]
    )
    def test_silence_of_a_class(self, ask, touch, silent):
        """It is of the class that is asked for, whatever the process's gaps are about."""
        start = int(START.timestamp()) * 1_000_000
        log, process = ask(csv_of([("A", start, "open"), ("A", start + 2 * DAY, "call")]))
        until = start + 5 * DAY

        spans, _ = spans_of(log, process, until, touch, fast=False)
        assert deal_days(spans, until).silence.tolist() == silent

    def test_days_are_those_of_the_zone(self, ask):
        """From ten to ten on its clocks, also where these are put forward."""
        opened = dt.datetime(2026, 3, 7, 10, tzinfo=zoneinfo.ZoneInfo("America/New_York"))
        log, process = ask(csv_of([("A", int(opened.timestamp()) * 1_000_000, "open")]))
        process = process.replace("calendar.timezone", "America/New_York")

        for day, count in ((dt.timedelta(days=2), 2), (dt.timedelta(days=2, seconds=-1), 1)):
            until = opened + day
            found = silence(log, process, until, fast=False)
            assert found.deal_days == count
            spans, _ = spans_of(log, process, to_micros(until), "any", fast=False)
            local = to_micros(until.replace(tzinfo=dt.UTC))
            assert deal_days(spans, local).silence.tolist() == list(range(count))

    def test_what_it_says(self, ask):
        """Answer, counts, bands, the timer, and the misleading table with its warning."""
        lives = live(immortal(lost_times=3.0, timer=40), 1500, np.random.default_rng(9))
        log, process = ask(csv_of(rows_of_lives(lives)))
        at = START + dt.timedelta(days=160)
        found = silence(log, process, at, fast=False)
        text, page, data = str(found), found._repr_html_(), found.to_dict()

        assert found.after_days == 5
        assert found.answer.startswith("As far as a comparison can tell, yes. At equal age, deals")
        assert "day 40 of age" in text
        assert "This table misleads" in text
        assert text.index("This table misleads") > text.index("By days of silence")
        assert "This table misleads" in page
        assert "day 40 of age" in page
        assert data["format"] == 1
        assert json.loads(json.dumps(data))["lost"]["ratio"] == found.lost.ratio
        assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - our own
        rates = found.to_polars("hazards")
        assert (rates["lost"].sum(), rates["days"].sum()) == (found.losses, found.deal_days)
        [spike] = found.spikes
        for rate in (found.lost_without, found.won_without):
            assert rate.days + rate.other_days == found.deal_days - spike.deals
        assert sum(band.days for band in found.bands) == found.deal_days - spike.deals
        assert found.deals == 1500
        assert found.to_polars().columns[:3] == ["low", "high", "days"]
        assert found.to_polars("spikes")["day"].to_list() == [40]
        assert found.to_polars("naive")["win_rate"][0] < 0.1
        with pytest.raises(ValueError, match="table: 'band', expected one of bands"):
            found.to_polars("band")
        for table in ("bands", "hazards", "spikes", "naive"):
            assert list(found.to_pandas(table)) == found.to_polars(table).columns

    @pytest.mark.long
    @pytest.mark.parametrize(
        ("lost", "won", "answer"),
        [
            (1.0, 1.0, "No effect is found."),
            (0.3, 1.0, "No, rather the other way round."),
            (1.0, 0.2, "As far as a comparison can tell, yes."),
            (0.3, 0.3, "It is not that simple."),
        ],
    )
    def test_answers(self, ask, lost, won, answer):
        """Each truth has its answer."""
        world = flat(0.03, 0.03, lost_times=lost, won_times=won)
        lives = live(world, 900, np.random.default_rng(21))
        log, process = ask(csv_of(rows_of_lives(lives)))

        found = silence(log, process, START + dt.timedelta(days=160), within=["stage"], fast=False)
        assert found.answer.startswith(answer)
        assert found.within == ("age", "stage")

    def test_deals_that_nobody_tells_of_any_more(self, ask):
        """A record that stops is no effect of silence: deals only seem to live on, untouched."""
        lives = live(flat(0.02, 0.02), 700, np.random.default_rng(4))
        last = dict(enumerate((lives.opened_at + 15 * DAY).tolist()))
        told = [
            row for row in rows_of_lives(lives) if (n := int(row[0][1:])) % 2 or row[1] < last[n]
        ]
        log, process = ask(csv_of(told))
        found, early = (
            silence(log, process, START + dt.timedelta(days=days), fast=False) for days in (150, 25)
        )
        worded = found.answer.partition("But ")

        assert found.lost_without.is_lower
        assert found.won_without.is_lower
        assert not found.lost_ended.is_lower
        assert found.answer.startswith("That cannot be said. At equal age, deals that had been")
        assert worded[2].startswith(
            f"{found.lost.days - found.lost_ended.days:,} of these {found.lost.days:,} silent days "
            "are of deals that are silent to this day"
        )
        assert worded[2].endswith("Ask as of an earlier day.")
        assert early.answer.startswith("No effect is found.")
        assert "Ask as of" not in early.answer

    def test_no_touches(self, ask):
        """Where silence is age, the answer says so, however many deals were closed."""
        begin = int(START.timestamp()) * 1_000_000
        rows = [(f"D{n}", begin + n * 1_000_000, "open") for n in range(60)]
        rows += [(f"D{n}", begin + (n % 20 + 1) * DAY, "lost") for n in range(60)]
        log, process = ask(csv_of(rows))
        found = silence(log, process, START + dt.timedelta(days=40), fast=False)

        assert (found.losses, found.lost.compared_days) == (60, 0)
        assert "there is nothing to compare. In a log that tells no touches" in found.answer
        assert "Too few" not in found.answer
        late = silence(log, process, START + dt.timedelta(days=40), lag_days=30, fast=False)
        assert late.answer == (
            "That cannot be said. There is no day on which a deal was open and its silence 30 days "
            "before is known."
        )

    def test_the_last_day_counts(self, ask):
        """A date as the instant is the end of that day: what was closed on it is counted."""
        begin = int(START.timestamp()) * 1_000_000
        rows = [("A", begin, "open"), ("A", begin + 3 * DAY - 1, "lost")]
        log, process = ask(csv_of(rows))
        end = START + dt.timedelta(days=3) - dt.timedelta(microseconds=1)

        last, before = (
            silence(log, process, at, fast=False)
            for at in (end, end - dt.timedelta(microseconds=1))
        )
        assert (last.deal_days, last.losses, last.uncounted) == (3, 1, 0)
        assert (before.deal_days, before.losses) == (2, 0)

    def test_nothing_happened(self, ask):
        """Without a close there is no answer, and it says so."""
        log, process = ask(csv_of([("A", int(START.timestamp()) * 1_000_000, "open")]))
        found = silence(log, process, START + dt.timedelta(days=9), fast=False)

        few = "Too few deals were lost or won to compare."
        assert found.answer.startswith("That cannot be said. At equal age, all had been")
        some = attrs.evolve(found, lost_without=attrs.evolve(found.lost_without, compared_days=9))
        assert some.answer == f"That cannot be said. {few}"
        found = attrs.evolve(some, lost_without=attrs.evolve(some.lost_without, events=57))
        assert found.answer == (
            "That cannot be said. All 57 closes as lost came after 5 days of silence or more: no "
            "ratio says that. Too few deals were won to compare."
        )
        found = some
        half = attrs.evolve(found, lost_without=attrs.evolve(found.lost_without, ratio=0.0))
        assert half.answer.endswith(
            "or more were lost 0.00 times (too few for an interval), as often a day as others. "
            "Too few deals were won to compare."
        )
        assert "0 wins and 0 losses" in str(found)
        assert repr(found) == "<Silence of 1 deal: lost unknown, won unknown>"

    def test_after_comes_from_the_process(self, ask):
        """As the first contact gap says, in days of the calendar; five if there is none."""
        log, _ = ask(csv_of([("A", int(START.timestamp()) * 1_000_000, "open")]))
        hours = 'hours = { mon-fri = ["09:00-17:00"] }\n[[stages]]'
        texts = {
            PROCESS: 5,
            PROCESS.replace("5 days", "30 hours"): 2,
            PROCESS.replace("5 days", "3 business days").replace("[[stages]]", hours, 1): 5,
            PROCESS.partition("[[contact_gaps]]")[0]: 5,
        }
        for text, days in texts.items():
            assert silence(log, load_process(text), START, fast=False).after_days == days

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            (
                {"touch": "anny"},
                r"touch: 'anny', the process has no such touch class; did you mean 'any'",
            ),
            ({"after_days": 0}, "'after_days' must be 1 or more, got 0"),
            ({"lag_days": -1}, "'lag_days' must be 0 or more, got -1"),
            ({"within": ("age", "size")}, "within: 'size', expected age or stage"),
        ],
    )
    def test_what_it_refuses(self, ask, given, message):
        """Every wrong argument names what was seen and what was wanted."""
        log, process = ask(csv_of([("A", int(START.timestamp()) * 1_000_000, "open")]))

        with pytest.raises(ValueError, match=message):
            silence(log, process, START, **given)
        with pytest.raises(TypeError, match="expected an EventLog"):
            silence("log.csv", process, START)
        with pytest.raises(TypeError, match="expected a Process"):
            silence(log, "six-step", START)

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"after_days": "5 days"}, "'after_days' must be a whole number"),
            ({"after_days": 2.5}, "'after_days' must be a whole number"),
            ({"lag_days": 2.5}, "'lag_days' must be a whole number"),
            ({"within": "stage"}, "within: 'stage', expected several"),
        ],
    )
    def test_types(self, ask, given, message):
        """A number of days is whole, and has no unit; what days have in common is a list."""
        log, process = ask(csv_of([("A", int(START.timestamp()) * 1_000_000, "open")]))

        with pytest.raises(TypeError, match=message):
            silence(log, process, START, **given)

    def test_numbers_of_numpy(self, ask):
        """They are whole numbers, too, and the answer is plain JSON."""
        log, process = ask(csv_of([("A", int(START.timestamp()) * 1_000_000, "open")]))
        found = silence(log, process, START, after_days=np.int64(5), lag_days=np.int32(1))

        assert json.loads(json.dumps(found.to_dict()))["after_days"] == 5


LEADFORGE = """format = 1
[process]
id = "lf"
version = "1"
[calendar]
timezone = "UTC"
[[stages]]
id = "open"
[[stages]]
id = "won"
kind = "won"
[[stages]]
id = "lost"
kind = "lost"
[[contact_gaps]]
id = "touch"
max = "5 days"
"""


YES, TURNED = "As far as a comparison can tell, yes.", "No, rather the other way round."
BOTH_WAYS, NOTHING_FOUND = "It is not that simple.", "No effect is found."


class TestVerdicts:
    """What is said of intervals of rate ratios; the log behind them says nothing."""

    @pytest.fixture
    def found(self, ask):
        lives = live(flat(0.03, 0.03), 5, np.random.default_rng(1))
        log, process = ask(csv_of(rows_of_lives(lives)))
        return silence(log, process, START + dt.timedelta(days=160), fast=False)

    def rate(self, side):
        low, high = {"less": (0.3, 0.8), "alike": (0.8, 1.2), "more": (1.3, 1.8)}[side]
        counts = {"events": 50, "days": 900, "other_events": 50, "other_days": 1000}
        return RateRatio(**counts, compared_days=1900, ratio=(low + high) / 2, low=low, high=high)

    @pytest.mark.parametrize(
        ("lost", "won", "says"),
        [
            ("more", "less", YES),
            ("more", "alike", YES),
            ("alike", "less", YES),
            ("less", "more", TURNED),
            ("less", "alike", TURNED),
            ("alike", "more", TURNED),
            ("more", "more", BOTH_WAYS),
            ("less", "less", BOTH_WAYS),
            ("alike", "alike", NOTHING_FOUND),
        ],
    )
    def test_of_two_ratios(self, found, lost, won, says):
        """More losses or fewer wins are a yes, fewer losses or more wins a no."""
        lost, won = self.rate(lost), self.rate(won)
        both = {"lost_without": lost, "lost_ended": lost, "won_without": won, "won_ended": won}

        assert attrs.evolve(found, **both).answer.startswith(says)

    @pytest.mark.parametrize("event", ["lost", "won"])
    def test_what_only_those_who_are_silent_to_this_day_say(self, found, event):
        """Fewer losses, or fewer wins, that are as many without them say nothing."""
        names = ("lost_without", "lost_ended", "won_without", "won_ended")
        alike = {name: self.rate("alike") for name in names}
        answer = attrs.evolve(found, **alike | {f"{event}_without": self.rate("less")}).answer

        assert answer.startswith("That cannot be said.")
        assert "that are silent to this day" in answer


@pytest.mark.long
@pytest.mark.skipif(not DATA.exists(), reason="the data are not part of the repository")
class TestRealData:
    def test_leadforge_as_its_example_reads_it(self):
        """It tells of each deal for 90 days only; as long as it tells of them, nothing is found."""
        names = {"touches": "touches", "activities": "sales_activities"}
        tables = {
            name: DATA / f"leadforge_s42_{file}.csv.gz"
            for name, file in {"opportunities": "opportunities", **names}.items()
        }
        process = load_process("six-step")
        mapping = Path(__file__).parents[2] / "examples" / "leadforge" / "mapping.toml"
        log = EventLog.from_csv(tables, process, mapping)
        late, early = (
            silence(log, process, dt.datetime(2024, month, day, tzinfo=dt.UTC))
            for month, day in ((5, 1), (4, 5))
        )

        assert late.won_without.is_lower
        assert late.answer.startswith("That cannot be said.")
        assert "18,459 of these 32,523 silent days" in late.answer
        assert early.answer.startswith("No effect is found.")

    @pytest.mark.parametrize("lag", [0, 3])
    @pytest.mark.parametrize("after", [3, 5, 8])
    def test_leadforge(self, tmp_path, lag, after):
        """Touches do nothing in leadforge, and nothing is found; the usual table finds plenty."""
        read = {
            name: pl.read_csv(DATA / f"leadforge_s42_{name}.csv.gz")
            for name in ("opportunities", "touches")
        }
        opps, touches = (
            read["opportunities"],
            read["touches"].join(
                read["opportunities"].select("lead_id", "created_at"), on="lead_id"
            ),
        )
        at = pl.col("touch_timestamp")
        parts = [
            opps.select(deal="lead_id", at="created_at", what=pl.lit("open")),
            touches.filter(at >= pl.col("created_at")).select(
                deal="lead_id", at=at, what=pl.lit("call")
            ),
            opps.drop_nulls("closed_at").select(
                deal="lead_id", at="closed_at", what=pl.col("close_outcome").str.slice(7)
            ),
        ]
        pl.concat(parts).write_csv(tmp_path / "log.csv")
        process = load_process(LEADFORGE)
        mapping = parse_mapping(
            MAPPING.replace('waiting = "waiting"\n', "") + '[values]\nopens = ["open"]\n'
        )
        log = EventLog.from_csv(tmp_path / "log.csv", process, mapping)
        as_of = dt.datetime(2024, 4, 30, tzinfo=dt.UTC)
        found = silence(log, process, as_of, after_days=after, lag_days=lag)

        assert (found.deals, found.wins, found.losses) == (2768, 555, 708)
        for ratio in (found.lost, found.won):
            assert ratio.low < 1 < ratio.high
        assert found.spikes == ()
        assert found.answer.startswith("No effect is found.")
        assert found.naive[0].win_rate < 0.15
        assert found.naive[-1].win_rate > 0.5

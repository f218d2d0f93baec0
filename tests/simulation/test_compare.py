"""Comparisons: matched deals only, differences deal by deal, what is printed."""

from __future__ import annotations

import math

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from tests.simulation.made_up import (
    BEHAVIOUR,
    DAY,
    LATER,
    LOST,
    SHORT,
    START,
    TALK,
    WON,
    columns,
)

import salesflow as sf
from salesflow.calendars import to_datetime, to_micros
from salesflow.intervals import Z95
from salesflow.simulation import Behaviour, Outcome
from salesflow.simulation.distributions import Exponential
from salesflow.simulation.estimates import NOTHING, Estimate
from salesflow.simulation.kernel import codes
from salesflow.simulation.pairs import mean_difference, ratio_difference, share_difference
from salesflow.simulation.parts import Arrivals, Capacity, Cooling, StageLife, Touches

PEOPLE = Behaviour(
    arrivals=Arrivals(every=Exponential("6 hours")),
    stages=[StageLife(stage="talk", work=Exponential("20 days"), then={"won": 1.0})],
    touches=Touches(every=Exponential("6 days"), heeds=0.6, minutes="30 minutes"),
    cooling=Cooling(half="9 days", grace="2 days"),
)


def made(stage, lasted, *, seed=1, window=100 * DAY, **given):
    """A made-up result: nothing of it was simulated."""
    one = sf.simulate(SHORT, 1, seed=seed, behaviour=BEHAVIOUR, fast=False)
    return attrs.evolve(
        one,
        until=to_datetime(to_micros(START) + window),
        columns=columns(stage, lasted, window=window, **given),
    )


@pytest.fixture(scope="module")
def pair():
    loose = SHORT.replace({"timers.gone_cold.after": "12 days", "contact_gaps.touch.max": "9 days"})
    return [sf.simulate(p, 400, seed=5, behaviour=PEOPLE, fast=False) for p in (SHORT, loose)]


class TestMatching:
    @pytest.mark.parametrize(
        ("other", "said"),
        [
            pytest.param(made([WON, WON], [1, 1], seed=2), "seed: 1 and 2", id="seed"),
            pytest.param(made([WON], [1]), "deals: 2 and 1", id="deals"),
            pytest.param(made([WON, WON], [1, 1], window=DAY), "end: 2026-04-15", id="end"),
            pytest.param(
                made([WON, WON], [1, 1], opened_at=[to_micros(START), to_micros(START) + 1]),
                "openings: 1 of 2 deals",
                id="openings",
            ),
        ],
    )
    def test_unmatched(self, other, said):
        """What does not match is said."""
        with pytest.raises(ValueError, match=rf"not matched(.|\n)*{said}"):
            sf.compare(made([WON, LOST], [1, 1]), other)

    def test_every_reason(self):
        """All reasons are said at once."""
        with pytest.raises(ValueError, match=r"seed(.|\n)*deals"):
            sf.compare(made([WON, LOST], [1, 1]), made([WON], [1], seed=3))

    @pytest.mark.parametrize("name", ["before", "after"])
    def test_no_result(self, name):
        """Only results are compared."""
        given = {"before": made([WON], [1]), "after": made([WON], [1]), name: SHORT}

        with pytest.raises(TypeError, match=f"^{name}: got .*, expected a SimulationResult. Make"):
            sf.compare(**given)


class TestComparison:
    def test_with_itself(self, pair):
        """Nothing differs, and that is still no certainty for all deals there could be."""
        found = sf.compare(pair[0], pair[0])

        assert (found.differing.value, found.touched.value, found.changes) == (0.0, 0.0, ())
        assert found.deals == ()
        assert all(each.difference.value in {0.0, None} for each in found.differences)
        assert found["won"].difference.low < 0 < found["won"].difference.high
        assert not any(each.is_certain for each in found.differences)

    def test_what_changed(self):
        """How many went from which outcome to which, most frequent first."""
        one = made([WON, LOST, LOST, TALK, LATER], [DAY] * 5)
        two = made([WON, WON, WON, LOST, LATER], [DAY] * 5)

        found = sf.compare(one, two)

        assert found.changes == (
            (Outcome.SAID_NO, Outcome.WON, 2),
            (Outcome.OPEN, Outcome.SAID_NO, 1),
        )
        assert found.deals == (1, 2, 3)
        assert found.differing.value == 0.6
        assert found["won"].difference.value == pytest.approx(0.4)
        assert (found["won"].before, found["won"].after) == (0.2, 0.6)

    def test_differences_are_those_of_the_figures(self, pair):
        """A difference is the one figure less the other, whatever its interval."""
        found = sf.compare(*pair)
        one, two = (each.summary() for each in pair)

        known = {
            "won": (one.share("won"), two.share("won")),
            "win rate of decided deals": (one.win_rate, two.win_rate),
            "touches for each win": (one.per_win("touches"), two.per_win("touches")),
            "rep-hours per win": (one.rep_hours_per_win, two.rep_hours_per_win),
            "breaches of contact gaps a deal": (one.per_deal("breaches"), two.per_deal("breaches")),
        }
        for name, (before, after) in known.items():
            each = found[name]
            assert (each.before, each.after) == pytest.approx((before.value, after.value))
            assert each.difference.value == pytest.approx(after.value - before.value)

    def test_pairs_are_sharper(self, pair):
        """The interval of the difference is far narrower than without matching."""
        found = sf.compare(*pair)["won"].difference
        one, two = (each.summary().share("won") for each in pair)

        apart = np.hypot(one.high - one.low, two.high - two.low)
        assert found.high - found.low < 0.8 * apart

    def test_other_deals_are_not_opened(self):
        """Deals that open after the end are compared with nothing."""
        found = sf.compare(made([WON, -1], [DAY, 0]), made([LOST, -1], [DAY, 0]))

        assert found["won"].difference.value == -1.0
        assert found.differing.value == 1.0

    def test_days_are_counted_as_long_as_all_were_followed(self):
        """Two open deals, seen for a hundred and for fifty days: fifty days count of each."""
        opened = to_micros(START) + np.array([0, 50]) * DAY
        one = made([TALK, TALK], [0, 0], opened_at=opened)

        found = sf.compare(one, one)

        assert found["days until closed for each deal"].before == found.followed_days == 50.0
        said = "Days until closed end after 50.0 days: for so long every deal was followed."
        assert said in str(found).splitlines()

    @pytest.mark.parametrize(("last", "days"), [(50, None), (51, 50.0)])
    def test_days_that_are_not_cut(self, last, days):
        """Where every deal is closed as long as all were followed, the days are all of them."""
        opened = to_micros(START) + np.array([0, 50]) * DAY
        one = made([WON, LOST], [9 * DAY, 50 * DAY], opened_at=opened)
        two = made([WON, LOST], [last * DAY, DAY], opened_at=opened)

        assert sf.compare(one, two).followed_days == days

    def test_who_was_never_opened_is_closed_when_they_leave(self):
        """One is won after ten days, the other left after four in which nobody opened the deal."""
        came = np.full(2, to_micros(START))
        one = made(
            [WON, -1],
            [10 * DAY, 0],
            arrived_at=came,
            queued=np.array([0, 4 * DAY]),
            cause=[1, codes.BY_LEAVING],
        )

        assert sf.compare(one, one)["days until closed for each deal"].before == 7.0

    def test_all_losses_are_decided(self):
        """Who would not wait, opened or not, is lost: of three that are decided one is won."""
        one = made(
            [WON, LOST, -1],
            [DAY, DAY, 0],
            arrived_at=np.full(3, to_micros(START)),
            cause=[codes.BY_WORK, codes.BY_IMPATIENCE, codes.BY_LEAVING],
        )
        found = sf.compare(one, one)

        assert found["win rate of decided deals"].before == pytest.approx(1 / 3)
        assert found["lost, for whatever reason"].before == pytest.approx(2 / 3)

    def test_figures_by_hand(self):
        """Of two won, one lost and one open deal; what is lost is worth nothing."""
        values = {"value": [100.0, 50.0, 70.0, 70.0]}
        one = made([WON, WON, LOST, TALK], [DAY] * 4, **values)
        two = made([WON, LOST, LOST, TALK], [DAY] * 4, **values)
        found = sf.compare(one, two)

        told = {each.name: (each.before, each.after) for each in found}
        assert told["value won for each deal"] == (37.5, 25.0)
        assert told["win rate of decided deals"] == pytest.approx((2 / 3, 1 / 3))
        assert told["lost, for whatever reason"] == (0.25, 0.5)

    def test_only_deals_that_count(self):
        """Nothing is said of deals that came while it was warming up; who comes at its end is."""
        opened = to_micros(START) + np.array([0, 9, 10, 20]) * DAY
        one = made([WON] * 4, [DAY] * 4, opened_at=opened)
        two = made([LOST, LATER, LOST, WON], [DAY] * 4, opened_at=opened)

        found = sf.compare(one, two, warmup="10 days")

        assert (found.count, found.deals) == (2, (2,))
        assert (found.differing.value, found.touched.value) == (0.5, 0.5)
        assert found.changes == ((Outcome.WON, Outcome.SAID_NO, 1),)

    def test_nothing_opened(self):
        """There is nothing to say."""
        found = sf.compare(made([-1], [0]), made([-1], [0]))

        assert found["won"].difference == NOTHING
        assert "0 matched deals: none" in str(found)

    def test_unknown_name(self, pair):
        """A figure that there is not is a KeyError."""
        with pytest.raises(KeyError, match="wun"):
            _ = sf.compare(*pair)["wun"]

    def test_what_went_otherwise(self):
        """Deals that came to the same outcome by another way are counted apart."""
        one = made([WON, LOST, WON], [DAY] * 3, touches=[3, 2, 1])
        two = made([WON, LOST, WON], [DAY] * 3, touches=[3, 4, 2])

        found = sf.compare(one, two)
        assert (found.differing.value, found.touched.value) == (0.0, pytest.approx(2 / 3))

    def test_another_time_in_one_stage(self):
        """What differs of one stage only has gone otherwise."""
        spent = np.array([[DAY, 9 * DAY, 0, 0], [DAY, 9 * DAY, 0, 0]])
        one = made([WON, WON], [DAY, DAY], spent=spent)
        two = made([WON, WON], [DAY, DAY], spent=spent + np.array([[0] * 4, [1, 0, 0, 0]]))

        assert sf.compare(one, two).touched.value == 0.5

    def test_another_order_of_rules(self, pair):
        """The number of a rule is no difference."""
        before = '[[timers]]\nid = "gone_cold"'
        more = f'[[timers]]\nid = "late"\nsince = "opened"\nafter = "800 days"\n\n{before}'
        other = sf.load_process(sf.dump_process(SHORT).replace(before, more))
        assert other.timers[0].id == "late"
        found = sf.simulate(other, 400, seed=5, behaviour=PEOPLE, fast=False)

        assert sf.compare(pair[0], found).touched.value == 0.0

    def test_another_process(self, pair):
        """Processes with other stages and rules are compared by what both have."""
        more = sf.load_process(
            sf.dump_process(SHORT)
            + '\n[[timers]]\nid = "late"\nsince = "opened"\nafter = "800 days"\n'
        )
        other = sf.simulate(more, 400, seed=5, behaviour=PEOPLE, fast=False)

        assert sf.compare(pair[0], other).touched.value == 0.0


class TestShown:
    def test_text(self, pair):
        """Both names, each figure before and after, the difference with its sign."""
        lines = str(sf.compare(*pair, names=("5 days", "9 days"))).splitlines()

        assert lines[0].startswith("400 matched deals: ")
        [head] = [line for line in lines if "5 days" in line]
        assert head.split() == ["5", "days", "9", "days", "difference", "95", "%", "interval"]
        [won] = [line for line in lines if line.startswith("won")]
        assert "+" in won
        known = sf.compare(*pair)["won"]
        numbers = [known.before, known.after, *attrs.astuple(known.difference)]
        before, after, *ends = (f"{100 * number:.1f}" for number in numbers)
        apart, low, high = (end if end.startswith("-") else f"+{end}" for end in ends)
        assert won.split()[2:] == [before, after, apart, low, "to", high]
        assert max(map(len, lines)) <= 90

    def test_html(self, pair):
        """One table, names escaped."""
        page = sf.compare(*pair, names=("<b>", "9"))._repr_html_()

        assert "&lt;b&gt;" in page
        assert page.count("<table>") == 1

    def test_many_changes(self):
        """Of many kinds of change the most frequent are shown, the rest is counted."""
        one = made([WON, LOST, LATER, TALK, WON, LOST, LATER], [DAY] * 7)
        two = made([LOST, WON, TALK, LATER, LATER, TALK, WON], [DAY] * 7)

        assert "  2 otherwise" in str(sf.compare(one, two)).splitlines()

    def test_shared_reps(self):
        """Where deals wait for the same reps the intervals need not hold, and that is said."""
        people = attrs.evolve(PEOPLE, capacity=Capacity.of(1))
        one, two = (
            sf.simulate(p, 5, behaviour=people, fast=False, horizon="90 days")
            for p in (SHORT, SHORT.replace("timers.gone_cold.after", "40 days"))
        )
        found = sf.compare(one, two)

        assert "several runs" in str(found)
        ones = [found.differing, found.touched, *(each.difference for each in found)]
        assert all((each.low, each.high) == (None, None) for each in ones)
        assert found["won"].difference.value is not None

    def test_frames(self, pair):
        """One row for each figure, the same in both libraries."""
        found = sf.compare(*pair)

        assert len(found.to_pandas()) == len(found.to_polars()) == len(found.differences)
        assert found.to_polars().columns == list(found.to_pandas().columns)
        for row, each in zip(found.to_polars().to_dicts(), found, strict=True):
            assert (row["before"], row["after"]) == (each.before, each.after)
            ends = (row["difference"], row["low"], row["high"])
            assert ends == attrs.astuple(each.difference)


@pytest.mark.parametrize("names", ["ab", ("a", "b", "c"), ("a",), (1, 2)])
def test_names_of_the_sides(names):
    """There are two sides, and each has one name."""
    one = sf.simulate(SHORT, 3, behaviour=PEOPLE, fast=False)
    with pytest.raises(ValueError, match=r"names: .*, expected two"):
        sf.compare(one, one, names=names)


class TestPairs:
    @given(pairs=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=2))
    def test_mean(self, pairs):
        """Mean and standard error of the differences."""
        one, two = (np.array(side, dtype=float) for side in zip(*pairs, strict=True))
        half = stats.t.ppf(0.975, len(pairs) - 1) * stats.sem(two - one)

        found = mean_difference(one, two)

        if len(set(two - one)) == 1:
            assert found == Estimate((two - one)[0])
            return
        assert found.value == pytest.approx(np.mean(two - one))
        wanted = found.value - half, found.value + half
        assert (found.low, found.high) == pytest.approx(wanted, abs=1e-9 + 3e-5 * half)

    def test_shares_of_hardly_any(self):
        """Where no deal differs, some of all those that there could be may all the same."""
        same = np.ones(98)

        found = share_difference(same, same)

        assert found.value == 0.0
        assert found.high == pytest.approx(Z95 * np.sqrt(2 / 100 / 100))
        assert found.low == -found.high

    @given(gained=st.integers(0, 40), lost=st.integers(0, 40), same=st.integers(0, 40))
    def test_share_is_one_of_two_pairs_more(self, gained, lost, same):
        """The adjustment is one gained and one lost pair more; the spread that of all of these."""
        if not gained + lost + same:
            return
        before = np.repeat([0.0, 1.0, 1.0], [gained, lost, same])
        after = np.repeat([1.0, 0.0, 1.0], [gained, lost, same])
        more = np.repeat([1.0, -1.0, 0.0], [gained + 1, lost + 1, same])
        half = Z95 * more.std() / math.sqrt(len(more))

        found = share_difference(before, after)

        assert found.value == pytest.approx(np.mean(after - before))
        assert found.low == pytest.approx(max(-1.0, more.mean() - half))
        assert found.high == pytest.approx(min(1.0, more.mean() + half))

    def test_ratio_of_one_each_is_a_mean(self):
        """Where everything below is 1, a ratio is a mean, and so is its interval."""
        above = np.array([[1.0, 4.0, 2.0, 9.0], [3.0, 5.0, 2.0, 6.0]])
        ones = np.ones(4)

        found = ratio_difference(above[0], ones, above[1], ones)

        wanted = attrs.astuple(mean_difference(*above))
        assert attrs.astuple(found) == pytest.approx(wanted)

    def test_ratio_is_near_the_jackknife(self):
        """Leaving out one deal at a time says the same of the spread, to first order."""
        rng = np.random.default_rng(3)
        below = (rng.random((2, 500)) < 0.4).astype(float)
        below[1, :400] = below[0, :400]
        above = rng.exponential(4.0, (2, 500)) * (below + 0.5)
        above[1, :400] = above[0, :400]

        def difference(kept):
            one, two = (a[kept].sum() / b[kept].sum() for a, b in zip(above, below, strict=True))
            return two - one

        without = np.array([difference(np.arange(500) != left_out) for left_out in range(500)])
        known = math.sqrt(499 * without.var())

        found = ratio_difference(above[0], below[0], above[1], below[1])

        assert found.value == pytest.approx(difference(np.arange(500)))
        assert (found.high - found.low) / 2 == pytest.approx(Z95 * known, rel=0.02)
        assert (found.high + found.low) / 2 == pytest.approx(found.value)

    def test_all_differ_alike(self):
        """Two pairs of which the second is one more each do not say that all others are."""
        one, two = np.array([1.0, 4.0]), np.array([2.0, 5.0])

        assert mean_difference(one, two) == Estimate(1.0)

    def test_one_deal(self):
        """One deal says nothing about how far others are."""
        assert mean_difference(np.array([1.0]), np.array([3.0])) == Estimate(2.0)

    def test_no_deals(self):
        """Nothing can be said of none."""
        none = np.array([])
        assert share_difference(none, none) == mean_difference(none, none) == NOTHING

    def test_ratio_that_never_varies(self):
        """Where every deal has the same ratio nothing says how far others are from it."""
        below = np.array([1.0, 2.0, 3.0, 7.0])

        found = ratio_difference(3 * below, below, 5 * below, below)

        assert found == Estimate(pytest.approx(2.0))

    def test_no_pair_differs(self):
        """Others might: no interval is said, of a mean or of a ratio."""
        above, below = np.array([1.0, 2.0, 3.0]), np.array([1.0, 0.0, 1.0])

        assert mean_difference(above, above) == Estimate(0.0)
        assert ratio_difference(above, below, above, below) == Estimate(0.0)
        assert mean_difference(np.zeros(0), np.zeros(0)) == NOTHING

    def test_ratio_without_wins(self):
        """Where one side has none there is no difference."""
        ones = np.ones(3)
        assert ratio_difference(ones, ones, ones, 0 * ones) == NOTHING

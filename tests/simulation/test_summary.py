"""Summaries: figures where the truth is known, parts that make the whole, what is printed."""

from __future__ import annotations

import pickle

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from tests.simulation.made_up import (
    BEHAVIOUR,
    DAY,
    HOUR,
    LATER,
    LOST,
    SHORT,
    START,
    TALK,
    WON,
    columns,
    summary,
)

import salesflow as sf
from salesflow.calendars import to_datetime, to_micros
from salesflow.rules import codes
from salesflow.simulation import Behaviour, Outcome, summarize
from salesflow.simulation.distributions import Exponential
from salesflow.simulation.estimates import NOTHING, Estimate
from salesflow.simulation.figures import Figure
from salesflow.simulation.kernel.codes import BY_LEAVING
from salesflow.simulation.parts import Capacity, StageLife, Touches
from salesflow.simulation.summary import Summary
from salesflow.simulation.tallies import COUNTED

# Twelve deals: three won after 1, 2, 4 days, six lost after 1 to 6, two parked, one open.
STAGES = [WON] * 3 + [LOST] * 6 + [LATER] * 2 + [TALK]
DAYS = [1, 2, 4, 1, 2, 3, 4, 5, 6, 3, 3, 0]
CAUSES = [1, 1, 1, 4, 5, 3, 2, 2, 6, 1, 1, 0]
RULES = [-1, -1, -1, -1, -1, -1, 1, 2, -1, -1, -1, -1]


@pytest.fixture
def dozen():
    return summary(
        STAGES,
        np.array(DAYS) * DAY,
        cause=CAUSES,
        rule=RULES,
        touches=[4] * 12,
        value=[100.0, np.nan, 50.5, *[70.0] * 9],
        breaches=[0] * 9 + [1, 2, 0],
    )


class TestOutcomes:
    def test_each_deal_has_one(self, dozen):
        """What a timer since a touch closed died of silence, as a buyer who cooled."""
        assert dozen.counts == {
            Outcome.WON: 3,
            Outcome.SAID_NO: 1,
            Outcome.NO_DECISION: 1,
            Outcome.SILENCE: 2,
            Outcome.AGE: 1,
            Outcome.WAITING: 1,
            Outcome.NEVER_OPENED: 0,
            Outcome.PARKED: 2,
            Outcome.OPEN: 1,
            Outcome.QUEUED: 0,
        }

    def test_lost_are_all_of_them(self, dozen):
        """`lost` stands for every loss, and no deal is counted twice."""
        assert dozen.lost == 6
        assert dozen.share("lost").value == 0.5
        assert dozen.share("lost", "lost: silence", Outcome.WON).value == 0.75

    def test_win_rate_is_of_decided_deals(self, dozen):
        """Open and parked deals are not decided."""
        assert dozen.win_rate.value == 3 / 9

    def test_unknown_outcome(self, dozen):
        """A misspelt one is named, with what was meant."""
        with pytest.raises(ValueError, match=r"'lost: silense'.*did you mean 'lost: silence'"):
            dozen.share("lost: silense")


class TestFigures:
    def test_win_costs_what_all_deals_took(self, dozen):
        """Lost deals took their touches and hours for the wins."""
        assert dozen.per_win("touches").value == 16.0
        assert dozen.rep_hours_per_win.value == pytest.approx(24.0)
        assert dozen.per_deal("worked").value == pytest.approx(6.0)

    def test_interval_of_what_a_win_costs(self):
        """At each end, touches less so many for each win are as far from 0 as chance goes."""
        rng = np.random.default_rng(1)
        stage = np.array([WON] * 30 + [LOST] * 60)
        touches = rng.integers(1, 30, 90)
        found = summary(stage, [DAY] * 90, touches=touches)

        cost = found.per_win("touches")
        assert cost.low < cost.value == touches.sum() / 30 < cost.high
        for end in (cost.low, cost.high):
            rest = touches - end * (stage == WON)
            chance = stats.t.ppf(0.975, 89) * stats.sem(rest)
            assert abs(rest.mean()) == pytest.approx(chance, rel=6e-5)
        assert found.won_sums["touches"].total == touches[:30].sum()

    def test_no_hours(self):
        """Where nobody said how long anything keeps a rep, no hours are claimed."""
        found = Summary.of(columns([WON, LOST], [DAY, DAY]), SHORT, Behaviour(), START)

        assert found.rep_hours_per_win == NOTHING
        assert "rep-hours" not in str(found)

    def test_values_are_those_of_won_deals(self, dozen):
        """What is unknown counts as nothing, and is told."""
        assert dozen.value_won.value == pytest.approx(150.5)
        assert dozen.value_per_win.value == pytest.approx(150.5 / 3)
        assert dozen.unvalued == 1
        assert "1 won deal of unknown value" in str(dozen)

    def test_unknown_values_of_lost_deals(self):
        """What a lost deal would have been worth is asked of nobody."""
        assert summary([WON, LOST], [DAY, DAY], value=[5.0, np.nan]).unvalued == 0

    def test_breaches(self, dozen):
        """Per deal, and deals with any."""
        assert dozen.per_deal("breaches").value == 0.25
        assert dozen.late_share.value == 2 / 12

    def test_open_deals_are_kept(self, dozen):
        """Half of all deals are closed after four days; without the open ones it would be three."""
        assert dozen.cycle_days().value == 4.0
        assert dozen.still_open().at(6).value == pytest.approx(3 / 12)
        assert dozen.ended("won").at(2).value == pytest.approx(2 / 12)
        assert dozen.days_to("won").value == 2.0

    def test_time_in_stage(self, dozen):
        """The deal that is in the stage still is censored."""
        assert dozen.stage_days("talk").value == 3.0
        assert dozen.stage_days("talk", 0.95).value is None
        assert dozen.stage("talk").here == 1
        assert dozen.reached("lost").value == 0.5
        assert dozen.reached("later").value == 2 / 12

    def test_unknown_stage(self, dozen):
        """A misspelt stage is named."""
        with pytest.raises(ValueError, match=r"'tlak'.*did you mean 'talk'"):
            dozen.stage("tlak")

    def test_rules(self):
        """How often a rule's end was passed, in how many deals, and what it moved."""
        passed = np.array([[2, 0, 0], [1, 1, 0], [0, 0, 0]])
        found = summary([WON, LOST, TALK], [DAY, DAY, 0], passed=passed, rule=[-1, 1, -1])

        told = [(r.rule, r.is_gap, r.times, r.deals, r.moved) for r in found.rules]

        assert told == [
            ("touch", True, 3, 2, 0),
            ("gone_cold", False, 1, 1, 1),
            ("too_old", False, 0, 0, 0),
        ]
        twice = (found + found).rules
        assert [(r.times, r.deals, r.moved) for r in twice] == [(6, 4, 0), (2, 2, 2), (0, 0, 0)]

    def test_every_figure_has_an_interval_around_it(self, dozen):
        """No figure stands bare, and none lies outside of its interval."""
        for figure in dozen.figures:
            found = figure.estimate
            assert figure.interval
            if found.value is not None:
                assert found.low is None or found.low <= found.value + 1e-12
                assert found.high is None or found.high >= found.value - 1e-12

    def test_sums_are_exact(self):
        """Squares of microseconds do not fit into 64 bits; the sums are exact all the same."""
        found = summary([WON, LOST], [DAY, DAY], touches=[0, 10**6])

        hours = 4 * HOUR, 4 * HOUR + 10**6 * HOUR // 2
        assert found.sums["worked"].total == sum(hours)
        assert found.sums["worked"].squares == sum(each**2 for each in hours)

    def test_shares_are_of_all_that_came(self):
        """Deals that nobody opened are among them, those that had not come are not."""
        found = summary(
            [WON, -1, -1],
            [DAY, 0, 0],
            arrived_at=[to_micros(START)] * 2 + [codes.NEVER],
            queued=[0, DAY, 0],
            cause=[1, BY_LEAVING, 0],
            breaches=[1, 0, 0],
        )

        assert (found.deals, found.arrived, found.opened) == (3, 2, 1)
        assert found.share("won").value == found.share("lost").value == 0.5
        assert found.late_share.value == 0.5
        assert found.win_rate.value == 0.5

    def test_waiting_to_be_opened(self):
        """
        Three are opened at once and after two and four days, two leave after one, one waits still.

        Of Aalen and Johansen: 1/6, then 1/2 are left of whom a third is opened, then half of 1/3.
        """
        found = summary(
            [WON] * 3 + [-1] * 3,
            [DAY] * 3 + [0] * 3,
            arrived_at=[to_micros(START)] * 6,
            queued=np.array([0, 2, 4, 1, 1, 9]) * DAY,
            cause=[1] * 3 + [BY_LEAVING] * 2 + [0],
        )
        opened = found.intake.incidence(0)

        assert [opened.at(days).value for days in (0, 1, 2, 4, 9)] == pytest.approx(
            [1 / 6, 1 / 6, 1 / 3, 1 / 2, 1 / 2]
        )
        assert (found.days_to_open().value, found.days_to_open(1.0).value) == (2.0, 4.0)
        assert found.counts[Outcome.NEVER_OPENED] == 2
        assert found.counts[Outcome.QUEUED] == 1

    def test_waiting_still(self):
        """
        One is opened after two days, one after four, one has waited for a day so far.

        Of the two that are followed for longer, one half is opened and then the other: none leaves.
        """
        found = summary(
            [WON, WON, -1],
            [DAY, DAY, 0],
            arrived_at=[to_micros(START)] * 3,
            queued=np.array([2, 4, 1]) * DAY,
        )
        opened = found.intake.incidence(0)

        assert [opened.at(days).value for days in (1, 2, 4)] == pytest.approx([0, 1 / 2, 1])

    def test_a_cycle_begins_with_the_opening(self):
        """Three days of waiting to be opened are no part of it."""
        opened = np.full(2, to_micros(START))
        found = summary([WON, LOST], [DAY] * 2, opened_at=opened, arrived_at=opened - 3 * DAY)

        assert (found.cycle_days().value, found.days_to("won").value) == (1.0, 1.0)

    def test_a_stage_is_reached_once(self):
        """However often a deal comes back to it."""
        visits = np.array([[3, 1, 0, 0], [1, 0, 1, 0], [2, 0, 0, 1], [1, 0, 0, 2]])
        efforts = visits * [1, 0, 0, 0]
        found = summary([WON, LOST, LATER, LATER], [DAY] * 4, visits=visits, efforts=efforts)

        assert found.reached("later").value == 0.5
        assert (found.stage("later").deals, found.stage("later").visits) == (2, 3)
        # Work is done anew on each visit: four hours of effort each.
        assert found.sums["worked"].total == 7 * 4 * HOUR

    def test_who_comes_as_it_has_warmed_up(self):
        """Early is what came before that very instant."""
        opened = to_micros(START) + np.array([0, 10 * DAY - 1, 10 * DAY])
        made = columns([WON, WON, LOST], [DAY] * 3, opened_at=opened)
        since = to_datetime(to_micros(START) + 10 * DAY)
        found = Summary.of(made, SHORT, BEHAVIOUR, START, since)

        assert (found.left_out, found.arrived, found.won, found.lost) == (2, 1, 0, 1)

    def test_sums_of_many(self):
        """Two squares that fit into 64 bits each do not fit together."""
        found = summary([WON, LOST], [DAY, DAY], touches=[3 * 10**9] * 2)

        assert found.sums["touches"].squares == 2 * 9 * 10**18

    def test_money_is_rounded(self):
        """What is 0.57 as people write it is a hair less as a number, and 0.57 as a sum."""
        assert int(0.57 * 10_000) == 5_699
        assert summary([WON] * 100, [DAY] * 100, value=[0.57] * 100).value_won.value == 57.0


class TestEdges:
    def test_not_opened(self):
        """Deals that open after the end are no part of any share."""
        found = summary([WON, LOST, -1, -1], [DAY, DAY, 0, 0])

        assert (found.deals, found.opened) == (4, 2)
        assert found.share("won").value == 0.5
        assert "2 more had not come" in str(found)

    def test_none_opened(self):
        """Nothing can be said, and that is said."""
        found = summary([-1, -1], [0, 0])

        assert found.share("won") == NOTHING
        assert "cannot be said" in str(found)
        assert "0 simulated deals" in str(found)

    def test_nobody_won(self):
        """Costs for each win cannot be said."""
        found = summary([LOST, TALK], [DAY, 0], touches=[3, 3])

        assert (found.per_win("touches"), found.days_to("won")) == (NOTHING, NOTHING)
        assert found.value_per_win == NOTHING

    def test_lost_money(self):
        """An interval holds its figure, also where deals cost more than they bring."""
        found = summary([WON] * 4, [DAY] * 4, value=np.array([-5.0, -7.0, -5.0, -7.0]))

        mean = found.per_deal("value")
        assert mean.low < mean.value == -6.0 < mean.high < 0

    def test_other_process(self):
        """Parts of two processes are not added."""
        other = SHORT.replace("contact_gaps.touch.max", "4 days")
        two = Summary.of(columns([WON], [DAY]), other, BEHAVIOUR, START)

        with pytest.raises(ValueError, match="cannot be added"):
            _ = summary([WON], [DAY]) + two

    def test_only_summaries_are_added(self):
        """Anything else is a TypeError of Python's."""
        with pytest.raises(TypeError):
            _ = summary([WON], [DAY]) + 1

    def test_other_ends(self):
        """Parts with several ends have none together."""
        assert (summary([WON], [DAY]) + summary([WON], [DAY], window=50 * DAY)).until is None


deals = st.lists(
    st.tuples(
        st.sampled_from((TALK, WON, LOST, LATER, -1)),
        st.integers(0, 99 * DAY),
        st.integers(0, 10**7),
        st.integers(0, 10**6),
    ),
    min_size=2,
    max_size=60,
)


class TestSharedReps:
    def test_it_is_said(self):
        """Where deals wait for the same reps the intervals need not hold, and that is said."""
        people = attrs.evolve(BEHAVIOUR, capacity=Capacity.of(2))
        found = Summary.of(columns([WON, LOST], [DAY, DAY]), SHORT, people, START)

        alone = summary([WON], [DAY])
        assert "several runs" in str(found)
        assert (found + found).shared
        assert (found + alone).shared
        assert (alone + found).shared
        assert "several runs" not in str(alone)

    def test_no_interval_is_said(self):
        """Of no figure and no curve, within one run."""
        people = attrs.evolve(BEHAVIOUR, capacity=Capacity.of(2))
        stage, value = [WON] * 20 + [LOST] * 20 + [TALK] * 9, np.arange(49.0)
        touches = np.arange(49)
        made = columns(stage, np.arange(49) * DAY, value=value, touches=touches, breaches=touches)
        found = Summary.of(made, SHORT, people, START)

        assert {figure.interval for figure in found.figures} == {"none"}
        for figure in found.figures:
            assert (figure.estimate.low, figure.estimate.high) == (None, None)
        assert found.days_to("won").value is not None
        for curve in (found.still_open(), found.ended("won"), found.ended("lost")):
            assert np.isnan(curve.low).all()
            assert np.isnan(curve.high).all()


class TestParts:
    @given(deals=deals, place=st.integers(1, 59))
    def test_parts_make_the_whole(self, deals, place):
        """Wherever deals are cut, the sum of the parts' summaries is that of the whole: equal."""

        def of(some):
            stage, lasted, value, touches = zip(*some, strict=True)
            return summary(stage, lasted, value=np.array(value) / 100, touches=touches)

        whole = of(deals)

        assert place >= len(deals) or of(deals[:place]) + of(deals[place:]) == whole

    @given(lasted=st.lists(st.integers(0, 99 * DAY), min_size=1, max_size=50))
    def test_within_an_hour_of_exact(self, lasted):
        """Times are kept to the hour: a percentile is at most one hour too long."""
        exact = sorted(lasted)[(len(lasted) - 1) // 2] / DAY

        found = summary([WON] * len(lasted), lasted).cycle_days().value

        assert 0 <= found - exact + 1e-9 <= 1 / 24 + 2e-9

    def test_pickles(self, dozen):
        """It comes back from another process as it was."""
        assert pickle.loads(pickle.dumps(dozen)) == dozen  # noqa: S301 - our own


class TestRealRuns:
    """Memoryless touches and work, a silence limit: the exact share that silence kills is known."""

    @pytest.fixture
    def race(self):
        process = SHORT.replace("contact_gaps.touch.mode", "observe")
        behaviour = Behaviour(
            stages=[StageLife(stage="talk", work=Exponential("10 days"), then={"won": 1.0})],
            touches=Touches(every=Exponential("2 days")),
        )
        return process, behaviour

    @pytest.mark.long
    def test_share_that_silence_kills(self, race):
        """λ = 1/2, μ = 1/10, g = 5 days: 0.2392 of the deals, within the interval or nearly."""
        found = sf.simulate(race[0], 3000, seed=3, behaviour=race[1], fast=False).summary()

        share = found.share("lost: silence")
        wide = 1.5 * (share.high - share.low)
        assert share.value == pytest.approx(0.2392, abs=wide)
        assert found.counts[Outcome.WON] + found.counts[Outcome.SILENCE] == 3000
        # The timer's end, not a deal: so many times it was passed, so many deals it closed.
        [cold] = [rule for rule in found.rules if rule.rule == "gone_cold"]
        assert cold.moved == cold.deals == found.counts[Outcome.SILENCE]

    def test_streamed_is_the_same(self, race):
        """Figures only, in parts and by several threads: bit for bit those of the whole."""
        seen = []
        whole = sf.simulate(race[0], 400, seed=0, behaviour=race[1], fast=False)

        found = summarize(
            race[0],
            400,
            seed=0,
            behaviour=race[1],
            fast=False,
            progress=lambda done, of: seen.append((done, of)),
        )

        assert found == whole.summary()
        assert seen[-1] == (400, 400)

    def test_rules_are_numbered_as_in_the_result(self, race):
        """Summary and simulation speak of the same stages and rules."""
        whole = sf.simulate(race[0], 20, behaviour=race[1], fast=False)

        assert whole.rules == tuple(rule.rule for rule in whole.summary().rules)
        assert whole.stages == tuple(stage.stage for stage in whole.summary().stages)


class TestShown:
    def test_text(self, dozen):
        """One screen: what became of the deals, times, costs, stages; each with its interval."""
        assert str(dozen) == SCREEN

    def test_fits_a_terminal(self, dozen):
        """No line is wider than 80 characters."""
        assert max(map(len, str(dozen).splitlines())) <= 80

    @pytest.mark.parametrize(
        ("low", "high", "unit", "text"),
        [
            pytest.param(0.2, 0.3, "share", "20.0 to 30.0", id="wide"),
            pytest.param(0.2493, 0.2507, "share", "24.93 to 25.07", id="narrow"),
            pytest.param(0.249999, 0.250001, "share", "25.000 to 25.000", id="very-narrow"),
            pytest.param(0.25, 0.25, "share", "25.0 to 25.0", id="no-width"),
            pytest.param(24.9, 25.1, "days", "24.90 to 25.10", id="days"),
            pytest.param(None, 0.25, "days", "… to 0.2", id="open"),
            pytest.param(1000.1, 1000.2, "EUR", "1,000 to 1,000", id="money"),
        ],
    )
    def test_places(self, low, high, unit, text):
        """A narrow interval is shown with the places that it takes to see it."""
        found = Figure(
            group="", name="", unit=unit, estimate=Estimate(0.25, low, high), interval=""
        )

        assert found.shown()[1] == text

    def test_names_of_stages(self, dozen):
        """People read what a stage is called; a table has its id."""
        named = attrs.evolve(
            dozen, stages=tuple(attrs.evolve(s, name=f"The {s.stage}") for s in dozen.stages)
        )

        assert "The talk" in str(named)
        assert "<td>The talk</td>" in named._repr_html_()
        assert named.to_polars().equals(dozen.to_polars())

    def test_stages_that_nobody_came_to(self, dozen):
        """Nothing is shown of them, not even that half of nobody has not left; a table has all."""
        empty = attrs.evolve(dozen.stages[0], stage="proof", name="Proof", deals=0, visits=0)
        more = attrs.evolve(dozen, stages=(*dozen.stages, empty))

        assert "Proof" not in str(more)
        assert "proof" in more.to_polars()["figure"].to_list()

    @pytest.mark.parametrize(
        ("ask", "match"),
        [
            pytest.param(lambda s: s.cycle_days(50), "share: 50, expected one above 0", id="cycle"),
            pytest.param(lambda s: s.days_to("won", 0), "share: 0, expected", id="to"),
            pytest.param(lambda s: s.days_to_open(-1), "share: -1, expected", id="open"),
            pytest.param(lambda s: s.stage_days("talk", 85), "share: 85, expected", id="stage"),
            pytest.param(lambda s: s.days_to("win"), "'win', expected won or lost", id="end"),
            pytest.param(lambda s: s.ended("parked"), "expected won or lost", id="curve"),
            pytest.param(lambda s: s.per_win("touch"), "did you mean 'touches'", id="per-win"),
            pytest.param(lambda s: s.per_deal("calls"), "there are touches", id="per-deal"),
        ],
    )
    def test_what_cannot_be_asked(self, dozen, ask, match):
        """A percentile in percent is no figure that is not reached."""
        with pytest.raises(ValueError, match=match):
            ask(dozen)

    def test_html(self, dozen):
        """The same as tables, with everything escaped."""
        page = dozen._repr_html_()

        assert page.count("<table>") == 5
        assert "lost: silence" in page
        assert "<script" not in page

    def test_frames(self, dozen):
        """One row for each figure, the same in pandas and polars."""
        pandas, polars = dozen.to_pandas(), dozen.to_polars()

        assert list(pandas.columns) == polars.columns
        assert len(pandas) == len(polars) == len(dozen.figures)
        row = polars.filter(figure="won")
        assert (row["value"][0], row["interval"][0]) == (0.25, "Wilson")

    def test_what_is_counted(self, dozen):
        """Everything that is counted can be had for each deal and for each win."""
        for name in COUNTED:
            assert dozen.per_deal(name).value is not None
            assert dozen.per_win(name).value is not None


def test_window():
    """The made-up columns are what they say: the end is the window after the opening."""
    assert to_datetime(to_micros(START) + DAY) > START


SCREEN = """\
short 1: 12 simulated deals, up to 2026-04-15 14:00 UTC
Each figure with its 95 % interval; times to the hour, in days of 24 hours.
1 won deal of unknown value counts as nothing.

What became of the deals
  won                                   25.0 %    8.9 to 53.2   3
  lost: said no                          8.3 %    1.5 to 35.4   1
  lost: no decision                      8.3 %    1.5 to 35.4   1
  lost: silence                         16.7 %    4.7 to 44.8   2
  lost: age                              8.3 %    1.5 to 35.4   1
  lost: waiting                          8.3 %    1.5 to 35.4   1
  parked                                16.7 %    4.7 to 44.8   2
  open                                   8.3 %    1.5 to 35.4   1
  win rate of decided deals             33.3 %   12.1 to 64.6   9
  value won                            150 EUR       0 to 388
  value of a won deal                   50 EUR       0 to 174

From the opening on; deals that are open or parked still are kept
  50 % of deals are closed by         4.0 days       1.0 to …
  85 % of deals are closed by      not reached
  95 % of deals are closed by      not reached
  50 % of wins are won by             2.0 days       1.0 to …
  85 % of wins are won by             4.0 days       1.0 to …
  95 % of wins are won by             4.0 days       1.0 to …

What it took
  rep-hours per win                 24.0 hours
  touches for each win                   16.00
  touches for each deal                   4.00
  breaches of contact gaps a deal         0.25   0.00 to 0.64
  deals with a breach                   16.7 %    4.7 to 44.8   2

Deals that came to
  Talk                                 100.0 %  75.8 to 100.0  12

Time in stage of half of the deals there
  Talk                                3.0 days     1.0 to 5.0"""

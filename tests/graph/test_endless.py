"""Checks on what never ends: SF304, SF305, SF311, SF312, SF313."""

from __future__ import annotations

import attrs
import pytest
from tests.graph.builders import (
    COLD,
    DONE,
    LOST,
    NAP,
    OLD,
    SHOW,
    STAGES,
    TALK,
    TOUCH,
    gap,
    process,
    timer,
)
from tests.graph.builders import codes as codes_of

from salesflow.calendars import Calendar
from salesflow.graph import check_process
from salesflow.process import Fact, Holds, NamedCalendar, Postponement

FACTS = (Fact(id="real", type="bool"), Fact(id="day", type="date"))


def codes(code, **changes):
    """Where *code* is found in the small process, once it is changed so."""
    return [path for _, path in codes_of(process(**({"facts": FACTS} | changes)), code)]


def told(code, **changes):
    """What the one finding of a code says."""
    found = check_process(process(**({"facts": FACTS} | changes)))
    [one] = [each.message for each in found if each.code == code]
    return one


class TestRestForEver:
    def test_nothing_watches(self):
        """A stage that no timer watches lets deals rest."""
        timers = [attrs.evolve(COLD, stages=["talk", "sign"])]

        assert codes("SF304", timers=timers) == ["stages[1]"]

    def test_a_move_to_the_stage_itself(self):
        """A timer that moves deals to a stage does not bound that stage."""
        for since in ("touch", "stage", "opened"):
            timers = [timer(since=since, after="9 days", move_to="talk")]

            assert codes("SF304", timers=timers) == ["stages[0]"]

    def test_a_timer_that_never_acts(self):
        """A timer whose condition is never true bounds nothing."""
        timers = [attrs.evolve(COLD, when="real and not real")]

        assert codes("SF304", timers=timers) == ["stages[0]", "stages[1]", "stages[2]"]

    @pytest.mark.parametrize(
        ("since", "bounded"),
        [
            pytest.param("stage", True, id="stage"),
            pytest.param("stage_total", True, id="all-visits"),
            pytest.param("opened", True, id="opened"),
            pytest.param("date:day", True, id="date"),
            pytest.param("touch", False, id="touch"),
            pytest.param("fact:real", False, id="fact"),
            pytest.param("activity:call", False, id="activity"),
        ],
    )
    def test_deadlines_without_a_move(self, since, bounded):
        """A deadline on age or a date bounds a stage; touches and facts put off any other."""
        found = codes("SF304", timers=[timer(since=since, move_to=None)])

        assert found == ([] if bounded else ["stages[0]", "stages[1]", "stages[2]"])


class TestNoGap:
    def test_without(self):
        """A process without a contact gap lets silence pass."""
        assert codes("SF305", contact_gaps=[]) == ["contact_gaps"]
        assert codes("SF305", contact_gaps=[TOUCH]) == []


class TestHolds:
    @pytest.mark.parametrize(
        ("holds", "why"),
        [
            pytest.param({"per_deal": 3}, "one hold may be of any length", id="no-longest"),
            pytest.param({"longest": "9 days"}, "any number of them", id="any-number"),
            pytest.param({"reasons": ["legal"]}, "one hold may be of any length", id="reasons"),
            pytest.param({"end_on_inbound": True}, "of any length", id="a-touch-may-never-come"),
        ],
    )
    def test_one_limit_is_missing(self, holds, why):
        """Who limits holds and leaves one limit out leaves a way round them."""
        assert codes("SF311", holds=Holds(**holds)) == ["holds"]
        assert why in told("SF311", holds=Holds(**holds))
        assert "timer 'cold'" in told("SF311", holds=Holds(**holds))

    def test_a_time_after_a_date_counts_holds(self):
        """A time before a date does not; see below."""
        after = timer(since="date:day", after="2 days")

        assert codes("SF311", holds=Holds(per_deal=3), timers=[after]) == ["holds"]

    @pytest.mark.parametrize(
        ("holds", "timers"),
        [
            pytest.param({}, [COLD], id="no-limit-is-meant"),
            pytest.param({"longest": "9 days", "per_deal": 3}, [COLD], id="both"),
            pytest.param({"per_deal": 3}, [OLD], id="nothing-to-defeat"),
            pytest.param({"per_deal": 3}, [attrs.evolve(COLD, mode="warn")], id="none-that-acts"),
            pytest.param(
                {"per_deal": 3},
                [timer(since="date:day", after=None, before="2 days")],
                id="a-date-counts-no-holds",
            ),
        ],
    )
    def test_nothing_to_say(self, holds, timers):
        """Nothing is said where holds are not limited at all, or where they defeat nothing."""
        assert codes("SF311", holds=Holds(**holds), timers=timers) == []


class TestRounds:
    def test_back_and_forth(self):
        """Stages that lead to each other, where every clock starts anew, are found once."""
        assert codes("SF312") == ["stages[0]"]
        assert "through 'talk', 'show', 'sign', 'nap': every clock" in told("SF312")

    @pytest.mark.parametrize("since", ["opened", "stage_total", "date:day"])
    def test_clocks_that_go_on(self, since):
        """A clock that no visit starts anew bounds the round."""
        span = {} if since == "date:day" else {"after": "200 days"}
        clock = timer(id="old", since=since, move_to=None, **({"after": None} | span))

        assert codes("SF312", timers=[COLD, clock]) == []

    @pytest.mark.parametrize("since", ["stage", "touch", "fact:real", "activity:call"])
    def test_clocks_that_start_anew_or_not_at_all(self, since):
        """The others do not."""
        assert codes("SF312", timers=[COLD, timer(since=since)]) == ["stages[0]"]

    def test_a_clock_that_never_applies(self):
        """Nor does one on the age of the deal whose condition is never true."""
        never = attrs.evolve(OLD, when="real and not real")

        assert codes("SF312", timers=[COLD, never]) == ["stages[0]"]

    def test_one_stage_is_enough(self):
        """A round is bounded by one of its stages."""
        stages = [TALK, SHOW, DONE, LOST]
        clock = attrs.evolve(OLD, stages=["show"])

        assert codes("SF312", stages=stages, timers=[COLD, clock]) == []

    def test_the_rest_of_a_round(self):
        """What is left without the bounded stages may still be a round."""
        clock = attrs.evolve(OLD, stages=["show"])

        assert "through 'talk', 'nap': every clock" in told("SF312", timers=[COLD, clock])

    def test_no_way_back(self):
        """Where nothing leads back there is no round."""
        stages = [TALK, SHOW, DONE, LOST]

        assert codes("SF312", stages=stages, back="listed") == []

    def test_by_parking(self):
        """Parked and brought back, a deal goes round, too."""
        stages = [TALK, DONE, LOST, NAP]

        assert codes("SF312", stages=stages, back="listed") == ["stages[0]"]

    def test_stages_in_which_it_can_rest(self):
        """A stage that nothing ends is told once, as such."""
        timers = [attrs.evolve(COLD, stages=["sign"])]
        found = codes_of(process(timers=timers, stages=[s for s in STAGES if s != NAP]), "SF3")

        assert found == [("SF304", "stages[0]"), ("SF304", "stages[1]")]


class TestUntouched:
    @pytest.mark.parametrize(
        ("timers", "why"),
        [
            pytest.param([attrs.evolve(COLD, mode="warn")], "'cold' only warns", id="warns"),
            pytest.param([attrs.evolve(COLD, when="real")], "waits for its condition", id="when"),
            pytest.param([timer(since="fact:real")], "'t' waits for 'real'", id="fact"),
            pytest.param([timer(since="activity:call")], "waits for an activity", id="activity"),
            pytest.param(
                [timer(since="stage", move_to=None)], "no timer moves it on", id="no-move"
            ),
            pytest.param(
                [
                    timer(id="on", stages=["talk"], move_to="nap"),
                    timer(id="back", stages=["nap"], move_to="talk"),
                    OLD,
                ],
                "time moves it in circles, Talk → Nap → Talk",
                id="round",
            ),
        ],
    )
    def test_lives_for_ever(self, timers, why):
        """A deal that nobody touches and nothing ends is found, with the reason."""
        assert codes("SF313", timers=timers) != []
        assert why in told("SF313", timers=timers)

    @pytest.mark.parametrize(
        "timers",
        [
            pytest.param([COLD], id="silence"),
            pytest.param([timer(since="opened")], id="age"),
            pytest.param([timer(move_to="nap")], id="parked-for-good"),
            pytest.param(
                [attrs.evolve(COLD, postpone=Postponement(planned="9 days"))], id="nothing-planned"
            ),
        ],
    )
    def test_comes_to_an_end(self, timers):
        """Closed or parked is an end."""
        assert codes("SF313", timers=timers) == []

    def test_where_every_deal_may_rest(self):
        """A stage that nothing ends is told once, as such."""
        assert [code for code, _ in codes_of(process(timers=[]), "SF3")] == ["SF304"] * 3


class TestFrozen:
    def test_not_frozen(self):
        """SF401: holidays of a country that are looked up may be others tomorrow."""
        office = Calendar("America/New_York", holidays={"country": "US"})
        other = [NamedCalendar(id="other", calendar=Calendar("UTC", holidays={"country": "DE"}))]

        assert codes("SF401", calendar=office, calendars=other) == [
            "calendar.holidays.country",
            "calendars.other.holidays.country",
        ]

    def test_frozen(self):
        """Written down, they stay."""
        frozen = Calendar("America/New_York", holidays={"country": "US"}).freeze()

        assert codes("SF401", calendar=frozen) == []
        assert codes("SF401", calendar=Calendar("UTC", holidays=["2026-12-24"])) == []

    def test_frozen_for_some_years(self):
        """SF402: when the list ends, rules in working time end no more; others do not need it."""
        german = Calendar("UTC", holidays={"country": "DE"})
        counting = [gap(max="2 business days")]

        assert codes("SF402", calendar=german.freeze(2026, 2027), contact_gaps=counting) == [
            "calendar.frozen"
        ]
        assert codes("SF402", calendar=german.freeze(2026, 2027), contact_gaps=[gap()]) == []
        assert codes("SF402", calendar=german.freeze(), contact_gaps=counting) == []
        assert codes("SF402", calendar=german, contact_gaps=counting) == []

"""Checks on what time does at one instant: SF303 and SF314."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest
from hypothesis import given
from tests.graph.builders import COLD, clockworks, process, timer
from tests.graph.builders import codes as codes_of
from tests.graph.histories import moves_by_time

import salesflow as sf
from salesflow.graph import check_process
from salesflow.graph.checks.simultaneous import MOST_AT_ONCE, most_at_once
from salesflow.graph.survey import Survey
from salesflow.process import Fact, Postponement, Process, Stage, Timer

MONDAY = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
FACTS = (Fact(id="real", type="bool"), Fact(id="day", type="date"))


def codes(code, **changes):
    """Where *code* is found in the small process, once it is changed so."""
    return [path for _, path in codes_of(process(**({"facts": FACTS} | changes)), code)]


def told(code, **changes):
    """What the one finding of a code says."""
    found = check_process(process(**({"facts": FACTS} | changes)))
    [one] = [each.message for each in found if each.code == code]
    return one


class TestApart:
    OTHER = timer(id="other", since="touch:any", after="30 days", move_to="nap", stages=["show"])

    def test_one_instant_two_stages(self):
        """Two timers on one clock with one span must agree."""
        assert codes("SF303", timers=[COLD, self.OTHER]) == ["timers[1].move_to"]
        assert told("SF303", timers=[COLD, self.OTHER]) == (
            "timer 'other' moves a deal to 'nap' at the very instant at which timer 'cold' moves it"
            " to 'lost'; the first of the file wins, in 'show'"
        )

    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param({"when": "real"}, id="one-condition"),
            pytest.param({"postpone": Postponement(planned="3 days")}, id="if-nothing-is-planned"),
            pytest.param({"until": "fact:real"}, id="if-nothing-stops-it"),
        ],
    )
    def test_found_all_the_same(self, changes):
        """Some deals come to both ends at once, even if others do not."""
        timers = [COLD, attrs.evolve(self.OTHER, **changes)]

        assert codes("SF303", timers=timers) == ["timers[1].move_to"]

    @pytest.mark.parametrize(
        "span",
        [{"after": None}, {"after": None, "before": "9 days"}, {"after": "9 days"}],
        ids=["with-the-day", "before", "after"],
    )
    def test_dates(self, span):
        """Two timers that end with one date must agree, too."""
        two = [
            timer(id=to, since="date:day", move_to=to, stages=["show"], **span)
            for to in ("lost", "nap")
        ]

        assert codes("SF303", timers=[COLD, *two]) == ["timers[2].move_to"]

    def test_one_goes_on_where_the_other_leads(self):
        """A deal that is moved to where the second timer is overdue goes on at once."""
        timers = [timer(id="first", since="touch", move_to="show", stages=["talk"]), self.OTHER]
        timers[1] = attrs.evolve(timers[1], after="9 days", stages=["talk", "show"])

        assert "the second moves it on at once, in 'talk'" in told("SF303", timers=timers)

    @pytest.mark.parametrize("since", ["stage", "stage_total"])
    def test_one_counts_anew_where_the_other_leads(self, since):
        """The age of a stage is that of another one where the deal is moved to."""
        first = timer(id="first", since=since, move_to="show", stages=["talk"])
        second = timer(id="second", since=since, stages=["talk", "show"])
        timers = [first, second]
        deal = sf.Deal.open(process(timers=timers), id="d", at=MONDAY)
        ends = [str(at - MONDAY) for _, _, at, _ in moves_by_time(deal, MONDAY + 99 * DAY)]

        assert ends == ["9 days, 0:00:00", "18 days, 0:00:00"]
        assert "the first of the file wins, in 'talk'" in told("SF303", timers=timers)

    def test_silence_counts_anew_after_parking(self):
        """A deal that is moved out of a parked stage has a fresh touch clock, others go on."""
        first = timer(id="first", since="touch", move_to="show", stages=["talk", "nap"])
        second = timer(id="second", since="touch", stages=["talk", "show", "nap"])
        timers = [first, second]
        for stage, ends in (("talk", [9, 9]), ("nap", [9, 18])):
            deal = sf.Deal.open(process(timers=timers), id="d", at=MONDAY, stage=stage)
            moves = moves_by_time(deal, MONDAY + 99 * DAY)

            assert [at - MONDAY for _, _, at, _ in moves] == [days * DAY for days in ends]
        assert told("SF303", timers=timers).endswith(
            "; the second moves it on at once, in 'talk'; the first of the file wins, in 'nap'"
        )

    def test_clocks_that_start_with_the_deal(self):
        """In the first stage an untouched deal has the age of the stage, of itself, of silence."""
        timers = [COLD, timer(since="stage", after="30 days", move_to="nap")]

        assert codes("SF303", timers=timers) == ["timers[1].move_to"]
        assert "moves a deal that nobody touched to 'nap'" in told("SF303", timers=timers)
        assert told("SF303", timers=timers).endswith("in 'talk'")

    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param({"after": "31 days"}, id="other-span"),
            pytest.param({"since": "fact:real"}, id="other-clock"),
            pytest.param({"since": "stage"}, id="other-clock-later-than-the-first-stage"),
            pytest.param({"move_to": "lost"}, id="same-stage"),
            pytest.param({"mode": "warn"}, id="does-not-act"),
            pytest.param({"stages": ["lost", "nap"]}, id="never-together"),
            pytest.param({"move_to": None}, id="moves-nothing"),
            pytest.param({"when": "real and not real"}, id="never-applies"),
        ],
    )
    def test_agreement(self, changes):
        """Nothing is said where they do not part a deal at one instant."""
        assert codes("SF303", timers=[COLD, attrs.evolve(self.OTHER, **changes)]) == []

    def test_two_conditions(self):
        """Two conditions may exclude each other."""
        timers = [
            COLD,
            timer(id="one", when="real", stages=["show"]),
            timer(id="two", when="not real", stages=["show"], move_to="nap"),
        ]

        assert codes("SF303", timers=timers) == []


def relay(count, **changes):
    """A process in which overdue timers hand a deal on from stage to stage."""
    stages = [Stage(id=f"s{n}") for n in range(count)]
    timers = [
        Timer(
            **(
                {
                    "id": f"t{n}",
                    "since": "opened",
                    "after": f"{n + 1} days",
                    "stages": [f"s{n}"],
                    "move_to": f"s{n + 1}",
                }
                | changes
            )
        )
        for n in range(count - 1)
    ]
    won = Stage(id="won", kind="won")
    return Process(id="relay", version="1", stages=[*stages, won], timers=timers)


class TestStorm:
    def test_a_hundred_moves(self):
        """A hundred overdue timers in a row are refused, with where it begins."""
        [found] = [each for each in check_process(relay(101)) if each.code == "SF314"]

        assert found.path == "timers"
        assert found.message.startswith("time could move a deal 100 times at one instant")
        assert "'s0'" in found.message

    @pytest.mark.parametrize(
        ("count", "changes"),
        [
            pytest.param(100, {}, id="one-fewer"),
            pytest.param(101, {"since": "stage"}, id="each-waits-for-the-stage"),
            pytest.param(101, {"since": "stage_total"}, id="no-total-yet"),
            pytest.param(101, {"mode": "warn"}, id="none-acts"),
        ],
    )
    def test_fewer(self, count, changes):
        """Fewer are many, and allowed; clocks that start with the stage are never overdue."""
        assert codes_of(relay(count, **changes), "SF314") == []

    @pytest.mark.parametrize("to", ["s60", "s2"], ids=["stays", "leads-apart"])
    def test_where_it_is_not_sure(self, to):
        """Of two overdue timers either may come first, so nothing is said of what follows."""
        of = relay(101)
        stages = ["s60", "s100"]
        other = Timer(id="other", since="touch", after="9 days", stages=stages, move_to=to)

        assert codes_of(attrs.evolve(of, timers=[*of.timers, other]), "SF314") == []

    def test_the_limit_is_that_of_the_engine(self):
        """A hundred moves at one instant are one too many."""
        assert MOST_AT_ONCE == 100

    @given(of=clockworks())
    def test_never_more_than_can_be(self, of):
        """Each timer acts once for a start, so there is a limit that small processes are under."""
        assert most_at_once(Survey(of)) < MOST_AT_ONCE

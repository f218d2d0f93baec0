"""Reps with hours of their own: who is there when, and what waits for them."""

import datetime as dt

import attrs
import numpy as np
import pytest
from tests.simulation.known import process

import salesflow as sf
from salesflow.calendars.arithmetic import HOUR
from salesflow.errors import BehaviourError
from salesflow.process import NamedCalendar, Timer
from salesflow.simulation.distributions import Exponential
from salesflow.simulation.parts import Arrivals, Capacity, Rep, StageLife, Touches
from salesflow.simulation.result import COLUMNS

MONDAY = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
DAYS = sf.Calendar("UTC", hours={"mon-fri": ["09:00-17:00"]})
NIGHTS = sf.Calendar("UTC", hours={"mon-sun": ["00:00-06:00", "20:00-24:00"]})
OFFICE = attrs.evolve(
    process("talk"),
    calendar=DAYS,
    calendars=[NamedCalendar(id="nights", calendar=NIGHTS)],
)


def at(day, hour):
    """So many days and hours after that Monday began."""
    return MONDAY + dt.timedelta(days=day, hours=hour)


def served(*came, reps, effort="2 hours", **more):
    """When deals that came at some instants were begun and done, in hours after that Monday."""
    behaviour = sf.Behaviour(
        arrivals=Arrivals(at=came, start=MONDAY),
        owners=more.pop("owners", {}),
        stages=[StageLife(stage="talk", effort=effort, then={"won": 1})],
        touches=more.pop("touches", None),
        capacity=Capacity(reps=reps, **more),
    )
    result = sf.simulate(OFFICE, len(came), behaviour=behaviour, fast=False, horizon="30 days")
    start = int(MONDAY.timestamp()) * 1_000_000
    columns = result.columns
    begun = columns["arrived_at"] + columns["waited"] - start
    return [(b / HOUR, d / HOUR) for b, d in zip(begun, columns["closed_at"] - start, strict=True)]


class TestHours:
    def test_at_night_a_deal_waits(self):
        """Nobody is there before the morning."""
        dana = [Rep(id="dana", calendar=DAYS)]

        assert served(at(0, 20), reps=dana) == [(24 + 9, 24 + 11)]
        assert served(at(0, 17), reps=dana) == [(24 + 9, 24 + 11)]  # that instant is over
        assert served(at(1, 9), reps=dana) == [(24 + 9, 24 + 11)]

    def test_over_night_and_the_weekend(self):
        """What is begun is gone on with in the next hours."""
        dana = [Rep(id="dana", calendar=DAYS)]

        assert served(at(0, 16), reps=dana) == [(16, 24 + 10)]
        assert served(at(4, 16), reps=dana, effort="9 hours") == [(4 * 24 + 16, 7 * 24 + 17)]

    def test_who_is_there_does_it(self):
        """A deal that comes at night is for the night, though somebody else was free before."""
        reps = [Rep(id="dana", calendar=DAYS), Rep(id="kim", calendar="nights")]

        assert served(at(0, 19), at(0, 10), reps=reps) == [(10, 12), (20, 22)]

    def test_at_all_times(self):
        """Somebody without hours is always there."""
        reps = [Rep(id="dana", calendar=DAYS), Rep(id="kim")]

        assert served(at(0, 2), at(0, 3), reps=reps) == [(2, 4), (4, 6)]

    def test_half_of_their_hours(self):
        """A share of the time is one of their own hours."""
        half = [Rep(id="dana", calendar=DAYS, share=0.5)]

        assert served(at(0, 9), reps=half, effort="6 hours") == [(9, 24 + 13)]

    def test_own_deals_only(self):
        """Where reps keep to their own, a deal waits for its owner to come back."""
        reps = [Rep(id="dana", calendar=DAYS), Rep(id="kim", calendar=NIGHTS)]

        found = served(at(0, 10), at(0, 11), reps=reps, own=True, owners={"kim": 1, "dana": 0})
        assert found == [(20, 22), (22, 24)]

    def test_business_hours_are_their_own(self):
        """Whatever unit an effort is said in, it runs in the rep's own hours."""
        kim = [Rep(id="kim", calendar=NIGHTS)]

        assert served(at(0, 21), reps=kim, effort="2 business hours") == [(21, 23)]
        assert served(at(0, 9), reps=[Rep(id="kim")], effort="2 business hours") == [(9, 11)]

    def test_who_comes_first_is_served_first(self):
        """In the morning the queue of the night is worked off in its order."""
        dana = [Rep(id="dana", calendar=DAYS)]

        assert served(at(0, 18), at(0, 22), at(1, 10), reps=dana) == [
            (33, 35),
            (35, 37),
            (37, 39),
        ]

    def test_touches_wait_as_well(self):
        """A call that takes a rep's time is made when one is there."""
        behaviour = sf.Behaviour(
            arrivals=Arrivals(at=[at(0, 9)], start=MONDAY),
            touches=Touches(every="11 hours", minutes="30 minutes"),
            capacity=Capacity(reps=[Rep(id="dana", calendar=DAYS)]),
        )
        result = sf.simulate(OFFICE, 1, behaviour=behaviour, fast=False, horizon="2 days")
        calls = [event.occurred_at for event in result.events(0)[1:]]

        assert calls == [at(1, 9.5)]

    def test_after_the_known_years(self):
        """Who never comes back begins nothing; what is never done is open at the end."""
        once = sf.Calendar("UTC", hours={}, special={"2026-03-02": ["09:00-10:00"]})
        desk = attrs.evolve(
            OFFICE, timers=[Timer(id="old", since="opened", after="5 days", move_to="lost")]
        )
        behaviour = sf.Behaviour(
            arrivals=Arrivals(at=[at(0, 9), at(0, 9.5), at(0, 11)], start=MONDAY),
            stages=[StageLife(stage="talk", effort="45 minutes", then={"won": 1})],
            capacity=Capacity(reps=[Rep(id="dana", calendar=once)]),
        )
        result = sf.simulate(desk, 3, behaviour=behaviour, fast=False, horizon="9 days")

        assert result.columns["kind"].tolist() == [1, 2, 2]
        assert result.columns["worked"][2] == 0

    def test_hours_of_the_process(self):
        """Who has the process's own hours does as somebody whose work is said in them."""
        found = []
        for hours in (None, DAYS):
            behaviour = sf.Behaviour(
                arrivals=Arrivals(every=Exponential("2 business hours"), start=at(0, 12)),
                stages=[
                    StageLife(
                        stage="talk",
                        effort=Exponential("5 business hours"),
                        patience=Exponential("4 days"),
                        then={"won": 1},
                    )
                ],
                touches=Touches(every=Exponential("1 day"), minutes="20 business minutes"),
                capacity=Capacity(reps=[Rep(id=name, calendar=hours, share=0.9) for name in "abc"]),
            )
            found.append(sf.simulate(OFFICE, 150, behaviour=behaviour, fast=False))

        inside = found[0].columns["worked"] > 0
        assert inside.sum() > 100
        for name in set(COLUMNS) - {"waited", "worked"}:
            one, other = (each.columns[name] for each in found)
            assert np.array_equal(one, other, equal_nan=True), name


class TestSaid:
    @pytest.mark.parametrize("calendar", ["nights", DAYS], ids=["named", "own"])
    def test_file(self, calendar):
        """A file says it, and is read back."""
        capacity = Capacity(reps=[Rep(id="dana", calendar=calendar), Rep(id="kim")])
        behaviour = sf.Behaviour(capacity=capacity)

        assert sf.Behaviour.load(behaviour.dump(), OFFICE) == behaviour
        assert "dana works in hours of their own: " in str(behaviour)

    def test_no_such_calendar(self):
        """A name that the process does not have is told, at its place."""
        text = 'format = 1\n[capacity.reps]\ndana = { calendar = "night" }\n'
        with pytest.raises(BehaviourError, match=r"3:.*'night'; did you mean 'nights'"):
            sf.Behaviour.load(text, OFFICE)

    @pytest.mark.parametrize(
        ("said", "match"),
        [
            pytest.param("calendar = 3", "the name of a calendar", id="number"),
            pytest.param('calendar = { timezone = "Mars" }', "Mars", id="zone"),
        ],
    )
    def test_wrong_file(self, said, match):
        """What is no calendar is refused."""
        with pytest.raises(BehaviourError, match=match):
            sf.Behaviour.load(f"format = 1\n[capacity.reps.dana]\n{said}\n")

    def test_wrong(self):
        """The same in Python."""
        with pytest.raises(TypeError, match="calendar"):
            Rep(id="dana", calendar=8)

"""Reps: who is served when, by hand-made deals that all want the same hour of work."""

import datetime as dt

import attrs
import numpy as np
import pytest
from tests.simulation.known import process

import salesflow as sf
from salesflow.calendars.arithmetic import HOUR, MINUTE
from salesflow.process import Timer
from salesflow.simulation.distributions import Exponential
from salesflow.simulation.parts import Arrivals, Capacity, Learning, Rep, StageLife, Touches
from salesflow.simulation.result import CAUSES

START = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
DESK = attrs.evolve(
    process("talk", timers=[Timer(id="old", since="opened", after="30 days", move_to="lost")]),
    currency="EUR",
)


def served(deals=5, **given):
    """The columns of deals that open a minute apart, and want an hour of a rep."""
    return served_result(deals, **given).columns


def served_result(deals=5, *, touches=None, owners=(), life=(), **capacity):
    """The same as a result."""
    said = {"effort": "1 hour", "then": {"won": 1}, **dict(life)}
    behaviour = sf.Behaviour(
        arrivals=Arrivals(at=[START + n * dt.timedelta(minutes=1) for n in range(deals)]),
        owners=dict(owners),
        stages=[StageLife(stage="talk", **said)],
        touches=touches,
        facts=[Learning(fact="value", amount=Exponential(10_000))],
        capacity=Capacity(**{"reps": [Rep(id="dana")], **capacity}),
    )
    return sf.simulate(DESK, deals, behaviour=behaviour, fast=False, horizon="40 days")


def order(columns):
    return np.argsort(columns["closed_at"]).tolist()


class TestQueue:
    @pytest.mark.parametrize(
        ("queue", "expected"),
        [
            pytest.param("oldest", [0, 1, 2, 3, 4], id="oldest"),
            pytest.param("newest", [0, 4, 3, 2, 1], id="newest"),
            pytest.param("deadline", [0, 1, 2, 3, 4], id="deadline"),
        ],
    )
    def test_order(self, queue, expected):
        """The first is begun at once; of those that wait, whichever the queue says."""
        assert order(served(queue=queue)) == expected

    def test_most_valuable_first(self):
        """By what a deal is worth when it begins to wait."""
        columns = served(queue="value")
        waiting = sorted(range(1, 5), key=lambda deal: -columns["value"][deal])

        assert order(columns) == [0, *waiting]

    def test_waiting_and_working(self):
        """Each waits for those before it, and keeps the rep for its hour."""
        columns = served(3)

        assert columns["worked"].tolist() == [HOUR] * 3
        assert columns["waited"].tolist() == [
            0,
            HOUR - MINUTE,
            2 * (HOUR - MINUTE),
        ]


class TestReps:
    def test_share_of_the_time(self):
        """Who works on deals half of the time takes twice as long."""
        half = served(1, reps=[Rep(id="dana", share=0.5)])

        assert half["worked"].tolist() == [2 * HOUR]

    def test_any_rep(self):
        """With two reps, two deals are worked on at a time."""
        two = served(4, reps=[Rep(id="dana"), Rep(id="kim")])

        assert (two["waited"] > 0).tolist() == [False, False, True, True]

    def test_own_deals_only(self):
        """Where reps keep to their own, a deal waits although somebody else is free."""
        reps = [Rep(id="dana"), Rep(id="kim", share=0.5)]
        own = served(3, reps=reps, own=True, owners={"kim": 1, "dana": 0})

        assert own["owner"].tolist() == [0, 0, 0]
        assert (own["waited"] > 0).tolist() == [False, True, True]
        assert own["worked"].tolist() == [2 * HOUR] * 3  # at kim's pace

    def test_impatient_buyers(self):
        """A buyer who waited too long goes, but not while somebody works on the deal."""
        columns = served(3, life={"patience": "50 minutes"})

        assert [CAUSES[cause] for cause in columns["cause"].tolist()] == [
            "work",
            "waited too long",
            "waited too long",
        ]

    def test_who_leaves_unserved_keeps_no_rep(self):
        """Three want an hour each and one gets it: a win takes that hour, no other."""
        result = served_result(3, life={"patience": "50 minutes"})

        assert result.count("won") == 1
        assert result.columns["efforts"].tolist() == [[1, 0, 0], [0, 0, 0], [0, 0, 0]]
        assert result.summary().rep_hours_per_win.value == 1.0

    @pytest.mark.parametrize("capacity", [None, Capacity.of(1)])
    def test_every_visit_is_worked_on(self, capacity):
        """A deal that comes back a day after each hour of work takes three of them in sixty."""
        behaviour = sf.Behaviour(
            arrivals=Arrivals(start=START),
            stages=[
                StageLife(stage="talk", effort="1 hour", then={"lost": 1}),
                StageLife(stage="lost", revive="1 day"),
            ],
            capacity=capacity,
        )
        result = sf.simulate(DESK, 1, behaviour=behaviour, fast=False, horizon="60 hours")

        assert result.columns["efforts"].tolist() == [[3, 0, 0]]
        assert result.summary().per_deal("worked").value == 3.0

    def test_a_timer_ends_the_work(self):
        """A deal that time closes keeps its rep no longer: the next one is begun."""
        columns = served(2, life={"effort": "25 days"})

        assert (columns["kind"] == [1, 2]).all()
        # What time did at its instant is seen a microsecond after it.
        assert columns["worked"].tolist() == [600 * HOUR, 120 * HOUR + MINUTE + 1]

    def test_touches_take_time(self):
        """Where a touch keeps a rep, it waits for one, and work waits for it."""
        life = {"work": "10 days"}
        plain = served(1, touches=Touches(every="1 day"), life=life)
        busy = served(1, touches=Touches(every="1 day", minutes="30 minutes"), life=life)

        assert plain["worked"].tolist() == [HOUR]
        assert busy["worked"].tolist() == [HOUR + 9 * 30 * MINUTE]
        assert busy["touches"].tolist() == [9]

"""Limits on open deals: who is opened when, who leaves, and what figures make of it."""

import datetime as dt
import itertools

import attrs
import numpy as np
import pytest
from tests.simulation.known import process, queue

import salesflow as sf
from salesflow.calendars.arithmetic import HOUR, MINUTE
from salesflow.errors import BehaviourError
from salesflow.simulation.capacity import MOST_REPS
from salesflow.simulation.distributions import Exponential
from salesflow.simulation.outcomes import Outcome
from salesflow.simulation.parts import Arrivals, Capacity, Rep, StageLife
from salesflow.simulation.result import CAUSES, NEVER

START = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
DESK = process("talk")


def run(deals=5, *, owners=(), life=(), horizon="40 days", desk=DESK, **capacity):
    """Deals that come a minute apart; each is worked on for an hour, and there are enough reps."""
    said = {"effort": "1 hour", "then": {"won": 1}, **dict(life)}
    behaviour = sf.Behaviour(
        arrivals=Arrivals(at=[START + n * dt.timedelta(minutes=1) for n in range(deals)]),
        owners=dict(owners),
        stages=[StageLife(stage="talk", **said)],
        capacity=Capacity(**{"reps": deals, **capacity}),
    )
    return sf.simulate(desk, deals, behaviour=behaviour, fast=False, horizon=horizon)


def obvious(came, owners, takes, limits, limit):
    """When deals open, looked at whenever one comes or is done; time takes microseconds."""
    opened, waiting, ends = {}, [], {}
    coming = list(range(len(came)))
    while coming or waiting:
        now = min([*(came[deal] for deal in coming[:1]), *ends.values()])
        ends = {deal: end for deal, end in ends.items() if end > now}
        while coming and came[coming[0]] <= now:
            waiting.append(coming.pop(0))
        for deal in list(waiting):
            own = limits[owners[deal]]
            has_own_room = own is None or sum(owners[d] == owners[deal] for d in ends) < own
            if has_own_room and (limit is None or len(ends) < limit):
                waiting.remove(deal)
                opened[deal] = now
                ends[deal] = now + takes[deal]
    return [opened[deal] for deal in range(len(came))]


def waits(result):
    return result.columns["queued"].tolist()


class TestLimit:
    def test_above_it_they_wait(self):
        """Two are open at a time; the third is opened when the first is closed."""
        result = run(4, open_limit=2)
        columns = result.columns

        assert waits(result) == [0, 0, HOUR - 2 * MINUTE, HOUR - 2 * MINUTE]
        assert np.array_equal(columns["opened_at"] - columns["arrived_at"], columns["queued"])
        assert columns["opened_at"][2] == columns["closed_at"][0]

    @pytest.mark.parametrize("limit", [None, 5, 9])
    def test_below_it_nothing_changes(self, limit):
        """Where there is room for all, nobody waits."""
        assert waits(run(open_limit=limit)) == [0] * 5

    def test_never_more_than_so_many(self):
        """However deals come and go, no more are open than may be."""
        desk, behaviour = queue(3, 0.4, 0.1, 0.05)
        limited = attrs.evolve(behaviour.capacity, open_limit=4, patience=Exponential("1 hour"))
        behaviour = attrs.evolve(behaviour, capacity=limited)
        columns = sf.simulate(desk, 400, behaviour=behaviour, fast=False).columns
        opened = columns["opened_at"] != NEVER
        changes = sorted(
            [(int(at), 1) for at in columns["opened_at"][opened]]
            + [(int(at), -1) for at in columns["closed_at"][opened]]
        )
        counts = list(itertools.accumulate(change for _, change in changes))

        assert max(counts) == 4
        assert 0 < (~opened).sum() < 400

    def test_of_each_rep(self):
        """A deal waits for room among those of its owner, while others pass it."""
        reps = [Rep(id="dana", open_limit=1), Rep(id="kim")]
        result = run(12, reps=reps, owners={"dana": 1, "kim": 1}, life={"effort": "5 hours"})
        columns = result.columns
        dana = columns["owner"] == 0
        opened, closed = columns["opened_at"][dana], columns["closed_at"][dana]

        assert 2 < dana.sum() < 11
        assert (opened[1:] >= closed[:-1]).all()
        assert not columns["queued"][~dana].any()

    @pytest.mark.parametrize(
        ("limits", "limit"),
        [
            pytest.param((1, None), None, id="one-rep"),
            pytest.param((1, 2), None, id="both"),
            pytest.param((2, 2), 3, id="both-and-all"),
            pytest.param((None, 1), 2, id="one-and-all"),
        ],
    )
    def test_who_came_first_of_those_who_may(self, limits, limit):
        """Whatever the limits: an obvious model opens the same deals at the same times."""
        reps = [
            Rep(id=name, open_limit=own) for name, own in zip(("dana", "kim"), limits, strict=True)
        ]
        extra = [Rep(id=f"help_{number}") for number in range(40)]
        columns = run(
            40,
            reps=[*reps, *extra],
            owners={"dana": 2, "kim": 1},
            open_limit=limit,
            life={"effort": Exponential("7 minutes")},
        ).columns
        found = obvious(
            columns["arrived_at"].tolist(), columns["owner"].tolist(), columns["worked"].tolist(),
            limits, limit,
        )  # fmt: skip

        assert columns["opened_at"].tolist() == found
        assert columns["queued"].any()

    def test_parked_deals_make_room(self):
        """A parked deal is not open, and comes back even where that makes too many."""
        desk = attrs.evolve(DESK, stages=[*DESK.stages, sf.Stage(id="later", kind="parked")])
        behaviour = sf.Behaviour(
            arrivals=Arrivals(at=[START, START + dt.timedelta(minutes=1)]),
            stages=[
                StageLife(stage="talk", effort="1 hour", then={"later": 1}),
                StageLife(stage="later", revive="10 minutes"),
            ],
            capacity=Capacity(reps=2, open_limit=1),
        )
        result = sf.simulate(desk, 2, behaviour=behaviour, fast=False, horizon="90 minutes")

        assert waits(result) == [0, HOUR - MINUTE]
        assert result.columns["visits"][0].tolist() == [2, 0, 0, 1]  # it is back, and there are two

    def test_fixed_seed(self):
        """The same run twice is the same, and events are those of live deals."""
        one, two = (run(6, open_limit=1, patience="90 minutes") for _ in range(2))

        assert waits(one) == waits(two)
        opened = np.flatnonzero(one.columns["opened_at"] != NEVER).tolist()
        assert [number for number in range(6) if one.events(number)] == opened
        assert one.deal(1).opened_at == dt.datetime(2026, 3, 2, 11, tzinfo=dt.UTC)


class TestPatience:
    def test_who_waits_too_long_leaves(self):
        """They are lost when their patience ends, and were never a deal."""
        result = run(4, open_limit=1, patience="90 minutes")
        columns = result.columns

        assert waits(result)[2:] == [90 * MINUTE] * 2
        assert columns["kind"].tolist() == [1, 1, -1, -1]
        assert [CAUSES.get(cause) for cause in columns["cause"][2:].tolist()] == [
            "never opened",
            "never opened",
        ]
        with pytest.raises(ValueError, match="has not opened"):
            result.deal(2)

    def test_nothing_is_said_of_what_was_not_opened(self):
        """Whether they left, wait still or have not come: instants are NEVER, numbers none."""
        left = run(2, open_limit=1, patience=0).columns
        waiting = run(2, open_limit=1, horizon="30 minutes").columns
        people = sf.Behaviour(arrivals=Arrivals(at=[START, START + dt.timedelta(hours=2)]))
        to_come = sf.simulate(DESK, 2, behaviour=people, until=START, fast=False).columns

        for columns in (left, waiting, to_come):
            for name in ("opened_at", "entered_at", "closed_at", "first_breach_at"):
                assert columns[name][1] == NEVER
            for name in ("kind", "stage", "rule", "owner"):
                assert columns[name][1] == -1
            assert np.isnan(columns["value"][1])
        assert to_come["arrived_at"][1] == NEVER

    def test_no_patience_at_all(self):
        """Who comes while there is room is opened, all others are lost at once."""
        result = run(3, open_limit=1, patience=0)

        assert result.columns["kind"].tolist() == [1, -1, -1]
        assert waits(result) == [0, 0, 0]

    def test_behind_somebody_patient(self):
        """Who leaves makes way; at the end the patient ones are waiting still."""
        desk, behaviour = queue(1, 0.4, 0.01)
        limited = attrs.evolve(behaviour.capacity, open_limit=1, patience=Exponential("2 hours"))
        behaviour = attrs.evolve(behaviour, capacity=limited)
        result = sf.simulate(desk, 60, behaviour=behaviour, fast=False, horizon="1 hour")
        counts = result.summary().counts

        assert counts[Outcome.NEVER_OPENED] > 5
        assert counts[Outcome.QUEUED] > 5
        assert sum(counts.values()) == 60


class TestFigures:
    def test_all_that_came_count(self):
        """A deal that was never opened is lost: to open fewer of them makes no better share."""
        found = run(4, open_limit=1, patience="90 minutes").summary()

        assert (found.arrived, found.opened, found.won, found.lost) == (4, 2, 2, 2)
        assert found.share("won").value == found.win_rate.value == 0.5
        assert found.share("lost: never opened").value == 0.5
        assert len(found.cycle) == 2
        assert len(found.intake) == 4

    def test_days_to_open(self):
        """Of those that were opened, whether others left or not."""
        found = run(4, open_limit=1, patience="90 minutes").summary()

        assert found.days_to_open(0.5).value == 0
        assert found.days_to_open(0.9).value == pytest.approx(1 / 24)  # 59 minutes, to the hour
        assert "are opened by" in str(found)
        assert "are opened by" not in str(run(4).summary())

    def test_not_opened_yet(self):
        """At the end some are waiting: they are no loss, and their waiting is cut off."""
        found = run(4, open_limit=1, horizon="30 minutes").summary()

        assert found.counts[Outcome.QUEUED] == 3
        assert (found.lost, found.opened) == (0, 1)
        assert found.days_to_open().value == 0

    def test_compared(self):
        """With and without a limit, the same deals come; they need not open at the same time."""
        one, two = run(4), run(4, open_limit=1, patience="90 minutes")
        found = sf.compare(one, two)

        assert found.deals == (2, 3)
        assert found["won"].difference.value == -0.5
        assert found["days until closed for each deal"].after == pytest.approx(
            (60 + 119 + 90 + 90) / 4 / 1440, abs=1e-6
        )

    def test_table(self):
        """The table says when deals came, and how long they waited to be opened."""
        found = run(3, open_limit=1, patience=0).to_polars()

        assert found["outcome"].to_list() == ["won", "lost: never opened", "lost: never opened"]
        assert found["arrived_at"].null_count() == 0
        assert found["opened_at"].null_count() == 2
        assert found["queued_hours"].to_list() == [0, 0, 0]


class TestSaid:
    def test_in_words(self):
        """What the limits are, and what becomes of those above."""
        capacity = Capacity(reps=[Rep(id="dana", open_limit=3)], open_limit=9, patience="2 days")
        text = str(sf.Behaviour(owners={"dana": 1}, capacity=capacity))

        assert "no more than so many deals are open: 9 in all, 3 of dana" in text
        assert "above that, buyers wait for theirs to be opened: 2 days" in text
        assert "for ever" in str(sf.Behaviour(capacity=Capacity(reps=1, open_limit=2)))

    @pytest.mark.parametrize(
        "capacity",
        [
            pytest.param(Capacity(reps=3, open_limit=7, patience=Exponential("3 days")), id="all"),
            pytest.param(
                Capacity(reps=[Rep(id="dana", open_limit=3), Rep(id="kim", share=0.5)]), id="own"
            ),
            pytest.param(Capacity(reps=2, queue="value", patience=0, open_limit=1), id="none"),
        ],
    )
    def test_file(self, capacity):
        """A file says it all, and is read back."""
        behaviour = sf.Behaviour(owners={"dana": 1, "kim": 1}, capacity=capacity)

        assert sf.Behaviour.load(behaviour.dump()) == behaviour

    def test_so_many_reps(self):
        """In a file and in Python, a number stands for reps without names."""
        text = "format = 1\n[capacity]\nreps = 3\nopen_limit = 5\n"

        assert sf.Behaviour.load(text).capacity == Capacity.of(3, open_limit=5)

    @pytest.mark.parametrize(
        ("said", "match"),
        [
            pytest.param("reps = 0", "from 1 to 10,000 reps, got 0", id="nobody"),
            pytest.param("reps = true", "a table of reps, or how many", id="yes"),
            pytest.param("reps = 2\nopen_limit = 0", "a whole number from 1 up, got 0", id="none"),
            pytest.param("reps = 2\nopen_limit = 2.5", "a whole number from 1 up", id="half"),
            pytest.param("reps = { d = { open_limit = -1 } }", "got -1", id="rep"),
        ],
    )
    def test_wrong_file(self, said, match):
        """What is wrong is said, with what was seen."""
        with pytest.raises(BehaviourError, match=match):
            sf.Behaviour.load(f"format = 1\n[capacity]\n{said}\n")

    @pytest.mark.parametrize(
        ("said", "error", "match"),
        [
            pytest.param({"reps": 0}, ValueError, "from 1 to 10,000, got 0", id="nobody"),
            pytest.param({"reps": MOST_REPS + 1}, ValueError, "got 10,001", id="too-many"),
            pytest.param({"reps": True}, TypeError, "or how many there are", id="yes"),
            pytest.param({"reps": 1, "open_limit": 0}, ValueError, "Leave it out", id="none"),
            pytest.param({"reps": 1, "open_limit": 2**70}, ValueError, "no limit", id="huge"),
            pytest.param({"reps": 1, "queue": "fifo"}, ValueError, "oldest, newest", id="queue"),
            pytest.param({"reps": 1, "open_limit": 1.5}, TypeError, "whole number", id="half"),
        ],
    )
    def test_wrong(self, said, error, match):
        """The same in Python."""
        with pytest.raises(error, match=match):
            Capacity(**said)

    def test_no_calendar(self):
        """Somebody's hours are a calendar, or the id of one."""
        with pytest.raises(TypeError, match="'calendar' must be a Calendar or the id of one"):
            Rep(id="dana", calendar=5)

    @pytest.mark.parametrize(
        ("capacity", "owners", "match"),
        [
            pytest.param(
                Capacity(reps=[Rep(id="dana", open_limit=1)]),
                {},
                r"capacity.reps.dana.open_limit: .*belong to nobody",
                id="nobody's",
            ),
            pytest.param(
                Capacity(reps=[Rep(id="dana", open_limit=1)]),
                {"dan": 1},
                "did you mean 'dana'",
                id="unknown-owner",
            ),
        ],
    )
    def test_does_not_fit(self, capacity, owners, match):
        """A limit of a rep speaks of deals that are theirs."""
        with pytest.raises(BehaviourError, match=match):
            sf.Behaviour(owners=owners, capacity=capacity).check(DESK)

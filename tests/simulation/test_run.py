"""Runs: one seed, one result; what a scenario changes and what it leaves alone."""

import concurrent.futures
import datetime as dt
import itertools
import math
import pickle
import warnings

import attrs
import numpy as np
import pytest
from tests.simulation.known import mean, process, queue, share

import salesflow as sf
from salesflow.calendars import to_micros
from salesflow.calendars.arithmetic import HOUR
from salesflow.errors import BehaviourError, MissingExtraError
from salesflow.process import ContactGap, Fact, Timer
from salesflow.simulation import grid, replicate, stream, summarize
from salesflow.simulation.distributions import Exponential, Fixed
from salesflow.simulation.parts import Arrivals, Cooling, Learning, StageLife, Touches
from salesflow.simulation.result import CAUSES, COLUMNS, NEVER
from salesflow.simulation.settling import DENSE, settled

SIX = sf.load_process("six-step")
START = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)


def plain(deals=30, **said):
    return sf.simulate(said.pop("process", SIX), deals, fast=False, **said)


def same(one, other, rows=slice(None)):
    return all(
        np.array_equal(one.columns[name][rows], other.columns[name][rows], equal_nan=True)
        for name in COLUMNS
    )


class TestOneSeed:
    @pytest.mark.long
    def test_twice(self):
        """The same seed gives the same deals, another one others."""
        assert same(plain(seed=0), plain(seed=0))
        assert not same(plain(seed=0), plain(seed=1))
        assert not same(plain(seed=1), plain(seed=1 + 2**32))

    def test_chunks(self, monkeypatch):
        """However many deals are run at a time."""
        whole = plain(25, seed=4)
        monkeypatch.setattr("salesflow.simulation.jobs.CHUNK", 7)

        assert same(whole, plain(25, seed=4))
        assert [len(part) for part in stream(SIX, 25, seed=4, fast=False)] == [7, 7, 7, 4]

    def test_executors(self, monkeypatch):
        """Whoever runs the chunks, in whatever order they are done."""
        monkeypatch.setattr("salesflow.simulation.jobs.CHUNK", 4)
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            assert same(plain(20), plain(20, executor=pool))

    def test_two_processes(self):
        """Two processes equal one, bit for bit."""
        assert same(plain(12), plain(12, workers=2))

    def test_more_deals(self):
        """The first of many deals are those of a run of few."""
        until = START + dt.timedelta(days=400)

        assert same(plain(10, until=until), plain(25, until=until), slice(10))

    def test_streamed(self):
        """Parts come with the number of their first deal, and together are the whole."""
        parts = list(stream(SIX, 20, fast=False))

        assert [part.first for part in parts] == [0]
        assert np.array_equal(parts[0].columns["stage"], plain(20).columns["stage"])

    def test_progress(self):
        """It is told how many deals are done."""
        told = []
        plain(20, progress=lambda done, of: told.append((done, of)))

        assert told == [(20, 20)]

    @pytest.mark.parametrize("chunk", [4, 100])
    def test_read_only(self, monkeypatch, chunk):
        """Nobody can write to the columns of a result, made of one part or of several."""
        monkeypatch.setattr("salesflow.simulation.jobs.CHUNK", chunk)

        for column in plain(6).columns.values():
            with pytest.raises(ValueError, match="read-only"):
                column[0] = 0

    def test_result_pickles(self):
        """A result goes to another process and back."""
        result = plain(5)
        again = pickle.loads(pickle.dumps(result))  # noqa: S301 - our own

        assert same(result, again)
        assert again.events(3) == result.events(3)


class TestScenarios:
    @pytest.mark.long
    def test_a_deal_that_never_meets_a_rule_is_the_same(self):
        """Two processes with one other gap differ only in deals that it has touched."""
        tight = SIX.replace("contact_gaps.touch.max", "4 business days")
        behaviour = attrs.evolve(
            sf.Behaviour.default_for(SIX), touches=Touches(every=Exponential("3 days"))
        )
        one = plain(150, behaviour=behaviour)
        other = plain(150, behaviour=behaviour, process=tight)
        met = (one.columns["breaches"] > 0) | (other.columns["breaches"] > 0)

        assert 0 < met.sum() < 150
        for name in set(COLUMNS) - {"passed"}:
            assert np.array_equal(
                one.columns[name][~met], other.columns[name][~met], equal_nan=True
            )

    @pytest.mark.long
    def test_what_is_added_changes_nothing_else(self):
        """A new reason to lose deals leaves the others' lives as they were."""
        behaviour = sf.Behaviour.default_for(SIX)
        lives = [
            attrs.evolve(life, lose=Exponential("60 days")) if life.work else life
            for life in behaviour.stages
        ]
        one = plain(120, behaviour=behaviour)
        other = plain(120, behaviour=attrs.evolve(behaviour, stages=lives))
        lost = other.columns["cause"] == 4

        assert 0 < lost.sum() < 120
        assert np.array_equal(one.columns["closed_at"][~lost], other.columns["closed_at"][~lost])
        assert (one.columns["closed_at"][lost] > other.columns["closed_at"][lost]).all()

    @pytest.mark.long
    def test_the_difference_is_known_better_than_either_figure(self):
        """Common random numbers: pairs of deals differ less than deals do."""
        gaps = [ContactGap(id="touch", max=f"{days} days") for days in (4, 5)]
        breached = [
            plain(
                400,
                process=attrs.evolve(process("talk"), contact_gaps=[gap]),
                behaviour=sf.Behaviour(touches=Touches(every=Exponential("3 days"))),
                horizon="20 days",
            ).columns["breaches"]
            for gap in gaps
        ]

        assert (breached[0] - breached[1]).var() < 0.6 * (breached[0].var() + breached[1].var())


class TestEnds:
    def test_years_that_the_calendar_does_not_know(self):
        """Where working days are not known, rules that count them would say nothing: an error."""
        german = sf.Calendar("Europe/Berlin", holidays={"country": "DE"}).freeze(2026, 2026)
        frozen = SIX.replace("calendar", german)
        gap = ContactGap(id="touch", max="5 days")
        exact = attrs.evolve(process("talk"), calendar=german, contact_gaps=[gap])
        early = attrs.evolve(sf.Behaviour.default_for(SIX), arrivals=Arrivals(start=START))
        late = attrs.evolve(early, arrivals=Arrivals(start=START - dt.timedelta(days=365)))

        assert len(plain(3, process=frozen, behaviour=early, horizon="20 days")) == 3
        assert len(plain(3, process=exact)) == 3
        for behaviour, end in (
            (early, {}),
            (early, {"until": START + dt.timedelta(days=365)}),
            (late, {"horizon": "20 days"}),
        ):
            with pytest.raises(ValueError, match="are known for 2026 to 2026 only"):
                plain(3, process=frozen, behaviour=behaviour, **end)

    def test_censored(self):
        """What is open at the end is kept as it is; what has not opened by then is nowhere."""
        until = START + dt.timedelta(days=20)
        behaviour = attrs.evolve(
            sf.Behaviour.default_for(SIX),
            arrivals=Arrivals(every=Fixed("1 day"), start=START),
        )
        result = plain(30, behaviour=behaviour, until=until)
        columns = result.columns
        unopened = columns["kind"] == -1

        assert unopened.sum() == 10  # the first opens after a day, the twentieth at the end
        assert (columns["stage"][unopened] == -1).all()
        assert (columns["opened_at"][unopened] == NEVER).all()
        assert (columns["closed_at"][columns["kind"] == 0] == NEVER).all()
        assert result.count("open") > 5
        assert result.events(29) == ()
        with pytest.raises(ValueError, match="has not opened by"):
            result.deal(29)
        with pytest.raises(IndexError, match="there are 30"):
            result.deal(30)

    @pytest.mark.parametrize("ask", ["id", "owner", "events", "deal"])
    def test_no_such_deal(self, ask):
        """Deals are numbered from 0, whatever is asked of them: the last one is not -1."""
        result = sf.simulate(sf.load_process("six-step"), 3, seed=1)

        for number in (-1, 3):
            with pytest.raises(IndexError, match=f"deal {number}: there are 3, counted from 0"):
                getattr(result, ask)(number)
        for number in (1.0, "1"):
            with pytest.raises(TypeError):
                getattr(result, ask)(number)

    def test_fixed_arrivals(self):
        """Deals open when somebody says, in the order of time, and there are no more."""
        at = [START + dt.timedelta(days=3), START]
        behaviour = attrs.evolve(
            sf.Behaviour.default_for(SIX), arrivals=Arrivals(at=at, start=START)
        )
        result = plain(50, behaviour=behaviour)

        assert len(result) == 2
        assert [result.deal(n).opened_at for n in (0, 1)] == sorted(at)

    def test_time_in_stages_adds_up(self):
        """What a deal spent in its stages is the time from its opening to the end, exactly."""
        result = plain(40)
        columns = result.columns
        end = to_micros(result.until)

        assert np.array_equal(columns["spent"].sum(axis=1), end - columns["opened_at"])

    def test_littles_law(self):
        """On a window that begins and ends empty, L = λ W to the last microsecond."""
        desk, behaviour = queue(2, 0.2, 0.15)
        columns = sf.simulate(desk, 300, behaviour=behaviour, fast=False).columns
        changes = sorted(
            [(int(at), 1) for at in columns["opened_at"]]
            + [(int(at), -1) for at in columns["closed_at"]]
        )
        area = alive = 0
        for (at, change), (later, _) in itertools.pairwise(changes):
            alive += change
            area += alive * (later - at)

        assert area == int((columns["closed_at"] - columns["opened_at"]).sum())

    @pytest.mark.long
    def test_silence(self):
        """Without touches, buyers are lost as their hazard says: half of them at the half."""
        life = StageLife(stage="talk", work="400 days", then={"won": 1})
        behaviour = sf.Behaviour(
            stages=[life], cooling=Cooling(half="20 days", grace="5 days", shape=2)
        )
        columns = plain(3_000, process=process("talk"), behaviour=behaviour).columns
        days = (columns["closed_at"] - columns["opened_at"]) / (24 * HOUR)

        assert {CAUSES[cause] for cause in columns["cause"].tolist()} == {"silence"}
        assert days.min() > 5
        assert share("half", 0.5, days > 20).holds
        assert mean("mean", 5 + 15 / math.sqrt(math.log(2)) * math.gamma(1.5), days).holds

    @pytest.mark.long
    def test_many_short_silences_tire_a_buyer_as_well(self):
        """With a constant hazard it makes no difference how often the silence is broken."""
        life = StageLife(stage="talk", work="400 days", then={"won": 1})
        for every in ("1 day", "9 days"):
            behaviour = sf.Behaviour(
                stages=[life],
                touches=Touches(every=every),
                cooling=Cooling(half="20 days", shape=1),
            )
            columns = plain(1_200, process=process("talk"), behaviour=behaviour).columns
            days = (columns["closed_at"] - columns["opened_at"]) / (24 * HOUR)

            assert mean("mean", 20 / math.log(2), days).holds

    def test_a_planned_next_step_keeps_every_gap(self):
        """What memoryless touches break within weeks, booked ones never do."""
        gap = attrs.evolve(process("talk"), contact_gaps=[ContactGap(id="t", max="5 days")])
        for touches, breaks in (
            (Touches(every="3 days", booked=1), False),
            (Touches(every=Exponential("3 days")), True),
            (Touches(every=Exponential("3 days"), heeds=1), False),
            (Touches(every="3 days", forgets=1), True),
        ):
            behaviour = sf.Behaviour(touches=touches)
            result = plain(20, process=gap, behaviour=behaviour, horizon="200 days")

            assert bool(result.columns["breaches"].any()) is breaks


class TestVeryMany:
    @pytest.mark.long
    def test_assumed_deals_come_faster(self):
        """Nobody has to say how fast deals come for a million of them to end in known years."""
        few, many = (settled(SIX, n, {"fast": False}) for n in (10, 40_000))

        assert few.plan.behaviour == sf.Behaviour.default_for(SIX)
        assert many.plan.behaviour.arrivals == DENSE
        assert many.until < NEVER
        with pytest.raises(ValueError, match="fewer deals or faster ones"):
            settled(SIX, 40_000, {"behaviour": few.plan.behaviour, "fast": False})


class TestAmounts:
    @pytest.mark.parametrize(
        ("fact", "amount", "most"),
        [("value", 9e13, 10**14 - 1), ("due", 3e4, 36_525)],
    )
    def test_no_larger_than_a_fact_can_hold(self, fact, amount, most):
        """What is drawn beyond that is that: money of fourteen digits, dates of a hundred years."""
        process = sf.Process(
            id="x",
            version="1",
            stages=[sf.Stage(id="talk"), sf.Stage(id="won", kind="won")],
            facts=[Fact(id="due", type="date")],
        )
        people = sf.Behaviour(facts=[Learning(fact=fact, amount=Exponential(amount))])
        run = plain(40, process=process, behaviour=people)
        told = [event.facts[fact] for _, events in run.all_events() for event in events[1:]]
        if fact == "due":
            told = [(day - run.behaviour.arrivals.start.date()).days for day in told]

        assert len(told) == 40
        assert max(told) == most
        assert min(told) < most / 10


class TestRefused:
    @pytest.mark.parametrize(
        ("said", "error", "match"),
        [
            pytest.param({"deals": 0}, ValueError, "'deals' must be from 1", id="no-deals"),
            pytest.param({"deals": 2.5}, TypeError, "'deals' must be a whole", id="half-a-deal"),
            pytest.param({"deals": True}, TypeError, "an int, got True", id="yes"),
            pytest.param({"seed": -1}, ValueError, "'seed' must be from 0", id="seed"),
            pytest.param({"seed": 2**64}, ValueError, "'seed' must be from 0", id="large-seed"),
            pytest.param({"workers": 0}, ValueError, "'workers' must be from 1", id="workers"),
            pytest.param(
                {"until": START, "horizon": "1 day"}, ValueError, "Give one of them", id="two-ends"
            ),
            pytest.param({"horizon": "70000 days"}, ValueError, "hundred years", id="horizon"),
            pytest.param({"horizon": "36500 days"}, ValueError, "up to 2100", id="too-late"),
            pytest.param({"behaviour": "lazy"}, TypeError, "a Behaviour", id="behaviour"),
            pytest.param({"process": "six-step"}, TypeError, "a Process", id="process"),
        ],
    )
    def test_arguments(self, said, error, match):
        """Each is named, with what was given."""
        with pytest.raises(error, match=match):
            plain(**said)

    @pytest.mark.parametrize("kind", [np.int32, np.int64, np.uint8])
    def test_numbers_of_numpy(self, kind):
        """They are whole numbers, too: what columns and ranges of a notebook are made of."""
        found = plain(kind(5), seed=kind(3), workers=kind(1))

        assert type(found.seed) is int
        assert found.summary() == plain(5, seed=3).summary()
        assert len(replicate(SIX, kind(2), deals=kind(2), fast=False)) == 2
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert found.events(kind(4)) == found.events(4)
            assert found.owner(kind(4)) == found.owner(4)

    @pytest.mark.parametrize("number", ["sim-3", 3.0, None])
    def test_no_number(self, number):
        """A deal is asked for by its number."""
        with pytest.raises(TypeError, match="counted from 0; the deal of row 3"):
            plain(5).deal(number)

    @pytest.mark.parametrize(
        "run",
        [
            pytest.param(lambda **said: next(stream(SIX, 2, **said)), id="stream"),
            pytest.param(lambda **said: summarize(SIX, 2, **said), id="summarize"),
            pytest.param(lambda **said: replicate(SIX, 2, deals=2, **said), id="replicate"),
            pytest.param(
                lambda **said: grid(SIX, {"behaviour.touches.heeds": [1]}, deals=2, **said),
                id="grid",
            ),
        ],
    )
    def test_a_misspelt_argument(self, run):
        """It is not passed over."""
        with pytest.raises(TypeError, match=r"unexpected .*'behavior'.*"):
            run(behavior=None)

    @pytest.mark.parametrize("batch", [0, -1])
    def test_batches(self, batch):
        """Events come at least one deal at a time."""
        with pytest.raises(ValueError, match="'batch' must be from 1"):
            list(plain(2).all_events(batch))

    def test_a_start_that_is_too_late(self):
        """Where deals come all at once, no rhythm is blamed."""
        late = attrs.evolve(
            sf.Behaviour.default_for(SIX), arrivals=Arrivals(start=START.replace(year=2100))
        )
        with pytest.raises(ValueError, match="2 deals: 730 days after the last opens is not"):
            plain(2, behaviour=late)

    def test_a_behaviour_of_another_process(self):
        """Every problem is told."""
        behaviour = sf.Behaviour.default_for(sf.load_process("renewal"))
        with pytest.raises(BehaviourError, match="no stage named"):
            plain(behaviour=behaviour)

    def test_without_numba(self, monkeypatch):
        """A missing extra names itself where somebody insists; else plain rules do."""
        monkeypatch.setattr("salesflow.simulation.run.compiled", _no_numba)
        monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)

        assert len(sf.simulate(SIX, 2)) == 2
        with pytest.raises(MissingExtraError, match=r"salesflow\[fast\]"):
            sf.simulate(SIX, 2, fast=True)


def _no_numba(_function):
    raise MissingExtraError("numba", "fast")


class TestTimers:
    def test_a_stage_timer_cuts_off(self):
        """Work that takes longer than a timer allows ends in its stage, at its deadline."""
        killer = Timer(id="slow", since="stage", after="10 days", move_to="lost")
        life = StageLife(stage="talk", work="11 days", then={"won": 1})
        columns = plain(
            3,
            process=process("talk", timers=[killer]),
            behaviour=sf.Behaviour(arrivals=Arrivals(start=START), stages=[life]),
        ).columns

        assert (columns["kind"] == 2).all()
        assert (columns["rule"] == 0).all()
        assert {CAUSES[cause] for cause in columns["cause"].tolist()} == {"time"}
        assert set((columns["closed_at"] - columns["opened_at"]).tolist()) == {240 * HOUR}

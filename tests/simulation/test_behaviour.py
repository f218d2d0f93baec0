"""Behaviours: their file, what fits a process, what is assumed, in words."""

import datetime as dt
import pickle
import random
from decimal import Decimal

import attrs
import pytest
from tests.rules.processes import random_process
from tests.simulation.random_behaviours import random_behaviour

import salesflow as sf
from salesflow.errors import BehaviourError
from salesflow.process import Fact, Process, Stage
from salesflow.process.load import catalog_names
from salesflow.simulation.distributions import Exponential, Fixed, Lognormal
from salesflow.simulation.parts import (
    Arrivals,
    Capacity,
    Cooling,
    Learning,
    Rep,
    Shares,
    StageLife,
    Touches,
)

SIX = sf.load_process("six-step")
ALL = """\
format = 1
title = "Ours"

[arrivals]
every = { exponential = "4 business hours" }
start = 2026-03-02T10:00:00Z

[owners]
dana = 2
kim = 1

[stages.qualify]
effort = "2 business hours"
work = { lognormal = "8 days", median = "6 days" }
then = { meeting = 3, lost = 1 }
work_to = { lost = { exponential = "30 days" } }
lose = { weibull = "60 days", shape = 1.5 }
no_decision = { erlang = "90 days", steps = 3 }
patience = { gamma = "20 days", shape = 0.5 }

[stages.nurture]
revive = { mixture = [{ exponential = "60 days" }, "7 days"], weights = [2, 1] }
revived = 0.3

[touches]
every = { empirical = ["1 day", "3 days"], weights = [1, 4] }
kinds = { call = 2, email = 1 }
answered = 0.5
booked = 0.4
heeds = 0.9
ahead = "2 hours"
forgets = 0.1
minutes = "15 business minutes"

[replies]
share = 0.4
after = "1 day"
kind = "call"

[inbound]
every = { exponential = "30 days" }

[cooling]
half = "45 days"
grace = "5 days"
shape = 1
touch = "two_way"

[[facts]]
fact = "value"
amount = { exponential = 50000 }

[[facts]]
fact = "budget"
stage = "qualify"
after = "3 days"
share = 0.9
values = [10000, "20000 USD"]
weights = [1, 3]
role = "rep"

[capacity]
reps = { dana = {}, kim = { share = 0.5 } }
own = true
queue = "deadline"
"""


def text(rest):
    return f"format = 1\n{rest}"


class TestFile:
    def test_everything(self):
        """Each key says what it says."""
        behaviour = sf.Behaviour.load(ALL, SIX)
        qualify = behaviour.stage["qualify"]

        assert behaviour.title == "Ours"
        assert behaviour.arrivals.start == dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
        assert qualify.work == Lognormal("8 days", median="6 days")
        assert qualify.effort == Fixed("2 business hours")
        assert dict(qualify.then) == {"meeting": 3, "lost": 1}
        assert qualify.work_to == {"lost": Exponential("30 days")}
        assert "where it goes to lost, takes 30 days on average, memoryless" in str(behaviour)
        assert behaviour.touches.ahead == sf.Span.parse("2 hours")
        assert behaviour.touches.every.mean == pytest.approx(2.6)
        assert behaviour.cooling == Cooling(
            half="45 days", grace="5 days", shape=1, touch="two_way"
        )
        assert behaviour.facts[1].values == (10000, "20000 USD")
        assert behaviour.capacity.reps[1] == Rep(id="kim", share=0.5)
        assert behaviour.capacity.own
        assert "half of them are gone after 45 days" in str(behaviour)
        assert "half of them are gone after 45 days" in behaviour._repr_html_()

    def test_how_often_each_value(self):
        """The values of a fact are told with their shares, where these are given."""
        even = Learning(fact="need", values=[True, False])
        often = attrs.evolve(even, values=["smb", "big", "smb"], weights=[9, 1, 10], stage="talk")

        said = str(sf.Behaviour(facts=[even, often])).splitlines()
        assert said[-3].endswith("need = True or False from the opening on")
        assert said[-2].endswith("need = smb 45 % or big 5 % or smb 50 % in talk")

    def test_round_trip(self):
        """What is written can be read, and says the same."""
        assert sf.Behaviour.load(sf.Behaviour.load(ALL).dump()) == sf.Behaviour.load(ALL)

    @pytest.mark.parametrize("seed", range(40))
    def test_round_trip_of_random_ones(self, seed):
        """So it is with any."""
        rng = random.Random(seed)
        process = random_process(rng)
        behaviour = random_behaviour(rng, process)
        behaviour.check(process)

        assert sf.Behaviour.load(behaviour.dump(), process) == behaviour
        assert pickle.loads(pickle.dumps(behaviour)) == behaviour  # noqa: S301 - our own
        assert behaviour.explain()

    def test_a_file(self, tmp_path):
        """A path, as text or as an object; a byte order mark is no fault."""
        path = tmp_path / "b.toml"
        path.write_text("\ufeff" + ALL, encoding="utf-8")

        assert sf.Behaviour.load(path) == sf.Behaviour.load(str(path)) == sf.Behaviour.load(ALL)

    def test_what_is_left_out_does_not_happen(self):
        """An empty file is a behaviour in which nobody does anything."""
        behaviour = sf.Behaviour.load("format = 1\n")

        assert behaviour == sf.Behaviour()
        assert sf.simulate(SIX, 3, behaviour=behaviour, fast=False).columns["touches"].sum() == 0

    @pytest.mark.parametrize(
        ("said", "expected"),
        [
            pytest.param("titel = 'x'\n", "2:1: titel: unknown key; did you mean", id="key"),
            pytest.param("title = \n", "this is not valid TOML", id="syntax"),
            pytest.param(
                "[touches]\nevery = '3 business days'\n",
                "3:9: touches.every: 3 business days: a business day ends at its close",
                id="business-days",
            ),
            pytest.param(
                "[touches]\nevery = { gama = '3 days' }\n",
                "expected one of exponential",
                id="family",
            ),
            pytest.param("[touches]\nevery = true\n", "expected a span such as", id="flag"),
            pytest.param(
                "[touches]\nevery = { gamma = '3 days' }\n",
                "touches.every.shape: missing; gamma wants it",
                id="no-shape",
            ),
            pytest.param(
                "[touches]\nevery = { exponential = '3 days', shape = 2 }\n",
                "every.shape: unknown key; known with exponential: nothing else",
                id="too-much",
            ),
            pytest.param(
                "[touches]\nevery = { empirical = '3 days' }\n", "expected a list", id="no-list"
            ),
            pytest.param("[touches]\nanswered = 2\n", "a share from 0 to 1, got 2", id="share"),
            pytest.param(
                "[touches]\nkinds = { call = -1 }\n", "expected a weight from 0 up", id="weight"
            ),
            pytest.param("[touches]\nkinds = { call = 0 }\n", "a weight above 0", id="no-weight"),
            pytest.param("[touches]\nkinds = 3\n", "a table of weights", id="no-weights"),
            pytest.param(
                "[arrivals]\nstart = 2026-03-02T10:00:00\n", "an instant with its zone", id="naive"
            ),
            pytest.param("[replies]\nshare = 0.5\n", "replies.after: missing", id="missing"),
            pytest.param(
                "[cooling]\nhalf = '3 days'\ngrace = '4 days'\n",
                "'grace' must be shorter",
                id="grace",
            ),
            pytest.param(
                "[[facts]]\nfact = 'budget'\n", "facts[0]: fact 'budget': say either", id="no-value"
            ),
            pytest.param(
                "[[facts]]\nfact = 'budget'\nvalues = [1.5]\n", "facts[0].values[0]: ", id="float"
            ),
            pytest.param(
                "[[facts]]\nfact = 'budget'\nvalues = [1]\nweights = [-1]\n", "weights[0]", id="w"
            ),
            pytest.param("[capacity]\nown = true\n", "capacity.reps: missing", id="no-reps"),
            pytest.param(
                "[capacity.reps.dana]\nshare = 0\n", "rep 'dana': 'share' must be", id="idle-rep"
            ),
        ],
    )
    def test_faults(self, said, expected):
        """Each fault is told where it is."""
        with pytest.raises(BehaviourError) as caught:
            sf.Behaviour.load(text(said))

        assert expected in str(caught.value)
        assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301 - our own

    def test_all_at_once(self):
        """Several faults are told together, in the order of the file, each once."""
        with pytest.raises(BehaviourError) as caught:
            sf.Behaviour.load(text("[touches]\nanswered = 2\nbooked = 3\n[cooling]\nhalf = 1\n"))

        assert [problem.line for problem in caught.value.problems] == [3, 4, 6]

    def test_unreadable(self, tmp_path):
        """A file that is not there, too much nesting, and what is no path."""
        with pytest.raises(BehaviourError, match="cannot be read"):
            sf.Behaviour.load(tmp_path / "none.toml")
        with pytest.raises(BehaviourError, match="level"):
            sf.Behaviour.load("format = 1\na = " + "[" * 100 + "]" * 100)
        with pytest.raises(TypeError, match="a string or a path"):
            sf.Behaviour.load(3)


FITS = """\
[stages.qualfy]
work = "1 day"
[stages.intake]
work = "1 day"
[stages.qualify]
then = { proof = 1 }
work_to = { lost = 3, nurture = "2 days" }
patience = "1 day"
revive = "1 day"
[touches]
kinds = { note = 1, telegram = 1 }
[replies]
share = 1
after = "1 day"
kind = "note"
[inbound]
every = "1 day"
kind = "cal"
[[facts]]
fact = "bugdet"
values = [1]
[[facts]]
fact = "decision_makers"
amount = 3
role = "boss"
stage = "intake"
[[facts]]
fact = "need_confirmed"
values = [1]
stage = "qualfy"
[[facts]]
fact = "value"
amount = 1e14
[cooling]
half = "3 days"
touch = "smoke"
[owners]
eva = 1
[capacity]
reps = { dana = {} }
own = true
"""


class TestFit:
    def test_everything_that_does_not(self):
        """All that a process does not have is told at once, with its place in the file."""
        with pytest.raises(BehaviourError) as caught:
            sf.Behaviour.load(text(FITS), SIX)
        said = {problem.path: problem.message for problem in caught.value.problems}

        assert all(problem.line for problem in caught.value.problems)
        assert {
            "stages.qualfy": "no stage named 'qualfy'; did you mean 'qualify'?",
            "stages.intake.work": "this stage is won; it is for open ones",
            "stages.qualify.then.proof": (
                "the process has no move from 'qualify' to 'proof'; it has: meeting, lost, nurture"
            ),
            "stages.qualify.then": "it is never ready to go there; give 'work' or 'effort'",
            "stages.qualify.work_to.nurture": "'then' never leads there",
            "stages.qualify.patience": "nobody has to wait without an 'effort'",
            "stages.qualify.revive": "this stage is open; it is for parked and lost ones",
            "touches.kinds.note": "'note' never reaches the buyer",
            "replies.kind": "'note' never reaches the buyer",
            "inbound.kind": "no kind of activity named 'cal'; did you mean 'call'?",
            "facts[0].fact": "no fact named 'bugdet'; did you mean 'budget'?",
            "facts[1].amount": "'decision_makers' is int, expected money or a date. Say 'values'",
            "facts[1].stage": "facts are learned in open stages",
            "facts[3].amount": "at most 99,999,999,999,999, got 1e+14 in the mean",
            "facts[2].stage": "no stage named 'qualfy'; did you mean 'qualify'?",
        }.items() <= said.items()
        assert {"touches.kinds.telegram", "facts[1].role", "facts[2].values[0]"} <= set(said)
        assert {"cooling.touch", "owners.eva"} <= set(said)

    def test_each_way_has_its_time(self):
        """Where every way has one, there need be no other; a number is none."""
        own = {"meeting": "5 days", "lost": "9 days"}
        life = StageLife(stage="qualify", then={"meeting": 1, "lost": 1}, work_to=own)
        sf.Behaviour(stages=[life]).check(SIX)

        for wrong, path in (
            ({"meeting": "5 days"}, "stages.qualify.then"),
            (own | {"lost": 9}, "stages.qualify.work_to.lost"),
        ):
            behaviour = sf.Behaviour(stages=[attrs.evolve(life, work_to=wrong)])
            with pytest.raises(BehaviourError) as caught:
                behaviour.check(SIX)
            assert [problem.path for problem in caught.value.problems] == [path]

    def test_where_no_deal_can_be_lost(self):
        """A buyer who goes needs a stage to go to."""
        process = Process(id="p", version="1", stages=[Stage(id="a"), Stage(id="won", kind="won")])
        behaviour = sf.Behaviour(
            stages=[StageLife(stage="a", work="1 day", lose="3 days")],
            cooling=Cooling(half="3 days"),
        )
        with pytest.raises(BehaviourError) as caught:
            behaviour.check(process)

        assert [problem.path for problem in caught.value.problems] == ["stages.a.lose", "cooling"]

    def test_reps_and_owners(self):
        """Reps who keep to their own need owners, and there must be some."""
        for behaviour, path in (
            (sf.Behaviour(capacity=Capacity(reps=[])), "capacity.reps"),
            (sf.Behaviour(capacity=Capacity(reps=[Rep(id="a")], own=True)), "capacity.own"),
            (sf.Behaviour(capacity=Capacity(reps=[Rep(id="a")] * 2)), "capacity.a"),
            (sf.Behaviour(stages=[StageLife(stage="proof")] * 2), "stages.proof"),
            (sf.Behaviour(touches=Touches(kinds={})), "touches.kinds"),
        ):
            with pytest.raises(BehaviourError) as caught:
                behaviour.check(SIX)

            assert path in [problem.path for problem in caught.value.problems]


class TestParts:
    @pytest.mark.parametrize(
        ("make", "said"),
        [
            pytest.param(lambda: Touches(booked=1.5), "from 0 to 1, got 1.5", id="share"),
            pytest.param(lambda: Touches(booked="x"), "a share from 0 to 1", id="share-text"),
            pytest.param(lambda: Arrivals(start=dt.datetime(2026, 1, 1)), "aware", id="naive"),  # noqa: DTZ001 - the fault
            pytest.param(lambda: Arrivals(start="now"), "must be a datetime", id="no-datetime"),
            pytest.param(lambda: Arrivals(at=["now"]), "must be a datetime", id="at"),
            pytest.param(
                lambda: Arrivals(every="1 day", at=[Arrivals().start]), "say either", id="rhythm"
            ),
            pytest.param(lambda: Cooling(half="3 days", shape="2"), "must be a number", id="shape"),
            pytest.param(lambda: Cooling(half="3 days", shape=0), "from 0.01 to 100", id="shape-0"),
            pytest.param(lambda: Cooling(half="1 day", shape=1e-9), "from 0.01", id="shape-flat"),
            pytest.param(lambda: Cooling(half="3 business hours"), "nights and week", id="worked"),
            pytest.param(lambda: Learning(fact="x", values=[1], amount=3), "say either", id="both"),
            pytest.param(
                lambda: Learning(fact="x", amount="3 days"), "is a plain number", id="span"
            ),
            pytest.param(lambda: Shares({"a": -1}), "from 0 up", id="weight"),
            pytest.param(lambda: Shares("call"), r'as {"call": 2}, got \'call\'', id="no-weights"),
            pytest.param(lambda: Capacity(reps=2, own="yes"), "'own' must be true or", id="own"),
            pytest.param(lambda: Capacity(reps=2, queue="new"), "'queue': got 'new'", id="queue"),
        ],
    )
    def test_what_has_no_meaning(self, make, said):
        """Each says what was seen and what was expected."""
        with pytest.raises((TypeError, ValueError), match=said):
            make()

    @pytest.mark.parametrize(
        ("part", "made"),
        [
            ("arrivals", "Arrivals"),
            ("touches", "Touches"),
            ("replies", "Replies"),
            ("inbound", "Inbound"),
            ("cooling", "Cooling"),
            ("capacity", "Capacity"),
        ],
    )
    def test_a_part_of_another_type(self, part, made):
        """It is refused where it is given, in one sentence, and not when the deals run."""
        with pytest.raises(TypeError) as caught:
            sf.Behaviour(**{part: "3 days"})

        assert str(caught.value) == f"{part!r} must be made with {made}(…), got '3 days'."

    def test_shares(self):
        """A mapping that can be hashed, and does not change with what it was made of."""
        given = {"a": 1, "b": 2}
        shares = Shares(given)
        given["c"] = 3

        assert dict(shares) == {"a": 1, "b": 2}
        assert hash(shares) == hash(Shares({"a": 1, "b": 2}))
        assert repr(shares) == "{'a': 1, 'b': 2}"
        assert len(shares) == 2


TWO_WAYS = """
format = 1
[process]
id = "two-ways"
version = "1"
[calendar]
timezone = "UTC"
hours = { mon-fri = ["09:00-17:00"] }
[[stages]]
id = "talk"
[[stages]]
id = "offer"
[[stages]]
id = "won"
kind = "won"
[[stages]]
id = "lost"
kind = "lost"
[[stages]]
id = "later"
kind = "parked"
[[moves]]
from = "talk"
to = "offer"
[[moves]]
from = "talk"
to = "won"
[[moves]]
from = "offer"
to = "won"
[[contact_gaps]]
id = "any"
max = "5 business days"
[[contact_gaps]]
id = "calls"
touch = "any"
max = "9 days"
[[timers]]
id = "slow"
since = "stage"
after = "80 business hours"
stages = ["talk"]
[[timers]]
id = "slower"
since = "stage"
after = "20 business days"
stages = ["talk", "offer"]
"""


class TestDefault:
    @pytest.mark.long
    @pytest.mark.parametrize("name", catalog_names())
    def test_built_in(self, name):
        """It fits, says itself in words, and some deals are won by it, some not."""
        process = sf.load_process(name)
        behaviour = sf.Behaviour.default_for(process)
        behaviour.check(process)
        result = sf.simulate(process, 60, fast=False)

        assert 0 < result.count("won") < 60
        assert str(behaviour).startswith(f"assumed for {name}")

    def test_any_process(self):
        """So it does whatever the process has or does not have."""
        for seed in range(60):
            process = random_process(random.Random(seed))
            behaviour = sf.Behaviour.default_for(process)
            behaviour.check(process)

            run = sf.simulate(process, 2, behaviour=behaviour, horizon="20 days", fast=False)

            assert len(run) == 2

    def test_the_chances_are_those_of_the_process(self):
        """A stage is left forward so often that its chance to be won becomes that of the next."""
        then = sf.Behaviour.default_for(SIX).stage["proof"].then

        assert then["proposal"] == pytest.approx(0.4 / 0.6, abs=1e-6)
        assert sum(then.values()) == pytest.approx(1)

    def test_numbers_by_hand(self):
        """
        Ten days of eight hours, and five of them, are a fortnight and a week on the clock.

        Half of the tightest limit is what work takes; touches are 0.6 of the shortest gap apart, in
        the 40 hours of a week. Where two stages lie ahead each is gone to as often.
        """
        found = sf.Behaviour.default_for(sf.load_process(TWO_WAYS))
        talk, offer, _ = found.stages

        assert talk.work == Lognormal("7 days", median="5 days")
        assert offer.work == Lognormal("14 days", median="10 days")
        assert talk.then == {"offer": 0.35, "won": 0.35, "lost": 0.24, "later": 0.06}
        assert found.touches.every == Lognormal("24 business hours", median="18 business hours")

    def test_gates_open(self):
        """What a gate asks for is learned in its stage, whatever it compares with."""
        exits = {
            "a": ("flag and not sour", 'kind != "x"'),
            "b": ("people > 2 or flag", "100 < money", 'day >= "2026-01-01"', 'said != "no"'),
            "c": ("people != 2", "people < 9", 'kind in ["y"]'),
        }
        facts = [
            *(Fact(id=name, type="bool") for name in ("flag", "sour")),
            Fact(id="kind", type="one_of", values=["x", "y"]),
            Fact(id="people", type="int"),
            Fact(id="money", type="money"),
            Fact(id="day", type="date"),
            Fact(id="said", type="text"),
        ]
        process = Process(
            id="p",
            version="1",
            currency="EUR",
            facts=facts,
            stages=[
                *(Stage(id=name, exit=exit_) for name, exit_ in exits.items()),
                Stage(id="won", kind="won"),
            ],
        )
        result = sf.simulate(process, 20, fast=False)

        assert result.count("won") == 20
        assert result.columns["refusals"].sum() == 0
        known = result.deal(0).state(result.until).facts
        assert known["money"] == Decimal(101)
        assert known["said"] == "not no"

    def test_a_process_without_time_of_its_own(self):
        """Where all hours are open, time is counted on the clock."""
        process = Process(id="p", version="1", stages=[Stage(id="a"), Stage(id="w", kind="won")])
        behaviour = sf.Behaviour.default_for(process)

        assert behaviour.touches.every.unit.value in {"hours", "days"}
        assert dict(behaviour.stage["a"].then) == {"w": 1}

    def test_variants(self):
        """A part is changed by attrs.evolve, like any other value."""
        behaviour = sf.Behaviour.default_for(SIX)
        eager = attrs.evolve(behaviour, touches=Touches(every=Exponential("1 day")))

        assert eager != behaviour
        assert eager.stages == behaviour.stages

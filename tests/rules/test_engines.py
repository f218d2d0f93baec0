"""Live deals on compiled rules answer what they answer on plain ones."""

import concurrent.futures
import contextlib
import pickle
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.deal.small import DAY, HOUR, MON, TUE, WED, gap, moved, opened, timer
from tests.deal.test_machine_of_verbs import Verbs
from tests.rules.answers import live_answer, slow_answer
from tests.rules.cases import all_said, cases, outcome
from tests.rules.changes import make_change
from tests.rules.engines import compiled_rules, plain_rules

import salesflow as sf
from salesflow.errors import MissingExtraError
from salesflow.rules import engines

pytest.importorskip("numba")
pytestmark = [pytest.mark.compiled, pytest.mark.long]


@pytest.fixture(scope="module", autouse=True)
def plain():
    """Deals run on the rules as they are written, whatever the whole run does."""
    with plain_rules():
        yield


def everything(deal, nows):
    """All that a deal says at some instants, and the agenda and pulse that it makes."""
    told = [
        (deal.effects(now), deal.summary(now), deal.plays(now), deal.agenda(now), deal.pulse(now))
        for now in nows
    ]
    return all_said(deal, nows), told, deal.ledger(nows[-1]), str(deal.explain(nows[-1]))


class TestCompiledDeals:
    @settings(max_examples=60)
    @given(case=cases)
    def test_it_says_the_same(self, case):
        """A random deal, asked everything."""
        with compiled_rules():
            fast = case.deal

        assert fast._run.book.engine is not case.deal._run.book.engine
        assert everything(fast, case.nows) == everything(case.deal, case.nows)

    @settings(max_examples=30)
    @given(case=cases)
    def test_it_refuses_the_same(self, case):
        """Random commands, one after the other."""
        with compiled_rules():
            fast = case.deal
        plain = case.deal

        for now in case.nows:
            name, said = case.command(now)
            assert outcome(fast, now, name, said) == outcome(plain, now, name, said)
        assert fast.events == plain.events

    @settings(max_examples=40)
    @given(seed=st.integers(0, 2**40))
    def test_it_comes_under_other_processes(self, seed):
        """A random deal that is migrated, against the referee."""
        case = make_change(seed)
        with compiled_rules():
            fast = case.deal

        for now in (now for now in case.nows if now >= fast.opened_at):
            assert live_answer(fast, now) == slow_answer(case.slow, now)

    def test_late_facts(self):
        """What comes late is folded in again, from a copy of what the deal was."""
        told = []
        for rules in (contextlib.nullcontext(), compiled_rules()):
            with rules:
                deal = opened(gap(max="3 days"))
            for day in (9, 1, 5, 7, 3, 8, 2, 6, 4):
                deal.log("call", at=MON + day * DAY)
            told.append(everything(deal, [MON + day * DAY for day in range(20)]))
        assert told[0] == told[1]

    def test_room_grows(self):
        """Many moves, holds, plans and breaches: more than a memory has room for at first."""
        told = []
        for rules in (contextlib.nullcontext(), compiled_rules()):
            with rules:
                deal = opened(timer(since="stage", after="1 hour", mode="observe"))
            for day, stage in enumerate(("proof", "talk") * 10):
                at = MON + day * DAY
                deal.record(moved(stage, at + 2 * HOUR))
                deal.plan("call", at=at + 4 * HOUR, starts_at=at + 40 * DAY)
                deal.hold(until=at + 12 * HOUR, at=at + 8 * HOUR)
            told.append(everything(deal, [MON + 15 * DAY, MON + 30 * DAY]))
        assert told[0] == told[1]

    def test_threads(self):
        """Each thread has its own room for what stands in the way."""
        with compiled_rules():
            deals = [opened() for _ in range(64)]

        def ask(deal):
            return [deal.obstacles(to, MON) for to in ("proof", "won", "lost", "offer")]

        expected = ask(deals[0])
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            assert all(said == expected for said in pool.map(ask, deals * 20))

    def test_pickled(self):
        """A deal is its events: it comes back on whatever rules the process runs then."""
        with compiled_rules():
            deal = opened()
        deal.log("call", at=TUE)
        again = pickle.loads(pickle.dumps(deal))  # noqa: S301 - our own bytes

        assert again._run.book.engine is not deal._run.book.engine
        assert again.state(WED) == deal.state(WED)

    def test_results_are_pickled(self):
        """What a simulation found goes to another process, whatever rules that one runs."""
        with compiled_rules():
            found = sf.simulate(sf.load_process("six-step"), deals=20, seed=1)
            packed = pickle.dumps(found)
        again = pickle.loads(packed)  # noqa: S301 - our own bytes

        assert again.events(3) == found.events(3)
        assert again.deal(3).events == found.deal(3).events


class TestCompileRules:
    def test_what_is_there_goes_on(self):
        """A deal that was opened before stays on plain rules, whatever it is told."""
        deal = opened()
        with compiled_rules():
            call = deal.log("call", at=TUE)
            deal.retract(call.id, at=WED)

            assert deal._run.book.engine is engines.PLAIN
            assert opened()._run.book.engine is engines.chosen() is not engines.PLAIN
        assert deal.state(WED).last_touch_at is None

    def test_without_numba(self, monkeypatch):
        """A missing extra names itself, and nothing has changed."""

        def missing():
            raise MissingExtraError("numba", "fast")

        monkeypatch.setattr("salesflow.rules.fast.compiled_engine", missing)
        before = engines.chosen()
        with pytest.raises(MissingExtraError, match=r"salesflow\[fast\]"):
            sf.compile_rules()
        assert engines.chosen() is before

    def test_without_the_extra(self):
        """Where neither numba nor numpy is installed, the extra is named."""
        code = (
            "import sys; sys.modules.update(numba=None, numpy=None); "
            "import salesflow; salesflow.compile_rules()"
        )
        run = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False
        )

        assert run.stderr.splitlines()[-1].startswith("salesflow.errors.MissingExtraError: ")
        assert "salesflow[fast]" in run.stderr


class CompiledVerbs(Verbs):
    """The verbs at random, on compiled rules."""

    def __init__(self):
        super().__init__()
        self.rules = compiled_rules()
        self.rules.__enter__()

    def teardown(self):
        self.rules.__exit__(None, None, None)


TestCompiledVerbs = CompiledVerbs.TestCase

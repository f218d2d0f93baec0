"""`salesflow.testing`: what its strategies reach, and that its laws can be broken."""

import datetime as dt
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, Phase, assume, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

import salesflow as sf
from salesflow import testing
from salesflow.deal import Deal
from salesflow.deal.commands import Commands
from salesflow.events import TYPES, Activity, Moved, Opened, Reopened
from salesflow.process import Fact, Play, Role, Stage
from salesflow.testing import laws
from salesflow.testing.histories import MONDAY
from tests.deal.random_plays import make_play_case
from tests.deal.small import gap, process, timer

RICH = process(
    gap(warn="1 day", max="3 business days"),
    timer(after="9 days", move_to="lost", reason="silence"),
    facts=[
        Fact(id="need", type="bool"),
        Fact(id="budget", type="money"),
        Fact(id="people", type="int"),
        Fact(id="segment", type="one_of", values=["smb", "big"]),
        Fact(id="tender_due", type="date"),
        Fact(id="note", type="text"),
    ],
    stages=[
        Stage(id="talk", exit=["need", "budget >= 50_000", "people >= 3"]),
        Stage(id="offer", exit=["note == 'agreed' or tender_due > '2026-04-01'"]),
        Stage(id="won", kind="won"),
        Stage(id="lost", kind="lost", reasons=["silence", "price"]),
    ],
    roles=[Role(id="rep"), Role(id="boss", may_override=["*"])],
    plays=[Play(id="intro", activity="call", within="2 days")],
)
LATE = MONDAY + dt.timedelta(days=5)
SEARCH = settings(
    max_examples=1_000, database=None, derandomize=True, deadline=None, phases=[Phase.generate]
)


def reached(strategy, condition):
    """Whether the strategy has something of which the condition is true."""
    try:
        find(strategy, condition, settings=SEARCH)
    except NoSuchExample:
        return False
    return True


class Drawn:
    """What Hypothesis would draw from, with what it draws said in advance."""

    def __init__(self, *values):
        self._values = iter(values)

    def draw(self, _, __=None):
        return next(self._values)


class TestFacts:
    @pytest.mark.long
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("need", True),
            ("budget", 50_000),
            ("people", 2),
            ("people", 3),
            ("segment", "big"),
            ("tender_due", dt.date(2026, 4, 1)),
            ("tender_due", dt.date(2026, 4, 2)),
            ("note", "agreed"),
            ("value", 0),
        ],
    )
    def test_right_at_what_gates_compare_with(self, name, value):
        """Every type of fact, at its limit and right beside it."""
        assert reached(testing.facts(RICH), lambda known: known.get(name) == value)

    @given(known=testing.facts(RICH))
    def test_a_deal_can_learn_them(self, known):
        """No value is one that the fact cannot have; what is not known is not learned."""
        assume(known)
        deal = Deal.open(RICH, id="D", at=MONDAY)

        assert deal.learn(at=MONDAY, facts=known).facts == known


class TestInstants:
    def test_at_the_limits_of_rules(self):
        """So long after the start as a rule says, and a microsecond beside it."""
        wanted = RICH.calendar.add(MONDAY, "3 business days")
        beside = wanted + dt.timedelta(microseconds=1)

        for at in (wanted, beside):
            assert reached(testing.instants(RICH), lambda found, at=at: found == at)

    @given(at=testing.instants(RICH, start=LATE))
    def test_not_before_the_start(self, at):
        assert at >= LATE


class TestHistories:
    @pytest.mark.long
    @pytest.mark.parametrize("kind", sorted(set(TYPES) - {"migrated"}))
    def test_every_kind_of_event(self, kind):
        """Whatever may be recorded is."""
        assert reached(testing.histories(RICH), lambda told: any(e.kind_name == kind for e in told))

    @given(told=testing.histories(RICH, most=2))
    def test_no_more_than_asked_for(self, told):
        """Beside the opening there are at most so many."""
        assert len(told) <= 3

    @pytest.mark.long
    @pytest.mark.parametrize(
        "condition",
        [
            lambda deal: deal.state(LATE).outcome == "lost",
            lambda deal: deal.state(LATE).outcome == "won",
            lambda deal: bool(deal.state(LATE).holds),
            lambda deal: bool(deal.state(LATE).deviations),
            lambda deal: deal.state(LATE).uncertain,
            lambda deal: deal.state(LATE).status == "due",
            lambda deal: any(play.status == "done" for play in deal.plays(LATE)),
            lambda deal: any(item.urgency == "planned" for item in deal.agenda(LATE)),
        ],
        ids=["lost", "won", "held", "deviates", "uncertain", "due", "played", "planned"],
    )
    def test_deals_of_every_sort(self, condition):
        """Deals get everywhere."""
        assert reached(testing.deals(RICH), condition)

    def test_steps_beyond_the_calendar_are_left_out(self):
        """A process whose calendar ends has histories all the same."""
        late = dt.datetime(2100, 12, 20, tzinfo=dt.UTC)

        assert reached(testing.histories(RICH, start=late), lambda told: len(told) > 5)

    @settings(max_examples=20, suppress_health_check=list(HealthCheck))
    @given(seed=st.integers(0, 2**40), data=st.data())
    def test_any_process(self, seed, data):
        """Whatever the process, its histories are ones that a deal can have."""
        definition = make_play_case(seed).process
        events = data.draw(testing.histories(definition))

        assert isinstance(events[0], Opened)
        assert len(Deal.replay(definition, events).events) == len(events)


@pytest.fixture
def unshrunk():
    """What breaks a law is not made smaller: nobody reads it here."""
    before = settings.get_current_profile_name()
    settings.register_profile("unshrunk-laws", settings(phases=[Phase.generate]))
    settings.load_profile("unshrunk-laws")
    yield
    settings.load_profile(before)


@pytest.mark.usefixtures("unshrunk")
class TestCheckLaws:
    @pytest.mark.long
    @pytest.mark.parametrize("name", ["six-step", "whale-hunt"])
    def test_they_hold(self, name):
        """For the built-in processes."""
        testing.check_laws(sf.load_process(name), examples=10)

    @pytest.mark.long
    @pytest.mark.parametrize("mode", ["enforce", "warn", "observe"])
    def test_they_hold_in_every_mode(self, mode):
        testing.check_laws(RICH.replace("mode", mode), examples=10)

    def test_looking_that_changes_something(self, monkeypatch):
        """A deal that remembers that it was looked at is found."""
        self.plant(monkeypatch, Deal, "deadlines", lambda deal, _: deal.saved())
        self.plant(monkeypatch, Deal, "agenda", lambda deal, now: deal.log("call", at=now))

        self.broken(laws.looking_changes_nothing)

    def test_an_order_that_matters(self, monkeypatch):
        """Events that depend on when they came are found."""
        replay = Deal.replay.__func__

        def forgetful(cls, definition, events):
            openings = [event for event in events if isinstance(event, Opened)]
            others = [event for event in events if not isinstance(event, Opened)]
            return replay(cls, definition, [*openings, *others[:1]])

        monkeypatch.setattr(Deal, "replay", classmethod(forgetful))

        self.broken(laws.order_does_not_matter)

    def test_what_json_loses(self, monkeypatch):
        """An event that comes back as another one is found."""
        known = Activity.to_dict
        monkeypatch.setattr(
            Activity, "to_dict", lambda event: {**known(event), "status": "cancelled"}
        )

        self.broken(laws.what_is_written_can_be_read)

    def test_a_refusal_that_leaves_something(self, monkeypatch):
        """A refused command that has changed something is found."""
        done = Commands._done

        def leaky(deal, asked, *said, **more):
            deal.assign("kim", at=asked.event.occurred_at)
            return done(deal, asked, *said, **more)

        monkeypatch.setattr(Commands, "_done", leaky)

        self.broken(laws.a_refused_command_changes_nothing)

    def test_a_gate_that_lets_pass(self, monkeypatch):
        """A command that is accepted although the rules are against it is found."""

        def lenient(deal, asked, *_, **__):
            deal._run.add(asked.event)

        monkeypatch.setattr(Commands, "_done", lenient)
        monkeypatch.setattr(Commands, "can_move", lambda *_: True)

        self.broken(laws.an_accepted_command_passes_no_gate)

    def test_what_was_a_deviation_is_no_new_one(self):
        """At one instant a reopening comes after a move, and is told from where that led."""
        at = MONDAY + dt.timedelta(days=1)
        moved = Moved(id="e1", to="offer", occurred_at=at)
        events = [
            Opened(id="o", deal="D", occurred_at=MONDAY),
            moved,
            Reopened(id="e2", occurred_at=at),
        ]
        deal = Deal.replay(RICH, events)
        before = deal.state(at).deviations
        # It comes between the two, so the second is told from another stage.
        deal.move("talk", at=at, id="e1a")
        assert deal.state(at).deviations[-1] not in before

        laws.an_accepted_command_passes_no_gate(RICH, Drawn(events, [at], "talk"))

    def plant(self, monkeypatch, cls, name, fault):
        """Let a method of a deal do something more."""
        method = getattr(cls, name)

        def faulty(deal, *said):
            fault(deal, *said)
            return method(deal, *said)

        monkeypatch.setattr(cls, name, faulty)

    def broken(self, law):
        with pytest.raises(AssertionError, match=f"broken: {law.__doc__}"):
            testing.check_laws(RICH, examples=200, laws=[law])


CODE = """
import sys
sys.modules["hypothesis"] = None
try:
    import salesflow.testing
except ImportError as error:
    print(type(error).__name__, error)
"""


class TestExtra:
    def test_names_the_extra(self):
        """Without Hypothesis, the import says what to install."""
        run = subprocess.run(
            [sys.executable, "-c", CODE], capture_output=True, text=True, check=False, timeout=60
        )

        assert run.stderr == ""
        assert run.stdout == (
            "MissingExtraError hypothesis is not installed. "
            "Install it: pip install 'salesflow[testing]'\n"
        )

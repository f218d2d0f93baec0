from __future__ import annotations

import pickle
import re

import attrs
import pytest
from tests.process.small_file import BASE

from salesflow.calendars import Calendar, Span, Unit
from salesflow.errors import ProcessError, UnknownName
from salesflow.process.gates import GateError, parse_gate
from salesflow.process.load import load_process
from salesflow.process.model import Process
from salesflow.process.parts import (
    ActivityKind,
    ContactGap,
    Criterion,
    Escalation,
    Fact,
    Holds,
    Listing,
    Mode,
    Move,
    NamedCalendar,
    Play,
    Postponement,
    Role,
    Stage,
    StageKind,
    Timer,
    TouchClass,
)

STAGES = (Stage(id="talk"), Stage(id="won", kind="won"), Stage(id="lost", kind="lost"))


SPAN = Span(3, Unit.DAYS)
PARTS = (
    *(Role(id="rep"), ActivityKind(id="visit"), TouchClass(id="few"), Fact(id="need", type="bool")),
    *(Holds(), STAGES[0], Move(from_stage="talk", to_stage="won"), Postponement(inbound=SPAN)),
    *(ContactGap(id="touch", max=SPAN), Timer(id="cold", since="opened", after=SPAN)),
    *(Escalation(after=SPAN, to="rep"), Criterion(id="need", expression="need")),
    *(
        Play(id="ask", activity="call", every=SPAN),
        NamedCalendar(id="gulf", calendar=Calendar("UTC")),
    ),
    Process(id="tiny", version="1", stages=STAGES),
)
"""One of each."""
ODD = (
    *(None, "", 0, -1, 2**70, 1.5, float("nan"), True, "talk", "3 days", "\x00", b"talk"),
    *((), ["talk"], [None], [[]], {}, {"talk": 1}, SPAN, STAGES[0], Role(id="rep")),
)
"""What an argument may get by mistake."""


def tiny(**changes):
    return Process(**{"id": "tiny", "version": "1", "stages": STAGES, **changes})


@pytest.fixture(scope="module")
def process():
    return load_process(BASE)


class TestParts:
    def test_texts_become_values(self):
        """Spans and enums may be given as the file writes them."""
        gap = ContactGap(id="touch", max="5 days", mode="warn", stages=["talk"])

        assert gap.max == Span(5, Unit.DAYS)
        assert gap.mode is Mode.WARN
        assert gap.stages == ("talk",)
        assert Stage(id="won", kind="won").kind is StageKind.WON
        assert tiny(back="listed").back is Listing.LISTED
        assert Stage(id="a", win_probability=1).win_probability == 1.0

    def test_criterion_of_text(self):
        """A plain string is a criterion with itself as its name."""
        stage = Stage(id="talk", exit=["need", Criterion(id="rich", expression="budget > 1")])

        assert stage.exit[0] == Criterion(id="need", expression="need")

    def test_name_of_a_stage(self):
        """A stage without a title is called by its id, made readable."""
        assert Stage(id="first_meeting").name == "First meeting"
        assert Stage(id="x", title="Erstgespräch").name == "Erstgespräch"

    @pytest.mark.parametrize(
        ("make", "error", "message"),
        [
            (lambda: Role(id=5), TypeError, "'id' must be text, got 5"),
            (
                lambda: Role(id="a\x00"),
                ValueError,
                "'id' may not contain the control character U.0000",
            ),
            (lambda: Role(id="a\ud800"), ValueError, "U.D800"),
            (lambda: ActivityKind(id="a", like=1), TypeError, "'like' must be text"),
            (
                lambda: ActivityKind(id="a", selling="no"),
                TypeError,
                "'selling' must be true or false",
            ),
            (lambda: TouchClass(id="a", kinds="call"), TypeError, r"Write \['call'\]"),
            (
                lambda: TouchClass(id="a", kinds=[1]),
                TypeError,
                "expected a list of names, got 1 in it",
            ),
            (lambda: TouchClass(id="a", kinds=["\x07"]), ValueError, "control character U.0007"),
            (
                lambda: TouchClass(id="a", direction="up"),
                ValueError,
                "'direction': got 'up'",
            ),
            (lambda: TouchClass(id="a", unanswered_cap=1.0), TypeError, "must be a whole number"),
            (lambda: TouchClass(id="a", unanswered_cap=True), TypeError, "must be a whole number"),
            (lambda: Fact(id="a", type="number"), ValueError, "'type': got 'number'"),
            (lambda: Fact(id="a", type="one_of", values="ab"), TypeError, "got the string 'ab'"),
            (lambda: Stage(id="a", exit="need"), TypeError, r"Write \['need'\]"),
            (lambda: Stage(id="a", exit=[1]), TypeError, "'exit' holds Criterion objects, got 1"),
            (lambda: Stage(id="a", win_probability="0.1"), TypeError, "a share from 0 to 1"),
            (lambda: Stage(id="a", win_probability=True), TypeError, "a share from 0 to 1"),
            (lambda: Move(from_stage="a", to_stage="b", by="rep"), TypeError, r"Write \['rep'\]"),
            (
                lambda: Move(from_stage="a", to_stage="b", reason_required=1),
                TypeError,
                "true or false",
            ),
            (lambda: Escalation(after="8", to="rep"), ValueError, "one unit"),
            (
                lambda: ContactGap(id="a", max=5),
                TypeError,
                'expected a span such as "5 business days", got 5',
            ),
            (lambda: ContactGap(id="a", max=None), TypeError, "got None"),
            (
                lambda: ContactGap(id="a", max="5 days", escalate=["rep"]),
                TypeError,
                "Escalation objects",
            ),
            (lambda: Timer(id="a", since="stage", after=5), TypeError, "expected a span"),
            (lambda: Timer(id="a", since="stage", mode="x"), ValueError, "'mode': got 'x'"),
            (lambda: tiny(stages="talk"), TypeError, "expected a list, got the string 'talk'"),
            (lambda: tiny(stages=["talk"]), TypeError, "'stages' holds Stage objects, got 'talk'"),
            (lambda: tiny(calendar="UTC"), TypeError, r"made with Calendar\(…\), got 'UTC'"),
            (lambda: tiny(roles=Role(id="rep")), TypeError, r"got Role\(.*Put it in brackets"),
            (lambda: Move(from_stage="a", to_stage="b", by=5), TypeError, "a list of names, got 5"),
            (lambda: Stage(id="a", exit=None), TypeError, "a list of criteria, got None"),
            (lambda: tiny(version=1), TypeError, "'version' must be text, got 1"),
            (lambda: tiny(back="some"), ValueError, "'back': got 'some'"),
        ],
    )
    def test_refused(self, make, error, message):
        """A value of a wrong type is refused where it is set."""
        with pytest.raises(error, match=message):
            make()

    @pytest.mark.parametrize("part", PARTS, ids=lambda part: type(part).__name__)
    def test_anything(self, part):
        """Whatever an argument gets, it is taken or refused by a message of ours."""
        for field in attrs.fields(type(part)):
            for value in ODD:
                try:
                    made = attrs.evolve(part, **{field.alias: value})
                    tiny(stages=[*STAGES, made] if isinstance(made, Stage) else STAGES)
                except (TypeError, ValueError, ProcessError) as error:
                    said = str(error)
                    assert not re.search("is not iterable|has no attribute|^\\(|<class", said), said


class TestProcess:
    def test_all_problems_at_once(self):
        """A process that does not hold together names every problem, with paths of the file."""
        with pytest.raises(ProcessError) as caught:
            tiny(
                stages=[*STAGES, Stage(id="talk")],
                contact_gaps=[ContactGap(id="gap", max="5 days", touch="tow_way")],
                timers=[Timer(id="gap", since="opened", after="1 day", move_to="won")],
                facts=[Fact(id="need", type="bool"), Fact(id="need", type="int")],
                roles=[Role(id="Rep")],
            )

        assert str(caught.value).splitlines() == [
            "process 'tiny' has 6 problems.",
            (
                "  - roles.Rep: 'Rep' is not a valid name; expected small letters, digits and "
                "underscores, a letter first, at most 64. Write 'rep'"
            ),
            "  - facts.need: 'need' is declared twice",
            "  - stages[3].id: 'talk' is already the name of stages[0]; rename it",
            "  - timers[0].id: 'gap' is already the name of contact_gaps[0]; rename it",
            "  - contact_gaps[0].touch: no touch class named 'tow_way'; did you mean 'two_way'?",
            (
                "  - timers[0].move_to: 'won' is won, but time cannot win a deal; "
                "expected another stage"
            ),
        ]
        assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301

    @pytest.mark.parametrize(
        ("name", "meant"), [("Erstgespräch", "erstgesprach"), ("Réunion à deux", "reunion_a_deux")]
    )
    def test_names_in_other_languages(self, name, meant):
        """What is suggested keeps the letters below the accents."""
        with pytest.raises(ProcessError, match=f"Write '{meant}'"):
            tiny(roles=[Role(id=name)])

    def test_same_rule_twice(self):
        """A rule may stand only once, even if both say the same."""
        gap = ContactGap(id="gap", max="5 days")
        with pytest.raises(ProcessError, match=r"contact_gaps\[1\].id: .*; remove one"):
            tiny(contact_gaps=[gap, gap])

    def test_same_criterion_in_two_stages(self):
        """One criterion may stand in several stages; another one may not take its name."""
        facts = [Fact(id="need", type="bool"), Fact(id="n", type="int")]
        rich = Criterion(id="many", expression="n > 1")
        stages = [Stage(id="a", exit=["need", rich]), Stage(id="b", exit=["need", rich]), *STAGES]

        assert tiny(stages=stages, facts=facts)
        told = r"exit\[1\].id: 'many' is already the name of .* else; make the two alike"
        with pytest.raises(ProcessError, match=told):
            tiny(
                stages=[
                    stages[0],
                    attrs.evolve(
                        stages[1], exit=["need", Criterion(id="many", expression="n > 2")]
                    ),
                    *STAGES,
                ],
                facts=facts,
            )

    @pytest.mark.parametrize(
        ("warn", "longest"),
        [
            ("5 days", "5 days"),
            ("1 week", "7 days"),
            ("9 days", "5 business days"),
            ("60 minutes", "1 hour"),
        ],
    )
    def test_warning_in_time(self, warn, longest):
        """A warning may come with the breach; spans that cannot be compared are not compared."""
        assert tiny(contact_gaps=[ContactGap(id="a", warn=warn, max=longest)])

    def test_most_touch_classes(self):
        """As many touch classes as the rules can tell apart, and no more."""
        touches = [TouchClass(id=f"t{number}") for number in range(61)]

        assert tiny(touches=touches[:60])
        with pytest.raises(ProcessError, match="touches: 61 touch classes, expected at most 60"):
            tiny(touches=touches)

    def test_too_many_roles(self):
        """To the rules roles are bits of one 64-bit number as well."""
        roles = [Role(id=f"r{number}") for number in range(61)]
        with pytest.raises(ProcessError, match="roles: 61 roles, expected at most 60"):
            tiny(roles=roles)

    def test_longest_notice(self):
        """A notice may be as long as its timer."""
        assert tiny(timers=[Timer(id="a", since="stage", after="5 days", notice="5 days")])

    def test_lookups(self, process):
        """What is built in stands before what is declared."""
        assert list(process.touch_classes) == ["any", "two_way", "inbound", "expert"]
        assert list(process.all_facts) == ["value", "need", "budget", "deciders", "segment", "due"]
        assert [stage.id for stage in process.open_stages] == ["talk", "proof"]
        assert process.stage("proof") is process.stages[1]
        assert list(process.stages_by_id) == ["talk", "proof", "won", "lost", "later"]

    def test_watched_stages(self, process):
        """A rule watches every open stage, or those that it names, in the order of the sale."""
        gap = ContactGap(id="a", max="5 days")
        timer = Timer(id="b", since="stage", after="1 day", stages=["later", "won", "talk"])

        assert process.watched_by(gap) == ("talk", "proof")
        assert process.watched_by(timer) == ("talk", "won", "later")

    @pytest.mark.parametrize(
        ("since", "clock"),
        [
            ("touch", ("touch", "any")),
            ("touch:expert", ("touch", "expert")),
            ("stage", ("stage", "")),
            ("date:due", ("date", "due")),
        ],
    )
    def test_clocks(self, since, clock):
        """A touch that names no class is any touch; a gap and a timer can have the same clock."""
        assert Timer(id="a", since=since, after="1 day").clock == clock
        assert ContactGap(id="a", max="1 day").clock == ("touch", "any")

    def test_mode_of_a_rule(self, process):
        """A rule has its own mode, or that of the process."""
        gap = ContactGap(id="a", max="5 days")

        assert process.mode_of(gap) is process.mode
        assert process.mode_of(attrs.evolve(gap, mode="observe")) is Mode.OBSERVE

    def test_unknown_stage(self, process):
        """A stage that is not there is a mistake of the caller, with a hint."""
        with pytest.raises(
            ValueError, match="process 'tiny' has no stage 'prof'; did you mean 'proof'"
        ):
            process.stage("prof")
        with pytest.raises(ValueError, match="known: talk, proof, won, lost, later"):
            process.stage("zzz")

    def test_role(self, process):
        """A role by its name; one that is not there is a mistake of the caller, with a hint."""
        assert process.role("boss") in process.roles
        with pytest.raises(UnknownName, match="has no role 'bos'; did you mean 'boss'"):
            process.role("bos")

    def test_gates_of_strangers_are_not_kept(self, process):
        """However many expressions are asked, a process keeps its own gates only."""
        own = set(process._gates)
        for number in range(100):
            process.gate(f"due >= '{2000 + number}-01-01'")

        assert set(process._gates) == own
        assert all(process.gate(text) is process.gate(text) for text in own)

    def test_gate(self, process):
        """A gate is parsed over the facts and in the currency of the process, once."""
        gate = process.gate("budget >= 100")

        assert gate == parse_gate("budget >= 100", process.all_facts, "USD")
        assert process.gate("budget >= 100") is gate
        assert process.facts_of("budget >= 100 or need") == ("budget", "need")
        with pytest.raises(GateError, match="no fact named 'bugdet'; did you mean 'budget'"):
            process.gate("bugdet >= 100")

    def test_default_calendar(self):
        """Built in Python, a process without a calendar counts in UTC, all day, every day."""
        assert tiny().calendar == Calendar(timezone="UTC")


class TestEquality:
    def test_order_of_keys_says_nothing(self):
        """Facts, roles, activities and touch classes in another order make the same process."""
        one = load_process(BASE)
        moved = BASE.replace("rep = {}\nboss = {}", "boss = {}\nrep = {}").replace(
            'need = { type = "bool" }\nbudget = { type = "money" }',
            'budget = { type = "money" } # what they have\nneed = { type = "bool" }',
        )
        other = load_process(moved)

        assert (other, hash(other), other.hash) == (one, hash(one), one.hash)

    def test_defaults_say_nothing(self):
        """A default that is written out makes the same process."""
        written = BASE.replace('id = "later"', 'id = "later"\ntitle = ""\nexit = []').replace(
            'id = "tiny"', 'id = "tiny"\nback = "any"'
        )

        assert load_process(written).hash == load_process(BASE).hash

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ('title = "x"', 'title = "y"'),
            ('max = "5 days"', 'max = "6 days"'),
            ('timezone = "UTC"', 'timezone = "Europe/Paris"'),
            ('["silence", "price"]', '["price", "silence"]'),
            ("win_probability = 0.1", "win_probability = 0.2"),
            ('version = "1"', 'version = "2"'),
            ("deciders >= 1", "deciders >=  1"),
        ],
    )
    def test_content_says_all(self, old, new):
        """Everything else makes another process, with another hash."""
        base = BASE.replace('id = "talk"', 'id = "talk"\ntitle = "x"')
        one, other = load_process(base), load_process(base.replace(old, new))

        assert base.count(old) == 1
        assert one != other
        assert one.hash != other.hash

    def test_hash_is_stable(self):
        """The hash of one text never changes: stored deals are pinned to it."""
        assert load_process(BASE).hash == HASH_OF_BASE

    def test_frozen(self, process):
        """A process does not change."""
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            process.id = "other"


HASH_OF_BASE = "e98ffb9b0bb2c81bf5612969b502ceec98b80d836e285227a60337f48dcbc566"

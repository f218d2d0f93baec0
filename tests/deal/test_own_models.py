"""`salesflow.machine`: an ordinary machine with our gates, for models of one's own."""

import pickle
import random
from types import SimpleNamespace

import attrs
import pytest
import transitions
from hypothesis import given
from hypothesis import strategies as st
from tests.deal.small import MON, gap, kill, process
from tests.rules.processes import VALUES, random_process

import salesflow as sf
from salesflow.deal import Deal
from salesflow.deal.machine import GateMachine, machine
from salesflow.errors import Code, UnknownName
from salesflow.process import Criterion, Fact, Move, Stage

PROCESS = process(
    moves=[Move(from_stage="offer", to_stage="won", by=["boss"], exit=["budget > 5"])]
)


class Lead:
    """A model as a team may have it; two of one name are equal."""

    def __init__(self, name="ACME", **facts):
        self.name = name
        self.__dict__.update(facts)

    def __eq__(self, other):
        return isinstance(other, Lead) and self.name == other.name

    def __hash__(self):
        return hash(self.name)


@attrs.define
class Slotted:
    """A model without room for triggers."""

    stage: str
    need: bool | None = None


class WithMethod:
    """A model that says its facts when it is asked."""

    def __init__(self, **facts):
        self.kept = facts

    def known(self):
        return self.kept


class TestMoves:
    def test_it_is_an_ordinary_machine(self):
        """An instance of the library's class, with a trigger for each stage that is moved to."""
        lead = Lead()
        found = sf.machine(PROCESS, lead)

        assert isinstance(found, transitions.Machine)
        assert (lead.stage, found.models, found.get_triggers("talk")) == (
            "talk",
            [lead],
            ["move_to_proof", "move_to_lost", "move_to_nurture"],
        )
        assert lead.is_stage_talk()

    def test_a_gate_is_asked(self):
        """Shut, the trigger says False and the model stays; open, it goes."""
        lead = Lead()
        machine(PROCESS, lead)
        assert (lead.may_move_to_proof(), lead.move_to_proof(), lead.stage) == (
            *(False, False),
            "talk",
        )
        lead.need = True

        assert (lead.may_move_to_proof(), lead.move_to_proof(), lead.stage) == (
            *(True, True),
            "proof",
        )

    def test_every_obstacle_at_once(self):
        """The same that a live deal would meet."""
        found = machine(PROCESS)
        lead = SimpleNamespace(stage="offer", budget=3)

        assert [(o.code, o.rule, o.unknown) for o in found.obstacles(lead, "won")] == [
            (Code.CRITERION, "budget > 5", ()),
            (Code.ROLE, None, ()),
        ]
        assert found.obstacles(lead, "lost", reason="price") == ()

    def test_roles_and_reasons(self):
        """They are said to the trigger."""
        lead = Lead(budget=6)
        machine(PROCESS, lead, initial="offer")

        assert not lead.move_to_won()
        assert not lead.move_to_won(role="rep")
        assert lead.move_to_won(role="boss")

    def test_an_unknown_role(self):
        """It is a slip, whether the move asks for a role or not."""
        lead = Lead(need=True)
        made = machine(PROCESS, lead)

        with pytest.raises(UnknownName, match="has no role 'bos'; did you mean 'boss'"):
            lead.move_to_proof(role="bos")
        with pytest.raises(UnknownName, match="has no role 'bos'"):
            made.obstacles(lead, "proof", role="bos")
        assert lead.stage == "talk"

    def test_a_closed_list_of_reasons(self):
        """A lost stage wants one of its own, if any is given."""
        first, second = Lead("a"), Lead("b")
        machine(PROCESS, [first, second])

        assert not first.move_to_lost(reason="bad weather")
        assert second.move_to_lost(reason="price")

    def test_no_way_round(self):
        """Nothing jumps, and a closed model stays where it is."""
        lead = Lead()
        machine(PROCESS, lead, initial="lost")

        assert not hasattr(lead, "to_won")
        with pytest.raises(transitions.MachineError):
            lead.move_to_proof()

    @pytest.mark.parametrize("mode", ["warn", "observe"])
    def test_modes(self, mode):
        """What only warns lets pass, and can still be asked for."""
        lead = Lead()
        found = machine(process(mode=mode), lead)

        assert [o.blocks for o in found.obstacles(lead, "proof")] == [False]
        assert lead.move_to_proof()


class TestWhatIsNotEnforced:
    def test_what_needs_a_history(self):
        """Gaps and timers are not asked for; nor does it matter who learned a fact, or when."""
        strict = process(
            gap(max="1 minute"),
            kill(after="1 minute"),
            stages=[
                Stage(id="talk", exit=[Criterion(id="n", expression="need", by=["boss"])]),
                Stage(id="won", kind="won"),
                Stage(id="lost", kind="lost"),
            ],
            facts=[Fact(id="need", type="bool", valid_for="1 minute")],
        )
        lead = Lead(need=True)
        machine(strict, lead)

        assert lead.move_to_won()

    def test_where_a_parked_model_came_from(self):
        """It may come back to every open stage."""
        lead = Lead()
        machine(PROCESS, lead, initial="nurture")

        assert lead.move_to_offer()


class TestFacts:
    def test_none_is_unknown(self):
        """As is what is not there; what the process does not name means nothing."""
        found = machine(PROCESS)
        lead = SimpleNamespace(stage="talk", need=None, color="red")

        assert [o.unknown for o in found.obstacles(lead, "proof")] == [("need",)]

    @pytest.mark.parametrize(
        "lead",
        [WithMethod(need=True, other=1), SimpleNamespace(known={"need": True})],
        ids=["method", "attribute"],
    )
    def test_in_one_place(self, lead):
        """A model may have an attribute or a method that holds them all."""
        machine(PROCESS, lead, facts="known")

        assert lead.move_to_proof()

    def test_money_in_another_currency(self):
        """It is an obstacle, never a conversion."""
        found = machine(PROCESS)
        lead = SimpleNamespace(stage="offer", budget="900 EUR")

        (obstacle, _) = found.obstacles(lead, "won")
        assert "budget is 900 EUR, expected USD" in obstacle.message

    def test_a_value_that_it_cannot_have(self):
        """Is an error of the model, not a shut gate; the model has not moved."""
        lead = Lead(need="perhaps")
        machine(PROCESS, lead)
        with pytest.raises((TypeError, ValueError), match="need"):
            lead.move_to_proof()

        assert lead.stage == "talk"


class TestOrdinaryUse:
    def test_callbacks(self):
        """They are called as always; what is said to a trigger comes through."""
        heard = []

        class Hearing(Lead):
            def on_enter_proof(self, event):
                heard.append(("enter", event.kwargs["role"]))

        lead = Hearing(need=True)
        machine(PROCESS, lead, after_state_change=lambda event: heard.append(event.transition.dest))
        lead.move_to_proof(role="rep")

        assert heard == [("enter", "rep"), "proof"]

    def test_options(self):
        """Another attribute for the stage, and callbacks that take no event."""
        lead, heard = Lead(need=True), []
        options = {"send_event": False, "after_state_change": lambda **said: heard.append(said)}
        machine(PROCESS, lead, model_attribute="state", **options)
        lead.move_to_proof(reason="why not")

        assert (lead.state, heard) == ("proof", [{"reason": "why not"}])

    @pytest.mark.parametrize("name", ["states", "transitions", "auto_transitions"])
    def test_what_the_process_says_is_no_option(self, name):
        """A second list of states would be another process."""
        with pytest.raises(TypeError, match=name):
            machine(PROCESS, **{name: []})

    def test_more_transitions(self):
        """A team may add its own."""
        lead = Lead()
        machine(PROCESS, lead).add_transition("reset", "*", "talk")
        lead.move_to_nurture()
        lead.reset()

        assert lead.stage == "talk"

    def test_pickle(self):
        """Machine and models go through together."""
        lead = Lead()
        found, again = pickle.loads(pickle.dumps((machine(PROCESS, lead), lead)))  # noqa: S301
        again.need = True

        assert isinstance(found, GateMachine)
        assert (again.move_to_proof(), again.stage, lead.stage) == (True, "proof", "talk")

    def test_what_a_gate_asks_can_be_seen(self):
        """Who looks at the machine, or draws it, reads the criteria."""
        found = machine(PROCESS)
        asked = [
            found.get_transitions(f"move_to_{to}", "offer", to)[0].conditions[0].func
            for to in ("won", "talk")
        ]

        assert asked == ["budget > 5", "open"]


class TestManyModels:
    def test_none_is_added(self):
        """A machine moves what was never added, with slots or not; it keeps nothing of it."""
        found = machine(PROCESS)
        leads = [Slotted(stage="talk", need=number % 2 == 0 or None) for number in range(1_000)]
        moved = [found.move(lead, "proof") for lead in leads]

        assert (sum(moved), found.models) == (500, [])
        assert {lead.stage for lead in leads[::2]} == {"proof"}

    def test_equal_models(self):
        """Two that are equal count as one when they are added, so that they are better not."""
        one, other = Lead(need=True), Lead(need=True)
        found = machine(PROCESS, [one, other])
        assert not hasattr(other, "move_to_proof")
        other.stage = "talk"

        assert found.move(other, "proof")
        assert (one.stage, other.stage) == ("talk", "proof")

    @pytest.mark.parametrize("call", ["move", "obstacles"])
    def test_unknown_stage(self, call):
        """A misspelt stage is an error that says so."""
        with pytest.raises(ValueError, match="did you mean 'proof'"):
            getattr(machine(PROCESS), call)(Lead(), "prof")

    def test_a_stage_that_no_move_leads_to(self):
        """It is there, and cannot be entered."""
        with pytest.raises(transitions.MachineError, match="no move leads to 'talk'"):
            machine(process(back="listed", out="listed", stages=ONE_WAY)).move(Lead(), "talk")


ONE_WAY = [Stage(id="talk"), Stage(id="won", kind="won"), Stage(id="lost", kind="lost")]


class TestSameAsALiveDeal:
    @given(seed=st.integers(0, 2**40), role=st.sampled_from([None, "rep", "boss"]))
    def test_same_obstacles(self, seed, role):
        """A deal that was just opened with the same facts meets the same obstacles."""
        rng = random.Random(seed)
        definition = facts_only(random_process(rng))
        origin = rng.choice([s for s in definition.stages if s.kind != "parked"])
        facts = {name: rng.choice(values) for name, values in VALUES.items() if rng.random() < 0.7}
        deal = Deal.open(definition, id="D", at=MON, stage=origin.id)
        deal.learn(at=MON, facts=facts)
        found = machine(definition, facts="facts")
        model = SimpleNamespace(stage=origin.id, facts=facts)
        for stage in definition.stages:
            if stage is origin:
                continue

            assert found.obstacles(model, stage.id, role=role, reason="old") == deal.obstacles(
                stage.id, MON, role=role, reason="old"
            )


def facts_only(definition):
    """The same process without timers, and everybody may learn every fact."""

    def for_everybody(parts):
        exits = [[attrs.evolve(c, by=()) for c in part.exit] for part in parts]
        return [attrs.evolve(p, exit=asked) for p, asked in zip(parts, exits, strict=True)]

    return attrs.evolve(
        definition,
        stages=for_everybody(definition.stages),
        moves=for_everybody(definition.moves),
        timers=(),
        roles=[attrs.evolve(role, may_override=["*"]) for role in definition.roles],
    )

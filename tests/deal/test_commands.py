"""Commands: every kind of obstacle with its words, and what a refusal carries."""

import pickle

import pytest
from tests.deal.small import DAY, FRI, MON, STAGES, TUE, WED, gap, moved, opened, process

from salesflow.deal import Deal
from salesflow.errors import Code, EventError, Refused, UnknownName
from salesflow.events import Assigned, Learned, event_from_dict
from salesflow.process import Criterion, Fact, Holds, Move, Role

ROLES = [
    Role(id="rep"),
    Role(id="boss", may_override=["touch", "budget_ok"]),
    Role(id="lead", may_override=["*"]),
]
BUDGET = Criterion(
    id="budget_ok", expression="budget >= 50", say="The budget is there", by=["boss", "lead"]
)
OFFER = Move(from_stage="proof", to_stage="offer", by=["boss"], reason_required=True, exit=[BUDGET])
HOLDS = Holds(longest="2 days", per_deal=1, reasons=["legal", "budget cycle"])


def deal_with(longest="30 days", **said):
    """A deal in which everything can stand in the way."""
    fields = {"stage": "proof", "roles": ROLES, "moves": [OFFER], "holds": HOLDS}
    return opened(gap(max=longest), **fields | said)


def lost(deal):
    deal.move("lost", at=MON)


def parked(deal):
    deal.move("nurture", at=MON)


def held(deal):
    deal.hold(at=MON, until=TUE, reason="legal")


def moved_on(deal):
    deal.record(moved("talk", FRI))


def told(deal):
    deal.learn(at=MON, budget=60, role="rep")


def nothing(_deal):
    pass


CASES = [
    (
        *("no_such_move", nothing, "move to 'won'"),
        lambda deal: deal.move("won", at=MON),
        "the process has no move from 'proof' to 'won'. From here: offer, talk, lost, nurture.",
    ),
    (
        *("no_such_move", parked, "move to 'offer'"),
        lambda deal: deal.move("offer", at=TUE),
        (
            "the deal was last open in 'proof', which comes before 'offer'. "
            "Move it to 'proof' or an earlier open stage."
        ),
    ),
    (
        *("no_such_move", lost, "reopen"),
        lambda deal: deal.reopen(at=TUE, to="offer"),
        (
            "the deal was last open in 'proof', which comes before 'offer'. "
            "Reopen it in 'proof' or an earlier open stage."
        ),
    ),
    (
        *("closed", lost, "move to 'talk'"),
        lambda deal: deal.move("talk", at=TUE),
        "the deal is closed in 'lost'. Reopen the deal.",
    ),
    (
        *("closed", lost, "hold until 2026-03-04 10:00 UTC"),
        lambda deal: deal.hold(at=TUE, until=WED, reason="legal"),
        "the deal is closed in 'lost'. Reopen the deal, then hold it.",
    ),
    (
        *("criterion", nothing, "move to 'offer'"),
        lambda deal: deal.move("offer", at=MON, role="boss", reason="so"),
        "The budget is there (budget >= 50): unknown: budget. Learn budget, as boss or lead.",
    ),
    (
        *("criterion", told, "move to 'offer'"),
        lambda deal: deal.move("offer", at=MON, role="boss", reason="so"),
        (
            "The budget is there (budget >= 50): budget is 60 USD, but not learned as boss or "
            "lead. Learn budget, as boss or lead."
        ),
    ),
    (
        *("role", told, "move to 'offer'"),
        lambda deal: deal.move("offer", at=MON, role="rep", reason="so"),
        "the move to 'offer' requires role boss, got role 'rep'. Let a boss move it.",
    ),
    (
        *("reason", nothing, "move to 'offer'"),
        lambda deal: deal.move("offer", at=MON, role="boss"),
        "the move to 'offer' requires a reason, but none is given. Give one.",
    ),
    (
        *("reason", nothing, "move to 'lost'"),
        lambda deal: deal.move("lost", at=MON, reason="bored"),
        "the move to 'lost' requires a reason, got 'bored'. One of: silence, price.",
    ),
    (
        *("reason", nothing, "hold until 2026-03-03 10:00 UTC"),
        lambda deal: deal.hold(at=MON, until=TUE),
        "the hold requires a reason, but none is given. One of: legal, budget cycle.",
    ),
    (
        *("history", moved_on, "move to 'lost'"),
        lambda deal: deal.move("lost", at=TUE),
        (
            "the command is dated 2026-03-03 10:00 UTC, but the deal moved at 2026-03-06 10:00 "
            "UTC. Date it later, or record it as an event."
        ),
    ),
    (
        *("hold_length", nothing, "hold until 2026-03-06 10:00 UTC"),
        lambda deal: deal.hold(at=MON, until=FRI, reason="legal"),
        "a hold until 2026-03-06 10:00 UTC is longer than 2 days. Hold it for 2 days at most.",
    ),
    (
        *("hold_count", held, "hold until 2026-03-04 10:00 UTC"),
        lambda deal: deal.hold(at=TUE, until=WED, reason="legal"),
        "the deal has had 1 hold, as many as it may have. Go on with it, park it or close it.",
    ),
    (
        *("hold_empty", nothing, "hold until 2026-03-03 10:00 UTC"),
        lambda deal: deal.hold(at=TUE, until=TUE, reason="legal"),
        "a hold from 2026-03-03 10:00 UTC to 2026-03-03 10:00 UTC is empty. Give a later end.",
    ),
    (
        *("no_hold", nothing, "resume"),
        lambda deal: deal.resume(at=MON),
        "the deal is not on hold. There is nothing to end.",
    ),
    (
        *("no_right", nothing, "override 'budget_ok'"),
        lambda deal: deal.override("budget_ok", at=MON, until=TUE, role="rep", reason="so"),
        "'budget_ok' may be overridden by boss or lead, got role 'rep'. Let boss or lead do it.",
    ),
    (
        *("no_right", nothing, "override 'budget_ok'"),
        lambda deal: deal.override("budget_ok", at=MON, until=TUE, role=None, reason="so"),
        "'budget_ok' may be overridden by boss or lead, got no role. Let boss or lead do it.",
    ),
    (
        *("not_closed", nothing, "reopen"),
        lambda deal: deal.reopen(at=MON),
        "the deal is open in 'proof'. Move it instead.",
    ),
]


class TestWords:
    @pytest.mark.parametrize(("code", "before", "asked", "command", "text"), CASES)
    def test_an_obstacle(self, code, before, asked, command, text):
        """It says what was seen, what is wanted and what to do; the refusal what was asked."""
        deal = deal_with()
        before(deal)
        events = deal.events
        with pytest.raises(Refused) as refused:
            command(deal)

        found = {str(o): o.code for o in refused.value.obstacles}
        assert found[text] == code
        assert str(refused.value).startswith(f"deal 'D': cannot {asked}.\n  - ")
        assert deal.events == events

    def test_a_gap(self):
        """The one obstacle that time makes."""
        deal = deal_with("2 days")
        (obstacle, *_) = deal.obstacles("offer", FRI)

        assert str(obstacle) == (
            "contact gap 'touch' required a touch by 2026-03-04 10:00 UTC. Log a touch."
        )
        assert (obstacle.code, obstacle.rule, obstacle.due_at) == (Code.GAP, "touch", WED)
        assert obstacle.may_override == ("boss", "lead")

    def test_every_code_has_its_words(self):
        """None is left out here."""
        assert {code for code, *_ in CASES} | {"gap"} == set(Code)

    def test_a_right_that_nobody_has(self):
        """Then it is the process that has to change."""
        deal = opened(gap())
        with pytest.raises(Refused, match="'touch' may be overridden by nobody, got role 'rep'"):
            deal.override("touch", at=MON, until=TUE, role="rep", reason="so")

    def test_all_at_once(self):
        """Gap, criterion, role and reason in one refusal, in that order."""
        deal = deal_with("2 days")
        with pytest.raises(Refused) as refused:
            deal.move("offer", at=FRI, role="rep")

        assert [o.code for o in refused.value.obstacles] == ["gap", "criterion", "role", "reason"]


class TestRefused:
    def test_it_survives_pickling(self):
        """With its data and its words."""
        with pytest.raises(Refused) as refused:
            deal_with().move("offer", at=MON)
        error = refused.value
        again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own

        assert (again.deal_id, again.command) == ("D", "move to 'offer'")
        assert again.obstacles == error.obstacles
        assert str(again) == str(error)

    @pytest.mark.parametrize("code", ["criterion", "role", "reason", "hold_length", "hold_count"])
    @pytest.mark.parametrize("mode", ["warn", "observe"])
    def test_what_only_warns(self, code, mode):
        """Outside of enforce the command goes through and returns what was in its way."""
        cases = {each: (before, command) for each, before, _, command, _ in CASES}
        deal = deal_with(mode=mode)
        before, command = cases[code]
        before(deal)
        warnings = command(deal)

        assert code in {obstacle.code for obstacle in warnings}
        assert not any(obstacle.blocks for obstacle in warnings)

    @pytest.mark.parametrize("code", ["history", "no_hold", "no_right", "not_closed", "hold_empty"])
    def test_what_is_refused_in_every_mode(self, code):
        """There is nothing to do, nobody may, or history would be another one."""
        cases = {each: (before, command) for each, before, _, command, _ in CASES}
        deal = deal_with(mode="observe")
        before, command = cases[code]
        before(deal)
        with pytest.raises(Refused) as refused:
            command(deal)

        assert [o.code for o in refused.value.obstacles if o.blocks] == [code]


class TestOwner:
    def test_nobody(self):
        """A deal may come to belong to nobody, is on no agenda of theirs, and back to somebody."""
        deal = Deal.open(process(gap()), id="D", at=MON, owner="dana")

        nobody = deal.assign(None, at=TUE)
        deal.assign("kim", at=WED)

        assert str(nobody).endswith("assigned to nobody")
        assert event_from_dict(nobody.to_dict()) == nobody
        assert [deal.state(at).owner for at in (MON, TUE, WED)] == ["dana", None, "kim"]

    @pytest.mark.parametrize("blank", ["", "  "])
    def test_blank(self, blank):
        """Whoever has no name is nobody, and that is said with None; what is recorded is read."""
        deal = opened()

        with pytest.raises(ValueError, match=r"owner: '\s*', expected who it is, or None"):
            deal.assign(blank, at=MON)
        with pytest.raises(ValueError, match=r"owner: '\s*', expected who it is, or None"):
            Deal.open(process(gap()), id="D", at=MON, owner=blank)
        deal.record(Assigned(id="old", occurred_at=TUE, owner=blank))
        assert deal.state(TUE).owner is None


class TestWrongInput:
    @pytest.mark.parametrize("how", ["open", "replay"])
    def test_the_name_of_a_process(self, how):
        """It is loaded first."""
        ways = {
            "open": lambda: Deal.open("six-step", id="D", at=MON),
            "replay": lambda: Deal.replay("six-step", []),
        }
        with pytest.raises(TypeError, match=r"got 'six-step', expected a Process. Load it with"):
            ways[how]()

    @pytest.mark.parametrize(
        ("id", "text"),
        [("", "at least one"), ("a\0b", "without NUL"), ("x" * 1001, "at most 1000 can be kept")],
    )
    def test_ids_that_no_store_could_keep(self, id, text):
        """Whoever names an event so hears it now, and not when the deal is saved."""
        deal = opened()
        with pytest.raises(EventError, match=f"event id '.*{text}"):
            deal.log("call", at=TUE, id=id)
        with pytest.raises(EventError, match=f"event id '.*{text}"):
            deal.learn(at=TUE, id=id, value=5)

        assert len(deal.events) == 1

    @pytest.mark.parametrize("how", ["record", "replay"])
    def test_rows_that_are_no_events(self, how):
        """JSON is read first."""
        deal = opened()
        row = deal.events[0].to_dict()
        with pytest.raises(TypeError, match=r"got {'format': 1.* with event_from_dict"):
            deal.record(row) if how == "record" else Deal.replay(process(), [row])

    @pytest.mark.parametrize(
        ("said", "text"),
        [
            ({"stage": "tlak"}, "process 'small' has no stage 'tlak'; did you mean 'talk'"),
            ({"calendar": "golf"}, "process 'small' has no calendar 'golf'; known: none"),
        ],
    )
    def test_an_opening_that_the_process_does_not_know(self, said, text):
        """A stage or a calendar of another process."""
        with pytest.raises(EventError, match=text):
            Deal.open(process(), id="D", at=MON, **said)

    @pytest.mark.parametrize(
        ("command", "name"),
        [
            (lambda deal: deal.move("lost", at=MON, reason=5), "reason"),
            (lambda deal: deal.move("lost", at=MON, role=5), "role"),
            (lambda deal: deal.move("lost", at=MON, by=5), "by"),
            (lambda deal: deal.hold(until=TUE, at=MON, reason=None), "reason"),
            (lambda deal: deal.assign(5, at=MON), "owner"),
            (lambda deal: deal.retract(None, at=MON), "target"),
            (lambda deal: deal.log("call", at=MON, outcome=5), "outcome"),
            (lambda deal: deal.log("call", at=MON, id=5), "id"),
            (lambda deal: deal.override([], at=MON, until=TUE, role="boss", reason=""), "target"),
        ],
    )
    def test_what_is_no_text(self, command, name):
        """The error names the field; nothing has changed."""
        deal = opened()
        with pytest.raises(TypeError, match=f"'{name}' must be text, got "):
            command(deal)

        assert len(deal.events) == 1

    @pytest.mark.parametrize("verb", ["move", "hold", "resume", "override", "reopen"])
    def test_a_command_before_the_deal(self, verb):
        """There was nothing to command."""
        said = {
            "move": {"to": "lost"},
            "hold": {"until": TUE},
            "override": {"target": "need", "until": TUE, "role": "boss", "reason": "so"},
        }
        deal = opened(at=WED)
        with pytest.raises(EventError, match=r"opened at 2026-03-04 .* asked for 2026-03-02"):
            getattr(deal, verb)(at=MON, **said.get(verb, {}))

    def test_to_where_it_is(self):
        """A deal is not moved to the stage that it is in."""
        with pytest.raises(Refused, match=r"the deal is in 'talk' already\. From here: proof"):
            opened(stages=STAGES).move("talk", at=MON)

    @pytest.mark.parametrize(
        ("verb", "wrong", "meant"),
        [
            ("log", "ouctome", "outcome"),
            ("plan", "minute", "minutes"),
            ("move", "rson", "reason"),
            ("assign", "sorce", "source"),
            ("retract", "recorded", "recorded_at"),
            ("hold", "untill", "until"),
            ("resume", "bye", "by"),
            ("override", "roles", "role"),
            ("reopen", "precison", "precision"),
        ],
    )
    def test_an_argument_that_a_verb_does_not_have(self, verb, wrong, meant):
        """The error says the verb's own arguments, not those of the event that it makes."""
        said = {
            "hold": {"until": TUE},
            "plan": {"starts_at": TUE},
            "override": {"until": TUE, "role": "boss", "reason": "so"},
        }
        wanted = rf"Deal\.{verb}\(\) has no argument '{wrong}'\. Did you mean '{meant}'\? It takes "
        what = [] if verb in {"hold", "resume", "reopen"} else ["call"]
        with pytest.raises(TypeError, match=rf"^{wanted}.*\b{meant}\b"):
            getattr(opened(), verb)(*what, at=MON, **said.get(verb, {}), **{wrong: "x"})

    @pytest.mark.parametrize(
        "asked",
        [
            lambda deal: deal.move("tlak", at=MON),
            lambda deal: deal.obstacles("tlak", at=MON),
            lambda deal: deal.reopen(to="tlak", at=MON),
            lambda deal: deal.override("tlak", at=MON, until=TUE, role="boss", reason="so"),
            lambda deal: deal.log("tlak", at=MON),
            lambda deal: deal.log("call", at=MON, play="tlak"),
            lambda deal: deal.learn(at=MON, tlak=True),
            lambda _: Deal.open(process(), id="D", at=MON, stage="tlak"),
        ],
    )
    def test_an_unknown_name_is_that_of_no_event(self, asked):
        """A verb that is refused has recorded nothing that could be looked up by its id."""
        with pytest.raises(UnknownName, match=r"^process 'small' has no .* 'tlak'; ") as found:
            asked(opened())

        assert found.value.event_id is None

    @pytest.mark.parametrize(
        ("asked", "said"),
        [
            (lambda d, **_: d.learn(at=MON, facts={"budget": "x"}), "learn: fact 'budget': "),
            (lambda d, **_: d.learn(at=MON, need=2, id="crm:1"), "learn: fact 'need': "),
            (lambda d, **_: d.retract("D/0", at=MON), "retract: 'D/0' is an opening and cannot be"),
            (lambda d, **day: d.log("call", at=MON, **day), "log: recorded at 2026-02-28"),
            (lambda d, **day: d.plan("call", at=MON, starts_at=TUE, **day), "plan: recorded at"),
            (lambda d, **day: d.assign("kim", at=MON, **day), "assign: recorded at"),
            (lambda d, **day: d.move("lost", at=MON, **day), "move: recorded at"),
            (lambda d, **day: d.hold(until=TUE, at=MON, **day), "hold: recorded at"),
            (lambda d, **day: d.resume(at=MON, **day), "resume: recorded at"),
            (lambda d, **day: d.reopen(at=MON, **day), "reopen: recorded at"),
            (
                lambda d, **day: d.override(
                    "touch", at=MON, until=TUE, role="boss", reason="so", **day
                ),
                "override: recorded at",
            ),
        ],
    )
    def test_what_cannot_be_is_that_of_the_verb(self, asked, said):
        """The event has never been recorded: the deal and the verb are named, not its id."""
        facts = [Fact(id="need", type="bool"), Fact(id="budget", type="money")]
        deal = Deal.open(process(gap(), facts=facts), id="D", at=MON)
        day = {"precision": "day", "recorded_at": MON - 2 * DAY}
        with pytest.raises(EventError, match=rf"^deal 'D': cannot {said}") as found:
            asked(deal, **day)

        assert "D/1" not in str(found.value)
        assert len(deal.events) == 1

    def test_what_cannot_be_of_a_recorded_event(self):
        """There the id says which of many it was."""
        event = Learned(id="crm:7", occurred_at=MON, facts={"need": 2})
        with pytest.raises(EventError, match=r"^event 'crm:7': fact 'need': "):
            opened().record(event)

    def test_a_value_of_another_type_is_a_wrong_argument(self):
        """Who catches what Python raises for one catches it, too, whichever way it is told."""
        event = Learned(id="crm:7", occurred_at=MON, facts={"need": 2})
        deal = opened()
        with pytest.raises(ValueError, match="cannot learn: fact 'need': expected true or false"):
            deal.learn(at=MON, need=2)
        with pytest.raises(ValueError, match="fact 'need': expected true or false"):
            deal.record(event)

    @pytest.mark.parametrize("facts", [["need"], [("need", True)], "need", 5])
    def test_facts_that_are_no_mapping(self, facts):
        """It is said what is wanted."""
        with pytest.raises(TypeError, match=r"^facts: got .*, expected a mapping\. Write a dict"):
            opened().learn(at=MON, facts=facts)

    @pytest.mark.parametrize("events", [opened().events[0], opened(), None, "D/0"])
    def test_what_is_not_several_events(self, events):
        """A history is several events, be it of one; what was given is shown."""
        with pytest.raises(TypeError, match=r"^events: got .*, expected several.* into a list\.$"):
            Deal.replay(process(), events)

    def test_an_event_is_asked_for_by_its_id(self):
        """Anything else would find none in silence."""
        deal = opened()
        with pytest.raises(TypeError, match=r"^id: got Opened.*, expected a str"):
            deal.event(deal.events[0])

    def test_a_fact_that_is_said_twice(self):
        """None of the two is taken in silence."""
        with pytest.raises(EventError, match=r"^fact 'need' is said twice.* Say it once\.$"):
            opened().learn(at=MON, facts={"need": True}, need=False)

    @pytest.mark.parametrize("said", [{"status": "planned"}, {"starts_at": TUE}])
    def test_what_is_to_come_is_not_logged(self, said):
        """There is another verb for it."""
        with pytest.raises(
            ValueError, match=r"is over\. Plan it: deal\.plan\(kind, at=…, starts_at"
        ):
            opened().log("call", at=MON, **said)

    def test_an_unknown_name_of_a_recorded_event(self):
        """There the id says which of many it was."""
        event = moved("tlak", MON, id="crm:7")
        with pytest.raises(UnknownName, match=r"^event 'crm:7': process 'small' has no stage"):
            opened().record(event)

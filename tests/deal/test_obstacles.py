"""What obstacles, deadlines and acts say to people."""

import pytest
from tests.deal.small import (
    FRI,
    MON,
    OFFICE,
    STAGES,
    TUE,
    WED,
    gap,
    kill,
    moved,
    opened,
    process,
)

from salesflow.calendars import Calendar
from salesflow.deal import Deal
from salesflow.errors import Code, Refused
from salesflow.events import Held, Moved, Reopened
from salesflow.process import Criterion, Holds, Move, NamedCalendar, Play, Role

BUDGET = Criterion(id="budget_ok", expression="budget >= 50", say="The budget is there")
ASKED = Move(from_stage="proof", to_stage="offer", by=["rep", "boss"], reason_required=True)


def text(deal, to, at=FRI, **said):
    return [str(obstacle) for obstacle in deal.obstacles(to, at, **said)]


class TestText:
    def test_an_unknown_fact(self):
        """A criterion says what is missing, and what to learn."""
        assert text(opened(), "proof") == ["need: unknown. Learn need."]

    def test_in_the_words_of_the_process(self):
        """What the process says comes first, then the expression."""
        move = Move(from_stage="proof", to_stage="offer", exit=[BUDGET])
        deal = opened(stage="proof", moves=[move])
        deal.learn(at=MON, budget=49)
        (obstacle,) = deal.obstacles("offer", MON)

        assert str(obstacle) == (
            "The budget is there (budget >= 50): budget is 49 USD, expected at least 50 USD. "
            "Learn budget when that has changed."
        )
        assert (obstacle.rule, obstacle.unknown, obstacle.unlike) == ("budget_ok", (), ("budget",))

    def test_foreign_money_is_unknown(self):
        """An amount in another currency is an obstacle, never a conversion."""
        move = Move(from_stage="proof", to_stage="offer", exit=["budget >= 50"])
        deal = opened(stage="proof", moves=[move])
        deal.learn(at=MON, budget="900 EUR")

        (obstacle,) = deal.obstacles("offer", MON)

        assert (obstacle.unknown, obstacle.expired) == (("budget",), ())
        assert str(obstacle) == (
            "budget >= 50: budget is 900 EUR, expected USD: currencies are never converted. "
            "Learn budget."
        )

    def test_a_gap(self):
        """A breach says by when a touch was wanted, to the second if need be."""
        deal = opened(gap(), stage="proof")
        deal.log("call", at=TUE.replace(second=7))
        (obstacle,) = deal.obstacles("offer", FRI)

        assert (
            str(obstacle)
            == "contact gap 'touch' required a touch by 2026-03-05 10:00:07 UTC. Log a touch."
        )

    def test_on_the_clocks_of_the_deal(self):
        """Instants are said in the zone of the deal's calendar."""
        gulf = NamedCalendar(id="gulf", calendar=Calendar("Asia/Dubai", OFFICE))
        rules = process(gap(), calendars=[gulf], holds=Holds(longest="2 days"))
        deal = Deal.open(rules, id="D", at=MON, stage="proof", calendar="gulf")

        assert text(deal, "offer", at=FRI) == [
            "contact gap 'touch' required a touch by 2026-03-04 14:00 +04. Log a touch."
        ]
        with pytest.raises(Refused) as refused:
            deal.hold(until=FRI, at=MON)
        assert str(refused.value) == (
            "deal 'D': cannot hold until 2026-03-06 14:00 +04.\n"
            "  - a hold until 2026-03-06 14:00 +04 is longer than 2 days. "
            "Hold it for 2 days at most."
        )

    def test_an_empty_hold(self):
        """It says from when it counts: of a day from its end, before the opening from that."""
        deal = opened(at=TUE)
        day = {"precision": "day", "recorded_at": FRI}
        with pytest.raises(Refused, match="a hold from 2026-03-04 23:59:59 UTC to 2026-03-04 11:"):
            deal.hold(at=WED, until=WED.replace(hour=11), **day)

        deal.record(Held(id="h", occurred_at=MON, until=MON.replace(hour=11)))
        (deviation,) = deal.state(WED).deviations
        assert "a hold from 2026-03-03 10:00 UTC to 2026-03-02 11:00 UTC" in str(deviation)

    def test_a_touch_of_a_class(self):
        """Not every touch would satisfy it."""
        deal = opened(gap(touch="two_way"), stage="proof")
        (obstacle,) = deal.obstacles("offer", FRI)

        assert str(obstacle) == (
            "contact gap 'touch' required a touch that counts as two_way by 2026-03-04 10:00 UTC. "
            "Log a touch that counts as two_way."
        )

    def test_a_role_and_a_reason(self):
        """Who may make the move, and what it wants to hear."""
        deal = opened(stage="proof", moves=[ASKED])

        assert text(deal, "offer") == [
            (
                "the move to 'offer' requires role rep or boss, but none is given. "
                "Let a rep or boss move it."
            ),
            "the move to 'offer' requires a reason, but none is given. Give one.",
        ]
        assert text(deal, "offer", role="boss", reason="any") == []

    @pytest.mark.parametrize(
        ("reason", "expected"),
        [
            (None, []),
            ("price", []),
            (
                "odd",
                [
                    "the move to 'lost' requires a reason, got 'odd'. One of: silence, price.",
                ],
            ),
        ],
    )
    def test_a_closed_list_of_reasons(self, reason, expected):
        """A reason must be one of the list; none need be given."""
        assert expected == text(opened(), "lost", reason=reason)

    def test_no_such_move(self):
        """It says where the deal can go from here."""
        deal = opened(stage="proof")

        assert text(deal, "won") == [
            "the process has no move from 'proof' to 'won'. From here: offer, talk, lost, nurture."
        ]

    def test_no_move_at_all(self):
        """A stage that nothing leads out of says so."""
        stages = [STAGES[1], STAGES[3]]
        deal = opened(stages=stages, moves=[Move(from_stage="proof", to_stage="won", by=["rep"])])

        assert "From here: won." in text(deal, "proof")[0]

    def test_parked(self):
        """A parked deal that would come back further on is told where it may go."""
        deal = opened()
        deal.move("nurture", at=MON)

        assert text(deal, "offer") == [
            "the deal was last open in 'talk', which comes before 'offer'. Move it to 'talk'."
        ]
        assert "From here: talk, lost." in text(deal, "won")[0]

    def test_parked_on_the_way_back(self):
        """However far it had been once: it is asked where it was last."""
        deal = opened(stage="offer")
        deal.move("proof", at=MON)
        deal.move("nurture", at=TUE)
        said = (
            "the deal was last open in 'proof', which comes before 'offer'. "
            "Move it to 'proof' or an earlier open stage."
        )

        assert text(deal, "offer", at=WED) == [said]

        deal.record(moved("offer", WED))

        assert [str(o) for d in deal.state(WED).deviations for o in d.obstacles] == [said]

    def test_reopened_where_it_was_not(self):
        """What was recorded is judged by where the deal was, not by where it is now."""
        deal = opened()
        deal.move("lost", at=MON)
        deal.record(Reopened(id="r", to="offer", occurred_at=TUE))

        assert [str(o) for d in deal.state(TUE).deviations for o in d.obstacles] == [
            "the deal was last open in 'talk', which comes before 'offer'. Reopen it in 'talk'."
        ]

    def test_closed(self):
        """A closed deal is not moved; what the CRM says of it is recorded."""
        deal = opened()
        deal.move("lost", at=MON)

        assert text(deal, "talk") == ["the deal is closed in 'lost'. Reopen the deal."]

    def test_a_recorded_move_tells_the_same(self):
        """A deviation has the obstacles that the command would have met."""
        deal = opened(gap())
        wanted = deal.obstacles("offer", FRI)
        deal.record(Moved(id="m", occurred_at=FRI, to="offer"))

        assert wanted == deal.state(FRI).deviations[0].obstacles

    def test_codes_are_stable(self):
        """They are safe to store and to switch on."""
        assert [code.value for code in Code] == [
            *("no_such_move", "closed", "criterion", "gap", "role", "reason", "history"),
            *("hold_length", "hold_count", "no_hold", "no_right", "not_closed", "hold_empty"),
        ]


class TestData:
    """Whoever writes the page in another language needs nothing of the English."""

    def test_what_would_be_accepted(self):
        """Stages, roles, reasons and touch classes that the text names are there by name, too."""
        deal = opened(gap(touch="two_way"), stage="proof", moves=[ASKED])
        touch, role, reason = deal.obstacles("offer", FRI)
        (listed,) = deal.obstacles("lost", FRI, reason="odd")
        (nowhere,) = deal.obstacles("won", FRI)[:1]

        assert (touch.code, touch.accepted) == (Code.GAP, ("two_way",))
        assert (role.code, role.accepted) == (Code.ROLE, ("rep", "boss"))
        assert (reason.code, reason.accepted) == (Code.REASON, ())
        assert (listed.code, listed.accepted) == (Code.REASON, ("silence", "price"))
        assert nowhere.code == Code.NO_SUCH_MOVE
        assert nowhere.accepted == ("offer", "talk", "lost", "nurture")

    def test_where_it_may_go(self):
        """What is named can be done: each stage that is accepted has no such obstacle."""
        deal = opened(stage="offer")
        deal.move("proof", at=MON)
        deal.move("nurture", at=TUE)
        (parked,) = deal.obstacles("offer", WED)
        deal.move("lost", at=WED)
        with pytest.raises(Refused) as refused:
            deal.reopen(to="offer", at=FRI)

        assert parked.accepted == ("talk", "proof", "lost")
        assert [o.accepted for o in refused.value.obstacles] == [("talk", "proof")]
        deal.reopen(to="talk", at=FRI)

    def test_the_limits_of_holds(self):
        """How long and how many is told beside what was asked for."""
        deal = opened(holds=Holds(longest="2 days", per_deal=1))
        deal.hold(until=TUE, at=MON)
        with pytest.raises(Refused) as refused:
            deal.hold(until=FRI, at=TUE)

        assert [(o.code, o.limit) for o in refused.value.obstacles] == [
            (Code.HOLD_LENGTH, "2 days"),
            (Code.HOLD_COUNT, "1"),
        ]

    def test_who_may_override(self):
        """An override without the right names those who have it."""
        deal = opened(gap(), roles=[Role(id="rep"), Role(id="boss", may_override=["touch"])])
        with pytest.raises(Refused) as refused:
            deal.override("touch", role="rep", reason="r", until=FRI, at=MON)

        assert [o.may_override for o in refused.value.obstacles] == [("boss",)]


class TestLines:
    def test_on_the_clocks_of_the_deal(self):
        """People read times on their own clocks, with the year and the zone said."""
        office = Calendar("America/New_York")
        play = Play(id="ask", activity="call", within="1 day")
        deal = opened(gap(warn="1 day"), calendar=office, plays=[play])
        lines = {
            "2026-03-04 05:00 EST touch: breach": deal.deadlines(MON)[1],
            "2026-03-03 05:00 EST time: touch warn": deal.timeline(WED)[1],
            "2026-03-03 05:00 EST raised: touch warn": deal.ledger(WED)[0],
            "due: D (talk), touch 2026-03-04 05:00 EST": deal.agenda(WED)[0],
            "2026-03-03 05:00 EST ask: call (overdue)": deal.plays(WED)[0],
            "2026-03-03 05:00 EST warn: touch (due)": deal.effects(WED)[0],
        }

        assert {text: text for text in lines} == {text: str(each) for text, each in lines.items()}
        assert deal.deadlines(MON)[1].due_at == WED
        assert deal.deadlines(MON)[1] == opened(gap(warn="1 day")).deadlines(MON)[1]

    def test_a_deadline(self):
        """When, which rule, what, and where to."""
        deal = opened(kill(notice="1 day"))

        assert [str(deadline) for deadline in deal.deadlines(MON)] == [
            "2026-03-06 10:00 UTC cold: notice",
            "2026-03-07 10:00 UTC cold: move to lost",
        ]

    def test_what_time_did(self):
        """The same in the past."""
        deal = opened(kill(notice="1 day"))

        assert [str(item) for item in deal.timeline(deal.state(FRI).at.replace(month=4))[1:]] == [
            "2026-03-06 10:00 UTC time: cold notice",
            "2026-03-07 10:00 UTC time: cold move to lost",
        ]

"""Overrides: who may let a rule pass, until when, and what that changes."""

import pytest
from tests.deal.small import (
    DAY,
    FRI,
    HOUR,
    MICROSECOND,
    MON,
    STAGES,
    THU,
    TUE,
    WED,
    gap,
    kill,
    moved,
    opened,
    raised,
    timer,
)

from salesflow.deal import DealStatus
from salesflow.errors import Code, EventError, Refused, UnknownName
from salesflow.events import Overridden
from salesflow.process import Escalation, Postponement, Role, Stage

ROLES = [
    Role(id="rep"),
    Role(id="boss", may_override=["*"]),
    Role(id="lead", may_override=["need"]),
]


def deal_with(*rules, **said):
    """A deal in which the boss may override everything, and the lead the need."""
    return opened(*rules, **{"roles": ROLES, **said})


def overridden(target, at, until, **said):
    """An override that is told from elsewhere."""
    fields = {"id": "o", "occurred_at": at, "target": target, "until": until, "reason": "on site"}
    return Overridden(**fields | said)


def let_pass(deal, target, until, at=MON, role="boss"):
    return deal.override(target, until=until, role=role, reason="on site", at=at)


class TestGap:
    def test_its_breach_is_no_obstacle_until_it_ends(self):
        """The last instant counts, the next microsecond does not."""
        deal = deal_with(gap(), stage="proof")
        let_pass(deal, "touch", FRI, at=THU)

        assert deal.can_move("offer", FRI)
        assert not deal.can_move("offer", FRI + MICROSECOND)

    def test_clock_and_status_go_on(self):
        """To let a move pass is not to say that somebody called."""
        deal = deal_with(gap())
        let_pass(deal, "touch", FRI)

        assert deal.state(THU).status == DealStatus.BREACHED
        assert raised(deal, THU) == [("touch", "breach", WED)]

    def test_one_gap_of_two(self):
        """The other one still blocks."""
        deal = deal_with(gap(), gap(id="talks", touch="two_way"), stage="proof")
        let_pass(deal, "touch", FRI)

        assert [o.rule for o in deal.obstacles("offer", THU)] == ["talks"]

    def test_before_it_is_given(self):
        """It counts from its own instant on."""
        deal = deal_with(gap(), stage="proof")
        let_pass(deal, "touch", FRI, at=THU + HOUR)

        assert not deal.can_move("offer", THU)
        assert deal.can_move("offer", THU + HOUR)

    def test_the_latest_end_counts(self):
        """A shorter one that is given later does not end a longer one."""
        deal = deal_with(gap(), stage="proof")
        let_pass(deal, "touch", FRI)
        let_pass(deal, "touch", THU, at=TUE)

        assert deal.can_move("offer", FRI)


class TestCriterion:
    def test_it_counts_as_met(self):
        """The gate opens without anybody knowing."""
        deal = deal_with()
        let_pass(deal, "need", TUE)

        assert deal.can_move("proof", TUE)
        assert not deal.can_move("proof", TUE + MICROSECOND)
        assert "need" not in deal.state(TUE).facts

    def test_where_else_it_is_asked(self):
        """A criterion that stands in two stages is one, so it is let pass in both."""
        both = (STAGES[0], Stage(id="proof", exit=["need"]), *STAGES[2:])
        deal = deal_with(stages=both)
        let_pass(deal, "need", FRI)
        deal.move("proof", at=TUE)

        assert deal.can_move("offer", WED)

    def test_a_recorded_move_is_no_deviation(self):
        """What somebody let pass is allowed, whoever moves the deal."""
        deal = deal_with()
        let_pass(deal, "need", TUE)
        deal.record(moved("proof", TUE))

        assert deal.state(TUE).deviations == ()


class TestTimer:
    def test_its_end_is_put_off(self):
        """It ends with the override, and acts then."""
        deal = deal_with(kill(after="2 days"))
        let_pass(deal, "cold", FRI)

        assert deal.state(FRI).stage == "talk"
        assert raised(deal, FRI + HOUR) == [("cold", "move", FRI)]

    def test_an_end_that_is_later_anyway(self):
        """It never ends earlier for it."""
        deal = deal_with(kill(after="2 days"))
        let_pass(deal, "cold", TUE)

        assert deal.next_deadline(MON).due_at == WED

    def test_the_notice_stays_and_another_one_comes(self):
        """The first was announced for Wednesday; no end comes unannounced."""
        deal = deal_with(kill(after="2 days", notice="1 day"))
        let_pass(deal, "cold", FRI)

        assert raised(deal, FRI + HOUR) == [
            ("cold", "notice", TUE),
            ("cold", "notice:2", THU),
            ("cold", "move", FRI),
        ]

    def test_escalations_wait_for_the_end(self):
        """Nobody hears of an end that has not come."""
        boss = [Escalation(after="2 days", to="boss")]
        deal = deal_with(timer(after="2 days", escalate=boss))
        let_pass(deal, "timer", FRI)

        assert raised(deal, FRI + HOUR) == [("timer", "breach", FRI), ("timer", "escalate", FRI)]

    def test_what_has_acted_stays(self):
        """An override after the end takes nothing back."""
        deal = deal_with(timer(after="2 days"))
        let_pass(deal, "timer", FRI + DAY, at=FRI)

        assert deal.state(FRI).status == DealStatus.BREACHED
        assert raised(deal, FRI + 5 * DAY) == [("timer", "breach", WED)]

    def test_no_cap_on_postponement_holds_it_back(self):
        """Who has the right may put the end off further than touches and plans can."""
        rule = kill(after="2 days", postpone=Postponement(inbound="1 day", at_most="1 day"))
        deal = deal_with(rule)
        let_pass(deal, "cold", FRI + DAY)

        assert deal.next_deadline(MON).due_at == FRI + DAY

    def test_an_end_inside_a_hold(self):
        """It becomes the hold's end."""
        deal = deal_with(kill(after="1 day"))
        let_pass(deal, "cold", THU)
        deal.hold(at=WED, until=FRI)

        assert deal.next_deadline(WED).due_at == FRI


class TestSlip:
    def test_an_end_before_it_begins(self):
        """As a command it lets nothing pass, so it is refused; recorded, it is kept."""
        deal = deal_with(gap())
        with pytest.raises(ValueError, match="'until' is 2026-03-02 09:00 UTC, before") as slip:
            let_pass(deal, "need", MON - HOUR)

        assert "begins at 2026-03-02 10:00 UTC. Give a later end." in str(slip.value)
        assert len(deal.events) == 1
        assert deal.record(overridden("need", MON, MON - HOUR, role="boss"))
        assert not deal.can_move("proof", MON)

    def test_an_end_when_it_begins(self):
        """The end is included, so that a single move may be let pass."""
        deal = deal_with()
        let_pass(deal, "need", MON)

        assert deal.can_move("proof", MON)
        assert not deal.can_move("proof", MON + MICROSECOND)

    def test_a_day(self):
        """Where only the day is known, it begins when it counts."""
        deal = deal_with()
        day = {"precision": "day", "recorded_at": WED}
        said = {"role": "boss", "reason": "on site", "at": MON, **day}
        with pytest.raises(ValueError, match="begins at 2026-03-02 23:59:59 UTC"):
            deal.override("need", until=MON + HOUR, **said)

        assert deal.override("need", until=TUE, **said) == ()

    @pytest.mark.parametrize("reason", ["", " \n"])
    def test_no_reason(self, reason):
        """Somebody answers for it."""
        deal = deal_with()
        with pytest.raises(ValueError, match=r"'reason' is empty\. Say why 'need'"):
            deal.override("need", at=MON, until=TUE, role="boss", reason=reason)

        assert len(deal.events) == 1


class TestRight:
    @pytest.mark.parametrize(
        ("role", "target", "passes"),
        [
            ("boss", "touch", True),
            ("boss", "need", True),
            ("lead", "need", True),
            ("lead", "touch", False),
            ("rep", "touch", False),
            (None, "touch", False),
        ],
    )
    @pytest.mark.parametrize("mode", ["enforce", "warn", "observe"])
    def test_who_may(self, role, target, passes, mode):
        """The roles that name it, or everything; in every mode."""
        deal = deal_with(gap(), mode=mode)
        if passes:
            assert let_pass(deal, target, TUE, role=role) == ()
        else:
            with pytest.raises(Refused, match=f"cannot override {target!r}") as refused:
                let_pass(deal, target, TUE, role=role)
            (obstacle,) = refused.value.obstacles
            assert (obstacle.code, obstacle.rule) == (Code.NO_RIGHT, target)
            assert len(deal.events) == 1

    @pytest.mark.parametrize("mode", ["enforce", "warn", "observe"])
    def test_a_role_that_the_process_does_not_have(self, mode):
        """It is a slip, not somebody without the right; recorded, it is kept."""
        deal = deal_with(gap(), mode=mode)

        with pytest.raises(UnknownName, match="has no role 'bos'; did you mean 'boss'") as slip:
            let_pass(deal, "touch", TUE, role="bos")

        assert (slip.value.sort, slip.value.known) == ("role", ("rep", "boss", "lead"))
        assert len(deal.events) == 1
        assert deal.record(overridden("touch", MON, FRI, role="bos"))

    @pytest.mark.parametrize(
        ("role", "codes"),
        [("boss", []), ("rep", ["no_right"]), ("ceo", ["no_right"]), (None, [])],
    )
    def test_what_is_recorded_counts(self, role, codes):
        """It was given elsewhere: by whom it should not have been is kept beside it."""
        deal = deal_with(gap(), stage="proof")
        deal.record(overridden("touch", MON, FRI, role=role))

        assert deal.can_move("offer", THU)
        assert codes == [o.code for d in deal.state(MON).deviations for o in d.obstacles]

    @pytest.mark.parametrize("how", ["command", "record"])
    def test_what_the_process_does_not_have(self, how):
        """A rule or a criterion of another name cannot be let pass."""
        deal = deal_with(gap())
        said = overridden("toch", MON, TUE)
        with pytest.raises(EventError, match="no rule or criterion 'toch'; did you mean 'touch'"):
            let_pass(deal, "toch", TUE) if how == "command" else deal.record(said)

        assert len(deal.events) == 1

"""What a stage does to the clocks: visits, parking, closing, moves by time."""

import pytest
from tests.deal.small import (
    DAY,
    FRI,
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
    utc,
)

from salesflow.deal import DealStatus
from salesflow.errors import Code, Refused
from salesflow.process import Escalation, Stage

BOSS = [Escalation(after="3 days", to="boss")]


class TestStages:
    def test_a_stage_clock_starts_with_each_visit(self):
        """Leaving and coming back starts this visit's clock afresh."""
        deal = opened(timer(since="stage", stages=["talk"], after="2 days"))
        deal.record(moved("proof", TUE))
        deal.record(moved("talk", WED))

        assert deal.deadlines(WED)[0].due_at == FRI

    def test_a_move_to_the_stage_it_is_in_confirms(self):
        """The echo of our own write changes nothing and is no deviation."""
        deal = opened(timer(since="stage"))
        deal.record(moved("talk", TUE))

        assert (deal.state(TUE).entered_at, deal.state(TUE).deviations) == (MON, ())

    def test_killed_and_taken_up_again(self):
        """Killed on 9 February and taken out of lost on 1 September: the gap begins then."""
        deal = opened(
            gap(max="5 days"), kill(since="touch", after="10 days"), at=utc("2026-01-30 10:00")
        )
        assert deal.state(utc("2026-03-01 10:00")).entered_at == utc("2026-02-09 10:00")

        deal.record(moved("proof", utc("2026-09-01 10:00")))
        state = deal.state(utc("2026-09-01 10:00"))

        assert (state.stage, state.status) == ("proof", DealStatus.OK)
        assert deal.next_deadline(state.at).due_at == utc("2026-09-06 10:00")
        assert [o.code for o in state.deviations[0].obstacles] == [Code.CLOSED]

    def test_a_crm_reopens_by_moving(self):
        """Back to a stage that the deal had come to, that is a reopening and no deviation."""
        deal = opened(gap(max="5 days"), stage="proof")
        deal.move("lost", at=TUE)
        deal.record(moved("talk", FRI))
        state = deal.state(FRI)

        assert (state.stage, state.deviations) == ("talk", ())
        assert deal.effects(FRI) == ()
        assert deal.next_deadline(FRI).due_at == FRI + 5 * DAY

    @pytest.mark.parametrize("to", ["offer", "gone"], ids=["further on", "lost otherwise"])
    def test_a_crm_that_moves_a_closed_deal_on(self, to):
        """Closing passes no gate, and a closed deal is not closed again."""
        deal = opened(stages=(*STAGES, Stage(id="gone", kind="lost")), stage="proof")
        deal.move("lost", at=TUE)
        deal.record(moved(to, FRI))
        (deviation,) = deal.state(FRI).deviations

        assert [o.code for o in deviation.obstacles] == [Code.CLOSED]

    def test_a_command_does_not_reopen_by_moving(self):
        """Whoever means it says so."""
        deal = opened(stage="proof")
        deal.move("lost", at=TUE)
        with pytest.raises(Refused, match="Reopen"):
            deal.move("talk", at=FRI)

    @pytest.mark.parametrize(
        ("rule", "due"),
        [
            pytest.param(timer(), MON + 7 * DAY, id="skipped"),
            pytest.param(timer(stages=["talk", "nurture"]), MON + 5 * DAY, id="named"),
        ],
    )
    def test_parked_time_is_skipped_unless_the_rule_names_the_stage(self, rule, due):
        """Two days parked move the age of the deal by two days, where nobody watches them."""
        deal = opened(rule)
        deal.move("nurture", at=TUE)
        deal.record(moved("talk", THU))

        assert deal.deadlines(FRI)[0].due_at == due

    def test_a_clock_that_starts_while_nobody_watches(self):
        """A notice with the start of a clock is due at the return, if that start was away."""
        deal = opened(timer(since="fact:need", after="2 days", notice="2 days"))
        deal.move("nurture", at=TUE)
        deal.learn(at=WED, need=True)
        deal.record(moved("talk", THU))

        assert [deadline.due_at for deadline in deal.deadlines(THU)] == [THU, THU + 2 * DAY]

    def test_closed_and_parked_stages_stop_every_clock(self):
        """While a deal is parked nothing is due."""
        deal = opened(gap(), kill())
        deal.move("nurture", at=TUE)

        assert deal.deadlines(MON + 90 * DAY) == ()
        assert deal.state(MON + 90 * DAY).status == DealStatus.OK

    def test_in_a_closed_stage_time_moves_nothing(self):
        """A rule that names a closed stage warns and escalates there, and has no end."""
        rule = kill(since="stage", stages=["won"], after="2 days", notice="1 day", escalate=BOSS)
        deal = opened(rule)
        deal.record(moved("won", MON))

        assert raised(deal, FRI) == [("cold", "notice", TUE), ("cold", "escalate", THU)]
        assert deal.state(FRI).stage == "won"
        assert [clock.due_at for clock in deal.state(FRI).clocks] == [None]
        assert [d.rung for d in deal.deadlines(FRI)] == ["notice", "escalate"]

    def test_in_a_parked_stage_time_may_move_the_deal(self):
        """A rule that names a parked stage ends there as anywhere."""
        deal = opened(kill(since="stage", stages=["nurture"], after="2 days"))
        deal.move("nurture", at=MON)

        assert deal.state(FRI).stage == "lost"

    def test_a_move_by_time_to_where_the_deal_is(self):
        """It acts once and changes nothing: the clock of the stage goes on."""
        deal = opened(kill(since="touch", after="2 days", move_to="talk"))

        assert raised(deal, FRI) == [("cold", "move", WED)]
        assert deal.state(FRI).entered_at == MON
        assert not deal.timeline(FRI)[-1].moved

    def test_an_overdue_rule_acts_when_it_comes_to_apply(self):
        """A gap that watches one stage acts at the entry, with its own deadline."""
        deal = opened(gap(stages=["offer"]))
        deal.record(moved("offer", FRI))
        act = deal.timeline(FRI)[-1]

        assert (act.due_at, act.acted_at) == (WED, FRI)

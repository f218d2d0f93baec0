"""Parked and closed deals: what brings them back, where to, and what starts afresh."""

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

from salesflow.errors import Code, Refused
from salesflow.events import Activity, Reopened
from salesflow.process import Stage

REVIVING = (*STAGES[:5], Stage(id="nurture", kind="parked", revive="inbound"))
LATER = Stage(id="later", kind="parked")


def parked(*rules, at=TUE, stage="proof", **said):
    """A deal that was parked on Tuesday, in a process where the buyer brings it back."""
    deal = opened(*rules, stage=stage, **{"stages": REVIVING, **said})
    deal.move("nurture", at=at)
    return deal


class TestRevival:
    def test_the_buyer_brings_it_back(self):
        """At the instant of the touch, to the stage that it came from."""
        deal = parked(gap())
        deal.log("email", at=THU, direction="in")
        state = deal.state(THU)

        assert (state.stage, state.entered_at, state.deviations) == ("proof", THU, ())
        assert deal.next_deadline(THU).due_at == THU + 2 * DAY

    @pytest.mark.parametrize(
        "work",
        [
            pytest.param({"kind": "call"}, id="ours"),
            pytest.param({"kind": "email", "direction": "in", "outcome": "bounced"}, id="bounced"),
            pytest.param({"kind": "note", "direction": "in"}, id="note"),
            pytest.param({"kind": "call", "direction": "in", "status": "no_show"}, id="no-show"),
        ],
    )
    def test_what_does_not(self, work):
        """Only the buyer's own touch."""
        deal = parked()
        deal.log(at=THU, **work)

        assert deal.state(THU).stage == "nurture"

    def test_where_the_process_does_not_say_so(self):
        """Somebody has to move it."""
        deal = parked(stages=STAGES)
        deal.log("call", at=THU, direction="in")

        assert deal.state(THU).stage == "nurture"

    def test_to_the_latest_open_stage(self):
        """Not to the furthest that it ever was in."""
        deal = opened(stages=REVIVING, stage="offer")
        deal.move("proof", at=MON)
        deal.move("nurture", at=TUE)
        deal.log("call", at=THU, direction="in")

        assert deal.state(THU).stage == "proof"

    def test_a_call_that_is_told_late(self):
        """It revived the deal when it took place."""
        deal = parked(gap())
        assert deal.state(FRI).stage == "nurture"

        deal.record(Activity(id="c", kind="call", direction="in", occurred_at=WED, recorded_at=FRI))

        assert deal.state(WED).stage == "proof"

    def test_taking_the_call_back_does_not_undo_it(self):
        """A revision stands from its own place on, and the deal has come back by then."""
        deal = parked()
        deal.log("call", at=WED, direction="in", activity_id="c")
        deal.log("call", at=THU, direction="in", activity_id="c", status="cancelled")

        assert deal.state(THU).stage == "proof"

    def test_retracting_it_does(self):
        """Then there was no call, at any instant."""
        deal = parked()
        call = deal.log("call", at=WED, direction="in")
        deal.retract(call.id, at=THU)

        assert deal.state(WED).stage == "nurture"


class TestClocks:
    @pytest.mark.parametrize(
        ("rule", "due"),
        [
            pytest.param(gap(), THU + 2 * DAY, id="touch-afresh"),
            pytest.param(timer(since="stage"), THU + 5 * DAY, id="stage-afresh"),
            pytest.param(timer(), MON + 7 * DAY, id="opened-skips"),
            pytest.param(timer(since="stage_total"), MON + 7 * DAY, id="total-skips"),
            pytest.param(timer(since="fact:need"), MON + 7 * DAY, id="fact-skips"),
            pytest.param(timer(since="activity:note"), MON + 7 * DAY, id="activity-skips"),
        ],
    )
    def test_after_two_days_parked(self, rule, due):
        """Touch and stage clocks start at the return, the others set the time aside."""
        deal = opened(rule, stage="proof")
        deal.learn(at=MON, need=True)
        deal.log("note", at=MON)
        deal.move("nurture", at=TUE)
        deal.move("proof", at=THU)

        assert deal.next_deadline(THU).due_at == due

    def test_the_total_of_all_visits(self):
        """Two days in the first visit, seven in the second: nine of them, and not this visit's."""
        week = [
            timer(id="visit", since="stage", after="7 days", stages=["proof"]),
            timer(id="total", since="stage_total", after="7 days", stages=["proof"]),
        ]
        deal = opened(*week, stage="proof")
        deal.move("talk", at=WED)
        deal.record(moved("proof", FRI))

        assert raised(deal, FRI + 6 * DAY) == [("total", "breach", FRI + 5 * DAY)]

    def test_a_rule_that_watches_the_parked_stage(self):
        """It counts there, and only there."""
        deal = parked(timer(since="stage", stages=["nurture"], after="2 days"))

        assert [(d.rule, d.due_at) for d in deal.deadlines(TUE)] == [("timer", THU)]
        assert raised(deal, FRI) == [("timer", "breach", THU)]
        assert deal.state(FRI).status == "ok"
        assert [clock.status for clock in deal.state(FRI).clocks] == ["breached"]


class TestByHand:
    @pytest.mark.parametrize(
        ("to", "passes"),
        [("talk", True), ("proof", True), ("offer", False), ("won", False), ("lost", True)],
    )
    def test_where_it_may_go(self, to, passes):
        """Back to where it came from or earlier, or out; parking passes no gate."""
        assert parked().can_move(to, WED) is passes

    def test_to_another_parked_stage(self):
        """It does not lose where it came from."""
        deal = parked(stages=(*REVIVING, LATER))
        deal.move("later", at=WED)

        assert [deal.can_move(to, THU) for to in ("proof", "offer")] == [True, False]


class TestReopen:
    def test_to_where_it_was(self):
        """Unless somebody names a stage."""
        deal = opened(stage="proof")
        deal.move("lost", at=TUE)
        assert deal.reopen(at=WED) == ()

        assert (deal.state(WED).stage, deal.state(WED).entered_at) == ("proof", WED)

    def test_to_an_earlier_stage(self):
        """The deal begins again where it makes sense."""
        deal = opened(stage="proof")
        deal.move("lost", at=TUE)
        deal.reopen(at=WED, to="talk", reason="new buyer")

        assert deal.state(WED).stage == "talk"

    @pytest.mark.parametrize(
        ("to", "why"),
        [
            ("offer", "last open in 'proof', which comes before 'offer'"),
            ("won", "'won' is a won stage, not an open one"),
            ("nurture", "'nurture' is a parked stage, not an open one"),
        ],
    )
    def test_to_where_it_never_was(self, to, why):
        """Losing passes no gate."""
        deal = opened(stage="proof")
        deal.move("lost", at=TUE)
        with pytest.raises(Refused, match=why) as refused:
            deal.reopen(at=WED, to=to)

        assert [o.code for o in refused.value.obstacles] == [Code.NO_SUCH_MOVE]

    def test_after_a_kill(self):
        """A microsecond after time has moved it, and not before."""
        deal = opened(kill(after="2 days"))
        with pytest.raises(Refused, match="the deal is open in 'talk'"):
            deal.reopen(at=WED)

        assert deal.reopen(at=WED + MICROSECOND) == ()

    def test_its_clocks_start_afresh(self):
        """As at the opening; the age of the deal goes on."""
        deal = opened(gap(), timer(since="opened", after="5 days"), stage="proof")
        deal.move("lost", at=TUE)
        deal.reopen(at=FRI)

        assert [(d.rule, d.due_at) for d in deal.deadlines(FRI)] == [
            ("touch", FRI + 2 * DAY),
            ("timer", MON + 8 * DAY),
        ]

    @pytest.mark.parametrize("mode", ["enforce", "warn", "observe"])
    def test_an_open_deal(self, mode):
        """There is nothing to reopen, in any mode."""
        deal = opened(mode=mode)
        with pytest.raises(Refused, match="cannot reopen") as refused:
            deal.reopen(at=MON, to="talk")

        assert [o.code for o in refused.value.obstacles] == [Code.NOT_CLOSED]

    def test_a_parked_deal(self):
        """It is open again as well."""
        deal = parked()
        deal.reopen(at=WED)

        assert deal.state(WED).stage == "proof"

    @pytest.mark.parametrize(
        ("to", "stage", "entered_at"), [(None, "talk", MON), ("proof", "proof", TUE)]
    )
    def test_an_open_deal_that_was_reopened_elsewhere(self, to, stage, entered_at):
        """It is where that says; without a stage nothing changes. It is a deviation."""
        deal = opened()
        deal.record(Reopened(id="r", occurred_at=TUE, to=to))
        state = deal.state(TUE)

        assert (state.stage, state.entered_at) == (stage, entered_at)
        assert [o.code for d in state.deviations for o in d.obstacles] == [Code.NOT_CLOSED]

    def test_before_the_deal(self):
        """The dates are noted."""
        deal = opened(stage="lost")
        deal.record(Reopened(id="r", occurred_at=MON - HOUR))

        assert deal.state(MON).stage == "talk"
        assert [o.code for d in deal.state(MON).deviations for o in d.obstacles] == [Code.HISTORY]

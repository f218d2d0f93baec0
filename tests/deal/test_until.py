"""What stops a clock for good: `until`, and facts that go out of date."""

import pytest
from tests.deal.small import (
    DAY,
    FRI,
    HOUR,
    MICROSECOND,
    MON,
    THU,
    TUE,
    WED,
    gap,
    opened,
    raised,
    timer,
    utc,
)

from salesflow.process import Fact, Stage

SLA = timer(id="sla", since="fact:need", until="activity:meeting", after="2 days")


def running(deal, now):
    """The rules whose clock runs."""
    return [clock.rule for clock in deal.state(now).clocks]


class TestUntil:
    def test_a_promise_that_is_kept(self):
        """A meeting within two days of the need: the clock stops, and nothing is due."""
        deal = opened(SLA)
        deal.learn(at=MON, need=True)
        assert running(deal, MON) == ["sla"]

        deal.log("meeting", at=TUE)

        assert running(deal, TUE) == []
        assert deal.deadlines(FRI) == ()
        assert raised(deal, FRI) == []

    def test_one_that_is_not(self):
        """A meeting that comes late ends the breach."""
        deal = opened(SLA)
        deal.learn(at=MON, need=True)
        deal.log("meeting", at=THU)

        assert raised(deal, FRI) == [("sla", "breach", WED)]
        assert [deal.state(at).status for at in (WED + HOUR, THU)] == ["breached", "ok"]

    @pytest.mark.parametrize(
        ("kind", "said"), [("call", {}), ("meeting", {"status": "no_show"}), ("note", {})]
    )
    def test_what_does_not_stop_it(self, kind, said):
        """Only a done activity of that very kind."""
        deal = opened(SLA)
        deal.learn(at=MON, need=True)
        deal.log(kind, at=TUE, **said)

        assert running(deal, TUE) == ["sla"]

    @pytest.mark.parametrize(("at", "runs"), [(MON, True), (MON + MICROSECOND, False)])
    def test_strictly_after_the_start(self, at, runs):
        """What was there when the clock started is not what it waits for."""
        deal = opened(timer(until="activity:meeting"))
        deal.log("meeting", at=at)

        assert bool(running(deal, TUE)) is runs

    def test_it_stays_stopped(self):
        """That the fact is false again does not wake the clock."""
        deal = opened(timer(since="stage", until="fact:need"))
        deal.learn(at=TUE, need=True)
        deal.learn(at=WED, need=False)

        assert running(deal, FRI) == []

    def test_until_it_starts_anew(self):
        """Another visit is another clock."""
        deal = opened(timer(since="stage", until="touch"), stage="proof")
        deal.log("call", at=TUE)
        assert running(deal, TUE) == []

        deal.move("talk", at=WED)

        assert running(deal, WED) == ["timer"]

    def test_a_meeting_that_is_taken_back(self):
        """It stops nothing any more; what is overdue acts at the revision."""
        deal = opened(SLA)
        deal.learn(at=MON, need=True)
        deal.log("meeting", at=TUE, activity_id="m")
        deal.log("meeting", at=THU, activity_id="m", status="no_show")

        assert raised(deal, FRI) == [("sla", "breach", THU)]

    def test_an_answer_in_time(self):
        """Since the proposal, until the buyer says something."""
        deal = opened(
            timer(since="activity:proposal", until="touch:inbound", after="2 days"), stage="proof"
        )
        deal.log("proposal", at=MON)
        deal.log("email", at=TUE)
        assert running(deal, TUE) == ["timer"]

        deal.log("email", at=WED, direction="in")
        assert running(deal, WED) == []

        deal.log("proposal", at=THU)
        assert deal.next_deadline(THU).due_at == THU + 2 * DAY

    def test_before_a_date(self):
        """A clock that ends before its date has no start to come after: any meeting stops it."""
        rule = timer(since="date:tender_due", after=None, before="2 days", until="activity:meeting")
        deal = opened(rule)
        deal.log("meeting", at=MON)
        deal.learn(at=TUE, tender_due="2026-03-20")

        assert running(deal, TUE) == []


class TestValidity:
    FACTS = (Fact(id="need", type="bool", valid_for="2 days"), Fact(id="due", type="date"))

    def test_up_to_its_last_instant(self):
        """Then nobody knows any more, and the gate shuts."""
        deal = opened(facts=self.FACTS)
        deal.learn(at=MON, need=True)

        assert deal.can_move("proof", WED)
        assert not deal.can_move("proof", WED + MICROSECOND)
        in_time, after = deal.state(WED), deal.state(WED + MICROSECOND)
        assert (in_time.facts, in_time.expired) == ({"need": True}, {})
        assert (after.facts, after.expired) == ({}, {"need": True})

    def test_learned_again(self):
        """The later the better; the clock of the fact goes on."""
        deal = opened(timer(since="fact:need", after="3 days"), facts=self.FACTS)
        deal.learn(at=MON, need=True)
        deal.learn(at=TUE, need=True)

        assert deal.state(THU).facts == {"need": True}
        assert deal.state(THU).clocks[0].started_at == MON

    def test_learned_again_too_late(self):
        """Its clock had ended, and starts anew."""
        deal = opened(timer(since="fact:need", after="1 day"), facts=self.FACTS)
        deal.learn(at=MON, need=True)
        assert running(deal, THU) == []

        deal.learn(at=THU, need=True)

        assert raised(deal, FRI + HOUR) == [("timer", "breach", TUE), ("timer", "breach", FRI)]

    def test_a_rule_that_applies_while_it_is_known(self):
        """With the fact, the rule goes; what it did stays in the history."""
        deal = opened(gap(max="1 day", when="need"), facts=self.FACTS)
        deal.learn(at=MON, need=True)

        assert deal.state(WED).status == "breached"
        assert deal.state(WED + MICROSECOND).status == "ok"
        assert raised(deal, FRI) == [("touch", "breach", TUE)]

    def test_from_before_the_deal(self):
        """It goes out of date from when it was learned, not from the opening."""
        deal = opened(facts=self.FACTS)
        deal.learn(at=MON - DAY, need=True)

        assert deal.can_move("proof", TUE)
        assert not deal.can_move("proof", TUE + MICROSECOND)

    def test_a_date_that_is_not_known_any_more(self):
        """No clock can end with it."""
        facts = [*self.FACTS[:1], Fact(id="due", type="date", valid_for="1 day")]
        rule = timer(since="date:due", after=None)
        deal = opened(rule, facts=facts, stages=(Stage(id="talk"), Stage(id="won", kind="won")))
        deal.learn(at=MON, due="2026-03-20")

        assert running(deal, TUE) == ["timer"]
        assert running(deal, TUE + MICROSECOND) == []
        assert raised(deal, utc("2026-04-01 00:00")) == []

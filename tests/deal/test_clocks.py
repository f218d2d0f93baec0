"""What starts, stops and restarts the clocks of a deal."""

import pytest
from tests.deal.small import (
    DAY,
    FRI,
    HOUR,
    MON,
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
from salesflow.errors import Refused
from salesflow.process import TouchClass


class TestTouches:
    @pytest.mark.parametrize(
        "work",
        [
            pytest.param(("note", {}), id="note"),
            pytest.param(("call", {"status": "no_show"}), id="no-show"),
            pytest.param(("email", {"outcome": "bounced"}), id="bounced"),
            pytest.param(("email", {"outcome": "opened"}), id="opened"),
        ],
    )
    def test_what_does_not_reach_the_buyer_restarts_nothing(self, work):
        """Internal work, what was not done and what nobody read are no touches."""
        deal = opened(gap())
        deal.log(work[0], at=TUE, **work[1])

        assert deal.deadlines(TUE)[0].due_at == WED

    def test_no_other_event_restarts_a_touch_clock(self):
        """A new stage, a new owner, a new fact and a refused command restart nothing."""
        deal = opened(gap())
        with pytest.raises(Refused, match="cannot move to 'won'"):
            deal.move("won", at=TUE)
        deal.assign("kim", at=TUE)
        deal.learn(at=TUE, budget=5)
        deal.record(moved("offer", TUE))

        assert (deal.state(TUE).stage, deal.state(TUE).owner) == ("offer", "kim")
        assert deal.deadlines(TUE)[0].due_at == WED

    @pytest.mark.parametrize(
        ("work", "is_two_way"),
        [
            (("email", {"direction": "in"}), True),
            (("email", {"direction": "out"}), False),
            (("email", {}), False),
            (("call", {}), True),
            (("meeting", {"direction": "out"}), True),
            (("call", {"outcome": "voicemail"}), False),
            (("call", {"outcome": "voicemail", "direction": "in"}), True),
        ],
    )
    def test_two_way(self, work, is_two_way):
        """Two-way is what came in, and a call or meeting that took place."""
        deal = opened(gap(touch="two_way"))
        deal.log(work[0], at=TUE, **work[1])

        assert deal.deadlines(TUE)[0].due_at == (THU if is_two_way else WED)


class TestTouchCap:
    @pytest.mark.parametrize(
        ("work", "counts"),
        [
            pytest.param(["out"], 1, id="first"),
            pytest.param(["out", "out"], 2, id="last-of-the-cap"),
            pytest.param(["out", "out", "out"], 2, id="one-too-many"),
            pytest.param(["out", "out", "out", "in"], 4, id="an-answer"),
            pytest.param(["out", "out", "out", "in", "out"], 5, id="after-an-answer"),
            pytest.param(["out", "out", "in", "out", "out", "out"], 5, id="and-again-the-cap"),
        ],
    )
    def test_unanswered_attempts_beyond_it_do_not_count(self, work, counts):
        """Two attempts in a row count; an answer ends the run and counts itself."""
        deal = opened(gap(touch="capped"), touches=[TouchClass(id="capped", unanswered_cap=2)])
        for hour, direction in enumerate(work, 1):
            deal.log("email", at=MON + hour * HOUR, direction=direction)

        assert deal.next_deadline(TUE).due_at == WED + counts * HOUR

    def test_a_return_begins_afresh(self):
        """Who comes back to a lost deal has the whole cap again."""
        deal = opened(gap(touch="capped"), touches=[TouchClass(id="capped", unanswered_cap=1)])
        deal.log("email", at=MON)
        deal.move("lost", at=MON)
        deal.record(moved("talk", TUE))
        deal.log("email", at=WED)

        assert deal.next_deadline(WED).due_at == WED + 2 * DAY

    def test_it_is_a_matter_of_one_class(self):
        """What is beyond the cap of one class still is a touch of another."""
        deal = opened(gap(), touches=[TouchClass(id="capped", unanswered_cap=1)])
        deal.log("email", at=MON)
        deal.log("email", at=TUE)

        assert deal.next_deadline(TUE).due_at == THU


class TestFacts:
    def test_false_stops_a_clock_and_true_starts_it_anew(self):
        """A fact clock runs with the present run of true."""
        deal = opened(timer(since="fact:need", after="1 day"))
        starts = []
        for at, value in ((MON, True), (TUE, True), (WED, False), (THU, True)):
            deal.learn(at=at, need=value)
            starts.append([clock.started_at for clock in deal.state(at).clocks])

        assert starts == [[MON], [MON], [], [THU]]
        assert raised(deal, FRI) == [("timer", "breach", TUE)]

    def test_other_types_run_since_they_were_first_learned(self):
        """Another value of a budget restarts nothing; one in a foreign currency is unknown."""
        deal = opened(timer(since="fact:budget"))
        starts = []
        for at, value in ((MON, 5), (TUE, "6 USD"), (WED, "7 EUR"), (THU, 8)):
            deal.learn(at=at, budget=value)
            starts.append([clock.started_at for clock in deal.state(at).clocks])

        assert starts == [[MON], [MON], [], [THU]]
        assert deal.state(WED).facts["budget"] == "7 EUR"

    def test_a_date_stands_for_the_end_of_its_day(self):
        """Without a span the clock ends with the day; there is no share of it to use up."""
        deal = opened(timer(since="date:tender_due", after=None))
        deal.learn(at=MON, tender_due="2026-03-04")
        (clock,) = deal.state(MON).clocks

        assert clock.due_at == utc("2026-03-04 23:59:59.999999")
        assert clock.used is None

    def test_a_new_date_moves_the_deadline(self):
        """Learning that the tender is put off takes the breach back."""
        deal = opened(timer(since="date:tender_due", after=None))
        deal.learn(at=MON, tender_due="2026-03-02")
        assert deal.state(TUE).status == DealStatus.BREACHED

        deal.learn(at=TUE, tender_due="2026-03-09")

        assert deal.state(TUE).status == DealStatus.OK

    def test_a_date_in_the_past_acts_when_it_is_learned(self):
        """The deadline is the date, the act is now."""
        deal = opened(kill(since="date:tender_due", after=None))
        deal.learn(at=WED, tender_due="2026-02-01")

        assert deal.state(WED).stage == "lost"
        assert raised(deal, WED) == [("cold", "move", WED)]

    def test_when_becomes_true(self):
        """A rule that comes to apply acts from then on, though its deadline has passed."""
        deal = opened(gap(when="budget >= 50"))
        deal.learn(at=FRI, budget=50)

        assert raised(deal, FRI) == [("touch", "breach", FRI)]

    def test_the_used_share_of_a_clock(self):
        """Half of the time is used in the middle, and more than all of it past the end."""
        deal = opened(gap())

        assert [deal.state(at).clocks[0].used for at in (MON, TUE, THU)] == [0, 0.5, 1.5]

    def test_the_time_left_of_a_clock(self):
        """Days until its end, whatever counts on the way, and since then."""
        deal = opened(gap())

        assert [deal.state(at).clocks[0].days_left for at in (MON, TUE, THU)] == [2, 1, -1]
        assert opened(timer(since="date:tender_due", after=None)).state(MON).clocks == ()

    def test_a_clock_that_starts_in_the_future_is_not_used(self):
        """Before its date a clock has used nothing of what it allows."""
        deal = opened(timer(since="date:tender_due", after="2 days"))
        deal.learn(at=MON, tender_due="2026-03-20")

        assert deal.state(MON).clocks[0].used == 0

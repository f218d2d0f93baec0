"""Plans: what is put in the diary, revised and taken back, and what it puts off."""

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
    opened,
    raised,
    timer,
)

from salesflow.process import Postponement

SAT, SUN = FRI + DAY, FRI + 2 * DAY


def aging(**said):
    """A timer that ends on Saturday, or two days after a planned activity."""
    return kill(postpone=Postponement(planned="2 days", **said.pop("limits", {})), **said)


def end(deal, now=MON):
    """When the timer ends."""
    return next(d.due_at for d in deal.deadlines(now) if d.rung in {"move", "breach"})


class TestIdentity:
    @pytest.mark.parametrize("status", ["done", "no_show", "cancelled"])
    def test_a_plan_can_be_done_without_an_id_of_the_host(self, status):
        """Whatever became of it, it is off the agenda, and the end is where it was."""
        deal = opened(aging())
        plan = deal.plan("call", at=MON, starts_at=FRI)
        assert [item.of for item in deal.agenda(FRI) if item.urgency == "planned"] == [plan.id]

        deal.log("call", at=THU, activity_id=plan.activity_id, status=status)

        assert [item for item in deal.agenda(SUN) if item.urgency == "planned"] == []
        assert end(deal, THU) == SAT

    def test_two_plans_are_two(self):
        """Each has an id of its own; one that is given is taken."""
        deal = opened()
        plans = [deal.plan("call", at=MON, starts_at=day) for day in (TUE, WED)]
        given = deal.plan("call", at=MON, starts_at=THU, activity_id="m1")

        assert [plan.activity_id for plan in plans] == [plan.id for plan in plans]
        assert given.activity_id == "m1"
        assert len(deal.agenda(FRI)) == 3


class TestTouches:
    def test_a_plan_is_no_touch(self):
        """Nobody was reached yet."""
        deal = opened(gap())
        deal.plan("call", at=MON + HOUR, starts_at=TUE)

        assert deal.state(TUE).last_touch_at is None
        assert end(deal, TUE) == WED

    def test_it_counts_once_it_is_done(self):
        """From when it took place, not from when it was planned for."""
        deal = opened(gap())
        deal.plan("meeting", at=MON, starts_at=TUE, activity_id="m")
        deal.log("meeting", at=TUE + HOUR, activity_id="m")

        assert end(deal, TUE + HOUR) == THU + HOUR

    def test_all_revisions_stay_readable(self):
        """A revision takes nothing out of the history."""
        deal = opened()
        deal.plan("meeting", at=MON, starts_at=TUE, activity_id="m")
        deal.plan("meeting", at=TUE, starts_at=FRI, activity_id="m")
        deal.log("meeting", at=FRI, activity_id="m")

        assert [event.status for event in deal.events[1:]] == ["planned", "planned", "done"]

    @pytest.mark.parametrize("status", ["no_show", "cancelled", "planned"])
    def test_a_touch_that_is_taken_back(self, status):
        """From the revision on the clock goes back to the touch before it."""
        deal = opened(gap())
        deal.log("call", at=TUE, activity_id="c")
        revision = {"at": WED - HOUR, "activity_id": "c"}
        if status == "planned":
            deal.plan("call", starts_at=SAT, **revision)
        else:
            deal.log("call", status=status, **revision)

        assert [end(deal, at) for at in (TUE, WED - HOUR)] == [THU, WED]
        assert raised(deal, FRI) == [("touch", "breach", WED)]

    def test_one_that_is_taken_back_late(self):
        """Then what is overdue without it acts at the revision."""
        deal = opened(gap())
        deal.log("call", at=TUE, activity_id="c")
        deal.log("call", at=WED + HOUR, activity_id="c", status="no_show")

        assert raised(deal, FRI) == [("touch", "breach", WED + HOUR)]
        assert deal.timeline(FRI)[-1].due_at == WED

    def test_a_done_activity_that_is_done_again(self):
        """The later one replaces it, and counts from its own place."""
        deal = opened(gap())
        deal.log("call", at=MON + HOUR, activity_id="c")
        deal.log("call", at=TUE, activity_id="c", minutes=25)

        assert end(deal, TUE) == THU


class TestPostponement:
    def test_a_plan_puts_off_the_end(self):
        """Two days after the meeting."""
        deal = opened(aging())
        deal.plan("meeting", at=TUE, starts_at=SUN)

        assert end(deal) == SAT
        assert end(deal, TUE) == SUN + 2 * DAY

    def test_a_plan_that_ends_sooner_anyway(self):
        """The timer's own deadline is the least."""
        deal = opened(aging())
        deal.plan("meeting", at=TUE, starts_at=WED)

        assert end(deal, TUE) == SAT

    def test_the_nearest_counts(self):
        """A meeting next month does not keep the deal alive until then."""
        deal = opened(aging())
        deal.plan("meeting", at=TUE, starts_at=MON + 30 * DAY)
        deal.plan("call", at=TUE, starts_at=SAT)

        assert end(deal, TUE) == SAT + 2 * DAY

    def test_one_from_before_the_clock_started(self):
        """What was planned for an earlier stage says nothing about this one."""
        deal = opened(aging(since="stage", after="1 day"))
        deal.plan("meeting", at=MON, starts_at=TUE)
        deal.learn(at=MON, need=True)
        deal.move("proof", at=TUE + HOUR)

        assert end(deal, TUE + HOUR) == WED + HOUR

    @pytest.mark.parametrize("kind", ["note", "research", "task"])
    def test_what_does_not_reach_the_buyer(self, kind):
        """To plan internal work keeps no deal alive."""
        deal = opened(aging())
        deal.plan(kind, at=TUE, starts_at=SUN)

        assert end(deal, TUE) == SAT

    def test_once_it_is_done_it_keeps_its_window(self):
        """Measured from when it took place."""
        deal = opened(aging())
        deal.plan("meeting", at=TUE, starts_at=SUN, activity_id="m")
        deal.log("meeting", at=FRI, activity_id="m")

        assert end(deal, FRI) == SUN

    def test_what_was_done_without_a_plan(self):
        """It has no window of its own: the touch clocks are there for it."""
        deal = opened(aging())
        deal.log("meeting", at=FRI)

        assert end(deal, FRI) == SAT

    @pytest.mark.parametrize("status", ["no_show", "cancelled"])
    def test_one_that_comes_to_nothing(self, status):
        """The plain end holds again, and what is overdue acts at once."""
        deal = opened(aging())
        deal.plan("meeting", at=TUE, starts_at=SUN, activity_id="m")
        deal.log("meeting", at=SUN, activity_id="m", status=status)

        assert raised(deal, SUN) == [("cold", "move", SUN)]
        assert deal.timeline(SUN)[-1].due_at == SAT

    def test_one_that_is_moved(self):
        """The latest revision stands."""
        deal = opened(aging())
        deal.plan("meeting", at=TUE, starts_at=SUN, activity_id="m")
        deal.plan("meeting", at=WED, starts_at=SAT, activity_id="m")

        assert end(deal, WED) == SAT + 2 * DAY

    def test_one_that_is_retracted(self):
        """As if it had never been planned."""
        deal = opened(aging())
        event = deal.plan("meeting", at=TUE, starts_at=SUN)
        deal.retract(event.id, at=WED)

        assert end(deal, TUE) == SAT

    def test_at_most(self):
        """Whatever is planned, not longer than that after the timer's own deadline."""
        deal = opened(aging(limits={"at_most": "3 days"}))
        deal.plan("meeting", at=TUE, starts_at=SUN + 9 * DAY)

        assert end(deal, TUE) == SAT + 3 * DAY

    def test_a_hold_counts_in_each_window(self):
        """What was planned does not count down either while nothing does."""
        deal = opened(aging())
        deal.plan("meeting", at=TUE, starts_at=SUN)
        deal.hold(at=SUN + HOUR, until=SUN + 7 * HOUR)

        assert end(deal, SUN + HOUR) == SUN + 2 * DAY + 6 * HOUR

    @pytest.mark.parametrize(("direction", "ends"), [("in", SAT + HOUR), ("out", SAT)])
    def test_the_buyer_puts_it_off(self, direction, ends):
        """A touch of the buyer counts, one of ours does not."""
        deal = opened(kill(postpone=Postponement(inbound="2 days")))
        deal.log("email", at=THU + HOUR, direction=direction)

        assert end(deal, THU + HOUR) == ends


class TestSecondNotice:
    def test_no_end_comes_unannounced(self):
        """The end that was put off is announced as long before it as the first was."""
        deal = opened(aging(notice="1 day"))
        deal.plan("meeting", at=TUE, starts_at=SUN)

        assert raised(deal, SUN + 3 * DAY) == [
            ("cold", "notice", FRI),
            ("cold", "notice:2", SUN + DAY),
            ("cold", "move", SUN + 2 * DAY),
        ]

    def test_nothing_put_off(self):
        """One notice is enough."""
        deal = opened(aging(notice="1 day"))

        assert [d.rung for d in deal.deadlines(MON)] == ["notice", "move"]

    def test_never_before_the_first(self):
        """An end that is put off by an hour is announced with the notice of the old one."""
        deal = opened(aging(notice="2 days"))
        deal.plan("meeting", at=TUE, starts_at=THU + HOUR)

        assert [(d.rung, d.due_at) for d in deal.deadlines(TUE)] == [
            ("notice", THU),
            ("notice:2", THU + HOUR),
            ("move", SAT + HOUR),
        ]

    def test_of_a_breach(self):
        """A timer that moves nothing is announced in the same way."""
        rule = timer(postpone=Postponement(inbound="2 days"), notice="1 day")
        deal = opened(rule)
        deal.log("call", at=FRI, direction="in")

        assert [(d.rung, d.due_at) for d in deal.deadlines(FRI)] == [
            ("notice", FRI),
            ("notice:2", SAT),
            ("breach", SUN),
        ]

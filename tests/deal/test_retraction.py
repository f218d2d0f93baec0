"""Retraction: what was recorded and never was so."""

import pytest
from tests.deal.small import DAY, FRI, HOUR, MON, THU, TUE, WED, gap, moved, opened, raised

from salesflow.deal import Deal
from salesflow.errors import EventError
from salesflow.events import Activity, Learned, Opened, Retracted


def retracted(target, at=FRI, **said):
    """A retraction that is told from elsewhere."""
    return Retracted(**{"id": f"not {target}", "occurred_at": at, "target": target, **said})


class TestWhatIsGone:
    def test_a_touch(self):
        """It was another deal's call: there was a breach on Wednesday after all."""
        deal = opened(gap())
        call = deal.log("call", at=TUE)
        deal.retract(call.id, at=FRI, reason="the other Smith")

        assert deal.state(TUE).last_touch_at is None
        assert raised(deal, FRI) == [("touch", "breach", WED)]

    def test_a_move(self):
        """The deal was never there, and the deviation is gone with it."""
        deal = opened()
        deal.record(moved("won", TUE, id="m"))
        assert deal.state(TUE).outcome == "won"

        deal.retract("m", at=FRI)

        assert (deal.state(TUE).stage, deal.state(FRI).deviations) == ("talk", ())

    def test_a_fact(self):
        """What was learned before it stands."""
        deal = opened()
        deal.learn(at=MON, budget=10)
        wrong = deal.learn(at=TUE, budget=999)
        deal.retract(wrong.id, at=WED)

        assert deal.state(TUE).facts == {"budget": 10}

    def test_a_revision(self):
        """The activity is again what it was."""
        deal = opened(gap())
        deal.log("call", at=TUE, activity_id="c")
        slip = deal.log("call", at=WED, activity_id="c", status="cancelled")
        deal.retract(slip.id, at=WED)

        assert deal.state(WED).last_touch_at == TUE

    @pytest.mark.parametrize("now", [MON, TUE, FRI])
    def test_at_every_instant(self, now):
        """Also at those before anybody found out."""
        deal = opened()
        deal.record(moved("lost", MON, id="m"))
        deal.retract("m", at=FRI)

        assert deal.state(now).stage == "talk"

    def test_but_not_by_what_we_knew(self):
        """Until we were told, the deal was lost."""
        deal = opened()
        deal.record(moved("lost", MON, id="m"))
        deal.retract("m", at=THU, recorded_at=FRI)

        assert deal.state(FRI, known_at=THU).stage == "lost"
        assert deal.state(MON, known_at=FRI).stage == "talk"

    def test_it_is_kept(self):
        """Nothing is deleted: the timeline leaves it out, the events do not."""
        deal = opened()
        call = deal.log("call", at=TUE)
        taken_back = deal.retract(call.id, at=WED)

        assert deal.timeline(FRI) == (deal.events[0], taken_back)
        assert call in deal.events

    def test_recording_it_again(self):
        """The same event is not new, and stays gone; what is true has another id."""
        deal = opened(gap())
        call = deal.log("call", at=TUE)
        deal.retract(call.id, at=WED)
        assert not deal.record(call)
        assert deal.state(TUE).last_touch_at is None

        deal.log("call", at=TUE + HOUR)

        assert deal.state(WED).last_touch_at == TUE + HOUR


class TestOrder:
    def test_a_retraction_that_comes_first(self):
        """It waits for what it takes back."""
        deal = opened(gap())
        assert deal.record(retracted("c"))
        assert deal.record(Activity(id="c", kind="call", occurred_at=TUE))

        assert deal.state(FRI).last_touch_at is None

    def test_twice(self):
        """What is gone is gone."""
        deal = opened()
        call = deal.log("call", at=TUE)
        deal.retract(call.id, at=WED)
        deal.retract(call.id, at=THU)

        assert deal.state(FRI).last_touch_at is None

    def test_a_number_that_is_taken_back_is_passed_over(self):
        """A slip of the pen in a retraction does not swallow the next thing that is told."""
        deal = opened()
        deal.retract("D/2", at=MON)
        fact = deal.learn(at=TUE, need=True)

        assert fact.id == "D/3"
        assert deal.state(TUE).facts == {"need": True}


class TestWhatStays:
    def test_an_opening(self):
        """A deal that was never opened is no deal."""
        deal = opened()
        with pytest.raises(EventError, match="'D/0' is an opening and cannot be"):
            deal.retract("D/0", at=MON)

        assert len(deal.events) == 1

    def test_an_opening_that_comes_later(self):
        """Whichever of the two comes first."""
        deal = opened()
        deal.record(retracted("o"))
        with pytest.raises(EventError, match="event 'not o': 'o' is an opening"):
            deal.record(Opened(id="o", deal="D", occurred_at=MON - DAY))

        assert deal.opened_at == MON

    def test_a_retraction(self):
        """What is true after all is recorded anew."""
        deal = opened()
        deal.learn(at=MON, need=True)
        first = deal.retract("D/1", at=MON)
        with pytest.raises(
            EventError, match=r"is a retraction and cannot be retracted\. Record what is"
        ):
            deal.retract(first.id, at=TUE)

    def test_itself(self):
        """It would have been accepted, and the deal could never have been loaded again."""
        deal = opened()
        with pytest.raises(EventError, match="'D/1' is a retraction"):
            deal.retract("D/1", at=MON)

        assert Deal.replay(deal.process, deal.events).events == deal.events

    def test_a_verb_that_clashes_with_what_is_recorded(self):
        """Where the fault is another event's, that is named, and not the verb."""
        deal = opened()
        deal.record(retracted("later"))
        with pytest.raises(EventError, match=r"^event 'not later': 'later' is a retraction") as one:
            deal.retract("D/9", id="later", at=MON)
        with pytest.raises(EventError, match=r"^event id 'not later' is taken") as other:
            deal.learn(at=MON, id="not later", need=True)

        assert (one.value.event_id, other.value.event_id) == ("not later", None)

    def test_in_a_replay(self):
        """The same is asked of a whole history."""
        deal = opened()
        events = [*deal.events, retracted("D/0")]
        with pytest.raises(EventError, match="'D/0' is an opening"):
            Deal.replay(deal.process, events)

    def test_one_id_for_a_retraction_and_a_fact(self):
        """A taken id is an error here as everywhere."""
        deal = opened()
        deal.record(retracted("x"))
        with pytest.raises(EventError, match="event id 'not x' is taken"):
            deal.record(Learned(id="not x", occurred_at=MON, facts={"need": True}))

"""Holds: spans of time that do not count, what ends them, and how many a deal may have."""

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
    moved,
    opened,
    raised,
    timer,
    utc,
)

from salesflow.deal import DealStatus
from salesflow.deal.state import Hold
from salesflow.errors import Code, Refused
from salesflow.events import Activity, Held, Resumed
from salesflow.process import Fact, Holds


def held(at, until, **said):
    """A hold that is told from elsewhere."""
    return Held(**{"id": f"held {at}", "occurred_at": at, "until": until, **said})


def due(deal, now=MON):
    """When the first deadline is."""
    return deal.deadlines(now)[0].due_at


class TestCounting:
    @pytest.mark.parametrize(
        ("at", "span", "holds", "expected"),
        [
            pytest.param(
                "03-02 10:00", "5 days", [("03-02 23:59", "03-03 00:01")], "03-07 10:02", id="days"
            ),
            pytest.param(
                "03-02 10:00",
                "5 days",
                [("03-07 00:01", "03-07 23:59")],
                "03-08 09:58",
                id="none-is-left-before-the-deadline",
            ),
            pytest.param(
                "03-02 10:00",
                "24 hours",
                [("03-02 12:00", "03-02 15:00")],
                "03-03 13:00",
                id="hours",
            ),
            pytest.param(
                "03-02 09:00",
                "8 business hours",
                [("03-02 10:00", "03-02 12:00"), ("03-02 11:00", "03-02 13:00")],
                "03-03 12:00",
                id="what-overlaps-counts-once",
            ),
            pytest.param(
                "03-02 09:00",
                "8 business hours",
                [("03-02 16:00", "03-02 20:00")],
                "03-03 10:00",
                id="only-working-time",
            ),
            pytest.param(
                "03-02 09:00",
                "2 business days",
                [("03-03 16:00", "03-03 17:00")],
                "03-05 17:00",
                id="a-close-in-it",
            ),
            pytest.param(
                "03-02 09:00",
                "2 business days",
                [("03-03 09:00", "03-03 16:59")],
                "03-04 17:00",
                id="no-close-in-it",
            ),
        ],
    )
    def test_what_a_hold_takes_away(self, at, span, holds, expected):
        """It is left out on the clock of the span."""
        deal = opened(gap(max=span), at=utc(f"2026-{at}"))
        for begins, ends in holds:
            deal.hold(at=utc(f"2026-{begins}"), until=utc(f"2026-{ends}"))

        assert due(deal, utc("2026-03-08 00:00")) == utc(f"2026-{expected}")

    def test_two_that_touch_are_one(self):
        """To go on holding is to hold for longer."""
        deal = opened(gap())
        deal.hold(at=MON, until=TUE)
        deal.hold(at=TUE, until=WED)

        assert deal.state(WED).holds == (Hold(from_at=MON, until=WED),)
        assert due(deal, WED) == FRI

    @pytest.mark.parametrize("until", [MON, TUE])
    @pytest.mark.parametrize("mode", ["enforce", "warn", "observe"])
    def test_one_that_is_none(self, until, mode):
        """A hold that ends no later than it begins is refused in every mode."""
        deal = opened(gap(), mode=mode, holds=Holds(longest="1 day", per_deal=1))
        with pytest.raises(Refused, match="is empty") as refused:
            deal.hold(at=TUE, until=until)

        assert [o.code for o in refused.value.obstacles] == [Code.HOLD_EMPTY]
        assert len(deal.events) == 1

    @pytest.mark.parametrize("until", [MON, TUE])
    def test_one_that_is_recorded_and_none(self, until):
        """It is kept as a deviation, holds nothing, and is none of those that a deal may have."""
        deal = opened(gap(), holds=Holds(per_deal=1))
        deal.record(held(TUE, until))
        (deviation,) = deal.state(TUE).deviations

        assert [o.code for o in deviation.obstacles] == [Code.HOLD_EMPTY]
        assert deal.state(TUE).holds == ()
        assert due(deal) == WED
        assert deal.hold(at=TUE, until=WED) == ()

    def test_one_that_ended_before_the_opening(self):
        """It would count from the opening, and is over by then."""
        deal = opened(holds=Holds(per_deal=1))
        deal.record(held(MON - 2 * DAY, MON - DAY))

        assert deal.hold(at=TUE, until=WED) == ()

    def test_one_that_begins_at_the_deadline(self):
        """It does not move the deadline: that is the last instant in time."""
        deal = opened(gap())
        deal.hold(at=WED, until=FRI)

        assert raised(deal, FRI) == [("touch", "breach", WED)]

    def test_one_that_begins_just_before_the_deadline(self):
        """Nobody is late while nothing counts: what was left to run begins at its end."""
        deal = opened(gap())
        deal.hold(at=WED - MICROSECOND, until=FRI)

        assert deal.state(FRI).status == DealStatus.OK
        assert raised(deal, FRI + HOUR) == [("touch", "breach", FRI + MICROSECOND)]

    def test_a_date_does_not_wait(self):
        """A clock that ends with its date is not moved by a hold before it."""
        deal = opened(timer(since="date:tender_due", after=None))
        deal.learn(at=MON, tender_due="2026-03-05")
        deal.hold(at=TUE, until=WED)

        assert due(deal, TUE) == utc("2026-03-05 23:59:59.999999")

    def test_a_date_in_a_hold(self):
        """If it ends strictly inside one, that becomes the hold's end."""
        deal = opened(timer(since="date:tender_due", after=None))
        deal.learn(at=MON, tender_due="2026-03-03")
        deal.hold(at=TUE, until=THU)

        assert due(deal, TUE) == THU

    def test_so_long_after_a_date_it_counts(self):
        """A clock that begins with the date skips the hold like any other."""
        deal = opened(timer(since="date:tender_due", after="24 hours"))
        deal.learn(at=MON, tender_due="2026-03-03")
        deal.hold(at=WED, until=THU)

        assert due(deal, WED) == utc("2026-03-05 23:59:59.999999")

    def test_it_does_not_lengthen_what_is_known(self):
        """A fact goes out of date during a hold as well."""
        deal = opened(facts=[Fact(id="need", type="bool", valid_for="2 days")])
        deal.learn(at=MON, need=True)
        deal.hold(at=MON, until=FRI)

        assert deal.can_move("proof", WED)
        assert not deal.can_move("proof", WED + MICROSECOND)


class TestBreach:
    def test_it_heals_none_that_stood_before(self):
        """The gap was breached on Wednesday: forward moves stay blocked, hold or not."""
        deal = opened(gap(), stage="proof")
        deal.hold(at=THU, until=FRI)

        assert deal.state(THU).status == DealStatus.BREACHED
        assert [o.code for o in deal.obstacles("offer", THU + HOUR)] == [Code.GAP]

    def test_what_has_acted_keeps_its_deadline(self):
        """What came before the hold is not counted anew."""
        deal = opened(gap())
        deal.hold(at=THU, until=FRI)
        (deadline,) = deal.deadlines(FRI)

        assert (deadline.due_at, deadline.acted_at) == (WED, WED)

    def test_one_that_is_told_late(self):
        """A hold that began before the deadline means that there was no breach."""
        deal = opened(gap())
        assert raised(deal, FRI) == [("touch", "breach", WED)]

        deal.record(held(TUE, THU, recorded_at=FRI))

        assert raised(deal, FRI) == []


class TestEnds:
    def test_its_planned_end(self):
        """It runs from its first instant up to, not including, its last."""
        deal = opened()
        deal.hold(at=TUE, until=WED)

        assert [
            deal.state(at).on_hold for at in (TUE - MICROSECOND, TUE, WED - MICROSECOND, WED)
        ] == [False, True, True, False]

    def test_resume(self):
        """What had run by then stays uncounted, the rest counts."""
        deal = opened(gap())
        deal.hold(at=MON, until=FRI)
        assert deal.resume(at=TUE) == ()

        assert deal.state(TUE).holds == (Hold(from_at=MON, until=TUE),)
        assert due(deal, TUE) == THU

    @pytest.mark.parametrize(
        ("first_until", "ends"), [(TUE, False), (WED, True)], ids=["touching", "overlapping"]
    )
    def test_resume_where_the_next_begins(self, first_until, ends):
        """Only what had begun before is ended, if it still runs; what begins then goes on."""
        deal = opened(gap())
        deal.hold(at=MON, until=first_until)
        deal.hold(at=TUE, until=FRI)

        if ends:
            assert deal.resume(at=TUE) == ()
        else:
            with pytest.raises(Refused) as refused:
                deal.resume(at=TUE)
            assert [obstacle.code for obstacle in refused.value.obstacles] == [Code.NO_HOLD]

        assert deal.state(TUE).deviations == ()
        assert deal.state(TUE).holds == (Hold(from_at=MON, until=FRI),)

    @pytest.mark.parametrize(
        ("rules", "direction", "goes_on"),
        [
            (Holds(end_on_inbound=True), "in", False),
            (Holds(end_on_inbound=True), "out", True),
            (Holds(), "in", True),
        ],
    )
    def test_the_buyer_calls(self, rules, direction, goes_on):
        """A touch of the buyer ends a hold where the process says so."""
        deal = opened(holds=rules)
        deal.hold(at=MON, until=FRI)
        deal.log("call", at=TUE, direction=direction)

        assert deal.state(TUE).on_hold is goes_on

    def test_the_buyer_calls_and_asks_for_it(self):
        """At one instant the touch comes first: it does not end the hold that it leads to."""
        deal = opened(holds=Holds(end_on_inbound=True))
        deal.hold(at=TUE, until=FRI)
        deal.log("call", at=TUE, direction="in")

        assert deal.state(TUE).on_hold

    @pytest.mark.parametrize("to", ["lost", "won"])
    def test_closing(self, to):
        """A closed deal is not on hold; the hold ends where the deal did."""
        deal = opened()
        deal.hold(at=MON, until=FRI)
        deal.record(moved(to, TUE))

        assert deal.state(TUE).holds == (Hold(from_at=MON, until=TUE),)

    def test_parking_does_not_end_it(self):
        """But nothing made before a deal comes back reaches beyond that."""
        deal = opened(gap())
        deal.hold(at=MON, until=FRI)
        deal.move("nurture", at=TUE)
        assert deal.state(WED).on_hold

        deal.record(moved("talk", WED))

        assert not deal.state(WED).on_hold
        assert due(deal, WED) == FRI


class TestLimits:
    def test_the_longest(self):
        """Exactly as long as the process allows, and no microsecond longer."""
        deal = opened(holds=Holds(longest="2 business days"))
        end = utc("2026-03-04 17:00")
        with pytest.raises(Refused, match="cannot hold until 2026-03-04 17:00") as refused:
            deal.hold(at=MON, until=end + MICROSECOND)

        assert [o.code for o in refused.value.obstacles] == [Code.HOLD_LENGTH]
        assert deal.hold(at=MON, until=end) == ()

    def test_how_many(self):
        """Over the whole life of the deal, reopened or not."""
        deal = opened(holds=Holds(per_deal=2))
        deal.hold(at=MON, until=MON + HOUR)
        deal.move("lost", at=TUE)
        deal.reopen(at=WED)
        deal.hold(at=WED + HOUR, until=THU)
        with pytest.raises(Refused, match="the deal has had 2 holds, as many as it may have"):
            deal.hold(at=THU, until=FRI)

    def test_one_that_is_taken_back_is_none(self):
        """What was never so is not counted."""
        deal = opened(holds=Holds(per_deal=1))
        deal.hold(at=MON, until=TUE)
        deal.retract(deal.events[-1].id, at=MON)

        assert deal.hold(at=MON, until=TUE) == ()

    @pytest.mark.parametrize(("reason", "passes"), [("legal", True), ("tired", False), ("", False)])
    def test_the_reasons(self, reason, passes):
        """Where reasons are listed, one of them is given."""
        deal = opened(holds=Holds(reasons=["legal"]), mode="warn")
        found = deal.hold(at=MON, until=TUE, reason=reason)

        assert [o.code for o in found] == [Code.REASON] * (not passes)

    @pytest.mark.parametrize(("stage", "codes"), [("won", ["closed"]), ("nurture", [])])
    def test_a_deal_that_is_closed(self, stage, codes):
        """A parked deal may be on hold, a closed one has nothing to wait for."""
        deal = opened(stage=stage, mode="warn")

        assert codes == [o.code for o in deal.hold(at=MON, until=TUE)]

    def test_all_at_once(self):
        """A refusal says everything, and changes nothing."""
        deal = opened(holds=Holds(longest="1 day", per_deal=1, reasons=["legal"]))
        deal.hold(at=MON, until=MON + HOUR, reason="legal")
        with pytest.raises(Refused, match="cannot hold until 2026-03-06 10:00 UTC") as refused:
            deal.hold(at=TUE, until=FRI)

        assert [o.code for o in refused.value.obstacles] == [
            *(Code.HOLD_LENGTH, Code.HOLD_COUNT, Code.REASON),
        ]
        assert len(deal.events) == 2

    def test_what_is_recorded_counts_beyond_them(self):
        """A hold that was made elsewhere is one; that it was too long is kept beside it."""
        deal = opened(gap(), holds=Holds(longest="1 day"))
        deal.record(held(MON, THU))
        (deviation,) = deal.state(MON).deviations

        assert [o.code for o in deviation.obstacles] == [Code.HOLD_LENGTH]
        assert due(deal) == FRI + DAY

    @pytest.mark.parametrize("mode", ["enforce", "warn", "observe"])
    def test_nothing_to_resume(self, mode):
        """There is nothing to end before a hold, at its first instant and from its end on."""
        deal = opened(mode=mode)
        deal.hold(at=TUE, until=WED)
        for at in (MON, TUE, WED):
            with pytest.raises(Refused, match="the deal is not on hold"):
                deal.resume(at=at)

    def test_a_recorded_end_of_none(self):
        """It changes nothing, and is kept."""
        deal = opened()
        deal.record(Resumed(id="r", occurred_at=TUE))

        assert [o.code for d in deal.state(TUE).deviations for o in d.obstacles] == ["no_hold"]

    def test_dated_before_the_deal(self):
        """A hold from before the opening counts from it."""
        deal = opened(gap())
        deal.record(held(MON - DAY, TUE))

        assert deal.state(MON).holds == (Hold(from_at=MON, until=TUE),)


def test_the_late_call_that_ended_it():
    """A call of the buyer that is told late ends the hold at its own instant."""
    deal = opened(gap(), holds=Holds(end_on_inbound=True))
    deal.hold(at=MON, until=FRI)
    assert raised(deal, FRI) == []

    deal.record(
        Activity(id="c", kind="call", direction="in", occurred_at=MON + HOUR, recorded_at=FRI)
    )

    assert raised(deal, FRI) == [("touch", "breach", WED + HOUR)]

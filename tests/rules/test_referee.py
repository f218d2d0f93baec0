"""The referee's deal against examples worked out by hand: what events do, what we knew when."""

import pytest
from tests.rules.hand import (
    OFFICE,
    Hand,
    at,
    call,
    gap,
    held,
    learned,
    moved,
    opened,
    plan,
    process,
    reopened,
    retracted,
    timer,
)

from salesflow.calendars import Calendar
from salesflow.process.parts import NamedCalendar, Stage, TouchClass


def stages(**nurture):
    return [
        Stage(id="talk"),
        Stage(id="offer"),
        Stage(id="won", kind="won"),
        Stage(id="lost", kind="lost"),
        Stage(id="nurture", kind="parked", **nurture),
    ]


class TestTouches:
    def test_the_gap_clock(self):
        """It starts at the later of the opening and the latest thing that reached the buyer."""
        deal = Hand(
            process(gap(max="2 days")),
            opened(),
            call("03-01 10:00", id="before"),
            call("03-03 10:00", id="touch", kind="email"),
            call("03-04 10:00", id="note", kind="note"),
            call("03-04 11:00", id="bounced", kind="email", outcome="bounced"),
            call("03-04 12:00", id="no-show", kind="meeting", status="no_show"),
        )

        assert deal.due("03-02 10:00") == "03-04 10:00"
        assert deal.due("03-04 12:00") == "03-05 10:00"
        assert deal.look("03-04 12:00").last_touch_at == at("03-03 10:00")

    def test_taken_back(self):
        """
        The call of Wed turns out to be none on Fri: the clock is that of Mon again.

        Its end of Thu 10:00 is past by then and acts right then.
        """
        deal = Hand(
            process(gap(max="3 days")),
            opened(),
            call("03-04 10:00", activity_id="c"),
            call("03-06 10:00", activity_id="c", status="cancelled"),
        )

        assert deal.due("03-05 12:00") == "03-07 10:00"
        assert deal.status("03-06 09:00") == "ok"
        assert deal.due("03-06 10:00") == "03-05 10:00"
        assert deal.acts("03-07 12:00") == [("gap", "breach", "03-06 10:00")]
        assert deal.look("03-06 10:00").last_touch_at is None

    def test_taken_back_to_a_clock_that_has_acted(self):
        """What acted before the touch does not act again after it is gone."""
        deal = Hand(
            process(gap(max="1 day")),
            opened(),
            call("03-04 10:00", activity_id="c"),
            call("03-04 12:00", activity_id="c", status="no_show"),
        )

        assert deal.acts("03-09 10:00") == [("gap", "breach", "03-03 10:00")]
        assert deal.status("03-04 11:00") == "ok"
        assert deal.status("03-04 12:00") == "breached"

    def test_revised_and_still_done(self):
        """Of two done revisions the later one counts, from its own place on."""
        deal = Hand(
            process(gap(max="3 days")),
            opened(),
            call("03-03 10:00", activity_id="c"),
            call("03-03 18:00", activity_id="c", minutes=20),
        )

        assert deal.due("03-03 12:00") == "03-06 10:00"
        assert deal.due("03-03 18:00") == "03-06 18:00"

    def test_attempts_are_counted_anew(self):
        """With a cap of one the second mail counts once the first is taken back."""
        capped = TouchClass(id="capped", unanswered_cap=1)
        deal = Hand(
            process(gap(touch="capped", max="5 days"), touches=[capped]),
            opened(),
            call("03-03 10:00", kind="email", activity_id="one"),
            call("03-04 10:00", kind="email"),
            call("03-05 10:00", kind="email", activity_id="one", status="cancelled"),
        )

        assert deal.due("03-04 12:00") == "03-08 10:00"
        assert deal.due("03-05 10:00") == "03-09 10:00"

    def test_attempts_before_a_return(self):
        """
        A run of attempts ends with the return, by its place among the events.

        The mail and the move out of lost are both from before the opening, the mail first; what is
        counted anew after a revision leaves it before the return.
        """
        capped = TouchClass(id="capped", unanswered_cap=1)
        deal = Hand(
            process(gap(touch="capped", max="5 days"), touches=[capped]),
            opened(stage="lost"),
            call("02-28 10:00", kind="email"),
            call("02-28 11:00", kind="note", activity_id="n"),
            moved("03-01 10:00", "talk"),
            call("03-05 10:00", kind="email"),
            call("03-05 11:00", kind="note", activity_id="n", status="cancelled"),
        )

        assert deal.due("03-05 10:00") == "03-10 10:00"
        assert deal.due("03-05 11:00") == "03-10 10:00"

    def test_a_plan_is_no_touch(self):
        """Nor is a meeting that is planned under the id of one that was done: it takes it back."""
        deal = Hand(
            process(gap(max="5 days")),
            opened(),
            call("03-03 10:00", kind="meeting", activity_id="m"),
            plan("03-04 10:00", "03-05 10:00"),
        )

        assert deal.due("03-03 10:00") == "03-08 10:00"
        assert deal.due("03-04 10:00") == "03-07 10:00"


class TestParked:
    DEFINITION = process(gap(max="2 days"), stages=stages(revive="inbound"))
    PARKED = opened(), moved("03-03 10:00", "offer"), moved("03-04 09:00", "nurture")

    def test_revived(self):
        """The buyer's touch brings the deal back to where it was open last; ours does not."""
        deal = Hand(
            self.DEFINITION,
            *self.PARKED,
            call("03-05 10:00", direction="out"),
            call("03-06 10:00", direction="in", kind="email"),
        )

        assert deal.stage("03-05 10:00") == "nurture"
        assert deal.stage("03-06 10:00") == "offer"
        assert deal.look("03-06 10:00").entered_at == at("03-06 10:00")
        assert deal.due("03-06 10:00") == "03-08 10:00"

    def test_not_revived(self):
        """Only where the stage says so."""
        deal = Hand(process(stages=stages()), *self.PARKED, call("03-05 10:00", direction="in"))

        assert deal.stage("03-20 10:00") == "nurture"

    def test_it_stays_back_when_the_touch_is_taken_back(self):
        """The touch is gone, that the deal came back by it is not: the clock is of the return."""
        touch = call("03-06 10:00", direction="in", activity_id="c")
        gone = call("03-06 12:00", direction="in", activity_id="c", status="cancelled")
        deal = Hand(self.DEFINITION, *self.PARKED, touch, gone)

        assert deal.stage("03-06 12:00") == "offer"
        assert deal.due("03-06 12:00") == "03-08 10:00"

    def test_reopened(self):
        """By hand it comes back the same way, or to an earlier stage that is named."""
        assert Hand(self.DEFINITION, *self.PARKED, reopened("03-05 10:00")).stage(
            "03-05 10:00"
        ) == ("offer")
        named = Hand(self.DEFINITION, *self.PARKED, reopened("03-05 10:00", to="talk"))
        assert named.stage("03-05 10:00") == "talk"
        assert named.deviations("03-05 10:00") == {}

    def test_nothing_runs_there(self):
        """A gap has no deadline in a parked stage and begins afresh after it."""
        deal = Hand(self.DEFINITION, *self.PARKED, moved("03-20 10:00", "talk"))

        assert deal.due("03-10 10:00") is None
        assert deal.acts("03-21 10:00") == []
        assert deal.due("03-20 10:00") == "03-22 10:00"


class TestKnowledge:
    LATE = call("03-02 15:00", recorded_at="03-06 12:00")
    DEFINITION = process(gap(max="4 business days"), calendar=OFFICE)

    def test_a_call_recorded_late(self):
        """
        The contract's own: called on Mon, recorded on Fri, and breached on Wed in between.

        From Thu 26 Feb on 4 working days are Fri, Mon, Tue, Wed 4; from Mon 2 on they end on Fri.
        """
        events = opened("02-26 10:00"), self.LATE
        whole = Hand(self.DEFINITION, *events)
        then = Hand(self.DEFINITION, *events, known_at="03-06 11:00")

        assert then.acts("03-06 11:00") == [("gap", "breach", "03-04 17:00")]
        assert then.status("03-06 11:00") == "breached"
        assert whole.acts("03-06 12:00") == []
        assert whole.status("03-06 12:00") == "ok"
        assert whole.due("03-06 12:00") == "03-06 17:00"

    def test_nothing_known_yet(self):
        """Before we were told that a deal is open there is none."""
        with pytest.raises(LookupError):
            Hand(self.DEFINITION, opened(recorded_at="03-05 10:00"), known_at="03-04 10:00")

    def test_retracted(self):
        """A move that was never true is gone for every instant, also before it was retracted."""
        move = moved("03-03 10:00", "lost")
        events = opened(), move, retracted("03-06 10:00", move)
        whole = Hand(self.DEFINITION, *events)
        before = Hand(self.DEFINITION, *events, known_at="03-05 10:00")

        assert whole.stage("03-04 10:00") == "talk"
        assert before.stage("03-04 10:00") == "lost"
        assert Hand(self.DEFINITION, *events, known_at="03-06 10:00").stage("03-04 10:00") == "talk"
        assert before.stage("03-09 10:00") == "lost"

    def test_a_retraction_that_comes_first(self):
        """It waits for its target."""
        move = moved("03-03 10:00", "lost")
        deal = Hand(self.DEFINITION, opened(), retracted("03-02 12:00", move), move)

        assert deal.stage("03-04 10:00") == "talk"
        assert [e.event.id for e in deal.slow.happened(at("03-04 10:00"))][1:] == [
            "retracted 03-02 12:00"
        ]


class TestDays:
    """Events of which only the day is known."""

    DEFINITION = process(gap(max="2 days"))

    def called(self, recorded_at):
        return call("03-03 12:00", precision="day", recorded_at=recorded_at)

    def test_the_end_of_the_day(self):
        """Tue 3 ends a microsecond before midnight."""
        deal = Hand(self.DEFINITION, opened(), self.called("03-06 10:00"))

        assert deal.due("03-04 10:00") == "03-06 00:00-"

    def test_or_when_it_was_recorded(self):
        """It was recorded at 15:00 that day, so it happened by then."""
        deal = Hand(self.DEFINITION, opened(), self.called("03-03 15:00"))

        assert deal.due("03-03 15:00") == "03-05 15:00"

    def test_an_opening(self):
        """It counts at the day's beginning."""
        deal = Hand(
            self.DEFINITION, opened("03-02 10:00", precision="day", recorded_at="03-06 10:00")
        )

        assert deal.due("03-02 00:00") == "03-04 00:00"

    def test_the_day_of_the_deal_s_calendar(self):
        """In Kolkata (UTC+5:30) Mon 2 20:00 UTC is Tue 3, which ends at 18:30 UTC."""
        calendars = [NamedCalendar(id="india", calendar=Calendar("Asia/Kolkata"))]
        deal = Hand(
            process(gap(max="2 days"), calendars=calendars),
            opened(calendar="india"),
            call("03-02 20:00", precision="day", recorded_at="03-06 10:00"),
        )

        assert deal.due("03-04 10:00") == "03-05 18:30-"

    @pytest.mark.parametrize(
        ("now", "uncertain"),
        [
            pytest.param("03-04 10:00", False, id="no-gap-has-ended"),
            # Called at the beginning of Tue the gap ends at the beginning of Thu.
            pytest.param("03-05 00:00", False, id="at-the-early-end"),
            pytest.param("03-05 00:00+", True, id="after-the-early-end"),
            # Called at the end of Tue it ends with Thu; then it is over either way.
            pytest.param("03-06 00:00-", True, id="at-the-late-end"),
            pytest.param("03-06 00:00", False, id="after-the-late-end"),
        ],
    )
    def test_uncertain(self, now, uncertain):
        """The verdict depends on the hour of the call between the two ends."""
        deal = Hand(self.DEFINITION, opened(), self.called("03-09 10:00"))

        assert deal.slow.is_uncertain(at(now)) is uncertain

    def test_nothing_is_uncertain_without_a_day(self):
        """Events with an instant leave no doubt."""
        deal = Hand(self.DEFINITION, opened(), call("03-03 12:00"))

        assert not deal.slow.is_uncertain(at("03-05 00:00+"))


class TestOrder:
    def test_a_touch_at_the_deadline(self):
        """Exactly at it a touch is in time, a microsecond later it is late."""
        definition = process(gap(max="2 days"))
        in_time = Hand(definition, opened(), call("03-04 10:00"))
        late = Hand(definition, opened(), call("03-04 10:00+"))

        assert in_time.acts("03-05 10:00") == []
        assert late.acts("03-05 10:00") == [("gap", "breach", "03-04 10:00")]

    def test_several_at_one_instant(self):
        """Due first, then gaps before timers, then the file, then the rung."""
        rules = (
            timer("two", since="opened", after="2 days", notice="1 day"),
            timer("three", since="opened", after="1 day"),
            gap("four", max="1 day", warn="1 day"),
        )
        deal = Hand(process(*rules), opened())

        assert deal.acts("03-05 10:00") == [
            ("four", "warn", "03-03 10:00"),
            ("four", "breach", "03-03 10:00"),
            ("two", "notice", "03-03 10:00"),
            ("three", "breach", "03-03 10:00"),
            ("two", "breach", "03-04 10:00"),
        ]

    def test_what_a_move_by_time_starts(self):
        """It is measured from there: parked on Wed, back two days later."""
        rules = (
            timer("park", since="stage", after="2 days", move_to="nurture"),
            timer("back", since="stage", after="2 days", move_to="talk", stages=["nurture"]),
        )
        deal = Hand(process(*rules), opened())

        assert deal.acts("03-09 10:00") == [
            ("park", "move", "03-04 10:00"),
            ("back", "move", "03-06 10:00"),
            ("park", "move", "03-08 10:00"),
        ]

    def test_looking_changes_nothing(self):
        """Looked at late or early, the same things have happened at the same instants."""
        rules = (
            timer("park", since="stage", after="2 days", move_to="nurture"),
            timer("back", since="stage", after="2 days", move_to="talk", stages=["nurture"]),
        )
        deal = Hand(process(*rules), opened(), held("03-05 10:00", "03-06 10:00"))
        late = deal.acts("03-20 10:00")

        # A day of the hold on top of Fri 6.
        assert late[1] == ("back", "move", "03-07 10:00")
        assert deal.acts("03-07 10:00+") == late[:2]
        assert deal.acts("03-07 10:00") == late[:1]

    def test_the_earliest_opening(self):
        """Whatever else says that it opened the deal changes nothing."""
        deal = Hand(
            process(gap(max="2 days")),
            opened("03-05 10:00", stage="lost", owner="kim"),
            opened("03-02 10:00", owner="dana"),
        )

        assert deal.due("03-03 10:00") == "03-04 10:00"
        assert (deal.stage("03-06 10:00"), deal.look("03-06 10:00").owner) == ("talk", "dana")

    def test_an_echo(self):
        """A move to where the deal is restarts nothing."""
        deal = Hand(
            process(timer(since="stage", after="2 days")), opened(), moved("03-03 10:00", "talk")
        )

        assert deal.due("03-03 10:00") == "03-04 10:00"
        assert deal.deviations("03-03 10:00") == {}

    def test_a_rule_that_comes_to_apply(self):
        """Overdue since Tue, it acts when its `when` becomes true on Fri."""
        deal = Hand(
            process(gap(max="1 day", when="need")), opened(), learned("03-06 10:00", need=True)
        )

        assert deal.due("03-05 10:00") is None
        assert deal.acts("03-09 10:00") == [("gap", "breach", "03-06 10:00")]
        assert deal.due("03-09 10:00") == "03-03 10:00"

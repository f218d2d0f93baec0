"""The referee's clocks against examples worked out by hand: what starts, stops and ends them."""

import pytest
from tests.rules.hand import (
    BOSS,
    OFFICE,
    Hand,
    at,
    call,
    gap,
    held,
    learned,
    moved,
    opened,
    overridden,
    plan,
    process,
    reopened,
    timer,
)

from salesflow.process.parts import Escalation, Postponement


class TestPostponed:
    def deal(self, *events, calendar=OFFICE, **postpone):
        rule = timer(
            since="stage",
            after="10 days",
            notice="3 days",
            move_to="lost",
            postpone=Postponement(**postpone) if postpone else None,
        )
        return Hand(process(rule, calendar=calendar), opened(), *events)

    def test_by_the_buyer(self):
        """Mon 2 + 10 days is Thu 12 10:00; a touch on Wed 11 + 2 business days is Fri 13 17:00."""
        deal = self.deal(call("03-11 15:00", direction="in"), inbound="2 business days")

        assert deal.due("03-11 14:00", "move") == "03-12 10:00"
        assert deal.due("03-11 15:00", "move") == "03-13 17:00"
        assert deal.stage("03-13 17:00") == "talk"
        assert deal.stage("03-13 17:00+") == "lost"
        assert deal.look("03-13 17:00+").entered_at == at("03-13 17:00")

    def test_by_a_touch_that_is_too_early(self):
        """Of two ends the later one counts."""
        deal = self.deal(call("03-03 15:00", direction="in"), inbound="2 business days")

        assert deal.due("03-04 10:00", "move") == "03-12 10:00"

    def test_by_a_plan(self):
        """A meeting on Fri 20, one day more for its outcome."""
        deal = self.deal(plan("03-05 10:00", "03-20 15:00"), planned="1 day")

        assert deal.due("03-05 10:00", "move") == "03-21 15:00"

    def test_by_the_nearest_plan(self):
        """Of two plans the one that is earlier; a note reaches nobody."""
        deal = self.deal(
            plan("03-05 10:00", "03-20 15:00"),
            plan("03-05 11:00", "03-16 15:00", activity_id="n"),
            plan("03-05 12:00", "03-14 15:00", activity_id="o", kind="note"),
            planned="1 day",
        )

        assert deal.due("03-05 13:00", "move") == "03-17 15:00"

    def test_by_a_plan_that_is_cancelled(self):
        """The meeting of the 20th is cancelled on the 15th: the end of the 12th acts right then."""
        deal = self.deal(
            plan("03-05 10:00", "03-20 15:00"),
            plan("03-15 09:00", "03-20 15:00", status="cancelled"),
            planned="1 day",
        )

        assert deal.stage("03-15 09:00") == "lost"
        assert deal.acts("03-16 10:00") == [
            # 2 March + (10 - 3) days.
            ("timer", "notice", "03-09 10:00"),
            ("timer", "move", "03-15 09:00"),
        ]

    def test_by_a_plan_that_was_done(self):
        """Held two days early, it keeps its window from then: Wed 18 11:00 + 1 day."""
        deal = self.deal(
            plan("03-05 10:00", "03-20 15:00"),
            plan("03-18 11:00", "03-20 15:00", status="done"),
            planned="1 day",
        )

        assert deal.due("03-18 11:00", "move") == "03-19 11:00"

    @pytest.mark.parametrize("status", ["no_show", "cancelled"])
    def test_by_a_plan_that_came_to_nothing(self, status):
        """Neither a no-show nor a cancelled one keeps a window."""
        deal = self.deal(
            plan("03-05 10:00", "03-11 15:00"),
            plan("03-11 15:00", "03-11 15:00", status=status),
            planned="5 days",
        )

        assert deal.due("03-11 15:00", "move") == "03-12 10:00"

    def test_by_a_plan_for_an_earlier_time(self):
        """Planned for before the clock's start it counts for nothing, done after it it does."""
        before = plan("03-02 12:00", "03-02 09:00")

        assert self.deal(before, planned="30 days").due("03-03 10:00", "move") == "03-12 10:00"
        done = plan("03-03 12:00", "03-02 09:00", status="done")
        # Tue 3 12:00 + 30 days.
        assert (
            self.deal(before, done, planned="30 days").due("03-03 12:00", "move") == "04-02 12:00"
        )

    def test_at_most(self):
        """The 12th + 5 days, whatever is planned."""
        deal = self.deal(plan("03-05 10:00", "03-30 15:00"), planned="1 day", at_most="5 days")

        assert deal.due("03-05 10:00", "move") == "03-17 10:00"

    def test_the_second_notice(self):
        """The end moves to Sat 21 15:00, so a notice 3 days before, beside the one of the 9th."""
        deal = self.deal(plan("03-05 10:00", "03-20 15:00"), planned="1 day")

        assert deal.due("03-05 10:00", "notice") == "03-09 10:00"
        assert deal.due("03-05 10:00", "notice:2") == "03-18 15:00"
        assert deal.due("03-04 10:00", "notice:2") is None

    def test_the_second_notice_is_never_before_the_first(self):
        """Postponed by an hour: 3 days before Thu 12 11:00 is 11:00 of the 9th, held till 12:00."""
        deal = self.deal(
            overridden("03-05 10:00", "timer", "03-12 11:00"), held("03-09 08:00", "03-09 12:00")
        )

        # The hold is four hours, so the plain end is Thu 12 14:00, later than the override's.
        assert deal.due("03-09 08:00", "notice:2") is None
        assert deal.due("03-09 08:00", "notice") == "03-09 14:00"
        assert deal.due("03-09 07:00", "notice:2") == "03-09 11:00"

    def test_overridden(self):
        """An override goes beyond `at_most`; inside a hold the end is the hold's."""
        late = overridden("03-05 10:00", "timer", "03-25 10:00")
        deal = self.deal(late, held("03-24 10:00", "03-26 10:00"), at_most="1 day", inbound="1 day")

        assert deal.due("03-05 10:00", "move") == "03-25 10:00"
        assert deal.due("03-24 10:00", "move") == "03-26 10:00"

    def test_overridden_too_late(self):
        """What acted stays as it was."""
        rule = timer(
            since="opened", after="1 day", escalate=[Escalation(after="2 days", to="boss")]
        )
        deal = Hand(process(rule), opened(), overridden("03-03 12:00", "timer", "03-05 12:00"))

        assert deal.status("03-03 13:00") == "breached"
        assert deal.acts("03-09 10:00") == [
            ("timer", "breach", "03-03 10:00"),
            # Not before the end, which is now Thu 5 12:00.
            ("timer", "escalate", "03-05 12:00"),
        ]


class TestUntil:
    def test_the_contract_s_own(self):
        """A meeting within five working days of a complete dossier."""
        rule = timer(since="fact:need", until="activity:meeting", after="5 business days")
        events = opened(), learned("03-03 10:00", need=True), call("03-04 10:00")
        deal = Hand(process(rule, calendar=OFFICE), *events)

        # Tue 3, so Wed 4, Thu 5, Fri 6, Mon 9, Tue 10.
        assert deal.due("03-04 10:00") == "03-10 17:00"
        met = Hand(process(rule, calendar=OFFICE), *events, call("03-09 10:00", kind="meeting"))
        assert met.due("03-09 10:00-") == "03-10 17:00"
        assert met.due("03-09 10:00") is None
        assert met.acts("03-20 10:00") == []

    def test_what_was_so_at_the_start(self):
        """A fact that was true before stops nothing; when it begins to be true again it does."""
        rule = timer(since="fact:need", until="fact:fit", after="5 days")
        deal = Hand(
            process(rule),
            opened(),
            learned("03-03 10:00", fit=True),
            learned("03-03 11:00", need=True),
            learned("03-04 10:00", fit=False),
            learned("03-05 10:00", fit=True),
            learned("03-05 11:00", fit=False),
        )

        assert deal.due("03-04 10:00") == "03-08 11:00"
        assert deal.due("03-05 10:00") is None
        # A later falsehood does not wake the clock.
        assert deal.due("03-05 11:00") is None
        assert deal.acts("03-20 10:00") == []

    def test_both_at_one_instant(self):
        """What stops a clock comes strictly after its start."""
        rule = timer(since="fact:need", until="fact:fit", after="5 days")
        deal = Hand(process(rule), opened(), learned("03-03 10:00", need=True, fit=True))

        assert deal.due("03-04 10:00") == "03-08 10:00"

    def test_a_new_start(self):
        """A stopped clock runs again from its next start."""
        rule = timer(since="touch", until="fact:fit", after="5 days")
        deal = Hand(process(rule), opened(), learned("03-03 10:00", fit=True), call("03-04 10:00"))

        assert deal.due("03-03 10:00") is None
        assert deal.due("03-04 10:00") == "03-09 10:00"

    def test_a_stop_that_is_taken_back(self):
        """The meeting turns out a no-show on the 9th, two days after the end: that acts then."""
        rule = timer(since="opened", until="activity:meeting", after="5 days")
        met = call("03-04 10:00", kind="meeting", activity_id="m")
        deal = Hand(
            process(rule),
            opened(),
            met,
            call("03-09 10:00", kind="meeting", activity_id="m", status="no_show"),
        )

        assert deal.due("03-08 10:00") is None
        assert deal.due("03-09 10:00") == "03-07 10:00"
        assert deal.acts("03-10 10:00") == [("timer", "breach", "03-09 10:00")]

    def test_a_date_that_is_met_before_it(self):
        """The start of a date clock lies ahead: a meeting at any time before stops it."""
        rule = timer(since="date:due_on", until="activity:meeting")
        deal = Hand(
            process(rule),
            opened(),
            call("03-02 11:00", kind="meeting"),
            learned("03-03 10:00", due_on="2026-03-06"),
            learned("03-04 10:00", due_on="2026-03-05"),
        )

        assert deal.due("03-03 10:00") is None
        assert deal.due("03-04 10:00") is None
        assert deal.acts("03-20 10:00") == []

    def test_a_date_and_a_fact(self):
        """The fact stops it while it is true; false again, only a new date wakes the clock."""
        rule = timer(since="date:due_on", until="fact:need")
        deal = Hand(
            process(rule),
            opened(),
            learned("03-03 10:00", need=True),
            learned("03-03 11:00", due_on="2026-03-06"),
            learned("03-03 12:00", need=False),
            learned("03-03 13:00", due_on="2026-03-06", fit=True),
            learned("03-03 14:00", due_on="2026-03-08"),
        )

        assert deal.due("03-03 11:00") is None
        assert deal.due("03-03 12:00") is None
        # The same date once more is no new one.
        assert deal.due("03-03 13:00") is None
        assert deal.due("03-03 14:00") == "03-09 00:00-"


class TestClocks:
    def test_two_readings_of_the_age_of_a_stage(self):
        """In talk for 6 d 23 h, away for three days, back: an hour of 7 days is left in all."""
        rules = (
            timer("this", since="stage", after="7 days", stages=["talk"]),
            timer("all", since="stage_total", after="7 days", stages=["talk"]),
        )
        deal = Hand(
            process(*rules),
            opened(),
            moved("03-09 09:00", "offer"),
            moved("03-12 09:00", "talk"),
        )

        # From Mon 2 10:00 to Mon 9 09:00, and again from Thu 12 09:00 on.
        assert deal.due("03-12 09:00", rule="all") == "03-12 10:00"
        assert deal.due("03-12 09:00", rule="this") == "03-19 09:00"
        # On the 14th: two days this time, nine in all.
        assert deal.acts("03-14 09:00") == [("all", "breach", "03-12 10:00")]

    def test_it_acts_once_for_a_stage(self):
        """The total of a stage has one key: what acted on the first visit does not act again."""
        rule = timer(since="stage_total", after="2 days", stages=["talk"])
        deal = Hand(
            process(rule), opened(), moved("03-05 10:00", "offer"), moved("03-06 10:00", "talk")
        )

        assert deal.acts("03-20 10:00") == [("timer", "breach", "03-04 10:00")]
        assert deal.due("03-07 10:00") == "03-04 10:00"
        assert deal.status("03-07 10:00") == "breached"
        assert deal.status("03-05 10:00") == "ok"

    def test_an_age_without_the_time_parked(self):
        """Opened on the 2nd, parked for three days: 7 days end on the 12th."""
        rules = [
            timer(f"t{n}", since=s, after="7 days") for n, s in enumerate(("opened", "fact:need"))
        ]
        deal = Hand(
            process(*rules),
            opened(),
            learned("03-02 12:00", need=True),
            moved("03-03 10:00", "nurture"),
            moved("03-06 10:00", "talk"),
        )

        assert deal.due("03-04 10:00") is None
        assert deal.due("03-06 10:00", rule="t0") == "03-12 10:00"
        assert deal.due("03-06 10:00", rule="t1") == "03-12 12:00"

    def test_a_rule_that_names_the_parked_stage(self):
        """Its clock does not skip the stage, nor stop in it."""
        rule = timer(since="opened", after="7 days", stages=["talk", "nurture"])
        deal = Hand(process(rule), opened(), moved("03-03 10:00", "nurture"))

        assert deal.due("03-04 10:00") == "03-09 10:00"
        # Parked deals are ok whatever their rules say.
        assert deal.status("03-10 10:00") == "ok"
        assert [clock.status for clock in deal.look("03-10 10:00").clocks] == ["breached"]

    def test_a_closed_stage_that_is_named(self):
        """There a rule only warns and escalates: time moves no deal that is closed."""
        rules = (
            timer(since="stage", after="2 days", move_to="lost", escalate=BOSS, stages=["won"]),
            timer("intake", since="stage", after="5 days", stages=["won"]),
        )
        deal = Hand(process(*rules), opened(stage="won"))

        assert deal.due("03-02 10:00", "move") is None
        assert deal.acts("03-20 10:00") == [
            ("timer", "escalate", "03-05 10:00"),
            ("intake", "breach", "03-07 10:00"),
        ]

    def test_the_latest_activity_of_a_kind(self):
        """A note starts the clock of notes, whoever it reached; a call does not."""
        rule = timer(since="activity:note", after="2 days")
        deal = Hand(process(rule), opened(), call("03-03 10:00", kind="note"), call("03-04 10:00"))

        assert deal.due("03-02 10:00") is None
        assert deal.due("03-04 10:00") == "03-05 10:00"

    def test_killed_and_reopened(self):
        """The contract's own: reopened on 1 Sep without a touch, the next deadline is 6 Sep."""
        rules = gap(max="5 days"), timer("cold", since="touch", after="7 days", move_to="lost")
        deal = Hand(process(*rules), opened("02-02 10:00"), reopened("09-01 10:00"))

        assert deal.look("08-01 10:00").entered_at == at("02-09 10:00")
        assert (deal.stage("09-01 10:00"), deal.due("09-01 10:00")) == ("talk", "09-06 10:00")
        assert deal.stage("09-08 10:00") == "talk"
        assert deal.stage("09-08 10:00+") == "lost"

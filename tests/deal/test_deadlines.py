"""When a deal is late, and what acts in which order."""

import datetime as dt

import pytest
from tests.deal.small import (
    DAY,
    FRI,
    MICROSECOND,
    MON,
    OFFICE,
    THU,
    TUE,
    WED,
    gap,
    kill,
    moved,
    opened,
    raised,
    utc,
)

from salesflow.calendars import Calendar
from salesflow.deal import DealStatus
from salesflow.errors import Code
from salesflow.process import Escalation

BOSS = [Escalation(after="3 days", to="boss")]


class TestDeadline:
    @pytest.mark.parametrize(
        ("now", "status"),
        [
            pytest.param(WED - MICROSECOND, DealStatus.OK, id="just-before"),
            pytest.param(WED, DealStatus.OK, id="exactly-due"),
            pytest.param(WED + MICROSECOND, DealStatus.BREACHED, id="just-after"),
        ],
    )
    def test_it_is_the_last_instant_in_time(self, now, status):
        """Looked at exactly at its deadline a deal is in time, a microsecond later it is not."""
        assert status == opened(gap()).state(now).status

    @pytest.mark.parametrize(
        ("at", "breaches"),
        [(WED - MICROSECOND, 0), (WED, 0), (WED + MICROSECOND, 1)],
        ids=["just-before", "exactly-due", "just-after"],
    )
    def test_a_touch_at_the_deadline_is_in_time(self, at, breaches):
        """At one instant recorded events come before deadlines."""
        deal = opened(gap())
        deal.log("call", at=at)

        assert breaches == len(raised(deal, at))

    def test_it_acts_at_its_own_instant(self):
        """A kill that nobody saw for a year has entered the lost stage when it was due."""
        deal = opened(kill())

        assert deal.state(MON + 365 * DAY).entered_at == MON + 5 * DAY
        assert deal.state(MON + 365 * DAY).outcome == "lost"

    def test_the_worst_of_the_rules(self):
        """Past a warning a deal is due, past the longest gap it is breached."""
        deal = opened(gap(warn="1 day"))

        assert [deal.state(at + MICROSECOND).status for at in (MON, TUE, WED)] == [
            DealStatus.OK,
            DealStatus.DUE,
            DealStatus.BREACHED,
        ]

    def test_new_york_changes_its_clocks(self):
        """Three days over the change of the clocks end at the same time of day; 72 hours do not."""
        calendar = Calendar("America/New_York")
        deal = opened(
            gap(id="days", max="3 days"),
            gap(id="hours", max="72 hours"),
            at=utc("2026-03-06 15:00"),
            calendar=calendar,
        )

        assert [("days", utc("2026-03-09 14:00")), ("hours", utc("2026-03-09 15:00"))] == [
            (deadline.rule, deadline.due_at) for deadline in deal.deadlines(deal.opened_at)
        ]

    def test_business_days_end_at_the_close(self):
        """Three business days over a weekend and a holiday: the close of Wednesday."""
        calendar = Calendar("America/New_York", OFFICE, holidays=["2026-05-25"])
        deal = opened(gap(max="3 business days"), at=utc("2026-05-21 19:00"), calendar=calendar)

        assert deal.next_deadline(deal.opened_at).due_at == utc("2026-05-27 21:00")

    def test_the_next_deadline_has_not_passed(self):
        """At its own instant a deadline is still the next one; past all of them there is none."""
        deal = opened(gap(warn="1 day"))

        assert [
            getattr(deal.next_deadline(at), "rung", None)
            for at in (MON, TUE, TUE + MICROSECOND, WED + MICROSECOND)
        ] == ["warn", "warn", "breach", None]

    def test_what_cannot_be_computed_is_absent(self):
        """A rule whose end lies beyond the known years has no deadline, and nothing fails."""
        late = dt.datetime(2100, 12, 30, tzinfo=dt.UTC)
        deal = opened(gap(warn="1 hour", max="9 business days"), at=late)

        assert [d.rung for d in deal.deadlines(late)] == ["warn"]
        assert [(clock.due_at, clock.used) for clock in deal.state(late).clocks] == [(None, None)]

    def test_time_that_the_calendar_does_not_know_is_not_counted(self):
        """Past the known years nobody can say how much of a limit is used up."""
        late = dt.datetime(2100, 12, 1, 10, tzinfo=dt.UTC)
        deal = opened(gap(max="5 business days"), at=late)

        inside, beyond = (deal.state(late + n * DAY).clocks[0] for n in (2, 60))

        assert inside.used == pytest.approx(1 / 5)
        assert (inside.due_at, None) == (beyond.due_at, beyond.used)


class TestOrderAtOneInstant:
    def test_gaps_before_timers_and_escalations_before_moves(self):
        """What is due at one instant acts in the order of the ladder; after a move all is anew."""
        deal = opened(
            kill(after="2 days", escalate=[Escalation(after="1 day", to="boss")]),
            gap(id="first"),
            gap(id="second", escalate=[Escalation(after="2 days", to="boss")]),
        )

        assert raised(deal, FRI) == [
            ("first", "breach", WED),
            ("second", "breach", WED),
            ("second", "escalate", WED),
            ("cold", "escalate", WED),
            ("cold", "move", WED),
        ]

    def test_of_several_overdue_rungs_the_earlier_deadline_acts_first(self):
        """Rungs that come to apply together act in the order of their deadlines."""
        deal = opened(
            gap(id="slow", max="3 days", stages=["offer"]), gap(id="fast", stages=["offer"])
        )
        deal.record(moved("offer", FRI))

        assert raised(deal, FRI) == [("fast", "breach", FRI), ("slow", "breach", FRI)]

    def test_an_escalation_is_never_before_the_end(self):
        """An escalation after one day of a gap of two acts with the breach."""
        deal = opened(gap(escalate=[Escalation(after="1 day", to="boss"), *BOSS]))

        assert [(rung, at) for _, rung, at in raised(deal, FRI)] == [
            ("breach", WED),
            ("escalate", WED),
            ("escalate:2", THU),
        ]


class TestMode:
    @pytest.mark.parametrize("mode", ["warn", "observe"])
    def test_a_kill_that_is_not_enforced_keeps_its_name(self, mode):
        """The rung acts once and is breached; the deal stays."""
        deal = opened(kill(mode=mode))
        state = deal.state(MON + 9 * DAY)

        assert raised(deal, state.at) == [("cold", "move", MON + 5 * DAY)]
        assert (state.stage, state.status) == ("talk", DealStatus.BREACHED)
        assert [d.acts for d in deal.deadlines(state.at)] == [False]

    def test_a_move_that_only_warns_goes_through_with_its_warnings(self):
        """In warn mode the unmet gate comes back with the move."""
        deal = opened(mode="warn")

        assert [o.rule for o in deal.move("proof", at=TUE)] == ["need"]
        assert deal.state(TUE).stage == "proof"

    def test_a_gap_has_its_own_mode(self):
        """A gap that only warns blocks nothing in a process that enforces."""
        deal = opened(gap(mode="warn"))
        deal.learn(at=FRI, need=True)

        assert [o.rule for o in deal.move("proof", at=FRI)] == ["touch"]

    def test_a_move_the_process_does_not_have_only_warns(self):
        """In observe mode even a jump goes through, and says so."""
        deal = opened(mode="observe")

        assert [o.code for o in deal.move("won", at=TUE)] == [Code.NO_SUCH_MOVE, Code.CRITERION]
        assert deal.state(TUE).outcome == "won"

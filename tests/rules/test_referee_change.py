"""The referee's deal against examples worked out by hand: what acted before a migration."""

import pytest
from tests.rules.hand import (
    HandChange,
    call,
    gap,
    held,
    learned,
    migrated,
    moved,
    opened,
    overridden,
    process,
    reopened,
    timer,
)

from salesflow.process.parts import Fact

MOVE = {"rung": "move"}


def changed(old, new, *events, at="03-16 10:00"):
    """A deal opened on Mon 2 Mar under a process with one rule, which then is another."""
    first, second = process(old), process(new)
    return HandChange([first, second], opened(), *events, migrated(at, first, second))


class TestOverdue:
    """What was overdue by the new process when the deal came under it has acted."""

    def test_killed_and_reopened(self):
        """
        Time killed the deal on Mon 13:00; it is migrated while it is lost, and reopened.

        No clock runs in a lost deal, but this one was overdue, and so the deal is not killed anew.
        """
        rule = {"since": "fact:need", "after": "3 hours", "move_to": "lost"}
        deal = changed(
            timer(**rule, notice="1 hour"),
            timer(**rule),
            learned("03-02 10:00", need=True),
            reopened("03-18 10:00"),
        )

        assert deal.stage("03-17 10:00") == "lost"
        assert deal.stage("03-25 10:00") == "talk"
        assert deal.acts("03-25 10:00") == [
            ("timer", "notice", "03-02 12:00"),
            ("timer", "move", "03-02 13:00"),
        ]
        assert deal.status("03-18 10:00") == "breached"

    def test_a_date_of_a_deal_that_was_closed(self):
        """
        Two days after Tue 3 Mar a move was only observed; lost by hand, migrated, taken up again.

        By the new process its end was a day later, long before the migration.
        """
        rule = {"since": "date:due_on", "move_to": "lost", "mode": "observe"}
        deal = changed(
            timer(**rule, after="2 days"),
            timer(**rule, after="3 days"),
            learned("03-02 11:00", due_on="2026-03-03"),
            moved("03-09 10:00", "lost"),
            moved("03-18 10:00", "talk", id="back"),
        )

        assert deal.acts("03-25 10:00") == [("timer", "move", "03-06 00:00-")]
        assert deal.due("03-18 10:00", **MOVE) == "03-07 00:00-"

    def test_an_override_before_a_date_that_had_expired_is_told_again(self):
        """
        The end was on Mon, the date expired on Tue; migrated on Fri, overridden, told again on Wed.

        The clock stood at that start when the deal was migrated, and was overdue: it is not asked
        once more, under the override, whether it has acted.
        """
        facts = [Fact(id="due_on", type="date", valid_for="1 day")]
        rule = timer(since="date:due_on", before="3 days", move_to="lost", mode="warn")
        old, new = process(rule, facts=facts), process(rule, facts=facts, mode="warn")
        deal = HandChange(
            [old, new],
            opened(),
            learned("03-02 11:00", due_on="2026-03-03"),
            migrated("03-06 10:00", old, new),
            overridden("03-09 10:00", "timer", "03-10 10:00"),
            learned("03-11 10:00", due_on="2026-03-03"),
        )

        assert deal.acts("03-20 10:00") == [("timer", "move", "03-02 11:00")]

    @pytest.mark.parametrize("away", ["lost", "nurture"])
    def test_an_end_before_the_deal_went_away(self, away):
        """Ten hours after the opening, later eleven: both on Mon, and it was lost on Wed."""
        deal = changed(
            timer(since="opened", after="10 hours", move_to="nurture", mode="warn"),
            timer(since="opened", after="11 hours", move_to="nurture", mode="warn"),
            moved("03-04 10:00", away),
            moved("03-18 10:00", "talk", id="back"),
        )

        assert deal.acts("03-25 10:00") == [("timer", "move", "03-02 20:00")]
        assert deal.due("03-18 10:00", **MOVE) == "03-02 21:00"


class TestStopped:
    def test_a_fact_that_had_expired(self):
        """
        What stops the clock of a date must stand when that is told: a fact of Mon expired on Tue.

        The hold of Mon, told anew to the next process, is no instant at which it is asked again.
        """
        facts = [Fact(id="fit", type="bool", valid_for="1 day"), Fact(id="due_on", type="date")]
        old = process(facts=facts)
        new = process(timer(since="date:due_on", until="fact:fit"), facts=facts)
        deal = HandChange(
            [old, new],
            opened(),
            learned("03-02 11:00", fit=True),
            held("03-02 12:00", "03-02 13:00"),
            learned("03-04 10:00", due_on="2026-03-05"),
            migrated("03-09 10:00", old, new),
        )

        assert deal.due("03-09 10:00") == "03-06 00:00-"
        assert deal.acts("03-20 10:00") == [("timer", "breach", "03-09 10:00")]


class TestLater:
    """A clock that comes back to an earlier start later is asked about the migration as well."""

    @pytest.mark.parametrize(
        ("longest", "status", "acts"),
        [
            pytest.param("3 days", "breached", ["03-04 10:00"], id="overdue-by-then"),
            pytest.param("4 days", "breached", ["03-04 10:00", "03-07 10:00"], id="due-right-then"),
            pytest.param("6 days", "ok", ["03-04 10:00", "03-08 10:00"], id="in-time"),
        ],
    )
    def test_a_call_that_is_taken_back(self, longest, status, acts):
        """
        Breached on Wed, called on Thu, migrated on Fri; on Sat the call turns out to be none.

        From the opening three days end on Thu, four at the instant of the migration, six on Sun.
        """
        deal = changed(
            gap(max="2 days"),
            gap(max=longest),
            call("03-05 10:00", activity_id="c"),
            call("03-07 10:00", activity_id="c", status="cancelled"),
            at="03-06 10:00",
        )

        assert deal.status("03-06 10:00") == "ok"
        assert deal.status("03-07 10:00") == status
        assert [when for _, _, when in deal.acts("03-20 10:00")] == acts


class TestInTime:
    """What was not overdue by the new process is in time again."""

    @pytest.mark.parametrize("away", ["lost", "nurture"])
    @pytest.mark.parametrize("since", ["opened", "fact:need"])
    def test_the_clock_of_a_deal_that_was_away(self, away, since):
        """
        Breached after two days, lost after three, migrated to ten days, taken up again on 18 Mar.

        It had counted three of the ten, whatever the date was: the other seven begin anew.
        """
        deal = changed(
            timer(since=since, after="2 days"),
            timer(since=since, after="10 days"),
            learned("03-02 10:00", need=True),
            moved("03-05 10:00", away),
            moved("03-18 10:00", "talk", id="back"),
        )

        assert deal.status("03-05 09:00") == "breached"
        assert deal.status("03-18 10:00") == "ok"
        assert deal.due("03-18 10:00") == "03-25 10:00"
        assert deal.acts("03-26 10:00") == [
            ("timer", "breach", "03-04 10:00"),
            ("timer", "breach", "03-25 10:00"),
        ]

    @pytest.mark.parametrize(
        ("closed", "acts"),
        [
            pytest.param("03-05 10:00", ["03-04 10:00"], id="at-the-end"),
            pytest.param("03-05 10:00-", ["03-04 10:00", "03-18 10:00+"], id="just-before"),
        ],
    )
    def test_closed_right_at_the_new_end(self, closed, acts):
        """With nothing left of its three days it is overdue; with a microsecond it is in time."""
        deal = changed(
            timer(since="opened", after="2 days"),
            timer(since="opened", after="3 days"),
            moved(closed, "lost"),
            moved("03-18 10:00", "talk", id="back"),
        )

        assert [when for _, _, when in deal.acts("03-25 10:00")] == acts

    def test_a_rule_that_watches_the_closed_stage(self):
        """Its clock does not stop there: migrated on 16 Mar, the ten days were over on the 12th."""
        stages = ["talk", "lost"]
        deal = changed(
            timer(since="opened", after="2 days", stages=stages),
            timer(since="opened", after="10 days", stages=stages),
            moved("03-05 10:00", "lost"),
        )

        assert deal.acts("03-25 10:00") == [("timer", "breach", "03-04 10:00")]

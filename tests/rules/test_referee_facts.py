"""The referee's facts against examples worked out by hand: dates, and what expires."""

import datetime as dt

import pytest
from tests.rules.hand import (
    BOSS,
    OFFICE,
    Hand,
    at,
    held,
    learned,
    opened,
    process,
    timer,
)

from salesflow.process.parts import Fact, Stage


class TestDates:
    LEARNED = learned("03-02 10:00", due_on=dt.date(2026, 3, 10))

    def test_the_day_itself(self):
        """A date is its day's last microsecond; a new one moves the deadline."""
        deal = Hand(
            process(timer(since="date:due_on")),
            opened(),
            self.LEARNED,
            learned("03-04 10:00", due_on="2026-03-05"),
        )

        assert deal.due("03-03 10:00") == "03-11 00:00-"
        assert deal.due("03-04 10:00") == "03-06 00:00-"

    def test_a_past_date_acts_when_it_is_learned(self):
        """Learned on Wed that it was due on Mon."""
        deal = Hand(
            process(timer(since="date:due_on")),
            opened(),
            learned("03-04 10:00", due_on="2026-03-02"),
        )

        assert deal.acts("03-05 10:00") == [("timer", "breach", "03-04 10:00")]
        assert deal.due("03-05 10:00") == "03-03 00:00-"

    def test_back_to_an_earlier_date(self):
        """The same date is the same key: what acted does not act again."""
        deal = Hand(
            process(timer(since="date:due_on")),
            opened(),
            learned("03-03 10:00", due_on="2026-03-02"),
            learned("03-04 10:00", due_on="2026-03-20"),
            learned("03-05 10:00", due_on="2026-03-02"),
        )

        assert deal.status("03-04 11:00") == "ok"
        assert deal.status("03-05 11:00") == "breached"
        assert len(deal.acts("03-06 10:00")) == 1

    @pytest.mark.parametrize(
        ("said", "due"),
        [
            # No hold around it: untouched by the one before it.
            pytest.param({}, "03-11 00:00-", id="the-day"),
            # 48 h after the end of 10 March, and the hold of 9 March is over by then.
            pytest.param({"after": "48 hours"}, "03-13 00:00-", id="after"),
            # The 2nd working day before Tue 10 is Fri 6, 17:00; inside the hold, so its end.
            pytest.param({"before": "2 business days"}, "03-09 12:00", id="before"),
            # Three before: Thu 5, which closes before the hold begins.
            pytest.param({"before": "3 business days"}, "03-05 17:00", id="before-the-hold"),
        ],
    )
    def test_held(self, said, due):
        """Holds are not counted, but no deadline lies inside one: Fri 6 12:00 to Mon 9 12:00."""
        deal = Hand(
            process(timer(since="date:due_on", **said), calendar=OFFICE),
            opened(),
            self.LEARNED,
            held("03-06 12:00", "03-09 12:00"),
        )

        assert deal.due("03-06 12:00") == due

    def test_after_a_date_holds_are_skipped(self):
        """The end of 10 March + 24 h, with 24 h held after it."""
        deal = Hand(
            process(timer(since="date:due_on", after="24 hours")),
            opened(),
            self.LEARNED,
            held("03-11 06:00", "03-12 06:00"),
        )

        assert deal.due("03-11 06:00") == "03-13 00:00-"

    def test_the_notice_of_before(self):
        """3 working days before Tue 10 are Thu 5; a notice one working day earlier is on Wed 4."""
        deal = Hand(
            process(
                timer(since="date:due_on", before="3 business days", notice="1 business day"),
                calendar=OFFICE,
            ),
            opened(),
            self.LEARNED,
        )

        assert deal.due("03-02 12:00", "notice") == "03-04 17:00"
        assert deal.due("03-02 12:00") == "03-05 17:00"

    def test_an_escalation_counts_from_the_date(self):
        """The clock starts at the end of the day, whatever `before` says: 10 March + 3 days."""
        deal = Hand(
            process(timer(since="date:due_on", before="3 days", escalate=BOSS)),
            opened(),
            self.LEARNED,
        )

        assert deal.due("03-02 12:00") == "03-08 00:00-"
        assert deal.due("03-02 12:00", "escalate") == "03-14 00:00-"


class TestExpiry:
    FACTS = (
        Fact(id="need", type="bool", valid_for="3 days"),
        Fact(id="due_on", type="date", valid_for="3 days"),
    )

    def test_the_last_instant(self):
        """Learned on Mon 12:00 it counts up to Thu 12:00, that instant included."""
        deal = Hand(process(facts=self.FACTS), opened(), learned("03-02 12:00", need=True))

        assert deal.look("03-05 12:00").told(at("03-05 12:00")) == {"need": True}
        assert deal.look("03-05 12:00+").told(at("03-05 12:00+")) == {}

    def test_its_clock_stops(self):
        """A clock of four days never ends; learned again in time the run goes on."""
        rule = timer(since="fact:need", after="4 days")
        first, again = learned("03-02 12:00", need=True), learned("03-05 12:00", need=True)
        late = learned("03-05 12:00+", need=True)
        alone = Hand(process(rule, facts=self.FACTS), opened(), first)
        renewed = Hand(process(rule, facts=self.FACTS), opened(), first, again)
        anew = Hand(process(rule, facts=self.FACTS), opened(), first, late)

        assert (alone.due("03-03 12:00"), alone.acts("03-20 12:00")) == (None, [])
        assert len(alone.look("03-05 12:00").clocks) == 1
        assert len(alone.look("03-05 12:00+").clocks) == 0
        assert renewed.due("03-05 12:00") == "03-06 12:00"
        # It began anew and ends on Mon 9, a day after it expires: never.
        assert anew.due("03-05 12:00+") is None

    def test_a_rule_that_applies_while_it_is_true(self):
        """Due at the last instant it acts, a microsecond later it does not."""
        events = opened(), learned("03-02 12:00", need=True)
        for after, acts in (("74 hours", 1), ("4441 minutes", 0)):
            rule = timer(since="opened", after=after, when="need")
            # 74 h after Mon 10:00 is Thu 12:00; 4441 minutes are one minute more.
            assert len(Hand(process(rule, facts=self.FACTS), *events).acts("03-20 12:00")) == acts

    def test_overdue_when_it_is_known_again(self):
        """The end of Fri found the fact expired; known again on Mon it acts on Mon."""
        rule = timer(since="opened", after="4 days", when="need")
        deal = Hand(
            process(rule, facts=self.FACTS),
            opened(),
            learned("03-02 12:00", need=True),
            learned("03-09 12:00", need=True),
        )

        assert deal.due("03-03 12:00") is None
        assert deal.acts("03-20 12:00") == [("timer", "breach", "03-09 12:00")]

    def test_a_date_that_expired(self):
        """Said three days ago a date is unknown to its clock."""
        deal = Hand(
            process(timer(since="date:due_on"), facts=self.FACTS),
            opened(),
            learned("03-02 12:00", due_on="2026-03-05"),
        )

        # The end of Thu 5 is after Thu 12:00.
        assert deal.due("03-03 12:00") is None
        assert deal.acts("03-20 12:00") == []

    def test_from_before_the_opening(self):
        """It counts from the opening and expires from its own instant: Sun 1 12:00 + 3 days."""
        deal = Hand(
            process(timer(since="fact:need", after="1 day"), facts=self.FACTS),
            opened(),
            learned("03-01 12:00", need=True),
        )

        assert deal.due("03-02 10:00") == "03-03 10:00"
        assert deal.look("03-04 12:00+").told(at("03-04 12:00+")) == {}

    def test_in_a_gate(self):
        """Expired it is unknown, and only *true* passes."""
        stages = [Stage(id="talk", exit=["need"]), *process().stages[1:]]
        deal = Hand(
            process(facts=self.FACTS, stages=stages), opened(), learned("03-02 12:00", need=True)
        )

        assert deal.slow.refusals("offer", at("03-05 12:00")) == []
        assert deal.slow.refusals("offer", at("03-05 12:00+")) == [("criterion", "need", True)]

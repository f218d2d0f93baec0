"""What we knew when: `known_at`, and the ledger of what time did."""

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
    kill,
    moved,
    opened,
    raised,
    timer,
    utc,
)

from salesflow.deal import Deal, DealStatus
from salesflow.errors import EventError
from salesflow.events import Activity, Held, Learned, Opened
from salesflow.process import Escalation

CALL = Activity(id="c", kind="call", occurred_at=TUE, recorded_at=FRI)


def lines(deal, now):
    """The ledger: (when, what became of it, which rung)."""
    return [(entry.at, str(entry.turn), entry.raised.rung) for entry in deal.ledger(now)]


def late_touch(at, recorded_at, id="late"):
    return Activity(id=id, kind="call", occurred_at=at, recorded_at=recorded_at)


class TestKnownAt:
    def test_by_what_we_had_been_told(self):
        """On Thursday we thought that the gap was breached; on Friday we heard of the call."""
        deal = opened(gap())
        deal.record(CALL)

        assert deal.state(THU, known_at=THU).status == DealStatus.BREACHED
        assert deal.state(THU).status == DealStatus.OK
        assert deal.state(THU, known_at=FRI).status == DealStatus.OK
        assert deal.state(THU, known_at=FRI - MICROSECOND).last_touch_at is None

    def test_deadlines_too(self):
        """What was due by what we knew."""
        deal = opened(gap())
        deal.record(CALL)

        assert [d.due_at for d in deal.deadlines(WED, known_at=WED)] == [WED]
        assert [d.due_at for d in deal.deadlines(WED)] == [THU]

    def test_a_later_instant_than_we_knew(self):
        """Time goes on by what was known."""
        deal = opened(kill(since="touch", after="3 days"))
        deal.record(CALL)

        assert deal.state(FRI, known_at=TUE).stage == "lost"
        assert deal.state(FRI).stage == "talk"

    def test_before_anybody_knew_of_the_deal(self):
        """There is nothing to say."""
        opening = Opened(id="o", deal="D", occurred_at=MON, recorded_at=WED)
        deal = Deal.replay(opened(gap()).process, [opening])
        with pytest.raises(EventError, match=r"'D' was not known at 2026-03-03 .* later instant"):
            deal.state(FRI, known_at=TUE)

        assert deal.state(MON, known_at=WED).stage == "talk"

    def test_an_opening_that_came_to_light(self):
        """Until then the deal was younger."""
        deal = opened(timer())
        deal.record(Opened(id="o", deal="D", occurred_at=MON - DAY, recorded_at=WED))

        assert deal.state(THU, known_at=TUE).opened_at == MON
        assert deal.state(THU).opened_at == MON - DAY

    def test_what_was_recorded_before_it_happened(self):
        """It is known, and has not happened yet."""
        deal = opened()
        deal.record(Learned(id="l", occurred_at=WED, recorded_at=TUE, facts={"need": True}))

        assert deal.state(TUE, known_at=TUE).facts == {}
        assert deal.state(WED, known_at=TUE).facts == {"need": True}


class TestLedger:
    def test_a_call_that_is_told_late(self):
        """The call took place on Monday and is told on Friday; on Wednesday we saw a breach."""
        deal = opened(gap(max="5 days"), at=FRI - 7 * DAY)
        deal.record(late_touch(MON, FRI))

        assert lines(deal, FRI) == [(WED, "raised", "breach"), (FRI, "rescinded", "breach")]
        assert raised(deal, FRI) == []

    def test_a_call_that_only_puts_it_off(self):
        """What the call refutes goes, and what it does not prevent comes."""
        deal = opened(gap(warn="1 day"))
        deal.record(late_touch(TUE + HOUR, FRI))

        assert lines(deal, FRI) == [
            (TUE, "raised", "warn"),
            (WED, "raised", "breach"),
            (WED, "superseded", "warn"),
            (FRI, "rescinded", "breach"),
            (FRI, "raised", "warn"),
            (FRI, "raised", "breach"),
            (FRI, "superseded", "warn"),
        ]

    def test_it_says_so_in_words(self):
        """One line for each."""
        deal = opened(gap(), at=MON - DAY)
        deal.record(Activity(id="x", kind="call", occurred_at=MON, recorded_at=FRI))

        assert [str(entry) for entry in deal.ledger(FRI)] == [
            "2026-03-03 10:00 UTC raised: touch breach",
            "2026-03-06 10:00 UTC rescinded: touch breach",
            "2026-03-06 10:00 UTC raised: touch breach",
        ]

    def test_up_to_an_instant(self):
        """What we had not been told by then is not in it."""
        deal = opened(gap())
        deal.record(CALL)

        assert lines(deal, FRI - MICROSECOND) == [(WED, "raised", "breach")]
        assert lines(deal, WED) == []

    def test_each_rung_is_superseded_once(self):
        """By the next one above it of which the same person hears."""
        steps = [Escalation(after="3 days", to="boss"), Escalation(after="4 days", to="boss")]
        deal = opened(gap(warn="1 day", escalate=steps))

        assert lines(deal, FRI + HOUR) == [
            (TUE, "raised", "warn"),
            (WED, "raised", "breach"),
            (WED, "superseded", "warn"),
            (THU, "raised", "escalate"),
            (FRI, "raised", "escalate:2"),
            (FRI, "superseded", "escalate"),
        ]

    def test_a_warning_after_the_end(self):
        """Two units may meet so that the warning comes last: it has nothing left to announce."""
        deal = opened(gap(warn="3 business days", max="4 days"), at=FRI)

        assert lines(deal, FRI + 9 * DAY) == [
            (FRI + 4 * DAY, "raised", "breach"),
            (utc("2026-03-11 17:00"), "raised", "warn"),
            (utc("2026-03-11 17:00"), "superseded", "warn"),
        ]

    def test_refuted_and_true_after_all(self):
        """The call was another deal's, so the breach stands again."""
        deal = opened(gap())
        deal.record(late_touch(MON + HOUR, THU))
        deal.retract("late", at=FRI)

        assert lines(deal, FRI) == [
            (WED, "raised", "breach"),
            (THU, "rescinded", "breach"),
            (THU, "raised", "breach"),
            (FRI, "rescinded", "breach"),
            (FRI, "reinstated", "breach"),
        ]
        assert {entry.raised.started_at for entry in deal.ledger(FRI)} == {MON, MON + HOUR}

    def test_a_hold_that_is_told_late(self):
        """What was raised without it is refuted, and comes when it is due."""
        deal = opened(gap())
        deal.record(Held(id="h", occurred_at=TUE, until=WED, recorded_at=THU - HOUR))

        assert lines(deal, FRI) == [
            (WED, "raised", "breach"),
            (THU - HOUR, "rescinded", "breach"),
            (THU, "reinstated", "breach"),
        ]

    def test_a_kill_that_is_refuted(self):
        """What time did after it goes with it."""
        lost_long = timer(id="lost_long", since="stage", after="1 day", stages=["lost"])
        deal = opened(kill(since="touch", after="2 days"), lost_long)
        deal.record(late_touch(TUE, FRI))

        assert [(e.at, str(e.turn), e.raised.rule) for e in deal.ledger(FRI)] == [
            (WED, "raised", "cold"),
            (THU, "raised", "lost_long"),
            (FRI, "rescinded", "cold"),
            (FRI, "rescinded", "lost_long"),
            (FRI, "raised", "cold"),
        ]

    def test_killed_and_reopened(self):
        """Killed on 9 February, reopened on 1 September: time did nothing in between."""
        rules = gap(max="5 days"), kill(since="touch", after="10 days")
        deal = opened(*rules, at=utc("2026-01-30 10:00"))
        deal.reopen(at=utc("2026-09-01 10:00"))
        now = utc("2026-09-01 10:00")

        assert (deal.state(now).stage, deal.state(now).status) == ("talk", DealStatus.OK)
        assert deal.next_deadline(now).due_at == utc("2026-09-06 10:00")
        assert [str(entry) for entry in deal.ledger(now)] == [
            "2026-02-04 10:00 UTC raised: touch breach",
            "2026-02-09 10:00 UTC raised: cold move",
        ]

    def test_told_after_it_would_have_acted(self):
        """A deal that is only heard of on Friday was late already: it is raised then."""
        opening = Opened(id="o", deal="D", occurred_at=MON, recorded_at=FRI)
        deal = Deal.replay(opened(gap()).process, [opening])

        assert lines(deal, THU) == []
        assert lines(deal, FRI) == [(FRI, "raised", "breach")]
        assert deal.ledger(FRI)[0].raised.acted_at == WED

    def test_before_the_deal(self):
        """Nothing."""
        assert opened(gap()).ledger(MON - DAY) == ()

    def test_a_move_in_time(self):
        """In order, nothing is ever taken back."""
        deal = opened(gap(), stage="proof")
        deal.record(moved("lost", THU))

        assert lines(deal, FRI) == [(WED, "raised", "breach")]

"""What small faults in the rules would change, by example: clocks that come back, bounds, keys."""

import datetime as dt

import pytest
from tests.deal.small import (
    DAY,
    FRI,
    HOUR,
    MICROSECOND,
    MON,
    STAGES,
    THU,
    TUE,
    WED,
    gap,
    kill,
    moved,
    opened,
    process,
    raised,
    timer,
)
from tests.rules.cases import arguments, log_rows, rows_taken

from salesflow.calendars import Calendar, to_micros
from salesflow.deal import Deal
from salesflow.errors import EventError, Refused
from salesflow.events import Activity, Held, Overridden, Reopened, Retracted
from salesflow.process import Criterion, Escalation, Fact, Holds, Postponement, Role, Stage
from salesflow.rules.book import rule_book
from salesflow.rules.replay import replay

SAT, SUN = FRI + DAY, FRI + 2 * DAY
MINUTE = dt.timedelta(minutes=1)
BOSS = [Role(id="rep"), Role(id="boss", may_override=["*"])]


def due(deal, now):
    """When the rungs are due and have acted: (rung, due, acted)."""
    return [(d.rung, d.due_at, d.acted_at) for d in deal.deadlines(now)]


class TestClocksThatComeBack:
    def test_to_a_date_that_was_earlier_for_a_while(self):
        """Each rung acts once for a date, and keeps when it was due and when it acted."""
        deal = opened(timer(since="date:tender_due", after=None))
        days = ("2026-02-26", "2026-03-02", "2026-02-27", "2026-03-02")
        for at, day in zip((TUE, WED, THU, FRI), days, strict=True):
            deal.learn(at=at, tender_due=day)
        end = dt.datetime(2026, 3, 3, tzinfo=dt.UTC) - MICROSECOND

        assert [at for _, _, at in raised(deal, SUN)] == [TUE, WED, THU]
        assert due(deal, SUN) == [("breach", end, WED)]

    def test_to_a_stage_that_began_when_another_did(self):
        """The total of all visits goes by the stage as well: what acted in another did not here."""
        deal = opened(timer(since="stage_total", after="1 day"))
        deal.record(moved("proof", MON))
        deal.record(moved("talk", WED))

        assert raised(deal, WED) == [("timer", "breach", TUE)]
        assert deal.state(WED).status == "ok"
        assert raised(deal, FRI)[1:] == [("timer", "breach", THU)]

    def test_two_stages_at_one_instant(self):
        """What acted in the stage that time left at once did not act in the one it led to."""
        deal = opened(
            timer(id="told", since="stage", after="2 days", notice="2 days"),
            kill(after="1 day", move_to="talk"),
        )
        deal.record(moved("proof", TUE))

        assert raised(deal, TUE + HOUR) == [
            ("told", "notice", MON),
            ("told", "notice", TUE),
            ("cold", "move", TUE),
            ("told", "notice", TUE),
        ]

    def test_one_stage_twice_at_one_instant(self):
        """Time leads out of it and back at once: what acted there acts no second time."""
        deal = opened(
            timer(id="told", since="stage", after="2 days", notice="2 days"),
            kill(id="down", after="1 day", move_to="talk", stages=["proof"]),
            kill(id="up", after="1 day", move_to="proof", stages=["talk"]),
        )
        deal.record(moved("proof", TUE))

        assert raised(deal, TUE + HOUR) == [
            ("told", "notice", MON),
            ("told", "notice", TUE),
            ("down", "move", TUE),
            ("told", "notice", TUE),
            ("up", "move", TUE),
        ]

    def test_to_a_touch_before_what_was_taken_back(self):
        """What acted for it keeps the deadline that it had, whatever has put it off since."""
        deal = opened(timer(since="touch", after="2 days"), roles=BOSS)
        deal.log("call", at=THU, activity_id="m")
        deal.override("timer", until=SUN + DAY, role="boss", reason="on site", at=FRI)
        deal.log("call", at=FRI + HOUR, activity_id="m", status="cancelled")

        assert due(deal, SAT) == [("breach", WED, WED)]


class TestStarts:
    def test_a_gap_goes_on_in_the_next_stage(self):
        """Entering a stage restarts no touch clock."""
        deal = opened(gap())
        deal.learn(at=MON, need=True)
        deal.move("proof", at=TUE)

        assert due(deal, TUE) == [("breach", WED, None)]

    def test_the_total_of_a_later_stage(self):
        """It counts from when that stage was entered first, not from the opening."""
        deal = opened(timer(since="stage_total", after="1 day"))
        deal.record(moved("proof", TUE))
        deal.record(moved("offer", TUE + HOUR))

        assert due(deal, TUE + HOUR) == [("breach", WED + HOUR, None)]


class TestDates:
    """The tender is due on Thursday; its day ends with the last microsecond before Friday."""

    END = dt.datetime(2026, 3, 6, tzinfo=dt.UTC) - MICROSECOND

    def test_no_step_of_a_date_waits_for_a_hold(self):
        """Where a clock ends with its date, what escalates that late counts no holds either."""
        steps = [Escalation(after="2 days", to="boss")]
        deal = opened(timer(since="date:tender_due", after=None, escalate=steps))
        deal.learn(at=MON, tender_due="2026-03-05")
        deal.hold(at=FRI, until=FRI + HOUR)

        assert due(deal, FRI)[-1] == ("escalate", self.END + 2 * DAY, None)

    def test_a_date_that_comes_back_before_its_day(self):
        """What was announced for it is not announced again."""
        deal = opened(timer(since="date:tender_due", after=None, before="1 day", notice="1 day"))
        deal.learn(at=MON, tender_due="2026-03-05")
        deal.learn(at=WED, tender_due="2026-03-20")
        deal.learn(at=WED + HOUR, tender_due="2026-03-05")

        acted = [("timer", "notice", self.END - 2 * DAY), ("timer", "breach", self.END - DAY)]
        assert raised(deal, FRI) == acted

    def test_a_date_that_comes_back_in_its_last_instant(self):
        """Though it counts from right now, it has counted from there before."""
        deal = opened(timer(since="date:tender_due", after=None, before="1 day", notice="1 day"))
        deal.learn(at=MON, tender_due="2026-03-05")
        deal.learn(at=THU, tender_due="2026-03-04")
        deal.learn(at=self.END, tender_due="2026-03-05")

        steps, thursday = ["notice", "breach"], [self.END - 2 * DAY, self.END - DAY]
        acted = [
            ("timer", step, at) for step, at in zip(steps * 2, [*thursday, THU, THU], strict=True)
        ]
        assert raised(deal, SUN) == acted

    def test_a_notice_in_a_hold(self):
        """It becomes the hold's end, as the end itself would."""
        rule = timer(since="date:tender_due", after=None, before="1 day", notice="1 day")
        deal = opened(rule)
        deal.learn(at=MON, tender_due="2026-03-05")
        deal.hold(at=TUE, until=WED)

        assert due(deal, TUE) == [("notice", WED, None), ("breach", self.END - DAY, None)]

    def test_time_away(self):
        """A date does not wait while the deal is parked."""
        deal = opened(timer(since="date:tender_due", after="2 days"))
        deal.learn(at=MON, tender_due="2026-03-05")
        deal.record(moved("nurture", FRI))
        deal.record(moved("talk", FRI + HOUR))

        assert due(deal, FRI + HOUR) == [("breach", self.END + 2 * DAY, None)]


class TestUntil:
    def test_what_is_learned_at_once(self):
        """Facts of one event hold together, whichever is said first."""
        rule = timer(since="date:tender_due", after=None, until="fact:need")
        for facts in (["need", "tender_due"], ["tender_due", "need"]):
            deal = opened(rule)
            deal.learn(at=MON, need=True)
            values = {"need": False, "tender_due": "2026-03-03"}
            deal.learn(at=TUE, facts={name: values[name] for name in facts})

            assert len(raised(deal, SUN)) == 1

    def test_a_date_is_not_told_anew_by_what_stopped_its_clock(self):
        """Its fact may be unlearned, and unlearned again: a clock that was stopped stays so."""
        rule = timer(since="date:tender_due", after=None, until="fact:need")
        deal = opened(rule)
        deal.learn(at=MON, tender_due="2026-03-03", need=True)
        deal.learn(at=TUE, need=False)
        deal.learn(at=WED, need=False)

        assert raised(deal, SUN) == []

    def test_a_fact_that_is_learned_again(self):
        """It goes on with its run, which began before the clock started: that stops nothing."""
        deal = opened(timer(since="touch", after="2 days", until="fact:need"))
        deal.learn(at=MON, need=True)
        deal.log("call", at=TUE)
        deal.learn(at=WED, need=True)

        assert raised(deal, FRI) == [("timer", "breach", THU)]

    def test_a_date_once_stopped(self):
        """It does not run again when the fact that stopped it turns false."""
        deal = opened(timer(since="date:tender_due", after=None, until="fact:need"))
        deal.learn(at=MON, tender_due="2026-03-04", need=True)
        deal.learn(at=TUE, need=False)

        assert raised(deal, SUN) == []

    def test_a_fact_that_has_expired_stops_no_date(self):
        """What was known before the date is learned counts only while it is known."""
        facts = [
            Fact(id="need", type="bool", valid_for="1 day"),
            Fact(id="tender_due", type="date"),
        ]
        deal = opened(timer(since="date:tender_due", after=None, until="fact:need"), facts=facts)
        deal.learn(at=MON, need=True)
        deal.learn(at=WED, tender_due="2026-03-05")

        assert [rung for _, rung, _ in raised(deal, SUN)] == ["breach"]

    def test_when_what_stopped_it_was_something_else(self):
        """A meeting that is corrected to a call stops nothing that waits for a meeting."""
        deal = opened(timer(until="activity:meeting"))
        deal.log("meeting", at=TUE, activity_id="m")
        deal.log("call", at=WED, activity_id="m")

        assert due(deal, THU) == [("breach", MON + 5 * DAY, None)]

    def test_when_everything_but_one_stands(self):
        """Taking back the later of two calls leaves the first."""
        deal = opened(timer(since="touch"))
        deal.log("call", at=TUE)
        deal.log("call", at=WED, activity_id="c")
        deal.log("call", at=THU, activity_id="c", status="cancelled")

        assert due(deal, THU) == [("breach", TUE + 5 * DAY, None)]

    def test_a_meeting_that_did_not_take_place(self):
        """What it stopped runs again, though nothing was due for a while."""
        deal = opened(timer(until="activity:meeting"))
        deal.log("meeting", at=TUE, activity_id="m")
        deal.assign("kim", at=WED)
        deal.log("meeting", at=THU, activity_id="m", status="no_show")

        assert raised(deal, SUN) == [("timer", "breach", SAT)]


class TestBounds:
    """A deal that is looked at after an event misses nothing that came due between."""

    def test_the_first_rung_of_a_clock(self):
        """What is sure not to act at the event acts after it."""
        deal = opened(timer(after="48 hours"))
        deal.assign("kim", at=MON + HOUR)

        assert raised(deal, WED + HOUR) == [("timer", "breach", WED)]

    def test_the_second_rung(self):
        """The same after a notice."""
        deal = opened(timer(after="48 hours", notice="24 hours"))
        deal.assign("kim", at=TUE + HOUR)

        assert raised(deal, WED + HOUR) == [("timer", "notice", TUE), ("timer", "breach", WED)]

    def test_a_rung_that_was_worked_out(self):
        """A deadline that is known already is not forgotten."""
        deal = opened(gap())
        deal.assign("kim", at=TUE + 6 * HOUR)

        assert raised(deal, WED + HOUR) == [("touch", "breach", WED)]

    def test_a_warning_after_the_end(self):
        """The end of a gap may come before its warning, which has another unit."""
        deal = opened(gap(warn="60 hours"))

        assert raised(deal, WED + HOUR) == [("touch", "breach", WED)]

    def test_the_second_notice_of_an_early_notice(self):
        """It may come sooner after the start than it comes before the end."""
        rule = timer(after="96 hours", notice="72 hours", postpone=Postponement(planned="4 hours"))
        deal = opened(rule)
        deal.plan("meeting", at=MON, starts_at=FRI)

        assert raised(deal, TUE + 5 * HOUR) == [
            ("timer", "notice", TUE),
            ("timer", "notice:2", TUE + 4 * HOUR),
        ]

    def test_time_away_after_it_was_worked_out(self):
        """A clock that runs from the opening skips it all the same."""
        deal = opened(timer(after="2 days"))
        deal.record(moved("nurture", TUE + 6 * HOUR))
        deal.record(moved("talk", TUE + 16 * HOUR))

        assert due(deal, TUE + 16 * HOUR) == [("breach", WED + 10 * HOUR, None)]


class TestPutOff:
    def test_what_came_before_the_clock(self):
        """The buyer's touch counts whenever it was, a plan only from the clock's start on."""
        windows = Postponement(inbound="3 days", planned="5 days")
        deal = opened(timer(since="stage", after="1 day", postpone=windows))
        deal.plan("meeting", at=MON, starts_at=MON, activity_id="m")
        deal.log("meeting", at=MON, activity_id="m", direction="in")
        deal.record(moved("proof", TUE))

        assert due(deal, TUE) == [("breach", THU, None)]

    def test_a_meeting_that_was_cancelled_after_all(self):
        """It does not keep the window of one that took place."""
        deal = opened(timer(postpone=Postponement(planned="10 days")))
        deal.plan("meeting", at=MON, starts_at=TUE, activity_id="m")
        deal.log("meeting", at=TUE, activity_id="m")
        deal.log("meeting", at=WED, activity_id="m", status="cancelled")

        assert due(deal, WED) == [("breach", SAT, None)]

    def test_a_note_that_was_planned(self):
        """It reaches nobody, so it puts nothing off when it is done."""
        deal = opened(timer(postpone=Postponement(planned="10 days")))
        deal.plan("note", at=MON, starts_at=TUE, activity_id="m")
        deal.log("note", at=TUE, activity_id="m")

        assert due(deal, TUE) == [("breach", SAT, None)]

    def test_an_end_in_the_second_pass_of_an_hour(self):
        """Its notice shows an earlier time of day than the first one, and does not come before."""
        start, ahead = (dt.datetime(2026, 10, day, 5, 30, tzinfo=dt.UTC) for day in (28, 31))
        rule = timer(after="4 days", notice="1 day")
        deal = opened(rule, at=start, calendar=Calendar("America/New_York"), roles=BOSS)
        until = start + 4 * DAY + 40 * MINUTE
        deal.override("timer", at=start, until=until, role="boss", reason="on site")

        assert due(deal, start) == [
            ("notice", ahead, None),
            ("notice:2", ahead, None),
            ("breach", until, None),
        ]

    def test_a_plan_for_the_very_start(self):
        """What is planned for the start of the clock is one for its time."""
        deal = opened(timer(after="1 day", postpone=Postponement(planned="2 days")))
        deal.plan("meeting", at=MON, starts_at=MON)

        assert due(deal, MON) == [("breach", WED, None)]

    def test_a_plan_that_starts_the_clock_when_it_is_done(self):
        """It keeps its window from the start of the clock on."""
        deal = opened(timer(since="touch", after="1 day", postpone=Postponement(planned="3 days")))
        deal.plan("meeting", at=MON, starts_at=TUE, activity_id="m")
        deal.log("meeting", at=TUE, activity_id="m")

        assert due(deal, TUE) == [("breach", FRI, None)]

    def test_the_second_notice_in_a_hold(self):
        """It waits for the hold's end."""
        rule = timer(after="48 hours", notice="26 hours", postpone=Postponement(planned="24 hours"))
        deal = opened(rule)
        deal.plan("meeting", at=MON, starts_at=FRI)
        deal.hold(at=THU + 22 * HOUR, until=FRI + 2 * HOUR)

        # The window runs from Friday 12:00 on, so 26 hours before its end lie in the hold.
        assert due(deal, FRI)[-1] == ("breach", SAT + 2 * HOUR, None)
        assert due(deal, FRI)[-2] == ("notice:2", FRI + 2 * HOUR, None)


class TestClosed:
    def test_time_moves_no_lost_deal(self):
        """Where a deal is closed rules only warn and escalate, also those that name the stage."""
        deal = opened(timer(since="stage", after="1 day", move_to="talk", stages=["lost"]))
        deal.record(moved("lost", TUE))

        assert deal.state(SUN).stage == "lost"

    def test_what_has_no_place_says_nothing(self):
        """The rule that has moved a deal to a lost stage, which it names, is content there."""
        rule = timer(after="1 day", move_to="lost", reason="silence", stages=["talk", "lost"])
        deal = opened(rule)

        assert [clock.status for clock in deal.state(WED).clocks] == ["ok"]

    def test_reopened_where_it_was(self):
        """Its latest open stage may be named; a closed one may not, wherever it stands."""
        stages = (Stage(id="talk"), Stage(id="lost", kind="lost"), *STAGES[1:4])
        deal = opened(stages=(*stages, Stage(id="gone", kind="lost")), stage="proof")
        deal.move("gone", at=TUE)
        with pytest.raises(Refused, match="cannot reopen"):
            deal.reopen(to="lost", at=WED)
        deal.reopen(to="proof", at=WED)

        assert deal.state(WED).stage == "proof"


class TestHolds:
    def test_what_is_known_for_a_day(self):
        """It is not known any longer because the deal is on hold."""
        deal = opened(facts=[Fact(id="need", type="bool", valid_for="1 day")])
        deal.hold(at=MON, until=WED)
        deal.learn(at=MON + HOUR, need=True)

        assert "need" in deal.state(TUE + HOUR).facts
        assert "need" not in deal.state(TUE + HOUR + MICROSECOND).facts

    @pytest.mark.parametrize("at", [TUE, WED])
    def test_neither_where_it_begins_nor_where_it_ends(self, at):
        """A hold is ended while it runs."""
        deal = opened()
        deal.hold(at=TUE, until=WED)
        with pytest.raises(Refused, match="cannot resume"):
            deal.resume(at=at)

    def test_the_longest_beside_another(self):
        """How long one may be does not depend on those that are there."""
        deal = opened(holds=Holds(longest="1 day"))
        deal.hold(at=MON, until=TUE)
        with pytest.raises(Refused, match="cannot hold"):
            deal.hold(at=MON + HOUR, until=TUE + 2 * HOUR)

    @pytest.mark.parametrize("to", ["won", "lost"])
    def test_a_recorded_close_ends_it(self, to):
        """At the instant of the close."""
        deal = opened()
        deal.hold(at=MON, until=FRI)
        deal.record(moved(to, WED))

        assert [(hold.from_at, hold.until) for hold in deal.state(THU).holds] == [(MON, WED)]

    def test_one_that_begins_when_the_deal_comes_back(self):
        """At one instant it comes before the move, which leaves it behind."""
        deal = opened()
        deal.record(moved("nurture", TUE))
        deal.record(Held(id="h", occurred_at=WED, until=SUN))
        deal.record(moved("talk", WED))

        assert deal.state(WED).holds == ()


class TestGates:
    def test_an_override_of_a_rule_meets_no_criterion(self):
        """They are numbered one after the other, not alike."""
        deal = opened(gap(), roles=BOSS)
        deal.override("touch", until=FRI, role="boss", reason="on site", at=MON)

        assert not deal.can_move("proof", MON)

    def test_both_sides_of_a_comparison_are_learned_in_the_role(self):
        """What somebody else said of the other side does not count."""
        gate = Criterion(id="pays", expression="budget >= value", by=["boss"])
        deal = opened(stages=(Stage(id="talk", exit=[gate]), *STAGES[1:]), roles=BOSS)
        deal.learn(at=MON, role="boss", budget=100)
        deal.learn(at=MON, role="rep", value=50)
        assert not deal.can_move("proof", MON)

        deal.learn(at=TUE, role="boss", value=50)

        assert deal.can_move("proof", TUE)

    def test_what_nobody_knows_is_not_less(self):
        """An unknown fact meets no comparison."""
        deal = opened(stages=(Stage(id="talk", exit=["budget < 100"]), *STAGES[1:]))

        assert not deal.can_move("proof", MON)

    def test_learned_in_no_role(self):
        """A criterion that names roles wants one of them."""
        gate = Criterion(id="sure", expression="need", by=["boss"])
        deal = opened(stages=(Stage(id="talk", exit=[gate]), *STAGES[1:]), roles=BOSS)
        deal.learn(at=MON, need=True)

        assert not deal.can_move("proof", MON)

    def test_what_only_warns_shuts_nothing(self):
        """In mode warn the deal may be moved."""
        assert opened(mode="warn").can_move("proof", MON)

    def test_reopened_where_it_is(self):
        """A reopening that names the stage of an open deal does not enter it again."""
        deal = opened()
        deal.record(Reopened(id="r", occurred_at=TUE, to="talk"))

        assert deal.state(WED).entered_at == MON


class TestHistory:
    def test_a_hold_at_the_instant_of_a_move(self):
        """It comes before the move, and does no harm."""
        deal = opened()
        deal.record(moved("proof", WED))
        deal.hold(at=WED, until=FRI)

        assert len(deal.state(WED).holds) == 1

    def test_a_hold_at_the_instant_at_which_the_deal_comes_back(self):
        """It would be left behind, so it is refused."""
        deal = opened()
        deal.record(moved("nurture", TUE))
        deal.record(moved("talk", WED))
        with pytest.raises(Refused, match="cannot hold"):
            deal.hold(at=WED, until=FRI)

    def test_a_breach_is_no_history(self):
        """Only what has moved the deal is, also where a breach comes at the very instant."""
        deal = opened(gap(when="need"))
        deal.learn(at=THU, need=True)
        assert raised(deal, THU) == [("touch", "breach", THU)]

        assert deal.hold(at=THU, until=FRI) == ()

    def test_it_blocks_beside_what_only_warns(self):
        """One obstacle that blocks is enough."""
        deal = opened(mode="warn", holds=Holds(longest="1 day"))
        deal.record(moved("proof", WED))
        with pytest.raises(Refused) as refused:
            deal.hold(at=TUE, until=SAT)

        assert [o.blocks for o in refused.value.obstacles] == [True, False]


class TestRetractions:
    def test_of_what_comes_later(self):
        """It is gone when it comes, also where it comes in order."""
        deal = opened()
        deal.retract("x", at=MON)
        deal.record(Activity(id="x", kind="call", occurred_at=TUE))

        assert deal.state(TUE).last_touch_at is None

    def test_of_a_retraction_that_comes_later(self):
        """A retraction stays, so one that was to be taken back is refused when it comes."""
        deal = opened()
        deal.retract("r", at=MON)
        with pytest.raises(EventError, match="'r' is a retraction and cannot be"):
            deal.record(Retracted(id="r", occurred_at=TUE, target="x"))


class TestTold:
    def test_told_again(self):
        """Told, taken back, and told again since it stands after all: no more is to be done."""
        deal = opened(gap())
        sent = {effect.key for effect in deal.effects(THU)}
        deal.record(Activity(id="x", kind="call", occurred_at=WED, recorded_at=THU))
        sent |= {effect.key for effect in deal.effects(THU, sent)}
        deal.retract("x", at=FRI)
        sent |= {effect.key for effect in deal.effects(FRI, sent)}

        assert len(sent) == 3
        assert [effect.kind for effect in deal.effects(FRI, sent)] == ["breach", "rescind"]
        assert {effect.status for effect in deal.effects(FRI, sent)} == {"sent"}

    def test_the_total_of_all_visits_has_the_stage_in_its_key(self):
        """Like the clock of one visit."""
        deal = opened(timer(since="stage_total", after="1 day"))

        (effect,) = deal.effects(WED)
        assert effect.key == f"D/timer/{MON.isoformat()}/talk/breach"

    def test_lost_by_time_and_once_more_by_hand(self):
        """That time had lost it is no news any more."""
        deal = opened(timer(since="touch", after="1 day", move_to="lost", reason="silence"))
        deal.reopen(at=WED)
        deal.move("lost", at=WED + HOUR, reason="price")

        assert [e.status for e in deal.effects(THU)] == ["superseded"]

    def test_what_one_rule_did_stays_when_another_does_more(self):
        """In the ledger a rule supersedes its own rungs, not those of others."""
        deal = opened(timer(after="1 day"), gap())

        assert [(e.turn, e.raised.rule) for e in deal.ledger(THU)] == [
            ("raised", "timer"),
            ("raised", "touch"),
        ]

    def test_a_call_that_was_none_after_all(self):
        """Taken out again, the call lets stand again what it had refuted."""
        deal = opened(gap())
        deal.record(Activity(id="x", kind="call", occurred_at=WED, recorded_at=THU))
        deal.retract("x", at=FRI)

        assert [(e.at, e.turn) for e in deal.ledger(FRI)] == [
            (WED, "raised"),
            (THU, "rescinded"),
            (FRI, "reinstated"),
        ]

    def test_a_forbidden_move_is_met_by_who_may_learn_it(self):
        """A criterion that names roles goes by what they learned, later as well."""
        gate = Criterion(id="sure", expression="need", by=["boss"])
        deal = opened(stages=(Stage(id="talk", exit=[gate]), *STAGES[1:]), roles=BOSS)
        deal.record(moved("proof", TUE))
        deal.learn(at=WED, role="rep", need=True)
        assert [e.status for e in deal.effects(THU)] == ["due"]

        deal.learn(at=FRI, role="boss", need=True)

        assert [e.status for e in deal.effects(FRI)] == ["superseded"]


def test_what_a_deal_of_a_log_had_is_not_the_next_one_s():
    """Holds, overrides, plans and visits of one deal put nothing off for the next in the log."""
    definition = process(
        timer(after="2 days", postpone=Postponement(planned="3 days")),
        timer(id="old", after="3 days"),
        timer(id="total", since="stage_total", after="3 days"),
        timer(id="dated", since="date:tender_due", after=None),
        roles=BOSS,
        holds=Holds(per_deal=1),
    )
    full, plain = (Deal.open(definition, id=name, at=MON) for name in "ab")
    full.plan("meeting", at=MON, starts_at=FRI)
    full.record(Held(id="h", occurred_at=TUE, until=FRI))
    full.record(Overridden(id="o", occurred_at=TUE, until=SUN, target="old", reason="on site"))
    full.record(moved("proof", WED))
    for deal in (full, plain):
        deal.learn(at=MON, tender_due="2026-03-02")
    plain.record(Held(id="h", occurred_at=TUE, until=TUE + HOUR))

    def answers(*deals):
        call = arguments(rule_book(definition), log_rows(deals), to_micros(SUN))
        replay(*call)
        acts, deviations, verdicts = call[-3:]
        mine = [n for n in range(acts.found[0]) if acts.deal[n] == len(deals) - 1]
        first = sum(len(rows_taken(deal)) for deal in deals[:-1])
        rows = deviations.row[: deviations.found[0]]
        return (
            [(acts.rung[n], acts.start[n], acts.due[n], acts.at[n]) for n in mine],
            [row - first for row in rows if row >= first],
            [column[len(deals) - 1] for column in verdicts[:-1]],
        )

    assert answers(full, plain) == answers(plain)

"""The worked examples of the contract, and the edges of each sentence of it."""

import datetime as dt

import pytest
from tests.deal.small import (
    DAY,
    FRI,
    HOUR,
    MICROSECOND,
    MON,
    OFFICE,
    STAGES,
    THU,
    TUE,
    WED,
    gap,
    kill,
    opened,
    process,
    raised,
    timer,
    utc,
)

from salesflow.calendars import Calendar
from salesflow.deal import Deal, DealStatus
from salesflow.errors import Code, EventError, Refused
from salesflow.events import Activity, Learned, Moved, Opened
from salesflow.process import Escalation, Move, TouchClass

BOSS = [Escalation(after="3 days", to="boss")]


def moved(to, at, **said):
    return Moved(**{"id": f"crm-{to}-{at}", "occurred_at": at, "to": to, "source": "crm", **said})


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


class TestLateFacts:
    def test_a_call_recorded_late_was_in_time(self):
        """The call occurred on Monday, recorded on Friday: there was no breach on Wednesday."""
        deal = opened(gap(), at=MON - DAY)
        assert raised(deal, FRI) == [("touch", "breach", TUE)]

        deal.record(Activity(id="x", kind="call", occurred_at=MON, recorded_at=FRI))

        assert raised(deal, WED) == []
        assert raised(deal, FRI) == [("touch", "breach", WED)]

    def test_a_late_touch_undoes_a_kill(self):
        """A deal that a late fact shows to have been alive is where it was."""
        deal = opened(kill(since="touch", after="2 days"))
        assert deal.state(FRI).stage == "lost"

        deal.log("call", at=TUE)

        assert deal.state(THU).stage == "talk"

    def test_what_is_dated_before_the_opening_counts_from_it(self):
        """A touch before the opening does not make a clock start before it."""
        deal = opened(gap())
        deal.log("call", at=MON - 9 * DAY)

        assert deal.next_deadline(MON).due_at == WED
        assert deal.state(MON).last_touch_at == MON

    def test_a_move_before_the_opening_is_a_deviation(self):
        """The deal is where the move says, and the dates are noted."""
        deal = opened()
        deal.record(moved("proof", MON - HOUR))
        (deviation,) = deal.state(MON).deviations

        assert [o.code for o in deviation.obstacles] == [Code.HISTORY, Code.CRITERION]
        assert "dated 2026-03-02 09:00 UTC, the deal opened at 2026-03-02 10:00 UTC" in str(
            deviation.obstacles[0]
        )
        assert (deal.state(MON).stage, deal.state(MON).entered_at) == ("proof", MON)

    def test_the_earliest_opening_wins(self):
        """An earlier opening moves the beginning; a later one changes nothing."""
        deal = opened(gap())
        deal.record(Opened(id="later", deal="D", occurred_at=TUE, stage="offer"))
        assert deal.state(TUE).stage == "talk"

        deal.record(Opened(id="earlier", deal="D", occurred_at=MON - DAY, stage="proof"))

        assert (deal.opened_at, deal.state(MON).stage) == (MON - DAY, "proof")

    @pytest.mark.parametrize("first", [0, 1])
    def test_of_two_openings_at_one_instant_the_smaller_id_wins(self, first):
        """Which one was recorded first does not matter."""
        openings = [
            Opened(id=stage, deal="D", occurred_at=MON, stage=stage) for stage in ("offer", "proof")
        ]
        deal = Deal.replay(process(), [openings[first]])
        deal.record(openings[1 - first])

        assert deal.state(MON).stage == "offer"

    def test_a_touch_dated_later_does_not_count_yet(self):
        """What is dated after now has not happened, even if it is recorded."""
        deal = opened(gap())
        deal.log("call", at=WED)

        assert deal.state(TUE).last_touch_at is None
        assert deal.deadlines(TUE)[0].due_at == WED
        assert deal.state(THU).last_touch_at == WED


class TestTouches:
    @pytest.mark.parametrize(
        "work",
        [
            pytest.param(("note", {}), id="note"),
            pytest.param(("call", {"status": "no_show"}), id="no-show"),
            pytest.param(("email", {"outcome": "bounced"}), id="bounced"),
            pytest.param(("email", {"outcome": "opened"}), id="opened"),
        ],
    )
    def test_what_does_not_reach_the_buyer_restarts_nothing(self, work):
        """Internal work, what was not done and what nobody read are no touches."""
        deal = opened(gap())
        deal.log(work[0], at=TUE, **work[1])

        assert deal.deadlines(TUE)[0].due_at == WED

    def test_no_other_event_restarts_a_touch_clock(self):
        """A new stage, a new owner, a new fact and a refused command restart nothing."""
        deal = opened(gap())
        with pytest.raises(Refused, match="cannot move to 'won'"):
            deal.move("won", at=TUE)
        deal.assign("kim", at=TUE)
        deal.learn(at=TUE, budget=5)
        deal.record(moved("offer", TUE))

        assert (deal.state(TUE).stage, deal.state(TUE).owner) == ("offer", "kim")
        assert deal.deadlines(TUE)[0].due_at == WED

    @pytest.mark.parametrize(
        ("work", "is_two_way"),
        [
            (("email", {"direction": "in"}), True),
            (("email", {"direction": "out"}), False),
            (("email", {}), False),
            (("call", {}), True),
            (("meeting", {"direction": "out"}), True),
            (("call", {"outcome": "voicemail"}), False),
            (("call", {"outcome": "voicemail", "direction": "in"}), True),
        ],
    )
    def test_two_way(self, work, is_two_way):
        """Two-way is what came in, and a call or meeting that took place."""
        deal = opened(gap(touch="two_way"))
        deal.log(work[0], at=TUE, **work[1])

        assert deal.deadlines(TUE)[0].due_at == (THU if is_two_way else WED)


class TestTouchCap:
    @pytest.mark.parametrize(
        ("work", "counts"),
        [
            pytest.param(["out"], 1, id="first"),
            pytest.param(["out", "out"], 2, id="last-of-the-cap"),
            pytest.param(["out", "out", "out"], 2, id="one-too-many"),
            pytest.param(["out", "out", "out", "in"], 4, id="an-answer"),
            pytest.param(["out", "out", "out", "in", "out"], 5, id="after-an-answer"),
            pytest.param(["out", "out", "in", "out", "out", "out"], 5, id="and-again-the-cap"),
        ],
    )
    def test_unanswered_attempts_beyond_it_do_not_count(self, work, counts):
        """Two attempts in a row count; an answer ends the run and counts itself."""
        deal = opened(gap(touch="capped"), touches=[TouchClass(id="capped", unanswered_cap=2)])
        for hour, direction in enumerate(work, 1):
            deal.log("email", at=MON + hour * HOUR, direction=direction)

        assert deal.next_deadline(TUE).due_at == WED + counts * HOUR

    def test_it_is_a_matter_of_one_class(self):
        """What is beyond the cap of one class still is a touch of another."""
        deal = opened(gap(), touches=[TouchClass(id="capped", unanswered_cap=1)])
        deal.log("email", at=MON)
        deal.log("email", at=TUE)

        assert deal.next_deadline(TUE).due_at == THU


class TestStages:
    def test_a_stage_clock_starts_with_each_visit(self):
        """Leaving and coming back starts this visit's clock afresh."""
        deal = opened(timer(since="stage", stages=["talk"], after="2 days"))
        deal.record(moved("proof", TUE))
        deal.record(moved("talk", WED))

        assert deal.deadlines(WED)[0].due_at == FRI

    def test_a_move_to_the_stage_it_is_in_confirms(self):
        """The echo of our own write changes nothing and is no deviation."""
        deal = opened(timer(since="stage"))
        deal.record(moved("talk", TUE))

        assert (deal.state(TUE).entered_at, deal.state(TUE).deviations) == (MON, ())

    def test_killed_and_taken_up_again(self):
        """Killed on 9 February and taken out of lost on 1 September: the gap begins then."""
        deal = opened(
            gap(max="5 days"), kill(since="touch", after="10 days"), at=utc("2026-01-30 10:00")
        )
        assert deal.state(utc("2026-03-01 10:00")).entered_at == utc("2026-02-09 10:00")

        deal.record(moved("proof", utc("2026-09-01 10:00")))
        state = deal.state(utc("2026-09-01 10:00"))

        assert (state.stage, state.status) == ("proof", DealStatus.OK)
        assert deal.next_deadline(state.at).due_at == utc("2026-09-06 10:00")
        assert [o.code for o in state.deviations[0].obstacles] == [Code.CLOSED]

    @pytest.mark.parametrize(
        ("rule", "due"),
        [
            pytest.param(timer(), MON + 7 * DAY, id="skipped"),
            pytest.param(timer(stages=["talk", "nurture"]), MON + 5 * DAY, id="named"),
        ],
    )
    def test_parked_time_is_skipped_unless_the_rule_names_the_stage(self, rule, due):
        """Two days parked move the age of the deal by two days, where nobody watches them."""
        deal = opened(rule)
        deal.move("nurture", at=TUE)
        deal.record(moved("talk", THU))

        assert deal.deadlines(FRI)[0].due_at == due

    def test_a_clock_that_starts_while_nobody_watches(self):
        """A notice with the start of a clock is due at the return, if that start was away."""
        deal = opened(timer(since="fact:need", after="2 days", notice="2 days"))
        deal.move("nurture", at=TUE)
        deal.learn(at=WED, need=True)
        deal.record(moved("talk", THU))

        assert [deadline.due_at for deadline in deal.deadlines(THU)] == [THU, THU + 2 * DAY]

    def test_closed_and_parked_stages_stop_every_clock(self):
        """While a deal is parked nothing is due."""
        deal = opened(gap(), kill())
        deal.move("nurture", at=TUE)

        assert deal.deadlines(MON + 90 * DAY) == ()
        assert deal.state(MON + 90 * DAY).status == DealStatus.OK

    def test_in_a_closed_stage_time_moves_nothing(self):
        """A rule that names a closed stage warns and escalates there, and has no end."""
        rule = kill(since="stage", stages=["won"], after="2 days", notice="1 day", escalate=BOSS)
        deal = opened(rule)
        deal.record(moved("won", MON))

        assert raised(deal, FRI) == [("cold", "notice", TUE), ("cold", "escalate", THU)]
        assert deal.state(FRI).stage == "won"
        assert [clock.due_at for clock in deal.state(FRI).clocks] == [None]
        assert [d.rung for d in deal.deadlines(FRI)] == ["notice", "escalate"]

    def test_in_a_parked_stage_time_may_move_the_deal(self):
        """A rule that names a parked stage ends there as anywhere."""
        deal = opened(kill(since="stage", stages=["nurture"], after="2 days"))
        deal.move("nurture", at=MON)

        assert deal.state(FRI).stage == "lost"

    def test_a_move_by_time_to_where_the_deal_is(self):
        """It acts once and changes nothing: the clock of the stage goes on."""
        deal = opened(kill(since="touch", after="2 days", move_to="talk"))

        assert raised(deal, FRI) == [("cold", "move", WED)]
        assert deal.state(FRI).entered_at == MON
        assert not deal.timeline(FRI)[-1].moved

    def test_an_overdue_rule_acts_when_it_comes_to_apply(self):
        """A gap that watches one stage acts at the entry, with its own deadline."""
        deal = opened(gap(stages=["offer"]))
        deal.record(moved("offer", FRI))
        act = deal.timeline(FRI)[-1]

        assert (act.due_at, act.acted_at) == (WED, FRI)


class TestFacts:
    def test_false_stops_a_clock_and_true_starts_it_anew(self):
        """A fact clock runs with the present run of true."""
        deal = opened(timer(since="fact:need", after="1 day"))
        starts = []
        for at, value in ((MON, True), (TUE, True), (WED, False), (THU, True)):
            deal.learn(at=at, need=value)
            starts.append([clock.started_at for clock in deal.state(at).clocks])

        assert starts == [[MON], [MON], [], [THU]]
        assert raised(deal, FRI) == [("timer", "breach", TUE)]

    def test_other_types_run_since_they_were_first_learned(self):
        """Another value of a budget restarts nothing; one in a foreign currency is unknown."""
        deal = opened(timer(since="fact:budget"))
        starts = []
        for at, value in ((MON, 5), (TUE, "6 USD"), (WED, "7 EUR"), (THU, 8)):
            deal.learn(at=at, budget=value)
            starts.append([clock.started_at for clock in deal.state(at).clocks])

        assert starts == [[MON], [MON], [], [THU]]
        assert deal.state(WED).facts["budget"] == "7 EUR"

    def test_a_date_stands_for_the_end_of_its_day(self):
        """Without a span the clock ends with the day; there is no share of it to use up."""
        deal = opened(timer(since="date:tender_due", after=None))
        deal.learn(at=MON, tender_due="2026-03-04")
        (clock,) = deal.state(MON).clocks

        assert clock.due_at == utc("2026-03-04 23:59:59.999999")
        assert clock.used is None

    def test_a_new_date_moves_the_deadline(self):
        """Learning that the tender is put off takes the breach back."""
        deal = opened(timer(since="date:tender_due", after=None))
        deal.learn(at=MON, tender_due="2026-03-02")
        assert deal.state(TUE).status == DealStatus.BREACHED

        deal.learn(at=TUE, tender_due="2026-03-09")

        assert deal.state(TUE).status == DealStatus.OK

    def test_a_date_in_the_past_acts_when_it_is_learned(self):
        """The deadline is the date, the act is now."""
        deal = opened(kill(since="date:tender_due", after=None))
        deal.learn(at=WED, tender_due="2026-02-01")

        assert deal.state(WED).stage == "lost"
        assert raised(deal, WED) == [("cold", "move", WED)]

    def test_when_becomes_true(self):
        """A rule that comes to apply acts from then on, though its deadline has passed."""
        deal = opened(gap(when="budget >= 50"))
        deal.learn(at=FRI, budget=50)

        assert raised(deal, FRI) == [("touch", "breach", FRI)]

    def test_the_used_share_of_a_clock(self):
        """Half of the time is used in the middle, and more than all of it past the end."""
        deal = opened(gap())

        assert [deal.state(at).clocks[0].used for at in (MON, TUE, THU)] == [0, 0.5, 1.5]

    def test_a_clock_that_starts_in_the_future_is_not_used(self):
        """Before its date a clock has used nothing of what it allows."""
        deal = opened(timer(since="date:tender_due", after="2 days"))
        deal.learn(at=MON, tender_due="2026-03-20")

        assert deal.state(MON).clocks[0].used == 0


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


class TestMove:
    def test_forward_needs_the_gate(self):
        """Only true opens a gate; unknown does not."""
        deal = opened()
        assert not deal.can_move("proof", at=MON)

        deal.learn(at=MON, need=True)

        assert deal.can_move("proof", at=MON)
        assert deal.move("proof", at=MON) == ()
        assert deal.state(MON).stage == "proof"

    def test_a_breached_gap_blocks_until_a_touch(self):
        """A touch heals the breach at once."""
        deal = opened(gap())
        deal.learn(at=MON, need=True)
        with pytest.raises(Refused, match="wanted a touch by 2026-03-04 10:00 UTC"):
            deal.move("proof", at=FRI)

        deal.log("call", at=FRI)

        assert deal.move("proof", at=FRI) == ()

    def test_a_breach_blocks_only_where_its_gap_applies(self):
        """A gap that was breached in another stage does not stand in the way of this one."""
        deal = opened(gap(stages=["talk"]))
        deal.record(moved("proof", FRI))

        assert deal.obstacles("offer", FRI + MICROSECOND) == ()
        assert [o.rule for o in deal.state(FRI).deviations[0].obstacles] == ["touch", "need"]

    @pytest.mark.parametrize("to", ["lost", "nurture", "talk"])
    def test_losing_parking_and_going_back_are_always_allowed(self, to):
        """A breach does not keep a deal from going back or out."""
        deal = opened(gap(), stage="proof")

        assert deal.move(to, at=FRI) == ()

    def test_all_obstacles_at_once(self):
        """A refusal names the gap, the criterion, the role and the reason together."""
        move = Move(from_stage="talk", to_stage="offer", by=["boss"], reason_required=True)
        deal = opened(gap(), moves=[move])
        with pytest.raises(Refused, match="cannot move to 'offer'") as refused:
            deal.move("offer", at=FRI, role="rep")

        assert [o.code for o in refused.value.obstacles] == [
            Code.GAP,
            Code.CRITERION,
            Code.ROLE,
            Code.REASON,
        ]

    def test_a_listed_way_back_asks_what_it_says(self):
        """A criterion of a move back holds even if the stage's own exit asks the same."""
        stages = [STAGES[1], STAGES[0], *STAGES[2:]]
        back = Move(from_stage="talk", to_stage="proof", exit=["need"])
        deal = opened(stages=stages, moves=[back], stage="talk")

        assert [o.rule for o in deal.obstacles("proof", MON)] == ["need"]

    def test_an_unknown_stage(self):
        """A stage that the process does not have is an error of the caller."""
        with pytest.raises(ValueError, match=r"stage 'prof': .* did you mean 'proof'\?"):
            opened().move("prof", at=MON)

    def test_an_unknown_stage_like_no_other(self):
        """Where no name is close all are listed."""
        with pytest.raises(ValueError, match="known: talk, proof, offer"):
            opened().obstacles("zzz", MON)

    @pytest.mark.parametrize(
        ("to", "code"),
        [("talk", None), ("proof", None), ("offer", Code.NO_SUCH_MOVE), ("won", Code.NO_SUCH_MOVE)],
    )
    def test_parking_passes_no_gate(self, to, code):
        """A parked deal goes back to the stage that it came from or an earlier one, to no other."""
        deal = opened(stage="proof")
        deal.move("nurture", at=MON)

        assert [code] * bool(code) == [o.code for o in deal.obstacles(to, TUE)]

    def test_one_that_was_never_open_begins_at_the_beginning(self):
        """A deal that was opened parked may go to the first open stage."""
        deal = opened(stage="nurture")

        assert [deal.can_move(to, TUE) for to in ("talk", "proof")] == [True, False]


class TestHistory:
    def test_a_command_before_the_latest_move_is_refused(self):
        """The history is not rewritten by commands; everything else is told along with it."""
        deal = opened()
        deal.record(moved("offer", WED))
        with pytest.raises(
            Refused, match="dated 2026-03-03 10:00 UTC, the deal moved at"
        ) as refused:
            deal.move("proof", at=TUE)

        assert [o.code for o in refused.value.obstacles] == [Code.HISTORY, Code.CRITERION]
        assert refused.value.obstacles[0].due_at == WED

    @pytest.mark.parametrize("mode", ["enforce", "warn", "observe"])
    def test_in_every_mode(self, mode):
        """Even a process that only observes keeps its history."""
        deal = opened(mode=mode)
        deal.record(moved("offer", WED))

        assert not deal.can_move("lost", TUE)
        assert deal.can_move("lost", WED + MICROSECOND)

    def test_at_the_instant_of_our_own_move(self):
        """Two commands at one instant follow each other."""
        deal = opened(stage="proof")
        deal.move("offer", at=TUE)
        deal.move("proof", at=TUE)

        assert deal.state(TUE).stage == "proof"

    def test_at_the_instant_of_a_move_that_counts_after_it(self):
        """At one instant sources count by name: a command that would come first is refused."""
        deal = opened()
        deal.record(moved("offer", TUE))

        assert [o.code for o in deal.obstacles("proof", TUE)] == [Code.HISTORY]
        assert deal.move("proof", at=TUE, source="desk") == ()
        assert deal.state(TUE).stage == "proof"

    @pytest.mark.parametrize("learned", [WED, None], ids=["and-later-events", "and-no-more"])
    def test_after_a_kill_that_was_due_before(self, learned):
        """A move by time comes after every event at its instant: a command there is too early."""
        deal = opened(kill(since="date:tender_due", after=None))
        deal.learn(at=TUE, tender_due="2026-02-01")
        if learned:
            deal.learn(at=learned, budget=5)

        assert Code.HISTORY in [o.code for o in deal.obstacles("proof", TUE)]

    def test_at_the_instant_of_a_kill(self):
        """At its deadline a deal still lives: a command there comes before the kill."""
        deal = opened(kill(after="2 days"), stage="proof")
        deal.log("note", at=FRI)

        assert [o.code for o in deal.obstacles("offer", WED - MICROSECOND)] == [Code.HISTORY]
        assert deal.can_move("offer", WED)
        assert not deal.can_move("offer", WED + MICROSECOND)

    def test_a_command_before_a_kill_that_has_been_folded(self):
        """Once something is recorded after a kill, a command before the kill rewrites history."""
        deal = opened(kill(after="2 days"), stage="proof")
        assert deal.can_move("offer", TUE)

        deal.log("note", at=FRI)

        assert [o.code for o in deal.obstacles("offer", TUE)] == [Code.HISTORY]

    def test_recorded_moves_are_never_refused(self):
        """What the CRM says holds, and what it passed over is kept."""
        deal = opened(gap())
        deal.record(moved("won", FRI, role="rep"))
        (deviation,) = deal.state(FRI).deviations

        assert (deal.state(FRI).stage, deviation.from_stage) == ("won", "talk")
        assert [o.code for o in deviation.obstacles] == [
            Code.NO_SUCH_MOVE,
            Code.GAP,
            Code.CRITERION,
        ]

    @pytest.mark.parametrize(("role", "codes"), [(None, []), ("rep", [Code.ROLE]), ("boss", [])])
    def test_a_recorded_move_without_a_role_is_not_checked_for_it(self, role, codes):
        """A CRM does not tell the role; where it does, it counts."""
        move = Move(from_stage="proof", to_stage="offer", by=["boss"])
        deal = opened(moves=[move], stage="proof")
        deal.record(moved("offer", TUE, role=role))

        assert codes == [o.code for d in deal.state(TUE).deviations for o in d.obstacles]


class TestErrors:
    def test_before_the_opening_there_is_no_deal(self):
        """A deal has no state before it was opened."""
        with pytest.raises(EventError, match="deal 'D' opened at 2026-03-02 10:00"):
            opened().state(MON - MICROSECOND)

    def test_a_history_without_an_opening(self):
        """Something must open the deal."""
        with pytest.raises(EventError, match="history of 1 events: none opens the deal"):
            Deal.replay(process(), [moved("lost", MON)])

    def test_an_id_with_two_contents(self):
        """The same id with another content is an error, never last-wins; nothing has changed."""
        deal = opened()
        first, other = moved("lost", TUE, id="x"), moved("offer", TUE, id="x")
        deal.record(first)
        with pytest.raises(EventError, match=r"event id 'x' is taken by .* Use another id"):
            deal.record(other)
        with pytest.raises(EventError, match="event id 'x' is taken by"):
            Deal.replay(process(), [*deal.events, other])

        assert deal.state(TUE).stage == "lost"

    @pytest.mark.parametrize("how", ["record", "replay"])
    def test_the_opening_of_another_deal(self, how):
        """Events of two deals do not mix."""
        deal = opened()
        other = Opened(id="y", deal="E", occurred_at=TUE)
        with pytest.raises(EventError, match="event 'y' opens deal 'E', this is 'D'"):
            deal.record(other) if how == "record" else Deal.replay(process(), [*deal.events, other])

    @pytest.mark.parametrize(
        ("event", "text"),
        [
            (moved("prof", TUE), "process 'small' has no stage 'prof'; did you mean 'proof'"),
            (moved("zzz", TUE), "has no stage 'zzz'; known: talk"),
            (Opened(id="o", deal="D", occurred_at=TUE, stage="x"), "has no stage 'x'"),
            (Opened(id="o", deal="D", occurred_at=MON - DAY, stage="x"), "has no stage 'x'"),
            (Learned(id="l", occurred_at=TUE, facts={"ned": True}), "'ned': the process has none"),
            (Learned(id="l", occurred_at=TUE, facts={"need": 1}), "'need': expected true or false"),
        ],
    )
    def test_what_the_process_does_not_have(self, event, text):
        """An event that names what is not there is refused, and nothing has changed."""
        deal = opened()
        with pytest.raises(EventError, match=text):
            deal.record(event)

        assert len(deal.events) == 1
        assert deal.record(moved("lost", TUE, id=event.id))

    def test_an_unknown_kind_of_activity(self):
        """A verb refuses a kind that the process does not have; a recorded one is no touch."""
        deal = opened(gap())
        with pytest.raises(ValueError, match="activity 'cal': the process has no such kind"):
            deal.log("cal", at=TUE)
        with pytest.raises(ValueError, match="known: call, meeting"):
            deal.log("zzzzz", at=TUE)
        deal.record(Activity(id="a", kind="zzzzz", occurred_at=TUE))

        assert deal.state(TUE).last_touch_at is None

    def test_an_id_that_is_taken(self):
        """A verb with a taken id is an error and changes nothing."""
        deal = opened(stage="proof")
        deal.log("call", at=MON, id="x", by="dana", source="phone", recorded_at=TUE)
        with pytest.raises(EventError, match="event id 'x' is taken"):
            deal.move("offer", at=TUE, id="x")

        assert deal.state(TUE).stage == "proof"

    def test_naive_datetimes(self):
        """An instant without a zone is refused wherever it comes in."""
        deal = opened()
        with pytest.raises(ValueError, match="has no time zone"):
            deal.state(dt.datetime(2026, 3, 2))  # noqa: DTZ001 - that is the point
        with pytest.raises(ValueError, match="'occurred_at' must be aware"):
            deal.log("call", at=dt.datetime(2026, 3, 2))  # noqa: DTZ001 - that is the point


class TestDeal:
    def test_what_it_says_of_itself(self):
        """Its id, process, events and opening; and the text says what it is."""
        deal = opened()
        event = deal.learn(at=TUE, facts={"need": True}, value="5 USD")

        assert repr(deal) == "<Deal 'D' of 'small', 2 events>"
        assert deal.events[1] == event
        assert (event.id, event.seq, deal.id, deal.opened_at) == ("D/1", 1, "D", MON)
        assert deal.process == process()
        assert deal.state(TUE).facts == {"need": True, "value": 5}
        assert not deal.state(TUE).is_closed

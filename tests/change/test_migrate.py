"""Deals that come under another process: the plan, the problems, and what becomes of a deal."""

import datetime as dt
import json
import pickle
import zoneinfo

import attrs
import pytest
from tests.deal.small import (
    DAY,
    FACTS,
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
    opened,
    process,
    raised,
    timer,
)

from salesflow.calendars import Calendar
from salesflow.change import DeadlineShift, RuleTurn, impact, migrate
from salesflow.deal import Deal, EffectKind
from salesflow.deal.state import DealStatus, Raised
from salesflow.errors import EventError, MigrationError, PinnedError, Refused, UnknownName
from salesflow.events import Activity, Learned, Migrated, Moved, Opened, Retracted
from salesflow.process import ActivityKind, Fact, NamedCalendar, Stage, TouchClass
from salesflow.process.parts import Postponement


def under(new, deal, at=FRI, **said):
    """The deal, brought under a process."""
    plan = migrate([deal], new, at=at, **said)
    plan.apply()
    return deal


def due(deal, now, rule="touch", rung="breach"):
    """When a rung is due; None: it is not to come."""
    return next(
        (d.due_at for d in deal.deadlines(now) if (d.rule, d.rung) == (rule, rung)),
        None,
    )


def sent(deal, now):
    """The effects to perform at an instant."""
    return [str(e.kind) for e in deal.effects(now) if e.status == "due"]


class TestClocks:
    """Clocks go on from their real starts."""

    def test_last_touch(self):
        """A gap of four days instead of two counts from the call of Tuesday."""
        deal = opened(gap())
        deal.log("call", at=TUE)
        under(process(gap(max="4 days")), deal, at=WED)

        assert due(deal, WED) == TUE + 4 * DAY
        assert raised(deal, TUE + 10 * DAY) == [("touch", "breach", TUE + 4 * DAY)]

    def test_stage_entry_and_opening(self):
        """The age of a visit and of the deal count from the entry and the opening."""
        deal = opened(stage="talk")
        deal.record(Moved(id="m", to="proof", occurred_at=TUE))
        new = process(timer(id="age", since="stage", after="9 days"), timer(after="20 days"))
        under(new, deal, at=WED)

        assert due(deal, WED, "age") == TUE + 9 * DAY
        assert due(deal, WED, "timer") == MON + 20 * DAY

    def test_a_stage_with_another_name(self):
        """Renamed, the visit goes on; two that become one were one visit."""
        talk, proof, offer, *rest = STAGES
        new = process(
            timer(id="age", since="stage", after="9 days"),
            stages=[Stage(id="first"), offer, *rest],
        )
        deal = opened()
        deal.record(Moved(id="m", to="proof", occurred_at=TUE))
        under(new, deal, at=WED, stages={"talk": "first", "proof": "first"})
        state = deal.state(WED)

        assert (state.stage, state.entered_at) == ("first", MON)
        assert due(deal, WED, "age") == MON + 9 * DAY
        assert (talk.id, proof.id) == ("talk", "proof")

    def test_a_stage_that_it_is_in_now(self):
        """Where two become one, the way back from one to the other is not one that was lost."""
        deal = opened(stage="proof")
        new = process(stages=[STAGES[0], *STAGES[2:]])
        plan = migrate([deal], new, at=WED, stages={"proof": "talk"})

        assert deal.can_move("talk", at=WED)
        assert "talk" not in plan.deals[0].blocked

    def test_time_on_hold(self):
        """What was held under the old process is held under the new one, reason and all."""
        deal = opened(gap())
        deal.hold(until=MON + 3 * DAY, at=MON + HOUR, reason="legal")
        under(process(gap(max="4 days")), deal, at=WED)

        assert due(deal, WED) == MON + 4 * DAY + (3 * DAY - HOUR)
        assert [hold.until for hold in deal.state(WED).holds] == [MON + 3 * DAY]

    def test_a_hold_that_was_ended_stays_so(self):
        """A touch ended it by the old rules; that the new ones would not have is nothing to it."""
        ends = process(gap(max="9 days")).replace({"holds.end_on_inbound": True})
        deal = Deal.open(ends, id="D", at=MON)
        deal.hold(until=MON + 5 * DAY, at=MON + HOUR)
        deal.log("call", at=TUE, direction="in")
        under(process(gap(max="4 days")), deal, at=WED)

        assert [hold.until for hold in deal.state(WED).holds] == [TUE]

    def test_facts(self):
        """A fact clock runs since the fact became true; a date that is known counts."""
        deal = opened()
        deal.learn(at=TUE, need=True, tender_due="2026-03-20")
        new = process(
            timer(id="sla", since="fact:need", after="9 days"),
            timer(id="tender", since="date:tender_due", after=None, before="3 days"),
        )
        under(new, deal, at=WED)

        assert due(deal, WED, "sla") == TUE + 9 * DAY
        assert due(deal, WED, "tender").date().isoformat() == "2026-03-17"


class TestThePast:
    """What the old process did stands; the new one did nothing then."""

    def test_a_deal_that_was_killed_stays_so(self):
        """The new process would have let it live; it is lost."""
        deal = opened(kill(after="2 days"))
        under(process(kill(after="30 days")), deal)

        assert deal.state(FRI).stage == "lost"
        assert deal.state(FRI).entered_at == WED
        assert [item.rule for item in deal.timeline(FRI) if isinstance(item, Raised)] == ["cold"]

    def test_nothing_is_killed_for_the_past(self):
        """By the new rules it would have died on Wednesday: it dies at the migration, on Friday."""
        deal = opened(kill(after="30 days"))
        under(process(kill(after="2 days")), deal)

        assert deal.state(FRI - MICROSECOND).stage == "talk"
        assert raised(deal, FRI) == [("cold", "move", FRI)]
        assert deal.state(FRI).stage == "lost"

    def test_what_is_due_right_then_is_in_time(self):
        """A deadline at the very instant of the migration has not passed."""
        deal = opened()
        under(process(gap(max="4 days")), deal)

        assert deal.state(FRI).status == "ok"
        assert raised(deal, FRI + MICROSECOND) == [("touch", "breach", FRI)]

    def test_moves_are_not_judged_anew(self):
        """A gate that is new was nobody's to pass."""
        deal = opened()
        deal.learn(at=MON, need=True)
        deal.move("proof", at=TUE)
        new = process(stages=[Stage(id="talk", exit=["need", "budget > 5"]), *STAGES[1:]])
        under(new, deal)

        assert deal.state(FRI).deviations == ()

    def test_what_was_passed_over_is_settled(self):
        """A deviation is kept; who migrates the deal says where it is, so nothing is taken back."""
        deal = opened(gap(max="9 days"))
        deal.record(Moved(id="m", to="proof", occurred_at=TUE))
        assert sent(deal, WED) == ["revert"]
        under(process(gap(max="8 days")), deal)

        assert [d.event.id for d in deal.state(FRI).deviations] == ["m"]
        assert sent(deal, FRI) == []
        assert [e.obstacles for e in deal.effects(FRI) if e.kind is EffectKind.REVERT] == [()]

    def test_before_it_the_old_process_is_seen(self):
        """Asked for an earlier instant, or for what was known then, the deal is as it was."""
        deal = opened(gap(max="2 days"))
        before = deal.state(THU), deal.deadlines(THU)
        under(process(gap(max="1 day")), deal)

        assert (deal.state(THU), deal.deadlines(THU)) == before
        assert deal.state(FRI + DAY, known_at=THU).clocks[0].due_at == WED

    def test_a_late_fact(self):
        """A call of Tuesday told on Saturday heals what the old process raised on Wednesday."""
        deal = opened(gap(max="2 days"))
        under(process(gap(max="3 days")), deal)
        assert raised(deal, FRI) == [("touch", "breach", WED)]
        deal.record(
            Activity(id="late", kind="call", occurred_at=TUE + 5 * HOUR, recorded_at=FRI + DAY)
        )

        assert raised(deal, FRI)[0] == ("touch", "breach", TUE + 5 * HOUR + 2 * DAY)
        assert due(deal, FRI) == TUE + 5 * HOUR + 3 * DAY

    def test_a_late_kill_is_refuted(self):
        """The old process had killed the deal; a call that comes late shows that it lived on."""
        deal = opened(kill(after="2 days", since="touch"))
        under(process(kill(after="4 days", since="touch")), deal)
        assert deal.state(FRI).stage == "lost"
        deal.record(Activity(id="a", kind="call", occurred_at=TUE, recorded_at=FRI + HOUR))
        deal.record(Activity(id="b", kind="call", occurred_at=THU, recorded_at=FRI + HOUR))

        assert deal.state(FRI + HOUR).stage == "talk"
        assert due(deal, FRI + HOUR, "cold", "move") == THU + 4 * DAY

    def test_what_stands_does_not_act_again(self):
        """A call that was none brings a clock back; a plan puts off what was over."""
        rule = timer(since="touch", after="2 days", postpone=Postponement(planned="5 days"))
        deal = under(process(rule, version="2"), opened(rule))
        deal.log("call", at=FRI + HOUR, activity_id="none")
        deal.plan("meeting", at=FRI + 2 * HOUR, starts_at=FRI + 5 * DAY)
        deal.log("call", at=FRI + 3 * HOUR, activity_id="none", status="cancelled")

        assert raised(deal, FRI + 60 * DAY) == [("timer", "breach", WED)]

    @pytest.mark.parametrize(("before", "now"), [("stage", "opened"), ("opened", "stage")])
    def test_a_clock_of_another_shape_is_another_clock(self, before, now):
        """Both started on Monday; what the one raised on Wednesday, the other has yet to raise."""
        deal = opened(timer(since=before, after="2 days"))
        under(process(timer(since=now, after="3 days")), deal)

        acted = [("timer", "breach", at) for at in (WED, FRI)]
        assert raised(deal, FRI + 60 * DAY) == acted

    def test_what_may_act_again_does(self):
        """By a plan it was in time at the migration; without that plan it is late, and acts."""
        rule = timer(since="touch", after="2 days")
        deal = opened(rule)
        deal.plan("meeting", at=MON, activity_id="lunch", starts_at=FRI + DAY)
        under(process(attrs.evolve(rule, postpone=Postponement(planned="5 days"))), deal)
        deal.log("call", at=FRI + HOUR, activity_id="none")
        deal.log("meeting", at=FRI + HOUR, activity_id="lunch", status="cancelled")
        deal.log("call", at=FRI + 3 * HOUR, activity_id="none", status="cancelled")

        acted = [("timer", "breach", at) for at in (WED, FRI + 3 * HOUR)]
        assert raised(deal, FRI + 60 * DAY) == acted

    @pytest.mark.parametrize("is_corrected", [False, True])
    def test_what_one_event_says_counts_at_once(self, is_corrected):
        """
        A call that turns out to be planned only is no call any more, and puts the end off.

        Whether the timer had acted by the new rules is asked when both is so: not between the two,
        nor while a call is only corrected.
        """
        deal = opened(timer(since="touch", after="1 day"))
        deal.log("call", at=WED, activity_id="c")
        later = Postponement(planned="1 minute")
        under(process(timer(since="touch", after="2 days", postpone=later)), deal, at=THU)
        if is_corrected:
            deal.log("call", at=THU + HOUR, activity_id="c", minutes=20)
        sunday = FRI + 2 * DAY
        deal.plan("call", at=FRI, starts_at=sunday, activity_id="c")

        end = sunday + dt.timedelta(minutes=1)
        assert due(deal, FRI + HOUR, "timer") == end
        assert raised(deal, sunday + DAY) == [("timer", "breach", TUE), ("timer", "breach", end)]

    def test_a_touch_that_counts_only_once_another_is_taken_back(self):
        """
        By the new rules a second email in a row is no touch, until the first turns out to be none.

        The clock then goes on to the second, from which the old rules had counted: it is over
        already, and nobody is told again.
        """
        deal = opened(gap(max="1 day"))
        deal.log("email", at=MON + HOUR, activity_id="first")
        deal.log("email", at=MON + 2 * HOUR)
        capped = TouchClass(id="capped", unanswered_cap=1)
        under(process(gap(touch="capped", max="1 day"), touches=[capped]), deal, at=WED)
        acted = [("touch", "breach", at) for at in (TUE + 2 * HOUR, WED)]
        assert raised(deal, THU) == acted
        deal.log("email", at=FRI, activity_id="first", status="cancelled")

        assert due(deal, FRI + HOUR) == TUE + 2 * HOUR
        assert raised(deal, FRI + 60 * DAY) == acted


class TestEffects:
    """What acted already for the same clock is not told again."""

    def test_a_tighter_gap(self):
        """Breached before and after: one effect, with its old key, which was sent."""
        deal = opened(gap(max="2 days"))
        (told,) = deal.effects(THU)
        under(process(gap(max="1 day")), deal)

        assert [(e.key, str(e.status)) for e in deal.effects(FRI, sent=[told.key])] == [
            (told.key, "sent")
        ]
        assert deal.state(FRI).status == "breached"

    def test_a_looser_gap(self):
        """
        It is breached no more, and may move on; when it is, the host has heard of it already.

        What nobody was told is not told either.
        """
        deal = opened(gap(max="2 days"))
        (told,) = deal.effects(THU)
        deal.learn(at=THU, need=True)
        assert not deal.can_move("proof", at=THU + HOUR)
        under(process(gap(max="6 days")), deal)

        assert deal.state(FRI).status == "ok"
        assert deal.can_move("proof", at=FRI)
        assert [str(e.status) for e in deal.effects(FRI)] == ["superseded"]
        late = MON + 7 * DAY
        assert deal.state(late).status == "breached"
        assert [(e.key, str(e.status)) for e in deal.effects(late)] == [(told.key, "due")]
        assert [str(e.status) for e in deal.effects(late, sent=[told.key])] == ["sent"]

    def test_a_rule_that_is_gone(self):
        """Its unsent effects are nothing to do any more."""
        deal = opened(gap(max="2 days"))
        under(process(), deal)

        assert [str(e.status) for e in deal.effects(FRI)] == ["superseded"]
        assert deal.state(FRI).status == "ok"

    def test_a_move_that_is_made_now(self):
        """Mode warn would have moved it; enforced, it is moved at the migration, as another act."""
        deal = opened(kill(after="2 days", mode="warn"))
        (would,) = deal.effects(THU)
        assert would.kind == "would_move"
        under(process(kill(after="2 days")), deal)
        told = deal.effects(FRI, sent=[would.key])

        assert deal.state(FRI).stage == "lost"
        assert [(str(e.kind), str(e.status)) for e in told] == [
            ("would_move", "sent"),
            ("move", "due"),
        ]
        assert told[1].key == f"{would.key}:2"

    @pytest.mark.parametrize(
        ("before", "now", "kinds"),
        [
            pytest.param("enforce", "enforce", ["move", "move"], id="made-twice"),
            pytest.param("enforce", "warn", ["move", "would_move"], id="made-then-would-be"),
            pytest.param("warn", "warn", ["would_move"], id="would-be-twice"),
        ],
    )
    def test_a_move_that_is_due_once_more(self, before, now, kinds):
        """
        Killed and taken up again, the deal is given ten days by a new process, and they pass.

        That is news to a CRM that was told of the first move: there the deal is open. Of what only
        would be done nobody is told twice.
        """
        deal = opened(kill(after="2 days", mode=before))
        (told,) = deal.effects(THU)
        deal.record(Moved(id="back", to="talk", occurred_at=THU))
        under(process(kill(after="10 days", mode=now)), deal)
        late = MON + 12 * DAY

        assert sent(deal, FRI) == []
        effects = deal.effects(late, sent=[told.key])
        assert [str(effect.kind) for effect in effects] == kinds
        assert [effect.key for effect in effects] == [told.key, f"{told.key}:2"][: len(kinds)]
        assert [str(effect.status) for effect in effects] == ["sent", "due"][: len(kinds)]
        assert deal.state(late).stage == ("lost" if now == "enforce" else "talk")

    def test_a_third_move(self):
        """Each is an act of its own; those that were not told have nothing to tell any more."""
        deal = opened(kill(after="2 days"))
        deal.record(Moved(id="back", to="talk", occurred_at=THU))
        under(process(kill(after="4 days")), deal, at=THU + HOUR)
        deal.record(Moved(id="again", to="talk", occurred_at=FRI + 2 * DAY))
        under(process(kill(after="9 days")), deal, at=FRI + 2 * DAY + HOUR)
        told = [(e.key.rpartition("/")[2], str(e.status)) for e in deal.effects(MON + 20 * DAY)]

        assert told == [("move", "superseded"), ("move:2", "superseded"), ("move:3", "due")]

    def test_what_was_only_watched_acts_now(self):
        """Nobody was told of what a rule saw that only observed; enforced, it says so."""
        deal = opened(gap(max="2 days", mode="observe"))
        assert deal.effects(THU) == ()
        under(process(gap(max="2 days")), deal)

        assert raised(deal, FRI) == [("touch", "breach", WED), ("touch", "breach", FRI)]
        assert sent(deal, FRI) == ["breach"]

    def test_a_kill_that_was_not_told(self):
        """The CRM still has to hear of it, under the name that the stage has now."""
        lost = Stage(id="gone", kind="lost")
        new = process(stages=[s for s in STAGES if s.id != "lost"] + [lost])
        deal = opened(kill(after="2 days"))
        under(new, deal, stages={"lost": "gone"})

        assert deal.state(FRI).stage == "gone"
        assert sent(deal, FRI) == ["move"]

    def test_a_stage_clock_that_was_renamed(self):
        """Its key has the old name, and it is still the same act."""
        age = timer(id="age", since="stage", after="2 days")
        deal = opened(age)
        (told,) = deal.effects(THU)
        new = process(age, stages=[Stage(id="first"), *STAGES[1:]])
        under(new, deal, stages={"talk": "first"})

        assert sent(deal, FRI) == ["breach"]
        assert [e.key for e in deal.effects(FRI)] == [told.key]
        assert raised(deal, FRI) == [("age", "breach", WED)]


class TestFacts:
    def test_renamed_dropped_and_retyped(self):
        """A fact keeps its value under another name, or if it may have it under another type."""
        facts = [Fact(id="wanted", type="bool"), Fact(id="tender_due", type="bool")]
        deal = opened()
        deal.learn(at=MON, need=True, budget=5, tender_due="2026-03-20")
        new = process(facts=facts, stages=[Stage(id="talk", exit=["wanted"]), *STAGES[1:]])
        plan = migrate([deal], new, at=FRI, facts={"need": "wanted"})
        plan.apply()

        assert plan.deals[0].dropped == ("budget", "tender_due")
        assert dict(deal.state(FRI).facts) == {"wanted": True}
        assert deal.can_move("proof", at=FRI)

    def test_a_late_fact_that_only_the_new_process_knows(self):
        """It says nothing to the old one, and counts for the new one."""
        deal = opened()
        new = process(facts=[*FACTS, Fact(id="fit", type="bool")])
        under(new, deal)
        deal.record(Learned(id="l", occurred_at=TUE, recorded_at=FRI + DAY, facts={"fit": True}))

        assert dict(deal.state(FRI).facts) == {"fit": True}
        assert dict(deal.state(WED).facts) == {}

    def test_a_late_activity_of_a_kind_that_only_the_new_process_knows(self):
        """It reached nobody under the old process, and is read by the new one."""
        deal = opened(gap())
        new = process(gap(), activities=[ActivityKind(id="visit", like="meeting")])
        under(new, deal)
        said = {"kind": "visit", "occurred_at": TUE, "recorded_at": FRI + DAY}
        deal.record(Activity(id="v", **said))

        assert deal.state(WED).last_touch_at is None
        assert deal.state(FRI).last_touch_at == TUE
        with pytest.raises(UnknownName, match=r"event 'w': .* 'visti'; known: call"):
            deal.record(Activity(id="w", **{**said, "kind": "visti"}))

    def test_an_activity_of_a_kind_that_the_new_process_does_not_know(self):
        """It was a touch while the deal ran under the old process, and stays in the history."""
        old = process(gap(), activities=[ActivityKind(id="visit", like="meeting")])
        deal = Deal.open(old, id="D", at=MON)
        visit = deal.log("visit", at=TUE)
        under(process(gap()), deal)

        assert deal.state(WED).last_touch_at == TUE
        assert deal.state(FRI).last_touch_at is None
        assert visit in deal.events
        with pytest.raises(UnknownName, match="kind of activity 'visit'"):
            deal.log("visit", at=FRI + DAY)

    def test_a_fact_that_nobody_knows(self):
        """Is refused as ever."""
        deal = under(process(gap()), opened())
        with pytest.raises(EventError, match="process 'small' has no fact 'size'"):
            deal.record(Learned(id="l", occurred_at=TUE, facts={"size": 5}))


class TestPlan:
    def test_nothing_is_recorded_before_it_is_applied(self):
        """Looking at a plan changes nothing; applying it records one event for each deal."""
        deals = [Deal.open(process(gap()), id=name, at=MON) for name in "abc"]
        before = [deal.events for deal in deals]
        plan = migrate(deals, process(gap(max="1 day")), at=FRI, reason="tighter", by="kim")
        str(plan)

        assert [deal.events for deal in deals] == before
        events = plan.apply()
        assert [deal.new_events[-1] for deal in deals] == list(events)
        assert {(event.reason, event.by) for event in events} == {("tighter", "kim")}

    def test_what_it_says(self):
        """What becomes of stage, status, deadlines, rules and moves; what acts at once."""
        deal = opened(gap(max="2 days"), timer(id="old"), kill(after="30 days"))
        deal.log("call", at=WED)
        deal.learn(at=WED, need=True)
        new = process(gap(max="1 day"), timer(id="new"), kill(after="29 days"))
        (found,) = migrate([deal], new, at=THU + HOUR).deals

        assert (found.stage, found.to, found.ends) == ("talk", "talk", "talk")
        assert (found.status, found.becomes) == ("ok", "breached")
        assert [str(act) for act in found.acts] == ["2026-03-05 11:00 UTC time: touch breach"]
        assert found.rules == {
            "touch": RuleTurn.GOES_ON,
            "cold": RuleTurn.GOES_ON,
            "old": RuleTurn.ENDS,
            "new": RuleTurn.BEGINS,
        }
        shifts = {(s.rule, s.rung): s.by for s in found.deadlines}
        assert shifts == {("cold", "move"): -DAY, ("old", "breach"): None, ("new", "breach"): None}
        assert (found.freed, found.blocked) == ((), ("proof",))
        assert not found.is_unchanged

    def test_a_deal_that_dies_at_once(self):
        """Is counted as killed; of its moves and deadlines nothing more is said."""
        plan = migrate([opened(kill(after="30 days"))], process(kill(after="2 days")), at=FRI)
        (found,) = plan.deals

        assert found.is_killed
        assert (found.to, found.ends) == ("talk", "lost")
        assert (found.deadlines, found.freed, found.blocked) == ((), (), ())
        assert plan.impact.counts()["killed at once"] == 1
        assert "1 killed at once" in str(plan)
        assert "moved at once" not in str(plan)

    def test_a_deal_that_is_parked_at_once(self):
        """Is counted as moved, and not as killed."""
        new = process(timer(after="2 days", move_to="nurture"))
        counts = migrate([opened(timer())], new, at=FRI).impact.counts()

        assert (counts["moved at once"], counts["killed at once"]) == (1, 0)

    def test_a_deal_that_is_lost_already(self):
        """Is killed by nothing."""
        deal = opened(gap())
        deal.move("lost", at=TUE, reason="price")
        counts = migrate([deal], process(gap(max="1 day")), at=FRI).impact.counts()

        assert {name for name, count in counts.items() if count} == {"unchanged"}

    def test_what_both_have_passed(self):
        """A breach of Tuesday that would have been one of Wednesday is no deadline to come."""
        found = migrate([opened(gap(max="1 day"))], process(gap(max="2 days")), at=FRI).deals[0]

        assert (found.status, found.becomes, found.deadlines) == ("breached", "breached", ())

    def test_moves_right_after_it(self):
        """A gap that ends at that very instant stands in the way from then on."""
        deal = opened()
        deal.learn(at=MON, need=True)
        found = migrate([deal], process(gap(max="2 days")), at=WED).deals[0]

        assert found.blocked == ("proof",)

    def test_another_start(self):
        """A rule that counts from something else counts anew."""
        deal = opened(timer(since="opened"))
        deal.record(Moved(id="m", to="proof", occurred_at=TUE))
        (found,) = migrate([deal], process(timer(since="stage")), at=FRI).deals

        assert found.rules == {"timer": RuleTurn.COUNTS_ANEW}

        deal = opened(timer(since="stage"))
        deal.record(Moved(id="m", to="proof", occurred_at=TUE))
        (found,) = migrate([deal], process(timer(since="opened")), at=THU).deals

        assert found.rules == {"timer": RuleTurn.COUNTS_ANEW}

    def test_unchanged(self):
        """Of a process with another title nothing follows."""
        deal = opened(gap())
        plan = migrate([deal], process(gap(), title="Other"), at=FRI)

        assert plan.deals[0].is_unchanged
        assert plan.impact.counts()["unchanged"] == 1
        for more in (
            {"becomes": DealStatus.DUE},
            {"rules": {"touch": RuleTurn.COUNTS_ANEW}},
            {"dropped": ("need",)},
        ):
            assert not attrs.evolve(plan.deals[0], **more).is_unchanged

    def test_names_of_several_old_processes(self):
        """Each event says what the process that it is from called otherwise, and no more."""
        chat = [attrs.evolve(STAGES[0], id="chat"), *STAGES[1:]]
        deals = [opened(), Deal.open(process(stages=chat), id="E", at=MON)]
        plan = migrate(deals, process(gap()), at=FRI, stages={"chat": "talk"})

        assert [dict(event.stages) for event in plan.events] == [{}, {"chat": "talk"}]

    def test_deals_that_run_under_it_already(self):
        """Are left alone."""
        old, new = process(gap()), process(gap(max="1 day"))
        deals = [Deal.open(of, id=of.version, at=MON) for of in (new, old.replace("version", "0"))]
        plan = migrate(deals, new, at=FRI)

        assert len(plan.apply()) == 1
        assert "1 already run under it" in str(plan)
        assert plan.impact.to_dict()["already"] == 1
        assert [len(deal.events) for deal in deals] == [1, 2]

    def test_a_plan_that_is_stale(self):
        """What was recorded since it was made is not in it: it is refused, for all deals."""
        deals = [Deal.open(process(), id=name, at=MON) for name in "ab"]
        plan = migrate(deals, process(gap()), at=FRI)
        deals[1].log("call", at=TUE)

        with pytest.raises(MigrationError, match="deal 'b' has changed since the plan was made"):
            plan.apply()
        assert len(deals[0].events) == 1
        with pytest.raises(MigrationError):
            plan.apply()

    def test_once(self):
        """A plan that was applied is stale."""
        plan = migrate([opened()], process(gap()), at=FRI)
        plan.apply()

        with pytest.raises(MigrationError, match="has changed since"):
            plan.apply()

    def test_html(self):
        """For notebooks: the numbers, and the deals that change."""
        deal = Deal.open(process(gap(max="9 days")), id="<D>", at=MON)
        shown = migrate([deal], process(gap(max="1 day")), at=FRI)._repr_html_()

        assert "&lt;D&gt;" in shown
        assert "1 deal under small 1" in shown

    def test_as_json(self):
        """For programs."""
        told = migrate([opened(gap())], process(gap(max="1 day")), at=TUE).impact.to_dict()

        assert told["counts"]["with other deadlines"] == 1
        assert told["deals"][0]["deadlines"][0]["was"] == WED.isoformat()
        assert {"deal_id": "D", "kind": "open", "is_killed": False}.items() <= told["deals"][
            0
        ].items()

    def test_a_plan_as_json(self):
        """It says what it does, what has another name, and what it records."""
        stages = [
            attrs.evolve(stage, id={"talk": "chat"}.get(stage.id, stage.id)) for stage in STAGES
        ]
        plan = migrate([opened(gap())], process(stages=stages), at=TUE, stages={"talk": "chat"})
        told = plan.to_dict()

        assert json.loads(json.dumps(told, allow_nan=False)) == told
        assert (told["type"], told["text"]) == ("plan", str(plan))
        assert told["deals"] == plan.impact.to_dict()["deals"]
        assert told["events"][0]["stages"] == {"talk": "chat"}
        assert told["events"] == [{"deal": "D", **plan.events[0].to_dict()}]


class TestProblems:
    def test_all_at_once(self):
        """Everything that stands in the way is said, and nothing is recorded."""
        gulf = NamedCalendar(id="gulf", calendar=Calendar("Asia/Dubai"))
        old = process(calendars=[gulf])
        deal = Deal.open(old, id="D", at=MON, calendar="gulf")
        deal.log("call", at=FRI)
        new = process(stages=[Stage(id="first"), Stage(id="won", kind="won"), STAGES[4]])
        plan = migrate(
            [deal, deal],
            new,
            at=FRI,
            stages={"offr": "first", "proof": "frist", "offer": "lost", "nurture": "first"},
            facts={"need": "budget", "siize": "need"},
        )

        said = "\n".join(plan.problems)
        assert "stages: the old process has no 'offr'; did you mean 'offer'?" in said
        assert "stages: the new process has no 'frist'; did you mean 'first'?" in said
        assert "stage 'talk' of small 1 has no place in small 1. Say where its deals go" in said
        assert "stage 'offer' is open, 'lost' of small 1 is lost." in said
        assert "facts: the old process has no 'siize'" in said
        assert "facts: 'need' and 'budget' would both become 'budget'" in said
        assert "deal 'D' has event 'D/1' of Fri 6 Mar 2026 10:00 (UTC), not before" in said
        assert "2 deals of small 1 count by calendar 'gulf', which small 1 does not have" in said
        assert "deal 'D' is given 2 times" in said
        with pytest.raises(MigrationError) as error:
            plan.apply()
        assert error.value.problems == plan.problems
        assert pickle.loads(pickle.dumps(error.value)).problems == plan.problems  # noqa: S301 - our own
        assert len(deal.events) == 2

    def test_calendars(self):
        """A calendar that is gone is said once for all its deals, with what it is perhaps now."""
        dubai = Calendar("Asia/Dubai", hours={"mon-fri": ["08:00-16:00"]})
        old = process(calendars=[NamedCalendar(id="gulf", calendar=dubai)])
        deals = [Deal.open(old, id=name, at=MON, calendar="gulf") for name in "DEF"]
        new = process(calendars=[NamedCalendar(id="emirates", calendar=dubai)])

        (problem,) = migrate(deals, new, at=FRI).problems
        assert problem.startswith("3 deals of small 1 count by calendar 'gulf', which small 1 does")
        assert problem.endswith("Say which: calendars={'gulf': ...}; perhaps 'emirates'")
        (problem,) = migrate(deals, new, at=FRI, calendars={"gulf": "emirate"}).problems
        assert problem == "calendars: the new process has no 'emirate'; did you mean 'emirates'?"
        (problem,) = migrate(deals[:1], process(), at=FRI).problems
        assert problem.endswith("Say which: calendars={'gulf': None}")
        assert not migrate(deals, new, at=FRI, calendars={"gulf": "emirates"}).problems

    def test_instants_of_any_zone(self):
        """What is said about the plan is in UTC, whatever zone the instant is given in."""
        deal = Deal.open(process(), id="D", at=MON)
        new = process(version="2")
        local = FRI.astimezone(zoneinfo.ZoneInfo("America/New_York"))

        plan = migrate([deal], new, at=local)
        assert str(plan) == str(migrate([deal], new, at=FRI))
        assert plan.impact.to_dict()["at"] == FRI.isoformat()
        assert str(impact([deal], new, local)) == str(impact([deal], new, FRI))

    def test_likely_names(self):
        """Where a stage was perhaps renamed, that is suggested and not done."""
        new = process(stages=[Stage(id="talks", exit=["need"]), *STAGES[1:]])
        (problem,) = migrate([opened()], new, at=FRI).problems

        assert problem.endswith("stages={'talk': ...}; perhaps 'talks'")

    def test_a_closed_stage_stays_closed(self):
        """Neither way."""
        stages = [s for s in STAGES if s.id != "lost"]
        open_again = process(stages=[*stages, Stage(id="lost", kind="parked")])
        (problem,) = migrate([opened()], open_again, at=FRI).problems

        assert problem.startswith("stage 'lost' is lost, 'lost' of small 1 is parked.")

    def test_many(self):
        """Of hundreds of problems the first are shown, and how many more there are."""
        deals = [Deal.open(process(), id=str(n), at=FRI) for n in range(30)]
        plan = migrate(deals, process(gap()), at=FRI)
        with pytest.raises(MigrationError, match="and 10 more"):
            plan.apply()
        assert str(plan).endswith("\n  and 10 more problems")
        assert str(plan).count("cannot be applied") == 20
        assert len(plan.problems) == 30

    @pytest.mark.parametrize(
        ("deals", "new", "text"),
        [([], "six-step", "expected a Process"), (["D"], process(), "expected a Deal")],
    )
    def test_wrong_types(self, deals, new, text):
        """A name is neither a process nor a deal."""
        with pytest.raises(TypeError, match=text):
            migrate(deals, new, at=FRI)


class TestAtAPrompt:
    def test_one_line(self):
        """However many deals there are."""
        old = process(gap())
        new = old.replace({"version": "2", "contact_gaps.touch.max": "1 day"})
        deals = [Deal.open(old, id=f"D{number}", at=MON) for number in range(50)]
        plan = migrate(deals, new, at=FRI)

        assert repr(plan) == f"<Plan for 50 deals under small 2 at {FRI:%Y-%m-%d %H:%M} UTC>"
        assert repr(plan.impact) == repr(plan).replace("Plan for", "Impact on")

    def test_problems(self):
        """That it cannot be applied is in it."""
        old = process(gap())
        plan = migrate([opened(gap())], old.replace("version", "2"), at=MON - DAY)

        assert repr(plan).endswith(f", {len(plan.problems)} problem>")


class TestPins:
    """A deal stays with its process, by its hash."""

    def test_another_process_is_refused(self):
        """With the way out."""
        deal = opened(gap())
        with pytest.raises(PinnedError, match="Give the process that it runs under, or migrate"):
            Deal.replay(process(), deal.events)

    def test_earlier_processes_are_needed(self):
        """All that are missing are named, by their hashes."""
        old, new = process(gap()), process(gap(max="1 day"))
        deal = under(new, Deal.open(old, id="D", at=MON))
        with pytest.raises(
            PinnedError, match=r"Give what it ran under before as 'earlier'\."
        ) as error:
            Deal.replay(new, deal.events)

        assert error.value.missing == (old.hash,)
        assert (error.value.deal_id, error.value.runs_under) == ("D", new.hash)
        assert pickle.loads(pickle.dumps(error.value)).missing == (old.hash,)  # noqa: S301 - our own
        again = Deal.replay(new, deal.events, earlier=[old])
        assert again.timeline(FRI) == deal.timeline(FRI)

    def test_it_is_asked_for_as_it_runs_in_the_end(self):
        """The old process alone would show a deal that is not there any more."""
        old, new = process(gap()), process(gap(max="1 day"))
        deal = under(new, Deal.open(old, id="D", at=MON))
        with pytest.raises(
            PinnedError,
            match=rf"{new.hash[:12]}\)\. Give that as the process, and the others as 'earlier'\.$",
        ):
            Deal.replay(old, deal.events, earlier=[new])

    def test_a_history_from_elsewhere(self):
        """Names no process and runs under any; migrated, it names what it ran under."""
        events = [Opened(id="o", deal="D", occurred_at=MON)]
        old, new = process(gap()), process(gap(max="1 day"))
        deal = Deal.replay(old, events)
        assert Deal.replay(new, events).process == new
        under(new, deal)

        assert deal.state(THU).clocks[0].due_at == WED
        assert deal.state(THU, known_at=THU).clocks[0].due_at == WED
        again = Deal.replay(new, deal.events, earlier=[old])
        assert again.state(THU) == deal.state(THU)
        assert again.ledger(FRI) == deal.ledger(FRI)

    def test_the_holidays_written_down(self):
        """A process that was frozen since is the same; with another list it is another."""
        american = Calendar("America/New_York", holidays={"country": "US"})
        old = process(gap(), calendar=american)
        frozen = old.replace("calendar", american.freeze())
        deal = Deal.open(old, id="D", at=MON)

        assert Deal.replay(frozen, deal.events).process == frozen
        of_frozen = Deal.open(frozen, id="D", at=MON)
        fewer = old.replace("calendar", american.freeze(2020, 2028))
        with pytest.raises(PinnedError):
            Deal.replay(fewer, of_frozen.events)

    @pytest.mark.parametrize(
        ("said", "text"),
        [
            ({"from_process": "elsewhere"}, "deal 'D': ran under process elsewhere before"),
            ({"stages": {"talk": "nowhere"}}, "where talk has no place"),
            ({"calendar": "gulf"}, "event 'm': process 'small' has no calendar 'gulf'"),
        ],
    )
    def test_a_migration_that_cannot_be(self, said, text):
        """Recorded by hand it is refused, and nothing has changed."""
        old, new = process(gap()), process(gap(max="1 day"))
        deal = Deal.open(old, id="D", at=MON)
        fields = {"from_process": old.hash, "to_process": new.hash, "occurred_at": FRI} | said
        before = deal.state(FRI)
        with pytest.raises(EventError, match=text):
            deal.record(Migrated(id="m", **fields), processes=[new])

        assert (deal.state(FRI), len(deal.events)) == (before, 1)

    def test_from_where_it_does_not_run(self):
        """A migration is from the process that the deal runs under then."""
        old, new, other = (process(gap(max=f"{n} days")) for n in (2, 3, 4))
        deal = Deal.open(old, id="D", at=MON)
        event = Migrated(id="m", occurred_at=FRI, from_process=other.hash, to_process=new.hash)
        with pytest.raises(EventError, match=r"runs under .* then\. Migrate it"):
            deal.record(event, processes=[new, other])

    def test_it_is_not_retracted(self):
        """A migration stays; migrate back instead."""
        deal = under(process(gap()), opened())
        migration = deal.events[-1].id
        with pytest.raises(EventError, match="is a migration and cannot be"):
            deal.retract(migration, at=FRI)
        with pytest.raises(EventError, match="is a migration and cannot be"):
            Deal.replay(
                deal.process,
                [*deal.events, Retracted(id="r", occurred_at=FRI, target=migration)],
                earlier=deal.processes,
            )

    def test_there_and_back(self):
        """Migrated back, it runs under the first again; the clocks have gone on all the time."""
        old, new = process(gap(max="9 days")), process(gap(max="8 days"))
        deal = under(new, Deal.open(old, id="D", at=MON), at=TUE)
        under(old, deal, at=WED)

        assert deal.process == old
        assert due(deal, WED) == MON + 9 * DAY
        assert due(deal, TUE) == MON + 8 * DAY

    def test_a_command_before_it_is_refused(self):
        """What is dated before the migration would be asked of a process that is no more."""
        deal = under(process(gap()), opened())
        with pytest.raises(Refused, match="but the deal was migrated at 2026-03-06"):
            deal.move("lost", at=THU)
        with pytest.raises(Refused):
            deal.hold(until=FRI + DAY, at=THU)
        deal.move("lost", at=FRI)


class TestImpact:
    def test_now(self):
        """What a process would do now, to what has happened so far."""
        deal = opened(gap(max="9 days"))
        deal.log("call", at=FRI)
        found = impact([deal], process(gap(max="1 day")), THU)

        assert [str(each.becomes) for each in found.deals] == ["breached"]
        assert len(deal.events) == 2

    def test_right_after_an_event(self):
        """What happens at that very instant has happened."""
        deal = opened(gap(max="9 days"))
        deal.log("call", at=THU)
        found = impact([deal], process(gap(max="1 day")), THU)

        assert found.at == THU + MICROSECOND
        assert [str(each.becomes) for each in found.deals] == ["ok"]

    def test_right_after_a_day_was_told(self):
        """So has what is told at that instant, of a day that began earlier."""
        deal = opened(gap(max="9 days"))
        deal.log("call", at=THU - DAY / 8, recorded_at=THU, precision="day")
        found = impact([deal], process(gap(max="1 day")), THU)

        assert (found.problems, found.at) == ((), THU + MICROSECOND)
        assert [str(each.becomes) for each in found.deals] == ["ok"]

    def test_deals_that_are_not_open_yet(self):
        """Are left out."""
        deals = [opened(gap()), Deal.open(process(gap()), id="E", at=FRI)]

        assert [d.deal_id for d in impact(deals, process(), WED).deals] == ["D"]

    def test_a_deal_that_was_migrated_later(self):
        """Is taken as it was then."""
        deal = under(process(gap(max="1 day")), opened(gap(max="9 days")))
        found = impact([deal], process(gap(max="2 days")), THU)

        assert [(str(d.status), str(d.becomes)) for d in found.deals] == [("ok", "breached")]
        assert found.statuses() == {("ok", "breached"): 1}

    def test_problems(self):
        """Are told; nothing is tried then."""
        found = impact([opened()], process(stages=[Stage(id="x"), *STAGES[1:]]), FRI)

        assert found.deals == ()
        assert "cannot be applied: stage 'talk'" in str(found)


class TestWords:
    def test_a_shift(self):
        """A deadline comes, goes, or moves."""
        said = {"rule": "touch", "rung": "breach"}
        shifts = [
            DeadlineShift(**said, was=None, now=FRI),
            DeadlineShift(**said, was=FRI, now=None),
            DeadlineShift(**said, was=FRI, now=THU),
        ]

        assert [str(shift) for shift in shifts] == [
            "touch breach comes 2026-03-06 10:00",
            "touch breach goes (was 2026-03-06 10:00)",
            "touch breach 2026-03-06 10:00 → 2026-03-05 10:00",
        ]
        assert [shift.by for shift in shifts] == [None, None, -DAY]

    def test_the_next_deadline_that_moves(self):
        """That is the one that comes first from now on, whenever it would have come."""
        said = {"rule": "touch", "rung": "breach"}
        first = DeadlineShift(**said, was=FRI + DAY, now=FRI)
        shifts = (DeadlineShift(**said, was=THU, now=FRI + 2 * DAY), first)
        (found,) = migrate([opened(gap())], process(gap(), title="Other"), at=TUE).deals

        assert found.next_shift is None
        assert attrs.evolve(found, deadlines=shifts).next_shift == first

    def test_an_id_that_is_taken(self):
        """The event takes the next free number of the deal."""
        deal = opened()
        for taken in ("D/3", "D/4"):
            deal.log("call", at=TUE, id=taken)
        (event,) = migrate([deal], process(gap()), at=FRI).apply()

        assert event.id == "D/5"

    def test_no_process(self):
        """To replay, or as one of those before: a name is none."""
        deal = opened()
        with pytest.raises(TypeError, match="earlier: got 'six-step', expected a Process"):
            Deal.replay(deal.process, deal.events, earlier=["six-step"])

"""Effects: what the host is to do, once, and what it need not do any more."""

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
    process,
    timer,
    utc,
)

from salesflow.deal import Deal
from salesflow.events import Activity, Reopened
from salesflow.process import ContactGap, Escalation, Role

BOSS = [Escalation(after="3 days", to="boss")]
ROLES = [Role(id="rep"), Role(id="boss", may_override=["*"])]
WARN, BREACH = (f"D/touch/2026-03-02T10:00:00+00:00/{rung}" for rung in ("warn", "breach"))


def said(deal, now, sent=()):
    """The effects: (kind, status)."""
    return [(str(effect.kind), str(effect.status)) for effect in deal.effects(now, sent)]


def due(deal, now, sent=()):
    """The keys of those that are to be performed."""
    return [effect.key for effect in deal.effects(now, sent) if effect.status == "due"]


class TestKinds:
    def test_nothing_yet(self):
        """A deal that is in time asks for nothing, at its deadline neither."""
        deal = opened(gap(warn="1 day"))

        assert deal.effects(TUE) == ()
        assert said(deal, TUE + MICROSECOND) == [("warn", "due")]

    def test_a_gap(self):
        """It warns, is breached and escalates."""
        deal = opened(gap(warn="1 day", escalate=BOSS))
        warn, breach, escalate = deal.effects(FRI)

        assert [e.kind for e in (warn, breach, escalate)] == ["warn", "breach", "escalate"]
        assert (warn.rule, warn.rung, warn.at, warn.due_at) == ("touch", "warn", TUE, TUE)
        assert (breach.to, escalate.to) == (None, "boss")
        assert breach.deal_id == "D"

    def test_a_timer(self):
        """It gives notice and moves the deal."""
        notice, move = opened(kill(notice="1 day")).effects(MON + 9 * DAY)

        assert (notice.kind, notice.at) == ("notice", MON + 4 * DAY)
        assert (move.kind, move.to, move.at) == ("move", "lost", MON + 5 * DAY)

    def test_a_timer_that_moves_nothing(self):
        """Its end is a breach."""
        assert said(opened(timer()), MON + 9 * DAY) == [("breach", "due")]

    def test_when_it_came_about_and_when_it_was_due(self):
        """A rule that comes to apply late acts then, with its own deadline."""
        deal = opened(gap(stages=["offer"]))
        deal.record(moved("offer", FRI))
        (_, breach) = deal.effects(FRI)

        assert (breach.at, breach.due_at) == (FRI, WED)

    def test_text(self):
        """When, what, about which rule, and whether it is to be done."""
        deal = opened(gap(escalate=BOSS))

        assert [str(effect) for effect in deal.effects(FRI)] == [
            "2026-03-04 10:00 UTC breach: touch (due)",
            "2026-03-05 10:00 UTC escalate to boss: touch (due)",
        ]


class TestMode:
    def test_warn_tells_what_would_have_happened(self):
        """The deal stays where it is."""
        deal = opened(kill(mode="warn"))
        (effect,) = deal.effects(MON + 9 * DAY)

        assert (effect.kind, effect.to, effect.status) == ("would_move", "lost", "due")
        assert effect.key.endswith("/move")

    def test_observe_asks_for_nothing(self):
        """It records, and no more."""
        deal = opened(gap(), kill(), mode="observe")

        assert deal.effects(MON + 9 * DAY) == ()

    def test_a_rule_of_its_own(self):
        """What one rule only observes, another one may tell."""
        deal = opened(gap(mode="observe"), gap(id="talks"))

        assert [effect.rule for effect in deal.effects(FRI)] == ["talks"]

    @pytest.mark.parametrize("mode", ["warn", "observe"])
    def test_a_forbidden_move_is_taken_back_only_where_it_is_enforced(self, mode):
        """Elsewhere it is a deviation and stays."""
        deal = opened(mode=mode)
        deal.record(moved("won", TUE))

        assert deal.effects(TUE) == ()
        assert len(deal.state(TUE).deviations) == 1


class TestOnce:
    def test_only_the_highest_rung_is_due(self):
        """After an outage nobody gets a warning about what is breached."""
        deal = opened(gap(warn="1 day"))

        assert said(deal, FRI) == [("warn", "superseded"), ("breach", "due")]

    def test_each_hears_of_the_highest_that_concerns_him(self):
        """The owner of the breach, every role of its last step."""
        steps = (("3 days", "boss"), ("3 days", "rep"), ("4 days", "boss"))
        escalate = [Escalation(after=after, to=to) for after, to in steps]
        deal = opened(gap(warn="1 day", escalate=escalate))

        assert said(deal, FRI + DAY) == [
            ("warn", "superseded"),
            ("breach", "due"),
            ("escalate", "superseded"),
            ("escalate", "due"),
            ("escalate", "due"),
        ]

    def test_who_is_to_hear_of_a_kill(self):
        """The clock ends with its own move, which makes nobody's step idle."""
        deal = opened(kill(escalate=[Escalation(after="1 day", to="boss")]))
        now = MON + 9 * DAY
        assert said(deal, now) == [("escalate", "due"), ("move", "due")]
        deal.reopen(at=now)

        assert said(deal, now) == [("escalate", "superseded"), ("move", "superseded")]

    def test_what_was_sent_is_sent(self):
        """Whatever became of it since."""
        deal = opened(gap(warn="1 day"))

        assert said(deal, WED, sent=[WARN]) == [("warn", "sent")]
        assert said(deal, FRI, sent=[WARN]) == [("warn", "sent"), ("breach", "due")]
        assert said(deal, FRI, sent=[WARN, BREACH]) == [("warn", "sent"), ("breach", "sent")]

    def test_a_clock_that_started_anew(self):
        """The buyer was called: nobody is told any more that it was time."""
        deal = opened(gap(warn="1 day"))
        deal.log("call", at=WED)

        assert said(deal, WED) == [("warn", "superseded")]

    def test_a_clock_that_ended(self):
        """The deal is lost: nobody is told that it is late."""
        deal = opened(gap())
        deal.move("lost", at=FRI)

        assert said(deal, FRI) == [("breach", "superseded")]

    def test_a_move_that_was_overtaken(self):
        """The deal was reopened before anybody heard that it was lost."""
        deal = opened(kill(after="2 days"))
        deal.reopen(at=FRI)

        assert said(deal, FRI) == [("move", "superseded")]

    def test_a_new_stage_is_no_reason(self):
        """The same gap of the same buyer is still to be told."""
        deal = opened(gap(), roles=ROLES, stage="proof")
        deal.override("touch", until=FRI, role="boss", reason="on site", at=THU)
        deal.move("offer", at=FRI)

        assert said(deal, FRI) == [("breach", "due")]

    def test_a_warning_after_the_end(self):
        """Two units may meet so that the warning comes last: the breach is what is told."""
        deal = opened(gap(warn="3 business days", max="4 days"), at=FRI)

        assert said(deal, FRI + 9 * DAY) == [("breach", "due"), ("warn", "superseded")]


class TestKeys:
    def test_they_say_what_it_is_about(self):
        """Deal, rule, start of the clock, rung."""
        deal = opened(gap(warn="1 day"))

        assert [effect.key for effect in deal.effects(FRI)] == [WARN, BREACH]

    def test_of_stages_and_dates(self):
        """A stage clock names its stage; a date clock its date."""
        deal = opened(timer(since="stage"), kill(since="date:tender_due", after="1 day"))
        deal.learn(at=MON, tender_due="2026-03-10")

        assert [effect.key for effect in deal.effects(MON + 30 * DAY)] == [
            "D/timer/2026-03-02T10:00:00+00:00/talk/breach",
            "D/cold/2026-03-10/move",
        ]

    def test_another_start_another_key(self):
        """The next silence is told anew."""
        deal = opened(gap(max="1 day"))
        deal.log("call", at=WED)

        assert due(deal, FRI, sent=due(deal, WED - HOUR)) == [
            "D/touch/2026-03-04T10:00:00+00:00/breach"
        ]

    def test_a_date_that_comes_back(self):
        """Each rung acts once for a date, also if the date was another one for a while."""
        deal = opened(timer(since="date:tender_due", after=None))
        for at, date in ((MON, "2026-03-02"), (TUE, "2026-03-20"), (WED, "2026-03-02")):
            deal.learn(at=at, tender_due=date)

        assert [effect.key for effect in deal.effects(FRI)] == ["D/timer/2026-03-02/breach"]

    @pytest.mark.parametrize("id", ["a/b", "a#b", "D/touch", "#revert", "ä ö", "日本", "1", "a\nb"])
    def test_whatever_the_deal_is_called(self, id):
        """What was sent is known again, and taken back once it is refuted."""
        deal = Deal.open(process(gap(warn="1 day")), id=id, at=MON)
        keys = [effect.key for effect in deal.effects(FRI)]
        assert said(deal, FRI, keys) == [("warn", "sent"), ("breach", "sent")]

        deal.record(Activity(id="c", kind="call", occurred_at=MON + HOUR, recorded_at=FRI))
        assert [e.of for e in deal.effects(FRI, keys) if e.kind == "rescind"] == keys[::-1]

    @pytest.mark.parametrize("other", ["D/x", "D/touch", "D/1", "D/touch/2026", "D2", "E"])
    def test_those_of_other_deals_do_no_harm(self, other):
        """One table may hold the keys of all deals, whatever these are called."""
        rules = gap(), timer(since="stage", after="1 day")
        keys = [e.key for e in Deal.open(process(*rules), id=other, at=MON).effects(FRI)]
        keys += [f"{key}#rescinded" for key in keys]

        assert opened(*rules).effects(FRI) == opened(*rules).effects(FRI, sent=keys)

    @pytest.mark.parametrize("key", ["", "D", "D/", "D/touch", "hello", "D//", "D/#revert/x"])
    def test_what_is_no_key(self, key):
        """It takes nothing back."""
        assert said(opened(gap()), FRI, [key]) == [("breach", "due")]

    def test_one_key_is_no_list(self):
        """A text is a collection of letters to Python, and a slip of the pen to us."""
        with pytest.raises(TypeError, match="'sent' must be a collection of keys, got the text"):
            opened(gap()).effects(FRI, sent=BREACH)


class TestRescind:
    def late_call(self, deal):
        """A call that took place in time and is told on Friday."""
        deal.record(Activity(id="late", kind="call", occurred_at=WED, recorded_at=FRI))

    def test_what_nobody_was_told(self):
        """There is nothing to take back."""
        deal = opened(gap(max="3 days"))
        self.late_call(deal)

        assert deal.effects(FRI) == ()

    def test_what_was_told_and_is_refuted(self):
        """It is taken back under the old key, once: that has a key, too."""
        deal = opened(gap(max="3 days"))
        sent = due(deal, FRI)
        self.late_call(deal)
        (rescind,) = deal.effects(FRI, sent)
        assert (rescind.kind, rescind.status, rescind.of) == ("rescind", "due", BREACH)
        assert (rescind.rule, rescind.rung, rescind.at) == ("touch", "breach", FRI)

        assert said(deal, FRI, [*sent, rescind.key]) == [("rescind", "sent")]

    def test_true_after_all(self):
        """It is told again under another key, and may be taken back again."""
        deal = opened(gap(max="3 days"))
        sent = due(deal, FRI)
        self.late_call(deal)
        sent += due(deal, FRI, sent)
        deal.retract("late", at=FRI + HOUR)
        (again,) = due(deal, FRI + HOUR, sent)
        assert again == f"{BREACH}#2"

        sent.append(again)
        deal.record(Activity(id="other", kind="call", occurred_at=WED, recorded_at=FRI + DAY))

        assert due(deal, FRI + DAY, sent) == [f"{BREACH}#2#rescinded"]

    def test_refuted_for_a_while(self):
        """If nobody was told meanwhile that it was refuted, there is nothing to say."""
        deal = opened(gap(max="3 days"))
        sent = due(deal, FRI)
        self.late_call(deal)
        deal.retract("late", at=FRI + HOUR)

        assert said(deal, FRI + HOUR, sent) == [("breach", "sent")]

    def test_a_kill(self):
        """The CRM was told that the deal is lost; it never was."""
        deal = opened(kill(since="touch", after="3 days"))
        sent = due(deal, FRI)
        assert len(sent) == 1

        self.late_call(deal)

        assert deal.state(FRI).stage == "talk"
        assert due(deal, FRI, sent) == [f"{sent[0]}#rescinded"]


class TestRevert:
    def jumped(self, **said):
        """A deal that somebody moved on in the CRM without knowing the need."""
        deal = opened(gap(max="9 days"), **{"roles": ROLES, **said})
        deal.record(moved("proof", TUE, id="m"))
        return deal

    def test_it_leads_back(self):
        """To the stage that the deal was in, and says what is wrong with the move."""
        (effect,) = self.jumped().effects(TUE)

        assert (effect.kind, effect.status, effect.to, effect.of) == ("revert", "due", "talk", "m")
        assert (effect.key, effect.at) == ("D/#revert/m", TUE)
        assert [obstacle.rule for obstacle in effect.obstacles] == ["need"]
        assert (effect.rule, effect.rung, effect.due_at) == (None, None, None)
        assert str(effect) == "2026-03-03 10:00 UTC revert to talk: m (due)"

    def test_until_it_is_reverted(self):
        """The CRM moves it back; going back passes no gate."""
        deal = self.jumped()
        deal.record(moved("talk", WED))

        assert said(deal, WED) == [("revert", "superseded")]

    def test_until_what_it_wanted_is_met(self):
        """The need is real: the deal may stay."""
        deal = self.jumped()
        deal.learn(at=WED, need=True)

        assert said(deal, WED) == [("revert", "superseded")]
        assert len(deal.state(WED).deviations) == 1

    @pytest.mark.parametrize("mode", ["warn", "observe"])
    def test_of_a_gap_that_is_enforced_by_itself(self, mode):
        """Its breach forbids a move whatever the mode of the process; what that asks does not."""
        deal = opened(gap(mode="enforce"), mode=mode)
        deal.record(moved("proof", THU, id="m"))
        (revert,) = (effect for effect in deal.effects(THU) if effect.kind == "revert")

        assert [obstacle.rule for obstacle in revert.obstacles] == ["touch"]

    def test_of_a_move_before_the_opening(self):
        """Only where the process enforces: a date that cannot be is told to nobody else."""
        early = moved("proof", MON - DAY, id="m")
        for mode, kinds in (("enforce", ["revert"]), ("warn", [])):
            deal = opened(mode=mode)
            deal.record(early)

            assert [effect.kind for effect in deal.effects(MON)] == kinds

    def test_while_it_is_overridden(self):
        """And no longer than that."""
        deal = self.jumped()
        deal.override("need", until=THU, role="boss", reason="they said so", at=WED)

        assert [said(deal, at) for at in (WED, THU, THU + MICROSECOND)] == [
            [("revert", "superseded")],
            [("revert", "superseded")],
            [("revert", "due")],
        ]

    def test_a_breached_gap_is_met_by_a_touch(self):
        """A call after the move heals it."""
        deal = opened(gap(), stage="proof")
        deal.record(moved("offer", FRI, id="m"))
        assert said(deal, FRI) == [("breach", "due"), ("revert", "due")]

        deal.log("call", at=FRI + HOUR)

        assert said(deal, FRI + HOUR) == [("breach", "superseded"), ("revert", "superseded")]

    def test_what_only_warns_is_no_reason(self):
        """A gap in mode warn is a deviation, and nobody is asked to take the move back."""
        deal = opened(gap(mode="warn"), stage="proof")
        deal.record(moved("offer", FRI))

        assert [effect.kind for effect in deal.effects(FRI)] == ["breach"]

    def test_a_jump_cannot_be_met(self):
        """The process has no such move, whatever is learned."""
        deal = opened()
        deal.learn(at=MON, need=True)
        deal.record(moved("won", TUE))

        assert said(deal, FRI) == [("revert", "due")]

    def test_sent_once(self):
        """It is not asked for twice."""
        assert said(self.jumped(), FRI, ["D/#revert/m"]) == [("revert", "sent")]

    def test_when_time_has_moved_the_deal_on(self):
        """There is nothing left to take back."""
        deal = opened(kill(since="stage", stages=["proof"], after="1 day"))
        deal.record(moved("proof", TUE))

        assert said(deal, FRI) == [("revert", "superseded"), ("move", "due")]

    def test_when_time_moved_it_on_at_once(self):
        """A timer that was overdue in the new stage acts at the same instant."""
        deal = opened(kill(stages=["proof"], after="1 day"))
        deal.record(moved("proof", WED))

        assert said(deal, WED) == [("revert", "superseded"), ("move", "due")]

    def test_two_moves_at_one_instant(self):
        """Only the last one is where the deal is."""
        deal = self.jumped()
        deal.record(moved("won", TUE, id="n", seq=1))

        assert [(e.of, e.to, e.status) for e in deal.effects(TUE)] == [
            ("m", "talk", "superseded"),
            ("n", "proof", "due"),
        ]

    def test_a_reopening(self):
        """An open deal that was reopened in a later stage is taken back as well."""
        deal = opened()
        deal.record(Reopened(id="r", occurred_at=TUE, to="proof"))

        assert [(e.kind, e.to) for e in deal.effects(TUE)] == [("revert", "talk")]

    @pytest.mark.parametrize("to", [None, "talk"])
    def test_a_reopening_that_changed_nothing(self, to):
        """It is a deviation, and there is nothing to take back."""
        deal = opened()
        deal.record(Reopened(id="r", occurred_at=MON, to=to))

        assert len(deal.state(MON).deviations) == 1
        assert deal.effects(MON) == ()

    def test_an_echo_of_our_own_move(self):
        """What the CRM tells of the move that we asked it for confirms it."""
        deal = opened(stage="proof")
        deal.move("offer", at=TUE)
        deal.record(moved("offer", TUE))
        deal.record(moved("offer", WED))

        assert deal.effects(FRI) == ()


def test_gaps_and_timers_in_order_of_time():
    """Two rules at one instant come in the order of the process."""
    deal = opened(ContactGap(id="b", max="2 days"), ContactGap(id="a", max="2 days"), timer())

    assert [effect.rule for effect in deal.effects(utc("2026-03-20 10:00"))] == ["b", "a", "timer"]

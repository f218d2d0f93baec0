"""What each built-in process does to a deal, by the dates that its rules name."""

from __future__ import annotations

import pytest
from tests.process.selling import (
    MICROSECOND,
    NEW_YORK,
    acts,
    at,
    due,
    obstacles,
    opened,
    plays,
    told,
)

from salesflow.errors import Refused


def asked(deal, when, **facts):
    """Log a call in which something is learned."""
    deal.log("call", at=at(when))
    if facts:
        deal.learn(at=at(when), facts=facts)


class TestSixStep:
    def test_silence_blocks(self):
        """Three working days are in time, after five nothing moves on, after six help comes."""
        deal = opened("six-step")

        assert acts(deal, "2026-03-11 12:00", "touch") == [
            "2026-03-05 17:00 touch warn",
            "2026-03-09 17:00 touch breach",
            "2026-03-10 17:00 touch escalate to sales_manager",
        ]
        assert "touch" not in obstacles(deal, "meeting", "2026-03-09 17:00")
        assert "touch" in obstacles(deal, "meeting", "2026-03-09 17:01")

    def test_manager_lets_silence_pass(self):
        """The manager may let the gap pass for a while, a rep may not; it stays a breach."""
        deal = told(opened("six-step"), "2026-03-02 10:01")
        said = {
            "until": at("2026-03-20 17:00"),
            "at": at("2026-03-11 10:00"),
            "reason": "on site all week",
        }

        with pytest.raises(Refused, match="may be overridden by sales_manager"):
            deal.override("touch", role="rep", **said)
        deal.override("touch", role="sales_manager", **said)

        assert obstacles(deal, "meeting", "2026-03-20 17:00") == []
        assert obstacles(deal, "meeting", "2026-03-20 17:01") == ["touch"]
        assert deal.state(at("2026-03-12 10:00")).status == "breached"

    def test_budget_is_asked_for_again(self):
        """What was learned in Qualify stands for 90 days; a proposal wants it anew after that."""
        deal = told(opened("six-step", stage="proposal"), "2026-03-02 10:01")
        for day in ("2026-03-30", "2026-04-24", "2026-05-19", "2026-05-29"):
            asked(deal, f"{day} 10:00")

        assert obstacles(deal, "close", "2026-05-31 10:01") == []
        assert obstacles(deal, "close", "2026-05-31 10:02") == ["budget"]

    def test_gone_cold(self):
        """Letters of ours keep no deal alive: thirty days without the buyer end it."""
        deal = opened("six-step")
        for day in ("05", "10", "15", "20", "25", "30"):
            deal.log("article", at=at(f"2026-03-{day} 10:00"))

        assert acts(deal, "2026-05-01 12:00", "gone_cold") == [
            "2026-03-25 10:00 gone_cold notice",
            "2026-04-01 10:00 gone_cold escalate to sales_manager",
            "2026-04-01 10:00 gone_cold move to lost",
        ]

    @pytest.mark.parametrize(
        ("day", "end"),
        [
            pytest.param("2026-03-27", "2026-04-01 10:00", id="before-the-end"),
            pytest.param("2026-04-03", "2026-04-07 17:00", id="after-it"),
            pytest.param("2026-06-01", "2026-05-01 10:00", id="far-away"),
        ],
    )
    def test_a_planned_meeting_keeps_it(self, day, end):
        """It waits for what is in the diary, and two days more; but no second month."""
        deal = opened("six-step")
        deal.plan(
            "meeting",
            at=at("2026-03-20 10:00"),
            starts_at=at(f"{day} 11:00"),
            activity_id="m",
        )

        assert due(deal, "2026-03-20 12:00", "gone_cold", "move") == end

    def test_old_and_still_talking(self):
        """Half a year ends it; a word of the buyer puts that off by two weeks, up to two months."""
        deal = opened("six-step", stage="close")
        assert due(deal, "2026-03-03 10:00", "deal_age", "move") == "2026-08-29 10:00"

        for day in ("03-25", "04-20", "05-15", "06-10", "07-05", "07-31", "08-25"):
            deal.log("email", at=at(f"2026-{day} 09:00"), direction="in")
        assert due(deal, "2026-08-26 10:00", "deal_age", "move") == "2026-09-08 09:00"

        for day in ("09-07", "09-20", "10-03", "10-16"):
            deal.log("email", at=at(f"2026-{day} 09:00"), direction="in")
        assert due(deal, "2026-10-17 10:00", "deal_age", "move") == "2026-10-28 10:00"
        assert deal.state(at("2026-10-28 10:01")).stage == "lost"

    def test_nurture(self):
        """A parked deal waits; the rep asks after a quarter, the buyer's word brings it back."""
        deal = opened("six-step", stage="proof")
        deal.move("nurture", at=at("2026-03-03 10:00"))
        quiet = acts(deal, "2026-07-01 12:00", *(timer.id for timer in deal.process.timers))
        deal.log("email", at=at("2026-07-01 09:00"), direction="in")
        state = deal.state(at("2026-07-01 12:00"))

        assert quiet == [
            "2026-06-01 10:00 nurture_age breach",
            "2026-06-01 10:00 nurture_age escalate to rep",
        ]
        assert (state.stage, state.status) == ("proof", "ok")
        assert due(deal, "2026-07-01 12:00", "touch") == "2026-07-08 17:00"

    def test_plays(self):
        """Each stage has its tactic, and the one before the decision waits for its day."""
        deal = told(opened("six-step"), "2026-03-02 10:01", expected_close="2026-03-31")
        assert plays(deal, "2026-03-04 17:01") == {"first_call": "overdue"}

        deal.move("meeting", at=at("2026-03-05 10:00"))
        assert plays(deal, "2026-03-05 10:00") == {"good_questions": "open"}
        assert [item.role for item in deal.agenda(at("2026-03-05 10:00"))] == ["subject_expert"]

        for stage in ("proof", "proposal"):
            deal.log("call", at=at("2026-03-05 11:00"))
            deal.move(stage, at=at("2026-03-05 11:00"))
        (last,) = deal.plays(at("2026-03-05 12:00"))
        assert last.due_at == at("2026-03-24 17:00")
        deal.log("call", at=at("2026-03-06 11:00"))
        deal.log("closing_call", at=at("2026-03-23 11:00"))
        assert [p.done_at for p in deal.plays(at("2026-03-24 12:00"))] == [at("2026-03-23 11:00")]


class TestWhaleHunt:
    def test_first_call(self):
        """Five working days after the dossier somebody there was spoken with."""
        deal = opened("whale-hunt")
        deal.learn(at=at("2026-03-04 10:00"), dossier=True)
        for day in ("05", "06", "09"):
            deal.log("call", at=at(f"2026-03-{day} 10:00"), outcome="voicemail")
        late = acts(deal, "2026-03-12 12:00", "first_call")
        asked(deal, "2026-03-11 16:00")

        assert late == [
            "2026-03-09 17:00 first_call notice",
            "2026-03-11 17:00 first_call breach",
            "2026-03-11 17:00 first_call escalate to sales_manager",
        ]
        assert acts(deal, "2026-03-12 12:00", "first_call") == late[:1]

    def test_newsletters_do_not_count(self):
        """The fourth piece in a row without an answer is no substance; a talk begins afresh."""
        deal = opened("whale-hunt", stage="proof")
        for day in ("03", "06", "10"):
            deal.log("article", at=at(f"2026-03-{day} 10:00"))
        assert due(deal, "2026-03-13 10:00", "substance") == "2026-03-24 17:00"

        deal.log("white_paper", at=at("2026-03-13 10:00"))
        assert due(deal, "2026-03-13 12:00", "substance") == "2026-03-24 17:00"
        asked(deal, "2026-03-16 10:00")
        assert due(deal, "2026-03-16 12:00", "substance") == "2026-03-30 17:00"

    def test_an_email_that_only_asks(self):
        """It keeps the deal warm and tells the buyer nothing."""
        deal = opened("whale-hunt", stage="proof")
        deal.log("email", at=at("2026-03-04 10:00"))

        assert due(deal, "2026-03-05 10:00", "touch") == "2026-03-11 17:00"
        assert due(deal, "2026-03-05 10:00", "substance") == "2026-03-16 17:00"

    @pytest.mark.parametrize(
        ("segment", "warned"), [("enterprise", True), ("smb", False), (None, False)]
    )
    def test_large_buyers_are_kept_closer(self, segment, warned):
        """An enterprise answers within three working days of a proposal; nothing is blocked."""
        deal = told(opened("whale-hunt", stage="close"), "2026-03-02 10:01", segment=segment)
        found = deal.obstacles("intake", at=at("2026-03-06 10:00"), role="sales_manager")

        assert [(each.rule, each.blocks) for each in found] == (
            [("proposal_touch", False)] if warned else []
        )

    def test_tender(self):
        """A week before the last day the offer is in; three weeks before it is begun."""
        deal = opened("whale-hunt", stage="proof")
        deal.learn(at=at("2026-03-02 10:01"), tender_due="2026-04-30")
        late = acts(deal, "2026-05-01 12:00", "tender")
        deal.log("proposal", at=at("2026-04-20 10:00"))

        assert late == ["2026-04-09 17:00 tender notice"]  # then silence had ended the deal
        assert deal.state(at("2026-04-16 10:01")).stage == "lost"

        alive = opened("whale-hunt", stage="proof")
        alive.learn(at=at("2026-03-02 10:01"), tender_due="2026-04-30")
        asked(alive, "2026-04-10 10:00")
        assert due(alive, "2026-04-10 12:00", "tender") == "2026-04-23 17:00"
        alive.log("proposal", at=at("2026-04-20 10:00"))
        assert due(alive, "2026-04-20 12:00", "tender") == ""

    def test_a_proof_begun_anew_is_the_same_proof(self):
        """Its limit counts all visits; the weeks away from it do not count."""
        deal = told(opened("whale-hunt", stage="proof"), "2026-03-02 10:01")
        deal.log("call", at=at("2026-03-22 10:00"))
        deal.move("first_meeting", at=at("2026-03-22 10:00"))
        deal.log("call", at=at("2026-04-01 10:00"))
        deal.move("proof", at=at("2026-04-01 10:00"))

        assert due(deal, "2026-04-01 12:00", "proof_age") == "2026-04-26 10:00"
        assert due(deal, "2026-04-01 12:00", "proof_age", "notice") == "2026-04-16 10:00"

    def test_competitor_is_asked_for_each_month(self):
        """What the buyer said about the others stands for thirty days."""
        deal = told(opened("whale-hunt", stage="proposal"), "2026-03-02 10:01")
        asked(deal, "2026-03-31 10:00")

        assert obstacles(deal, "close", "2026-04-01 10:01") == []
        assert obstacles(deal, "close", "2026-04-01 10:02") == ["not competitor_preferred"]

    def test_who_signs(self):
        """A second pair of eyes looks at what was promised."""
        deal = told(opened("whale-hunt", stage="close"), "2026-03-02 10:01", segment="smb")

        with pytest.raises(Refused, match="sales_manager or chief_executive, got role 'rep'"):
            deal.move("intake", at=at("2026-03-03 10:00"), role="rep")
        deal.move("intake", at=at("2026-03-03 10:00"), role="sales_manager")

    def test_chief_may_let_everything_pass(self):
        """One person may, and it stands beside the deal who it was."""
        deal = told(opened("whale-hunt"), "2026-03-02 10:01", need_confirmed=None)
        deal.override(
            "need_confirmed",
            until=at("2026-03-31 17:00"),
            role="chief_executive",
            by="kim",
            reason="I met their owner",
            at=at("2026-03-03 10:00"),
        )

        assert obstacles(deal, "first_meeting", "2026-03-03 10:01") == []

    def test_plays_by_role(self):
        """The assistant compiles, the expert asks, the chief meets, the manager reviews."""
        deal = told(opened("whale-hunt"), "2026-03-02 10:01", segment="enterprise")
        deal.learn(at=at("2026-03-02 10:01"), first_meeting_on="2026-03-12")
        assert [(p.play, p.role, p.due_at) for p in deal.plays(at("2026-03-02 12:00"))] == [
            ("dossier_hour", "sales_assistant", at("2026-03-03 17:00"))
        ]

        deal.move("first_meeting", at=at("2026-03-04 10:00"))
        assert [(p.play, p.role, p.due_at) for p in deal.plays(at("2026-03-04 12:00"))] == [
            ("first_questions", "subject_expert", at("2026-03-10 17:00")),
            ("deal_review", "sales_manager", at("2026-04-01 17:00")),
        ]

        deal.log("meeting", at=at("2026-03-05 10:00"))
        deal.move("proof", at=at("2026-03-05 10:00"))
        deal.log("meeting", at=at("2026-03-05 11:00"))
        assert plays(deal, "2026-03-05 12:00") == {
            "meeting_review": "open",
            "deal_review": "coming",
            "workshop": "open",
        }
        deal.log("workshop", at=at("2026-03-19 10:00"))
        assert plays(deal, "2026-03-19 12:00")["workshop"] == "done"

    def test_no_workshop_for_a_small_buyer(self):
        """There the chief stays at home."""
        deal = told(opened("whale-hunt", stage="proof"), "2026-03-02 10:01", segment="smb")

        assert "workshop" not in plays(deal, "2026-03-02 12:00")


class TestInboundFast:
    @pytest.mark.parametrize(
        ("asked_at", "expected"),
        [
            pytest.param(
                "2026-03-04 10:00",
                ["2026-03-04 10:10", "2026-03-04 10:15", "2026-03-04 10:30"],
                id="by-day",
            ),
            pytest.param(
                "2026-03-06 17:50",
                ["2026-03-06 18:00", "2026-03-09 08:05", "2026-03-09 08:20"],
                id="friday-evening",
            ),
            pytest.param(
                "2026-03-07 23:00",
                ["2026-03-09 08:10", "2026-03-09 08:15", "2026-03-09 08:30"],
                id="saturday",
            ),
        ],
    )
    def test_first_answer(self, asked_at, expected):
        """A quarter of an hour that is worked, then as much again until somebody else calls."""
        deal = opened("inbound-fast", asked_at)
        rungs = ("notice", "breach", "escalate to team_lead")

        assert acts(deal, "2026-03-09 12:00", "first_answer") == [
            f"{when} first_answer {rung}" for when, rung in zip(expected, rungs, strict=True)
        ]

    @pytest.mark.parametrize(
        ("outcome", "stopped"), [("no_answer", False), ("voicemail", True), (None, True)]
    )
    def test_what_is_an_answer(self, outcome, stopped):
        """A word left on a machine is one, a bell that rings is none."""
        deal = opened("inbound-fast", "2026-03-04 10:00")
        deal.log("call", at=at("2026-03-04 10:09"), outcome=outcome)

        assert bool(acts(deal, "2026-03-04 12:00", "first_answer")) is not stopped

    @pytest.mark.parametrize(
        ("asked_at", "end"),
        [("2026-03-04 09:00", "2026-03-04 11:00"), ("2026-03-06 17:30", "2026-03-09 09:30")],
    )
    def test_answer_owed(self, asked_at, end):
        """Two hours that are worked after each question, until we answer."""
        deal = opened("inbound-fast", stage="qualify")
        asked(deal, "2026-03-02 11:00")
        deal.log("email", at=at(asked_at), direction="in")
        assert due(deal, asked_at, "answer_owed") == end

        deal.log("email", at=at("2026-03-09 09:00"))
        assert due(deal, "2026-03-09 09:15", "answer_owed") == ""

    def test_four_tries(self):
        """Four tries without an answer count; after the fifth the deal goes no further."""
        deal = told(opened("inbound-fast", stage="qualify"), "2026-03-02 10:01")
        for day in ("03", "04", "05", "06"):
            deal.log("call", at=at(f"2026-03-{day} 10:00"), outcome="voicemail")
        assert due(deal, "2026-03-06 12:00", "touch") == "2026-03-10 18:00"

        deal.log("call", at=at("2026-03-09 10:00"), outcome="voicemail")
        assert obstacles(deal, "demo", "2026-03-10 18:00") == []
        assert obstacles(deal, "demo", "2026-03-10 18:01") == ["touch"]

        deal.log("email", at=at("2026-03-11 09:00"), direction="in")
        assert obstacles(deal, "demo", "2026-03-11 09:01") == []

    def test_cold_is_not_lost(self):
        """Two silent weeks park the deal, a word brings it back, half a year of none ends it."""
        deal = opened("inbound-fast", stage="demo")
        assert deal.state(at("2026-03-16 10:01")).stage == "nurture"
        assert acts(deal, "2026-12-31 12:00", "nurture_over") == [
            "2026-08-29 10:00 nurture_over notice",
            "2026-09-12 10:00 nurture_over move to lost",
        ]

        deal.log("email", at=at("2026-05-04 09:00"), direction="in")
        assert deal.state(at("2026-05-04 09:01")).stage == "demo"
        assert due(deal, "2026-05-04 10:00", "gone_cold", "move") == "2026-05-18 09:00"

    def test_a_planned_demo_keeps_it(self):
        """Nothing is parked before a demo that is in the diary, and a day to log it."""
        deal = opened("inbound-fast", stage="demo")
        deal.plan("demo", at=at("2026-03-03 10:00"), starts_at=at("2026-03-19 15:00"))

        assert due(deal, "2026-03-04 10:00", "gone_cold", "move") == "2026-03-20 18:00"

    def test_plays(self):
        """One calls at once, and writes half a day later."""
        deal = opened("inbound-fast", "2026-03-04 10:00")
        assert plays(deal, "2026-03-04 10:05") == {"first_try": "open", "second_try": "coming"}

        deal.log("call", at=at("2026-03-04 10:06"), outcome="no_answer")
        assert plays(deal, "2026-03-04 14:00") == {"first_try": "done", "second_try": "open"}


class TestRenewal:
    def term(self, **but):
        """A contract from 1 January to 31 December, with a talk in each quarter."""
        deal = opened("renewal", "2026-01-02 10:00")
        deal.learn(at=at("2026-01-02 10:00"), facts={"contract_ends": "2026-12-31"} | but)
        for day in ("2026-03-10", "2026-05-28", "2026-08-14"):
            deal.log("quarterly_review", at=at(f"{day} 10:00"))
        return deal

    def test_nobody_is_left_alone_for_a_quarter(self):
        """After two months it is due, after three it is a breach, whatever was mailed."""
        deal = opened("renewal", "2026-01-02 10:00")
        deal.log("article", at=at("2026-02-16 10:00"))
        late = acts(deal, "2026-04-10 12:00", "quarter")
        deal.log("call", at=at("2026-03-30 10:00"))

        assert late == [
            "2026-03-03 10:00 quarter warn",
            "2026-04-02 10:00 quarter breach",
            "2026-04-02 10:00 quarter escalate to sales_manager",
        ]
        assert due(deal, "2026-03-30 12:00", "quarter") == "2026-06-28 10:00"

    def test_the_calendar_begins_the_talk(self):
        """Ninety days before the end the deal is in Review; two weeks before that it is told."""
        deal = self.term()
        state = deal.state(at("2026-10-03 00:00"))

        assert acts(deal, "2026-10-03 00:00", "renewal_begins") == [
            "2026-09-18 23:59 renewal_begins notice",
            "2026-10-02 23:59 renewal_begins move to review",
        ]
        assert state.stage == "review"
        assert state.entered_at == at("2026-10-03 00:00") - MICROSECOND
        assert deal.state(state.entered_at).stage == "running"

    def test_an_end_that_is_learned_late(self):
        """A date within ninety days moves the deal as soon as it is known."""
        deal = opened("renewal", "2026-01-02 10:00")
        deal.learn(at=at("2026-11-16 10:00"), contract_ends="2026-12-31")

        assert acts(deal, "2026-11-16 12:00", "renewal_begins") == [
            "2026-11-16 10:00 renewal_begins notice",
            "2026-11-16 10:00 renewal_begins move to review",
        ]

    def test_another_end(self):
        """A longer contract begins its Review later."""
        deal = self.term()
        deal.learn(at=at("2026-06-01 10:00"), contract_ends="2027-12-31")

        assert deal.state(at("2026-10-03 00:00")).stage == "running"

    def test_a_hold_moves_silence_and_no_date(self):
        """Four weeks on hold put off the next talk; the contract ends when it ends."""
        deal = self.term()
        deal.hold(until=at("2026-09-09 10:00"), reason="buyer away", at=at("2026-08-17 10:00"))

        assert due(deal, "2026-08-18 10:00", "quarter") == "2026-12-05 10:00"
        assert due(deal, "2026-08-18 10:00", "renewal_begins", "move") == "2026-10-02 23:59"

    def test_offer_and_decision(self):
        """The offer is out two months before the end, the decision made one month before."""
        deal = self.term()
        deal.log("call", at=at("2026-10-05 10:00"))
        late = acts(deal, "2026-12-02 12:00", "offer_due", "decision_due")
        deal.log("proposal", at=at("2026-10-20 10:00"))

        assert late == [
            "2026-10-18 23:59 offer_due notice",
            "2026-11-01 23:59 offer_due breach",
            "2026-11-24 23:59 decision_due notice",
            "2026-12-01 23:59 decision_due breach",
        ]
        assert acts(deal, "2026-12-02 12:00", "offer_due", "decision_due") == [
            late[0],
            *late[2:],
        ]

    def test_notice_period(self):
        """A customer who may give notice has our offer two weeks before the last day."""
        deal = self.term(notice_by="2026-09-30")

        assert due(deal, "2026-03-01 10:00", "notice_period", "notice") == "2026-09-02 17:00"
        assert due(deal, "2026-03-01 10:00", "notice_period") == "2026-09-16 17:00"

    def test_unhappy_customers_get_help_first(self):
        """No offer goes out to them, unless a sales manager has a reason."""
        deal = told(opened("renewal", stage="review"), "2026-03-02 10:01", satisfaction="unhappy")
        assert obstacles(deal, "proposal", "2026-03-03 10:00") == ["not_unhappy"]

        deal.override(
            "not_unhappy",
            until=at("2026-03-31 17:00"),
            role="sales_manager",
            reason="the offer is the help",
            at=at("2026-03-03 10:00"),
        )
        assert obstacles(deal, "proposal", "2026-03-03 10:01") == []

    def test_terms_are_approved_by_a_manager(self):
        """What the account manager says about it is not enough."""
        deal = told(opened("renewal", stage="proposal"), "2026-03-02 10:01", terms_approved=None)
        deal.learn(at=at("2026-03-03 10:00"), terms_approved=True)
        assert obstacles(deal, "close", "2026-03-03 10:01") == ["terms_approved"]

        deal.learn(at=at("2026-03-03 10:02"), terms_approved=True, role="sales_manager")
        assert obstacles(deal, "close", "2026-03-03 10:03") == []

    def test_three_messages(self):
        """In Review the fourth message without an answer is no touch any more."""
        deal = opened("renewal", stage="review")
        for day in ("03", "04", "05", "06"):
            deal.log("email", at=at(f"2026-03-{day} 10:00"))

        assert due(deal, "2026-03-06 12:00", "touch") == "2026-03-19 17:00"

    def test_contract_over(self):
        """The next day somebody hears of it, and a month later it is lost."""
        deal = opened("renewal", "2026-11-02 10:00", stage="close")
        deal.learn(at=at("2026-11-02 10:01"), contract_ends="2026-12-31")

        assert acts(deal, "2027-03-01 12:00", "contract_over", "lapsed") == [
            "2026-12-31 23:59 contract_over breach",
            "2027-01-01 23:59 contract_over escalate to sales_manager",
            "2027-01-16 23:59 lapsed notice",
            "2027-01-30 23:59 lapsed escalate to sales_manager",
            "2027-01-30 23:59 lapsed move to lost",
        ]

    def test_a_word_after_the_end(self):
        """Whoever wrote last week is not switched off."""
        deal = opened("renewal", "2026-11-02 10:00", stage="close")
        deal.learn(at=at("2026-11-02 10:01"), contract_ends="2026-12-31")
        deal.log("email", at=at("2027-01-25 10:00"), direction="in")

        assert due(deal, "2027-01-25 12:00", "lapsed", "move") == "2027-02-08 17:00"

    def test_plays(self):
        """The contract is read at once, reviews come, the report is there for the talk."""
        deal = self.term()
        found = {play.play: play for play in deal.plays(at("2026-01-05 10:00"))}

        assert {name: f"{p.due_at.astimezone(NEW_YORK):%Y-%m-%d}" for name, p in found.items()} == {
            "read_the_contract": "2026-01-09",
            "quarterly_review": "2026-03-18",
            "usage_report": "2026-10-07",
        }
        deal.log("research", at=at("2026-01-06 10:00"))
        assert plays(deal, "2026-01-06 12:00")["usage_report"] == "open"

"""What a behaviour says becomes what its deals tell: in which words, roles, shares and stages."""

import datetime as dt
import itertools
import math
from decimal import Decimal

import pytest
from tests.simulation.clockwork import (
    START,
    behaviour,
    process_with,
    run,
    story,
    tale,
    times,
    told,
)
from tests.simulation.truth import disagreements

import salesflow as sf
from salesflow.simulation.distributions import Exponential, Fixed
from salesflow.simulation.parts import (
    Arrivals,
    Capacity,
    Cooling,
    Hold,
    Inbound,
    Learning,
    Override,
    Rep,
    Replies,
    StageLife,
    Touches,
)
from salesflow.simulation.result import CAUSES

STAY = StageLife(stage="talk")
MICROS = 86_400_000_000


def sold(*, deals, life=STAY, until=40, process=None, **said):
    """Deals that come an hour apart."""
    at = [START + number * dt.timedelta(hours=1) for number in range(deals)]
    behaviour = sf.Behaviour(arrivals=Arrivals(at=at, start=START), stages=[life], **said)
    return run(behaviour, process or process_with(), until=until, deals=deals)


class TestContact:
    def test_who_is_not_there(self):
        """Of calls a quarter takes place; an email always arrives."""
        touches = Touches(every="1 hour", kinds={"call": 3, "email": 1}, answered=0.25)
        events = run(behaviour(STAY, touches=touches), until=40).events(0)[1:]
        calls = [event for event in events if event.kind == "call"]
        mails = [event for event in events if event.kind == "email"]

        assert len(calls) / len(events) == pytest.approx(3 / 4, abs=0.06)
        assert {event.outcome for event in mails} == {None}
        assert {event.outcome for event in calls} == {None, "no_answer"}
        there = sum(event.outcome is None for event in calls)
        assert there / len(calls) == pytest.approx(1 / 4, abs=0.06)

    def test_answers_and_calls(self):
        """Each comes in its own kind; plans are told as what comes of them."""
        said = behaviour(
            STAY,
            touches=Touches(every="1 day", kinds={"call": 1, "message": 1}, booked=1),
            replies=Replies(share=1, after="1 hour", kind="email"),
            inbound=Inbound(every="31 hours", kind="meeting"),
        )
        events = run(said, until=20).events(0)[1:]
        kinds = {event.direction: set() for event in events}
        for event in events:
            kinds[event.direction].add(event.kind)

        assert kinds == {"out": {"call", "message"}, "in": {"email", "meeting"}}
        plans = {e.activity_id: e.kind for e in events if e.status == "planned"}
        done = [e for e in events if e.status == "done" and e.direction == "out"]
        assert [plans[e.activity_id] for e in done] == [e.kind for e in done]
        assert len({e.id for e in events}) == len(events)

    def test_plans_are_told_as_what_the_rules_saw(self):
        """A gap that calls alone keep is breached by the same deals when they are told."""
        gap = (
            '[touches.calls]\nkinds = ["call"]\n'
            '[[contact_gaps]]\nid = "calls"\ntouch = "calls"\nmax = "30 hours"\n'
        )
        said = behaviour(
            STAY,
            touches=Touches(every="1 day", kinds={"call": 1, "email": 1}, booked=1),
            replies=Replies(share=0.5, after="1 hour"),
        )
        result = run(said, process_with(gap), until=20, deals=3)

        assert min(result.columns["breaches"]) > 1
        assert list(disagreements(result)) == []

    @pytest.mark.parametrize("shape", [1, 2])
    @pytest.mark.parametrize("grace", [None, "4 days"])
    def test_half_of_the_buyers(self, shape, grace):
        """So many are gone after a silence of that length."""
        cooling = Cooling(half="10 days", grace=grace, shape=shape)
        result = run(behaviour(STAY, cooling=cooling), until=10, deals=600)

        assert result.count("lost") / 600 == pytest.approx(0.5, abs=0.06)


class TestLosing:
    FALLEN = '[[stages]]\nid = "fallen"\nkind = "lost"\n'
    LISTED = (
        '[[moves]]\nfrom = "talk"\nto = "fallen"\n[[moves]]\nfrom = "offer"\nto = "lost"\n'
        '[[moves]]\nfrom = "offer"\nto = "fallen"\n'
    )

    def test_the_first_of_several_stages(self):
        """A buyer who says no goes there."""
        said = behaviour(StageLife(stage="talk", lose="5 days"))

        assert times(story(said, process_with(self.FALLEN)), "lost") == [5]

    def test_the_first_to_which_a_move_leads(self):
        """Not to one that the stage cannot come to."""
        process = process_with(self.FALLEN, self.LISTED).replace("out", "listed")
        said = behaviour(StageLife(stage="talk", lose="5 days"))

        assert story(said, process) == [("fallen", 5)]

    @pytest.mark.parametrize(
        ("life", "reasons", "reason"),
        [
            pytest.param(StageLife(stage="talk", lose="5 days"), [], "said no", id="no"),
            pytest.param(
                StageLife(stage="talk", work="5 days", then={"lost": 1}), [], "said no", id="work"
            ),
            pytest.param(
                StageLife(stage="talk", work="5 days", then={"offer": 1}), [], "ready", id="on"
            ),
            pytest.param(
                StageLife(stage="talk", lose="5 days"), ["price", "said no"], "said no", id="listed"
            ),
            pytest.param(
                StageLife(stage="talk", lose="5 days"), ["price", "time"], "price", id="unlisted"
            ),
        ],
    )
    def test_why(self, life, reasons, reason):
        """In the words of the process, where it has its own."""
        process = process_with()
        if reasons:
            process = process.replace("stages.lost.reasons", reasons)

        assert run(behaviour(life), process, until=9).events(0)[-1].reason == reason


class TestFacts:
    @pytest.mark.parametrize(("amount", "told"), [(1250, 1250), (1250.4, 1250), (1249.6, 1250)])
    def test_money(self, amount, told):
        """In whole units, to the nearest: cut off, all would be worth half a unit less."""
        process = process_with('[facts.worth]\ntype = "money"\n')
        said = behaviour(STAY, facts=[Learning(fact="worth", amount=Fixed(amount))])

        assert run(said, process, until=1).events(0)[1].facts == {"worth": Decimal(told)}

    @pytest.mark.parametrize(("ahead", "days"), [(3, 3), (2.6, 3), (3.4, 3)])
    def test_date(self, ahead, days):
        """So many days ahead, to the nearest."""
        process = process_with('[facts.day]\ntype = "date"\n')
        said = behaviour(STAY, facts=[Learning(fact="day", amount=Fixed(ahead))])

        opened, learned = run(said, process, until=1).events(0)[:2]
        assert learned.facts["day"] - opened.occurred_at.date() == dt.timedelta(days=days)

    def test_in_a_role(self):
        """Whoever is said to learn it does."""
        process = process_with("[roles.rep]\n")
        fact = Learning(fact="fit", values=[True], role="rep")

        assert run(behaviour(STAY, facts=[fact]), process, until=1).events(0)[1].role == "rep"

    def test_two_of_one_stage(self):
        """The same fact twice in one stage: by chances of their own."""
        fact = Learning(fact="fit", stage="talk", after="1 day", share=0.5, values=[True])
        result = run(behaviour(STAY, facts=[fact, fact]), until=3, deals=40)

        assert {len(tale(result, number)) for number in range(40)} == {0, 1, 2}


class TestAgreements:
    def test_two_holds_of_one_stage(self):
        """By chances of their own as well."""
        holds = [
            Hold(stage="talk", after=after, lasts="1 day", share=0.5)
            for after in ("1 day", "5 days")
        ]

        counts = run(behaviour(STAY, holds=holds), until=9, deals=40).columns["holds"]
        assert set(counts.tolist()) == {0, 1, 2}

    def test_a_reason(self):
        """Where a hold has one it is said."""
        process = process_with("[holds]\n").replace("holds.reasons", ["legal", "budget"])
        said = behaviour(
            STAY,
            holds=[
                Hold(after="1 day", lasts="1 day", reason="budget"),
                Hold(after="5 days", lasts="1 day"),
            ],
        )
        held = [e for e in run(said, process, until=9).events(0) if told(e) == "held"]

        assert [each.reason for each in held] == ["budget", "legal"]

    def test_the_role_of_an_override(self):
        """The one that is said, else the first that may."""
        roles = '[roles.rep]\n[roles.boss]\n[roles.owner]\nmay_override = ["*"]\n'
        process = process_with(roles).replace(
            {
                "stages.talk.exit": [{"id": "gate", "if": "fit == true"}],
                "roles.boss.may_override": ["gate"],
            }
        )
        for role, found in ((None, "boss"), ("owner", "owner")):
            said = behaviour(
                StageLife(stage="talk", work="2 days", then={"offer": 1}),
                overrides=[Override(target="gate", lasts="9 days", role=role)],
            )
            events = run(said, process, until=9).events(0)

            assert [e.role for e in events if told(e) == "overridden"] == [found]


class TestReps:
    def test_what_is_worth_nobody_knows_what(self):
        """It is done last where the most valuable is done first."""
        result = sold(
            deals=12,
            life=StageLife(stage="talk", effort="1 day", then={"lost": 1}),
            facts=[Learning(fact="value", share=0.5, amount=Exponential(1_000))],
            capacity=Capacity(reps=1, queue="value"),
        )
        order = result.columns["closed_at"].argsort().tolist()[1:]
        worth = [result.columns["value"].tolist()[number] for number in order]

        known = [value for value in worth if not math.isnan(value)]
        assert 2 < len(known) < 9
        assert worth[: len(known)] == sorted(known, reverse=True)

    def test_what_has_no_deadline(self):
        """It is done last where the earliest deadline is done first."""
        timer = '[[timers]]\nid = "soon"\nsince = "fact:fit"\nafter = "60 days"\n'
        result = sold(
            deals=12,
            life=StageLife(stage="talk", effort="1 day", then={"lost": 1}),
            facts=[Learning(fact="fit", share=0.5, values=[True])],
            process=process_with(timer),
            capacity=Capacity(reps=1, queue="deadline"),
        )
        order = result.columns["closed_at"].argsort().tolist()[1:]
        knows = [any(told(e) == "learned" for e in result.events(number)) for number in order]

        assert 2 < sum(knows) < 10
        assert knows == sorted(knows, reverse=True)

    def test_who_comes_at_once(self):
        """They are served in their order."""
        said = behaviour(
            StageLife(stage="talk", effort="1 day", then={"lost": 1}), capacity=Capacity(reps=1)
        )

        closed = run(said, until=40, deals=12).columns["closed_at"].tolist()
        assert closed == sorted(closed)

    def test_each_touch_takes_its_own_time(self):
        """None is as long as another."""
        touches = Touches(every="1 day", kinds={"call": 1}, minutes=Exponential("2 hours"))
        events = run(behaviour(STAY, touches=touches, capacity=Capacity(reps=1))).events(0)
        apart = {one.occurred_at - other.occurred_at for one, other in itertools.pairwise(events)}

        assert len(apart) == len(events) - 1 > 100


class TestLines:
    def test_who_waits_behind_a_deal_that_stays_open(self):
        """Each leaves when their own patience ends."""
        result = sold(
            deals=9, capacity=Capacity(reps=1, open_limit=1, patience=Exponential("3 days"))
        )
        causes = [CAUSES[cause] for cause in result.columns["cause"].tolist()[1:]]

        assert causes == ["never opened"] * 8
        assert len(set(result.columns["queued"].tolist()[1:])) == 8
        assert max(result.columns["queued"].tolist()) < 35 * MICROS


class TestHours:
    def test_whose_calendar_is_over(self):
        """The hours of somebody else are not theirs."""
        monday, friday = (
            sf.Calendar("UTC", hours={}, special={f"2026-03-0{day}": ["09:00-10:00"]})
            for day in (2, 6)
        )
        reps = [Rep(id="dana", calendar=monday), Rep(id="kim", calendar=friday)]
        for owner, worked in (("dana", 1), ("kim", 2)):
            result = sold(
                deals=2,
                life=StageLife(stage="talk", effort="30 minutes", then={"lost": 1}),
                owners={"dana": 0, "kim": 0, owner: 1},
                capacity=Capacity(reps=reps, own=True),
            )

            assert (result.columns["worked"] > 0).sum() == worked

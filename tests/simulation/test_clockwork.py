"""Behaviours in which everything takes a fixed time: what happens when is worked out by hand."""

import datetime as dt
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.simulation.clockwork import (
    DAY,
    GATED,
    PROCESS,
    START,
    behaviour,
    days,
    story,
    times,
    told,
)

import salesflow as sf
from salesflow.simulation.parts import (
    Hold,
    Inbound,
    Learning,
    Override,
    Replies,
    StageLife,
    Touches,
)

HOURS = st.integers(1, 300)
TALK = StageLife(stage="talk", work="90 days", then={"lost": 1})


class TestRhythms:
    def test_calls_of_the_buyer(self):
        """Each comes so long after the one before, whatever else happened meanwhile."""
        found = story(behaviour(TALK, inbound=Inbound(every="20 days")))

        assert found == [("in email", day) for day in (20, 40, 60, 80)] + [("lost", 90)]

    @pytest.mark.long
    @settings(max_examples=60, deadline=None)
    @given(touch=HOURS, inbound=HOURS, reply=HOURS, learn=HOURS, stay=st.integers(1, 900))
    def test_all_at_once(self, touch, inbound, reply, learn, stay):
        """Nobody's rhythm depends on anybody else's."""
        reply = min(reply, touch - 1) or 1
        said = behaviour(
            StageLife(stage="talk", work=f"{stay} hours", then={"lost": 1}),
            touches=Touches(every=f"{touch} hours", kinds={"call": 1}),
            replies=Replies(share=1, after=f"{reply} hours", kind="message"),
            inbound=Inbound(every=f"{inbound} hours", kind="email"),
            facts=[Learning(fact="fit", stage="talk", after=f"{learn} hours", values=[True])],
        )
        result = sf.simulate(PROCESS, 1, behaviour=said, until=START + 60 * DAY, fast=False)

        def every(step):
            return [hour for hour in range(step, 1440, step) if hour < stay]

        def hours(what):
            own = (event for event in result.events(0) if told(event) == what)
            return [round((e.occurred_at - START) / dt.timedelta(hours=1), 3) for e in own]

        answers = [hour + reply for hour in every(touch) if hour + reply < min(stay, 1440)]
        meets = {*every(touch)} & {*every(inbound), *answers, learn}
        if not meets:  # two things that people do are at least a microsecond apart
            assert hours("call") == every(touch)
        assert hours("in email") == pytest.approx(every(inbound), abs=0.001)
        if touch > 1:
            assert hours("in message") == pytest.approx(answers, abs=0.001)
        assert hours("learned") == pytest.approx([learn] if learn < min(stay, 1440) else [])

    def test_booked_touches(self):
        """The next one stands in the diary as soon as the one before is done."""
        touches = Touches(every="30 days", kinds={"call": 1}, booked=1)
        found = story(behaviour(TALK, touches=touches))

        assert times(found, "call") == [30, 60]
        assert times(found, "planned") == [0, 30, 60]
        assert times(found, "lost") == [90]

    def test_forgotten_touches(self):
        """Each is made one interval later."""
        touches = Touches(every="20 days", kinds={"call": 1}, forgets=1)

        assert times(story(behaviour(TALK, touches=touches)), "call") == [40, 80]

    def test_touches_in_the_next_stage(self):
        """A rhythm goes on through open stages, and begins anew after a rest."""
        found = story(
            behaviour(
                StageLife(stage="talk", work="25 days", then={"offer": 1}),
                StageLife(stage="offer", work="25 days", then={"later": 1}),
                StageLife(stage="later", revive="5 days"),
                touches=Touches(every="10 days", kinds={"call": 1}),
            ),
            until=90,
        )

        assert times(found, "call") == [10, 20, 30, 40, 65, 75]
        assert times(found, "later") == [50, 80]
        assert times(found, "reopened") == [55, 85]


class TestStages:
    def test_work_that_depends_on_where_it_leads(self):
        """The way is the same as without it, the time another."""
        ways = {"offer": 1, "lost": 1, "later": 1}
        own = {"lost": "40 days", "later": "8 days"}
        plain, apart = (
            sf.simulate(
                PROCESS,
                60,
                behaviour=behaviour(StageLife(stage="talk", work="5 days", then=ways, work_to=to)),
                until=START + 100 * DAY,
            )
            for to in ({}, own)
        )

        assert (plain.columns["stage"] == apart.columns["stage"]).all()
        took = {
            (apart.stages[stage], float(spent[0]) / DAY.total_seconds() / 1e6)
            for stage, spent in zip(apart.columns["stage"], apart.columns["spent"], strict=True)
        }
        assert took == {("offer", 5), ("lost", 40), ("later", 8)}

    def test_only_one_way_has_its_time(self):
        """Work is then never done where it leads elsewhere."""
        life = StageLife(
            stage="talk",
            effort="1 day",
            then={"offer": 1, "lost": 1},
            work_to={"lost": "30 days"},
        )
        result = sf.simulate(PROCESS, 40, behaviour=behaviour(life), until=START + 60 * DAY)

        spent = result.columns["spent"][:, 0] / 1e6 / DAY.total_seconds()
        assert Counter(spent) == {31: result.count("lost"), 1: 40 - result.count("lost")}

    def test_holds_put_it_off(self):
        """Work that depends on where it leads stands still on hold, like any other."""
        life = StageLife(stage="talk", work_to={"lost": "30 days"}, then={"lost": 1})
        held = [Hold(stage="talk", after="10 days", lasts="7 days")]

        assert times(story(behaviour(life, holds=held)), "lost") == [37]

    def test_what_has_expired_takes_its_time_again(self):
        """Known on day 5, expired on day 15: after a refusal on day 30 it is known on day 35."""
        said = behaviour(
            StageLife(stage="talk", work="30 days", then={"offer": 1}),
            facts=[Learning(fact="quote", stage="talk", after="5 days", values=[True])],
        )

        assert story(said, GATED) == [("learned", 5), ("learned", 35), ("offer", 35)]

    def test_what_work_brings_to_light(self):
        """It is told when the work is done, and again when a later try finds it expired."""
        said = behaviour(
            StageLife(stage="talk", work="30 days", then={"offer": 1}),
            facts=[Learning(fact="quote", stage="talk", values=[True])],
        )

        assert story(said, GATED) == [("learned", 30), ("offer", 30)]


GAPPED = sf.load_process("""format = 1
[process]
id = "gapped"
version = "1"
[calendar]
timezone = "UTC"
[[stages]]
id = "talk"
[[stages]]
id = "won"
kind = "won"
[[stages]]
id = "lost"
kind = "lost"
[facts.fit]
type = "bool"
[facts.size]
type = "one_of"
values = ["small", "large"]
[roles.boss]
may_override = ["*"]
[[contact_gaps]]
id = "touch"
max = "10 days"
""")
MANY = 400


def all_events(said, process=GAPPED, until=200):
    result = sf.simulate(process, MANY, behaviour=said, until=START + until * DAY, seed=3)
    return [event for _, events in result.all_events() for event in events]


def is_about(count, share, of):
    """Whether a share comes out, to four standard errors."""
    return abs(count - share * of) <= 4 * (share * (1 - share) * of) ** 0.5


TALKS = StageLife(stage="talk", work="95 days", then={"lost": 1})


class TestShares:
    """What happens in a share of the cases does so in that share of them."""

    @pytest.mark.long
    def test_of_touches(self):
        """Nine touches a deal: of the calls two thirds take place, and a third is booked."""
        touches = Touches(
            every="10 days", kinds={"call": 3, "email": 1}, answered=2 / 3, booked=1 / 3
        )
        found = all_events(behaviour(TALKS, touches=touches))

        done = [event for event in found if getattr(event, "status", "") == "done"]
        calls = [event for event in done if event.kind == "call"]
        assert len(done) == 9 * MANY
        assert is_about(len(calls), 3 / 4, len(done))
        assert is_about(sum(event.outcome is None for event in calls), 2 / 3, len(calls))
        assert is_about(sum(event.activity_id is not None for event in done), 1 / 3, len(done))

    @pytest.mark.long
    def test_of_forgetting(self):
        """A quarter of them comes one interval later."""
        touches = Touches(every="1 day", kinds={"call": 1}, forgets=0.25)
        found = all_events(behaviour(TALKS, touches=touches))

        count = sum(event.kind_name == "activity" for event in found)
        assert count == pytest.approx(94.5 * MANY / 1.25, rel=0.01)

    def test_of_heeding(self):
        """Who heeds the rule touches an hour before its end, the others never."""
        touches = Touches(kinds={"call": 1}, heeds=0.7)
        found = all_events(behaviour(TALKS, touches=touches), until=12)

        first = [event for event in found if event.kind_name == "activity"]
        assert is_about(len(first), 0.7, MANY)
        hour = dt.timedelta(hours=1)
        # The gap ends with the last microsecond of its tenth day.
        assert {days(event) for event in first} == {round((10 * DAY - hour) / DAY, 2)}

    @pytest.mark.long
    def test_of_answers(self):
        """Of so many touches that share is answered."""
        found = all_events(
            behaviour(
                TALKS,
                touches=Touches(every="10 days", kinds={"call": 1}),
                replies=Replies(share=0.3, after="2 days"),
            )
        )
        count = Counter(getattr(event, "direction", None) for event in found)

        assert is_about(count["in"], 0.3, 9 * MANY)

    def test_of_facts(self):
        """Whether it is learned, and as what."""
        size = Learning(
            fact="size",
            after="1 day",
            share=0.8,
            values=["small", "large"],
            weights=[3, 1],
        )
        found = all_events(behaviour(TALKS, facts=[size]))

        told = [event.facts["size"] for event in found if event.kind_name == "learned"]
        assert is_about(len(told), 0.8, MANY)
        assert is_about(told.count("small"), 0.75, len(told))

    def test_of_holds_and_overrides(self):
        """One in four is put on hold; of those who are refused a move, two in five are let pass."""
        found = all_events(
            behaviour(
                StageLife(stage="talk", work="20 days", then={"won": 1}),
                holds=[Hold(stage="talk", after="1 day", lasts="2 days", share=0.25)],
                overrides=[Override(target="touch", lasts="1 day", share=0.4)],
            )
        )
        count = Counter(event.kind_name for event in found)

        assert is_about(count["held"], 0.25, MANY)
        assert is_about(count["overridden"], 0.4, MANY)
        assert count["moved"] == count["overridden"]

    def test_of_those_that_come_back(self):
        """Three of five lost deals do, once each."""
        found = all_events(
            behaviour(
                StageLife(stage="talk", work="60 days", then={"lost": 1}),
                StageLife(stage="lost", revive="90 days", revived=0.6),
            )
        )

        assert is_about(sum(event.kind_name == "reopened" for event in found), 0.6, MANY)

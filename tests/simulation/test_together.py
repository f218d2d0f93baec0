"""Holds, facts, gates, diaries and stages that meet in one deal, on timelines by hand."""

import datetime as dt
import itertools

import pytest
from tests.simulation.clockwork import (
    DAY,
    START,
    behaviour,
    days,
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
from salesflow.simulation.result import CAUSES, NEVER

MICROS = 86_400_000_000
STAY = StageLife(stage="talk")
LATER = 'since = "opened"\nafter = "5 days"\n'
ON = f'[[timers]]\nid = "on"\n{LATER}stages = ["talk"]\nmove_to = "offer"\n'
"""Time takes a deal on, when nobody has done anything about it."""
BOTH = process_with("").replace("stages.talk.exit", ["fit == true", "quote == true"])
"""Two facts open the gate; one of them expires after ten days."""
BOSS = '[roles.boss]\nmay_override = ["*"]\n'


def knows(fact, after=None, stage="talk", **said):
    return Learning(fact=fact, after=after, stage=stage, values=[True], **said)


def works(days, *, then="lost", stage="talk", **said):
    return StageLife(stage=stage, work=f"{days} days", then={then: 1}, **said)


def closed(result):
    """When deals are closed, in days."""
    begins = int(START.timestamp()) * 1_000_000
    return [round((int(at) - begins) / MICROS, 2) for at in result.columns["closed_at"]]


class TestHolds:
    def test_effort_that_needs_no_rep(self):
        """It stands still on hold, and the work after it does not begin before."""
        life = works(3, effort="10 days")
        said = behaviour(life, holds=[Hold(after="4 days", lasts="8 days")])

        assert times(story(said), "lost") == [21]

    def test_effort_that_a_rep_has_begun(self):
        """It is done to the end, and once only; the work after it stands still."""
        said = behaviour(
            works(20, effort="5 days"),
            holds=[Hold(after="2 days", lasts="10 days")],
            capacity=Capacity(reps=1),
        )
        result = run(said)

        assert closed(result) == [32]
        assert result.columns["worked"].tolist() == [5 * MICROS]

    def test_effort_that_waits(self):
        """The second deal is asked for after its first hold, and not again after the next one."""
        said = behaviour(
            works(20, effort="5 days"),
            holds=[Hold(after=f"{day} days", lasts="2 days") for day in (2, 12)],
            capacity=Capacity(reps=1),
        )
        result = run(said, deals=2)

        assert closed(result) == [27, 32]
        assert result.columns["worked"].tolist() == [5 * MICROS] * 2
        assert result.columns["waited"].tolist() == [0, 3 * MICROS]

    def test_patience_after_it(self):
        """A buyer begins to wait anew when the hold is over."""
        said = behaviour(
            works(1, effort="30 days", patience="8 days"),
            holds=[Hold(after="2 days", lasts="10 days")],
            capacity=Capacity(reps=1),
        )

        assert closed(run(said, deals=2))[1] == 20

    @pytest.mark.parametrize("effort", [None, "1 minute"])
    def test_work_takes_as_long_as_without(self, effort):
        """What is left of the work is what was drawn in the beginning."""
        life = StageLife(stage="talk", effort=effort, work=Exponential("20 days"), then={"lost": 1})
        hold = Hold(after="2 days", lasts="3 days")
        plain, held = (
            closed(run(behaviour(life, holds=holds), deals=20)) for holds in ([], [hold])
        )

        assert sum(day > 2 for day in plain) > 10
        assert held == pytest.approx([day + 3 * (day > 2) for day in plain], abs=0.02)

    def test_where_time_led_the_deal(self):
        """Everything is counted from when it came there, though nobody had done anything."""
        said = behaviour(
            STAY,
            holds=[Hold(stage="offer", after="3 days", lasts="1 day")],
            facts=[knows("fit", "2 days", "offer")],
        )

        assert story(said, process_with(ON), until=30) == [("learned", 7), ("held", 8)]

    def test_each_lasts_its_own_time(self):
        """One in each visit."""
        said = behaviour(
            works(2, then="later"),
            StageLife(stage="later", revive="1 day"),
            holds=[Hold(stage="talk", after="1 day", lasts=Exponential("5 days"))],
        )
        held = [each for each in run(said).events(0) if each.kind_name == "held"]
        lasted = {each.until - each.occurred_at for each in held}

        assert len(lasted) == len(held) > 10

    def test_not_while_it_is_parked(self):
        """A hold that would begin then does not come about."""
        said = behaviour(works(5, then="later"), holds=[Hold(after="10 days", lasts="1 day")])

        assert story(said) == [("later", 5)]

    def test_counted_from_the_opening(self):
        """It comes on its day, though the deal was lost before and is open again."""
        said = behaviour(
            works(20),
            StageLife(stage="lost", revive="5 days"),
            holds=[Hold(after="30 days", lasts="2 days")],
        )

        assert story(said, until=40) == [("lost", 20), ("reopened", 25), ("held", 30)]

    def test_ended_by_the_buyer(self):
        """Touches begin anew when the buyer has called, and not once more at the planned end."""
        process = process_with("[holds]\nend_on_inbound = true\n")
        said = behaviour(
            STAY,
            touches=Touches(every="10 days", kinds={"call": 1}),
            inbound=Inbound(every="12 days"),
            holds=[Hold(after="5 days", lasts="20 days")],
        )

        assert times(story(said, process, until=45), "call") == [22, 32, 42]

    def test_silence_before_it(self):
        """What is shorter than the grace has used up nothing; longer silence adds up."""
        hold = Hold(after="9 days", lasts="1 day")

        def lost(holds, grace):
            cooling = Cooling(half="30 days", grace=grace, shape=2)
            return closed(run(behaviour(STAY, holds=holds, cooling=cooling), deals=20))

        late = [
            (a, b) for a, b in zip(lost([], "9 days"), lost([hold], "9 days"), strict=True) if a > 9
        ]
        assert [b for _, b in late] == pytest.approx([a + 10 for a, _ in late], abs=0.02)
        late = [(a, b) for a, b in zip(lost([], None), lost([hold], None), strict=True) if a > 9]
        assert [b for _, b in late] == pytest.approx(
            [10 + (a**2 - 81) ** 0.5 for a, _ in late], abs=0.05
        )


class TestBuyers:
    def test_one_answer_is_for_all_touches_before_it(self):
        """Another touch does not put it off."""
        said = behaviour(
            STAY,
            touches=Touches(every="2 days", kinds={"call": 1}),
            replies=Replies(share=1, after="5 days"),
        )

        assert times(story(said, until=21), "in email") == [7, 13, 19]

    def test_each_touch_is_answered_or_not_by_chance(self):
        """Who answers one need not answer the next."""
        said = behaviour(
            STAY,
            touches=Touches(every="2 days", kinds={"call": 1}),
            replies=Replies(share=0.5, after="1 day"),
        )
        result = run(said, until=41, deals=8)

        assert set(result.columns["touches"]) == {20}
        assert 0 < min(result.columns["inbound"]) <= max(result.columns["inbound"]) < 20

    def test_each_call_comes_by_chance(self):
        """No interval is like another."""
        said = behaviour(STAY, inbound=Inbound(every=Exponential("9 days")))
        calls = [event.occurred_at for event in run(said).events(0)]

        apart = [later - one for one, later in itertools.pairwise(calls)]
        assert len(set(apart)) == len(apart) > 10

    def test_silence_while_it_is_parked(self):
        """Nobody loses a deal that nobody works on."""
        said = behaviour(
            works(5, then="later"), cooling=Cooling(half="20 days", grace="19 days", shape=50)
        )

        assert story(said) == [("later", 5)]

    def test_touches_end_a_silence(self):
        """None of them is long enough."""
        said = behaviour(
            STAY,
            touches=Touches(every="15 days", kinds={"call": 1}),
            cooling=Cooling(half="20 days", grace="19 days", shape=50),
        )

        assert times(story(said, until=100), "lost") == []

    @pytest.mark.parametrize(
        ("life", "cause"),
        [
            pytest.param(works(5), "work", id="work"),
            pytest.param(StageLife(stage="talk", lose="5 days"), "said no", id="no"),
            pytest.param(StageLife(stage="talk", no_decision="5 days"), "no decision", id="none"),
        ],
    )
    def test_why(self, life, cause):
        """A deal is lost for the reason that loses it."""
        result = run(behaviour(life), until=20)

        assert closed(result) == [5]
        assert CAUSES[result.columns["cause"][0]] == cause

    def test_why_silence(self):
        """And of silence."""
        said = behaviour(STAY, cooling=Cooling(half="20 days", grace="19 days", shape=50))

        assert CAUSES[run(said, until=30).columns["cause"][0]] == "silence"

    def test_why_it_came_back(self):
        """Nobody's work, and no rule."""
        timer = f'[[timers]]\nid = "old"\n{LATER}stages = ["talk"]\nmove_to = "lost"\n'
        said = behaviour(STAY, StageLife(stage="lost", revive="5 days"))
        result = run(said, process_with(timer), until=12)

        assert story(said, process_with(timer), until=12) == [("reopened", 10)]
        assert CAUSES[result.columns["cause"][0]] == "came back"
        assert result.columns["first_breach_at"].tolist() == [NEVER]
        assert result.columns["rule"].tolist() == [-1]

    def test_their_own_touch_brings_it_back(self):
        """Where the process says so, a parked deal comes back by it."""
        process = process_with("").replace("stages.later.revive", "inbound")
        said = behaviour(works(5, then="later"), StageLife(stage="later", revive="5 days"))

        assert story(said, process, until=12) == [("later", 5), ("in email", 10)]

    def test_calls_go_on_after_a_rest(self):
        """Counted from when the deal came back."""
        said = behaviour(
            works(15, then="later"),
            StageLife(stage="later", revive="5 days"),
            inbound=Inbound(every="10 days"),
        )

        assert times(story(said, until=45), "in email") == [10, 30]

    def test_calls_go_on_in_the_next_stage(self):
        """As they were set."""
        said = behaviour(works(15, then="offer"), inbound=Inbound(every="10 days"))

        assert times(story(said, until=45), "in email") == [10, 20, 30, 40]

    def test_nobody_answers_or_calls_where_it_is_closed(self):
        """An answer that was on its way does not come."""
        said = behaviour(
            works(12),
            touches=Touches(every="10 days", kinds={"call": 1}),
            replies=Replies(share=1, after="5 days"),
            inbound=Inbound(every="7 days"),
        )

        assert story(said) == [("in email", 7), ("call", 10), ("lost", 12)]


class TestFacts:
    def test_asked_anew_by_chance(self):
        """Who did not know it may know it the next time."""
        process = process_with("").replace("stages.talk.exit", ["fit == true"])
        said = behaviour(
            works(2, then="offer"),
            touches=Touches(every="3 days", kinds={"call": 1}),
            facts=[knows("fit", "1 day", share=0.5)],
        )

        assert run(said, process, until=90, deals=12).columns["moves"].tolist() == [1] * 12

    def test_a_date(self):
        """So many days after the day on which it is told."""
        process = process_with('[facts.day]\ntype = "date"\n')
        said = behaviour(STAY, facts=[Learning(fact="day", after="4 days", amount=Fixed(3))])
        told = run(said, process, until=10).events(0)[1]

        assert told.facts == {"day": dt.date(2026, 3, 9)}

    def test_what_is_on_the_way_or_known_is_not_asked_for(self):
        """A refusal on the second day changes nothing."""
        said = behaviour(
            works(2, then="offer"), facts=[knows("quote", "1 day"), knows("fit", "9 days")]
        )

        assert story(said, BOTH) == [("learned", 1), ("learned", 9), ("offer", 9)]

    def test_what_is_learned_anywhere(self):
        """It is asked for again like what is learned in the stage."""
        process = process_with("").replace("stages.talk.exit", ["quote == true"])
        said = behaviour(works(30, then="offer"), facts=[knows("quote", "5 days", None)])

        assert story(said, process) == [("learned", 5), ("learned", 35), ("offer", 35)]

    def test_what_is_learned_elsewhere(self):
        """Nobody asks for it here, though it is missing."""
        said = behaviour(works(2, then="offer"), facts=[knows("fit", "1 day", "offer")])

        assert story(said, BOTH) == []

    def test_who_goes_out_tells_nothing(self):
        """What the work brings to light is told for the way ahead."""
        assert story(behaviour(works(9), facts=[knows("fit")])) == [("lost", 9)]

    def test_what_work_brings_to_light_is_told_once(self):
        """A later try does not tell it again."""
        said = behaviour(works(2, then="offer"), facts=[knows("fit"), knows("quote", "9 days")])

        assert story(said, BOTH) == [("learned", 2), ("learned", 9), ("offer", 9)]

    def test_what_has_expired_is_told_again(self):
        """The quote of the second day is over on the twentieth."""
        said = behaviour(works(2, then="offer"), facts=[knows("quote"), knows("fit", "20 days")])

        assert story(said, BOTH) == [
            ("learned", 2),
            ("learned", 20),
            ("learned", 20),
            ("offer", 20),
        ]

    def test_what_was_known_before(self):
        """It is told when the work is done all the same: it may have changed."""
        said = behaviour(works(5, then="offer"), facts=[knows("fit", None, None), knows("fit")])

        assert story(said) == [("learned", 0), ("learned", 5), ("offer", 5)]

    def test_in_the_next_stage(self):
        """What belongs to a stage is learned in it, and not after it."""
        said = behaviour(
            works(5, then="offer"),
            facts=[knows("fit", "9 days"), knows("quote", "2 days", "offer")],
        )

        assert story(said, until=60) == [("offer", 5), ("learned", 7)]

    def test_while_it_is_parked_or_closed(self):
        """What is learned in any stage is learned while it is parked, and not when it is lost."""
        facts = [knows("fit", "9 days", None)]

        assert story(behaviour(works(5, then="later"), facts=facts))[1:] == [("learned", 9)]
        assert story(behaviour(works(5), facts=facts)) == [("lost", 5)]

    def test_after_it_came_back(self):
        """What it had not come to takes its time anew; what it had come to does not."""
        facts = [knows("fit", "9 days", None), knows("quote", "2 days", None)]
        said = behaviour(works(5), StageLife(stage="lost", revive="1 day"), facts=facts)

        assert times(story(said, until=30), "learned") == [2]


class TestMoves:
    def test_only_warned_of(self):
        """In mode warn the deal goes on, which is a deviation and no refusal."""
        columns = run(behaviour(works(5, then="offer")), BOTH.replace("mode", "warn")).columns

        assert columns["deviations"].tolist() == [1]
        assert columns["refusals"].tolist() == [0]
        assert columns["moves"].tolist() == [1]

    def test_refused_until_the_last_obstacle_is_gone(self):
        """Every try counts; what happens makes the deal try again."""
        said = behaviour(
            works(2, then="offer"),
            touches=Touches(every="10 days", kinds={"call": 1}),
            facts=[knows("fit"), knows("quote", "25 days")],
        )
        result = run(said, BOTH, until=30)

        assert times(tale(result), "offer") == [25]
        assert result.columns["refusals"].tolist() == [3]

    def test_in_the_role_that_may(self):
        """A move that one role may make is made in it."""
        process = process_with(
            '[roles.rep]\n[roles.boss]\n[[moves]]\nfrom = "talk"\nto = "offer"\nby = ["boss"]\n'
        )
        moved = run(behaviour(works(2, then="offer")), process, until=9).events(0)[-1]

        assert (moved.to, moved.role) == ("offer", "boss")


class TestDiaries:
    def test_a_rest_clears_it(self):
        """What was booked is cancelled when the deal comes back."""
        said = behaviour(
            works(10, then="later"),
            StageLife(stage="later", revive="10 days"),
            touches=Touches(every="30 days", kinds={"call": 1}, booked=1),
        )

        assert story(said, until=25) == [
            ("planned", 0),
            ("later", 10),
            ("cancelled", 20),
            ("reopened", 20),
        ]

    def test_who_calls_does_not_do_what_we_booked(self):
        """It stays in the diary, and is done once, as what it was booked."""
        said = behaviour(
            STAY,
            touches=Touches(every="10 days", kinds={"call": 1, "email": 1}, booked=1),
            inbound=Inbound(every="4 days", kind="message"),
        )
        events = run(said, until=95).events(0)[1:]
        planned = [each for each in events if each.status == "planned"]
        done = [each for each in events if each.status == "done" and each.direction == "out"]

        assert len({each.activity_id for each in planned}) == 10
        assert [(e.activity_id, e.kind) for e in done] == [
            (e.activity_id, e.kind) for e in planned[:-1]
        ]
        assert len({each.kind for each in done}) == 2
        assert len({each.id for each in events}) == len(events)
        assert all(each.activity_id is None for each in events if each.direction == "in")

    def test_talks(self):
        """A call that takes place is a talk; one that does not is none."""
        gap = '[[contact_gaps]]\nid = "talks"\ntouch = "two_way"\nmax = "7 days"\n'
        for answered, breaches in ((1, 0), (0, 1)):
            touches = Touches(every="5 days", kinds={"call": 1}, answered=answered)
            result = run(behaviour(STAY, touches=touches), process_with(gap), until=40)

            assert result.columns["breaches"].tolist() == [breaches]


CAPPED = """[touches.tries]
unanswered_cap = 1
[[contact_gaps]]
id = "tries"
touch = "tries"
max = "7 days"
"""


class TestAttempts:
    def test_talks_begin_a_new_run(self):
        """Of attempts that nobody answers one counts; calls that take place all do."""
        for kind, breaches in (("call", 0), ("email", 1)):
            touches = Touches(every="5 days", kinds={kind: 1})
            result = run(behaviour(STAY, touches=touches), process_with(CAPPED), until=40)

            assert result.columns["breaches"].tolist() == [breaches]

    def test_so_does_a_rest(self):
        """After it, one counts again, and the next one does not."""
        said = behaviour(
            works(20, then="later"),
            StageLife(stage="later", revive="5 days"),
            touches=Touches(every="5 days", kinds={"email": 1}),
        )

        assert run(said, process_with(CAPPED), until=44).columns["breaches"].tolist() == [2]

    def test_what_was_booked_and_is_done_is_over(self):
        """It puts off no timer any more, whenever it was done."""
        rules = (
            '[[timers]]\nid = "old"\nsince = "opened"\nafter = "20 days"\nmove_to = "later"\n'
            'postpone = {planned = "5 days"}\n'
            '[[contact_gaps]]\nid = "touch"\nmax = "10 days"\nwhen = "fit == true"\n'
        )
        said = behaviour(
            STAY,
            touches=Touches(every="30 days", kinds={"call": 1}, heeds=1, booked=0.5),
            facts=[knows("fit", "2 days")],
        )
        result = run(said, process_with(rules), until=60, deals=12)

        assert list(disagreements(result)) == []
        assert len(set(result.columns["entered_at"].tolist())) > 1


class TestStages:
    def test_work_of_the_stage_before(self):
        """Time takes the deal on before it is done: it never is."""
        said = behaviour(works(8), StageLife(stage="offer", effort="10 days", then={"won": 1}))

        assert story(said, process_with(ON)) == [("won", 15)]

    def test_effort_of_the_stage_before(self):
        """The same of an effort."""
        said = behaviour(
            StageLife(stage="talk", effort="8 days", then={"lost": 1}),
            works(10, then="won", stage="offer"),
        )

        assert story(said, process_with(ON)) == [("won", 15)]

    def test_patience_of_the_stage_before(self):
        """Who had waited for a rep waits for nobody any more."""
        life = StageLife(stage="talk", effort="1 hour", patience="8 days", then={"lost": 1})
        late = sf.Calendar("UTC", hours={}, special={"2026-03-12": ["09:00-17:00"]})
        said = behaviour(life, capacity=Capacity(reps=[Rep(id="dana", calendar=late)]))

        assert story(said, process_with(ON), until=20) == []

    def test_a_parked_deal_that_time_brings_back(self):
        """Nobody reopens it then."""
        timer = (
            '[[timers]]\nid = "rest"\nsince = "stage"\nstages = ["later"]\n'
            'after = "5 days"\nmove_to = "talk"\n'
        )
        said = behaviour(works(5, then="later"), StageLife(stage="later", revive="9 days"))

        assert story(said, process_with(timer), until=21) == [("later", 5), ("later", 15)]

    def test_a_parked_deal_that_time_loses(self):
        """It does not come back."""
        timer = (
            '[[timers]]\nid = "rest"\nsince = "stage"\nstages = ["later"]\n'
            'after = "5 days"\nmove_to = "lost"\n'
        )
        said = behaviour(works(5, then="later"), StageLife(stage="later", revive="9 days"))

        assert story(said, process_with(timer)) == [("later", 5)]

    def test_a_boss_who_was_asked_in_the_stage_before(self):
        """There is nothing to let pass any more."""
        gate = [{"id": "gate", "if": "fit == true"}]
        process = process_with(BOSS, ON).replace("stages.talk.exit", gate)
        said = behaviour(
            works(2, then="offer"),
            overrides=[Override(target="gate", lasts="9 days", after="8 days")],
        )

        assert story(said, process, until=40) == []

    def test_time_in_a_stage_that_is_visited_twice(self):
        """It adds up, and so do the visits."""
        said = behaviour(works(5, then="later"), StageLife(stage="later", revive="2 days"))
        result = run(said, until=20)  # 5 there, 2 away, 5 there, 2 away, 5 there, 1 away
        places = [result.stages.index(name) for name in ("talk", "later")]

        assert result.columns["spent"][0][places].tolist() == [15 * MICROS, 5 * MICROS]
        assert result.columns["visits"][0][places].tolist() == [3, 3]

    def test_each_visit_is_drawn_by_itself(self):
        """How long it takes, and where it leads."""
        life = StageLife(
            stage="talk", effort="1 hour", work=Exponential("5 days"), then={"later": 1, "lost": 1}
        )
        rests = [StageLife(stage=stage, revive="1 day") for stage in ("later", "lost")]
        found = story(behaviour(life, *rests), until=200)
        begins = [0, *times(found, "reopened")]
        ends = [day for what, day in found if what != "reopened"]
        lasted = [round(end - begin, 1) for begin, end in zip(begins, ends, strict=False)]

        assert {what for what, _ in found} == {"later", "lost", "reopened"}
        assert len(set(lasted)) > len(lasted) / 2 > 10


class TestSeveralDeals:
    @pytest.mark.long
    def test_nothing_is_left_of_the_one_before(self):
        """Each deal is what it is when it is drawn alone."""
        timer = (
            f'[[timers]]\nid = "old"\n{LATER}move_to = "later"\npostpone = {{planned = "1 day"}}\n'
        )
        gap = '[[contact_gaps]]\nid = "touch"\nmax = "3 days"\nwarn = "2 days"\ntouch = "two_way"\n'
        process = process_with(BOSS, timer, gap).replace("stages.talk.exit", ["fit == true"])
        said = behaviour(
            StageLife(stage="talk", work=Exponential("3 days"), then={"offer": 2, "lost": 1}),
            StageLife(stage="offer", work=Exponential("3 days"), then={"won": 1, "lost": 1}),
            StageLife(stage="later", revive=Exponential("9 days"), revived=0.7),
            StageLife(stage="lost", revive=Exponential("9 days"), revived=0.5),
            touches=Touches(every=Exponential("2 days"), booked=0.5, forgets=0.5, heeds=0.5),
            replies=Replies(share=0.5, after="1 day"),
            inbound=Inbound(every=Exponential("9 days")),
            cooling=Cooling(half="9 days"),
            facts=[knows("fit", Exponential("2 days"), share=0.5)],
            holds=[Hold(after=Exponential("9 days"), lasts=Exponential("3 days"))],
            overrides=[Override(target="old", lasts=Exponential("3 days"), share=0.5)],
        )
        result = run(said, process, until=60, deals=40)

        assert list(disagreements(result)) == []
        for number, events in enumerate(dict(result.all_events()).values()):
            assert events == result.events(number)
        counted = {name: int(result.columns[name].sum()) for name in ("holds", "overrides")}
        assert min(counted.values()) > 5


class TestOverrides:
    GATE = (("stages.talk.exit", [{"id": "gate", "if": "fit == true"}]),)

    def test_another_refusal(self):
        """The boss who was asked on the second day answers on the tenth, whoever asks again."""
        process = process_with(BOSS).replace(dict(self.GATE))
        said = behaviour(
            works(2, then="offer"),
            touches=Touches(every="3 days", kinds={"call": 1}),
            overrides=[Override(target="gate", lasts="1 day", after="8 days")],
        )
        found = story(said, process, until=20)

        assert (times(found, "overridden"), times(found, "offer")) == ([10], [10])

    def test_what_only_warns(self):
        """Of two things in the way the one that refuses is let pass."""
        gap = '[[contact_gaps]]\nid = "touch"\nmax = "2 days"\nmode = "warn"\n'
        process = process_with(BOSS, gap).replace(dict(self.GATE))
        both = [Override(target=name, lasts="9 days", after="1 day") for name in ("touch", "gate")]
        result = run(behaviour(works(5, then="offer"), overrides=both), process, until=20)

        assert tale(result) == [("overridden", 6), ("offer", 6)]
        assert result.columns["overrides"].tolist() == [1]
        assert result.columns["refusals"].tolist() == [1]

    def test_a_timer_that_does_not_apply_any_more(self):
        """Nobody lets pass what a fact has ended."""
        timer = (
            '[[timers]]\nid = "old"\nsince = "opened"\nafter = "20 days"\nmove_to = "lost"\n'
            'when = "fit != true"\n'
        )
        said = behaviour(
            STAY,
            facts=[knows("fit", "10 days")],
            overrides=[Override(target="old", lasts="9 days")],
        )

        assert story(said, process_with(BOSS, timer), until=60) == [("learned", 10)]


class TestTime:
    def test_breaches(self):
        """Each end that is passed counts; a warning is none, and a timer's end is no breach."""
        rules = (
            '[[contact_gaps]]\nid = "touch"\nmax = "10 days"\nwarn = "5 days"\n'
            '[[timers]]\nid = "slow"\nsince = "opened"\nafter = "7 days"\n'
        )
        touches = Touches(every="25 days", kinds={"call": 1})
        result = run(behaviour(STAY, touches=touches), process_with(rules), until=40)
        columns = result.columns
        first = (int(columns["first_breach_at"][0]) / 1_000_000 - START.timestamp()) / 86_400

        assert columns["passed"].tolist() == [[2, 1]]
        assert (columns["breaches"].tolist(), round(first, 2)) == ([2], 10)

    def test_what_moved_it(self):
        """Which rule, and that it was time."""
        columns = run(behaviour(STAY), process_with(ON), until=40).columns

        assert CAUSES[columns["cause"][0]] == "time"
        assert columns["rule"].tolist() == [0]

    def test_how_it_stands_at_the_end(self):
        """Not when something happened to it last."""
        gap = '[[contact_gaps]]\nid = "touch"\nmax = "10 days"\nwarn = "5 days"\n'
        touches = Touches(every="12 days", kinds={"call": 1})
        for until in (6, 11, 13, 18, 23):
            result = run(behaviour(STAY, touches=touches), process_with(gap), until=until)

            assert list(disagreements(result)) == []

    def test_a_gap_that_applies_no_more(self):
        """It was breached on the third day, and the fact that it asks for expired on the tenth."""
        gap = '[[contact_gaps]]\nid = "touch"\nmax = "3 days"\nwhen = "quote == true"\n'
        said = behaviour(STAY, facts=[knows("quote", None, None)])
        statuses = {
            until: run(said, process_with(gap), until=until).columns["status"].tolist()
            for until in (2, 5, 30)
        }

        assert statuses[2] == statuses[30] != statuses[5]

    def test_at_one_instant(self):
        """Two things that people do are a microsecond apart."""
        said = behaviour(
            STAY,
            touches=Touches(every="10 days", kinds={"call": 1}),
            inbound=Inbound(every="10 days"),
        )
        at = [event.occurred_at for event in run(said, until=11).events(0)[1:]]

        assert at == [START + 10 * DAY, START + 10 * DAY + dt.timedelta(microseconds=1)]

    def test_arrivals(self):
        """The first comes one interval after the start; who comes at the end still comes."""
        said = sf.Behaviour(arrivals=Arrivals(start=START, every="2 days"), stages=[STAY])
        result = run(said, until=6, deals=4)

        assert [days(result.events(number)[0]) for number in range(3)] == [2, 4, 6]
        assert result.columns["opened_at"].tolist()[3] == NEVER


class TestLeaving:
    def test_a_hold_of_the_stage_before(self):
        """It does not come about in the next one."""
        said = behaviour(
            works(5, then="offer"), holds=[Hold(stage="talk", after="9 days", lasts="1 day")]
        )

        assert story(said, until=30) == [("offer", 5)]

    def test_effort_of_a_stage_that_time_has_left(self):
        """The rep lets go of it, and begins the next deal."""
        said = behaviour(
            StageLife(stage="talk", effort="20 days", then={"lost": 1}), capacity=Capacity(reps=1)
        )
        worked = run(said, process_with(ON), until=60, deals=2).columns["worked"].tolist()

        # What time did at its instant is seen a microsecond after it.
        assert worked == [5 * MICROS + 1, 0]

    def test_on_hold(self):
        """Lost on hold, and back before it would have ended: everything goes on as usual."""
        said = behaviour(
            StageLife(stage="talk", lose="10 days"),
            StageLife(stage="lost", revive="5 days"),
            touches=Touches(every="4 days", kinds={"call": 1}),
            holds=[Hold(after="5 days", lasts="15 days")],
        )

        assert story(said, until=25) == [
            ("call", 4),
            ("held", 5),
            ("lost", 10),
            ("reopened", 15),
            ("call", 19),
            ("call", 23),
            ("lost", 25),
        ]

    def test_touches_that_wait_or_are_under_way(self):
        """A deal that is parked meanwhile is not touched: not at nine, when the rep comes."""
        office = sf.Calendar("UTC", hours={"mon-fri": ["09:00-17:00"]})
        for every, minutes, work in (("14 hours", "1 hour", 15), ("1 hour", "5 hours", 3)):
            said = behaviour(
                StageLife(stage="talk", work=f"{work} hours", then={"later": 1}),
                touches=Touches(every=every, kinds={"call": 1}, minutes=minutes),
                capacity=Capacity(reps=[Rep(id="dana", calendar=office)]),
            )

            assert [what for what, _ in story(said, until=9)] == ["later"]

    def test_some_come_back(self):
        """Each loss is a case."""
        said = behaviour(works(5), StageLife(stage="lost", revive="1 day", revived=0.5))
        counts = run(said, until=100, deals=30).columns["visits"][:, 0].tolist()

        assert 1 in counts
        assert 1 < max(counts) < 10

    def test_nobody_heeds_gaps_on_hold(self):
        """What is learned meanwhile changes nothing; nor is what was cancelled done later."""
        gap = '[[contact_gaps]]\nid = "touch"\nmax = "10 days"\n'
        said = behaviour(
            STAY,
            touches=Touches(every="8 days", kinds={"call": 1}, heeds=1, booked=1),
            holds=[Hold(after="5 days", lasts="20 days")],
            facts=[knows("fit", "7 days")],
        )
        events = run(said, process_with(gap), until=34).events(0)
        calls = [each for each in events if told(each) == "call"]

        assert [days(each) for each in calls] == [29.96]  # the gap has five days left
        assert calls[0].activity_id is None

    def test_a_touch_that_is_about_to_be_made(self):
        """The deal moves in the very instant: it is made a microsecond later."""
        gap = '[[contact_gaps]]\nid = "touch"\nmax = "240 hours"\n'
        said = behaviour(
            StageLife(stage="talk", work="239 hours", then={"offer": 1}), touches=Touches(heeds=1)
        )

        assert [what for what, _ in story(said, process_with(gap), until=12)] == ["offer", "call"]

"""What several habits together do to one deal, on timelines that are worked out by hand."""

import pytest
from tests.simulation.clockwork import DAY, START, behaviour, days, process_with, run, story, times

import salesflow as sf
from salesflow.simulation.parts import (
    Cooling,
    Hold,
    Inbound,
    Learning,
    StageLife,
    Touches,
)

TALK = StageLife(stage="talk", work="90 days", then={"lost": 1})
TALK_ON = StageLife(stage="talk")
WALL = Cooling(half="20 days", grace="19 days", shape=50)
"""Nobody survives a silence of 20 days, and nearly everybody does one that is shorter."""
LISTED = sf.load_process("""format = 1
[process]
id = "listed"
version = "1"
out = "listed"
[calendar]
timezone = "UTC"
[[stages]]
id = "talk"
exit = ["fit == true"]
[[stages]]
id = "offer"
[[stages]]
id = "won"
kind = "won"
[[stages]]
id = "lost"
kind = "lost"
[facts.fit]
type = "bool"
[facts.why]
type = "bool"
[[moves]]
from = "offer"
to = "lost"
exit = ["why == true"]
[[contact_gaps]]
id = "touch"
max = "10 days"
mode = "observe"
""")
"""A deal can be lost from the second stage only, and only if it is known why."""
UNGATED = LISTED.replace("moves.offer.lost.exit", [])
GAP = """[[contact_gaps]]
id = "touch"
max = "10 days"
"""
AGE = """[[timers]]
id = "age"
since = "opened"
after = "5 days"
move_to = "lost"
"""
HEEDING = Touches(heeds=1)
SOON = round(10 - 1 / 24, 2)
"""An hour before a gap of ten days ends."""


def knows(fact, after, **said):
    return Learning(fact=fact, after=after, values=[True], **said)


class TestSilence:
    def test_who_comes_back_bears_it_anew(self):
        """The interest that silence has used up is there again when the buyer comes back."""
        said = behaviour(
            StageLife(stage="talk"), StageLife(stage="lost", revive="10 days"), cooling=WALL
        )

        assert times(story(said, until=100), "lost") == pytest.approx([20, 50, 80], abs=0.3)

    def test_touches_that_end_no_silence(self):
        """Mails of ours change nothing for who waits for an answer: buyers go cold as without."""
        waits = Cooling(half="9 days", shape=2, touch="two_way")
        mails = Touches(every="2 days", kinds={"email": 1})
        found = [
            run(behaviour(StageLife(stage="talk"), cooling=waits, touches=each), deals=20)
            for each in (None, mails)
        ]

        assert len(set(found[0].columns["closed_at"])) == 20
        assert found[1].columns["closed_at"].tolist() == found[0].columns["closed_at"].tolist()
        assert found[1].columns["touches"].sum() > 40

    def test_each_time_by_chance(self):
        """How much that is, is drawn each time."""
        said = behaviour(
            StageLife(stage="talk"),
            StageLife(stage="lost", revive="10 days"),
            cooling=Cooling(half="9 days", shape=1),
        )
        came = [event.occurred_at for event in run(said, until=300).events(0)]
        lasted = [lost - back for back, lost in zip(came[::2], came[1::2], strict=False)]

        assert len(lasted) > 5
        assert len(set(lasted)) == len(lasted)

    def test_after_a_hold_that_closing_ended(self):
        """On hold for 95 days, lost on the 25th: silence counts from the day it comes back."""
        said = behaviour(
            StageLife(stage="talk", lose="25 days"),
            StageLife(stage="lost", revive="10 days"),
            holds=[Hold(after="5 days", lasts="95 days")],
            cooling=WALL,
        )

        assert times(story(said, until=60), "lost") == [25, pytest.approx(55, abs=0.3)]

    @pytest.mark.parametrize("half", ["20 days", "40 days"])
    def test_where_nothing_can_be_lost(self, half):
        """A buyer who went cold there is lost as soon as it can be, and the work is done."""
        said = behaviour(
            StageLife(stage="talk", work="25 days", then={"offer": 1}),
            StageLife(stage="offer"),
            cooling=Cooling(half=half, grace="19 days", shape=50),
            facts=[knows("fit", "50 days")],
        )

        assert story(said, UNGATED) == [("learned", 50), ("offer", 50), ("lost", 50)]

    def test_a_buyer_who_is_gone_stays_so(self):
        """Though nobody can say yet why, work that is done meanwhile leads nowhere."""
        said = behaviour(
            StageLife(stage="talk", work="1 day", then={"offer": 1}),
            StageLife(stage="offer", lose="5 days", work="10 days", then={"won": 1}),
            facts=[knows("fit", "1 hour"), knows("why", "20 days")],
        )

        assert story(said, LISTED)[1:] == [("offer", 1), ("learned", 20), ("lost", 20)]


class TestHeeding:
    def test_a_gap_that_a_fact_begins(self):
        """What is learned on the fifth day makes a rule apply, and it is heeded."""
        process = UNGATED.replace("contact_gaps.touch.when", "why == true")
        said = behaviour(TALK_ON, touches=HEEDING, facts=[knows("why", "5 days")])

        found = story(said, process, until=11)
        assert found == [("learned", 5), ("call", SOON)]

    def test_a_gap_that_a_fact_ends(self):
        """Where the rule applies no more, nobody touches because of it."""
        process = UNGATED.replace("contact_gaps.touch.when", "why != true")
        said = behaviour(TALK_ON, touches=HEEDING, facts=[knows("why", "5 days")])

        assert story(said, process, until=30) == [("learned", 5)]

    def test_a_gap_that_the_buyer_winds(self):
        """As long as the buyer calls, the rules want nothing of us."""
        said = behaviour(TALK_ON, touches=HEEDING, inbound=Inbound(every="7 days"))

        assert times(story(said, UNGATED, until=40), "call") == []

    def test_the_own_rhythm_stays(self):
        """A gap that is wound does not put off what the rep would do by themselves."""
        touches = Touches(every="8 days", kinds={"call": 1}, heeds=1)
        said = behaviour(TALK_ON, touches=touches, inbound=Inbound(every="3 days"))

        assert times(story(said, UNGATED, until=30), "call") == [8, 16, 24]

    def test_what_is_booked_stays(self):
        """The diary says when, whatever the buyer does meanwhile."""
        touches = Touches(kinds={"call": 1}, heeds=1, booked=1)
        said = behaviour(TALK_ON, touches=touches, inbound=Inbound(every="6 days"))
        found = story(said, UNGATED, until=25)

        assert times(found, "planned") == [0, SOON, round(2 * (10 - 1 / 24), 2)]
        assert times(found, "call") == times(found, "planned")[1:]

    def test_a_gap_that_is_shorter_than_one_looks_ahead(self):
        """Its end is in time."""
        process = UNGATED.replace("contact_gaps.touch.max", "30 minutes")
        said = behaviour(TALK_ON, touches=HEEDING)
        result = sf.simulate(process, 1, behaviour=said, until=START + DAY / 10, fast=False)

        assert [days(event) * 24 for event in result.events(0)[1:]] == pytest.approx(
            [0.5, 1, 1.5, 2], abs=0.15
        )
        assert result.columns["breaches"].tolist() == [0]

    def test_nobody_touches_while_it_is_parked(self):
        """Whatever is learned meanwhile."""
        process = process_with(GAP)
        said = behaviour(
            StageLife(stage="talk", work="5 days", then={"later": 1}),
            touches=Touches(every="9 days", kinds={"call": 1}, heeds=1),
            facts=[knows("fit", "6 days")],
        )

        assert story(said, process, until=60) == [("later", 5), ("learned", 6)]

    def test_a_gap_of_the_next_stage(self):
        """It is heeded from when the deal comes there."""
        process = process_with(GAP + 'stages = ["offer"]\n')
        said = behaviour(StageLife(stage="talk", work="5 days", then={"offer": 1}), touches=HEEDING)

        assert story(said, process, until=11) == [("offer", 5), ("call", SOON)]

    def test_timers_are_not_heeded(self):
        """Only gaps between touches are."""
        process = process_with(AGE)
        said = behaviour(TALK, touches=HEEDING)

        assert story(said, process, until=60) == []

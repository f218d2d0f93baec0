"""Holds, overrides and reopened deals: what people agree on that the rules alone would not do."""

import datetime as dt

import attrs
import numpy as np
import pytest
from tests.simulation.known import mean, process, share

import salesflow as sf
from salesflow.calendars.arithmetic import DAY
from salesflow.errors import BehaviourError
from salesflow.events import Activity, Held, Moved, Overridden, Reopened, Resumed
from salesflow.process import ContactGap, Fact, Holds, Role, Timer
from salesflow.simulation.distributions import Exponential
from salesflow.simulation.parts import (
    Arrivals,
    Capacity,
    Cooling,
    Hold,
    Inbound,
    Learning,
    Override,
    StageLife,
    Touches,
)
from salesflow.simulation.result import CAUSES

START = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
ROLES = [Role(id="rep"), Role(id="boss", may_override=["*"])]
DESK = attrs.evolve(process("talk", "close"), roles=ROLES)
TALK = StageLife(stage="talk", work="10 days", then={"close": 1})
CLOSE = StageLife(stage="close", work="10 days", then={"won": 1})


def run(deals=1, *, desk=DESK, stages=(TALK, CLOSE), until="90 days", **behaviour):
    said = sf.Behaviour(arrivals=Arrivals(start=START), stages=stages, **behaviour)
    return sf.simulate(desk, deals, behaviour=said, fast=False, horizon=until)


def days(result, kind, number=0, **wanted):
    """When events of a kind were, in days after the opening."""
    return [
        (event.occurred_at - START) / dt.timedelta(days=1)
        for event in result.events(number)
        if isinstance(event, kind)
        and all(getattr(event, name) == value for name, value in wanted.items())
    ]


class TestHolds:
    def test_work_goes_on_where_it_was(self):
        """Ten days of work with four days of hold in them are done after fourteen."""
        result = run(holds=[Hold(stage="talk", after="3 days", lasts="4 days")])

        assert days(result, Held) == [3]
        assert days(result, Resumed) == []  # it ends as planned
        assert days(result, Moved, to="close") == [14]
        assert result.columns["holds"].tolist() == [1]

    def test_before_its_time(self):
        """What is over sooner than planned is said to be over."""
        hold = Hold(after="3 days", lasts="2 days", planned="9 days", reason="legal")
        result = run(holds=[hold])
        held = next(event for event in result.events(0) if isinstance(event, Held))

        assert (held.until, held.reason) == (START + dt.timedelta(days=12), "legal")
        assert days(result, Resumed) == [5]
        assert days(result, Moved, to="close") == [12]

    def test_not_beyond_the_plan(self):
        """A hold ends when it was planned to."""
        hold = Hold(after="3 days", lasts="9 days", planned="2 days")
        result = run(holds=[hold], touches=Touches(every="4 days"), until="10 days")

        assert days(result, Resumed) == []
        assert days(run(holds=[hold]), Moved, to="close") == [12]
        assert days(result, Activity) == [9]  # four days after it has ended

    def test_rules_do_not_count_and_nobody_touches(self):
        """No gap is breached on hold; afterwards touches begin anew."""
        desk = attrs.evolve(DESK, contact_gaps=[ContactGap(id="touch", max="3 days")])
        result = run(
            desk=desk,
            touches=Touches(every="2 days", booked=1),
            holds=[Hold(stage="talk", after="5 days", lasts="20 days")],
            until="28 days",
        )
        done = days(result, Activity, status=sf.events.Status.DONE)

        assert done == [2, 4, 27]
        # The one of the sixth day, which was in the diary, is taken out of it.
        assert len(days(result, Activity, status=sf.events.Status.CANCELLED)) == 1
        assert result.columns["breaches"].tolist() == [0]

    def test_silence_is_agreed(self):
        """Buyers do not cool on hold, and what they bore before is not forgotten."""
        cooling = Cooling(half="6 days", shape=1)
        one, other = (
            run(
                400,
                cooling=cooling,
                holds=holds,
                stages=[StageLife(stage="talk")],
                until="300 days",
            )
            for holds in ([], [Hold(after="2 days", lasts="30 days")])
        )
        lived = [
            (each.columns["closed_at"] - each.columns["opened_at"]) / DAY for each in (one, other)
        ]
        late = lived[0] > 2

        assert lived[1][~late] == pytest.approx(lived[0][~late])
        assert lived[1][late] == pytest.approx(lived[0][late] + 30)

    def test_the_buyer_goes_on(self):
        """Buyers call on hold; where their call ends it, it is over."""
        said = {
            "inbound": Inbound(every="6 days"),
            "holds": [Hold(stage="talk", after="3 days", lasts="20 days")],
        }
        ends = attrs.evolve(DESK, holds=Holds(end_on_inbound=True))

        assert days(run(**said), Moved, to="close") == [30]
        assert days(run(desk=ends, **said), Moved, to="close") == [13]

    def test_in_each_visit_and_in_a_share(self):
        """Every visit to a stage is a case; so many of them come about."""
        back = StageLife(stage="close", work="1 day", then={"talk": 1})
        often = run(stages=[TALK, back], holds=[Hold(stage="talk", after="1 day", lasts="1 day")])
        some = run(
            2_000,
            stages=[TALK],
            holds=[Hold(after="1 day", lasts="1 day", share=0.3)],
            until="3 days",
        )

        assert days(often, Held) == [1, 13, 25, 37, 49, 61, 73, 85]
        assert share("held", 0.3, some.columns["holds"] == 1).holds

    def test_across_stages(self):
        """A deal that moves while it is on hold stays on hold."""
        quick = Learning(fact="budget", values=[True], after="4 days")
        stages = [attrs.evolve(TALK, work="2 days"), CLOSE]
        gate = attrs.evolve(
            DESK,
            facts=[Fact(id="budget", type="bool")],
            stages=[sf.Stage(id="talk", exit=["budget"]), *DESK.stages[1:]],
        )
        result = run(
            desk=gate,
            stages=stages,
            facts=[quick],
            holds=[Hold(stage="talk", after="3 days", lasts="20 days")],
        )

        assert days(result, Moved, to="close") == [pytest.approx(4, abs=1e-6)]
        assert days(result, Moved, to="won") == [33]  # ten days after the hold has ended

        asking = [stages[0], StageLife(stage="close", effort="5 days", then={"won": 1})]
        asked = run(
            desk=gate,
            stages=asking,
            facts=[quick],
            holds=[Hold(stage="talk", after="3 days", lasts="20 days")],
            capacity=Capacity(reps=1),
        )
        assert days(asked, Moved, to="won") == [28]  # nobody is asked for before it has

    def test_not_while_it_is_on_hold(self):
        """There is one hold at a time."""
        holds = [Hold(after="2 days", lasts="5 days"), Hold(after="4 days", lasts="9 days")]

        assert days(run(holds=holds), Held) == [2]

    def test_no_time_at_all(self):
        """What ends when it begins is no hold."""
        assert days(run(holds=[Hold(after="1 day", lasts=0)]), Held) == []

    @pytest.mark.parametrize(
        ("limits", "held"),
        [
            pytest.param(Holds(longest="3 days"), [], id="too-long"),
            pytest.param(Holds(per_deal=1), [1], id="too-many"),
            pytest.param(Holds(reasons=["legal"]), [1, 12], id="reason"),
        ],
    )
    def test_what_the_process_forbids(self, limits, held):
        """Such a hold does not come about, and is counted as refused."""
        back = StageLife(stage="close", work="30 days", then={"won": 1})
        holds = [Hold(stage=name, after="1 day", lasts="4 days") for name in ("talk", "close")]
        desk = attrs.evolve(DESK, holds=limits)
        result = run(desk=desk, stages=[attrs.evolve(TALK, work="7 days"), back], holds=holds)

        assert days(result, Held) == held
        assert result.columns["refusals"].tolist() == [2 - len(held)]

    def test_only_warned_of(self):
        """In mode warn it comes about, and is a deviation."""
        desk = attrs.evolve(DESK, holds=Holds(longest="3 days"), mode="warn")
        result = run(desk=desk, holds=[Hold(after="1 day", lasts="4 days")])

        assert days(result, Held) == [1]
        assert result.columns["deviations"].tolist() == [1]

    def test_reps_wait(self):
        """Nothing is asked of a rep on hold; what was begun is done to the end."""
        stages = [StageLife(stage="talk", effort="5 days", patience="7 days", then={"won": 1})]
        stages[0] = attrs.evolve(stages[0], then={"close": 1})
        result = run(
            2,
            stages=stages,
            holds=[Hold(stage="talk", after="2 days", lasts="10 days")],
            capacity=Capacity(reps=1),
        )

        assert days(result, Moved, 0) == [12.0]  # done on the fifth day, worked in on the hold
        assert days(result, Moved, 1) == [17.0]  # queued again on the twelfth, with new patience
        assert result.columns["waited"][1] == 2 * DAY

    def test_parked_and_closed(self):
        """Who leaves the open stages is on hold no more; so it is with those who are parked."""
        desk = attrs.evolve(DESK, stages=[*DESK.stages, sf.Stage(id="later", kind="parked")])
        out = attrs.evolve(TALK, then={"later": 1}, lose="4 days")
        for stages, closed in (([out], "lost"), ([attrs.evolve(out, lose=None)], "later")):
            result = run(
                desk=desk,
                stages=stages,
                holds=[
                    Hold(stage="talk", after="3 days", lasts="20 days"),
                    Hold(after="35 days", lasts="9 days"),
                ],
                until="60 days",
            )

            assert result.deal(0).state(result.until).stage == closed
            assert days(result, Held) == [3]


class TestOverrides:
    GAP = attrs.evolve(DESK, contact_gaps=[ContactGap(id="touch", max="3 days")])

    def test_a_gap(self):
        """A move that a breached gap refuses is let pass, some time after it was refused."""
        said = Override(target="touch", lasts="5 days", after="2 days")
        result = run(desk=self.GAP, overrides=[said])
        event = next(event for event in result.events(0) if isinstance(event, Overridden))

        assert days(result, Overridden)[0] == 12
        assert (event.target, event.role, event.reason) == ("touch", "boss", "agreed")
        assert event.until == START + dt.timedelta(days=17)
        assert days(result, Moved, to="close") == [pytest.approx(12, abs=1e-6)]
        assert result.columns["overrides"].tolist()[0] == 2  # the second for the next stage
        assert not run(desk=self.GAP).columns["moves"].any()

    def test_in_a_share_of_the_visits(self):
        """So many are let pass; the others wait in vain, however often they ask."""
        said = Override(target="touch", lasts="5 days", share=0.4)
        result = run(1_500, desk=self.GAP, overrides=[said], stages=[TALK], until="30 days")

        assert share("let pass", 0.4, result.columns["moves"] == 1).holds

    def test_each_visit_is_a_case(self):
        """What is let pass in one stage need not be in the next."""
        said = Override(target="touch", lasts="5 days", share=0.5)
        result = run(1_000, desk=self.GAP, overrides=[said], until="40 days")

        assert share("both", 0.25, result.columns["moves"] == 2).holds

    def test_for_no_time(self):
        """What is let pass for no time at all is not let pass, and nobody asks for ever."""
        result = run(desk=self.GAP, overrides=[Override(target="touch", lasts=0)])

        assert result.columns["overrides"].tolist() == [0]
        assert result.columns["moves"].tolist() == [0]

    def test_only_what_stands_in_the_way(self):
        """Nobody lets pass what refuses nothing."""
        desk = attrs.evolve(
            self.GAP,
            facts=[Fact(id="budget", type="bool")],
            stages=[sf.Stage(id="talk", exit=["budget"]), *DESK.stages[1:]],
        )
        result = run(
            desk=desk,
            facts=[Learning(fact="budget", values=[True])],
            overrides=[Override(target="budget", lasts="1 day")],
        )

        assert result.columns["refusals"].tolist()[0] > 0
        assert result.columns["overrides"].tolist() == [0]

    def test_a_criterion(self):
        """What is not known is taken as met."""
        desk = attrs.evolve(
            DESK,
            facts=[Fact(id="budget", type="bool")],
            stages=[sf.Stage(id="talk", exit=["budget"]), *DESK.stages[1:]],
        )
        said = Override(target="budget", lasts="1 day", role="boss")
        result = run(desk=desk, overrides=[said])

        assert days(result, Overridden) == [pytest.approx(10, abs=1e-6)]
        assert days(result, Moved)[0] == pytest.approx(10, abs=1e-6)

    def test_a_timer(self):
        """It ends so much later: seen a day before, decided once for each end."""
        timer = Timer(id="slow", since="stage", after="8 days", move_to="lost")
        desk = attrs.evolve(DESK, timers=[timer])
        said = Override(target="slow", lasts="5 days")

        assert days(run(desk=desk, overrides=[said]), Overridden) == [7, 17]
        assert run(desk=desk, overrides=[said]).columns["kind"].tolist() == [1]
        assert run(desk=desk).columns["kind"].tolist() == [2]

    def test_a_timer_again_and_again(self):
        """Each end is a case of its own: with a chance of p it is put off p / (1 - p) times."""
        timer = Timer(id="slow", since="stage", after="8 days", move_to="lost")
        desk = attrs.evolve(DESK, timers=[timer])
        said = Override(target="slow", lasts="5 days", share=0.6)
        result = run(1_500, desk=desk, overrides=[said], stages=[], until="900 days")
        lived = (result.columns["closed_at"] - result.columns["opened_at"]) / DAY

        assert mean("put off", 1.5, result.columns["overrides"]).holds
        assert np.array_equal(lived, 8 + 5.0 * result.columns["overrides"])

    def test_a_timer_that_is_put_off_by_a_touch(self):
        """A touch makes a new end; the old one is nobody's case any more."""
        timer = Timer(id="cold", since="touch", after="3 days", move_to="lost")
        desk = attrs.evolve(DESK, timers=[timer])
        said = Override(target="cold", lasts="5 days", ahead="12 hours")
        result = run(
            desk=desk, overrides=[said], stages=[], touches=Touches(every="2 days"), until="30 days"
        )

        assert result.columns["overrides"].tolist() == [0]
        assert result.columns["kind"].tolist() == [0]

    def test_seen_late(self):
        """Who sees a timer from further off than it lasts decides at once."""
        timer = Timer(id="slow", since="stage", after="2 days", move_to="lost")
        desk = attrs.evolve(DESK, timers=[timer])
        said = Override(target="slow", lasts="20 days", ahead="5 days")

        assert days(run(desk=desk, overrides=[said]), Overridden)[0] == pytest.approx(0, abs=1e-6)


class TestReopened:
    LOSING = (attrs.evolve(TALK, then={"lost": 1}), CLOSE)

    def test_a_lost_deal_comes_back(self):
        """It is open again in its latest open stage, and goes on from there."""
        lost = StageLife(stage="lost", revive="20 days")
        result = run(stages=[*self.LOSING, lost], until="65 days")

        assert days(result, Moved) == [10, 40]
        assert days(result, Reopened) == [30, 60]
        assert result.columns["visits"].tolist() == [[3, 0, 0, 2]]
        assert [CAUSES[cause] for cause in result.columns["cause"].tolist()] == ["came back"]

    def test_in_a_share_of_the_cases(self):
        """So many come back; the others are lost for good."""
        lost = StageLife(stage="lost", revive="20 days", revived=0.3)
        result = run(1_500, stages=[*self.LOSING, lost], until="20 days")
        later = run(1_500, stages=[*self.LOSING, lost], until="35 days")

        assert (result.columns["kind"] == 2).all()
        assert share("came back", 0.3, later.columns["kind"] == 0).holds

    def test_facts_go_on(self):
        """What a deal had not come to when it was lost is learned once it is back."""
        stages = [
            StageLife(stage="talk", lose=Exponential("20 days")),
            StageLife(stage="lost", revive="1 day"),
        ]
        fact = Learning(fact="value", amount=Exponential(100), after="15 days")
        result = run(60, stages=stages, facts=[fact], until="70 days")
        columns = result.columns
        is_back = columns["visits"][:, 0] > 1
        long_open = columns["entered_at"].max() + DAY - columns["entered_at"] > 16 * DAY
        known = ~np.isnan(columns["value"])

        assert known[is_back & long_open & (columns["kind"] == 0)].all()
        assert 0 < known[is_back].sum() < is_back.sum()

    def test_with_reps(self):
        """Where deals wait for reps, one that comes back waits again."""
        stages = [
            StageLife(stage="talk", effort="5 days", then={"lost": 1}),
            StageLife(stage="lost", revive="1 day"),
        ]
        result = run(2, stages=stages, capacity=Capacity(reps=1, open_limit=1), until="20 days")

        assert days(result, Reopened, 0) == [6, 16]
        assert result.columns["queued"].tolist() == [0, 5 * DAY]
        assert result.columns["waited"].tolist() == [8 * DAY, 4 * DAY]


def a_hold(**said):
    return Hold(after="1 day", lasts="1 day", **said)


def passing(**said):
    return Override(target="touch", lasts="1 day", **said)


class TestSaid:
    ALL = sf.Behaviour(
        stages=[StageLife(stage="lost", revive="9 days", revived=0.2)],
        holds=[
            Hold(after="3 days", lasts=Exponential("9 days"), share=0.5),
            Hold(stage="talk", after="1 day", lasts="2 days", planned="3 days", reason="legal"),
        ],
        overrides=[
            Override(target="touch", lasts="3 days", share=0.3, after="1 hour", role="boss"),
            Override(target="touch", lasts="9 days", ahead="2 hours", reason="big"),
        ],
    )

    def test_file(self):
        """A file says it all, and is read back."""
        assert sf.Behaviour.load(self.ALL.dump(), TestOverrides.GAP) == self.ALL

    def test_words(self):
        """What is assumed, line by line."""
        text = str(self.ALL)

        assert "holds           50 % from the opening on after 3 days: 9 days on average" in text
        assert "100 % in talk after 1 day: 2 days, planned for 3 days (legal)" in text
        assert "touch is let pass 30 % of the time after 1 hour by boss: 3 days" in text
        assert "20 % come back, after 9 days" in text

    def test_figures(self):
        """Holds and overrides are told where there are any."""
        result = run(
            desk=TestOverrides.GAP,
            holds=[Hold(after="3 days", lasts="1 day")],
            overrides=[Override(target="touch", lasts="3 days")],
        )

        assert result.summary().per_deal("holds").value == 1
        assert "holds for each deal" in str(result.summary())
        assert "overrides for each deal" in str(result.summary())
        assert "holds for each deal" not in str(run().summary())

    @pytest.mark.parametrize(
        ("said", "match"),
        [
            pytest.param({"holds": [a_hold(stage="tal")]}, "did you mean 'talk'", id="stage"),
            pytest.param({"holds": [a_hold(stage="won")]}, "in open stages", id="closed"),
            pytest.param({"holds": [a_hold(reason="lega")]}, "did you mean 'legal'", id="reason"),
            pytest.param(
                {"overrides": [Override(target="touc", lasts="1 day")]},
                "did you mean 'touch'",
                id="target",
            ),
            pytest.param({"overrides": [passing(role="bos")]}, "did you mean 'boss'", id="role"),
            pytest.param(
                {"overrides": [passing(role="rep")]},
                "may not override 'touch'; these may: boss",
                id="right",
            ),
            pytest.param(
                {"stages": [StageLife(stage="won", revive="1 day")]},
                "parked and lost ones",
                id="won",
            ),
        ],
    )
    def test_does_not_fit(self, said, match):
        """What the process does not have, or does not allow, is named."""
        desk = attrs.evolve(TestOverrides.GAP, holds=Holds(reasons=["legal"]))
        with pytest.raises(BehaviourError, match=match):
            sf.Behaviour(**said).check(desk)

    def test_a_number_is_no_time(self):
        """A plain number would be microseconds, which nobody means; 0 is no time in any unit."""
        said = sf.Behaviour(
            arrivals=Arrivals(every=Exponential(2)),
            stages=[StageLife(stage="talk", work=3, lose="9 days")],
            touches=Touches(every=5),
            holds=[Hold(after=0, lasts=7)],
            overrides=[passing(after=4)],
            capacity=Capacity(reps=1, patience=0),
        )
        with pytest.raises(BehaviourError) as caught:
            said.check(TestOverrides.GAP)

        assert [problem.path for problem in caught.value.problems] == [
            "arrivals.every",
            "touches.every",
            "holds[0].lasts",
            "overrides[0].after",
            "stages.talk.work",
        ]
        assert 'give a span such as "3 days"' in str(caught.value)

    def test_nobody_may(self):
        """Where no role has the right, that is said."""
        desk = attrs.evolve(TestOverrides.GAP, roles=[Role(id="rep")])
        with pytest.raises(BehaviourError, match="no role of the process may override 'touch'"):
            sf.Behaviour(overrides=[Override(target="touch", lasts="1 day")]).check(desk)

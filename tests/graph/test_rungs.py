"""Checks on rules: which rung acts before which, and which never acts."""

from __future__ import annotations

import attrs
import pytest
from tests.graph.builders import COLD, gap, process, timer
from tests.graph.builders import codes as codes_of

from salesflow.calendars import Calendar
from salesflow.graph import check_process
from salesflow.process import (
    Escalation,
    Fact,
    NamedCalendar,
    Postponement,
    Role,
    TouchClass,
)

FACTS = (Fact(id="real", type="bool"), Fact(id="day", type="date"), Fact(id="size", type="int"))
BOSS = Role(id="boss")


def codes(code, **changes):
    """Where *code* is found in the small process, once it is changed so."""
    changes = {"facts": FACTS, "roles": [BOSS]} | changes
    return [path for _, path in codes_of(process(**changes), code)]


def told(code, **changes):
    """What the one finding of a code says."""
    found = check_process(process(**({"facts": FACTS, "roles": [BOSS]} | changes)))
    [one] = [each.message for each in found if each.code == code]
    return one


class TestBehindAnEnd:
    """SF301: a timer takes the deal away first."""

    def test_gap_longer_than_the_silence_that_ends_the_deal(self):
        """A gap of 31 days is breached only where the timer of 30 days is put off."""
        gaps = [gap(max="31 days")]

        assert codes("SF301", contact_gaps=gaps) == ["contact_gaps[0].max"]
        assert told("SF301", contact_gaps=gaps) == (
            "gap 'g' is breached only where timer 'cold' is overridden: that timer moves the deal"
            " to 'lost' after 30 days on the same clock, before 31 days"
        )

    @pytest.mark.parametrize(
        ("of_gap", "of_timer", "path"),
        [
            pytest.param({"max": "5 weeks"}, {}, "max", id="other-unit-of-one-measure"),
            pytest.param({}, {"since": "touch:any"}, "max", id="one-clock-two-names"),
            pytest.param({"when": "real"}, {"when": "real"}, "max", id="one-condition"),
            pytest.param({"when": "real"}, {}, "max", id="the-timer-always-applies"),
            pytest.param({"max": "40 days", "warn": "35 days"}, {}, "warn", id="the-warning-too"),
            pytest.param(
                {"max": "5 days", "escalate": [Escalation(after="31 days", to="boss")]},
                {},
                "escalate[0].after",
                id="only-the-escalation",
            ),
            pytest.param({}, {"move_to": "nap"}, "max", id="parked"),
        ],
    )
    def test_behind(self, of_gap, of_timer, path):
        """The first rung that comes too late is the one that is told."""
        found = codes(
            "SF301",
            contact_gaps=[gap(**({"max": "31 days"} | of_gap))],
            timers=[attrs.evolve(COLD, **of_timer)],
        )

        assert found == [f"contact_gaps[0].{path}"]

    @pytest.mark.parametrize(
        ("of_gap", "of_timer"),
        [
            pytest.param({"max": "30 days"}, {}, id="equal: the gap acts first"),
            pytest.param({"max": "90 business days"}, {}, id="not-comparable"),
            pytest.param({"max": "9999 hours"}, {}, id="days-are-not-hours"),
            pytest.param({"touch": "two_way"}, {}, id="other-touches"),
            pytest.param({}, {"since": "opened"}, id="other-clock"),
            pytest.param({}, {"stages": ["talk", "show"]}, id="not-in-every-stage"),
            pytest.param({"stages": ["talk", "lost"]}, {}, id="goes-on-in-the-lost-stage"),
            pytest.param({}, {"mode": "warn"}, id="does-not-act"),
            pytest.param({}, {"when": "real"}, id="may-be-off"),
            pytest.param({}, {"when": "real", "move_to": None}, id="moves-nothing"),
            pytest.param({}, {"until": "fact:real"}, id="may-be-stopped"),
            pytest.param({}, {"postpone": Postponement(planned="9 days")}, id="may-be-put-off"),
            pytest.param({}, {"move_to": "sign"}, id="the-silence-goes-on-in-an-open-stage"),
        ],
    )
    def test_where_it_is_not_sure(self, of_gap, of_timer):
        """Nothing is said where the gap may be breached before the timer acts."""
        found = codes(
            "SF301",
            contact_gaps=[gap(**({"max": "31 days"} | of_gap))],
            timers=[attrs.evolve(COLD, **of_timer)],
        )

        assert found == []

    @pytest.mark.parametrize("stages", [["talk"], ["show"]])
    def test_not_in_every_stage(self, stages):
        """A gap that also watches another stage may be breached there."""
        gaps = [gap(max="31 days", stages=["talk", "show"])]

        assert codes("SF301", contact_gaps=gaps, timers=[attrs.evolve(COLD, stages=stages)]) == []

    def test_one_day_may_be_missing(self):
        """Where a zone once left out a day, a day more may end at the same instant."""
        apia = [NamedCalendar(id="apia", calendar=Calendar("Pacific/Apia"))]

        assert codes("SF301", contact_gaps=[gap(max="31 days")], calendars=apia) == []
        assert codes("SF301", contact_gaps=[gap(max="32 days")], calendars=apia) != []

    @pytest.mark.parametrize(
        ("at_most", "longest", "found"),
        [
            ("9 days", "39 days", False),
            ("9 days", "40 days", True),
            ("5 business days", "90 days", False),
        ],
    )
    def test_put_off_so_far_and_no_further(self, at_most, longest, found):
        """With a limit to postponing, what is longer than both together is behind."""
        late = attrs.evolve(COLD, postpone=Postponement(planned="2 days", at_most=at_most))
        gaps = [gap(max=longest)]

        assert bool(codes("SF301", contact_gaps=gaps, timers=[late])) is found
        if found:
            said = "30 days on the same clock, put off by 9 days at most, before 40 days"
            assert said in told("SF301", contact_gaps=gaps, timers=[late])

    def test_another_timer(self):
        """A timer on the same silence that waits longer is behind, too."""
        later = timer(since="touch", after="40 days", move_to="nap")

        assert codes("SF301", timers=[COLD, later]) == ["timers[1].after"]

    def test_both_are_stopped_together(self):
        """One stop for both changes nothing."""
        stopped = [
            attrs.evolve(COLD, until="fact:real"),
            timer(since="touch", after="40 days", until="fact:real"),
        ]

        assert codes("SF301", timers=stopped) == ["timers[1].after"]

    def test_its_own_escalation(self):
        """An escalation after the move finds the deal gone."""
        own = attrs.evolve(COLD, escalate=[Escalation(after="40 days", to="boss")])

        assert codes("SF301", timers=[own]) == ["timers[0].escalate[0].after"]
        assert told("SF301", timers=[own]) == (
            "'cold' escalates to 'boss' only where its end is overridden or put off: it moves the"
            " deal to 'lost' after 30 days on the same clock, before 40 days"
        )

    def test_its_own_escalation_in_the_stage_that_it_moves_to(self):
        """A timer that watches the stage that it moves to may still escalate there."""
        own = attrs.evolve(
            COLD, stages=["talk", "lost"], escalate=[Escalation(after="40 days", to="boss")]
        )

        assert codes("SF301", timers=[own]) == []

    @pytest.mark.parametrize("since", ["opened", "fact:real", "activity:call", "stage_total"])
    def test_clocks_that_go_on_after_reopening(self, since):
        """A reopened deal is not moved a second time, and its clock goes on to what is behind."""
        two = [
            timer(id="one", since=since, after="20 days"),
            timer(id="two", since=since, after="30 days"),
        ]

        assert codes("SF301", timers=two) == []

    def test_stage_clocks(self):
        """A stage is left for good by a timer on its age, wherever it leads."""
        two = [
            timer(id="one", after="20 days", stages=["talk", "show"], move_to="sign"),
            timer(id="two", after="30 days", stages=["show"]),
        ]

        assert codes("SF301", timers=[COLD, *two]) == ["timers[2].after"]


class TestLongerThanTheStage:
    """SF302: a gap and the age of a stage."""

    def test_shorter(self):
        """A stage of 2 days is over before a gap of 5 days that starts in it."""
        limit = timer(after="2 days", stages=["show"])

        assert codes("SF302", timers=[limit, COLD]) == ["contact_gaps[0].max"]
        assert told("SF302", timers=[limit, COLD]) == (
            "gap 'touch' is longer than stage 'show' may last: 5 days, and timer 't' ends after 2"
            " days; there it sees only deals that were silent before they came in, or that stay too"
            " long"
        )

    def test_a_limit_that_moves_nothing(self):
        """A limit need not end the stage to be one."""
        assert codes("SF302", timers=[timer(after="2 days", move_to=None), COLD]) != []

    @pytest.mark.parametrize(
        ("gaps", "changes"),
        [
            pytest.param({}, {"after": "5 days"}, id="equal"),
            pytest.param({}, {"after": "2 business days"}, id="not-comparable"),
            pytest.param({}, {"since": "opened"}, id="other-clock"),
            pytest.param({}, {"when": "real"}, id="may-be-off"),
            pytest.param({}, {"until": "fact:real"}, id="may-be-stopped"),
            pytest.param({}, {"postpone": Postponement(planned="9 days")}, id="may-be-put-off"),
            pytest.param({"stages": ["talk"]}, {}, id="other-stage"),
        ],
    )
    def test_not_shorter(self, gaps, changes):
        """Nothing is said where the gap may be breached within the stage."""
        short = timer(**({"after": "2 days", "stages": ["show"]} | changes))

        assert codes("SF302", contact_gaps=[gap(**gaps)], timers=[short, COLD]) == []


class TestNeverActs:
    """SF306: no history makes it act."""

    def test_condition(self):
        """A rule whose condition can never be true does nothing."""
        found = codes(
            "SF306",
            contact_gaps=[gap(when="real and not real"), gap(id="h", when="real")],
            timers=[COLD, timer(when="size > 3 and size < 4")],
        )

        assert found == ["contact_gaps[0].when", "timers[1].when"]

    def test_condition_and_clock(self):
        """While the clock of a flag runs, the flag is true."""
        timers = [COLD, timer(since="fact:real", when="not real")]

        assert codes("SF306", timers=timers) == ["timers[1].when"]
        assert told("SF306", timers=timers) == (
            "timer 't' never acts: its condition can never be true while 'real', which starts its"
            " clock, is true"
        )

    def test_condition_and_another_clock(self):
        """A fact of another type may have any value while its clock runs."""
        assert codes("SF306", timers=[COLD, timer(since="fact:size", when="size < 0")]) == []

    @pytest.mark.parametrize(
        "stages",
        [["lost"], ["done", "lost"], ["lost", "nap"]],
        ids=["lost", "closed", "closed-and-its-own"],
    )
    def test_nowhere_to_move_from(self, stages):
        """Closed deals are not moved, and nobody is moved to where it is."""
        timers = [COLD, timer(stages=stages, move_to="nap")]

        assert codes("SF306", timers=timers) == ["timers[1].move_to"]

    def test_date_that_is_known(self):
        """A date stops its own clock by being known."""
        timers = [COLD, timer(since="date:day", until="fact:day", after=None)]

        assert codes("SF306", timers=timers) == ["timers[1].until"]

    def test_somewhere_to_move_from(self):
        """One stage is enough."""
        assert codes("SF306", timers=[COLD, timer(stages=["lost", "show"], move_to="nap")]) == []


class TestStopThatStarts:
    """SF307: what stops a clock starts it anew."""

    DEEP = TouchClass(id="deep", kinds=["call", "meeting"], direction="two_way")
    CAPPED = TouchClass(id="capped", unanswered_cap=2)

    @pytest.mark.parametrize(
        ("since", "until"),
        [
            ("touch", "touch:inbound"),
            ("touch:two_way", "touch:inbound"),
            ("touch", "touch:deep"),
            ("touch:capped", "touch:two_way"),
        ],
    )
    def test_found(self, since, until):
        """Every occurrence of the second is one of the first."""
        found = codes(
            "SF307",
            touches=[self.DEEP, self.CAPPED],
            timers=[COLD, timer(since=since, until=until)],
        )

        assert found == ["timers[1].until"]

    @pytest.mark.parametrize(
        ("since", "until"),
        [
            ("touch:inbound", "touch"),
            ("touch:inbound", "touch:two_way"),
            ("touch:deep", "touch:two_way"),
            ("touch:capped", "touch:any"),
            ("touch", "activity:call"),
            ("activity:call", "touch"),
            ("activity:call", "activity:meeting"),
            ("stage", "touch"),
            ("fact:real", "fact:size"),
        ],
    )
    def test_not_found(self, since, until):
        """The second may happen without the first."""
        found = codes(
            "SF307",
            touches=[self.DEEP, self.CAPPED],
            timers=[COLD, timer(since=since, until=until)],
        )

        assert found == []

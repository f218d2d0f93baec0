"""Checks on names: SF2xx."""

from __future__ import annotations

import attrs
import pytest
from tests.graph.builders import COLD, DONE, LOST, TALK, gap, process, timer
from tests.graph.builders import codes as codes_of

from salesflow.process import (
    ActivityKind,
    Criterion,
    Escalation,
    Fact,
    Move,
    Play,
    Role,
    Stage,
    TouchClass,
)


def codes(**changes):
    """What is found about names in the small process, once it is changed so."""
    return codes_of(process(**changes), "SF2")


class TestUsage:
    FACT = Fact(id="real", type="bool")
    DAY = Fact(id="day", type="date")

    def test_fact(self):
        """A fact that nothing reads is found."""
        assert codes(facts=[self.FACT]) == [("SF201", "facts.real")]

    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param(
                {"stages": [TALK, Stage(id="sign", exit=["real"]), DONE, LOST]}, id="exit"
            ),
            pytest.param(
                {"moves": [Move(from_stage="sign", to_stage="done", exit=["not real"])]},
                id="move",
            ),
            pytest.param({"contact_gaps": [gap(), gap(id="h", when="real")]}, id="gap"),
            pytest.param({"timers": [COLD, timer(when="real", move_to=None)]}, id="timer"),
            pytest.param({"timers": [COLD, timer(since="fact:real", move_to=None)]}, id="clock"),
            pytest.param({"timers": [COLD, timer(until="fact:real", move_to=None)]}, id="stop"),
            pytest.param(
                {"plays": [Play(id="p", activity="call", every="2 days", when="real")]}, id="play"
            ),
        ],
    )
    def test_fact_that_is_read(self, changes):
        """Whatever reads a fact makes it used."""
        assert codes(facts=[self.FACT], **changes) == []

    def test_date_that_a_clock_reads(self):
        """A date that a timer waits for is used."""
        assert codes(facts=[self.DAY], timers=[COLD, timer(since="date:day", move_to=None)]) == []

    def test_date_that_a_play_reads(self):
        """A date that a play is due before is used."""
        play = Play(id="p", activity="call", before="2 days", date="day")

        assert codes(facts=[self.DAY], plays=[play]) == []

    def test_role(self):
        """A role that nothing names is found."""
        assert codes(roles=[Role(id="boss")]) == [("SF202", "roles.boss")]

    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param(
                {"moves": [Move(from_stage="sign", to_stage="done", by=["boss"])]}, id="move"
            ),
            pytest.param(
                {"contact_gaps": [gap(escalate=[Escalation(after="6 days", to="boss")])]}, id="gap"
            ),
            pytest.param(
                {"timers": [attrs.evolve(COLD, escalate=[Escalation(after="40 days", to="boss")])]},
                id="timer",
            ),
            pytest.param(
                {"plays": [Play(id="p", activity="call", every="2 days", role="boss")]}, id="play"
            ),
            pytest.param(
                {
                    "facts": [Fact(id="real", type="bool")],
                    "stages": [
                        Stage(id="talk", exit=[Criterion(id="c", expression="real", by=["boss"])]),
                        DONE,
                        LOST,
                    ],
                },
                id="criterion",
            ),
        ],
    )
    def test_role_that_is_named(self, changes):
        """Whatever names a role makes it used."""
        assert codes(roles=[Role(id="boss")], **changes) == []

    @pytest.mark.parametrize("what", ["*", "touch"])
    def test_role_that_may_override(self, what):
        """A right makes a role used."""
        assert codes(roles=[Role(id="boss", may_override=[what])]) == []

    def test_touch_class(self):
        """A touch class that no rule counts is found."""
        assert codes(touches=[TouchClass(id="deep")]) == [("SF203", "touches.deep")]

    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param({"contact_gaps": [gap(touch="deep")]}, id="gap"),
            pytest.param({"timers": [attrs.evolve(COLD, since="touch:deep")]}, id="timer"),
            pytest.param({"timers": [timer(until="touch:deep")]}, id="stop"),
        ],
    )
    def test_touch_class_that_is_counted(self, changes):
        """Gaps and timers use touch classes."""
        assert codes(touches=[TouchClass(id="deep")], **changes) == []

    VISIT = ActivityKind(id="visit", like="meeting")

    def test_activity(self):
        """An activity that reaches the buyer and that no counted touch includes is found."""
        found = codes(
            activities=[self.VISIT],
            touches=[TouchClass(id="deep", kinds=["call"])],
            contact_gaps=[gap(touch="deep")],
            timers=[attrs.evolve(COLD, since="touch:deep")],
        )

        assert found == [("SF204", "activities.visit")]

    def test_activity_of_an_unused_touch_class(self):
        """A class that no rule uses counts nothing."""
        found = codes(
            activities=[self.VISIT],
            touches=[TouchClass(id="deep", kinds=["visit"]), TouchClass(id="b", kinds=["call"])],
            contact_gaps=[gap(touch="b")],
            timers=[attrs.evolve(COLD, since="opened")],
        )

        assert found == [("SF203", "touches.deep"), ("SF204", "activities.visit")]

    @pytest.mark.parametrize("kinds", [[], ["call", "visit"]], ids=["every-kind", "named"])
    def test_activity_that_is_counted(self, kinds):
        """A class without kinds counts whatever reaches the buyer."""
        found = codes(
            activities=[self.VISIT],
            touches=[TouchClass(id="deep", kinds=kinds)],
            contact_gaps=[gap(touch="deep")],
            timers=[attrs.evolve(COLD, since="touch:deep")],
        )

        assert found == []

    @pytest.mark.parametrize("like", [None, "note"])
    def test_internal_activity(self, like):
        """What never reaches the buyer is not expected to count."""
        found = codes(
            activities=[ActivityKind(id="crm", like=like)],
            touches=[TouchClass(id="deep", kinds=["call"])],
            contact_gaps=[gap(touch="deep")],
            timers=[attrs.evolve(COLD, since="touch:deep")],
        )

        assert found == []

    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param({"timers": [timer(since="activity:visit")]}, id="clock"),
            pytest.param({"timers": [timer(until="activity:visit")]}, id="stop"),
            pytest.param({"plays": [Play(id="p", activity="visit", every="9 days")]}, id="play"),
        ],
    )
    def test_activity_that_is_named(self, changes):
        """A clock or a play that names the kind counts it."""
        found = codes(
            activities=[self.VISIT],
            touches=[TouchClass(id="deep", kinds=["call"])],
            contact_gaps=[gap(touch="deep")],
            **({"timers": []} | changes),
        )

        assert found == []

    @pytest.mark.parametrize("direction", ["two_way", "inbound"])
    def test_cap_that_leaves_nothing_out(self, direction):
        """An answered touch is no attempt, so a cap on attempts does nothing there."""
        touch = TouchClass(id="deep", direction=direction, unanswered_cap=2)

        assert codes(touches=[touch], contact_gaps=[gap(touch="deep")]) == [
            ("SF205", "touches.deep.unanswered_cap")
        ]

    @pytest.mark.parametrize("direction", ["any", "outbound"])
    def test_cap_that_does(self, direction):
        """Elsewhere it has something to count."""
        touch = TouchClass(id="deep", direction=direction, unanswered_cap=2)

        assert codes(touches=[touch], contact_gaps=[gap(touch="deep")]) == []

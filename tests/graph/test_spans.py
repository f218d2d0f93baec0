"""Checks on the spans of a rule: warnings, notices, escalations, postponements, plays."""

from __future__ import annotations

import attrs
import pytest
from tests.graph.builders import COLD, gap, process, timer
from tests.graph.builders import codes as codes_of

from salesflow.calendars import Calendar
from salesflow.process import (
    Escalation,
    Fact,
    NamedCalendar,
    Play,
    Postponement,
    Role,
    TouchClass,
)

FACTS = (Fact(id="day", type="date"),)
BOSS = Role(id="boss")


def codes(code, **changes):
    """Where *code* is found in the small process, once it is changed so."""
    changes = {"facts": FACTS, "roles": [BOSS]} | changes
    return [path for _, path in codes_of(process(**changes), code)]


class TestWarningTooLate:
    """SF308: a warning that comes no earlier than the breach."""

    OFFICE = Calendar("America/New_York", hours={"mon-fri": ["09:00-17:00"]})

    @pytest.mark.long
    @pytest.mark.parametrize(
        ("warn", "longest", "found"),
        [
            pytest.param("5 days", "5 days", True, id="equal"),
            pytest.param("1 week", "7 days", True, id="equal-in-another-unit"),
            pytest.param("3 days", "5 days", False, id="earlier"),
            pytest.param("6 business days", "7 days", True, id="later-from-every-start"),
            pytest.param("5 business days", "5 days", False, id="earlier-from-a-sunday-evening"),
            pytest.param("8 business hours", "1 business day", False, id="earlier-now-and-then"),
            pytest.param("16 business hours", "1 business day", True, id="two-days-of-work"),
        ],
    )
    def test_table(self, warn, longest, found):
        """Where the measures differ, every start in the years of the calendar is looked at."""
        gaps = [gap(warn=warn, max=longest)]

        assert bool(codes("SF308", contact_gaps=gaps, calendar=self.OFFICE)) is found

    def test_in_every_calendar(self):
        """A warning that is early enough in one calendar is early enough."""
        gaps = [gap(warn="16 business hours", max="1 business day")]
        always_open = [NamedCalendar(id="other", calendar=Calendar("UTC"))]

        assert codes("SF308", contact_gaps=gaps, calendar=self.OFFICE, calendars=always_open) == []


class TestSpansOfOneTimer:
    def test_notice_at_the_start(self):
        """SF309: a notice as long as its timer comes as soon as the clock starts."""
        timers = [attrs.evolve(COLD, notice="30 days"), timer(notice="8 days")]

        assert codes("SF309", timers=timers) == ["timers[0].notice"]

    def test_notice_before_a_date(self):
        """What is counted back from a date has no start to come with."""
        timers = [COLD, timer(since="date:day", after=None, before="9 days", notice="9 days")]

        assert codes("SF309", timers=timers) == []

    def test_escalation_that_waits(self):
        """SF310: an escalation counts from the start, and waits for the end."""
        steps = [Escalation(after=f"{n} days", to="boss") for n in (2, 5, 7)]

        assert codes("SF310", contact_gaps=[gap(escalate=steps)]) == [
            "contact_gaps[0].escalate[0].after"
        ]

    def test_escalation_of_a_date(self):
        """A timer that ends with a day has no span to be shorter than."""
        timers = [
            COLD,
            timer(since="date:day", after=None, escalate=[Escalation(after="1 day", to="boss")]),
        ]

        assert codes("SF310", timers=timers) == []

    def test_escalation_after_the_date(self):
        """SF319: counted from the date that the timer ends before."""
        steps = [Escalation(after="1 day", to="boss")]
        before = timer(since="date:day", after=None, before="9 days", escalate=steps)
        later = timer(id="late", since="date:day", after="9 days", escalate=steps)

        assert codes("SF319", timers=[COLD, before, later]) == ["timers[1].escalate[0].after"]

    @pytest.mark.parametrize(
        ("since", "window", "found"),
        [
            pytest.param("touch", "30 days", True, id="as-long"),
            pytest.param("touch:two_way", "2 days", True, id="shorter"),
            pytest.param("touch", "31 days", False, id="longer"),
            pytest.param("touch", "2 business days", False, id="not-comparable"),
            pytest.param("opened", "2 days", False, id="not-restarted"),
            pytest.param("touch:deep", "2 days", False, id="restarted-by-some-only"),
        ],
    )
    def test_touch_that_postpones_nothing(self, since, window, found):
        """SF315: what an inbound touch grants is over before the clock that it restarts."""
        late = attrs.evolve(COLD, since=since, postpone=Postponement(inbound=window))
        touches = [TouchClass(id="deep", kinds=["meeting"])]

        assert bool(codes("SF315", timers=[late], touches=touches)) is found

    @pytest.mark.parametrize(
        ("lasts", "found"),
        [("20 days", True), ("30 days", False), ("5 business days", False), (None, False)],
    )
    def test_fact_that_expires(self, lasts, found):
        """SF316: a fact that expires stops its clock before the end."""
        fact = Fact(id="offer", type="bool", valid_for=lasts)
        late = timer(since="fact:offer", after="30 days")

        assert bool(codes("SF316", facts=[fact], timers=[COLD, late])) is found


class TestPlaysTooLate:
    """SF317: a play whose stage is over."""

    LIMIT = timer(after="9 days", stages=["show", "sign"])

    @pytest.mark.parametrize(
        ("play", "found"),
        [
            pytest.param({"within": "10 days", "stages": ["show"]}, ["plays[0].within"], id="late"),
            pytest.param({"after": "10 days", "stages": ["show"]}, ["plays[0].after"], id="after"),
            pytest.param({"within": "9 days", "stages": ["show"]}, [], id="just-in-time"),
            pytest.param({"within": "10 days"}, [], id="not-in-every-stage"),
            pytest.param({"every": "10 days", "stages": ["show"]}, [], id="again-and-again"),
            pytest.param(
                {"within": "9 business days", "stages": ["show"]}, [], id="not-comparable"
            ),
        ],
    )
    def test_table(self, play, found):
        """Only a play that is late in all its stages is told."""
        plays = [Play(id="p", activity="call", **play)]

        assert codes("SF317", timers=[COLD, self.LIMIT], plays=plays) == found

    def test_a_limit_that_moves_nothing(self):
        """Where nobody is moved, the play is late and still due."""
        plays = [Play(id="p", activity="call", within="10 days", stages=["show"])]
        limit = attrs.evolve(self.LIMIT, move_to=None)

        assert codes("SF317", timers=[COLD, limit], plays=plays) == []

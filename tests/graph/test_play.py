"""What is proved and what is called dead, against the live engine."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.graph.builders import COLD, clockworks, gap, process, timer
from tests.graph.histories import (
    any_history,
    assert_it_lives_so,
    claims,
    moves_by_time,
    refuted,
)

import salesflow as sf
from salesflow.events import Moved, Overridden
from salesflow.graph import check_process, prove
from salesflow.process import (
    Escalation,
    Fact,
    Postponement,
    Role,
    TouchClass,
    catalog_names,
    load_process,
)

MONDAY = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
seeds = st.integers(0, 10**6)


class TestWitness:
    @pytest.mark.long
    @pytest.mark.parametrize("name", catalog_names())
    def test_built_in(self, name):
        """The deals of the longest lives live exactly so long."""
        of = load_process(name)

        assert_it_lives_so(of, prove(of).untouched)
        assert_it_lives_so(of, prove(of).touched)

    def test_touches_of_every_sort(self):
        """A class with a cap, a clock that calls start, a stop and a limit to postponing."""
        sent = TouchClass(id="sent", kinds=["letter"], direction="outbound", unanswered_cap=1)
        of = process(
            touches=[sent],
            timers=[
                timer(id="quiet", since="touch:sent", after="10 days"),
                timer(id="called", since="activity:call", after="7 days"),
                timer(id="met", since="stage", after="12 days", until="activity:meeting"),
                timer(since="opened", postpone=Postponement(inbound="3 days", at_most="30 days")),
                timer(id="on", after="20 days", stages=["talk"], move_to="show"),
                timer(id="warm", since="touch:two_way", after="2 days", stages=["show"]),
                timer(id="shown", after="4 days", stages=["show"], until="touch:two_way"),
            ],
        )
        life = prove(of).touched

        assert life.longest == 39 * DAY
        assert_it_lives_so(of, life)

    @pytest.mark.long
    @given(of=clockworks())
    def test_random(self, of):
        """So they do in processes where time moves deals to and fro."""
        found = prove(of)

        assert_it_lives_so(of, found.untouched)
        if found.touched.ended_at is not None:
            assert_it_lives_so(of, found.touched)

    @given(of=clockworks(), second=st.integers(10**6, 4 * 10**9))
    def test_no_deal_lives_longer(self, of, second):
        """Whenever it is opened, an untouched deal is closed or parked by then."""
        life = prove(of).untouched
        if life.longest is None or not life.is_proved:
            return
        at = dt.datetime.fromtimestamp(second, dt.UTC)
        deal = sf.Deal.open(of, id="any", at=at, calendar=life.calendar)

        assert deal.state(at + life.longest + dt.timedelta(microseconds=1)).kind != "open"


class TestDead:
    @given(of=clockworks(), seed=seeds)
    def test_what_is_called_dead(self, of, seed):
        """Whatever is recorded, a rung that is called dead does not act."""
        deal, until = any_history(of, seed)
        for claim in claims(of):
            assert refuted(deal, until, claim) == []

    @given(seed=seeds, data=st.data())
    def test_rules_behind_an_end(self, seed, data):
        """A rule behind the end of a timer acts only where that was overridden."""
        span = st.integers(2, 12).map("{} days".format)
        stages = st.lists(st.sampled_from(["talk", "show", "nap", "lost"]), unique=True, max_size=3)
        clock = st.sampled_from(["touch", "stage", "touch:two_way"])
        boss = Role(id="boss")
        of = process(
            facts=[Fact(id="flag", type="bool")],
            roles=[boss],
            contact_gaps=[gap(max=data.draw(span), stages=data.draw(stages))],
            timers=[
                timer(
                    id=f"t{n}",
                    since=data.draw(clock),
                    after=data.draw(span),
                    stages=data.draw(stages),
                    move_to=data.draw(st.sampled_from(["lost", "nap", "show", None])),
                    when=data.draw(st.sampled_from([None, None, "flag", "flag and not flag"])),
                    escalate=[Escalation(after=data.draw(span), to="boss")],
                )
                for n in range(3)
            ],
        )
        deal, until = any_history(of, seed, steps=8)
        for claim in claims(of):
            assert refuted(deal, until, claim) == []


class TestNotDead:
    """Histories in which what looks dead acts: why the checks say no more than they do."""

    def acted(self, deal, rule, rung, days=400):
        return [
            raised.acted_at - MONDAY
            for raised in deal.timeline(MONDAY + days * DAY)
            if getattr(raised, "rule", None) == rule and raised.rung == rung
        ]

    def test_gap_behind_a_timer_that_was_overridden(self):
        """An override of the timer lets the gap behind it breach: it is not called dead."""
        of = process(contact_gaps=[gap(max="31 days")])
        deal = sf.Deal.open(of, id="d", at=MONDAY)
        untouched = self.acted(deal, "g", "breach")
        until = MONDAY + 60 * DAY
        deal.record(Overridden(id="o", occurred_at=MONDAY, target="cold", until=until, reason="so"))

        assert (untouched, self.acted(deal, "g", "breach")) == ([], [31 * DAY])

    def test_clocks_that_go_on_after_reopening(self):
        """After a kill by age a reopened deal goes on to the later timer: none is behind."""
        two = [
            timer(id="one", since="opened", after="20 days"),
            timer(id="two", since="opened", after="30 days"),
        ]
        deal = sf.Deal.open(process(timers=two), id="d", at=MONDAY)
        deal.reopen(at=MONDAY + 25 * DAY)

        # Five days closed do not count.
        assert self.acted(deal, "two", "move") == [35 * DAY]

    def test_silence_goes_on_in_an_open_stage(self):
        """A timer that moves a deal to an open stage does not end its silence."""
        cold = attrs.evolve(COLD, move_to="show")
        deal = sf.Deal.open(
            process(timers=[cold], contact_gaps=[gap(max="31 days")]), id="d", at=MONDAY
        )

        assert self.acted(deal, "g", "breach") == [31 * DAY]

    def test_total_of_a_stage_acts_once(self):
        """A deal that was moved by the total of a stage may come back and stay: no limit there."""
        total = timer(since="stage_total", after="2 days", stages=["talk"], move_to="show")
        deal = sf.Deal.open(process(timers=[total]), id="d", at=MONDAY)
        deal.move("talk", at=MONDAY + 3 * DAY)

        assert self.acted(deal, "touch", "breach") == [5 * DAY]
        assert "SF302" not in [each.code for each in check_process(process(timers=[total]))]

    def test_fact_that_is_learned_again(self):
        """Learned again before it expires, a fact keeps its clock running to the end."""
        fact = Fact(id="flag", type="bool", valid_for="20 days")
        late = timer(since="fact:flag", after="30 days")
        deal = sf.Deal.open(process(facts=[fact], timers=[late]), id="d", at=MONDAY)
        deal.learn(at=MONDAY, flag=True)
        once = self.acted(deal, "t", "move")
        deal.learn(at=MONDAY + 15 * DAY, flag=True)

        assert (once, self.acted(deal, "t", "move")) == ([], [30 * DAY])

    def test_escalation_of_an_end_that_was_put_off(self):
        """An escalation behind the end of its own timer acts with it if that comes late."""
        own = timer(
            since="opened",
            after="20 days",
            escalate=[Escalation(after="30 days", to="boss")],
            postpone=Postponement(inbound="40 days"),
        )
        of = process(timers=[own], roles=[Role(id="boss")])
        deal = sf.Deal.open(of, id="d", at=MONDAY)
        plain = self.acted(deal, "t", "escalate")
        deal.log("call", at=MONDAY + DAY, direction="in")

        assert (plain, self.acted(deal, "t", "escalate")) == ([], [41 * DAY])

    def test_where_it_moves_to(self):
        """A timer that ends in the stage that it moves to acts there, and moves nobody later."""
        here = timer(since="opened", after="3 days", move_to="talk")
        deal = sf.Deal.open(process(timers=[here]), id="d", at=MONDAY)
        deal.record(Moved(id="m", occurred_at=MONDAY + 5 * DAY, to="show"))

        assert self.acted(deal, "t", "move") == [3 * DAY]
        assert moves_by_time(deal, MONDAY + 20 * DAY) == []

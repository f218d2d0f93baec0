"""The fast path of the agenda: it never changes what is on it."""

import random

import pytest
from hypothesis import given, settings
from tests.deal.random_plays import play_cases
from tests.deal.small import (
    DAY,
    FRI,
    HOUR,
    MICROSECOND,
    MON,
    THU,
    TUE,
    WED,
    gap,
    kill,
    moved,
    opened,
    timer,
    utc,
)

from salesflow.calendars import Calendar, to_micros
from salesflow.deal import Deal, Urgency, agenda
from salesflow.deal import wanted as module
from salesflow.deal.items import items_of, plans_of
from salesflow.deal.plays import played
from salesflow.process import Fact, Role

NEW_YORK = Calendar("America/New_York")
TWICE = settings(max_examples=2 * settings.default.max_examples)


def slowly(deal, now):
    """What a deal wants, worked out without the fast path."""
    view = deal._run.at(to_micros(now))
    return items_of(view, played(view), plans_of(view))


class TestFastPath:
    @pytest.mark.long
    @TWICE
    @given(case=play_cases)
    def test_asked_in_any_order(self, case):
        """A deal that is asked often, in any order of instants, says what it would say first."""
        deal = case.deal
        for now in (*case.nows, *sorted(case.nows)):
            assert slowly(case.deal, now) == deal.agenda(now)

    @TWICE
    @given(case=play_cases)
    def test_asked_while_things_happen(self, case):
        """What is recorded ends what was known of the quiet."""
        opening, *rest = case.deal.events
        deal = Deal.replay(case.process, [opening])
        for event in rest:
            for now in sorted(case.nows)[:: max(1, len(case.nows) // 4)]:
                if now >= deal.opened_at:
                    deal.agenda(now)
            deal.record(event)
            asked = [now for now in case.nows if now >= deal.opened_at]
            for now in random.Random(case.seed).sample(asked, min(3, len(asked))):
                assert slowly(deal, now) == deal.agenda(now)

    @pytest.mark.parametrize("longest", ["5 days", "1 hour"], ids=["nothing", "something"])
    def test_a_deal_is_asked_once(self, monkeypatch, longest):
        """Until something may change, the rules are not asked again."""
        deal = opened(gap(max=longest), kill(after="9 days", notice="3 days"))
        wanted = deal.agenda(TUE)

        def fail(*_):
            raise AssertionError

        monkeypatch.setattr(module, "items_of", fail)

        assert deal.agenda(TUE + HOUR) == wanted

    def test_what_runs_out(self):
        """A fact that is not known any more ends what was to be done while it was."""
        fact = Fact(id="need", type="bool", valid_for="1 day")
        deal = opened(gap(max="1 hour", when="need"), facts=[fact])
        deal.learn(at=MON, need=True)

        found = [len(deal.agenda(at)) for at in (MON + 2 * HOUR, TUE, TUE + MICROSECOND)]

        assert found == [1, 1, 0]

    def test_what_is_surely_later_is_not_forgotten(self):
        """A rung that need not be worked out today may act before one that was."""
        deal = opened(
            kill(after="1 hour", move_to="proof", stages=["talk"], reason=""),
            timer(id="later", since="stage", stages=["proof"], after="5 business days"),
            timer(id="sooner", since="stage", stages=["proof"], after="120 hours"),
            at=FRI - HOUR,
        )
        sunday, wednesday = FRI + 2 * DAY + 2 * HOUR, FRI + 5 * DAY

        found = [len(deal.agenda(at)) for at in (sunday, wednesday, wednesday + MICROSECOND)]

        assert found == [0, 0, 1]

    def test_a_day_begins(self):
        """A plan of tomorrow is on the agenda from local midnight on, also if asked before."""
        deal = opened(calendar=NEW_YORK)
        deal.plan("meeting", at=MON, starts_at=WED)
        midnight = utc("2026-03-04 05:00")

        assert [len(deal.agenda(at)) for at in (TUE, midnight - MICROSECOND, midnight)] == [0, 0, 1]

    def test_an_excuse_runs_out(self):
        """A forbidden move is to be taken back once the override that let it pass is over."""
        deal = opened(roles=[Role(id="boss", may_override=["*"])])
        deal.record(moved("proof", TUE))
        assert [item.urgency for item in deal.agenda(TUE)] == [Urgency.REVERT]
        deal.override("need", until=THU, role="boss", reason="known for years", at=TUE + HOUR)

        found = [len(deal.agenda(at)) for at in (WED + HOUR, THU, THU + MICROSECOND)]

        assert found == [0, 0, 1]

    def test_deals_of_the_future_want_nothing(self):
        """Before it opens, a deal is not on the agenda, and it does not stay off it."""
        deal = opened(gap(max="2 days"))

        assert deal.agenda(MON - MICROSECOND) == ()
        assert len(agenda([deal], FRI)) == 1

    def test_events_that_are_yet_to_come(self):
        """What is dated later has not happened, and what it will change is not kept."""
        deal = opened(gap(max="2 days"))
        deal.log("call", at=THU)

        found = [len(deal.agenda(at)) for at in (TUE, WED + HOUR, THU, WED + HOUR)]

        assert found == [0, 1, 0, 1]

"""The summary: true at its instant, and until it says that it may be another."""

import datetime as dt
import random

import attrs
from hypothesis import given, settings
from tests.deal.random_plays import play_cases
from tests.deal.small import MICROSECOND
from tests.rules.cases import cases

from salesflow.deal import Deal, EffectStatus

FEW = settings(max_examples=max(8, settings.default.max_examples // 2), deadline=None)
CHANGING = ("at", "changes_at", "wanted_at", "next_event_at", "worked_at")


def said(deal, now):
    """What the summary promises not to change, and what is to be done."""
    summary = attrs.asdict(deal.summary(now))
    effects = {e.key for e in deal.effects(now) if e.status is EffectStatus.DUE}
    return {name: value for name, value in summary.items() if name not in CHANGING}, effects


def instants(case, summary):
    """Some instants at which nothing may have changed yet, and the last of them."""
    until = summary.changes_at or summary.at + dt.timedelta(days=400)
    between = [now for now in case.nows if summary.at <= now < until]
    yield from random.Random(case.seed).sample(between, min(3, len(between)))
    yield summary.at + (until - summary.at) / 2
    yield until - MICROSECOND


class TestSummary:
    def check(self, case):
        deal = Deal.replay(case.process, case.events)
        open_at = [now for now in case.nows if now >= deal.opened_at]
        for now in random.Random(case.seed).sample(open_at, min(4, len(open_at))):
            summary = deal.summary(now)
            state = deal.state(now)
            assert (state.stage, state.kind, state.status, state.owner) == (
                summary.stage,
                summary.kind,
                summary.status,
                summary.owner,
            )
            first = said(deal, now)
            for later in instants(case, summary):
                assert said(deal, later) == first
                if summary.wanted_at is None or later < summary.wanted_at:
                    assert deal.agenda(later) == ()
            assert (summary.wanted_at == now) == bool(deal.agenda(now))

    @FEW
    @given(case=cases)
    def test_holds_until_it_may_change(self, case):
        """Whatever rules there are, until the instant that it names nothing is another."""
        self.check(case)

    @FEW
    @given(case=play_cases)
    def test_plays_and_plans(self, case):
        """Whatever is played and planned, before the instant that it names nothing is wanted."""
        self.check(case)

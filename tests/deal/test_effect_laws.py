"""Laws of effects and of the ledger, on random processes and histories."""

import collections
import itertools

import attrs
import pytest
from hypothesis import example, given
from tests.rules.cases import cases, make_case

from salesflow.deal import Deal, EffectKind, EffectStatus, Turn
from salesflow.deal.state import Raised
from salesflow.events import Opened, Retracted


def acts(deal, now):
    """What time did, and stands."""
    return [told for told in deal.timeline(now) if isinstance(told, Raised)]


def by_key(deal, now):
    """The effects without what changes as time goes on."""
    return {
        effect.key: attrs.evolve(effect, status=EffectStatus.DUE, obstacles=())
        for effect in deal.effects(now)
    }


def told_in_order(case):
    """The deal as we came to know it: at each instant at which we were told something."""
    opening = min((e for e in case.events if isinstance(e, Opened)), key=lambda e: e.known_at)
    instants = sorted({e.known_at for e in case.events if e.known_at >= opening.known_at})
    deal = None
    for now in instants:
        told = [event for event in case.events if event.known_at <= now]
        deal = Deal.replay(case.process, told)
        if now >= deal.opened_at:
            yield now, deal


class TestEffects:
    @pytest.mark.long
    @given(case=cases)
    def test_each_has_a_key_of_its_own(self, case):
        """No two effects of a deal have the same key."""
        for now in case.nows:
            keys = collections.Counter(effect.key for effect in case.deal.effects(now))

            assert not [key for key, count in keys.items() if count > 1]

    @given(case=cases)
    def test_a_key_does_not_depend_on_when_one_looks(self, case):
        """What was to be done at one instant is the same effect at every later one."""
        deal = case.deal
        seen = {}
        for now in case.nows:
            effects = by_key(deal, now)

            assert seen.items() <= effects.items()
            seen = effects

    @given(case=cases)
    def test_what_was_sent_is_sent(self, case):
        """With all keys sent nothing is left to do."""
        deal = case.deal
        for now in case.nows:
            keys = [effect.key for effect in deal.effects(now)]

            assert all(e.status == EffectStatus.SENT for e in deal.effects(now, sent=keys))

    @pytest.mark.long
    @given(case=cases)
    def test_one_rung_of_a_clock_is_due(self, case):
        """Of one start of a clock nobody hears twice at once."""
        deal = case.deal
        for now in case.nows:
            due = {e.key for e in deal.effects(now) if e.status == EffectStatus.DUE}
            heard = [(act.clock, act.hearer) for act in acts(deal, now) if act.key in due]

            assert len(set(heard)) == len(heard)

    @given(case=cases)
    @example(case=make_case(3714))  # a closed deal, which no clock moves: that end never comes
    def test_no_announcement_of_what_has_come(self, case):
        """Where the end of a clock has acted, its warnings and notices are not due."""
        deal = case.deal
        now = case.nows[-1]
        ended = {act.clock for act in acts(deal, now) if act.rung in {"breach", "move"}}
        announced = {act.key for act in acts(deal, now) if act.announces and act.clock in ended}
        due = {e.key for e in deal.effects(now) if e.status == EffectStatus.DUE}

        assert not announced & due

    @given(case=cases)
    def test_order_and_duplicates_do_not_matter(self, case):
        """The same events in any order, any number of times, ask for the same."""
        opening, *rest = case.shuffled()
        recorded = Deal.replay(case.process, [opening])
        for event in rest:
            recorded.record(event)

        for now in case.nows:
            assert case.deal.effects(now) == recorded.effects(now)
            assert case.deal.ledger(now) == recorded.ledger(now)

    @given(case=cases)
    def test_a_host_that_does_as_it_is_told(self, case):
        """What was told and not taken back is what stands, whatever came late."""
        sent = []
        for now, deal in told_in_order(case):
            due = [e for e in deal.effects(now, sent) if e.status == EffectStatus.DUE]
            assert not {effect.key for effect in due} & set(sent)
            sent += [effect.key for effect in due]

            after = deal.effects(now, sent)
            assert not [e for e in after if e.status == EffectStatus.DUE]
            taken_back = {e.of for e in after if e.kind == EffectKind.RESCIND}
            standing = {act.key for act in acts(deal, now)}
            of_acts = {key for key in sent if "/#revert/" not in key and "#rescinded" not in key}
            assert {key.partition("#")[0] for key in of_acts - taken_back} <= standing


class TestLedger:
    @given(case=cases)
    def test_it_ends_with_what_stands(self, case):
        """Raised and reinstated less rescinded is what time did by all that is known."""
        for now in case.nows:
            standing = {}
            for entry in case.deal.ledger(now):
                if entry.turn in {Turn.RAISED, Turn.REINSTATED}:
                    assert entry.raised.key not in standing
                    standing[entry.raised.key] = entry.raised
                elif entry.turn == Turn.RESCINDED:
                    del standing[entry.raised.key]
                else:
                    assert entry.raised.key in standing

            known = [event for event in case.events if event.known_at <= now]
            if any(isinstance(event, Opened) for event in known):
                deal = Deal.replay(case.process, known)
                stands = acts(deal, now) if now >= deal.opened_at else []
                assert {act.key for act in stands} == set(standing)

    @given(case=cases)
    def test_it_goes_on(self, case):
        """What was in it at one instant is in it, in its place, at every later one."""
        ledgers = [case.deal.ledger(now) for now in case.nows]
        for earlier, later in itertools.pairwise(ledgers):
            assert earlier == later[: len(earlier)]

    @given(case=cases)
    def test_nothing_is_taken_back_of_what_comes_in_order(self, case):
        """Where everything is told as it happens, the ledger is the timeline."""
        openings = sorted((e for e in case.events if isinstance(e, Opened)), key=lambda e: e.id)
        others = [e for e in case.events if type(e) not in {Opened, Retracted}]
        first = openings[0]
        told = [
            attrs.evolve(event, recorded_at=None, precision="instant")
            for event in (first, *others)
            if event.occurred_at >= first.occurred_at
        ]
        deal = Deal.replay(case.process, told)
        for now in case.nows:
            if now < deal.opened_at:
                continue
            ledger = deal.ledger(now)

            assert not {entry.turn for entry in ledger} & {Turn.RESCINDED, Turn.REINSTATED}
            raised = [entry.raised for entry in ledger if entry.turn == Turn.RAISED]
            assert raised == acts(deal, now)


class TestNewEvents:
    @given(case=cases)
    def test_what_was_recorded_since(self, case):
        """New is what was recorded and was not known, in the order in which it came."""
        opening, *rest = case.shuffled()
        deal = Deal.replay(case.process, [opening])
        new = [event for event in rest if deal.record(event)]
        assert deal.new_events == tuple(new)

        deal.saved()

        assert deal.new_events == ()
        assert set(deal.events) == set(case.events)

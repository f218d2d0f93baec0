"""Laws of the fold and of the live deal, on random processes and histories."""

import datetime as dt
import itertools
import pickle

import attrs
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.rules.answers import found, live_answer, slow_answer
from tests.rules.builder import OPENINGS, random_history
from tests.rules.cases import (
    all_said,
    arguments,
    cases,
    log_rows,
    make_case,
    outcome,
    refusals,
    strict_cases,
)
from tests.rules.replays import both
from tests.rules.slow_deal import SlowDeal

from salesflow.calendars import to_datetime, to_micros
from salesflow.deal import Deal
from salesflow.deal.state import Raised
from salesflow.errors import Refused
from salesflow.events import Opened, event_from_dict
from salesflow.process.parts import ContactGap, Role
from salesflow.rules.book import rule_book
from salesflow.rules.codes import NEVER, NONE
from salesflow.rules.replay import replay

MANY = settings(max_examples=2 * settings.default.max_examples)


class TestReferee:
    @MANY
    @given(case=cases)
    def test_a_live_deal_agrees(self, case):
        """A live deal says what the slow model says: stage, status, what time did, deviations."""
        deal, slow = case.deal, case.slow
        for now in case.nows[::2]:
            assert slow_answer(slow, now) == live_answer(deal, now)

    @MANY
    @given(case=cases)
    def test_it_agrees_on_what_we_knew(self, case):
        """As it stood by what we had been told until then, it is what that adds up to."""
        opening = min(e.known_at for e in case.events if isinstance(e, Opened))
        for now in case.nows[::2]:
            known_at = max(case.rng.choice(case.nows), opening)
            slow = SlowDeal(case.process, case.events, known_at)
            if slow.opened_at > now:
                continue
            state = case.deal.state(now, known_at)

            assert slow_answer(slow, now) == live_answer(case.deal, now, known_at)
            assert (state.stage, state.status) == (slow.at(now).stage, slow.at(now).status)

    @MANY
    @given(case=cases)
    def test_commands_agree(self, case):
        """A command meets exactly the obstacles that the slow model finds, at any instant."""
        for now in case.nows[::2]:
            deal = case.deal
            name, said = case.command(now)
            expected = refusals(case.slow, now, name, said)

            accepted, obstacles = outcome(deal, now, name, said)

            assert expected == found(obstacles)
            assert accepted == (not any(blocks for _, _, blocks in expected))
            assert accepted == (deal.events != case.deal.events)


class TestSweep:
    @pytest.mark.long
    @MANY
    @given(case=cases)
    def test_looking_changes_nothing(self, case):
        """Looking between any two events gives the same history as never looking."""
        opening, *rest = case.shuffled()
        looked, unseen = (Deal.replay(case.process, [opening]) for _ in range(2))
        for event in rest:
            now = max(case.rng.choice(case.nows), looked.opened_at)
            all_said(looked, [now])
            looked.obstacles(case.process.stages[-1].id, now)
            looked.effects(now)
            looked.ledger(now)
            looked.record(event)
            unseen.record(event)

        assert all_said(looked, case.nows) == all_said(unseen, case.nows)

    @MANY
    @given(case=cases)
    def test_the_past_stays_as_it_was(self, case):
        """What was in the timeline at one instant is in it, in its place, at every later one."""
        deal = case.deal
        timelines = [deal.timeline(now) for now in case.nows]
        for earlier, later in itertools.pairwise(timelines):
            assert earlier == later[: len(earlier)]

    @MANY
    @given(case=cases)
    def test_each_rung_acts_once_for_one_start(self, case):
        """Between two starts of its clock no rung acts twice, and none before its deadline."""
        raised = [r for r in case.deal.timeline(case.nows[-1]) if isinstance(r, Raised)]
        keys = [r.key for r in raised]

        assert len(set(keys)) == len(keys)
        assert all(r.acted_at >= r.due_at for r in raised)


class TestOrder:
    @MANY
    @given(case=cases)
    def test_order_and_duplicates_do_not_matter(self, case):
        """The same events in any order, any number of times, add up to the same deal."""
        opening, *rest = case.shuffled()
        recorded = Deal.replay(case.process, [opening])
        for event in rest:
            recorded.record(event)

        assert case.deal.events == recorded.events
        assert all_said(case.deal, case.nows) == all_said(recorded, case.nows)

    @given(case=cases)
    def test_what_is_told_once_more_later_changes_nothing(self, case):
        """However often and in whatever order, the first telling of an event is the one kept."""
        events = case.shuffled()
        later = [
            attrs.evolve(each, recorded_at=each.known_at + dt.timedelta(hours=1)) for each in events
        ]
        told = Deal.replay(case.process, [*later, *events, *later])
        assert not any(told.record(each) for each in later)

        assert case.deal.events == told.events
        assert all_said(case.deal, case.nows) == all_said(told, case.nows)

    @given(case=cases)
    def test_replay_of_the_recorded_events(self, case):
        """A deal is what its events add up to: replayed from them it is the same."""
        again = Deal.replay(case.process, case.deal.events)

        assert all_said(case.deal, case.nows) == all_said(again, case.nows)

    @given(case=cases)
    def test_a_second_time_is_not_new(self, case):
        """`record` says whether an event was new."""
        deal = case.deal

        assert not any(deal.record(event) for event in case.events)


class TestCommands:
    @MANY
    @given(case=cases)
    def test_a_refused_command_changes_nothing(self, case):
        """After a refusal events, state, timeline and deadlines are as they were."""
        deal = case.deal
        before = deal.events, all_said(deal, case.nows)
        for now in case.nows:
            name, said = case.command(now)
            if any(blocks for _, _, blocks in refusals(case.slow, now, name, said)):
                with pytest.raises(Refused, match=f"cannot {name}"):
                    getattr(deal, name)(at=now, **said)
        assert before == (deal.events, all_said(deal, case.nows))

    @given(case=strict_cases)
    @example(case=make_case(5899, "enforce"))  # a hold, the next one where it ends, and its end
    def test_accepted_commands_pass_no_gate(self, case):
        """In enforce mode the slow model has nothing against a command that was accepted."""
        deal = Deal.replay(case.process, case.events[:1])
        now = deal.opened_at
        for event in sorted(case.events[1:], key=lambda event: event.occurred_at):
            now = max(now, event.occurred_at)
            name, said = case.command(now)
            if type(event).__name__ not in {"Moved", "Held", "Opened", "Retracted"}:
                deal.record(event)
            slow = type(case.slow)(case.process, deal.events)
            expected = refusals(slow, now, name, said)
            before = {event.id for event in deal.events}
            accepted, _ = outcome(deal, now, name, said)
            new = [d for d in deal.state(now).deviations if d.event.id not in before]

            assert accepted == (not any(blocks for _, _, blocks in expected))
            assert not any(o.blocks for deviation in new for o in deviation.obstacles)


class TestReplay:
    @pytest.mark.compiled
    @given(seed=st.integers(0, 2**40))
    def test_compiled_is_plain(self, seed):
        """The compiled rules give the answers of the plain ones, to the last integer."""
        pytest.importorskip("numba")
        book, deals, until, calendar = random_log(seed)

        plain, fast = both(arguments(book, log_rows(deals), until, calendar))

        assert plain == fast

    @given(seed=st.integers(0, 2**40))
    def test_a_log_says_what_live_deals_say(self, seed):
        """A whole log run with one memory gives each deal's stage, status, deadline and acts."""
        book, deals, until, calendar = random_log(seed)
        call = arguments(book, log_rows(deals), until, calendar)
        replay(*call)
        acts, _, verdicts = call[-3:]
        now = to_datetime(until)
        for number, deal in enumerate(deals):
            if deal.opened_at > now:
                assert verdicts.stage[number] == NONE
                continue
            state = deal.state(now)
            raised = [r for r in deal.timeline(now) if isinstance(r, Raised)]
            places = [n for n in range(acts.found[0]) if acts.deal[n] == number]

            assert book.process.stages[verdicts.stage[number]].id == state.stage
            assert ("ok", "due", "breached")[verdicts.status[number]] == state.status
            assert verdicts.entered_at[number] == to_micros(state.entered_at)
            assert [to_micros(r.acted_at) for r in raised] == [acts.at[n] for n in places]
            assert [r.rung for r in raised] == [book.rungs[acts.rung[n]].name for n in places]
            assert (verdicts.next_rung[number] == NONE) == (verdicts.next_due[number] == NEVER)


def random_log(seed):
    """Some deals of one calendar, of a process in which time moves deals or does not."""
    case = make_case(seed)
    histories = [random_history(case.rng, case.process, 8) for _ in range(5)]
    deals = [Deal.replay(case.process, events) for events in (case.events, *histories)]
    calendar = deals[0].events[0].calendar
    alike = [deal for deal in deals if deal.events[0].calendar == calendar]
    return rule_book(case.process), alike, to_micros(case.nows[-2]), calendar


class TestEvents:
    @given(case=cases)
    def test_json_and_pickle(self, case):
        """Events survive JSON and pickling, states survive pickling."""
        state = case.deal.state(case.nows[-1])

        assert case.events == [event_from_dict(event.to_dict()) for event in case.events]
        assert case.events == pickle.loads(pickle.dumps(case.events))  # noqa: S301 - our own
        assert state == pickle.loads(pickle.dumps(state))  # noqa: S301 - our own


class TestDeadlines:
    @given(
        case=cases,
        gap=st.sampled_from(["2 hours", "3 days", "2 business hours", "2 business days", "1 week"]),
        touches=st.tuples(*[st.integers(0, 30 * 24 * 60)] * 2),
    )
    def test_a_later_touch_never_means_an_earlier_deadline(self, case, gap, touches):
        """For one clock the deadline is monotone in the last touch."""
        process = case.process.replace(
            {
                "timers": [],
                "contact_gaps": [ContactGap(id="g", max=gap)],
                "roles": [Role(id=role.id) for role in case.process.roles],
            }
        )
        opened = OPENINGS[case.seed % len(OPENINGS)]
        deadlines = []
        for minutes in sorted(touches):
            deal = Deal.open(process, id="D", at=opened)
            touched_at = opened + dt.timedelta(minutes=minutes)
            deal.log("call", at=touched_at)
            deadlines.append(deal.deadlines(touched_at)[0].due_at)

        assert deadlines == sorted(deadlines)

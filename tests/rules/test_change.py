"""Laws of deals that come under another process, against a referee that shares no code."""

import itertools
import pickle

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.rules.answers import live_answer, slow_answer
from tests.rules.cases import all_said, arguments, log_rows
from tests.rules.changes import make_change
from tests.rules.replays import both

from salesflow.calendars import to_micros
from salesflow.deal import Deal
from salesflow.deal.state import Raised
from salesflow.errors import EventError
from salesflow.events import Migrated, Opened, event_from_dict
from salesflow.rules import codes
from salesflow.rules.book import rule_book
from salesflow.rules.replay import replay

changes = st.integers(0, 2**40).map(make_change)
MANY = settings(max_examples=4 * settings.default.max_examples)
FEWER = settings(max_examples=max(settings.default.max_examples // 2, 1))


def since(deal, nows):
    """The instants at which there was a deal."""
    return [now for now in nows if now >= deal.opened_at]


def look(deal, now):
    """Ask a deal whatever it can be asked."""
    deal.effects(now)
    deal.agenda(now)
    deal.ledger(now)
    deal.plays(now)
    deal.summary(now)
    str(deal.explain(now))


class TestReferee:
    @pytest.mark.long
    @MANY
    @given(case=changes)
    def test_a_live_deal_agrees(self, case):
        """
        Before, at and after each migration a live deal says what the slow model says.

        The last instant is one of those: by then all that is to act has acted.
        """
        deal, slow = case.deal, case.slow
        for now in since(deal, case.nows[1::2]):
            assert slow_answer(slow, now) == live_answer(deal, now)

    @FEWER
    @given(case=changes)
    def test_before_it_the_deal_is_what_it_was(self, case):
        """Until it is migrated, and by what was known until then, a deal is one of the old one."""
        deal, old = case.deal, case.processes[0]
        (first, *_) = [event for event in case.events if isinstance(event, Migrated)]
        known = [e for e in case.events if e.known_at < first.known_at]
        if not any(isinstance(event, Opened) for event in known):
            return
        unmigrated = Deal.replay(old, known)
        told = max(event.known_at for event in known)
        for now in since(unmigrated, case.nows):
            assert unmigrated.state(now) == deal.state(now, known_at=told)
            assert unmigrated.deadlines(now) == deal.deadlines(now, known_at=told)


class TestLaws:
    @FEWER
    @given(case=changes)
    @example(case=make_change(105))  # a deviation in a stage that the new process has not
    def test_order_duplicates_and_looking_do_not_matter(self, case):
        """In any order, some events twice, looked at in between: the same deal."""
        deal, told = case.deal, self.told_anyhow(case)
        nows = since(deal, case.nows)

        assert deal.events == told.events
        assert all_said(deal, nows) == all_said(told, nows)
        assert deal.process == told.process

    def told_anyhow(self, case):
        """The deal to which the events were told in some order, some of them twice."""
        first, *others = case.processes
        events = [*case.events, *case.rng.sample(case.events, len(case.events) // 3)]
        case.rng.shuffle(events)
        if len(others) > 1:
            # What comes between two migrations is read once both are known.
            return Deal.replay(others[-1], events, earlier=[first, *others])
        told = Deal.replay(first, [event for event in events if event.id == "o"][:1])
        wait = []
        for event in events:
            now = max(case.rng.choice(case.nows), told.opened_at)
            all_said(told, [now])
            look(told, now)
            try:
                told.record(event, processes=others)
            except EventError:  # only the next process knows what it says
                wait.append(event)
        for event in wait:
            told.record(event)
        return told

    @FEWER
    @given(case=changes)
    def test_the_past_stays_as_it_was(self, case):
        """What time did before a migration is in the timeline of every later instant."""
        deal = case.deal
        timelines = [deal.timeline(now) for now in since(deal, case.nows)]
        for earlier, later in itertools.pairwise(timelines):
            assert earlier == later[: len(earlier)]

    @FEWER
    @given(case=changes)
    def test_nothing_acts_for_the_past(self, case):
        """No rule of the new process acts before the migration, and time goes forward."""
        deal, began, book = case.deal, None, case.processes[0]
        told = deal.timeline(case.nows[-1])
        for item in told:
            if isinstance(item, Migrated):
                began = item.occurred_at
                (book,) = (p for p in case.processes if p.hash == item.to_process)
            elif isinstance(item, Raised):
                assert item.rule in {r.id for r in (*book.contact_gaps, *book.timers)}
                assert began is None or item.acted_at >= began

    @FEWER
    @given(case=changes)
    def test_one_effect_for_one_key(self, case):
        """What acted before and acts again is one effect; what was told is not told again."""
        deal = case.deal
        for now in since(deal, case.nows):
            effects = deal.effects(now)
            keys = [effect.key for effect in effects]
            assert len(set(keys)) == len(keys)
            again = deal.effects(now, sent=keys)
            assert {str(effect.status) for effect in again} <= {"sent"}

    @FEWER
    @given(case=changes)
    def test_what_is_written_can_be_read(self, case):
        """JSON, pickle, and a replay from what a deal says are its events."""
        deal = case.deal
        *before, last = case.processes
        read = [event_from_dict(event.to_dict()) for event in deal.events]
        copied = pickle.loads(pickle.dumps(read))  # noqa: S301 - our own bytes
        other = Deal.replay(last, copied, earlier=before)

        assert deal.events == other.events
        assert all_said(deal, case.nows[-1:]) == all_said(other, case.nows[-1:])


def rows_since(case):
    """What `replay` takes to run a deal from its latest migration on, that migration, the end."""
    deal = case.deal
    (*_, last) = (event for event in deal.events if isinstance(event, Migrated))
    now = max(case.nows[-1], last.occurred_at)
    book, room = rule_book(deal.process), len(deal.timeline(now))
    rooms = {"room": room, "visits": room, "pasts": room}
    given = arguments(book, log_rows([deal]), to_micros(now), last.calendar, **rooms)
    return given, last, now


class TestRows:
    @given(case=changes)
    @example(case=make_change(3567769763))  # parked at the migration, so that its clocks wait
    def test_they_are_the_deal(self, case):
        """The rows of a deal since its migration, run as a log, say what the live deal says."""
        deal = case.deal
        given, last, now = rows_since(case)
        replay(*given)
        rows, acts, deviations, verdicts = given[3], *given[-3:]
        state = deal.state(now)
        raised = [
            item
            for item in deal.timeline(now)
            if isinstance(item, Raised) and item.acted_at >= last.occurred_at
        ]

        assert state.stage == deal.process.stages[verdicts.stage[0]].id
        assert str(state.status) == ("ok", "due", "breached")[verdicts.status[0]]
        assert [to_micros(item.acted_at) for item in raised] == acts.at[: acts.found[0]]
        # What happened under another process is not judged by this one.
        migrated = rows.kind.index(codes.MIGRATED)
        assert all(row > migrated for row in deviations.row[: deviations.found[0]])

    @pytest.mark.compiled
    @settings(max_examples=max(settings.default.max_examples // 4, 1))
    @given(case=changes)
    def test_compiled(self, case):
        """Compiled rules say the same of them as plain ones."""
        pytest.importorskip("numba")
        plain, fast = both(rows_since(case)[0])

        assert plain == fast

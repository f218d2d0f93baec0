"""Gaps between touches: where each begins and ends, against a referee that asks live deals."""

import concurrent.futures
import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.rules.cases import make_case

from salesflow.deal import Deal
from salesflow.errors import EventError
from salesflow.events import Activity, Learned, Moved, Opened, Retracted
from salesflow.history import EventLog, audit
from salesflow.history.run import observing
from salesflow.process.load import load_process

MICROSECOND = dt.timedelta(microseconds=1)
DAY = dt.timedelta(days=1)
MON = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)

PROCESS = load_process(
    """
format = 1
[process]
id = "p"
version = "1"
[calendar]
timezone = "UTC"
[facts]
hot = { type = "bool", valid_for = "4 days" }
[[stages]]
id = "talk"
[[stages]]
id = "won"
kind = "won"
[[stages]]
id = "lost"
kind = "lost"
[[contact_gaps]]
id = "hot_touch"
touch = "any"
max = "2 days"
when = "hot"
"""
)


class Referee:
    """
    Gaps as a patient reader finds them: by looking at the live deal wherever anything may change.

    A gap is the time in which the clock of a contact gap shows one start. It ends with the first
    event at which that clock shows it no longer; if just before that event it did not show it any
    more, it ended with the last instant at which it did.
    """

    def __init__(self, process, events, now):
        self.process, self.now = observing(process), now
        self.deal = Deal.replay(self.process, events)
        self.rules = {gap.id for gap in process.contact_gaps}
        counts = {event.id: self.deal.counts_at(event) for event in self.deal.events}
        self.of_events = sorted({at for at in counts.values() if at <= now} | {now})
        self.counts = counts

    def starts(self, deal, at):
        """The clocks of contact gaps that a deal shows, with their starts."""
        clocks = deal.state(at).clocks
        return {(clock.rule, clock.started_at) for clock in clocks if clock.rule in self.rules}

    def before(self, at):
        """The deal without what is recorded for an instant or later; None: it is not open then."""
        known = [
            event
            for event in self.deal.events
            if self.counts[event.id] < at or isinstance(event, Retracted)
        ]
        try:
            return Deal.replay(self.process, known)
        except EventError:
            return None

    def gaps(self):
        """Each gap by rule and start: when it ended, and whether it runs."""
        ends = {}
        shown = set()
        for at in self.of_events:
            is_last = at == self.now
            earlier = self.before(at)
            still = set() if earlier is None else self.starts(earlier, at)
            for key in shown - still:
                ends[key] = (self.last_shown(earlier, key, at), "lapsed")
            after = (
                self.starts(self.deal, at) if not is_last or at in self.counts.values() else still
            )
            for key in still - after:
                ends[key] = (at, "ended")
            for key in after if is_last else ():
                ends[key] = (at, "running")
            shown = after
        return {key: said for key, said in ends.items() if said[0] > key[1]}

    def last_shown(self, deal, key, at):
        """The last instant before *at* at which a deal shows a clock with that start."""
        early = max(event.occurred_at for event in deal.events if self.counts[event.id] < at)
        early = max(early, deal.opened_at)
        while at - early > MICROSECOND:
            middle = early + (at - early) // 2
            early, at = (middle, at) if key in self.starts(deal, middle) else (early, middle)
        return early


def told(found):
    """What an audit says of gaps, as the referee says it."""
    return {
        (gap.rule, gap.from_at): (gap.to_at, "running" if gap.ended_by == "running" else "over")
        for gap in found.gaps
    }


class TestReferee:
    @pytest.mark.long
    @given(seed=st.integers(0, 2**40))
    @example(seed=16)
    @example(seed=26)
    @example(seed=49)
    @example(seed=63)
    def test_gaps_begin_and_end_where_live_clocks_do(self, seed):
        """Whatever ends a gap, a fact that expires included, to the microsecond."""
        case = make_case(seed)
        log = EventLog.from_events({"D": case.events}, case.process)
        for now in case.nows:
            if now >= case.deal.opened_at:
                gaps = Referee(case.process, case.events, now).gaps()
                expected = {
                    key: (at, "running" if how == "running" else "over")
                    for key, (at, how) in gaps.items()
                }
                assert told(audit(log, case.process, now, fast=False)) == expected


def call(number, at):
    return Activity(id=f"c{number}", kind="call", occurred_at=at)


def hot(number, at, *, value=True):
    return Learned(id=f"h{number}", occurred_at=at, facts={"hot": value})


def opened(deal="A"):
    return Opened(id="o", deal=deal, occurred_at=MON)


def gaps_of(*events, now=MON + 30 * DAY):
    log = EventLog.from_events({"A": (opened(), *events)}, PROCESS)
    found = audit(log, PROCESS, now, fast=False).gaps
    return [((g.from_at - MON) / DAY, (g.to_at - MON) / DAY, g.ended_by, g.late) for g in found]


class TestExpiry:
    def test_a_gap_ends_when_its_condition_expires(self):
        """Not with the next thing that happens; what had been late until then stays late."""
        assert gaps_of(hot(1, MON), call(1, MON + 9 * DAY)) == [(0, 4, "fact", True)]
        assert gaps_of(call(1, MON + DAY), hot(1, MON + DAY)) == [(1, 5, "fact", True)]

    def test_nothing_else_need_happen(self):
        """The end of the log is no end of such a gap, unless it comes first."""
        assert gaps_of(hot(1, MON)) == [(0, 4, "fact", True)]
        assert gaps_of(hot(1, MON), now=MON + 4 * DAY) == [(0, 4, "running", True)]
        assert gaps_of(hot(1, MON), now=MON + 4 * DAY + MICROSECOND) == [(0, 4, "fact", True)]

    @pytest.mark.parametrize(
        ("late", "ended_by"),
        [
            pytest.param(dt.timedelta(0), "touch", id="in-the-last-instant"),
            pytest.param(MICROSECOND, "fact", id="just-after"),
        ],
    )
    def test_boundary(self, late, ended_by):
        """A fact stands at its last instant: a call then still ends the gap."""
        first, *_ = gaps_of(hot(1, MON), call(1, MON + 4 * DAY + late))

        assert first == (0, 4, ended_by, True)

    def test_learned_again(self):
        """In time, the gap goes on; later, it is one gap again with a later end."""
        assert gaps_of(hot(1, MON), hot(2, MON + 3 * DAY)) == [(0, 7, "fact", True)]
        assert gaps_of(hot(1, MON), hot(2, MON + 6 * DAY)) == [(0, 10, "fact", True)]

    def test_learned_otherwise(self):
        """What is learned ends it at once."""
        assert gaps_of(hot(1, MON), hot(2, MON + DAY, value=False)) == [(0, 1, "fact", False)]

    def test_a_condition_that_holds_for_no_time(self):
        """What is true and false at one instant is no gap, whatever silence lies before it."""
        won = Moved(id="m", to="won", occurred_at=MON + 2 * DAY)
        lost = Moved(id="m", to="lost", occurred_at=MON + 2 * DAY + MICROSECOND)

        assert gaps_of(hot(1, MON + 2 * DAY), won) == []
        [(start, _, ended_by, _)] = gaps_of(hot(1, MON + 2 * DAY), lost)
        assert (start, ended_by) == (0, "move")

    @pytest.mark.parametrize("executor", [None, concurrent.futures.ThreadPoolExecutor])
    def test_in_shares(self, executor):
        """Deals that are run apart say the same."""
        deals = {
            name: (opened(name), hot(1, MON), *([call(1, MON + DAY)] if name in "BD" else []))
            for name in "ABCDEF"
        }
        log = EventLog.from_events(deals, PROCESS)
        with (executor or concurrent.futures.ThreadPoolExecutor)(2) as pool:
            found = audit(
                log, PROCESS, MON + 9 * DAY, fast=False, executor=pool if executor else None
            )

        told = [(gap.deal_id, gap.ended_by) for gap in found.gaps]
        assert told[:3] == [("A", "fact"), ("B", "touch"), ("B", "fact")]
        assert len(told) == 8


class TestLate:
    def test_the_end_of_a_timer_makes_no_gap_late(self):
        """Not even that of another deal whose gap began at the very instant."""
        process = load_process(
            """
format = 1
[process]
id = "p"
version = "1"
[calendar]
timezone = "UTC"
[[stages]]
id = "talk"
[[stages]]
id = "won"
kind = "won"
[[stages]]
id = "lost"
kind = "lost"
[[contact_gaps]]
id = "touch"
touch = "any"
max = "30 days"
[[timers]]
id = "slow"
since = "opened"
after = "5 days"
move_to = "lost"
"""
        )
        told = {deal: [opened(deal)] for deal in "AB"}

        found = audit(EventLog.from_events(told, process), process, MON + 9 * DAY, fast=False)

        assert found.summary.rules[1].breaches == 2
        assert [gap.late for gap in found.gaps] == [False, False]

"""The same history under other rules: against audits under these rules, and by hand."""

import datetime as dt
import json
import pickle
import random
from decimal import Decimal

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.history.random_logs import random_case
from tests.history.slow_import import deals_of
from tests.history.test_audit import is_end, live_acts, live_steps, log_of, random_now

from salesflow.deal import Deal
from salesflow.errors import ProcessError, UnknownName
from salesflow.history import EventLog, backtest
from salesflow.history.reading.mapping_file import parse_mapping
from salesflow.history.run import observing
from salesflow.history.studies.trials import HEADS, Became
from salesflow.process.load import load_process

randoms = st.integers(0, 2**40).map(random.Random)
PROCESS = """format = 1
[process]
id = "small"
version = "1"
currency = "EUR"
[calendar]
timezone = "UTC"
hours = { mon-fri = ["09:00-17:00"] }
[[stages]]
id = "talk"
[[stages]]
id = "offer"
[[stages]]
id = "won"
kind = "won"
[[stages]]
id = "lost"
kind = "lost"
[[contact_gaps]]
id = "touch"
max = "6 days"
[[timers]]
id = "gone_cold"
since = "touch"
after = "20 days"
move_to = "lost"
"""
MAPPING = """format = 1
[columns]
deal = "deal"
at = "at"
what = "what"
[stages]
talk = "talk"
offer = "offer"
won = "won"
lost = "lost"
[activities]
call = { kind = "call", direction = "out" }
[facts]
value = "value"
"""
# 2026-03-02 is a Monday. A waits five days for its offer, B is called after twelve days and won
# all the same, C is never called and lost, D is open and silent.
ROWS = """deal,at,what,value
A,2026-03-02T10:00:00Z,talk,100
A,2026-03-07T10:00:00Z,offer,
A,2026-03-07T11:00:00Z,call,
A,2026-03-09T10:00:00Z,won,
B,2026-03-02T10:00:00Z,talk,70
B,2026-03-14T10:00:00Z,call,
B,2026-03-15T10:00:00Z,offer,
B,2026-03-16T10:00:00Z,won,
C,2026-03-02T10:00:00Z,talk,50
C,2026-03-17T10:00:00Z,lost,
D,2026-03-09T10:00:00Z,talk,30
"""
AS_OF = dt.datetime(2026, 3, 20, 10, tzinfo=dt.UTC)


def at(day, hour=10):
    return dt.datetime(2026, 3, day, hour, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def process():
    return load_process(PROCESS)


@pytest.fixture(scope="module")
def log(process, tmp_path_factory):
    path = tmp_path_factory.mktemp("log") / "log.csv"
    path.write_text(ROWS, encoding="utf-8")
    return EventLog.from_csv(path, process, parse_mapping(MAPPING))


class TestByHand:
    def test_a_shorter_gap(self, log, process):
        """Four days instead of six: one more deal late, the others earlier, a move refused."""
        found = backtest(log, process, {"contact_gaps.touch.max": "4 days"}, AS_OF)
        base, trial = found.base, found.trials[0]

        assert (base.late.won, base.late.lost, base.late.open, base.blocked) == (1, 1, 1, 0)
        assert (trial.late.won, trial.late.lost, trial.late.open) == (2, 1, 1)
        assert (trial.newly_late.deals, trial.newly_late.won, trial.earlier_days) == (1, 1, 2.0)
        # A's offer came five days after its last touch.
        assert (trial.blocked, trial.blocked_in_won) == (1, 1)
        assert trial.killed.deals == 0
        rows = (
            found.to_polars(0).select("deal", "newly_late", "earlier_days", "newly_blocked").rows()
        )
        assert rows == [
            ("A", True, None, 1),
            ("B", False, 2.0, 0),
            ("C", False, 2.0, 0),
            ("D", False, 2.0, 0),
        ]
        frame = found.to_polars(0)
        assert frame["late"].to_list() == [1, 1, 1, 1]
        assert frame["late_as_it_is"].to_list() == [0, 1, 1, 1]
        assert frame["first_late_at"].to_list() == [at(6), at(6), at(6), at(13)]

    def test_rules_of_another_process(self, log, process):
        """What kills is called as there, where one more gap comes before the timer."""
        own = '[[contact_gaps]]\nid = "touch"'
        more = f'[[contact_gaps]]\nid = "more"\nmax = "90 days"\n{own}'
        other = load_process(PROCESS.replace(own, more).replace("20 days", "10 days"))
        frame = backtest(log, process, other, AS_OF).to_polars(0)

        assert frame["killed_by"].to_list() == [None, *["gone_cold"] * 3]

    def test_each_number_under_its_head(self, log, process):
        """Deals, then won, lost and open: of the late ones and of the killed."""
        found = backtest(log, process, process, AS_OF)
        late, killed = Became(won=4, lost=5, open=6), Became(won=1, lost=2, open=3)
        shown = attrs.evolve(found.base, late=late, killed=killed, blocked=8, blocked_in_won=7)

        numbers = ["15", "4", "5", "6", "8", "7", "6", "1", "2", "3"]
        assert shown.cells() == ("as it is", *numbers)
        assert len(HEADS) == 1 + len(numbers)

    def test_a_shorter_timer(self, log, process):
        """Ten days of silence, not twenty: what it would have killed, and what became of it."""
        found = backtest(log, process, {"timers.gone_cold.after": "10 days"}, AS_OF)
        trial = found.trials[0]

        assert (trial.killed.won, trial.killed.lost, trial.killed.open) == (1, 1, 1)
        assert (trial.newly_killed.deals, trial.killed_won_value) == (3, Decimal(70))
        frame = found.to_polars(0)
        assert frame["killed_at"].to_list() == [None, at(12), at(12), at(19)]
        assert frame["killed_by"].to_list() == [None, *["gone_cold"] * 3]
        assert frame["closed_at"].to_list() == [at(9), at(16), at(17), None]
        assert frame["killed_but_won"].to_list() == [False, True, False, False]
        assert "3 more killed; in fact 1 won, 1 lost, 1 open" in str(found)

    def test_a_timer_that_comes_to_watch(self, log, process):
        """A comes to its offer after five days of silence: it is killed there, and not before."""
        change = {"timers.gone_cold.after": "4 days", "timers.gone_cold.stages": ["offer"]}
        found = backtest(log, process, change, AS_OF)

        assert found.to_polars(0)["killed_at"].to_list() == [at(7), None, None, None]

    def test_looser_rules(self, log, process):
        """The other way round: what the rules as they are find and kill alone."""
        change = {"contact_gaps.touch.max": "4 days", "timers.gone_cold.after": "10 days"}
        tight = process.replace(change)
        looser = {"contact_gaps.touch.max": "6 days", "timers.gone_cold.after": "20 days"}
        found = backtest(log, tight, looser, AS_OF)
        trial = found.trials[0]

        assert (trial.newly_late.deals, trial.newly_killed.deals) == (0, 0)
        assert (trial.no_longer_late.won, trial.no_longer_late.deals) == (1, 1)
        fewer = trial.no_longer_killed
        assert (fewer.won, fewer.lost, fewer.open) == (1, 1, 1)
        assert "0 more deals late, 1 fewer, half of the others 2.0 days later" in str(found)
        assert "3 fewer killed; in fact 1 won, 1 lost, 1 open" in str(found)

    def test_business_days_against_calendar_days(self, log, process):
        """Four business days are longer than four days wherever a weekend lies between."""
        asked = [{"contact_gaps.touch.max": f"4 {unit}"} for unit in ("days", "business days")]
        calendar, business = backtest(log, process, asked, AS_OF).trials

        assert (calendar.late.deals, business.late.deals) == (4, 4)
        assert (calendar.earlier_days, business.earlier_days) == (2.0, 41 / 24)
        assert (calendar.label, business.label) == (
            "contact_gaps.touch.max = 4 days",
            "contact_gaps.touch.max = 4 business days",
        )

    def test_several_values_and_a_whole_process(self, log, process):
        """Values that only fit together are set together; a process is a trial of its own."""
        both = {"contact_gaps.touch.warn": "7 days", "contact_gaps.touch.max": "8 days"}
        other = process.replace("version", "2").replace("contact_gaps.touch.max", "8 days")
        found = backtest(log, process, [both, other], AS_OF)

        assert found.trials[0].late == found.trials[1].late
        assert found.trials[1].label == "small 2"
        assert found.trials[1].process_hash == other.hash
        # Later, not earlier.
        assert found.trials[0].earlier_days == -2.0
        assert "2.0 days later or more" in str(found)

    def test_the_same_rules_change_nothing(self, log, process):
        """Against itself, nothing is new."""
        [trial] = backtest(log, process, process, AS_OF).trials

        assert (trial.newly_late.deals, trial.newly_killed.deals, trial.earlier_days) == (0, 0, 0.0)


MORE = (
    PROCESS.replace(
        '[[stages]]\nid = "won"',
        '[[stages]]\nid = "pause"\nkind = "parked"\n[[stages]]\nid = "won"',
    )
    + """[[contact_gaps]]
id = "second"
max = "7 days"
[[timers]]
id = "asleep"
since = "touch"
after = "8 days"
move_to = "pause"
"""
)
# A is won after twelve days of silence, and nobody told what it is worth; E after seven, and is
# opened on a Thursday; G is parked after seven; H is lost after fourteen; I comes after the day.
OTHERS = """deal,at,what,value
A,2026-03-02T10:00:00Z,talk,
A,2026-03-14T09:00:00Z,offer,
A,2026-03-14T10:00:00Z,won,
B,2026-03-02T10:00:00Z,talk,70
B,2026-03-14T09:00:00Z,offer,
B,2026-03-14T10:00:00Z,won,
E,2026-03-05T10:00:00Z,talk,30
E,2026-03-12T09:00:00Z,offer,
E,2026-03-12T10:00:00Z,won,
G,2026-03-02T10:00:00Z,talk,20
G,2026-03-09T10:00:00Z,pause,
H,2026-03-02T10:00:00Z,talk,50
H,2026-03-16T10:00:00Z,lost,
I,2026-03-25T10:00:00Z,talk,60
"""


class TestOthersByHand:
    @pytest.fixture(scope="class")
    @staticmethod
    def more():
        return load_process(MORE)

    @pytest.fixture(scope="class")
    @staticmethod
    def others(more, tmp_path_factory):
        path = tmp_path_factory.mktemp("log") / "log.csv"
        path.write_text(OTHERS, encoding="utf-8")
        mapping = MAPPING.replace('offer = "offer"\n', 'offer = "offer"\npause = "pause"\n')
        return EventLog.from_csv(path, more, parse_mapping(mapping))

    def test_what_became_of_them(self, others, more):
        """Parked deals are open; who comes later is no deal yet; time that parks does not kill."""
        found = backtest(others, more, more, AS_OF)

        assert found.deals == 5
        # G went past six days before it was parked.
        late = found.base.late
        assert (late.won, late.lost, late.open, late.deals) == (3, 1, 1, 5)
        assert found.base.killed.deals == 0
        # Both gaps stand in the way of a move: it is blocked once.
        assert (found.base.blocked, found.base.blocked_in_won) == (6, 6)
        # What time moves is not late by that.
        frame = found.to_polars(0)
        assert dict(zip(frame["deal"], frame["late"], strict=True)) == {
            "A": 2, "B": 2, "E": 1, "G": 1, "H": 2, "I": 0,
        }  # fmt: skip

    def test_half_of_them(self, others, more):
        """Four business days: of four deals opened on a Monday 41 hours less, of one 7 more."""
        found = backtest(others, more, {"contact_gaps.touch.max": "4 business days"}, AS_OF)

        assert found.trials[0].earlier_days == 41 / 24

    def test_killed_by_both(self, others, more):
        """Ten days instead of six: two are killed by both, one by the longer one no more."""
        tight = more.replace("timers.gone_cold.after", "6 days")
        found = backtest(others, tight, {"timers.gone_cold.after": "10 days"}, AS_OF)
        trial = found.trials[0]

        assert (found.base.killed.won, found.base.killed.lost, found.base.killed.open) == (3, 1, 1)
        assert (trial.killed.won, trial.killed.lost, trial.killed.open) == (2, 1, 0)
        fewer, more_of_them = trial.no_longer_killed, trial.newly_killed
        assert (fewer.won, fewer.lost, fewer.open, more_of_them.deals) == (1, 0, 1, 0)
        # A's worth is not known, H was lost.
        assert (found.base.killed_won_value, trial.killed_won_value) == (Decimal(100), Decimal(70))
        frame = found.to_polars(0)
        assert frame.filter(frame["killed_but_won"])["deal"].to_list() == ["A", "B"]

    def test_blocked_anew(self, others, more):
        """Moves that are blocked now and were not, deal by deal."""
        loose = more.replace(
            {"contact_gaps.touch.max": "13 days", "contact_gaps.second.max": "13 days"}
        )
        found = backtest(others, loose, {"contact_gaps.touch.max": "8 days"}, AS_OF)
        rows = found.to_polars(0).select("deal", "blocked", "newly_blocked").rows()

        assert (found.base.blocked, found.trials[0].blocked) == (0, 4)
        assert rows == [
            ("A", 2, 2), ("B", 2, 2), ("E", 0, 0), ("G", 0, 0), ("H", 0, 0), ("I", 0, 0),
        ]  # fmt: skip


@pytest.fixture(scope="module")
def found(log, process):
    return backtest(log, process, [{"contact_gaps.touch.max": "4 days"}], AS_OF)


class TestForms:
    def test_says_what_it_cannot_say(self, found):
        """Text, page and JSON tell that history would have been another one."""
        told = "The history is what happened without these rules."

        assert told in str(found)
        assert told in found._repr_html_()
        assert told in found.to_dict()["note"]

    def test_text(self, found):
        """One line for the rules as they are, one for each trial."""
        lines = str(found).splitlines()

        assert repr(found) == "<Backtest of 4 deals by 1 other set of rules>"
        assert lines[0] == "small 1 under other rules, as of Fri 20 Mar 2026 10:00 (UTC): 4 deals"
        assert lines[3].split() == [
            "as",
            "it",
            "is",
            "3",
            "1",
            "1",
            "1",
            "0",
            "0",
            "0",
            "0",
            "0",
            "0",
        ]

    def test_frames_json_and_pickle(self, found):
        """The summary and the deals are tables, and all of it survives JSON and pickling."""
        assert found.to_polars()["rules"].to_list() == [
            "as it is",
            "contact_gaps.touch.max = 4 days",
        ]
        assert found.to_polars()["late"].to_list() == [3, 4]
        data = found.to_dict()
        assert json.loads(json.dumps(data)) == data
        assert (data["format"], data["trials"][0]["late"]["won"]) == (1, 2)
        assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - our own
        for trial in (-1, 3):
            with pytest.raises(IndexError, match=f"trial: {trial}, there are 1, from 0"):
                found.to_polars(trial)

    def test_types_do_not_depend_on_what_is_found(self, found, process):
        """Tables of several histories can be joined, those in which nothing was late, too."""
        nothing = backtest(
            EventLog.from_events({}, process), process, {"contact_gaps.touch.max": "4 days"}, AS_OF
        )

        assert nothing.to_polars().schema == found.to_polars().schema
        assert nothing.to_polars()["earlier_days"].to_list() == [None, None]

    def test_pandas(self, found):
        """The same tables as frames of pandas."""
        for trial in (None, 0):
            assert list(found.to_pandas(trial)) == found.to_polars(trial).columns
            assert len(found.to_pandas(trial)) == len(found.to_polars(trial))


class TestRefusals:
    def test_paths(self, log, process):
        """A path that leads nowhere is told by its name."""
        with pytest.raises(ProcessError, match=r"contact_gaps\.tuch\.max"):
            backtest(log, process, {"contact_gaps.tuch.max": "3 days"}, AS_OF)

    @pytest.mark.parametrize("changes", [["contact_gaps.touch.max"], [3], "contact_gaps"])
    def test_no_change(self, log, process, changes):
        """What is neither paths nor a process is told what is wanted."""
        with pytest.raises(TypeError, match="expected paths with values, or a process"):
            backtest(log, process, changes, AS_OF)

    def test_none(self, log, process):
        """Nothing to try is a mistake."""
        with pytest.raises(ValueError, match="changes: there are none"):
            backtest(log, process, [], AS_OF)

    def test_another_process(self, log, process):
        """One without the stages of the log says which it lacks, of no event in particular."""
        with pytest.raises(UnknownName, match=r"^process 'six-step' has no stage 'talk'") as found:
            backtest(log, process, load_process("six-step"), AS_OF)
        assert found.value.event_id is None

    def test_no_log(self, process):
        """A path is no log."""
        with pytest.raises(TypeError, match="expected an EventLog"):
            backtest("log.csv", process, process, AS_OF)


class TestAgainstLiveDeals:
    @pytest.mark.long
    @given(rng=randoms)
    @settings(max_examples=20)
    def test_every_figure_is_the_live_deals(self, rng, tmp_path_factory):
        """What a rule would have done is what the live deal, watching only, says it would."""
        process, mapping, rows = random_case(rng)
        now = random_now(rng, rows)
        log = log_of(rows, mapping, process, tmp_path_factory.mktemp("logs"))
        frame = backtest(log, process, process, now, fast=False).to_polars(0)
        lost = {stage.id for stage in process.stages if stage.kind == "lost"}
        moving = {timer.id for timer in process.timers if timer.move_to}
        for row in frame.to_dicts():
            deal = Deal.replay(observing(process), deals_of(rows, process, mapping)[row["deal"]])
            if deal.opened_at > now:
                assert row["kind"] is None
                continue
            acts = live_acts(deal, now)
            late = [a for a in acts if is_end(process, a) and a.rule not in moving]
            kills = [a for a in acts if a.rung == "move" and a.to in lost]
            moves = {d.event.id for d in deal.state(now).deviations}
            assert row["late"] == len(late)
            assert row["first_late_at"] == (late[0].acted_at if late else None)
            assert row["killed_at"] == (kills[0].acted_at if kills else None)
            assert row["killed_by"] == (kills[0].rule if kills else None)
            assert row["blocked"] == len(moves)
            assert bool(live_steps(deal.state(now))) is (row["blocked"] > 0)

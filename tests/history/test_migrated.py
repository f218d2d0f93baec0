"""Logs of migrated deals: judged in the words of one process, run live each under its own."""

import datetime as dt
import pickle

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rules.cases import cases
from tests.rules.changes import make_change

from salesflow.change import migrate
from salesflow.deal import Deal
from salesflow.errors import LogError, PinnedError
from salesflow.events import Learned, Moved, Opened, Overridden
from salesflow.history import EventLog, audit, backtest, silence
from salesflow.history.reading.migrated import NotGivenError
from salesflow.process.load import load_process

DAY = dt.timedelta(days=1)
NINE = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
LATER = NINE + 30 * DAY

OLD = load_process(
    """
format = 1
[process]
id = "ours"
version = "1"
[calendar]
timezone = "UTC"
[calendars.west]
timezone = "America/Denver"
[facts]
need = { type = "bool" }
gone = { type = "bool" }
[[stages]]
id = "talk"
[[stages]]
id = "demo"
[[stages]]
id = "won"
kind = "won"
[[contact_gaps]]
id = "touch"
max = "5 days"
"""
)
NEW = """
format = 1
[process]
id = "ours"
version = "2"
[calendar]
timezone = "UTC"
[facts]
needed = { type = "bool" }
[[stages]]
id = "first"
[[stages]]
id = "talks"
[[stages]]
id = "demos"
[[stages]]
id = "won"
kind = "won"
[[contact_gaps]]
id = "silence"
max = "3 days"
"""
RENAMED = load_process(NEW)
STAGES, FACTS = {"talk": "talks", "demo": "demos"}, {"need": "needed"}


def a_deal(id="A", calendar=None):
    """A deal that went on to the second stage before it was migrated."""
    deal = Deal.open(OLD, id=id, at=NINE, owner="ann", calendar=calendar)
    deal.learn(at=NINE, need=True, gone=True)
    deal.record(Moved(id=f"{id}/m", to="demo", occurred_at=NINE + 2 * DAY))
    until = NINE + 4 * DAY
    deal.record(
        Overridden(id=f"{id}/v", target="touch", until=until, reason="fair", occurred_at=NINE + DAY)
    )
    return deal


def migrated(deal, new=RENAMED):
    plan = migrate(
        [deal],
        new,
        at=NINE + 10 * DAY,
        stages=STAGES,
        facts=FACTS,
        calendars={"west": None},
    )
    plan.apply()
    return deal


@pytest.fixture
def deal():
    return migrated(a_deal(calendar="west"))


def events_of(deal):
    return {deal.id: deal.events}


class TestAudit:
    def test_by_hand(self, deal):
        """Where a deal was, what is known of it and its silence are told as the migration says."""
        log = EventLog.from_events(events_of(deal), RENAMED, earlier=[OLD])
        found = audit(log, RENAMED, LATER, fast=False)

        visits = found.to_polars("visits").select("stage", "left_at").rows()
        assert visits == [("talks", NINE + 2 * DAY), ("demos", None)]
        [verdict] = found.deals
        assert (verdict.stage, verdict.labels, verdict.status) == (
            "demos",
            {"needed": "true"},
            "breached",
        )
        assert [(gap.rule, gap.from_at) for gap in found.gaps] == [("silence", NINE)]
        assert log.facts == {"needed"}

    def test_events_stay_as_they_are(self, deal):
        """What is retold for the rules is not what was recorded."""
        log = EventLog.from_events(events_of(deal), RENAMED, earlier=[OLD])

        assert log.events("A") == deal.events
        again = EventLog.from_events(log.to_events(), RENAMED, earlier=[OLD])
        assert audit(again, RENAMED, LATER, fast=False) == audit(log, RENAMED, LATER, fast=False)

    def test_by_the_process_before(self, deal):
        """The process before judges what was recorded in its own words, as it always did."""
        log = EventLog.from_events(events_of(deal), OLD)

        assert audit(log, OLD, LATER, fast=False).deals[0].stage == "demo"

    def test_a_part_of_it(self, deal):
        """What was known before the migration is told in the same words."""
        log = EventLog.from_events(events_of(deal), RENAMED, earlier=[OLD])
        before = log.until(NINE + DAY)

        assert audit(before, RENAMED, NINE + DAY, fast=False).deals[0].stage == "talks"
        assert log.known_at(NINE + DAY).facts == {"needed"}

    def test_other_analyses(self, deal):
        """They read the same log."""
        log = EventLog.from_events(events_of(deal), RENAMED, earlier=[OLD])
        longer = {"contact_gaps.silence.max": "60 days"}

        assert backtest(log, RENAMED, longer, LATER).trials[0].late.deals == 0
        assert silence(log, RENAMED, LATER).deals == 1

    def test_twice(self):
        """Each migration is followed in turn, up to the process that the log is read for."""
        third = load_process(NEW.replace('"2"', '"3"').replace('"demos"', '"shown"'))
        twice = migrated(a_deal())
        migrate([twice], third, at=NINE + 20 * DAY, stages={"demos": "shown"}).apply()
        stages = {
            process.version: audit(
                EventLog.from_events([twice], process), process, LATER, fast=False
            )
            .deals[0]
            .stage
            for process in (OLD, RENAMED, third)
        }

        assert stages == {"1": "demo", "2": "demos", "3": "shown"}

    @pytest.mark.long
    @given(case=cases)
    @settings(max_examples=25)
    def test_names_make_no_difference(self, case):
        """A deal that only its names were changed of is judged as if they always had been so."""
        process = case.process
        version = process.replace("version", "other")
        at = max(e.known_at for e in case.events) + 400 * DAY
        deal = Deal.replay(process, [e for e in case.events if e.occurred_at < at])
        plan = migrate([deal], version, at=at)
        before = EventLog.from_events(events_of(deal), process)
        # Which of several openings counts is for the calendar that each of them names.
        calendars = {e.calendar for e in deal.events if isinstance(e, Opened)}
        if plan.problems or len(calendars) > 1:
            return
        plan.apply()
        after = EventLog.from_events([deal], version)
        for now in case.nows:
            # Of the calendars that a deal may choose, the migration names the same one.
            assert [
                audit(after, version, now, fast=False).deals,
                audit(after, version, now, fast=False).gaps,
            ] == [
                audit(before, process, now, fast=False).deals,
                audit(before, process, now, fast=False).gaps,
            ]

    @pytest.mark.long
    @given(seed=st.integers(0, 2**40))
    @settings(max_examples=40)
    def test_whatever_was_migrated_is_read(self, seed):
        """Of processes that have little in common, too."""
        change = make_change(seed)
        log = EventLog.from_events([change.deal], change.processes[-1])

        # By days of another calendar they may come in another order.
        assert set(log.events("D")) == set(change.deal.events)
        assert len(audit(log, change.processes[-1], change.nows[-1], fast=False).deals) == 1


class TestMissing:
    def test_an_opening_that_does_not_say_its_stage(self, deal):
        """It means the first stage of a process that is not there: all such deals are named."""
        told = {"A": deal.events, "B": migrated(a_deal("B")).events}

        with pytest.raises(LogError) as caught:
            EventLog.from_events(told, RENAMED)

        [problem] = caught.value.problems
        assert problem.startswith(f"2 deals, 'A', 'B': opened under process {OLD.hash[:12]},")
        assert "--earlier FILE" in problem

    def test_one(self, deal):
        """Of one deal it is said of one."""
        with pytest.raises(LogError, match=r"- deal 'A': opened under process"):
            EventLog.from_events(events_of(deal), RENAMED)

    def test_an_opening_that_says_it(self, deal):
        """Then nothing is missing."""
        events = [
            attrs.evolve(e, stage="talk") if isinstance(e, Opened) else e for e in deal.events
        ]
        log = EventLog.from_events({"A": events}, RENAMED)

        assert audit(log, RENAMED, LATER, fast=False).deals[0].stage == "demos"

    def test_error_is_pickled(self):
        """It holds data."""
        error = NotGivenError("abc")

        assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301 - our own

    @pytest.mark.parametrize("given_", ["old.toml", ["old.toml"], OLD])
    def test_what_is_no_process(self, deal, given_):
        """A name or a file is refused, and so is one process alone, as everywhere."""
        with pytest.raises(TypeError, match=r"^earlier: got (?s:.*), expected (several|a Process)"):
            EventLog.from_events(events_of(deal), RENAMED, earlier=given_)


class TestFormats:
    def test_files_and_frames(self, deal, tmp_path):
        """Every form of our own events takes the earlier processes."""
        log = EventLog.from_events([deal], RENAMED)
        log.to_jsonl(tmp_path / "log.jsonl")
        log.to_parquet(tmp_path / "log.parquet")
        log.to_xes(tmp_path / "log.xes")
        before = {"earlier": [OLD]}

        for other in (
            EventLog.read(tmp_path / "log.jsonl", RENAMED, **before),
            EventLog.read(tmp_path / "log.parquet", RENAMED, **before),
            EventLog.read(tmp_path / "log.xes", RENAMED, **before),
            EventLog.from_jsonl(tmp_path / "log.jsonl", RENAMED, **before),
            EventLog.from_parquet(tmp_path / "log.parquet", RENAMED, **before),
            EventLog.from_parquet(tmp_path / "log.parquet", RENAMED, parts=2, **before),
            EventLog.from_xes(tmp_path / "log.xes", RENAMED, **before),
            EventLog.from_frame(log.to_polars(), RENAMED, **before),
        ):
            assert other.to_events() == log.to_events()
            assert audit(other, RENAMED, LATER, fast=False) == audit(
                log, RENAMED, LATER, fast=False
            )


class TestLive:
    def test_each_under_its_own(self, deal):
        """Of a log that is migrated in part, each deal runs under the process that it names."""
        log = EventLog.from_events([deal, a_deal("B")], RENAMED, earlier=[OLD])

        assert [live.process for live in log.to_deals(RENAMED)] == [RENAMED, OLD]
        assert [live.events for live in log.to_deals(RENAMED)] == [
            deal.events,
            log.events("B"),
        ]

    def test_missing(self, deal):
        """A process that is not given is named by its hash."""
        log = EventLog.from_events(events_of(deal), OLD)

        with pytest.raises(PinnedError, match=RENAMED.hash[:12]):
            list(log.to_deals(OLD))

    def test_a_fact_of_later(self, deal):
        """What is learned after the migration is in the words of then."""
        deal.record(Learned(id="l", facts={"needed": False}, occurred_at=NINE + 12 * DAY))
        log = EventLog.from_events([deal], RENAMED)

        assert audit(log, RENAMED, LATER, fast=False).deals[0].labels == {"needed": "false"}

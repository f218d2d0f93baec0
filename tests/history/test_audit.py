import datetime as dt
import json
import pickle
import random
import sys
from collections import Counter
from typing import NamedTuple

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.history.random_logs import as_csv, random_case
from tests.history.slow_import import deals_of
from tests.rules.cases import rows_taken

from salesflow.calendars import Calendar, to_datetime, to_micros
from salesflow.deal import Deal, Raised
from salesflow.errors import EventError, MissingExtraError
from salesflow.history import EventLog, audit
from salesflow.history.run import observing, run
from salesflow.process.model import Process
from salesflow.process.parts import (
    ContactGap,
    Criterion,
    Fact,
    NamedCalendar,
    Role,
    Stage,
    StageKind,
)
from salesflow.rules import codes
from salesflow.rules.book import rule_book
from salesflow.rules.compiled import compiled

DAY = dt.timedelta(days=1)
MICROSECOND = dt.timedelta(microseconds=1)
randoms = st.integers(0, 2**40).map(random.Random)


def log_of(rows, mapping, process, folder):
    path = folder / "log.csv"
    path.write_text(as_csv(rows), encoding="utf-8")
    return EventLog.from_csv(path, process, mapping)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("logs")


def random_now(rng, rows):
    at = dt.datetime.fromisoformat(rng.choice(rows)["at"])
    return at + rng.choice((dt.timedelta(0), dt.timedelta(microseconds=1), 3 * DAY, 40 * DAY))


class Act(NamedTuple):
    """What time did, but for its key and whether it moved the deal."""

    rule: str
    rung: str
    started_at: dt.datetime
    due_at: dt.datetime
    acted_at: dt.datetime
    stage: str
    to: str | None


def live_acts(deal, now):
    acts = [entry for entry in deal.timeline(now) if isinstance(entry, Raised)]
    return [Act._make(getattr(act, name) for name in Act._fields) for act in acts]


def acts_of(log, outcome, deal_id):
    """What time did to a deal, in the words of the live deal."""
    book, number = outcome.book, log.deals.index(deal_id)
    found = []
    for deal, rung, *instants, stage in zip(*outcome.acts[1:], strict=True):
        if deal == number:
            step = book.rungs[rung]
            when = (to_datetime(int(at)) for at in instants)
            name = book.rules[step.rule].id
            found.append(Act(name, step.name, *when, book.process.stages[stage].id, step.to))
    return found


def live_steps(state):
    """What moves passed over."""
    return [
        (deviation.from_stage, deviation.event.to, obstacle.code, obstacle.rule)
        for deviation in state.deviations
        for obstacle in deviation.obstacles
    ]


class TestAgainstLiveDeals:
    @given(rng=randoms)
    def test_every_verdict_is_the_live_deals(self, rng, folder):
        """Imported slowly and run live, every deal stands as the audit says."""
        process, mapping, rows = random_case(rng)
        now = random_now(rng, rows)
        log = log_of(rows, mapping, process, folder)
        found = audit(log, process, now, fast=False)
        outcome = run(log, process, to_micros(now), fast=False)
        expected = deals_of(rows, process, mapping)
        steps = Counter()

        assert sorted(expected) == list(log.deals) == [verdict.deal_id for verdict in found.deals]
        for verdict in found.deals:
            deal = Deal.replay(observing(process), expected[verdict.deal_id])
            assert verdict.opened_at == deal.opened_at
            if deal.opened_at > now:
                assert verdict.stage is None
                continue
            state, coming = deal.state(now), deal.next_deadline(now)
            passed = live_steps(state)
            steps.update(passed)
            ends = [a for a in live_acts(deal, now) if is_end(process, a)]
            assert attrs.asdict(verdict, recurse=False) == {
                "deal_id": state.deal_id,
                "owner": state.owner,
                "stage": state.stage,
                "kind": state.kind,
                "status": state.status,
                "opened_at": state.opened_at,
                "entered_at": state.entered_at,
                "last_touch_at": state.last_touch_at,
                "status_rule": verdict.status_rule,
                "rule": coming and coming.rule,
                "rung": coming and coming.rung,
                "due_at": coming and coming.due_at,
                "days_left": coming and (coming.due_at - now) / DAY,
                "breaches": len(ends),
                "deviations": len(passed),
                "first_deviation": verdict.first_deviation,
                "value": value_of(state),
                **indicators(deal, now),
                **ages(state, now),
                "open_days": verdict.open_days,
                "older_than": verdict.older_than,
                "labels": verdict.labels,
            }
            # What has expired is a label still: it is what was told last.
            assert labels(process, state).items() <= verdict.labels.items()
            if passed:
                assert attrs.astuple(verdict.first_deviation) == passed[0]
            assert acts_of(log, outcome, verdict.deal_id) == live_acts(deal, now)
        assert {attrs.astuple(c.step): c.count for c in found.deviations} == steps
        check_summary(found, log, process, now)

    @given(rng=randoms)
    def test_events_of_the_log_are_the_same_deal(self, rng, folder):
        """What the log gives back is, live, the deal that the rows tell."""
        process, mapping, rows = random_case(rng)
        now = random_now(rng, rows)
        log = log_of(rows, mapping, process, folder)

        for deal_id, events in deals_of(rows, process, mapping).items():
            deal = Deal.replay(process, log.events(deal_id))
            other = Deal.replay(process, events)
            if other.opened_at <= now:
                mine, theirs = deal.state(now), other.state(now)
                assert attrs.evolve(mine, deviations=()) == attrs.evolve(theirs, deviations=())
                assert live_steps(mine) == live_steps(theirs)
                assert live_acts(deal, now) == live_acts(other, now)

    @pytest.mark.long
    @given(rng=randoms)
    def test_order_and_repeats_do_not_matter(self, rng, folder):
        """Rows in another order, some of them twice, tell the same if no two are at one instant."""
        process, mapping, rows = random_case(rng)
        # Of two at one instant a call is kept, which opens its deal.
        rows.sort(key=lambda row: row["what"] == "call")
        distinct = list({(row["deal"], row["at"]): row for row in rows}.values())
        again = [*distinct, rng.choice(distinct)]
        rng.shuffle(again)
        now = random_now(rng, rows)

        one, other = (
            audit(log_of(told, mapping, process, folder), process, now, fast=False)
            for told in (distinct, again)
        )

        assert (one.deals, one.summary) == (other.deals, other.summary)
        assert other.quality.duplicates == one.quality.duplicates + 1

    @given(rng=randoms)
    def test_nothing_is_dropped_silently(self, rng, folder):
        """Every row that was read is counted in one place."""
        process, mapping, rows = random_case(rng)
        # Calls stay as they are: where every row is broken, there is no log at all.
        for row in (row for row in rows if row["what"] != "call"):
            for column, broken in (("deal", ""), ("at", "soon"), ("at", ""), ("status", "maybe")):
                if rng.random() < 0.05:
                    row[column] = broken
        found = log_of(rows, mapping, process, folder).quality

        assert found.rows == found.read == len(rows)
        assert found.read == (
            found.used
            + sum(found.ignored.values())
            + sum(found.unmapped.values())
            + found.unusable_rows
            + found.duplicates
        )


def indicators(deal, now):
    """What the deal adds to the pulse."""
    pulse = deal.pulse(now)
    found = {
        "due_soon": bool(pulse.due_soon),
        "gate_open": bool(pulse.gates_open),
        "on_hold": bool(pulse.on_hold),
        "uncertain": deal.state(now).uncertain,
        "revert_due": bool(pulse.reverts_due),
    }
    return found | {name: getattr(pulse, name) for name in ("minutes", "selling_minutes")}


def ages(state, now):
    is_closed = state.kind in {StageKind.WON, StageKind.LOST}
    closed_at = state.entered_at if is_closed else None
    return {"closed_at": closed_at, "age_days": ((closed_at or now) - state.opened_at) / DAY}


def labels(process, state):
    wanted = {"one_of", "text", "bool", "int"}
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in state.facts.items()
        if process.all_facts[name].type in wanted
    }


def is_end(process, raised):
    timers = {timer.id: timer for timer in process.timers}
    timer = timers.get(raised.rule)
    return raised.rung == ("move" if timer and timer.move_to else "breach")


def value_of(state):
    value = state.facts.get("value")
    return None if value is None or isinstance(value, str) else value


def check_summary(found, log, process, now):
    """The figures are what one gets by counting live deals."""
    live = [Deal.replay(observing(process), log.events(deal)) for deal in log.deals]
    states = {d.id: d.state(now) for d in live if d.opened_at <= now}
    kinds = Counter(state.kind for state in states.values())
    opened = [state for state in states.values() if state.kind is StageKind.OPEN]
    status = Counter(state.status for state in opened)
    told = found.summary
    assert (told.open, told.won, told.lost, told.parked) == tuple(kinds[kind] for kind in StageKind)
    assert told.not_open_yet == len(live) - len(states)
    assert (told.ok, told.due, told.breached) == (status["ok"], status["due"], status["breached"])
    assert told.rows_after == sum(e.occurred_at > now for d in live for e in after_opening(d))
    for rule in told.rules:
        clocks = [c for state in opened for c in state.clocks if c.rule == rule.rule]
        acts = [
            (deal.id, act)
            for deal in live
            if deal.id in states
            for act in live_acts(deal, now)
            if act.rule == rule.rule and is_end(process, act)
        ]
        passed = {deal for deal, _ in acts}
        ended = Counter(states[deal].kind.value for deal in passed) if rule.move_to else {}
        assert rule.breached_now == sum(clock.status == "breached" for clock in clocks)
        assert rule.due_now == sum(clock.status == "due" for clock in clocks)
        assert (rule.breaches, rule.deals, rule.ended) == (len(acts), len(passed), ended)


def after_opening(deal):
    """The events as they count: none before the opening, each fact by itself."""
    for event in deal.events:
        for _ in getattr(event, "facts", [0]):
            yield attrs.evolve(event, occurred_at=max(event.occurred_at, deal.opened_at))


class TestOrder:
    @given(rng=randoms)
    def test_rows_are_in_the_order_of_the_fold(self, rng, folder):
        """Every row stands where the live deal takes the event in, with the same numbers."""
        process, mapping, rows = random_case(rng)
        log = log_of(rows, mapping, process, folder)
        encoded = log.origin.rows(rule_book(process))
        found = list(zip(*(column.tolist() for column in encoded[1:]), strict=True))
        expected = []
        for deal_id in log.deals:
            deal = Deal.replay(process, log.events(deal_id))
            for row in rows_taken(deal):
                # A log revises no activity, so it does not number them.
                is_activity = row.kind == codes.ACTIVITY
                expected.append(row._replace(value=row.value & 3) if is_activity else row)

        assert found == expected
        assert encoded.first[-1] == len(expected) == len(log)

    @given(rng=randoms)
    def test_events_are_in_the_order_of_the_fold(self, rng, folder):
        """Events come as they count."""
        process, mapping, rows = random_case(rng)
        log = log_of(rows, mapping, process, folder)

        for deal_id in log.deals:
            assert Deal.replay(process, log.events(deal_id)).events == log.events(deal_id)


@pytest.mark.compiled
class TestCompiled:
    @given(rng=randoms)
    def test_same_as_plain(self, rng, folder):
        """The compiled rules say what the plain ones say."""
        pytest.importorskip("numba")
        process, mapping, rows = random_case(rng)
        log = log_of(rows, mapping, process, folder)
        now = random_now(rng, rows)

        assert audit(log, process, now, fast=True) == audit(log, process, now, fast=False)

    def test_missing_numba_names_the_extra(self, monkeypatch, folder):
        """Who demands the compiled rules is told what to install."""
        monkeypatch.setitem(sys.modules, "numba", None)
        compiled.cache_clear()
        process, mapping, rows = random_case(random.Random(1))
        log = log_of(rows, mapping, process, folder)

        with pytest.raises(MissingExtraError, match=r"numba .* 'salesflow\[fast\]'"):
            audit(log, process, random_now(random.Random(1), rows), fast=True)
        audit(log, process, random_now(random.Random(1), rows))


class TestForms:
    @given(rng=randoms)
    def test_pickles_and_is_json(self, rng, folder):
        """An audit survives pickling, and its dictionary survives JSON."""
        process, mapping, rows = random_case(rng)
        log = log_of(rows, mapping, process, folder)
        found = audit(log, process, random_now(rng, rows))
        data = found.to_dict()

        assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - our own
        assert json.loads(json.dumps(data)) == data
        assert data["format"] == 1
        assert len(data["deals"]) == len(log.deals)

    @pytest.mark.parametrize("role", ["boss", None])
    def test_criteria_that_ask_for_a_role(self, role):
        """If no fact was learned in a role, the criteria that ask for one are named."""
        signed = Criterion(id="signed", expression="need", by=["boss"])
        stages = [Stage(id="talk", exit=["fit", signed]), Stage(id="won", kind="won")]
        process = Process(
            id="small",
            version="1",
            stages=stages,
            facts=[Fact(id="need", type="bool"), Fact(id="fit", type="bool")],
            roles=[Role(id="boss")],
        )
        at = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
        deal = Deal.open(process, id="D", at=at)
        deal.learn(at=at, need=True, role=role)
        found = audit(EventLog.from_events(deal.events, process), process, at + DAY)

        assert found.roleless_criteria == (() if role else ("signed",))
        assert ("the criterion 'signed' is never met." in " ".join(str(found).split())) == (
            role is None
        )

    def test_a_fact_that_expires_at_the_deadline(self):
        """The rule asks for it up to its end, so it acts; a microsecond later it asks no more."""
        gap = ContactGap(id="touch", max="3 days", when="fit")
        process = Process(
            id="small",
            version="1",
            stages=[Stage(id="talk"), Stage(id="won", kind="won")],
            facts=[Fact(id="fit", type="bool", valid_for="3 days")],
            contact_gaps=[gap],
        )
        at = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
        deal = Deal.open(process, id="D", at=at)
        deal.learn(at=at, fit=True)
        found = audit(EventLog.from_events(deal.events, process), process, at + 9 * DAY)

        assert [(each.ended_by, each.to_at, each.late) for each in found.gaps] == [
            ("fact", at + 3 * DAY, True)
        ]
        acts = [each for each in deal.timeline(at + 9 * DAY) if isinstance(each, Raised)]
        assert [(act.rung, act.acted_at) for act in acts] == [("breach", at + 3 * DAY)]
        late = [deal.state(at + span).status for span in (3 * DAY, 3 * DAY + MICROSECOND)]
        assert [str(status) for status in late] == ["ok", "ok"]

    def test_a_calendar_that_the_process_does_not_have(self):
        """A deal that names one cannot be judged by it."""
        gulf = NamedCalendar(id="gulf", calendar=Calendar("Asia/Dubai"))
        stages = [Stage(id="talk"), Stage(id="won", kind="won")]
        process = Process(id="small", version="1", stages=stages, calendars=[gulf])
        at = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
        deal = Deal.open(process, id="D", at=at, calendar="gulf")
        log = EventLog.from_events(deal.events, process)
        with pytest.raises(EventError, match="gulf"):
            audit(log, process.replace("calendars", None), at + DAY)

    def test_a_file_is_no_log(self):
        """Whoever hands over the file's name is told what is wanted."""
        process, _, _ = random_case(random.Random(1))
        with pytest.raises(TypeError, match=r"got 'log\.csv', expected several of type EventLog"):
            audit("log.csv", process, to_datetime(0))

    def test_naive_as_of_is_refused(self, folder):
        """An instant without a zone is none."""
        process, mapping, rows = random_case(random.Random(1))
        log = log_of(rows, mapping, process, folder)
        with pytest.raises(ValueError, match="time zone"):
            audit(log, process, dt.datetime(2026, 1, 1))  # noqa: DTZ001

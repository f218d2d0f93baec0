"""What an audit hands over: gaps, visits, indicators, flow, groups; as objects, tables, files."""

import datetime as dt
import html
import json
import pickle
import random
import sys
from decimal import Decimal

import attrs
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.history.random_logs import random_case
from tests.history.slow_import import deals_of
from tests.history.test_audit import log_of, random_now

from salesflow.deal import Deal, pulse
from salesflow.errors import MissingExtraError
from salesflow.events import Activity, Learned, Moved, Opened, Retracted
from salesflow.history import EventLog, audit
from salesflow.history.reading.mapping_file import parse_mapping
from salesflow.history.report.breakdown import cells, total
from salesflow.history.report.flow import Durations
from salesflow.history.report.sections import sections
from salesflow.history.run import observing
from salesflow.process.load import load_process, parse_process

DAY = dt.timedelta(days=1)
randoms = st.integers(0, 2**40).map(random.Random)

PROCESS = """format = 1
[process]
id = "small"
version = "1"
currency = "EUR"
[calendar]
timezone = "UTC"
hours = { mon-fri = ["09:00-17:00"] }
[facts]
segment = { type = "one_of", values = ["big", "small"] }
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
warn = "1 day"
max = "2 days"
[[contact_gaps]]
id = "offer_touch"
stages = ["offer"]
max = "2 business days"
"""
MAPPING = """format = 1
[columns]
deal = "deal"
at = "at"
what = "what"
by = "by"
owner = "owner"
minutes = "minutes"
[stages]
talk = "talk"
offer = "offer"
won = "won"
lost = "lost"
[activities]
call = { kind = "call", direction = "out" }
note = "note"
[facts]
segment = "segment"
value = "value"
"""
HEAD = "deal,at,what,by,owner,minutes,segment,value"
# 2026-03-02 is a Monday.
ROWS = """
A,2026-03-02T10:00,talk,ann,ann,,big,100
A,2026-03-03T10:00,call,ann,,30,,
A,2026-03-06T10:00,offer,ann,bob,,,
A,2026-03-09T10:00,call,bob,,20,,
A,2026-03-10T10:00,won,bob,,,,
B,2026-03-04T10:00,talk,bob,bob,,small,50
B,2026-03-05T10:00,note,bob,,60,,
C,2026-03-08T10:00,talk,ann,ann,,big,7.5
C,2026-03-08T12:00,call,ann,,15,,
D,2026-03-05T10:00,talk,,,,,
D,2026-03-06T10:00,lost,,,,,
""".strip()
AS_OF = dt.datetime(2026, 3, 11, 10, tzinfo=dt.UTC)


def at(day, hour=10):
    return dt.datetime(2026, 3, day, hour, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    path = tmp_path_factory.mktemp("log") / "log.csv"
    path.write_text(f"{HEAD}\n{ROWS}\n".replace(":00,", ":00Z,"), encoding="utf-8")
    return EventLog.from_csv(path, load_process(PROCESS), parse_mapping(MAPPING))


@pytest.fixture(scope="module")
def found(log):
    return audit(log, load_process(PROCESS), AS_OF, days=30)


class TestGaps:
    def test_by_hand(self, found):
        """A gap ends with a touch, or when the rule watches no longer; the last one may run."""
        told = [
            (g.deal_id, g.rule, g.from_at, g.to_at, g.ended_by, g.owner, g.by, g.counted, g.late)
            for g in found.gaps
        ]

        assert told == [
            ("A", "touch", at(2), at(3), "touch", "ann", "ann", 1.0, False),
            ("A", "touch", at(3), at(9), "touch", "bob", "bob", 6.0, True),
            ("A", "touch", at(9), at(10), "move", "bob", None, 1.0, False),
            # It began outside the rule's stage; by Monday, 10:00, three working days had closed.
            ("A", "offer_touch", at(3), at(9), "touch", "bob", "bob", 3.0, True),
            ("A", "offer_touch", at(9), at(10), "move", "bob", None, 0.0, False),
            ("B", "touch", at(4), AS_OF, "running", "bob", None, 7.0, True),
            ("C", "touch", at(8), at(8, 12), "touch", "ann", "ann", 2 / 24, False),
            ("C", "touch", at(8, 12), AS_OF, "running", "ann", None, 2 + 22 / 24, True),
            ("D", "touch", at(5), at(6), "move", None, None, 1.0, False),
        ]

    def test_severity(self, found):
        """Severity is what was counted as a share of what is allowed, in the rule's own unit."""
        by_rule = {
            (g.rule, g.unit): (g.allowed, g.severity) for g in found.gaps if g.from_at == at(3)
        }

        assert by_rule == {("touch", "days"): (2, 3.0), ("offer_touch", "business days"): (2, 1.5)}

    def test_who_ended_it(self, tmp_path):
        """Of what happens at one instant, as where only days are known, a touch ended the gap."""
        path = tmp_path / "log.csv"
        rows = (
            "A,2026-03-02,talk,ann,,,big,100",
            "A,2026-03-03,call,ann,,,,",
            "A,2026-03-03,note,bob,,,,",
        )
        path.write_text("\n".join([HEAD, *rows]), encoding="utf-8")
        process = load_process(PROCESS)
        log = EventLog.from_csv(path, process, parse_mapping(MAPPING))
        recorded = EventLog.from_events(log.to_events(), process)

        for each in (log, recorded):
            ended, running = audit(each, process, AS_OF).gaps
            assert (ended.ended_by, ended.by) == ("touch", "ann")
            assert (running.ended_by, running.by) == ("running", None)

    @pytest.mark.long
    @given(rng=randoms)
    @settings(max_examples=25)
    def test_gaps_are_the_live_clocks(self, rng, tmp_path_factory):
        """Just before it ends, the clock of the live deal shows the gap: start, length, verdict."""
        process, mapping, rows = random_case(rng)
        now = random_now(rng, rows)
        log = log_of(rows, mapping, process, tmp_path_factory.mktemp("logs"))
        expected = deals_of(rows, process, mapping)
        conditions = {rule.id: rule.when for rule in process.contact_gaps}
        breached = dict.fromkeys(conditions, 0)
        found = audit(log, process, now, fast=False)
        for gap in found.gaps:
            is_known = gap.ended_by == "running"
            live = [
                e
                for e in expected[gap.deal_id]
                if e.occurred_at < gap.to_at or e.rank == 0 or (is_known and e.occurred_at <= now)
            ]
            state = Deal.replay(observing(process), live).state(gap.to_at)
            clock = {clock.rule: clock for clock in state.clocks}.get(gap.rule)
            breached[gap.rule] += gap.late
            if clock is None or clock.used is None:
                # A fact that the rule asks for has expired, or will before the end.
                assert conditions[gap.rule] is not None
            elif clock.started_at == gap.from_at:
                assert clock.used == pytest.approx(gap.severity, abs=1e-9)
                # At its end a rule acts if a fact that it asks for holds until then.
                ends_with_a_fact = gap.ended_by == "fact" and gap.to_at == clock.due_at
                assert (clock.status == "breached") is (gap.late and not ends_with_a_fact)
        rules = {rule.rule: rule for rule in found.summary.rules}
        assert all(count <= rules[rule].breaches for rule, count in breached.items())


class TestRecordedEvents:
    @pytest.mark.long
    @given(rng=randoms)
    @settings(max_examples=20)
    def test_events_say_the_same_as_their_table(self, rng, tmp_path_factory):
        """A log of events is judged as the table that they were read from."""
        process, mapping, rows = random_case(rng)
        now = random_now(rng, rows)
        log = log_of(rows, mapping, process, tmp_path_factory.mktemp("logs"))
        told = audit(log, process, now, fast=False)
        recorded = audit(EventLog.from_events(log.to_events(), process), process, now, fast=False)

        assert recorded.deals == told.deals
        assert recorded.gaps == told.gaps
        assert (recorded.pulse, recorded.summary.rules) == (told.pulse, told.summary.rules)

    def test_holds_revisions_and_calendars(self):
        """What only events can tell: holds, minutes that were corrected, retractions, calendars."""
        text = PROCESS.replace("[facts]", '[calendars.west]\ntimezone = "America/Denver"\n[facts]')
        process = observing(load_process(text))
        held, kept = (Deal.open(process, id=name, at=at(2), owner="ann") for name in ("A", "B"))
        west = Deal.open(process, id="C", at=at(2), calendar="west")
        held.hold(at=at(3), until=at(20), reason="fair")
        kept.log("call", at=at(3), minutes=10, activity_id="x")
        kept.record(
            Activity(id="x2", kind="call", activity_id="x", minutes=30, occurred_at=at(3, 11))
        )
        kept.record(Activity(id="y", kind="call", minutes=99, occurred_at=at(4)))
        kept.record(Retracted(id="z", target="y", occurred_at=at(5)))
        west.record(Activity(id="w", kind="note", minutes=7, occurred_at=at(4)))
        deals = [held, kept, west]
        now = at(9)
        found = audit(EventLog.from_events(deals, process), process, now, fast=False)
        expected = pulse(deals, now)

        assert (found.pulse.on_hold, found.pulse.minutes, found.pulse.selling_minutes) == (
            1,
            37,
            30,
        )
        assert found.pulse == expected
        first = found.gaps[0]
        # Of seven days of silence one counts: then the hold began.
        assert (first.deal_id, first.days, first.counted) == ("A", 7.0, 1.0)


class TestVisits:
    def test_by_hand(self, found):
        """Each visit to a stage with its length; one that goes on lasts up to now."""
        rows = found.to_polars("visits").select("deal", "stage", "days", "left_at").rows()

        assert [(d, s, n, left is None) for d, s, n, left in rows] == [
            ("A", "talk", 4.0, False),
            ("A", "offer", 4.0, False),
            ("A", "won", 1.0, True),
            ("B", "talk", 7.0, True),
            ("C", "talk", 3.0, True),
            ("D", "talk", 1.0, False),
            ("D", "lost", 5.0, True),
        ]

    @pytest.mark.long
    @given(rng=randoms)
    @settings(max_examples=25)
    def test_visits_are_the_live_turns(self, rng, tmp_path_factory):
        """The live deal has been where the visits say."""
        process, mapping, rows = random_case(rng)
        now = random_now(rng, rows)
        log = log_of(rows, mapping, process, tmp_path_factory.mktemp("logs"))
        visits = audit(log, process, now, fast=False).to_polars("visits")
        for deal_id, events in deals_of(rows, process, mapping).items():
            deal = Deal.replay(observing(process), events)
            for stage, entered in visits.filter(deal=deal_id).select("stage", "entered_at").rows():
                later = [e for e in events if e.occurred_at > entered and e.rank != 0]
                known = [e for e in events if e not in later]
                state = Deal.replay(observing(process), known).state(entered)
                assert state.opened_at == deal.opened_at
                assert visits.filter(deal=deal_id, entered_at=entered)["stage"][-1] == state.stage
                assert stage in {each.id for each in process.stages}


class TestPulse:
    @pytest.mark.long
    @given(rng=randoms)
    @settings(max_examples=40)
    def test_is_the_pulse_of_the_live_deals(self, rng, tmp_path_factory):
        """The leading indicators of an audit are those of the same deals, live and observing."""
        process, mapping, rows = random_case(rng)
        now = random_now(rng, rows)
        log = log_of(rows, mapping, process, tmp_path_factory.mktemp("logs"))
        live = [Deal.replay(observing(process), log.events(deal)) for deal in log.deals]
        expected = pulse(live, now)
        found = audit(log, process, now, fast=False)

        assert found.pulse == expected
        by_owner = sum((group.pulse for group in found.by("owner")), start=None or empty(now))
        assert by_owner == found.pulse

    def test_selling_time(self, found):
        """Notes are no selling, calls are."""
        assert (found.pulse.minutes, found.pulse.selling_minutes) == (125, 65)


def empty(now):
    return pulse((), now)


class TestFlow:
    def test_by_hand(self, found):
        """Throughput, cycle times, ageing, and Little's law with what it misses by."""
        flow = found.flow

        assert (flow.since, flow.until, flow.days) == (at(2), AS_OF, 9.0)
        assert (flow.opened, flow.won, flow.lost, flow.open) == (4, 1, 1, 2)
        assert (flow.won_days.p50, flow.lost_days.mean) == (8.0, 1.0)
        # A was open for 8 days, B for 7, C for 3, D for 1, in 9 days.
        assert flow.mean_open == pytest.approx(19 / 9)
        assert flow.by_littles_law == pytest.approx(2 / 9 * 4.5)
        assert flow.residual == pytest.approx((7 + 3) / 9)
        assert (flow.opened_per_week, flow.closed_per_week) == (4 / 9 * 7, 2 / 9 * 7)
        # B is 7 days old, the one won deal was won at 8.
        assert (flow.older, flow.zombies) == ((0, 0, 0), 0)
        assert flow.win_rate == 0.5

    def test_stages(self, found):
        """Stage by stage: who is there, and how long the visits took that are over."""
        talk, offer, won, lost = found.flow.stages

        assert (talk.now, talk.visits.count, talk.visits.p50, talk.visits.p95) == (2, 2, 1.0, 4.0)
        assert (offer.now, offer.visits.mean, won.now, lost.now) == (0, 4.0, 1, 1)

    def test_a_stage_that_nobody_came_to(self, log):
        """It has no visits, and not those of the others."""
        talk, offer, *_ = audit(log.only(["C"]), load_process(PROCESS), AS_OF).flow.stages

        assert (talk.now, offer.now, offer.visits) == (1, 0, Durations(count=0))

    def test_no_time(self, found):
        """Where all was opened and closed at one instant, there is no rate, and no law of it."""
        flow = attrs.evolve(found.flow, until=found.flow.since)

        assert (flow.closed, flow.mean_open_days) == (2, 4.5)
        assert (flow.opened_per_week, flow.by_littles_law, flow.residual) == (None, None, None)
        assert dict(flow.lines())["a week"] == "no time has passed"

    def test_all_closed(self, tmp_path):
        """Days to lose have the time away in them, days in open stages do not; nobody is older."""
        text = PROCESS.replace(
            '[[stages]]\nid = "won"',
            '[[stages]]\nid = "pause"\nkind = "parked"\n[[stages]]\nid = "won"',
        )
        process = load_process(text)
        path = tmp_path / "log.csv"
        rows = (
            f"A,{at(2):%FT%TZ},talk",
            f"A,{at(3):%FT%TZ},pause",
            f"A,{at(7):%FT%TZ},lost",
            f"B,{at(2):%FT%TZ},talk",
            f"B,{at(5):%FT%TZ},won",
        )
        path.write_text("\n".join(["deal,at,what", *rows]), encoding="utf-8")
        mapping = """format = 1
[columns]
deal = "deal"
at = "at"
what = "what"
[stages]
talk = "talk"
pause = "pause"
won = "won"
lost = "lost"
"""
        log = EventLog.from_csv(path, process, parse_mapping(mapping))
        flow = audit(log, process, at(9)).flow
        unwon = audit(log.only(["A"]), process, at(9)).flow

        assert (flow.lost_days.p50, flow.won_days.p50, flow.mean_open_days) == (5.0, 3.0, 2.0)
        assert (flow.older, flow.zombies) == ((0, 0, 0), 0)
        assert (unwon.older, unwon.zombies) == (None, None)

    def test_in_words(self, found):
        """Days to two digits; what has closed since and what has not, neither below nothing."""
        days = [9.94, 9.96, 1234.5]
        flow = attrs.evolve(
            found.flow,
            won_days=Durations.of(pl.Series(days)),
            open=0,
            mean_open=1 / 9,
            mean_open_days=1.0000000000000002,
            won=1,
            lost=0,
        )
        said = dict(flow.lines())

        assert flow.residual < 0
        assert said["in progress"] == "0 now; 0.1 on average: 0.1 closed since, 0.0 not"
        assert said["days to win"] == "half in 10, 85 % in 1,234, 95 % in 1,234"
        early = attrs.evolve(flow, won_days=Durations.of(pl.Series(days[:1])))
        assert dict(early.lines())["days to win"] == "half in 9.9, 85 % in 9.9, 95 % in 9.9"

    @pytest.mark.long
    @given(rng=randoms)
    @settings(max_examples=20)
    def test_littles_law_misses_by_what_is_open(self, rng, tmp_path_factory):
        """What Little's law misses by is the time of deals that are not closed."""
        process, mapping, rows = random_case(rng)
        now = random_now(rng, rows)
        log = log_of(rows, mapping, process, tmp_path_factory.mktemp("logs"))
        found = audit(log, process, now, fast=False)
        if found.flow.residual is None:
            return
        unclosed = [d.open_days for d in found.deals if d.kind in {"open", "parked"}]

        assert found.flow.residual * found.flow.days == pytest.approx(sum(unclosed), abs=1e-6)

    def test_older_than_won_deals(self, found):
        """An open deal's age stands against the ages at which deals were won."""
        assert {d.deal_id: d.older_than for d in found.deals} == {
            "A": None,
            "B": 0,
            "C": 0,
            "D": None,
        }

    def test_older_than_by_hand(self, tmp_path):
        """
        Twenty deals were won at 1 to 20 days; older is who is above the percentile that is shown.

        Half were won in 10 days, 85 % in 17, 95 % in 19: of the open ones, at 10, 10½, 17½, 19 and
        19½ days, four, three and one are older than that.
        """
        start = at(2)
        won = [(f"W{n}", f"{start:%FT%TZ}", start + n * DAY) for n in range(1, 21)]
        now = start + 30 * DAY
        rows = [f"{deal},{begun},talk" for deal, begun, _ in won]
        rows += [f"{deal},{end:%FT%TZ},won" for deal, _, end in won]
        for age in (10, 10.5, 17.5, 19, 19.5):
            rows.append(f"O{age},{now - age * DAY:%FT%TZ},talk")
        path = tmp_path / "log.csv"
        path.write_text("deal,at,what\n" + "\n".join(rows) + "\n", encoding="utf-8")
        process = load_process(PROCESS)
        columns = 'deal = "deal"\nat = "at"\nwhat = "what"\n'
        mapping = f"format = 1\n[columns]\n{columns}[stages]\n{MAPPING.split('[stages]')[1]}"
        mapping = mapping.partition("[facts]")[0]
        found = audit(EventLog.from_csv(path, process, parse_mapping(mapping)), process, now)
        flow = found.flow

        assert (flow.won_days.p50, flow.won_days.p85, flow.won_days.p95) == (10.0, 17.0, 19.0)
        assert (flow.older, flow.zombies) == ((4, 3, 1), 1)
        assert (flow.open_age.count, flow.open_age.mean, flow.open_age.p50) == (5, 15.3, 17.5)
        ages = {d.deal_id: d.older_than for d in found.deals if d.kind == "open"}
        assert ages == {"O10": 0.45, "O10.5": 0.5, "O17.5": 0.85, "O19": 0.9, "O19.5": 0.95}

    def test_nothing_happened(self, tmp_path):
        """A log without deals has a flow without figures, and prints."""
        path = tmp_path / "log.csv"
        path.write_text(f"{HEAD}\n", encoding="utf-8")
        process = load_process(PROCESS)
        none = audit(EventLog.from_csv(path, process, parse_mapping(MAPPING)), process, AS_OF)

        assert (none.flow.win_rate, none.flow.zombies, none.flow.by_littles_law) == (None,) * 3
        assert (none.flow.opened_per_week, none.gaps, none.deals, len(none.by("owner"))) == (
            *(None, (), (), 0),
        )
        assert "no time has passed" in str(none)
        assert "no time has passed" in none._repr_html_()
        assert none.to_polars("gaps").is_empty()


class TestBy:
    def test_owner(self, found):
        """The largest value at risk first; nobody's deals are a group, too."""
        groups = [(g.key, g.pulse.open, g.breached, g.value_at_risk) for g in found.by("owner")]

        assert groups == [
            ("bob", 1, 1, Decimal(50)),
            ("ann", 1, 1, Decimal("7.5")),
            (None, 0, 0, Decimal(0)),
        ]
        assert (found.at_stake, found.at_risk) == (Decimal("57.5"), Decimal("57.5"))

    def test_equal_values(self, tmp_path):
        """Of equal value at risk, most that are late come first, then who is first by name."""
        path = tmp_path / "log.csv"
        owners = ("zoe", "cem", "bob", "ann", "bob")
        rows = [f"D{n},2026-03-02T10:00Z,talk,{who},{who},,big," for n, who in enumerate(owners)]
        path.write_text("\n".join([HEAD, *rows, ""]), encoding="utf-8")
        process = load_process(PROCESS)
        log = EventLog.from_csv(path, process, parse_mapping(MAPPING))

        groups = [(each.key, each.breached) for each in audit(log, process, AS_OF).by("owner")]
        assert groups == [("bob", 2), ("ann", 1), ("cem", 1), ("zoe", 1)]

    def test_what_is_at_risk_has_a_unit(self, found):
        """Also where the groups are shown alone."""
        by = found.by("owner")

        assert "EUR at risk" in str(by).splitlines()[0]
        assert "EUR at risk" in by._repr_html_()
        assert "at risk" in attrs.evolve(by, currency=None).heads

    def test_at_risk_is_what_is_breached_or_due(self, log):
        """A deal that was warned is at risk as well as one that is late."""
        tenth = audit(log, load_process(PROCESS), at(10))

        assert {d.deal_id: str(d.status) for d in tenth.deals if d.kind == "open"} == {
            "B": "breached",
            "C": "due",
        }
        assert (tenth.at_risk, tenth.at_stake) == (Decimal("57.5"), Decimal("57.5"))
        ninth = audit(log, load_process(PROCESS), at(9))
        worth = {g.key: (g.value, g.value_at_risk) for g in ninth.by("owner")}
        assert ninth.at_risk == Decimal(50)
        assert (worth["bob"], worth["ann"]) == ((150, 50), (Decimal("7.5"), 0))
        assert [(g.breached, g.due) for g in tenth.by("owner")] == [(1, 0), (0, 1), (0, 0)]

    def test_figures_by_hand(self, found):
        """Each group has its own; money is that of its open deals."""
        by = found.by("owner")
        bob, ann, nobody = by["bob"], by["ann"], by[None]

        assert [(g.value, g.unvalued) for g in (bob, ann, nobody)] == [
            (Decimal(50), 0),
            (Decimal("7.5"), 0),
            (Decimal(0), 0),
        ]
        # A was late twice before it was won, by two rules; B and C are late by one.
        assert [g.breaches for g in (bob, ann, nobody)] == [3, 1, 0]
        # A is closed, and was moved on all the same.
        assert [g.deviations for g in (bob, ann, nobody)] == [1, 0, 0]
        assert [g.flow.mean_open for g in (bob, ann, nobody)] == pytest.approx(
            [15 / 9, 3 / 9, 1 / 9]
        )
        assert [g.flow.stages[0].visits.count for g in (bob, ann, nobody)] == [1, 0, 1]
        assert [g.flow.stages[0].now for g in (bob, ann, nobody)] == [1, 1, 0]

    @pytest.mark.parametrize(("unvalued", "shown"), [(0, "50"), (1, "50"), (2, "")])
    def test_value_that_is_told_of_some(self, found, unvalued, shown):
        """What is at risk is shown as far as it was told; where nobody told any, nothing is."""
        bob = found.by("owner")["bob"]
        two = attrs.evolve(bob, pulse=attrs.evolve(bob.pulse, open=2), unvalued=unvalued)

        assert cells(two)[6] == shown

    def test_nobody_has_no_name(self, found):
        """The group of nobody is not that of somebody of that name."""
        with pytest.raises(KeyError, match="no owner 'None'"):
            _ = found.by("owner")["None"]

    def test_amounts_as_people_write_them(self):
        """Without the zeros of a column, and without an exponent."""
        sums = [total(pl.Series(each, dtype=pl.Decimal(38, 4))) for each in (["1000"], ["7.5"], [])]

        assert list(map(str, sums)) == ["1000", "7.5", "0"]

    def test_parked_deals_and_calls_that_were_none(self, tmp_path):
        """A parked deal is not on time, for nobody waits; who did not show up took no time."""
        path, parked = tmp_path / "log.csv", '[[stages]]\nid = "later"\nkind = "parked"\n'
        rows = [
            "A,2026-03-02T10:00Z,talk,ann,ann,,big,",
            "A,2026-03-02T11:00Z,later,ann,,,,",
            "B,2026-03-02T10:00Z,talk,ann,ann,,big,",
            "B,2026-03-02T11:00Z,call,ann,,20,,",
            "B,2026-03-02T12:00Z,note,ann,,5,,",
        ]
        path.write_text("\n".join([HEAD, *rows, ""]), encoding="utf-8")
        process = load_process(PROCESS.replace("[[contact_gaps]]", f"{parked}[[contact_gaps]]", 1))
        mapping = MAPPING.replace("[stages]", '[stages]\nlater = "later"', 1)
        mapping = mapping.replace('direction = "out"', 'status = "no_show"')
        told = EventLog.from_csv(path, process, parse_mapping(mapping))

        for log in (told, EventLog.from_events(told.to_events(), process)):
            [ann] = audit(log, process, at(2, 13)).by("owner")
            figures = (ann.pulse.open, ann.pulse.parked, ann.pulse.on_time, ann.pulse.minutes)
            assert figures == (1, 1, 1, 5)

    def test_parked_deals_of_which_too_little_is_known(self):
        """Whether the day on which one was parked began or ended makes the difference."""
        later = '[[stages]]\nid = "later"\nkind = "parked"\n'
        old = '[[timers]]\nid = "old"\nstages = ["later"]\nsince = "stage"\nafter = "1 day"\n'
        process = load_process(f"{PROCESS}{later}{old}")
        events = [
            Opened(id="o", deal="A", occurred_at=at(2), owner="ann"),
            Moved(id="m", to="later", occurred_at=at(3), recorded_at=at(4), precision="day"),
        ]
        log = EventLog.from_events({"A": events}, process)

        [ann] = audit(log, process, at(4, 12)).by("owner")
        assert (ann.pulse.open, ann.pulse.parked, ann.pulse.uncertain) == (0, 1, 1)

    def test_a_later_opening(self):
        """It changes nothing, nor whose the deal is."""
        events = [
            Opened(id="o", deal="A", occurred_at=at(2), owner="ann"),
            Opened(id="again", deal="A", occurred_at=at(3), owner="bob"),
        ]
        process = load_process(PROCESS)
        found = audit(EventLog.from_events({"A": events}, process), process, at(5))

        assert [gap.owner for gap in found.gaps] == ["ann"]
        assert [group.key for group in found.by("owner")] == ["ann"]

    def test_who_comes_later(self, log):
        """Deals that are opened after the instant are in no group and no figure."""
        early = audit(log, load_process(PROCESS), at(4, 12))

        assert [(g.key, g.flow.opened) for g in early.by("owner")] == [("ann", 1), ("bob", 1)]
        assert (early.flow.opened, early.flow.open) == (2, 2)

    def test_what_was_said_by_then(self, tmp_path):
        """A label is what was said last up to the instant, in tables and in events."""
        path = tmp_path / "log.csv"
        rows = ["A,2026-03-02T10:00Z,talk,,,,big,", "A,2026-03-08T10:00Z,call,,,,small,"]
        path.write_text("\n".join([HEAD, *rows, ""]), encoding="utf-8")
        process = load_process(PROCESS)
        told = EventLog.from_csv(path, process, parse_mapping(MAPPING))
        events = [event for event in told.events("A") if not isinstance(event, Retracted)]
        [said] = [
            event for event in events if isinstance(event, Learned) and event.occurred_at == at(8)
        ]
        gone = [*events, Retracted(id="no", target=said.id, occurred_at=at(9))]

        for log in (told, EventLog.from_events({"A": events}, process)):
            for day, label in ((5, "big"), (8, "small"), (9, "small")):
                [group] = audit(log, process, at(day)).by("segment")
                assert group.key == label
        [group] = audit(EventLog.from_events({"A": gone}, process), process, at(9)).by("segment")
        assert group.key == "big"

    def test_a_fact(self, found):
        """Any label that the log tells divides the deals."""
        assert {g.key: g.flow.opened for g in found.by("segment")} == {
            "big": 2,
            "small": 1,
            None: 1,
        }
        assert found.deals[0].labels == {"segment": "big"}
        assert found.by("segment")["big"].flow.won == 1

    @pytest.mark.parametrize("name", ["deal", "deal_id", "labels", "deviations", "first_to", "won"])
    def test_a_fact_named_as_a_column(self, tmp_path, name):
        """Where a table has a column of its name, a fact keeps its label under another one."""
        path = tmp_path / "log.csv"
        path.write_text(f"{HEAD}\n{ROWS}\n".replace(":00,", ":00Z,"), encoding="utf-8")
        process = parse_process(PROCESS.replace("segment =", f"{name} ="))
        mapping = parse_mapping(MAPPING.replace("segment =", f"{name} ="))
        found = audit(EventLog.from_csv(path, process, mapping), process, AS_OF)

        assert found.labels[-1] == f"fact_{name}"
        assert found.deals[0].labels == {f"fact_{name}": "big"}
        frame = found.by(f"fact_{name}").to_polars()
        assert sorted(frame[f"fact_{name}"].drop_nulls()) == ["big", "small"]
        assert found.deals[0].deal_id == found.to_polars()["deal"][0] == "A"
        assert found.to_polars()["deviations"].sum() == sum(d.deviations for d in found.deals)

    def test_frame_text_and_page(self, found):
        """The same as a table, as text, and on a page."""
        by = found.by("owner")
        assert list(by.to_pandas()) == by.to_polars().columns

        assert by.to_polars().columns[:5] == ["owner", "open", "on_time", "due", "breached"]
        assert by.to_polars()["owner"].to_list() == ["bob", "ann", None]
        assert str(by).splitlines()[0].split()[:3] == ["owner", "open", "breached"]
        assert "(none)" in by._repr_html_()
        assert json.loads(json.dumps(by.to_dict()))["groups"][0]["value"] == "50.0000"

    def test_names_of_stages(self, found):
        """People read what a stage is called; its id is the key, in tables and to ask by."""
        by = found.by("stage")
        for group in by:
            assert group.name == found.stage_names[group.key]
            assert by[group.key] is group
            assert f"<td>{group.name}</td>" in by._repr_html_()
        assert set(by.to_polars()["stage"]) <= set(found.stage_names)

    def test_unknown(self, found):
        """A label that nobody has is named, with what was probably meant."""
        with pytest.raises(ValueError, match=r"by: 'ownr', .*did you mean 'owner'"):
            found.by("ownr")
        with pytest.raises(ValueError, match=r"there are owner, stage, kind, status, segment"):
            found.by("xyz")
        with pytest.raises(KeyError, match="no owner 'zoe'; there are "):
            found.by("owner")["zoe"]


class TestTables:
    @pytest.mark.parametrize("name", ["deals", "gaps", "visits", "deviations", "rules"])
    def test_pandas_and_polars_are_the_same(self, found, name):
        """Both frames have the same columns and the same rows."""
        theirs, ours = found.to_pandas(name), found.to_polars(name)

        assert list(theirs.columns) == ours.columns
        assert len(theirs) == len(ours)
        for column in ours:
            mine = [None if v is None else v for v in column.to_list()]
            other = [None if v is None or v != v else v for v in theirs[column.name]]  # noqa: PLR0124 - NaN
            shown = [None if str(v) == "NaT" else v for v in other]
            assert shown == mine

    @pytest.mark.parametrize("form", ["csv", "parquet", "json"])
    def test_files(self, found, tmp_path, form):
        """Every table becomes a file that can be read again."""
        files = found.write(tmp_path / "new", form)

        assert sorted(path.name for path in files) == [
            f"{name}.{form}" for name in ("deals", "deviations", "gaps", "rules", "visits")
        ]
        read = {"csv": pl.read_csv, "parquet": pl.read_parquet, "json": pl.read_json}[form]
        for path in files:
            frame = found.to_polars(path.stem)
            again = read(path)
            assert (again.columns, len(again)) == (frame.columns, len(frame))
        if form == "parquet":
            assert read(tmp_path / "new" / "gaps.parquet").equals(found.to_polars("gaps"))
        if form == "csv":
            text = (tmp_path / "new" / "deals.csv").read_text(encoding="utf-8")
            assert "2026-03-02T10:00:00.000000+00:00" in text

    def test_no_such_table_or_form(self, found, tmp_path):
        """A misspelt name is told what there is."""
        with pytest.raises(ValueError, match=r"table: 'gasp', .*did you mean 'gaps'"):
            found.to_polars("gasp")
        with pytest.raises(ValueError, match="form: 'xls', expected one of csv, parquet, json"):
            found.write(tmp_path, "xls")

    def test_without_pandas(self, found, monkeypatch):
        """Who asks for pandas and has none is told what to install."""
        monkeypatch.setitem(sys.modules, "pandas", None)

        with pytest.raises(MissingExtraError, match=r"pandas .* 'salesflow\[pandas\]'"):
            found.to_pandas()

    def test_a_table_is_the_users_own(self, found):
        """Changing a table does not change the audit."""
        mine = found.to_polars()
        mine[0, "owner"] = "zoe"

        assert found.to_polars()[0, "owner"] == "bob"

    def test_repr_is_short(self, found):
        """What a prompt shows is one line."""
        assert repr(found) == "<Audit of 4 deals by small 1, as of Wed 11 Mar 2026 10:00 (UTC)>"
        assert repr(found.by("owner")) == "<Breakdown by owner, 3 groups>"
        assert repr(found.flow).startswith("<Flow of 4 deals in ")

    def test_pickle(self, found):
        """An audit comes back from another process as it went there."""
        again = pickle.loads(pickle.dumps(found))  # noqa: S301 - our own

        assert again == found
        assert again != found.to_dict()


class TestPage:
    def test_says_what_the_screen_says(self, found):
        """The page has the same figures, escaped, and carries its looks with it."""
        page = found._repr_html_()

        assert "2 open, 1 won and 1 lost" in page
        assert "2 breached, 0 due, 0 ok" in page
        assert page.count("<table>") == 4
        assert page.index("What can still be changed") < page.index("What has come of it")
        assert "<td>Talk → Offer</td><td>contact gap &#x27;touch&#x27; was breached" in page
        for section in sections(found):
            for said in (section.title, *(f"{name}  " for name, _ in section.pairs)):
                assert said.strip() in str(found)
                assert html.escape(said.strip()) in page

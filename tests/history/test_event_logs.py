"""Logs of events as they are: the whole language, judged as live deals judge it."""

import contextlib
import datetime as dt
import json
import pickle
import random

import attrs
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.rules.cases import cases, make_case

from salesflow.deal import Deal, pulse
from salesflow.errors import EventError, LogError
from salesflow.events import Activity, Assigned, Learned, Moved, Opened, Retracted
from salesflow.history import EventLog, audit
from salesflow.history.crm import hubspot
from salesflow.history.reading.mapping_file import parse_mapping
from salesflow.history.run import observing
from salesflow.process.load import load_process
from salesflow.process.parts import NamedCalendar
from salesflow.rules.book import rule_book

PROCESS = load_process("six-step")
NINE = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def a_deal(id="A", *more):
    return (Opened(id="o", occurred_at=NINE, deal=id), *more)


def renamed(events, id):
    """The same events as those of a deal of another id."""
    return [
        attrs.evolve(event, deal=id) if isinstance(event, Opened) else event for event in events
    ]


def told(verdict):
    """What a verdict says of a deal that is there."""
    names = ("stage", "kind", "status", "owner", "opened_at", "entered_at", "last_touch_at")
    names += ("rule", "rung", "due_at", "deviations", "status_rule")
    return [getattr(verdict, name) for name in names]


def live(deal, now):
    state, coming = deal.state(now), deal.next_deadline(now)
    is_asked = state.kind == "open" and state.status != "ok"
    against = [clock.rule for clock in state.clocks if clock.status == state.status]
    rules = [rule.id for rule in (*deal.process.contact_gaps, *deal.process.timers)]
    return [
        *(state.stage, state.kind, state.status, state.owner, deal.opened_at, state.entered_at),
        *(state.last_touch_at, coming and coming.rule, coming and coming.rung),
        coming and coming.due_at,
        sum(len(deviation.obstacles) for deviation in state.deviations),
        min(against, key=rules.index) if is_asked else None,
    ]


class TestAgainstLiveDeals:
    @given(case=cases)
    def test_verdicts(self, case):
        """Holds, overrides, plans, retractions, calendars: each verdict is the live deal's."""
        deal = Deal.replay(observing(case.process), case.events)
        log = EventLog.from_events({deal.id: case.events}, case.process)

        assert log.events(deal.id) == deal.events
        for now in case.nows:
            [verdict] = audit(log, case.process, now, fast=False).deals
            if deal.opened_at > now:
                assert verdict.stage is None
            else:
                assert told(verdict) == live(deal, now)

    @pytest.mark.long
    @given(seed=st.integers(0, 2**40), count=st.integers(1, 4))
    @settings(max_examples=20)
    def test_several_deals(self, seed, count):
        """Deals of one log do not know each other, whatever their calendars."""
        case = make_case(seed)
        deals = {f"D{number}": renamed(case.events, f"D{number}") for number in range(count)}
        names = [None, *(named.id for named in case.process.calendars)]
        for number, (name, events) in enumerate(deals.items()):
            deals[name] = [
                attrs.evolve(e, calendar=names[number % len(names)]) if isinstance(e, Opened) else e
                for e in events
            ]
        log, now = EventLog.from_events(deals, case.process), case.nows[-1]

        whole = audit(log, case.process, now, fast=False)

        for verdict in whole.deals:
            alone = audit(log.only([verdict.deal_id]), case.process, now, fast=False)
            # Only how many of the won deals were younger is asked of all of them.
            [mine] = (attrs.evolve(each, older_than=verdict.older_than) for each in alone.deals)
            assert mine == verdict
            deal = Deal.replay(observing(case.process), deals[verdict.deal_id])
            if deal.opened_at <= now:
                assert told(verdict) == live(deal, now)

    @pytest.mark.compiled
    @given(case=cases)
    @settings(max_examples=20)
    def test_compiled(self, case):
        """The compiled rules say the same."""
        pytest.importorskip("numba")
        log = EventLog.from_events({"A": renamed(case.events, "A")}, case.process)

        found = audit(log, case.process, case.nows[2], fast=True)
        assert found == audit(log, case.process, case.nows[2], fast=False)


class TestPulse:
    @pytest.mark.long
    @given(seeds=st.lists(st.integers(0, 2**40), min_size=1, max_size=3))
    @example(seeds=[1, 23])
    @example(seeds=[38_059_329_920])  # at the other end of a day, an opening by another calendar
    def test_it_is_that_of_the_live_deals(self, seeds):
        """Of all that can be recorded, in whatever mode: nothing in it is left unasked."""
        first, *others = map(make_case, seeds)
        deals = {"D0": renamed(first.events, "D0")}
        for number, other in enumerate(others, 1):
            # Events of another case may name what the process does not have.
            with contextlib.suppress(EventError, LogError):
                told = {f"D{number}": renamed(other.events, f"D{number}")}
                EventLog.from_events(told, first.process).origin.rows(rule_book(first.process))
                deals |= told
        log = EventLog.from_events(deals, first.process)
        live = [Deal.replay(observing(first.process), events) for events in deals.values()]

        for now in first.nows:
            assert audit(log, first.process, now, fast=False).pulse == pulse(live, now)

    def test_uncertain_by_hand(self):
        """A call of that day was in time, or a week late; the day of a note says nothing."""
        gap = PROCESS.replace("contact_gaps.touch.max", "2 days").replace(
            "contact_gaps.touch.warn", "1 day"
        )
        friday = NINE + 4 * DAY
        call = Activity(
            id="c", kind="call", occurred_at=friday, precision="day", recorded_at=friday + DAY
        )
        note = attrs.evolve(call, id="n", kind="note")
        deals = {"A": a_deal("A", call), "B": a_deal("B", note), "C": a_deal("C")}
        log = EventLog.from_events(deals, gap)
        zone = dt.timedelta(hours=5)  # New York, in winter

        # At its beginning the call is followed by two whole days, at its end by one less.
        at = {
            "begins": dt.datetime(2026, 3, 6, tzinfo=dt.UTC) + zone + 2 * DAY + HOUR,
            "ends": dt.datetime(2026, 3, 7, tzinfo=dt.UTC) + zone + 2 * DAY + 2 * HOUR,
        }
        found = {name: audit(log, gap, now, fast=False) for name, now in at.items()}

        assert [each.pulse.uncertain for each in found.values()] == [1, 0]
        assert [deal.deal_id for deal in found["begins"].deals if deal.uncertain] == ["A"]

    @pytest.mark.parametrize(
        ("mode", "gap_mode", "due"),
        [
            pytest.param("enforce", None, 1, id="enforced"),
            pytest.param("warn", None, 0, id="only-warned-of"),
            pytest.param("warn", "enforce", 1, id="a-gap-by-itself"),
            pytest.param("enforce", "warn", 0, id="all-but-the-gap"),
        ],
    )
    def test_reverts_by_hand(self, mode, gap_mode, due):
        """A move over a breached gap stands against the process until somebody calls."""
        process = load_process(OVER_A_BREACH.format(mode=mode))
        process = process.replace("contact_gaps.touch.mode", gap_mode)
        moved = Moved(id="m", to="offer", occurred_at=NINE + 9 * DAY)
        call = Activity(id="c", kind="call", occurred_at=NINE + 11 * DAY)
        back = Moved(id="b", to="talk", occurred_at=NINE + 11 * DAY)
        deals = {
            "A": a_deal("A", moved),
            "B": a_deal("B", moved, call),
            "C": a_deal("C", moved, back),
        }
        log = EventLog.from_events(deals, process)
        before, after = (audit(log, process, NINE + n * DAY, fast=False) for n in (10, 12))

        assert (before.pulse.reverts_due, after.pulse.reverts_due) == (3 * due, due)
        assert [deal.revert_due for deal in after.deals] == [bool(due), False, False]
        assert after.summary.deviating == 3


OVER_A_BREACH = """
format = 1
[process]
id = "two"
version = "1"
mode = "{mode}"
[calendar]
timezone = "UTC"
[[stages]]
id = "talk"
[[stages]]
id = "offer"
[[stages]]
id = "won"
kind = "won"
[[contact_gaps]]
id = "touch"
touch = "any"
max = "5 days"
"""


class TestRoundTrips:
    @given(case=cases)
    @settings(max_examples=30)
    def test_every_event_comes_back(self, case, tmp_path_factory):
        """What is written is read, whatever an event says."""
        folder = tmp_path_factory.mktemp("out")
        log = EventLog.from_events({"A & <B>": renamed(case.events, "A & <B>")}, case.process)
        log.to_parquet(folder / "log.parquet")
        log.to_jsonl(folder / "log.jsonl")
        log.to_xes(folder / "log.xes")

        for other in (
            EventLog.from_parquet(folder / "log.parquet", case.process),
            EventLog.from_jsonl(folder / "log.jsonl", case.process),
            EventLog.from_xes(folder / "log.xes", case.process),
            EventLog.from_frame(log.to_polars().lazy(), process=case.process),
            EventLog.from_events(log.to_deals(case.process), case.process),
            pickle.loads(pickle.dumps(log)),  # noqa: S301 - our own
        ):
            assert other.to_events() == log.to_events()
            assert other.quality.flags == log.quality.flags
            assert other.facts == log.facts

    def test_a_deal_of_nobody(self):
        """Who it belonged to before is not its owner, also after a table of events."""
        given_up = Assigned(id="a", occurred_at=NINE + HOUR, owner=None)
        log = EventLog.from_events(
            [*a_deal(), Assigned(id="b", occurred_at=NINE, owner="dana"), given_up], PROCESS
        )

        for each in (log, EventLog.from_frame(log.to_polars(), PROCESS)):
            assert each.events("A")[-1] == given_up
            assert audit(each, PROCESS, NINE + DAY).deals[0].owner is None

    def test_parts_of_a_file_of_events(self, tmp_path):
        """A file of our own events is read in parts, too."""
        deals = {
            f"D{n}": a_deal(f"D{n}", Moved(id="m", occurred_at=NINE, to="meeting"))
            for n in range(9)
        }
        log = EventLog.from_events(deals, PROCESS)
        log.to_parquet(tmp_path / "log.parquet")

        other = EventLog.from_parquet(tmp_path / "log.parquet", PROCESS, parts=3)

        assert (other.to_events(), other.quality) == (log.to_events(), log.quality)


class TestSources:
    def test_a_deal_deals_and_events(self):
        """One deal, several, and the events of one."""
        deals = [Deal.open(PROCESS, id=name, at=NINE) for name in ("B", "A")]

        assert EventLog.from_events(deals[0], PROCESS).deals == ("B",)
        assert EventLog.from_events(deals, PROCESS).deals == ("A", "B")
        assert EventLog.from_events(deals[0].events, PROCESS).deals == ("B",)

    def test_a_crm(self):
        """What a CRM said is a log in one step, with what it could not tell."""
        mapping = parse_mapping('format = 1\n[crm]\nsystem = "hubspot"\n[stages]\na = "meeting"\n')
        payload = [
            {
                "id": "7",
                "properties": {"dealstage": "a"},
                "createdAt": "2026-03-02T09:00:00Z",
                "updatedAt": "2026-03-03T09:00:00Z",
            },
            {
                "eventId": 1,
                "subscriptionType": "deal.propertyChange",
                "objectId": 8,
                "propertyName": "dealstage",
                "propertyValue": "a",
                "occurredAt": 1772704800000,
            },
        ]
        found = hubspot.events_of(payload, PROCESS, mapping)

        log = EventLog.from_events(found, PROCESS)

        assert (log.deals, log.events("7")) == (("7",), found.events["7"])
        assert log.quality.flags["no_opening"] == 1
        assert log.quality.flags["after_close"] == 0
        assert audit(log, PROCESS, NINE + 99 * HOUR).summary.deals == 1

    @pytest.mark.parametrize(
        ("source", "said"),
        [
            pytest.param(7, "got 7, expected deals", id="number"),
            pytest.param("log.jsonl", "got 'log.jsonl', expected deals", id="text"),
            pytest.param([{"id": "x"}], "expected deals, the events of one deal", id="dicts"),
            pytest.param([*a_deal("A"), *a_deal("B")], "events that open 2 deals", id="two"),
        ],
    )
    def test_what_is_no_source(self, source, said):
        """What cannot be told apart is refused with the way out."""
        with pytest.raises(TypeError, match=said):
            EventLog.from_events(source, PROCESS)

    def test_contradictions(self):
        """Every deal that cannot be is told."""
        bad = a_deal("A", Retracted(id="r", occurred_at=NINE, target="o"))
        with pytest.raises(LogError) as caught:
            EventLog.from_events({"A": bad, "B": a_deal("C"), "D": a_deal("D")}, PROCESS)

        assert [problem.split(":")[0] for problem in caught.value.problems] == [
            "deal 'A'",
            "deal 'B'",
        ]

    def test_an_unknown_calendar_and_stage(self):
        """What the process does not have is an error of the audit, as of the live deal."""
        lost = Opened(id="o", occurred_at=NINE, deal="A", calendar="mars")
        with pytest.raises(LogError, match="mars"):
            EventLog.from_events([lost], PROCESS)
        log = EventLog.from_events(
            [*a_deal("A", Moved(id="m", occurred_at=NINE, to="mars"))], PROCESS
        )
        with pytest.raises(EventError, match="no stage 'mars'"):
            audit(log, PROCESS, NINE)
        gulf = attrs.evolve(
            PROCESS, calendars=[NamedCalendar(id="gulf", calendar=PROCESS.calendar)]
        )
        there = EventLog.from_events([attrs.evolve(lost, calendar="gulf")], gulf)
        with pytest.raises(EventError, match="gulf"):
            audit(there, PROCESS, NINE)


class TestQuality:
    def test_flags(self):
        """Order and dates are flagged as in tables."""
        day = {"precision": "day", "recorded_at": NINE + 30 * HOUR}
        events = (
            Opened(id="o", occurred_at=NINE, deal="A", stage="proof"),
            Activity(id="early", occurred_at=NINE - HOUR, kind="call", direction="out"),
            Activity(id="day", occurred_at=NINE, kind="call", **day),
            Activity(id="late", occurred_at=NINE + 50 * HOUR, kind="email", direction="in"),
            Activity(id="note", occurred_at=NINE + 50 * HOUR, kind="note"),
            Activity(id="off", occurred_at=NINE + 50 * HOUR, kind="call", status="cancelled"),
            Moved(id="w", occurred_at=NINE + 40 * HOUR, to="intake"),
        )
        early = (Moved(id="l", occurred_at=NINE - HOUR, to="lost"),)

        flags = EventLog.from_events({"A": events, "B": a_deal("B", *early)}, PROCESS).quality.flags

        assert {name: count for name, count in flags.items() if count} == {
            "date_only": 1,
            "before_opening": 2,
            "opened_later": 1,
            "closed_early": 1,
            "after_close": 1,
            "no_direction": 1,
        }

    def test_deals_that_nobody_opens(self):
        """Their events are counted, and shown."""
        events = {
            "A": a_deal(),
            "B": [Moved(id=f"m{n}", occurred_at=NINE, to="lost") for n in range(4)],
        }
        log = EventLog.from_events(events, PROCESS)

        [unusable] = log.quality.unusable
        assert (log.deals, log.quality.read, log.quality.used) == (("A",), 5, 1)
        assert (unusable.reason, unusable.count) == ("no_opening", 4)
        assert [str(example) for example in unusable.examples] == ["B: m0", "B: m1", "B: m2"]

    def test_owner_and_later_events(self):
        """A second opening changes no owner; a retracted assignment was never made."""
        events = (
            Opened(id="o", occurred_at=NINE, deal="A", owner="dana"),
            Opened(id="p", occurred_at=NINE + HOUR, deal="A", owner="kim"),
            Assigned(id="a", occurred_at=NINE + 2 * HOUR, owner="lee"),
            Assigned(id="b", occurred_at=NINE + 3 * HOUR, owner="max"),
            Retracted(id="r", occurred_at=NINE + 4 * HOUR, target="b"),
        )
        log = EventLog.from_events(events, PROCESS)

        at = {n: int((NINE + n * HOUR).timestamp()) * 10**6 for n in (-1, 0, 1, 2, 4, 5)}
        owners = [log.origin.owners(at[n]) for n in (-1, 0, 1, 2, 5)]
        assert owners == [[None], ["dana"], ["dana"], ["lee"], ["lee"]]
        assert [log.origin.later_than(at[n]) for n in (0, 4)] == [4, 0]


class TestJsonLines:
    def test_what_cannot_be_used(self, tmp_path):
        """Every line is read, or counted with the reason and the line."""
        opened, moved = a_deal("A", Moved(id="m", occurred_at=NINE, to="lost"))
        other = attrs.evolve(moved, to="meeting")
        lines = [
            {"deal": "A", **opened.to_dict()},
            {"deal": "A", **moved.to_dict()},
            {"deal": "A", **moved.to_dict()},
            {"deal": "A", **other.to_dict()},
            {"deal": "B", **a_deal("B")[0].to_dict()},
            moved.to_dict(),
            {"deal": 7, **moved.to_dict()},
            {"deal": "A", "type": "mooved", "format": 1},
            [1],
        ]
        text = "\n".join(json.dumps(line) for line in lines) + "\n\nnonsense\n"
        (tmp_path / "log.jsonl").write_text(text, encoding="utf-8")

        log = EventLog.from_jsonl(tmp_path / "log.jsonl", PROCESS)

        quality = log.quality
        assert (quality.read, quality.used, quality.duplicates) == (10, 3, 1)
        found = {item.reason: item for item in quality.unusable}
        assert {name: item.count for name, item in found.items()} == {
            "bad_event": 4,
            "no_deal": 1,
            "id_taken": 1,
        }
        assert str(found["bad_event"].examples[0]) == "line 7: deal: got 7, expected text"
        assert str(found["id_taken"].examples[0]).startswith('line 4: {"deal": "A"')
        assert [str(e).split(":")[0] for e in found["bad_event"].examples] == [
            *("line 7", "line 8", "line 9"),
        ]

    def test_one_deal(self, tmp_path):
        """The events of one deal need no deal on every line."""
        events = a_deal("A", Moved(id="m", occurred_at=NINE, to="lost"))
        lines = [json.dumps(event.to_dict()) for event in reversed(events)]
        (tmp_path / "deal.jsonl").write_text("\n".join(lines), encoding="utf-8")

        assert EventLog.read(tmp_path / "deal.jsonl", PROCESS).to_events() == {"A": events}

    @pytest.mark.parametrize("name", ["none.jsonl", "bad.jsonl.gz", "latin.jsonl"])
    def test_what_cannot_be_read(self, tmp_path, name):
        """A file that is not there, or is no text."""
        (tmp_path / "bad.jsonl.gz").write_bytes(b"no gzip")
        (tmp_path / "latin.jsonl").write_bytes("ü".encode("latin-1"))
        with pytest.raises(LogError, match="cannot be read"):
            EventLog.from_jsonl(tmp_path / name, PROCESS)

    def test_rows_that_are_no_event(self):
        """A table of events counts what it cannot use, row by row."""
        frame = EventLog.from_events(a_deal("A"), PROCESS).to_polars()
        broken = pl.concat(
            [
                frame,
                frame.with_columns(type=pl.lit("opend")),
                frame.with_columns(deal=pl.lit(None, dtype=pl.String)),
                frame.with_columns(facts=pl.lit("{")),
            ]
        )

        log = EventLog.from_frame(broken, process=PROCESS)

        assert log.deals == ("A",)
        assert [(item.reason, item.count) for item in log.quality.unusable] == [
            ("bad_event", 2),
            ("no_deal", 1),
        ]


class TestKnown:
    EVENTS = (
        Opened(id="o", occurred_at=NINE, deal="A", owner="dana"),
        Activity(id="c", occurred_at=NINE + HOUR, recorded_at=NINE + 9 * HOUR, kind="call"),
        Moved(id="m", occurred_at=NINE + 2 * HOUR, to="meeting"),
    )

    def test_until_and_known_at(self):
        """What had happened is another thing than what we had been told."""
        later = Opened(id="o", occurred_at=NINE + 5 * HOUR, deal="B")
        log = EventLog.from_events({"A": self.EVENTS, "B": [later]}, PROCESS)

        assert [e.id for e in log.until(NINE + 2 * HOUR).events("A")] == ["o", "c", "m"]
        assert [e.id for e in log.known_at(NINE + 2 * HOUR).events("A")] == ["o", "m"]
        assert log.known_at(NINE + 2 * HOUR).deals == ("A",)
        assert log.known_at(NINE - HOUR).deals == ()
        with pytest.raises(ValueError, match="zone"):
            log.until(dt.datetime(2026, 3, 2))  # noqa: DTZ001

    @pytest.mark.long
    @given(seed=st.integers(0, 2**40))
    @settings(max_examples=25)
    def test_the_audit_of_a_part_is_the_audit_then(self, seed):
        """What comes later changes no verdict, so leaving it out changes none."""
        case = make_case(seed)
        log = EventLog.from_events({"A": renamed(case.events, "A")}, case.process)
        now = random.Random(seed).choice(case.nows)

        part = log.until(now)

        found = audit(part, case.process, now, fast=False).deals
        whole = audit(log, case.process, now, fast=False).deals
        # An event that comes later may be earlier at the other end of its day.
        assert [attrs.evolve(verdict, uncertain=False) for verdict in found] == [
            attrs.evolve(verdict, uncertain=False) for verdict in whole if verdict.stage
        ]

    def test_split(self):
        """A deal is in one of the two parts, with all we knew or with all there is."""
        later = Opened(id="o", occurred_at=NINE + 5 * HOUR, deal="B")
        log = EventLog.from_events({"A": self.EVENTS, "B": [later]}, PROCESS)

        known, rest = log.split(NINE + 2 * HOUR)

        assert (known.to_events(), rest.to_events()) == (
            {"A": (self.EVENTS[0], self.EVENTS[2])},
            {"B": (later,)},
        )
        assert log.only(["B", "nobody"]).deals == ("B",)


def test_facts():
    """The facts that are told are known by name."""
    fact = Learned(id="f", occurred_at=NINE, facts={"budget": "5 USD"})
    assert EventLog.from_events(a_deal("A", fact), PROCESS).facts == {"budget"}

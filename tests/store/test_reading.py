"""Agenda and pulse: what the index finds is what asking every deal would find."""

import datetime as dt
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.store.small import DAY, HOUR, MONDAY, OURS, call, opening
from tests.store.test_sweep import FEW, history, owner_of

import salesflow as sf
from salesflow.calendars import to_micros
from salesflow.events import Activity, Assigned
from salesflow.store import Store
from salesflow.store.extras import sa
from salesflow.store.reading import for_agenda, for_pulse
from salesflow.store.sweep import due_deals, first_wakeup
from salesflow.store.tables import DEALS


def all_deals(store):
    return list(store.deals(row.deal_id for row in store.rows()))


def test_the_id_of_one_deal(store):
    """Its letters are not the ids of deals."""
    with pytest.raises(TypeError, match=r"^deal_ids: got 'A', expected several\. Put it into"):
        store.deals("A")


def test_errors_name_the_argument(store):
    """A naive time, and a word that is none."""
    naive = MONDAY.replace(tzinfo=None)
    for ask in (store.sweep, store.agenda, store.pulse, store.turn_back):
        with pytest.raises(ValueError, match="now: 2026-03-02T10:00:00 has no time zone"):
            ask(naive)
    with pytest.raises(ValueError, match="'status': got 'du', expected one of waiting, sent"):
        list(store.messages(status="du"))


class TestAgenda:
    @pytest.mark.long
    @FEW
    @given(seed=st.integers(0, 2**32))
    def test_as_if_every_deal_were_asked(self, seed):
        """At any instant, swept or not, before the watermark or after it, for anybody."""
        rng = random.Random(seed)
        with Store("sqlite://") as store:
            for event, at in history(seed, "ABCDE"):
                store.append(owner_of(event), [event], at, process=OURS)
                if rng.random() < 0.2:
                    store.sweep(at)
            deals = all_deals(store)
            for _ in range(3):
                now = MONDAY + rng.randrange(60 * 24) * HOUR
                for who in (None, "dana", "kim", "nobody", ""):
                    assert store.agenda(now, who) == sf.agenda(deals, now, who)
                assert store.pulse(now, days=3) == sf.pulse(deals, now, days=3)

    def test_nobodys(self, store):
        """Deals that belong to nobody, as items and as rows."""
        for name, owner in (("A", "dana"), ("B", None)):
            store.open(OURS, id=name, at=MONDAY, owner=owner)
        now = MONDAY + 4 * DAY

        assert {item.deal_id for item in store.agenda(now, "")} == {"B"}
        assert [row.deal_id for row in store.rows(owner="")] == ["B"]

    def test_few_are_asked(self, store):
        """Deals that want nothing are not loaded."""
        for name in "ABC":
            store.append(name, [opening(name)], MONDAY, process=OURS)
            store.append(name, [call("r", MONDAY, play="look")], MONDAY)
        store.append("B", [call("1", MONDAY + 2 * DAY)], MONDAY + 2 * DAY)
        store.append("C", [Assigned(id="1", occurred_at=MONDAY, owner="kim")], MONDAY)
        asked = MONDAY + 4 * DAY

        def found(who):
            query = for_agenda(to_micros(asked), who)
            return sorted(store.database.read(lambda c: set(c.scalars(query))))

        assert found(None) == ["A", "C"]
        assert found("kim") == ["C"]
        assert [item.deal_id for item in store.agenda(asked, "kim")] == ["C"]

    def test_a_change_that_is_dated_ahead(self, store):
        """An owner that somebody is to become later is found by that owner, then."""
        store.append("A", [opening("A")], MONDAY, process=OURS)
        ahead = Assigned(id="1", occurred_at=MONDAY + 3 * DAY + HOUR, owner="kim")
        store.append("A", [ahead], MONDAY)
        now = MONDAY + 4 * DAY

        assert store.agenda(now, "kim") == sf.agenda(all_deals(store), now, "kim") != ()
        assert store.agenda(now, "dana") == ()


class TestPulse:
    def test_closed_deals_count_their_minutes(self, store):
        """A deal that is closed is asked while somebody worked on it lately, and not after that."""
        meeting = Activity(id="1", kind="meeting", occurred_at=MONDAY, minutes=60)
        store.append("A", [opening("A"), meeting], MONDAY, process=OURS)
        store.append("A", [sf.events.Moved(id="2", to="lost", occurred_at=MONDAY)], MONDAY)

        def asked(now):
            query = for_pulse(to_micros(now), 7)
            return sorted(store.database.read(lambda c: set(c.scalars(query))))

        assert store.pulse(MONDAY + DAY).minutes == 60
        assert store.pulse(MONDAY + 5 * DAY, days=3).minutes == 0
        assert store.pulse(MONDAY + 5 * DAY, days=6).minutes == 60
        assert asked(MONDAY + DAY) == ["A"]
        assert asked(MONDAY + 30 * DAY) == []
        assert store.pulse(MONDAY + 30 * DAY) == sf.pulse([], MONDAY + 30 * DAY)

    def test_a_closed_deal_that_is_to_be_taken_back(self, store):
        """The CRM closed it against the process: that is counted until it is seen to."""
        won = sf.events.Moved(id="1", to="won", occurred_at=MONDAY + DAY, source="crm")
        store.append("A", [opening("A"), won], MONDAY + DAY, process=OURS)
        now = MONDAY + 30 * DAY

        assert store.pulse(now) == sf.pulse(all_deals(store), now)
        assert (store.pulse(now).reverts_due, store.pulse(now).live) == (1, 0)

    def test_a_day_of_25_hours(self, store):
        """A week on the clocks of the deal may be longer than seven times 24 hours."""
        now = dt.datetime(2026, 10, 26, 9, tzinfo=dt.UTC)
        at = now - 7 * DAY - HOUR / 2
        meeting = Activity(id="1", kind="meeting", occurred_at=at, minutes=60)
        lost = sf.events.Moved(id="2", to="lost", occurred_at=at)
        store.append("A", [opening("A", at), meeting, lost], at, process=OURS)

        assert store.pulse(now) == sf.pulse(all_deals(store), now)
        assert store.pulse(now).minutes == 60


class TestPlans:
    """The database finds what it is asked for by an index, not by reading everything."""

    @pytest.fixture
    def large(self, store):
        """Ten thousand deals of which few are due."""
        store.append("A", [opening("A")], MONDAY, process=OURS)
        now_us = to_micros(MONDAY + DAY)
        copy = """
            INSERT INTO salesflow_deals
                (deal, process, version, tail, watermark_us, wake_us, stage, kind, status, owner,
                 wanted_us, worked_us, ahead_us, failures)
            SELECT {name}, process, version, tail, watermark_us, wake_us + {ahead}, stage,
                'won', status, {owner}, wanted_us + {ahead}, NULL, NULL, 0
            FROM salesflow_deals, {numbers} WHERE deal = 'A'
        """
        if store.database.is_sqlite:
            numbers = """(WITH RECURSIVE n(i) AS
                (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) SELECT i FROM n)"""
        else:
            numbers = "generate_series(1, 10000) AS n(i)"
        parts = {
            "numbers": numbers,
            "ahead": "i * 86400000000",
            "name": "'D' || CAST(i AS text)",
            "owner": "'o' || CAST(i % 100 AS text)",
        }

        def work(connection):
            connection.execute(sa.text(copy.format(**parts)))
            connection.execute(sa.text("ANALYZE"))

        store.database.write(work)
        return store, now_us

    def plan(self, store, query):
        query = query.compile(store.database.engine, compile_kwargs={"literal_binds": True})
        explain = "EXPLAIN QUERY PLAN" if store.database.is_sqlite else "EXPLAIN"
        asked = sa.text(f"{explain} {query}")
        return store.database.write(lambda c: "\n".join(map(str, c.execute(asked))))

    def assert_by_index(self, plan):
        # The index of live deals has no others in it: to read all of it is what is wanted.
        whole = [line for line in plan.splitlines() if "SCAN salesflow" in line]
        assert [line for line in whole if "salesflow_deals_live" not in line] == []
        assert "Seq Scan" not in plan

    def test_sweep(self, large):
        """The deals that are due, and how many are left."""
        store, now_us = large
        plan = self.plan(store, due_deals(now_us, 100))
        assert "salesflow_deals_wake" in plan
        assert "SORT" not in plan.upper() or not store.database.is_sqlite
        self.assert_by_index(plan)
        count = sa.select(sa.func.count(), sa.func.min(DEALS.c.wake_us)).where(
            DEALS.c.wake_us <= now_us
        )
        self.assert_by_index(self.plan(store, count))
        first = self.plan(store, first_wakeup())
        assert "salesflow_deals_wake" in first

    @pytest.mark.parametrize("who", [None, "o7", ""])
    def test_agenda(self, large, who):
        """The deals that may want something of somebody."""
        store, now_us = large
        self.assert_by_index(self.plan(store, for_agenda(now_us, who)))

    def test_pulse(self, large):
        """The deals that are live."""
        store, now_us = large
        self.assert_by_index(self.plan(store, for_pulse(now_us, 7)))

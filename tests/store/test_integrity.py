"""What was written cannot be changed unseen, and what follows from it can be worked out anew."""

import contextlib
import hashlib
import random
import sqlite3

import attrs
import pytest
from tests.store.small import DAY, HOUR, MONDAY, OURS, call, deliver, opening, rows
from tests.store.test_sweep import damage, history, live

from salesflow.calendars import to_micros
from salesflow.errors import EventError, PinnedError, StoreError
from salesflow.events import Migrated
from salesflow.store import Fault, Store
from salesflow.store.extras import sa
from salesflow.store.tables import EVENTS


def lived(store, seed=3, days=30):
    live(store, history(seed), 2 * DAY, MONDAY + days * DAY)
    return store


class TestAppendOnly:
    @pytest.mark.long
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE salesflow_events SET body = '{}'",
            "DELETE FROM salesflow_events",
            "UPDATE salesflow_processes SET text = ''",
            "DELETE FROM salesflow_processes",
        ],
    )
    def test_refused(self, store, statement):
        """Whoever edits or deletes what was written is refused by the database itself."""
        store.append("A", [opening("A")], MONDAY, process=OURS)

        with pytest.raises(StoreError, match="is append-only"):
            store.database.write(lambda c: c.exec_driver_sql(statement))
        assert store.verify() is None

    def test_refused_at_once(self, store):
        """So is whoever replaces rows, or empties a table."""
        store.append("A", [opening("A")], MONDAY, process=OURS)
        statements = {
            True: [
                "INSERT OR REPLACE INTO salesflow_events SELECT * FROM salesflow_events",
                "INSERT OR REPLACE INTO salesflow_processes SELECT * FROM salesflow_processes",
            ],
            False: ["TRUNCATE salesflow_events", "TRUNCATE salesflow_processes CASCADE"],
        }[store.database.is_sqlite]
        for statement in statements:
            with pytest.raises(StoreError, match="is append-only"):
                store.database.write(lambda c, s=statement: c.exec_driver_sql(s))

    def test_replaced_by_another_program(self, tmp_path):
        """A program that does not set up SQLite as we do is refused as well."""
        with Store(tmp_path / "deals.db") as store:
            store.append("A", [opening("A")], MONDAY, process=OURS)
        replace = "REPLACE INTO salesflow_events SELECT * FROM salesflow_events"
        with contextlib.closing(sqlite3.connect(tmp_path / "deals.db")) as stranger:
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                stranger.execute(replace)
            stranger.rollback()


class TestChain:
    def test_as_it_was_defined(self, store):
        """Stores of every release hold: these are the bytes, and this is how they hang together."""
        events = [opening("Ä", owner="Zoë"), call("1", MONDAY + DAY, minutes=5, by="dana")]
        store.append("Ä", events[:1], MONDAY, process=OURS)
        store.append("Ä", events[1:], MONDAY + DAY)

        kept = [row[-2:] for row in rows(store, "events")]

        before = ""
        for number, (body, link) in enumerate(kept, start=1):
            said = f'{before}\n"\\u00c4"\n{number}\n{body}'
            assert link == hashlib.sha256(said.encode()).hexdigest()
            before = link
        assert kept[0][0] == (
            '{"deal":"\\u00c4","format":1,"id":"\\u00c4/0",'
            '"occurred_at":"2026-03-02T10:00:00+00:00","owner":"Zo\\u00eb","type":"opened"}'
        )


class TestVerify:
    @pytest.mark.long
    @pytest.mark.parametrize("column", ["body", "hash", "id", "type", "occurred_us", "known_us"])
    def test_any_change_is_found(self, store, column):
        """Whatever is changed in whichever event, the first one that was is named."""
        lived(store, days=20)
        chance = random.Random(column)
        deal, seq, *_, body, link = chance.choice(rows(store, "events"))
        at = chance.randrange(len(body))
        value = {
            "body": body[:at] + chr(ord(body[at]) ^ 1) + body[at + 1 :],
            "hash": ("0" if link[0] != "0" else "1") + link[1:],
            "id": "someone",
            "type": "moved!",
            "occurred_us": 1,
            "known_us": 2,
        }[column]
        assert store.verify() is None
        this = (EVENTS.c.deal == deal) & (EVENTS.c.seq == seq)
        damage(store, deal, sa.update(EVENTS).where(this).values({column: value}))

        found = store.verify()

        assert (found.deal_id, found.seq) == (deal, seq)

    @pytest.mark.long
    def test_missing(self, store):
        """An event that is gone is found, in the middle and at the end."""
        store.append(
            "A", [opening("A"), call("1", MONDAY), call("2", MONDAY)], MONDAY, process=OURS
        )
        damage(store, "A", "DELETE FROM salesflow_events WHERE seq = 3")
        assert store.verify() == Fault("A", 3, "2 of 3 events found")
        damage_again = "DELETE FROM salesflow_events WHERE seq = 1"
        store.database.write(lambda c: c.exec_driver_sql(damage_again))
        assert store.verify() == Fault("A", 1, "event 1 is missing")
        assert str(store.verify()) == "deal 'A', event 1: event 1 is missing"

    @pytest.mark.long
    def test_missing_is_told_at_once(self, store, other):
        """Who asks for a deal of which events are gone is not given a shorter one."""
        store.append("A", [opening("A"), call("1", MONDAY)], MONDAY, process=OURS)
        damage(store, "A", "DELETE FROM salesflow_events WHERE seq = 2")

        with pytest.raises(StoreError, match=r"deal 'A': 1 of 2 events found. Restore a backup; "):
            other.deal("A")
        with pytest.raises(StoreError, match="1 of 2 events found"):
            other.append("A", [call("2", MONDAY)], MONDAY)
        assert "1 of 2 events found" in other.sweep(MONDAY + 4 * DAY).failing[0].error

    def test_changed_is_told_at_once(self, store, other):
        """Nobody goes by a history that was changed: neither who asks, nor a sweep."""
        store.append("A", [opening("A"), call("1", MONDAY)], MONDAY, process=OURS)
        later = sa.func.replace(EVENTS.c.body, "call", "email")
        damage(store, "A", sa.update(EVENTS).where(EVENTS.c.seq == 2).values(body=later))

        with pytest.raises(StoreError, match=r"deal 'A': its events were changed after they were"):
            other.deal("A")
        with pytest.raises(StoreError, match="its events were changed"):
            other.append("A", [call("2", MONDAY)], MONDAY)
        assert "were changed" in other.sweep(MONDAY + 4 * DAY).failing[0].error
        assert (other.verify().deal_id, other.verify().seq) == ("A", 2)

    def test_deal_without_a_row(self, tmp_path):
        """A deal whose row is gone is missed, though nobody can ask for it."""
        with Store(tmp_path / "deals.db") as store:
            store.record_many({name: [opening(name)] for name in "AB"}, MONDAY, process=OURS)
            with contextlib.closing(sqlite3.connect(tmp_path / "deals.db")) as stranger:
                stranger.execute("DELETE FROM salesflow_deals WHERE deal = 'B'")
                stranger.commit()

            assert store.verify() == Fault("B", 0, "it is gone, but its events are there")

    @pytest.mark.long
    @pytest.mark.parametrize("body", ["{", "[" * 100_000, "[]", '"x"', "9" * 5_000])
    def test_what_is_no_event(self, store, body):
        """Whatever somebody has put where an event was, it is told as what it is."""
        store.append("A", [opening("A"), call("1", MONDAY)], MONDAY, process=OURS)
        written = sa.update(EVENTS).where(EVENTS.c.seq == 2).values(body=body)
        damage(store, "A", written)

        assert (store.verify().deal_id, store.verify().seq) == ("A", 2)
        with pytest.raises(EventError, match=r"^event"):
            store.deal("A")

    def test_each_page(self, store, monkeypatch):
        """However many deals there are, all of them are looked at."""
        monkeypatch.setattr("salesflow.store.integrity.SIZE", 2)
        names = "ABCDE"
        store.record_many({name: [opening(name)] for name in names}, MONDAY, process=OURS)
        wrong = "UPDATE salesflow_deals SET owner = 'me' WHERE deal = '{}'"
        for name in names:
            store.database.write(lambda c, name=name: c.exec_driver_sql(wrong.format(name)))
            assert store.verify().deal_id == name
            assert store.rebuild() == 1

    def test_the_last_events_are_gone(self, store):
        """The first one that is missing is named."""
        events = [opening("A"), call("1", MONDAY), call("2", MONDAY)]
        store.append("A", events, MONDAY, process=OURS)
        damage(store, "A", sa.delete(EVENTS).where(EVENTS.c.seq > 1))

        assert store.verify() == Fault("A", 2, "1 of 3 events found")

    def test_when_each_event_was_known(self, store):
        """For who asks the tables: when it happened, and when we were told."""
        late = call("1", MONDAY, recorded_at=MONDAY + DAY)
        store.append("A", [opening("A"), late], MONDAY + DAY, process=OURS)

        columns = sa.select(EVENTS.c.occurred_us, EVENTS.c.known_us).order_by(EVENTS.c.seq)
        found = store.database.read(lambda c: c.execute(columns).all())
        at, day = to_micros(MONDAY), to_micros(MONDAY + DAY)
        assert found == [(at, at), (at, day)]

    def test_tail(self, store):
        """A chain that was made anew does not end where the deal says."""
        store.append("A", [opening("A")], MONDAY, process=OURS)
        store.database.write(lambda c: c.exec_driver_sql("UPDATE salesflow_deals SET tail = 'x'"))
        assert store.verify() == Fault("A", 1, "its hash is not the latest hash of the deal")

    def test_columns(self, store):
        """A row that does not follow from the events is found, and put right."""
        lived(store)
        before = rows(store, "deals")
        change = "UPDATE salesflow_deals SET stage = 'won', owner = 'me' WHERE deal = 'B'"
        store.database.write(lambda c: c.exec_driver_sql(change))

        found = store.verify()
        assert (found.deal_id, found.seq) == ("B", 0)
        assert str(found) == (
            "deal 'B', its row: owner, stage: not what its events say; rebuild the store"
        )
        assert store.rebuild() == 1
        assert rows(store, "deals") == before


class TestRebuild:
    @pytest.mark.long
    @pytest.mark.parametrize("seed", range(2))
    def test_byte_for_byte(self, store, seed):
        """Everything that follows from the events is worked out as it was."""
        lived(store, seed, days=12 + seed)
        store.append("A", [call("late", MONDAY + DAY)], MONDAY + 30 * DAY)
        before = {table: rows(store, table) for table in ("deals", "events", "outbox", "processes")}
        erase = """
            UPDATE salesflow_deals SET wake_us = NULL, stage = NULL, kind = 'x', status = NULL,
            owner = NULL, value = NULL, next_deadline_us = 5, wanted_us = NULL, ahead_us = 7,
            worked_us = 1
        """
        store.database.write(lambda c: c.exec_driver_sql(erase))

        assert store.rebuild() == 4
        assert {table: rows(store, table) for table in before} == before
        assert store.rebuild() == 0
        assert store.verify() is None

    def test_told_meanwhile(self, store):
        """That something was sent changes nothing in the rows."""
        lived(store)
        deliver(store)
        assert store.rebuild() == 0


class TestMigrated:
    NEW = OURS.replace({"version": "2", "contact_gaps.touch.max": "6 days"})
    NEWEST = OURS.replace({"version": "3", "contact_gaps.touch.max": "4 days"})

    def migration(self, name, old, new, at):
        return Migrated(id=name, occurred_at=at, from_process=old.hash, to_process=new.hash)

    def test_another_process(self, store):
        """A deal that was migrated is loaded with all the processes that it ran under."""
        store.append("A", [opening("A")], MONDAY, process=OURS)
        first = self.migration("m1", OURS, self.NEW, MONDAY + DAY)
        second = self.migration("m2", self.NEW, self.NEWEST, MONDAY + 2 * DAY)
        assert store.append("A", [first], MONDAY + DAY, process=self.NEW) == 2
        store.append("A", [second], MONDAY + 2 * DAY, process=self.NEWEST)
        store._cache._deals.clear()

        deal = store.deal("A")
        assert deal.process == self.NEWEST
        assert store.row("A").process_hash == self.NEWEST.hash
        assert deal.next_deadline(MONDAY + 3 * DAY + DAY / 2).due_at == MONDAY + 4 * DAY
        deal.log("call", at=MONDAY + 3 * DAY)
        store.save(deal, MONDAY + 3 * DAY)
        store.sweep(MONDAY + 40 * DAY)
        assert store.verify() is None
        assert store.rebuild() == 0

    def test_both_at_once(self, store):
        """A history that was migrated twice may come whole."""
        events = [
            opening("A"),
            self.migration("m1", OURS, self.NEW, MONDAY + DAY),
            self.migration("m2", self.NEW, self.NEWEST, MONDAY + 2 * DAY),
        ]
        store.append("A", events, MONDAY + 2 * DAY, process=self.NEWEST, earlier=[OURS, self.NEW])

        assert store.deal("A").process == self.NEWEST

    def test_earlier_ones_alone(self, store):
        """What a deal ran under before says nothing without what it runs under."""
        events = [opening("A"), self.migration("m1", OURS, self.NEW, MONDAY + DAY)]
        with pytest.raises(ValueError, match=r"^earlier: given without 'process'.* Give both\.$"):
            store.append("A", events, MONDAY + DAY, earlier=[OURS])
        with pytest.raises(ValueError, match=r"^earlier: given without 'process'"):
            store.record_many({"A": events}, MONDAY + DAY, earlier=[OURS])
        with pytest.raises(TypeError, match=r"^earlier: got .*, expected several"):
            store.append("A", events, MONDAY + DAY, process=self.NEW, earlier=OURS)

    def test_told_late(self, store):
        """Migrations that are told late leave the deal under the process that comes last."""
        store.append("A", [opening("A")], MONDAY, process=OURS)
        last = self.migration("m3", OURS, self.NEW, MONDAY + 3 * DAY)
        store.append("A", [last], MONDAY + 3 * DAY, process=self.NEW)
        there_and_back = [
            self.migration("m1", OURS, self.NEW, MONDAY + DAY),
            self.migration("m2", self.NEW, OURS, MONDAY + 2 * DAY),
        ]
        store.append("A", there_and_back, MONDAY + 4 * DAY)

        assert store.row("A").process_hash == self.NEW.hash
        assert store.deal("A").process == self.NEW

    def test_back_again(self, store):
        """Who tells of a migration back need not give the process: the store has kept it."""
        store.append("A", [opening("A")], MONDAY, process=OURS)
        there = self.migration("m1", OURS, self.NEW, MONDAY + DAY)
        back = self.migration("m2", self.NEW, OURS, MONDAY + 2 * DAY)
        store.append("A", [there], MONDAY + DAY, process=self.NEW)
        store.append("A", [back], MONDAY + 2 * DAY)

        assert store.row("A").process_hash == OURS.hash
        assert store.deal("A").process == OURS

    def test_damaged(self, store, other):
        """A migration that cannot be read is told by its deal, and by nobody else."""
        for name in "AB":
            store.append(name, [opening(name)], MONDAY, process=OURS)
        migration = self.migration("m", OURS, self.NEW, MONDAY + DAY)
        store.append("A", [migration], MONDAY + DAY, process=self.NEW)
        damage(store, "A", sa.update(EVENTS).where(EVENTS.c.type == "migrated").values(body="{"))

        with pytest.raises(EventError, match="is not JSON"):
            other.deal("A")
        assert [each.deal_id for each in other.sweep(MONDAY + 4 * DAY).failing] == ["A"]
        assert [deal.id for deal in other.deals(["B"])] == ["B"]

    def test_told_again(self, store):
        """What is known changes nothing, though the deal runs under another process by now."""
        first = {"A": [opening("A")]}
        second = {"A": [self.migration("m1", OURS, self.NEW, MONDAY + DAY)]}
        third = {"A": [self.migration("m2", self.NEW, self.NEWEST, MONDAY + 2 * DAY)]}
        steps = [(first, OURS), (second, self.NEW), (third, self.NEWEST)]
        for events, process in steps:
            store.record_many(events, MONDAY + 2 * DAY, process=process)

        again = [store.record_many(events, MONDAY, process=process) for events, process in steps]
        assert [(each.added, each.known, each.refused) for each in again] == [(0, 1, {})] * 3
        assert store.deal("A").process == self.NEWEST

    def test_saved(self, store):
        """A deal that was migrated by its host is saved with its new process."""
        store.append("A", [opening("A")], MONDAY, process=OURS)
        deal = store.deal("A")
        deal.record(self.migration("m", OURS, self.NEW, MONDAY + DAY), processes=[self.NEW])
        deal.log("call", at=MONDAY + DAY)
        store.save(deal, MONDAY + DAY)

        assert store.deal("A").process == self.NEW

    def test_in_the_middle_of_a_sweep(self, store, other, monkeypatch):
        """While one sweeps, another brings deals under a new process: each is told what is true."""
        names = [f"D{n}" for n in range(6)]
        store.record_many({name: [opening(name)] for name in names}, MONDAY, process=OURS)
        store.sweep(MONDAY + DAY)
        week, sweep = MONDAY + 5 * DAY + HOUR, store._sweep

        def and_then(*said):
            done = sweep(*said)
            if done.deals and not any(len(other.deal(name).events) > 1 for name in names):
                for name in names[:4]:
                    migration = self.migration(f"m/{name}", OURS, self.NEW, week)
                    other.append(name, [migration], week, process=self.NEW)
            return done

        monkeypatch.setattr(store, "_sweep", and_then)
        done = store.sweep(week, batch=1)
        assert done.is_done
        assert not done.failing
        # Under the old process the gap is breached, under the new one nobody is late.
        waiting = {name: [m.kind for m in store.messages(deal_id=name)] for name in names}
        assert waiting == {n: ["warn"] for n in names[:4]} | {n: ["breach"] for n in names[4:]}
        assert other.verify() is None

    def test_unknown_process(self, store):
        """A migration to a process that nobody has given is refused."""
        store.append("A", [opening("A")], MONDAY, process=OURS)
        with pytest.raises(PinnedError, match=rf"got ours 1 \({OURS.hash[:12]}\)\. Give"):
            store.append("A", [self.migration("m", OURS, self.NEW, MONDAY)], MONDAY)
        assert store.append("A", [call("1", MONDAY)], MONDAY) == 2

    def undone(self, store, entries, process, monkeypatch):
        """Append what is undone after it was computed, as on a full disk."""

        def full(*_):
            raise MemoryError

        with monkeypatch.context() as patch:
            patch.setattr("salesflow.store.append._keep", full)
            with pytest.raises(MemoryError):
                store.record_many(entries, MONDAY + DAY, process=process)

    def test_undone(self, store, monkeypatch):
        """What a transaction has kept that was undone is a process that nobody has given."""
        store.append("A", [opening("A")], MONDAY, process=OURS)
        migration = self.migration("m", OURS, self.NEW, MONDAY + DAY)
        self.undone(store, {"A": [migration]}, self.NEW, monkeypatch)

        with pytest.raises(PinnedError):
            store.append("A", [migration], MONDAY + DAY)
        assert store.append("A", [migration], MONDAY + DAY, process=self.NEW) == 2
        assert store.deal("A").process == self.NEW

    def test_undone_and_kept_with_other_holidays(self, store, other, monkeypatch):
        """Whoever was undone goes by the holidays of who kept the process, not by its own."""
        process, same = (OURS.replace("calendar.holidays", {"country": "DE"}) for _ in range(2))
        entries = {name: [opening(name)] for name in "AB"}
        self.undone(store, entries, process, monkeypatch)

        newer = process.calendar.holidays.look_up()
        newer = attrs.evolve(newer, version="of another release", dates=newer.dates[1:])
        monkeypatch.setattr("salesflow.calendars.holiday_lists.Holidays.look_up", lambda _: newer)
        other.record_many(entries, MONDAY, process=same)

        assert store.append("A", [call("1", MONDAY)], MONDAY, process=process) == 2
        assert store.deal("A").process.calendar.frozen == newer

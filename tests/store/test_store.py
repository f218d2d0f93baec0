"""What is recorded is kept: once, whole, in order of arrival, and never last-wins."""

import contextlib
import datetime as dt
import json
import pickle
import runpy
import sqlite3
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import attrs
import pytest
from tests.store.small import (
    DAY,
    HOUR,
    MONDAY,
    OURS,
    call,
    learned,
    moved,
    opening,
    outbox,
    rows,
)

import salesflow as sf
from salesflow.errors import (
    ConflictError,
    EventError,
    MissingExtraError,
    NoSuchDeal,
    PinnedError,
    Refused,
    StoreClosed,
    StoreError,
)
from salesflow.events import Activity, Assigned, Held, Learned, Opened
from salesflow.process.parts import NamedCalendar
from salesflow.store import Fault, Store, Worker, extras
from salesflow.store.rows import row_of


class TestOpenAndSave:
    def test_comes_back_as_it_was(self, store):
        """A deal that was saved is the same deal when it is loaded."""
        deal = sf.Deal.open(OURS, id="ACME-17", at=MONDAY, owner="dana")
        deal.learn(at=MONDAY, need=True, value="250000 USD")
        deal.log("call", at=MONDAY + DAY, direction="in", contacts=("Ann", "Bob"), minutes=20)

        version = store.save(deal, MONDAY + DAY)

        again = store.deal("ACME-17")
        assert version == 3
        assert again.events == deal.events
        assert again.state(MONDAY + 9 * DAY) == deal.state(MONDAY + 9 * DAY)
        assert deal.new_events == again.new_events == ()

    def test_open_late(self, store):
        """What has come of the deal by the time we are told of it is looked at then."""
        deal = store.open(OURS, id="A", at=MONDAY, recorded_at=MONDAY + 40 * DAY)

        assert deal.events[0].known_at == MONDAY + 40 * DAY
        assert store.row("A").at == MONDAY + 40 * DAY

    def test_open(self, store):
        """Opening keeps the deal, and gives it back."""
        deal = store.open(
            OURS, id="A", at=MONDAY, stage="offer", owner="kim", by="dana", source="web"
        )

        assert deal.state(MONDAY).stage == "offer"
        assert [event.to_dict() for event in store.deal("A").events] == [
            event.to_dict() for event in deal.events
        ]

    def test_opened_twice(self, store):
        """The same opening again changes nothing, another one is refused."""
        first = store.open(OURS, id="A", at=MONDAY)

        assert store.open(OURS, id="A", at=MONDAY).events == first.events
        with pytest.raises(ConflictError, match="is open already, with another beginning"):
            store.open(OURS, id="A", at=MONDAY, owner="kim")

    def test_somebody_was_first(self, store, other):
        """Of two who save the same deal the second is told, and nothing of it is kept."""
        store.open(OURS, id="A", at=MONDAY)
        first, second = store.deal("A"), other.deal("A")
        first.log("call", at=MONDAY + DAY)
        second.log("email", at=MONDAY + DAY)
        store.save(first, MONDAY + DAY)

        with pytest.raises(ConflictError) as raised:
            other.save(second, MONDAY + DAY)

        error = pickle.loads(pickle.dumps(raised.value))  # noqa: S301 - our own
        assert (error.deal_id, error.expected, error.actual) == ("A", 1, 2)
        assert "expected 1 events, 2 are kept" in str(error)
        assert store.deal("A").events == first.events

    def test_saved_again(self, store):
        """A save of which nobody knows whether it was kept may be done again."""
        store.open(OURS, id="A", at=MONDAY)
        deal, twin = store.deal("A"), store.deal("A")
        for each in (deal, twin):
            each.log("call", at=MONDAY + DAY)

        assert store.save(deal, MONDAY + DAY) == store.save(twin, MONDAY + DAY) == 2

    def test_nothing_new(self, store):
        """Saving nothing keeps nothing."""
        deal = store.open(OURS, id="A", at=MONDAY)
        before = rows(store, "deals")

        assert store.save(deal, MONDAY + DAY) == 1
        assert rows(store, "deals") == before

    def test_unknown_deal(self, store):
        """A deal that is not kept is told by its name."""
        for ask in (store.deal, store.row, lambda name: store.state(name, MONDAY)):
            with pytest.raises(NoSuchDeal, match="'nobody'") as raised:
                ask("nobody")
            assert pickle.loads(pickle.dumps(raised.value)).deal_id == "nobody"  # noqa: S301

    def test_as_of(self, store):
        """A state is asked for any instant, and by what was known at any other."""
        store.open(OURS, id="A", at=MONDAY)
        late = call("mail:1", MONDAY + 3 * DAY, recorded_at=MONDAY + 9 * DAY)
        store.append("A", [late], MONDAY + 9 * DAY)
        asked = MONDAY + 4 * DAY

        assert store.state("A", asked).status == "ok"
        assert store.state("A", asked, known_at=asked).status == "due"

    def test_deals(self, store):
        """Several deals at once come in the order of their ids, unknown ones are passed over."""
        for name in "CAB":
            store.open(OURS, id=name, at=MONDAY)

        assert [deal.id for deal in store.deals(["B", "nobody", "A", "B"])] == ["A", "B"]

    def test_naive(self, store):
        """An instant without a zone is refused before anything is kept."""
        deal = sf.Deal.open(OURS, id="A", at=MONDAY)

        with pytest.raises(ValueError, match=r"^now: .* has no time zone"):
            store.save(deal, MONDAY.replace(tzinfo=None))
        with pytest.raises(NoSuchDeal):
            store.deal("A")


class TestAppend:
    def test_duplicates(self, store):
        """The same event again is no event, whoever sends it."""
        events = [opening("A"), call("1", MONDAY + DAY)]
        assert store.append("A", events, MONDAY + DAY, process=OURS) == 2

        assert store.append("A", [*events, events[1]], MONDAY + DAY) == 2
        assert store.append("A", [call("2", MONDAY), events[1]], MONDAY + DAY) == 3
        assert len(rows(store, "events")) == 3

    def test_told_again_later(self, store):
        """What is delivered again with a later stamp is known: what was told first is kept."""
        first, again = (call("1", MONDAY, recorded_at=MONDAY + day) for day in (DAY, 2 * DAY))
        store.append("A", [opening("A"), again, first], MONDAY + DAY, process=OURS)
        assert store.append("A", [again], MONDAY + 2 * DAY) == 2

        assert store.deal("A").event("1") == first
        assert store.verify() is None

    def test_told_before(self, store):
        """What is kept as known from later on is not rewritten."""
        store.append(
            "A",
            [opening("A"), call("1", MONDAY, recorded_at=MONDAY + DAY)],
            MONDAY + DAY,
            process=OURS,
        )
        others = [call(f"{number}", MONDAY) for number in range(2, 40)]

        with pytest.raises(EventError, match="'1' is taken"):
            store.append("A", [*others, call("1", MONDAY)], MONDAY + DAY)
        assert len(store.deal("A").events) == 2

    def test_other_content(self, store):
        """The same id with another content is refused, and nothing that came with it is kept."""
        store.append("A", [opening("A"), call("1", MONDAY)], MONDAY, process=OURS)

        with pytest.raises(EventError, match="'1' is taken"):
            store.append("A", [call("2", MONDAY), call("1", MONDAY + DAY)], MONDAY + DAY)
        assert len(store.deal("A").events) == 2
        assert store.row("A").at == MONDAY

    def test_other_content_at_once(self, store):
        """Two events of one id in one call are refused as well."""
        with pytest.raises(EventError, match="is taken"):
            store.append(
                "A",
                [opening("A"), call("1", MONDAY), call("1", MONDAY + DAY)],
                MONDAY,
                process=OURS,
            )
        with pytest.raises(NoSuchDeal):
            store.deal("A")

    def test_expected(self, store):
        """Who says how many events there are is told if there are others; not if all are known."""
        store.append("A", [opening("A")], MONDAY, process=OURS, expected=0)
        one = call("1", MONDAY)
        assert store.append("A", [one], MONDAY, expected=1) == 2

        assert store.append("A", [one], MONDAY, expected=1) == 2
        with pytest.raises(ConflictError, match="expected 1 events, 2 are kept"):
            store.append("A", [call("2", MONDAY)], MONDAY, expected=1)
        with pytest.raises(NoSuchDeal):
            store.append("B", [opening("B")], MONDAY, process=OURS, expected=3)

    def test_needs_an_opening(self, store):
        """What opens no deal, or another one, is refused."""
        with pytest.raises(NoSuchDeal):
            store.append("A", [opening("A")], MONDAY)
        with pytest.raises(EventError, match="none opens the deal"):
            store.append("A", [call("1", MONDAY)], MONDAY, process=OURS)
        with pytest.raises(EventError, match="its events open deal 'B'"):
            store.append("A", [opening("B")], MONDAY, process=OURS)
        store.append("A", [opening("A")], MONDAY, process=OURS)
        with pytest.raises(EventError, match="opens deal 'B'"):
            store.append("A", [opening("B")], MONDAY)

    def test_what_the_process_does_not_have(self, store):
        """What the deal refuses the store refuses."""
        store.open(OURS, id="A", at=MONDAY)

        with pytest.raises(EventError, match="nowhere"):
            store.append("A", [moved("1", "nowhere", MONDAY)], MONDAY)
        assert store.verify() is None
        assert store.append("A", [moved("1", "offer", MONDAY)], MONDAY) == 2

    def test_many_and_late(self, store):
        """Many events in any order add up to the same deal as in order of time, one by one."""
        events = [call(str(n), MONDAY + n * HOUR) for n in range(40)]
        store.append("A", [*events[20:], opening("A"), *events[:20]], MONDAY, process=OURS)
        store.open(OURS, id="B", at=MONDAY, owner="dana")
        for event in events:
            store.append("B", [event], MONDAY)

        first, second = (store.state(name, MONDAY + 4 * DAY) for name in "AB")
        assert attrs.evolve(first, deal_id="") == attrs.evolve(second, deal_id="")

    def test_by_turns(self, store, other):
        """What somebody else has recorded meanwhile is seen, whatever is still in memory."""
        store.open(OURS, id="A", at=MONDAY, owner="dana")
        for number, each in enumerate((store, other, store, other)):
            owner = Assigned(id=f"a{number}", occurred_at=MONDAY, owner=f"o{number}", seq=number)
            each.append("A", [owner], MONDAY)
            (other, store)[number % 2].append("A", [call(str(number), MONDAY)], MONDAY)
            assert store.row("A").owner == f"o{number}"
        assert store.verify() is None

    def test_order_of_arrival_is_kept(self, store):
        """Rows are numbered as they came, without gaps."""
        events = [call("2", MONDAY + 2 * DAY), opening("A"), call("1", MONDAY + DAY)]
        store.append("A", events, MONDAY, process=OURS)
        store.append("A", [call("0", MONDAY)], MONDAY)

        kept = [(row[1], row[2]) for row in rows(store, "events")]
        assert kept == [(1, "2"), (2, "A/0"), (3, "1"), (4, "0")]

    def test_a_failed_append_leaves_no_trace_in_memory(self, store):
        """What was folded for a write that came to nothing is not taken for kept."""
        store.open(OURS, id="A", at=MONDAY)
        good, bad = call("1", MONDAY), moved("2", "nowhere", MONDAY)
        for _ in range(2):
            with pytest.raises(EventError):
                store.append("A", [good, bad], MONDAY)

        assert store.append("A", [good], MONDAY) == 2
        assert [event.id for event in store.deal("A").events] == ["A/0", "1"]


class TestProcesses:
    def test_other_process(self, store):
        """A deal stays with the process that it was opened under."""
        store.open(OURS, id="A", at=MONDAY)
        other = OURS.replace("contact_gaps.touch.max", "6 days")

        with pytest.raises(PinnedError, match="runs under"):
            store.append("A", [call("1", MONDAY)], MONDAY, process=other)
        assert store.append("A", [call("1", MONDAY)], MONDAY, process=OURS) == 2

    def test_the_file_is_gone(self, store, url):
        """A deal is loaded by somebody who has never seen its process."""
        store.open(OURS, id="A", at=MONDAY)
        with Store(url) as stranger:
            assert stranger.deal("A").process == OURS

    def test_holidays_are_frozen(self, store, monkeypatch):
        """The holidays that counted when a process came into the store count for ever."""
        process = OURS.replace(
            {"calendar.holidays": {"country": "DE"}, "contact_gaps.touch.max": "5 business days"}
        )
        deal = store.open(process, id="A", at=MONDAY)
        before = store.state("A", MONDAY + 40 * DAY)

        assert deal.process.calendar.frozen is not None
        monkeypatch.setattr(sf.Calendar, "freeze", lambda self, *_: self)
        monkeypatch.setattr("salesflow.calendars.holiday_lists.Holidays.look_up", None)
        with Store(store.database.url.render_as_string(hide_password=False)) as again:
            assert again.state("A", MONDAY + 40 * DAY) == before
            again.open(process, id="B", at=MONDAY)
            assert again.append("A", [call("1", MONDAY)], MONDAY, process=process) == 2
            loaded = again.deal("A")
            loaded.log("call", at=MONDAY + DAY)
            assert again.save(loaded, MONDAY + DAY) == 3
            again.open(loaded.process, id="C", at=MONDAY)
        assert len(rows(store, "processes")) == 1

    def test_some_calendars_are_frozen(self, store):
        """A file may have frozen some of its calendars; the store freezes the others."""
        here, there, away = (
            sf.Calendar("UTC", holidays={"country": it}) for it in ("DE", "US", "FR")
        )
        named = [NamedCalendar(id="there", calendar=there.freeze(2026, 2027))]
        named.append(NamedCalendar(id="away", calendar=away))
        process = OURS.replace({"calendar": here, "calendars": named})
        store.open(process, id="A", at=MONDAY)
        store.open(process, id="B", at=MONDAY, calendar="there")
        assert store.append("A", [call("1", MONDAY + DAY)], MONDAY + DAY, process=process) == 2

        assert store.deal("A").process.calendar.frozen is not None
        assert len(rows(store, "processes")) == 1
        opening = store.deal("A").events[0]
        every = OURS.replace({"calendar": here.freeze()})
        with pytest.raises(PinnedError):
            sf.Deal.replay(every, [opening])

    def test_read_again_before_it_is_kept(self, store, monkeypatch):
        """A process that would be read as another one is refused, and so is the deal."""
        other = OURS.replace("title", "Another")
        written = sf.dump_process(other)
        monkeypatch.setattr("salesflow.store.processes.dump_process", lambda _: written)

        with pytest.raises(StoreError, match="was stored with"):
            store.open(OURS, id="A", at=MONDAY)
        assert rows(store, "processes") == rows(store, "deals") == []

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ("text = replace(text, '5 days', '6 days')", "but was stored with"),
            ("calendars = replace(calendars, '12-25', '12-27')", "but was stored with"),
            ("text = 'format = 1'", "the stored one cannot be read"),
            ("calendars = '{'", "the stored one cannot be read"),
            ("calendars = '[]'", "the stored one cannot be read"),
        ],
    )
    def test_damaged_process(self, store, other, change, said):
        """A process that is not what was kept is refused; the deals of others go on."""
        process = OURS.replace("calendar.holidays", {"country": "DE"})
        store.open(process, id="A", at=MONDAY)
        store.open(OURS, id="B", at=MONDAY)
        triggers = {
            "sqlite": ["DROP TRIGGER salesflow_processes_no_update"],
            "postgresql": ["ALTER TABLE salesflow_processes DISABLE TRIGGER ALL"],
        }[store.database.engine.dialect.name]
        changed = f"UPDATE salesflow_processes SET {change} WHERE hash = '{process.hash}'"  # noqa: S608
        store.database.write(lambda c: [c.exec_driver_sql(s) for s in (*triggers, changed)])

        with pytest.raises(StoreError, match=f"deal 'A': process .*{said}"):
            other.deal("A")
        assert str(other.verify()).startswith("deal 'A', its row: process ")
        swept = other.sweep(MONDAY + 4 * DAY)
        assert [failing.deal_id for failing in swept.failing] == ["A"]
        assert swept.promised == 1
        assert {item.deal_id for item in other.agenda(MONDAY + 4 * DAY)} == {"B"}
        assert "process" in str(other.verify())

    def test_undone(self, store, monkeypatch):
        """A process of a transaction that came to nothing is kept with the next one."""
        events = {name: [opening(name)] for name in "AB"}

        def fail(*_):
            raise OSError("the disk is on fire")

        with monkeypatch.context() as patch:
            patch.setattr("salesflow.store.append._keep", fail)
            with pytest.raises(OSError, match="on fire"):
                store.record_many(events, MONDAY, process=OURS)
        assert store.record_many(events, MONDAY, process=OURS).added == 2


class TestRecordMany:
    @pytest.mark.long
    def test_bulk(self, store):
        """What was known is counted, and a deal that is refused does not hinder the rest."""
        events = {f"D{n:03}": [opening(f"D{n:03}"), call("1", MONDAY)] for n in range(250)}
        events["D100"] = [call("1", MONDAY)]
        first = store.record_many(events, MONDAY, process=OURS)

        assert (first.deals, first.added, first.known) == (249, 498, 0)
        assert list(first.refused) == ["D100"]
        assert "none opens the deal" in str(first.refused["D100"])
        assert str(first) == "249 deals, 498 events recorded, 0 already known; 1 deal refused"

        again = store.record_many(events, MONDAY, process=OURS)
        assert (again.deals, again.added, again.known) == (249, 0, 498)
        assert store.verify() is None

    def test_without_a_process(self, store):
        """Nothing is opened without a process."""
        found = store.record_many({"A": [opening("A")]}, MONDAY)

        assert isinstance(found.refused["A"], NoSuchDeal)

    @pytest.mark.parametrize("bad", ["", "A\0", "A" * 1001])
    def test_an_id_that_cannot_be_kept(self, store, bad):
        """It refuses that deal; the one beside it is kept."""
        events = {name: [opening(name or "nobody")] for name in (bad, "B")}
        found = store.record_many(events, MONDAY, process=OURS)

        assert (found.deals, found.added, list(found.refused)) == (1, 1, [bad])
        assert isinstance(found.refused[bad], EventError)
        assert [row.deal_id for row in store.rows()] == ["B"]


class TestChange:
    def test_answer(self, store):
        """What the function returns is returned, and what it did is kept."""
        store.open(OURS, id="A", at=MONDAY)

        warnings = store.change("A", lambda deal: deal.move("lost", at=MONDAY), MONDAY)

        assert warnings == ()
        assert store.row("A").stage == "lost"

    def test_refused(self, store):
        """What the function raises is raised, and nothing is kept."""
        store.open(OURS, id="A", at=MONDAY)

        def work(deal):
            deal.log("call", at=MONDAY)
            deal.move("offer", at=MONDAY)

        with pytest.raises(Refused):
            store.change("A", work, MONDAY)
        assert len(store.deal("A").events) == 1

    def test_again(self, store, other):
        """If somebody else was first, it is done again with the deal as it is then."""
        store.open(OURS, id="A", at=MONDAY)
        seen = []

        def work(deal):
            seen.append(len(deal.events))
            if len(seen) == 1:
                other.append("A", [call("x", MONDAY)], MONDAY)
            deal.log("email", at=MONDAY + HOUR)

        store.change("A", work, MONDAY)

        assert seen == [1, 2]
        assert [event.id for event in store.deal("A").events] == ["A/0", "x", "A/2"]

    @pytest.mark.long
    def test_never_first(self, store, other):
        """After ten times it gives up, and says why."""
        store.open(OURS, id="A", at=MONDAY)

        def work(deal):
            other.append("A", [call(str(len(deal.events)), MONDAY)], MONDAY)
            deal.log("email", at=MONDAY)

        with pytest.raises(ConflictError):
            store.change("A", work, MONDAY)
        assert len(store.deal("A").events) == 11

    def test_threads(self, store):
        """Threads that change one deal at once lose nothing."""
        store.open(OURS, id="A", at=MONDAY)

        def work(name):
            for _ in range(5):
                store.change("A", lambda deal: deal.log("call", at=MONDAY, by=name), MONDAY)

        threads = [threading.Thread(target=work, args=[name]) for name in ("ann", "bob", "cy")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(store.deal("A").events) == 16
        assert store.verify() is None


HARD = "a\0b \ud800 \udfff \U0001f600 ' \" \\ \n \u2028 é e\u0301"


class TestText:
    def test_hard_text_is_kept(self, store):
        """NUL, half surrogate pairs and all else in an event come back as they were."""
        events = [
            opening("A", owner=HARD, by=HARD, source=HARD),
            Activity(id="1", kind="call", occurred_at=MONDAY, outcome=HARD, contacts=(HARD,)),
            Held(id="2", occurred_at=MONDAY, until=MONDAY + DAY, reason=HARD),
            Assigned(id="3", occurred_at=MONDAY, owner=HARD),
        ]
        store.append("A", events, MONDAY, process=OURS)

        assert list(store.deal("A").events) == sorted(events, key=lambda e: (e.rank != 0, e.rank))
        assert "\ufffd" in store.row("A").owner
        assert store.sweep(MONDAY + 8 * DAY).promised
        assert {item.owner for item in store.agenda(MONDAY + 9 * DAY, who=HARD)} == {HARD}
        assert store.verify() is None

    @pytest.mark.parametrize(
        "name", ["", "a\0b", "\ud800", "x" * 256, "é" * 128], ids=lambda name: ascii(name[:4])
    )
    def test_ids_of_deals(self, store, name):
        """An id that not every database can keep is refused by both, with the same words."""
        with pytest.raises(EventError, match="deal id"):
            store.append(name, [opening(name)], MONDAY, process=OURS)

    @pytest.mark.parametrize("name", ["", "a\0b", "\udc00", "x" * 1001])
    def test_ids_of_events(self, store, name):
        """The same for the ids of events."""
        store.open(OURS, id="A", at=MONDAY)

        with pytest.raises(EventError, match="event id"):
            store.append("A", [call(name, MONDAY)], MONDAY)

    def test_longest_ids(self, store):
        """The longest ids find their way into every index, in the outbox too."""
        name = "\U0001f600" * 63 + "xyz"
        events = [opening(name), moved("é" * 500, "offer", MONDAY)]
        store.append(name, events, MONDAY, process=OURS)

        assert store.sweep(MONDAY).promised == 1
        assert store.deal(name).id == name

    def test_what_json_cannot_say(self, store):
        """An event that would come back as another one is refused."""
        store.open(OURS, id="A", at=MONDAY)
        odd = type(
            "Odd", (str,), {"__eq__": lambda self, other: self is other, "__hash__": str.__hash__}
        )

        with pytest.raises(EventError, match="would be a different event"):
            store.append("A", [call("1", MONDAY, by=odd("x"))], MONDAY)
        for value in (float("nan"), object(), ("a",)):
            with pytest.raises(EventError):
                store.append(
                    "A", [Learned(id="2", occurred_at=MONDAY, facts={"value": value})], MONDAY
                )
        assert len(store.deal("A").events) == 1

    @pytest.mark.parametrize("name", ["a\0b", "\ud800", "x" * 10_000])
    def test_asked_for_an_id_that_cannot_be(self, store, name):
        """A deal that cannot be kept is a deal that is not kept."""
        assert list(store.deals([name])) == []
        for ask in (store.deal, store.row):
            with pytest.raises(NoSuchDeal):
                ask(name)


class TestParts:
    def test_no_text(self, store):
        """An id that is no text is a slip of the caller."""
        with pytest.raises(TypeError, match="deal id: got 5, expected text"):
            store.append(5, [], MONDAY)

    def test_no_json(self):
        """What JSON has no words for is refused by name."""
        odd = Learned(id="1", occurred_at=MONDAY, facts={"x": object()})
        with pytest.raises(EventError, match="'1': it cannot be stored as JSON"):
            row_of("A", 1, "", odd)

    def test_a_process_that_is_gone(self, tmp_path):
        """A deal whose process is not kept is told with the hash that is missing."""
        with Store(tmp_path / "deals.db") as store:
            store.append("A", [opening("A")], MONDAY, process=OURS)
            with contextlib.closing(sqlite3.connect(tmp_path / "deals.db")) as stranger:
                stranger.execute("DROP TRIGGER salesflow_processes_no_delete")
                stranger.execute("DELETE FROM salesflow_processes")
                stranger.commit()

            with pytest.raises(StoreError, match=f"does not have its process {OURS.hash}"):
                store.deal("A")
            assert f"does not have its process {OURS.hash}" in str(store.verify())

    def test_restored_meanwhile(self, tmp_path):
        """Where a backup is restored while a store is open, a process may be gone that was kept."""
        with Store(tmp_path / "deals.db") as store:
            store.append("A", [opening("A")], MONDAY, process=OURS)
            store.append("B", [opening("B")], MONDAY, process=OURS)
            with contextlib.closing(sqlite3.connect(tmp_path / "deals.db")) as backup:
                backup.executescript(
                    """
                    DROP TRIGGER salesflow_processes_no_delete;
                    DROP TRIGGER salesflow_events_no_delete;
                    DELETE FROM salesflow_events;
                    DELETE FROM salesflow_deals;
                    DELETE FROM salesflow_processes;
                    """
                )

            assert store.append("A", [opening("A")], MONDAY, process=OURS) == 1
            assert store.verify() is None

    def test_without_sqlalchemy(self, monkeypatch):
        """A missing library names its extra."""
        monkeypatch.setitem(sys.modules, "sqlalchemy", None)
        with pytest.raises(MissingExtraError, match=r"salesflow\[store\]"):
            runpy.run_path(extras.__file__)


class TestRow:
    def test_columns(self, store):
        """The columns say how the deal stands at the latest instant that it was told of."""
        store.open(OURS, id="A", at=MONDAY, owner="dana")
        store.append("A", [learned("1", MONDAY, value="99.50 USD")], MONDAY + DAY)

        row = store.row("A")

        assert attrs.asdict(row) == {
            "deal_id": "A",
            "process_hash": OURS.hash,
            "version": 2,
            "at": MONDAY + DAY,
            "stage": "talk",
            "kind": "open",
            "status": "ok",
            "owner": "dana",
            "value": "99.50",
            "next_deadline_at": MONDAY + 3 * DAY,
            "due_at": MONDAY + 3 * DAY + dt.timedelta(microseconds=1),
            "error": None,
        }

    def test_rows(self, store):
        """Rows are found by what they say."""
        events = {f"D{n:03}": [opening(f"D{n:03}", owner=f"o{n % 2}")] for n in range(410)}
        store.record_many(events, MONDAY, process=OURS)
        store.append("D001", [moved("m", "lost", MONDAY)], MONDAY)

        assert len(list(store.rows())) == 410
        assert len(list(store.rows(owner="o1"))) == 205
        assert [row.deal_id for row in store.rows(kind="lost")] == ["D001"]
        assert [row.deal_id for row in store.rows(stage="lost", owner="o0")] == []
        assert len(list(store.rows(status="ok", kind="open"))) == 409

    def test_not_open_yet(self, store):
        """A deal that opens later has no stage; it wakes up when it opens."""
        store.append("A", [opening("A", MONDAY + DAY)], MONDAY, process=OURS)

        row = store.row("A")
        assert (row.stage, row.kind, row.status, row.due_at) == (None, None, None, MONDAY + DAY)
        assert store.agenda(MONDAY) == ()
        assert store.pulse(MONDAY).open == 0
        assert store.pulse(MONDAY + DAY).open == 1
        store.sweep(MONDAY + DAY)
        assert store.row("A").stage == "talk"
        assert outbox(store) == []


class TestStore:
    def test_reopened(self, store, url):
        """What was kept is there when the database is opened again."""
        store.open(OURS, id="A", at=MONDAY)
        store.close()

        with Store(url) as again:
            assert again.deal("A").id == "A"

    @pytest.mark.parametrize(
        "ask",
        [
            pytest.param(lambda store: store.deal("A"), id="read"),
            pytest.param(lambda store: store.open(OURS, id="B", at=MONDAY), id="write"),
            pytest.param(
                lambda store: Worker(
                    store, every=HOUR / 10**6, clock=iter([MONDAY] * 3).__next__
                ).run(),
                id="worker",
            ),
        ],
    )
    @pytest.mark.parametrize("where", ["here", "sqlite://"])
    def test_closed(self, url, where, ask):
        """A store that was closed says so, in memory too, and opens nothing again."""
        store = Store(url if where == "here" else where)
        store.close()
        store.close()

        with pytest.raises(StoreClosed, match=r"^store .*: it was closed\. Open it again"):
            ask(store)

    @pytest.mark.parametrize(("timeout", "error"), [(30, TypeError), (-DAY, ValueError)])
    def test_wrong_timeout(self, url, timeout, error):
        """A timeout is a span that is longer than nothing."""
        with pytest.raises(error, match=r"^timeout: "):
            Store(url, timeout=timeout)

    @pytest.mark.parametrize(
        ("ask", "said"),
        [
            pytest.param(lambda s: s.deal(3), "deal_id: got 3, expected a str", id="id"),
            pytest.param(lambda s: s.row(None), "deal_id: got None, expected a str", id="row"),
            pytest.param(lambda s: s.save("A", MONDAY), "deal: got 'A', expected a De", id="save"),
            pytest.param(
                lambda s: s.append("A", opening("A"), MONDAY),
                "^events: got Opened.*, expected several. Put it into a list",
                id="one-event",
            ),
            pytest.param(
                lambda s: s.record_many([opening("A")], MONDAY),
                r"^events: got \[Opened.*, expected a mapping. Write a dict",
                id="no-deals",
            ),
            pytest.param(
                lambda s: s.append("A", [opening("A")], MONDAY, process="ours"),
                "^process: got 'ours', expected a Process. Load it with load_process",
                id="name-of-a-process",
            ),
            pytest.param(
                lambda s: s.retry(MONDAY, "A/1"),
                "^keys: got 'A/1', expected several. Put it into a list",
                id="one-key",
            ),
            pytest.param(
                lambda s: s.record_many({"A": [{}]}, MONDAY),
                "events: got {}, expected an Event",
                id="event",
            ),
        ],
    )
    def test_wrong_arguments(self, store, ask, said):
        """What is given in the wrong form is shown, with what is expected."""
        with pytest.raises(TypeError, match=said):
            ask(store)

    @pytest.mark.parametrize(
        "where",
        [
            pytest.param("mysql+pymysql://me:secret@host/name", id="another-kind"),
            pytest.param("postgresql://me:secret@/name?host=/nowhere", id="user"),
            pytest.param("postgresql://me@/name?host=/nowhere&password=secret", id="query"),
            pytest.param("postgresql://me@/name?host=/nowhere&sslpassword=secret", id="key"),
        ],
    )
    def test_no_password_is_shown(self, where):
        """A password is shown nowhere."""
        with pytest.raises(StoreError) as raised:
            Store(where)
        assert "secret" not in str(raised.value)

    @pytest.mark.parametrize(
        ("where", "said"),
        [
            ("oracle://x", "'oracle'"),
            ("sqlite+aiosqlite:///x", "aiosqlite"),
            ("://", "is not a URL"),
            ("a\0b", "NUL or a lone surrogate cannot stand in its name"),
            ("sqlite:///a%00b", "NUL or a lone surrogate cannot stand in its name"),
            ("\ud800.db", "NUL or a lone surrogate cannot stand in its name"),
            ("", "store: got '', which names no database. Expected a path"),
            ("  ", "store: got '  ', which names no database. Expected a path"),
            ("postgresql:localhost/x", "store: got 'postgresql', which names no database"),
            ("sqlite:deals.db", "store: got 'sqlite', which names no database"),
        ],
    )
    def test_other_databases(self, where, said):
        """Another kind of database is refused with what is expected."""
        with pytest.raises(StoreError, match=said):
            Store(where)

    @pytest.mark.parametrize("where", [None, 7, b"deals.db"])
    def test_neither_text_nor_path(self, where):
        """What is no name at all is told, too."""
        with pytest.raises(TypeError, match=r"store: got .*\. Expected a path"):
            Store(where)

    def test_path(self, tmp_path, monkeypatch):
        """A path is a path, as text or not, relative or not."""
        monkeypatch.chdir(tmp_path)
        with Store(tmp_path / "a b.db") as store:
            store.open(OURS, id="A", at=MONDAY)
        with Store("a b.db") as store:
            assert store.deal("A").id == "A"
            assert repr(store) == "<Store sqlite:///a b.db>"

    @pytest.mark.parametrize("where", ["sqlite://", "sqlite:///:memory:", ":memory:"])
    def test_memory(self, where):
        """In memory it is there until it is closed, for every thread."""
        with Store(where) as store:
            store.open(OURS, id="A", at=MONDAY)
            with ThreadPoolExecutor(1) as pool:
                assert pool.submit(store.deal, "A").result().id == "A"

    def test_answers_as_data(self, store):
        """Whatever a store answers can be sent on as JSON: every field, and the line for people."""
        recorded = store.record_many({"A": [opening("A")], "B": []}, MONDAY, process=OURS)
        swept = store.sweep(MONDAY + 9 * DAY)
        delivered = store.deliver(MONDAY + 9 * DAY, lambda _: None, limit=1)
        sent, waiting = store.messages()
        fault = Fault("A", 1, "it was changed")
        said = (recorded, swept, delivered, sent, waiting, fault)

        read = [json.loads(json.dumps(answer.to_dict())) for answer in (*said, store.row("A"))]

        assert [data["text"] for data in read[:-1]] == list(map(str, said))
        assert list(read[0]["refused"]) == ["B"]
        assert (read[1]["promised"], read[1]["is_done"]) == (2, True)
        assert (read[2]["sent"], read[2]["remaining"]) == (1, 1)
        assert (read[3]["effect"]["rule"], read[3]["sent_at"]) == (
            *("touch", "2026-03-11T10:00:00+00:00"),
        )
        assert read[4]["sent_at"] is None
        assert read[-1]["next_deadline_at"] == "2026-03-12T10:00:00+00:00"
        assert not any(name.startswith("_") for data in read for name in data)

    def test_openings_of_others(self, store, other):
        """Of two who open one deal at once both succeed if they say the same."""
        errors = []

        def work(each):
            for n in range(10):
                try:
                    each.append(f"D{n}", [opening(f"D{n}")], MONDAY, process=OURS)
                except Exception as error:  # noqa: BLE001 - shown below
                    errors.append(error)

        threads = [threading.Thread(target=work, args=[each]) for each in (store, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert errors == []
        assert len(list(store.rows())) == 10
        assert isinstance(store.deal("D9").events[0], Opened)

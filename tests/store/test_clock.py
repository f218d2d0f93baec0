"""A clock that is ahead: it is refused if it is far ahead, and what it has done can be undone."""

import datetime as dt

import pytest
from tests.store.small import DAY, HOUR, MONDAY, OURS, call, deliver, moved, opening, outbox, rows
from tests.store.works import content

from salesflow.errors import ClockError, DeliveryError, StoreError
from salesflow.store import Retries, Store, Worker

YEARS = 10 * 366 * DAY
WEEK = MONDAY + 9 * DAY


@pytest.fixture
def kept(store):
    """Two deals; of one of them something was told."""
    for name in "AB":
        store.append(name, [opening(name)], MONDAY, process=OURS)
    store.sweep(MONDAY + 4 * DAY)
    deliver(store)
    return store


WRITES = {
    "sweep": lambda s, now: s.sweep(now),
    "append": lambda s, now: s.append("A", [call("x", MONDAY + 5 * DAY)], now),
    "bulk": lambda s, now: s.record_many({"A": [call("x", MONDAY + 5 * DAY)]}, now),
    "open": lambda s, now: s.open(OURS, id="C", at=now),
    "save": lambda s, now: s.change("A", lambda deal: deal.log("call", at=MONDAY + 5 * DAY), now),
    "deliver": lambda s, now: s.deliver(now, lambda _: None),
    "retry": lambda s, now: s.retry(now),
}


class TestRefused:
    @pytest.mark.long
    @pytest.mark.parametrize("write", WRITES)
    def test_years_ahead(self, kept, write):
        """Whoever writes with a clock that is years ahead is told, and nothing has changed."""
        before = content(kept)

        with pytest.raises(ClockError, match="3,654 days after the latest instant") as raised:
            WRITES[write](kept, MONDAY + YEARS)
        assert content(kept) == before
        assert isinstance(raised.value, StoreError)
        assert (raised.value.now, raised.value.leap) == (MONDAY + YEARS, 366 * DAY)

        WRITES[write](kept, WEEK)
        assert kept.verify() is None

    @pytest.mark.long
    @pytest.mark.usefixtures("kept")
    @pytest.mark.parametrize("write", WRITES)
    def test_believed(self, url, write):
        """Whoever says that it is so is believed."""
        with Store(url, leap=None) as other:
            WRITES[write](other, MONDAY + YEARS)
            assert other.verify() is None

    def test_how_far(self, kept, url):
        """So far ahead is believed, and not an instant more; time that goes by is followed."""
        known = kept.next_wakeup()
        with Store(url, leap=3 * DAY) as other:
            with pytest.raises(ClockError, match="at most 3 days"):
                other.sweep(known + 3 * DAY + dt.timedelta(microseconds=1))
            assert other.sweep(known + 3 * DAY).deals == 2
            for days in (5, 7, 9, 11):
                other.append("A", [call(str(days), known + days * DAY)], known + days * DAY)
            with pytest.raises(ClockError):
                other.sweep(known + 15 * DAY)

    def test_from_when_on_something_was_due(self, kept, url):
        """How far it is counts from what is due first; what is due later says nothing."""
        first = kept.next_wakeup()
        kept.append("B", [call("x", MONDAY + 4 * DAY)], MONDAY + 4 * DAY)
        assert kept.row("B").due_at > kept.row("A").due_at == first

        with (
            Store(url, leap=3 * DAY) as other,
            pytest.raises(ClockError, match="3 days"),
        ):
            other.sweep(first + 3 * DAY + dt.timedelta(microseconds=1))

    def test_nothing_to_do_meanwhile(self, store):
        """Where with time alone nothing comes to be done, no clock does harm, and none is wrong."""
        store.append("A", [opening("A")], MONDAY, process=OURS)
        store.append("A", [moved("1", "lost", MONDAY + DAY)], MONDAY + DAY)
        assert store.next_wakeup() is None

        store.sweep(MONDAY + YEARS)
        store.append("B", [opening("B", MONDAY + YEARS)], MONDAY + YEARS, process=OURS)
        assert store.row("B").status == "ok"

    def test_first(self, store):
        """An empty store knows of no time: the first one is believed."""
        store.append("A", [opening("A")], MONDAY + YEARS, process=OURS)
        assert store.row("A").at == MONDAY + YEARS

    @pytest.mark.parametrize(
        ("leap", "error", "said"),
        [
            (DAY * 0, ValueError, "leap: expected a positive span, got 0:00:00"),
            (-DAY, ValueError, "leap: expected a positive span"),
            (366, TypeError, "leap: got 366, expected a timedelta"),
        ],
    )
    def test_no_leap(self, leap, error, said):
        """What is no span is refused."""
        with pytest.raises(error, match=said):
            Store("sqlite://", leap=leap)

    def test_worker(self, kept, caplog):
        """A worker by such a clock does nothing, says why, and goes on once the clock is right."""
        times = iter([MONDAY + YEARS] * 2)
        told = []
        worker = Worker(
            kept,
            every=dt.timedelta(milliseconds=1),
            clock=lambda: next(times),
            told=lambda report: (told.append(report), worker.stop()),
        )
        before = content(kept)
        with pytest.raises(ClockError):
            worker.round()
        assert content(kept) == before

        times = iter([*[MONDAY + YEARS] * 4, *[WEEK] * 10])
        worker.run()
        assert "the worker cannot continue yet: 2036-" in caplog.text
        assert [report.sweep.deals for report in told] == [2]


class TestTurnedBack:
    def test_as_if_nothing_had_been(self, kept, url):
        """What nobody was told leaves no trace: the deals are found where they were."""
        before = content(kept)
        with Store(url, leap=None) as ahead:
            ahead.sweep(MONDAY + YEARS)
        assert {row[3] for row in rows(kept, "outbox")} > {"warn"}
        assert kept.row("A").stage == "lost"

        assert kept.turn_back(MONDAY + 4 * DAY) == 2
        assert content(kept) == before
        assert kept.verify() is None
        assert kept.turn_back(MONDAY + 4 * DAY) == 0

    def test_what_was_told_is_taken_back(self, kept, url):
        """Whoever was told is told that it is not so; when it comes true, they are told again."""
        with Store(url, leap=None) as ahead:
            ahead.sweep(MONDAY + YEARS)
            deliver(ahead)
        told = [name for kind, name, _ in outbox(kept, "A") if kind == "move"]
        assert len(told) == 1

        kept.turn_back(MONDAY + 4 * DAY)
        assert kept.sweep(MONDAY + 4 * DAY).promised >= 2
        deliver(kept)
        assert f"{told[0]}#rescinded" in [name for _, name, _ in outbox(kept, "A")]
        assert kept.state("A", MONDAY + 4 * DAY).stage == "talk"

        kept.sweep(MONDAY + 40 * DAY)
        assert f"{told[0]}#2" in [name for _, name, _ in outbox(kept, "A")]
        assert kept.row("A").stage == "lost"
        assert kept.verify() is None

    def test_only_who_was_ahead(self, kept):
        """A deal that was told of an earlier instant stays where it is."""
        kept.append("A", [call("x", MONDAY + 5 * DAY)], MONDAY + 5 * DAY)
        before = kept.row("B")

        assert kept.turn_back(MONDAY + 4 * DAY + HOUR) == 1
        assert kept.row("A").at == MONDAY + 4 * DAY + HOUR
        assert kept.row("B") == before
        assert [event.id for event in kept.deal("A").events] == ["A/0", "x"]

    def test_before_it_was_open(self, kept):
        """A deal that opens later has nothing promised, and wakes up when it opens."""
        kept.append("C", [opening("C")], MONDAY, process=OURS)
        kept.sweep(MONDAY + 4 * DAY)
        assert outbox(kept, "C")

        kept.turn_back(MONDAY - DAY)
        assert outbox(kept, "C") == []
        assert (kept.row("C").stage, kept.row("C").due_at) == (None, MONDAY)

    @pytest.mark.long
    def test_many(self, store):
        """Some hundreds are brought back at a time."""
        opened = {f"D{n}": [opening(f"D{n}")] for n in range(450)}
        store.record_many(opened, MONDAY + 300 * DAY, process=OURS)

        assert store.turn_back(MONDAY) == 450
        assert {row.at for row in store.rows()} == {MONDAY}

    def test_put_off(self, kept, url):
        """A message that was put off by the clock that was ahead is tried now."""

        def refuse(_):
            raise DeliveryError("away")

        kept.sweep(WEEK)
        with Store(url, leap=None) as ahead:
            ahead.deliver(MONDAY + YEARS, refuse)
        assert kept.deliver(WEEK + DAY, lambda _: None).sent == 0
        kept.turn_back(WEEK)
        assert kept.deliver(WEEK, lambda _: None, retries=Retries()).sent > 0

    def test_left_alone(self, kept):
        """A message that waits for as long as a receiver has asked for waits on."""

        def busy(_):
            raise DeliveryError("busy", retry_after=HOUR)

        kept.sweep(WEEK)
        kept.deliver(WEEK, busy)
        kept.turn_back(WEEK)

        assert {message.try_at for message in kept.messages(status="waiting")} == {WEEK + HOUR}

    def test_forgotten(self, kept, url):
        """What the clock has said that was ahead is no measure any more."""
        known = kept.next_wakeup()
        with Store(url, leap=3 * DAY) as other:
            for days in (0, 3, 6):
                other.sweep(known + days * DAY)
            other.turn_back(MONDAY + 4 * DAY)
            with pytest.raises(ClockError):
                other.sweep(known + 6 * DAY)

    def test_cannot_be_asked(self, kept, monkeypatch):
        """A deal that cannot say what it comes to is brought back as well, and tried again."""
        kept.sweep(WEEK)
        with monkeypatch.context() as patch:
            patch.setattr("salesflow.store.pages.settle", lambda *_: 1 / 0)
            assert kept.turn_back(MONDAY + 5 * DAY) == 2
        assert kept.row("A").error == "ZeroDivisionError: division by zero"
        kept.sweep(MONDAY + 5 * DAY)
        assert kept.row("A").error is None
        assert kept.verify() is None

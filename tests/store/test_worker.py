"""A worker does everything at its time, and survives a database that is away."""

import datetime as dt
import json
import threading

import pytest
from tests.store.small import DAY, HOUR, MONDAY, OURS, opening

from salesflow.errors import StoreUnavailable
from salesflow.store import Report, Retries, Store, Worker
from salesflow.store import worker as module

WEEK = MONDAY + 9 * DAY


@pytest.fixture
def silent():
    """A store with five deals that nobody has touched."""
    with Store("sqlite://") as store:
        for name in "ABCDE":
            store.append(name, [opening(name)], MONDAY, process=OURS)
        yield store


class TestRound:
    def test_sweeps_and_sends(self, silent):
        """A round promises what is due and sends it."""
        sent, told = [], []
        worker = Worker(silent, sent.append, clock=lambda: WEEK, told=told.append)

        report = worker.round()

        assert report == Report(at=WEEK, deals=5, promised=10, sent=10)
        assert told == [report]
        assert (report.is_clean, report.is_idle) == (True, False)
        assert str(report) == "5 deals, 10 effects promised, 10 sent"
        assert worker.round().is_idle
        assert len(sent) == 10

    def test_in_batches(self, silent, monkeypatch):
        """However much there is, all of it is done, some at a time."""
        monkeypatch.setattr(module, "_BATCH", 2)
        sent = []

        report = Worker(silent, sent.append, clock=lambda: WEEK).round()

        assert (report.deals, report.promised, report.sent, len(sent)) == (5, 10, 10, 10)

    def test_without_a_receiver(self, silent):
        """Who only sweeps leaves the outbox to others."""
        assert Worker(silent, clock=lambda: WEEK).round().sent == 0
        assert len(list(silent.messages(status="waiting"))) == 10

    def test_troubles(self, silent):
        """What could not be done is in the report."""

        def refuse(_):
            raise OSError("down")

        retries = Retries(tries=1)
        report = Worker(silent, refuse, retries=retries, clock=lambda: WEEK).round()

        assert (report.is_clean, report.failed) == (False, 10)
        assert str(report).endswith("0 sent, 10 effects failed")
        assert json.loads(json.dumps(report.to_dict()))["failed"] == 10

    def test_stopped(self, silent, monkeypatch):
        """Told to stop in the middle, it finishes the batch at hand and says what is left."""
        monkeypatch.setattr(module, "_BATCH", 2)
        worker = Worker(silent, lambda _: None, clock=lambda: WEEK)
        sweep = silent.sweep

        def sweep_and_stop(*arguments, **options):
            worker.stop()
            return sweep(*arguments, **options)

        monkeypatch.setattr(silent, "sweep", sweep_and_stop)

        report = worker.round()

        assert (report.deals, report.remaining, report.sent) == (2, 3, 0)
        assert not report.is_clean

    def test_stopped_while_sending(self, silent):
        """Told to stop while it sends, it finishes the messages at hand."""
        sent = []

        def send(message):
            sent.append(message)
            worker.stop()

        worker = Worker(silent, send, clock=lambda: WEEK)

        assert worker.round().sent == len(sent) < 10


class TestRun:
    def test_until_stopped(self, silent):
        """It works until it is told to stop."""
        times = iter(WEEK + n * HOUR for n in range(100))

        def told(report):
            rounds.append(report)
            if len(rounds) == 3:
                worker.stop()

        rounds = []
        worker = Worker(
            silent, clock=lambda: next(times), every=dt.timedelta(milliseconds=1), told=told
        )
        worker.run()

        assert [report.deals for report in rounds] == [5, 0, 0]
        assert worker.health()["rounds"] == 3

    def test_database_is_away(self, silent, monkeypatch, caplog):
        """A database that is away for a while is told in the log, and waited for."""
        sweep, refused = silent.sweep, []

        def sometimes(*arguments, **options):
            if len(refused) < 2:
                refused.append(True)
                raise StoreUnavailable("store x: away")
            return sweep(*arguments, **options)

        monkeypatch.setattr(silent, "sweep", sometimes)
        worker = Worker(
            silent,
            clock=lambda: WEEK,
            every=dt.timedelta(milliseconds=1),
            told=lambda _: worker.stop(),
        )

        worker.run()

        assert worker.health()["failed_rounds"] == 2
        assert worker.health()["last"]["promised"] == 10
        assert caplog.text.count("cannot continue yet: store x: away") == 2

    def test_waiting_is_ended(self, silent):
        """Told to stop while it waits, it does not wait on."""
        is_told = threading.Event()
        worker = Worker(silent, every=HOUR, told=lambda _: is_told.set())
        thread = threading.Thread(target=worker.run)
        thread.start()
        assert is_told.wait(10)

        worker.stop()
        thread.join(10)

        assert not thread.is_alive()


class TestHealth:
    def test_stuck(self, silent, monkeypatch):
        """A worker that has finished no round for long is not well."""
        worker = Worker(silent, every=dt.timedelta(seconds=10), clock=lambda: WEEK)
        assert worker.health() == {"status": "ok", "rounds": 0, "failed_rounds": 0, "last": None}
        worker.round()
        began = worker._well_at

        monkeypatch.setattr(module.time, "monotonic", lambda: began + 90)
        assert worker.is_well
        monkeypatch.setattr(module.time, "monotonic", lambda: began + 90.1)
        assert worker.health()["status"] == "stuck"

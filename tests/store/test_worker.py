"""A worker does everything at its time, and survives a database that is away."""

import datetime as dt
import functools
import json
import threading

import pytest
from tests.store.small import DAY, HOUR, MONDAY, OURS, opening

from salesflow.errors import StoreUnavailable
from salesflow.store import Delivery, Failing, Report, Retries, Store, Sweep, Worker
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

        assert report == Report(
            sweep=Sweep(at=WEEK, deals=5, promised=10, failing=(), remaining=0, oldest_due_at=None),
            delivery=Delivery(
                at=WEEK, sent=10, put_off=0, failed=0, remaining=0, oldest_promised_at=None
            ),
        )
        assert report.at == WEEK
        assert told == [report]
        assert (report.is_clean, report.is_idle) == (True, False)
        assert str(report) == "5 deals, 10 effects promised, 10 sent"
        assert worker.round().is_idle
        assert len(sent) == 10

    def test_in_batches(self, silent, monkeypatch):
        """However much there is, all of it is done, some at a time."""
        monkeypatch.setattr(silent, "sweep", functools.partial(silent.sweep, batch=2))
        monkeypatch.setattr(silent, "deliver", functools.partial(silent.deliver, limit=3))
        sent = []

        report = Worker(silent, sent.append, clock=lambda: WEEK).round()

        assert str(report) == "5 deals, 10 effects promised, 10 sent"
        assert len(sent) == 10

    def test_without_a_receiver(self, silent):
        """Who only sweeps leaves the outbox to others."""
        report = Worker(silent, clock=lambda: WEEK).round()

        assert (report.delivery, report.is_clean) == (None, True)
        assert str(report) == "5 deals, 10 effects promised, 0 sent"
        assert len(list(silent.messages(status="waiting"))) == 10

    def test_troubles(self, silent, monkeypatch):
        """What could not be done is in the report, however many batches it took."""
        monkeypatch.setattr(silent, "deliver", functools.partial(silent.deliver, limit=3))

        def refuse(_):
            raise OSError("down")

        retries = Retries(tries=1)
        report = Worker(silent, refuse, retries=retries, clock=lambda: WEEK).round()

        assert (report.is_clean, report.is_idle, report.delivery.failed) == (False, False, 10)
        assert str(report).endswith("0 sent, 10 effects failed")
        assert json.loads(json.dumps(report.to_dict()))["failed"] == 10

    def test_others_are_at_work(self, silent, monkeypatch):
        """What others have in hand is left to them, and not asked for again and again."""
        nothing = {"sent": 0, "put_off": 0, "failed": 0, "oldest_promised_at": WEEK}
        rounds = iter([Delivery(at=WEEK, remaining=3, **nothing)])
        monkeypatch.setattr(silent, "deliver", lambda *_, **__: next(rounds))

        report = Worker(silent, lambda _: None, clock=lambda: WEEK).round()

        assert (report.is_clean, report.delivery.remaining) == (True, 3)

    def test_failing_deals(self):
        """A deal that cannot be processed is one of the troubles, with its reason."""
        failing = Failing(deal_id="A", error="odd", failures=1, again_at=WEEK)
        swept = Sweep(
            at=WEEK, deals=1, promised=0, failing=(failing,), remaining=0, oldest_due_at=None
        )
        report = Report(sweep=swept)

        assert (report.is_clean, report.is_idle) == (False, False)
        assert str(report) == "1 deal, 0 effects promised, 0 sent, 1 deal failing"
        assert report.sweep.failing[0].error == "odd"

    def test_stopped(self, silent, monkeypatch):
        """Told to stop in the middle, it finishes the batch at hand and says what is left."""
        worker = Worker(silent, lambda _: None, clock=lambda: WEEK)
        batch = silent._sweep

        def stop_and_go_on(*arguments):
            worker.stop()
            return batch(*arguments)

        monkeypatch.setattr(silent, "_sweep", stop_and_go_on)
        monkeypatch.setattr(silent, "sweep", functools.partial(silent.sweep, batch=2))

        report = worker.round()

        assert (report.sweep.deals, report.sweep.remaining, report.delivery) == (2, 3, None)
        assert not report.is_clean

    def test_stopped_while_sending(self, silent):
        """Told to stop while it sends, it finishes the messages at hand."""
        sent = []

        def send(message):
            sent.append(message)
            worker.stop()

        worker = Worker(silent, send, clock=lambda: WEEK)

        assert worker.round().delivery.sent == len(sent) < 10


class TestRun:
    def test_bad_pause(self, silent):
        """A pause that is none is refused at once, not after the first round."""
        with pytest.raises(TypeError, match="every: got 30, expected a timedelta"):
            Worker(silent, every=30)

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

        assert [report.sweep.deals for report in rounds] == [5, 0, 0]
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
        worker.round()
        assert worker.health()["status"] == "ok"

    def test_a_long_round(self, silent, monkeypatch):
        """After an outage a round may take hours: while a worker gets on in it, it is well."""
        passed, seen, sweep_batch = [0], [], silent._sweep

        def takes_long(work, *arguments):
            passed[0] += 80
            seen.append(worker.is_well)
            return work(*arguments)

        def refuse(message):
            raise OSError(message.key)

        monkeypatch.setattr(module.time, "monotonic", lambda: passed[0])
        monkeypatch.setattr(silent, "_sweep", functools.partial(takes_long, sweep_batch))
        monkeypatch.setattr(silent, "sweep", functools.partial(silent.sweep, batch=1))
        monkeypatch.setattr(silent, "deliver", functools.partial(silent.deliver, workers=1))
        send = functools.partial(takes_long, refuse)
        worker = Worker(silent, send, every=dt.timedelta(seconds=10), clock=lambda: WEEK)

        assert worker.round().delivery.put_off == 5
        assert seen == [True] * 11

    def test_a_round_that_fails(self, silent, monkeypatch):
        """A worker whose database is away begins round after round, and is not well."""
        passed = [0]
        monkeypatch.setattr(module.time, "monotonic", lambda: passed[0])
        worker = Worker(silent, every=dt.timedelta(seconds=10), clock=lambda: WEEK)
        monkeypatch.setattr(silent, "_sweep", _away)
        for _ in range(10):
            passed[0] += 10
            with pytest.raises(StoreUnavailable):
                worker.round()

        assert not worker.is_well


def _away(*_):
    raise StoreUnavailable("away")

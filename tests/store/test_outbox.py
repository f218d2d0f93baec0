"""What is promised is sent: at least once, under one key, per deal in order."""

import datetime as dt
import json
import pickle
import re
import threading

import attrs
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from tests.store.small import DAY, HOUR, MONDAY, OURS, call, kinds, opening

from salesflow.errors import DeliveryError, StoreError, StoreUnavailable
from salesflow.store import Delivery, Retries, Store
from salesflow.store import outbox as tables
from salesflow.store.delivery import Round
from salesflow.store.effect_rows import effect_to_dict
from salesflow.store.tables import OUTBOX

WEEK = MONDAY + 9 * DAY
"""By then a silent deal has a breach for its owner and an escalation for the boss."""
MINUTE = dt.timedelta(minutes=1)
STEADY = Retries(tries=3, first=2 * MINUTE, seed=1)


class Receiver:
    """Somebody who is sent messages, and fails when told to."""

    def __init__(self, **failing):
        self.got, self.failing, self._turn = [], failing, threading.Lock()

    def __call__(self, message):
        if error := self.failing.get(message.deal_id):
            raise error
        with self._turn:
            self.got.append((message.deal_id, message.kind, message.key, message.tries))

    @property
    def deals(self):
        return sorted(deal for deal, *_ in self.got)


@pytest.fixture
def silent(store):
    """A store with two deals that nobody has touched, swept when that has consequences."""
    for name in ("A", "B"):
        store.append(name, [opening(name)], MONDAY, process=OURS)
    store.sweep(WEEK)
    return store


class TestPromises:
    def test_when(self, silent):
        """What was due for days was promised when a sweep came by."""
        assert {message.promised_at for message in silent.messages()} == {WEEK}

    def test_rounds_add_up(self):
        """Of two rounds all that was sent counts, and what the later one left."""
        left = {"remaining": 5, "oldest_promised_at": MONDAY}
        first = Delivery(at=MONDAY, sent=1, put_off=2, failed=3, **left)
        later = {"at": WEEK, "remaining": 0, "oldest_promised_at": None}

        assert first + Delivery(sent=10, put_off=20, failed=30, **later) == (
            Delivery(sent=11, put_off=22, failed=33, **later)
        )


class TestDeliver:
    def test_everything_once_and_in_order(self, silent):
        """Each message is sent once; of a deal the breach comes before the escalation."""
        receiver = Receiver()

        done = silent.deliver(WEEK, receiver)

        assert done == Delivery(
            at=WEEK, sent=4, put_off=0, failed=0, remaining=0, oldest_promised_at=None
        )
        assert done.is_done
        assert str(done) == "4 sent, 0 put off, 0 failed; 0 to be sent"
        for deal in ("A", "B"):
            assert [kind for name, kind, *_ in receiver.got if name == deal] == kinds(silent, deal)
        assert kinds(silent, "A") == ["breach", "escalate"]
        assert silent.deliver(WEEK + DAY, receiver).sent == 0
        assert {message.sent_at for message in silent.messages()} == {WEEK}

    def test_message(self, silent):
        """A sender is given the effect, whose it is, and how often it was tried."""
        got = []
        silent.deliver(WEEK, got.append, workers=1, limit=1)

        [message] = got
        assert message.effect.key == message.key
        assert message.effect.deal_id == message.deal_id == "A"
        assert (message.owner, message.tries, message.promised_at) == ("dana", 1, WEEK)
        assert message.status == "waiting"
        assert str(message) == f"1 {message.key} (waiting, tried 1×)"
        assert pickle.loads(pickle.dumps(message)) == message  # noqa: S301 - our own

    def test_what_was_sent_is_told(self, silent):
        """A call that is told late takes back what was sent, under the old key."""
        receiver = Receiver()
        silent.deliver(WEEK, receiver)
        late = call("late", MONDAY + DAY, recorded_at=WEEK)
        silent.append("A", [late], WEEK)
        silent.sweep(WEEK)

        silent.deliver(WEEK, receiver)

        taken_back = [key for deal, kind, key, _ in receiver.got if kind == "rescind"]
        assert taken_back == [
            f"{key}#rescinded" for deal, _, key, _ in receiver.got[:4] if deal == "A"
        ]

    def test_nothing_to_send(self, store):
        """An empty outbox is no trouble."""
        assert store.deliver(MONDAY, Receiver()).is_done

    def test_not_before_it_was_promised(self, silent):
        """A clock that went back sends nothing early."""
        assert silent.deliver(WEEK - HOUR, Receiver()).sent == 0

    @pytest.mark.parametrize("workers", [1, 3])
    def test_limit(self, silent, workers):
        """A round sends no more than it may, and says what is left."""
        receiver = Receiver()

        done = silent.deliver(WEEK, receiver, limit=1, workers=workers)

        assert (done.sent, done.remaining, done.oldest_promised_at) == (1, 2, WEEK)
        assert not done.is_done

    def test_the_oldest_that_is_left_was_put_off(self, silent):
        """What could be sent now and was tried before is as old as its promise, not as its try."""
        silent.deliver(WEEK, Receiver(A=OSError("down"), B=OSError("down")), retries=STEADY)
        later = max(message.try_at for message in silent.messages())

        done = silent.deliver(later, Receiver(), limit=1)

        assert (done.sent, done.oldest_promised_at) == (1, WEEK)

    def test_nobody_takes_from_the_limit_in_vain(self, silent, monkeypatch):
        """A worker that finds every deal taken leaves its share of the limit to the others."""
        query = "DELETE FROM salesflow_outbox WHERE deal = 'B'"
        silent.database.write(lambda c: c.exec_driver_sql(query))
        looked, give_back = threading.Event(), Round._give_back

        def given_back(self):
            give_back(self)
            looked.set()

        def send(message):
            # The one deal is being sent while the second worker looks for another one.
            assert message.kind != "breach" or looked.wait(10)

        monkeypatch.setattr(Round, "_give_back", given_back)

        assert silent.deliver(WEEK, send, limit=2, workers=2).sent == 2

    def test_stop(self, silent):
        """Whoever is told to stop finishes the message at hand and begins no other."""
        receiver = Receiver()

        done = silent.deliver(WEEK, receiver, workers=1, is_stopped=lambda: len(receiver.got) == 1)

        assert (done.sent, len(receiver.got)) == (1, 1)

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"limit": 0}, "limit: expected 1 or more, got 0"),
            ({"workers": 0}, "workers: expected 1 or more, got 0"),
            ({"lease": -DAY}, "lease: expected a positive span, got -1 day"),
        ],
    )
    def test_wrong_number(self, store, wrong, said):
        """A round of nothing is a mistake, and so is a claim that is over before it begins."""
        with pytest.raises(ValueError, match=said):
            store.deliver(MONDAY, Receiver(), **wrong)

    def test_naive_instant(self, store):
        """An instant has a zone."""
        with pytest.raises(ValueError, match="aware"):
            store.deliver(MONDAY.replace(tzinfo=None), Receiver())


class TestFailing:
    @pytest.mark.parametrize("workers", [1, 4])
    def test_does_not_hold_up_others(self, silent, workers):
        """What is sent of one deal in vain does not keep another one waiting."""
        receiver = Receiver(A=ConnectionError("no route"))

        done = silent.deliver(WEEK, receiver, workers=workers, retries=STEADY)

        assert (done.sent, done.put_off) == (2, 1)
        assert done.is_done
        assert receiver.deals == ["B", "B"]
        [first, second] = silent.messages(deal_id="A")
        assert (first.status, first.tries, first.error) == (
            *("waiting", 1),
            "ConnectionError: no route",
        )
        assert WEEK < first.try_at <= WEEK + 2 * MINUTE
        assert (second.tries, second.error, second.try_at) == (0, None, first.try_at)

    def test_order_is_kept(self, silent):
        """While the first message of a deal is put off, those after it wait."""
        silent.deliver(WEEK, Receiver(A=OSError("down"), B=OSError("down")), retries=STEADY)
        receiver = Receiver()

        assert silent.deliver(WEEK, receiver).sent == 0
        silent.deliver(WEEK + HOUR, receiver, workers=1)

        assert [kind for deal, kind, *_ in receiver.got if deal == "A"] == ["breach", "escalate"]
        assert [tries for deal, _, _, tries in receiver.got if deal == "A"] == [2, 1]
        assert {message.error for message in silent.messages()} == {None}

    def test_who_waits_for_longest_is_first(self, silent):
        """What may be sent since earlier is sent earlier, whatever was promised first."""
        later, sooner = (DeliveryError("busy", retry_after=n * HOUR) for n in (2, 1))
        silent.deliver(WEEK, Receiver(A=later, B=sooner), retries=STEADY)
        receiver = Receiver()

        silent.deliver(WEEK + 3 * HOUR, receiver, workers=1)

        assert receiver.got[0][0] == "B"

    def test_a_message_behind_keeps_its_own_pause(self, silent):
        """What is put off for long is not tried sooner because one before it is tried again."""
        receiver = Receiver(A=DeliveryError("no", is_final=True))
        silent.deliver(WEEK, receiver, limit=1, workers=1)
        receiver.failing["A"] = DeliveryError("busy", retry_after=5 * HOUR)
        silent.deliver(WEEK, receiver)
        silent.retry(WEEK)
        receiver.failing["A"] = DeliveryError("busy", retry_after=HOUR)
        silent.deliver(WEEK, receiver, retries=STEADY)

        waits = [(m.kind, m.try_at - WEEK) for m in silent.messages(deal_id="A")]
        assert waits == [("breach", HOUR), ("escalate", 5 * HOUR)]

    def test_failed(self, silent):
        """After so many tries a message is given up, and those after it go on."""
        receiver = Receiver(A=OSError("down"))
        for number in range(3):
            done = silent.deliver(WEEK + number * HOUR, receiver, retries=STEADY)
        assert (done.failed, done.put_off) == (1, 1)

        [failed] = silent.messages(status="failed")

        assert (failed.kind, failed.tries, failed.error) == ("breach", 3, "OSError: down")
        receiver.failing.clear()
        silent.deliver(WEEK + DAY, receiver)
        assert ("A", "escalate") in {(deal, kind) for deal, kind, *_ in receiver.got}
        assert ("A", "breach") not in {(deal, kind) for deal, kind, *_ in receiver.got}

    def test_final(self, silent):
        """What will never be taken is not tried again."""
        receiver = Receiver(A=DeliveryError("answered 422", is_final=True))

        assert silent.deliver(WEEK, receiver).failed == 2
        assert [m.error for m in silent.messages(status="failed")] == ["answered 422"] * 2

    def test_retry_after(self, silent):
        """A receiver is left alone for as long as it asks, up to a day."""
        receiver = Receiver(
            A=DeliveryError("busy", retry_after=2 * HOUR),
            B=DeliveryError("busy", retry_after=30 * DAY),
        )

        silent.deliver(WEEK, receiver, retries=STEADY)

        waits = {m.deal_id: m.try_at - WEEK for m in silent.messages() if m.tries}
        assert waits == {"A": 2 * HOUR, "B": DAY}

    def test_no_sooner_than_without_asking(self, silent):
        """A receiver that asks for a second is left alone as long as one that asks for nothing."""
        busy = DeliveryError("busy", retry_after=dt.timedelta(seconds=1))

        silent.deliver(WEEK, Receiver(A=busy), retries=STEADY)

        [message, _] = silent.messages(deal_id="A")
        assert message.try_at == WEEK + STEADY.pause(message.key, 1)
        assert STEADY.pause(message.key, 1) > dt.timedelta(seconds=1)

    def test_retry(self, silent):
        """What was given up is sent after all, with the same key, and may be told as told."""
        receiver = Receiver(A=DeliveryError("no", is_final=True))
        silent.deliver(WEEK, receiver)
        receiver.failing.clear()
        keys = [message.key for message in silent.messages(status="failed")]

        assert silent.retry(WEEK + DAY, []) == 0
        assert silent.retry(WEEK + DAY, keys[:1]) == 1
        assert silent.retry(WEEK + DAY, deal_id="B") == 0
        assert silent.retry(WEEK + DAY, ["no such\0key"]) == 0
        assert silent.retry(WEEK + DAY) == 1
        silent.deliver(WEEK + DAY, receiver)

        assert [key for deal, _, key, _ in receiver.got if deal == "A"] == keys
        assert {tries for deal, _, _, tries in receiver.got if deal == "A"} == {2}

    def test_all_its_tries_again(self, silent):
        """What was given up and is tried after all is not given up at the first trouble."""
        receiver = Receiver(A=OSError("down"))
        for number in range(3):
            silent.deliver(WEEK + number * HOUR, receiver, retries=STEADY)
        assert silent.retry(WEEK + DAY, deal_id="A") == 1

        done = silent.deliver(WEEK + DAY, receiver, retries=STEADY)

        assert (done.put_off, done.failed) == (1, 0)

    def test_of_a_newer_release(self, silent):
        """An effect that cannot be read is put off like any other, and others go on."""
        query = "UPDATE salesflow_outbox SET body = '{}' WHERE deal = 'A'"
        silent.database.write(lambda c: c.exec_driver_sql(query))
        receiver, effects = Receiver(), []

        def send(message):
            effects.append(message.effect)
            receiver(message)

        done = silent.deliver(WEEK, send)

        assert (done.sent, done.put_off, receiver.deals) == (2, 1, ["B", "B"])

    @pytest.mark.parametrize("change", [{"kind": "sing"}, {"song": "la"}], ids=["kind", "field"])
    def test_a_message_of_a_newer_release(self, silent, change):
        """It is listed all the same; who asks for its effect hears why it cannot be had."""
        [message, _] = silent.messages(deal_id="A")
        assert message.to_dict()["effect"] == message.effect.to_dict()
        body = json.dumps(effect_to_dict(message.effect) | change)
        silent.database.write(lambda c: c.execute(sa.update(OUTBOX).values(body=body)))

        [newer, _] = silent.messages(deal_id="A")

        assert newer.to_dict() == message.to_dict() | {"effect": None}
        with pytest.raises(
            ValueError, match=re.escape(f"effect {newer.key!r} was written by a newer")
        ):
            _ = newer.effect

    @pytest.mark.parametrize(("tries", "said"), [(1, "1 try"), (2, "2 tries")])
    def test_what_has_failed_is_logged(self, silent, caplog, tries, said):
        """The log says after how many tries it was given up."""
        receiver = Receiver(A=ValueError("no"))
        retries = attrs.evolve(STEADY, tries=tries)
        for number in range(tries):
            silent.deliver(WEEK + number * DAY, receiver, retries=retries)

        assert f": failed after {said}: ValueError: no" in caplog.text

    @pytest.mark.parametrize("tries", [1, 3])
    def test_retry_counts_on_from_one(self, silent, tries):
        """What is sent after all has one try behind it, and at least one before it."""
        receiver, retries = Receiver(A=ValueError("no")), attrs.evolve(STEADY, tries=tries)

        def rounds(start):
            """In how many rounds the first message has failed."""
            for number in range(1, 9):
                silent.deliver(start + number * DAY, receiver, retries=retries)
                if next(silent.messages(deal_id="A")).status == "failed":
                    return number
            return None

        assert rounds(WEEK) == tries
        later = WEEK + 10 * DAY
        silent.retry(later, deal_id="A")
        assert rounds(later) == max(tries - 1, 1)

    def test_error_is_one_line(self, silent):
        """Whatever is raised can be kept and shown."""
        receiver = Receiver(A=ValueError("one\ntwo\0\udc80 " + "x" * 5000))

        silent.deliver(WEEK, receiver)

        [message, _] = silent.messages(deal_id="A")
        assert message.error.startswith("ValueError: one two\ufffd\ufffd xxx")
        assert len(message.error) == 1000
        assert str(message).endswith("xxx)")


class TestTogether:
    def test_two_who_deliver(self, silent, other):
        """Of two who deliver at once each message is sent by one."""
        receiver = Receiver()
        threads = [
            threading.Thread(target=each.deliver, args=(WEEK, receiver)) for each in (silent, other)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert receiver.deals == ["A", "A", "B", "B"]

    def test_slow_receiver(self, silent):
        """While one message is being sent the others go on."""
        slow, others = threading.Event(), []

        def send(message):
            if (message.deal_id, message.kind) == ("A", "breach"):
                assert slow.wait(10)
            else:
                others.append((message.deal_id, message.kind))
                if len(others) == 2:
                    slow.set()

        assert silent.deliver(WEEK, send, workers=2).sent == 4
        assert others == [("B", "breach"), ("B", "escalate"), ("A", "escalate")]

    def test_claim_is_a_lease(self, silent, other):
        """What somebody has begun to send is left alone for a while, and then sent again."""
        zombie = silent.database.write(lambda c: tables.claim(c, us(WEEK), 60_000_000))
        receiver = Receiver()

        other.deliver(WEEK, receiver)
        assert receiver.deals == ["B", "B"]
        other.deliver(WEEK + MINUTE, receiver)

        assert [tries for deal, _, key, tries in receiver.got if key == zombie.key] == [2]

    def test_lease_of_a_delivery(self, silent, other):
        """While it is sent, a message is left alone for as long as was said."""
        tried_at = []

        def send(message):
            [first, _] = other.messages(deal_id=message.deal_id)
            tried_at.append(first.try_at)

        silent.deliver(WEEK, send, workers=1, limit=1, lease=10 * MINUTE)

        assert tried_at == [WEEK + 10 * MINUTE]

    def test_zombie_that_fails(self, silent, other):
        """Who comes back after the message was claimed by others does not spoil their work."""
        zombie = silent.database.write(lambda c: tables.claim(c, us(WEEK), 60_000_000))
        other.deliver(WEEK, Receiver())
        again = other.database.write(lambda c: tables.claim(c, us(WEEK + MINUTE), 60_000_000))
        assert (again.key, again.tries) == (zombie.key, 2)

        for again_us in (None, us(WEEK + DAY)):
            silent.database.write(
                lambda c, again_us=again_us: tables.note_failure(c, zombie, "late", again_us)
            )

        [message, behind] = silent.messages(deal_id="A")
        assert (message.status, message.error) == ("waiting", None)
        assert behind.try_at == WEEK

    def test_zombie_that_has_sent(self, silent, other):
        """Who comes back and has sent the message has sent it."""
        zombie = silent.database.write(lambda c: tables.claim(c, us(WEEK), 60_000_000))
        other.deliver(WEEK, Receiver())
        again = other.database.write(lambda c: tables.claim(c, us(WEEK + MINUTE), 60_000_000))

        silent.database.write(lambda c: tables.note_sent(c, zombie, us(WEEK)))
        other.database.write(lambda c: tables.note_failure(c, again, "gone", None))
        other.database.write(lambda c: tables.note_sent(c, again, us(WEEK + HOUR)))

        message = next(iter(silent.messages(deal_id="A")))
        assert (message.status, message.error, message.sent_at) == ("sent", None, WEEK)

    def test_database_goes_away(self, silent, monkeypatch):
        """What was sent and could not be noted is sent again, under the same key."""
        receiver = Receiver()

        def refuse(*_):
            raise StoreUnavailable("gone")

        with monkeypatch.context() as patch:
            patch.setattr("salesflow.store.delivery.note_sent", refuse)
            with pytest.raises(StoreError, match="gone"):
                silent.deliver(WEEK, receiver, workers=2)
        silent.deliver(WEEK + HOUR, receiver)

        sent = [(deal, key) for deal, _, key, _ in receiver.got]
        assert len(set(sent)) == 4
        assert len(sent) > 4

    def test_one_who_cannot_go_on_stops_the_others(self, silent, monkeypatch):
        """Whichever worker cannot note what it has sent, the others begin no other message."""
        is_stopped, stop, note_sent = threading.Event(), Round._stop, tables.note_sent

        def stopped(self):
            stop(self)
            is_stopped.set()

        def noted(connection, message, now_us):
            if message.deal_id == "B":
                raise StoreUnavailable("gone")
            note_sent(connection, message, now_us)

        def send(message):
            assert message.deal_id == "B" or is_stopped.wait(10)

        monkeypatch.setattr(Round, "_stop", stopped)
        monkeypatch.setattr("salesflow.store.delivery.note_sent", noted)
        with pytest.raises(StoreUnavailable):
            silent.deliver(WEEK, send, workers=2)

        begun = [(m.deal_id, m.kind, m.status) for m in silent.messages() if m.tries]
        assert begun == [("A", "breach", "sent"), ("B", "breach", "waiting")]

    def test_interrupted(self, silent):
        """An interrupt is no failure of a receiver: it ends the round."""

        def interrupt(_):
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            silent.deliver(WEEK, interrupt, workers=2)
        assert {message.status for message in silent.messages()} == {"waiting"}

    def test_in_memory(self):
        """A store without a file is shared by the workers."""
        with Store("sqlite://") as store:
            store.append("A", [opening("A")], MONDAY, process=OURS)
            store.sweep(WEEK)

            assert store.deliver(WEEK, Receiver()).sent == 2


class TestMessages:
    def test_narrowed(self, silent):
        """What is in the outbox can be asked for by deal and by status."""
        silent.deliver(WEEK, Receiver(), limit=1, workers=1)

        assert [message.number for message in silent.messages()] == [1, 2, 3, 4]
        assert [message.number for message in silent.messages(status="sent")] == [1]
        assert [message.deal_id for message in silent.messages(deal_id="B")] == ["B", "B"]
        assert list(silent.messages(deal_id="\0")) == []

    def test_pages(self, silent, monkeypatch):
        """However many there are, all are told once."""
        monkeypatch.setattr(tables, "_PAGE", 3)

        assert [message.number for message in silent.messages()] == [1, 2, 3, 4]

    def test_no_such_status(self, silent):
        """A status that is none is a mistake."""
        with pytest.raises(ValueError, match="got 'send', expected one of waiting, sent, failed"):
            next(silent.messages(status="send"))


class TestRetries:
    @given(st.text(), st.integers(1, 10_000), st.integers())
    def test_pause(self, key, tried, seed):
        """A pause is within its bound, and follows from seed, key and try."""
        retries = Retries(first=MINUTE, longest=HOUR, seed=seed)

        pause = retries.pause(key, tried)

        assert dt.timedelta(seconds=1) <= pause <= min(HOUR, MINUTE * 2 ** min(tried - 1, 10))
        assert pause == Retries(first=MINUTE, longest=HOUR, seed=seed).pause(key, tried)

    def test_pauses_of_one_message(self):
        """Once its pauses are as long as they get, they still differ from try to try."""
        retries = Retries(first=MINUTE, longest=HOUR, seed=7)

        assert len({retries.pause("key", tried) for tried in range(20, 40)}) == 20

    def test_pauses_fill_their_bounds(self):
        """Pauses are spread from nothing to the bound, which doubles up to the longest."""
        retries = Retries(first=MINUTE, longest=HOUR, seed=7)
        for tried, bound in [(1, MINUTE), (2, 2 * MINUTE), (4, 8 * MINUTE), (99, HOUR)]:
            drawn = [retries.pause(str(number), tried) for number in range(400)]

            assert max(drawn) <= bound
            assert min(drawn) < bound / 10
            assert max(drawn) > bound * 0.9
            assert abs(sum(drawn, dt.timedelta()) / 400 - bound / 2) < bound / 10

    def test_without_a_seed(self):
        """Without a seed those who failed together do not come again together."""
        assert len({Retries().pause("key", 9) for _ in range(20)}) > 1

    @pytest.mark.parametrize(
        ("wrong", "error", "said"),
        [
            pytest.param({"tries": 0}, ValueError, "tries", id="no-try"),
            pytest.param({"first": HOUR * 0}, ValueError, "^first: expected a pos", id="no-pause"),
            pytest.param({"longest": 60}, TypeError, "^longest: got 60, expected", id="a-number"),
        ],
    )
    def test_wrong(self, wrong, error, said):
        """What makes no sense is refused."""
        with pytest.raises(error, match=said):
            Retries(**wrong)


def us(at):
    """Return an instant in microseconds."""
    return (at - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1)

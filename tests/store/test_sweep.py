"""What a sweep finds, promises and leaves alone: the same, however often and by whomever."""

import datetime as dt
import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store.small import (
    DAY,
    HOUR,
    MONDAY,
    OURS,
    call,
    deliver,
    kinds,
    learned,
    moved,
    opening,
    outbox,
    rows,
)

from salesflow.deal import Effect, EffectKind, EffectStatus
from salesflow.deal.deal import Deal
from salesflow.errors import Code, Obstacle
from salesflow.events import Assigned, Overridden, Retracted
from salesflow.store import Store
from salesflow.store.effect_rows import effect_of, outbox_values
from salesflow.store.extras import sa
from salesflow.store.pages import reason

FEW = settings(max_examples=max(5, settings.default.max_examples // 3), deadline=None)
MICROSECOND = dt.timedelta(microseconds=1)


def opened(store, *names, at=MONDAY):
    for name in names or ("A",):
        store.append(name, [opening(name, at)], at, process=OURS)


class TestSweep:
    def test_due(self, store):
        """What is due is promised, with the owner; what is not is left alone."""
        opened(store, "A", "B")
        store.append("B", [call("1", MONDAY + 2 * DAY)], MONDAY + 2 * DAY)

        done = store.sweep(MONDAY + 3 * DAY + HOUR)

        assert (done.deals, done.promised, done.remaining, done.oldest_due_at) == (1, 1, 0, None)
        assert done.is_done
        assert str(done) == "1 deal, 1 effect promised, 0 failing; 0 still due"
        assert outbox(store) == [("warn", "touch/2026-03-02T10:00:00+00:00/warn", 0)]
        (row,) = rows(store, "outbox")
        assert effect_of(row[4]) == Effect(
            key=row[2],
            kind=EffectKind.WARN,
            status=EffectStatus.DUE,
            deal_id="A",
            at=MONDAY + 3 * DAY,
            rule="touch",
            rung="warn",
            due_at=MONDAY + 3 * DAY,
        )
        assert row[5] == "dana"

    def test_exactly_at_the_deadline(self, store):
        """A deal that is looked at exactly at its deadline is in time."""
        opened(store)

        assert store.sweep(MONDAY + 3 * DAY).deals == 0
        assert store.sweep(MONDAY + 3 * DAY + MICROSECOND).promised == 1

    def test_once(self, store):
        """What was promised is not promised again, sent or not."""
        opened(store)
        first = store.sweep(MONDAY + 4 * DAY)
        again = store.sweep(MONDAY + 4 * DAY)
        deliver(store)
        later = store.sweep(MONDAY + 4 * DAY + HOUR)

        assert [done.promised for done in (first, again, later)] == [1, 0, 0]
        assert [done.deals for done in (first, again, later)] == [1, 0, 0]

    def test_time_moves_a_deal(self, store):
        """What silence does to a deal stands in its row and in the outbox."""
        opened(store)
        store.sweep(MONDAY + 15 * DAY)

        row = store.row("A")
        assert (row.stage, row.kind, row.status, row.due_at) == ("lost", "lost", "ok", None)
        assert kinds(store) == ["move"]
        assert store.next_wakeup() is None

    def test_limit(self, store):
        """With a limit the rest is told, and done the next time; the oldest comes first."""
        for number, name in enumerate("DABEC"):
            opened(store, name, at=MONDAY + number * HOUR)
        now = MONDAY + 4 * DAY

        first = store.sweep(now, limit=2, batch=1)
        assert (first.deals, first.promised, first.remaining) == (2, 2, 3)
        assert first.oldest_due_at == MONDAY + 3 * DAY + 2 * HOUR + MICROSECOND
        assert not first.is_done
        assert "3 still due, since 2026-03-05 12:00 UTC" in str(first)
        assert [row[1] for row in rows(store, "outbox")] == ["D", "A"]
        assert store.sweep(now, limit=0).deals == 0
        assert store.sweep(now, limit=1, batch=2).deals == 1
        assert store.sweep(now).deals == 2

    def test_no_batch(self, store):
        """No deal at a time would be none ever, and fewer would be all."""
        for batch in (0, -1):
            with pytest.raises(ValueError, match=f"batch: expected 1 or more, got {batch}"):
                store.sweep(MONDAY, batch=batch)

    def test_whose_it_has_become(self, store):
        """An effect is for whose the deal is by then, though nobody has looked at it since."""
        opened(store)
        ahead = Assigned(id="1", occurred_at=MONDAY + 2 * DAY, owner="kim")
        store.append("A", [ahead], MONDAY)
        assert store.row("A").owner == "dana"

        store.sweep(MONDAY + 4 * DAY)

        assert [message.owner for message in store.messages()] == ["kim"]

    def test_next_wakeup(self, store):
        """A host with a clock of its own is told when to come back."""
        assert store.next_wakeup() is None
        opened(store)
        assert store.next_wakeup() == MONDAY + 3 * DAY + MICROSECOND
        store.sweep(MONDAY + 4 * DAY)
        assert store.next_wakeup() == MONDAY + 5 * DAY + MICROSECOND
        store.append("A", [moved("1", "offer", MONDAY + 4 * DAY)], MONDAY + 4 * DAY)
        assert store.next_wakeup() == MONDAY + 4 * DAY

    def test_forbidden_move(self, store):
        """A move that the process forbids is to be taken back, with all that stands against it."""
        opened(store)
        store.append("A", [moved("crm:1", "offer", MONDAY + HOUR)], MONDAY + HOUR)
        store.sweep(MONDAY + HOUR)

        (row,) = rows(store, "outbox")
        effect = effect_of(row[4])
        assert (effect.kind, effect.to, effect.of) == (EffectKind.REVERT, "talk", "crm:1")
        assert effect.obstacles[0].unknown == ("need",)
        assert effect.obstacles == store.deal("A").effects(MONDAY + HOUR)[0].obstacles

    def test_excuses_run_out(self, store):
        """An override that ends, and a fact that expires, bring a deal back to the sweep."""
        opened(store, "A", "B")
        override = Overridden(
            id="2",
            occurred_at=MONDAY + 2 * HOUR,
            until=MONDAY + DAY,
            target="need",
            role="boss",
            reason="trust",
        )
        forbidden = moved("1", "offer", MONDAY + HOUR)
        store.append("A", [forbidden, override], MONDAY + 2 * HOUR)
        need = learned("2", MONDAY + 2 * HOUR, need=True)
        calls = [call(f"c{n}", MONDAY + n * DAY) for n in range(2, 62, 2)]
        store.append("B", [forbidden, need, *calls], MONDAY + 61 * DAY)

        store.sweep(MONDAY + DAY)
        assert kinds(store) == []
        store.sweep(MONDAY + DAY + MICROSECOND)
        assert kinds(store) == ["revert"]
        assert store.row("B").due_at < MONDAY + 62 * DAY
        store.sweep(MONDAY + 62 * DAY)
        assert kinds(store, "B")[0] == "revert"


class TestTakenBack:
    def test_told_then_refuted(self, store):
        """A fact that comes late takes back what was told, under the old key."""
        opened(store)
        store.sweep(MONDAY + 4 * DAY)
        deliver(store)
        late = call("1", MONDAY + 2 * DAY, recorded_at=MONDAY + 4 * DAY)
        store.append("A", [late], MONDAY + 4 * DAY)

        assert store.sweep(MONDAY + 4 * DAY).promised == 1
        (told, taken_back) = rows(store, "outbox")
        assert taken_back[2] == f"{told[2]}#rescinded"
        assert effect_of(taken_back[4]).of == told[2]

    def test_told_again(self, store):
        """What turns out true after all is told again, under another key; each key once."""
        opened(store)
        late = call("1", MONDAY + 2 * DAY, recorded_at=MONDAY + 4 * DAY)
        wrong = Retracted(id="2", target="1", occurred_at=MONDAY + 4 * DAY)
        for event in ((), (late,), (wrong,)):
            store.append("A", event, MONDAY + 4 * DAY)
            store.sweep(MONDAY + 4 * DAY)
            deliver(store)

        keys = [key.rpartition("/")[2] for _, key, _ in outbox(store)]
        assert keys == ["warn", "warn#rescinded", "warn#2"]
        assert store.sweep(MONDAY + 4 * DAY).deals == 0

    def test_refuted_before_anybody_was_told(self, store):
        """What nobody was told is withdrawn at once, and nothing is taken back."""
        opened(store)
        store.sweep(MONDAY + 4 * DAY)
        late = call("1", MONDAY + 2 * DAY, recorded_at=MONDAY + 4 * DAY)
        store.append("A", [late], MONDAY + 4 * DAY)

        assert outbox(store) == []
        assert store.sweep(MONDAY + 4 * DAY).promised == 0

    def test_superseded_before_anybody_was_told(self, store):
        """No storm after an outage: a warning that is still waiting gives way to the breach."""
        opened(store)
        store.sweep(MONDAY + 4 * DAY)
        store.sweep(MONDAY + 6 * DAY)
        assert kinds(store) == ["breach"]

    def test_reinstated_before_anybody_was_told(self, store):
        """A promise that was withdrawn may be made again; it is still one."""
        opened(store)
        store.sweep(MONDAY + 4 * DAY)
        late = call("1", MONDAY + 2 * DAY, recorded_at=MONDAY + 4 * DAY)
        wrong = Retracted(id="2", target="1", occurred_at=MONDAY + 4 * DAY)
        store.append("A", [late], MONDAY + 4 * DAY)
        store.append("A", [wrong], MONDAY + 4 * DAY)
        store.sweep(MONDAY + 4 * DAY)

        assert [(kind, tries) for kind, _, tries in outbox(store)] == [("warn", 0)]

    def test_begun_to_send(self, store, monkeypatch):
        """A promise that somebody begins to send while it is withdrawn counts as told."""
        opened(store)
        store.sweep(MONDAY + 4 * DAY)
        settle, asked = Deal.effects, []

        def effects(deal, now, sent=()):
            if not asked:
                asked.append(now)
                begin_to_send(store)
            return settle(deal, now, sent)

        def begin_to_send(store):
            # Beside the transaction that is under way, which SQLite does not let anybody do.
            if store.database.is_sqlite:
                return
            deliver(store)

        monkeypatch.setattr(Deal, "effects", effects)
        late = call("1", MONDAY + 2 * DAY, recorded_at=MONDAY + 4 * DAY)
        store.append("A", [late], MONDAY + 4 * DAY)
        store.sweep(MONDAY + 4 * DAY)

        expected = [] if store.database.is_sqlite else ["warn", "rescind"]
        assert kinds(store) == expected


class TestClock:
    def test_backwards(self, store):
        """A clock that goes back does not undo what time did."""
        opened(store)
        store.sweep(MONDAY + 15 * DAY)
        deliver(store)
        before = rows(store, "deals"), rows(store, "outbox")

        for back in (1, 5, 20):
            assert store.sweep(MONDAY + (15 - back) * DAY).deals == 0
        assert (rows(store, "deals"), rows(store, "outbox")) == before

    def test_append_by_a_slow_clock(self, store):
        """Who is told a fact by a clock that is behind does not turn back that of the deal."""
        opened(store)
        store.sweep(MONDAY + 4 * DAY)
        deliver(store)
        store.append("A", [learned("1", MONDAY + DAY, need=True)], MONDAY + DAY)

        assert store.row("A").at == MONDAY + 4 * DAY
        assert store.row("A").status == "due"
        assert store.sweep(MONDAY + DAY).promised == 0
        assert kinds(store) == ["warn"]

    @FEW
    @given(seed=st.integers(0, 2**32))
    def test_skewed_workers(self, seed):
        """Whatever the clocks of the workers say, no watermark goes back and no key is lost."""
        rng = random.Random(seed)
        with Store("sqlite://") as store:
            opened(store, "A", "B")
            now, marks, keys = MONDAY, {"A": MONDAY, "B": MONDAY}, set()
            for number in range(12):
                now += rng.choice((1, 20, 100)) * HOUR
                asked = now + rng.choice((0, 0, 0, -1, 1, -72, 72)) * HOUR
                if rng.random() < 0.3:
                    name = rng.choice("AB")
                    store.append(name, [call(f"c{number}", min(now, asked))], asked)
                else:
                    store.sweep(asked)
                    deliver(store)
                found = {(deal, key) for _, deal, key, *_ in rows(store, "outbox")}
                assert keys <= found
                keys = found
                for name, mark in marks.items():
                    assert store.row(name).at >= mark
                    marks[name] = store.row(name).at
            assert store.verify() is None


def history(seed, names="ABCD"):
    """Events of some deals over forty days, each told within fifty."""
    rng = random.Random(seed)
    told = [(opening(name), MONDAY) for name in names]
    for name in names:
        for number in range(rng.randrange(6)):
            at = MONDAY + rng.randrange(40 * 24) * HOUR
            late = rng.choice((0, 0, 0, 30, 200)) * HOUR
            event = rng.choice(
                (
                    call(f"{name}:{number}", at, recorded_at=at + late, direction="in"),
                    learned(f"{name}:{number}", at, need=True),
                    moved(f"{name}:{number}", rng.choice(("offer", "talk", "lost")), at),
                    Assigned(id=f"{name}:{number}", occurred_at=at, owner="kim"),
                )
            )
            told.append((event, max(at + late, MONDAY)))
    return sorted(told, key=lambda pair: pair[1])


def owner_of(event):
    return event.id.partition("/")[0] if event.kind_name == "opened" else event.id.partition(":")[0]


def live(store, told, cadence, until, *, sending=True):
    """Tell a store what happens, when it is told, with sweeps in between."""
    sweeps = [MONDAY + n * cadence for n in range(1, (until - MONDAY) // cadence + 1)]
    steps = [(at, 0, event) for event, at in told] + [(at, 1, None) for at in {*sweeps, until}]
    for at, _, event in sorted(steps, key=lambda step: step[:2]):
        if event is None:
            store.sweep(at)
            if sending:
                deliver(store)
        else:
            store.append(owner_of(event), [event], at, process=OURS)


class TestInvariance:
    @pytest.mark.long
    @pytest.mark.parametrize("seed", range(2))
    def test_cadence(self, seed, store):
        """Thirty sweeps, five or a late one: the same ledger, the same rows, nothing left to do."""
        until = MONDAY + 50 * DAY
        told = history(seed)
        found = []
        for cadence in (DAY, 10 * DAY, 50 * DAY):
            with Store("sqlite://") as each:
                target = store if cadence == DAY else each
                live(target, told, cadence, until, sending=False)
                ledgers = [target.deal(name).ledger(until) for name in "ABCD"]
                found.append((ledgers, rows(target, "deals"), set(outbox(target))))
                assert target.sweep(until).deals == 0
                assert target.verify() is None
        assert found[0][0] == found[1][0] == found[2][0]
        assert found[0][2] == found[1][2] == found[2][2]
        # A deal of which nothing was due lately was not looked at since.
        derived = [[row[:4] + row[5:] for row in rows] for _, rows, _ in found]
        assert derived[0] == derived[1] == derived[2]

    @pytest.mark.long
    @FEW
    @given(seed=st.integers(0, 2**32), order=st.randoms(use_true_random=False))
    def test_order_and_duplicates(self, seed, order):
        """Events in any order, some twice, with sweeps between: the same deals and promises."""
        until = MONDAY + 50 * DAY
        told = [event for event, _ in history(seed, "AB")]
        openings, rest = told[:2], told[2:]
        with Store("sqlite://") as plain, Store("sqlite://") as shuffled:
            for event in told:
                plain.append(owner_of(event), [event], until, process=OURS)
            plain.sweep(until)
            mixed = [*rest, *rest[: len(rest) // 3]]
            order.shuffle(mixed)
            for number, event in enumerate([*openings, *mixed]):
                shuffled.append(owner_of(event), [event], until, process=OURS)
                if number % 3 == 0:
                    shuffled.sweep(until)
                    assert shuffled.sweep(until).deals == 0
            shuffled.sweep(until)
            assert set(outbox(plain)) == set(outbox(shuffled))
            for name in "AB":
                assert plain.state(name, until) == shuffled.state(name, until)
                assert plain.deal(name).timeline(until) == shuffled.deal(name).timeline(until)
            assert shuffled.verify() is None

    @FEW
    @given(seed=st.integers(0, 2**32), cadence=st.sampled_from([DAY, 3 * DAY, 20 * DAY]))
    def test_who_hears_what_is_true(self, seed, cadence):
        """In the end everybody was told what stands and nothing else, each thing once."""
        until = MONDAY + 50 * DAY
        with Store("sqlite://") as store:
            live(store, history(seed, "AB"), cadence, until)
            for name in "AB":
                told = [effect_of(row[4]) for row in rows(store, "outbox") if row[1] == name]
                taken_back = {effect.of for effect in told if effect.kind == "rescind"}
                believed = {e.key for e in told if e.kind != "rescind"} - taken_back
                acts = {
                    raised.key
                    for raised in store.deal(name).timeline(until)
                    if hasattr(raised, "rung")
                }
                assert {k.partition("#")[0] for k in believed if "#revert" not in k} <= acts
                due = [
                    e
                    for e in store.deal(name).effects(until, {e.key for e in told})
                    if e.status == "due"
                ]
                assert due == []


class TestPoison:
    def poison(self, monkeypatch, name):
        """Have a deal fail whenever it is asked what is due."""
        effects = Deal.effects

        def failing(deal, now, sent=()):
            if deal.id == name:
                raise ZeroDivisionError("oh \0")
            return effects(deal, now, sent)

        monkeypatch.setattr(Deal, "effects", failing)

    def test_does_not_stop_the_rest(self, store, monkeypatch, caplog):
        """A deal that cannot be dealt with is told, left alone for a while, and tried again."""
        opened(store, "A", "B", "C")
        with monkeypatch.context() as patched:
            self.poison(patched, "B")
            now, pauses = MONDAY + 4 * DAY, []
            for _ in range(3):
                done = store.sweep(now)
                (failing,) = done.failing
                pauses.append(failing.again_at - now)
                assert store.sweep(now).deals == 0
                now = failing.again_at
            assert [p / dt.timedelta(minutes=1) for p in pauses] == [1, 2, 4]
            assert (failing.deal_id, failing.failures) == ("B", 3)
            assert failing.error == "ZeroDivisionError: oh \ufffd"
            assert store.row("B").error == failing.error
            assert "the sweep cannot process it" in caplog.text
            assert kinds(store, "A") == kinds(store, "C") == ["warn"]
            assert store.row("B").at == MONDAY
            assert store.verify() is None

        done = store.sweep(now)
        assert (done.promised, done.failing) == (1, ())
        assert store.row("B").error is None
        self.poison(monkeypatch, "B")
        (failing,) = store.sweep(MONDAY + 6 * DAY).failing
        assert failing.failures == 1

    def test_longest_pause(self, store, monkeypatch):
        """However often it failed, it is tried every day."""
        opened(store)
        self.poison(monkeypatch, "A")
        now = MONDAY + 4 * DAY
        for _ in range(15):
            (failing,) = store.sweep(now).failing
            pause, now = failing.again_at - now, failing.again_at
        assert pause == DAY

    def test_facts_are_kept_anyway(self, store, monkeypatch):
        """What is recorded is kept, even if the deal cannot say what comes of it."""
        opened(store)
        with monkeypatch.context() as patched:
            self.poison(patched, "A")
            assert store.append("A", [call("1", MONDAY + DAY)], MONDAY + DAY) == 2
            assert store.row("A").error == "ZeroDivisionError: oh \ufffd"
        assert len(store.deal("A").events) == 2
        store.sweep(MONDAY + DAY)
        assert store.row("A").error is None
        assert store.row("A").at == MONDAY + DAY

    @pytest.mark.parametrize("question", ["agenda", "pulse"])
    def test_cannot_be_asked(self, store, monkeypatch, caplog, question):
        """A deal that cannot answer is passed over by questions about many, and told in the log."""
        opened(store, "A", "B")
        answer = getattr(Deal, question)

        def failing(deal, *said, **named):
            if deal.id == "B":
                raise ZeroDivisionError("oh")
            return answer(deal, *said, **named)

        monkeypatch.setattr(Deal, question, failing)
        assert {item.deal_id for item in store.agenda(MONDAY + 4 * DAY)} >= {"A"}
        assert store.pulse(MONDAY + 4 * DAY).open == (1 if question == "pulse" else 2)
        assert "deal 'B': skipped, it cannot be queried: oh" in caplog.text

    def test_told_by_verify(self, store, monkeypatch):
        """A deal that cannot say what comes of it is no deal as it was written."""
        opened(store)
        self.poison(monkeypatch, "A")
        assert str(store.verify()) == (
            "deal 'A', its row: the stored events do not form a deal (ZeroDivisionError: oh \ufffd)"
        )
        assert store.rebuild() == 0

    @pytest.mark.long
    def test_what_cannot_be_read(self, store, caplog):
        """A deal whose events were damaged is failing, and the agenda of the others stands."""
        opened(store, "A", "B")
        damage(store, "B", "UPDATE salesflow_events SET body = '{}' WHERE deal = 'B'")

        done = store.sweep(MONDAY + 4 * DAY)

        assert [failing.deal_id for failing in done.failing] == ["B"]
        assert "event format" in done.failing[0].error
        assert {item.deal_id for item in store.agenda(MONDAY + 4 * DAY)} == {"A"}
        assert store.pulse(MONDAY + 4 * DAY).open == 1
        assert "skipped" in caplog.text


def damage(store, deal, statement):
    """Change what cannot be changed."""
    off = {
        "sqlite": [
            "DROP TRIGGER salesflow_events_no_update",
            "DROP TRIGGER salesflow_events_no_delete",
        ],
        "postgresql": ["ALTER TABLE salesflow_events DISABLE TRIGGER ALL"],
    }[store.database.engine.dialect.name]
    changed = sa.text(statement) if isinstance(statement, str) else statement
    store.database.write(lambda c: [c.execute(s) for s in (*map(sa.text, off), changed)])
    for each in range(1001):
        store._cache.put(str(each), Deal.open(OURS, id=f"{deal}{each}", at=MONDAY))


def test_a_reason_can_be_kept():
    """Whatever an error says is kept as a line that any database takes."""
    assert reason(ValueError("a\0b\ud800" + "x" * 5000)) == f"ValueError: a\ufffdb\ufffd{'x' * 984}"


class TestLetters:
    def test_everything_comes_back(self):
        """Whatever an effect says is read again as it was."""
        obstacle = Obstacle(
            code=Code.GAP,
            message="m \0 \ud800",
            wanted="w",
            rule="touch",
            blocks=False,
            due_at=MONDAY,
            unknown=("a", "b"),
            expired=("b",),
            unlike=("c",),
            accepted=("lead",),
            limit="3",
            may_override=("boss",),
        )
        for kind, size in itertools.product(EffectKind, (0, 2)):
            effect = Effect(
                key="k",
                kind=kind,
                status=EffectStatus.DUE,
                deal_id="A",
                at=MONDAY,
                rule="touch" if size else None,
                rung="warn" if size else None,
                due_at=MONDAY if size else None,
                to="boss" if size else None,
                of="x" if size else None,
                obstacles=(obstacle,) * size,
            )
            assert effect_of(outbox_values(effect, "dana", 0)["body"]) == effect

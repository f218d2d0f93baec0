"""Processes that write, sweep and send on one store while they are killed; `tests/crashes.py`."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import json
import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
from tests.store import postgres
from tests.store.small import DAY, HOUR, MONDAY, OURS, call, learned, moved, opening, rows
from tests.store.works import WORKS, content, lived

from salesflow.deal import Deal, EffectStatus
from salesflow.events import Event, event_from_dict
from salesflow.store import Store
from salesflow.store.extras import sa
from salesflow.store.tables import OUTBOX

PAUSE_SECONDS = 0.03
"""Nobody is always first: SQLite lets whoever waits try again only now and then."""
KILLED = 9
SHORT = dt.timedelta(milliseconds=300)
DEALS = 12
"""So few that everybody is at the same ones."""
SECONDS = 20
"""A transaction that waits so long would be one that never ends."""
SPAWN = multiprocessing.get_context("forkserver")
# Whoever is killed was at work, and not still at its imports.
SPAWN.set_forkserver_preload([__name__])
_PATIENCE = dt.timedelta(seconds=SECONDS)


def happening(chance: random.Random, name: str, at: dt.datetime) -> Event:
    """Return something that happens to a deal."""
    late = chance.choice((0, 0, 5, 80)) * HOUR
    return chance.choice(
        (
            call(name, at - late, recorded_at=at, direction=chance.choice(("in", "out"))),
            learned(name, at, need=True),
            moved(name, chance.choice(("talk", "offer", "lost")), at),
            call(name, at, status="planned", starts_at=at + DAY),
        )
    )


def write(url: str, log: str, seed: int, start: int) -> None:
    """Write events for ever, and note those that are kept."""
    chance = random.Random(seed)
    with (
        Store(url, timeout=dt.timedelta(seconds=SECONDS)) as store,
        Path(log).open("ab", 0) as told,
    ):
        number = start
        while True:
            time.sleep(chance.uniform(0, PAUSE_SECONDS))
            number += 1
            now = MONDAY + number * HOUR
            batch = {}
            for deal in chance.sample(range(DEALS), chance.choice((1, 1, 3))):
                name = f"D{deal}"
                events = [happening(chance, f"{seed}:{number}:{n}", now) for n in range(2)]
                batch[name] = events
            kept = store.record_many(batch, now)
            lines = [
                json.dumps([deal, event.to_dict()])
                for deal, events in batch.items()
                if deal not in kept.refused
                for event in events
            ]
            told.write("".join(f"{line}\n" for line in lines).encode())


def sweep(url: str, log: str, seed: int, start: int) -> None:
    """Sweep and send for ever, and note what was received."""
    chance = random.Random(seed)
    with (
        Store(url, timeout=dt.timedelta(seconds=SECONDS)) as store,
        Path(log).open("ab", 0) as told,
    ):
        number = start
        while True:
            time.sleep(chance.uniform(0, PAUSE_SECONDS))
            number += 1
            now = MONDAY + number * HOUR
            store.sweep(now, batch=chance.choice((1, 3, 100)))
            for deal, key in store.database.write(claim):
                told.write(f"{json.dumps([deal, key])}\n".encode())
                store.database.write(lambda c, d=deal, k=key: note(c, d, k))


def claim(connection: sa.Connection) -> list[tuple[str, str]]:
    """Begin to send some of what waits: from then on it counts as told."""
    waiting = (
        sa.select(OUTBOX.c.id, OUTBOX.c.deal, OUTBOX.c.key)
        .where(OUTBOX.c.status == "waiting")
        .order_by(OUTBOX.c.id)
        .limit(3)
        .with_for_update(skip_locked=True)
    )
    found = connection.execute(waiting).all()
    if found:
        ids = [row.id for row in found]
        connection.execute(
            sa.update(OUTBOX).where(OUTBOX.c.id.in_(ids)).values(tries=OUTBOX.c.tries + 1)
        )
    return [(row.deal, row.key) for row in found]


def note(connection: sa.Connection, deal: str, key: str) -> None:
    """Note that something was sent."""
    this = (OUTBOX.c.deal == deal) & (OUTBOX.c.key == key)
    connection.execute(sa.update(OUTBOX).where(this).values(status="sent"))


@attrs.define
class Crew:
    """Processes at work on one store, each replaced as soon as it is killed."""

    url: str
    folder: Path
    chance: random.Random
    hands: int
    workers: dict[Path, multiprocessing.process.BaseProcess] = attrs.field(factory=dict)
    started: int = 0

    def start(self, job) -> None:
        """Have somebody else do a job; he opens his log when he begins."""
        self.started += 1
        seed = self.started
        log = self.folder / f"{job.__name__}-{seed}.log"
        worker = SPAWN.Process(target=job, args=(self.url, str(log), seed, 20 * seed), daemon=True)
        worker.start()
        self.workers[log] = worker

    def kill_one(self) -> None:
        """Kill somebody who is at work, and have another go on."""
        log = self.chance.choice(sorted(self.workers))
        victim = self.workers.pop(log)
        deadline = time.monotonic() + SECONDS
        while not log.exists() and victim.is_alive() and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(self.chance.uniform(0, 0.3))
        if victim.pid is None or not victim.is_alive():
            raise AssertionError(f"{log.name}: ended by itself with {victim.exitcode}")
        os.kill(victim.pid, signal.SIGKILL)
        victim.join()
        self.start(write if log.name.startswith("write") else sweep)

    def stop(self) -> None:
        """Kill everybody."""
        for worker in self.workers.values():
            worker.kill()
            worker.join()

    def told(self, job: str) -> Iterator[list]:
        """Yield what was noted; the last line of who was killed may be half of one."""
        for log in sorted(self.folder.glob(f"{job}-*.log")):
            for line in log.read_text(encoding="utf-8").splitlines(keepends=True):
                if line.endswith("\n"):
                    yield json.loads(line)


def crash(url: str, folder: Path, kills: int, seed: int, hands: int = 2) -> Crew:
    """
    Let several work on one store, and kill so many of them at random moments; then all.

    Args:
        url: The store.

        folder: Where they note what they know.

        kills: How many are killed.

        seed: Of the chance by which they are chosen.

        hands: How many write, and how many sweep.
    """
    with Store(url) as store:
        opened = {f"D{n}": [opening(f"D{n}")] for n in range(DEALS)}
        store.record_many(opened, MONDAY, process=OURS)
    crew = Crew(url, folder, random.Random(seed), hands)
    for job in (*[write] * hands, *[sweep] * hands):
        crew.start(job)
    try:
        for _ in range(kills):
            crew.kill_one()
        deadline = time.monotonic() + SECONDS
        while not all(any(crew.told(job)) for job in ("write", "sweep")):
            assert time.monotonic() < deadline, "nobody comes to do anything"
            time.sleep(0.01)
    finally:
        crew.stop()
    return crew


def check(url: str, crew: Crew) -> Counter[str]:
    """Return what was done; raise if anything was lost, half-done or done twice."""
    counts: Counter[str] = Counter(killed=crew.started - 2 * crew.hands)
    end = MONDAY + (20 * crew.started + 10_000) * HOUR
    with Store(url, leap=None) as store:
        assert store.verify() is None, store.verify()
        kept = {f"D{n}": {e.id: e for e in store.deal(f"D{n}").events} for n in range(DEALS)}
        for deal, data in crew.told("write"):
            event = event_from_dict(data)
            assert kept[deal][event.id] == event, f"lost: {event}"
            counts["acknowledged"] += 1
        counts["kept"] = sum(map(len, kept.values()))
        keys = [(row[1], row[2]) for row in rows(store, "outbox")]
        assert len(keys) == len(set(keys))
        for deal, key in crew.told("sweep"):
            assert (deal, key) in set(keys), f"received and forgotten: {key}"
            counts["received"] += 1
        done = store.sweep(end)
        assert done.is_done, done
        assert not done.failing, done
        told = {deal: set() for deal in kept}
        for row in rows(store, "outbox"):
            told[row[1]].add(row[2])
        counts["promised"] = sum(map(len, told.values()))
        check_deals(
            store, {deal: list(events.values()) for deal, events in kept.items()}, told, end
        )
    return counts


def check_deals(
    store: Store, kept: dict[str, list[Event]], told: dict[str, set[str]], end: dt.datetime
) -> None:
    """Hold deals against those that a single worker has kept, and against themselves."""
    with Store("sqlite://") as alone:
        assert not alone.record_many(kept, end, process=OURS).refused
        alone.sweep(end)
        for name, events in kept.items():
            effects = Deal.replay(OURS, events).effects(end, told[name])
            due = [effect.key for effect in effects if effect.status is EffectStatus.DUE]
            assert due == [], f"missing: {due}"
            assert store.state(name, end) == alone.state(name, end)
            # A deal of which nothing was due in the end was looked at earlier.
            rows = (attrs.evolve(each.row(name), at=end) for each in (store, alone))
            assert next(rows) == next(rows)


def exit_at(url: str, name: str, number: int) -> None:
    """Do some work, and be gone before its n-th statement or, after the last, before its commit."""
    with Store(url) as store:
        seen = []

        def step(*_: object) -> None:
            seen.append(None)
            if len(seen) == number:
                os._exit(KILLED)

        sa.event.listen(store.database.engine, "before_cursor_execute", step)
        sa.event.listen(store.database.engine, "commit", step)
        WORKS[name](store)


def stop_at_commit(url: str, name: str) -> None:
    """Do some work, and stop oneself before its first commit, until somebody says to go on."""
    with Store(url, timeout=SHORT) as store:
        seen = []

        def step(*_: object) -> None:
            seen.append(None)
            if len(seen) == 1:
                os.kill(os.getpid(), signal.SIGSTOP)

        sa.event.listen(store.database.engine, "commit", step)
        WORKS[name](store)


@contextlib.contextmanager
def stopped(url: str, name: str) -> Iterator[multiprocessing.process.BaseProcess]:
    """Yield a process that was stopped before the commit of its work."""
    worker = SPAWN.Process(target=stop_at_commit, args=(url, name))
    worker.start()
    try:
        status = Path(f"/proc/{worker.pid}/stat")
        deadline = time.monotonic() + SECONDS
        while status.read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "T":
            assert time.monotonic() < deadline, "it does not come to its commit"
            time.sleep(0.01)
        yield worker
    finally:
        worker.kill()
        worker.join()


def stop_and_continue(url: str) -> None:
    """Stop a worker before its commit, and let it go on when another has done its work."""
    with Store(url) as store:
        lived(store)
        with stopped(url, "sweep") as worker:
            time.sleep(4 * SHORT.total_seconds())
            done = store.sweep(MONDAY + 9 * DAY)
            after = content(store)
            os.kill(worker.pid, signal.SIGCONT)
            worker.join()
        assert done.is_done
        assert done.promised > 0
        assert worker.exitcode == 0
        assert content(store) == after
        assert store.verify() is None


def boundaries(new: Callable[[], str], name: str, every: int = 1) -> int:
    """
    Kill somebody before each statement of some work; return how many were killed.

    Args:
        new: Returns the URL of an empty database.

        name: The work.

        every: 3: before each third statement only.
    """
    with Store(new()) as whole:
        lived(whole)
        before = content(whole)
        WORKS[name](whole)
        after = content(whole)
    for killed in itertools.count():
        with Store(url := new()) as store:
            lived(store)
            worker = SPAWN.Process(target=exit_at, args=(url, name, 1 + killed * every))
            worker.start()
            worker.join()
            assert worker.exitcode in {0, KILLED}
            assert content(store) in (before, after)
            WORKS[name](store)
            assert content(store) == after
            assert store.verify() is None
        if worker.exitcode == 0:
            return killed
    raise AssertionError


@contextlib.contextmanager
def databases(kind: str, folder: Path) -> Iterator[Callable[[], str]]:
    """Yield what returns the URL of an empty database that writes through to its disk."""
    if kind == "sqlite":
        numbers = itertools.count()
        yield lambda: f"sqlite:///{folder / f'deals-{next(numbers)}.db'}"
    else:
        with postgres.server(durable=True) as server:
            yield server.new_database

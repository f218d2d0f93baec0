"""
The store: what it is told, what it finds out and what it sends, on SQLite and PostgreSQL.

``python -m benchmarks.store`` measures all of it, or what is named: ``--append``, ``--bulk``,
``--outbox``, ``--sweep``, ``--agenda``, ``--peer``; ``--kind`` chooses one of the databases. The
sweep and the agenda are timed in a store of ``--deals`` deals, a million if you like, and the sweep
in one of 10,000 as well. PostgreSQL is started for the occasion, if it is installed. ``--peer``
measures procrastinate, a queue of jobs, on the same server; without it that is left out.
``--compiled`` has deals run on compiled rules.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime as dt
import importlib.metadata
import importlib.util
import itertools
import logging
import platform
import sqlite3
import tempfile
import time
from typing import NamedTuple

import salesflow as sf
from salesflow.events import Activity, Opened
from salesflow.store.extras import sa

DAY = dt.timedelta(days=1)
MONDAY = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
DUE = 1_000
JOBS = 2_000
"""So many go through the outbox, and through the queue of the peer."""
LONG = dt.timedelta(minutes=30)
"""Filling a store takes long statements."""


def history(name, calls=8):
    """Return the opening of a deal, and so many calls on as many days."""
    yield Opened(id=f"{name}/0", deal=name, occurred_at=MONDAY, owner=f"rep-{len(name) % 50}")
    for number in range(calls):
        at = MONDAY + number * DAY
        yield Activity(id=f"{name}/{number + 1}", kind="call", occurred_at=at, minutes=20)


class Timed(NamedTuple):
    """How long something took by the clock, how much of it was computing here, and its answer."""

    clock: float
    computing: float
    answer: object

    def rates(self, count):
        """Return so many of it as rates, in words: by the clock, and by the time of computing."""
        return f"{count / self.clock:>10,.0f} /s {count / self.computing:>10,.0f} /s of computing"


def timed(work):
    """Do some work."""
    started, computed = time.perf_counter(), time.process_time()
    answer = work()
    return Timed(time.perf_counter() - started, time.process_time() - computed, answer)


def append(store, process, count=200):
    """Append one event to a transaction, to deals of some ten events."""
    names = [f"A{number}" for number in range(20)]
    store.record_many({name: list(history(name)) for name in names}, MONDAY, process=process)
    minute = dt.timedelta(minutes=1)
    calls = [
        (
            names[n % 20],
            Activity(id=f"x{n}", kind="call", occurred_at=MONDAY + 9 * DAY + n * minute),
        )
        for n in range(count)
    ]
    return timed(lambda: [store.append(n, [call], call.occurred_at) for n, call in calls]).rates(
        count
    )


def bulk(store, process, count=1_000):
    """Record deals of nine events each in bulk."""
    deals = {f"B{number}": list(history(f"B{number}")) for number in range(count)}
    work = timed(lambda: store.record_many(deals, MONDAY + 8 * DAY, process=process))
    return work.rates(work.answer.added)


def outbox(store, process, workers, count=JOBS):
    """Send what was promised to somebody who only takes it: claimed, sent, noted, one at a time."""
    names = [f"O{number}" for number in range(count)]
    store.record_many({n: list(history(n, 0)) for n in names}, MONDAY, process=process)
    store.sweep(MONDAY + 9 * DAY)
    work = timed(
        lambda: store.deliver(
            MONDAY + 9 * DAY, lambda _: None, limit=count, workers=workers, lease=LONG
        )
    )
    assert work.answer.sent == count, work.answer
    return work.rates(count)


def crowd(store, process, count, calls=2):
    """
    Fill a store with deals of three events each that are due far in the future.

    One in five thousand is recorded, and belongs to one person. The others are copied in the
    database from one deal, which is quicker; nobody ever asks for them.
    """
    names = ["seed", *(f"R{number:03}" for number in range(count // 5_000))]
    deals = {name: list(history(name, calls)) for name in names}
    store.record_many(deals, MONDAY + 8 * DAY, process=process)
    far = "UPDATE salesflow_deals SET wake_us = wake_us + 31536000000000"
    store.database.write(lambda c: c.execute(sa.text(far)))
    counted = {
        "sqlite": """(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
            WHERE i < :count) SELECT i FROM n)""",
        "postgresql": "(SELECT i FROM generate_series(1, :count) AS s(i))",
    }[store.database.engine.dialect.name]
    rows = f"""
        INSERT INTO salesflow_deals (deal, process, version, tail, watermark_us, wake_us, stage,
            kind, status, owner, next_deadline_us, wanted_us, worked_us, failures)
        SELECT 'C' || CAST(i AS text), process, version, tail, watermark_us,
            wake_us, stage, kind, status, 'another', next_deadline_us, wanted_us, worked_us, 0
        FROM salesflow_deals, {counted} AS numbers WHERE deal = 'seed'
    """  # noqa: S608 - our own words
    events = f"""
        INSERT INTO salesflow_events (deal, seq, id, type, occurred_us, known_us, body, hash)
        SELECT 'C' || CAST(i AS text), seq, id, type, occurred_us, known_us, body, hash
        FROM {counted} AS numbers CROSS JOIN salesflow_events WHERE deal = 'seed'
    """  # noqa: S608
    for statement in (rows, events):
        text = sa.text(statement).bindparams(count=count)
        store.database.write(lambda c, t=text: c.execute(t))
    store.database.write(lambda c: c.execute(sa.text("ANALYZE")))
    if not store.database.is_sqlite:
        # So that nobody waits later for what the copying has left to do.
        store.database.write(lambda c: c.execute(sa.text("CHECKPOINT")))


def sweep(store, process, rounds):
    """Have a thousand deals fall due among all others, some times; return the quickest sweep."""
    found = []
    for number in range(rounds):
        names = [f"S{number}:{n}" for n in range(DUE)]
        deals = {name: list(history(name)) for name in names}
        store.record_many(deals, MONDAY + 8 * DAY, process=process)
        # By somebody who has none of them in memory.
        with sf.Store(store.database.url.render_as_string(hide_password=False)) as other:
            found.append(timed(lambda each=other: each.sweep(MONDAY + 30 * DAY)))
        done = found[-1].answer
        assert (done.deals, done.remaining) == (DUE, 0), done
    return min(found)


def agenda(store, rounds):
    """Return the quickest agenda of one person, who has one deal in five thousand of the crowd."""
    found = [timed(lambda: store.agenda(MONDAY + 14 * DAY, "rep-4")) for _ in range(rounds)]
    assert all(work.answer for work in found)
    return min(found)


class Peer:
    """
    procrastinate: jobs that wait in PostgreSQL, fetched, run and noted as done by a worker.

    Args:
        url: An empty place on a PostgreSQL.
    """

    def __init__(self, url):
        import procrastinate

        # It would rather not be used from a script.
        logging.getLogger("procrastinate").setLevel(logging.ERROR)
        place = sa.make_url(url)
        # Its connections say for themselves where they look.
        self._said = {
            "host": place.query["host"],
            "user": place.username,
            "dbname": place.database,
            "options": place.query["options"],
        }
        self._library = procrastinate

    def _app(self):
        app = self._library.App(connector=self._library.PsycopgConnector(kwargs=self._said))

        @app.task(name="take")
        async def take(number):
            pass

        return app, take

    async def _deferred(self, count, *, at_once):
        app, take = self._app()
        async with app.open_async():
            if at_once:
                await take.batch_defer_async(*[{"number": number} for number in range(count)])
                return
            for number in range(count):
                await take.defer_async(number=number)

    async def _worked(self, concurrency):
        app, _ = self._app()
        async with app.open_async():
            await app.run_worker_async(
                concurrency=concurrency,
                wait=False,
                listen_notify=False,
                install_signal_handlers=False,
            )

    async def _prepared(self):
        app, _ = self._app()
        async with app.open_async():
            await app.schema_manager.apply_schema_async()

    async def _done(self):
        app, _ = self._app()
        async with app.open_async():
            return len(await app.job_manager.list_jobs_async(status="succeeded"))

    def measure(self, count=JOBS):
        """Yield what was done, and how quickly."""
        asyncio.run(self._prepared())
        deferred = timed(lambda: asyncio.run(self._deferred(count, at_once=False)))
        yield "a job to a transaction", deferred.rates(count)
        bulk = timed(lambda: asyncio.run(self._deferred(count, at_once=True)))
        yield "many jobs at once", bulk.rates(count)
        worked = timed(lambda: asyncio.run(self._worked(1)))
        yield "fetched, run, noted: 1 worker", worked.rates(2 * count)
        asyncio.run(self._deferred(count, at_once=True))
        worked = timed(lambda: asyncio.run(self._worked(4)))
        yield "fetched, run, noted: 4 at once", worked.rates(count)
        assert asyncio.run(self._done()) == 3 * count


def tell(what, rates):
    """Print a line."""
    print(f"  {what:<44} {rates}", flush=True)


def told(new, process, said):
    """Measure what does not depend on how many deals there are."""
    with new() as store:
        if said.append:
            tell("append, an event to a transaction", append(store, process))
        if said.bulk:
            tell("record_many, events", bulk(store, process))
    for workers in (1, 4) if said.outbox else ():
        with new() as store:
            tell(f"deliver, messages: {workers} at once", outbox(store, process, workers))


def crowded(new, process, said):
    """Measure what may depend on how many deals there are."""
    swept = {}
    for size in (10_000, said.deals):
        with new() as store:
            filled = timed(lambda each=store, n=size: crowd(each, process, n)).clock
            tell(f"{size:,} deals", f"copied in {filled:.0f} s")
            if said.agenda and size == said.deals:
                found = agenda(store, 3)
                tell("agenda of one person", f"{found.clock:.3f} s, {found.computing:.3f} s")
            if said.sweep:
                swept[size] = sweep(store, process, said.rounds)
                tell(f"sweep, {DUE:,} due of {size:,} deals", swept[size].rates(DUE))
    if said.sweep:
        clock, computing = (
            one / other for one, other in zip(swept[said.deals][:2], swept[10_000][:2], strict=True)
        )
        tell("the larger store takes", f"{clock:.2f} x the time, {computing:.2f} x of computing")


def measure(new_url, process, said):
    """Print what one kind of database does."""

    def new():
        return sf.Store(new_url(), timeout=LONG)

    if said.append or said.bulk or said.outbox:
        told(new, process, said)
    if said.sweep or said.agenda:
        crowded(new, process, said)


def arguments(given):
    """Return what is to be measured: all, if nothing is named."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--deals", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kind", choices=["sqlite", "postgresql"])
    parser.add_argument("--compiled", action="store_true", help="on compiled rules")
    names = ("append", "bulk", "outbox", "sweep", "agenda", "peer")
    for name in names:
        parser.add_argument(f"--{name}", action="store_true")
    said = parser.parse_args(given)
    if not any(getattr(said, name) for name in names):
        for name in names:
            setattr(said, name, True)
    return said


@contextlib.contextmanager
def postgres():
    """Yield what makes empty places on a PostgreSQL that writes through to its disk, or None."""
    from tests.store.postgres import binaries, server

    if binaries() is None:
        print("PostgreSQL is not installed: left out")
        yield None
        return
    with server(durable=True) as running:
        yield running.new_database


def main(given=None):
    """Measure SQLite and, if it is installed, PostgreSQL."""
    said = arguments(given)
    if said.compiled:
        sf.compile_rules()
    process = sf.load_process("six-step")
    print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}")
    if said.kind != "postgresql":
        print("SQLite")
        with tempfile.TemporaryDirectory() as folder:
            numbers = itertools.count()
            measure(lambda: f"sqlite:///{folder}/{next(numbers)}.db", process, said)
    if said.kind == "sqlite":
        return
    with postgres() as new_url:
        if new_url is None:
            return
        print("PostgreSQL")
        measure(new_url, process, said)
        if said.peer and importlib.util.find_spec("procrastinate"):
            print(f"procrastinate {importlib.metadata.version('procrastinate')}, the same server")
            for what, rates in Peer(new_url()).measure():
                tell(what, rates)


if __name__ == "__main__":
    main()

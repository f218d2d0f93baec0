"""
The store: appending, recording in bulk, sweeping and the agenda, on SQLite and PostgreSQL.

The sweep is timed against the size of the store: a thousand deals that are due among many against a
thousand among few. Run it with ``python -m benchmarks.store``, with ``--deals 1000000`` for a store
of a million, and with ``--postgres URL``, three times, for three empty places on a PostgreSQL.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import platform
import sqlite3
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import salesflow as sf
from salesflow.events import Activity, Opened
from salesflow.store.extras import sa

DAY = dt.timedelta(days=1)
MONDAY = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
DUE = 1_000
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
    work = timed(lambda: [store.append(n, [call], call.occurred_at) for n, call in calls])
    return work.rates(count)


def bulk(store, process, count=1_000):
    """Record deals of nine events each in bulk."""
    deals = {f"B{number}": list(history(f"B{number}")) for number in range(count)}
    work = timed(lambda: store.record_many(deals, MONDAY + 8 * DAY, process=process))
    return work.rates(work.answer.added)


def crowd(store, process, count):
    """
    Fill a store with deals of nine events each that are due far in the future.

    They are copied in the database from one deal, which is quicker than recording each.
    """
    store.record_many({"seed": list(history("seed"))}, MONDAY + 8 * DAY, process=process)
    far = "UPDATE salesflow_deals SET wake_us = wake_us + 31536000000000"
    store.database.write(lambda c: c.execute(sa.text(far)))
    counted = {
        "sqlite": """(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
            WHERE i < :count) SELECT i FROM n)""",
        "postgresql": "(SELECT i FROM generate_series(1, :count) AS s(i))",
    }[store.database.engine.dialect.name]
    deals = f"""
        INSERT INTO salesflow_deals (deal, process, version, tail, watermark_us, wake_us, stage,
            kind, status, owner, next_deadline_us, wanted_us, worked_us, failures)
        SELECT 'C' || CAST(i AS text), process, version, tail, watermark_us,
            wake_us, stage, kind, status, CASE i % 5000 WHEN 0 THEN 'rep-4' ELSE 'another' END,
            next_deadline_us, wanted_us, worked_us, 0
        FROM salesflow_deals, {counted} AS numbers WHERE deal = 'seed'
    """  # noqa: S608 - our own words
    events = f"""
        INSERT INTO salesflow_events (deal, seq, id, type, occurred_us, known_us, body, hash)
        SELECT 'C' || CAST(i AS text), seq, id, type, occurred_us, known_us, body, hash
        FROM salesflow_events, {counted} AS numbers WHERE deal = 'seed'
    """  # noqa: S608
    for statement in (deals, events):
        text = sa.text(statement).bindparams(count=count)
        store.database.write(lambda c, t=text: c.execute(t))
    store.database.write(lambda c: c.execute(sa.text("ANALYZE")))


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


def measure(kind, new, process, said):
    """Print what one kind of database does."""
    with new() as store:
        print(kind)
        print(f"  append, an event to a transaction    {append(store, process)}")
        print(f"  record_many, events                  {bulk(store, process)}")
    swept = {}
    for size in (10_000, said.deals):
        with new() as store:
            crowd(store, process, size)
            if size == said.deals:
                print(f"  agenda of one person, {size:>9,} deals     {agenda(store, 3).rates(1)}")
            swept[size] = sweep(store, process, said.rounds)
            print(f"  sweep, {DUE:,} due of {size:>9,} deals    {swept[size].rates(DUE)}")
    by_clock, by_computing = (
        one / other for one, other in zip(swept[said.deals][:2], swept[10_000][:2], strict=True)
    )
    print(f"  the larger store takes {by_clock:.2f} x the time, {by_computing:.2f} x of computing")


def main(arguments=None):
    """Measure SQLite and, where a URL is given, PostgreSQL."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deals", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kind", choices=["sqlite", "postgresql"])
    parser.add_argument("--postgres", action="append", default=[])
    said = parser.parse_args(arguments)
    process = sf.load_process("six-step")
    print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}")
    if said.kind != "postgresql":
        with tempfile.TemporaryDirectory() as folder:
            files = (Path(folder) / f"{number}.db" for number in itertools.count())
            measure("SQLite", lambda: sf.Store(next(files), timeout=LONG), process, said)
    if said.postgres and said.kind != "sqlite":
        urls = iter(said.postgres)
        measure("PostgreSQL", lambda: sf.Store(next(urls), timeout=LONG), process, said)


if __name__ == "__main__":
    main()

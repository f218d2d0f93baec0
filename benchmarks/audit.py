"""
Import and audit of whole logs.

``python -m benchmarks.audit [LOG] [--deals N] [--compile]``: LOG is the log of the BPI Challenge
2012 (``examples/bpic2012``); a synthetic log of N deals is always run. Times are the best of five
after a first call, whose own time is shown as well.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import importlib.metadata
import os
import platform
import random
import tempfile
import time
from pathlib import Path

import salesflow as sf
from salesflow.history.mapping_file import parse_mapping
from salesflow.history.run import run
from salesflow.rules.compiled import compiled

EXAMPLE = Path(__file__).parent.parent / "examples" / "bpic2012"
START = dt.datetime(2026, 1, 5, 8, tzinfo=dt.UTC)
STAGES = ("qualify", "meeting", "proof", "proposal", "close", "intake")
MAPPING = """
format = 1
[columns]
deal = "deal"
at = "at"
what = "what"
owner = "rep"
[stages]
qualify = "qualify"
meeting = "meeting"
proof = "proof"
proposal = "proposal"
close = "close"
intake = "intake"
lost = "lost"
[activities]
call = { kind = "call", direction = "out" }
answer = { kind = "email", direction = "in" }
mail = { kind = "email", direction = "out" }
"""


def synthetic(path, deals):
    """Write a log in no order: deals of about ten touches and a few stages."""
    rng = random.Random(7)
    rows = []
    for number in range(deals):
        at = START + dt.timedelta(minutes=rng.randrange(500_000))
        for stage in STAGES[: rng.randint(1, len(STAGES))]:
            rows.append((number, at.isoformat(), stage, f"rep {number % 50}"))
            for _ in range(rng.randint(0, 5)):
                at += dt.timedelta(minutes=rng.randrange(1, 8_000))
                what = rng.choice(("call", "answer", "mail"))
                rows.append((number, at.isoformat(), what, f"rep {number % 50}"))
        if rng.random() < 0.3:
            rows.append((number, at.isoformat(), "lost", ""))
    rng.shuffle(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("deal", "at", "what", "rep"))
        writer.writerows(rows)


def timed(call, repeats=5):
    """The first call, the best of the later ones, and what it returned."""
    times = []
    for _ in range(repeats + 1):
        begin = time.perf_counter()
        result = call()
        times.append(time.perf_counter() - begin)
    return times[0], min(times[1:]), result


def row(name, first, best, count, unit):
    print(f"  {name:<34} {first:8.3f} s {best:8.3f} s {count / best / 1e6:8.2f} M {unit}/s")


def measure(title, path, mapping, process, as_of):
    """Print what importing and auditing one log takes."""
    first, best, log = timed(lambda: sf.EventLog.from_csv(path, mapping, process))
    rows, events = log.quality.rows, len(log)
    print(f"{title}: {rows:,} rows, {len(log.deals):,} deals, {events:,} events")
    print(f"  {'':<34} {'first':>10} {'later':>10}")
    row("import", first, best, rows, "rows")
    until = int(as_of.timestamp()) * 1_000_000
    found = {}
    for name, fast in (("plain", False), ("compiled", True)):
        first, best, _ = timed(lambda fast=fast: run(log, process, until, fast=fast))
        row(f"rules alone, {name}", first, best, events, "events")
        first, best, found[fast] = timed(lambda fast=fast: sf.audit(log, process, as_of, fast=fast))
        row(f"audit, {name}", first, best, events, "events")
    assert found[False] == found[True]
    print()


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("log", nargs="?", help="the log of the BPI Challenge 2012")
    parser.add_argument("--deals", type=int, default=20_000, help="size of the synthetic log")
    parser.add_argument("--compile", action="store_true", help="compile anew, in an empty cache")
    given = parser.parse_args(arguments)
    packages = ("numba", "numpy", "polars")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in packages)
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {versions}\n")
    with tempfile.TemporaryDirectory() as folder:
        if given.compile:
            os.environ["NUMBA_CACHE_DIR"] = folder
            compiled.cache_clear()
        if given.log:
            process = sf.load_process(EXAMPLE / "process.toml")
            as_of = dt.datetime(2012, 1, 1, tzinfo=dt.UTC)
            measure("BPI Challenge 2012", given.log, EXAMPLE / "mapping.toml", process, as_of)
        path = Path(folder, "log.csv")
        synthetic(path, given.deals)
        process = sf.load_process("six-step")
        as_of = START + dt.timedelta(days=365)
        measure("synthetic, six-step", path, parse_mapping(MAPPING), process, as_of)


if __name__ == "__main__":
    main()

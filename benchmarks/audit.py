"""
Import, audit and analyses of whole logs.

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

import numba
import polars as pl
from benchmarks.synthetic import EVENTS_PER_DEAL, STAGES, START, frame_of

import salesflow as sf
from salesflow.history import backtest, silence
from salesflow.history.reading.mapping_file import parse_mapping
from salesflow.history.run import answers_of, observing, run
from salesflow.rules.book import rule_book
from salesflow.rules.compiled import compiled

EXAMPLE = Path(__file__).parent.parent / "examples" / "bpic2012"
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
    first, best, log = timed(lambda: sf.EventLog.from_csv(path, process, mapping))
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
    first, best, asked = timed(lambda: silence(log, process, as_of, fast=True))
    row(f"silence, {asked.deal_days / 1e6:.1f} M deal-days", first, best, events, "events")
    other = process.replace("contact_gaps.touch.max", "7 days")
    first, best, _ = timed(lambda: backtest(log, process, other, as_of, fast=True))
    row("back-test, one trial", first, best, events, "events")
    first, best, _ = timed(lambda: sf.fit(log, process, as_of, fast=True))
    row("fit of a behaviour", first, best, events, "events")
    print()


def silences(deal, at, longest):
    """The barest audit there is: how many gaps of a sorted log are longer than so much."""
    found = 0
    for place in range(1, len(at)):
        if deal[place] == deal[place - 1] and at[place] - at[place - 1] > longest:
            found += 1
    return found


def against_others(deals):
    """Print what a frame costs beside polars, and all rules beside one bare scan for gaps."""
    process, mapping = sf.load_process("six-step"), parse_mapping(MAPPING)
    as_of = START + dt.timedelta(days=365)
    frame = frame_of(deals * EVENTS_PER_DEAL)
    count = len(frame)
    print(f"a frame in no order, six-step: {count:,} rows, {deals:,} deals")
    print(f"  {'':<34} {'first':>10} {'later':>10}")
    gap = pl.col("at").diff().over("deal")
    first, plain, _ = timed(lambda: frame.sort("deal", "at").with_columns(gap=gap))
    row("polars: sort, gaps by deal", first, plain, count, "rows")
    first, read, log = timed(lambda: sf.EventLog.from_frame(frame, process, mapping))
    row("EventLog.from_frame", first, read, count, "rows")
    until = int(as_of.timestamp()) * 1_000_000
    watching = observing(process)
    rows = log.origin.rows(rule_book(watching))
    first, alone, _ = timed(lambda: answers_of(watching, until, rows, None, compile_them=True))
    row("all rules, compiled, one core", first, alone, len(log), "events")
    first, ruled, _ = timed(lambda: run(log, process, until, fast=True))
    row("all rules, compiled", first, ruled, len(log), "events")
    first, whole, _ = timed(lambda: sf.audit(log, process, as_of, fast=True))
    row("audit with its tables", first, whole, len(log), "events")
    in_order = frame.sort("deal", "at")
    columns = in_order["deal"].to_numpy(), in_order["at"].dt.epoch("us").to_numpy()
    scan = numba.njit(silences)
    first, bare, _ = timed(lambda: scan(*columns, 5 * 86_400_000_000))
    row("bare scan for gaps, numba", first, bare, count, "events")
    print(
        f"  frame to rules / polars: {plain / (read + ruled):.2f}; rules / scan: {alone / bare:.0f}"
    )
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
        against_others(given.deals)
        synthetic(path, given.deals)
        process = sf.load_process("six-step")
        as_of = START + dt.timedelta(days=365)
        measure("synthetic, six-step", path, parse_mapping(MAPPING), process, as_of)


if __name__ == "__main__":
    main()

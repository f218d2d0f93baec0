"""
A log of ten million events on two cores: how long it takes, and how much memory.

``python -m benchmarks.large [--events N] [--parts N]``: writes an unsorted Parquet
file, and audits it part by part by the compiled rules on two threads. The peak is that of the whole
process, libraries and all.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import datetime as dt
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.audit import MAPPING
from benchmarks.synthetic import START, frame_of

import salesflow as sf
from salesflow.history.reading.mapping_file import parse_mapping

PROCESS = "six-step"
AS_OF = START + dt.timedelta(days=365)


def peak():
    """Return the peak of this process in GiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--parts", type=int, default=8, help="the file is read in so many")
    parser.add_argument("--write", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.write:
        frame_of(given.events).write_parquet(given.write)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "log.parquet")
        # In a process of its own, so that its memory is not counted.
        command = [sys.executable, "-m", "benchmarks.large", "--events", str(given.events)]
        subprocess.run([*command, "--write", str(path)], check=True)
        process, mapping = sf.load_process(PROCESS), parse_mapping(MAPPING)
        begin, events, deals, breached = time.perf_counter(), 0, 0, 0
        parts = sf.EventLog.parts_of_parquet(path, process, mapping, parts=given.parts)
        with concurrent.futures.ThreadPoolExecutor(2) as executor:
            for log in parts:
                found = sf.audit(log, process, AS_OF, fast=True, executor=executor)
                events, deals = events + len(log), deals + found.summary.deals
                breached += found.summary.breached
        done = time.perf_counter() - begin
        print(f"{events:,} events of {deals:,} deals, {breached:,} of them breached")
        print(f"  read and audited in {given.parts} parts: {done:.0f} s, peak {peak():.1f} GiB")


if __name__ == "__main__":
    main()

"""
A million files from strangers: each ends in a process, or in an error that says where.

``python tests/hostile.py`` loads them in one process for each core; a number after it says how
many. ``--only N`` shows what becomes of one of them. ``--patient`` looks at no clock: the suite
runs a few thousand files so, on machines of any speed.

Every file may take 100 ms of a processor (more if it is large) and 64 MB of memory.
An audit hook sees to it that none makes the library import, run, open or connect to anything.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import contextlib
import functools
import os
import resource
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from salesflow.errors import ProcessFileError  # noqa: E402
from salesflow.process.load import load_process, parse_process  # noqa: E402
from tests.process.hostile_files import REAL, hostile_file  # noqa: E402 - found from here on

CHUNK = 2_000
MOST_MEMORY = 64 * 2**20
MOST_SECONDS = 0.1
SMALL, SECONDS_A_BYTE = 16 * 1024, 4e-6
LONGEST_MESSAGE = 2_000

WATCHED = ("import", "exec", "open", "compile", "socket.", "subprocess.", "os.", "ctypes.", "code.")
"""Beginnings of the names of audit events that no file may cause."""


class Broken(Exception):  # noqa: N818 - it ends the run of one file
    """A promise that a file broke."""


class Watch:
    """An audit hook that remembers what was done while it was on; a hook can never be removed."""

    def __init__(self) -> None:
        self.is_on = False
        self.seen: list[str] = []
        sys.addaudithook(self.hear)

    def hear(self, event: str, args: tuple[object, ...]) -> None:
        """Remember an event that nothing of ours excuses."""
        if self.is_on and event.startswith(WATCHED) and not is_ours(event, args):
            self.seen.append(f"{event} {args!r:.100}")

    @contextlib.contextmanager
    def on(self) -> Iterator[None]:
        """Watch for a while."""
        self.is_on = True
        try:
            yield
        finally:
            self.is_on = False


def is_ours(event: str, args: tuple[object, ...]) -> bool:
    """
    Tell whether the library may do this for any file.

    `ast.parse` builds a tree and raises ``compile`` without a name of a file for it. A zone is read
    from where zones are, and one that is not there makes the library look for one of like name.
    """
    if event == "compile":
        return args[1] in (None, "<unknown>")
    if event in ("open", "os.walk", "os.listdir", "os.scandir"):
        return not {"zoneinfo", "tzdata"}.isdisjoint(Path(str(args[0])).parts)
    if event == "exec":
        return "tzdata" in Path(getattr(args[0], "co_filename", "")).parts
    return event == "import" and str(args[0]).startswith("tzdata.zoneinfo")


def outcome(data: bytes) -> str:
    """Load a file and return what became of it, in a word."""
    text = data.decode(errors="surrogateescape")
    try:
        parse_process(text)
    except ProcessFileError as error:
        check_error(error, text.removeprefix("\ufeff"))
        return "refused"
    return "loaded"


def check_error(error: ProcessFileError, text: str) -> None:
    """Every problem has a place in the file, and a message that one can read."""
    lines = text.split("\n")
    for problem in error.problems:
        line, column = problem.line or 0, problem.column or 0
        if not (1 <= line <= len(lines) and 1 <= column <= len(lines[line - 1]) + 1):
            raise Broken(f"no such place: {line}:{column} of {problem}")
        if len(str(problem)) > LONGEST_MESSAGE:
            raise Broken(f"a message of {len(str(problem))} characters")
    str(error).encode(errors="surrogatepass")


def broken_promise(number: int, watch: Watch, *, patient: bool) -> str:
    """Return what the file of that number does that it must not, or nothing."""
    data = hostile_file(number)
    watch.seen.clear()
    start = time.process_time()
    try:
        with watch.on():
            outcome(data)
    except BaseException:  # noqa: BLE001 - whatever it is, it is no ProcessFileError
        return traceback.format_exc(limit=-3)
    took = time.process_time() - start
    if watch.seen:
        return f"did {watch.seen}"
    allowed = MOST_SECONDS + SECONDS_A_BYTE * max(0, len(data) - SMALL)
    return f"took {took:.2f} s" if took > allowed and not patient else ""


@functools.cache
def warm() -> Watch:
    """Once in a process: load what is loaded once, limit the memory from here on, watch."""
    import holidays

    holidays.country_holidays("US")
    for text in REAL:
        load_process(text)
    for number in range(300):
        with contextlib.suppress(Broken):
            outcome(hostile_file(number))
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MOST_MEMORY, used + MOST_MEMORY))
    return Watch()


def run(numbers: range, *, patient: bool) -> list[tuple[int, str]]:
    """Return the broken promises of some files, in a process of their own."""
    watch = warm()
    found = ((number, broken_promise(number, watch, patient=patient)) for number in numbers)
    return [(number, what) for number, what in found if what]


def say(*words: object) -> None:
    """Tell at once: a run takes long."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def run_all(count: int, jobs: int, *, patient: bool) -> int:
    """Load *count* files and return how many broke a promise."""
    start = time.monotonic()
    chunks = [range(at, min(at + CHUNK, count)) for at in range(0, count, CHUNK)]
    broken = done = 0
    with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
        work = functools.partial(run, patient=patient)
        for chunk, found in zip(chunks, pool.map(work, chunks), strict=True):
            for number, what in found:
                say(f"BROKEN {number}: {what}")
            broken += len(found)
            done += len(chunk)
            if done % (50 * CHUNK) == 0:
                say(f"{done:,} files, {broken} broken, {done / (time.monotonic() - start):,.0f}/s")
    say(f"{count:,} files, {broken} broken promises, {time.monotonic() - start:,.0f} s")
    return broken


def main(words: list[str]) -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("count", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--patient", action="store_true", help="look at no clock")
    parser.add_argument("--only", type=int, metavar="N", help="show what becomes of one file")
    asked = parser.parse_args(words)
    if asked.only is None:
        return min(1, run_all(asked.count, asked.jobs, patient=asked.patient))
    say(hostile_file(asked.only).decode(errors="backslashreplace"))
    what = broken_promise(asked.only, warm(), patient=asked.patient)
    say(what or "keeps every promise")
    return min(1, len(what))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

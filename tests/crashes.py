"""
Kill those who write and sweep, at any moment, and see whether anything is lost or done twice.

``python -m tests.crashes 500`` kills five hundred processes on each kind of database, as SIGKILL
does, while four of them (on PostgreSQL, eight) write to the same deals, sweep them and send what is
promised; and one process before each statement of each kind of work, and before its commit. It
takes some minutes; `tests/store/test_crashes.py` does the same with a few. What must hold:

- every event of which a writer was told that it is kept is kept, and nothing was kept by halves;
- nobody who received an effect receives another one under the same key, once receivers tell
  repetitions by their keys; what is due in the end was promised, each key once;
- the deals are in the state that one worker alone would have left.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.store.crew import (
    boundaries,
    check,
    crash,
    databases,
)
from tests.store.works import WORKS


def main(kills: int, seed: int) -> None:
    """Run it on both kinds of database."""
    for kind, hands in {"sqlite": 2, "postgresql": 4}.items():
        started = time.monotonic()
        with tempfile.TemporaryDirectory() as name, databases(kind, Path(name)) as new:
            url = new()
            counts = check(url, crash(url, Path(name), kills, seed, hands))
            counts["killed before a statement"] = sum(boundaries(new, work) for work in WORKS)
        said = ", ".join(f"{count:,} {what}" for what, count in counts.items())
        took = time.monotonic() - started
        sys.stdout.write(f"{kind}: {said}; nothing lost, nothing twice ({took:.0f} s)\n")


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    main(arguments[0] if arguments else 50, arguments[1] if len(arguments) > 1 else 1)

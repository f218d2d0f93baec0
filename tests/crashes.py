"""
Kill those who write and sweep, at any moment, and see whether anything is lost or done twice.

``python -m tests.crashes 500`` kills five hundred processes on each kind of database, as SIGKILL
does, while four of them (on PostgreSQL, eight) write to the same deals, sweep them and send what is
promised; and one process before each statement of each kind of work, and before its commit. It
takes some four minutes; ``500 2 sqlite`` takes other moments, on one kind of database.
`tests/store/test_crashes.py` does the same with a few. What must hold:

- every event of which a writer was told that it is kept is kept, and nothing was kept by halves;
- nobody who received an effect receives another one under the same key, once receivers tell
  repetitions by their keys; what is due in the end was promised, each key once;
- the deals are in the state that one worker alone would have left.

Then as many processes sweep and write to the same deals at once without being killed, which has to
leave the very rows of one worker alone; and on PostgreSQL twenty workers are stopped before their
commit and go on when others have done their work, which may change nothing.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.store.crew import boundaries, check, crash, databases, stop_and_continue
from tests.store.together import sweep_together, write_together
from tests.store.works import WORKS

HANDS = {"sqlite": 2, "postgresql": 4}
"""How many write, and as many sweep."""
STOPPED = 20


def main(kills: int, seed: int, kind: str) -> None:
    """Run it on one kind of database."""
    started, hands = time.monotonic(), HANDS[kind]
    with tempfile.TemporaryDirectory() as name, databases(kind, Path(name)) as new:
        url = new()
        counts = check(url, crash(url, Path(name), kills, seed, hands))
        counts["killed before a statement"] = sum(boundaries(new, work) for work in WORKS)
        counts[f"promised by {2 * hands} at once"] = sweep_together(new(), 2 * hands, 200)
        counts[f"written by {2 * hands} at once"] = write_together(new(), 2 * hands, 200, seed)
        if kind == "postgresql":
            for _ in range(STOPPED):
                stop_and_continue(new())
            counts["stopped and continued"] = STOPPED
    said = ", ".join(f"{count:,} {what}" for what, count in counts.items())
    took = time.monotonic() - started
    sys.stdout.write(f"{kind}: {said}; nothing lost, nothing twice ({took:.0f} s)\n")


if __name__ == "__main__":
    arguments = dict(enumerate(sys.argv[1:]))
    for each in [arguments[2]] if 2 in arguments else HANDS:
        main(int(arguments.get(0, 50)), int(arguments.get(1, 1)), each)

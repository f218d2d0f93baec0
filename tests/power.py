"""
Let the power fail under a store on SQLite, and see whether anything is lost.

``python -m tests.power 2000`` has it fail two thousand times with each of the two ways in which a
store journals; ``2000 2`` at other moments. It takes some three minutes, and
`tests/store/test_power.py` does the same with a few. Writers and sweepers live short lives on a
disk that forgets (`tests/store/disk.py`): of what was not put on the disk, each sector may be there
or not or be torn, in any order, and so may files that were made or deleted. What must hold of what
is left, when the SQLite of Python opens it:

- the file is whole, and `Store.verify` finds nothing;
- every event that was said to be kept is there, and every effect that somebody was told of;
- nothing is kept by halves, and nothing is there that was never said;
- the deals are in the state that one worker alone would have left, and nothing that is due is
  missing.

Beside that the same is done with less than a store asks of SQLite, so that it is seen to be needed:
there something has to be lost.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).parent.parent))

from salesflow.store import sqlite
from tests.store.outage import try_outages

TO_A_LIFE = 25
"""So many times the power fails in each life."""
LESS = [("delete", "FULL", 2), ("wal", "NORMAL", 1), ("delete", "OFF", 0), ("wal", "OFF", 0)]


def main(count: int, seed: int) -> int:
    """Run it in both ways; return 1 if something was lost, or with less than is asked nothing."""
    wrong = 0
    for journal in ("delete", "wal"):
        found = lives(count, seed, journal)
        wrong |= found.keys() != {"fine"}
    for journal, name, value in LESS:
        with mock.patch.dict(sqlite._ASKED, synchronous=value):
            found = lives(max(count // 10, 100), seed, f"{journal}, synchronous = {name}")
        wrong |= found.keys() == {"fine"}
    return wrong


def lives(count: int, seed: int, said: str) -> Counter[str]:
    """Have the power fail so many times, and print what came of it."""
    started, found = time.monotonic(), Counter()
    numbers = range(seed * 1_000_000, seed * 1_000_000 + count // TO_A_LIFE)
    for number in numbers:
        found += try_outages(number, TO_A_LIFE, wal=said.startswith("wal"))
    counts = ", ".join(f"{n:,} {what}" for what, n in sorted(found.items()))
    took = time.monotonic() - started
    sys.stdout.write(f"{said}: {found.total():,} power failures: {counts} ({took:.0f} s)\n")
    sys.stdout.flush()
    return found


if __name__ == "__main__":
    given = dict(enumerate(map(int, sys.argv[1:])))
    sys.exit(main(given.get(0, 500), given.get(1, 1)))

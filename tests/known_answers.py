"""
Known answers with so many deals that an error of one percent would be seen.

``python tests/known_answers.py 1000000`` takes some minutes; a second number is the seed. One
answer in a hundred lies outside its interval by chance. Prints what is exact, what was simulated,
and half of the 99 % interval as a share of the exact one.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.simulation.known import ALL  # noqa: E402 - found from here on


def main(deals: int, seed: int = 1) -> int:
    """Print every answer; return how many lie outside their interval."""
    outside = wide = 0
    for answers in ALL:
        started = time.perf_counter()
        for answer in answers(deals, seed, fast=True):
            outside += not answer.holds
            wide += not answer.sees_one_percent
            sys.stdout.write(f"{answer}\n")
        sys.stdout.write(f"    {time.perf_counter() - started:.1f} s\n")
        sys.stdout.flush()
    sys.stdout.write(f"{outside} outside, {wide} wider than one percent\n")
    return outside


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:] or ["1000000"])) > 1)

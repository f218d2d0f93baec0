"""
A million random deals: the live deal, plain and compiled, and the slow referee say the same.

``python tests/agreement.py 1000000`` takes hours, in one process for each core; a second number
says from which seed on. A seed that is printed is a case that can be made again by
`tests.rules.cases.make_case`, where it says *migrated* by `tests.rules.changes.make_change`.
"""

from __future__ import annotations

import concurrent.futures
import datetime as dt
import gc
import itertools
import os
import sys
import time
from pathlib import Path

from salesflow.events import Migrated

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

# They are found from here on.
from tests.rules.answers import found, live_answer, slow_answer, slow_log_answer  # noqa: E402
from tests.rules.cases import Case, make_case, outcome, refusals  # noqa: E402
from tests.rules.changes import Change, make_change  # noqa: E402
from tests.rules.engines import compiled_rules  # noqa: E402
from tests.rules.replays import log_answer, plain_and_compiled  # noqa: E402

CHUNK = 200


def differences(seed: int) -> list[str]:
    """Return what is not agreed on in one case."""
    case = make_case(seed)
    deal = case.deal
    wrong = disagreements(case, case.nows, case.nows[-2])
    for now in case.nows:
        name, said = case.command(now)
        meant = refusals(case.slow, now, name, said)
        accepted, obstacles = outcome(deal, now, name, said)
        if meant != found(obstacles) or accepted == any(blocks for _, _, blocks in meant):
            wrong.append(f"{name} at {now}")
        # One that was refused changed nothing.
        deal = case.deal if accepted else deal
    return wrong


def differences_of_change(seed: int) -> list[str]:
    """Return what is not agreed on where deals come under other processes."""
    case = make_change(seed)
    deal = case.deal
    nows = [now for now in case.nows if now >= deal.opened_at]
    # Its rows are those of the latest process, which say nothing of an earlier instant.
    migrated_at = max(e.occurred_at for e in deal.events if isinstance(e, Migrated))
    until = max(nows[-1], migrated_at)
    return [f"{wrong}, migrated" for wrong in disagreements(case, nows, until)]


def disagreements(case: Case | Change, nows: list[dt.datetime], until: dt.datetime) -> list[str]:
    """
    Return what the referee does not say of a deal.

    The deal is asked plain, on compiled rules, and by its rows, run as a log *until*.
    """
    deal, slow, wrong = case.deal, case.slow, []
    with compiled_rules():
        fast_deal = case.deal
    for now in nows:
        expected = slow_answer(slow, now)
        for one, sort in ((deal, ""), (fast_deal, "compiled ")):
            said = live_answer(one, now)
            wrong += [f"{sort}{name} at {now}" for name in said if said[name] != expected[name]]
    plain, fast = plain_and_compiled(deal, until)
    logged, expected = log_answer(deal, fast), slow_log_answer(slow, until)
    wrong += [f"{name} of the log" for name in logged if logged[name] != expected[name]]
    return wrong if plain == fast else [*wrong, "compiled"]


def get_ready() -> None:
    """Compile; and spare the collector what is there to stay, which takes a tenth of the time."""
    differences(0)
    gc.freeze()


def chunk(first: int) -> dict[int, list[str]]:
    """Return the differences of some seeds."""
    seeds = range(first, first + CHUNK)
    told = {seed: differences(seed) + differences_of_change(seed) for seed in seeds}
    return {seed: wrong for seed, wrong in told.items() if wrong}


def say(*words: object) -> None:
    """Tell at once: a run takes hours."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def main(cases: int, first: int = 0) -> int:
    """Compare so many cases; return how many differ."""
    started, differ = time.monotonic(), 0
    chunks = range(first, first + cases, CHUNK)
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count(), initializer=get_ready) as pool:
        for done, told in zip(itertools.count(1), pool.map(chunk, chunks)):
            differ += len(told)
            for seed, wrong in told.items():
                say(f"seed {seed}:", ", ".join(wrong[:5]))
            if done % 50 == 0:
                say(f"{done * CHUNK:,} cases, {differ} differ, {time.monotonic() - started:,.0f} s")
    say(f"{len(chunks) * CHUNK:,} cases, {differ} differ, {time.monotonic() - started:,.0f} s")
    return differ


if __name__ == "__main__":
    sys.exit(bool(main(*map(int, sys.argv[1:] or ["1000"]))))

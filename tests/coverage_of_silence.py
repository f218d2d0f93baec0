"""
How often the intervals of `salesflow.history.studies.silence` hold the truth, over many histories.

    python tests/coverage_of_silence.py [--runs 2000] [--deals 150]

Each world has a known rate ratio of losses after five days of silence. The share of intervals that
hold it should be about 95 %, the mean logarithm of the ratio near that of the truth; spikes should
be named in no world without a timer. A short version runs with the tests.
"""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))
from salesflow.history.studies.comparison import compared
from salesflow.history.studies.dealdays import cells_of
from salesflow.history.studies.spikes import spikes_in
from tests.history.silent_deals import end_of, flat, immortal, live, spans_of_lives


def measure(world, deals, runs):
    """The share of intervals that hold the truth, those without one, the mean error, spikes."""
    truth, held, errors, spikes = world.lost_times, 0, [], 0
    for seed in range(runs):
        lives = live(world, deals, np.random.default_rng(seed))
        cells = cells_of(*spans_of_lives(lives), end_of(lives), 0)
        found = compared(cells, "lost", world.after, ("age",))
        if found.low is not None:
            held += found.low <= truth <= found.high
            errors.append(math.log(found.ratio / truth))
        spikes += len(spikes_in(cells)[0])
    return held / len(errors), runs - len(errors), float(np.mean(errors)), spikes


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--runs", type=int, default=2000, help="histories of each world")
    parser.add_argument("--deals", type=int, default=150, help="deals of each history")
    given = parser.parse_args(arguments)
    print(f"{given.runs:,} histories of {given.deals:,} deals each")  # noqa: T201
    for name, world in {
        "flat, no effect": flat(0.01, 0.004),
        "flat, half": flat(0.01, 0.004, lost_times=0.5),
        "flat, twice": flat(0.01, 0.004, lost_times=2.0),
        "steep, no effect": immortal(),
        "steep, twice": immortal(lost_times=2.0),
    }.items():
        held, none, error, spikes = measure(world, given.deals, given.runs)
        said = f"held {held:6.1%}  without one {none:>4}  mean log error {error:+.3f}"
        print(f"  {name:<18} {said}  spikes {spikes}")  # noqa: T201


if __name__ == "__main__":
    main()

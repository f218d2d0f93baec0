"""
A large definition: how long it takes to load and check 200 stages, draw them and export them.

Each is timed several times and the median is printed, in processor time. Run it with
``python -m benchmarks.definition``.
"""

from __future__ import annotations

import statistics
import time

import salesflow as sf
from salesflow.graph.export import TARGETS, export
from salesflow.process import Fact, Stage, Timer

STAGES = 200
TURNS = 5


def definition():
    """Return a process of 200 stages, every other one with a limit of its own."""
    names = [f"s{number}" for number in range(STAGES - 2)]
    timers = [
        Timer(id=f"limit_{name}", since="stage", after="10 days", stages=[name])
        for name in names[::2]
    ]
    return sf.Process(
        id="large",
        version="1",
        facts=[Fact(id="need", type="bool")],
        stages=[
            *(Stage(id=name, exit=["need"]) for name in names),
            Stage(id="won", kind="won"),
            Stage(id="lost", kind="lost"),
        ],
        contact_gaps=[sf.ContactGap(id="touch", warn="3 days", max="5 days")],
        timers=[Timer(id="cold", since="touch", after="30 days", move_to="lost"), *timers],
    )


def seconds(work):
    """Return the median of the processor time that *work* takes."""
    taken = []
    for _ in range(TURNS):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return statistics.median(taken)


def main():
    """Time everything that is done with a definition."""
    process = definition()
    text = sf.dump_process(process)
    works = {
        "load and check": lambda: sf.check_process(sf.load_process(text)),
        "draw": lambda: sf.draw(process),
        **{f"export to {target}": lambda to=target: export(process, to) for target in TARGETS},
    }
    print(f"{STAGES} stages, {len(process.timers)} timers")
    for name, work in works.items():
        print(f"  {name:18} {seconds(work):6.2f} s")


if __name__ == "__main__":
    main()

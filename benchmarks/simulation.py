"""
Simulation: deals a second, next to SimPy and Ciw with the same models.

``python -m benchmarks.simulation [--deals N] [--compile]``: one core. Times are of the processor,
the best of three after a first call; the first call loads machine code, or with ``--compile``
compiles it in an empty cache. A time covers all that a user of the tool does: the model is built,
run from empty to the last deal, and counted. SimPy and Ciw are optional; without them their lines
are left out. SimPy gets fewer deals, since all of them are alive at once.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import os
import platform
import random
import resource
import tempfile
import time

from salesflow import Behaviour, Process, Stage, Timer, load_process, simulate
from salesflow.rules.compiled import compiled
from salesflow.simulation import stream
from salesflow.simulation.distributions import Exponential
from salesflow.simulation.parts import Arrivals, Capacity, StageLife

STAGES = tuple(f"step_{number}" for number in range(7))
WORK_DAYS, LIMIT_DAYS = 4, 10
EXACT_WON = 0.5491
RATE, SERVED, PATIENCE, REPS = 0.4, 0.1, 0.05, 3
EXACT_LEFT = 0.3068


def timed(call, repeats=3):
    """The processor time of the first call, of the best of the later ones, and its result."""
    times = []
    for _ in range(repeats + 1):
        begin = time.process_time()
        result = call()
        times.append(time.process_time() - begin)
    return times[0], min(times[1:]), result


def ends(*stages):
    return [
        *(Stage(id=name) for name in stages),
        Stage(id="won", kind="won"),
        Stage(id="lost", kind="lost"),
    ]


def our_race(deals):
    """Seven stages, each raced by a timer of the process."""
    killer = Timer(id="slow", since="stage", after=f"{LIMIT_DAYS} days", move_to="lost")
    process = Process(id="race", version="1", stages=ends(*STAGES), timers=[killer])
    behaviour = Behaviour(
        stages=[
            StageLife(stage=name, work=Exponential(f"{WORK_DAYS} days"), then={after: 1})
            for name, after in zip(STAGES, (*STAGES[1:], "won"), strict=True)
        ]
    )
    return simulate(process, deals, behaviour=behaviour, fast=True).count("won") / deals


def simpy_race(deals):
    """The same as processes of SimPy, each waiting for whichever comes first."""
    import simpy

    rng = random.Random(1)
    env = simpy.Environment()
    won = []

    def deal():
        for _ in STAGES:
            work = env.timeout(rng.expovariate(1 / WORK_DAYS), "work")
            first = yield work | env.timeout(LIMIT_DAYS, "timer")
            if work not in first:
                return
        won.append(1)

    for _ in range(deals):
        env.process(deal())
    env.run()
    return len(won) / deals


def simpy_plain_race(deals):
    """The same, told by hand which comes first: the fastest that SimPy can be."""
    import simpy

    rng = random.Random(1)
    env = simpy.Environment()
    won = []

    def deal():
        for _ in STAGES:
            work = rng.expovariate(1 / WORK_DAYS)
            yield env.timeout(min(work, LIMIT_DAYS))
            if work > LIMIT_DAYS:
                return
        won.append(1)

    for _ in range(deals):
        env.process(deal())
    env.run()
    return len(won) / deals


def our_queue(deals):
    """Reps as servers, buyers who leave while they wait; a day of the books is two minutes."""
    life = StageLife(
        stage="talk",
        effort=Exponential(f"{round(2 / SERVED)} minutes"),
        patience=Exponential(f"{round(2 / PATIENCE)} minutes"),
        then={"won": 1},
    )
    behaviour = Behaviour(
        arrivals=Arrivals(every=Exponential(f"{round(2 / RATE)} minutes")),
        stages=[life],
        capacity=Capacity.of(REPS),
    )
    process = Process(id="desk", version="1", stages=ends("talk"))
    return simulate(process, deals, behaviour=behaviour, fast=True).count("lost") / deals


def ciw_queue(deals):
    """The same as a network of Ciw."""
    import ciw

    ciw.seed(1)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(RATE)],
        service_distributions=[ciw.dists.Exponential(SERVED)],
        number_of_servers=[REPS],
        reneging_time_distributions=[ciw.dists.Exponential(PATIENCE)],
    )
    run = ciw.Simulation(network)
    run.simulate_until_max_customers(deals, method="Arrive")
    records = run.get_all_records()
    left = sum(record.record_type == "renege" for record in records)
    return left / len(records)


def row(name, first, best, deals, found, *, exact):
    print(f"  {name:<44} {first:7.2f} s {deals / best:12,.0f} deals/s   {found:.4f} ({exact})")
    return deals / best


def million(deals):
    """The whole of six-step with what is assumed for it, part by part."""
    process = load_process("six-step")
    won = events = count = 0
    begin = time.process_time()
    for part in stream(process, deals, fast=True):
        won += int((part.columns["kind"] == 1).sum())
        events += int(part.columns["events"].sum())
        count += len(part)
    seconds = time.process_time() - begin
    room = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"six-step with all rules, {count:,} deals, {events:,} events, {won:,} won")
    print(f"  {seconds:.1f} s, {count / seconds:,.0f} deals/s, {events / seconds:,.0f} events/s")
    print(f"  the largest memory of this process: {room:,.0f} MiB")


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deals", type=int, default=1_000_000, help="for the last part")
    parser.add_argument("--compile", action="store_true", help="compile anew, in an empty cache")
    given = parser.parse_args(arguments)
    packages = [p for p in ("numba", "numpy", "simpy", "ciw") if importlib.util.find_spec(p)]
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in packages)
    print(f"Python {platform.python_version()}, one of {os.cpu_count()} cores, {versions}\n")
    with tempfile.TemporaryDirectory() as folder:
        if given.compile:
            os.environ["NUMBA_CACHE_DIR"] = folder
            compiled.cache_clear()
        run_all(given.deals)


def run_all(deals):
    print(f"seven stages raced by a timer, share won (exact)  {'first':>8}")
    first, best, found = timed(lambda: our_race(200_000))
    ours = row("salesflow, compiled", first, best, 200_000, found, exact=EXACT_WON)
    if importlib.util.find_spec("simpy"):
        for name, model in (
            ("SimPy, work | timer", simpy_race),
            ("SimPy, the shorter one", simpy_plain_race),
        ):
            first, best, found = timed(lambda model=model: model(20_000), 1)
            theirs = row(name, first, best, 20_000, found, exact=EXACT_WON)
            print(f"  {'':<44} {ours / theirs:9.0f} x")
    print("\nErlang-A, M/M/3 + M: share that leaves (exact)")
    first, best, found = timed(lambda: our_queue(100_000))
    ours = row("salesflow, compiled", first, best, 100_000, found, exact=EXACT_LEFT)
    if importlib.util.find_spec("ciw"):
        first, best, found = timed(lambda: ciw_queue(100_000))
        theirs = row("Ciw", first, best, 100_000, found, exact=EXACT_LEFT)
        print(f"  {'':<44} {ours / theirs:9.0f} x")
    print()
    million(deals)


if __name__ == "__main__":
    main()

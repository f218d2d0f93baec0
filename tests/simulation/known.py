"""
Known answers: figures that are worked out exactly, and what a simulation says of them.

Each is a function of how many deals, a seed and whether to compile, and yields answers. Where the
books count the time of queues in days, here it is counted in two minutes: so a million deals come
within twenty years.
"""

import math
from typing import NamedTuple

import attrs
import numpy as np

from salesflow import Behaviour, Process, Stage, Timer, simulate
from salesflow.calendars.arithmetic import DAY, MINUTE
from salesflow.simulation.distributions import Exponential
from salesflow.simulation.parts import Arrivals, Capacity, StageLife, Touches

Z_99 = 2.5758293035489004


class Answer(NamedTuple):
    """One figure: what it is, what it must be, what came out, and half of its 99 % interval."""

    name: str
    exact: float
    found: float
    half: float

    @property
    def holds(self):
        return abs(self.found - self.exact) <= self.half

    @property
    def sees_one_percent(self):
        """Whether the interval is so narrow that an error of one percent would be seen."""
        return self.half < 0.01 * abs(self.exact)

    def __str__(self):
        sign = "" if self.holds else "  <-- outside"
        share = self.half / abs(self.exact)
        return f"{self.name:<62} {self.exact:10.4f} {self.found:10.4f} ± {share:6.2%}{sign}"


def mean(name, exact, values, batches=None):
    """An answer about a mean; in *batches* where one value depends on the one before."""
    values = np.asarray(values, dtype=float)
    if batches:
        values = np.array([part.mean() for part in np.array_split(values, batches)])
    half = Z_99 * values.std(ddof=1) / math.sqrt(len(values))
    return Answer(name, exact, values.mean(), half)


def share(name, exact, hits):
    """An answer about a share; its spread is that of the exact one."""
    hits = np.asarray(hits, dtype=float)
    half = Z_99 * math.sqrt(exact * (1 - exact) / len(hits))
    return Answer(name, exact, hits.mean(), half)


def process(*stages, timers=()):
    """A process of open stages in a row, a won and a lost one, with nothing asked."""
    opened = [Stage(id=name) for name in stages]
    ends = [Stage(id="won", kind="won"), Stage(id="lost", kind="lost")]
    return Process(id="known", version="1", stages=[*opened, *ends], timers=timers)


def minutes(days):
    return f"{round(days * 1440)} minutes"


def run(found, deals, seed, fast, behaviour, *, horizon="20000 days"):
    return simulate(found, deals, seed=seed, behaviour=behaviour, horizon=horizon, fast=fast)


def lived(result):
    """How long each deal lived, in days; every one of them has ended."""
    assert result.count("open") == 0
    return (result.columns["closed_at"] - result.columns["opened_at"]) / DAY


def first_silence(deals, seed, fast):
    """Memoryless touches every 1/rate days: when silence first lasts longer than so many days."""
    for every, gap in ((3, 3), (3, 5), (2, 5), (1, 5)):
        rate = 1 / every
        exact = (math.exp(rate * gap) - 1) / rate
        killer = Timer(id="silent", since="touch", after=f"{gap} days", move_to="lost")
        touches = Touches(every=Exponential(f"{every} days"))
        behaviour = Behaviour(touches=touches)
        # The longer the wait, the dearer the deal.
        count = max(200, int(deals * 5 / exact))
        result = run(process("talk", timers=[killer]), count, seed, fast, behaviour)
        yield mean(f"first silence of {gap} days, touched every {every}", exact, lived(result))


def killed_share(deals, seed, fast):
    """The share that a silence limit kills before an exponential stage ends."""
    for every, stage, gap in ((2, 10, 5), (3, 14, 5), (3, 14, 3), (1, 30, 5)):
        rate, end = 1 / every, 1 / stage
        decay = math.exp(-(rate + end) * gap)
        exact = (rate + end) * decay / (end + rate * decay)
        killer = Timer(id="silent", since="touch", after=f"{gap} days", move_to="lost")
        behaviour = Behaviour(
            stages=[StageLife(stage="talk", work=Exponential(f"{stage} days"), then={"won": 1})],
            touches=Touches(every=Exponential(f"{every} days")),
        )
        result = run(process("talk", timers=[killer]), deals, seed, fast, behaviour)
        name = f"killed by {gap} days of silence, touched every {every}, stage of {stage}"
        yield share(name, exact, result.columns["kind"] == 2)


STEPS = tuple(f"step_{number}" for number in range(7))


def races(deals, seed, fast):
    """Seven exponential stages, each raced by an exponential loss."""
    exact = 30 / (3 + 30)
    following = dict(zip(STEPS, (*STEPS[1:], "won"), strict=True))
    behaviour = Behaviour(
        stages=[
            StageLife(
                stage=name,
                work=Exponential("3 days"),
                then={following[name]: 1},
                lose=Exponential("30 days"),
            )
            for name in STEPS
        ]
    )
    columns = run(process(*STEPS), deals, seed, fast, behaviour).columns
    yield share("a stage of 3 days before a loss in 30", exact, columns["visits"][:, 1] > 0)
    yield share("seven of them in a row", exact**7, columns["kind"] == 1)


def timed_race(deals, seed, fast):
    """Seven exponential stages, each raced by a timer of the process."""
    exact = (1 - math.exp(-10 / 4)) ** 7
    following = dict(zip(STEPS, (*STEPS[1:], "won"), strict=True))
    behaviour = Behaviour(
        stages=[
            StageLife(stage=name, work=Exponential("4 days"), then={following[name]: 1})
            for name in STEPS
        ]
    )
    killer = Timer(id="slow", since="stage", after="10 days", move_to="lost")
    columns = run(process(*STEPS, timers=[killer]), deals, seed, fast, behaviour).columns
    yield share("seven stages of 4 days, none above 10", exact, columns["kind"] == 1)


CHAIN = {
    "a": (2, {"b": 0.7, "lost": 0.3}),
    "b": (5, {"c": 0.6, "a": 0.2, "lost": 0.2}),
    "c": (3, {"won": 0.5, "b": 0.3, "lost": 0.2}),
}
"""Stages: their mean in days, and where deals go from there."""


def chain(deals, seed, fast):
    """An absorbing chain: chance to win, mean and variance of the time, share by a day."""
    names = list(CHAIN)
    behaviour = Behaviour(
        stages=[
            StageLife(stage=name, work=Exponential(f"{days} days"), then=then)
            for name, (days, then) in CHAIN.items()
        ]
    )
    result = run(process(*names), deals, seed, fast, behaviour)
    days, won = lived(result), result.columns["kind"] == 1
    between = np.array([[then.get(to, 0) for to in names] for _, then in CHAIN.values()])
    means = np.array([mean_days for mean_days, _ in CHAIN.values()])
    fundamental = np.linalg.inv(np.eye(3) - between)
    to_won = np.array([then.get("won", 0) for _, then in CHAIN.values()])
    yield share("absorbing chain: won", (fundamental @ to_won)[0], won)
    yield mean("absorbing chain: days", (fundamental @ means)[0], days)
    # A phase-type distribution: moments and survival from the generator.
    generator = (between - np.eye(3)) / means[:, None]
    inverse = np.linalg.inv(-generator)
    raw = [
        math.factorial(n) * np.linalg.matrix_power(inverse, n).sum(axis=1)[0] for n in range(1, 5)
    ]
    first, variance = raw[0], raw[1] - raw[0] ** 2
    fourth = raw[3] - 4 * first * raw[2] + 6 * first**2 * raw[1] - 3 * first**4
    half = Z_99 * math.sqrt((fourth - variance**2) / deals)
    found = ((days - first) ** 2).mean()
    yield Answer("absorbing chain: variance of the days", variance, found, half)
    values, vectors = np.linalg.eig(generator)
    left = vectors @ np.diag(np.exp(values * 10)) @ np.linalg.inv(vectors)
    yield share("phase-type: still open after 10 days", left[0].sum().real, days > 10)


GROUPS = ((200, 0.26), (100, 0.31), (50, 0.32), (20, 0.75))


def pipeline(deals, seed, fast):
    """A pipeline of independent deals: mean and spread of the share that is won."""
    total = sum(count for count, _ in GROUPS)
    times = max(40, deals // total)
    won = np.zeros(times)
    for number, (count, chance) in enumerate(GROUPS):
        then = {"won": chance, "lost": 1 - chance}
        life = StageLife(stage="talk", work="1 day", then=then)
        behaviour = Behaviour(stages=[life])
        result = run(process("talk"), count * times, seed + number, fast, behaviour)
        won += (result.columns["kind"] == 1).reshape(times, count).sum(axis=1)
    exact = sum(count * chance for count, chance in GROUPS) / total
    spread = math.sqrt(sum(count * p * (1 - p) for count, p in GROUPS)) / total
    yield mean("pipeline of 370: mean share won", exact, won / total)
    found = (won / total - exact) ** 2
    yield mean("pipeline of 370: variance of it, in millionths", spread**2 * 1e6, found * 1e6)


def queue(reps, rate, served, patience=None):
    """A desk with so many reps: process and behaviour."""
    life = StageLife(
        stage="talk",
        effort=Exponential(f"{round(2 / served)} minutes"),
        then={"won": 1},
        patience=None if patience is None else Exponential(f"{round(2 / patience)} minutes"),
    )
    return process("talk"), Behaviour(
        arrivals=Arrivals(every=Exponential(f"{round(2 / rate)} minutes")),
        stages=[life],
        capacity=Capacity.of(reps),
    )


def queues(deals, seed, fast):
    """M/M/3, M/M/4: mean wait; Erlang-A: the share that leaves unserved. From the tenth deal on."""
    for reps, exact in ((3, 40 / 9), (4, 20 / 23)):
        desk, behaviour = queue(reps, 0.2, 0.1)
        result = run(desk, deals, seed, fast, behaviour, horizon="300 days")
        waited = result.columns["waited"][deals // 10 :] / (2 * MINUTE)
        yield mean(f"M/M/{reps}: mean wait", exact, waited, batches=30)
    desk, behaviour = queue(3, 0.4, 0.1, 0.05)
    result = run(desk, deals, seed, fast, behaviour, horizon="300 days")
    left = result.columns["kind"][deals // 10 :] == 2
    yield mean("Erlang-A: share that leaves unserved", erlang_a(3, 0.4, 0.1, 0.05), left, 30)


def erlang_a(reps, rate, served, patience):
    """The share that leaves unserved, from the balance of births and deaths."""
    weights = [1.0]
    for number in range(1, 2000):
        death = min(number, reps) * served + max(0, number - reps) * patience
        weights.append(weights[-1] * rate / death)
    waiting = sum(max(0, n - reps) * weight for n, weight in enumerate(weights))
    return patience * waiting / sum(weights) / rate


def limited(deals, seed, fast):
    """A limit on open deals: above it a buyer goes, or waits with patience, or waits for ever."""
    late = deals // 10
    # Whoever comes while six deals are open goes at once: M/M/3/6.
    reps, limit, rate, served = 3, 6, 0.4, 0.1
    desk, behaviour = queue(reps, rate, served)
    full = attrs.evolve(behaviour.capacity, open_limit=limit, patience=0)
    result = run(desk, deals, seed, fast, attrs.evolve(behaviour, capacity=full), horizon="9 days")
    weights = [math.prod(rate / (min(n, reps) * served) for n in range(1, k + 1)) for k in range(7)]
    shares = [weight / sum(weights) for weight in weights]
    turned_away = result.columns["stage"][late:] == -1
    yield mean("M/M/3/6: share that finds it full", shares[limit], turned_away, batches=30)
    queueing = sum(max(0, n - reps) * share for n, share in enumerate(shares))
    waited = result.columns["waited"][late:][~turned_away] / (2 * MINUTE)
    exact = queueing / (rate * (1 - shares[limit]))
    yield mean("M/M/3/6: mean wait of the others", exact, waited, batches=30)
    # As many open deals as reps: all waiting is before the opening, which changes nothing else.
    full = attrs.evolve(full, open_limit=reps, patience=Exponential("40 minutes"))
    result = run(desk, deals, seed, fast, attrs.evolve(behaviour, capacity=full), horizon="9 days")
    left = result.columns["stage"][late:] == -1
    exact = erlang_a(reps, rate, served, 0.05)
    yield mean("Erlang-A before the opening: share that leaves", exact, left, batches=30)
    desk, behaviour = queue(reps, 0.2, served)
    full = attrs.evolve(behaviour.capacity, open_limit=4)
    result = run(desk, deals, seed, fast, attrs.evolve(behaviour, capacity=full), horizon="9 days")
    waited = (result.columns["queued"] + result.columns["waited"])[late:] / (2 * MINUTE)
    yield mean("M/M/3, four open at most: mean wait before and after", 40 / 9, waited, batches=30)


ALL = (first_silence, killed_share, races, timed_race, chain, pipeline, queues, limited)

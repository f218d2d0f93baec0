"""
What a planned next step is worth: a rep at random, one who heeds the rule, one who books.

The five-day rule closes a deal after five days of silence. Touches come every three days on
average in all three cases. For the first there is an exact answer to hold the simulation against.
"""

from __future__ import annotations

import math

import attrs

from salesflow import Behaviour, Process, Stage, Timer, simulate
from salesflow.simulation.distributions import Exponential
from salesflow.simulation.parts import StageLife, Touches

process = Process(
    id="five-days",
    version="1",
    stages=[
        Stage(id="talk"),
        Stage(id="won", kind="won"),
        Stage(id="lost", kind="lost"),
    ],
    timers=[Timer(id="silence", since="touch", after="5 days", move_to="lost")],
)
behaviour = Behaviour(
    stages=[StageLife(stage="talk", work=Exponential("14 days"), then={"won": 1})]
)
reps = {
    "touches at random": Touches(every=Exponential("3 days")),
    "forgets one in ten": Touches(every="3 days", forgets=0.1),
    "books the next step": Touches(every="3 days", booked=1),
}

for name, touches in reps.items():
    result = simulate(
        process, 4_000, seed=1, behaviour=attrs.evolve(behaviour, touches=touches), fast=False
    )
    share = result.count("lost") / len(result)
    half = 2.576 * math.sqrt(share * (1 - share) / len(result))
    print(f"{name:<20} {share:6.1%} ± {half:.1%} of the deals are lost to silence")

touch, end = 1 / 3, 1 / 14
decay = math.exp(-(touch + end) * 5)
exact = (touch + end) * decay / (end + touch * decay)
print(f"{'exact, at random':<20} {exact:6.1%}")

"""
How many reps, how many open deals at a time, and how long may a buyer hear nothing?

More leads come than two reps can serve. Without a limit on open deals everybody waits for everybody
else, and buyers cool in the meantime: reps work on deals that are dead. With a limit the others
wait outside, for as long as they care to; with three reps it costs more than it brings.
"""

from __future__ import annotations

from salesflow import Behaviour, Calendar, ContactGap, Process, Stage
from salesflow.simulation import grid
from salesflow.simulation.distributions import Exponential
from salesflow.simulation.parts import Arrivals, Capacity, Cooling, StageLife, Touches

REPS, LIMIT, GAP = (
    "behaviour.capacity.reps",
    "behaviour.capacity.open_limit",
    "contact_gaps.any.max",
)

process = Process(
    id="two-efforts",
    version="1",
    calendar=Calendar("Europe/Berlin", hours={"mon-fri": ["09:00-17:00"]}),
    stages=[
        Stage(id="proof"),
        Stage(id="close"),
        Stage(id="won", kind="won"),
        Stage(id="lost", kind="lost"),
    ],
    contact_gaps=[ContactGap(id="any", max="5 days")],
)
effort, work = Exponential("5 business hours"), Exponential("5 days")
behaviour = Behaviour(
    arrivals=Arrivals(every=Exponential("3 business hours")),
    stages=[
        StageLife(stage="proof", effort=effort, work=work, then={"close": 3, "lost": 1}),
        StageLife(stage="close", effort=effort, work=work, then={"won": 4, "lost": 1}),
    ],
    touches=Touches(
        every=Exponential("7 days"), heeds=0.8, ahead="1 day", minutes="30 business minutes"
    ),
    cooling=Cooling(half="10 days", grace="2 days"),
    capacity=Capacity(reps=2, patience=Exponential("30 days")),
)

found = grid(
    process,
    {REPS: [2, 3], LIMIT: [None, 20, 10], GAP: ["3 days", "6 days"]},
    deals=150,
    runs=4,
    behaviour=behaviour,
    warmup="20 days",
    horizon="60 days",
    fast=False,
)
print("reps  open at most  gap       won %              left %  rep-hours per win")
for cell in found.cells:
    reps, limit, gap = cell.labels
    won, left, hours = (cell.figure(name) for name in ("won", "never_opened", "rep_hours_per_win"))
    print(
        f"{reps:>4}  {limit.replace('None', 'all'):>12}  {gap}  "
        f"{won.value:6.1%} ({won.low:.1%} to {won.high:.1%})  {left.value:6.1%}  {hours.value:6.1f}"
    )

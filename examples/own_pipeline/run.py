"""
From a CRM export to a simulation of one's own pipeline: learn, check, then ask what if.

The sample that ships with the package is synthetic: 200 deals of ten reps.
"""

from __future__ import annotations

import datetime as dt

import attrs

import salesflow as sf
from salesflow.samples import PROCESS, sample_file

AS_OF = dt.datetime(2024, 6, 14, 21, tzinfo=dt.UTC)

process = sf.load_process(PROCESS)
log = sf.EventLog.from_csv(sample_file("crm.csv"), process, sample_file("crm-mapping.toml"))

# What do people do?
found = sf.fit(log, process, AS_OF)
for part in found.parts:
    print(f"{part.part:<18}{part.seen:>6,} seen{part.going_on:>6,} going on")
print(found.behaviour.stage["proof"].then)

# Is that a fair picture?
check = found.check(fast=False)
print()
print(check)

# What if deals were closed after two weeks of silence, and what if reps kept the gap then?
patient = process.replace("timers.gone_cold.after", "60 days")
strict = process.replace({"timers.gone_cold.after": "14 days", "timers.gone_cold.notice": "2 days"})
heeded = attrs.evolve(found.behaviour.touches, heeds=0.9)
people = {
    "as they are": found.behaviour,
    "keep the gap": attrs.evolve(found.behaviour, touches=heeded),
}
print()
for name, behaviour in people.items():
    before = sf.simulate(patient, 400, behaviour=behaviour, fast=False)
    after = sf.simulate(strict, 400, behaviour=behaviour, until=before.until, fast=False)
    won = sf.compare(before, after)["won"]
    print(f"reps {name}: {won.before:.0%} won under 60 days of silence, {won.after:.0%} under 14")

"""What is said is the same in every process: whatever the hash seed, the zone and the language."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.long

SCRIPT = """
import datetime as dt, json
import salesflow as sf
from salesflow.graph import prove
from salesflow.graph.export import to_bpmn, to_scxml, to_xstate

now = dt.datetime(2026, 3, 31, tzinfo=dt.UTC)
one, other = map(sf.load_process, ("six-step", "whale-hunt"))
for process in (one, other):
    print(process.hash, sf.dump_process(process), prove(process), sf.check_process(process))
    print(*(sf.draw(process, format=each).text for each in ("svg", "mermaid", "dot", "text")))
    for export in map(lambda make: make(process), (to_xstate, to_scxml, to_bpmn)):
        print(export.text, *export.losses)
    print(list(sf.to_networkx(process).edges(data=True)))
print(sf.diff(one, other))
run = sf.simulate(one, deals=20, seed=0, fast=False)
audit = sf.audit(run.event_log(), one, now, fast=False)
print(audit, json.dumps(audit.to_dict()))
deals = [deal for deal in map(run.deal, range(20)) if deal.opened_at < now]
for deal in deals:
    print(deal.timeline(now), deal.explain(now), *deal.effects(now), *deal.ledger(now))
    print(json.dumps([event.to_dict() for event in deal.events]))
print(*sf.agenda(deals, now), sf.pulse(deals, now))
"""


def told(**environment):
    """What a process of its own says."""
    answer = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, "PYTHONUTF8": "1", **environment},
        capture_output=True,
        check=True,
        text=True,
        encoding="utf-8",
    )
    return answer.stdout


def test_same_everywhere():
    """Sets have another order with every hash seed, and midnight is elsewhere in Nepal."""
    first = told(PYTHONHASHSEED="0", TZ="UTC", LC_ALL="C")

    assert len(first) > 100_000
    assert first == told(PYTHONHASHSEED="1", TZ="Asia/Kathmandu", LC_ALL="de_DE.UTF-8")

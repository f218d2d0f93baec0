"""
A process is made stricter while deals are running under it.

The host keeps what its deals need in files: each process under its hash, the events of each deal.
It looks at what is different, at what that does to its deals, and lets them change over; then it
reads everything again, as it would on the next day. What is printed is what the team sees.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import salesflow as sf
from salesflow.change import Plan
from salesflow.events import Migrated

DAY = dt.timedelta(days=1)
MONDAY = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
TODAY = MONDAY + 28 * DAY
CALLS = {"ACME": (1, 8, 15, 22, 26), "BOLT": (1, 6, 16), "CROW": (2,), "DUNE": (1, 12, 23)}
"""The days on which a call took place, for each deal."""


def save(folder: Path, deal: sf.Deal) -> None:
    """Keep a deal: its events, and every process that it ran under."""
    for process in deal.processes:
        (folder / f"{process.hash}.toml").write_text(sf.dump_process(process), encoding="utf-8")
    lines = [json.dumps(event.to_dict()) for event in deal.events]
    (folder / f"{deal.id}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    deal.saved()


def load(folder: Path, name: str) -> sf.Deal:
    """Read a deal again; its events say by hash which process it runs under in the end."""
    lines = (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    events = [sf.event_from_dict(json.loads(line)) for line in lines]
    processes = {path.stem: sf.load_process(path) for path in folder.glob("*.toml")}
    opened, *others = events
    pins = [event.to_process for event in others if isinstance(event, Migrated)]
    last = processes[pins[-1] if pins else opened.process]
    return sf.Deal.replay(last, events, earlier=processes.values())


def tell(plan: Plan) -> None:
    """Show a plan, and what stands in its way."""
    print(plan)
    for problem in plan.problems:
        print(f"  to do: {problem}")


def main() -> None:
    """Run the example."""
    folder = Path("deals")
    folder.mkdir()
    old = sf.load_process("six-step")
    for name, days in CALLS.items():
        deal = sf.Deal.open(old, id=name, at=MONDAY, owner="dana")
        for day in days:
            deal.log("call", at=MONDAY + day * DAY, by="dana", minutes=20)
        save(folder, deal)

    new = old.replace(
        {
            "version": "2026.2",
            "contact_gaps.touch.warn": "2 business days",
            "contact_gaps.touch.max": "3 business days",
            "timers.gone_cold.after": "21 days",
            "timers.gone_cold.escalate": [{"after": "21 days", "to": "sales_manager"}],
        }
    )
    print(sf.diff(old, new))

    deals = [load(folder, name) for name in CALLS]
    plan = sf.migrate(deals, new, at=TODAY, reason="agreed on 30 March", by="kim")
    tell(plan)

    # Somebody calls before the plan is applied: it is made anew, with the call.
    deals[2].log("call", at=TODAY - DAY, recorded_at=TODAY, by="dana", minutes=5)
    try:
        plan.apply()
    except sf.SalesflowError as error:
        print(error)
    plan = sf.migrate(deals, new, at=TODAY, reason="agreed on 30 March", by="kim")
    tell(plan)
    plan.apply()
    for deal in deals:
        save(folder, deal)

    for name in CALLS:
        deal = load(folder, name)
        state = deal.state(TODAY)
        print(f"{name}: {deal.process.version}, {state.stage}, {state.status}")
        for effect in deal.effects(TODAY):
            if effect.status == "due" and effect.at == TODAY:
                print(f"  {effect}")


if __name__ == "__main__":
    main()

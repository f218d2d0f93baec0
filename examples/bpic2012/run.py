"""Audit the log of the BPI Challenge 2012; its path is the only argument."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import salesflow as sf

HERE = Path(__file__).parent
AS_OF = dt.datetime(2012, 1, 1, tzinfo=dt.UTC)

if len(sys.argv) == 1:
    print("Name the log: python run.py path/to/the/log.csv.gz (README.md says where it is from)")
    sys.exit()

process = sf.load_process(HERE / "process.toml")
log = sf.EventLog.from_csv(sys.argv[1], process, HERE / "mapping.toml")
found = sf.audit(log, process, AS_OF)
print(found)

print()
print("Open deals that are longest in breach:")
breached = [deal for deal in found.deals if deal.kind == "open" and deal.status == "breached"]
for deal in sorted(breached, key=lambda deal: deal.last_touch_at or deal.opened_at)[:5]:
    silent = AS_OF - (deal.last_touch_at or deal.opened_at)
    print(f"  {deal.deal_id} in {deal.stage}: {silent.days} days since the last contact")

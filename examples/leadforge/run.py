"""Audit the tables of leadforge, a generator of CRM data; their folder is the only argument."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import salesflow as sf

HERE = Path(__file__).parent
AS_OF = dt.datetime(2024, 5, 1, tzinfo=dt.UTC)

if len(sys.argv) == 1:
    print("Name the folder: python run.py path/to/tables (README.md says where they are from)")
    sys.exit()

folder = Path(sys.argv[1])
tables = {
    "opportunities": next(folder.glob("*opportunities.csv*")),
    "touches": next(folder.glob("*touches.csv*")),
    "activities": next(folder.glob("*sales_activities.csv*")),
}
process = sf.load_process("six-step")
log = sf.EventLog.from_csv(tables, process, HERE / "mapping.toml")
print(sf.audit(log, process, AS_OF))

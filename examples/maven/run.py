"""Audit the "CRM Sales Opportunities" of Maven Analytics; the file is the only argument."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import salesflow as sf

HERE = Path(__file__).parent
AS_OF = dt.datetime(2018, 1, 1, 6, tzinfo=dt.UTC)

if len(sys.argv) == 1:
    print(
        "Name the file: python run.py path/to/sales_pipeline.csv (README.md says where it is from)"
    )
    sys.exit()

process = sf.load_process("six-step")
log = sf.EventLog.from_csv(sys.argv[1], process, HERE / "mapping.toml")
print(sf.audit(log, process, AS_OF))

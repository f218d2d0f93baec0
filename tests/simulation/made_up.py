"""Made-up columns of a simulation, so that figures can be tested where the truth is known."""

from __future__ import annotations

import datetime as dt

import numpy as np

import salesflow as sf
from salesflow.calendars import to_datetime, to_micros
from salesflow.simulation import Behaviour
from salesflow.simulation.parts import StageLife, Touches
from salesflow.simulation.result import COLUMNS, NEVER
from salesflow.simulation.summary import Summary

HOUR = 3_600_000_000
DAY = 24 * HOUR
START = dt.datetime(2026, 1, 5, 14, tzinfo=dt.UTC)

TEXT = """
format = 1

[process]
id = "short"
version = "1"
currency = "EUR"

[calendar]
timezone = "UTC"

[[stages]]
id = "talk"
exit = []

[[stages]]
id = "won"
kind = "won"

[[stages]]
id = "lost"
kind = "lost"

[[stages]]
id = "later"
kind = "parked"

[[contact_gaps]]
id = "touch"
touch = "any"
max = "5 days"

[[timers]]
id = "gone_cold"
since = "touch"
after = "5 days"
move_to = "lost"

[[timers]]
id = "too_old"
since = "opened"
after = "900 days"
move_to = "lost"
"""

SHORT = sf.load_process(TEXT)
BEHAVIOUR = Behaviour(
    stages=[StageLife(stage="talk", effort="4 hours")], touches=Touches(minutes="30 minutes")
)
TALK, WON, LOST, LATER = range(4)
OPEN_KIND, WON_KIND, LOST_KIND, PARKED_KIND = 0, 1, 2, 3
KIND_OF = {TALK: OPEN_KIND, WON: WON_KIND, LOST: LOST_KIND, LATER: PARKED_KIND}


def columns(stage, lasted, *, window=100 * DAY, **given):
    """
    Columns of deals that all opened at START and were last moved after *lasted*.

    Args:
        stage: Number of the stage at the end; -1: not opened.

        lasted: Microseconds from the opening to the move into that stage.

        window: From the opening to the end.

        given: Other columns as they are to be.
    """
    stage, lasted = np.asarray(stage, dtype=np.int64), np.asarray(lasted, dtype=np.int64)
    count = len(stage)
    opened = np.full(count, to_micros(START))
    kind = np.array([KIND_OF.get(each, -1) for each in stage.tolist()], dtype=np.int64)
    closed = np.isin(kind, (WON_KIND, LOST_KIND))
    entered = np.where(stage == TALK, opened, opened + lasted)
    spent = np.zeros((count, 4), dtype=np.int64)
    visits = np.zeros((count, 4), dtype=np.int64)
    is_open = stage >= 0
    visits[is_open, TALK] = 1
    visits[is_open, stage[is_open]] = 1
    spent[:, TALK] = np.where(stage == TALK, window, lasted)
    moved = is_open & (stage != TALK)
    spent[moved, stage[moved]] = window - lasted[moved]
    spent[~is_open] = 0
    made = {name: np.zeros(count, dtype=np.int64) for name in COLUMNS}
    made |= {
        "opened_at": np.where(is_open, opened, NEVER),
        "kind": kind,
        "stage": stage,
        "entered_at": np.where(is_open, entered, NEVER),
        "closed_at": np.where(closed, entered, NEVER),
        "cause": np.where(moved, 1, 0),
        "rule": np.full(count, -1),
        "owner": np.full(count, -1),
        "value": np.full(count, np.nan),
        "first_breach_at": np.full(count, NEVER),
        "visits": visits,
        "spent": spent,
        "efforts": visits * (np.arange(4) == TALK),
        "passed": np.zeros((count, 3), dtype=np.int64),
    }
    # Nobody waits to be opened, unless that is said.
    made["arrived_at"] = given.get("opened_at", made["opened_at"])
    return made | {name: np.asarray(column) for name, column in given.items()}


def summary(stage, lasted, *, window=100 * DAY, **given):
    """The summary of such deals."""
    end = to_datetime(to_micros(START) + window)
    made = columns(stage, lasted, window=window, **given)
    return Summary.of(made, SHORT, BEHAVIOUR, end)

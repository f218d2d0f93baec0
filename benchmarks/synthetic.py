"""A synthetic log: deals of a few stages, with a few touches in each."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

START = dt.datetime(2026, 1, 5, 8, tzinfo=dt.UTC)
STAGES = ("qualify", "meeting", "proof", "proposal", "close", "intake")
TOUCHES = ("call", "answer", "mail")
VALUES = (*STAGES, "lost", *TOUCHES)
EVENTS_PER_DEAL = 12.5


def frame_of(events, seed=7):
    """Return a log in no order: deals of a few stages, with a few touches in each."""
    rng = np.random.default_rng(seed)
    deals = round(events / EVENTS_PER_DEAL)
    stages = rng.integers(1, len(STAGES) + 1, deals)
    touches = rng.integers(0, 6, (deals, len(STAGES)))
    touches[np.arange(len(STAGES)) >= stages[:, None]] = 0
    is_lost = rng.random(deals) < 0.3
    count = stages + touches.sum(axis=1) + is_lost
    first, total = np.cumsum(count) - count, int(count.sum())
    what = rng.integers(len(STAGES) + 1, len(VALUES), total, dtype=np.int64)
    place = first.copy()
    for stage in range(len(STAGES)):
        here = stages > stage
        what[place[here]] = stage
        place[here] += 1 + touches[here, stage]
    what[place[is_lost]] = len(STAGES)
    gap = np.where(what > len(STAGES), rng.integers(1, 8_000, total), 0)
    gap[first] = rng.integers(0, 500_000, deals)
    since = np.cumsum(gap)
    minutes = since - np.repeat(since[first] - gap[first], count)
    deal = np.repeat(np.arange(deals), count)
    frame = pl.DataFrame({"deal": deal, "minutes": minutes, "what": what, "rep": deal % 50}).select(
        "deal",
        at=pl.lit(START).dt.cast_time_unit("us") + pl.duration(minutes="minutes"),
        what=pl.col("what").replace_strict(dict(enumerate(VALUES))),
        rep="rep " + pl.col("rep").cast(pl.String),
    )
    return frame.sample(fraction=1, shuffle=True, seed=seed)

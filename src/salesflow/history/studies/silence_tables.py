"""The parts of an analysis of silence as tables."""

from __future__ import annotations

import attrs

from salesflow.history.extras import pl
from salesflow.history.studies.comparison import Band
from salesflow.history.studies.naive import NaiveRow
from salesflow.history.studies.spikes import Spike


def band_frame(bands: tuple[Band, ...]) -> pl.DataFrame:
    """Return bands as a table."""
    rows = [
        {"low": band.low, "high": band.high, "days": band.days}
        | {
            f"{event}_{name}": getattr(getattr(band, event), field)
            for event in ("won", "lost")
            for name, field in (
                ("events", "events"),
                ("ratio", "ratio"),
                ("from", "low"),
                ("to", "high"),
            )
        }
        for band in bands
    ]
    numbers = [name for name in rows[0] if name.endswith(("ratio", "from", "to"))]
    return pl.DataFrame(rows, schema_overrides=dict.fromkeys(numbers, pl.Float64))


def spike_frame(spikes: tuple[Spike, ...]) -> pl.DataFrame:
    """Return spikes as a table."""
    schema = {
        "clock": pl.String,
        "day": pl.Int64,
        "deals": pl.Int64,
        "lost": pl.Int64,
        "expected": pl.Float64,
        "p_value": pl.Float64,
    }
    return pl.DataFrame([attrs.astuple(each) for each in spikes], schema=schema, orient="row")


def naive_frame(rows: tuple[NaiveRow, ...]) -> pl.DataFrame:
    """Return the misleading table as a table."""
    schema = {"low": pl.Int64, "high": pl.Int64, "won": pl.Int64, "lost": pl.Int64}
    made = [(row.low, row.high, row.won, row.lost) for row in rows]
    closed = pl.col("won") + pl.col("lost")
    share = pl.when(closed > 0).then(pl.col("won") / closed)
    return pl.DataFrame(made, schema=schema, orient="row").with_columns(win_rate=share)

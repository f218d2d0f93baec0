"""Error bars of estimates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from salesflow.simulation.estimates import Estimate
from salesflow.simulation.extras import np


def ends_of(estimates: Sequence[Estimate]) -> Any:  # noqa: ANN401 - two rows of distances
    """Return how far the intervals reach to both sides, as error bars take it; nan: none."""
    rows = [
        (
            np.nan if each.value is None or each.low is None else each.value - each.low,
            np.nan if each.value is None or each.high is None else each.high - each.value,
        )
        for each in estimates
    ]
    return np.maximum(0.0, np.array(rows, dtype=float).reshape(-1, 2).T)

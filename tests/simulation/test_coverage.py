"""95 % intervals hold the truth about 95 times of 100."""

from __future__ import annotations

import pytest
from tests.simulation.coverage import coverage

RUNS = 400


@pytest.fixture(scope="module")
def found():
    return coverage(RUNS, 1_000)


@pytest.mark.parametrize(
    "name",
    [
        "percentile, censored",
        "won by day 10",
        "open on day 10",
        "percentile of wins",
        "share",
        "ratio",
        "mean",
        "share, paired",
        "mean, paired",
        "ratio, paired",
    ],
)
def test_holds_the_truth(found, name):
    """Of 400 runs 380 are expected; fewer than 366 or more than 392 would be no accident."""
    assert 366 / RUNS <= found[name] <= 392 / RUNS

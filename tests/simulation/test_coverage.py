"""95 % intervals hold the truth about 95 times of 100."""

from __future__ import annotations

import pytest
from tests.simulation.coverage import coverage, coverage_in_a_queue

pytestmark = pytest.mark.long

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


def test_where_deals_wait_for_each_other():
    """Intervals over several runs hold; those of one run would not, so they are not said."""
    held = coverage_in_a_queue(20, 5, 40, fast=False)

    assert held["several runs"] >= 0.75
    assert held["one run"] < 0.6

"""A sender that is killed at any step loses nothing, and mixes nothing up."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.store.killed_senders import STEPS, judged

pytestmark = pytest.mark.long


def test_killed_at_each_step(url):
    """Whatever a sender dies of: at least once, under one key, in order, once for who dedups."""
    script = Path(__file__).with_name("killed_senders.py")
    done = subprocess.run(
        [sys.executable, str(script), url, "--rounds", "6", "--workers", "1"],
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
    )

    found = json.loads(done.stdout)
    assert done.returncode == 0
    assert found["killed"] == dict.fromkeys(STEPS, 1)
    assert found["got_again"] >= 2
    assert found["promised"] >= 30


@pytest.mark.parametrize(
    ("got", "wrong"),
    [
        pytest.param([["A", "1", 1]], "missing", id="lost"),
        pytest.param([["A", "2", 2], ["A", "1", 1]], "out_of_order", id="order"),
        pytest.param([["A", "1", 1], ["A", "2", 2], ["A", "3", 2]], "other_key", id="key"),
        pytest.param([["A", "1", 1], ["A", "2", 2], ["B", "9", 3]], "not_promised", id="made-up"),
    ],
)
def test_judge(got, wrong):
    """Who judges finds what may go wrong."""
    promised = [("A", "1"), ("A", "2")]

    assert judged(promised, got)[wrong] == 1
    fine = judged(promised, [["A", "1", 1], ["A", "1", 1], ["A", "2", 2]])
    assert fine == {
        "got": 3,
        "got_again": 1,
        **dict.fromkeys(("missing", "not_promised", "other_key", "out_of_order"), 0),
    }

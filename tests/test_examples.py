"""Each example runs as it stands, and prints what is stored beside it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

EXAMPLES = Path(__file__).parent.parent / "examples"
SCRIPTS = sorted(EXAMPLES.rglob("*.py"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: str(path.relative_to(EXAMPLES)))
def test_example(script, tmp_path, plain_environment):
    """The example ends well, says nothing on stderr, and prints its stored output."""
    run = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        encoding="utf-8",
        check=False,
        cwd=tmp_path,
        env=plain_environment,
        timeout=300,
    )

    assert (run.returncode, run.stderr) == (0, "")
    stored = script.with_suffix(".out")
    if stored.exists():
        assert run.stdout == stored.read_text(encoding="utf-8")


def test_each_stored_output_has_its_example():
    """An output whose example was renamed would be compared with nothing."""
    lonely = [path for path in EXAMPLES.rglob("*.out") if path.with_suffix(".py") not in SCRIPTS]

    assert lonely == []

"""The types of the public API are what users read in their editors."""

import subprocess
import sys

import pytest


class TestTypes:
    def test_mypy_sees_what_api_says(self, root):
        """Every `assert_type` holds, and every wrong call is marked as one."""
        pytest.importorskip("mypy")
        run = subprocess.run(
            [sys.executable, "-m", "mypy", "--strict", "tests/typing/api.py"],
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
        )

        assert (run.returncode, run.stderr) == (0, ""), run.stdout

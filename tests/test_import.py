"""The lightness of the import: what `import salesflow` must not bring along."""

from __future__ import annotations

import subprocess
import sys

HEAVY = [
    "click",
    "holidays",
    "hypothesis",
    "matplotlib",
    "narwhals",
    "networkx",
    "numba",
    "numpy",
    "polars",
    "rich",
    "sqlalchemy",
    "transitions",
]


def modules_after(code: str) -> set[str]:
    """Top-level modules loaded in a fresh Python that ran *code*."""
    script = f"{code}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    return set(run.stdout.split())


class TestImport:
    def test_nothing_heavy(self):
        """Importing salesflow loads no heavy library."""
        assert modules_after("import salesflow").intersection(HEAVY) == set()

    def test_errors_are_light(self):
        """Code that only catches our errors pays for nothing else."""
        assert modules_after("import salesflow; salesflow.Refused").intersection(HEAVY) == set()

    def test_the_list_can_be_seen(self):
        """A heavy library that is loaded would show."""
        assert "networkx" in modules_after("import networkx")

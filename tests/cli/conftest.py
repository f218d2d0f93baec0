"""Ways to run the command line: inside this process, and as a real one."""

from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner

from salesflow.cli.app import cli
from salesflow.samples import sample_file


@pytest.fixture
def invoke(tmp_path, monkeypatch):
    """Run a command inside this process, on a plain terminal of 80 columns."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.delenv("FORCE_COLOR", raising=False)

    def invoke(*arguments: str):
        return CliRunner().invoke(cli, arguments, catch_exceptions=False)

    return invoke


@pytest.fixture
def run(tmp_path, plain_environment):
    """Run a command as a process of its own."""

    def run(*arguments: str, encoding: str = "utf-8", **environment: str):
        return subprocess.run(
            [sys.executable, "-m", "salesflow.cli", *arguments],
            capture_output=True,
            encoding=encoding,
            check=False,
            cwd=tmp_path,
            env=plain_environment | environment,
            timeout=120,
        )

    return run


@pytest.fixture(scope="session")
def sample():
    """The arguments that name the shipped sample at its own instant."""
    mapping = str(sample_file("crm-mapping.toml"))
    named = ["--process", "six-step", "--map", mapping, "--as-of", "2024-06-14T17:00"]
    return [str(sample_file("crm.csv")), *named]

"""The PostgreSQL of the tests ends with them, however they end."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.store import postgres

_RUN = """
import sys, time
from tests.store import postgres
with postgres.server() as running:
    print(running.folder, flush=True)
    time.sleep(60)
"""


@pytest.mark.long
def test_killed():
    """Whoever is killed leaves neither a server nor its folder."""
    if postgres.binaries() is None:
        pytest.skip("PostgreSQL is not installed")
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", _RUN], cwd=root, stdout=subprocess.PIPE, text=True
    ) as user:
        folder = Path(user.stdout.readline().strip())
        pid = int((folder / "data/postmaster.pid").read_text().split()[0])
        assert Path(f"/proc/{pid}").exists()
        user.send_signal(signal.SIGTERM)

    deadline = time.monotonic() + 20
    while (folder.exists() or Path(f"/proc/{pid}").exists()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not folder.exists()
    assert not Path(f"/proc/{pid}").exists()

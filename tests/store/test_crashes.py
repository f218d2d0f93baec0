"""A few of the crashes of `tests/crashes.py`, so that each change meets some."""

import os
import signal
import time

from tests.store import crew
from tests.store.crew import boundaries, check, crash, stopped
from tests.store.small import DAY, MONDAY
from tests.store.works import content, lived

from salesflow.store import Store


def test_killed(url, tmp_path):
    """Whoever is killed, what he was told is kept is kept, and nothing is done twice."""
    counts = check(url, crash(url, tmp_path, kills=6, seed=7))

    assert counts["killed"] == 6
    assert counts["acknowledged"] > 0
    assert counts["promised"] > 0


def test_killed_before_some_statements(new_url):
    """A process that is gone before a statement of its work has done all of it or nothing."""
    assert boundaries(new_url, "sweep", every=5) >= 2


def test_stopped_and_continued(postgres_server):
    """A worker that is stopped in the middle of its work and goes on later cannot write late."""
    url = postgres_server.new_database()
    with Store(url) as store:
        lived(store)
        with stopped(url, "sweep") as worker:
            time.sleep(4 * crew.SHORT.total_seconds())
            done = store.sweep(MONDAY + 9 * DAY)
            after = content(store)
            os.kill(worker.pid, signal.SIGCONT)
            worker.join()

        assert done.is_done
        assert done.fired > 0
        assert worker.exitcode == 0
        assert content(store) == after
        assert store.verify() is None

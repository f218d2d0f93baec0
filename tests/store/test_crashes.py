"""A few of the crashes of `tests/crashes.py`, so that each change meets some."""

import os
import signal

import pytest
from tests.store import crew
from tests.store.crew import boundaries, check, crash, stop_and_continue, stopped
from tests.store.small import DAY, MONDAY
from tests.store.together import sweep_together, write_together
from tests.store.works import content, lived

from salesflow.errors import StoreUnavailable
from salesflow.store import Store

pytestmark = pytest.mark.long


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
    stop_and_continue(postgres_server.new_database())


def test_stopped_on_sqlite(tmp_path):
    """There nobody ends its transaction: others are told that it is busy, and nothing is wrong."""
    with Store(tmp_path / "x.db", timeout=crew.SHORT) as store:
        lived(store)
        with stopped(f"sqlite:///{tmp_path / 'x.db'}", "sweep") as worker:
            with pytest.raises(StoreUnavailable, match="busy"):
                store.sweep(MONDAY + 9 * DAY)
            os.kill(worker.pid, signal.SIGCONT)
            worker.join()
        after = content(store)

        assert worker.exitcode == 0
        assert store.sweep(MONDAY + 9 * DAY).promised == 0
        assert content(store) == after
        assert store.verify() is None


@pytest.mark.parametrize(("kind", "processes"), [("sqlite", 4), ("postgresql", 8)])
def test_together(kind, processes, request, tmp_path):
    """However many work on the same deals at once, they leave what one worker alone would leave."""
    new = (
        request.getfixturevalue("postgres_server").new_database
        if kind == "postgresql"
        else iter(f"sqlite:///{tmp_path / name}.db" for name in "ab").__next__
    )
    assert sweep_together(new(), processes, deals=24) == 24 * 5
    assert write_together(new(), processes, each=12) == 12 + processes * 6

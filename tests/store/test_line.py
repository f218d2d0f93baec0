"""The line of writers: nobody goes away while others get on, nobody waits for nothing in turn."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from salesflow.store.line import InVain, Line


def second_in(line, error):
    """What becomes of who waits for one that ends with an error."""
    begun, come = threading.Event(), threading.Event()

    def first():
        with line.turn():
            begun.set()
            come.wait()
            threading.Event().wait(0.1)
            raise error

    def second():
        begun.wait()
        come.set()
        with line.turn():
            return "got on"

    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(first), pool.submit(second)]
        with pytest.raises(type(error)):
            futures[0].result()
        return futures[1].result()


def line_of(seconds):
    return Line(seconds, lambda error: isinstance(error, OSError))


def test_waited_for_nothing():
    """Who has waited as long as it may goes with the one before; the next one tries again."""
    line = line_of(0.001)
    with pytest.raises(InVain):
        second_in(line, OSError())
    with line.turn():
        pass


def test_has_just_come():
    """Who has not waited long tries for itself."""
    assert second_in(line_of(10), OSError()) == "got on"


def test_those_before_got_on():
    """However long somebody has waited: an error of another kind says nothing of the database."""
    assert second_in(line_of(0.001), ValueError()) == "got on"

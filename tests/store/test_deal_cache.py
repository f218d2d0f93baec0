"""Deals in memory: given out to one at a time, and never for longer than they hold."""

from tests.store.small import MONDAY, OURS

import salesflow as sf
from salesflow.store.deal_cache import DealCache

DEALS = {name: sf.Deal.open(OURS, id=name, at=MONDAY) for name in "ABC"}


def filled(room, names):
    """A cache into which some deals were put, one after the other."""
    cache = DealCache(room)
    for name in names:
        cache.put("tail", DEALS[name])
    return cache


def test_taken_once():
    """Nobody else gets a deal that somebody works with."""
    cache = filled(3, "AB")

    assert cache.take("A", "tail") is DEALS["A"]
    assert cache.take("A", "tail") is None
    assert cache.take("B", "tail") is DEALS["B"]


def test_changed_meanwhile():
    """A deal that has other events by now is not given out."""
    assert filled(3, "A").take("A", "another tail") is None


def test_room():
    """Of too many deals the one goes that was put back longest ago."""
    for names, left in (("ABC", "BC"), ("ABAC", "AC"), ("ABB", "AB")):
        cache = filled(2, names)
        assert {name for name in "ABC" if cache.take(name, "tail")} == set(left)

"""Work that a store is given, to have it fail or killed at every step."""

from __future__ import annotations

import time

from tests.store.small import DAY, MONDAY, OURS, call, learned, opening, rows

TABLES = ("deals", "events", "outbox", "processes")


def content(store):
    """All that is kept, but for the numbers in the outbox: PostgreSQL counts what was undone."""
    found = {table: rows(store, table) for table in TABLES}
    return found | {"outbox": [row[1:] for row in found["outbox"]]}


def lived(store):
    for name in "ABC":
        store.append(name, [opening(name)], MONDAY, process=OURS)
    store.sweep(MONDAY + 4 * DAY)
    store.append("B", [call("1", MONDAY + 4 * DAY)], MONDAY + 4 * DAY)


def swept(store):
    """Sweep until nothing is left: a server may hear late that who had locked a deal was killed."""
    for _ in range(1_000):
        if store.sweep(MONDAY + 9 * DAY).is_done:
            return
        time.sleep(0.01)
    raise AssertionError


WORKS = {
    "open": lambda s: s.open(OURS.replace("title", "Another"), id="D", at=MONDAY),
    "append": lambda s: s.append("A", [call("late", MONDAY + 2 * DAY)], MONDAY + 5 * DAY),
    "bulk": lambda s: s.record_many({n: [learned("x", MONDAY, need=True)] for n in "ABC"}, MONDAY),
    "sweep": swept,
    "rebuild": lambda s: s.rebuild(),
}

"""Processes that work on one store at once: what they leave is what a single one would leave."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.store.crew import DEALS, SECONDS, SPAWN, check_deals, happening
from tests.store.small import DAY, HOUR, MONDAY, OURS, deliver, opening, rows
from tests.store.works import content

from salesflow.events import Event
from salesflow.store import Store

_CADENCE = [MONDAY + n * DAY for n in (2, 3, 4, 6, 8, 9, 12, 15, 40)]
_TOLD_BY = 2
"""So many tell of the same event."""


def sweep_in_step(url: str, barrier, number: int) -> None:
    """Sweep on each day of the cadence, when the others do."""
    with Store(url) as store:
        for now in _CADENCE:
            barrier.wait(SECONDS)
            store.sweep(now, batch=1 + number % 3)
            if barrier.wait(SECONDS) == 0:
                # What was told stays; of what was not, only the highest rung is left.
                deliver(store)


def sweep_together(url: str, processes: int, deals: int) -> int:
    """
    Sweep the same deals in many processes; return how many effects were promised.

    Every row that they leave has to be the one that a single worker leaves.
    """
    opened = {f"D{n}": [opening(f"D{n}", MONDAY - n * HOUR)] for n in range(deals)}
    with Store(url) as store, Store("sqlite://") as alone:
        for each in (store, alone):
            each.record_many(opened, MONDAY, process=OURS)
        _run(processes, sweep_in_step, lambda barrier, number: (url, barrier, number))
        for now in _CADENCE:
            alone.sweep(now)
            deliver(alone)
        found, wanted = content(store), content(alone)
        # Between deals there is no order.
        for each in (found, wanted):
            each["outbox"].sort()
        assert found == wanted
        assert store.verify() is None
        return len(found["outbox"])


def tell_in_turn(url: str, barrier, told: list[tuple[str, Event]], seed: int) -> None:
    """Tell of events, some at a time, and sweep in between."""
    chance = random.Random(seed)
    chance.shuffle(told)
    with Store(url) as store:
        barrier.wait(SECONDS)
        while told:
            batch: dict[str, list[Event]] = {}
            for deal, event in [told.pop() for _ in range(min(len(told), chance.choice((1, 4))))]:
                batch.setdefault(deal, []).append(event)
            now = max(event.known_at for events in batch.values() for event in events)
            assert not store.record_many(batch, now).refused
            if chance.random() < 0.3:
                store.sweep(now, batch=chance.choice((1, 3, 100)))


def write_together(url: str, processes: int, each: int, seed: int = 1) -> int:
    """
    Tell of events on the same deals from many processes, each event from two, and sweep meanwhile.

    Returns:
        How many events were kept: each once, and the deals are where one worker alone has them.
    """
    chance = random.Random(seed)
    told: list[list[tuple[str, Event]]] = [[] for _ in range(processes)]
    planned: dict[str, list[Event]] = {f"D{n}": [opening(f"D{n}")] for n in range(DEALS)}
    for number in range(processes * each // _TOLD_BY):
        deal = chance.choice(sorted(planned))
        event = happening(chance, f"e{number}", MONDAY + number * HOUR)
        planned[deal].append(event)
        for hand in chance.sample(range(processes), _TOLD_BY):
            told[hand].append((deal, event))
    end = MONDAY + processes * each * HOUR + 1_000 * DAY
    with Store(url, leap=None) as store:
        store.record_many({d: e[:1] for d, e in planned.items()}, MONDAY, process=OURS)
        _run(processes, tell_in_turn, lambda barrier, n: (url, barrier, told[n], n))
        assert store.verify() is None
        done = store.sweep(end)
        assert done.is_done
        assert not done.failing
        keys: dict[str, set[str]] = {deal: set() for deal in planned}
        for row in rows(store, "outbox"):
            assert row[2] not in keys[row[1]]
            keys[row[1]].add(row[2])
        for deal, events in planned.items():
            kept = store.deal(deal).events
            assert len(kept) == len(events)
            assert {e.id: e for e in kept} == {e.id: e for e in events}
        check_deals(store, planned, keys, end)
    return sum(map(len, planned.values()))


def _run(processes: int, job: Callable[..., None], arguments: Callable[..., tuple]) -> None:
    """Have so many processes do a job; all of them must come to its end."""
    barrier = SPAWN.Barrier(processes)
    workers = [
        SPAWN.Process(target=job, args=arguments(barrier, number)) for number in range(processes)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(20 * SECONDS)
        if worker.is_alive():
            worker.kill()
    assert [worker.exitcode for worker in workers] == [0] * processes

"""
Senders that are killed at each step, and what their receiver sees.

    python tests/store/killed_senders.py [URL] [--rounds N] [--seed S] [--workers N]

Each round a process delivers what is in the outbox and kills itself (SIGKILL) at some step of some
message; the receiver is a file, so it survives. Now and then the receiver refuses. In the end
somebody delivers the rest, and what the receiver has got is held against what was promised: each
message at least once, its key the same each time, and of each deal in order; so a receiver that
drops the keys it knows has each message once. It prints what it found and ends with 1 if not all
of it holds.
"""

from __future__ import annotations

import argparse
import collections
import datetime as dt
import functools
import json
import os
import random
import signal
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.store.small import DAY, MONDAY, OURS, opening

from salesflow.store import Retries, Store, delivery

STEPS = ("claiming", "claimed", "half-sent", "sent", "noting", "putting-off")
WEEK = MONDAY + 9 * DAY
LEASE = dt.timedelta(minutes=1)
DEALS = 16


class Sender:
    """One process that delivers until it comes to where it is to die."""

    def __init__(self, got: Path, step: str | None, count: int, seed: int) -> None:
        self.got, self.step, self.left = got, step, count
        self.random = random.Random(seed)

    def reach(self, step: str) -> None:
        """Die here, if here is where to die."""
        if step == self.step:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def send(self, message) -> None:
        """Give a message to the receiver; it may refuse."""
        self.reach("claimed")
        if self.random.random() < 0.2:
            raise ConnectionError("refused")
        line = json.dumps([message.deal_id, message.key, message.number]) + "\n"
        with self.got.open("a", encoding="utf-8") as file:
            file.write(line)
        self.reach("half-sent")

    def patch(self) -> None:
        """Have the transactions of a delivery die before they are committed."""
        for name, step in {
            "claim": "claiming",
            "note_sent": "noting",
            "note_failure": "putting-off",
        }.items():
            setattr(delivery, name, functools.partial(self.within, getattr(delivery, name), step))

    def within(self, work, step, connection, *arguments):
        """Do what a transaction does, and die before it is kept."""
        if step == "noting":
            self.reach("sent")
        done = work(connection, *arguments)
        self.reach(step)
        return done


def deliver(
    url: str,
    got: Path,
    now: dt.datetime,
    *,
    workers: int,
    step: str | None = None,
    count: int = 0,
    seed: int,
) -> bool:
    """Deliver in a process of its own; return whether it lived."""
    child = os.fork()
    if child == 0:
        sender = Sender(got, step, count, seed)
        sender.patch()
        retries = Retries(tries=1000, first=LEASE, longest=LEASE, seed=seed)
        with Store(url) as store:
            store.deliver(
                now, sender.send, limit=1000, workers=workers, retries=retries, lease=LEASE
            )
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def prepare(url: str) -> list[tuple[str, str]]:
    """Fill a store; return what it has promised, in order."""
    with Store(url) as store:
        for number in range(DEALS):
            deal = f"D{number}"
            store.append(deal, [opening(deal)], MONDAY, process=OURS)
        store.sweep(WEEK)
        return [(message.deal_id, message.key) for message in store.messages()]


def run(url: str, folder: Path, rounds: int, seed: int, workers: int) -> dict[str, object]:
    """Kill senders, deliver the rest, and return what the receiver saw, and what is wrong."""
    promised, got, chance = prepare(url), folder / "got", random.Random(seed)
    got.touch()
    now, killed = MONDAY + 20 * DAY, collections.Counter()
    for number in range(rounds):
        step = STEPS[number % len(STEPS)]
        count, drawn = chance.randint(1, 3), chance.randrange(10**6)
        killed[step] += not deliver(
            url, got, now, workers=workers, step=step, count=count, seed=drawn
        )
        now += 2 * LEASE
    while pending(url):
        deliver(url, got, now, workers=workers, seed=chance.randrange(10**6))
        now += 2 * LEASE
    return {
        "promised": len(promised),
        "killed": dict(killed),
        **judged(promised, [json.loads(line) for line in got.read_text().splitlines()]),
    }


def pending(url: str) -> int:
    """Return how many messages still wait."""
    with Store(url) as store:
        return sum(1 for _ in store.messages(status="waiting"))


def judged(promised: list[tuple[str, str]], got: list[list]) -> dict[str, object]:
    """Hold what a receiver got against what was promised."""
    once = list(dict.fromkeys((deal, key) for deal, key, _ in got))
    keys = collections.defaultdict(set)
    for _, key, number in got:
        keys[number].add(key)
    orders = {
        deal: ([key for of, key in promised if of == deal], [key for of, key in once if of == deal])
        for deal in {deal for deal, _ in promised}
    }
    return {
        "got": len(got),
        "got_again": len(got) - len(once),
        "missing": len(set(promised) - set(once)),
        "not_promised": len(set(once) - set(promised)),
        "other_key": sum(len(each) > 1 for each in keys.values()),
        "out_of_order": sum(wanted != seen for wanted, seen in orders.values()),
    }


WRONG = ("missing", "not_promised", "other_key", "out_of_order")


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", nargs="?")
    parser.add_argument("--rounds", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = said.url or f"sqlite:///{folder}/deals.db"
        found = run(url, Path(folder), said.rounds, said.seed, said.workers)
    print(json.dumps(found))  # noqa: T201 - the answer
    return int(any(found[name] for name in WRONG))


if __name__ == "__main__":
    sys.exit(main())

"""Work on a store, and what is left of it when the power fails in the middle; `tests/power.py`."""

from __future__ import annotations

import contextlib
import random
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import attrs
from tests.store.crew import check_deals, claim, happening, note
from tests.store.disk import Disk
from tests.store.driver import Driver, Files, driven_by
from tests.store.small import HOUR, MONDAY, OURS, opening, rows

from salesflow.events import Event
from salesflow.store import Store, sqlite

DEALS = ("A", "B", "C", "D")
STEPS = 25
END = MONDAY + (STEPS + 10_000) * HOUR
_OFTEN = "PRAGMA wal_autocheckpoint = 12"
"""A log of so many pages is written back: some times in a short life."""

Batch = dict[str, list[Event]]


@attrs.define
class Said:
    """
    What was said, in order, until the power failed.

    Attributes:
        begun: The batches of events that were to be kept.

        kept: How many of these were said to be kept.

        told: The effects that somebody was told of.
    """

    begun: list[Batch] = attrs.field(factory=list)
    kept: int = 0
    told: list[tuple[str, str]] = attrs.field(factory=list)

    def begin(self, batch: Batch) -> None:
        """Some events are to be kept."""
        self.begun.append(batch)

    def keep(self) -> None:
        """They were."""
        self.kept = len(self.begun)

    def tell(self, deal: str, key: str) -> None:
        """Somebody was told of an effect."""
        self.told.append((deal, key))


class Life:
    """
    Writers and sweepers at work on one store, and all that reaches its disk.

    Args:
        seed: Of the chance by which they do this and that.

        wal: Whether there is a write-ahead log.
    """

    def __init__(self, seed: int, *, wal: bool) -> None:
        self.chance = random.Random(seed)
        self.wal = wal
        self.steps: list[tuple] = []
        with tempfile.TemporaryDirectory() as folder:
            driver = Driver(Files(lambda *step: self.steps.append(step)), _OFTEN)
            with driven_by(driver, wal=wal):
                self._live(Path(folder) / "x.db")

    def _live(self, path: Path) -> None:
        writer, sweeper = Store(path), Store(path)
        self._write(writer, {name: [opening(name)] for name in DEALS}, 0)
        for number in range(1, STEPS):
            now = MONDAY + 20 * number * HOUR
            match self.chance.choice("wwwsssc"):
                case "w":
                    self._write(writer, self._batch(number), number)
                case "s":
                    sweeper.sweep(now, batch=self.chance.choice((1, 100)))
                    for deal, key in sweeper.database.write(claim):
                        self.steps.append(("tell", deal, key))
                        sweeper.database.write(lambda c, d=deal, k=key: note(c, d, k))
                case _:
                    # The last one to close writes the log back and removes it.
                    writer.close()
                    sweeper.close()
                    writer, sweeper = Store(path), Store(path)
        writer.close()
        sweeper.close()

    def _batch(self, number: int) -> Batch:
        now = MONDAY + 20 * number * HOUR
        names = self.chance.sample(DEALS, self.chance.choice((1, 1, 3)))
        return {
            name: [happening(self.chance, f"{number}:{name}:{n}", now) for n in range(2)]
            for name in names
        }

    def _write(self, store: Store, batch: Batch, number: int) -> None:
        self.steps.append(("begin", batch))
        done = store.record_many(batch, MONDAY + 20 * number * HOUR, process=OURS)
        assert not done.refused
        self.steps.append(("keep",))

    def outages(self, count: int) -> Iterator[tuple[dict[str, bytes], Said]]:
        """Yield what is on the disk after power failures, and what was said before each."""
        # What was just promised is lost most easily.
        promised = [n for n, step in enumerate(self.steps, 1) if step[0] in {"keep", "tell"}]
        anywhere = range(len(self.steps) + 1)
        cuts = Counter(
            self.chance.choice(self.chance.choice((promised, anywhere))) for _ in range(count)
        )
        disk, said = Disk(), Said()
        for number, (what, *rest) in enumerate([("begin", {}), *self.steps]):
            getattr(said if hasattr(said, what) else disk, what)(*rest)
            for _ in range(cuts[number]):
                yield disk.after_power_failure(self.chance), attrs.evolve(said)


def fault_after(files: dict[str, bytes], said: Said, *, wal: bool) -> str | None:
    """Return what is wrong with a store after a power failure; None: nothing."""
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            (Path(folder) / name).write_bytes(data)
        path = Path(folder) / "x.db"
        try:
            # Nobody cuts the power of who looks.
            with (
                mock.patch.object(sqlite, "is_safe_with_wal", return_value=wal),
                mock.patch.dict(sqlite._ASKED, synchronous=0),
            ):
                return _fault(path, said)
        except AssertionError as error:
            return f"wrong: {error}"
        except Exception as error:  # noqa: BLE001 - whatever comes of a damaged file
            return f"damaged: {error!r}"


def _fault(path: Path, said: Said) -> str | None:
    with contextlib.closing(sqlite3.connect(path)) as raw:
        (found,) = raw.execute("PRAGMA integrity_check").fetchone()
    if found != "ok":
        return f"damaged: {found}"
    with Store(path, leap=None) as store:
        broken = store.verify()
        if broken is not None:
            return f"damaged: {broken}"
        kept = {deal.id: {event.id: event for event in deal.events} for deal in store.deals(DEALS)}
        return _fault_of_events(kept, said) or _fault_of_effects(store, kept, said)


def _fault_of_events(kept: dict[str, dict[str, Event]], said: Said) -> str | None:
    for number, batch in enumerate(said.begun):
        there = [kept.get(d, {}).get(e.id) == e for d, events in batch.items() for e in events]
        if not all(there):
            if number < said.kept:
                return f"lost: batch {number} of {len(said.begun)}"
            if any(there):
                return f"half: batch {number}"
    known = {event.id for batch in said.begun for events in batch.values() for event in events}
    made_up = {name for events in kept.values() for name in events} - known
    return f"made up: {made_up}" if made_up else None


def _fault_of_effects(store: Store, kept: dict[str, dict[str, Event]], said: Said) -> str | None:
    keys = {(row[1], row[2]) for row in rows(store, "outbox")}
    lost = set(said.told) - keys
    if lost:
        return f"lost: effects that were told of: {lost}"
    done = store.sweep(END)
    assert done.is_done
    assert not done.failing
    told: dict[str, set[str]] = {deal: set() for deal in kept}
    for row in rows(store, "outbox"):
        told[row[1]].add(row[2])
    check_deals(store, {deal: list(events.values()) for deal, events in kept.items()}, told, END)
    return None


def try_outages(seed: int, count: int, *, wal: bool) -> Counter[str]:
    """Live once, have the power fail so many times, and return how often it came to what."""
    life = Life(seed, wal=wal)
    found: Counter[str] = Counter()
    for files, said in life.outages(count):
        fault = fault_after(files, said, wal=wal)
        found["fine" if fault is None else fault.partition(":")[0]] += 1
    return found

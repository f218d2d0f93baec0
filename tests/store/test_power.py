"""Power failures and disks that refuse: some of those of `tests/power.py`, and each n-th write."""

import itertools
import random
import shutil

import apsw
import pytest
from tests.store.disk import SECTOR, Disk
from tests.store.driver import Driver, Files, driven_by
from tests.store.outage import try_outages
from tests.store.works import WORKS, content, lived

from salesflow.errors import StoreError
from salesflow.store import Store, sqlite

pytestmark = pytest.mark.long

JOURNALS = pytest.mark.parametrize("wal", [False, True], ids=["delete", "wal"])


class TestPowerFails:
    @JOURNALS
    def test_nothing_is_lost(self, wal):
        """What a store has said is kept is there when the power comes back, whole and no more."""
        assert try_outages(11, 25, wal=wal) == {"fine": 25}

    @pytest.mark.parametrize(("wal", "synchronous"), [(False, 2), (True, 1), (False, 0), (True, 0)])
    def test_less_is_not_enough(self, wal, synchronous, monkeypatch):
        """With less than a store asks of SQLite, something is lost: the disk does forget."""
        monkeypatch.setitem(sqlite._ASKED, "synchronous", synchronous)

        found = try_outages(12, 30, wal=wal)
        assert found["lost"] + found["damaged"] > 0
        assert found["wrong"] + found["made up"] == 0


class TestDisk:
    """The disk itself."""

    def images(self, disk):
        chance = random.Random(1)
        return [disk.after_power_failure(chance) for _ in range(200)]

    def test_synced(self):
        """What was synced is there."""
        disk = Disk()
        disk.create("x")
        disk.write("x", 3, b"abc")
        disk.sync("x", with_folder=True)
        assert self.images(disk) == [{"x": b"\0\0\0abc"}] * 200

    def test_not_synced(self):
        """What was not may be there, or not, or be torn; a later write without an earlier one."""
        disk = Disk()
        disk.create("x")
        disk.sync("x", with_folder=True)
        disk.write("x", 0, b"a" * SECTOR)
        disk.write("x", SECTOR, b"b" * SECTOR)
        disk.truncate("x", SECTOR + 4)
        found = {image["x"] for image in self.images(disk)}
        assert {b"", b"a" * SECTOR + b"bbbb"} <= found
        assert any(each[:SECTOR] == bytes(SECTOR) and b"b" in each for each in found)
        assert any(set(each) - set(b"ab\0") for each in found)

    def test_folder(self):
        """A file that was made or deleted may not have been, until its folder is synced."""
        disk = Disk()
        disk.create("x")
        disk.sync("x", with_folder=False)
        assert {*map(len, self.images(disk))} == {0, 1}
        disk.create("y")
        disk.sync("y", with_folder=True)
        disk.delete("x", is_synced=False)
        assert {*map(len, self.images(disk))} == {1, 2}
        disk.delete("y", is_synced=True)
        assert self.images(disk) == [{}] * 200


class Refusing:
    """Files of which some change is refused, and for good those after it."""

    def __init__(self):
        self.first, self.last, self.seen, self.code = 0, 0, 0, apsw.SQLITE_FULL

    def __call__(self, what, *_):
        """Refuse a change, or let it be."""
        if what in {"write", "sync", "truncate"}:
            self.seen += 1
            if self.first <= self.seen <= self.last:
                raise apsw.exception_for(self.code)

    def refuse(self, code, first, count):
        """Refuse so many changes from now on, after some that are let be."""
        self.seen, self.code, self.first, self.last = 0, code, first, first + count - 1


class TestDiskRefuses:
    """Whichever change of a file fails, a transaction is done wholly or not at all."""

    @JOURNALS
    @pytest.mark.parametrize("work", ["bulk", "sweep"])
    @pytest.mark.parametrize(
        ("code", "said"),
        [
            (apsw.SQLITE_FULL, "the disk is full"),
            (apsw.SQLITE_IOERR_WRITE, "the disk cannot be read or written"),
        ],
        ids=["full", "broken"],
    )
    def test_each_change(self, code, said, work, wal, tmp_path):
        """It is told in words, what was kept is there, and the same store goes on after that."""
        with Store(tmp_path / "x.db") as whole:
            lived(whole)
            before = content(whole)
        shutil.copy(tmp_path / "x.db", tmp_path / "y.db")
        with Store(tmp_path / "y.db") as whole:
            WORKS[work](whole)
            after = content(whole)
        told = []
        for number in itertools.count(1, 2):
            shutil.copy(tmp_path / "x.db", tmp_path / "z.db")
            refusing = Refusing()
            with driven_by(Driver(Files(refusing)), wal=wal), Store(tmp_path / "z.db") as store:
                refusing.refuse(code, number, 1 if number % 4 == 1 else 10**6)
                try:
                    WORKS[work](store)
                except StoreError as error:
                    told.append(str(error))
                is_over = refusing.seen < number
                refusing.refuse(code, 0, 0)
                assert content(store) in (before, after)
                WORKS[work](store)
                assert content(store) == after
                assert store.verify() is None
            if is_over:
                break
        assert len(told) >= 4
        assert all(said in each for each in told)

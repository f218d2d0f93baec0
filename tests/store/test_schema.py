"""The tables of a store: made once, brought up to date whole, never read by an older release."""

import sqlite3
import threading

import pytest
from tests.store.small import DAY, MONDAY, OURS, opening, rows

from salesflow.errors import MissingExtraError, StoreError
from salesflow.store import Store, extras, postgres, sqlite
from salesflow.store.extras import sa
from salesflow.store.schema import prepare


def version(store):
    return store.database.read(lambda c: c.scalar(sa.text("SELECT version FROM salesflow_schema")))


def columns(store):
    return {
        c["name"]
        for c in store.database.read(lambda c: sa.inspect(c).get_columns("salesflow_deals"))
    }


class TestVersions:
    def test_newer(self, store, url):
        """A store that a newer release has written is refused, and not touched."""
        store.database.write(
            lambda c: c.execute(sa.text("UPDATE salesflow_schema SET version = 7"))
        )
        before = rows(store, "schema")

        with pytest.raises(StoreError, match=r"version 7, this release knows 1.*upgrade salesflow"):
            Store(url)
        assert rows(store, "schema") == before

    def test_newer_meanwhile(self, store, monkeypatch):
        """A store that a newer release brings up to date while it is opened is not touched."""
        newer = sa.text("UPDATE salesflow_schema SET version = 7")
        read = store.database.read

        def and_then(work):
            found = read(work)
            store.database.write(lambda c: c.execute(newer))
            return found

        monkeypatch.setattr(store.database, "read", and_then)
        with pytest.raises(StoreError, match="version 7, this release knows 2"):
            prepare(store.database, [lambda _: None])
        monkeypatch.undo()
        assert version(store) == 7

    @pytest.mark.parametrize(
        "statement",
        [
            "DELETE FROM salesflow_schema",
            "DROP TABLE salesflow_schema",
        ],
    )
    def test_none(self, store, url, statement):
        """Tables without a version are half a store, or not ours: they are left as they are."""
        store.append("A", [opening("A")], MONDAY, process=OURS)
        store.database.write(lambda c: c.exec_driver_sql(statement))

        with pytest.raises(StoreError, match=r"has .*salesflow_deals.*, but no version of a store"):
            Store(url)
        assert store.verify() is None

    def test_brought_up(self, store):
        """An older store is brought up to date, step by step, and keeps what it has."""
        store.open(OURS, id="A", at=MONDAY)
        steps = [
            lambda c: c.execute(sa.text("ALTER TABLE salesflow_deals ADD COLUMN colour text")),
            lambda c: c.execute(sa.text("UPDATE salesflow_deals SET colour = 'blue'")),
        ]
        prepare(store.database, steps)

        assert version(store) == 3
        assert (
            store.database.read(lambda c: c.scalar(sa.text("SELECT colour FROM salesflow_deals")))
            == "blue"
        )
        prepare(store.database, steps)
        assert version(store) == 3

    def test_never_half(self, store):
        """A step that fails undoes those before it."""
        steps = [
            lambda c: c.execute(sa.text("ALTER TABLE salesflow_deals ADD COLUMN colour text")),
            lambda c: c.execute(sa.text("ALTER TABLE nowhere ADD COLUMN x text")),
        ]
        before = columns(store)

        with pytest.raises(StoreError):
            prepare(store.database, steps)
        assert version(store) == 1
        assert columns(store) == before

    def test_made_by_many_at_once(self, url):
        """Of many who open an empty database at once one makes the tables, all can use them."""
        errors = []

        def work():
            try:
                Store(url).close()
            except Exception as error:  # noqa: BLE001 - shown below
                errors.append(error)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert errors == []
        with Store(url) as store:
            assert version(store) == 1


class TestHasToBeThere:
    def test_both(self, url):
        """Who does not want a new store is given none; one that is there is opened."""
        said = r"^store .*: there is no such store\..*create=True.*--create\.$"
        with pytest.raises(StoreError, match=said):
            Store(url, create=False)
        Store(url).close()
        with Store(url, create=False) as store:
            assert version(store) == 1

    @pytest.mark.parametrize("form", ["{}", "sqlite:///{}"])
    def test_no_file(self, tmp_path, form):
        """A path with a slip in it stays without a file."""
        typo = tmp_path / "typo.db"

        with pytest.raises(StoreError, match="there is no such store"):
            Store(form.format(typo), create=False)
        assert not typo.exists()

    def test_file_that_lost_its_content(self, tmp_path):
        """A file that was cut to nothing is a store that is gone, or a place for a new one."""
        path = tmp_path / "deals.db"
        with Store(path) as store:
            store.open(OURS, id="A", at=MONDAY)
        path.write_bytes(b"")

        with pytest.raises(StoreError, match="there is no such store"):
            Store(path, create=False)
        assert path.read_bytes() == b""
        with Store(path) as store:
            assert list(store.rows()) == []

    def test_half_a_store(self, store, url):
        """What is left of one is told as that."""
        store.database.write(lambda c: c.exec_driver_sql("DROP TABLE salesflow_schema"))

        with pytest.raises(StoreError, match="but no version of a store"):
            Store(url, create=False)

    @pytest.mark.parametrize("where", ["sqlite://", "sqlite:///:memory:", ":memory:"])
    def test_in_memory(self, where):
        """In memory there is never one."""
        with pytest.raises(StoreError, match="there is no such store"):
            Store(where, create=False)


class TestSqlite:
    @pytest.mark.parametrize(
        ("release", "safe"),
        [
            ((3, 40, 1), False),
            ((3, 44, 5), False),
            ((3, 44, 6), True),
            ((3, 45, 0), False),
            ((3, 50, 6), False),
            ((3, 50, 7), True),
            ((3, 51, 0), False),
            ((3, 51, 2), False),
            ((3, 51, 3), True),
            ((3, 52, 0), True),
            ((4, 0, 0), True),
        ],
    )
    def test_which_releases_are_safe_with_wal(self, release, safe):
        """The log is used where it loses nothing, and nowhere else."""
        assert sqlite.is_safe_with_wal(release) is safe

    @pytest.mark.parametrize(("release", "journal"), [((3, 51, 3), "wal"), ((3, 40, 1), "delete")])
    def test_set_up(self, tmp_path, release, journal):
        """Each connection is asked what it was told to do, and does it."""
        connection = sqlite3.connect(tmp_path / "x.db")

        assert sqlite.set_up(connection, 12.5, release) == journal
        asked = {
            "synchronous": 3,
            "foreign_keys": 1,
            "recursive_triggers": 1,
            "fullfsync": 1,
            "checkpoint_fullfsync": 1,
            "busy_timeout": 12500,
        }
        found = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in asked}
        assert found == asked
        assert connection.isolation_level is None
        connection.close()

    def test_too_old(self):
        """A release without strict tables is refused."""
        sqlite.check_version((3, 37, 0))
        with pytest.raises(StoreError, match=r"SQLite 3\.36\.9: a store needs 3\.37\.0"):
            sqlite.check_version((3, 36, 9))

    def test_wal_that_is_not_safe(self, tmp_path):
        """A file in a mode in which this release may lose data is refused while others hold it."""
        other = sqlite3.connect(tmp_path / "x.db")
        other.execute("PRAGMA journal_mode = wal")
        other.execute("CREATE TABLE t (x)")
        other.execute("BEGIN")
        other.execute("SELECT * FROM t").fetchall()
        mine = sqlite3.connect(tmp_path / "x.db")

        with pytest.raises(StoreError, match="can lose data"):
            sqlite.set_up(mine, 0.05, (3, 40, 1))
        other.close()
        assert sqlite.set_up(mine, 1, (3, 40, 1)) == "delete"
        mine.close()

    @pytest.mark.parametrize(
        ("answers", "said"),
        [
            ({"synchronous": 1}, "asked for synchronous = 3, got 1"),
            *(
                ({"journal_mode": mode}, f"asked for journal_mode delete, got '{mode}'")
                for mode in ("off", "persist", "truncate")
            ),
            ({"journal_mode": "wal"}, "can lose data in journal_mode wal"),
        ],
    )
    def test_a_database_that_does_not_listen(self, answers, said):
        """What a pragma returned is believed, not what was asked."""

        class Deaf:
            def execute(self, statement):
                name = statement.split()[1]
                usual = sqlite._ASKED | {"busy_timeout": 1, "journal_mode": "delete"}
                self.row = (usual | answers)[name]
                return self

            def fetchone(self):
                return (self.row,)

        with pytest.raises(StoreError, match=said):
            sqlite.set_up(Deaf(), 1, (3, 40, 1))

    def test_told_once(self, tmp_path, monkeypatch):
        """How it journals is told once for a store, not for each connection."""
        told = []
        monkeypatch.setattr(sqlite, "tell_journal", told.append)
        with Store(tmp_path / "x.db") as store, store.database.engine.connect():
            assert store.database.read(lambda c: c.scalar(sa.text("SELECT 1"))) == 1
        assert len(told) == 1

    def test_told_once_by_threads(self, tmp_path, caplog):
        """Why the log is not used is said once for a store, not for each connection."""
        caplog.set_level("INFO", "salesflow.store")
        with Store(tmp_path / "x.db") as store:
            threads = [
                threading.Thread(
                    target=lambda: store.database.read(lambda c: c.scalar(sa.text("SELECT 1")))
                )
                for _ in range(3)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        said = [r for r in caplog.records if "rollback journal" in r.message]
        assert len(said) == (0 if sqlite.is_safe_with_wal(sqlite3.sqlite_version_info) else 1)

    def test_what_is_told(self, caplog):
        """Only what is slower than it could be is told, with the reason."""
        caplog.set_level("INFO", "salesflow.store")
        sqlite.tell_journal("wal", (3, 51, 3))
        sqlite.tell_journal("memory", (3, 40, 1))
        assert caplog.records == []
        sqlite.tell_journal("delete", (3, 51, 3))
        assert "cannot have a write-ahead log" in caplog.text
        sqlite.tell_journal("delete", (3, 40, 1))
        assert "SQLite 3.40.1 can lose data" in caplog.text


class TestPostgres:
    def test_told(self, caplog):
        """A server that may lose data is told in the log."""
        postgres.tell_durability("on")
        assert caplog.records == []
        postgres.tell_durability("off")
        assert "fsync is off" in caplog.text

    def test_encoding(self):
        """A database that does not keep text as UTF-8 is refused."""

        class Latin:
            autocommit = False

            def cursor(self):
                return self

            def __enter__(self):
                return self

            def __exit__(self, *_):
                pass

            def execute(self, statement):
                pass

            def fetchone(self):
                return ("LATIN1",)

        with pytest.raises(StoreError, match="stores text as LATIN1, expected UTF8"):
            postgres.set_up(Latin(), 1)

    def test_set_up(self, postgres_server):
        """A worker that hangs is ended by the server; what is committed is on the disk."""
        with Store(postgres_server.new_database(), timeout=DAY / 86400 * 3) as store:
            names = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
            for name in names:
                show = sa.text(f"SHOW {name}")
                assert store.database.read(lambda c, s=show: c.scalar(s)) == "3s"
            commit = sa.text("SHOW synchronous_commit")
            assert store.database.read(lambda c: c.scalar(commit)) == "on"

    def test_missing_driver(self, monkeypatch):
        """A driver that is not installed names its extra."""
        monkeypatch.setattr(extras.importlib.util, "find_spec", lambda _: None)
        with pytest.raises(MissingExtraError, match=r"salesflow\[postgres\]"):
            Store("postgresql://me@host/name")

    @pytest.mark.parametrize("name", ["postgres://", "postgresql://", "postgresql+psycopg://"])
    def test_urls(self, postgres_server, name):
        """The usual ways to write a URL mean the same."""
        url = postgres_server.new_database().replace("postgresql+psycopg://", name)
        with Store(url) as store:
            assert not store.database.is_sqlite
